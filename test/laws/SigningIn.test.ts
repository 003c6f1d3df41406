import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Credentials } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, isUpdate, opened, waitsFor, withAcme } from "../Requests.js"
import { ada, grace, law, type Tab, workspaceId, type World } from "../World.js"

// Law 8: a refusal belongs to the tab that holds the credentials.

const queue = (tab: Tab) =>
  Effect.map(tab.outbox.status, ({ queue }) => (queue._tag === "Paused" ? queue.reason : queue._tag))

const renewed = Credentials.token("f".repeat(32))
const wrong = Credentials.token("0".repeat(32))
const wrongPassword = Credentials.password("ada@example.com", "wrong")

/** The account's user has a new token, and the old one is good for nothing. */
const revoke = (world: World) =>
  world.toggl.configure({ users: [{ ...FakeToggl.defaultUser, apiToken: "f".repeat(32) }, FakeToggl.colleague] })

/** Grows by each request of any kind. */
const count = (world: World) => Effect.map(world.toggl.requests, (requests) => requests.length)

const read = (tab: Tab) => Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))

const state = (world: World) => Effect.map(world.store.load, (snapshot) => snapshot.state)

describe("credentials that Toggl refuses", () => {
  law("stop their own tab, and no tab that has others", (world) =>
    Effect.gen(function* () {
      const old = yield* opened(world)
      const other = yield* opened(world)
      yield* revoke(world)
      yield* other.credentials.set(renewed)
      assert.strictEqual(waitsFor(yield* create(other, "Acme")), "Confirmed")
      yield* read(old)
      assert.strictEqual(yield* queue(old), "SignInNeeded")
      yield* create(old, "Beta")
      yield* create(other, "Carol")
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta", "Carol"])
      assert.isUndefined((yield* state(world)).paused)
    })
  )

  law("end the turn of a run, which another tab goes on with", (world) =>
    Effect.gen(function* () {
      const old = yield* opened(world)
      yield* revoke(world)
      assert.strictEqual(waitsFor(yield* create(old, "Acme")), "SignInNeeded")
      yield* world.open({ credentials: "none" })
      yield* world.passes("50 seconds")
      assert.deepStrictEqual(yield* world.names, [])
      const other = yield* world.open({ credentials: "none" })
      yield* world.rests
      yield* other.credentials.set(renewed)
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.isUndefined((yield* state(world)).signIn)
    })
  )

  law("are not asked with again by reads, which say why", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: wrong })
      for (let i = 0; i < 10; i++) {
        const error = yield* read(tab)
        assert.strictEqual(error._tag === "Unauthorized" ? error.reason : error._tag, "Refused")
      }
      assert.strictEqual(yield* count(world), 1)
      assert.strictEqual(yield* queue(tab), "SignInNeeded")
    })
  )

  law("are tried at most twice by fifty starts in a minute", (world) =>
    Effect.gen(function* () {
      for (let i = 0; i < 50; i++) {
        const tab = yield* world.open({ credentials: wrong })
        yield* read(tab)
        yield* Effect.forkScoped(create(tab, `Client ${i}`))
        yield* world.passes("1200 millis")
        yield* tab.kill
      }
      assert.isAtMost((yield* world.probes).length, 2)
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  law("are tried later and later, at most each ten minutes, and by one tab of many", (world) =>
    Effect.gen(function* () {
      const tabs = [yield* world.open({ credentials: wrong }), yield* world.open({ credentials: wrong })]
      for (const tab of tabs) yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.rests
      const tries: Array<number> = []
      for (let minute = 0; minute < 60; minute++) {
        const before = yield* count(world)
        yield* world.passes("1 minute")
        if ((yield* count(world)) > before) tries.push(minute + 1)
        assert.isAtMost((yield* count(world)) - before, 1)
      }
      assert.deepStrictEqual(tries, [1, 3, 7, 15, 25, 35, 45, 55])
    })
  )

  law("wait with one timer, and good ones go at the next try", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: wrong })
      yield* create(tab, "Acme")
      yield* tab.close
      // the clock keeps what was given up until its time
      yield* world.passes("6 seconds")
      const before = yield* world.timers
      const again = yield* world.open()
      yield* Effect.forkScoped(create(again, "Beta"))
      yield* world.passes("11 seconds")
      assert.strictEqual(yield* queue(again), "SignInNeeded")
      assert.strictEqual(yield* world.timers, before + 1)
      yield* world.passes("44 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
      assert.isUndefined((yield* state(world)).signIn)
      assert.strictEqual(yield* queue(again), "Idle")
    })
  )

  law("give way at once to those that the app sets", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: wrong })
      yield* create(tab, "Acme")
      yield* tab.credentials.set(ada)
      yield* world.rests
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("leave nothing of themselves in the store but a time", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: wrongPassword })
      yield* read(tab)
      const { signIn } = yield* state(world)
      assert.deepStrictEqual(Object.keys(signIn ?? {}).sort(), ["length", "seenAt"])
    })
  )

  law("with a password are never tried by a start, nor by time, until the user types it", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: wrongPassword })
      yield* create(tab, "Acme")
      yield* world.passes("1 day")
      yield* tab.close
      const again = yield* world.open({ credentials: wrongPassword })
      yield* Effect.forkScoped(read(again))
      yield* world.passes("1 day")
      assert.strictEqual(yield* count(world), 1)
      yield* again.credentials.set(wrongPassword)
      yield* world.rests
      assert.strictEqual(yield* count(world), 2)
    })
  )
})

describe("an account that was signed out", () => {
  law("is back where the app starts anew with good credentials", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.signOut
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "SignInNeeded")
      yield* tab.close
      const again = yield* world.open()
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.strictEqual(yield* queue(again), "Idle")
    })
  )

  law("is back by a read of such a start too", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.signOut
      yield* tab.close
      const again = yield* world.open()
      yield* again.clients.list(workspaceId, { freshness: "Toggl" })
      assert.isUndefined((yield* state(world)).paused)
    })
  )

  law("is not signed in by a tab that was running with the old ones", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* tab.outbox.signOut
      yield* Effect.forkScoped(create(other, "Acme"))
      yield* other.wakeUp
      yield* other.outbox.replayNow
      yield* Effect.ignore(other.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.passes("1 day")
      assert.deepStrictEqual(yield* world.requests, [])
      assert.strictEqual((yield* state(world)).paused, "SignInNeeded")
    })
  )

  law("stays so where the start's credentials are refused, another user's, or missing", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.signOut
      yield* create(tab, "Acme")
      yield* tab.close
      for (const credentials of [wrong, grace, "none"] as const) {
        const again = yield* world.open({ credentials })
        yield* world.passes("1 minute")
        assert.strictEqual(yield* queue(again), "SignInNeeded")
        yield* again.close
      }
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  law("waits for Toggl by the backoff where it cannot be asked", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.signOut
      yield* create(tab, "Acme")
      yield* tab.close
      yield* world.toggl.setDown(true)
      yield* world.clearRequests
      yield* world.open()
      yield* world.passes("1 hour")
      assert.isBelow(yield* count(world), 60)
      yield* world.toggl.setDown(false)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("by the user's own pause is back by the user alone", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      yield* create(tab, "Acme")
      yield* tab.close
      const again = yield* world.open()
      yield* world.passes("1 day")
      assert.strictEqual(yield* queue(again), "ByUser")
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )
})

describe("a pause that the user makes", () => {
  law("while nobody is signed in outlasts the sign-in, until the user resumes", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.signOut
      yield* tab.credentials.set(undefined)
      yield* tab.outbox.pause
      yield* create(tab, "Acme")
      assert.strictEqual(yield* queue(tab), "SignInNeeded")
      yield* tab.credentials.set(ada)
      yield* world.passes("10 minutes")
      assert.strictEqual(yield* queue(tab), "ByUser")
      assert.deepStrictEqual(yield* world.names, [])
      yield* tab.outbox.resume
      yield* world.rests
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("outlasts signing out and in again", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      yield* create(tab, "Acme")
      yield* tab.outbox.signOut
      yield* tab.credentials.set(undefined)
      yield* tab.credentials.set(ada)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.names, [])
    })
  )

  law("outlasts signing out and a start that is signed in", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      yield* create(tab, "Acme")
      yield* tab.outbox.signOut
      yield* tab.close
      const again = yield* world.open()
      yield* world.passes("10 minutes")
      assert.strictEqual(yield* queue(again), "ByUser")
      assert.deepStrictEqual(yield* world.names, [])
    })
  )
})

describe("credentials that are good for `/me`, and for no change", () => {
  law("are tried later and later, at most each ten minutes, until a change is taken", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.refusal(401, null), { when: isUpdate, times: "always" })
      yield* Effect.forkScoped(tab.clients.update(workspaceId, acme, { notes: "new" }))
      yield* world.passes("1 hour")
      const before = yield* count(world)
      yield* world.passes("2 hours")
      assert.isAtMost((yield* count(world)) - before, 40)
      yield* world.toggl.clearFaults
      yield* tab.credentials.set(ada)
      yield* world.rests
      assert.deepStrictEqual((yield* world.toggl.clients(workspaceId))[0]?.notes, "new")
    })
  )
})
