import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { FakeToggl } from "../../src/testing/index.js"
import type { Sent } from "./Wire.js"
import { colleague, defaultWorkspace, list, send, tokenOf, workspaceId } from "./Wire.js"

const quotaOf = ({ headers, status }: Sent) => [
  status,
  headers["x-toggl-quota-remaining"],
  headers["x-toggl-quota-resets-in"]
]

describe("the hourly quota", () => {
  it.effect("counts down in the headers, refuses with the documented sentence, and is new after the hour", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ quotaPerHour: 2 })
      assert.deepStrictEqual(quotaOf(yield* list(fake)), [200, "1", "3600"])
      yield* TestClock.adjust("600500 millis")
      assert.deepStrictEqual(quotaOf(yield* send(fake, "GET", "7")), [404, "0", "3000"], "failures count too")
      const refused = yield* send(fake, "POST", "", { body: { name: "Acme" } })
      assert.deepStrictEqual(quotaOf(refused), [402, "0", "3000"])
      assert.strictEqual(
        refused.text,
        "You have hit your hourly limit for API calls. Your quota will reset in 3000 seconds."
      )
      assert.deepStrictEqual(yield* fake.clients(workspaceId), [])
      yield* TestClock.adjust("2999 seconds")
      assert.strictEqual((yield* list(fake)).status, 402)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(quotaOf(yield* list(fake)), [200, "1", "3600"])
    })
  )

  it.effect("is one for each user and organization, and another for /me", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({
        quotaPerHour: 1,
        meQuotaPerHour: 2,
        workspaces: [
          defaultWorkspace,
          { ...defaultWorkspace, id: 2 },
          { ...defaultWorkspace, id: 3, organizationId: 7002 }
        ]
      })
      const status = (path: string, authorization?: string) =>
        Effect.map(send(fake, "GET", path, authorization === undefined ? {} : { authorization }), (sent) => sent.status)
      assert.strictEqual(yield* status("/workspaces/2/clients"), 200)
      assert.strictEqual(yield* status(""), 402, "another workspace of the same organization")
      assert.strictEqual(yield* status("/workspaces/3/clients"), 200, "another organization")
      assert.strictEqual(yield* status("", tokenOf(colleague)), 200, "another user")
      assert.deepStrictEqual(quotaOf(yield* send(fake, "GET", "/me")), [200, "1", "3600"])
      assert.strictEqual(yield* status("/me/logged"), 200)
      assert.strictEqual(yield* status("/me"), 402)
    })
  )

  it.effect("refused requests count too, where the switch says so", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ quotaPerHour: 1, refusedCountAgainstQuota: true })
      assert.deepStrictEqual(quotaOf(yield* list(fake)).slice(0, 2), [200, "0"])
      assert.deepStrictEqual(quotaOf(yield* list(fake)).slice(0, 2), [402, "-1"])
      assert.deepStrictEqual(quotaOf(yield* list(fake)).slice(0, 2), [402, "-2"])
    })
  )

  it.effect("who is not signed in spends nothing", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ quotaPerHour: 1 })
      const refused = yield* list(fake, "", { authorization: "Bearer abc" })
      assert.deepStrictEqual(quotaOf(refused), [403, undefined, undefined])
      assert.strictEqual((yield* list(fake)).status, 200)
    })
  )

  it.effect("GET /me/quota shows both kinds, and nothing where there is none", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      assert.deepStrictEqual((yield* send(fake, "GET", "/me/quota")).json, [])
      yield* fake.configure({ quotaPerHour: 240, meQuotaPerHour: 30 })
      yield* list(fake)
      yield* TestClock.adjust("1 minute")
      assert.deepStrictEqual((yield* send(fake, "GET", "/me/quota")).json, [
        { organization_id: null, remaining: 29, total: 30, resets_in_secs: 3600 },
        { organization_id: defaultWorkspace.organizationId, remaining: 239, total: 240, resets_in_secs: 3540 }
      ])
    })
  )

  it.effect("the free plan has 30 and does not archive, the premium plan 600", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make(FakeToggl.freePlan)
      assert.deepStrictEqual(quotaOf(yield* send(fake, "POST", "7/archive")).slice(0, 2), [402, "29"])
      yield* fake.configure(FakeToggl.premiumPlan)
      assert.deepStrictEqual(quotaOf(yield* send(fake, "POST", "7/archive")).slice(0, 2), [404, "598"])
    })
  )

  it.effect("what was counted can be forgotten", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ quotaPerHour: 1 })
      yield* list(fake)
      yield* fake.resetLimits
      assert.strictEqual((yield* list(fake)).status, 200)
    })
  )
})

describe("the leaky bucket", () => {
  it.effect("runs over at its capacity and leaks with time; its refusal is the proxy's, and costs no quota", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({
        quotaPerHour: 30,
        rateLimit: { capacity: 2, perSecond: 1, retryAfter: "seconds" }
      })
      assert.strictEqual((yield* list(fake)).status, 200)
      assert.strictEqual((yield* list(fake)).status, 200)
      const refused = yield* send(fake, "POST", "", { body: { name: "Acme" } })
      assert.strictEqual(refused.status, 429)
      assert.include(refused.text, "<h1>429 Too Many Requests</h1>")
      assert.strictEqual(refused.headers["content-type"], "text/html")
      assert.strictEqual(refused.headers["retry-after"], "1")
      assert.notProperty(refused.headers, "x-toggl-request-id")
      assert.notProperty(refused.headers, "x-toggl-quota-remaining")
      assert.deepStrictEqual(yield* fake.clients(workspaceId), [])
      assert.strictEqual(
        (yield* list(fake, "", { authorization: tokenOf(colleague) })).status,
        200,
        "each user has their own"
      )
      yield* TestClock.adjust("999 millis")
      assert.strictEqual((yield* list(fake)).status, 429)
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(quotaOf(yield* list(fake)).slice(0, 2), [200, "27"])
    })
  )

  it.effect("names the time in seconds, as a date of its own clock, in no way, or in no readable way", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2025-01-01T00:00:00Z"))
      const rateLimit = { capacity: 1, perSecond: 0.1 }
      const fake = yield* FakeToggl.make({ clockSkew: 3_600_000 })
      const retryAfter = (form: "seconds" | "date" | "absent" | "garbled") =>
        Effect.gen(function* () {
          yield* fake.configure({ rateLimit: { ...rateLimit, retryAfter: form } })
          yield* list(fake)
          const { headers, status } = yield* list(fake)
          assert.strictEqual(status, 429)
          return headers["retry-after"]
        })
      assert.strictEqual(yield* retryAfter("seconds"), "10")
      assert.strictEqual(yield* retryAfter("date"), "Wed, 01 Jan 2025 01:00:10 GMT")
      assert.isUndefined(yield* retryAfter("absent"))
      assert.strictEqual(yield* retryAfter("garbled"), "in a little while")
      yield* TestClock.adjust("10 seconds")
      assert.strictEqual((yield* list(fake)).status, 200, "there is room when it said so")
    })
  )
})
