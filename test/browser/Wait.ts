/**
 * Every wait of the harness: bounded, and on the real clock even where a test owns the time.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Schedule from "effect/Schedule"

/**
 * Something outside did not happen within its bound.
 *
 * @since 0.1.0
 * @category errors
 */
export class WaitedTooLong extends Data.TaggedError("WaitedTooLong")<{
  readonly what: string
  readonly millis: number
}> {
  override get message(): string {
    return `Waited ${this.millis} ms for ${this.what}`
  }
}

const realClock = Clock.make()

/**
 * Bounds an effect by real time (10 seconds if not said otherwise), also inside a finalizer, where nothing else could
 * interrupt it.
 *
 * @since 0.1.0
 * @category combinators
 */
export const within =
  (what: string, bound: Duration.DurationInput = "10 seconds") =>
  <A, E, R>(self: Effect.Effect<A, E, R>): Effect.Effect<A, E | WaitedTooLong, R> =>
    Effect.interruptible(self).pipe(
      Effect.timeoutFail({
        duration: bound,
        onTimeout: () => new WaitedTooLong({ what, millis: Duration.toMillis(bound) })
      }),
      Effect.withClock(realClock)
    )

/**
 * Asks every 10 ms until the condition holds, within the bound.
 *
 * @since 0.1.0
 * @category constructors
 */
export const until = <E, R>(
  what: string,
  condition: Effect.Effect<boolean, E, R>,
  bound?: Duration.DurationInput
): Effect.Effect<void, E | WaitedTooLong, R> =>
  condition.pipe(
    Effect.repeat({ until: (holds) => holds, schedule: Schedule.spaced("10 millis") }),
    Effect.asVoid,
    within(what, bound)
  )
