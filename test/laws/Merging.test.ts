import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Client } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { drained, isCreate, isList, outcomes } from "../Requests.js"
import { law, workspaceId } from "../World.js"
import { clientsOf, create, one, paused, update } from "./Paused.js"

// Law 10: merging changes nothing but the count.

describe("the edits of a client that was made here", () => {
  law("go as one under its local id too, once Toggl has given its own", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.clients.list(workspaceId)
      const acme = yield* tab.clients.create(workspaceId, { name: "Acme Ltd" })
      yield* tab.outbox.pause
      const made = yield* create(tab, "Bolt Ltd")
      yield* drained(world, tab)
      yield* tab.outbox.pause
      yield* world.clearRequests
      yield* update(tab, made.id, { notes: "call back" })
      yield* update(tab, made.id, { name: "Bolt AG" })
      yield* update(tab, made.id, { notes: "net 60" })
      yield* drained(world, tab)
      assert.strictEqual(acme._tag, "Confirmed")
      assert.deepStrictEqual(yield* clientsOf(world), [
        ["Acme Ltd", ""],
        ["Bolt AG", "net 60"]
      ])
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )
})

describe("changes of one client that wait together", () => {
  law("are sent as one, and each caller gets its own outcome", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      const id = one(ids)
      const first = yield* update(tab, id, { notes: "net 30" })
      const callers = yield* Effect.forEach([first], (entry) => Effect.fork(tab.outbox.awaitOutcome(entry)))
      const entries = [
        first,
        yield* update(tab, id, { name: "Acme Inc" }),
        yield* update(tab, id, { name: "Acme Incorporated", notes: "net 60" })
      ]
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, ["PUT /clients/64890001 Acme Incorporated"])
      assert.deepStrictEqual(yield* clientsOf(world), [["Acme Incorporated", "net 60"]])
      for (const outcome of yield* Effect.forEach(entries, tab.outbox.outcome)) {
        assert.deepInclude(outcome, { _tag: "Done", clientId: id })
      }
      assert.strictEqual((yield* Effect.forEach(callers, Fiber.join))[0]?._tag, "Done")
    })
  )

  law("are sent with the create that they follow", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* paused(world, [])
      const acme = yield* create(tab, "Acme")
      const renamed = yield* update(tab, acme.id, { name: "Acme Inc" })
      const noted = yield* update(tab, acme.id, { notes: "net 30" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.requests, ["GET /clients", "POST /clients Acme Inc"])
      assert.deepStrictEqual(yield* clientsOf(world), [["Acme Inc", "net 30"]])
      assert.deepStrictEqual(yield* outcomes(tab, [acme.entry, renamed, noted]), ["Done", "Done", "Done"])
      const [view] = yield* tab.clients.list(workspaceId)
      assert.deepInclude(view, { key: String(acme.id), name: "Acme Inc", pending: false })
    })
  )

  law("are sent one by one where the app does not merge", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"], { merge: false })
      yield* update(tab, one(ids), { name: "Acme Inc" })
      yield* update(tab, one(ids), { notes: "net 30" })
      yield* drained(world, tab)
      assert.strictEqual((yield* world.sent).length, 2)
    })
  )

  law("cost no more than one read and one change for each client", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(
        world,
        Array.from({ length: 20 }, (_, index) => `Client ${index}`)
      )
      yield* world.toggl.setDown(true)
      yield* tab.outbox.resume
      const writing = yield* Effect.fork(
        Effect.forEach(
          Array.from({ length: 10 }, (_, edit) => edit),
          (edit) =>
            Effect.forEach(ids, (id, index) =>
              update(tab, id, edit % 2 === 0 ? { name: `Client ${index}, edit ${edit}` } : { notes: `edit ${edit}` })
            )
        )
      )
      yield* world.passes("1 hour")
      assert.strictEqual((yield* Fiber.join(writing)).flat().length, 200)
      yield* world.clearRequests
      yield* world.toggl.setDown(false)
      yield* world.passes("1 hour")
      assert.strictEqual((yield* tab.outbox.status).waiting, 0)
      const requests = yield* world.requests
      assert.strictEqual(requests.filter((request) => request.startsWith("GET /clients")).length, 1)
      assert.strictEqual(requests.length, 21)
      const clients = yield* clientsOf(world)
      assert.deepStrictEqual(clients[19], ["Client 19, edit 8", "edit 9"])
    })
  )

  law("that were made offline, with no copy on the device, cost no more either", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.outbox.pause
      for (let index = 0; index < 20; index++) {
        const { id } = yield* create(tab, `Client ${index}`)
        for (let edit = 1; edit < 10; edit++) yield* update(tab, id, { name: `Client ${index}, edit ${edit}` })
      }
      yield* drained(world, tab)
      assert.strictEqual((yield* world.sent).length, 20)
      assert.strictEqual((yield* world.requests).length, 21)
      assert.strictEqual((yield* world.probes).length, 1)
    })
  )
})

describe("what stands in between", () => {
  law("is overtaken where it is of no concern", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme", "Zenith"])
      yield* update(tab, one(ids), { name: "Acme Inc" })
      yield* update(tab, one(ids, 1), { name: "Nadir" })
      yield* update(tab, one(ids), { name: "Acme Incorporated" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, [
        "PUT /clients/64890001 Acme Incorporated",
        "PUT /clients/64890002 Nadir"
      ])
    })
  )

  law("keeps its place where it frees the name that is wanted", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme", "Zenith"])
      yield* update(tab, one(ids), { name: "Acme Inc" })
      yield* update(tab, one(ids, 1), { name: "Nadir" })
      yield* update(tab, one(ids), { name: "ZENITH" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, [
        "PUT /clients/64890001 Acme Inc",
        "PUT /clients/64890002 Nadir",
        "PUT /clients/64890001 ZENITH"
      ])
    })
  )

  law("keeps its place where it takes the name that is left", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme", "Zenith"])
      yield* update(tab, one(ids), { name: "Inc" })
      yield* update(tab, one(ids, 1), { name: "inc" })
      yield* update(tab, one(ids), { name: "Acme" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, [
        "PUT /clients/64890001 Inc",
        "PUT /clients/64890002 inc",
        "PUT /clients/64890001 Acme"
      ])
    })
  )

  law("of the client itself, with an effect of its own, is never passed", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme"])
      const id = one(ids)
      yield* update(tab, id, { notes: "a" })
      yield* tab.clients.archive(workspaceId, id)
      yield* update(tab, id, { notes: "b" })
      yield* tab.clients.restore(workspaceId, id)
      yield* update(tab, id, { notes: "c" })
      yield* update(tab, id, { notes: "d" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, [
        "PUT /clients/64890001 Acme",
        "POST /clients/64890001/archive",
        "PUT /clients/64890001 Acme",
        "POST /clients/64890001/restore",
        "PUT /clients/64890001 Acme"
      ])
    })
  )

  law("by another name of the same client, its local id, is the client's own", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      const acme = yield* tab.clients.create(workspaceId, { name: "Acme" }).pipe(Effect.fork)
      yield* world.passes("1 second")
      const created = yield* Fiber.join(acme)
      const [view] = yield* tab.clients.list(workspaceId)
      const local = Client.LocalClientId.make(Number(view?.key))
      yield* tab.outbox.pause
      yield* world.clearRequests
      yield* update(tab, created.id, { name: "Acme Inc" })
      yield* update(tab, local, { notes: "net 30" })
      yield* update(tab, created.id, { notes: "net 60" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, ["PUT /clients/64890001 Acme Inc"])
      assert.deepStrictEqual(yield* clientsOf(world), [["Acme Inc", "net 60"]])
    })
  )
})

describe("a name that would never be sent", () => {
  law("is sent where Toggl would refuse it", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Acme", "Zenith"])
      const taken = yield* update(tab, one(ids), { name: "Zenith" })
      const free = yield* update(tab, one(ids), { name: "Nadir" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, ["PUT /clients/64890001 Zenith"])
      assert.deepInclude(yield* tab.outbox.outcome(taken), { _tag: "Standing" })
      assert.deepStrictEqual(yield* tab.outbox.outcome(free), {
        _tag: "Waiting",
        reason: { _tag: "Held", by: taken }
      })
    })
  )

  law(
    "is sent where it is longer than any that Toggl is known to have taken",
    (world) =>
      Effect.gen(function* () {
        const { ids, tab } = yield* paused(world, ["Acme"])
        yield* update(tab, one(ids), { name: "Acme, and a long story" })
        yield* update(tab, one(ids), { name: "Acme" })
        yield* drained(world, tab)
        assert.deepStrictEqual(yield* world.sent, ["PUT /clients/64890001 Acme, and a long story"])
        assert.strictEqual((yield* tab.outbox.status).refused, 1)
      }),
    { toggl: { maxClientNameBytes: 10 } }
  )

  law("is sent where Toggl does not tell what names there are", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.outbox.pause
      const { id } = yield* create(tab, "Acme")
      yield* update(tab, id, { name: "Acme Inc" })
      yield* world.toggl.inject(Fault.refusal(403, null), { times: "always", when: isList })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme", "PUT /clients/64890001 Acme Inc"])
      assert.deepStrictEqual(yield* world.names, ["Acme Inc"])
    })
  )
})

describe("a client that never left the device", () => {
  law("costs no request when it is deleted, not even for the account", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.outbox.pause
      const acme = yield* create(tab, "Acme")
      const renamed = yield* update(tab, acme.id, { name: "Acme Inc" })
      const noted = yield* update(tab, acme.id, { notes: "net 30" })
      const deleted = yield* tab.clients.delete(workspaceId, acme.id)
      const entry = deleted._tag === "Queued" ? deleted.entryId : acme.entry
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.toggl.requests, [])
      assert.deepStrictEqual(yield* outcomes(tab, [acme.entry, renamed, noted, entry]), [
        "Discarded",
        "Discarded",
        "Discarded",
        "Done"
      ])
      assert.strictEqual((yield* tab.outbox.status).waiting, 0)
      const gone = yield* Effect.flip(tab.clients.update(workspaceId, acme.id, { notes: "again" }))
      assert.strictEqual(gone._tag, "NotFound")
    })
  )

  law("is looked up first where its create may have been applied", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* paused(world, [])
      yield* tab.outbox.resume
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      const creating = yield* Effect.fork(tab.clients.create(workspaceId, { name: "Acme" }))
      yield* world.passes("1 second")
      const acme = yield* Fiber.join(creating)
      yield* Effect.fork(tab.clients.delete(workspaceId, acme.id))
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", "GET /clients", "DELETE /clients/64890001"])
      assert.deepStrictEqual(yield* world.names, [])
    })
  )

  law("is not made where its create surely did not arrive", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* paused(world, [])
      yield* tab.outbox.resume
      yield* world.toggl.inject(Fault.refuse, { when: isCreate })
      const creating = yield* Effect.fork(tab.clients.create(workspaceId, { name: "Acme" }))
      yield* world.passes("1 second")
      const acme = yield* Fiber.join(creating)
      yield* Effect.fork(tab.clients.delete(workspaceId, acme.id))
      yield* world.passes("10 minutes")
      // After a start a list that lacks it may be a cache's, until one more has told.
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", "GET /clients", "GET /clients"])
      assert.strictEqual((yield* tab.outbox.status).waiting, 0)
    })
  )

  law("is sent where it has been archived, which has an effect of its own", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* paused(world, [])
      const acme = yield* create(tab, "Acme")
      yield* tab.clients.archive(workspaceId, acme.id)
      yield* tab.clients.delete(workspaceId, acme.id)
      yield* drained(world, tab)
      assert.strictEqual((yield* world.sent).length, 3)
    })
  )

  law("is sent where another change meanwhile wants its name", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, ["Zenith"])
      const acme = yield* create(tab, "Acme")
      const taken = yield* update(tab, one(ids), { name: "Acme" })
      yield* tab.clients.delete(workspaceId, acme.id)
      yield* drained(world, tab)
      assert.deepInclude(yield* tab.outbox.outcome(taken), { _tag: "Standing" })
      assert.deepStrictEqual(yield* world.names, ["Zenith"])
    })
  )
})
