// Steps on a database of IndexedDB: when it is opened, how long each may take, and what is done again.
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { StorageError } from "../ClientError.js"
import { Connection, type Opening } from "./connection.js"
import { mayBeStored, stalled, toStorageError, unknownEnd } from "./failure.js"
import type { Service } from "./service.js"
import type { Step } from "./step.js"
import { makeTimer, type Timer } from "./timer.js"
import { runStep, type Transaction } from "./transaction.js"

// Safari is known to answer no opening at all for as long as it runs.
const longestOpening = Duration.seconds(5)

const errorOf = (exit: Exit.Exit<unknown, StorageError>): StorageError | undefined =>
  Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Cause.failureOption(exit.cause))

/** The browser closed the database before anything of the step could be stored. */
const wasClosedBefore = (exit: Exit.Exit<unknown, StorageError>): boolean => {
  const error = errorOf(exit)
  return error?.reason === "Closed" && !mayBeStored(error)
}

/**
 * Steps on the IndexedDB database `name`, each one strict transaction. A step that takes longer than `limit` is
 * aborted, and one that cannot be is waited for as long again; an opening is given up sooner.
 */
export const make = (
  name: string,
  limit: Duration.DurationInput,
  mode: Opening = "MakeIfMissing"
): Effect.Effect<Service, never, Scope.Scope> =>
  Effect.gen(function* () {
    // Without it the other tabs hear nothing, and read the store when they next do something themselves.
    const channel = Option.getOrUndefined(yield* Effect.option(Effect.try(() => new BroadcastChannel(name))))
    const listeners = new Set<() => void>()
    const connection = new Connection(name, mode, () => {
      for (const listener of listeners) listener()
    })
    const steps = yield* makeTimer(limit)
    const openings = yield* makeTimer(Duration.min(limit, longestOpening))
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        channel?.close()
        connection.close()
      })
    )
    // What was written stays so where nobody can be told, as when the browser has closed the channel.
    const hint = () => void Either.try(() => channel?.postMessage(null))

    const start = <A>(
      mode: "readonly" | "readwrite",
      step: () => Step<A>,
      onEnd: (exit: Exit.Exit<A, StorageError>) => void
    ): (() => void) => {
      let transaction: Transaction<A> | undefined
      let isOver = false
      let untime = (): void => undefined
      const timeBy = (timer: Timer, giveUp: () => void) => {
        untime()
        untime = timer.start(giveUp)
      }
      const end = (exit: Exit.Exit<A, StorageError>) => {
        untime()
        onEnd(exit)
      }
      const stop = () => {
        isOver = true
        if (transaction === undefined) {
          end(Exit.fail(stalled))
        } else {
          timeBy(steps, () => end(Exit.fail(unknownEnd)))
          transaction.abort(stalled)
        }
      }
      const attempt = (): Promise<Exit.Exit<A, StorageError>> => {
        transaction = undefined
        const opening = connection.open()
        // It may be the connection that is stuck.
        const giveUp = () => {
          connection.giveUp(opening)
          stop()
        }
        const isOpen = connection.isOpen()
        timeBy(isOpen ? steps : openings, giveUp)
        return opening
          .then((opened) => {
            if (isOver) return Exit.fail(stalled)
            if (!isOpen) timeBy(steps, giveUp)
            transaction = runStep(opened, mode, step, hint)
            return transaction.ended
          })
          .catch((error: unknown) => Exit.fail(toStorageError(error)))
          .then((exit) => {
            const reason = errorOf(exit)?.reason
            if (!isOver && (reason === "Closed" || reason === "Failed")) connection.giveUp(opening)
            return exit
          })
      }
      // Where nothing can be stored of it yet: once more, on another connection.
      void attempt()
        .then((exit) => (wasClosedBefore(exit) && !isOver ? attempt() : exit))
        .then(end)
      return stop
    }

    return {
      transact: <A>(_name: string, mode: "readonly" | "readwrite", step: () => Step<A>) =>
        Effect.async<A, StorageError>((resume) => {
          let hasEnded = false
          let afterwards = (): void => undefined
          const stop = start(mode, step, (exit) => {
            if (hasEnded) return
            hasEnded = true
            resume(exit)
            afterwards()
          })
          // Whoever is interrupted goes only when it is known how it ended, or that nobody knows.
          return Effect.async<void>((resume) => {
            if (hasEnded) return resume(Effect.void)
            afterwards = () => resume(Effect.void)
            stop()
          })
        }),
      onHint: (listener) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            const heard = () => listener()
            listeners.add(heard)
            channel?.addEventListener("message", heard)
            return heard
          }),
          (heard) =>
            Effect.sync(() => {
              listeners.delete(heard)
              channel?.removeEventListener("message", heard)
            })
        )
    }
  })
