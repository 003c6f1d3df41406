import { assert, describe } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { Fault } from "../../src/testing/index.js"
import {
  create,
  isCreate,
  isDelete,
  isUpdate,
  limited,
  noRoom,
  opened,
  queued,
  standing,
  withAcme
} from "../Requests.js"
import { law, type World, workspaceId } from "../World.js"
import * as Paused from "./Paused.js"

// Law 5: a discard says truly whether the change may have been applied, and its late answer is how it ended.

describe("discarding", () => {
  law("a change that went with an undecided create says that it may have been applied", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* Paused.paused(world, [])
      const acme = yield* Paused.create(tab, "Acme", "net 30")
      const noted = yield* Paused.update(tab, acme.id, { notes: "net 60" })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* tab.outbox.resume
      yield* world.rests
      const [made] = yield* world.toggl.clients(workspaceId)
      assert.strictEqual(made?.notes, "net 60")
      yield* world.toggl.edit.updateClient(workspaceId, made?.id ?? 0, { name: "Acme Inc" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Held"])
      assert.deepStrictEqual(yield* tab.outbox.discard(noted), [{ id: noted, mayHaveBeenApplied: true }])
    })
  )

  law("a delete without an answer, whose second attempt was told to wait", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isDelete })
      yield* world.toggl.inject(limited("600"), { when: isDelete })
      const entry = queued(yield* tab.clients.delete(workspaceId, acme))
      yield* world.passes("3 minutes")
      assert.deepStrictEqual(yield* world.names, [])
      assert.deepStrictEqual(yield* tab.outbox.discard(entry), [{ id: entry, mayHaveBeenApplied: true }])
    })
  )
})

describe("a late answer to a discarded create", () => {
  law("is kept also where a list has shown the client meanwhile", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const answers = yield* Deferred.make<void>()
      yield* world.toggl.inject(Fault.hold(Deferred.await(answers), { work: "first" }), { when: isCreate })
      yield* Effect.forkScoped(Effect.either(create(tab, "Acme")))
      yield* world.passes("1 second")
      const [entry] = yield* tab.outbox.entries
      const id = entry?.id
      if (id === undefined) return assert.fail("it is being sent")
      yield* tab.outbox.discard(id)
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* Deferred.succeed(answers, undefined)
      yield* world.passes("5 minutes")
      const outcome = yield* tab.outbox.outcome(id)
      assert.strictEqual(outcome._tag, "Done")
    })
  )
})

describe("a late answer to a discarded update", () => {
  law("brings no client back that a later list has shown to be gone", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      const answers = yield* Deferred.make<void>()
      yield* world.toggl.inject(Fault.hold(Deferred.await(answers), { work: "first" }), { when: isUpdate })
      yield* Effect.forkScoped(Effect.either(tab.clients.update(workspaceId, acme, { notes: "new" })))
      yield* world.passes("1 second")
      const [entry] = yield* tab.outbox.entries
      if (entry?.id === undefined) return assert.fail("gone")
      yield* tab.outbox.discard(entry.id)
      yield* world.toggl.edit.deleteClient(workspaceId, acme)
      assert.deepStrictEqual(yield* tab.clients.list(workspaceId, { freshness: "Toggl" }), [])
      yield* Deferred.succeed(answers, undefined)
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* tab.clients.list(workspaceId, { freshness: "Local" }), [])
    })
  )
})

// Law 2: what the user has given up may still land, and nothing that is made later may land before it.

describe("what was discarded and may still land", () => {
  const givenUp = (world: World) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.landLate("20 seconds"), { when: isUpdate })
      const old = queued(yield* tab.clients.update(workspaceId, acme, { notes: "old" }))
      assert.deepStrictEqual(yield* tab.outbox.discard(old), [{ id: old, mayHaveBeenApplied: true }])
      return { acme, tab }
    })
  const notes = (world: World) =>
    Effect.map(world.toggl.clients(workspaceId), (clients) => clients.map((client) => client.notes))

  law("is overtaken by nothing that the user changes next", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* givenUp(world)
      const receipt = yield* tab.clients.update(workspaceId, acme, { notes: "new" })
      yield* tab.outbox.replayNow
      yield* world.passes("5 seconds")
      const { queue } = yield* tab.outbox.status
      assert.deepInclude(queue, { _tag: "Waiting" })
      assert.strictEqual(queue._tag === "Waiting" ? queue.for._tag : "", "LookingUp")
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* notes(world), ["new"])
      assert.strictEqual((yield* tab.outbox.outcome(queued(receipt)))._tag, "Done")
    })
  )

  law("nor where the clock is set forward by days meanwhile, in the tab that knows when it was sent", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* givenUp(world)
      yield* world.putClock("2 days", "Forward")
      yield* tab.clients.update(workspaceId, acme, { notes: "new" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* notes(world), ["new"])
    })
  )

  law("nor by what another tab sends once this one has died", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* givenUp(world)
      yield* tab.kill
      const other = yield* opened(world)
      yield* other.clients.update(workspaceId, acme, { notes: "new" })
      yield* other.outbox.replayNow
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* notes(world), ["new"])
    })
  )

  law("nor by what cannot be stored", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* givenUp(world)
      yield* tab.setStorageFault(noRoom)
      const failed = yield* Effect.flip(tab.clients.update(workspaceId, acme, { notes: "new" }))
      assert.deepInclude(failed, { _tag: "NotSaved", mayHaveBeenApplied: false })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* notes(world), ["old"])
    })
  )

  law("holds nothing up once its answer is heard", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.delay("2 seconds", { work: "first" }), { when: isUpdate })
      yield* Effect.forkScoped(Effect.either(tab.clients.update(workspaceId, acme, { notes: "old" })))
      yield* world.passes("1 second")
      const [entry] = yield* tab.outbox.entries
      if (entry?.id === undefined) return assert.fail("it is being sent")
      yield* tab.outbox.discard(entry.id)
      yield* Effect.forkScoped(tab.clients.update(workspaceId, acme, { notes: "new" }))
      yield* world.passes("3 seconds")
      assert.deepStrictEqual(yield* notes(world), ["new"])
    })
  )

  law("holds nothing up on another day", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* givenUp(world)
      yield* tab.kill
      yield* world.passes("25 hours")
      const other = yield* opened(world)
      const receipt = yield* other.clients.update(workspaceId, acme, { notes: "new" })
      assert.strictEqual(receipt._tag, "Confirmed")
    })
  )
})
