import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Fault } from "../../src/testing/index.js"
import { asked, create, isCreate, isList, limited, opened, silentFor } from "../Requests.js"
import { law, workspaceId, type World } from "../World.js"

// Law 9, within the budget: a time that the server named is kept as when it was seen and how long it is, so that a clock
// that is set ends no wait early, and starts the length again at most once.

describe("a clock that is set", () => {
  const waiting = (world: World) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("600"), { when: isCreate })
      yield* create(tab, "Acme")
      yield* world.passes("5 minutes")
      return tab
    })

  law("forward while the app runs ends no wait early, for a change or for a read", (world) =>
    Effect.gen(function* () {
      const tab = yield* waiting(world)
      yield* world.putClock("1 day", "Forward")
      yield* tab.outbox.replayNow
      yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* silentFor(world, "299 seconds")
    })
  )

  law("back while the app runs makes no wait longer", (world) =>
    Effect.gen(function* () {
      const tab = yield* waiting(world)
      yield* world.putClock("1 day", "Back")
      yield* tab.outbox.replayNow
      yield* silentFor(world, "299 seconds")
    })
  )

  law("back before a restart starts the length again once, and never again", (world) =>
    Effect.gen(function* () {
      const tab = yield* waiting(world)
      yield* tab.close
      yield* world.putClock("1 day", "Back")
      const second = yield* world.open()
      yield* world.passes("5 minutes")
      yield* second.close
      yield* world.putClock("1 day", "Back")
      const before = yield* asked(world)
      yield* world.open()
      yield* world.passes("10 minutes")
      assert.isAbove(yield* asked(world), before)
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("back by a day holds nothing for a day", (world) =>
    Effect.gen(function* () {
      const tab = yield* waiting(world)
      yield* tab.close
      yield* world.putClock("1 day", "Back")
      yield* world.open()
      yield* silentFor(world, "599 seconds", "2 seconds")
    })
  )
})

describe("a time that the server named, and a clock that is set", () => {
  law("back while it waits: a later such time is kept all the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("60"), { when: isCreate, times: 20 })
      yield* create(tab, "Acme")
      yield* world.passes("30 seconds")
      yield* world.putClock("1 hour", "Back")
      yield* world.clearRequests
      yield* world.passes("31 seconds")
      assert.strictEqual((yield* world.sent).length, 1)
      yield* world.passes("58 seconds")
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )

  law("back while it waits: a later such time that a read hears is kept all the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("60"), { when: isList })
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.passes("30 seconds")
      yield* world.putClock("1 hour", "Back")
      yield* world.passes("31 seconds")
      yield* world.toggl.inject(limited("60"), { when: isList })
      yield* world.clearRequests
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* create(tab, "Acme")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
    })
  )

  law("forward while a request is on its way: the time that a read heard meanwhile is kept", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("10 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.rests
      yield* world.toggl.inject(limited("3600"), { when: isList })
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.putClock("2 hours", "Forward")
      yield* world.passes("11 seconds")
      yield* world.clearRequests
      yield* Effect.forkScoped(create(tab, "Beta"))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.requests, [])
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )
})
