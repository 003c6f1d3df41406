import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import type { Sent } from "./Wire.js"
import { list, send, workspaceId } from "./Wire.js"

const told = ({ status, text }: Sent) => [status, text]

describe("a compatible server that someone hosts themselves", () => {
  it.effect("refuses a taken name in no words of its own", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ ...FakeToggl.selfHosted, archivedNamesCount: false })
      const archived = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      yield* fake.edit.archiveClient(workspaceId, archived.id)
      yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      const other = yield* fake.edit.createClient(workspaceId, { name: "Other" })
      const refusals = yield* Effect.all([
        send(fake, "POST", "", { body: { name: "Acme" } }),
        send(fake, "PUT", `${other.id}`, { body: { name: "Acme" } }),
        send(fake, "POST", `${archived.id}/restore`)
      ])
      for (const refused of refusals) assert.deepStrictEqual(told(refused), [400, '"Bad Request"'])
      const empty = yield* send(fake, "POST", "", { body: { name: "" } })
      assert.deepStrictEqual(told(empty), [400, '"Client name cannot be empty"'], "other refusals are Toggl's")
    })
  )

  it.effect("does not know a client in the same words on every operation", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make(FakeToggl.selfHosted)
      const refusals = yield* Effect.all([
        send(fake, "GET", "7"),
        send(fake, "PUT", "7", { body: { name: "Acme" } }),
        send(fake, "DELETE", "7"),
        send(fake, "POST", "7/archive"),
        send(fake, "POST", "7/restore"),
        send(fake, "POST", "data", { body: [7] }),
        send(fake, "POST", "archive", { body: [7] }),
        send(fake, "POST", "delete", { body: [7] })
      ])
      for (const refused of refusals) assert.deepStrictEqual(told(refused), [404, '{"message":"Not Found"}'])
    })
  )

  it.effect("gives no request id, but a date", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make(FakeToggl.selfHosted)
      for (const { headers } of yield* Effect.all([list(fake), send(fake, "GET", "7")])) {
        assert.notProperty(headers, "x-toggl-request-id")
        assert.property(headers, "date")
      }
    })
  )
})

describe("a proxy written by hand", () => {
  it.effect("passes on status and body, and no header at all", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({
        ...FakeToggl.bareProxy,
        quotaPerHour: 3,
        rateLimit: { capacity: 4, perSecond: 1, retryAfter: "seconds" }
      })
      const answers = yield* Effect.all([
        send(fake, "POST", "", { body: { name: "Acme" } }),
        send(fake, "POST", "", { body: { name: "Acme" } }),
        list(fake, "", { authorization: "Bearer abc" }),
        list(fake),
        list(fake),
        send(fake, "POST", "", { body: { name: "Bcme" } })
      ])
      assert.deepStrictEqual(
        answers.map((answer) => answer.status),
        [200, 400, 403, 200, 402, 429]
      )
      assert.deepInclude(answers[0].json, { name: "Acme", wid: workspaceId })
      assert.strictEqual(answers[1].json, "Name has already been taken")
      for (const answer of answers) assert.deepStrictEqual(answer.headers, {})
    })
  )

  it.effect("may have a clock of its own", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2025-01-01T00:00:00Z"))
      const fake = yield* FakeToggl.make({ ...FakeToggl.bareProxy, dateHeader: { ahead: "5 minutes" } })
      assert.deepStrictEqual((yield* list(fake)).headers, { date: "Wed, 01 Jan 2025 00:05:00 GMT" })
    })
  )
})

describe("the Date of an answer", () => {
  it.effect("is the service's, a proxy's that is fast or slow, or hidden, while at is the service's time", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2025-01-01T00:00:00Z"))
      const fake = yield* FakeToggl.make({ clockSkew: 60_000 })
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      const dateWith = (dateHeader: FakeToggl.FakeTogglOptions["dateHeader"]) =>
        Effect.gen(function* () {
          yield* fake.configure({ dateHeader })
          const { headers, json } = yield* send(fake, "PUT", `${id}`, { body: { name: "Acme" } })
          assert.deepInclude(json, { at: "2025-01-01T00:01:00+00:00" })
          return headers["date"]
        })
      assert.strictEqual(yield* dateWith("own"), "Wed, 01 Jan 2025 00:01:00 GMT")
      assert.strictEqual(yield* dateWith({ ahead: "5 minutes" }), "Wed, 01 Jan 2025 00:06:00 GMT")
      assert.strictEqual(yield* dateWith({ behind: "5 minutes" }), "Tue, 31 Dec 2024 23:56:00 GMT")
      assert.isUndefined(yield* dateWith("hidden"))
    })
  )

  it.effect("is the proxy's on a 429 too, and a fault's own stays", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2025-01-01T00:00:00Z"))
      const fake = yield* FakeToggl.make({
        dateHeader: { ahead: "5 minutes" },
        rateLimit: { capacity: 0, perSecond: 1, retryAfter: "seconds" }
      })
      const limited = yield* list(fake)
      assert.deepStrictEqual([limited.status, limited.headers["date"]], [429, "Wed, 01 Jan 2025 00:05:00 GMT"])
      yield* fake.inject(Fault.respond({ status: 503, headers: { date: "Wed, 01 Jan 2025 00:00:07 GMT" } }))
      assert.strictEqual((yield* list(fake)).headers["date"], "Wed, 01 Jan 2025 00:00:07 GMT")
    })
  )
})
