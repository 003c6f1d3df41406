import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import type * as ClientsApi from "../../src/ClientsApi.js"
import { Fault } from "../../src/testing/index.js"
import { against, failureOf, make, overFetch, tagAndReason, unknownId, workspaceId } from "./ApiUnderTest.js"

// Law 3: within one call a change is sent once, whatever the app has put in between.

const retrying = (client: HttpClient.HttpClient) => HttpClient.retryTransient(client, { times: 3 })

const changes = (api: ClientsApi.ClientsApiService): ReadonlyArray<Effect.Effect<unknown, ClientsApi.NameError>> => [
  api.create(workspaceId, { name: "Acme" }),
  api.update(workspaceId, unknownId, { name: "Acme" }),
  api.delete(workspaceId, unknownId),
  api.archive(workspaceId, unknownId),
  api.restore(workspaceId, unknownId),
  api.deleteMany(workspaceId, [unknownId])
]

describe("a client that sends again", () => {
  it.effect("gets the first answer to a change, and reads as often as it likes", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against({}, { transformClient: retrying })
      yield* fake.inject(Fault.respond({ status: 503 }), { times: "always" })
      for (const change of changes(api)) {
        yield* fake.clearRequests
        assert.strictEqual((yield* failureOf(change))._tag, "ServerError")
        assert.lengthOf(yield* fake.requests, 1)
      }
      yield* fake.clearRequests
      assert.strictEqual((yield* failureOf(api.list(workspaceId)))._tag, "ServerError")
      assert.lengthOf(yield* fake.requests, 4)
    })
  )

  it.effect("gets the first failure too", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against({}, { transformClient: retrying })
      yield* fake.inject(Fault.refuse)
      const error = yield* failureOf(api.create(workspaceId, { name: "Acme" }))
      assert.strictEqual(tagAndReason(error), "Unreachable Failed")
      assert.lengthOf(yield* fake.requests, 1)
      assert.strictEqual((yield* api.create(workspaceId, { name: "Acme" })).name, "Acme")
    })
  )

  it.effect("after giving the first up may not send it again", () =>
    Effect.gen(function* () {
      const impatient = (client: HttpClient.HttpClient) =>
        HttpClient.transform(client, (sending) =>
          Effect.flatMap(
            Effect.timeoutOption(sending, "1 seconds"),
            Option.match({ onNone: () => sending, onSome: Effect.succeed })
          )
        )
      const { api, fake } = yield* against({}, { transformClient: impatient })
      yield* fake.inject(Fault.hang())
      const call = yield* Effect.fork(failureOf(api.create(workspaceId, { name: "Acme" })))
      yield* fake.awaitRequest(() => true)
      yield* TestClock.adjust("2 seconds")
      assert.strictEqual(tagAndReason(yield* Fiber.join(call)), "Unreachable Failed")
      assert.lengthOf(yield* fake.requests, 1)
    })
  )

  it.effect("may race two of them, and reads the one answer", () =>
    Effect.gen(function* () {
      const twice = (client: HttpClient.HttpClient) =>
        HttpClient.transform(client, (sending) =>
          Effect.map(Effect.all([sending, sending], { concurrency: 2 }), ([, last]) => last)
        )
      const { api, fake } = yield* against({}, { transformClient: twice })
      assert.strictEqual((yield* api.create(workspaceId, { name: "Acme" })).name, "Acme")
      assert.lengthOf(yield* fake.requests, 1)
    })
  )

  it.effect("may renew its sign-in on the way, by a request of its own", () =>
    Effect.gen(function* () {
      const renewing = (client: HttpClient.HttpClient) =>
        HttpClient.mapRequestEffect(client, (request) =>
          client.execute(HttpClientRequest.post("https://sign-in.test/token")).pipe(Effect.as(request), Effect.orDie)
        )
      const { api, fake } = yield* against({}, { transformClient: renewing })
      assert.strictEqual((yield* api.create(workspaceId, { name: "Acme" })).name, "Acme")
      assert.deepEqual(
        (yield* fake.requests).map(({ path }) => path),
        ["/token", `/api/v9/workspaces/${workspaceId}/clients`]
      )
    })
  )

  it.effect("may read the answer before it is read", () =>
    Effect.gen(function* () {
      const reading = (client: HttpClient.HttpClient) => HttpClient.tap(client, (response) => response.text)
      const { api } = yield* against({}, { transformClient: reading })
      assert.strictEqual((yield* api.create(workspaceId, { name: "Acme" })).name, "Acme")
    })
  )
})

describe("a fetch", () => {
  const over = (respond: () => Response) =>
    Effect.gen(function* () {
      const { fetch, seen } = yield* overFetch(respond)
      const client = yield* HttpClient.HttpClient.pipe(Effect.provide(FetchHttpClient.layer))
      return { api: yield* make(retrying(client)), fetch, seen }
    })

  it.effect("is reached once by a change, though the app's own client sends again", () =>
    Effect.gen(function* () {
      const { api, fetch, seen } = yield* over(() => new Response("busy", { status: 503 }))
      for (const change of changes(api)) {
        seen.length = 0
        const error = yield* failureOf(Effect.provideService(change, FetchHttpClient.Fetch, fetch))
        assert.strictEqual(error._tag, "ServerError")
        assert.lengthOf(seen, 1)
      }
      seen.length = 0
      yield* failureOf(Effect.provideService(api.me, FetchHttpClient.Fetch, fetch))
      assert.lengthOf(seen, 4)
    })
  )

  it.effect("is reached anew by the next call", () =>
    Effect.gen(function* () {
      const { api, fetch, seen } = yield* over(() => new Response("OK"))
      for (const expected of [1, 2]) {
        yield* Effect.provideService(api.delete(workspaceId, unknownId), FetchHttpClient.Fetch, fetch)
        assert.lengthOf(seen, expected)
      }
    })
  )

  it.effect("whose answer has been read is not asked again for it", () =>
    Effect.gen(function* () {
      const { fetch, seen } = yield* overFetch(() => new Response("busy", { status: 503 }))
      const client = yield* HttpClient.HttpClient.pipe(Effect.provide(FetchHttpClient.layer))
      const api = yield* make(
        client.pipe(
          HttpClient.tap((response) => Effect.orDie(response.text)),
          retrying
        )
      )
      const error = yield* failureOf(
        Effect.provideService(api.delete(workspaceId, unknownId), FetchHttpClient.Fetch, fetch)
      )
      assert.strictEqual(tagAndReason(error), "Unreachable Failed")
      assert.lengthOf(seen, 1)
    })
  )

  it.effect("that the client was made with is used where a call gives none", () =>
    Effect.gen(function* () {
      const { fetch, seen } = yield* overFetch(() => Response.json([]))
      const client = yield* HttpClient.HttpClient.pipe(
        Effect.provide(FetchHttpClient.layer),
        Effect.provideService(FetchHttpClient.Fetch, fetch)
      )
      const api = yield* make(client)
      assert.deepEqual(yield* api.list(workspaceId), [])
      assert.lengthOf(seen, 1)
    })
  )
})
