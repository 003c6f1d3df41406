import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as OutboxStore from "../../src/OutboxStore.js"
import * as transactions from "../../src/transactions/make.js"
import { creates, draft, newDatabaseName } from "./StoreUnderTest.js"

// What IndexedDB keeps for other names is found and opened, and nothing is made or changed by that.

const others = (name: string) =>
  Effect.map(
    OutboxStore.makeIndexedDb({ name }),
    (store) => store.others ?? assert.fail("a browser's store knows of others")
  )

const versions = Effect.promise(async () =>
  (await indexedDB.databases()).map(({ name, version }) => `${name} ${version}`).sort()
)

const made = (name: string, version: number, upgrade: (database: IDBDatabase) => void) =>
  Effect.async<void>((resume) => {
    const request = indexedDB.open(name, version)
    request.onupgradeneeded = () => upgrade(request.result)
    request.onsuccess = () => {
      request.result.close()
      resume(Effect.void)
    }
  })

describe("the other databases", () => {
  it.live("are found by their names, this one is not, and each can be read and written", () =>
    Effect.gen(function* () {
      const [own, other] = [newDatabaseName(), newDatabaseName()]
      const store = yield* OutboxStore.makeIndexedDb({ name: other })
      const entry = yield* transactions.make(store).accept(draft(creates(1)))
      yield* transactions.make(yield* OutboxStore.makeIndexedDb({ name: own })).accept(draft(creates(2)))
      const { names, open } = yield* others(own)
      const found = yield* names
      assert.include(found, other)
      assert.notInclude(found, own)
      const opened = transactions.make(Option.getOrThrow(yield* open(other)))
      assert.deepStrictEqual((yield* opened.load).entries, [entry])
      yield* opened.take(1)
      assert.deepStrictEqual((yield* transactions.make(store).load).entries, [])
      assert.isTrue(Option.isNone(yield* open(own)))
    }).pipe(Effect.scoped)
  )

  it.live("are not made by being asked for", () =>
    Effect.gen(function* () {
      const [own, missing] = [newDatabaseName(), newDatabaseName()]
      const { open } = yield* others(own)
      const before = yield* versions
      assert.isTrue(Option.isNone(yield* open(missing)))
      assert.deepStrictEqual(yield* versions, before)
      // Who makes it later finds nothing in the way.
      const entry = yield* transactions
        .make(yield* OutboxStore.makeIndexedDb({ name: missing }))
        .accept(draft(creates(1)))
      assert.strictEqual(entry.seq, 1)
    }).pipe(Effect.scoped)
  )

  it.live("of a newer version, or not ours, stay as they are, and say so", () =>
    Effect.gen(function* () {
      const [own, newer, foreign] = [newDatabaseName(), newDatabaseName(), newDatabaseName()]
      yield* made(newer, 7, (database) => void database.createObjectStore("log"))
      yield* made(foreign, 1, (database) => void database.createObjectStore("keyval"))
      const { open } = yield* others(own)
      const before = yield* versions
      assert.strictEqual((yield* Effect.flip(open(newer))).reason, "Newer")
      assert.strictEqual((yield* Effect.flip(open(foreign))).reason, "Failed")
      assert.deepStrictEqual(yield* versions, before)
    }).pipe(Effect.scoped)
  )
})
