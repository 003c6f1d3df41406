// What runs for as long as an instance does, and what it does where something throws.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { nameOf } from "../error/thrown.js"
import { backoff, type Backoff } from "./clock.js"

const usual: Backoff = { base: "1 second", cap: "5 minutes" }

/** Tells of a defect in the log, by its name alone: the rest of it may hold a secret. */
export const logDefect = (what: string, defect: unknown): Effect.Effect<void> =>
  Effect.logError(`${what} threw: ${nameOf(defect)}`)

/** Runs it, and again after a backoff where it throws; interruption still ends it. */
export const watched = <R>(
  what: string,
  effect: Effect.Effect<void, never, R>,
  failures = 0
): Effect.Effect<void, never, R> =>
  Effect.catchAllDefect(effect, (defect) =>
    Effect.gen(function* () {
      yield* logDefect(what, defect)
      yield* Effect.sleep(Duration.millis(yield* backoff(usual, failures)))
      yield* watched(what, effect, failures + 1)
    })
  )
