import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Credentials } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { asked, create, full, isChange, isList, isMe, limited, opened, silentFor } from "../Requests.js"
import { law, workspaceId } from "../World.js"

// Law 9: never a request before the time that the server named, whatever happens to what has heard it.

describe("a time that Toggl names to a change", () => {
  law("holds where it could not be stored", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      let settles = 0
      yield* tab.setStorageFault((operation) => (operation === "settle" && settles++ === 0 ? full : undefined))
      yield* world.toggl.inject(limited("500"), { when: isChange })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.passes("1 second")
      yield* silentFor(world, "480 seconds", "2 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("holds where the user has signed out and in again meanwhile", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delayed(limited("500"), "5 seconds"), { when: isChange })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.passes("1 second")
      yield* tab.outbox.signOut
      yield* tab.outbox.resume
      yield* world.passes("5 seconds")
      yield* silentFor(world, "480 seconds", "2 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

describe("times that Toggl names at once", () => {
  for (const header of ["300, 300", "120, 300, soon"]) {
    law(`the longest counts: ${header}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(limited(header), { when: isChange })
        yield* create(tab, "Acme")
        yield* silentFor(world, "299 seconds", "1 minute")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }
})

describe("a time that Toggl names to a read", () => {
  law("holds where the sign-in that is tried meanwhile fails otherwise", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      yield* first.outbox.signOut
      yield* create(first, "Acme")
      yield* first.close
      yield* world.toggl.inject(Fault.delayed(Fault.proxyError({ status: 503 }), "10 seconds"), { when: isMe })
      yield* world.toggl.inject(limited("500"), { when: isMe })
      const tab = yield* world.open()
      yield* world.passes("1 second")
      const error = yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      assert.strictEqual(error._tag, "RateLimited")
      yield* silentFor(world, "480 seconds", "2 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

law("A time that Toggl names just before a marked change leaves holds", (world) =>
  Effect.gen(function* () {
    let isOther = false
    const other = Credentials.password(FakeToggl.defaultUser.email, FakeToggl.defaultUser.password)
    const tab = yield* opened(world, {
      source: (source) => ({
        ...source,
        get: Effect.suspend(() => (isOther ? Effect.succeedSome(other) : source.get))
      })
    })
    yield* world.toggl.inject(limited("500"), { when: isMe })
    const mark = yield* tab.holdResult("mark")
    yield* Effect.forkScoped(create(tab, "Acme"))
    yield* Effect.forkScoped(
      Effect.gen(function* () {
        yield* mark.isDone
        isOther = true
        yield* mark.release
      })
    )
    yield* world.passes("1 second")
    assert.deepStrictEqual(yield* world.probes, ["GET /api/v9/me"])
    yield* silentFor(world, "480 seconds", "2 minutes")
    assert.deepStrictEqual(yield* world.names, ["Acme"])
  })
)

const used = Fault.respond({
  status: 402,
  headers: { "x-toggl-quota-remaining": "0", "x-toggl-quota-resets-in": "500" },
  body: "You have hit your hourly limit for API calls."
})

for (const [fault, tag] of [
  [limited("500"), "RateLimited"],
  [used, "QuotaExceeded"]
] as const) {
  law(
    `A time that Toggl names while another request is on its way holds for what its 403 would have asked: ${tag}`,
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.delayed(Fault.respond({ status: 403 }), "10 seconds"), { when: isList })
        yield* world.toggl.inject(fault, { when: isChange })
        const list = yield* Effect.fork(Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" })))
        yield* world.passes("1 second")
        yield* Effect.forkScoped(create(tab, "Acme"))
        yield* world.passes("1 second")
        const before = yield* tab.outbox.status
        const asks = yield* asked(world)
        yield* world.passes("480 seconds")
        assert.strictEqual(yield* asked(world), asks)
        const error = yield* Fiber.join(list)
        assert.strictEqual(error._tag, tag)
        assert.deepStrictEqual((yield* tab.outbox.status).queue, before.queue)
        yield* world.passes("2 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
  )
}

law(
  "A time that Toggl names to a read while a change is on its way stays as it is when that change gets a 403",
  (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delayed(Fault.respond({ status: 403 }), "10 seconds"), { when: isChange })
      yield* world.toggl.inject(used, { when: isList })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.passes("1 second")
      yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.passes("11 seconds")
      const { queue } = yield* tab.outbox.status
      assert.strictEqual(queue._tag === "Waiting" && queue.for._tag, "Quota")
      yield* silentFor(world, "488 seconds", "2 seconds")
      yield* world.passes("2 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
)
