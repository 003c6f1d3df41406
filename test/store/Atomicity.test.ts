/** A step that does not reach its end leaves nothing: whatever the step, wherever it ends, in every engine. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import { StorageError } from "../../src/ClientError.js"
import type { Entry } from "../../src/log/entry.js"
import * as OutboxStore from "../../src/OutboxStore.js"
import * as Steps from "./Steps.js"
import { again, copied, refused, sending } from "./LogContract.js"
import {
  archives,
  clientId,
  creates,
  draft,
  entryId,
  going,
  localId,
  newDatabaseName,
  otherWorkspaceId,
  over,
  type RawRow,
  rawRows,
  toggl,
  updates,
  listing
} from "./StoreUnderTest.js"
import { withGlobal } from "./Handmade.js"

/** The store as it stands before the step, and what the step needs to know of it. */
interface Scene {
  readonly fence: Steps.Fence
  readonly sent: Entry
  readonly refused: Entry
  readonly pending: Entry
  readonly since: Steps.Turn
}

const scene = (store: Steps.Transactions) =>
  Effect.gen(function* () {
    yield* copied(store, toggl(7, "a"), toggl(8, "b"))
    const gone = yield* store.accept(draft(creates(9)))
    yield* store.discard(gone.seq, 1)
    const other = yield* store.accept(draft(creates(2)))
    yield* store.settle(yield* sending(store, other), [other.seq], refused, going, 3000)
    yield* store.accept(draft(updates(localId(2), { notes: "held" })))
    const sent = yield* store.accept(draft(creates(1)))
    const pending = yield* store.accept(draft(updates(clientId(7), { name: "A" })))
    const fence = yield* sending(store, sent)
    const { state } = yield* store.load
    const since = { store: state.store, turn: 0 }
    return { fence, sent, refused: other, pending, since } satisfies Scene
  })

type Writes = (store: Steps.Transactions, scene: Scene) => Effect.Effect<unknown, StorageError>

const steps: ReadonlyArray<readonly [name: string, step: Writes]> = [
  ["accept", (store) => store.accept(draft(archives(clientId(7))))],
  ["claim", (store) => store.claim()],
  ["mark", (store, { fence, pending }) => store.mark(fence, [pending.seq], pending.mutation, 4000)],
  [
    "acknowledge",
    (store, { fence, sent }) =>
      store.settle(fence, [sent.seq], { _tag: "Done", client: toggl(9, "client 1") }, over, 4000)
  ],
  ["refuse", (store, { fence, sent }) => store.settle(fence, [sent.seq], refused, over, 4000)],
  [
    "set aside",
    (store, { fence, sent }) =>
      store.settle(fence, [sent.seq], again({ uncertain: true, isSetAside: true }), going, 4000)
  ],
  ["book", (store, { fence }) => store.book(fence, { ...over, failures: 7 }, 4000)],
  ["raise the fence", (store) => Steps.raiseFence(store, "SignInNeeded")],
  ["sign out", (store) => store.signOut],
  ["change the state", (store) => store.changeState((state) => ({ ...state, userId: 42 }))],
  ["retry", (store, { refused }) => store.retry(refused.seq, (mutation) => ({ ...mutation, name: "else" }))],
  ["discard", (store, { refused }) => store.discard(refused.seq, 4000)],
  [
    "import",
    (store, { pending: { seq: _, ...row } }) =>
      store.importRows([1, 2, 3].map((n) => ({ ...row, id: entryId(2_000_000 + n) })))
  ],
  ["prune", (store) => store.prune(Number.MAX_SAFE_INTEGER, 0)],
  [
    "store a list",
    (store, { since }) =>
      store.storeList(otherWorkspaceId, since, listing([toggl(1, "x", { workspaceId: otherWorkspaceId })]), 4000)
  ],
  [
    "store a client",
    (store, { since }) =>
      store.storeClient(otherWorkspaceId, clientId(1), since, toggl(1, "x", { workspaceId: otherWorkspaceId }))
  ],
  ["purge", (store) => store.purge]
]

/** A store whose steps can be made to fail. */
interface Fragile {
  readonly store: Steps.Transactions
  readonly rows: Effect.Effect<ReadonlyArray<RawRow>>
  /** Runs the effect; in it, what is counted fails at this number, from 0 on. */
  readonly failingAt: <A>(at: number, effect: Effect.Effect<A, StorageError>) => Effect.Effect<A, StorageError>
}

const quota = () => new DOMException("", "QuotaExceededError")

/** Calls `failed` at the call of this number. */
const counting = (at: number, failed: () => void) => {
  let count = 0
  return () => {
    if (count++ === at) failed()
  }
}

const throwsQuota = () => {
  throw quota()
}

/** No value can be cloned: neither on its way into the rows nor out of them. */
const brokenClone = (within: Omit<Fragile, "failingAt">): Fragile => ({
  ...within,
  failingAt: (at, effect) => {
    const clone = globalThis.structuredClone
    const count = counting(at, throwsQuota)
    const fragile = (value: unknown): unknown => {
      count()
      return clone(value)
    }
    return Effect.scoped(Effect.zipRight(withGlobal("structuredClone", fragile), effect))
  }
})

const memory = Effect.gen(function* () {
  const memory = yield* OutboxStore.makeMemory
  const store = yield* Steps.fromMemory(memory)
  const rows = Effect.sync(() => memory.rows.map(({ key, row }): RawRow => [key, structuredClone(row)]))
  return brokenClone({ store, rows })
})

const memoryCommit = Effect.gen(function* () {
  const memory = yield* OutboxStore.makeMemory
  const full = new StorageError({ reason: "Full", detail: "QuotaExceededError" })
  let left = -1
  const store = yield* Steps.fromMemory(memory, () => (left-- === 0 ? full : undefined))
  const fragile: Fragile = {
    store,
    rows: Effect.sync(() => memory.rows.map(({ key, row }): RawRow => [key, structuredClone(row)])),
    failingAt: (at, effect) =>
      Effect.suspend(() => {
        left = at
        return effect
      })
  }
  return fragile
})

const inIndexedDb = Effect.gen(function* () {
  const name = newDatabaseName()
  return { store: yield* Steps.makeIndexedDb({ name }), rows: rawRows(name) }
})

// The browser aborts it for want of room: by the fake's own means, for it may even after the app has asked for the commit.
const abortForQuota = (transaction: IDBTransaction) => {
  const abort: unknown = Reflect.get(transaction, "_abort")
  if (typeof abort !== "function") assert.fail()
  Reflect.apply(abort, transaction, ["QuotaExceededError"])
}

const methods = ["get", "getAll", "getAllKeys", "add", "put", "delete"] as const

/** In place of the object stores' methods, within the scope. */
const withMethods = (before: (store: IDBObjectStore) => void) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const originals = methods.map((name) => Object.getOwnPropertyDescriptor(IDBObjectStore.prototype, name))
      for (const [index, name] of methods.entries()) {
        const method: unknown = originals[index]?.value
        if (typeof method !== "function") assert.fail(name)
        Object.defineProperty(IDBObjectStore.prototype, name, {
          configurable: true,
          writable: true,
          value: function (this: IDBObjectStore, ...args: ReadonlyArray<unknown>): unknown {
            before(this)
            return Reflect.apply(method, this, args)
          }
        })
      }
      return originals
    }),
    (originals) =>
      Effect.sync(() => {
        for (const [index, name] of methods.entries()) {
          Object.defineProperty(IDBObjectStore.prototype, name, originals[index] ?? assert.fail(name))
        }
      })
  )

const indexedDbRequest = Effect.map(inIndexedDb, (within): Fragile => ({
  ...within,
  failingAt: (at, effect) => Effect.scoped(Effect.zipRight(withMethods(counting(at, throwsQuota)), effect))
}))

/** The request is made, and then the browser aborts. */
const indexedDbAbort = Effect.map(inIndexedDb, (within): Fragile => ({
  ...within,
  failingAt: (at, effect) => {
    let transaction: IDBTransaction | undefined
    const count = counting(at, () => queueMicrotask(() => transaction !== undefined && abortForQuota(transaction)))
    const before = (store: IDBObjectStore) => {
      ;({ transaction } = store)
      count()
    }
    return Effect.scoped(Effect.zipRight(withMethods(before), effect))
  }
}))

const fragile: ReadonlyArray<readonly [name: string, make: Effect.Effect<Fragile, never, Scope.Scope>]> = [
  ["memory: a row cannot be cloned", memory],
  ["memory: the commit fails", memoryCommit],
  ["IndexedDB: a row cannot be cloned", Effect.map(inIndexedDb, brokenClone)],
  ["IndexedDB: a request throws", indexedDbRequest],
  ["IndexedDB: the browser aborts after a request", indexedDbAbort]
]

for (const [what, make] of fragile) {
  describe(what, () => {
    for (const [name, step] of steps) {
      it.live(`${name} leaves nothing wherever it fails, and is whole afterwards`, () =>
        Effect.gen(function* () {
          const { failingAt, rows, store } = yield* make
          const where = yield* scene(store)
          const before = yield* rows
          let at = 0
          let result = yield* Effect.either(failingAt(at, step(store, where)))
          for (; Either.isLeft(result); result = yield* Effect.either(failingAt(++at, step(store, where)))) {
            assert.deepStrictEqual([result.left._tag, result.left.reason], ["StorageError", "Full"], `at ${at}`)
            assert.deepStrictEqual(yield* rows, before, `at ${at}`)
          }
          assert.isAbove(at, 0)
          assert.notDeepEqual(yield* rows, before)
        }).pipe(Effect.scoped)
      )
    }
  })
}
