/** What every store promises of attempts: recorded before they are made, and each ended in one step. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { Forbidden, RateLimited } from "../../src/ClientError.js"
import type { QueueState } from "../../src/log/state.js"
import type * as Steps from "./Steps.js"
import { again, claim, copied, failed, refused, sending } from "./LogContract.js"
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
  over,
  toggl,
  updates,
  workspaceId
} from "./StoreUnderTest.js"

export const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  const connected = Effect.flatMap(makeDevice, (device) => device.connect)

  describe(`${name}: attempts`, () => {
    it.live("records the attempt before it is made, with what it is built on and asks for", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "Acme", { notes: "net 30" }))
        const entry = yield* store.accept(draft(updates(clientId(7), { name: "Acme Inc" })))
        const { fence } = yield* claim(store)
        const marked = yield* store.mark(fence, [entry.seq], entry.mutation, 2000)
        const target = { name: "Acme Inc", notes: "net 30" }
        assert.deepInclude(marked, { request: { _tag: "Update", clientId: clientId(7), ...target } })
        const { entries } = yield* store.load
        assert.deepStrictEqual(entries[0]?.state, {
          _tag: "Sending",
          attempt: {
            number: 1,
            startedAt: 2000,
            fence: fence.number,
            base: toggl(7, "Acme", { notes: "net 30" }),
            target
          }
        })
        assert.strictEqual(entries[0]?.attempts, 1)
      }).pipe(Effect.scoped)
    )

    it.live("records of each client of a bulk request what it was, and with it the name that will be free", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const [acme, beta] = [toggl(7, "Acme"), toggl(8, "Beta")]
        yield* copied(store, acme, beta)
        const first = yield* store.accept(draft(deletes(clientId(7)), 1))
        const second = yield* store.accept(draft(deletes(clientId(8)), 2))
        const { fence } = yield* claim(store)
        yield* store.mark(fence, [first.seq, second.seq], first.mutation, 2000, { isBulk: true })
        const bases = (yield* store.load).entries.map(({ state }) =>
          state._tag === "Sending" ? state.attempt.base : undefined
        )
        assert.deepStrictEqual(bases, [acme, beta])
      }).pipe(Effect.scoped)
    )

    it.live("marks nothing that is gone, refused or being sent, nor what it has no base or id for", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const refusedOne = yield* store.accept(draft(creates(1)))
        yield* store.settle(yield* sending(store, refusedOne), [refusedOne.seq], refused, going, 3000)
        const update = yield* store.accept(draft(updates(clientId(8), { notes: "x" })))
        const orphan = yield* store.accept(draft(deletes(localId(99))))
        const sent = yield* store.accept(draft(deletes(clientId(9))))
        const fence = yield* sending(store, sent)
        const before = yield* device.rows
        const mark = (seq: number, mutation = sent.mutation) => store.mark(fence, [seq], mutation, 4000)
        assert.strictEqual((yield* mark(12345))._tag, "Changed")
        assert.strictEqual((yield* mark(refusedOne.seq))._tag, "Changed")
        assert.strictEqual((yield* mark(sent.seq))._tag, "Changed")
        assert.deepStrictEqual(yield* mark(update.seq, update.mutation), { _tag: "NeedsBase", clientId: clientId(8) })
        assert.deepStrictEqual(yield* mark(orphan.seq, orphan.mutation), { _tag: "Unresolvable" })
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )

    it.live("acknowledges in one step: the entry goes, the local id resolves, copy and outcome get the answer", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(creates(1, "acme")))
        const fence = yield* sending(store, entry)
        const client = toggl(7, "Acme", { at: 0, creatorId: 3 })
        const settled = yield* store.settle(fence, [entry.seq], { _tag: "Done", client }, over, 3000)
        assert.deepStrictEqual(settled?.entries, [])
        const { entries, ids, state } = yield* store.load
        assert.deepStrictEqual(entries, [])
        assert.deepStrictEqual([...ids], [[localId(1), clientId(7)]])
        assert.isUndefined(state.run)
        assert.deepStrictEqual(state, settled?.state)
        assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [client])
        assert.deepStrictEqual(yield* store.outcome(entry.id), {
          version: 3,
          id: entry.id,
          mutation: entry.mutation,
          endedAt: 3000,
          ending: { _tag: "Done", clientId: clientId(7), client }
        })
      }).pipe(Effect.scoped)
    )

    it.live("takes a deleted client out of the copy, and archives an archived one there", () =>
      Effect.gen(function* () {
        const store = yield* connected
        yield* copied(store, toggl(7, "a"), toggl(8, "b"))
        const gone = yield* store.accept(draft(deletes(clientId(7))))
        const archived = yield* store.accept(draft(archives(clientId(8))))
        const done: Steps.Verdict = { _tag: "Done", clientId: clientId(7) }
        yield* store.settle(yield* sending(store, gone), [gone.seq], done, going, 3000)
        const fence = yield* sending(store, archived)
        yield* store.settle(fence, [archived.seq], { _tag: "Done", clientId: clientId(8), projects: [] }, over, 3000)
        assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [toggl(8, "b", { archived: true })])
        assert.deepStrictEqual((yield* store.outcome(archived.id))?.ending, {
          _tag: "Done",
          clientId: clientId(8),
          projects: []
        })
      }).pipe(Effect.scoped)
    )

    it.live("keeps a refused entry with its error and attempt, and no outcome while it stands", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(creates(1, "Acme")))
        const fence = yield* sending(store, entry)
        const settled = yield* store.settle(fence, [entry.seq], refused, over, 3000)
        const state = settled?.entries[0]?.state
        assert.strictEqual(state?._tag, "Refused")
        if (state?._tag === "Refused") {
          assert.deepStrictEqual(state.error, new Forbidden({}))
          assert.strictEqual(state.at, 3000)
          assert.strictEqual(state.attempt?.target?.name, "Acme")
        }
        assert.deepStrictEqual((yield* store.load).entries, settled?.entries)
        assert.isUndefined(yield* store.outcome(entry.id))
      }).pipe(Effect.scoped)
    )

    it.live("sends again what surely was not applied, and keeps the attempt of what may have been", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const ends = [
          again({ uncertain: false }),
          again({ uncertain: true }),
          again({ uncertain: true, isSetAside: true })
        ]
        const tags: Array<unknown> = []
        for (const [index, verdict] of ends.entries()) {
          const entry = yield* store.accept(draft(creates(index + 1)))
          const fence = yield* sending(store, entry)
          const settled = yield* store.settle(fence, [entry.seq], verdict, going, 3000)
          const [{ lastError, failures, state } = assert.fail()] = settled?.entries ?? []
          assert.deepStrictEqual([lastError, failures], [failed, 1])
          tags.push([state._tag, "attempt" in state && state.attempt.startedAt])
        }
        assert.deepStrictEqual(tags, [
          ["Pending", false],
          ["Uncertain", 2000],
          ["SetAside", 2000]
        ])
      }).pipe(Effect.scoped)
    )

    it.live("books waits, pauses and progress, and never ends a time that the server named", () =>
      Effect.gen(function* () {
        const store = yield* connected
        const entry = yield* store.accept(draft(creates(1)))
        const fence = yield* sending(store, entry)
        const wait = (seenAt: number, length: number): NonNullable<QueueState["wait"]> => ({
          reason: "RateLimited",
          seenAt,
          length,
          named: true,
          restarted: false,
          error: new RateLimited({ retryAfter: length })
        })
        const booked = yield* store.book(
          fence,
          { failures: 3, wait: wait(3000, 500), run: { done: 1, total: 4 } },
          3000
        )
        assert.deepInclude(booked, {
          failures: 3,
          wait: wait(3000, 500),
          run: { fence: fence.number, done: 1, total: 4 }
        })
        // Another tab's read hears of a later time while the request is on the wire.
        yield* store.changeState((state) => ({ ...state, wait: wait(3000, 9000) }))
        const settled = yield* store.settle(fence, [entry.seq], again({ uncertain: false }), going, 4000)
        assert.deepStrictEqual(settled?.state.wait, wait(3000, 9000))
        const passed = yield* store.book(fence, { ...over, failures: 7 }, 12_000)
        assert.isUndefined(passed?.wait)
        assert.strictEqual(passed?.failures, 7)
        assert.deepStrictEqual((yield* store.load).state, passed)
      }).pipe(Effect.scoped)
    )

    it.live("changes the state in one step, and writes nothing where it stays the same", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const changed = yield* store.changeState((state) => ({ ...state, userId: 42 }))
        assert.strictEqual(changed.userId, 42)
        assert.deepStrictEqual((yield* store.load).state, changed)
        const before = yield* device.rows
        assert.deepStrictEqual(yield* store.changeState((state) => state), changed)
        assert.deepStrictEqual(yield* device.rows, before)
      }).pipe(Effect.scoped)
    )

    it.live("knows no outcome of an id that it never saw", () =>
      Effect.gen(function* () {
        const store = yield* connected
        assert.isUndefined(yield* store.outcome(entryId(999_999)))
      }).pipe(Effect.scoped)
    )
  })
}
