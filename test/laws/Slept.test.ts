import { assert, describe } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { ClientError } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { create, full, isChange, isList, isMe, limited, opened, page, silentFor } from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// Law 9: while a device sleeps its monotonic clock stands still. Where a named time has passed by the wall clock one GET asks,
// and Toggl's `Date` decides: a wall clock that was set forward looks the same.

const httpDate = (ahead: Duration.DurationInput = 0) =>
  Effect.map(Clock.currentTimeMillis, (now) => new Date(now + Duration.toMillis(ahead)).toUTCString())

type Names = (retryAfter: string, headers: Readonly<Record<string, string>>) => Fault.Fault

/** A change waits for fifty minutes, and one of them has passed. */
const held = (world: World, tab: Tab, names: Names = limited) =>
  Effect.gen(function* () {
    yield* world.toggl.inject(names("3000", { date: yield* httpDate() }), { when: isChange })
    yield* create(tab, "Acme")
    yield* world.passes("1 minute")
    yield* world.clearRequests
  })

const all = (world: World) =>
  Effect.map(Effect.zip(world.probes, world.requests), ([probes, requests]) => [...probes, ...requests])

const quotaUsed: Names = (retryAfter, headers) =>
  Fault.refusal(402, "You have hit your hourly limit for API calls.", {
    headers: { ...headers, "x-toggl-quota-remaining": "0", "x-toggl-quota-resets-in": retryAfter }
  })

describe("a device that has slept for longer than the named time", () => {
  for (const [what, names] of [
    ["429", limited],
    ["402", quotaUsed],
    ["a page's 429", (retryAfter, headers) => page(429, retryAfter, headers)]
  ] satisfies ReadonlyArray<readonly [string, Names]>) {
    law(`asks Toggl once, and goes on: ${what}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* held(world, tab, names)
        yield* world.sleeps("8 hours")
        yield* world.passes("61 seconds")
        assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me", "POST /clients Acme"])
      })
    )
  }

  law("asks as soon as there are credentials again, and spends nothing while there are none", (world) =>
    Effect.gen(function* () {
      let cannotTell = false
      const tab = yield* opened(world, {
        source: (source) => ({
          ...source,
          get: Effect.suspend(() => (cannotTell ? Effect.fail(new ClientError.CredentialsUnavailable({})) : source.get))
        })
      })
      yield* held(world, tab)
      cannotTell = true
      yield* world.sleeps("8 hours")
      yield* world.passes("3 minutes")
      assert.deepStrictEqual(yield* all(world), [])
      cannotTell = false
      yield* world.passes("61 seconds")
      assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me", "POST /clients Acme"])
    })
  )

  law("does so at once where something wakes it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* held(world, tab)
      yield* world.sleeps("8 hours")
      yield* tab.wakeUp
      yield* world.rests
      assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me", "POST /clients Acme"])
    })
  )

  law("asks once for all its tabs", (world) =>
    Effect.gen(function* () {
      const other = yield* opened(world)
      const tab = yield* opened(world)
      yield* held(world, tab)
      yield* world.sleeps("8 hours")
      yield* tab.wakeUp
      yield* other.wakeUp
      yield* world.passes("2 minutes")
      assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me", "POST /clients Acme"])
    })
  )

  law("lets a read through, though there is nothing to send", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const list = tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* world.toggl.inject(limited("3000", { date: yield* httpDate() }), { when: isList })
      yield* Effect.flip(list)
      yield* world.sleeps("8 hours")
      yield* world.clearRequests
      yield* Effect.all([list, list], { concurrency: "unbounded" })
      assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me", "GET /clients"])
    })
  )

  law("waits for what Toggl names anew", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* held(world, tab)
      yield* world.sleeps("8 hours")
      yield* world.toggl.inject(limited("100", { date: yield* httpDate() }), { when: isMe })
      yield* tab.wakeUp
      yield* world.rests
      assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me"])
      yield* silentFor(world, "99 seconds", "2 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

describe("a device that has slept for less than the named time", () => {
  law("asks nothing before that has passed, and then does not wait the sleep over again", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* held(world, tab)
      yield* world.sleeps("20 minutes")
      yield* tab.wakeUp
      yield* world.passes("28 minutes")
      assert.deepStrictEqual(yield* all(world), [])
      yield* world.passes("3 minutes")
      assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me", "POST /clients Acme"])
    })
  )
})

describe("a wall clock that was set forward", () => {
  law("costs one GET, and ends nothing", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* held(world, tab)
      yield* world.putClock("8 hours", "Forward")
      for (let times = 1; times <= 10; times++) {
        yield* tab.wakeUp
        yield* tab.outbox.replayNow
        yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
        yield* world.passes("4 minutes")
      }
      assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me"])
      yield* silentFor(world, "538 seconds", "5 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("costs another GET where it is set again", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* held(world, tab)
      for (let times = 1; times <= 3; times++) {
        yield* world.putClock("8 hours", "Forward")
        yield* world.passes("5 minutes")
        assert.strictEqual((yield* all(world)).length, times)
      }
    })
  )

  law("while Toggl's time has gone on for a part of it: what is left by that is waited for", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* held(world, tab)
      yield* world.sleeps("30 minutes")
      yield* world.putClock("8 hours", "Forward")
      yield* tab.wakeUp
      yield* world.rests
      assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me"])
      yield* silentFor(world, "19 minutes", "5 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  for (const [what, dateHeader] of [
    ["hidden", "hidden"],
    ["of an hour before", { behind: "9 hours" }]
  ] as const) {
    law(`and a date that is ${what}: the whole time is waited for`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* held(world, tab)
        yield* world.toggl.configure({ dateHeader })
        yield* world.sleeps("8 hours")
        yield* tab.wakeUp
        yield* world.rests
        assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me"])
        yield* silentFor(world, "2938 seconds", "5 seconds")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }

  law("and a page in place of Toggl's answer, with any date: the whole time is waited for", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* held(world, tab)
      yield* world.putClock("8 hours", "Forward")
      const date = yield* httpDate("1 day")
      yield* world.toggl.inject(Fault.proxyError({ status: 502, headers: { date } }), { when: isMe })
      yield* tab.wakeUp
      yield* world.rests
      yield* silentFor(world, "2938 seconds", "5 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("and a store that has no room: Toggl is asked once", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* held(world, tab)
      yield* tab.setStorageFault((operation) => (operation === "changeState" ? full : undefined))
      yield* world.putClock("8 hours", "Forward")
      for (let times = 1; times <= 5; times++) {
        yield* tab.wakeUp
        yield* world.passes("3 minutes")
      }
      assert.deepStrictEqual(yield* all(world), ["GET /api/v9/me"])
    })
  )
})
