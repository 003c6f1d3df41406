import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { afterEach, assert, describe, it } from "@effect/vitest"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { vi } from "vitest"
import * as ClientError from "../../src/ClientError.js"
import * as ClientsApi from "../../src/ClientsApi.js"
import * as Credentials from "../../src/Credentials.js"
import { Fault } from "../../src/testing/index.js"
import {
  aborted,
  against,
  answering,
  failing,
  failureOf,
  make,
  overFetch,
  tagAndReason,
  token,
  unknownId,
  workspaceId
} from "./ApiUnderTest.js"

afterEach(() => {
  vi.unstubAllGlobals()
})

describe("no answer", () => {
  const reason = (online: Option.Option<boolean>, options: ClientsApi.ClientsApiOptions = {}) =>
    make(failing("Transport"), { ...options, isOnline: Effect.succeed(online) }).pipe(
      Effect.flatMap((api) => Effect.flip(api.create(workspaceId, { name: "Acme" }))),
      Effect.map(tagAndReason)
    )

  it.effect("is offline where the device says so, and failed elsewhere", () =>
    Effect.gen(function* () {
      assert.strictEqual(yield* reason(Option.some(false)), "Unreachable Offline")
      assert.strictEqual(yield* reason(Option.some(true)), "Unreachable Failed")
      assert.strictEqual(yield* reason(Option.none()), "Unreachable Failed")
    })
  )

  it.effect("asks the browser where no hint is given", () =>
    Effect.gen(function* () {
      const api = yield* make(failing("Transport"))
      vi.stubGlobal("navigator", { onLine: false })
      assert.strictEqual(tagAndReason(yield* Effect.flip(api.me)), "Unreachable Offline")
      vi.stubGlobal("navigator", {})
      assert.strictEqual(tagAndReason(yield* Effect.flip(api.me)), "Unreachable Failed")
      vi.stubGlobal("navigator", undefined)
      assert.strictEqual(tagAndReason(yield* Effect.flip(api.me)), "Unreachable Failed")
    })
  )

  it.effect("within the limit is given up, body included, and the request is aborted", () =>
    Effect.gen(function* () {
      for (const fault of [Fault.hang(), Fault.stallAnswer]) {
        const { api, fake } = yield* against({}, { requestLimit: "5 seconds" })
        yield* fake.edit.createClient(workspaceId, { name: "Acme" })
        yield* fake.inject(fault)
        const call = yield* Effect.fork(Effect.flip(api.list(workspaceId)))
        yield* fake.awaitRequest(() => true)
        yield* TestClock.adjust("4999 millis")
        assert.isTrue(Option.isNone(yield* Fiber.poll(call)))
        yield* TestClock.adjust("1 millis")
        assert.strictEqual(tagAndReason(yield* Fiber.join(call)), "Unreachable TimedOut")
      }
    })
  )

  it.effect("aborts fetch's signal at the limit, 20 seconds unless given", () =>
    Effect.gen(function* () {
      const { api, fetch, seen } = yield* overFetch(() => new Promise<Response>(() => undefined))
      const call = yield* api.me.pipe(Effect.provideService(FetchHttpClient.Fetch, fetch), Effect.flip, Effect.fork)
      yield* TestClock.adjust("19 seconds")
      assert.isFalse(aborted(seen))
      yield* TestClock.adjust("1 seconds")
      assert.strictEqual(tagAndReason(yield* Fiber.join(call)), "Unreachable TimedOut")
      assert.isTrue(aborted(seen))
    })
  )

  it.effect("and an interrupted caller abort the request alike", () =>
    Effect.gen(function* () {
      const { api, fetch, seen } = yield* overFetch(() => new Promise<Response>(() => undefined))
      const call = yield* api.me.pipe(Effect.provideService(FetchHttpClient.Fetch, fetch), Effect.fork)
      yield* TestClock.adjust("1 seconds")
      yield* Fiber.interrupt(call)
      assert.isTrue(aborted(seen))
    })
  )

  it.effect("because no request could be made is a BadRequest that was never sent", () =>
    Effect.gen(function* () {
      for (const why of ["InvalidUrl", "Encode"] as const) {
        const api = yield* make(failing(why))
        const error = yield* Effect.flip(api.create(workspaceId, { name: "Acme" }))
        assert.strictEqual(error._tag, "BadRequest")
        assert.notProperty(error, "status")
        assert.strictEqual(tagAndReason(yield* Effect.flip(api.me)), "Unreachable Failed")
      }
    })
  )
})

describe("an answer that is not Toggl's", () => {
  it.effect("is a redirect, shown or hidden; it is not followed", () =>
    Effect.gen(function* () {
      for (const opaque of [true, false]) {
        const { api, fake } = yield* against()
        yield* fake.inject(Fault.redirect("https://elsewhere.test/", { opaque }))
        const error = yield* Effect.flip(api.create(workspaceId, { name: "Acme" }))
        assert.deepInclude({ ...error }, { _tag: "RedirectedElsewhere", status: opaque ? 0 : 302 })
        assert.lengthOf(yield* fake.requests, 1)
      }
    })
  )

  it.effect("is a captive portal's page, for every operation", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      yield* fake.inject(Fault.captivePortal, { times: "always" })
      for (const call of [
        api.list(workspaceId),
        api.create(workspaceId, { name: "Acme" }),
        api.get(workspaceId, unknownId),
        api.update(workspaceId, unknownId, { name: "Acme" }),
        api.delete(workspaceId, unknownId),
        api.archive(workspaceId, unknownId),
        api.restore(workspaceId, unknownId),
        api.me
      ]) {
        assert.strictEqual(tagAndReason(yield* failureOf(call)), "UnexpectedAnswer Html")
      }
    })
  )

  it.effect("is one that broke off in the middle", () =>
    Effect.gen(function* () {
      const { api, fake } = yield* against()
      yield* fake.inject(Fault.cutAnswer)
      const error = yield* Effect.flip(api.create(workspaceId, { name: "Acme" }))
      assert.strictEqual(tagAndReason(error), "UnexpectedAnswer NotJson")
    })
  )

  it.effect("gives a value or a typed error whatever its status and bytes", () =>
    Effect.promise(() =>
      FastCheck.assert(
        FastCheck.asyncProperty(
          FastCheck.integer({ min: 200, max: 599 }),
          FastCheck.uint8Array({ maxLength: 60 }),
          (status, bytes) => {
            const isBodiless = [204, 205, 304].includes(status)
            return make(answering(() => new Response(isBodiless ? null : new Uint8Array(bytes), { status }))).pipe(
              Effect.flatMap((api) =>
                Effect.forEach(
                  [
                    api.list(workspaceId),
                    api.create(workspaceId, { name: "Acme" }),
                    api.delete(workspaceId, unknownId),
                    api.archive(workspaceId, unknownId),
                    api.me
                  ],
                  (call: Effect.Effect<unknown, ClientError.ClientError>) => Effect.either(call)
                )
              ),
              Effect.map((results) => {
                assert.isTrue(
                  results.every((result) => result._tag === "Right" || ClientError.isClientError(result.left))
                )
              }),
              Effect.runPromise
            )
          }
        )
      )
    )
  )
})

describe("on the wire", () => {
  const ok = () => Response.json([])
  const sent = (options?: ClientsApi.ClientsApiOptions, credentials?: Credentials.Credentials) =>
    Effect.gen(function* () {
      const { api, fetch, seen } = yield* overFetch(ok, options, credentials)
      yield* api.list(workspaceId).pipe(Effect.provideService(FetchHttpClient.Fetch, fetch))
      const [call] = seen
      if (call === undefined) return yield* Effect.dieMessage("nothing was sent")
      return call
    })

  it.effect("nothing is followed or cached, and cookies go only to a proxy", () =>
    Effect.gen(function* () {
      const cookies = (credentials: Credentials.Credentials) =>
        Effect.map(sent({}, credentials), ({ init }) => {
          assert.deepInclude({ ...init }, { redirect: "manual", cache: "no-store" })
          return init.credentials
        })
      assert.strictEqual(yield* cookies(token), "omit")
      assert.strictEqual(yield* cookies(Credentials.password("a@b.test", "x")), "omit")
      assert.strictEqual(yield* cookies(Credentials.proxy()), "same-origin")
      assert.strictEqual(yield* cookies(Credentials.proxy({ cookies: "include" })), "include")
    })
  )

  it.effect("what the app gives fetch stays, where it is not ours to say", () =>
    Effect.gen(function* () {
      const { api, fetch, seen } = yield* overFetch(ok)
      yield* api
        .list(workspaceId)
        .pipe(
          Effect.provideService(FetchHttpClient.Fetch, fetch),
          Effect.provideService(FetchHttpClient.RequestInit, { keepalive: true, redirect: "follow", cache: "default" })
        )
      assert.deepInclude({ ...seen[0]?.init }, { keepalive: true, redirect: "manual", cache: "no-store" })
    })
  )

  it.effect("trace headers are off unless asked for", () =>
    Effect.gen(function* () {
      const off = yield* sent()
      assert.isNull(off.headers.get("traceparent"))
      assert.isNull(off.headers.get("b3"))
      const on = yield* sent({ traceHeaders: true })
      assert.match(on.headers.get("traceparent") ?? "", /^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$/)
    })
  )

  it.effect("the client can be changed", () =>
    Effect.gen(function* () {
      const call = yield* sent({
        transformClient: HttpClient.mapRequest(HttpClientRequest.setHeader("x-changed", "yes"))
      })
      assert.strictEqual(call.headers.get("x-changed"), "yes")
    })
  )

  it.effect("a client that fails on a status gives the same errors", () =>
    Effect.gen(function* () {
      const { api } = yield* against({}, { transformClient: HttpClient.filterStatusOk })
      assert.strictEqual((yield* Effect.flip(api.get(workspaceId, unknownId)))._tag, "NotFound")
    })
  )

  it.effect("each answer is told with its quota, the probe's too", () =>
    Effect.gen(function* () {
      const told: Array<ClientsApi.AnswerInfo> = []
      const { api, fake } = yield* against(
        { quotaPerHour: 30 },
        { onAnswer: (info) => Effect.sync(() => told.push(info)) }
      )
      yield* api.list(workspaceId)
      yield* fake.inject(Fault.respond({ status: 403 }))
      yield* Effect.flip(api.get(workspaceId, unknownId))
      yield* api.me
      assert.deepEqual(
        told.map(({ date }) => date),
        [0, undefined, 0, 0]
      )
      const [list, ...others] = told.map(({ date: _, ...info }) => info)
      assert.deepInclude(list, { operation: "list", workspaceId, status: 200 })
      assert.strictEqual(list?.quota?.remaining, 29)
      assert.isTrue((list?.quota?.resetsIn ?? 0) > 0 && (list?.quota?.resetsIn ?? 0) <= 3_600_000)
      assert.deepEqual(others, [
        { operation: "get", workspaceId, status: 403 },
        { operation: "logged", workspaceId, status: 200 },
        { operation: "me", status: 200 }
      ])
    })
  )
})

describe("the base URL", () => {
  const baseUrl = (baseUrl: string | URL) => Effect.map(make(failing("Transport"), { baseUrl }), (api) => api.baseUrl)

  it.effect("is Toggl's unless given, and may be any on https or loopback", () =>
    Effect.gen(function* () {
      assert.strictEqual((yield* make(failing("Transport"))).baseUrl, "https://api.track.toggl.com/api/v9")
      for (const [given, used] of [
        ["https://proxy.test", "https://proxy.test"],
        ["https://proxy.test:8443/toggl//", "https://proxy.test:8443/toggl"],
        ["http://127.0.0.1:3000/api/v9", "http://127.0.0.1:3000/api/v9"],
        ["http://127.9.9.9", "http://127.9.9.9"],
        ["http://[::1]:3000/", "http://[::1]:3000"],
        ["http://localhost:3000", "http://localhost:3000"],
        ["http://toggl.localhost", "http://toggl.localhost"]
      ] as const) {
        assert.strictEqual(yield* baseUrl(given), used)
        assert.strictEqual(yield* baseUrl(new URL(given)), used)
      }
    })
  )

  it.effect("is refused before any request where it is not safe or no URL, without showing it", () =>
    Effect.gen(function* () {
      for (const given of [
        "",
        "toggl",
        "/api/toggl",
        "http://api.track.toggl.com/api/v9",
        "http://127.0.0.1.evil.test",
        "http://notlocalhost",
        "ftp://localhost",
        "https://ada:s3cret@proxy.test",
        "https://s3cret@proxy.test",
        "https://proxy.test/?key=s3cret",
        "https://proxy.test/#s3cret"
      ]) {
        const error = yield* Effect.flip(baseUrl(given))
        assert.deepInclude({ ...error }, { _tag: "InvalidConfiguration", setting: "baseUrl" }, given)
        assert.notInclude(JSON.stringify(error) + error.message, "s3cret")
      }
    })
  )

  it.effect("in a page may be of the page's origin", () =>
    Effect.gen(function* () {
      vi.stubGlobal("location", new URL("https://app.test/start/"))
      assert.strictEqual(yield* baseUrl("/api/toggl"), "https://app.test/api/toggl")
      assert.strictEqual((yield* Effect.flip(baseUrl("")))._tag, "InvalidConfiguration")
      // Electron's way, and that of phones' web views: the page and its proxy have a scheme of the app's own.
      vi.stubGlobal("location", new URL("app://bundle/start/index.html?x#y"))
      assert.strictEqual(yield* baseUrl("/api/toggl/"), "app://bundle/api/toggl")
      assert.strictEqual(yield* baseUrl("app://bundle/api"), "app://bundle/api")
      for (const elsewhere of [
        "app://other/api",
        "api://bundle/api",
        "//ada:s3cret@bundle/api",
        "/api?x",
        "http://bundle"
      ]) {
        assert.strictEqual((yield* Effect.flip(baseUrl(elsewhere)))._tag, "InvalidConfiguration", elsewhere)
      }
      vi.stubGlobal("location", new URL("file:///start/index.html"))
      assert.strictEqual((yield* Effect.flip(baseUrl("/api/toggl")))._tag, "InvalidConfiguration")
      vi.stubGlobal("location", {})
      assert.strictEqual(yield* baseUrl("https://proxy.test/api"), "https://proxy.test/api")
      assert.strictEqual((yield* Effect.flip(baseUrl("/api/toggl")))._tag, "InvalidConfiguration")
      vi.stubGlobal("location", new URL("about:blank"))
      assert.strictEqual((yield* Effect.flip(baseUrl("/api/toggl")))._tag, "InvalidConfiguration")
    })
  )

  it.effect("comes from the configuration, where it is set", () =>
    Effect.gen(function* () {
      const from = (map: ReadonlyArray<readonly [string, string]>) =>
        Effect.map(ClientsApi.ClientsApi, (api) => api.baseUrl).pipe(
          Effect.provide(ClientsApi.layerConfig()),
          Effect.provide(Credentials.layer(token)),
          Effect.provideService(HttpClient.HttpClient, failing("Transport")),
          Effect.withConfigProvider(ConfigProvider.fromMap(new Map(map)))
        )
      assert.strictEqual(yield* from([]), "https://api.track.toggl.com/api/v9")
      assert.strictEqual(yield* from([["TOGGL_BASE_URL", "https://proxy.test/"]]), "https://proxy.test")
      const error = yield* Effect.flip(from([["TOGGL_BASE_URL", "http://proxy.test"]]))
      assert.strictEqual(error._tag, "InvalidConfiguration")
    })
  )
})

describe("other settings", () => {
  it.effect("are refused where they make no sense", () =>
    Effect.gen(function* () {
      for (const [setting, options] of [
        ["requestLimit", { requestLimit: 0 }],
        ["requestLimit", { requestLimit: Infinity }],
        ["requestLimit", { requestLimit: NaN }]
      ] as const) {
        const error = yield* Effect.flip(make(failing("Transport"), options))
        assert.deepInclude({ ...error }, { _tag: "InvalidConfiguration", setting })
      }
    })
  )
})
