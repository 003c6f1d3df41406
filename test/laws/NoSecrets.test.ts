import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientError from "@effect/platform/HttpClientError"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as HttpClientResponse from "@effect/platform/HttpClientResponse"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as LogLevel from "effect/LogLevel"
import * as Logger from "effect/Logger"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Stream from "effect/Stream"
import * as Tracer from "effect/Tracer"
import { inspect } from "node:util"
import type * as ClientError from "../../src/ClientError.js"
import * as ClientsApi from "../../src/ClientsApi.js"
import * as Credentials from "../../src/Credentials.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { isUpdate, withRefusal } from "../Requests.js"
import { law } from "../World.js"
import { make, unknownId, workspaceId } from "../wire/ApiUnderTest.js"

// Law 7, no secrets at rest: no credential comes out of an error, a log line, a span or a file.

const secret = "s3cr3t-Pässwort/+"

const csrf = "csrf-marker-8f1d"

const email = "ada@example.com"

const customer = "Confidential Customer"

const base64 = (text: string) => Buffer.from(text).toString("base64").replace(/=+$/, "")

const signedBy: ReadonlyArray<Credentials.Credentials> = [
  Credentials.password(email, secret),
  Credentials.token(secret),
  Credentials.proxy({ header: { name: "X-CSRF", value: Redacted.make(csrf) } })
]

/** Every form in which a secret could come out. */
const forms = [`${email}:${secret}`, `${secret}:api_token`, secret, csrf]
  .flatMap((text) => [
    text,
    encodeURIComponent(text),
    JSON.stringify(text).slice(1, -1),
    base64(text),
    encodeURIComponent(base64(text)),
    Buffer.from(text).toString("base64url"),
    `Basic ${base64(text).slice(0, 8)}`
  ])
  .map((form) => form.toLowerCase())

const leaks = (text: string) => forms.filter((form) => text.toLowerCase().includes(form))

/** A value in each way in which an app may print or keep it. */
const pictures = (value: unknown): ReadonlyArray<string> => [
  JSON.stringify(value),
  String(value),
  inspect(value, { depth: Infinity, showHidden: true, getters: true }),
  inspect(value, { depth: Infinity, showHidden: true, customInspect: false }),
  value instanceof Error ? `${value.name} ${value.message} ${value.stack ?? ""}` : ""
]

const thorough = (error: ClientError.ClientError): ReadonlyArray<string> => {
  const cause = Cause.sequential(Cause.fail(error), Cause.die(error))
  return [...[error, cause, { error }].flatMap(pictures), Cause.pretty(cause, { renderErrorCause: true })]
}

/** All that goes to the log and to the tracer while an effect runs. */
const observe = <A, E>(effect: Effect.Effect<A, E>) =>
  Effect.gen(function* () {
    const log: Array<string> = []
    const attributes: Array<string> = []
    const logger = Logger.make((options) => {
      log.push(JSON.stringify(Logger.structuredLogger.log(options)), Logger.logfmtLogger.log(options))
    })
    const span: Tracer.Tracer["span"] = (name, parent, context, links, startTime, kind) => ({
      _tag: "Span",
      name,
      spanId: "1",
      traceId: "2",
      parent,
      context,
      status: { _tag: "Started", startTime },
      attributes: new Map(),
      links,
      sampled: true,
      kind,
      end: (_, exit) => {
        log.push(JSON.stringify(exit))
      },
      attribute: (key, value) => {
        attributes.push(`${name} ${key} ${inspect(value, { depth: Infinity })}`)
      },
      event: (name, _, attributes) => {
        log.push(inspect({ name, attributes }, { depth: Infinity }))
      },
      addLinks: () => undefined
    })
    const exit = yield* effect.pipe(
      Effect.tapErrorCause((cause) => Effect.logError("failed", cause)),
      Effect.annotateLogs("app", "test"),
      Effect.exit,
      Effect.provide(
        Layer.mergeAll(
          Logger.replace(Logger.defaultLogger, logger),
          Logger.minimumLogLevel(LogLevel.All),
          Layer.setTracer(Tracer.make({ span, context: (f) => f() }))
        )
      )
    )
    return { exit, log, attributes }
  })

const calls = (api: ClientsApi.ClientsApiService): ReadonlyArray<Effect.Effect<unknown, ClientError.ClientError>> => [
  api.list(workspaceId, { name: customer }),
  api.listWithReport(workspaceId, { name: customer }, { pastCaches: { notBefore: 0 } }),
  api.create(workspaceId, { name: customer, notes: customer }),
  api.get(workspaceId, unknownId),
  api.update(workspaceId, unknownId, { name: customer, notes: customer }),
  api.delete(workspaceId, unknownId),
  api.archive(workspaceId, unknownId),
  api.restore(workspaceId, unknownId),
  api.me
]

/** Makes every call, looks for secrets in all that comes of it, and gives the tags of the errors. */
const search = Effect.fnUntraced(function* (
  client: HttpClient.HttpClient,
  signers: ReadonlyArray<Credentials.Credentials> = signedBy,
  options: ClientsApi.ClientsApiOptions = {}
) {
  const all = new Set<string>()
  for (const credentials of signers) {
    const tags = new Set<string>()
    for (const call of calls(yield* make(client, options, credentials))) {
      const { attributes, exit, log } = yield* observe(call)
      assert.deepEqual([...log, ...attributes].flatMap(leaks), [])
      assert.isAbove(attributes.length, 0)
      assert.deepEqual(
        attributes.filter((attribute) => attribute.includes("Confidential")),
        []
      )
      if (Exit.isSuccess(exit)) {
        assert.deepEqual(leaks(JSON.stringify(exit)), [])
        continue
      }
      const error = Option.getOrThrow(Cause.failureOption(exit.cause))
      const printed = [
        JSON.stringify(error),
        error.message,
        // the thorough pictures take long: one of each kind
        ...(tags.has(error._tag) ? [] : thorough(error))
      ]
      assert.deepEqual(printed.flatMap(leaks), [], error._tag)
      tags.add(error._tag)
      all.add(error._tag)
    }
  }
  return all
})

/** All that a request holds, in the forms in which a server could say it. */
const echoed = (request: HttpClientRequest.HttpClientRequest) => {
  const { authorization = "", "x-csrf": marker = "" } = request.headers
  const decoded = Buffer.from(authorization.replace("Basic ", ""), "base64").toString()
  return [decoded, authorization, encodeURIComponent(decoded), encodeURIComponent(authorization), marker].join(" ")
}

const echoing = (statusOf: (url: string) => number, shape: (text: string) => string) =>
  HttpClient.make((request, url) =>
    Effect.sync(() => {
      const text = echoed(request)
      const inHeader = encodeURIComponent(text)
      const body = shape(text)
      return HttpClientResponse.fromWeb(
        request,
        new Response(body, {
          status: statusOf(url.pathname),
          headers: {
            authorization: request.headers["authorization"] ?? "",
            "x-toggl-request-id": `${request.headers["authorization"] ?? ""} ${inHeader}`,
            "x-remaining-login-attempts": inHeader,
            "retry-after": inHeader,
            location: `https://elsewhere.test/?${inHeader}`
          }
        })
      )
    })
  ).pipe(HttpClient.withTracerDisabledWhen(() => false))

const shapes: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  string: (text) => JSON.stringify(text),
  message: (text) => JSON.stringify({ error_message: text }),
  list: (text) => JSON.stringify([text, { error_message: { default_message: text } }]),
  object: (text) => JSON.stringify({ deep: { text } }),
  clients: (text) => JSON.stringify([{ id: text, name: text }]),
  page: (text) => `<html><body>${text}</body></html>`,
  long: (text) => `${"x".repeat(290)}${text}`
}

describe("no secret comes out of an error, a log line or a span", () => {
  it("and the search for them finds those in platform's own error", () => {
    for (const text of [`${secret}:api_token`, `${email}:${secret}`]) {
      const request = HttpClientRequest.get("https://toggl.test", {
        headers: { authorization: `Basic ${Buffer.from(text).toString("base64")}` }
      })
      const error = new HttpClientError.RequestError({ request, reason: "Transport" })
      assert.isAbove(leaks(JSON.stringify(error)).length, 0)
    }
  })

  Object.entries(shapes).forEach(([name, shape], index) => {
    it.effect(`when the server sends back all that it was sent, in its headers and as ${name}`, () =>
      Effect.gen(function* () {
        const tags = new Set<string>()
        // each kind of credentials in turn, with another status in the next shape
        let turn = index
        const meet = Effect.fnUntraced(function* (status: number, probe: number) {
          const client = echoing((path) => (path.endsWith("/logged") ? probe : status), shape)
          turn += 1
          for (const tag of yield* search(client, [signedBy[turn % 3] ?? Credentials.token(secret)])) tags.add(tag)
        })
        for (const status of [200, 302, 400, 401, 402, 404, 410, 429, 500]) yield* meet(status, 200)
        for (const probe of [200, 403]) yield* meet(403, probe)
        const always = ["PlanRequired", "RateLimited", "RedirectedElsewhere", "ServerError", "Unauthorized"]
        const whereNoPage = ["BadRequest", "Gone", "NotFound"]
        assert.includeMembers([...tags], name === "page" ? always : [...always, ...whereNoPage])
      })
    )
  })

  it.effect("when the fake Toggl echoes the request", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      for (const status of [200, 400, 403, 500]) {
        yield* fake.inject(Fault.echo({ status }), { times: "always" })
        assert.isAbove((yield* search(fake.httpClient)).size, 0)
      }
    })
  )

  it.effect("when no answer comes, though platform's error holds the request", () =>
    Effect.gen(function* () {
      for (const reason of ["Transport", "Encode", "InvalidUrl"] as const) {
        const client = HttpClient.make(
          (request) =>
            new HttpClientError.RequestError({
              request,
              reason,
              cause: new Error(echoed(request)),
              description: secret
            })
        )
        const tags = yield* search(client, signedBy, { isOnline: Effect.succeed(Option.some(true)) })
        assert.include([...tags], reason === "Transport" ? "Unreachable" : "BadRequest")
      }
    })
  )

  it.effect("when the app's own client or listener throws all that it was given", () =>
    Effect.gen(function* () {
      const dying = HttpClient.make((request) => {
        const error = new Error(echoed(request))
        error.name = request.headers["authorization"] ?? csrf
        return Effect.die(error)
      })
      assert.deepEqual([...(yield* search(dying))], ["Unreachable"])
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.echo({ status: 400 }), { times: "always" })
      const onAnswer = () => Effect.die(new Error(`${secret} ${csrf}`))
      assert.isAbove((yield* search(fake.httpClient, signedBy, { onAnswer })).size, 0)
    })
  )

  it.effect("when fetch rejects what it was given", () =>
    Effect.gen(function* () {
      const client = yield* HttpClient.HttpClient.pipe(Effect.provide(FetchHttpClient.layer))
      const credentials = Credentials.proxy({ header: { name: "x-csrf", value: Redacted.make(csrf) } })
      const api = yield* make(client, { baseUrl: "https://toggl.test" }, credentials)
      const fetch: typeof globalThis.fetch = (_, init) =>
        Promise.reject(new TypeError(JSON.stringify([...new Headers(init?.headers)])))
      const { exit, log } = yield* observe(Effect.provideService(api.me, FetchHttpClient.Fetch, fetch))
      assert.isTrue(Exit.isFailure(exit))
      assert.deepEqual([...pictures(exit), ...log].flatMap(leaks), [])
    })
  )

  it.effect("when a source gives what no request can be signed with", () =>
    Effect.gen(function* () {
      const { httpClient, requests } = yield* FakeToggl.make()
      const bad = Credentials.proxy({ header: { name: "x-csrf", value: Redacted.make(`${csrf}\n\n€`) } })
      const source = { get: Effect.succeedSome(bad), changes: Stream.empty }
      const api = yield* ClientsApi.make().pipe(
        Effect.provideService(HttpClient.HttpClient, httpClient),
        Effect.provideService(Credentials.CurrentCredentials, source)
      )
      const { exit, log } = yield* observe(Effect.zipRight(Effect.ignore(api.me), api.me))
      assert.isTrue(Exit.isFailure(exit))
      assert.deepEqual(yield* requests, [])
      assert.isTrue(log.some((line) => line.includes("credentials.header.value")))
      assert.deepEqual([...pictures(exit), ...log].flatMap(leaks), [])
    })
  )

  it("when credentials themselves are printed", () => {
    for (const credentials of signedBy) assert.deepEqual(pictures(credentials).flatMap(leaks), [])
  })
})

describe("an exported file", () => {
  law("holds no credentials", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withRefusal(world)
      yield* world.toggl.inject(Fault.echo(), { when: isUpdate })
      const [acme] = yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      if (acme === undefined) return assert.fail("it is listed")
      yield* tab.clients.update(workspaceId, acme.id, { notes: "x" })
      assert.notInclude(yield* tab.outbox.exportEntries(), FakeToggl.defaultUser.apiToken)
    })
  )
})
