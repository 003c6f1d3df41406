// How long what is under way may take.
import type * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { forker } from "../effect/fork.js"

/** Gives up what takes longer than it lets. `start` gives what ends the wait. */
export interface Timer {
  readonly start: (giveUp: () => void) => () => void
}

interface Timed {
  readonly until: bigint
  readonly giveUp: () => void
}

/** What is left of the time of the first, and of those behind it, one after the other. */
const run = (timed: Set<Timed>, clock: Clock.Clock) =>
  Effect.gen(function* () {
    for (const one of timed) {
      const left = one.until - clock.unsafeCurrentTimeNanos()
      if (left > 0n) yield* Effect.sleep(Math.ceil(Number(left) / 1_000_000))
      if (timed.delete(one)) one.giveUp()
    }
  })

/** One timer for all that run: where none stalls, a step costs next to nothing beside its transaction. */
export const makeTimer = (limit: Duration.DurationInput): Effect.Effect<Timer, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const fork = yield* forker
    const nanos = BigInt(Math.ceil(Duration.toMillis(limit))) * 1_000_000n
    const timed = new Set<Timed>()
    let isRunning = false
    const running = Effect.zipRight(
      run(timed, clock),
      Effect.sync(() => {
        isRunning = false
      })
    )
    return {
      start: (giveUp) => {
        const one = { until: clock.unsafeCurrentTimeNanos() + nanos, giveUp }
        timed.add(one)
        if (!isRunning) {
          isRunning = true
          fork(running)
        }
        return () => timed.delete(one)
      }
    }
  })
