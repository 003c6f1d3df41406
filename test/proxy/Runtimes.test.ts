import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { EdgeVM } from "@edge-runtime/vm"
import * as Effect from "effect/Effect"
import * as Fault from "../../src/testing/Fault.js"
import { FakeToggl } from "../../src/testing/index.js"
import { proxy } from "../../src/doors/proxy.js"
import { clients, session, told, user } from "./Asking.js"
import { bundledWith } from "./Bundled.js"
import { compressing, type Compressing, listening, nowhere, served, type Running } from "./Servers.js"
import * as Workerd from "./Workerd.js"

// The same app in each runtime, with the runtime's own fetch, before a Toggl over loopback that compresses what it says.

type Ask = (path: string, init?: RequestInit) => Promise<Response>

interface App {
  readonly ask: Ask
  readonly close: () => Promise<void>
}

interface Runtime {
  readonly start: (baseUrl: string) => Promise<App>
  /** What it tells where nobody listens: not every runtime says that nothing has left. */
  readonly refused: "Unsent" | "Unreached"
}

const cookie = "session=anna"
const hasty = 200

const app = (baseUrl: string) => {
  const credentials = (request: Request) => (request.headers.get("cookie") === cookie ? session : undefined)
  const usual = proxy({ prefix: "/api/toggl", credentials, baseUrl })
  const hurried = proxy({ prefix: "/api/hasty", credentials, baseUrl, timeLimit: hasty })
  return (request: Request) => (new URL(request.url).pathname.startsWith("/api/hasty/") ? hurried : usual)(request)
}

// the same, as text: a runtime of its own takes no function of ours
const appAsText = `
  import { proxy } from "effect-toggl-clients/proxy"
  const app = (baseUrl) => {
    const credentials = (request) =>
      request.headers.get("cookie") === ${JSON.stringify(cookie)} ? ${JSON.stringify(session)} : undefined
    const usual = proxy({ prefix: "/api/toggl", credentials, baseUrl })
    const hurried = proxy({ prefix: "/api/hasty", credentials, baseUrl, timeLimit: ${hasty} })
    return (request) => (new URL(request.url).pathname.startsWith("/api/hasty/") ? hurried : usual)(request)
  }
`

const overHttp = ({ close, url }: Running): App => ({ close, ask: (path, init) => fetch(url + path, init) })

const workerd = (compatibilityDate: string): Runtime => ({
  refused: "Unreached",
  start: async (baseUrl) => {
    const module = await bundledWith(`${appAsText}
      export default { fetch: (request, { BASE_URL }) => app(BASE_URL)(request) }`)
    return overHttp(await Workerd.start(module, baseUrl, compatibilityDate))
  }
})

const runtimes: Readonly<Record<string, Runtime>> = {
  "Node's server and its own fetch": {
    refused: "Unsent",
    start: async (baseUrl) => overHttp(await listening(served(app(baseUrl))))
  },
  workerd: workerd("2026-11-17"),
  "workerd as it was in 2023": workerd("2023-01-01"),
  "the edge runtime's vm": {
    refused: "Unsent",
    start: async (baseUrl) => {
      const vm = new EdgeVM({
        initialCode: await bundledWith(`${appAsText}
          const handler = app(${JSON.stringify(baseUrl)})
          addEventListener("fetch", (event) => event.respondWith(handler(event.request)))`)
      })
      return {
        ask: (path, init) => vm.dispatchFetch(`https://app.test${path}`, init),
        close: () => Promise.resolve()
      }
    }
  }
}

const headers = { cookie, "x-effect-toggl-user": String(user.id) }
const get = { headers }
const post = (body: string) => ({ method: "POST", headers: { ...headers, "content-type": "application/json" }, body })

for (const [name, { refused, start }] of Object.entries(runtimes)) {
  describe(name, () => {
    const running: Array<{ readonly close: () => Promise<void> }> = []
    afterAll(async () => {
      for (const { close } of running.reverse()) await close()
    })
    const kept = <A extends { readonly close: () => Promise<void> }>(one: A): A => {
      running.push(one)
      return one
    }

    let fake: FakeToggl.FakeTogglService
    let toggl: Compressing
    let ask: Ask
    beforeAll(async () => {
      fake = await Effect.runPromise(FakeToggl.make({ quotaPerHour: 600 }))
      toggl = kept(await compressing(fake))
      ask = kept(await start(`${toggl.url}/api/v9`)).ask
    })

    it("passes on what a compressed Toggl says, as text", async () => {
      const made = await told(ask(`/api/toggl${clients}`, post(JSON.stringify({ name: "Äcme" }))))
      assert.deepStrictEqual([made.status, made.user, made.mark], [200, String(user.id), null])
      assert.deepInclude(JSON.parse(made.text), { name: "Äcme" })
      const listed = await told(ask(`/api/toggl${clients}?status=both&name=%C3%A4`, get))
      assert.strictEqual(listed.status, 200)
      assert.include(listed.text, "Äcme")
      assert.match(listed.headers["x-toggl-request-id"] ?? "", /^\w+$/)
      assert.strictEqual(listed.headers["x-toggl-quota-remaining"], "598")
      assert.strictEqual(listed.headers["cache-control"], "no-store")
      assert.strictEqual(listed.headers["x-content-type-options"], "nosniff")
      assert.notProperty(listed.headers, "content-encoding")
      assert.notProperty(listed.headers, "set-cookie")
      assert.lengthOf(toggl.seen, 2)
      for (const seen of toggl.seen) {
        assert.strictEqual(seen["authorization"], `Basic ${btoa(`${session.token}:api_token`)}`)
        assert.strictEqual(seen["user-agent"], "effect-toggl-clients")
        assert.doesNotHaveAnyKeys(seen, ["cookie", "x-effect-toggl-user", "origin"])
      }
    })

    it("says of the user who it is, and refuses whoever may not ask", async () => {
      const me = await told(ask("/api/toggl/me", get))
      assert.deepStrictEqual(
        [me.status, me.text],
        [200, JSON.stringify({ id: user.id, default_workspace_id: FakeToggl.defaultWorkspace.id })]
      )
      const marks = [
        { headers: { cookie } },
        { headers: { "x-effect-toggl-user": "unknown" } },
        { headers: { ...headers, "x-effect-toggl-user": "7" } },
        { headers: { ...headers, origin: "https://evil.test" } }
      ].map(async (init) => (await told(ask("/api/toggl/me", init))).mark)
      assert.deepStrictEqual(await Promise.all(marks), [
        "InvalidConfiguration",
        "SignInNeeded",
        "WrongAccount",
        "InvalidConfiguration"
      ])
    })

    it("sends a change once where the answer is lost, and does not call it unsent", async () => {
      await Effect.runPromise(Effect.zipRight(fake.clearRequests, fake.inject(Fault.loseAnswer)))
      const lost = await told(ask(`/api/toggl${clients}`, post(JSON.stringify({ name: "Once" }))))
      assert.deepStrictEqual([lost.status, lost.mark, lost.user], [502, "Unreached", String(user.id)])
      assert.lengthOf(await Effect.runPromise(fake.requests), 1)
    })

    it("sends no body that is too large, and says so", async () => {
      await Effect.runPromise(fake.clearRequests)
      const answer = await told(ask(`/api/toggl${clients}`, post(JSON.stringify({ notes: "n".repeat(64_000) }))))
      assert.deepStrictEqual([answer.status, answer.mark], [413, "InvalidConfiguration"])
      assert.isEmpty(await Effect.runPromise(fake.requests))
    })

    it("follows no redirect", async () => {
      const paths: Array<string | undefined> = []
      const elsewhere = kept(
        await listening((incoming, outgoing) => {
          paths.push(incoming.url)
          outgoing.writeHead(302, { location: "/elsewhere" }).end()
        })
      )
      const { ask } = kept(await start(elsewhere.url))
      const answer = await told(ask(`/api/toggl${clients}/7`, { method: "DELETE", headers }))
      assert.deepStrictEqual([answer.status, answer.mark, answer.user], [300, null, String(user.id)])
      assert.notProperty(answer.headers, "location")
      assert.deepStrictEqual(paths, [`${clients}/7`])
    })

    it("gives up a Toggl that is silent, which sees that it is given up", async () => {
      let isGone = (): void => undefined
      const gone = new Promise<void>((resolve) => {
        isGone = resolve
      })
      const silent = kept(
        await listening((_, outgoing) => {
          outgoing.on("close", () => isGone())
        })
      )
      const { ask } = kept(await start(silent.url))
      const answer = await told(ask(`/api/hasty${clients}`, post("{}")))
      assert.deepStrictEqual([answer.status, answer.mark, answer.user], [504, "TimedOut", String(user.id)])
      await gone
    })

    it(`calls it ${refused} where nobody listens`, async () => {
      const { ask } = kept(await start(await nowhere()))
      const answer = await told(ask(`/api/toggl${clients}`, post("{}")))
      assert.deepStrictEqual([answer.status, answer.mark, answer.user], [502, refused, String(user.id)])
    })
  })
}
