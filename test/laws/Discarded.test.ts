import { assert, describe } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { Fault } from "../../src/testing/index.js"
import { create, isCreate, isDelete, isUpdate, limited, opened, queued, standing, withAcme } from "../Requests.js"
import { law, workspaceId } from "../World.js"
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
