import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import { vi } from "vitest"
import * as Clients from "../../src/Clients.js"
import * as ClientsApi from "../../src/ClientsApi.js"
import { browsersFetch, nothingSeen, onceToFetch, standingIn } from "../../src/wire/fetch.js"
import { failing, failureOf, make, tagAndReason, token, workspaceId } from "./ApiUnderTest.js"

// Law 12: a refusal of CORS is suspected only of what the browser's own `fetch` could not reach.

const rejecting: typeof globalThis.fetch = () => Promise.reject(new TypeError("Failed to fetch"))

const isOnline = Effect.succeed(Option.some(true))

beforeEach(() => {
  vi.stubGlobal("location", new URL("https://app.test/index.html"))
  vi.stubGlobal("navigator", { onLine: true })
  vi.stubGlobal("fetch", rejecting)
})

afterEach(() => {
  vi.unstubAllGlobals()
})

/** Why a read and a change are not answered. */
const reasons = (api: ClientsApi.ClientsApiService) =>
  Effect.map(
    Effect.all([failureOf(api.list(workspaceId)), failureOf(api.create(workspaceId, { name: "Acme" }))]),
    (errors) => errors.map(tagAndReason)
  )

const both = (reason: string) => [`Unreachable ${reason}`, `Unreachable ${reason}`]

const platforms = HttpClient.HttpClient.pipe(Effect.provide(FetchHttpClient.layer))

const overPlatforms = (options: ClientsApi.ClientsApiOptions = {}) =>
  Effect.flatMap(platforms, (client) => make(client, { isOnline, ...options }))

describe("in the browser's layer", () => {
  const ofLayer = (options: Partial<Clients.StackOptions> = {}) =>
    Effect.flatMap(ClientsApi.ClientsApi, reasons).pipe(
      Effect.provide(Layer.fresh(Clients.layerBrowser({ account: "anna", credentials: token, ...options })))
    )

  it.live("it is suspected of the browser's own fetch, to another origin", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ofLayer(), both("SuspectedCors"))
      assert.deepStrictEqual(yield* ofLayer({ fetch: globalThis.fetch }), both("SuspectedCors"))
      assert.deepStrictEqual(yield* ofLayer({ baseUrl: "/api/toggl" }), both("Failed"))
      vi.stubGlobal("navigator", { onLine: false })
      assert.deepStrictEqual(yield* ofLayer(), both("Offline"))
      vi.stubGlobal("navigator", {})
      assert.deepStrictEqual(yield* ofLayer(), both("Failed"))
    })
  )

  it.live("it is not of the app's own", () =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* ofLayer({ fetch: () => rejecting("") }), both("Failed"))
      const bound: typeof globalThis.fetch = (input, init) => globalThis.fetch(input, init)
      assert.deepStrictEqual(yield* ofLayer({ fetch: bound }), both("Failed"))
    })
  )

  it.live("it is not of what a call has been given", () =>
    Effect.gen(function* () {
      const api = yield* ClientsApi.ClientsApi
      const own = Effect.provideService(reasons(api), FetchHttpClient.Fetch, () => rejecting(""))
      assert.deepStrictEqual(yield* own, both("Failed"))
    }).pipe(Effect.provide(Clients.layerBrowser({ account: "anna", credentials: token })))
  )
})

it("what stands in for a fetch is the browser's own where that is", async () => {
  const isBarred = async (own: typeof globalThis.fetch) => {
    const seen = nothingSeen()
    const guard = standingIn(own, (input, init) => own(input, init))
    const twice = standingIn(guard, (input, init) => guard(input, init))
    await onceToFetch(twice, seen)("https://toggl.test/").catch(() => undefined)
    return seen.isBarred
  }
  assert.isTrue(await isBarred(browsersFetch))
  assert.isFalse(await isBarred(() => rejecting("")))
})

describe("over a client of the app's choice", () => {
  it.effect("it is suspected of a call that was given the browser's own fetch", () =>
    Effect.gen(function* () {
      const api = yield* overPlatforms()
      const given = Effect.provideService(reasons(api), FetchHttpClient.Fetch, globalThis.fetch)
      assert.deepStrictEqual(yield* given, both("SuspectedCors"))
    })
  )

  it.effect("it is not where another fetch was given, or none is known", () =>
    Effect.gen(function* () {
      const api = yield* overPlatforms()
      const own: typeof globalThis.fetch = () => rejecting("")
      assert.deepStrictEqual(yield* Effect.provideService(reasons(api), FetchHttpClient.Fetch, own), both("Failed"))
      assert.deepStrictEqual(yield* reasons(yield* make(failing("Transport"), { isOnline })), both("Failed"))
      const withOwn = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, own)))
      const client = yield* HttpClient.HttpClient.pipe(Effect.provide(withOwn))
      assert.deepStrictEqual(yield* reasons(yield* make(client, { isOnline })), both("Failed"))
    })
  )

  it.effect("it is not of a client that the app has transformed", () =>
    Effect.gen(function* () {
      const api = yield* overPlatforms({ transformClient: () => failing("Transport") })
      const given = Effect.provideService(reasons(api), FetchHttpClient.Fetch, globalThis.fetch)
      assert.deepStrictEqual(yield* given, both("Failed"))
    })
  )
})
