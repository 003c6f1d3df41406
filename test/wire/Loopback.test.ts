import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { ClientsApi } from "../../src/index.js"
import { disposition } from "../../src/wire/disposition.js"
import { Fault } from "../../src/testing/index.js"
import { failing, make } from "./ApiUnderTest.js"
import { isCreate } from "../Requests.js"
import { law, workspaceId } from "../World.js"

afterEach(() => {
  vi.unstubAllGlobals()
})

describe("a device that says it is offline", () => {
  // names that may be taken twice show it: else Toggl itself refuses the second one
  law(
    "still reaches a proxy on itself: a create that was applied there, its answer lost, is not sent again",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open({ baseUrl: "http://127.0.0.1:8080/api/v9", online: false })
        yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
        const receipt = yield* tab.clients.create(workspaceId, { name: "Acme" })
        assert.strictEqual(receipt._tag, "Queued")
        yield* world.passes("1 hour")
        const made = yield* world.toggl.clients(workspaceId)
        assert.deepStrictEqual(
          made.map(({ name }) => name),
          ["Acme"]
        )
        assert.strictEqual((yield* world.toggl.requests).filter(isCreate).length, 1)
        assert.deepStrictEqual(yield* tab.outbox.entries, [])
      }),
    { toggl: { uniqueNames: false } }
  )

  const bases: ReadonlyArray<
    readonly [baseUrl: string, page: string | undefined, options: ClientsApi.Options, never: boolean]
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
    ["http://127.0.0.1:8080/api/v9", undefined, { offlineIncludesLoopback: true }, true]
  ]
  for (const [baseUrl, page, options, never] of bases) {
    const where = page === undefined ? baseUrl : `${baseUrl} of the page ${page}`
    const what = `${never ? "sends nothing" : "may have sent what fails"} to ${where}`
    it.effect(options.offlineIncludesLoopback === true ? `${what} where it is cut off from itself too` : what, () =>
      Effect.gen(function* () {
        if (page !== undefined) vi.stubGlobal("location", new URL(page))
        const isOnline = Effect.succeed(Option.some(false))
        const api = yield* make(failing("Transport"), { ...options, baseUrl, isOnline })
        const error = yield* Effect.flip(api.create(workspaceId, { name: "Acme" }))
        assert.strictEqual(disposition(error), never ? "NeverLeft" : "Uncertain")
      })
    )
  }
})
