import { afterEach, assert, beforeEach, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Fault } from "../../src/testing/index.js"
import { ClientsApi } from "../../src/index.js"
import { before, clients, fakeUpstream, request, saying, session, told, upstream, user, verdict } from "./Asking.js"

// One request for one, and an answer that says whether Toggl may have done it.

const ofUser = String(user.id)
const client = `${clients}/64890001`
const create = () => request("POST", clients, { body: '{"name":"Acme"}' })

const never = () => new Promise<never>(() => undefined)

/** What Node's `fetch` rejects with. */
const failed = (cause: unknown) => new TypeError("fetch failed", { cause })
const system = (code: string, syscall?: string) => Object.assign(new Error(code), { code, ...(syscall && { syscall }) })
const coded = (code: string) => Object.assign(new Error(code), { code })

const rejecting = (thrown: unknown) => upstream(() => Promise.reject(thrown instanceof Error ? thrown : new Error()))

describe("what surely never left is told as that", () => {
  for (const [what, thrown] of [
    ["nobody listens", failed(system("ECONNREFUSED", "connect"))],
    ["no way to the host", failed(system("EHOSTUNREACH", "connect"))],
    ["no network", failed(system("ENETUNREACH", "connect"))],
    ["a connection that was not made in time", failed(system("ETIMEDOUT", "connect"))],
    ["undici's own limit for that", failed(coded("UND_ERR_CONNECT_TIMEOUT"))],
    ["a name that nobody knows", failed(system("ENOTFOUND", "getaddrinfo"))],
    ["no name server", failed(system("EAI_AGAIN", "getaddrinfo"))],
    ["a certificate of another host", failed(coded("ERR_TLS_CERT_ALTNAME_INVALID"))],
    ["a certificate that is over", failed(coded("CERT_HAS_EXPIRED"))],
    ["a certificate of nobody's", failed(coded("DEPTH_ZERO_SELF_SIGNED_CERT"))],
    ["a chain of nobody's", failed(coded("SELF_SIGNED_CERT_IN_CHAIN"))],
    ["a certificate that cannot be traced", failed(coded("UNABLE_TO_VERIFY_LEAF_SIGNATURE"))],
    [
      "none of several addresses",
      failed(
        Object.assign(new AggregateError([system("ECONNREFUSED", "connect"), system("ENETUNREACH", "connect")]), {
          code: "ECONNREFUSED"
        })
      )
    ],
    ["a fetch of the app's own says so", new ClientsApi.Unsent("the tunnel is down")]
  ] as const) {
    it(what, async () => {
      const answer = await told(before(rejecting(thrown))(create()))
      assert.deepStrictEqual([answer.status, answer.mark, answer.user], [502, "Unsent", ofUser])
    })
  }
})

describe("what may have arrived is never told as unsent", () => {
  for (const [what, thrown] of [
    ["a bare TypeError", new TypeError("fetch failed")],
    ["an error of nobody's", new Error("ECONNREFUSED")],
    ["a connection that was reset", failed(system("ECONNRESET", "read"))],
    ["one that was closed before the answer", failed(coded("UND_ERR_SOCKET"))],
    ["a host that went away after the connection was made", failed(system("EHOSTUNREACH", "read"))],
    ["a refusal that says not of what", failed(coded("ECONNREFUSED"))],
    ["a network that timed out", failed(system("ETIMEDOUT", "read"))],
    ["no headers in time", failed(coded("UND_ERR_HEADERS_TIMEOUT"))],
    ["no body in time", failed(coded("UND_ERR_BODY_TIMEOUT"))],
    ["a pipe that broke", failed(system("EPIPE", "write"))],
    ["a cause of text", failed("ECONNREFUSED")],
    ["a cause of nothing", failed(null)],
    ["several that tell nothing", failed(new AggregateError([]))],
    [
      "one of several that was reset",
      failed(new AggregateError([system("ECONNREFUSED", "connect"), coded("ECONNRESET")]))
    ]
  ] as const) {
    it(what, async () => {
      const answer = await told(before(rejecting(thrown))(create()))
      assert.deepStrictEqual([answer.status, answer.mark, answer.user], [502, "Unreached", ofUser])
    })
  }

  it("a fetch that throws, or that gives nothing", async () => {
    for (const fetch of [() => assert.fail("thrown"), () => undefined]) {
      // @ts-expect-error: what JavaScript may give
      assert.deepStrictEqual(await verdict(before({ fetch })(create())), [502, "Unreached"])
    }
  })

  it("a fetch that rejects with what throws when it is looked at", async () => {
    const hostile = new Proxy(new Error(), {
      get: () => {
        throw new Error("looked at")
      }
    })
    const answer = await told(before({ fetch: () => Promise.reject(hostile) })(create()))
    assert.deepStrictEqual([answer.status, answer.mark], [502, "Unreached"])
  })

  it("a status that is none of HTTP's", async () => {
    const strange = upstream(() => Object.defineProperty(new Response("[]"), "status", { value: 999 }))
    const answer = await told(before(strange)(create()))
    assert.deepStrictEqual([answer.status, answer.mark, answer.user], [502, "Unreached", ofUser])
  })
})

describe("a request is sent once", () => {
  for (const [what, fault] of [
    ["the answer is lost", Fault.loseAnswer],
    ["the connection is refused", Fault.refuse],
    ["the body breaks off", Fault.cutAnswer],
    ["the server fails", Fault.proxyError()]
  ] as const) {
    it(`also where ${what}`, async () => {
      const toggl = await fakeUpstream()
      await Effect.runPromise(toggl.fake.inject(fault))
      const answer = await told(before(toggl)(create()))
      assert.isAtLeast(answer.status, 500)
      assert.strictEqual(answer.user, ofUser)
      assert.notStrictEqual(answer.mark, "Unsent")
      assert.lengthOf(toggl.sent, 1)
      assert.lengthOf(await Effect.runPromise(toggl.fake.requests), 1)
    })
  }

  for (const status of [300, 301, 302, 303, 304, 307, 308]) {
    it(`a redirect (${status}) is not followed, and is a status that browsers show, without a place to go`, async () => {
      const headers = { location: "https://evil.test/steal", "x-toggl-request-id": "7" }
      const toggl = upstream(() => new Response(status === 304 ? null : "elsewhere", { status, headers }))
      const answer = await told(before(toggl)(create()))
      assert.deepStrictEqual([answer.status, answer.text, answer.mark, answer.user], [300, "", null, ofUser])
      assert.strictEqual(answer.headers["x-toggl-request-id"], "7")
      assert.notProperty(answer.headers, "location")
      assert.lengthOf(toggl.sent, 1)
    })
  }

  it("a redirect that the runtime hides, or that a fetch has followed, is one too", async () => {
    for (const shown of [{ status: { value: 0 } }, { redirected: { value: true } }]) {
      const toggl = upstream(() => Object.defineProperties(new Response("[]"), shown))
      assert.deepStrictEqual(await verdict(before(toggl)(create())), [300, null])
    }
  })

  it("by the runtime's own fetch as it is when it is called, and by none as a method", async () => {
    const toggl = saying("[]")
    const seen: Array<unknown> = []
    const spy = vi.spyOn(globalThis, "fetch").mockImplementation(function (this: unknown, input, init) {
      seen.push(this)
      return toggl.fetch(input, init)
    })
    const { proxy } = await import("../../src/doors/proxy.js")
    const handler = proxy({ prefix: "/api/toggl", credentials: () => session })
    assert.deepStrictEqual(await verdict(handler(create())), [200, null])
    spy.mockRestore()
    const own = function (this: unknown, ...args: Parameters<typeof fetch>) {
      seen.push(this)
      return toggl.fetch(...args)
    }
    assert.deepStrictEqual(await verdict(before({ fetch: own })(create())), [200, null])
    assert.deepStrictEqual(seen, [undefined, undefined])
    assert.lengthOf(toggl.sent, 2)
  })
})

describe("a caller who goes", () => {
  it("before anything is sent: nothing is sent", async () => {
    const toggl = saying("[]")
    const gone = AbortSignal.abort()
    assert.deepStrictEqual(await verdict(before(toggl)(request("DELETE", client, { signal: gone }))), [503, "Unsent"])
    assert.isEmpty(toggl.sent)
  })

  it("while the app looks whose the request is: nothing is sent", async () => {
    const toggl = saying("[]")
    const caller = new AbortController()
    const credentials = () => {
      caller.abort()
      return Promise.resolve(session)
    }
    const asked = request("DELETE", client, { signal: caller.signal })
    assert.deepStrictEqual(await verdict(before(toggl, { credentials })(asked)), [503, "Unsent"])
    assert.isEmpty(toggl.sent)
  })

  for (const method of ["GET", "DELETE"]) {
    it(`after a ${method} was sent: Toggl's answer is waited for, for what has left cannot be taken back`, async () => {
      const caller = new AbortController()
      const signals: Array<AbortSignal> = []
      const toggl = upstream(async (sent) => {
        signals.push(sent.signal)
        caller.abort()
        await Promise.resolve()
        return new Response("[]")
      })
      const answer = await told(before(toggl)(request(method, client, { signal: caller.signal })))
      assert.deepStrictEqual([answer.status, answer.user], [200, ofUser])
      assert.deepStrictEqual(
        signals.map(({ aborted }) => aborted),
        [false]
      )
    })
  }
})

describe("the time limit", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  /** Lets the time pass as soon as something was called. */
  const when = () => {
    let reached = (): void => undefined
    const called = new Promise<void>((resolve) => {
      reached = resolve
    })
    return { called, reached: () => reached() }
  }

  it("is 15 seconds unless set, and less than the library's own", async () => {
    const { called, reached } = when()
    const silent = upstream(() => {
      reached()
      return never()
    })
    let isOver = false
    const answer = told(before(silent)(create())).finally(() => {
      isOver = true
    })
    await called
    await vi.advanceTimersByTimeAsync(14_999)
    assert.isFalse(isOver)
    await vi.advanceTimersByTimeAsync(1)
    const { mark, status, user } = await answer
    assert.deepStrictEqual([status, mark, user], [504, "TimedOut", ofUser])
  })

  it("ends the request to Toggl", async () => {
    const { called, reached } = when()
    const signals: Array<AbortSignal | null | undefined> = []
    const silent: typeof fetch = (_, init) => {
      signals.push(init?.signal)
      reached()
      return never()
    }
    const answer = verdict(before({ fetch: silent }, { timeLimit: 50 })(create()))
    await called
    assert.deepStrictEqual(
      signals.map((signal) => signal?.aborted),
      [false]
    )
    await vi.advanceTimersByTimeAsync(50)
    assert.deepStrictEqual(await answer, [504, "TimedOut"])
    assert.deepStrictEqual(
      signals.map((signal) => signal?.aborted),
      [true]
    )
  })

  it("covers the body too", async () => {
    const { called, reached } = when()
    const stalling = upstream(() => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("[")),
        pull: () => {
          reached()
          return never()
        }
      })
      return new Response(body)
    })
    const answer = told(before(stalling, { timeLimit: 50 })(create()))
    await called
    await vi.advanceTimersByTimeAsync(50)
    const { mark, status, user } = await answer
    assert.deepStrictEqual([status, mark, user], [504, "TimedOut", ofUser])
  })

  it("covers the credentials: the app cannot tell, and what it tells later sends nothing", async () => {
    const toggl = saying("[]")
    const { called, reached } = when()
    let tell = (_: typeof session): void => undefined
    const credentials = () => {
      reached()
      return new Promise<typeof session>((resolve) => {
        tell = resolve
      })
    }
    const answer = verdict(before(toggl, { credentials, timeLimit: 50 })(create()))
    await called
    await vi.advanceTimersByTimeAsync(50)
    assert.deepStrictEqual(await answer, [503, "CredentialsUnavailable"])
    tell(session)
    await vi.advanceTimersByTimeAsync(1000)
    assert.isEmpty(toggl.sent)
  })

  it("covers the request's body: nothing was sent, and is not when it comes at last", async () => {
    const toggl = saying("[]")
    const { called, reached } = when()
    let end = (): void => undefined
    const body = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          reached()
          return new Promise<void>((resolve) => {
            end = () => {
              controller.close()
              resolve()
            }
          })
        }
      },
      { highWaterMark: 0 }
    )
    const answer = verdict(before(toggl, { timeLimit: 50 })(request("POST", `${client}/restore`, { body })))
    await called
    await vi.advanceTimersByTimeAsync(50)
    assert.deepStrictEqual(await answer, [503, "Unsent"])
    end()
    await vi.advanceTimersByTimeAsync(1000)
    assert.isEmpty(toggl.sent)
  })

  it("leaves no timer behind where an answer came", async () => {
    assert.deepStrictEqual(await verdict(before(saying("[]"))(create())), [200, null])
    await Promise.resolve()
    assert.strictEqual(vi.getTimerCount(), 0)
  })
})
