import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Fault, type RequestLog } from "../../src/testing/index.js"
import { drained, isCreate, isUpdate, outcomes, standing } from "../Requests.js"
import { law, stillness, workspaceId } from "../World.js"
import { clientsOf, create, one, paused, update } from "./Paused.js"

// Law 10: merging changes nothing but the count. A request that stands for several changes takes effect once, and is refused
// for none that would have been accepted.

describe("what is being sent", () => {
  law("is joined by nothing", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      yield* tab.outbox.resume
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isUpdate })
      yield* Effect.fork(update(tab, one(ids), { name: "Acme Inc", notes: "a" }))
      yield* world.passes("1 second")
      yield* Effect.fork(tab.clients.update(workspaceId, one(ids), { name: "Acme Incorporated", notes: "b" }))
      yield* Effect.fork(tab.clients.update(workspaceId, one(ids), { notes: "c" }))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.sent, [
        "PUT /clients/64890001 Acme Inc",
        "PUT /clients/64890001 Acme Incorporated"
      ])
      assert.deepStrictEqual(yield* clientsOf(world), [["Acme Incorporated", "c"]])
    })
  )

  law("is looked up as one where its answer got lost", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      const entries = [yield* update(tab, one(ids), { name: "Acme Inc" }), yield* update(tab, one(ids), { notes: "b" })]
      yield* world.toggl.inject(Fault.loseAnswer, { when: isUpdate })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.requests, ["PUT /clients/64890001 Acme Inc", "GET /clients/64890001"])
      assert.deepStrictEqual(yield* outcomes(tab, entries), ["Done", "Done"])
    })
  )

  law("is looked up as one by the successor of a replayer that died", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* paused(world, [])
      const acme = yield* create(tab, "Acme")
      const renamed = yield* update(tab, acme.id, { name: "Acme Inc" })
      yield* world.toggl.inject(Fault.hang({ applied: true }), { when: isCreate })
      yield* tab.outbox.resume
      yield* world.passes("1 second")
      yield* tab.kill
      const next = yield* world.open()
      yield* world.passes(2 * stillness)
      assert.deepStrictEqual(yield* world.requests, ["GET /clients", "POST /clients Acme Inc", "GET /clients"])
      assert.deepStrictEqual(yield* world.names, ["Acme Inc"])
      assert.deepStrictEqual(yield* outcomes(next, [acme.entry, renamed]), ["Done", "Done"])
    })
  )

  law("is sent again as one where it did not arrive, together with what has come since", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      yield* update(tab, one(ids), { name: "Acme Inc" })
      yield* update(tab, one(ids), { notes: "b" })
      yield* world.toggl.inject(Fault.refuse, { when: isUpdate })
      yield* tab.outbox.resume
      yield* world.passes("1 second")
      yield* Effect.fork(update(tab, one(ids), { notes: "c" }))
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.sent, ["PUT /clients/64890001 Acme Inc", "PUT /clients/64890001 Acme Inc"])
      assert.deepStrictEqual(yield* clientsOf(world), [["Acme Inc", "c"]])
    })
  )

  law("stands with its first change where nobody can say what became of it, and holds the others", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      yield* update(tab, one(ids), { name: "Acme Inc" })
      yield* update(tab, one(ids), { notes: "b" })
      yield* update(tab, one(ids), { notes: "c" })
      yield* world.toggl.inject(Fault.refuse, { when: isUpdate })
      yield* tab.outbox.resume
      yield* world.passes("1 second")
      yield* world.toggl.edit.updateClient(workspaceId, one(ids), { notes: "theirs" })
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held", "Held"])
      assert.deepStrictEqual(yield* clientsOf(world), [["Acme", "theirs"]])
    })
  )

  law("is set aside as one, and tried again as one", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme", "Zenith"], { setAsideAfter: 2 })
      yield* update(tab, one(ids), { name: "Acme Inc" })
      yield* update(tab, one(ids), { notes: "b" })
      yield* update(tab, one(ids, 1), { name: "Nadir", notes: "" })
      const ofAcme = (request: RequestLog.RecordedRequest) => isUpdate(request) && request.path.endsWith("1")
      yield* world.toggl.inject(Fault.proxyError({ status: 500 }), { times: 3, when: ofAcme })
      yield* tab.outbox.resume
      yield* world.passes("2 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Nadir"])
      assert.strictEqual((yield* tab.outbox.status).setAside, 2)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* clientsOf(world), [
        ["Acme Inc", "b"],
        ["Nadir", ""]
      ])
      assert.strictEqual((yield* world.sent).length, 5)
    })
  )
})

describe("a refused request that stood for several", () => {
  law("goes one by one from then on: nothing is refused that would have been accepted", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      const entries = [
        yield* update(tab, one(ids), { name: "Nadir", notes: "a" }),
        yield* update(tab, one(ids), { notes: "b" }),
        yield* update(tab, one(ids), { name: "Zenith", notes: "c" })
      ]
      yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith", notes: "theirs" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, [
        "PUT /clients/64890001 Zenith",
        "PUT /clients/64890001 Nadir",
        "PUT /clients/64890001 Nadir",
        "PUT /clients/64890001 Zenith"
      ])
      assert.deepStrictEqual(yield* outcomes(tab, entries), ["Done", "Done", "Standing"])
      assert.deepStrictEqual(yield* clientsOf(world), [
        ["Nadir", "b"],
        ["Zenith", "theirs"]
      ])
    })
  )

  law("stays apart after a restart", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      yield* update(tab, one(ids), { name: "Nadir", notes: "a" })
      yield* update(tab, one(ids), { name: "Zenith", notes: "b" })
      yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
      const applied = yield* tab.holdResult("settle")
      yield* tab.outbox.resume
      yield* world.rests
      yield* applied.isDone
      yield* tab.kill
      yield* world.open()
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.sent, [
        "PUT /clients/64890001 Zenith",
        "PUT /clients/64890001 Nadir",
        "PUT /clients/64890001 Zenith"
      ])
    })
  )

  law("is refused for its first change where none of them could be accepted", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      yield* update(tab, one(ids), { name: "Nadir", notes: "a" })
      yield* update(tab, one(ids), { notes: "b" })
      yield* world.toggl.edit.deleteClient(workspaceId, one(ids))
      yield* drained(world, tab)
      assert.strictEqual((yield* world.sent).length, 1)
      assert.deepStrictEqual(yield* standing(tab), ["NotFound", "Held"])
    })
  )
})

describe("a merged update without an answer that is Undecided", () => {
  law("goes on in order after the user retries it", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      yield* update(tab, one(ids), { notes: "one" })
      yield* update(tab, one(ids), { notes: "two" })
      yield* world.toggl.inject(Fault.refuse, { when: isUpdate })
      yield* tab.outbox.resume
      yield* world.rests
      yield* world.toggl.edit.updateClient(workspaceId, one(ids), { notes: "theirs" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held"])
      const [first] = yield* tab.outbox.entries
      if (first?.id === undefined) return assert.fail("it stands")
      yield* tab.outbox.retry(first.id)
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* clientsOf(world), [["Acme", "two"]])
    })
  )
})
