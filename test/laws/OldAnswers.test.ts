import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import {
  create,
  isCreate,
  isGet,
  isUpdate,
  limited,
  lostAndRenamed,
  opened,
  queued,
  readElsewhere,
  says
} from "../Requests.js"
import { law, workspaceId, type World } from "../World.js"
import * as Paused from "./Paused.js"

// Laws 1 and 3: an answer of another time is no answer, whoever has kept it: a worker, this device while it slept, or we.

/** The device has slept: time has passed for the wall clock and for Toggl, and not for the monotonic clock. */
const slept = (world: World) =>
  Effect.zipRight(world.putClock("8 hours", "Forward"), world.toggl.configure({ clockSkew: 8 * 3_600_000 }))

const withAcme = (world: World) =>
  Effect.map(world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "old" }), ({ id }) =>
    Client.ClientId.make(id)
  )

const notesOf = (world: World, id: Client.ClientId) =>
  Effect.map(world.toggl.clients(workspaceId), (clients) => clients.find((client) => client.id === id)?.notes)

describe("a worker that keeps what it reads anew from time to time", () => {
  law("hides no colleague's change (CheckFirst)", (world) =>
    Effect.gen(function* () {
      const acme = yield* withAcme(world)
      const tab = yield* opened(world, { conflicts: "CheckFirst" })
      yield* create(tab, "First")
      const workerReads = Effect.gen(function* () {
        yield* world.toggl.configure({ cachedReads: "never" })
        yield* world.toggl.configure({ cachedReads: "ignoringQuery" })
        yield* world.toggl.httpClient.execute(
          HttpClientRequest.get(`https://api.track.toggl.com/api/v9/workspaces/${workspaceId}/clients/${acme}`).pipe(
            HttpClientRequest.basicAuth(FakeToggl.defaultUser.apiToken, "api_token")
          )
        )
      })
      yield* workerReads
      yield* world.passes("1 hour")
      queued(yield* tab.clients.update(workspaceId, acme, { notes: "mine" }))
      yield* workerReads
      yield* tab.outbox.pause
      yield* world.passes("30 seconds")
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* world.passes("30 seconds")
      yield* tab.outbox.resume
      yield* world.passes("10 minutes")
      assert.strictEqual(yield* notesOf(world, acme), "theirs")
    })
  )
})

describe("a worker's list that the app reads", () => {
  law("is not what a change is built on that comes meanwhile", (world) =>
    Effect.gen(function* () {
      const acme = yield* withAcme(world)
      const tab = yield* world.open({ transformClient: HttpClient.tapRequest(() => Effect.sleep("100 millis")) })
      yield* Effect.forkScoped(Effect.zipRight(tab.clients.list(workspaceId), create(tab, "First")))
      yield* world.passes("1 second")
      yield* readElsewhere(world)
      yield* world.passes("1 hour")
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* Effect.forkScoped(Effect.exit(tab.clients.list(workspaceId, { freshness: "Toggl" })))
      yield* Effect.forkScoped(Effect.exit(tab.clients.update(workspaceId, acme, { name: "Mine" })))
      yield* world.passes("1 minute")
      yield* world.toggl.configure({ cachedReads: "never" })
      yield* world.passes("20 minutes")
      assert.deepStrictEqual((yield* Paused.clientsOf(world))[0], ["Mine", "theirs"])
    })
  )
})

describe("after the device has slept", () => {
  law("a worker's list from just before the question makes nobody send a create again", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "First")
      yield* slept(world)
      yield* readElsewhere(world)
      yield* world.passes("1 minute")
      yield* lostAndRenamed(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["First", "Zenith Inc"])
    })
  )

  for (const [conflicts, change] of [
    ["CheckFirst", { notes: "mine" }],
    ["LastWriteWins", { name: "Mine" }]
  ] as const) {
    law(`what was read before is not what a change is built on (${conflicts})`, (world) =>
      Effect.gen(function* () {
        const acme = yield* withAcme(world)
        const tab = yield* opened(world, { conflicts })
        yield* world.toggl.inject(limited("60"), { when: isUpdate })
        yield* Effect.forkScoped(Effect.exit(tab.clients.update(workspaceId, acme, change)))
        yield* world.passes("10 seconds")
        yield* slept(world)
        yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
        yield* world.passes("5 minutes")
        assert.strictEqual(yield* notesOf(world, acme), "theirs")
      })
    )
  }
})

describe("what was read of a client", () => {
  law("is not what a change is built on once a list has shown more, though that could not be stored", (world) =>
    Effect.gen(function* () {
      const acme = yield* withAcme(world)
      const tab = yield* opened(world, { conflicts: "CheckFirst" })
      const other = yield* world.open({ credentials: "none", conflicts: "CheckFirst" })
      yield* world.toggl.inject(Fault.proxyError({ status: 503 }), {
        when: (request) => isCreate(request) && says(request, "Poison"),
        times: "always"
      })
      yield* create(tab, "Poison")
      yield* create(tab, "Free")
      yield* world.passes("3 hours")
      yield* world.toggl.inject(limited("60"), { when: isUpdate })
      queued(yield* tab.clients.update(workspaceId, acme, { notes: "mine" }))
      yield* other.outbox.pause
      yield* world.passes("61 seconds")
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* tab.clients.view(workspaceId, { freshness: "Toggl" })
      // in another tab: nothing is tried again in this one that clears what it has read
      yield* other.outbox.resume
      yield* world.passes("10 minutes")
      assert.strictEqual(yield* notesOf(world, acme), "theirs")
    })
  )
})

describe("a name that Toggl has said is taken", () => {
  law("is asked for again where the list shows hours later that it is free", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const theirs = yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
      const fault = yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isGet, times: "always" })
      queued(yield* create(tab, "Zenith"))
      yield* world.passes("2 hours")
      yield* world.toggl.edit.deleteClient(workspaceId, theirs.id)
      yield* fault.takeBack
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.names, ["Zenith"])
    })
  )
})

describe("headers that have come twice", () => {
  law("an age that is 0, or cannot be read, is none", (world) =>
    Effect.gen(function* () {
      const transformClient = HttpClient.transformResponse(
        Effect.map(
          (response) =>
            new Proxy(response, {
              get: (target, key): unknown =>
                key === "headers" ? { ...target.headers, age: "0, 0" } : Reflect.get(target, key, target)
            })
        )
      )
      const tab = yield* opened(world, { transformClient })
      yield* world.toggl.inject(Fault.refuse, { when: isCreate })
      yield* create(tab, "Acme")
      yield* world.passes("1 day")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})
