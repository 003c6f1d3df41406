import { assert, describe } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Predicate from "effect/Predicate"
import { Clients, Connectivity, Credentials, OutboxStore, ReplayLock } from "../../src/index.js"
import { create, offline, withRefusal } from "../Requests.js"
import { ada, law, type Tab, type World, workspaceId } from "../World.js"

// Law 14, flat: the cost of accepting an entry does not grow with the queue, a refused one in it or not. Starting with
// thousands pending costs one read of the log.

const creates = (tab: Tab, prefix: string, count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => `${prefix} ${index}`),
    (name) => create(tab, name)
  )

describe("accepting a change", () => {
  law("costs one step of the store and no read, however many wait behind a refused one", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      yield* tab.outbox.pause
      for (const round of [1, 2]) {
        yield* creates(tab, `Round ${round}:`, 100)
        yield* world.rests
        yield* tab.clearOperations
        yield* create(tab, `After round ${round}`)
        // It depends on the refused one, and that is known at once.
        yield* tab.clients.update(workspaceId, taken.id, { notes: `held in round ${round}` })
        const { held, waiting } = yield* tab.outbox.status
        assert.deepStrictEqual([waiting, held], [2 + 102 * round, 2 + round])
        assert.deepStrictEqual(yield* tab.operations, ["accept", "accept"])
      }
    })
  )
})

/** Notes whenever somebody looks at what an entry asks for. */
const watch = (snapshot: unknown, seen: Set<unknown>): void => {
  if (!Predicate.hasProperty(snapshot, "entries") || !Array.isArray(snapshot.entries)) return
  for (const entry of snapshot.entries) {
    if (!Predicate.hasProperty(entry, "mutation")) continue
    const { mutation } = entry
    const get = () => {
      seen.add(mutation)
      return mutation
    }
    Object.defineProperty(entry, "mutation", { enumerable: true, get })
  }
}

/** An app over the world's store, and what it looks at of the log that it has read. */
const observed = (world: World) =>
  Effect.gen(function* () {
    const seen = new Set<unknown>()
    const store = yield* OutboxStore.fromMemory(world.memory)
    const observing: OutboxStore.OutboxStoreService = {
      ...store,
      transact: (name, mode, step) => Effect.tap(store.transact(name, mode, step), (result) => watch(result, seen))
    }
    const layer = Clients.layerPorts({ account: "anna" }).pipe(
      Layer.provide([
        world.toggl.layer,
        Credentials.layer(ada),
        Connectivity.layerAlwaysOnline,
        Layer.succeed(OutboxStore.OutboxStore, observing),
        Layer.effect(ReplayLock.ReplayLock, ReplayLock.makePrivate)
      ])
    )
    return { clients: Context.get(yield* Layer.build(layer), Clients.Clients), seen }
  })

describe("a change of a client by its local id", () => {
  law("looks at no more entries, however many wait", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.outbox.pause
      const looks: Array<number> = []
      for (const count of [10, 1_000]) {
        yield* creates(tab, `Round of ${count}:`, count)
        const newest = yield* create(tab, `Newest of ${count}`)
        const { clients, seen } = yield* observed(world)
        yield* clients.update(workspaceId, newest.id, { notes: "first" })
        assert.isAbove(seen.size, 0, "it looks at the log")
        seen.clear()
        yield* clients.update(workspaceId, newest.id, { notes: "second" })
        looks.push(seen.size)
      }
      const [few, many] = looks
      assert.strictEqual(many, few)
    })
  )
})

describe("starting", () => {
  law("costs the same steps of the store, and one read of the log, however many wait", (world) =>
    Effect.gen(function* () {
      const first = yield* world.open()
      yield* offline(world, first)
      yield* first.outbox.pause
      const starts: Array<ReadonlyArray<string>> = []
      let tab = first
      for (const count of [1, 200]) {
        yield* creates(tab, `Round of ${count}:`, count)
        yield* tab.close
        tab = yield* world.open({ online: false })
        yield* world.rests
        starts.push([...(yield* tab.operations)])
      }
      assert.strictEqual((yield* tab.outbox.status).waiting, 201)
      const [few, many] = starts
      assert.deepStrictEqual(many, few)
      assert.strictEqual(many?.filter((operation) => operation === "load").length, 1)
    })
  )
})
