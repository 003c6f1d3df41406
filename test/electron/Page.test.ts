import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Either from "effect/Either"
import { origin } from "../../examples/electron/origin.ts"
import { open, proxy } from "../../src/doors/promise.js"
import { Clients } from "../../src/index.js"

// What the library makes of a page that Electron serves. `test/wire/Exchange` and `test/wire/Loopback` have the rest.

const locationOf = (page: string) => {
  const { host, href, pathname, protocol } = new URL(page)
  return { href, host, pathname, protocol, origin: `${protocol}//${host}` }
}

afterEach(() => {
  vi.unstubAllGlobals()
})

describe("a page of the app's own scheme", () => {
  it("opens the outbox with a relative base URL", async () => {
    vi.stubGlobal("location", locationOf(`${origin}/clients/7?x#y`))
    const toggl = open({ account: "7", credentials: proxy(), baseUrl: "/api/toggl" })
    await toggl.close()
    assert.isFunction(toggl.flush)
  })

  for (const baseUrl of ["app://other/api/toggl", "http://clients/api/toggl", "file:///api/toggl"]) {
    it(`and none at ${baseUrl}`, () => {
      vi.stubGlobal("location", locationOf(`${origin}/`))
      assert.throws(() => open({ account: "7", credentials: proxy(), baseUrl }), /baseUrl/)
    })
  }

  it("has the same database on each of its pages, and another for another host", () => {
    const nameOn = (page: string) => {
      vi.stubGlobal("location", locationOf(page))
      return Either.map(Clients.resolveBaseUrl("/api/toggl"), (url) => Clients.databaseName("7", url))
    }
    const name = nameOn(`${origin}/`)
    assert.deepStrictEqual(name, Either.right("effect-toggl-clients app://clients/api/toggl 7"))
    assert.deepStrictEqual(nameOn(`${origin}/clients/7?x#y`), name)
    assert.notDeepEqual(nameOn("app://customers/"), name)
    assert.notDeepEqual(nameOn("other://clients/"), name)
  })
})
