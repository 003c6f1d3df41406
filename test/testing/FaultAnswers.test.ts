import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, defaultUser, last, list, names, namesIn, send, tokenOf, workspaceId } from "./Wire.js"

describe("faults of the answer", () => {
  it.effect("respond: any status, headers and body, with or without the work", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.respond({ status: 418, headers: { "x-pot": "tea" }, body: "short" }))
      const pot = yield* create(fake, "A")
      assert.deepStrictEqual([pot.status, pot.text, pot.headers["x-pot"]], [418, "short", "tea"])
      assert.notProperty(pot.headers, "content-type")
      yield* fake.inject(Fault.respond({ status: 200, body: new Uint8Array([0x7b, 0xff]), applied: true }))
      assert.strictEqual((yield* create(fake, "B")).text, "{\ufffd")
      yield* fake.inject(Fault.respond({ status: 204, body: "dropped" }))
      assert.deepStrictEqual((yield* create(fake, "C")).text, "")
      assert.deepStrictEqual(yield* names(fake), ["B"])
      assert.deepStrictEqual(
        (yield* fake.requests).map((request) => [request.served, request.applied, request.outcome]),
        [
          [undefined, false, { _tag: "Answered", status: 418 }],
          [200, true, { _tag: "Answered", status: 200 }],
          [undefined, false, { _tag: "Answered", status: 204 }]
        ]
      )
    })
  )

  it.effect("refusal: the service's own no, with its request id", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.refusal(410, "Gone for good"))
      yield* fake.inject(Fault.refusal(500, null, { applied: true }))
      const gone = yield* create(fake, "A")
      assert.deepStrictEqual([gone.status, gone.json], [410, "Gone for good"])
      assert.strictEqual(gone.headers["x-toggl-request-id"], "1".padStart(32, "0"))
      const broken = yield* create(fake, "B")
      assert.deepStrictEqual([broken.status, broken.text], [500, ""])
      assert.deepStrictEqual(yield* names(fake), ["B"])
    })
  )

  it.effect("proxyError: a page of the proxy's, and no request id", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.proxyError())
      yield* fake.inject(Fault.proxyError({ status: 503, headers: { "retry-after": "7" }, applied: true }))
      const bad = yield* create(fake, "A")
      assert.strictEqual(bad.status, 502)
      assert.include(bad.text, "<h1>502 Bad Gateway</h1>")
      assert.notProperty(bad.headers, "x-toggl-request-id")
      const unavailable = yield* create(fake, "B")
      assert.deepStrictEqual([unavailable.status, unavailable.headers["retry-after"]], [503, "7"])
      assert.deepStrictEqual(yield* names(fake), ["B"])
    })
  )

  it.effect("redirect: as Node shows it, or as a browser does", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.redirect("https://login.example/"))
      const seen = yield* create(fake, "A")
      assert.deepStrictEqual([seen.status, seen.headers["location"]], [302, "https://login.example/"])
      yield* fake.inject(Fault.redirect("https://login.example/", { status: 307, opaque: true }))
      const opaque = yield* create(fake, "A")
      assert.deepStrictEqual([opaque.status, opaque.text, opaque.headers], [0, "", {}])
      assert.deepStrictEqual(yield* names(fake), [])
    })
  )

  it.effect("captivePortal: 200, HTML, and nothing done", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.captivePortal)
      const portal = yield* create(fake, "A")
      assert.strictEqual(portal.status, 200)
      assert.include(portal.headers["content-type"], "text/html")
      assert.notProperty(portal.headers, "x-toggl-request-id")
      assert.deepStrictEqual(yield* names(fake), [])
    })
  )

  it.effect("workerFallback, emptyOk: a 200 that is not Toggl's, and nothing done", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "A" })
      yield* fake.inject(Fault.workerFallback, { times: 2 })
      yield* fake.inject(Fault.emptyOk, { times: 2 })
      const texts: Array<string> = []
      for (const call of [send(fake, "DELETE", `${id}`), send(fake, "POST", `${id}/archive`)]) {
        for (const { headers, status, text } of yield* Effect.all([call, call])) {
          assert.strictEqual(status, 200)
          assert.notProperty(headers, "x-toggl-request-id")
          texts.push(text)
        }
      }
      assert.deepStrictEqual(texts, ['{"offline":true}', '{"offline":true}', "", ""])
      const [client] = yield* fake.clients(workspaceId)
      assert.strictEqual(client?.archived, false)
      assert.isTrue((yield* fake.requests).every(({ applied, served }) => !applied && served === undefined))
    })
  )

  it.effect("firewall: a page with its own number, no request id, and nothing done", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      for (const status of [400, 403, 404, 405, 406] as const) {
        yield* fake.inject(Fault.firewall(status))
        const blocked = yield* create(fake, "A")
        assert.strictEqual(blocked.status, status)
        assert.include(blocked.headers["content-type"], "text/html")
        assert.include(blocked.text, "<h1>")
        assert.match(blocked.headers["cf-ray"] ?? "", /^[0-9a-f]{16}-FRA$/)
        assert.notProperty(blocked.headers, "x-toggl-request-id")
      }
      assert.deepStrictEqual(yield* names(fake), [])
    })
  )

  it.effect("notAClient: the service's own 200 with something else, and nothing done", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.notAClient)
      const answer = yield* create(fake, "A")
      assert.deepStrictEqual([answer.status, answer.json], [200, { message: "ok" }])
      assert.property(answer.headers, "x-toggl-request-id")
      assert.deepStrictEqual(yield* names(fake), [])
    })
  )

  it.effect("otherClient: Toggl's answer about another client, with or without the work", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ quotaPerHour: 30 })
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "A" })
      const update = send(fake, "PUT", `${id}`, { body: { name: "B", notes: "x" } })
      yield* fake.inject(Fault.otherClient({ id: 7 }))
      const answered = yield* update
      assert.deepInclude(answered.json, { id: 7, name: "B", notes: "x", wid: workspaceId })
      assert.property(answered.headers, "x-toggl-request-id")
      assert.deepStrictEqual(yield* names(fake), ["A"], "the answer was only rehearsed")
      assert.deepStrictEqual(yield* last(fake), ["otherClient", false, "Answered"])
      yield* fake.inject(Fault.otherClient({ id: 7, name: "C" }, { applied: true }))
      assert.deepInclude((yield* update).json, { id: 7, name: "C", notes: "x" })
      assert.deepStrictEqual(yield* names(fake), ["B"])
      assert.deepStrictEqual(yield* last(fake), ["otherClient", true, "Answered"])
      yield* fake.inject(Fault.otherClient({ id: 7 }), { times: 3 })
      assert.strictEqual((yield* create(fake, "B")).json, "Name has already been taken", "a refusal stays as it is")
      assert.deepStrictEqual(namesIn(yield* list(fake)), ["B"], "so does a list")
      assert.deepInclude((yield* create(fake, "D")).json, { id: 7, name: "D" })
      assert.deepStrictEqual(yield* names(fake), ["B"])
    })
  )

  it.effect("drifted: Toggl's own answer, with other values in each client", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.drifted({ external_reference: 17 }), { times: 4 })
      assert.deepInclude((yield* create(fake, "A")).json, { name: "A", external_reference: 17 })
      assert.strictEqual((yield* create(fake, "A")).json, "Name has already been taken", "a refusal stays as it is")
      yield* create(fake, "B")
      const { json } = yield* list(fake)
      assert.containSubset(json, [
        { name: "A", external_reference: 17 },
        { name: "B", external_reference: 17 }
      ])
      assert.deepStrictEqual(yield* last(fake), ["drifted", true, "Answered"])
      assert.notInclude(JSON.stringify((yield* list(fake)).json), "external_reference")
    })
  )

  it.effect("nested: JSON as deep as one likes", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.nested(2))
      yield* fake.inject(Fault.nested(15_000, { status: 200, applied: true }))
      const shallow = yield* create(fake, "A")
      assert.deepStrictEqual([shallow.status, shallow.json], [400, { error_message: { error_message: "deep" } }])
      const deep = yield* create(fake, "B")
      assert.strictEqual(deep.status, 200)
      assert.strictEqual(deep.text.split('{"error_message":').length, 15_001)
      assert.deepStrictEqual(yield* names(fake), ["B"])
    })
  )

  it.effect("echo: the whole request comes back, secrets and all; the record holds none", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.echo())
      yield* fake.inject(Fault.echo({ status: 400 }))
      const echoed = yield* create(fake, "A")
      assert.strictEqual(echoed.status, 500)
      assert.include(echoed.text, tokenOf(defaultUser))
      assert.include(echoed.text, '{\\"name\\":\\"A\\"}')
      assert.strictEqual(echoed.headers["x-echoed-authorization"], tokenOf(defaultUser))
      assert.strictEqual((yield* create(fake, "A")).status, 400)
      const records = JSON.stringify(yield* fake.requests)
      assert.notInclude(records, tokenOf(defaultUser).slice("Basic ".length))
      assert.notInclude(records, defaultUser.apiToken)
    })
  )
})
