import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import { FakeToggl, Fault, TogglState } from "../../src/testing/index.js"
import { clientsUrl, colleague, defaultUser, list, passwordOf, send, tokenOf, workspaceId } from "./Wire.js"

describe("editing as a colleague", () => {
  it.effect("goes past limits, permissions and faults, and is no request", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({
        quotaPerHour: 0,
        rateLimit: { capacity: 0, perSecond: 1, retryAfter: "absent" },
        workspaces: [{ ...FakeToggl.defaultWorkspace, onlyAdminsSeeClients: true, admins: [] }]
      })
      yield* fake.setDown(true)
      const client = yield* fake.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
      assert.deepInclude(client, { name: "Acme", notes: "net 30", creatorId: colleague.id, archived: false })
      const own = yield* fake.edit.createClient(workspaceId, { name: "Own", createdBy: defaultUser.id })
      assert.strictEqual(own.creatorId, defaultUser.id)
      assert.deepStrictEqual(yield* fake.clients(workspaceId), [client, own])
      assert.deepStrictEqual(yield* fake.requests, [])
    })
  )

  it.effect("changes only the fields given", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ omittedNotes: "cleared" })
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme", notes: "net 30" })
      assert.strictEqual((yield* fake.edit.updateClient(workspaceId, id, { name: "Bcme" })).notes, "net 30")
      assert.strictEqual((yield* fake.edit.updateClient(workspaceId, id, { notes: "" })).name, "Bcme")
    })
  )

  it.effect("makes and changes clients at any time, as anyone", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.parse("2025-01-01T00:00:00Z"))
      const fake = yield* FakeToggl.make({ clockSkew: 3_600_000 })
      const lastYear = new Date("2024-01-01T00:00:00.999Z")
      const old = yield* fake.edit.createClient(workspaceId, { name: "Acme", createdBy: defaultUser.id, at: lastYear })
      assert.deepStrictEqual(yield* fake.clients(workspaceId), [old])
      const read = yield* send(fake, "GET", `${old.id}`)
      assert.deepInclude(read.json, { creator_id: defaultUser.id, at: "2024-01-01T00:00:00+00:00" })
      const edited = yield* fake.edit.updateClient(workspaceId, old.id, { notes: "x", at: 1_720_000_000 })
      assert.deepStrictEqual(edited, { ...old, notes: "x", at: 1_720_000_000 })
      const now = yield* fake.edit.updateClient(workspaceId, old.id, { notes: "y" })
      assert.strictEqual(now.at, Date.parse("2025-01-01T01:00:00Z") / 1000)
    })
  )

  it.effect("is refused where the service refuses, with a typed error", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make(FakeToggl.freePlan)
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      const refusals = yield* Effect.all([
        Effect.flip(fake.edit.createClient(workspaceId, { name: "Acme" })),
        Effect.flip(fake.edit.updateClient(workspaceId, 7, { name: "B" })),
        Effect.flip(fake.edit.deleteClient(workspaceId, 7)),
        Effect.flip(fake.edit.archiveClient(workspaceId, id)),
        Effect.flip(fake.edit.restoreClient(workspaceId, id, { projects: [7] })),
        Effect.flip(fake.edit.addProject(workspaceId, { name: "Site", clientId: 7 })),
        Effect.flip(fake.edit.updateProject(workspaceId, 7, { active: false })),
        Effect.flip(fake.edit.createClient(1, { name: "Elsewhere" }))
      ])
      assert.deepStrictEqual(
        refusals.map((refused) => refused.status),
        [400, 404, 404, 402, 400, 404, 404, 403]
      )
      assert.deepStrictEqual(refusals[0], new TogglState.Refused({ status: 400, text: "Name has already been taken" }))
      assert.include(refusals[0].message, "Name has already been taken")
      assert.include(refusals[7].message, "(empty body)")
    })
  )

  it.effect("archives, restores, deletes, and moves projects", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const acme = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      const other = yield* fake.edit.createClient(workspaceId, { name: "Other" })
      const site = yield* fake.edit.addProject(workspaceId, { name: "Site" })
      yield* fake.edit.updateProject(workspaceId, site.id, { clientId: acme.id, name: "Shop" })
      assert.deepStrictEqual(yield* fake.edit.archiveClient(workspaceId, acme.id), [site.id])
      yield* fake.edit.restoreClient(workspaceId, acme.id, { restoreAllProjects: true })
      assert.deepStrictEqual(yield* fake.projects(workspaceId), [
        { id: site.id, workspaceId, clientId: acme.id, name: "Shop", active: true }
      ])
      yield* fake.edit.deleteClient(workspaceId, other.id)
      assert.deepStrictEqual(yield* fake.snapshot(workspaceId), {
        clients: [
          {
            name: "Acme",
            notes: "",
            archived: false,
            creatorId: colleague.id,
            projects: [{ name: "Shop", active: true }]
          }
        ],
        projects: []
      })
    })
  )
})

describe("snapshot and state", () => {
  it.effect("a snapshot is the same for the same end, whatever ids, times and order led there", () =>
    Effect.gen(function* () {
      const one = yield* FakeToggl.make()
      yield* one.edit.createClient(workspaceId, { name: "A" })
      yield* one.edit.createClient(workspaceId, { name: "B" })
      const two = yield* FakeToggl.make()
      const gone = yield* two.edit.createClient(workspaceId, { name: "C" })
      yield* two.edit.deleteClient(workspaceId, gone.id)
      yield* two.edit.createClient(workspaceId, { name: "B" })
      yield* TestClock.adjust("1 hour")
      const a = yield* two.edit.createClient(workspaceId, { name: "A" })
      assert.deepStrictEqual(yield* one.snapshot(workspaceId), yield* two.snapshot(workspaceId))
      yield* two.edit.updateClient(workspaceId, a.id, { notes: "x" })
      assert.notDeepEqual(yield* one.snapshot(workspaceId), yield* two.snapshot(workspaceId))
    })
  )

  it.effect("a state can be put back, here or elsewhere", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "A" })
      const before = yield* fake.state
      yield* fake.edit.deleteClient(workspaceId, id)
      const fork = yield* FakeToggl.make()
      yield* fork.setState(before)
      assert.strictEqual((yield* send(fork, "GET", `${id}`)).status, 200)
      assert.strictEqual((yield* send(fake, "GET", `${id}`)).status, 404)
      yield* fake.setState(before)
      assert.strictEqual((yield* send(fake, "GET", `${id}`)).status, 200)
    })
  )
})

describe("the record of requests", () => {
  it.effect("says who asked what and when, and what came of it, but holds no credential", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* TestClock.setTime(1000)
      yield* send(fake, "POST", "", { body: { name: "A" }, headers: { "x-app": "demo", cookie: "session=1" } })
      yield* list(fake, "?status=both&name=a", { authorization: passwordOf(colleague) })
      yield* send(fake, "PUT", "7", { body: "no json", authorization: null })
      const requests = yield* fake.requests
      assert.deepStrictEqual(requests[0], {
        sequence: 1,
        receivedAt: 1000,
        method: "POST",
        path: `/api/v9/workspaces/${workspaceId}/clients`,
        query: {},
        headers: { "content-type": "application/json", "content-length": "12", "x-app": "demo" },
        body: { name: "A" },
        authorization: "Token",
        userId: defaultUser.id,
        repeats: undefined,
        fault: undefined,
        served: 200,
        applied: true,
        outcome: { _tag: "Answered", status: 200 }
      })
      assert.deepInclude(requests[1], {
        query: { status: "both", name: "a" },
        body: undefined,
        authorization: "Password",
        userId: colleague.id
      })
      assert.deepInclude(requests[2], {
        body: "no json",
        authorization: "None",
        userId: undefined,
        served: 401,
        applied: false
      })
      const text = JSON.stringify(requests)
      for (const secret of [defaultUser.apiToken, colleague.password, "Basic", "session=1"]) {
        assert.notInclude(text, secret)
      }
      assert.notInclude(text, passwordOf(colleague).slice(6))
    })
  )

  it.effect("can be forgotten, while the numbers go on", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* list(fake)
      yield* fake.clearRequests
      assert.deepStrictEqual(yield* fake.requests, [])
      yield* list(fake)
      assert.deepStrictEqual(
        (yield* fake.requests).map((request) => request.sequence),
        [2]
      )
    })
  )

  it.effect("a request can be waited for, past or to come", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const coming = yield* Effect.fork(fake.awaitRequest((request) => request.served === 404))
      yield* list(fake)
      assert.strictEqual((yield* fake.awaitRequest((request) => request.method === "GET")).sequence, 1)
      yield* send(fake, "GET", "7")
      assert.strictEqual((yield* Fiber.join(coming)).sequence, 2)
    })
  )
})

describe("the layer", () => {
  it.effect("gives the fake and the HttpClient that reaches it", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.FakeToggl
      const client = yield* HttpClient.HttpClient
      const headers = { authorization: tokenOf(defaultUser) }
      const response = yield* client.get(`${clientsUrl}?name=a`, { headers, urlParams: { status: "both" } })
      assert.strictEqual(response.status, 200)
      assert.deepStrictEqual((yield* fake.requests)[0]?.query, { name: "a", status: "both" })
    }).pipe(Effect.provide(FakeToggl.layer({ emptyList: "null" })))
  )

  it.effect("fake.layer provides the HttpClient alone", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const status = yield* HttpClient.HttpClient.pipe(
        Effect.flatMap((client) => client.get(clientsUrl)),
        Effect.map((response) => response.status),
        Effect.provide(fake.layer)
      )
      assert.strictEqual(status, 401)
    })
  )

  it.effect("reads every kind of request body", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const post = HttpClientRequest.post(clientsUrl).pipe(
        HttpClientRequest.setHeader("authorization", tokenOf(defaultUser))
      )
      const form = new FormData()
      form.set("name", "F")
      const bytes = (text: string) => new TextEncoder().encode(text)
      const statuses = yield* Effect.forEach(
        [
          HttpClientRequest.bodyUnsafeJson(post, { name: "A" }),
          HttpClientRequest.bodyUint8Array(post, bytes('{"name":"B"}')),
          HttpClientRequest.bodyStream(post, Stream.make(bytes('{"name":'), bytes('"C"}'))),
          HttpClientRequest.bodyFormData(post, form)
        ],
        (request) => Effect.map(fake.httpClient.execute(request), (response) => response.status)
      )
      assert.deepStrictEqual(statuses, [200, 200, 200, 400])
      const broken = HttpClientRequest.bodyStream(post, Stream.fail("broken"))
      const failed = yield* Effect.either(fake.httpClient.execute(broken))
      assert.isTrue(Either.isLeft(failed) && failed.left.reason === "Encode")
    })
  )

  it.effect("a lost connection looks as it does over fetch", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.refuse)
      const error = yield* Effect.flip(fake.httpClient.get(clientsUrl))
      assert.strictEqual(error._tag, "RequestError")
      assert.strictEqual(error.reason, "Transport")
      assert.instanceOf(error.cause, TypeError)
    })
  )

  it.effect("two fakes share nothing, and the same story has the same ids", () =>
    Effect.gen(function* () {
      const story = Effect.gen(function* () {
        const fake = yield* FakeToggl.make()
        yield* send(fake, "POST", "", { body: { name: "A" } })
        yield* fake.inject(Fault.loseAnswer)
        yield* Effect.either(send(fake, "POST", "", { body: { name: "B" } }))
        return [yield* fake.state, yield* fake.requests]
      })
      assert.deepStrictEqual(yield* story, yield* story)
    })
  )
})
