import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import type * as ClientError from "../../src/ClientError.js"
import type * as ClientsApi from "../../src/ClientsApi.js"
import * as Credentials from "../../src/Credentials.js"
import {
  against,
  answering,
  failing,
  failureOf,
  make,
  overFetch,
  tagAndReason,
  unknownId,
  user,
  workspaceId
} from "./ApiUnderTest.js"

// Laws 11 and 13: what the app hands in may throw, and is told as that; an interruption is none.

class Broken extends Error {
  override readonly name = "Broken"
}

const secret = `the token is ${user.apiToken}`

const throwing = (): never => {
  throw new Broken(secret)
}

const dying = Effect.die(new Broken(secret))

const ok = answering(() => Response.json([]))

const threw = (error: ClientError.ClientError) => {
  assert.deepInclude({ ...error }, { _tag: "Unreachable", reason: "Threw", detail: "Broken" })
  assert.include(error.message, "Broken")
  assert.notInclude(JSON.stringify(error) + error.message, user.apiToken)
}

describe("what the app gives to send requests with", () => {
  const clients: Readonly<Record<string, HttpClient.HttpClient>> = {
    "a client that dies": HttpClient.make(() => dying),
    "a client that throws": HttpClient.make(throwing),
    "a client that is transformed and dies": HttpClient.mapRequestEffect(ok, () => dying),
    "an answer that cannot be looked at": HttpClient.transformResponse(ok, (sending) =>
      Effect.map(sending, (response) => new Proxy(response, { get: throwing }))
    )
  }
  for (const [what, client] of Object.entries(clients)) {
    it.effect(`may throw: ${what}`, () =>
      Effect.gen(function* () {
        const api = yield* make(client)
        threw(yield* failureOf(api.create(workspaceId, { name: "Acme" })))
        threw(yield* failureOf(api.list(workspaceId)))
        threw(yield* failureOf(api.me))
      })
    )
  }

  it.effect("may throw: fetch itself", () =>
    Effect.gen(function* () {
      const { api } = yield* overFetch(() => Response.json([]))
      const byFetch = Effect.provideService(FetchHttpClient.Fetch, throwing)
      threw(yield* failureOf(byFetch(api.create(workspaceId, { name: "Acme" }))))
      threw(yield* failureOf(byFetch(api.list(workspaceId))))
    })
  )

  it.effect("may reject, which is a lost connection", () =>
    Effect.gen(function* () {
      const { api, fetch } = yield* overFetch(() => Promise.reject(new TypeError("Failed to fetch")))
      const error = yield* failureOf(Effect.provideService(api.list(workspaceId), FetchHttpClient.Fetch, fetch))
      assert.strictEqual(tagAndReason(error), "Unreachable Failed")
    })
  )

  it.effect("may throw anything at all", () =>
    Effect.gen(function* () {
      for (const thrown of [
        "a text",
        undefined,
        { name: secret },
        Object.create(null),
        new Proxy({}, { get: throwing })
      ]) {
        const api = yield* make(HttpClient.make(() => Effect.die(thrown)))
        const error = yield* failureOf(api.list(workspaceId))
        assert.strictEqual(tagAndReason(error), "Unreachable Threw")
        assert.notInclude(JSON.stringify(error), user.apiToken)
      }
    })
  )

  it.effect("may not throw as it is made", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(make(ok, { transformClient: throwing }))
      assert.deepInclude({ ...error }, { _tag: "InvalidConfiguration", setting: "transformClient" })
      assert.include(error.message, "Broken")
      assert.notInclude(error.message, user.apiToken)
    })
  )

  it.effect("may be interrupted, and the caller alone is", () =>
    Effect.gen(function* () {
      const api = yield* make(HttpClient.make(() => Effect.never))
      const call = yield* Effect.fork(api.list(workspaceId))
      yield* Effect.yieldNow()
      assert.isTrue(Exit.isInterrupted(yield* Fiber.interrupt(call)))
      const interrupting = yield* make(HttpClient.make(() => Effect.interrupt))
      assert.strictEqual(tagAndReason(yield* failureOf(interrupting.list(workspaceId))), "Unreachable Threw")
    })
  )
})

describe("credentials that cannot be read", () => {
  it.effect("are told, and nothing is sent", () =>
    Effect.gen(function* () {
      const broken = new Proxy(Credentials.token("x"), { get: throwing })
      const { api, fake } = yield* against({}, {}, broken)
      threw(yield* failureOf(api.list(workspaceId)))
      assert.deepEqual(yield* fake.requests, [])
    })
  )
})

describe("the device's word that throws", () => {
  it.effect("says nothing", () =>
    Effect.gen(function* () {
      for (const isOnline of [dying, Effect.interrupt, Effect.sync(() => Option.some(throwing()))]) {
        const api = yield* make(failing("Transport"), { isOnline })
        assert.strictEqual(tagAndReason(yield* failureOf(api.list(workspaceId))), "Unreachable Failed")
      }
    })
  )
})

describe("a listener that throws", () => {
  it.scoped("changes nothing, and is told once in a call by the names of the errors", () =>
    Effect.gen(function* () {
      const logged: Array<unknown> = []
      const logger = Logger.make(({ message }) => logged.push(message))
      const told: Array<ClientsApi.AnswerInfo> = []
      const { api } = yield* against({}, { onAnswer: throwing })
      yield* api.listen(() => dying)
      yield* api.listen((info) => Effect.sync(() => told.push(info)))
      const list = api.list(workspaceId).pipe(Effect.provide(Logger.replace(Logger.defaultLogger, logger)))
      assert.deepEqual(yield* list, [])
      assert.lengthOf(told, 1)
      assert.deepEqual(logged, [["what listens to Toggl's answers threw (Broken, Broken)"]])
      assert.deepEqual(yield* list, [])
      assert.lengthOf(logged, 2)
    })
  )

  it.effect("does not keep a change from being told as done", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against({}, { onAnswer: () => Effect.interrupt })
      const acme = yield* api.create(workspaceId, { name: "Acme" })
      assert.lengthOf(yield* fake.clients(workspaceId), 1)
      yield* api.delete(workspaceId, acme.id)
      assert.strictEqual(tagAndReason(yield* failureOf(api.get(workspaceId, unknownId))), "NotFound")
    })
  )
})
