import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import {
  asked,
  create,
  full,
  isCreate,
  isList,
  isMe,
  limited,
  noRoom,
  offline,
  online,
  opened,
  silentFor,
  waitsFor,
  withAcme
} from "../Requests.js"
import { law, workspaceId, type World } from "../World.js"

// Law 9, within the budget: never a request before the time that the server named, across restarts and tabs. Waiting costs
// an entry no attempt, and backing off grows with full jitter up to a cap.

describe("429", () => {
  law("with Retry-After in seconds: not before them", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("90"), { when: isCreate })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "RateLimited")
      yield* silentFor(world, "89 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      // It was surely not done, so there is nothing to look up.
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme", "POST /clients Acme"])
    })
  )

  for (const clockSkew of [-3_600_000, 0, 7_200_000]) {
    law(`with Retry-After as a date of a clock that is ${clockSkew / 60_000} minutes ahead: not before it`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.configure({ clockSkew })
        yield* world.passes("1 minute")
        yield* world.toggl.configure({ rateLimit: { capacity: 1, perSecond: 1 / 90, retryAfter: "date" } })
        yield* create(tab, "First")
        assert.strictEqual(waitsFor(yield* create(tab, "Second")), "RateLimited")
        yield* silentFor(world, "89 seconds", "3 seconds")
        assert.deepStrictEqual(yield* world.names, ["First", "Second"])
      })
    )
  }

  for (const [what, retryAfter] of [
    ["garbled", "in a little while"],
    ["negative", "-5"],
    ["missing", undefined]
  ] as const) {
    law(`with a Retry-After that is ${what}: not for a minute`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(limited(retryAfter), { when: isCreate })
        assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "RateLimited")
        yield* tab.outbox.replayNow
        yield* silentFor(world, "59 seconds", "3 seconds")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }

  for (const conflicts of ["CheckFirst", "LastWriteWins", "Blind"] as const) {
    law(
      `where only one request a second is let through, changes that need more are sent all the same (${conflicts})`,
      (world) =>
        Effect.gen(function* () {
          const { acme, tab: first } = yield* withAcme(world)
          yield* first.close
          const tab = yield* world.open({ conflicts })
          yield* offline(world, tab)
          for (const name of ["Acme A", "Acme B"]) yield* tab.clients.update(workspaceId, acme, { name })
          yield* create(tab, "Beta")
          yield* world.toggl.configure({ rateLimit: { capacity: 1, perSecond: 1, retryAfter: "seconds" } })
          const before = yield* asked(world)
          yield* online(world, tab)
          yield* world.passes("5 minutes")
          assert.sameMembers([...(yield* world.names)], ["Acme B", "Beta"])
          assert.isBelow((yield* asked(world)) - before, 30)
        })
    )
  }
})

describe("Toggl's own 503 with Retry-After", () => {
  law("is kept as any time that the server names", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.refusal(503, null, { headers: { "retry-after": "600" } }), { when: isCreate })
      yield* create(tab, "Acme")
      yield* tab.wakeUp
      yield* tab.outbox.replayNow
      yield* silentFor(world, "599 seconds")
    })
  )
})

describe("a time that the server named", () => {
  const waiting = (world: World) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("600"), { when: isCreate })
      yield* create(tab, "Acme")
      return tab
    })

  law("is overridden by nothing", (world) =>
    Effect.gen(function* () {
      const tab = yield* waiting(world)
      const before = yield* asked(world)
      for (let minute = 1; minute < 10; minute++) {
        yield* tab.wakeUp
        yield* tab.outbox.replayNow
        yield* tab.outbox.resume
        yield* tab.setOnline(minute % 2 === 0)
        assert.strictEqual(waitsFor(yield* create(tab, `New ${minute}`)), "RateLimited")
        yield* world.passes("1 minute")
      }
      assert.strictEqual(yield* asked(world), before)
      yield* world.passes("61 seconds")
      assert.strictEqual((yield* world.names).length, 10)
    })
  )

  law("holds in every tab", (world) =>
    Effect.gen(function* () {
      const other = yield* world.open()
      yield* waiting(world)
      const before = yield* asked(world)
      assert.strictEqual(waitsFor(yield* create(other, "Beta")), "RateLimited")
      yield* other.outbox.replayNow
      yield* world.passes("599 seconds")
      assert.strictEqual(yield* asked(world), before)
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )

  law("holds over restarts", (world) =>
    Effect.gen(function* () {
      const tab = yield* waiting(world)
      yield* world.passes("4 minutes")
      yield* tab.close
      yield* world.open()
      yield* silentFor(world, "359 seconds")
      yield* world.rests
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("binds reads too", (world) =>
    Effect.gen(function* () {
      const tab = yield* waiting(world)
      const before = yield* asked(world)
      const error = yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      assert.strictEqual(error._tag, "RateLimited")
      yield* tab.outbox.pause
      yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      const list = yield* tab.clients.list(workspaceId, { freshness: 0 })
      assert.deepStrictEqual(
        list.map((client) => client.name),
        ["Acme"]
      )
      assert.strictEqual(yield* asked(world), before)
    })
  )

  law("to a read binds the replay", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("600"), { when: isList })
      yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "RateLimited")
      yield* silentFor(world, "599 seconds")
    })
  )

  law("to the question whose credentials these are binds all", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* world.toggl.inject(limited("600"), { when: isMe })
      yield* Effect.flip(tab.clients.list(workspaceId))
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "RateLimited")
      yield* silentFor(world, "599 seconds")
    })
  )

  law("to a read is not forgotten when a change on the wire meanwhile succeeds", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      yield* Effect.fork(create(tab, "Acme"))
      yield* world.rests
      yield* world.toggl.inject(limited("600"), { when: isList })
      yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.passes("10 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.strictEqual(waitsFor(yield* create(tab, "Beta")), "RateLimited")
      yield* silentFor(world, "589 seconds")
    })
  )

  law("to a read is not shortened when a change on the wire meanwhile fails", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delayed(Fault.refuse, "5 seconds"), { when: isCreate })
      yield* Effect.fork(create(tab, "Acme"))
      yield* world.rests
      yield* world.toggl.inject(limited("600"), { when: isList })
      yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.passes("10 seconds")
      yield* tab.wakeUp
      yield* silentFor(world, "589 seconds")
    })
  )

  law(
    "to a read is not given up for a longer wait that anything may cut short",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open({ backoff: { base: "1 hour", cap: "1 hour" } })
        yield* tab.clients.list(workspaceId)
        yield* world.toggl.inject(Fault.delayed(Fault.refuse, "5 seconds"), { when: isCreate })
        yield* Effect.forkScoped(create(tab, "Acme"))
        yield* world.rests
        yield* world.toggl.inject(limited("600"), { when: isList })
        yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
        yield* world.passes("10 seconds")
        yield* tab.wakeUp
        yield* silentFor(world, "589 seconds")
      }),
    { random: Random.fixed([0.999]) }
  )

  law("to a change that could not be stored is remembered all the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.setStorageFault(noRoom)
      yield* world.toggl.inject(limited("600"), { when: isCreate })
      const first = yield* Effect.flip(create(tab, "Acme"))
      assert.deepStrictEqual(first._tag === "NotSaved" ? first.attempt?._tag : first._tag, "RateLimited")
      const before = yield* asked(world)
      const second = yield* Effect.flip(create(tab, "Beta"))
      assert.deepStrictEqual(second._tag === "NotSaved" ? second.attempt?._tag : second._tag, "RateLimited")
      yield* tab.setStorageFault(undefined)
      yield* Effect.forkScoped(create(tab, "Gamma"))
      yield* world.passes("590 seconds")
      assert.strictEqual(yield* asked(world), before)
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Gamma"])
    })
  )
})

describe("a time that was named to a list of the replay's own", () => {
  for (const [what, fails] of [
    ["is kept over a restart", false],
    ["is kept over a restart also where the first step that would keep it fails", true]
  ] as const) {
    law(what, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world)
        yield* world.toggl.inject(limited("10"), { when: isList })
        yield* Effect.forkScoped(tab.clients.update(workspaceId, acme, { notes: "mine" }))
        yield* world.passes("1 second")
        yield* world.toggl.inject(limited("600"), { when: isList })
        if (fails) {
          let left = 1
          yield* tab.setStorageFault((operation) => (operation === "changeState" && left-- > 0 ? full : undefined))
        }
        yield* world.passes("12 seconds")
        assert.deepStrictEqual(yield* world.requests, ["GET /clients", "GET /clients"])
        yield* tab.kill
        yield* world.clearRequests
        yield* world.open()
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.requests, [])
        yield* world.passes("10 minutes")
        assert.deepStrictEqual(yield* world.sent, [`PUT /clients/${acme} Acme`])
      })
    )
  }
})

describe("backing off", () => {
  law(
    "grows with full jitter up to the cap",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.setDown(true)
        yield* create(tab, "Acme")
        yield* world.passes("1 hour")
        const times = (yield* world.toggl.requests).map((request) => request.receivedAt)
        const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
        // With chance always at its most, each gap is the whole of `base * 2^n`, after the look-up's own wait.
        assert.deepStrictEqual(gaps.slice(5, 10), [32_000, 64_000, 128_000, 256_000, 300_000])
        assert.isTrue(gaps.every((gap) => gap <= 300_000))
      }),
    { random: Random.fixed([1]) }
  )

  law(
    "ends when the device says that it is online, or the user asks",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* offline(world, tab)
        yield* create(tab, "Acme")
        yield* world.passes("1 hour")
        for (const wake of [tab.wakeUp, tab.outbox.replayNow]) {
          yield* world.rests
          const before = yield* asked(world)
          yield* wake
          yield* world.rests
          assert.strictEqual(yield* asked(world), before + 1)
        }
        yield* world.toggl.setDown(false)
        yield* tab.wakeUp
        yield* world.rests
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      }),
    { random: Random.fixed([0.999]) }
  )

  law("costs an entry no attempt while it is offline, signed out or waits", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.configure({ users: [FakeToggl.colleague] })
      yield* create(tab, "Acme")
      yield* tab.setOnline(false)
      yield* world.passes("1 hour")
      const [entry] = yield* tab.outbox.entries
      assert.deepStrictEqual([entry?.state, entry?.reason?._tag], ["Waiting", "SignInNeeded"])
    })
  )
})
