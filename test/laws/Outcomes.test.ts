import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import { Entry, type Receipt } from "../../src/index.js"
import { create, offline, online, opened, queued, withRefusal } from "../Requests.js"
import { law, workspaceId } from "../World.js"

// Law 5, never silently gone: what became of a change is kept, and can be asked for and waited for.

describe("an outcome", () => {
  law("is known by the entry's id, also after a restart", (world) =>
    Effect.gen(function* () {
      const { free, noted, tab, taken } = yield* withRefusal(world)
      yield* tab.close
      const next = yield* world.open()
      const of = (receipt: Receipt.Receipt<unknown>) => next.outbox.outcome(queued(receipt))
      const done = yield* of(free)
      assert.deepStrictEqual(done._tag === "Done" ? done.client?.name : done._tag, "Free")
      const standing = yield* of(taken)
      assert.strictEqual(standing._tag === "Standing" ? standing.error._tag : standing._tag, "InvalidName")
      assert.deepStrictEqual(yield* of(noted), { _tag: "Waiting", reason: { _tag: "Held", by: queued(taken) } })
      const unknown = yield* next.outbox.outcome(Entry.EntryId.make("00000000-0000-4000-8000-000000000000"))
      assert.deepStrictEqual(unknown, { _tag: "Unknown" })
    })
  )

  law("of a refusal that its caller heard keeps the error and what was asked", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* Effect.flip(create(tab, "Taken"))
      const outcomes = world.memory.rows.filter((row) => Array.isArray(row.key) && row.key[0] === "outcome")
      assert.strictEqual(outcomes.length, 1)
      assert.nestedPropertyVal(outcomes[0]?.row, "ending.error._tag", "InvalidName")
      assert.nestedPropertyVal(outcomes[0]?.row, "mutation.name", "Taken")
    })
  )

  law("can be waited for, whichever tab sends it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* offline(world, tab)
      yield* other.setOnline(false)
      const receipt = yield* create(tab, "Acme")
      const waiting = yield* Effect.fork(other.outbox.awaitOutcome(queued(receipt)))
      yield* world.passes("1 hour")
      assert.isTrue(Option.isNone(yield* Fiber.poll(waiting)))
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "Done")
      const missing = yield* Effect.flip(
        tab.outbox.awaitOutcome(Entry.EntryId.make("00000000-0000-4000-8000-000000000000"))
      )
      assert.strictEqual(missing._tag, "EntryNotFound")
    })
  )

  law("of what stands refused is waited for until the user decides", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      const waiting = yield* Effect.fork(tab.outbox.awaitOutcome(queued(taken)))
      yield* world.passes("1 hour")
      assert.isTrue(Option.isNone(yield* Fiber.poll(waiting)))
      yield* tab.outbox.discard(queued(taken))
      yield* world.rests
      assert.deepStrictEqual(yield* Fiber.join(waiting), { _tag: "Discarded", mayHaveBeenApplied: false })
    })
  )

  law("from before a purge is none of what was imported since", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      const acme = queued(yield* create(tab, "Acme"))
      const file = yield* tab.outbox.exportEntries()
      yield* tab.outbox.resume
      yield* world.passes("1 minute")
      assert.strictEqual((yield* tab.outbox.outcome(acme))._tag, "Done")
      yield* tab.outbox.purge
      yield* tab.outbox.pause
      yield* tab.outbox.importEntries(file)
      yield* world.rests
      assert.strictEqual((yield* tab.outbox.outcome(acme))._tag, "Waiting")
      const waited = yield* world.within("1 second", tab.outbox.awaitOutcome(acme))
      assert.isTrue(Option.isNone(waited))
    })
  )

  law("is kept for 30 days and for the last thousand, and forgotten then", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ patience: 0 })
      const first = yield* create(tab, "First")
      yield* world.passes("1 minute")
      yield* world.passes("29 days")
      yield* create(tab, "Second")
      yield* world.passes("1 minute")
      assert.strictEqual((yield* tab.outbox.outcome(queued(first)))._tag, "Done")
      yield* world.passes("2 days")
      yield* create(tab, "Third")
      yield* world.passes("1 minute")
      // It is old, but among the last thousand.
      assert.strictEqual((yield* tab.outbox.outcome(queued(first)))._tag, "Done")
      yield* tab.close
      const second = (yield* world.store.load).state
      assert.isUndefined(second.run)
      const file = world.memory.rows.find((row) => Array.isArray(row.key) && row.key[0] === "outcome")
      for (let i = 0; i < 1_000; i++) {
        const id = `11111111-1111-4111-8111-${String(i).padStart(12, "0")}`
        const at = world.memory.rows.length
        const row = { ...(Predicate.isRecord(file?.row) ? file.row : {}), id, endedAt: Date.UTC(2026, 5, 1) }
        world.memory.rows.splice(at, 0, { key: ["outcome", id], row })
      }
      world.memory.rows.sort((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1))
      const next = yield* world.open()
      yield* world.passes("1 day")
      yield* create(next, "Fourth")
      yield* world.passes("1 minute")
      assert.strictEqual((yield* next.outbox.outcome(queued(first)))._tag, "Unknown")
    })
  )

  law(
    "is pruned at most once a day, and never while there is more to do",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        for (let hour = 0; hour < 48; hour++) {
          yield* create(tab, `Client ${hour}`)
          yield* world.passes("1 hour")
        }
        const pruned = (yield* tab.operations).filter((operation) => operation === "prune").length
        assert.isTrue(pruned >= 1 && pruned <= 2, `${pruned} times`)
      }),
    { random: Random.make("prune") }
  )
})
