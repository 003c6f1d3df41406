import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { Client } from "../../src/index.js"
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

describe("a client whose item cannot be read any more", () => {
  /** Toggl has two clients, this device knows both, and from now on neither item can be read. */
  const unreadable = (world: World, fields: Readonly<Record<string, unknown>> = { name: 17 }) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
      yield* world.toggl.edit.createClient(workspaceId, { name: "Beta" })
      const tab = yield* opened(world)
      yield* drifts(world, fields)
      return { tab, id: Client.ClientId.make(acme.id) }
    })

  law("stays as it was known, and the view says how many were left out", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* unreadable(world)
      for (const freshness of ["Toggl", "Local"] as const) {
        const { clients, leftOut } = yield* tab.clients.view(workspaceId, { freshness })
        assert.deepStrictEqual([clients.map(({ name }) => name), leftOut], [["Acme", "Beta"], 2])
      }
      yield* world.toggl.clearFaults
      assert.deepInclude(yield* tab.clients.view(workspaceId, { freshness: "Toggl" }), { leftOut: 0 })
    })
  )

  law("keeps the user's pending change of it in the view", (world) =>
    Effect.gen(function* () {
      const { id, tab } = yield* unreadable(world)
      yield* tab.outbox.pause
      yield* tab.clients.update(workspaceId, id, { notes: "net 60" })
      const { clients } = yield* tab.clients.view(workspaceId, { freshness: "Toggl" })
      assert.deepStrictEqual(
        clients.map(({ name, notes, pending }) => [name, notes, pending]),
        [
          ["Acme", "net 60", true],
          ["Beta", "", false]
        ]
      )
    })
  )

  law("is no base: an update reads it by itself, and a colleague's change of the other field stays", (world) =>
    Effect.gen(function* () {
      const { id, tab } = yield* unreadable(world)
      yield* tab.clients.view(workspaceId, { freshness: "Toggl" })
      yield* world.toggl.clearFaults
      yield* world.toggl.inject(Fault.drifted({ name: 17 }), { ...everyAnswer, when: isList })
      yield* world.toggl.edit.updateClient(workspaceId, id, { name: "Acme Inc" })
      for (const conflicts of ["LastWriteWins", "Blind"] as const) {
        const other = yield* world.open({ conflicts })
        yield* other.clients.update(workspaceId, id, { notes: conflicts })
        yield* world.passes("1 minute")
        const [theirs] = yield* world.toggl.clients(workspaceId)
        assert.deepInclude({ ...theirs }, { name: "Acme Inc", notes: conflicts })
        yield* other.close
      }
    })
  )

  law("goes once a whole list does not have it", (world) =>
    Effect.gen(function* () {
      const { id, tab } = yield* unreadable(world)
      yield* tab.clients.view(workspaceId, { freshness: "Toggl" })
      yield* world.toggl.clearFaults
      yield* world.toggl.edit.deleteClient(workspaceId, id)
      const { clients } = yield* tab.clients.view(workspaceId, { freshness: "Toggl" })
      assert.deepStrictEqual(
        clients.map(({ name }) => name),
        ["Beta"]
      )
    })
  )

  law(
    "without an id that can be read is asked for by itself once two lists lack it, and goes if Toggl has none",
    (world) =>
      Effect.gen(function* () {
        const { id, tab } = yield* unreadable(world, { id: "x" })
        const shown = Effect.map(tab.clients.view(workspaceId, { freshness: "Toggl" }), ({ clients }) =>
          clients.map(({ name }) => name)
        )
        yield* world.toggl.edit.deleteClient(workspaceId, id)
        yield* world.clearRequests
        assert.deepStrictEqual(yield* shown, ["Acme", "Beta"])
        assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
        // One for each list.
        yield* shown
        yield* shown
        yield* shown
        const alone = (yield* world.requests).filter((request) => request !== "GET /clients")
        assert.isAtLeast(alone.length, 2)
        assert.isAtMost(alone.length, 3)
        assert.deepStrictEqual(yield* shown, ["Beta"])
      })
  )
})

describe("a list that is shorter than it says", () => {
  const short = (world: World, total: number) =>
    Effect.gen(function* () {
      for (const name of ["Acme", "Beta", "Gamma"]) yield* world.toggl.edit.createClient(workspaceId, { name })
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.drifted({ total_count: total }), { ...everyAnswer, when: isList })
      const shown = Effect.map(tab.clients.view(workspaceId, { freshness: "Toggl" }), ({ clients, leftOut }) => [
        clients.map(({ name }) => name),
        leftOut
      ])
      const [, , gamma] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.deleteClient(workspaceId, gamma?.id ?? assert.fail())
      return { shown, tab }
    })

  law("takes nobody away before Toggl says so of the client itself", (world) =>
    Effect.gen(function* () {
      const { shown } = yield* short(world, 5)
      assert.deepStrictEqual(yield* shown, [["Acme", "Beta", "Gamma"], 3])
      // The second one that lacks it asks for it.
      assert.deepStrictEqual(yield* shown, [["Acme", "Beta"], 3])
    })
  )

  law(
    "keeps nobody any more once it counts as whole, also where a change on its way keeps it from being stored",
    (world) =>
      Effect.gen(function* () {
        const { shown, tab } = yield* short(world, 9)
        for (let lists = 0; lists < 3; lists++) yield* shown
        const [acme] = yield* world.toggl.clients(workspaceId)
        yield* world.toggl.edit.deleteClient(workspaceId, acme?.id ?? assert.fail())
        yield* world.toggl.inject(Fault.hang(), { when: isCreate })
        yield* Effect.forkScoped(Effect.either(create(tab, "Delta")))
        yield* world.passes("1 second")
        const heard = yield* world.within("15 seconds", shown)
        assert.deepStrictEqual(yield* Option.getOrThrow(heard), [["Beta", "Delta"], 0])
      })
  )

  law("is taken for whole once three have said so: what they count is wrong", (world) =>
    Effect.gen(function* () {
      const { shown } = yield* short(world, 5)
      yield* shown
      yield* shown
      assert.deepStrictEqual(yield* shown, [["Acme", "Beta"], 0])
      assert.deepStrictEqual(yield* shown, [["Acme", "Beta"], 0])
    })
  )

  law("says nothing of more than it counts", (world) =>
    Effect.gen(function* () {
      const { shown } = yield* short(world, 1)
      assert.deepStrictEqual(yield* shown, [["Acme", "Beta"], 0])
    })
  )

  law("leaves a lost create in doubt: it may be among those that it lacks", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* short(world, 5)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      queued(yield* create(tab, "New"))
      yield* world.toggl.clearFaults
      const one = { id: 1, wid: workspaceId, name: "a", total_count: 9 }
      const list = Fault.respond({ status: 200, body: JSON.stringify([one]) })
      yield* world.toggl.inject(list, { ...everyAnswer, when: isList })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(
        (yield* tab.outbox.entries).map(({ refused }) => refused?._tag),
        ["Undecided"]
      )
    })
  )
})
