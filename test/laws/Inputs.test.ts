import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { plainly } from "../fixtures/plain.mjs"
import { against } from "../wire/ApiUnderTest.js"
import { law, workspaceId } from "../World.js"

// Law 11 for what comes from the app: whatever is passed, the answer is a typed one, and nothing is sent or stored for what
// makes no sense.

const noIds = [undefined, null, Number.NaN, Infinity, 0, 1.5, "7", {}, 2 ** 60]

const noClients = [...noIds.filter((id) => id !== undefined), "", true]

/** How it fails; a defect says so. */
const failureOf = <A, E extends { readonly _tag: string }>(effect: Effect.Effect<A, E>) =>
  Effect.map(Effect.exit(effect), (exit) => {
    if (Exit.isSuccess(exit)) return "Succeeds"
    return exit.cause._tag === "Fail" ? exit.cause.error._tag : Cause.pretty(exit.cause)
  })

describe("an id that is none", () => {
  law("is a BadRequest to every operation, and nothing is asked or stored for it", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* world.rests
      const { archive, create, delete: remove, get, list, restore, update, view } = tab.clients
      for (const id of noIds) {
        const name = { name: "Acme" }
        const told = yield* Effect.all([
          failureOf(plainly(list, id)),
          failureOf(plainly(view, id)),
          failureOf(plainly(get, id, 1)),
          failureOf(plainly(create, id, name)),
          failureOf(plainly(update, id, 1, name)),
          failureOf(plainly(remove, id, 1)),
          failureOf(plainly(archive, id, 1)),
          failureOf(plainly(restore, id, 1)),
          failureOf(plainly(get, workspaceId, id)),
          failureOf(plainly(update, workspaceId, id, name)),
          failureOf(plainly(remove, workspaceId, id)),
          failureOf(plainly(archive, workspaceId, id)),
          failureOf(plainly(restore, workspaceId, id))
        ])
        assert.deepStrictEqual([...new Set(told)], ["BadRequest"], JSON.stringify(id))
      }
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  it.effect("is a BadRequest without an outbox too", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      // Nor is a local one any that Toggl knows.
      for (const id of [...noIds, -5]) {
        const state = { name: "Acme", notes: "" }
        const told = yield* Effect.all([
          failureOf(plainly(api.list, id)),
          failureOf(plainly(api.listWithReport, id)),
          failureOf(plainly(api.get, id, 1)),
          failureOf(plainly(api.create, id, state)),
          failureOf(plainly(api.deleteMany, id, [1])),
          failureOf(plainly(api.archiveMany, workspaceId, [1, id])),
          failureOf(plainly(api.deleteMany, workspaceId, id)),
          failureOf(plainly(api.get, workspaceId, id)),
          failureOf(plainly(api.update, workspaceId, id, state)),
          failureOf(plainly(api.delete, workspaceId, id)),
          failureOf(plainly(api.archive, workspaceId, id)),
          failureOf(plainly(api.restore, workspaceId, id))
        ])
        assert.deepStrictEqual([...new Set(told)], ["BadRequest"], JSON.stringify(id))
      }
      assert.deepStrictEqual(yield* fake.requests, [])
    })
  )
})

describe("what is no client, no change and no filter", () => {
  law("is refused with a type", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* world.rests
      const { create, list, restore, update } = tab.clients
      for (const input of noClients) {
        const told = yield* Effect.all([
          failureOf(plainly(create, workspaceId, input)),
          failureOf(plainly(create, workspaceId, { name: input })),
          failureOf(plainly(create, workspaceId, { name: "Acme", notes: input === "7" || input === "" ? 7 : input })),
          failureOf(plainly(update, workspaceId, 1, input)),
          failureOf(plainly(restore, workspaceId, 1, { projects: input })),
          failureOf(plainly(list, workspaceId, { name: typeof input === "string" ? 7 : input })),
          failureOf(plainly(list, workspaceId, { status: typeof input === "string" ? 7 : input }))
        ])
        const allowed = ["BadRequest", ...(input === "7" || input === "" ? ["InvalidName", "Succeeds"] : [])]
        assert.deepStrictEqual(
          told.filter((tag) => !allowed.includes(tag)),
          [],
          JSON.stringify(input)
        )
      }
      assert.strictEqual(yield* failureOf(plainly(list, workspaceId, { status: "gone" })), "InvalidStatus")
    })
  )
})

describe("a key that is undefined", () => {
  law("counts as left out", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      const { clients, outbox } = tab
      const made = yield* clients.create(workspaceId, { name: "Acme", notes: undefined })
      yield* clients.update(workspaceId, made.id, { name: undefined, notes: "net 30" })
      yield* clients.update(workspaceId, made.id, { name: "Acme Ltd", notes: undefined })
      yield* clients.archive(workspaceId, made.id)
      yield* clients.restore(workspaceId, made.id, { projects: undefined, restoreAllProjects: undefined })
      const listed = yield* clients.list(workspaceId, { status: undefined, name: undefined, freshness: undefined })
      assert.deepStrictEqual(
        listed.map(({ name, notes }) => [name, notes]),
        [["Acme Ltd", "net 30"]]
      )
      const nothing = yield* failureOf(clients.update(workspaceId, made.id, { name: undefined, notes: undefined }))
      assert.strictEqual(nothing, "BadRequest")
      assert.deepStrictEqual(yield* outbox.entries, [])
      const [theirs] = yield* world.toggl.clients(workspaceId)
      assert.deepInclude({ ...theirs }, { name: "Acme Ltd", notes: "net 30", archived: false })
    })
  )

  law("counts as left out of an edit", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.clients.create(workspaceId, { name: "Acme" })
      yield* world.toggl.setDown(true)
      yield* tab.setOnline(false)
      yield* tab.clients.create(workspaceId, { name: "Acme", notes: "the other" })
      yield* world.toggl.setDown(false)
      yield* tab.setOnline(true)
      yield* world.passes("1 minute")
      const [refused] = yield* tab.outbox.entries
      if (refused?.id === undefined) return assert.fail("its name is taken")
      yield* tab.outbox.retry(refused.id, { name: "Bluebird", notes: undefined })
      yield* world.passes("1 minute")
      const made = yield* world.toggl.clients(workspaceId)
      assert.deepStrictEqual(
        made.map(({ name, notes }) => [name, notes]),
        [
          ["Acme", ""],
          ["Bluebird", "the other"]
        ]
      )
    })
  )

  it.effect("counts as left out without an outbox too", () =>
    Effect.gen(function* () {
      const { api } = yield* against()
      const { id } = yield* api.create(workspaceId, { name: "Acme", notes: undefined })
      yield* api.update(workspaceId, id, { name: "Acme Ltd", notes: undefined })
      yield* api.archive(workspaceId, id)
      yield* api.restore(workspaceId, id, { projects: undefined, restoreAllProjects: undefined })
      assert.lengthOf(yield* api.list(workspaceId, { status: undefined, name: undefined }), 1)
      assert.strictEqual((yield* api.get(workspaceId, id)).name, "Acme Ltd")
    })
  )
})

describe("a switch of the fake that is undefined", () => {
  it.effect("stays as it is", () =>
    Effect.gen(function* () {
      const { api } = yield* plainly(against, { workspaces: undefined, nameComparison: { caseSensitive: undefined } })
      assert.strictEqual((yield* api.create(workspaceId, { name: "Acme" })).name, "Acme")
    })
  )
})
