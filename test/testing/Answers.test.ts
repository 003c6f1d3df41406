import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { FakeToggl } from "../../src/testing/index.js"
import { itemsIn, list, namesIn, send, workspaceId } from "./Wire.js"

describe("the forms of an answer", () => {
  it.effect("an empty list is written in three ways", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      for (const emptyList of ["[]", "null", ""] as const) {
        yield* fake.configure({ emptyList })
        assert.strictEqual((yield* list(fake, "?name=nobody")).text, emptyList)
        assert.strictEqual((yield* send(fake, "POST", `${id}/archive`)).text, emptyList)
        assert.strictEqual((yield* send(fake, "POST", "data", { body: [7] })).text, emptyList)
      }
    })
  )

  it.effect("empty keys are absent or null", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ emptyKeys: "null", creatorIds: false })
      const created = yield* send(fake, "POST", "", { body: { name: "Acme" } })
      assert.deepInclude(created.json, {
        notes: null,
        creator_id: null,
        permissions: null,
        integration_ext_id: null,
        integration_ext_type: null,
        integration_provider: null
      })
      yield* fake.configure({ emptyKeys: "absent" })
      assert.deepStrictEqual(Object.keys(itemsIn(yield* list(fake))[0] ?? {}), ["id", "wid", "archived", "name", "at"])
    })
  )

  it.effect("permissions are a string, a list or nothing", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      const got = Effect.map(send(fake, "GET", `${id}`), (sent) => sent.json)
      assert.notProperty(yield* got, "permissions")
      yield* fake.configure({ permissions: "string" })
      assert.deepInclude(yield* got, { permissions: "admin" })
      yield* fake.configure({ permissions: "array" })
      assert.deepInclude(yield* got, { permissions: ["admin"] })
    })
  )

  it.effect("integrations and the newer keys show where they are set", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const integration = { integrationExtId: "7", integrationExtType: "project", integrationProvider: "jira" }
      const { id } = yield* fake.edit.createClient(workspaceId, {
        name: "Acme",
        externalReference: "crm-1",
        ...integration
      })
      const old = yield* list(fake)
      assert.deepInclude(itemsIn(old)[0], {
        integration_provider: "jira",
        integration_ext_id: "7",
        integration_ext_type: "project"
      })
      assert.notInclude(old.text, "external_reference")
      assert.notInclude(old.text, "total_count")
      yield* fake.configure({ newerKeys: true })
      assert.deepInclude(itemsIn(yield* list(fake))[0], { external_reference: "crm-1", total_count: 1 })
      const alone = yield* send(fake, "GET", `${id}`)
      assert.deepInclude(alone.json, { external_reference: "crm-1" })
      assert.notInclude(alone.text, "total_count")
    })
  )

  it.effect("at is in whole seconds, of the server's clock, with either name of UTC", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2025-01-02T03:04:05.999Z"))
      const fake = yield* FakeToggl.make({ atSuffix: "Z", clockSkew: -60_000 })
      const created = yield* send(fake, "POST", "", { body: { name: "Acme" } })
      assert.deepInclude(created.json, { at: "2025-01-02T03:03:05Z" })
      assert.strictEqual(created.headers["date"], "Thu, 02 Jan 2025 03:03:05 GMT")
    })
  )

  it.effect("every writing operation moves at", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      const at = Effect.map(fake.clients(workspaceId), (clients) => clients[0]?.at)
      yield* TestClock.adjust("1 second")
      yield* send(fake, "PUT", `${id}`, { body: { name: "Acme" } })
      assert.strictEqual(yield* at, 1)
      yield* TestClock.adjust("1 second")
      yield* send(fake, "POST", `${id}/archive`)
      assert.strictEqual(yield* at, 2)
      yield* TestClock.adjust("1 second")
      yield* send(fake, "POST", `${id}/restore`)
      assert.strictEqual(yield* at, 3)
    })
  )

  it.effect("a list comes in any order", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "C" })
      yield* fake.edit.createClient(workspaceId, { name: "A" })
      yield* fake.edit.createClient(workspaceId, { name: "B" })
      yield* TestClock.adjust("1 second")
      yield* fake.edit.updateClient(workspaceId, id, { notes: "x" })
      const names = Effect.map(list(fake), namesIn)
      assert.deepStrictEqual(yield* names, ["C", "A", "B"])
      yield* fake.configure({ listOrder: "name" })
      assert.deepStrictEqual(yield* names, ["A", "B", "C"])
      yield* fake.configure({ listOrder: "newestFirst" })
      assert.deepStrictEqual(yield* names, ["C", "B", "A"])
    })
  )

  it.effect("a failure's text comes in five shapes", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const text = (failureBody: FakeToggl.FakeTogglOptions["failureBody"]) =>
        Effect.zipRight(
          fake.configure({ failureBody }),
          Effect.map(list(fake, "?status=x"), (sent) => sent.text)
        )
      assert.strictEqual(yield* text("jsonString"), '"Client status is invalid"')
      assert.strictEqual(yield* text("plain"), "Client status is invalid")
      assert.strictEqual(yield* text("object"), '{"error_message":"Client status is invalid"}')
      assert.strictEqual(
        yield* text("objectDefaultMessage"),
        '{"error_message":{"default_message":"Client status is invalid"}}'
      )
      assert.strictEqual(yield* text("array"), '["Client status is invalid"]')
    })
  )

  it.effect("every answer of the service has its own request id, and is not to be stored", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const first = yield* list(fake)
      const refused = yield* send(fake, "GET", "7")
      const forbidden = yield* list(fake, "", { authorization: "Basic nonsense" })
      const unknown = yield* send(fake, "GET", "/nothing")
      const ids = [first, refused, forbidden, unknown].map((sent) => sent.headers["x-toggl-request-id"])
      assert.deepStrictEqual(
        ids,
        [1, 2, 3, 4].map((each) => `${each}`.padStart(32, "0"))
      )
      assert.strictEqual(first.headers["cache-control"], "no-store")
      assert.strictEqual(first.headers["content-type"], "application/json")
    })
  )

  it.effect("headers can be hidden, as a proxy does", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ quotaPerHour: 1, hiddenHeaders: ["X-Toggl-Quota-Remaining", "date"] })
      const { headers } = yield* list(fake)
      assert.notProperty(headers, "x-toggl-quota-remaining")
      assert.notProperty(headers, "date")
      assert.property(headers, "x-toggl-quota-resets-in")
    })
  )
})

describe("notes as the service keeps them", () => {
  const sent = "\r\n  one\r\ntwo\rthree\nfour \n"
  const kept = {
    asSent: sent,
    trimmed: "one\r\ntwo\rthree\nfour",
    lf: "\n  one\ntwo\nthree\nfour \n",
    trimmedLf: "one\ntwo\nthree\nfour"
  } as const
  const switches = ["asSent", "trimmed", "lf", "trimmedLf"] as const

  for (const storedNotes of switches) {
    it.effect(`${storedNotes}: in the answer, in the next read, and where a colleague writes them`, () =>
      Effect.gen(function* () {
        const fake = yield* FakeToggl.make({ storedNotes })
        const created = yield* send(fake, "POST", "", { body: { name: "Acme", notes: sent } })
        assert.deepInclude(created.json, { notes: kept[storedNotes] })
        const [acme] = yield* fake.clients(workspaceId)
        const updated = yield* send(fake, "PUT", `${acme?.id}`, { body: { name: "Acme", notes: `${sent}!` } })
        assert.deepStrictEqual((yield* send(fake, "GET", `${acme?.id}`)).json, updated.json)
        yield* fake.edit.updateClient(workspaceId, acme?.id ?? 0, { notes: sent })
        assert.deepInclude(itemsIn(yield* list(fake))[0], { notes: kept[storedNotes] })
      })
    )
  }

  it.effect("notes that are nothing but white space are none", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ storedNotes: "trimmed" })
      const created = yield* send(fake, "POST", "", { body: { name: "Acme", notes: " \n " } })
      assert.notProperty(created.json, "notes")
    })
  )
})
