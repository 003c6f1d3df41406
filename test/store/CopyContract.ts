/** What every store promises of the local copy, and of several connections to the same rows. */
import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import * as Steps from "./Steps.js"
import { again, claim, copied, refused, sending } from "./LogContract.js"
import {
  clientId,
  creates,
  type Device,
  draft,
  going,
  otherWorkspaceId,
  over,
  toggl,
  updates,
  workspaceId,
  listing
} from "./StoreUnderTest.js"

const sinceNow = (store: Steps.Transactions) =>
  Effect.map(store.load, ({ state }): Steps.Turn => ({
    store: state.store,
    turn: state.workspaces[String(workspaceId)]?.turn ?? 0
  }))

/** What happens between a list's request and its answer, and closes the attempt that it opens. */
type Meanwhile = (
  store: Steps.Transactions,
  entry: Steps.Snapshot["entries"][number]
) => Effect.Effect<unknown, unknown>

const meanwhile: ReadonlyArray<readonly [name: string, does: Meanwhile]> = [
  ["is answered", (store, entry) => settles(store, entry, { _tag: "Done", client: toggl(9, "new") })],
  ["is refused", (store, entry) => settles(store, entry, refused)],
  ["surely failed", (store, entry) => settles(store, entry, again({ uncertain: false }))],
  ["is on the wire", sending],
  ["is uncertain", (store, entry) => settles(store, entry, again({ uncertain: true }))],
  ["is uncertain for its replayer died", (store, entry) => Effect.zipRight(sending(store, entry), claim(store))],
  ["is set aside", (store, entry) => settles(store, entry, again({ uncertain: true, isSetAside: true }))],
  [
    "is discarded as refused",
    (store, entry) => Effect.zipRight(settles(store, entry, refused), store.discard(entry.seq, 9))
  ]
]

const settles = (store: Steps.Transactions, entry: Steps.Snapshot["entries"][number], verdict: Steps.Verdict) =>
  Effect.flatMap(sending(store, entry), (fence) => store.settle(fence, [entry.seq], verdict, going, 3000))

export const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  const connected = Effect.flatMap(makeDevice, (device) => device.connect)

  describe(`${name}: the local copy`, () => {
    it.live("replaces a workspace's list as a whole, and leaves the other workspaces alone", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "a"), toggl(8, "b"))
        const since = { store: (yield* sinceNow(store)).store, turn: 0 }
        const theirs = toggl(1, "theirs", { workspaceId: otherWorkspaceId })
        const stored = yield* store.storeList(otherWorkspaceId, since, listing([theirs]), 4000)
        assert.deepStrictEqual(stored === "OtherUser" ? stored : stored?.state, (yield* store.load).state)
        const replaced = [toggl(8, "b2", { notes: "x" }), toggl(9, "c", { archived: true, totalCount: 3 })]
        yield* store.storeList(workspaceId, yield* sinceNow(store), listing(replaced), 5000)
        const copy = yield* store.copy(workspaceId)
        const { step, store: id } = (yield* store.load).state
        assert.deepStrictEqual(copy, { store: id, step, clients: replaced, fetchedAt: 5000 })
        assert.deepInclude(yield* store.copy(otherWorkspaceId), { clients: [theirs], fetchedAt: 4000 })
      }).pipe(Effect.scoped)
    )

    it.live("stores one client or that it is gone, and does not take that for a whole list", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* store.changeState((state) => ({ ...state, userId: 1 }))
        const since = yield* sinceNow(store)
        assert.isDefined(yield* store.storeClient(workspaceId, clientId(7), since, toggl(7, "a")))
        assert.deepInclude(yield* store.copy(workspaceId), { clients: [toggl(7, "a")], fetchedAt: undefined })
        assert.isDefined(yield* store.storeClient(workspaceId, clientId(7), since, undefined))
        assert.deepInclude(yield* store.copy(workspaceId), { clients: [], fetchedAt: undefined })
      }).pipe(Effect.scoped)
    )

    it.live("stores what was read before anything was written, unless a step has been taken since", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const since = yield* sinceNow(store)
        assert.strictEqual(since.store, "")
        const stored = yield* store.storeList(workspaceId, since, listing([toggl(7, "a")]), 3000)
        assert.deepStrictEqual(stored === "OtherUser" ? stored : stored?.state, (yield* store.load).state)
        const copy = yield* store.copy(workspaceId)
        assert.deepInclude(copy, { clients: [toggl(7, "a")], fetchedAt: 3000 })
        // Another was read at the same time.
        assert.isUndefined(yield* store.storeList(workspaceId, since, listing([]), 4000))
        assert.isUndefined(yield* store.storeClient(workspaceId, clientId(7), since, undefined))
        assert.deepStrictEqual(yield* store.copy(workspaceId), copy)
      }).pipe(Effect.scoped)
    )

    it.live("stores nothing that was read from another store, or before a purge", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const since = yield* sinceNow(store)
        yield* store.purge
        const before = yield* device.rows
        for (const stale of [since, { ...since, store: "?" }]) {
          assert.isUndefined(yield* store.storeList(workspaceId, stale, listing([toggl(7, "a")]), 3000))
          assert.isUndefined(yield* store.storeClient(workspaceId, clientId(7), stale, toggl(7, "a")))
        }
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )

    it.live("is its user's: whoever is known to read first, or has changed something first", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const stored = yield* store.storeList(workspaceId, yield* sinceNow(store), listing([toggl(7, "a")]), 3000, 42)
        assert.strictEqual(stored === "OtherUser" ? stored : stored?.state.userId, 42)
        const before = yield* device.rows
        const since = yield* sinceNow(store)
        assert.strictEqual(yield* store.storeList(workspaceId, since, listing([]), 4000, 43), "OtherUser")
        assert.strictEqual(yield* store.storeClient(workspaceId, clientId(7), since, undefined, 43), "OtherUser")
        assert.deepStrictEqual(yield* device.rows, before)
        // What is nobody's for certain, and what is the same user's, is stored.
        assert.isDefined(yield* store.storeClient(workspaceId, clientId(7), since, toggl(7, "b")))
        assert.isDefined(yield* store.storeClient(workspaceId, clientId(7), since, toggl(7, "c"), 42))
        assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [toggl(7, "c")])
        const other = yield* Effect.flatMap(makeDevice, (device) => device.connect)
        yield* other.accept({ ...draft(creates(1)), userId: 44 })
        assert.strictEqual(
          yield* other.storeList(workspaceId, yield* sinceNow(other), listing([]), 4000, 42),
          "OtherUser"
        )
      }).pipe(Effect.scoped)
    )

    for (const [what, does] of meanwhile) {
      it.live(`refuses what was read while an attempt was open that ${what}`, () =>
        Effect.gen(function* () {
          const store = yield* connected
          yield* copied(store, toggl(7, "a"))
          const entry = yield* store.accept(draft(creates(1)))
          const since = yield* sinceNow(store)
          yield* does(store, entry)
          const { clients } = yield* store.copy(workspaceId)
          const stale = [toggl(7, "stale")]
          assert.isUndefined(yield* store.storeList(workspaceId, since, listing(stale), 4000))
          assert.isUndefined(yield* store.storeClient(workspaceId, clientId(7), since, undefined))
          assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, clients)
          const elsewhere = { store: since.store, turn: 0 }
          assert.isDefined(yield* store.storeList(otherWorkspaceId, elsewhere, listing([]), 4000))
        }).pipe(Effect.scoped)
      )
    }

    it.live("takes a list again as soon as the attempt is over", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "a"))
        const entry = yield* store.accept(draft(updates(clientId(7), { name: "b" })))
        yield* settles(store, entry, again({ uncertain: true }))
        const whileOpen = yield* sinceNow(store)
        assert.isUndefined(yield* store.storeList(workspaceId, whileOpen, listing([]), 4000))
        const { fence } = yield* claim(store)
        yield* store.settle(fence, [entry.seq], { _tag: "Done", client: toggl(7, "b") }, over, 5000)
        assert.isUndefined(yield* store.storeList(workspaceId, whileOpen, listing([]), 6000))
        assert.isDefined(yield* store.storeList(workspaceId, yield* sinceNow(store), listing([toggl(7, "c")]), 7000))
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: several connections`, () => {
    const writes: ReadonlyArray<
      readonly [name: string, does: (store: Steps.Transactions) => Effect.Effect<unknown, unknown>]
    > = [
      ["accepts", (store) => store.accept(draft(creates(1)))],
      ["claims", (store) => store.claim()],
      ["changes the state", (store) => store.changeState((state) => ({ ...state, userId: 7 }))],
      ["raises the fence", (store) => Steps.raiseFence(store)],
      ["purges", (store) => store.purge]
    ]
    for (const [what, does] of writes) {
      it.live(`whoever hears that another ${what} reads behind the commit`, () =>
        Effect.gen(function* () {
          const device = yield* makeDevice
          const [mine, theirs] = [yield* device.connect, yield* device.connect]
          const runtime = yield* Effect.runtime()
          const heard = yield* Deferred.make<Steps.Snapshot, unknown>()
          // Reads in the very call that brings the hint.
          yield* theirs.onHint(() => {
            Runtime.runFork(runtime)(Deferred.complete(heard, theirs.load))
          })
          const before = yield* device.rows
          yield* does(mine)
          assert.notDeepEqual(yield* device.rows, before)
          assert.deepStrictEqual(yield* Deferred.await(heard), yield* mine.load)
        }).pipe(Effect.scoped)
      )
    }

    it.live("hears no hint of its own steps, of reads, of steps that wrote nothing, nor after its scope", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const [mine, theirs] = [yield* device.connect, yield* device.connect]
        let ownHints = 0
        let closedHints = 0
        yield* mine.onHint(() => ownHints++)
        yield* Effect.scoped(theirs.onHint(() => closedHints++))
        const fences: Array<number> = []
        const heard = yield* Deferred.make<void>()
        yield* theirs.onHint(() => {
          fences.push(1)
          Deferred.unsafeDone(heard, Effect.void)
        })
        yield* mine.load
        yield* mine.copy(workspaceId)
        yield* mine.changeState((state) => state)
        yield* mine.claim()
        yield* Deferred.await(heard)
        assert.deepStrictEqual([fences.length, ownHints, closedHints], [1, 0, 0])
      }).pipe(Effect.scoped)
    )

    it.live("keeps everything over a closed connection and a new one", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const before = yield* Effect.scoped(
          Effect.gen(function* () {
            const store = yield* device.connect
            yield* copied(store, toggl(7, "a"))
            yield* store.accept(draft(creates(1)))
            yield* sending(store, yield* store.accept(draft(creates(2))))
            return yield* store.load
          })
        )
        const store = yield* device.connect
        assert.deepStrictEqual(yield* store.load, before)
      }).pipe(Effect.scoped)
    )

    it.live("makes of steps taken at once one after another, each a whole", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const tabs = [yield* device.connect, yield* device.connect, yield* device.connect]
        const add = (n: number) => (state: Steps.Snapshot["state"]) => ({
          ...state,
          failures: state.failures + n
        })
        const fibers = yield* Effect.forEach(tabs, (tab, n) =>
          Effect.fork(Effect.forEach([1, 2, 3, 4, 5], () => tab.changeState(add(n + 1))))
        )
        yield* Fiber.joinAll(fibers)
        const [first = assert.fail()] = tabs
        assert.strictEqual((yield* first.load).state.failures, 5 * (1 + 2 + 3))
      }).pipe(Effect.scoped)
    )
  })
}
