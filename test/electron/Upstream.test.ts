import { assert, describe, it } from "@effect/vitest"
import type { NetSession } from "../../examples/electron/electron.ts"
import { upstream } from "../../examples/electron/upstream.ts"
import { proxy } from "../../src/doors/proxy.js"
import { FakeToggl } from "../../src/testing/index.js"
import { settle } from "./Played.ts"

// Law 3 rests on this: what never left is told from what may have arrived.

const { id: userId } = FakeToggl.defaultUser

interface Asked {
  readonly session: string
  readonly method: string
  readonly url: string
  readonly init: RequestInit
}

const sessions = (answer: (asked: Asked) => Promise<Response>) => {
  const log: Array<string> = []
  const asked: Array<Asked> = []
  const session = (name: string): NetSession => ({
    fetch: (url, init = {}) => {
      const one = { session: name, method: init.method ?? "GET", url, init }
      log.push(`${name}: ${one.method}`)
      asked.push(one)
      return answer(one)
    },
    closeAllConnections: async () => {
      log.push(`${name}: closed`)
    }
  })
  return { log, asked, fetch: upstream(session("reads"), session("changes")) }
}

const behind = (fetch: typeof globalThis.fetch, timeLimit = 15_000) =>
  proxy({ prefix: "/api/toggl", credentials: () => ({ token: "abc", userId }), fetch, timeLimit })

const ask = (handler: (request: Request) => Promise<Response>, method: string, path: string) =>
  handler(
    new Request(`app://clients/api/toggl${path}`, {
      method,
      headers: { "x-effect-toggl-user": `${userId}` },
      ...(method === "POST" ? { body: `{"name":"Acme"}` } : {})
    })
  )

// JavaScript may reject with anything
const rejecting = (reason: unknown): Promise<Response> =>
  new Promise((_, reject) => {
    const fail: (reason: unknown) => void = reject
    fail(reason)
  })

const markOf = async (answer: Promise<Response>) => {
  const { headers, status } = await answer
  return [status, headers.get("x-effect-toggl-proxy")]
}

const changes: ReadonlyArray<readonly [method: string, path: string]> = [
  ["POST", "/workspaces/7/clients"],
  ["DELETE", "/workspaces/7/clients/8"]
]

describe("what surely never left", () => {
  for (const code of ["INTERNET_DISCONNECTED", "NAME_NOT_RESOLVED", "CONNECTION_REFUSED", "ADDRESS_UNREACHABLE"]) {
    for (const [method, path] of changes) {
      it(`${method} with ERR_${code}`, async () => {
        const { fetch } = sessions(() => Promise.reject(new Error(`net::ERR_${code}`)))
        assert.deepStrictEqual(await markOf(ask(behind(fetch), method, path)), [502, "Unsent"])
      })
    }
  }

  it("where no new connection can be had: nothing was asked for", async () => {
    const session: NetSession = {
      fetch: () => assert.fail("asked"),
      closeAllConnections: () => Promise.reject(new Error("the network process is gone"))
    }
    const handler = behind(upstream(session, session))
    assert.deepStrictEqual(await markOf(ask(handler, "POST", "/workspaces/7/clients")), [502, "Unsent"])
  })
})

describe("what may have arrived", () => {
  const thrown: ReadonlyArray<unknown> = [
    ...[
      "CONNECTION_RESET",
      "CONNECTION_CLOSED",
      "CONNECTION_ABORTED",
      "CONNECTION_TIMED_OUT",
      "CONNECTION_FAILED",
      "TIMED_OUT",
      "EMPTY_RESPONSE",
      "NETWORK_CHANGED",
      "NETWORK_IO_SUSPENDED",
      "SOCKET_NOT_CONNECTED",
      "HTTP2_PROTOCOL_ERROR",
      "HTTP2_PING_FAILED",
      "PROXY_CONNECTION_FAILED",
      "TUNNEL_CONNECTION_FAILED",
      "SSL_PROTOCOL_ERROR",
      "CERT_AUTHORITY_INVALID",
      "FAILED",
      "ABORTED",
      "INTERNET_DISCONNECTED_",
      "X_INTERNET_DISCONNECTED"
    ].map((code) => new Error(`net::ERR_${code}`)),
    new Error("ERR_CONNECTION_REFUSED"),
    new Error("after net::ERR_CONNECTION_REFUSED"),
    new Error("net::ERR_CONNECTION_REFUSED\nnet::ERR_CONNECTION_RESET"),
    new TypeError("Failed to fetch"),
    "net::ERR_CONNECTION_REFUSED",
    { message: "net::ERR_CONNECTION_REFUSED" },
    undefined
  ]
  for (const reason of thrown) {
    it(`${JSON.stringify(String(reason))}${typeof reason === "object" ? "" : `, a ${typeof reason}`}`, async () => {
      const { fetch } = sessions(() => rejecting(reason))
      assert.deepStrictEqual(await markOf(ask(behind(fetch), "POST", "/workspaces/7/clients")), [502, "Unreached"])
    })
  }

  it("an answer that breaks off, with whatever word", async () => {
    const { fetch } = sessions(async () => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(new TextEncoder().encode(`{"id":`))
          controller.error(new Error("net::ERR_INTERNET_DISCONNECTED"))
        }
      })
      return new Response(body)
    })
    assert.deepStrictEqual(await markOf(ask(behind(fetch), "POST", "/workspaces/7/clients")), [502, "Unreached"])
  })
})

describe("what Electron is asked for", () => {
  it("no cookie, no cache, no redirect; and the proxy's own headers", async () => {
    const { asked, fetch } = sessions(async () => new Response("[]"))
    await ask(behind(fetch), "GET", "/workspaces/7/clients")
    await ask(behind(fetch), "POST", "/workspaces/7/clients")
    for (const { init } of asked) {
      assert.deepStrictEqual([init.credentials, init.cache, init.redirect], ["omit", "no-store", "manual"])
      assert.deepInclude(init.headers, { "user-agent": "effect-toggl-clients", accept: "application/json" })
      assert.isDefined(init.signal)
    }
    assert.strictEqual(asked[1]?.init.body, `{"name":"Acme"}`)
  })

  for (const [method, path] of [["GET", "/workspaces/7/clients"] as const, ...changes]) {
    it(`a redirect of ${method} is told as one, and not followed`, async () => {
      const { asked, fetch } = sessions(() => Promise.reject(new Error("Redirect was cancelled")))
      assert.deepStrictEqual(await markOf(ask(behind(fetch), method, path)), [300, null])
      assert.lengthOf(asked, 1)
    })
  }

  it("answers as they are, with headers, and those without a body", async () => {
    const { fetch } = sessions(async ({ method }) =>
      method === "POST"
        ? new Response(`{"id":9}`, { headers: { "x-toggl-request-id": "r" } })
        : new Response(null, { status: 204 })
    )
    const made = await ask(behind(fetch), "POST", "/workspaces/7/clients")
    assert.deepStrictEqual(
      [made.status, await made.text(), made.headers.get("x-toggl-request-id")],
      [200, `{"id":9}`, "r"]
    )
    assert.deepStrictEqual(await markOf(ask(behind(fetch), "DELETE", "/workspaces/7/clients/8")), [204, null])
  })
})

// Chromium repeats what it sent on a connection that it had used before: on a new one it does not.
describe("each change has a connection of its own", () => {
  it("which is new, and in a session that no read uses", async () => {
    const { fetch, log } = sessions(async () => new Response("[]"))
    const handler = behind(fetch)
    for (const method of ["POST", "GET", "POST"]) await ask(handler, method, "/workspaces/7/clients")
    assert.deepStrictEqual(log, ["changes: closed", "changes: POST", "reads: GET", "changes: closed", "changes: POST"])
  })

  it("changes go one at a time, to the end of the answer; reads pass by", async () => {
    let finish: () => void = () => assert.fail("nothing was asked for")
    const { fetch, log } = sessions(async ({ method }) => {
      if (method === "GET") return new Response("[]")
      const body = new ReadableStream({
        start: (controller) => {
          finish = () => controller.close()
        }
      })
      return new Response(body)
    })
    const handler = behind(fetch)
    const first = ask(handler, "POST", "/workspaces/7/clients")
    await settle()
    const second = ask(handler, "DELETE", "/workspaces/7/clients/8")
    await settle()
    await ask(handler, "GET", "/workspaces/7/clients")
    assert.deepStrictEqual(log, ["changes: closed", "changes: POST", "reads: GET"])
    finish()
    await first
    await settle()
    assert.deepStrictEqual(log.slice(3), ["changes: closed", "changes: DELETE"])
    finish()
    assert.strictEqual((await second).status, 200)
  })

  it("one that fails holds up no other", async () => {
    let isDown = true
    const { fetch } = sessions(async () => {
      if (isDown) throw new Error("net::ERR_CONNECTION_RESET")
      return new Response("[]")
    })
    const handler = behind(fetch)
    assert.deepStrictEqual(await markOf(ask(handler, "POST", "/workspaces/7/clients")), [502, "Unreached"])
    isDown = false
    assert.deepStrictEqual(await markOf(ask(handler, "POST", "/workspaces/7/clients")), [200, null])
  })

  it("one that was given up before its turn is not sent", async () => {
    const { fetch, log } = sessions(async () => new Response("[]"))
    const gone = new AbortController()
    const sent = fetch("https://api.test/x", { method: "POST", signal: gone.signal })
    gone.abort()
    const reason: unknown = await sent.then(
      () => undefined,
      (thrown: unknown) => thrown
    )
    assert.instanceOf(reason, Error)
    assert.strictEqual(reason instanceof Error ? reason.name : "", "Unsent")
    assert.isEmpty(log)
  })
})
