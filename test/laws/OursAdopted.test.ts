import { assert, describe } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import {
  create,
  drained,
  isCreate,
  isList,
  isUpdate,
  opened,
  queued,
  says,
  servers,
  standing,
  withAcme
} from "../Requests.js"
import { law, workspaceId, type World } from "../World.js"
import * as Paused from "./Paused.js"

// Laws 3 and 5: doubt has an exit. The user says which client an undecided create or rename has made, and what depends on it
// goes on; what is retried is looked up first.

const theClient = (world: World) =>
  Effect.map(world.toggl.clients(workspaceId), ([client]) => Client.ClientId.make(client?.id ?? assert.fail("none")))

/** A create that was applied, and that a colleague has changed before it was looked up; two changes depend on it. */
const undecidedCreate = (world: World) =>
  Effect.gen(function* () {
    const { tab } = yield* Paused.paused(world, ["Zenith"], { merge: false })
    const acme = yield* Paused.create(tab, "Acme")
    yield* Paused.update(tab, acme.id, { notes: "net 60" })
    yield* tab.clients.archive(workspaceId, acme.id)
    yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
    yield* tab.outbox.resume
    yield* world.rests
    const [zenith, made] = yield* world.toggl.clients(workspaceId)
    if (zenith === undefined || made === undefined) return assert.fail("it was made")
    yield* world.toggl.edit.updateClient(workspaceId, made.id, { notes: "theirs" })
    yield* world.passes("5 minutes")
    assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held", "Held"])
    yield* world.clearRequests
    return { tab, acme, made: Client.ClientId.make(made.id), zenith: Client.ClientId.make(zenith.id) }
  })

for (const [server, toggl] of servers) {
  describe(`an undecided create with what depends on it (${server})`, () => {
    law(
      "is settled as the client that the user names, and all goes on",
      (world) =>
        Effect.gen(function* () {
          const { acme, made, tab } = yield* undecidedCreate(world)
          yield* tab.outbox.adopt(acme.entry, made)
          yield* world.passes("5 minutes")
          assert.deepStrictEqual(yield* standing(tab), [])
          const [, client] = yield* world.toggl.clients(workspaceId)
          assert.deepStrictEqual([client?.name, client?.notes, client?.archived], ["Acme", "net 60", true])
          assert.strictEqual((yield* world.toggl.requests).filter(isCreate).length, 0)
          assert.deepInclude(yield* tab.outbox.outcome(acme.entry), { _tag: "Done", clientId: made })
        }),
      { toggl }
    )

    law(
      "stays as it is where there is no such client",
      (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* undecidedCreate(world)
          const error = yield* Effect.flip(tab.outbox.adopt(acme.entry, Client.ClientId.make(99)))
          assert.strictEqual(error._tag, "NotFound")
          yield* world.passes("5 minutes")
          assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held", "Held"])
          assert.deepStrictEqual(yield* world.sent, [])
        }),
      { toggl }
    )
  })
}

describe("adopting", () => {
  law("a client that another create has made is refused, and changes nothing", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* undecidedCreate(world)
      const other = yield* create(tab, "Nadir")
      if (other._tag !== "Confirmed") return assert.fail("it is done")
      const error = yield* Effect.flip(tab.outbox.adopt(acme.entry, other.value.id))
      assert.strictEqual(error._tag, "BadRequest")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held", "Held"])
    })
  )

  law("what is not undecided, or is no entry, is a typed error", (world) =>
    Effect.gen(function* () {
      const { acme, made, tab } = yield* undecidedCreate(world)
      yield* tab.outbox.adopt(acme.entry, made)
      yield* world.passes("5 minutes")
      assert.deepInclude(yield* Effect.flip(tab.outbox.adopt(acme.entry, made)), {
        _tag: "EntryNotFound",
        reason: "Done"
      })
    })
  )
})

describe("an undecided rename", () => {
  const undecided = (world: World) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      const other = yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isUpdate })
      const entry = queued(yield* tab.clients.update(workspaceId, acme, { name: "Acme Inc" }))
      yield* Effect.forkScoped(tab.clients.archive(workspaceId, acme))
      yield* world.toggl.edit.updateClient(workspaceId, acme, { name: "Acme Incorporated" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held"])
      return { acme, entry, other: Client.ClientId.make(other.id), tab }
    })

  law("is settled as what Toggl has now, and what depends on it goes on", (world) =>
    Effect.gen(function* () {
      const { acme, entry, tab } = yield* undecided(world)
      yield* tab.outbox.adopt(entry, acme)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
      const [client] = yield* world.toggl.clients(workspaceId)
      assert.deepStrictEqual([client?.name, client?.archived], ["Acme Incorporated", true])
    })
  )

  law("is no other client's: that is refused, and changes nothing", (world) =>
    Effect.gen(function* () {
      const { entry, other, tab } = yield* undecided(world)
      assert.strictEqual((yield* Effect.flip(tab.outbox.adopt(entry, other)))._tag, "BadRequest")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held"])
    })
  )
})

describe("an adopted rename (CheckFirst)", () => {
  const adopted = (world: World, next: Client.UpdateInput) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* Paused.paused(world, ["Acme"], { conflicts: "CheckFirst", merge: false })
      const id = Paused.one(ids)
      const renamed = yield* Paused.update(tab, id, { name: "Beta" })
      const entry = yield* Paused.update(tab, id, next)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isUpdate })
      yield* tab.outbox.resume
      yield* world.rests
      yield* world.toggl.edit.updateClient(workspaceId, id, { notes: "theirs" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held"])
      yield* tab.outbox.adopt(renamed, id)
      yield* world.passes("5 minutes")
      return yield* tab.outbox.outcome(entry)
    })

  law("is no colleague's change to what follows", (world) =>
    Effect.gen(function* () {
      assert.deepInclude(yield* adopted(world, { name: "Gamma" }), { _tag: "Done" })
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Gamma", "theirs"]])
    })
  )

  law("lets what a colleague has changed meanwhile be one", (world) =>
    Effect.gen(function* () {
      assert.deepInclude(yield* adopted(world, { notes: "mine" }), { _tag: "Standing" })
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Beta", "theirs"]])
    })
  )
})

describe("an undecided create that the user retries", () => {
  law("is looked up first, and not sent while the doubt is there", (world) =>
    Effect.gen(function* () {
      const { acme, made, tab } = yield* undecidedCreate(world)
      yield* tab.outbox.retry(acme.entry)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
      assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held", "Held"])
      yield* world.toggl.edit.deleteClient(workspaceId, made)
      yield* tab.outbox.retry(acme.entry)
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.strictEqual((yield* world.toggl.requests).filter(isCreate).length, 1)
    })
  )
})

describe("an edit of a create in doubt", () => {
  /** `applied`: whether the attempt without an answer was done. */
  const edited = (world: World, applied: boolean) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(applied ? Fault.loseAnswer : Fault.refuse, { when: isCreate })
      const receipt = yield* create(tab, "Acme", "net 30")
      const entryId = queued(receipt)
      yield* tab.outbox.retry(entryId, { name: "Acme Inc", notes: "net 60" })
      return { tab, id: receipt.id, entryId }
    })

  law("that was applied becomes an update of what differs", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* edited(world, true)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme Inc", "net 60"]])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme", "PUT /clients/64890001 Acme Inc"])
      assert.deepStrictEqual(yield* standing(tab), [])
    })
  )

  law("that was applied comes before what a later change sets", (world) =>
    Effect.gen(function* () {
      const { id, tab } = yield* edited(world, true)
      yield* Effect.forkScoped(tab.clients.update(workspaceId, id, { name: "Last" }))
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Last", "net 60"]])
      // The later one may be refused yet.
      const sent = yield* world.sent
      assert.deepStrictEqual(sent.slice(1), ["PUT /clients/64890001 Acme Inc", "PUT /clients/64890001 Last"])
    })
  )

  law("that was not applied is sent as it is now", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* edited(world, false)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme Inc", "net 60"]])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme", "POST /clients Acme Inc"])
      assert.deepStrictEqual(yield* standing(tab), [])
    })
  )

  for (const applied of [true, false]) {
    law(
      `that was ${applied ? "" : "not "}applied, edited once more while it is looked up: nothing of that is lost`,
      (world) =>
        Effect.gen(function* () {
          const { entryId, tab } = yield* edited(world, applied)
          const isEdited = yield* Deferred.make<void>()
          yield* world.toggl.inject(Fault.hold(Deferred.await(isEdited)), { when: isList })
          yield* Effect.forkScoped(
            Effect.gen(function* () {
              yield* world.toggl.awaitRequest(isList)
              yield* tab.outbox.retry(entryId, { name: "Acme GmbH", notes: "net 90" })
              yield* Deferred.succeed(isEdited, undefined)
            })
          )
          yield* world.passes("10 minutes")
          assert.isTrue(yield* Deferred.isDone(isEdited))
          assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme GmbH", "net 90"]])
          assert.deepStrictEqual(yield* standing(tab), [])
        })
    )
  }

  law("of which nobody can say whether it was applied is refused", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* edited(world, true)
      const [acme] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.updateClient(workspaceId, acme?.id ?? 0, { notes: "theirs" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme", "theirs"]])
    })
  )
})

describe("an edit of an update in doubt", () => {
  for (const applied of [true, false]) {
    for (const isSetAside of [true, false]) {
      const state = isSetAside ? "set aside" : "uncertain"
      law(`that is ${state} and was ${applied ? "" : "not "}applied: Toggl ends with the edit`, (world) =>
        Effect.gen(function* () {
          const made = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
          const acme = Client.ClientId.make(made.id)
          const tab = yield* opened(world, { setAsideAfter: 1 })
          const fault = Fault.proxyError({ status: 503, applied })
          yield* world.toggl.inject(fault, { when: isUpdate, times: isSetAside && !applied ? 2 : 1 })
          const entry = queued(yield* tab.clients.update(workspaceId, acme, { notes: "net 60" }))
          if (isSetAside) {
            const looksUp = Fault.proxyError({ status: 503 })
            if (applied) yield* world.toggl.inject(looksUp, { when: ({ path }) => path.endsWith(`/${acme}`) })
            yield* Effect.forkScoped(create(tab, "Beta"))
            yield* world.passes("2 minutes")
            assert.strictEqual((yield* tab.outbox.status).setAside, 1)
          }
          yield* tab.outbox.retry(entry, { notes: "net 90" })
          yield* world.passes("10 minutes")
          assert.deepStrictEqual((yield* Paused.clientsOf(world))[0], ["Acme", "net 90"])
          assert.deepStrictEqual(yield* standing(tab), [])
        })
      )
    }
  }
})

describe("what the user has edited before it is adopted", () => {
  for (const when of ["while it is uncertain", "once it is undecided"] as const) {
    law(`is still done to a create, edited ${when}: its other fields are the client's`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
        const receipt = yield* create(tab, "Acme", "net 30")
        const entry = queued(receipt)
        const id = yield* theClient(world)
        if (when === "while it is uncertain") yield* tab.outbox.retry(entry, { name: "Acme GmbH" })
        yield* world.toggl.edit.updateClient(workspaceId, id, { notes: "theirs" })
        yield* world.passes("5 minutes")
        if (when === "once it is undecided") yield* tab.outbox.retry(entry, { name: "Acme GmbH" })
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
        yield* tab.outbox.adopt(entry, id)
        assert.deepInclude((yield* tab.clients.list(workspaceId, { freshness: "Local" }))[0], { name: "Acme GmbH" })
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme GmbH", "theirs"]])
        assert.deepInclude(yield* tab.outbox.outcome(entry), { _tag: "Done", clientId: id })
        // The local id is known as that client's.
        yield* tab.clients.update(workspaceId, receipt.id, { notes: "net 60" })
        assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme GmbH", "net 60"]])
      })
    )
  }

  law("is still done to a rename", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isUpdate })
      const entry = queued(yield* tab.clients.update(workspaceId, acme, { name: "Acme Inc" }))
      yield* world.toggl.edit.updateClient(workspaceId, acme, { name: "Acme Incorporated" })
      yield* tab.outbox.retry(entry, { notes: "net 90" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      yield* tab.outbox.adopt(entry, acme)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme Incorporated", "net 90"]])
    })
  )

  law("comes before a later change that sets it", (world) =>
    Effect.gen(function* () {
      const { acme, made, tab } = yield* undecidedCreate(world)
      yield* tab.outbox.retry(acme.entry, { notes: "net 90" })
      yield* world.passes("5 minutes")
      yield* world.clearRequests
      yield* tab.outbox.adopt(acme.entry, made)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual((yield* Paused.clientsOf(world))[1], ["Acme", "net 60"])
      const sent = (yield* world.toggl.requests).filter(isUpdate)
      assert.deepStrictEqual(
        sent.map((request) => ["net 90", "net 60"].filter((notes) => says(request, notes))),
        [["net 90"], ["net 60"]]
      )
    })
  )
})
