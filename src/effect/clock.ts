// Effect's clock.
import type * as Clock from "effect/Clock"

/** The time by the monotonic clock, which is never set, in milliseconds. */
export const monotonicOf = (clock: Clock.Clock): number => Number(clock.unsafeCurrentTimeNanos()) / 1_000_000
