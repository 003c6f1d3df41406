import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Client, type Outbox } from "../../src/index.js"
import { Fault, type RequestLog } from "../../src/testing/index.js"
import { drained, isCreate, isList, isUpdate, limited, names, opened, queued, says, standing } from "../Requests.js"
import { law, type Tab, type World, workspaceId } from "../World.js"
import * as Paused from "./Paused.js"

// Law 10: where others write, nothing is refused that would have been accepted. Updates don't overwrite blindly: what
// becomes of a colleague's change is the app's choice.

const withAcme = (world: World, conflicts?: Outbox.Conflicts, merge = true) =>
  Effect.gen(function* () {
    const made = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
    const tab = yield* world.open({ merge, ...(conflicts === undefined ? {} : { conflicts }) })
    yield* tab.clients.list(workspaceId)
    yield* tab.outbox.pause
    yield* world.clearRequests
    return { tab, acme: Client.ClientId.make(made.id) }
  })

const queue = (tab: Tab, id: Client.AnyClientId, change: Client.UpdateInput) =>
  Effect.map(tab.clients.update(workspaceId, id, change), (receipt) =>
    receipt._tag === "Queued" ? receipt.entryId : assert.fail("not queued")
  )

const state = (world: World) =>
  Effect.map(world.toggl.clients(workspaceId), ([client]) => [client?.name, client?.notes])

law(
  "What was sent together with a later change is no conflict where Toggl said that it was not done, and it was",
  (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world, "CheckFirst")
      yield* queue(tab, acme, { name: "Acme Inc", notes: "first" })
      yield* queue(tab, acme, { notes: "second" })
      // the browser sent it again: this is what the second copy was told
      const repeated = Fault.respond({ applied: true, status: 429, headers: { "retry-after": "2" } })
      yield* world.toggl.inject(repeated, { when: isUpdate })
      yield* tab.outbox.resume
      yield* world.passes("1 second")
      yield* tab.close
      // this one reads the client anew
      const next = yield* world.open({ merge: true, conflicts: "CheckFirst" })
      yield* drained(world, next)
      assert.deepStrictEqual(yield* standing(next), [])
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "second"])
    })
)

law(
  "What a colleague has made is a conflict, though a later change of ours that was never sent asks for just that",
  (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world, "CheckFirst", false)
      yield* queue(tab, acme, { notes: "first" })
      yield* queue(tab, acme, { notes: "second" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "second" })
      yield* drained(world, tab)
      assert.strictEqual((yield* standing(tab))[0], "Conflict")
      assert.deepStrictEqual(yield* state(world), ["Acme", "second"])
    })
)

describe("last write wins, by field", () => {
  law("is what holds unless the app says otherwise: a colleague's change of the other field stays", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* queue(tab, acme, { name: "Acme Inc" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "theirs"])
      const [view] = yield* tab.clients.list(workspaceId, { freshness: "Local" })
      assert.deepInclude(view, { name: "Acme Inc", notes: "theirs", pending: false })
    })
  )

  law("lets the later change of the same field win", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* queue(tab, acme, { notes: "mine" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { name: "Theirs", notes: "theirs" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* state(world), ["Theirs", "mine"])
    })
  )

  law("costs one read for all updates of a workspace in a run", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      const other = yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
      yield* queue(tab, acme, { name: "Acme Inc" })
      yield* queue(tab, Client.ClientId.make(other.id), { notes: "b" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.requests, [
        "GET /clients",
        "PUT /clients/64890001 Acme Inc",
        "PUT /clients/64890002 Zenith"
      ])
    })
  )

  law("costs no read where an update leaves nothing as it is, or there is none", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* queue(tab, acme, { name: "Acme Inc", notes: "mine" })
      yield* tab.clients.create(workspaceId, { name: "Zenith" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.requests, ["PUT /clients/64890001 Acme Inc", "POST /clients Zenith"])
    })
  )

  law("shares its read with the app's own", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* queue(tab, acme, { name: "Acme Inc" })
      yield* world.toggl.inject(Fault.delay("1 second"), { when: isList })
      const reading = yield* Effect.fork(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* drained(world, tab)
      yield* Fiber.join(reading)
      assert.strictEqual((yield* world.requests).filter((request) => request === "GET /clients").length, 1)
    })
  )

  law("waits where the read gets no answer, and sends nothing on old bases", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* queue(tab, acme, { name: "Acme Inc" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* world.toggl.inject(Fault.refuse, { times: 2, when: isList })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, ["PUT /clients/64890001 Acme Inc"])
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "theirs"])
    })
  )

  law("makes do with what is known where Toggl refuses the read", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* queue(tab, acme, { name: "Acme Inc" })
      yield* world.toggl.inject(Fault.refusal(403, null), { times: "always", when: isList })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "net 30"])
    })
  )

  law("keeps a colleague's change where an attempt that is set aside keeps the list from being stored", (world) =>
    Effect.gen(function* () {
      const made = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
      const acme = Client.ClientId.make(made.id)
      const tab = yield* world.open({ setAsideAfter: 1 })
      yield* tab.clients.list(workspaceId)
      const isZenith = (request: RequestLog.RecordedRequest) => isCreate(request) && says(request, "Zenith")
      yield* world.toggl.inject(Fault.proxyError({ status: 500 }), { times: 2, when: isZenith })
      yield* Effect.fork(tab.clients.create(workspaceId, { name: "Zenith" }))
      yield* Effect.fork(tab.clients.create(workspaceId, { name: "Nadir" }))
      yield* world.passes("2 minutes")
      assert.strictEqual((yield* tab.outbox.status).setAside, 1)
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* Effect.fork(tab.clients.update(workspaceId, acme, { name: "Acme Inc" }))
      yield* world.passes("40 seconds")
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "theirs"])
    })
  )
})

describe("check first", () => {
  law("refuses an update of what a colleague has changed, and tells all three states", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world, "CheckFirst")
      const entry = yield* queue(tab, acme, { notes: "mine" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.requests, ["GET /clients/64890001"])
      assert.deepStrictEqual(yield* state(world), ["Acme", "theirs"])
      const outcome = yield* tab.outbox.outcome(entry)
      const error = outcome._tag === "Standing" ? outcome.error : undefined
      if (error?._tag !== "Conflict") return assert.fail("no conflict")
      assert.strictEqual(error.base.notes, "net 30")
      assert.deepStrictEqual(error.mine, { name: "Acme", notes: "mine" })
      assert.strictEqual(error.theirs.notes, "theirs")
      const [view] = yield* tab.clients.list(workspaceId, { freshness: "Local" })
      assert.strictEqual(view?.notes, "theirs")
    })
  )

  law("fails the caller that waits", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world, "CheckFirst")
      yield* tab.outbox.resume
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      const writing = yield* Effect.fork(Effect.flip(tab.clients.update(workspaceId, acme, { notes: "mine" })))
      yield* world.passes("1 second")
      assert.strictEqual((yield* Fiber.join(writing))._tag, "Conflict")
    })
  )

  law("lets pass what a colleague has not changed, or has changed alike", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world, "CheckFirst")
      yield* queue(tab, acme, { name: "Acme Inc" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { name: "Acme Inc", notes: "theirs" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.requests, ["GET /clients/64890001", "PUT /clients/64890001 Acme Inc"])
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "theirs"])
    })
  )

  law("goes on from what Toggl had when the user retries", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world, "CheckFirst")
      const entry = yield* queue(tab, acme, { notes: "mine" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* drained(world, tab)
      yield* tab.outbox.retry(entry, { notes: "theirs and mine" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* state(world), ["Acme", "theirs and mine"])
      assert.deepInclude(yield* tab.outbox.outcome(entry), { _tag: "Done" })
    })
  )

  law("refuses again what was changed again since", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world, "CheckFirst")
      const entry = yield* queue(tab, acme, { notes: "mine" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* drained(world, tab)
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs again" })
      yield* tab.outbox.retry(entry)
      yield* world.passes("1 minute")
      assert.deepInclude(yield* tab.outbox.outcome(entry), { _tag: "Standing" })
      assert.deepStrictEqual(yield* state(world), ["Acme", "theirs again"])
    })
  )

  for (const merge of [true, false]) {
    law(`takes no change of its own for a colleague's, ${merge ? "merged" : "one by one"}`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world, "CheckFirst", merge)
        yield* queue(tab, acme, { notes: "a" })
        yield* queue(tab, acme, { name: "Acme Inc" })
        yield* queue(tab, acme, { notes: "b" })
        yield* queue(tab, acme, { name: "Acme Incorporated", notes: "c" })
        yield* drained(world, tab)
        assert.deepStrictEqual(yield* state(world), ["Acme Incorporated", "c"])
        assert.strictEqual((yield* tab.outbox.status).refused, 0)
      })
    )

    law(`takes a colleague's change of a later field for one, ${merge ? "merged" : "one by one"}`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world, "CheckFirst", merge)
        const named = yield* queue(tab, acme, { name: "Acme Inc" })
        const noted = yield* queue(tab, acme, { notes: "mine" })
        yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
        yield* drained(world, tab)
        assert.deepInclude(yield* tab.outbox.outcome(named), { _tag: "Done" })
        assert.deepInclude(yield* tab.outbox.outcome(noted), { _tag: "Standing" })
        assert.deepStrictEqual(yield* state(world), ["Acme Inc", "theirs"])
      })
    )
  }

  law("is not built on what a tab had read before another one sent a change", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world, "CheckFirst", false)
      yield* queue(tab, acme, { notes: "mine" })
      yield* queue(tab, acme, { name: "Acme Inc" })
      const other = yield* world.open({ conflicts: "CheckFirst", merge: false })
      yield* world.rests
      yield* other.freeze
      yield* world.toggl.inject(limited("2"), { when: isUpdate })
      yield* tab.outbox.resume
      yield* world.passes("1 second")
      yield* tab.freeze
      yield* other.thaw
      yield* world.toggl.inject(limited("2"), { when: (request) => isUpdate(request) && says(request, "Acme Inc") })
      yield* world.passes("2 seconds")
      assert.deepStrictEqual(yield* state(world), ["Acme", "mine"])
      yield* other.freeze
      yield* tab.thaw
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "mine"])
      assert.strictEqual((yield* tab.outbox.status).refused, 0)
    })
  )

  law("knows what it made itself offline", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ conflicts: "CheckFirst", merge: false })
      yield* tab.outbox.pause
      const created = yield* tab.clients.create(workspaceId, { name: "Acme", notes: "a" })
      const entry = yield* queue(tab, created.id, { notes: "b" })
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      yield* tab.outbox.resume
      yield* world.passes("1 second")
      const later = yield* Effect.fork(queue(tab, created.id, { name: "Acme Inc" }))
      yield* world.passes("10 minutes")
      yield* Fiber.await(later)
      assert.deepInclude(yield* tab.outbox.outcome(entry), { _tag: "Done" })
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "b"])
    })
  )
})

describe("blind", () => {
  law("reads nothing where anything is known, and overwrites", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world, "Blind")
      yield* queue(tab, acme, { name: "Acme Inc" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.requests, ["PUT /clients/64890001 Acme Inc"])
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "net 30"])
    })
  )

  law("reads the client where nothing is known", (world) =>
    Effect.gen(function* () {
      const made = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
      const tab = yield* world.open({ conflicts: "Blind" })
      yield* Effect.fork(tab.clients.update(workspaceId, Client.ClientId.make(made.id), { name: "Acme Inc" }))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients/64890001", "PUT /clients/64890001 Acme Inc"])
      assert.deepStrictEqual(yield* state(world), ["Acme Inc", "net 30"])
    })
  )
})

law("A colleague's change that a list has shown here meanwhile is a conflict (CheckFirst)", (world) =>
  Effect.gen(function* () {
    const made = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "old" })
    const acme = Client.ClientId.make(made.id)
    const tab = yield* opened(world, { conflicts: "CheckFirst" })
    yield* world.toggl.inject(limited("60"), { when: isUpdate })
    queued(yield* tab.clients.update(workspaceId, acme, { notes: "mine" }))
    yield* tab.outbox.pause
    yield* world.passes("61 seconds")
    yield* world.toggl.edit.updateClient(workspaceId, acme, { name: "Acme Inc", notes: "theirs" })
    assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "Toggl" })), ["Acme Inc"])
    yield* tab.outbox.resume
    yield* world.passes("10 minutes")
    assert.deepStrictEqual(yield* standing(tab), ["Conflict"])
    assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme Inc", "theirs"]])
  })
)
