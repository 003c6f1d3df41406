/** How a step of the store has ended, as far as it has. */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type { StorageError } from "../../src/ClientError.js"

export const reasonOf = <A>(effect: Effect.Effect<A, StorageError>) =>
  Effect.map(Effect.flip(effect), ({ reason }) => reason)

export const ended = <A>(fiber: Fiber.Fiber<A, StorageError>) =>
  Effect.map(Fiber.poll(fiber), (exit) =>
    Option.match(exit, {
      onNone: () => "under way",
      onSome: (exit) =>
        Exit.match(exit, {
          onSuccess: () => "done",
          onFailure: (cause) => {
            const error = Option.getOrUndefined(Cause.failureOption(cause))
            return error === undefined ? (Cause.isInterrupted(cause) ? "interrupted" : "died") : error.reason
          }
        })
    })
  )
