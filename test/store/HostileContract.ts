/** What every store makes of rows that it did not write so: typed results, and nothing rewritten or lost. */
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import { StorageError } from "../../src/ClientError.js"
import { dependencies } from "../../src/log/dependencies.js"
import { version } from "../../src/log/entry.js"
import * as Steps from "./Steps.js"
import { again, claim, copied, refused, sending } from "./LogContract.js"
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
  restores,
  toggl,
  updates,
  workspaceId,
  listing
} from "./StoreUnderTest.js"

const cyclic = () => {
  const self: Array<unknown> = [7]
  for (let n = 0; n < 100; n++) self.push(self)
  return { version: 1, mutation: self }
}

const deep = () => {
  let value: unknown = 7
  for (let n = 0; n < 500; n++) value = { clientId: value }
  return value
}

/** A value of every kind that the structured clone algorithm keeps. */
export const hostile: ReadonlyArray<readonly [kind: string, value: unknown]> = [
  ["null", null],
  ["true", true],
  ["zero", 0],
  ["minus zero", -0],
  ["NaN", NaN],
  ["Infinity", -Infinity],
  ["a fraction", 1.5],
  ["a bigint", 2n ** 70n],
  ["the empty string", ""],
  ["half a surrogate pair", "\ud800 and \0"],
  ["a long string", "7".repeat(100_000)],
  ["a date", new Date(7)],
  ["no date", new Date(NaN)],
  ["an expression", /(a+)+$/g],
  ["a boxed number", Object(7)],
  ["a boxed string", Object("7")],
  ["an error", new RangeError("7")],
  ["a buffer", new ArrayBuffer(8)],
  ["bytes", new Uint8Array([7, 255])],
  ["a view", new DataView(new ArrayBuffer(8), 2)],
  [
    "a map",
    new Map<unknown, unknown>([
      ["version", 1],
      [7, new Map([[8, 9]])]
    ])
  ],
  ["a set", new Set([7, "version"])],
  ["an empty object", {}],
  ["an empty array", []],
  ["holes", Array.from({ length: 3, 1: 7 })],
  ["an object with its own __proto__", JSON.parse('{"__proto__": {"version": 1}, "constructor": 7}')],
  ["a cycle", cyclic()],
  ["a deep object", deep()],
  ["a row of no version", { id: entryId(1), mutation: creates(1) }],
  ["a version that is no number", { version: "2" }],
  ["a version in between", { version: 1.5 }],
  ["a version that is no whole number", { version: version + 0.5 }]
]

/** Everything that the store may hold, as it writes it. */
const sample = (device: Device) =>
  Effect.gen(function* () {
    const store = yield* device.connect
    yield* copied(store, toggl(7, "a", { at: 0, creatorId: 3 }), toggl(8, "b"))
    const settle = (draft: Steps.Draft, verdict: Steps.Verdict) =>
      Effect.gen(function* () {
        const entry = yield* store.accept(draft)
        const fence = yield* sending(store, entry)
        yield* store.settle(fence, [entry.seq], verdict, going, 3000)
      })
    yield* settle(draft(creates(1)), { _tag: "Done", client: toggl(9, "client 1") })
    yield* settle(draft(creates(2)), refused)
    yield* settle(draft(updates(clientId(7), { name: "A" })), again({ uncertain: true, isSetAside: true }))
    yield* settle(draft(restores(clientId(8))), again({ uncertain: true }))
    yield* store.accept(draft(archives(clientId(7))))
    yield* sending(store, yield* store.accept(draft(deletes(localId(1)))))
    return yield* device.rows
  })

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null

/** The value with each of its parts replaced, one at a time. */
const spoiled = function* (value: unknown, by: unknown): Generator {
  yield by
  if (!isObject(value)) return
  for (const [key, inner] of Object.entries(value)) {
    for (const part of spoiled(inner, by)) yield Array.isArray(value) ? [part] : { ...value, [key]: part }
    if (!Array.isArray(value)) yield Object.fromEntries(Object.entries(value).filter(([other]) => other !== key))
  }
}

export const contract = (name: string, makeDevice: Effect.Effect<Device, never, Scope.Scope>) => {
  const putAll = (device: Device, rows: ReadonlyArray<readonly [IDBValidKey, unknown]>) =>
    Effect.forEach(rows, ([key, row]) => device.put(key, row), { discard: true })
  const at = (rows: ReadonlyArray<readonly [IDBValidKey, unknown]>, keys: ReadonlyArray<IDBValidKey>) =>
    rows.filter(([key]) => keys.some((other) => JSON.stringify(other) === JSON.stringify(key)))

  describe(`${name}: rows that cannot be read`, () => {
    it.live("lists each with its number and its bytes, in order, and reads the others", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const first = yield* store.accept(draft(creates(1)))
        const rows = hostile.map(([, value], index) => [100 + index, value] as const)
        yield* putAll(device, rows)
        const last = yield* store.accept(draft(creates(2)))
        const { entries, unreadable } = yield* store.load
        assert.deepStrictEqual(entries, [first, last])
        assert.deepStrictEqual(
          unreadable,
          rows
            .map(([seq, row]) => ({ seq, newer: false, row: structuredClone(row) }))
            .map((row) => ({
              ...row,
              newer: isObject(row.row) && row.row["version"] === version + 0.5
            }))
        )
      }).pipe(Effect.scoped)
    )

    it.live("decides in no time what may be sent beside them", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* putAll(
          device,
          hostile.map(([, value], index) => [100 + index, value])
        )
        yield* device.put(100, { version: 1, mutation: { clientId: 7 } })
        yield* store.accept(draft(deletes(clientId(7))))
        const free = yield* store.accept(draft(deletes(clientId(70))))
        const { entries, ids, unreadable } = yield* store.load
        const readable = unreadable.filter((row) => !row.newer)
        const { held, next } = dependencies({ entries, ids, unreadable: readable }, () => false)
        assert.deepStrictEqual(
          [...held.keys()],
          entries.slice(0, 1).map((entry) => entry.seq)
        )
        assert.strictEqual(next?.seq, free.seq)
      }).pipe(Effect.scoped)
    )

    it.live("neither rewrites nor loses them, whatever is done beside them", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const rows = hostile.flatMap(([, value], index): ReadonlyArray<readonly [IDBValidKey, unknown]> => [
          [100 + index, value],
          [["id", -1000 - index], value],
          [["outcome", entryId(1_000_000 + index)], value],
          [["of another version", index], value]
        ])
        yield* putAll(device, [...rows, [99, { version: version + 1, mutation: "newer" }]])
        const before = yield* device.rows
        const keys = before.map(([key]) => key)
        yield* sample(device)
        const store = yield* device.connect
        for (const { seq, state } of (yield* store.load).entries) {
          if (state._tag === "Refused") yield* store.retry(seq, (mutation) => mutation)
          if (state._tag === "SetAside") yield* store.discard(seq, 4000)
        }
        yield* Steps.raiseFence(store, "ByUser")
        yield* store.prune(Number.MAX_SAFE_INTEGER, 0)
        yield* store.importRows([])
        assert.deepStrictEqual(at(yield* device.rows, keys), before)
      }).pipe(Effect.scoped)
    )

    it.live("never overlooks a row that was spoiled in any of its parts", () =>
      Effect.gen(function* () {
        const rows = yield* sample(yield* makeDevice)
        const device = yield* makeDevice
        const store = yield* device.connect
        let seq = 0
        for (const [key, row] of rows) {
          if (typeof key !== "number") continue
          for (const [, value] of hostile) {
            for (const spoiledRow of spoiled(row, value)) yield* device.put(++seq, spoiledRow)
          }
        }
        assert.isAbove(seq, 2000)
        const { entries, unreadable } = yield* store.load
        const seqs = [...entries, ...unreadable].map((row) => row.seq).sort((a, b) => a - b)
        assert.deepStrictEqual(
          seqs,
          Array.from({ length: seq }, (_, index) => index + 1)
        )
        assert.isAbove(unreadable.length, 1000)
      }).pipe(Effect.scoped)
    )

    it.live("takes no spoiled id, client or outcome for one", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        yield* copied(store, toggl(7, "a"))
        const entry = yield* store.accept(draft(deletes(localId(5))))
        for (const [, value] of hostile) {
          yield* device.put(["id", -5], value)
          yield* device.put(["client", workspaceId, 8], value)
          yield* device.put(["outcome", entryId(9)], value)
          const { ids } = yield* store.load
          assert.deepStrictEqual([...ids], [])
          assert.deepStrictEqual((yield* store.copy(workspaceId)).clients, [toggl(7, "a")])
          assert.isUndefined(yield* store.outcome(entryId(9)))
          const { fence } = yield* claim(store)
          assert.strictEqual((yield* store.mark(fence, [entry.seq], entry.mutation, 2000))._tag, "Unresolvable")
        }
      }).pipe(Effect.scoped)
    )
  })

  describe(`${name}: a state that cannot be read`, () => {
    it.live("pauses the queue until the user resumes it, for it may have held a pause or another user", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const entry = yield* store.accept(draft(creates(1)))
        for (const [kind, value] of hostile) {
          const old = yield* claim(store)
          yield* device.put("state", value)
          const before = yield* device.rows
          const loaded = yield* Effect.either(store.load)
          if (Either.isLeft(loaded)) {
            assert.strictEqual(kind, "a version that is no whole number")
            yield* device.put("state", { ...old.snapshot.state })
            continue
          }
          assert.strictEqual(loaded.right.state.paused, "ByUser", kind)
          assert.deepStrictEqual(
            loaded.right.entries.map(({ seq }) => seq),
            [entry.seq],
            kind
          )
          yield* store.copy(workspaceId)
          // Nobody's fence holds, and reading it rewrites nothing.
          assert.isUndefined(yield* store.book(old.fence, over, 3000), kind)
          assert.deepStrictEqual(yield* store.mark(old.fence, [entry.seq], entry.mutation, 3000), {
            _tag: "Superseded"
          })
          assert.deepStrictEqual(yield* device.rows, before, kind)
          const claimed = yield* claim(store)
          assert.strictEqual(claimed.snapshot.state.paused, "ByUser", kind)
          assert.notStrictEqual(claimed.fence.store, old.fence.store, kind)
          yield* store.changeState(({ paused: _, ...state }) => state)
        }
      }).pipe(Effect.scoped)
    )

    it.live("leaves a newer version's state to it: every step that needs it says so, and changes are still kept", () =>
      Effect.gen(function* () {
        const device = yield* makeDevice
        const store = yield* device.connect
        const entry = yield* store.accept(draft(creates(1)))
        yield* device.put("state", { version: version + 1, store: "a new kind of state" })
        const before = yield* device.rows
        const since = { store: "", turn: 0 }
        const fence = { store: "", number: 1 }
        const steps: ReadonlyArray<Effect.Effect<unknown, StorageError>> = [
          store.load,
          store.claim(),
          store.mark(fence, [entry.seq], entry.mutation, 2000),
          store.settle(fence, [entry.seq], refused, over, 2000),
          store.book(fence, over, 2000),
          Steps.raiseFence(store, "SignInNeeded"),
          store.changeState((state) => ({ ...state, userId: 1 })),
          store.discard(entry.seq, 2000),
          store.copy(workspaceId),
          store.storeList(workspaceId, since, listing([]), 2000),
          store.storeClient(workspaceId, clientId(7), since, undefined),
          store.importRows([{ ...entry, id: entryId(1_000_000) }])
        ]
        for (const step of steps) {
          const result = yield* Effect.flip(step)
          assert.deepStrictEqual(result, new StorageError({ reason: "Newer", detail: "the queue's state" }))
        }
        assert.deepStrictEqual(yield* device.rows, before)
        const accepted = yield* store.accept(draft(creates(2)))
        assert.deepStrictEqual((yield* device.rows).length, before.length + 1)
        assert.isAbove(accepted.seq, entry.seq)
      }).pipe(Effect.scoped)
    )
  })
}
