// Steps on a database of IndexedDB: when it is opened, how long each may take, and what is done again.
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { StorageError } from "../ClientError.js"
import { makeTimer } from "../effect/timer.js"
import { Connection, type Opened, type Opening } from "./connection.js"
import { mayBeStored, stalled, toStorageError, unknownEnd } from "./failure.js"
import type { OutboxStoreService } from "./service.js"
import type { Step } from "./step.js"
import { runStep } from "./transaction.js"

// Safari is known to answer no opening at all for as long as it runs.
const longestOpening = Duration.toMillis("5 seconds")

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
): Effect.Effect<OutboxStoreService, never, Scope.Scope> =>
  Effect.gen(function* () {
    // Without it the other tabs hear nothing, and read the store when they next do something themselves.
    const channel = Option.getOrUndefined(yield* Effect.option(Effect.try(() => new BroadcastChannel(name))))
    const listeners = new Set<() => void>()
    const connection = new Connection(name, mode, () => {
      for (const listener of listeners) listener()
    })
    const timer = yield* makeTimer
    const longestStep = Duration.toMillis(limit)
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
      let abort: ((error: StorageError) => void) | undefined
      let isOver = false
      let untime = (): void => undefined
      const timeFor = (millis: number, giveUp: () => void) => {
        untime()
        untime = timer.start(millis, giveUp)
      }
      const end = (exit: Exit.Exit<A, StorageError>) => {
        untime()
        onEnd(exit)
      }
      const stop = () => {
        isOver = true
        if (abort === undefined) {
          end(Exit.fail(stalled))
        } else {
          timeFor(longestStep, () => end(Exit.fail(unknownEnd)))
          abort(stalled)
        }
      }
      // A database that is open is used at once: each promise in between would be felt.
      const attempt = (onEnd: (exit: Exit.Exit<A, StorageError>) => void): void => {
        abort = undefined
        const opening = connection.open()
        // It may be the connection that is stuck.
        const giveUp = () => {
          connection.giveUp(opening)
          stop()
        }
        const ended = (exit: Exit.Exit<A, StorageError>) => {
          const reason = errorOf(exit)?.reason
          if (!isOver && (reason === "Closed" || reason === "Failed")) connection.giveUp(opening)
          onEnd(exit)
        }
        const begin = (opened: Opened) => {
          if (isOver) return ended(Exit.fail(stalled))
          timeFor(longestStep, giveUp)
          const begun = Either.try({ try: () => runStep(opened, mode, step, hint, ended), catch: toStorageError })
          if (Either.isRight(begun)) abort = begun.right
          else ended(Exit.fail(begun.left))
        }
        const open = connection.now()
        if (open !== undefined) return begin(open)
        timeFor(Math.min(longestStep, longestOpening), giveUp)
        opening.then(begin, (error: unknown) => ended(Exit.fail(toStorageError(error))))
      }
      // Where nothing can be stored of it yet: once more, on another connection, and not from within what has closed this one.
      attempt((exit) => (wasClosedBefore(exit) && !isOver ? queueMicrotask(() => attempt(end)) : end(exit)))
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
