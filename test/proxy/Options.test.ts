import { assert, describe, it, vi } from "@effect/vitest"
import { runInNewContext } from "node:vm"
import { proxy, type ProxyOptions } from "../../src/doors/proxy.js"
import * as marks from "../../src/wire/proxyMarks.js"
import { before, clients, fakeUpstream, prefix, request, saying, session, told, upstream, user } from "./Asking.js"
import { bundled } from "./Bundled.js"

// What the app sets, and what no answer holds.

const right = { prefix, credentials: () => session }

describe("a setting that cannot be right is told at once, with what to set", () => {
  const wrong: ReadonlyArray<readonly [string, unknown, string]> = [
    ["prefix", undefined, "a path such as /api/toggl"],
    ["prefix", "", "a path such as /api/toggl"],
    ["prefix", "/", "a path such as /api/toggl"],
    ["prefix", "api/toggl", "a path such as /api/toggl"],
    ["prefix", "/api/toggl/", "a path such as /api/toggl"],
    ["prefix", "/api//toggl", "a path such as /api/toggl"],
    ["prefix", "/api/../toggl", "a path such as /api/toggl"],
    ["prefix", "/api?toggl", "a path such as /api/toggl"],
    ["prefix", "https://app.test/api", "a path such as /api/toggl"],
    ["prefix", "//app.test/api", "a path such as /api/toggl"],
    ["credentials", undefined, "a function that gives { token, userId }"],
    ["credentials", session, "a function that gives { token, userId }"],
    ["timeLimit", 0, "milliseconds, such as 15000"],
    ["timeLimit", -1, "milliseconds, such as 15000"],
    ["timeLimit", NaN, "milliseconds, such as 15000"],
    ["timeLimit", Infinity, "milliseconds, such as 15000"],
    ["timeLimit", 2 ** 31, "milliseconds, such as 15000"],
    ["timeLimit", "15 seconds", "milliseconds, such as 15000"],
    ["baseUrl", "", "an https URL"],
    ["baseUrl", "/api/v9", "an https URL"],
    ["baseUrl", "http://api.track.toggl.com/api/v9", "an https URL"],
    ["baseUrl", "http://localhost.evil.test/api/v9", "an https URL"],
    ["baseUrl", "ftp://localhost/api/v9", "an https URL"],
    ["baseUrl", "https://anna:secret@api.track.toggl.com/api/v9", "an https URL"],
    ["baseUrl", "https://api.track.toggl.com/api/v9?a=b", "an https URL"],
    ["baseUrl", "https://api.track.toggl.com/api/v9#a", "an https URL"],
    ["origins", "https://app.test", "a list such as https://app.example.com"],
    ["origins", ["*"], "a list such as https://app.example.com"],
    ["origins", ["app.test"], "a list such as https://app.example.com"],
    ["origins", ["https://app.test/"], "a list such as https://app.example.com"],
    ["origins", ["https://app.test/page"], "a list such as https://app.example.com"],
    ["origins", ["https://app.test:443"], "a list such as https://app.example.com"],
    ["origins", ["https://App.test"], "a list such as https://app.example.com"],
    ["origins", ["https://app.test", "null"], "a list such as https://app.example.com"]
  ]
  for (const [setting, value, remedy] of wrong) {
    it(`${setting}: ${JSON.stringify(value)}`, () => {
      let thrown: unknown
      try {
        proxy({ ...right, [setting]: value })
      } catch (error) {
        thrown = error
      }
      assert.instanceOf(thrown, Error)
      assert.include(String(thrown), `Error: proxy: set ${setting} to ${remedy}`)
      assert.notInclude(String(thrown), "secret")
    })
  }
})

describe("what is right is taken", () => {
  const given: ReadonlyArray<Partial<ProxyOptions>> = [
    {},
    { prefix: "/t" },
    { prefix: "/~anna/api-1/toggl_track.v9" },
    { timeLimit: 1 },
    { timeLimit: 0.5 },
    { timeLimit: 2 ** 31 - 1 },
    { baseUrl: "https://toggl.example.com/" },
    { baseUrl: "http://localhost:8080/api/v9" },
    { baseUrl: "http://127.0.0.1/api/v9" },
    { baseUrl: "http://[::1]:8080" },
    { baseUrl: new URL("https://toggl.example.com/api/v9") },
    { origins: [] },
    { origins: ["https://app.example.com", "http://localhost:3000", "app://bundle"] }
  ]
  for (const options of given) {
    it(JSON.stringify(options), () => assert.isFunction(proxy({ ...right, ...options })))
  }
})

describe("nothing is touched", () => {
  it("by the import: it needs nothing that a runtime has, nor by the making of a proxy, which needs URL alone", async () => {
    const code = await bundled("iife", { globalName: "door" })
    assert.strictEqual(runInNewContext(`${code}; typeof door.proxy`), "function")
    const make = 'door.proxy({ prefix: "/api", credentials: () => { throw new Error("asked") } })'
    assert.strictEqual(runInNewContext(`${code}; typeof ${make}`, { URL }), "function")
  })
})

describe("no answer holds a secret", () => {
  const pair = btoa(`${session.token}:api_token`)
  const asks = [
    request("GET", "/me"),
    request("GET", "/me", { user: "7" }),
    request("GET", "/me", { user: null }),
    request("GET", "/elsewhere"),
    request("GET", clients),
    request("POST", clients, { body: "no JSON" }),
    request("POST", clients, { body: "{}" })
  ]
  const echo = async (asked: Request) =>
    JSON.stringify({ headers: Object.fromEntries(asked.headers), token: session.token, pair, id: user.id })
  const toggls = {
    "that is the fake one": () => fakeUpstream(),
    "that says all that it was sent": () => Promise.resolve(upstream(async (asked) => new Response(await echo(asked)))),
    "that refuses with all that it was sent": () =>
      Promise.resolve(upstream(async (asked) => new Response(await echo(asked), { status: 400 }))),
    "that puts it into a header": () =>
      Promise.resolve(saying("[]", { headers: { "x-toggl-request-id": session.token, "cf-ray": `Basic ${pair}` } })),
    "that cannot be reached, and says with what": () =>
      Promise.resolve(upstream(() => Promise.reject(new Error(`Basic ${pair}`, { cause: session.token }))))
  }
  for (const [which, make] of Object.entries(toggls)) {
    it(`of a Toggl ${which}`, async () => {
      const written = [vi.spyOn(process.stdout, "write"), vi.spyOn(process.stderr, "write")]
      const toggl = await make()
      for (const asked of asks) {
        const answer = JSON.stringify(await told(before(toggl)(asked.clone())))
        assert.notInclude(answer, session.token)
        assert.notInclude(answer, pair)
      }
      assert.isAbove(toggl.sent.length, 0)
      const said = written.flatMap((spy) => spy.mock.calls.map(([text]) => String(text)))
      for (const spy of written) spy.mockRestore()
      assert.deepStrictEqual(said, [], "the proxy writes no log")
    })
  }

  it("of the user is passed on who it is, and nothing else", async () => {
    const { text } = await told(before(await fakeUpstream())(request("GET", "/me")))
    assert.deepStrictEqual(JSON.parse(text), { id: user.id, default_workspace_id: 2230580 })
  })

  it("a page in the place of the user is no answer of Toggl's", async () => {
    const toggl = saying("<html>sign in to this network</html>", { headers: { "content-type": "text/html" } })
    const { mark, status } = await told(before(toggl)(request("GET", "/me")))
    assert.deepStrictEqual([status, mark], [502, "Unreached"])
  })

  it("a refusal in the place of the user is passed on", async () => {
    const toggl = saying("You have hit your hourly limit for API calls.", { status: 402 })
    const { mark, status, text } = await told(before(toggl)(request("GET", "/me")))
    assert.deepStrictEqual([status, mark, text], [402, null, "You have hit your hourly limit for API calls."])
  })
})

describe("the marks", () => {
  it("are named in one file for both sides, by what passes over the wire", () => {
    assert.deepStrictEqual(
      { ...marks },
      {
        markHeader: "x-effect-toggl-proxy",
        unknownUser: "unknown",
        userHeader: "x-effect-toggl-user"
      }
    )
  })
})
