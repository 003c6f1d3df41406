import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { Client, Receipt, Status } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { create, full, isCreate, offline, online, opened, waitsFor } from "../Requests.js"
import { law, workspaceId } from "../World.js"

// Law 1, as a caller hears it: confirmed by Toggl, stored and why it waits, or refused. A receipt says what is true.

describe("Confirmed", () => {
  law("carries Toggl's answer to each kind of change", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const created = yield* create(tab, "Acme", "net 30")
      if (created._tag !== "Confirmed") return assert.fail("it is confirmed")
      assert.isTrue(Receipt.isConfirmed(created))
      assert.deepStrictEqual(
        [created.id, created.value.id, created.value.notes],
        [Client.ClientId.make(64890001), Client.ClientId.make(64890001), "net 30"]
      )
      const project = yield* Effect.orDie(
        world.toggl.edit.addProject(workspaceId, { name: "Site", clientId: created.value.id })
      )
      const updated = yield* tab.clients.update(workspaceId, created.id, { notes: "net 60" })
      assert.strictEqual(updated._tag === "Confirmed" ? updated.value.notes : "", "net 60")
      const archived = yield* tab.clients.archive(workspaceId, created.id)
      assert.deepStrictEqual(archived._tag === "Confirmed" ? archived.value : undefined, [
        Client.ProjectId.make(project.id)
      ])
      const restored = yield* tab.clients.restore(workspaceId, created.id, { restoreAllProjects: true })
      assert.strictEqual(restored._tag === "Confirmed" ? restored.value.archived : true, false)
      const deleted = yield* tab.clients.delete(workspaceId, created.id)
      assert.strictEqual(deleted._tag === "Confirmed" ? deleted.value : null, undefined)
    })
  )

  law("comes to the caller whichever tab sends it", (world) =>
    Effect.gen(function* () {
      const worker = yield* world.open({ credentials: "none" })
      yield* opened(world)
      const first = yield* create(worker, "First")
      yield* world.rests
      assert.include(["Confirmed", "SignInNeeded"], waitsFor(first))
      assert.deepStrictEqual(yield* world.names, ["First"])
    })
  )
})

describe("Queued", () => {
  law("says why, and shows the client as it will be", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "Known", "net 30")
      const [known] = yield* tab.clients.list(workspaceId)
      if (known === undefined) return assert.fail("it is listed")
      yield* offline(world, tab)
      const created = yield* create(tab, "Acme", "new")
      if (created._tag !== "Queued") return assert.fail("it is queued")
      assert.deepStrictEqual(
        [created.reason._tag, created.client?.name, created.client?.notes, created.client?.pending],
        ["Offline", "Acme", "new", true]
      )
      assert.isTrue(Client.isLocalClientId(created.id))
      const renamed = yield* tab.clients.update(workspaceId, created.id, { name: "Acme Inc" })
      assert.deepStrictEqual(
        renamed._tag === "Queued" ? [renamed.id, renamed.client?.name, renamed.client?.notes] : [],
        [created.id, "Acme Inc", "new"]
      )
      const noted = yield* tab.clients.update(workspaceId, known.id, { notes: "net 60" })
      assert.deepStrictEqual(noted._tag === "Queued" ? [noted.client?.name, noted.client?.notes] : [], [
        "Known",
        "net 60"
      ])
      const archived = yield* tab.clients.archive(workspaceId, known.id)
      assert.strictEqual(archived._tag === "Queued" ? archived.client?.archived : false, true)
      const deleted = yield* tab.clients.delete(workspaceId, known.id)
      assert.deepStrictEqual(deleted._tag === "Queued" ? [deleted.id, deleted.client] : [], [known.id, undefined])
    })
  )

  law("comes no later than the patience, and the attempt goes on", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ patience: "2 seconds" })
      yield* tab.clients.list(workspaceId)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      const caller = yield* Effect.fork(create(tab, "Acme"))
      yield* world.passes(1_999)
      assert.isTrue(Option.isNone(yield* Fiber.poll(caller)))
      yield* world.passes(1)
      const receipt = yield* Fiber.join(caller)
      assert.strictEqual(waitsFor(receipt), "InProgress")
      yield* world.passes("4 seconds")
      if (receipt._tag !== "Queued") return assert.fail("it is queued")
      assert.strictEqual((yield* tab.outbox.outcome(receipt.entryId))._tag, "Done")
    })
  )

  law("says how many stand before it where the first of them takes long", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("15 seconds"), { when: isCreate })
      const callers = yield* Effect.forEach(["A", "B", "C"], (name) => Effect.fork(create(tab, name)))
      yield* world.passes("10 seconds")
      const receipts = yield* Effect.forEach(callers, (caller) => Fiber.join(caller))
      assert.deepStrictEqual(
        receipts.map((receipt) => (receipt._tag === "Queued" ? receipt.reason : undefined)),
        [{ _tag: "InProgress" }, { _tag: "Behind", count: 1 }, { _tag: "Behind", count: 2 }]
      )
    })
  )

  law("waits for the first attempt, never for a retry", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.proxyError(), { when: isCreate })
      const ended = yield* world.within(0, create(tab, "Acme"))
      assert.isTrue(Option.isSome(ended))
      const later = yield* world.within(0, create(tab, "Beta"))
      const receipt = Option.flatMap(later, (exit) => (Exit.isSuccess(exit) ? Option.some(exit.value) : Option.none()))
      assert.include(["BackingOff", "LookingUp"], Option.match(receipt, { onNone: () => "", onSome: waitsFor }))
    })
  )

  law("comes from a tab whose lock another holds, as from any", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      const second = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(first, "A"))
      const caller = yield* Effect.fork(create(second, "B"))
      yield* world.passes("5 seconds")
      assert.strictEqual(waitsFor(yield* Fiber.join(caller)), "Confirmed")
    })
  )

  const reasons: ReadonlyArray<Status.WaitingFor> = [
    ...(["Offline", "BackingOff", "RateLimited", "Quota", "LookingUp", "SetAside"] as const).map((_tag) => ({
      _tag,
      until: 61_000
    })),
    ...(["SignInNeeded", "WrongAccount", "ByUser", "NewerVersion", "InProgress"] as const).map((_tag) => ({ _tag })),
    { _tag: "Behind", count: 1 },
    { _tag: "Behind", count: 2 },
    { _tag: "Held", by: undefined },
    { _tag: "StorageLost", error: full }
  ]

  it("gives a reason that reads as one line for people", () => {
    const lines = reasons.map((reason) => Status.describe(reason, 1_000))
    assert.strictEqual(new Set(lines).size, reasons.length)
    for (const line of lines) assert.match(line, /^\S.{5,}$/)
    assert.include(lines[0], "60 s")
  })
})

describe("a refusal", () => {
  law("that comes while the caller waits is a typed failure, and it is over", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      const error = yield* Effect.flip(create(tab, "Acme"))
      assert.strictEqual(error._tag, "InvalidName")
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      assert.strictEqual((yield* tab.outbox.status).refused, 0)
    })
  )

  law("of what another depends on stays among the refused, and its caller hears of it all the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      const caller = yield* Effect.fork(create(tab, "Acme"))
      yield* world.rests
      const [pending] = (yield* tab.clients.list(workspaceId)).filter((client) => client.pending)
      if (pending === undefined) return assert.fail("it is pending")
      yield* Effect.fork(tab.clients.update(workspaceId, pending.id, { notes: "held" }))
      yield* world.passes("6 seconds")
      assert.strictEqual((yield* Effect.flip(Fiber.join(caller)))._tag, "InvalidName")
      const { held, refused } = yield* tab.outbox.status
      assert.deepStrictEqual([refused, held], [1, 1])
    })
  )

  law("that another tab met is heard by the caller, and claimed", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      const second = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(first, "A"))
      yield* world.rests
      yield* world.toggl.edit.createClient(workspaceId, { name: "B" })
      const caller = yield* Effect.fork(create(second, "B"))
      yield* world.passes("6 seconds")
      assert.strictEqual((yield* Effect.flip(Fiber.join(caller)))._tag, "InvalidName")
      assert.deepStrictEqual(yield* first.outbox.entries, [])
    })
  )

  law("that comes after the patience stands for the user", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delayed(Fault.refusal(422, "no"), "11 seconds"), { when: isCreate })
      const caller = yield* Effect.fork(create(tab, "Acme"))
      yield* world.passes("10 seconds")
      const receipt = yield* Fiber.join(caller)
      yield* world.passes("2 seconds")
      if (receipt._tag !== "Queued") return assert.fail("it is queued")
      const outcome = yield* tab.outbox.outcome(receipt.entryId)
      assert.strictEqual(outcome._tag === "Standing" ? outcome.error._tag : outcome._tag, "BadRequest")
    })
  )

  law("does not reach the caller of another change", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      const tab = yield* opened(world)
      const refused = yield* Effect.fork(create(tab, "Taken"))
      const fine = yield* Effect.fork(create(tab, "Fine"))
      yield* world.passes("1 second")
      assert.isTrue(Exit.isFailure(yield* Fiber.await(refused)))
      assert.strictEqual(waitsFor(yield* Fiber.join(fine)), "Confirmed")
    })
  )
})

describe("Discarded", () => {
  law("is what a waiting caller hears when the user takes its change out", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "A"))
      const caller = yield* Effect.fork(create(tab, "B"))
      yield* world.rests
      const second = (yield* tab.outbox.entries)[1]?.id
      if (second === undefined) return assert.fail("it waits")
      yield* tab.outbox.discard(second)
      yield* world.rests
      assert.strictEqual((yield* Effect.flip(Fiber.join(caller)))._tag, "Discarded")
      yield* world.passes("5 seconds")
      assert.deepStrictEqual(yield* world.names, ["A"])
    })
  )
})

describe("what is not valid", () => {
  law("fails before anything is stored or sent", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.clearOperations
      const reasons = yield* Effect.forEach(["", " \t ", "é".repeat(128), "Acme 😀".slice(0, 6)], (name) =>
        Effect.map(Effect.flip(create(tab, name)), (error) =>
          error._tag === "InvalidName" ? error.reason : error._tag
        )
      )
      assert.deepStrictEqual(reasons, ["Empty", "Empty", "TooLong", "IllFormed"])
      const half = "by mail 😀".slice(0, 9)
      for (const change of [
        tab.clients.create(workspaceId, { name: "Acme", notes: half }),
        tab.clients.update(workspaceId, Client.ClientId.make(1), { notes: half })
      ]) {
        assert.strictEqual((yield* Effect.flip(Effect.asVoid(change)))._tag, "BadRequest")
      }
      const empty = yield* Effect.flip(tab.clients.update(workspaceId, Client.ClientId.make(1), {}))
      assert.strictEqual(empty._tag, "BadRequest")
      const unknown = yield* Effect.flip(tab.clients.update(workspaceId, Client.LocalClientId.make(-5), { notes: "x" }))
      assert.strictEqual(unknown._tag, "NotFound")
      assert.notInclude(yield* tab.operations, "accept")
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )
})

describe("a local id", () => {
  law("works at once after a restart, though nothing has been read yet", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const acme = yield* create(tab, "Acme")
      yield* tab.kill
      const next = yield* world.open({ online: false })
      const renamed = yield* next.clients.update(workspaceId, acme.id, { name: "Acme Inc" })
      assert.strictEqual(renamed._tag, "Queued")
      yield* online(world, next)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc"])
    })
  )

  law("that another tab has just given works here", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      const second = yield* opened(world)
      yield* offline(world, first)
      yield* second.setOnline(false)
      const acme = yield* create(first, "Acme")
      const renamed = yield* second.clients.update(workspaceId, acme.id, { name: "Acme Inc" })
      assert.strictEqual(renamed._tag, "Queued")
    })
  )

  law("goes on working when Toggl has given its own", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const acme = yield* create(tab, "Acme")
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      const noted = yield* tab.clients.update(workspaceId, acme.id, { notes: "x" })
      assert.deepStrictEqual([waitsFor(noted), noted.id], ["Confirmed", Client.ClientId.make(64890001)])
      const found = yield* tab.clients.get(workspaceId, acme.id)
      assert.deepStrictEqual([found.id, found.key], [Client.ClientId.make(64890001), String(acme.id)])
    })
  )
})
