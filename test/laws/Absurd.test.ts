import { assert, describe } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { Credentials } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import {
  create,
  isChange,
  isCreate,
  isList,
  limited,
  noRoom,
  opened,
  page,
  queued,
  silentFor,
  withRefusal
} from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// Law 9: what is absurd is no time. Toggl's 429 and 402 are believed for at most an hour, a page without Toggl's request id
// for at most ten minutes; the latter is ended by the user, or by a change of network.

const years = "999999999"
const in9999 = "Fri, 31 Dec 9999 23:59:59 GMT"
const in1970 = "Thu, 01 Jan 1970 00:00:00 GMT"
const tomorrow = "Tue, 06 Jan 2026 09:00:00 GMT"

const waiting = (tab: Tab) =>
  Effect.map(tab.outbox.status, ({ queue }) => (queue._tag === "Waiting" ? queue.for._tag : queue._tag))

const quotaUsed = (headers: Readonly<Record<string, string>>) =>
  Fault.refusal(402, "You have hit your hourly limit for API calls.", {
    headers: { "x-toggl-quota-remaining": "0", ...headers }
  })

describe("Toggl's own time that is absurd holds for an hour", () => {
  for (const [what, fault] of [
    ["a 429 of many years", limited(years)],
    ["a 429 until the year 9999", limited(in9999)],
    ["a 429 of two years, then of ten seconds", limited("63072000, 10")],
    ["a 429 until tomorrow, answered in 1970", limited(tomorrow, { date: in1970 })],
    ["a 402 of many years", quotaUsed({ "x-toggl-quota-resets-in": years })],
    ["a 402 whose text names many years", Fault.refusal(402, "Your quota will reset in 999999999 seconds.")],
    ["a 402 until the year 9999", quotaUsed({ "retry-after": in9999 })],
    ["a 503 of many years", Fault.refusal(503, null, { headers: { "retry-after": years } })]
  ] as const) {
    law(what, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(fault, { when: isCreate })
        yield* create(tab, "Acme")
        yield* tab.outbox.replayNow
        yield* tab.wakeUp
        yield* silentFor(world, "3598 seconds", "2 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }

  law("for a read too, and its error names no longer time", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited(years), { when: isList })
      const list = tab.clients.list(workspaceId, { freshness: "Toggl" })
      const error = yield* Effect.flip(list)
      assert.deepInclude(error, { _tag: "RateLimited", retryAfter: 3_600_000 })
      assert.include(error.message, "in 3600 seconds")
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* list, [])
    })
  )
})

describe("a page's time that is absurd holds for ten minutes", () => {
  for (const [what, fault, options] of [
    ["a 503 of many years", page(503, years), {}],
    ["a 429 of many years", page(429, years), {}],
    ["a 503 until the year 9999", page(503, in9999), {}],
    ["a 503 until tomorrow, answered in 1970", page(503, tomorrow, { date: in1970 }), {}],
    ["a 503 of half an hour", page(503, "1800"), {}],
    ["a 402 that names the quota", page(402, years, { "x-toggl-quota-remaining": "0" }), {}],
    ["Toggl's own 429 where its id is hidden", limited(years), { hiddenHeaders: ["x-toggl-request-id"] }]
  ] as const) {
    law(
      what,
      (world) =>
        Effect.gen(function* () {
          const tab = yield* opened(world)
          yield* world.toggl.inject(fault, { when: isCreate })
          yield* create(tab, "Acme")
          yield* silentFor(world, "598 seconds", "2 minutes")
          assert.deepStrictEqual(yield* world.names, ["Acme"])
        }),
      { toggl: options }
    )
  }

  for (const status of [429, 503]) {
    law(`in every tab, and over a restart: ${status}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(page(status, years), { when: isCreate })
        yield* create(tab, "Acme")
        yield* world.passes("5 minutes")
        yield* tab.close
        yield* world.open()
        yield* silentFor(world, "298 seconds", "2 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }
})

describe("a page's time", () => {
  /** A change waits for what a page has named, and would be told the same again. */
  const held = (world: World) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const outage = yield* world.toggl.inject(page(429, years), { when: isChange, times: "always" })
      const entry = queued(yield* create(tab, "Acme"))
      yield* world.passes("1 minute")
      yield* world.clearRequests
      return { tab, outage, entry }
    })

  const password = Credentials.password(FakeToggl.defaultUser.email, FakeToggl.defaultUser.password)

  for (const [what, end] of [
    ["the user, who wants it sent", (tab) => tab.outbox.replayNow],
    ["the user, who resumes", (tab) => tab.outbox.resume],
    ["other credentials", (tab) => tab.credentials.set(password)],
    ["another network", (tab) => tab.wakeUp]
  ] satisfies ReadonlyArray<readonly [string, (tab: Tab) => Effect.Effect<void, unknown>]>) {
    law(`is ended at once by ${what}, with one request, and holds again where that is told the same`, (world) =>
      Effect.gen(function* () {
        const { outage, tab } = yield* held(world)
        yield* end(tab)
        yield* world.rests
        assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme"])
        assert.strictEqual(yield* waiting(tab), "RateLimited")
        yield* world.passes("9 minutes")
        assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme"])
        yield* outage.takeBack
        yield* end(tab)
        yield* world.rests
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }

  law("is ended by the user who retries a refused change", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      yield* world.toggl.inject(page(429, years), { when: isChange })
      yield* create(tab, "Acme")
      yield* tab.outbox.retry(queued(taken), { name: "Free now" })
      yield* world.passes("1 second")
      assert.include(yield* world.names, "Free now")
      assert.include(yield* world.names, "Acme")
    })
  )

  law("costs one request for each of ten changes of network in a row", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* held(world)
      for (let times = 1; times <= 10; times++) {
        yield* tab.wakeUp
        yield* world.rests
        assert.strictEqual((yield* world.requests).length, times)
      }
      for (let times = 1; times <= 10; times++) yield* tab.wakeUp
      yield* world.passes("5 minutes")
      assert.isAtMost((yield* world.requests).length, 20)
    })
  )

  law("is ended for all tabs by one of them", (world) =>
    Effect.gen(function* () {
      const other = yield* world.open()
      const { outage } = yield* held(world)
      yield* outage.takeBack
      yield* other.outbox.replayNow
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("is ended by the user of a tab that has just been opened", (world) =>
    Effect.gen(function* () {
      const { outage, tab } = yield* held(world)
      yield* tab.close
      yield* outage.takeBack
      const next = yield* world.open()
      yield* next.outbox.replayNow
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("binds reads until the user ends it, though there is nothing to send", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const list = tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* world.toggl.inject(page(503, years), { when: isList })
      yield* Effect.flip(list)
      yield* Effect.flip(list)
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
      yield* tab.outbox.replayNow
      yield* world.rests
      assert.deepStrictEqual(yield* list, [])
    })
  )

  law("is no way around a time that Toggl itself has named", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const list = tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* world.toggl.inject(Fault.delayed(page(503, years), "5 seconds"), { when: isList })
      yield* world.toggl.inject(limited("300"), { when: isChange })
      yield* Effect.forkScoped(Effect.ignore(list))
      yield* world.passes("1 second")
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.passes("10 seconds")
      yield* tab.outbox.replayNow
      yield* tab.wakeUp
      yield* silentFor(world, "288 seconds", "10 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("is ended where it could not be stored", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.setStorageFault(noRoom)
      yield* world.toggl.inject(page(429, years), { when: isCreate })
      yield* Effect.flip(create(tab, "Acme"))
      yield* Effect.flip(create(tab, "Acme"))
      assert.strictEqual((yield* world.sent).length, 1)
      yield* tab.outbox.replayNow
      yield* world.rests
      yield* create(tab, "Acme")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

describe("a quota that is absurd", () => {
  const remaining = { "x-toggl-quota-remaining": "1", "x-toggl-quota-resets-in": years }

  law("keeps what is the user's own for an hour, and so says the status", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { reserve: 5 })
      const from = yield* Clock.currentTimeMillis
      yield* world.toggl.inject(Fault.respond({ status: 200, headers: remaining, body: "[]" }), { when: isList })
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.rests
      const known = yield* tab.outbox.quota(workspaceId)
      assert.deepInclude(known, { remaining: 1, resetsAt: from + 3_600_000 })
      yield* silentFor(world, "3598 seconds", "1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("is none where a page names it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { reserve: 5 })
      yield* world.toggl.inject(Fault.proxyError({ status: 502, headers: remaining }), { when: isList })
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      assert.isUndefined(yield* tab.outbox.quota(workspaceId))
      yield* create(tab, "Acme")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

describe("what an earlier version has stored of an absurd time", () => {
  const error = (requestId: string | undefined) => ({
    _tag: "RateLimited",
    retryAfter: 999_999_999_000,
    ...(requestId === undefined ? {} : { requestId })
  })

  for (const version of [1, 2, 3]) {
    for (const [whose, requestId, holds] of [
      ["Toggl's", "0f0e", "3598 seconds"],
      ["a page's", undefined, "598 seconds"]
    ] as const) {
      law(`is believed no longer: ${whose}, version ${version}`, (world) =>
        Effect.gen(function* () {
          const tab = yield* opened(world)
          yield* tab.outbox.pause
          yield* create(tab, "Acme")
          yield* tab.close
          const wait = { reason: "RateLimited", length: 999_999_999_000, named: true, restarted: false }
          const seenAt = yield* Clock.currentTimeMillis
          for (const row of world.memory.rows) {
            if (row.key !== "state" || !Predicate.isRecord(row.row)) continue
            const { paused: _, ...state } = row.row
            row.row = { ...state, version, wait: { ...wait, seenAt, error: error(requestId) } }
          }
          const next = yield* world.open()
          yield* world.rests
          const { queue } = yield* next.outbox.status
          const until = queue._tag === "Waiting" && "until" in queue.for ? queue.for.until : assert.fail(queue._tag)
          assert.isAtMost(until - seenAt, 3_600_000)
          yield* silentFor(world, holds, "1 minute")
          assert.deepStrictEqual(yield* world.names, ["Acme"])
        })
      )
    }
  }
})
