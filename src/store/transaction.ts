// One step as one transaction of IndexedDB.
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import { StorageError } from "../ClientError.js"
import { type Opened, objectStore } from "./connection.js"
import { endOf, toStorageError } from "./failure.js"
import type { Abort, Request, Step } from "./step.js"

const endedEarly = new StorageError({ reason: "Failed", detail: "the transaction ended early" })

// Force-closing a database need not end what runs on it.
const closedUnder = new StorageError({ reason: "Closed", detail: "the browser closed the database" })

// Issues the request; calls `next` inside the transaction when a read has its result. True: go on at once, as a write
// that fails aborts the whole transaction anyway. `isPause`: let the page do what it has to before.
const serve = (
  store: IDBObjectStore,
  request: Exclude<Request, Abort>,
  isPause: boolean,
  next: () => void
): boolean => {
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
      const keys = store.getAllKeys(between, request.limit)
      const rows: IDBRequest<Array<unknown>> = store.getAll(between, request.limit)
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
    case "Remove": {
      const write =
        request._tag === "Put"
          ? store.put(request.row, request.key)
          : store.delete(IDBKeyRange.bound(request.from, request.to))
      if (!isPause) return true
      write.onsuccess = next
      return false
    }
  }
}

// A page is to answer whoever uses it in between.
const servedAtOnce = 500

const isWrite = (request: Request): boolean => request._tag !== "Get" && request._tag !== "Range"

/**
 * `hint` is called from inside it, once it has written, and `onEnd` when it is known how it ended. What it gives undoes it
 * with that error, unless it is too late to: then the browser finishes it, and `onEnd` says how.
 */
export const runStep = <A>(
  { database, running }: Opened,
  mode: "readonly" | "readwrite",
  step: () => Step<A>,
  hint: () => void,
  onEnd: (exit: Exit.Exit<A, StorageError>) => void
): ((error: StorageError) => void) => {
  const transaction = database.transaction(objectStore, mode, { durability: "strict" })
  const store = transaction.objectStore(objectStore)
  const generator = step()
  let served = 0
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
      if (!serve(store, request, ++served >= servedAtOnce, advance)) {
        served = 0
        // Without a wait for the answer. Whoever is told before the transaction has begun might be served before it; nobody
        // would be told of what is committed first, were the page killed in between.
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
  const end = (exit: Exit.Exit<A, StorageError>) => {
    if (running.delete(onClose)) onEnd(exit)
  }
  const onClose = () => end(Exit.fail(aborted ?? endOf(closedUnder, wrote)))
  running.add(onClose)
  // Only `complete` says that it is stored; a request's own success does not.
  transaction.oncomplete = () =>
    end(result === undefined ? Exit.fail(endOf(endedEarly, wrote)) : Exit.succeed(result.value))
  transaction.onabort = () => end(Exit.fail(aborted ?? endOf(transaction.error, wrote)))
  takeTurnsOrAbort()
  return abort
}
