/** What every store promises of refusals that are heard, of imports, and of how long outcomes are kept. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Forbidden } from "../../src/ClientError.js"
import type { Entry, Row } from "../../src/log/entry.js"
import * as OutboxStore from "../../src/OutboxStore.js"
import * as Steps from "./Steps.js"
import { copied, refused, sending } from "./LogContract.js"
import {
  archives,
  clientId,
  creates,
  deletes,
  type Device,
  draft,
  entryId,
  going,
  localId,
  toggl,
  updates,
  workspaceId,
  listing
} from "./StoreUnderTest.js"

/** Accepts it, sends it, and lets Toggl say so. */
export const answered = (store: Steps.Transactions, draft: Steps.Draft, verdict: Steps.Verdict) =>
  Effect.gen(function* () {
    const entry = yield* store.accept(draft)
    const fence = yield* sending(store, entry)
    yield* store.settle(fence, [entry.seq], verdict, going, 3000)
    return entry
  })

export const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  const connected = Effect.flatMap(makeDevice, (device) => device.connect)
  const standing = (store: Steps.Transactions) =>
    Effect.map(store.load, ({ entries }) => entries.map((entry) => entry.seq))

  describe(`${name}: refusals`, () => {
    it.live("lets a waiting caller end its refusal, and keeps the error and the input as the outcome", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* answered(store, draft(creates(1, "Acme")), refused)
        assert.isDefined(yield* store.claimRefusal(entry.seq, entry.id, 4000))
        assert.deepStrictEqual(yield* standing(store), [])
        assert.deepInclude(yield* store.outcome(entry.id), {
          mutation: entry.mutation,
          endedAt: 4000,
          ending: { _tag: "Refused", error: new Forbidden({}) }
        })
        assert.isUndefined(yield* store.claimRefusal(entry.seq, entry.id, 5000))
      }).pipe(Effect.scoped)
    )

    it.live("keeps a refusal that something depends on: the client's entries, and who takes its name", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "Acme"))
        const create = yield* answered(store, draft(creates(1, "New")), refused)
        yield* store.accept(draft(updates(localId(1), { notes: "x" })))
        assert.isUndefined(yield* store.claimRefusal(create.seq, create.id, 4000))
        const archive = yield* answered(store, draft(archives(clientId(7))), refused)
        yield* store.accept(draft(creates(2, "ACME")))
        assert.isUndefined(yield* store.claimRefusal(archive.seq, archive.id, 4000))
        assert.isUndefined(yield* store.outcome(archive.id))
        assert.strictEqual((yield* standing(store)).length, 4)
      }).pipe(Effect.scoped)
    )

    it.live("is not kept from it by what depends on another entry or on a row that cannot be read", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* device.put(1, { version: 1, clientId: 7 })
        const held = yield* store.accept(draft(deletes(clientId(7))))
        const entry = yield* answered(store, draft(creates(1)), refused)
        assert.isDefined(yield* store.claimRefusal(entry.seq, entry.id, 4000))
        assert.deepStrictEqual(yield* standing(store), [held.seq])
      }).pipe(Effect.scoped)
    )

    it.live("ends no entry that is not refused, nor another's under the same number", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const pending = yield* store.accept(draft(deletes(clientId(7))))
        const entry = yield* answered(store, draft(creates(1)), refused)
        const before = yield* device.rows
        assert.isUndefined(yield* store.claimRefusal(pending.seq, pending.id, 4000))
        assert.isUndefined(yield* store.claimRefusal(entry.seq, pending.id, 4000))
        assert.isUndefined(yield* store.claimRefusal(12345, entry.id, 4000))
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: imports`, () => {
    const rowOf = ({ seq: _, ...row }: Entry): Row => row

    it.live("appends rows in their order under new numbers, but for ids that it knows", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const other = yield* Effect.flatMap(OutboxStore.makeMemory, Steps.fromMemory)
        const rows: Array<Row> = []
        for (let n = 1; n <= 5; n++) rows.push(rowOf(yield* other.accept(draft(creates(n)))))
        const [waits, ended, unreadable] = rows
        yield* store.accept({ ...draft(creates(1)), id: waits?.id ?? assert.fail() })
        const gone = yield* store.accept({ ...draft(creates(2)), id: ended?.id ?? assert.fail() })
        yield* store.discard(gone.seq, 3000)
        yield* device.put(1000, { version: 99, id: unreadable?.id })
        const added = yield* store.importRows([...rows].reverse())
        assert.strictEqual(added.length, 2)
        assert.isAbove(added[0] ?? 0, 1000)
        const { entries } = yield* store.load
        assert.deepStrictEqual(
          entries.map((entry) => entry.id),
          [waits?.id, rows[4]?.id, rows[3]?.id]
        )
        assert.deepStrictEqual(
          entries.slice(1).map((entry) => entry.seq),
          added
        )
        const before = yield* device.rows
        assert.deepStrictEqual(yield* store.importRows(rows), [])
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )

    it.live("looks up what another device was sending, and stores no list meanwhile", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const other = yield* Effect.flatMap(OutboxStore.makeMemory, Steps.fromMemory)
        yield* sending(other, yield* other.accept(draft(creates(1))))
        const [sent = assert.fail()] = (yield* other.load).entries
        yield* copied(store)
        const { state } = yield* store.load
        const since = { store: state.store, turn: state.workspaces[String(workspaceId)]?.turn ?? 0 }
        const [seq] = yield* store.importRows([rowOf(sent)])
        const [imported = assert.fail()] = (yield* store.load).entries
        assert.strictEqual(imported.state._tag, "Uncertain")
        assert.strictEqual(imported.seq, seq)
        assert.isUndefined(yield* store.storeList(workspaceId, since, listing([toggl(7, "client 1")]), 4000))
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: outcomes`, () => {
    it.live("forgets outcomes that are both older than asked and not among the newest", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entries: Array<Entry> = []
        for (let n = 1; n <= 6; n++) {
          const entry = yield* store.accept(draft(creates(n)))
          yield* store.discard(entry.seq, n * 1000)
          entries.push(entry)
        }
        const known = () =>
          Effect.map(
            Effect.forEach(entries, (entry) => store.outcome(entry.id)),
            (outcomes) => outcomes.map((outcome) => outcome?.endedAt)
          )
        assert.strictEqual(yield* store.prune(3000, 5), 1)
        assert.deepStrictEqual(yield* known(), [undefined, 2000, 3000, 4000, 5000, 6000])
        assert.strictEqual(yield* store.prune(3000, 0), 1)
        assert.deepStrictEqual(yield* known(), [undefined, undefined, 3000, 4000, 5000, 6000])
        assert.strictEqual(yield* store.prune(100_000, 3), 1)
        assert.strictEqual(yield* store.prune(100_000, 1000), 0)
        assert.deepStrictEqual(yield* known(), [undefined, undefined, undefined, 4000, 5000, 6000])
      }).pipe(Effect.scoped)
    )

    it.live("never forgets an outcome that it cannot read", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* device.put(["outcome", entryId(1_000_001)], { version: 99, kept: "by a newer version" })
        yield* device.put(["outcome", entryId(1_000_002)], "garbled")
        const before = yield* device.rows
        assert.strictEqual(yield* store.prune(100_000, 0), 0)
        assert.isUndefined(yield* store.outcome(entryId(1_000_001)))
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )

    it.live("purges everything in one step: entries, outcomes, ids and copies", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* copied(store, toggl(7, "Secret & Sons"))
        yield* store.changeState((state) => ({ ...state, userId: 42, paused: "ByUser" }))
        yield* store.accept(draft(creates(1, "Secret & Sons")))
        yield* device.put(1000, "Secret & Sons, garbled")
        yield* device.put(["outcome", "unknown"], "Secret & Sons")
        yield* store.purge
        const { entries, ids, state, unreadable } = yield* store.load
        assert.deepStrictEqual([entries, [...ids], unreadable], [[], [], []])
        assert.deepStrictEqual([state.userId, state.paused], [undefined, undefined])
        assert.deepInclude(yield* store.copy(workspaceId), { clients: [], fetchedAt: undefined })
        assert.notInclude(JSON.stringify(yield* device.rows), "Secret")
        const [row, ...others] = yield* device.rows
        assert.deepStrictEqual([row?.[0], others], ["state", []])
      }).pipe(Effect.scoped)
    )
  })
}
