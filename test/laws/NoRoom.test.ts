import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { asked, full, standing } from "../Requests.js"
import { law, type Tab, type TabOptions, type World, workspaceId } from "../World.js"
import * as Paused from "./Paused.js"

// Laws 4 and 5: a store that has no room for one thing stops nothing that needs no room for it.

/** An update of Acme, and a create behind it, in a tab whose store never has room for this. */
const pending = (world: World, operation: string, options?: TabOptions) =>
  Effect.gen(function* () {
    const { ids, tab } = yield* Paused.paused(world, ["Acme"], options)
    yield* tab.setStorageFault((name) => (name === operation ? full : undefined))
    yield* Paused.update(tab, Paused.one(ids), { notes: "new" })
    yield* Paused.create(tab, "Behind")
    return { acme: Paused.one(ids), tab }
  })

const resumed = (world: World, tab: Tab) => Effect.zipRight(tab.outbox.resume, world.passes("3 hours"))

describe("a store that fails at one operation only", () => {
  law("sends the changes where it cannot keep the list", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* pending(world, "storeList")
      yield* resumed(world, tab)
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [
        ["Acme", "new"],
        ["Behind", ""]
      ])
      assert.isAtMost(yield* asked(world), 10)
    })
  )

  law("refuses a conflict whose client it cannot keep, and sends what is behind", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* pending(world, "storeClient", { conflicts: "CheckFirst" })
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* resumed(world, tab)
      assert.deepStrictEqual(yield* standing(tab), ["Conflict"])
      assert.deepStrictEqual(yield* world.names, ["Acme", "Behind"])
    })
  )

  law("sets a change aside that it cannot mark, once what is behind it is sent", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* Paused.paused(world, [])
      const { entry: first } = yield* Paused.create(tab, "First")
      yield* Paused.create(tab, "Behind")
      // What is behind the first is tried once, when that has failed five times.
      const isFirst = Effect.map(world.store.load, ({ entries }) =>
        entries.some(({ failures, id }) => id === first && (failures < 5 || entries.length === 1))
      )
      yield* tab.setStorageFault((operation) => (operation === "mark" && Effect.runSync(isFirst) ? full : undefined))
      yield* resumed(world, tab)
      assert.deepStrictEqual(yield* world.names, ["Behind"])
      assert.deepStrictEqual(yield* standing(tab), ["SetAside"])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Behind"])
      yield* tab.setStorageFault(undefined)
      yield* world.passes("6 hours")
      assert.deepStrictEqual(yield* world.names, ["Behind", "First"])
    })
  )

  for (const kind of ["update", "delete"] as const) {
    law(`asks for little where no answer to its ${kind} can be kept`, (world) =>
      Effect.gen(function* () {
        const { ids, tab } = yield* Paused.paused(world, ["Acme"])
        yield* tab.setStorageFault((operation) => (operation === "settle" ? full : undefined))
        if (kind === "update") yield* Paused.update(tab, Paused.one(ids), { notes: "new" })
        else yield* tab.clients.delete(workspaceId, Paused.one(ids))
        yield* tab.outbox.resume
        yield* world.passes("1 hour")
        const before = yield* asked(world)
        yield* world.passes("2 hours")
        assert.isAtMost((yield* asked(world)) - before, 60)
        yield* tab.setStorageFault(undefined)
        yield* world.passes("10 minutes")
        assert.deepStrictEqual(yield* standing(tab), [])
      })
    )
  }
})
