import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, full, isCreate, isList, isMe, offline, opened, waitsFor } from "../Requests.js"
import { ada, grace, law, type Tab, workspaceId, type World } from "../World.js"

// Law 8: nobody's store is bound before somebody is known, and one user's customers never reach another's copy.

const queue = (tab: Tab) =>
  Effect.map(tab.outbox.status, ({ queue }) => (queue._tag === "Paused" ? queue.reason : queue._tag))

const read = (tab: Tab) => Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))

const state = (world: World) => Effect.map(world.store.load, (snapshot) => snapshot.state)

describe("whose store it is", () => {
  law("is nobody's while nothing was accepted or stored: a change of user is no mismatch", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: grace })
      yield* world.toggl.inject(Fault.proxyError(), { when: isList, times: 1 })
      yield* read(tab)
      assert.isUndefined((yield* state(world)).userId)
      yield* tab.credentials.set(ada)
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "Confirmed")
      assert.strictEqual((yield* state(world)).userId, FakeToggl.defaultUser.id)
    })
  )

  law("is decided by the first change that is accepted with verified credentials", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* world.toggl.inject(Fault.proxyError(), { when: isList, times: 1 })
      yield* read(tab)
      yield* world.toggl.setDown(true)
      yield* create(tab, "Acme")
      const [entry] = (yield* world.store.load).entries
      assert.strictEqual(entry?.userId, FakeToggl.defaultUser.id)
      yield* tab.credentials.set(grace)
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      assert.strictEqual(yield* queue(tab), "WrongAccount")
      assert.deepStrictEqual(yield* world.names, [])
    })
  )

  law("is that of the first user who sends, for what was accepted before any was seen", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* world.toggl.setDown(true)
      yield* create(tab, "Acme")
      assert.isUndefined((yield* world.store.load).entries[0]?.userId)
      yield* tab.credentials.set(grace)
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(
        (yield* world.toggl.clients(workspaceId)).map(({ creatorId }) => creatorId),
        [FakeToggl.colleague.id]
      )
      assert.strictEqual((yield* state(world)).userId, FakeToggl.colleague.id)
    })
  )

  law("is not that of credentials which the app replaced while Toggl was asked whose they are", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: grace })
      yield* world.toggl.inject(Fault.hold(Effect.ignore(tab.credentials.set(ada))), {
        when: isMe,
        times: 1
      })
      yield* create(tab, "Acme")
      yield* world.passes("1 minute")
      assert.deepStrictEqual(
        (yield* world.toggl.clients(workspaceId)).map(({ creatorId }) => creatorId),
        [FakeToggl.defaultUser.id]
      )
      assert.strictEqual((yield* state(world)).userId, FakeToggl.defaultUser.id)
    })
  )

  law("is not that of credentials which the app replaced while a list was read: it is read anew", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: grace })
      yield* world.toggl.inject(Fault.hold(Effect.ignore(tab.credentials.set(ada))), {
        when: isList,
        times: 1
      })
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      const lists = (yield* world.toggl.requests).filter(isList).map(({ userId }) => userId)
      assert.deepStrictEqual(lists, [FakeToggl.colleague.id, FakeToggl.defaultUser.id])
      assert.strictEqual((yield* state(world)).userId, FakeToggl.defaultUser.id)
    })
  )

  law("is one user's where two tabs of two users begin: neither's clients reach the other's copy", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Ada's" })
      const mine = yield* world.open()
      const theirs = yield* world.open({ credentials: grace })
      const stores = mine.clients.list(workspaceId, { freshness: "Toggl" }).pipe(Effect.orDie, Effect.asVoid)
      yield* world.toggl.inject(Fault.hold(stores, { work: "first" }), {
        when: isList,
        times: 1
      })
      const error = yield* read(theirs)
      assert.strictEqual(error._tag === "Unauthorized" ? error.reason : error._tag, "WrongAccount")
      yield* world.rests
      assert.deepStrictEqual([yield* queue(mine), yield* queue(theirs)], ["Idle", "WrongAccount"])
      assert.strictEqual((yield* state(world)).userId, FakeToggl.defaultUser.id)
    })
  )

  law("is one user's where two tabs of two users send: the other sends nothing", (world) =>
    Effect.gen(function* () {
      const mine = yield* world.open()
      const theirs = yield* world.open({ credentials: grace })
      yield* world.toggl.inject(Fault.delay("1 second"), { when: isCreate })
      yield* Effect.forkScoped(create(mine, "Acme"))
      yield* Effect.forkScoped(create(theirs, "Beta"))
      yield* world.passes("5 minutes")
      const creators = (yield* world.toggl.clients(workspaceId)).map(({ creatorId }) => creatorId)
      assert.strictEqual(new Set(creators).size, 1)
      assert.strictEqual((yield* state(world)).userId, creators[0])
    })
  )
})

describe("a change that another user made in the same moment", () => {
  law("is not sent as the user whose the store is, and stands among the refused", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "Acme")
      yield* create(tab, "Beta")
      yield* world.changeRow(1, (row) => (Predicate.isRecord(row) ? { ...row, userId: FakeToggl.colleague.id } : row))
      yield* tab.kill
      const next = yield* world.open()
      yield* world.toggl.setDown(false)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Beta"])
      const [entry] = yield* next.outbox.entries
      assert.strictEqual(entry?.refused?._tag, "BadRequest")
      assert.match(entry?.refused?.message ?? "", /another user/)
    })
  )
})

describe("a change of user", () => {
  law("drops what is held in memory of the quotas and of clients", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.configure({ quotaPerHour: 30 })
      const tab = yield* world.open()
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      yield* tab.setStorageFault((operation) =>
        operation === "changeState" || operation === "storeList" ? full : undefined
      )
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      assert.isDefined(yield* tab.outbox.quota(workspaceId))
      yield* world.toggl.inject(Fault.proxyError(), { when: isList })
      yield* tab.credentials.set(grace)
      yield* read(tab)
      assert.isUndefined(yield* tab.outbox.quota(workspaceId))
    })
  )
})
