import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import { expectTypeOf } from "vitest"
import * as Client from "../../src/Client.js"
import type * as ClientError from "../../src/ClientError.js"
import * as ClientsApi from "../../src/ClientsApi.js"
import * as Credentials from "../../src/Credentials.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import {
  against,
  answering,
  failureOf,
  make,
  tagAndReason,
  token,
  unknownId,
  user,
  workspaceId
} from "./ApiUnderTest.js"

describe("the seven operations", () => {
  it.effect("make, read, change, archive, restore and delete a client", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      const acme = yield* api.create(workspaceId, { name: "  Acme ", notes: "net 30" })
      assert.deepInclude(acme, { workspaceId, name: "Acme", notes: "net 30", archived: false, creatorId: user.id })
      assert.deepEqual(yield* api.get(workspaceId, acme.id), acme)
      const renamed = yield* api.update(workspaceId, acme.id, { name: "Acme Ltd", notes: "" })
      assert.deepInclude(renamed, { id: acme.id, name: "Acme Ltd", notes: "" })
      const project = yield* fake.edit.addProject(workspaceId, { name: "Site", clientId: acme.id })
      assert.deepEqual(yield* api.archive(workspaceId, acme.id), [Client.ProjectId.make(project.id)])
      assert.deepEqual(yield* api.list(workspaceId), [])
      assert.lengthOf(yield* api.list(workspaceId, { status: "archived" }), 1)
      assert.isFalse((yield* api.restore(workspaceId, acme.id)).archived)
      assert.isUndefined(yield* api.delete(workspaceId, acme.id))
      assert.deepEqual(yield* fake.clients(workspaceId), [])
    })
  )

  it.effect("send what Toggl's documentation says, and nothing else", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      const { id } = yield* api.create(workspaceId, { name: " Acme " })
      yield* api.update(workspaceId, id, { name: "Acme", notes: "n" })
      yield* api.archive(workspaceId, id)
      const restores = [
        undefined,
        { restoreAllProjects: true },
        { projects: [Client.ProjectId.make(3)], restoreAllProjects: false }
      ]
      for (const input of restores) yield* Effect.exit(api.restore(workspaceId, id, input))
      yield* api.list(workspaceId)
      yield* api.list(workspaceId, { status: "both", name: "ac me&" })
      yield* api.get(workspaceId, id)
      yield* api.delete(workspaceId, id)
      const path = `/api/v9/workspaces/${workspaceId}/clients`
      const sent = (yield* fake.requests).map(({ body, method, path, query }) => ({ method, path, query, body }))
      assert.deepEqual(sent, [
        { method: "POST", path, query: {}, body: { name: "Acme", wid: workspaceId } },
        { method: "PUT", path: `${path}/${id}`, query: {}, body: { name: "Acme", notes: "n", wid: workspaceId } },
        { method: "POST", path: `${path}/${id}/archive`, query: {}, body: undefined },
        { method: "POST", path: `${path}/${id}/restore`, query: {}, body: undefined },
        { method: "POST", path: `${path}/${id}/restore`, query: {}, body: { restore_all_projects: true } },
        {
          method: "POST",
          path: `${path}/${id}/restore`,
          query: {},
          body: { projects: [3], restore_all_projects: false }
        },
        { method: "GET", path, query: {}, body: undefined },
        { method: "GET", path, query: { status: "both", name: "ac me&" }, body: undefined },
        { method: "GET", path: `${path}/${id}`, query: {}, body: undefined },
        { method: "DELETE", path: `${path}/${id}`, query: {}, body: undefined }
      ])
    })
  )

  it.effect("fail with Toggl's refusals, whichever shape they have and with the request id hidden", () =>
    Effect.gen(function* () {
      for (const failureBody of ["jsonString", "plain", "object", "objectDefaultMessage", "array"] as const) {
        const { api, fake } = yield* against({ failureBody, hiddenHeaders: ["X-Toggl-Request-Id"] })
        yield* fake.edit.createClient(workspaceId, { name: "Acme" })
        const taken = yield* Effect.flip(api.create(workspaceId, { name: "Acme" }))
        assert.strictEqual(tagAndReason(taken), "InvalidName Taken")
        for (const call of [
          api.get(workspaceId, unknownId),
          api.update(workspaceId, unknownId, { name: "Other" }),
          api.delete(workspaceId, unknownId),
          api.archive(workspaceId, unknownId),
          api.restore(workspaceId, unknownId)
        ]) {
          const error = yield* failureOf(call)
          assert.deepInclude({ ...error }, { _tag: "NotFound", workspaceId, clientId: unknownId })
        }
      }
    })
  )

  it.effect("fail with a status that Toggl does not know", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      yield* fake.inject(Fault.respond({ status: 400, body: '"Client status is invalid"' }))
      const error = yield* Effect.flip(api.list(workspaceId, { status: "archived" }))
      assert.deepInclude({ ...error }, { _tag: "InvalidStatus", status: "archived", workspaceId })
    })
  )

  it.effect("carry Toggl's request id in an error", () =>
    Effect.gen(function* () {
      const { api } = yield* against()
      const error = yield* Effect.flip(api.get(workspaceId, unknownId))
      assert.match(error._tag === "NotFound" ? (error.requestId ?? "") : "", /./)
    })
  )

  it.effect("are accessors over the service, by the same names", () =>
    Effect.gen(function* () {
      const program = Effect.gen(function* () {
        const { id } = yield* ClientsApi.create(workspaceId, { name: "Acme" })
        yield* ClientsApi.update(workspaceId, id, { name: "Acme 2", notes: "" })
        yield* ClientsApi.archive(workspaceId, id)
        yield* ClientsApi.restore(workspaceId, id)
        assert.deepEqual(yield* ClientsApi.list(workspaceId), [yield* ClientsApi.get(workspaceId, id)])
        assert.lengthOf((yield* ClientsApi.listWithReport(workspaceId)).clients, 1)
        yield* ClientsApi.delete(workspaceId, id)
        return yield* ClientsApi.me
      })
      const fake = yield* FakeToggl.make()
      const layer = ClientsApi.layer().pipe(Layer.provide([fake.layer, Credentials.layer(token)]))
      assert.deepEqual(yield* program.pipe(Effect.provide(layer)), { userId: user.id, defaultWorkspaceId: workspaceId })
    })
  )

  it("name in their types exactly what each can fail with", () => {
    type Failure<T> = T extends Effect.Effect<unknown, infer E, unknown> ? E : never
    type Call =
      | ClientError.TransportError
      | ClientError.NotFound
      | ClientError.Forbidden
      | ClientError.BadRequest
      | ClientError.PlanRequired
      | ClientError.Gone
    type Of<Name extends Client.Operation | "listWithReport"> = Failure<ReturnType<ClientsApi.ClientsApiService[Name]>>
    expectTypeOf<Of<"list">>().toEqualTypeOf<Call | ClientError.InvalidStatus>()
    expectTypeOf<Of<"listWithReport">>().toEqualTypeOf<Call | ClientError.InvalidStatus>()
    expectTypeOf<Of<"create">>().toEqualTypeOf<Call | ClientError.InvalidName>()
    expectTypeOf<Of<"update">>().toEqualTypeOf<Call | ClientError.InvalidName>()
    expectTypeOf<Of<"get">>().toEqualTypeOf<Call>()
    expectTypeOf<Of<"delete">>().toEqualTypeOf<Call>()
    expectTypeOf<Of<"archive">>().toEqualTypeOf<Call>()
    expectTypeOf<Of<"restore">>().toEqualTypeOf<Call>()
    expectTypeOf<Failure<ClientsApi.ClientsApiService["me"]>>().toEqualTypeOf<ClientError.TransportError>()
    expectTypeOf(ClientsApi.get(workspaceId, unknownId)).toEqualTypeOf<
      Effect.Effect<Client.Client, Call, ClientsApi.ClientsApi>
    >()
    expectTypeOf<Parameters<typeof ClientsApi.get>[1]>().toEqualTypeOf<Client.ClientId>()
    assert.strictEqual(ClientsApi.ClientsApi.key, "effect-toggl-clients/ClientsApi")
  })
})

describe("a list", () => {
  const items = [
    { id: 1, wid: workspaceId, name: "Acme" },
    { id: "secret name" },
    { id: 2, wid: workspaceId, name: "Bolt" }
  ]

  it.effect("leaves out and reports an item that does not decode", () =>
    Effect.gen(function* () {
      const api = yield* make(answering(() => Response.json(items)))
      const { clients, leftOut } = yield* api.listWithReport(workspaceId)
      assert.deepEqual(
        clients.map(({ name }) => name),
        ["Acme", "Bolt"]
      )
      assert.deepEqual(
        leftOut.map(({ index }) => index),
        [1]
      )
      const logged: Array<unknown> = []
      const logger = Logger.make(({ message }) => logged.push(message))
      const listed = yield* api.list(workspaceId).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
      assert.deepEqual(listed, clients)
      assert.deepEqual(logged, [["1 of the listed clients cannot be read"]])
    })
  )

  it.effect("is empty in each way to write that", () =>
    Effect.gen(function* () {
      for (const emptyList of ["[]", "null", ""] as const) {
        const { api } = yield* against({ emptyList })
        assert.deepEqual(yield* api.list(workspaceId), [])
      }
    })
  )
})

describe("a name", () => {
  it.effect("that cannot be sent is refused before anything is", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against({}, { maxNameBytes: 4 })
      for (const call of [api.create(workspaceId, { name: "  " }), api.update(workspaceId, unknownId, { name: "" })]) {
        assert.deepInclude({ ...(yield* failureOf(call)) }, { _tag: "InvalidName", reason: "Empty", workspaceId })
      }
      const long = yield* Effect.flip(api.create(workspaceId, { name: "ééé" }))
      assert.deepInclude({ ...long }, { _tag: "InvalidName", reason: "TooLong", limit: 4, name: "ééé" })
      assert.deepEqual(yield* fake.requests, [])
    })
  )

  it.effect("or notes with half an emoji are refused before anything is sent", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      const half = "Acme 😀".slice(0, 6)
      for (const call of [
        api.create(workspaceId, { name: half }),
        api.update(workspaceId, unknownId, { name: half })
      ]) {
        const error = yield* failureOf(call)
        assert.deepInclude({ ...error }, { _tag: "InvalidName", reason: "IllFormed", workspaceId, name: half })
      }
      for (const call of [
        api.create(workspaceId, { name: "Acme", notes: half }),
        api.update(workspaceId, unknownId, { name: "Acme", notes: half })
      ]) {
        const error = yield* failureOf(call)
        assert.deepInclude({ ...error }, { _tag: "BadRequest", workspaceId })
        assert.notProperty(error, "status")
      }
      assert.deepEqual(yield* fake.requests, [])
    })
  )

  it.effect("that is too long for the server is refused with the server's limit", () =>
    Effect.gen(function* () {
      const { api } = yield* against({ maxClientNameBytes: 10 })
      const error = yield* Effect.flip(api.create(workspaceId, { name: "a long name" }))
      assert.deepInclude({ ...error }, { _tag: "InvalidName", reason: "TooLong", limit: 10 })
    })
  )
})

describe("signing in", () => {
  it.effect("works by token, by email and password, and by a proxy that signs", () =>
    Effect.gen(function* () {
      const unsigned = Credentials.proxy({ header: { name: "X-App", value: "tracker" } })
      for (const credentials of [token, Credentials.password(user.email, user.password), unsigned]) {
        const { api, fake } = yield* against({ signsAs: user.id }, {}, credentials)
        assert.deepEqual(yield* api.me, { userId: user.id, defaultWorkspaceId: workspaceId })
        const [request] = yield* fake.requests
        assert.strictEqual(request?.authorization, credentials._tag === "Proxy" ? "None" : credentials._tag)
        assert.strictEqual(request?.headers["x-app"], credentials._tag === "Proxy" ? "tracker" : undefined)
      }
    })
  )

  it.effect("works with a password beyond Latin-1", () =>
    Effect.gen(function* () {
      const password = "pässwörd€😀:"
      const { api } = yield* against({ users: [{ ...user, password }] }, {}, Credentials.password(user.email, password))
      assert.deepEqual(yield* api.me, { userId: user.id, defaultWorkspaceId: workspaceId })
    })
  )

  it.effect("asks for the credentials at each attempt, and sends nothing where there are none", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const source = yield* Credentials.make()
      const api = yield* ClientsApi.make().pipe(
        Effect.provideService(HttpClient.HttpClient, fake.httpClient),
        Effect.provideService(Credentials.CurrentCredentials, source)
      )
      for (const call of [api.me, api.list(workspaceId)]) {
        assert.strictEqual(tagAndReason(yield* failureOf(call)), "Unauthorized Missing")
      }
      assert.deepEqual(yield* fake.requests, [])
      yield* source.set(token)
      assert.deepEqual(yield* api.list(workspaceId), [])
    })
  )

  it.effect("that Toggl does not accept is told from what the user may not do, by one more request", () =>
    Effect.gen(function* () {
      const guest = { ...FakeToggl.defaultWorkspace, admins: [], onlyAdminsSeeClients: true }
      const forbidden = yield* against({ workspaces: [guest] })
      const may = yield* Effect.flip(forbidden.api.create(workspaceId, { name: "Acme" }))
      assert.deepInclude({ ...may }, { _tag: "Forbidden", operation: "create", workspaceId })
      const paths = (yield* forbidden.fake.requests).map(({ path }) => path.replace("/api/v9", ""))
      assert.deepEqual(paths, [`/workspaces/${workspaceId}/clients`, "/me/logged"])

      const wrong = yield* against({}, {}, Credentials.password(user.email, "wrong"))
      const refused = yield* Effect.flip(wrong.api.create(workspaceId, { name: "Acme" }))
      assert.deepInclude(
        { ...refused },
        { _tag: "Unauthorized", reason: "Refused", operation: "create", remainingAttempts: 3 }
      )
    })
  )

  it.effect("is not judged by a probe that fails itself", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      yield* fake.inject(Fault.respond({ status: 403 }), { when: ({ path }) => !path.endsWith("/logged") })
      yield* fake.inject(Fault.respond({ status: 500 }))
      assert.strictEqual((yield* Effect.flip(api.get(workspaceId, unknownId)))._tag, "ServerError")
      yield* fake.inject(Fault.respond({ status: 403 }))
      yield* fake.inject(Fault.refuse)
      const lost = yield* Effect.flip(api.get(workspaceId, unknownId))
      assert.deepInclude({ ...lost }, { _tag: "Unreachable", operation: "get", clientId: unknownId })
    })
  )

  it.effect("wrong is wrong for GET /me without a further request", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against({}, {}, Credentials.token("no such token"))
      assert.strictEqual(tagAndReason(yield* Effect.flip(api.me)), "Unauthorized Refused")
      assert.lengthOf(yield* fake.requests, 1)
    })
  )
})

describe("what waits", () => {
  it.effect("is a quota or a rate, with the time that the server names", () =>
    Effect.gen(function* () {
      const quota = yield* against({ quotaPerHour: 0 })
      const spent = yield* Effect.flip(quota.api.list(workspaceId))
      assert.strictEqual(spent._tag, "QuotaExceeded")
      assert.isAbove(spent._tag === "QuotaExceeded" ? (spent.retryAfter ?? 0) : 0, 0)
      for (const retryAfter of ["seconds", "date"] as const) {
        const bucket = yield* against({ rateLimit: { capacity: 0, perSecond: 0.1, retryAfter }, clockSkew: 3_600_000 })
        const often = yield* Effect.flip(bucket.api.list(workspaceId))
        assert.strictEqual(often._tag, "RateLimited")
        const wait = often._tag === "RateLimited" ? (often.retryAfter ?? 0) : 0
        assert.isTrue(wait > 0 && wait <= 60_000, `${retryAfter} ${wait}`)
      }
    })
  )

  it.effect("is never asked again by itself", () =>
    Effect.gen(function* () {
      for (const fault of [Fault.respond({ status: 503 }), Fault.refuse, Fault.respond({ status: 429 })]) {
        const { api, fake } = yield* against()
        yield* fake.inject(fault)
        yield* Effect.flip(api.create(workspaceId, { name: "Acme" }))
        assert.lengthOf(yield* fake.requests, 1)
      }
    })
  )
})
