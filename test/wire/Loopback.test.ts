import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ClientsApi } from "../../src/index.js"
import { disposition } from "../../src/wire/disposition.js"
import { failing, make, workspaceId } from "./ApiUnderTest.js"

// Law 3 rests on this: what never left is told from what may have arrived.

afterEach(() => {
  vi.unstubAllGlobals()
})

// A browser that knows the scheme of the app's own page gives it an origin.
const locationOf = (page: string) => {
  const { host, href, pathname, protocol } = new URL(page)
  return { href, pathname, origin: `${protocol}//${host}` }
}

describe("a device that says it is offline", () => {
  const bases: ReadonlyArray<
    readonly [baseUrl: string, page: string | undefined, options: ClientsApi.ClientsApiOptions, never: boolean]
  > = [
    ["https://api.track.toggl.com/api/v9", undefined, {}, true],
    ["https://127.0.0.1.example.com", undefined, {}, true],
    ["/api/toggl", "https://app.test/start", {}, true],
    ["http://127.0.0.1:8080/api/v9", undefined, {}, false],
    ["https://127.1.2.3", undefined, {}, false],
    ["http://localhost/api/v9", undefined, {}, false],
    ["https://localhost./api/v9", undefined, {}, false],
    ["http://app.localhost", undefined, {}, false],
    ["http://[::1]:3000", undefined, {}, false],
    ["/api/toggl", "http://localhost:5173/start", {}, false],
    ["/api/toggl", "app://bundle/start", {}, false],
    ["http://127.0.0.1:8080/api/v9", undefined, { offlineIncludesLoopback: true }, true]
  ]

  for (const [baseUrl, page, options, never] of bases) {
    const where = page === undefined ? baseUrl : `${baseUrl} of the page ${page}`
    const what = `${never ? "sends nothing" : "may have sent what fails"} to ${where}`
    it.effect(options.offlineIncludesLoopback === true ? `${what} where it is cut off from itself too` : what, () =>
      Effect.gen(function* () {
        if (page !== undefined) vi.stubGlobal("location", locationOf(page))
        const isOnline = Effect.succeed(Option.some(false))
        const api = yield* make(failing("Transport"), { ...options, baseUrl, isOnline })
        const error = yield* Effect.flip(api.create(workspaceId, { name: "Acme" }))
        assert.strictEqual(disposition(error), never ? "NeverLeft" : "Uncertain")
      })
    )
  }
})
