import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Client } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { create, isCreate, offline, online, opened, queued, waitsFor, withAcme } from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// Law 4: a delete of what is deleted is done, by whichever id the client was known.

/** "Acme" was made and deleted before anything of it left the device. */
const vanished = (world: World) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* offline(world, tab)
    const { id } = yield* create(tab, "Acme")
    yield* tab.clients.delete(workspaceId, id)
    yield* online(world, tab)
    yield* world.passes("5 minutes")
    yield* world.clearRequests
    return { tab, id }
  })

const deletes = (tab: Tab, id: Client.AnyClientId) => Effect.map(tab.clients.delete(workspaceId, id), waitsFor)

describe("a second delete of a client that never left the device", () => {
  law("is done, and costs nothing", (world) =>
    Effect.gen(function* () {
      const { id, tab } = yield* vanished(world)
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      const receipt = yield* tab.clients.delete(workspaceId, id)
      assert.deepStrictEqual(receipt, { _tag: "Confirmed", entryId: undefined, id, value: undefined })
      assert.strictEqual(yield* deletes(tab, id), "Confirmed")
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  law("is done also after a reload, in another tab, and offline", (world) =>
    Effect.gen(function* () {
      const other = yield* opened(world)
      const { id, tab } = yield* vanished(world)
      assert.strictEqual(yield* deletes(other, id), "Confirmed")
      yield* tab.close
      const again = yield* world.open()
      yield* offline(world, again)
      assert.strictEqual(yield* deletes(again, id), "Confirmed")
    })
  )

  law("is done however long ago that was", (world) =>
    Effect.gen(function* () {
      const { id, tab } = yield* vanished(world)
      yield* world.passes("60 days")
      yield* world.store.prune(Number.POSITIVE_INFINITY, 0)
      yield* tab.close
      assert.strictEqual(yield* deletes(yield* world.open(), id), "Confirmed")
    })
  )

  law("waits with the first where nothing has been decided yet, and is done with it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      const { id } = yield* create(tab, "Acme")
      yield* tab.clients.delete(workspaceId, id)
      queued(yield* tab.clients.delete(workspaceId, id))
      yield* tab.outbox.resume
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      assert.deepStrictEqual(yield* world.sent, [])
    })
  )

  law("is no more than a delete: other changes find no client", (world) =>
    Effect.gen(function* () {
      const { id, tab } = yield* vanished(world)
      const { archive, get, restore, update } = tab.clients
      const changes: ReadonlyArray<Effect.Effect<unknown, { readonly _tag: string }>> = [
        update(workspaceId, id, { notes: "x" }),
        archive(workspaceId, id),
        restore(workspaceId, id),
        get(workspaceId, id)
      ]
      for (const change of changes) assert.strictEqual((yield* Effect.flip(change))._tag, "NotFound")
    })
  )
})

describe("a delete of what the user has discarded", () => {
  law("is done where it surely never left", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const made = yield* create(tab, "Acme")
      yield* tab.outbox.discard(queued(made))
      assert.strictEqual(yield* deletes(tab, made.id), "Confirmed")
      yield* tab.close
      assert.strictEqual(yield* deletes(yield* world.open(), made.id), "Confirmed")
    })
  )

  law("is not said to be done where Toggl may have it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      const made = yield* create(tab, "Acme")
      yield* tab.outbox.discard(queued(made))
      assert.strictEqual((yield* Effect.flip(tab.clients.delete(workspaceId, made.id)))._tag, "NotFound")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

law("a second delete of a client of Toggl's is done by its answer", (world) =>
  Effect.gen(function* () {
    const { acme, tab } = yield* withAcme(world)
    assert.deepStrictEqual([yield* deletes(tab, acme), yield* deletes(tab, acme)], ["Confirmed", "Confirmed"])
  })
)
