import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { TransportError } from "../ClientError.js"
import type { Wait } from "../log/state.js"

/** Milliseconds of a clock that is never set: it only tells how much time has passed. */
export const unsafeMonotonic = (clock: Clock.Clock): number => Number(clock.unsafeCurrentTimeNanos() / 1_000_000n)

export const monotonic: Effect.Effect<number> = Effect.map(Effect.clock, unsafeMonotonic)

export interface Backoff {
  readonly base: Duration.DurationInput
  readonly cap: Duration.DurationInput
}

/** Exponential with full jitter: anything up to `base * 2^failures`, and never above the cap, in milliseconds. */
export const backoff = ({ base, cap }: Backoff, failures: number): Effect.Effect<number> =>
  Random.nextRange(0, Math.min(Duration.toMillis(cap), Duration.toMillis(base) * 2 ** Math.min(failures, 30)))

const quotaUnnamed = Duration.toMillis("10 minutes")
const rateUnnamed = Duration.toMillis("1 minute")

/** The wait that the server asks for, and nothing but its passing ends: `undefined` where it asks for none. */
export const askedFor = (error: TransportError, seenAt: number, jitter = 0): Wait | undefined => {
  const wait = (reason: Wait["reason"], length: number): Wait => ({
    reason,
    seenAt,
    length,
    named: true,
    restarted: false,
    error
  })
  switch (error._tag) {
    case "QuotaExceeded":
      return wait("Quota", Math.max(error.retryAfter ?? quotaUnnamed, 1000))
    case "RateLimited":
      return wait("RateLimited", Math.max(error.retryAfter ?? rateUnnamed + jitter, 1000))
    case "ServerError":
      return error.retryAfter === undefined ? undefined : wait("BackingOff", Math.max(error.retryAfter, jitter))
    default:
      return undefined
  }
}

/**
 * How long the wait still lasts where it is first seen, by the wall clock. A clock that was set back starts the length
 * again, once: then `restart` is what to keep.
 */
export const remaining = (
  wait: Pick<Wait, "seenAt" | "length" | "restarted">,
  now: number
): { readonly millis: number; readonly restart: boolean } => {
  const passed = now - wait.seenAt
  if (passed >= 0) return { millis: Math.max(0, wait.length - passed), restart: false }
  return wait.restarted ? { millis: 0, restart: false } : { millis: wait.length, restart: true }
}

/**
 * Deadlines by the monotonic clock, each fixed when its wait is first seen: from then on the wall clock has no say.
 */
export interface Deadlines {
  /** The monotonic time until which `key` waits, fixed at its first call. */
  readonly of: (key: string, monotonicNow: number, length: () => number) => number
  readonly has: (key: string) => boolean
}

export const makeDeadlines = (): Deadlines => {
  const known = new Map<string, number>()
  return {
    of: (key, now, length) => {
      const before = known.get(key)
      if (before !== undefined) return before
      const until = now + length()
      known.set(key, until)
      return until
    },
    has: (key) => known.has(key)
  }
}
