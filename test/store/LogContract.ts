/** What every store promises of the log: numbers, fences, attempts and how they end. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Forbidden, ServerError } from "../../src/ClientError.js"
import type { Entry } from "../../src/log/entry.js"
import * as Steps from "./Steps.js"
import {
  archives,
  clientId,
  creates,
  deletes,
  type Device,
  draft,
  localId,
  over,
  toggl,
  updates,
  workspaceId,
  listing
} from "./StoreUnderTest.js"

/** Claims the next fence, which is there to be claimed. */
export const claim = (store: Steps.Transactions) =>
  Effect.flatMap(store.claim(), (claimed) =>
    claimed === undefined ? Effect.dieMessage("nothing was claimed") : Effect.succeed(claimed)
  )

/** Puts Toggl's clients into the local copy. */
export const copied = (store: Steps.Transactions, ...clients: ReadonlyArray<ReturnType<typeof toggl>>) =>
  Effect.gen(function* () {
    // A store has an id once its state has been written.
    const state = yield* store.changeState((state) => ({ ...state }))
    const { turn = 0 } = state.workspaces[String(workspaceId)] ?? {}
    const stored = yield* store.storeList(workspaceId, { store: state.store, turn }, listing(clients), 5)
    assert.isDefined(stored)
  })

/** Claims, and marks this entry as being sent. */
export const sending = (store: Steps.Transactions, entry: Steps.Snapshot["entries"][number], now = 2000) =>
  Effect.gen(function* () {
    const { fence } = yield* claim(store)
    const marked = yield* store.mark(fence, [entry.seq], entry.mutation, now)
    assert.strictEqual(marked._tag, "Marked")
    return fence
  })

export const failed = new ServerError({ status: 500 })
export const again = (rest: { readonly uncertain: boolean; readonly isSetAside?: boolean }): Steps.Verdict => ({
  _tag: "Again",
  error: failed,
  counts: true,
  ...rest
})
export const refused: Steps.Verdict = { _tag: "Refused", error: new Forbidden({}) }

export const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  const connected = Effect.flatMap(makeDevice, (device) => device.connect)
  const states = (store: Steps.Transactions) =>
    Effect.map(store.load, ({ entries }) => entries.map((entry) => [entry.seq, entry.state._tag]))

  describe(`${name}: very many rows`, () => {
    const many = Array.from({ length: 2500 }, (_, index) => index + 1)

    it.scopedLive("are read one piece after another, none left out and none twice: entries, ids and clients", () =>
      Effect.gen(function* () {
        const store = yield* connected
        for (const n of many) yield* store.accept(draft(creates(n), n))
        yield* copied(store, ...many.map((n) => toggl(n, `Client ${n}`)))
        const { entries } = yield* store.load
        assert.deepStrictEqual(
          entries.map(({ acceptedAt }) => acceptedAt),
          many
        )
        const { clients } = yield* store.copy(workspaceId)
        assert.deepStrictEqual(
          clients.map(({ id }) => id),
          many.map((n) => clientId(n))
        )
      })
    )

    it.scopedLive(
      "are all read where a piece ends at a row under an odd key, as a bug or another version leaves one",
      () =>
        Effect.gen(function* () {
          const device = yield* makeDevice
          const store = yield* device.connect
          const some = many.slice(0, 1500)
          yield* copied(store, ...some.map((n) => toggl(n, `Client ${n}`)))
          const odd = [998.25, 998.5, 998.75, "a", ["b"], [1, 2]]
          for (const key of odd) yield* device.put(["client", workspaceId, key], { key })
          const { clients } = yield* store.copy(workspaceId)
          assert.deepStrictEqual(
            clients.map(({ id }) => id),
            some.map((n) => clientId(n))
          )
        })
    )
  })

  describe(`${name}: accepting`, () => {
    it.live("numbers entries in the order of acceptance, and gives them back as they were accepted", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const first = draft(creates(1, "Acme", "net 30"), 1234)
        const second = draft(deletes(clientId(7)), 1235)
        const accepted = [yield* store.accept(first), yield* store.accept(second)]
        assert.isBelow(accepted[0]?.seq ?? 0, accepted[1]?.seq ?? 0)
        const { entries, unreadable } = yield* store.load
        assert.deepStrictEqual(entries, accepted)
        assert.deepStrictEqual(unreadable, [])
        assert.deepStrictEqual(
          entries.map(({ acceptedAt, attempts, id, mutation, failures, state }) => ({
            acceptedAt,
            attempts,
            id,
            mutation,
            failures,
            state
          })),
          [first, second].map((draft) => ({ ...draft, attempts: 0, failures: 0, state: { _tag: "Pending" } as const }))
        )
      }).pipe(Effect.scoped)
    )

    it.live("gives each of a hundred entries that are accepted at once a number of its own", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const tabs = [yield* device.connect, yield* device.connect]
        const accepted = yield* Effect.forEach(
          Array.from({ length: 100 }, (_, n) => n),
          (n) => (tabs[n % 2] ?? assert.fail()).accept(draft(creates(n + 1))),
          { concurrency: "unbounded" }
        )
        assert.strictEqual(new Set(accepted.map((entry) => entry.seq)).size, 100)
        const { entries } = yield* (yield* device.connect).load
        assert.deepStrictEqual(
          entries.map((entry) => `${entry.seq} ${entry.id}`),
          [...accepted].sort((a, b) => a.seq - b.seq).map((entry) => `${entry.seq} ${entry.id}`)
        )
      }).pipe(Effect.scoped)
    )

    it.live("never gives a number again: not after a discard, a purge or a reopening", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const last = yield* Effect.scoped(
          Effect.gen(function* () {
            const store = yield* device.connect
            yield* store.accept(draft(creates(1)))
            const { seq } = yield* store.accept(draft(creates(2)))
            yield* store.discard(seq, 2000)
            return seq
          })
        )
        const store = yield* device.connect
        const next = yield* store.accept(draft(creates(3)))
        assert.isAbove(next.seq, last)
        yield* store.purge
        const purged = yield* store.accept(draft(creates(4)))
        assert.isAbove(purged.seq, next.seq)
      }).pipe(Effect.scoped)
    )

    it.live("keeps the last known state of the client, also of one that has a local id", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const create = yield* store.accept(draft(creates(1, "Acme")))
        const fence = yield* sending(store, create)
        yield* store.settle(fence, [create.seq], { _tag: "Done", client: toggl(7, "Acme") }, over, 3000)
        const byLocal = yield* store.accept(draft(updates(localId(1), { notes: "x" })))
        const byId = yield* store.accept(draft(archives(clientId(7))))
        const unknown = yield* store.accept(draft(archives(clientId(8))))
        assert.deepStrictEqual([byLocal.base?.name, byId.base?.name, unknown.base], ["Acme", "Acme", undefined])
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: fences`, () => {
    it.live("gives each claim the next fence, and an earlier one books nothing", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const [mine, theirs] = [yield* device.connect, yield* device.connect]
        const entry = yield* mine.accept(draft(creates(1)))
        const old = yield* sending(mine, entry)
        const { fence, snapshot } = yield* claim(theirs)
        assert.deepStrictEqual(fence, { store: old.store, number: old.number + 1 })
        assert.strictEqual(snapshot.state.run?.fence, fence.number)
        const before = yield* device.rows
        const done: Steps.Verdict = { _tag: "Done", client: toggl(7, "client 1") }
        assert.isUndefined(yield* mine.settle(old, [entry.seq], done, over, 3000))
        assert.isUndefined(yield* mine.book(old, over, 3000))
        assert.deepStrictEqual(yield* mine.mark(old, [entry.seq], entry.mutation, 3000), { _tag: "Superseded" })
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )

    it.live("makes uncertain at the next claim what was being sent, with its attempt", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(creates(1, "Acme")))
        const fence = yield* sending(store, entry, 2000)
        const { snapshot } = yield* claim(store)
        const expected: Entry["state"] = {
          _tag: "Uncertain",
          attempt: { number: 1, startedAt: 2000, fence: fence.number, target: { name: "Acme", notes: "" } }
        }
        assert.deepStrictEqual(snapshot.entries[0]?.state, expected)
        assert.deepStrictEqual(yield* store.load, snapshot)
      }).pipe(Effect.scoped)
    )

    it.live("claims nothing from a run that is under way, unless it still stands at the step that was seen", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* store.accept(draft(creates(1)))
        assert.isDefined(yield* store.claim({ step: undefined }))
        const { state } = yield* store.load
        assert.isUndefined(yield* store.claim({ step: undefined }))
        assert.isUndefined(yield* store.claim({ step: state.step - 1 }))
        assert.deepStrictEqual((yield* store.load).state, state)
        const claimed = yield* store.claim({ step: state.step })
        assert.strictEqual(claimed?.fence.number, state.fence + 1)
      }).pipe(Effect.scoped)
    )

    it.live("raises the fence without claiming, and pauses if a reason is given", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(creates(1)))
        const fence = yield* sending(store, entry)
        const raised = yield* Steps.raiseFence(store, "SignInNeeded")
        assert.strictEqual(raised.paused, "SignInNeeded")
        assert.isUndefined(raised.run)
        assert.isUndefined(yield* store.settle(fence, [entry.seq], refused, over, 3000))
        const claimed = yield* claim(store)
        assert.strictEqual(claimed.snapshot.entries[0]?.state._tag, "Uncertain")
        assert.strictEqual(claimed.snapshot.state.paused, "SignInNeeded")
        // Nothing is marked while the queue is paused, by whoever has the turn.
        const marked = yield* store.mark(claimed.fence, [entry.seq], entry.mutation, 4000)
        assert.strictEqual(marked._tag, "Superseded")
      }).pipe(Effect.scoped)
    )

    it.live("lets no fence from before a purge hold, however many are claimed after it", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const before = yield* store.accept(draft(creates(1)))
        const old = yield* sending(store, before)
        const { state } = yield* store.load
        yield* store.purge
        const entry = yield* store.accept(draft(creates(2)))
        const fresh = yield* sending(store, entry)
        assert.notStrictEqual(fresh.store, old.store)
        assert.isUndefined(yield* store.settle(old, [entry.seq], refused, over, 3000))
        assert.isUndefined(yield* store.book(old, over, 3000))
        const since = { store: state.store, turn: 0 }
        assert.isUndefined(yield* store.storeList(workspaceId, since, listing([toggl(7, "old")]), 3000))
        assert.deepStrictEqual(yield* states(store), [[entry.seq, "Sending"]])
      }).pipe(Effect.scoped)
    )
  })
}
