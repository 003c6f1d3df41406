import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isBadRequest, type Store, type TogglClients } from "../../src/doors/promise.js"
import { Fault } from "../../src/testing/index.js"
import { isList, offline, online, opened } from "../Requests.js"
import { law } from "../World.js"
import { over, resolved, turns, within, workspaceId } from "./Plain.js"

// Stores: what is shown now and at each change, to whoever listens, as React, Svelte and Solid ask for it.

/** Listens, and keeps all that it is told. */
const listen = <Snapshot>({ subscribe }: Store<Snapshot>) => {
  const told: Array<Snapshot> = []
  const stop = subscribe((snapshot) => told.push(snapshot))
  return { told, stop, last: () => told.at(-1) }
}

const namesOf = (snapshot: { readonly clients: ReadonlyArray<{ readonly name: string }> } | undefined) =>
  snapshot?.clients.map(({ name }) => name)

const microtasks = Effect.promise(() => turns(5))

describe("a store", () => {
  law("tells at once, and at each change, until it is stopped", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      const { stop, told } = listen(toggl.clients(workspaceId))
      assert.deepStrictEqual(
        told.map(({ _tag }) => _tag),
        ["Loading"]
      )
      yield* world.passes("1 second")
      resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
      assert.deepStrictEqual(told.map(namesOf).at(-1), ["Acme"])
      assert.strictEqual(told.at(-1), toggl.clients(workspaceId).getSnapshot())
      const before = told.length
      stop()
      stop()
      resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Bluebird" })))
      assert.strictEqual(told.length, before)
    })
  )

  law("is the same for equal options while anybody listens, and is dropped with its last listener", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      const before = yield* world.timers
      const kinds: ReadonlyArray<(toggl: TogglClients) => Store<{ readonly _tag: string }>> = [
        ({ clients }) => clients(workspaceId, { status: "both", name: undefined, freshness: "5 minutes" }),
        ({ clients }) => clients(workspaceId),
        ({ client }) => client(workspaceId, 7, {}),
        ({ entries }) => entries(),
        ({ status }) => status()
      ]
      assert.strictEqual(new Set(kinds.map((kind) => kind(toggl))).size, kinds.length)
      for (const kind of kinds) {
        const store = kind(toggl)
        const first = listen(store)
        assert.strictEqual(kind(toggl), store)
        const second = listen(kind(toggl))
        yield* world.passes("1 second")
        assert.notStrictEqual(store.getSnapshot()._tag, "Loading")
        first.stop()
        // as React's StrictMode does it
        second.stop()
        const third = listen(store)
        assert.notStrictEqual(third.told[0]?._tag, "Loading")
        assert.strictEqual(kind(toggl), store)
        third.stop()
        yield* microtasks
        assert.strictEqual(store.getSnapshot(), store.getServerSnapshot())
        assert.notStrictEqual(kind(toggl), store)
        // and whoever still holds it may listen again
        const fourth = listen(store)
        yield* world.passes("1 second")
        assert.notStrictEqual(fourth.last()?._tag, "Loading")
        fourth.stop()
        yield* microtasks
      }
      yield* world.rests
      assert.isAtMost(yield* world.timers, before)
    })
  )

  law("gives the same snapshot until something changes, and one to all servers", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      const store = toggl.clients(workspaceId)
      const { told } = listen(store)
      yield* world.passes("1 second")
      const shown = store.getSnapshot()
      yield* world.passes("1 hour")
      assert.strictEqual(store.getSnapshot(), shown)
      assert.strictEqual(new Set(told).size, told.length, "nothing is told twice")
      assert.isTrue(Object.isFrozen(shown))
      assert.strictEqual(store.getServerSnapshot(), toggl.clients(1).getServerSnapshot())
    })
  )

  law("goes on telling the others where a listener throws", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      const store = toggl.status()
      let isAngry = false
      store.subscribe(() => {
        if (isAngry) throw new Error("no")
      })
      const other = listen(store)
      yield* world.passes("1 second")
      isAngry = true
      resolved(yield* within(world, "1 second", toggl.pause()))
      yield* world.passes("1 second")
      assert.strictEqual(other.last()?.status?.queue._tag, "Paused")
    })
  )

  law("keeps its last snapshot once all is closed", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
      const store = toggl.clients(workspaceId)
      const { stop } = listen(store)
      yield* world.passes("1 second")
      yield* Effect.promise(() => toggl.close())
      stop()
      yield* microtasks
      assert.deepStrictEqual(namesOf(store.getSnapshot()), ["Acme"])
      assert.deepStrictEqual(listen(store).told.map(namesOf), [["Acme"]])
    })
  )
})

describe("the clients", () => {
  law("tell that they load, are refreshed, and that a refresh failed, which takes nothing away", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* world.open()
      const { toggl } = yield* over(tab)
      const { last, told } = listen(toggl.clients(workspaceId, { freshness: "5 minutes" }))
      yield* world.passes("1 second")
      assert.deepStrictEqual([...new Set(told.map(({ _tag }) => _tag))], ["Loading", "Ready"])
      assert.deepStrictEqual(namesOf(last()), ["Acme"])
      yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isList, times: "always" })
      yield* world.passes("1 hour")
      const before = told.length
      yield* tab.wakeUp
      yield* world.passes("1 second")
      const refreshes = told.slice(before).map((shown) => (shown._tag === "Ready" ? shown.refresh._tag : shown._tag))
      assert.deepStrictEqual(refreshes, ["Running", "Failed"])
      assert.deepStrictEqual(namesOf(last()), ["Acme"])
    })
  )

  law("are not there where nothing is on this device, and say why where Toggl was asked", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* offline(world, tab)
      const { toggl } = yield* over(tab)
      const local = listen(toggl.clients(workspaceId, { freshness: "Local" }))
      yield* world.passes("1 second")
      assert.deepStrictEqual(local.last(), { _tag: "NotThere", clients: [], error: undefined })
      const fresh = listen(toggl.clients(workspaceId))
      yield* world.passes("1 minute")
      const shown = fresh.last()
      assert.strictEqual(shown?._tag === "NotThere" ? shown.error?._tag : shown?._tag, "Unreachable")
    })
  )

  law("of what is no workspace, or with what is no filter, are not there, and say so", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      for (const store of [toggl.clients(1.5), toggl.clients(workspaceId, { freshness: -1 })]) {
        const { last } = listen(store)
        yield* world.passes("1 second")
        const shown = last()
        assert.isTrue(shown?._tag === "NotThere" && isBadRequest(shown.error))
      }
    })
  )
})

describe("one client", () => {
  law("is followed from its local id to Toggl's, by either id, until it is deleted", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const { toggl } = yield* over(tab)
      yield* offline(world, tab)
      const { id } = resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
      const early = listen(toggl.client(workspaceId, id))
      yield* world.passes("1 second")
      assert.strictEqual(early.last()?.client?.id, id)
      const key = early.last()?.client?.key
      yield* online(world, tab)
      yield* world.passes("10 minutes")
      // one who comes when no list shows the local id any more
      const late = listen(toggl.client(workspaceId, id, { freshness: "Local" }))
      yield* world.passes("1 second")
      const togglId = early.last()?.client?.id ?? 0
      assert.isAbove(togglId, 0)
      const byTogglId = listen(toggl.client(workspaceId, togglId))
      yield* world.passes("1 second")
      for (const { last } of [early, late, byTogglId]) {
        assert.deepInclude(last(), { _tag: "Ready" })
        assert.deepStrictEqual([last()?.client?.key, last()?.client?.pending], [key, false])
      }
      resolved(yield* within(world, "1 second", toggl.delete(workspaceId, id)))
      yield* world.passes("1 second")
      for (const { last } of [early, late, byTogglId]) assert.strictEqual(last()?._tag, "NotThere")
      assert.notInclude(late.told.map(({ _tag }) => _tag).slice(0, -1), "NotThere")
    })
  )

  law("that nobody knows is not there", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      for (const id of [7, -7, 0, 1.5]) {
        const { last } = listen(toggl.client(workspaceId, id))
        yield* world.passes("1 second")
        assert.strictEqual(last()?._tag, "NotThere", String(id))
      }
    })
  )
})

describe("the entries and the status", () => {
  law("tell what waits, and for what", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const { toggl } = yield* over(tab)
      const entries = listen(toggl.entries())
      const status = listen(toggl.status())
      yield* offline(world, tab)
      resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
      assert.deepStrictEqual(
        entries.last()?.entries.map(({ reason }) => reason?._tag),
        ["Offline"]
      )
      assert.strictEqual(status.last()?.status?.waiting, 1)
      yield* online(world, tab)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(entries.last()?.entries, [])
      assert.strictEqual(status.last()?.status?.queue._tag, "Idle")
    })
  )
})
