import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { type ClientSnapshot, fromRuntime, type Store } from "../../src/doors/promise.js"
import { Client } from "../../src/index.js"
import { isList, lostAndChanged, offline, online, opened, standing } from "../Requests.js"
import { law } from "../World.js"
import { over, resolved, within, workspaceId } from "./Plain.js"

// Many clients that are each followed by a store of their own, as rows of a list are: they share one watch.

const nameOf = ({ client, _tag }: ClientSnapshot) => client?.name ?? _tag

/** Listens, and keeps the names that it is told. */
const listen = ({ subscribe }: Store<ClientSnapshot>) => {
  const told: Array<string> = []
  const stop = subscribe((snapshot) => told.push(nameOf(snapshot)))
  return { told, stop }
}

const names = Array.from({ length: 20 }, (_, at) => `Client ${String.fromCharCode(65 + at)}`)

describe("clients that are followed together", () => {
  law("are told of their own changes alone", (world) =>
    Effect.gen(function* () {
      for (const name of names) yield* world.toggl.edit.createClient(workspaceId, { name })
      const { toggl } = yield* over(yield* opened(world))
      const clients = yield* world.toggl.clients(workspaceId)
      const rows = clients.map(({ id }) => listen(toggl.client(workspaceId, id)))
      yield* world.passes("1 second")
      assert.deepStrictEqual(
        rows.map(({ told }) => told),
        names.map((name) => ["Loading", name])
      )
      resolved(yield* within(world, "1 second", toggl.update(workspaceId, clients[7]?.id ?? 0, { name: "Acme" })))
      yield* world.passes("1 second")
      rows.forEach(({ told }, at) => assert.strictEqual(told.includes("Acme"), at === 7))
      assert.deepStrictEqual(
        rows.filter(({ told }) => told.length > 2).map(({ told }) => new Set(told.slice(2))),
        [new Set(["Acme"])]
      )
    })
  )

  law("all show the same state when the first of them is told", (world) =>
    Effect.gen(function* () {
      for (const name of names) yield* world.toggl.edit.createClient(workspaceId, { name })
      const { toggl } = yield* over(yield* opened(world))
      const clients = yield* world.toggl.clients(workspaceId)
      const stores = clients.map(({ id }) => toggl.client(workspaceId, id))
      const seen: Array<ReadonlyArray<string>> = []
      for (const store of stores) store.subscribe(() => seen.push(stores.map((store) => nameOf(store.getSnapshot()))))
      yield* world.passes("1 second")
      for (const shown of seen)
        assert.isTrue(new Set([names.join(), names.map(() => "Loading").join()]).has(shown.join()))
      assert.deepStrictEqual(seen.at(-1), names)
    })
  )

  law("begin with what the others show, and not with nothing", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Bluebird" })
      const tab = yield* opened(world)
      const { toggl } = yield* over(tab)
      const [bluebird] = yield* world.toggl.clients(workspaceId)
      const first = listen(toggl.client(workspaceId, bluebird?.id ?? 0))
      yield* world.passes("1 second")
      yield* offline(world, tab)
      const { id } = resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
      const local = listen(toggl.client(workspaceId, id))
      assert.deepStrictEqual(local.told, ["Acme"])
      yield* online(world, tab)
      yield* world.passes("10 minutes")
      // a row is asked for by Toggl's id from then on
      const acme = (yield* world.toggl.clients(workspaceId)).find(({ name }) => name === "Acme")
      const store = toggl.client(workspaceId, acme?.id ?? 0)
      assert.strictEqual(store.getSnapshot(), store.getSnapshot())
      assert.deepStrictEqual(listen(store).told, ["Acme"])
      assert.deepStrictEqual(
        [first, local].map(({ told }) => told.at(-1)),
        ["Bluebird", "Acme"]
      )
    })
  )

  law("have Toggl asked by each who comes when the copy has grown old, and once by those who come together", (world) =>
    Effect.gen(function* () {
      for (const name of names) yield* world.toggl.edit.createClient(workspaceId, { name })
      const { toggl } = yield* over(yield* opened(world))
      const [first, ...others] = yield* world.toggl.clients(workspaceId)
      listen(toggl.client(workspaceId, first?.id ?? 0))
      yield* world.passes("1 hour")
      const lists = Effect.map(world.toggl.requests, (requests) => requests.filter(isList).length)
      const before = yield* lists
      for (const { id } of others) listen(toggl.client(workspaceId, id))
      yield* world.passes("1 second")
      assert.strictEqual(yield* lists, before + 1)
      for (const { id } of others) listen(toggl.client(workspaceId, id))
      yield* world.passes("1 second")
      assert.strictEqual(yield* lists, before + 1)
    })
  )

  law("leave nothing when the last has gone", (world) =>
    Effect.gen(function* () {
      for (const name of names) yield* world.toggl.edit.createClient(workspaceId, { name })
      const tab = yield* opened(world)
      const { toggl } = yield* over(tab)
      const clients = yield* world.toggl.clients(workspaceId)
      yield* world.rests
      const timers = yield* world.timers
      const stores = clients.map(({ id }) => toggl.client(workspaceId, id))
      const rows = stores.map(listen)
      yield* world.passes("1 hour")
      for (const { stop } of rows) stop()
      yield* world.passes("1 second")
      yield* world.clearRequests
      yield* tab.wakeUp
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* world.requests, [])
      assert.isAtMost(yield* world.timers, timers)
      for (const store of stores) assert.strictEqual(store.getSnapshot(), store.getServerSnapshot())
    })
  )

  law("go on being shown where a change of the user's turns out to be theirs", (world) =>
    Effect.gen(function* () {
      const { entry, tab } = yield* lostAndChanged(world, { notes: "theirs" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      const [made] = yield* world.toggl.clients(workspaceId)
      const id = Client.ClientId.make(made?.id ?? 0)
      const { toggl } = yield* over(tab)
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      const store = toggl.client(workspaceId, id)
      store.subscribe(() => undefined)
      yield* world.passes("1 second")
      const before = store.getSnapshot().client
      yield* tab.outbox.adopt(entry, id)
      yield* world.passes("10 seconds")
      const after = store.getSnapshot().client
      assert.deepStrictEqual([before?.id, after?.id], [id, id])
      // its row is another one from then on: that of the change
      assert.notStrictEqual(before?.key, after?.key)
    })
  )
})

describe("who listens", () => {
  law("and goes while others are told hears no more", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const { toggl } = yield* over(tab)
      const store = toggl.clients(workspaceId)
      let stop = () => {}
      store.subscribe(({ clients }) => {
        if (clients.length > 0) stop()
      })
      const told: Array<number> = []
      stop = store.subscribe(({ clients }) => told.push(clients.length))
      yield* world.passes("1 second")
      resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
      yield* world.passes("1 second")
      assert.notInclude(told, 1)
      assert.strictEqual(store.getSnapshot().clients.length, 1)
    })
  )

  it.live("to what has no services finds the reason in the log", () =>
    Effect.gen(function* () {
      const logged: Array<string> = []
      const { error } = globalThis.console
      const { log } = globalThis.console
      const hear = (...line: ReadonlyArray<unknown>) => logged.push(line.map(String).join(" "))
      globalThis.console.log = hear
      globalThis.console.error = hear
      const toggl = fromRuntime(ManagedRuntime.make(Layer.empty))
      toggl.clients(workspaceId).subscribe(() => undefined)
      toggl.status().subscribe(() => undefined)
      yield* Effect.sleep("50 millis")
      Object.assign(globalThis.console, { error, log })
      yield* Effect.promise(() => toggl.close())
      assert.lengthOf(
        logged.filter((line) => line.includes("Nothing more is shown. runtime: set it to")),
        2,
        logged.join("; ")
      )
    })
  )
})
