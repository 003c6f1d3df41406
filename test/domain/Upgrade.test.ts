import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { namesOf, read } from "../fixtures/Fixture.js"
import { version } from "../../src/log/entry.js"
import { anyStore } from "../../src/log/state.js"
import { readOutcome, readRow, readState, writeOutcome, writeRow } from "../../src/transactions/rows.js"
import * as upgrade from "../../src/transactions/upgrade.js"
import { creates, entryId } from "../store/StoreUnderTest.js"

const upgrades = [
  ["an entry", upgrade.entry],
  ["the state", upgrade.state],
  ["an outcome", upgrade.outcome]
] as const

const firstRow = {
  version: 1,
  id: entryId(1),
  mutation: creates(1, "Acme"),
  acceptedAt: 1000,
  attempts: 3,
  serverErrors: 2
}

const attempt = { number: 3, startedAt: 2000, fence: 7, target: { name: "Acme", notes: "" } }

/** Every row that the first version left. */
const left = namesOf("first").flatMap((name) => read("first", name).rows.map(([key, row]) => ({ name, key, row })))

describe("a row of the first version", () => {
  it("has as many failures as the server had", () => {
    const row = { ...firstRow, state: { _tag: "Uncertain", attempt } }
    assert.deepStrictEqual(
      readRow(9, row),
      Either.right({
        version,
        id: entryId(1),
        mutation: creates(1, "Acme"),
        acceptedAt: 1000,
        attempts: 3,
        failures: 2,
        state: { _tag: "Uncertain", attempt },
        seq: 9
      })
    )
  })

  it("that was set aside is tried when its workspace's turn has come, and not after a time of its own", () => {
    const row = { ...firstRow, state: { _tag: "SetAside", attempt, seenAt: 5000, length: 60_000 } }
    const entry = Either.getOrThrow(readRow(9, row))
    assert.deepStrictEqual(entry.state, { _tag: "SetAside", attempt, seenAt: 5000 })
  })

  it("is read as what it is once it has been written anew", () => {
    for (const { key, name, row } of left) {
      if (typeof key === "number") {
        const entry = readRow(key, row)
        if (Either.isLeft(entry)) assert.include(["unreadable", "newer"], name)
        else assert.deepStrictEqual(readRow(key, writeRow(entry.right)), entry)
      }
      if (Array.isArray(key) && key[0] === "outcome") {
        const outcome = readOutcome(row) ?? assert.fail(name)
        assert.deepStrictEqual(readOutcome(writeOutcome(outcome)), outcome)
      }
    }
  })

  it("of the state keeps all that it held, and begins to count what succeeds", () => {
    for (const { key, name, row } of left) {
      if (key !== "state" || !Predicate.isRecord(row)) continue
      const state = readState(row, "another store")
      assert.strictEqual(state.store, row["store"], name)
      assert.strictEqual(state.paused, row["paused"], name)
      assert.strictEqual(state.userId, row["userId"], name)
      assert.deepStrictEqual(
        [state.version, state.fence, state.step, state.successes],
        [version, row["fence"], row["step"], 0]
      )
    }
  })

  it("is not changed where it stands", () => {
    for (const { row } of left) {
      const before = structuredClone(row)
      for (const [, upgraded] of upgrades) upgraded(row)
      assert.deepStrictEqual(row, before)
    }
  })
})

describe("a row of the second version", () => {
  it("means the same now", () => {
    for (const name of namesOf("second")) {
      for (const [key, row] of read("second", name).rows) {
        if (!Predicate.isRecord(row) || row["version"] !== 2) continue
        const { version: _, ...before } = row
        for (const [what, upgraded] of upgrades) {
          // It does not say whether it follows a store that was purged.
          const added = what === "the state" ? { purged: [anyStore] } : {}
          assert.deepStrictEqual(upgraded(row), { ...before, version, ...added }, `${name}, ${String(key)}, ${what}`)
        }
      }
    }
  })
})

describe("what no earlier version has written", () => {
  const others: ReadonlyArray<unknown> = [
    undefined,
    null,
    1,
    "1",
    [],
    {},
    { version: "1" },
    { version: 1.5 },
    { version },
    { version: version + 1, serverErrors: 1 }
  ]

  for (const [what, upgraded] of upgrades) {
    it(`stays as it is where ${what} is read`, () => {
      for (const row of others) assert.strictEqual(upgraded(row), row)
    })
  }

  it("is no entry: one that lacks what it counted is kept as it is", () => {
    const { serverErrors: _, ...row } = { ...firstRow, state: { _tag: "Pending" } }
    assert.deepStrictEqual(readRow(9, row), Either.left({ seq: 9, newer: false, row }))
  })
})
