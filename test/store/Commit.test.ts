import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { forceCloseDatabase } from "fake-indexeddb"
import type { StorageError } from "../../src/ClientError.js"
import * as Steps from "./Steps.js"
import { claim, refused, sending } from "./LogContract.js"
import { withGlobal } from "./Handmade.js"
import {
  clientId,
  creates,
  deletes,
  draft,
  entryId,
  newDatabaseName,
  over,
  rawRows,
  toggl,
  workspaceId,
  listing
} from "./StoreUnderTest.js"

/** Shows each transaction as it begins, within the scope. */
const watching = (seen: (transaction: IDBTransaction) => void) => {
  const begin = Object.getOwnPropertyDescriptor(IDBDatabase.prototype, "transaction") ?? assert.fail()
  return Effect.acquireRelease(
    Effect.sync(() => {
      const original: unknown = begin.value
      if (typeof original !== "function") assert.fail()
      Object.defineProperty(IDBDatabase.prototype, "transaction", {
        ...begin,
        value: function (this: IDBDatabase, ...args: ReadonlyArray<unknown>): unknown {
          const transaction: unknown = Reflect.apply(original, this, args)
          if (transaction instanceof IDBTransaction && transaction.mode !== "versionchange") seen(transaction)
          return transaction
        }
      })
    }),
    () => Effect.sync(() => Object.defineProperty(IDBDatabase.prototype, "transaction", begin))
  )
}

/** Every request of the transaction has succeeded, and then there is no room for it. */
const failsAtCommit = (transaction: IDBTransaction) => {
  if (transaction.mode !== "readwrite") return
  const fail = () => {
    Object.defineProperty(transaction, "error", { value: new DOMException("", "QuotaExceededError"), writable: true })
    transaction.abort()
  }
  const objectStore: unknown = Reflect.get(transaction, "objectStore")
  if (typeof objectStore !== "function") assert.fail()
  let pending = 0
  transaction.objectStore = (name) => {
    const store: unknown = Reflect.apply(objectStore, transaction, [name])
    if (!(store instanceof IDBObjectStore)) assert.fail()
    for (const method of ["get", "getAll", "getAllKeys", "add", "put", "delete"] as const) {
      const original: unknown = Reflect.get(store, method)
      if (typeof original !== "function") assert.fail()
      Object.defineProperty(store, method, {
        configurable: true,
        value: (...args: ReadonlyArray<unknown>): unknown => {
          const request: unknown = Reflect.apply(original, store, args)
          if (!(request instanceof IDBRequest)) assert.fail()
          pending++
          request.addEventListener("success", () => {
            pending--
            queueMicrotask(() => {
              if (pending === 0) fail()
            })
          })
          return request
        }
      })
    }
    return store
  }
}

describe("every step in IndexedDB", () => {
  const operations = (store: Steps.Transactions): ReadonlyArray<Effect.Effect<unknown, StorageError>> => {
    const fence = { store: "?", number: 1 }
    return [
      store.load,
      store.accept(draft(creates(1))),
      store.accept(draft(deletes(clientId(7)))),
      store.claim(),
      store.mark(fence, [1], creates(1), 1),
      store.settle(fence, [1], refused, over, 1),
      store.book(fence, over, 1),
      Steps.raiseFence(store),
      store.changeState((state) => ({ ...state, failures: 1 })),
      store.claimRefusal(1, entryId(1), 1),
      store.retry(1, (mutation) => mutation),
      store.discard(1, 1),
      store.outcome(entryId(1)),
      store.importRows([]),
      store.prune(1, 1),
      store.copy(workspaceId),
      store.storeList(workspaceId, { store: "?", turn: 0 }, listing([]), 1),
      store.storeClient(workspaceId, clientId(7), { store: "?", turn: 0 }, undefined),
      store.purge
    ]
  }

  it.live("is one transaction, and what may write asks for strict durability", () =>
    Effect.gen(function* () {
      const store = yield* Steps.makeIndexedDb({ name: newDatabaseName() })
      yield* store.load
      const seen: Array<string> = []
      yield* watching((transaction) => seen.push(`${transaction.mode} ${transaction.durability}`))
      for (const operation of operations(store)) {
        seen.length = 0
        yield* operation
        assert.strictEqual(seen.length, 1)
        assert.include(["readonly strict", "readwrite strict"], seen[0])
      }
    }).pipe(Effect.scoped)
  )

  it.live("says Full where there is no room for it at the commit, leaves what was stored, and works again later", () =>
    Effect.gen(function* () {
      const name = newDatabaseName()
      const store = yield* Steps.makeIndexedDb({ name })
      const first = yield* store.accept(draft(creates(1)))
      const fence = yield* sending(store, first)
      const before = yield* rawRows(name)
      const answered = store.settle(fence, [first.seq], { _tag: "Done", client: toggl(7, "client 1") }, over, 3000)
      yield* Effect.scoped(
        Effect.gen(function* () {
          yield* watching(failsAtCommit)
          assert.deepInclude(yield* Effect.flip(store.accept(draft(creates(2)))), { reason: "Full" })
          assert.deepInclude(yield* Effect.flip(answered), { reason: "Full" })
          // What only reads still works.
          assert.strictEqual((yield* store.load).entries.length, 1)
        })
      )
      assert.deepStrictEqual(yield* rawRows(name), before)
      assert.isDefined(yield* answered)
      const later = yield* store.accept(draft(creates(3)))
      assert.isAbove(later.seq, first.seq)
      assert.deepStrictEqual((yield* store.load).entries, [later])
    }).pipe(Effect.scoped)
  )

  it.live("finds everything again after the browser has closed the database, without anyone's help", () =>
    Effect.gen(function* () {
      const store = yield* Steps.makeIndexedDb({ name: newDatabaseName() })
      let database: IDBDatabase | undefined
      yield* watching((transaction) => {
        database = transaction.db
      })
      const entry = yield* store.accept(draft(creates(1)))
      const { fence } = yield* claim(store)
      const closed = database ?? assert.fail()
      // Its own types ask for the class.
      Reflect.apply(forceCloseDatabase, undefined, [closed])
      assert.strictEqual((yield* store.mark(fence, [entry.seq], entry.mutation, 2000))._tag, "Marked")
      assert.notStrictEqual(database, closed)
      assert.strictEqual((yield* store.load).entries[0]?.state._tag, "Sending")
    }).pipe(Effect.scoped)
  )

  it.live("sends its hint after its put and before its transaction completes", () =>
    Effect.gen(function* () {
      const events: Array<string> = []
      class Channel {
        postMessage(message: unknown): void {
          events.push(`hint ${String(message)}`)
        }
        close(): void {
          events.push("closed")
        }
      }
      yield* withGlobal("BroadcastChannel", Channel)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const store = yield* Steps.makeIndexedDb({ name: newDatabaseName() })
          yield* watching((transaction) => {
            const commit: unknown = Reflect.get(transaction, "commit")
            if (typeof commit !== "function") assert.fail()
            transaction.commit = () => {
              events.push("commit")
              Reflect.apply(commit, transaction, [])
            }
            transaction.addEventListener("complete", () => events.push("complete"))
          })
          yield* store.load
          yield* store.accept(draft(creates(1)))
          yield* store.purge
          // It reads before it writes, so that it can be told and committed with its put still unanswered.
          yield* store.accept(draft(deletes(clientId(7))))
        })
      )
      const told = ["hint null", "complete"]
      assert.deepStrictEqual(events, ["complete", ...told, ...told, "hint null", "commit", "complete", "closed"])
    }).pipe(Effect.scoped)
  )

  it.live("keeps what it has stored where the channel throws, as one that the browser has closed", () =>
    Effect.gen(function* () {
      class Channel {
        postMessage(): void {
          throw new DOMException("", "InvalidStateError")
        }
        close(): void {
          return undefined
        }
      }
      yield* withGlobal("BroadcastChannel", Channel)
      const store = yield* Steps.makeIndexedDb({ name: newDatabaseName() })
      const entry = yield* store.accept(draft(creates(1)))
      const later = yield* store.accept(draft(deletes(clientId(7))))
      yield* store.changeState((state) => ({ ...state, userId: 42 }))
      const { entries, state } = yield* store.load
      assert.deepStrictEqual(entries, [entry, later])
      assert.strictEqual(state.userId, 42)
    }).pipe(Effect.scoped)
  )

  it.live("works where there are no channels between tabs, or none may be opened", () =>
    Effect.gen(function* () {
      const forbidden = function () {
        throw new DOMException("", "SecurityError")
      }
      for (const channel of [undefined, forbidden]) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* withGlobal("BroadcastChannel", channel)
            const store = yield* Steps.makeIndexedDb({ name: newDatabaseName() })
            yield* store.onHint(() => assert.fail())
            const entry = yield* store.accept(draft(creates(1)))
            assert.deepStrictEqual((yield* store.load).entries, [entry])
          })
        )
      }
    })
  )
})
