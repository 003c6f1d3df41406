import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { StorageError } from "../ClientError.js"
import { stalled, toStorageError, unknownEnd } from "./failure.js"
import type { Service } from "./service.js"
import { Connection, objectStore, type Opening } from "./connection.js"
import type { Abort, Request, Step } from "./step.js"

const endedEarly = new StorageError({ reason: "Failed", detail: "the transaction ended early" })

// Issues the request; calls `next` inside the transaction when a read has its result. True: go on at once, as a write
// that fails aborts the whole transaction anyway.
const serve = (store: IDBObjectStore, request: Exclude<Request, Abort>, next: () => void): boolean => {
  switch (request._tag) {
    case "Get": {
      const get: IDBRequest<unknown> = store.get(request.key)
      get.onsuccess = () => {
        request.result = get.result
        next()
      }
      return false
    }
    case "Range": {
      const between = IDBKeyRange.bound(request.from, request.to)
      const keys = store.getAllKeys(between)
      const rows: IDBRequest<Array<unknown>> = store.getAll(between)
      rows.onsuccess = () => {
        request.keys = keys.result
        request.rows = rows.result
        next()
      }
      return false
    }
    case "Add": {
      const add = store.add(request.row)
      add.onsuccess = () => {
        request.seq = Number(add.result)
        next()
      }
      return false
    }
    case "Put":
      store.put(request.row, request.key)
      return true
    case "Remove":
      store.delete(IDBKeyRange.bound(request.from, request.to))
      return true
  }
}

const isWrite = (request: Request): boolean => request._tag !== "Get" && request._tag !== "Range"

interface Transaction<A> {
  readonly ended: Promise<Exit.Exit<A, StorageError>>
  /** Undoes it with this error, unless it is too late to: then the browser finishes it, and `ended` says how. */
  readonly abort: (error: StorageError) => void
}

const runStep = <A>(store: IDBObjectStore, step: () => Step<A>, hint: () => void): Transaction<A> => {
  const { transaction } = store
  const generator = step()
  let hasBegun = false
  let wrote = false
  let hasTold = false
  let aborted: StorageError | undefined
  let result: { readonly value: A } | undefined
  const abort = (error: StorageError): void => {
    if (Either.isRight(Either.try(() => transaction.abort()))) aborted ??= error
  }
  const tell = (): void => {
    if (wrote && !hasTold) hint()
    hasTold = true
  }
  const takeTurns = (): void => {
    let turn = generator.next()
    while (turn.done !== true) {
      const request = turn.value
      if (request._tag === "Abort") return abort(request.error)
      wrote = wrote || isWrite(request)
      if (!serve(store, request, advance)) {
        // Without a wait for the answer. Whoever is told before the transaction has begun might be served before it.
        if (hasBegun && request._tag === "Add" && request.isLast) {
          tell()
          transaction.commit()
        }
        return
      }
      turn = generator.next()
    }
    result = { value: turn.value }
    tell()
  }
  // What throws in between must not let the writes before it be committed.
  const takeTurnsOrAbort = (): void => {
    const took = Either.try(takeTurns)
    if (Either.isLeft(took)) abort(toStorageError(took.left))
  }
  const advance = (): void => {
    hasBegun = true
    takeTurnsOrAbort()
  }
  const ended = new Promise<Exit.Exit<A, StorageError>>((resolve) => {
    // Only `complete` says that it is stored; a request's own success does not.
    transaction.oncomplete = () => resolve(result === undefined ? Exit.fail(endedEarly) : Exit.succeed(result.value))
    transaction.onabort = () => resolve(Exit.fail(aborted ?? toStorageError(transaction.error)))
  })
  takeTurnsOrAbort()
  return { ended, abort }
}

const reasonOf = (exit: Exit.Exit<unknown, StorageError>): StorageError["reason"] | undefined =>
  Exit.isSuccess(exit) ? undefined : Option.getOrUndefined(Cause.failureOption(exit.cause))?.reason

/** A step that is under way, as the timer sees it. */
interface Watched {
  readonly until: bigint
  readonly giveUp: () => void
}

/**
 * Steps on the IndexedDB database `name`, each one strict transaction. A step that takes longer than `limit` is
 * aborted, and one that cannot be is waited for as long again.
 */
export const make = (
  name: string,
  limit: Duration.DurationInput,
  mode: Opening = "MakeIfMissing"
): Effect.Effect<Service, never, Scope.Scope> =>
  Effect.gen(function* () {
    const connection = new Connection(name, mode)
    // Without it the other tabs hear nothing, and read the store when they next do something themselves.
    const channel = Option.getOrUndefined(yield* Effect.option(Effect.try(() => new BroadcastChannel(name))))
    const clock = yield* Effect.clock
    const scope = yield* Effect.scope
    const nanos = BigInt(Math.ceil(Duration.toMillis(limit))) * 1_000_000n
    const watched = new Set<Watched>()
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => {
        channel?.close()
        connection.close()
      })
    )
    // What was written stays so where nobody can be told, as when the browser has closed the channel.
    const hint = () => void Either.try(() => channel?.postMessage(null))

    // One timer for all that run: where none stalls, a step costs next to nothing beside its transaction.
    let isWatching = false
    const watch = Effect.gen(function* () {
      for (const step of watched) {
        const left = step.until - clock.unsafeCurrentTimeNanos()
        if (left > 0n) yield* Effect.sleep(Math.ceil(Number(left) / 1_000_000))
        if (watched.delete(step)) step.giveUp()
      }
      isWatching = false
    })

    const start = <A>(
      mode: "readonly" | "readwrite",
      step: () => Step<A>,
      onEnd: (exit: Exit.Exit<A, StorageError>) => void
    ): (() => void) => {
      let transaction: Transaction<A> | undefined
      let opening: Promise<IDBDatabase> | undefined
      let timed: Watched | undefined
      let isOver = false
      const watchFor = (giveUp: () => void) => {
        if (timed !== undefined) watched.delete(timed)
        timed = { until: clock.unsafeCurrentTimeNanos() + nanos, giveUp }
        watched.add(timed)
      }
      const end = (exit: Exit.Exit<A, StorageError>) => {
        if (timed !== undefined) watched.delete(timed)
        onEnd(exit)
      }
      const attempt = (): Promise<Exit.Exit<A, StorageError>> => {
        const mine = (opening = connection.open())
        return mine
          .then((database) => {
            if (isOver) return Exit.fail(stalled)
            const store = database.transaction(objectStore, mode, { durability: "strict" }).objectStore(objectStore)
            transaction = runStep(store, step, hint)
            return transaction.ended
          })
          .catch((error: unknown) => Exit.fail(toStorageError(error)))
          .then((exit) => {
            const reason = reasonOf(exit)
            if (!isOver && (reason === "Closed" || reason === "Failed")) connection.giveUp(mine)
            return exit
          })
      }
      const stop = () => {
        isOver = true
        if (transaction === undefined) {
          end(Exit.fail(stalled))
        } else {
          watchFor(() => end(Exit.fail(unknownEnd)))
          transaction.abort(stalled)
        }
      }
      watchFor(() => {
        // It may be the connection that is stuck.
        if (opening !== undefined) connection.giveUp(opening)
        stop()
      })
      // The browser closed the database, so surely nothing was stored: once more on another connection.
      void attempt()
        .then((exit) => (reasonOf(exit) === "Closed" && !isOver ? attempt() : exit))
        .then(end)
      return stop
    }

    const transact = <A>(
      _name: string,
      mode: "readonly" | "readwrite",
      step: () => Step<A>
    ): Effect.Effect<A, StorageError> =>
      Effect.suspend(() => {
        const settled = Effect.async<A, StorageError>((resume) => {
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
        })
        if (isWatching) return settled
        isWatching = true
        // Forked where the store lives: a step may run where nothing may interrupt, and would wait for its own timer.
        const watching = Effect.forkIn(Effect.interruptible(watch), scope)
        return Effect.zipRight(watching, settled)
      })

    return {
      transact,
      onHint: (listener) =>
        channel === undefined
          ? Effect.void
          : Effect.acquireRelease(
              Effect.sync(() => {
                const heard = () => listener()
                channel.addEventListener("message", heard)
                return heard
              }),
              (heard) => Effect.sync(() => channel.removeEventListener("message", heard))
            )
    }
  })
