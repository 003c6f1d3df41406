// Effect's clock.
import type * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"

/** One moment by two clocks, in milliseconds: the wall clock may be set, the monotonic one only tells what has passed. */
export interface Now {
  readonly wall: number
  readonly monotonic: number
}

/** The time by the monotonic clock, which is never set, in milliseconds. */
export const monotonicOf = (clock: Clock.Clock): number => Number(clock.unsafeCurrentTimeNanos()) / 1_000_000

/** The moment, for what runs within other code. */
export const unsafeNow = (clock: Clock.Clock): Now => ({
  wall: clock.unsafeCurrentTimeMillis(),
  monotonic: monotonicOf(clock)
})

export const now: Effect.Effect<Now> = /*#__PURE__*/ Effect.clockWith((clock) => Effect.succeed(unsafeNow(clock)))

/** No timer is set for more milliseconds: a much longer one never fires. */
export const longestTimer = 86_400_000

/** How much time has passed at most: while a device sleeps its monotonic clock may stand still, and the wall clock be set. */
export const passed = (from: Now, to: Now): number => Math.max(to.monotonic - from.monotonic, to.wall - from.wall)
