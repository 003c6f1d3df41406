import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Fault } from "../../src/testing/index.js"
import { create, isCreate, isList, opened, queued } from "../Requests.js"
import { law, workspaceId, type World } from "../World.js"

// Law 6 and law 11: an answer that drifts takes nothing away that can be read.

const everyAnswer = { times: 1000 }

const drifts = (world: World, fields: Readonly<Record<string, unknown>>) =>
  world.toggl.inject(Fault.drifted(fields), everyAnswer)

const decorations = { external_reference: 17, integration_provider: {}, permissions: 7, total_count: "many", at: [] }

describe("fields that only decorate, in another form than ever", () => {
  law("cost no client its place in the copy", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
      const tab = yield* opened(world)
      yield* drifts(world, decorations)
      const fresh = yield* tab.clients.view(workspaceId, { freshness: "Toggl" })
      const local = yield* tab.clients.view(workspaceId, { freshness: "Local" })
      for (const { clients } of [fresh, local]) {
        assert.deepStrictEqual(
          clients.map(({ name, notes }) => [name, notes]),
          [["Acme", "net 30"]]
        )
      }
    })
  )

  law("keep no change from being sent and confirmed", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* drifts(world, decorations)
      const acme = yield* create(tab, "Acme")
      assert.strictEqual(acme._tag, "Confirmed")
      assert.strictEqual((yield* tab.clients.update(workspaceId, acme.id, { notes: "net 30" }))._tag, "Confirmed")
      assert.strictEqual((yield* tab.clients.archive(workspaceId, acme.id))._tag, "Confirmed")
      assert.strictEqual((yield* tab.clients.restore(workspaceId, acme.id))._tag, "Confirmed")
      assert.strictEqual((yield* tab.clients.delete(workspaceId, acme.id))._tag, "Confirmed")
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
    })
  )
})

describe("a create whose answer got lost", () => {
  const lost = (world: World, fields: Readonly<Record<string, unknown>>) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* world.toggl.inject(Fault.drifted(fields), { ...everyAnswer, when: isList })
      queued(yield* create(tab, "Acme"))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      return (yield* tab.outbox.entries).map(({ refused }) => refused?._tag)
    })

  law("is taken for the client in the list, though its decoration cannot be read", (world) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* lost(world, { external_reference: 17, permissions: 7 }), [])
    })
  )

  for (const fields of [{ creator_id: "7" }, { at: "yesterday" }, { at: {}, creator_id: [] }]) {
    law(`is in doubt where nobody can read whose it is, or from when: ${JSON.stringify(fields)}`, (world) =>
      Effect.gen(function* () {
        assert.deepStrictEqual(yield* lost(world, fields), ["Undecided"])
      })
    )
  }
})

describe("a list of junk", () => {
  law("is reported as left out, and a change goes on", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const acme = yield* create(tab, "Acme")
      yield* drifts(world, { id: "x" })
      yield* tab.clients.view(workspaceId, { freshness: "Toggl" })
      yield* world.toggl.clearFaults
      yield* tab.clients.update(workspaceId, acme.id, { notes: "net 30" })
      const [theirs] = yield* world.toggl.clients(workspaceId)
      assert.deepInclude({ ...theirs }, { name: "Acme", notes: "net 30" })
    })
  )
})
