import { expect, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Net from "node:net"
import { runnerImport } from "vite"
import { changeHeader, type DemoChange, type Session, type Switches } from "../../examples/pwa/server/contract.js"
import type * as Sessions from "../../examples/pwa/server/sessions.js"
import { FakeToggl } from "../../src/testing/index.js"
import * as PageServer from "../browser/PageServer.js"
import * as Wait from "../browser/Wait.js"
import * as Built from "./Built.js"

// The app's server, as `npm run dev` starts it, asked as its pages ask, and as nobody should.

const { apiToken: ada } = FakeToggl.defaultUser
const { apiToken: grace } = FakeToggl.colleague
const workspaceOfAda = 2230581
const workspaceOfGrace = 2230582

interface Asked {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly text?: string
}

interface Answered {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

const Demo = Schema.parseJson(
  Schema.Struct({
    switches: Schema.Record({ key: Schema.String, value: Schema.Boolean }),
    requests: Schema.Array(
      Schema.Struct({
        number: Schema.Number,
        method: Schema.String,
        path: Schema.String,
        body: Schema.optional(Schema.String),
        outcome: Schema.Union(Schema.Number, Schema.Literal("waiting", "lost")),
        applied: Schema.Boolean
      })
    ),
    users: Schema.Array(Schema.Struct({ token: Schema.String }))
  })
)

const decoded =
  <A>(schema: Schema.Schema<A, string>) =>
  ({ text }: { readonly text: string }): A =>
    Schema.decodeSync(schema)(text)

const demoOf = decoded(Demo)

/** One browser: it keeps the cookie, and sends what a page of the app sends. */
const browserAt = (origin: string, base = "/") => {
  let cookie = ""
  const seen: Array<Answered> = []
  const ask = (path: string, { headers = {}, json, method = "GET", text }: Asked = {}) =>
    Effect.tryPromise(async () => {
      const body = json === undefined ? text : JSON.stringify(json)
      const response = await fetch(`${origin}${base}${path}`, {
        method,
        headers: {
          ...(cookie === "" ? {} : { cookie }),
          [changeHeader]: "1",
          "sec-fetch-site": "same-origin",
          ...headers
        },
        ...(body === undefined ? {} : { body })
      })
      const [set = ""] = response.headers.getSetCookie()
      if (set !== "") cookie = set.split(";")[0] ?? ""
      const answered = { status: response.status, headers: response.headers, text: await response.text() }
      seen.push(answered)
      return answered
    })
  const told = (after = 0) => Effect.map(ask(`api/demo?after=${after}`), demoOf)
  return {
    ask,
    told,
    /** All answers so far. */
    seen,
    signIn: (token: string) => ask("api/session", { method: "POST", json: { token } }),
    toggl: (path: string, asked: Asked = {}) =>
      ask(`api/toggl/${path}`, { ...asked, headers: { "x-effect-toggl-user": "unknown", ...asked.headers } }),
    change: (json: DemoChange) => ask("api/demo", { method: "POST", json }),
    set: (set: Partial<Switches>) => ask("api/demo", { method: "POST", json: { set } })
  }
}

type Browser = ReturnType<typeof browserAt>

const messageOf = (answered: Answered) =>
  decoded(Schema.parseJson(Schema.Struct({ message: Schema.String })))(answered).message

const names = (answered: Answered) =>
  decoded(Schema.parseJson(Schema.Array(Schema.Struct({ name: Schema.String }))))(answered).map(({ name }) => name)

const idOf = (answered: Answered) => decoded(Schema.parseJson(Schema.Struct({ id: Schema.Number })))(answered).id

const sessionOf = decoded(
  Schema.parseJson(
    Schema.Struct({ user: Schema.Struct({ name: Schema.String }), workspaceId: Schema.optional(Schema.Number) })
  )
)

const createOf = (name: string, notes = ""): Asked => ({
  method: "POST",
  json: { name, notes, wid: workspaceOfAda },
  headers: { "content-type": "application/json" }
})

/** Whether the connection breaks. */
const breaks = <A, E>(asked: Effect.Effect<A, E>) => Effect.map(Effect.exit(asked), Exit.isFailure)

class Site extends Context.Tag("test/pwa/Site")<Site, { readonly folder: string; readonly served: Built.Served }>() {}

// One server is enough, for its demo begins anew for each test.
const site = Layer.scoped(
  Site,
  Effect.gen(function* () {
    const folder = yield* Built.copy()
    return { folder, served: yield* Built.serve(folder, { server: "dev" }) }
  })
)

const fresh = Effect.gen(function* () {
  const { served } = yield* Site
  const browser = browserAt(served.origin)
  yield* browser.change({ startAnew: true })
  return browser
})

const lastOf = (browser: Browser, path: string) =>
  Effect.map(browser.told(), ({ requests }) => requests.filter((request) => request.path.endsWith(path)).at(-1))

layer(site, { excludeTestServices: true })("the app's server", (it) => {
  it.scoped("tells which Toggl it has, and who can sign in", () =>
    Effect.gen(function* () {
      const { served } = yield* Site
      // Vite says first that it is ready
      yield* Wait.until(
        "what the server says of its demo",
        Effect.sync(() => served.printed().includes(grace))
      )
      expect(served.printed()).toContain("the demo's own")
      expect(served.printed()).toContain(`Ada Lovelace with the token ${ada}`)
      expect(served.printed()).toContain(`Grace Hopper with the token ${grace}`)
    })
  )

  it.scoped("signs in, tells who is signed in, and signs out", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      expect((yield* browser.ask("api/session")).status).toBe(401)
      const session = {
        user: { id: FakeToggl.defaultUser.id, name: "Ada Lovelace", email: "ada@example.com" },
        workspaceId: workspaceOfAda
      } satisfies Session
      const signedIn = yield* browser.signIn(ada)
      expect(signedIn.status).toBe(200)
      expect(JSON.parse(signedIn.text)).toEqual(session)
      expect(signedIn.headers.get("set-cookie")).toMatch(
        /^toggl-clients\d+=[0-9a-f]{64}; Path=\/api\/; Max-Age=\d+; HttpOnly; SameSite=Strict$/
      )
      expect(JSON.parse((yield* browser.ask("api/session")).text)).toEqual(session)
      const head = yield* browser.ask("api/session", { method: "HEAD" })
      expect([head.status, head.text]).toEqual([200, ""])
      expect((yield* browser.ask("api/session", { method: "DELETE" })).status).toBe(204)
      expect((yield* browser.ask("api/session")).status).toBe(401)
      expect((yield* browser.ask("api/session", { method: "DELETE" })).status).toBe(204)
      expect(sessionOf(yield* browser.signIn(grace)).workspaceId).toBe(workspaceOfGrace)
    })
  )

  it.scoped("keeps browsers apart, and forgets the session that another sign-in replaces", () =>
    Effect.gen(function* () {
      const { served } = yield* Site
      const browser = yield* fresh
      const other = browserAt(served.origin)
      const first = yield* browser.signIn(ada)
      yield* other.signIn(grace)
      expect(sessionOf(yield* browser.ask("api/session")).user.name).toBe("Ada Lovelace")
      expect(sessionOf(yield* other.ask("api/session")).user.name).toBe("Grace Hopper")
      yield* browser.signIn(grace)
      const cookie = (first.headers.get("set-cookie") ?? "").split(";")[0] ?? ""
      expect((yield* other.ask("api/session", { headers: { cookie } })).status).toBe(401)
    })
  )

  it.scoped("says in a sentence why nobody is signed in", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      const wrong = yield* browser.signIn("0".repeat(32))
      expect([wrong.status, messageOf(wrong)]).toEqual([
        401,
        "Toggl does not know this token. Copy it from your profile."
      ])
      for (const json of [
        {},
        { token: 1 },
        { token: "" },
        [],
        null,
        "token",
        { token: "a b" },
        { token: "a:b" },
        { token: "ä" }
      ]) {
        const refused = yield* browser.ask("api/session", { method: "POST", json })
        expect([json, refused.status]).toEqual([json, 400])
        expect(messageOf(refused)).toMatch(/^[A-Z].*\.$/)
      }
      for (const text of ["", "{", "\u0000", `{"token":"${"a".repeat(30_000)}"}`]) {
        expect((yield* browser.ask("api/session", { method: "POST", text })).status).toBe(400)
      }
      yield* browser.set({ signInRefused: true })
      for (const token of [ada, "none"]) expect((yield* browser.signIn(token)).status).toBe(401)
      const nobody = yield* browser.ask("api/session")
      // a browser asks again by itself where a connection that it used before breaks
      expect([nobody.status, nobody.headers.get("connection")]).toEqual([401, "close"])
    })
  )

  it.scoped("lets in no page of another site, and changes nothing for what carries no header", () =>
    Effect.gen(function* () {
      const { served } = yield* Site
      const browser = yield* fresh
      yield* browser.signIn(ada)
      const strangers: ReadonlyArray<Readonly<Record<string, string>>> = [
        { "sec-fetch-site": "cross-site" },
        { "sec-fetch-site": "same-site" },
        { "sec-fetch-site": "none" }
      ]
      for (const headers of strangers) {
        for (const path of ["api/session", "api/demo"]) {
          expect((yield* browser.ask(path, { headers })).status).toBe(403)
          expect((yield* browser.ask(path, { method: "POST", json: { startAnew: true }, headers })).status).toBe(403)
        }
        expect((yield* browser.toggl("me", { headers })).status).toBe(400)
      }
      // an old browser, which says no more than its origin
      const old = (origin: string, method: string) =>
        Effect.promise(() => fetch(`${served.origin}/api/session`, { method, headers: { origin } }))
      expect((yield* old("https://elsewhere.example", "GET")).status).toBe(403)
      expect((yield* old(served.origin, "GET")).status).toBe(401)
      // a form of another site's page has no such header
      expect((yield* old(served.origin, "DELETE")).status).toBe(403)
      const answers = browser.seen.map(({ headers }) => headers.get("access-control-allow-origin"))
      expect(new Set(answers)).toEqual(new Set([null]))
      expect((yield* browser.ask("api/session")).status).toBe(200)
    })
  )

  it.scoped("carries what the library asks for, and nothing else", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      expect((yield* browser.toggl("me")).status).toBe(401)
      yield* browser.signIn(ada)
      expect(JSON.parse((yield* browser.toggl("me")).text)).toEqual({
        id: FakeToggl.defaultUser.id,
        default_workspace_id: workspaceOfAda
      })
      const list = yield* browser.toggl(`workspaces/${workspaceOfAda}/clients?status=both`)
      expect(names(list)).toHaveLength(40)
      expect(names(list)).toContain("Bäckerei Grünwald")
      expect(names(list)).toContain("山田商店")
      expect(names(yield* browser.toggl(`workspaces/${workspaceOfAda}/clients?status=archived`))).not.toEqual([])
      expect((yield* browser.toggl(`workspaces/${workspaceOfGrace}/clients`)).status).toBe(403)
      expect((yield* browser.toggl(`workspaces/${FakeToggl.defaultWorkspace.id}/clients`)).status).toBe(200)
      expect((yield* browser.toggl("me/quota")).status).toBe(400)
      expect(
        (yield* browser.toggl("me", { headers: { "x-effect-toggl-user": String(FakeToggl.colleague.id) } })).status
      ).toBe(403)
    })
  )

  it.scoped("answers by itself what no page of the app asks for", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      for (const path of ["api", "api/", "api/nothing", "api/session/", "api/demo/1", "api/v9"]) {
        const missing = yield* browser.ask(path)
        expect([path, missing.status, messageOf(missing)]).toEqual([path, 404, "There is nothing at this address."])
      }
      const put = yield* browser.ask("api/session", { method: "PUT", json: {} })
      expect([put.status, put.headers.get("allow"), messageOf(put)]).toEqual([
        405,
        "GET, POST, DELETE",
        "This takes GET, POST, DELETE only."
      ])
      expect((yield* browser.ask("api/demo", { method: "DELETE" })).status).toBe(405)
      expect((yield* browser.ask("api/session", { method: "OPTIONS" })).status).toBe(405)
      for (const { headers } of browser.seen) expect(headers.get("cache-control")).toBe("no-store")
    })
  )

  it.scoped("lives on after a body that breaks off, and after what is no request", () =>
    Effect.gen(function* () {
      const { served } = yield* Site
      const browser = yield* fresh
      const raw = (text: string) =>
        Effect.promise(
          () =>
            new Promise<string>((resolve) => {
              let heard = ""
              const socket = Net.connect(Number(new URL(served.origin).port), "127.0.0.1", () => socket.end(text))
              socket.setEncoding("utf8")
              socket.on("data", (part: string) => (heard += part))
              socket.on("error", () => resolve(heard))
              socket.on("close", () => resolve(heard))
            })
        )
      const host = `Host: ${new URL(served.origin).host}\r\n`
      const half = `POST /api/session HTTP/1.1\r\n${host}${changeHeader}: 1\r\nContent-Length: 100\r\n\r\n{"token":`
      expect(yield* raw(half)).not.toContain("200 OK")
      expect(yield* raw(`TRACE /api/session HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toContain("400 Bad Request")
      expect(yield* raw(`GET /api/session HTTP/1.1\r\n${host}X: \xff\r\nConnection: close\r\n\r\n`)).toContain("401")
      for (const path of ["/api/../index.html", "/api/%2e%2e/index.html", "/api//session"]) {
        expect(yield* raw(`GET ${path} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`)).toContain("404 Not Found")
      }
      expect((yield* browser.ask("api/session")).status).toBe(401)
    })
  )

  it.scoped("shows the token nowhere but where the demo says who can sign in", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      browser.seen.length = 0
      yield* browser.signIn(ada)
      yield* browser.toggl("me")
      yield* browser.toggl(`workspaces/${workspaceOfAda}/clients`)
      yield* browser.ask("api/session")
      const { requests, users } = yield* browser.told()
      browser.seen.pop()
      const all = [
        JSON.stringify(requests),
        ...browser.seen.map(({ headers, text }) => JSON.stringify([...headers]) + text)
      ]
      const secrets = [ada, btoa(`${ada}:api_token`), "authorization"]
      for (const secret of secrets)
        expect(all.filter((one) => one.toLowerCase().includes(secret.toLowerCase()))).toEqual([])
      expect(users.map(({ token }) => token)).toEqual([ada, grace])
    })
  )

  it.scoped("records each request, and what has changed since", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      yield* browser.signIn(ada)
      const before = yield* browser.told()
      expect(before.requests.map(({ method, outcome, path }) => [method, path, outcome])).toEqual([
        ["GET", "/api/v9/me", 200]
      ])
      const last = before.requests.at(-1)?.number ?? 0
      yield* browser.set({ slow: true })
      const slow = yield* Effect.fork(browser.toggl(`workspaces/${workspaceOfAda}/clients`, createOf("Acme & Co")))
      yield* Wait.until(
        "the request to be under way, and done",
        Effect.map(browser.told(last), ({ requests }) => requests.some(({ applied }) => applied))
      )
      const under = (yield* browser.told(last)).requests.at(-1)
      expect(under).toMatchObject({ number: last + 1, method: "POST", outcome: "waiting", applied: true })
      expect(JSON.parse(under?.body ?? "")).toMatchObject({ name: "Acme & Co" })
      expect((yield* slow).status).toBe(200)
      yield* browser.set({ slow: false })
      // it was known already, and has changed
      expect((yield* browser.told(last + 1)).requests).toMatchObject([
        { number: last + 1, outcome: 200, applied: true }
      ])
      yield* browser.toggl("me")
      yield* browser.toggl("me")
      const news = (yield* browser.told(last + 2)).requests.map(({ number }) => number)
      expect(news).toContain(last + 3)
      expect(news).not.toContain(last + 1)
    })
  )

  it.scoped("is out of reach while it is offline, but for its switches", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      yield* browser.signIn(ada)
      yield* browser.set({ offline: true })
      expect(yield* breaks(browser.ask("api/session"))).toBe(true)
      expect(yield* breaks(browser.signIn(ada))).toBe(true)
      expect(yield* breaks(browser.toggl(`workspaces/${workspaceOfAda}/clients`, createOf("Acme & Co")))).toBe(true)
      expect(yield* breaks(browser.ask("api/v9/me"))).toBe(true)
      const { requests, switches } = yield* browser.told()
      expect(switches.offline).toBe(true)
      expect(requests.map(({ applied, method, outcome, path }) => [method, path, outcome, applied])).toEqual([
        ["GET", "/api/v9/me", 200, true],
        ["GET", "/api/v9/me", "lost", false],
        ["POST", `/api/v9/workspaces/${workspaceOfAda}/clients`, "lost", false],
        ["GET", "/api/v9/me", "lost", false]
      ])
      yield* browser.set({ offline: false })
      expect((yield* browser.ask("api/session")).status).toBe(200)
    })
  )

  it.scoped("does the next change and loses its answer", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      yield* browser.signIn(ada)
      yield* browser.set({ answerLost: true })
      expect((yield* browser.toggl("me")).status).toBe(200)
      const lost = yield* browser.toggl(`workspaces/${workspaceOfAda}/clients`, createOf("Acme & Co"))
      expect([lost.status, lost.headers.get("x-effect-toggl-proxy")]).toEqual([502, "Unreached"])
      expect(yield* lastOf(browser, "/clients")).toMatchObject({ outcome: "lost", applied: true })
      expect((yield* browser.told()).switches.answerLost).toBe(false)
      expect(names(yield* browser.toggl(`workspaces/${workspaceOfAda}/clients`))).toContain("Acme & Co")
    })
  )

  it.scoped("refuses for the quota as Toggl does, and names the time", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      yield* browser.signIn(ada)
      yield* browser.set({ quotaUsedUp: true })
      const refused = yield* browser.toggl(`workspaces/${workspaceOfAda}/clients`)
      expect(refused.status).toBe(402)
      expect(refused.headers.get("x-toggl-quota-remaining")).toBe("0")
      const seconds = Number(refused.headers.get("x-toggl-quota-resets-in"))
      expect(seconds).toBeGreaterThan(100)
      expect(seconds).toBeLessThanOrEqual(120)
      expect(refused.text).toBe(
        `You have hit your hourly limit for API calls. Your quota will reset in ${seconds} seconds.`
      )
      expect((yield* browser.told()).switches.quotaUsedUp).toBe(true)
      // they are counted by themselves
      expect((yield* browser.toggl("me")).status).toBe(200)
      yield* browser.set({ quotaUsedUp: false })
      expect((yield* browser.toggl(`workspaces/${workspaceOfAda}/clients`)).status).toBe(200)
    })
  )

  it.scoped("keeps a session whose token Toggl has come to refuse", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      yield* browser.signIn(ada)
      yield* browser.set({ signInRefused: true })
      const refused = yield* browser.toggl("me")
      expect([refused.status, refused.headers.get("x-effect-toggl-proxy")]).toEqual([403, null])
      expect((yield* browser.ask("api/session")).status).toBe(200)
      yield* browser.set({ signInRefused: false })
      expect((yield* browser.toggl("me")).status).toBe(200)
    })
  )

  it.scoped("ends a poisoned change with an error, each time, and no other", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      yield* browser.signIn(ada)
      yield* browser.set({ poisonedNote: true })
      const path = `workspaces/${workspaceOfAda}/clients`
      for (let time = 0; time < 2; time++) {
        expect((yield* browser.toggl(path, createOf("Acme & Co", "rat poison"))).status).toBe(500)
      }
      expect((yield* browser.toggl(path, createOf("Poison & Sons"))).status).toBe(200)
      expect(names(yield* browser.toggl(path))).not.toContain("Acme & Co")
    })
  )

  it.scoped("lets a colleague take a name, once, and begins anew with other ids", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      yield* browser.signIn(ada)
      const takes = { colleagueTakes: "Acme & Co", workspaceId: workspaceOfAda }
      expect((yield* browser.change(takes)).status).toBe(200)
      const twice = yield* browser.change(takes)
      expect([twice.status, messageOf(twice)]).toEqual([409, "Name has already been taken"])
      expect((yield* browser.change({ colleagueTakes: "Acme & Co", workspaceId: 1 })).status).toBe(409)
      const path = `workspaces/${workspaceOfAda}/clients`
      const first = idOf(yield* browser.toggl(path, createOf("Umbra & Co")))
      yield* browser.set({ slow: true, quotaUsedUp: true })
      yield* browser.change({ startAnew: true })
      const { requests, switches } = yield* browser.told()
      expect([requests, Object.values(switches).some(Boolean)]).toEqual([[], false])
      expect(names(yield* browser.toggl(path))).not.toContain("Umbra & Co")
      expect(idOf(yield* browser.toggl(path, createOf("Umbra & Co")))).toBeGreaterThan(first)
      expect((yield* browser.ask("api/session")).status).toBe(200)
    })
  )

  it.scoped("takes no change that it does not know", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      for (const json of [
        {},
        null,
        { set: {} },
        { set: { odd: true } },
        { set: { slow: "yes" } },
        { startAnew: false },
        { colleagueTakes: "A" }
      ]) {
        const refused = yield* browser.ask("api/demo", { method: "POST", json })
        expect([json, refused.status]).toEqual([json, 400])
      }
      expect(Object.values((yield* browser.told()).switches)).not.toContain(true)
    })
  )

  it.scoped("has the demo's Toggl itself for a page with a token, of any origin", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      const origin = "https://elsewhere.example"
      const authorization = `Basic ${btoa(`${ada}:api_token`)}`
      const preflight = yield* browser.ask("api/v9/me", {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "GET", "access-control-request-headers": "authorization" }
      })
      expect([preflight.status, preflight.headers.get("access-control-allow-headers")]).toEqual([204, "authorization"])
      const me = yield* browser.ask("api/v9/me", { headers: { origin, authorization, "sec-fetch-site": "cross-site" } })
      expect([me.status, me.headers.get("access-control-allow-origin")]).toEqual([200, origin])
      expect((yield* browser.ask("api/v9/me")).status).toBe(401)
      expect((yield* browser.told()).requests.map(({ method, outcome }) => [method, outcome])).toEqual([
        ["GET", 200],
        ["GET", 401]
      ])
    })
  )

  it.scoped("remembers so many requests, and goes on counting", () =>
    Effect.gen(function* () {
      const browser = yield* fresh
      yield* browser.signIn(ada)
      const first = (yield* browser.told()).requests[0]?.number ?? 0
      yield* Effect.forEach(Array.from({ length: 320 }), () => browser.toggl("me/logged"), { concurrency: 8 })
      const { requests } = yield* browser.told()
      expect(requests.length).toBe(300)
      expect(requests.at(-1)?.number).toBe(first + 320)
    })
  )

  it.scoped("serves below a folder, and 10,000 clients", () =>
    Effect.gen(function* () {
      const { folder } = yield* Site
      const began = Date.now()
      const { origin } = yield* Built.serve(folder, {
        server: "dev",
        base: "/clients/",
        env: { DEMO_CLIENTS: "10000" }
      })
      expect(Date.now() - began).toBeLessThan(30_000)
      const browser = browserAt(origin, "/clients/")
      const signedIn = yield* browser.signIn(ada)
      expect(signedIn.headers.get("set-cookie")).toContain("Path=/clients/api/;")
      const list = yield* browser.toggl(`workspaces/${workspaceOfAda}/clients?status=both`)
      expect(new Set(names(list)).size).toBe(10_000)
      const direct = yield* browser.ask("api/v9/me", {
        headers: { authorization: `Basic ${btoa(`${ada}:api_token`)}` }
      })
      expect(direct.status).toBe(200)
    })
  )

  it.scoped("asks a compatible server, and says what is wrong with that", () =>
    Effect.gen(function* () {
      const { folder } = yield* Site
      let next: () => Promise<Response> = () => Promise.reject(new Error("down"))
      const asked: Array<string> = []
      const stub = yield* PageServer.serve({
        pages: {},
        mounts: {
          "/toggl": (request) => {
            asked.push(
              `${request.method} ${new URL(request.url).pathname} ${String(request.headers.get("authorization"))}`
            )
            return next()
          }
        }
      })
      const { origin, printed } = yield* Built.serve(folder, {
        server: "dev",
        env: { TOGGL_BASE_URL: stub.url("/toggl/") }
      })
      expect(printed()).toContain(stub.url("/toggl"))
      expect(printed()).not.toContain(ada)
      const browser = browserAt(origin)
      expect((yield* browser.ask("api/demo")).status).toBe(404)
      const answers: ReadonlyArray<[Response | undefined, number, RegExp]> = [
        [undefined, 502, /cannot be reached/],
        [new Response("", { status: 403 }), 401, /does not know this token/],
        [new Response("", { status: 402 }), 503, /no more requests/],
        [new Response("", { status: 429 }), 503, /no more requests/],
        [new Response("", { status: 500 }), 502, /cannot be reached/],
        [new Response("", { status: 302, headers: { location: "/" } }), 502, /cannot be reached/],
        [new Response("<html>"), 502, /not Toggl/],
        [new Response("{}"), 502, /not Toggl/],
        [new Response(`{"id":"7"}`), 502, /not Toggl/]
      ]
      for (const [response, status, sentence] of answers) {
        next = () => (response === undefined ? Promise.reject(new Error("down")) : Promise.resolve(response))
        const refused = yield* browser.signIn("secret1")
        expect(refused.status).toBe(status)
        expect(messageOf(refused)).toMatch(sentence)
      }
      next = () => Promise.resolve(new Response(`{"id":7,"fullname":"","email":"a@b.example","api_token":"secret1"}`))
      const signedIn = yield* browser.signIn("secret1")
      expect(JSON.parse(signedIn.text)).toEqual({ user: { id: 7, name: "a@b.example", email: "a@b.example" } })
      expect(new Set(asked)).toEqual(new Set([`GET /toggl/me Basic ${btoa("secret1:api_token")}`]))
      expect(asked).toHaveLength(answers.length + 1)
    })
  )

  it.scoped("ends with a sentence where a setting is wrong", () =>
    Effect.gen(function* () {
      const { folder } = yield* Site
      const wrong: ReadonlyArray<[Record<string, string>, string]> = [
        [{ TOGGL: "reel" }, "TOGGL must be demo or real. It is reel."],
        [{ DEMO_CLIENTS: "many" }, "DEMO_CLIENTS must be a number from 0 to 100000. It is many."],
        [{ TOGGL_BASE_URL: "http://toggl.example" }, "TOGGL_BASE_URL must be an https address"],
        [{ TOGGL: "demo", TOGGL_BASE_URL: "https://toggl.example" }, "TOGGL_BASE_URL is set, so TOGGL must be real."]
      ]
      const ended = yield* Effect.forEach(wrong, ([env]) => Effect.flip(Built.serve(folder, { server: "dev", env })))
      expect(ended.map(({ message }, index) => message.includes(wrong[index]?.[1] ?? "?"))).toEqual(
        wrong.map(() => true)
      )
      expect(ended.filter(({ message }) => /\n\s+at /.test(message))).toEqual([])
      const unbuilt = yield* Effect.flip(Built.serve(folder, { server: "preview" }))
      expect(unbuilt.message).toContain("The app is not built yet")
    })
  )

  it.scoped("marks the cookie as secure where the address is https", () =>
    Effect.gen(function* () {
      const { folder } = yield* Site
      const { module } = yield* Effect.promise(() => runnerImport<typeof Sessions>(`${folder}/server/sessions.ts`))
      const session = { token: "t", userId: 7, name: "Ada", email: "", workspaceId: undefined }
      const put = (url: string) => module.byCookie("/api/").put(new Request(url), session)["set-cookie"]
      expect(put("https://app.example.com/api/session")).toMatch(/^toggl-clients=.*; SameSite=Strict; Secure$/)
      expect(put("http://localhost:4173/api/session")).toMatch(/^toggl-clients4173=.*; SameSite=Strict$/)
      expect(Option.fromNullable(module.only().get(new Request("http://localhost")))).toEqual(Option.none())
    })
  )
})
