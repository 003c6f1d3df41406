import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { Client, ClientError, Clients, Credentials, Outbox } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, isCreate, isDelete, isList, names, offline, opened, withAcme } from "../Requests.js"
import { law, type Tab, type World, workspaceId } from "../World.js"

// Law 6: a read is Toggl's last known state plus the pending changes: nothing twice, nothing lost, nothing deleted coming
// back, no flicker around an acknowledgement.

/** Every view that a watcher of the workspace sees from now on, as names. */
const watched = (tab: Tab) =>
  Effect.gen(function* () {
    const seen = yield* Ref.make<ReadonlyArray<ReadonlyArray<string>>>([])
    yield* tab.clients.watch(workspaceId).pipe(
      Stream.runForEach((view) => Ref.update(seen, (before) => [...before, names(view.clients)])),
      Effect.forkScoped
    )
    return Ref.get(seen)
  })

describe("how fresh a read is", () => {
  law("is the caller's choice: local only, not older than a duration, or Toggl's", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Beta" })
      yield* world.passes("4 minutes")
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId)), ["Acme"])
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "Local" })), ["Acme"])
      assert.deepStrictEqual(yield* world.requests, [])
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "1 minute" })), ["Acme", "Beta"])
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      assert.deepStrictEqual(yield* world.requests, ["GET /clients", "GET /clients"])
    })
  )

  law("is told: where it comes from, and from when", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      const local = yield* tab.clients.view(workspaceId)
      yield* world.passes("10 minutes")
      const fetched = yield* tab.clients.view(workspaceId)
      assert.deepStrictEqual([local.source, fetched.source], ["Local", "Toggl"])
      assert.strictEqual((fetched.fetchedAt ?? 0) - (local.fetchedAt ?? 0), 600_000)
    })
  )

  law("of the copy outlasts a restart", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      yield* tab.close
      const next = yield* world.open()
      assert.deepStrictEqual(names(yield* next.clients.list(workspaceId)), ["Acme"])
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  law("costs one request, however many ask at once", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.delay("1 second"), { when: isList })
      const readers = yield* Effect.forEach([1, 2, 3, 4], () =>
        Effect.fork(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      )
      yield* world.passes("2 seconds")
      for (const reader of readers) assert.deepStrictEqual(names(yield* Fiber.join(reader)), ["Acme"])
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
    })
  )

  law("is not lost on the others where the one who asked is interrupted", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.delay("1 second"), { when: isList })
      const first = yield* Effect.fork(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.rests
      const second = yield* Effect.fork(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.rests
      yield* Fiber.interrupt(first)
      yield* world.passes("3 seconds")
      assert.deepStrictEqual(names(yield* Fiber.join(second)), ["Acme"])
    })
  )
})

describe("a read that Toggl does not answer well", () => {
  for (const [what, fault] of [
    ["a 403", Fault.refusal(403, null)],
    ["a garbled list", Fault.respond({ status: 200, body: "[{" })],
    ["a captive portal", Fault.captivePortal],
    ["a 500", Fault.refusal(500, null)]
  ] as const) {
    law(`${what} never empties the copy`, (world) =>
      Effect.gen(function* () {
        const { tab } = yield* withAcme(world)
        yield* world.passes("10 minutes")
        yield* world.toggl.inject(fault, { when: isList })
        assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId)), ["Acme"])
        assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "Local" })), ["Acme"])
      })
    )

    law(`${what} is an error where it must come from Toggl`, (world) =>
      Effect.gen(function* () {
        const { tab } = yield* withAcme(world)
        yield* world.toggl.inject(fault, { when: isList })
        const error = yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
        assert.include(["Forbidden", "UnexpectedAnswer", "ServerError"], error._tag)
      })
    )
  }

  law("offline with nothing known is NoLocalCopy, not an empty list", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* offline(world, tab)
      const error = yield* Effect.flip(tab.clients.list(workspaceId))
      assert.strictEqual(error._tag, "NoLocalCopy")
      const local = yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Local" }))
      assert.strictEqual(local._tag, "NoLocalCopy")
      const one = yield* Effect.flip(tab.clients.get(workspaceId, Client.ClientId.make(5)))
      assert.strictEqual(one._tag, "NoLocalCopy")
    })
  )

  law("an empty workspace is an empty list, also offline", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      assert.deepStrictEqual(yield* tab.clients.list(workspaceId, { freshness: 0 }), [])
    })
  )
})

describe("what was written", () => {
  law("is read at once, offline too, under every filter", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* offline(world, tab)
      yield* create(tab, "Beta")
      yield* tab.clients.archive(workspaceId, acme)
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId)), ["Beta"])
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { status: "archived" })), ["Acme"])
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { status: "both", name: "ET" })), ["Beta"])
    })
  )

  law("and deleted does not come back with a list that was asked for before", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.delay("5 seconds", { work: "first" }), { when: isList })
      const reader = yield* Effect.fork(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.rests
      yield* tab.clients.delete(workspaceId, acme)
      yield* world.passes("10 seconds")
      assert.deepStrictEqual(names(yield* Fiber.join(reader)), [])
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "Local" })), [])
    })
  )

  law("and deleted stays away while its answer is lost", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.refuse, { when: isDelete })
      yield* tab.clients.delete(workspaceId, acme)
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "Toggl" })), [])
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "Toggl" })), [])
    })
  )

  law("and created is never shown twice nor missing around its acknowledgement", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      const other = yield* opened(world)
      const seen = [yield* watched(tab), yield* watched(other)]
      yield* world.toggl.inject(Fault.delay("2 seconds", { work: "first" }), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "Beta"))
      yield* world.rests
      // Toggl has it already, and its answer is still on the way.
      for (const each of [tab, other]) {
        assert.deepStrictEqual(names(yield* each.clients.list(workspaceId, { freshness: "Toggl" })), ["Acme", "Beta"])
      }
      yield* world.passes("5 seconds")
      for (const views of seen) {
        const all = yield* views
        assert.isTrue(
          all.every((view) => new Set(view).size === view.length),
          "nothing twice"
        )
        const since = all.findIndex((view) => view.includes("Beta"))
        assert.isTrue(
          all.slice(since).every((view) => view.includes("Beta")),
          "no flicker"
        )
      }
    })
  )

  law("and created keeps its key and what follows it in a list that holds it before its answer comes", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("2 seconds", { work: "first" }), { when: isCreate })
      for (const name of ["Acme", "Beta"]) yield* Effect.forkScoped(create(tab, name))
      yield* world.rests
      const [acme, beta] = yield* tab.clients.list(workspaceId, { freshness: "Local" })
      const [asked] = yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      assert.deepStrictEqual([asked?.key, asked?.pending], [acme?.key, true])
      if (acme === undefined || beta === undefined) assert.fail("not shown")
      yield* Effect.forkScoped(tab.clients.update(workspaceId, acme.id, { notes: "net 30" }))
      yield* Effect.forkScoped(tab.clients.delete(workspaceId, beta.id))
      yield* world.rests
      const list = yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      assert.deepStrictEqual(
        list.map((client) => [client.key, client.name, client.notes]),
        [[acme.key, "Acme", "net 30"]]
      )
      yield* Effect.forkScoped(tab.clients.delete(workspaceId, acme.id))
      yield* world.rests
      assert.deepStrictEqual(yield* tab.clients.list(workspaceId, { freshness: "Toggl" }), [])
    })
  )

  law("and refused takes back only its own effect", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* offline(world, tab)
      yield* tab.clients.update(workspaceId, acme, { notes: "net 60" })
      yield* create(tab, "Beta")
      yield* world.toggl.inject(Fault.refusal(422, "no"), { when: isCreate })
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      const list = yield* tab.clients.list(workspaceId, { freshness: "Local" })
      assert.deepStrictEqual(
        list.map((client) => [client.name, client.notes]),
        [["Acme", "net 60"]]
      )
    })
  )

  law("keeps its key from the first moment on", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "Acme")
      const [before] = yield* tab.clients.list(workspaceId)
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      const [after] = yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      assert.strictEqual(after?.key, before?.key)
      assert.notStrictEqual(after?.id, before?.id)
    })
  )
})

describe("get", () => {
  law("finds a client that a colleague has just made", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      const beta = yield* world.toggl.edit.createClient(workspaceId, { name: "Beta" })
      const found = yield* tab.clients.get(workspaceId, Client.ClientId.make(beta.id))
      assert.strictEqual(found.name, "Beta")
      assert.deepStrictEqual(yield* world.requests, [`GET /clients/${beta.id}`])
    })
  )

  law("of what a colleague has deleted is NotFound, and it leaves the list", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.edit.deleteClient(workspaceId, acme)
      const error = yield* Effect.flip(tab.clients.get(workspaceId, acme, { freshness: "Toggl" }))
      assert.strictEqual(error._tag, "NotFound")
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "Local" })), [])
    })
  )

  law("of what was deleted here asks nobody", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* offline(world, tab)
      yield* tab.clients.delete(workspaceId, acme)
      yield* world.clearRequests
      assert.strictEqual((yield* Effect.flip(tab.clients.get(workspaceId, acme)))._tag, "NotFound")
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )
})

describe("watch", () => {
  law("sees changes of this tab, of others, and of refreshes, and asks for nothing", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      const other = yield* opened(world)
      const views = yield* watched(tab)
      yield* world.rests
      yield* create(tab, "Beta")
      yield* world.rests
      yield* create(other, "Gamma")
      yield* world.rests
      yield* world.toggl.edit.createClient(workspaceId, { name: "Delta" })
      assert.isFalse((yield* world.requests).some((request) => request === "GET /clients"))
      yield* other.clients.list(workspaceId, { freshness: "Toggl" })
      yield* world.rests
      const all = (yield* views).map((view) => view.join())
      for (const view of ["Acme", "Acme,Beta", "Acme,Beta,Gamma", "Acme,Beta,Delta,Gamma"]) assert.include(all, view)
    })
  )
})

const breaks = (tab: Tab, ...broken: ReadonlyArray<string>) =>
  tab.setStorageFault((operation) =>
    broken.includes(operation) ? new ClientError.StorageError({ reason: "Failed", detail: "broken" }) : undefined
  )

/** A tab that watches and can read no more, where another one has made a client. */
const watchedInVain = (world: World) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    const other = yield* opened(world)
    yield* offline(world, tab, other)
    const seen = yield* watched(tab)
    yield* world.rests
    yield* breaks(tab, "load", "copy")
    yield* create(other, "Acme")
    return { tab, seen }
  })

/** As an app would be put together. */
const app = Clients.layerMemory({ account: "anna" }).pipe(
  Layer.provide(Credentials.layer(Credentials.token(Redacted.make(FakeToggl.defaultUser.apiToken)))),
  Layer.provideMerge(FakeToggl.layer())
)

describe("who watches where others do already", () => {
  law("is shown the user's own change at once, while the others' view waits for the store", (world) =>
    Effect.gen(function* () {
      const { seen, tab } = yield* watchedInVain(world)
      yield* world.passes("2 minutes")
      yield* tab.setStorageFault(undefined)
      yield* create(tab, "Beta")
      const first = yield* Stream.runHead(tab.clients.watch(workspaceId))
      assert.deepStrictEqual(Option.getOrThrow(Option.map(first, ({ clients }) => names(clients))), ["Acme", "Beta"])
      assert.deepStrictEqual((yield* seen).at(-1), ["Acme", "Beta"])
    })
  )

  law("keeps what a read has shown where the store fails again", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withAcme(world)
      const other = yield* opened(world)
      yield* tab.kill
      const next = yield* world.open()
      yield* breaks(next, "copy")
      const seen = yield* watched(next)
      yield* world.rests
      yield* next.setStorageFault(undefined)
      yield* next.clients.view(workspaceId, { freshness: "Local" })
      yield* world.rests
      assert.deepStrictEqual((yield* seen).at(-1), ["Acme"])
      yield* breaks(next, "copy")
      yield* create(other, "Beta")
      yield* world.rests
      assert.include((yield* seen).at(-1) ?? [], "Acme")
    })
  )
})

describe("who has watched all the time", () => {
  law("is shown a change as soon as the store can be read again, however long it could not", (world) =>
    Effect.gen(function* () {
      const { seen, tab } = yield* watchedInVain(world)
      yield* world.passes("10 minutes")
      yield* tab.setStorageFault(undefined)
      yield* create(tab, "Beta")
      yield* world.passes("1 second")
      assert.deepStrictEqual((yield* seen).at(-1), ["Acme", "Beta"])
    })
  )

  law("reads no more often for changes that come while the store cannot be read", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const seen = yield* watched(tab)
      yield* world.rests
      yield* breaks(tab, "load", "copy")
      const other = yield* opened(world)
      yield* create(other, "Acme")
      yield* world.passes("10 minutes")
      const readsIn10Minutes = (each: Effect.Effect<unknown, unknown>) =>
        Effect.gen(function* () {
          yield* tab.clearOperations
          for (let minute = 0; minute < 10; minute++) {
            yield* each
            yield* world.passes("1 minute")
          }
          return (yield* tab.operations).filter((operation) => operation === "load" || operation === "copy").length
        })
      const quiet = yield* readsIn10Minutes(Effect.void)
      const busy = yield* readsIn10Minutes(create(other, "Another"))
      assert.deepStrictEqual(yield* seen, [[]], "what was shown stays")
      assert.isAtMost(busy, quiet + 5 * 10)
    })
  )
})

describe("a page that its browser has kept aside", () => {
  law("shows what other tabs did meanwhile as soon as it is seen again, though no word of it came", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { isDeaf: true })
      const other = yield* opened(world)
      const seen = yield* watched(tab)
      yield* world.rests
      yield* create(other, "Acme")
      yield* world.rests
      assert.deepStrictEqual((yield* seen).at(-1), [])
      yield* tab.wakeUp
      yield* world.rests
      assert.deepStrictEqual((yield* seen).at(-1), ["Acme"])
      yield* offline(world, other)
      yield* create(other, "Beta")
      yield* tab.wakeUp
      yield* world.rests
      assert.deepStrictEqual((yield* seen).at(-1), ["Acme", "Beta"])
    })
  )

  law("reads nothing but how far the others have come where they have not come farther", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { isDeaf: true })
      yield* create(tab, "Acme")
      const seen = yield* watched(tab)
      yield* world.rests
      yield* tab.clearOperations
      yield* tab.wakeUp
      yield* world.rests
      assert.deepStrictEqual(yield* tab.operations, ["standing"])
      assert.deepStrictEqual(yield* seen, [["Acme"]])
    })
  )
})

describe("an app in memory", () => {
  it.effect("confirms a create with Toggl's answer", () =>
    Effect.gen(function* () {
      const receipt = yield* Clients.create(workspaceId, { name: " Acme " })
      assert.strictEqual(receipt._tag, "Confirmed")
      if (receipt._tag === "Confirmed") assert.strictEqual(receipt.value.name, "Acme")
      const list = yield* Clients.list(workspaceId)
      assert.deepStrictEqual(
        list.map((client) => [client.id, client.name, client.pending]),
        [[receipt.id, "Acme", false]]
      )
    }).pipe(Effect.provide(app))
  )

  it.effect("queues while Toggl is down, and replays in order", () =>
    Effect.gen(function* () {
      const toggl = yield* FakeToggl.FakeToggl
      yield* Clients.create(workspaceId, { name: "First" })
      yield* toggl.setDown(true)
      const acme = yield* Clients.create(workspaceId, { name: "Acme" })
      assert.strictEqual(acme._tag, "Queued")
      const renamed = yield* Clients.update(workspaceId, acme.id, { name: "Acme Inc", notes: "net 30" })
      assert.strictEqual(renamed._tag, "Queued")
      const list = yield* Clients.list(workspaceId)
      assert.deepStrictEqual(
        list.map((client) => [client.name, client.notes, client.pending]),
        [
          ["Acme Inc", "net 30", true],
          ["First", "", false]
        ]
      )
      yield* toggl.setDown(false)
      const drained = yield* Effect.fork(Outbox.awaitDrained)
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(drained)
      const clients = yield* toggl.clients(workspaceId)
      assert.deepStrictEqual(
        clients.map((client) => client.name),
        ["First", "Acme Inc"]
      )
    }).pipe(Effect.provide(app))
  )
})
