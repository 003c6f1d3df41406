import { assert, describe } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import {
  create,
  isCreate,
  isGet,
  isList,
  limited,
  lostAndRenamed,
  opened,
  queued,
  readElsewhere,
  silentFor,
  standing
} from "../Requests.js"
import { law, workspaceId } from "../World.js"

// Laws 3 and 4: what may be a cache's is asked for twice, and no proxy, and no limit, makes that go on for ever.

describe("behind a bare proxy", () => {
  law(
    "a create of a name that a colleague has taken is refused, after a list at the most twice",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
        yield* Effect.forkScoped(Effect.exit(create(tab, "Zenith")))
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(tab), [])
        assert.isAtMost((yield* world.requests).length, 3)
      }),
    { toggl: FakeToggl.bareProxy }
  )

  law(
    "a rename to it is refused (CheckFirst)",
    (world) =>
      Effect.gen(function* () {
        const made = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
        const tab = yield* opened(world, { conflicts: "CheckFirst" })
        yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
        const acme = Client.ClientId.make(made.id)
        yield* Effect.forkScoped(Effect.exit(tab.clients.update(workspaceId, acme, { name: "Zenith" })))
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(tab), [])
        assert.isAtMost((yield* world.requests).length, 4)
      }),
    { toggl: FakeToggl.bareProxy }
  )
})

law(
  "A create in doubt is sent, where an answer had a Date once and none has any more",
  (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.configure({ dateHeader: "hidden" })
      yield* world.toggl.inject(Fault.refuse, { when: isCreate })
      yield* create(tab, "Acme")
      yield* Effect.forkScoped(create(tab, "Behind"))
      yield* world.passes("6 hours")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual((yield* world.names).toSorted(), ["Acme", "Behind"])
    }),
  { toggl: { ...FakeToggl.bareProxy, dateHeader: "own" } }
)

for (const dateHeader of ["own", "hidden"] as const)
  law(
    `A create in doubt is sent, where Toggl lets one request through at a time (Date: ${dateHeader})`,
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.refuse, { when: isCreate })
        yield* create(tab, "Acme")
        yield* Effect.forkScoped(create(tab, "Behind"))
        yield* world.toggl.configure({ rateLimit: { capacity: 1, perSecond: 0.1, retryAfter: "seconds" } })
        yield* world.passes("10 minutes")
        assert.deepStrictEqual(yield* standing(tab), [])
        assert.deepStrictEqual(yield* world.names, ["Acme", "Behind"])
      }),
    { toggl: { dateHeader } }
  )

law("A create of a taken name is refused, where Toggl lets one request through at a time", (world) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
    yield* world.toggl.configure({ rateLimit: { capacity: 1, perSecond: 0.1, retryAfter: "seconds" } })
    yield* Effect.forkScoped(Effect.exit(create(tab, "Zenith")))
    yield* world.passes("10 minutes")
    assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
  })
)

// A much older one is no sign either that it is the earlier date which was wrong.
for (const earlier of ["1 minute", "1 hour"] as const) {
  law(`A cache's list is not believed because one of ${earlier} before was not, for what the user gave up`, (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "First")
      yield* readElsewhere(world)
      yield* world.passes(earlier)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      const given = queued(yield* create(tab, "Acme"))
      yield* world.passes("26 seconds")
      yield* tab.outbox.discard(given)
      // What the cache had kept is forgotten.
      yield* world.toggl.configure({ cachedReads: "never" })
      yield* readElsewhere(world)
      yield* world.passes("2 minutes")
      yield* lostAndRenamed(world, tab)
      yield* world.passes("2 minutes")
      assert.deepStrictEqual(yield* world.names, ["First", "Acme", "Zenith Inc"])
    })
  )
}

law("A gateway's page in place of a list does not make a cache's list good", (world) =>
  Effect.gen(function* () {
    yield* world.toggl.configure({ cachedReads: "ignoringQuery" })
    const before = yield* world.open()
    yield* before.clients.list(workspaceId)
    yield* world.toggl.inject(Fault.refuse, { when: isCreate })
    const lost = queued(yield* create(before, "Lost"))
    yield* before.kill
    yield* world.passes("1 hour")
    yield* world.clearRequests
    const tab = yield* world.open()
    yield* Effect.forkScoped(
      Effect.gen(function* () {
        yield* world.toggl.awaitRequest(isList)
        yield* world.toggl.configure({ cachedReads: "never" })
        const date = new Date(yield* Clock.currentTimeMillis).toUTCString()
        yield* world.toggl.inject(Fault.proxyError({ status: 503, headers: { date } }), { when: isList })
      })
    )
    yield* world.passes("26110 millis")
    yield* tab.outbox.discard(lost)
    yield* readElsewhere(world)
    yield* world.passes("2 minutes")
    yield* lostAndRenamed(world, tab)
    yield* world.passes("5 minutes")
    assert.deepStrictEqual(yield* world.names, ["Zenith Inc"])
  })
)

law("A time that Toggl names to the app's own read meanwhile holds for the second list", (world) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* world.toggl.inject(Fault.refuse, { when: isCreate })
    yield* create(tab, "Acme")
    yield* world.clearRequests
    yield* Effect.forkScoped(
      Effect.gen(function* () {
        yield* world.toggl.awaitRequest(isList)
        yield* Effect.sleep("500 millis")
        yield* world.toggl.inject(limited("300"), { when: isGet })
        yield* Effect.exit(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      })
    )
    yield* world.passes("60 seconds")
    // The look-up's first, and the app's own.
    assert.deepStrictEqual(yield* world.requests, ["GET /clients", "GET /clients"])
    yield* silentFor(world, "200 seconds", "2 minutes")
    assert.deepStrictEqual(yield* world.names, ["Acme"])
  })
)
