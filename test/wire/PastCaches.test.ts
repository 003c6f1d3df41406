import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import type * as ClientsApi from "../../src/ClientsApi.js"
import { Fault } from "../../src/testing/index.js"
import { against, answering, failureOf, make, overFetch, tagAndReason, unknownId, workspaceId } from "./ApiUnderTest.js"

// Law 3: an answer that may be a cache's proves nothing.

const now = Date.UTC(2026, 2, 1, 12)

const client = { id: unknownId, wid: workspaceId, name: "Acme" }

const past = { pastCaches: { notBefore: now } }

const saying = (headers: Record<string, string>, status = 200, body: unknown = client) =>
  make(answering(() => Response.json(body, { status, headers })))

const at = (millis: number) => ({ date: new Date(millis).toUTCString() })

describe("a reading past caches", () => {
  it.effect("asks what no cache has heard, and other readings do not", () =>
    Effect.gen(function* () {
      const { api, fetch, seen } = yield* overFetch(() => Response.json([]))
      const list = (reading?: ClientsApi.Reading) =>
        Effect.provideService(
          api.listWithReport(workspaceId, { status: "both" }, reading),
          FetchHttpClient.Fetch,
          fetch
        )
      yield* list()
      yield* list({ pastCaches: {} })
      yield* list({ pastCaches: {} })
      const [plain, first, second] = seen.map(({ url }) => url.searchParams)
      assert.deepEqual([...(plain?.keys() ?? [])], ["status"])
      assert.deepEqual([...(first?.keys() ?? [])], ["status", "_"])
      assert.match(first?.get("_") ?? "", /^[0-9a-f-]{36}$/)
      assert.notStrictEqual(first?.get("_"), second?.get("_"))
      assert.isTrue(seen.every(({ init }) => init.cache === "no-store"))
    })
  )

  it.effect("finds what Toggl has", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      yield* TestClock.setTime(now)
      const { id } = yield* api.create(workspaceId, { name: "Acme" })
      assert.strictEqual((yield* api.get(workspaceId, id, past)).name, "Acme")
      assert.lengthOf((yield* api.listWithReport(workspaceId, {}, past)).clients, 1)
      assert.deepEqual(
        (yield* fake.requests).map(({ query }) => Object.keys(query)),
        [[], ["_"], ["_"]]
      )
    })
  )

  it.effect("believes no answer that has aged, or is older than what it is to show", () =>
    Effect.gen(function* () {
      const meaning = (headers: Record<string, string>, reading: ClientsApi.Reading = past) =>
        Effect.flatMap(saying(headers), (api) =>
          Effect.match(api.get(workspaceId, unknownId, reading), {
            onSuccess: () => "done",
            onFailure: tagAndReason
          })
        )
      const old = "UnexpectedAnswer Cached"
      assert.strictEqual(yield* meaning({ age: "1" }), old)
      assert.strictEqual(yield* meaning({ age: "0, 30" }), old)
      assert.strictEqual(yield* meaning({ age: "for ever" }), "done")
      assert.strictEqual(yield* meaning(at(now - 3000)), old)
      assert.strictEqual(yield* meaning(at(now - 2000)), "done")
      // a server in between says that it has just fetched it
      assert.strictEqual(yield* meaning({ age: "0", ...at(now) }), "done")
      assert.strictEqual(yield* meaning({}), "done")
      assert.strictEqual(yield* meaning(at(0), { pastCaches: {} }), "done")
      const api = yield* saying({ age: "60", ...at(0) })
      assert.strictEqual((yield* api.get(workspaceId, unknownId)).name, "Acme")
    })
  )

  for (const ids of ["with request ids", "where these are hidden"]) {
    it.effect(`believes no answer from before it was asked for, ${ids}`, () =>
      Effect.gen(function* () {
        const answer = { number: 0, date: now }
        const api = yield* make(
          answering(() => {
            const id = ids === "with request ids" ? { "x-toggl-request-id": `request ${answer.number}` } : {}
            return Response.json(client, { headers: { ...at(answer.date), ...id } })
          })
        )
        const meaning = Effect.suspend(() => {
          answer.number++
          return Effect.match(api.get(workspaceId, unknownId, { pastCaches: {} }), {
            onSuccess: () => "done",
            onFailure: tagAndReason
          })
        })
        const old = "UnexpectedAnswer Cached"
        assert.strictEqual(yield* meaning, "done")
        yield* TestClock.adjust("25 seconds")
        answer.date = now + 20_000
        assert.strictEqual(yield* meaning, old)
        answer.date = now + 25_000
        assert.strictEqual(yield* meaning, "done")
        // another clock answers from now on: the first time it may be a cache, the second time it is none
        yield* TestClock.adjust("25 seconds")
        answer.date = now - 300_000
        assert.strictEqual(yield* meaning, old)
        yield* TestClock.adjust("25 seconds")
        answer.date = now - 275_000
        assert.strictEqual(yield* meaning, "done")
        yield* TestClock.adjust("25 seconds")
        answer.date = now - 250_000
        assert.strictEqual(yield* meaning, "done")
      })
    )
  }

  it.effect("believes no refusal of a cache's either, but hears why Toggl cannot be asked", () =>
    Effect.gen(function* () {
      const meaning = (status: number, body: unknown) =>
        Effect.gen(function* () {
          const api = yield* saying({ age: "60", "x-toggl-request-id": "abc" }, status, body)
          return tagAndReason(yield* failureOf(api.get(workspaceId, unknownId, past)))
        })
      assert.strictEqual(yield* meaning(404, "No client with ID 99 was found"), "UnexpectedAnswer Cached")
      assert.strictEqual(yield* meaning(403, ""), "UnexpectedAnswer Cached")
      assert.strictEqual(yield* meaning(503, ""), "ServerError")
      assert.strictEqual(yield* meaning(429, ""), "RateLimited")
    })
  )

  it.effect("believes no answer that was heard before", () =>
    Effect.gen(function* () {
      let id = 0
      const api = yield* make(
        answering(() => Response.json(client, { headers: { "x-toggl-request-id": `request ${id}` } }))
      )
      yield* api.get(workspaceId, unknownId, past)
      const again = yield* failureOf(api.get(workspaceId, unknownId, past))
      assert.deepInclude({ ...again }, { _tag: "UnexpectedAnswer", reason: "Cached", requestId: "request 0" })
      for (id = 1; id <= 1000; id++) yield* api.get(workspaceId, unknownId)
      id = 1
      assert.strictEqual(
        tagAndReason(yield* failureOf(api.get(workspaceId, unknownId, past))),
        "UnexpectedAnswer Cached"
      )
      id = 0
      assert.strictEqual((yield* api.get(workspaceId, unknownId, past)).name, "Acme")
    })
  )
})

describe("a list that is asked for a second time", () => {
  const second = { pastCaches: { isSecond: true } }

  it.effect("is a cache's where it is the same answer, by its id or where that is hidden by its date", () =>
    Effect.gen(function* () {
      const meaning = (...answers: ReadonlyArray<Record<string, string>>) =>
        Effect.gen(function* () {
          let number = 0
          const api = yield* make(answering(() => Response.json([], { headers: { ...answers[number++] } })))
          yield* api.listWithReport(workspaceId, {}, { pastCaches: {} })
          return yield* Effect.match(api.listWithReport(workspaceId, {}, second), {
            onSuccess: () => "done",
            onFailure: tagAndReason
          })
        })
      const id = (number: number) => ({ "x-toggl-request-id": `request ${number}` })
      assert.strictEqual(yield* meaning(id(1), id(1)), "UnexpectedAnswer Cached")
      assert.strictEqual(yield* meaning(id(1), id(2)), "done")
      assert.strictEqual(yield* meaning(at(now), at(now)), "UnexpectedAnswer Cached")
      assert.strictEqual(yield* meaning(at(now), at(now + 1000)), "done")
      // Where nothing is shown, nothing is told.
      assert.strictEqual(yield* meaning({}, {}), "done")
    })
  )

  it.effect("is wanted until a change, or such a pair, has told Toggl's time", () =>
    Effect.gen(function* () {
      const changed = yield* against()
      yield* changed.api.list(workspaceId)
      assert.isTrue(yield* changed.api.mayBeDeceived)
      yield* changed.api.create(workspaceId, { name: "Acme" })
      assert.isFalse(yield* changed.api.mayBeDeceived)
      const asked = yield* against()
      yield* asked.api.listWithReport(workspaceId, {}, { pastCaches: {} })
      assert.isTrue(yield* asked.api.mayBeDeceived)
      yield* asked.api.listWithReport(workspaceId, {}, second)
      assert.isFalse(yield* asked.api.mayBeDeceived)
    })
  )

  it.effect("is wanted for ever where the date is hidden, and never where the request id is too", () =>
    Effect.gen(function* () {
      for (const [hiddenHeaders, expected] of [
        [[], true],
        [["x-toggl-request-id"], false]
      ] as const) {
        const { api, fake } = yield* against()
        yield* fake.configure({ dateHeader: "hidden", hiddenHeaders })
        yield* api.create(workspaceId, { name: "Acme" })
        yield* api.listWithReport(workspaceId, {}, { pastCaches: {} })
        assert.strictEqual(yield* api.mayBeDeceived, expected)
      }
    })
  )
})

describe("the latest date", () => {
  it.effect("is that of all answers of Toggl's, and never goes back", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      assert.isUndefined(yield* api.latestDate)
      yield* TestClock.setTime(now)
      yield* api.list(workspaceId)
      assert.strictEqual(yield* api.latestDate, now)
      yield* TestClock.adjust("10 seconds")
      yield* failureOf(api.get(workspaceId, unknownId))
      assert.strictEqual(yield* api.latestDate, now + 10_000)
      yield* fake.configure({ clockSkew: -60_000 })
      yield* api.me
      assert.strictEqual(yield* api.latestDate, now + 10_000)
    })
  )

  it.effect("is not that of a sign-in page, nor of what is not understood", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      yield* TestClock.setTime(now)
      const date = { date: new Date(now + 60_000).toUTCString() }
      for (const [body, headers] of [
        ["<html></html>", date],
        ['{"offline":true}', date]
      ] as const) {
        yield* fake.inject(Fault.respond({ status: 200, body, headers }))
        yield* failureOf(api.list(workspaceId))
        assert.isUndefined(yield* api.latestDate)
      }
      yield* fake.inject(Fault.respond({ status: 500, body: "", headers: { ...date, "x-toggl-request-id": "abc" } }))
      yield* failureOf(api.list(workspaceId))
      assert.strictEqual(yield* api.latestDate, now + 60_000)
    })
  )
})
