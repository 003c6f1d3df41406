import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { create, offline, online, opened, standing } from "../Requests.js"
import { law, workspaceId, type World } from "../World.js"

// Law 2: only what takes a new name waits for the one that a refused change would free.

/** "ACME" is refused for "acme" is there, and its rename is held: it would free that name. */
const begun = (world: World, by: "create" | "rename", made: boolean) =>
  Effect.gen(function* () {
    yield* world.toggl.configure({ nameComparison: { caseSensitive: false } })
    const acme = made ? undefined : yield* world.toggl.edit.createClient(workspaceId, { name: "acme" })
    const beta = yield* world.toggl.edit.createClient(workspaceId, { name: "beta" })
    const tab = yield* opened(world, { merge: false })
    yield* offline(world, tab)
    const own = acme === undefined ? (yield* create(tab, "acme")).id : Client.ClientId.make(acme.id)
    const other = by === "create" ? (yield* create(tab, "ACME")).id : Client.ClientId.make(beta.id)
    if (by === "rename") yield* tab.clients.update(workspaceId, other, { name: "ACME" })
    yield* tab.clients.update(workspaceId, other, { name: "gamma" })
    return { tab, own }
  })

describe("an update that restates its client's own name", () => {
  for (const by of ["create", "rename"] as const) {
    for (const made of [true, false]) {
      law(`is not held by the refused ${by} of a case variant (${made ? "made here" : "known before"})`, (world) =>
        Effect.gen(function* () {
          const { own, tab } = yield* begun(world, by, made)
          yield* tab.clients.update(workspaceId, own, { name: "acme", notes: "net 30" })
          yield* tab.clients.update(workspaceId, own, { name: "Acme" })
          yield* online(world, tab)
          yield* world.passes("10 minutes")
          assert.deepStrictEqual(yield* standing(tab), ["InvalidName", "Held"])
          assert.include(yield* world.names, "Acme")
        })
      )
    }
  }

  law("is not held after a reload either", (world) =>
    Effect.gen(function* () {
      const { own, tab } = yield* begun(world, "create", true)
      yield* online(world, tab)
      yield* world.passes("10 minutes")
      yield* tab.outbox.pause
      yield* tab.clients.update(workspaceId, own, { name: "Acme" })
      yield* tab.clients.update(workspaceId, own, { name: "Acme", notes: "net 30" })
      yield* tab.close
      const again = yield* world.open({ merge: false })
      yield* again.outbox.resume
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* standing(again), ["InvalidName", "Held"])
    })
  )

  law("waits where it asks for just the name that is to be freed", (world) =>
    Effect.gen(function* () {
      const { own, tab } = yield* begun(world, "rename", true)
      yield* tab.clients.update(workspaceId, own, { name: "ACME" })
      yield* online(world, tab)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["InvalidName", "Held", "Held"])
    })
  )
})
