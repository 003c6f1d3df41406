import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { createServer } from "node:http"
import type { IncomingMessage, ServerResponse } from "node:http"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { clientsUrl, defaultUser, passwordOf, tokenOf, workspaceId } from "./Wire.js"

const authorization = tokenOf(defaultUser)

const create = (name: string, signal: AbortSignal | null = null) =>
  new Request(clientsUrl, {
    method: "POST",
    headers: { authorization, "content-type": "application/json" },
    body: JSON.stringify({ name }),
    signal
  })

/** The handler's answer, or how its promise was rejected. */
const handled = (fake: FakeToggl.FakeTogglService, request: Request) =>
  Effect.either(Effect.tryPromise({ try: () => fake.handler(request), catch: (cause) => cause }))

describe("the web handler", () => {
  it.effect("answers as the HttpClient does", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ quotaPerHour: 30 })
      const response = yield* Effect.promise(() => fake.handler(create("Acme")))
      assert.strictEqual(response.status, 200)
      assert.strictEqual(response.headers.get("x-toggl-quota-remaining"), "29")
      const body: unknown = yield* Effect.promise(() => response.json())
      assert.deepInclude(body, { name: "Acme", wid: workspaceId })
      const list = new Request(`${clientsUrl}?name=nobody`, { headers: { authorization: passwordOf(defaultUser) } })
      const empty = yield* Effect.promise(() => fake.handler(list))
      assert.strictEqual(yield* Effect.promise(() => empty.text()), "[]")
      const deletion = new Request(`${clientsUrl}/64890001`, { method: "DELETE", headers: { authorization } })
      const deleted = yield* Effect.promise(() => fake.handler(deletion))
      assert.strictEqual(yield* Effect.promise(() => deleted.text()), "")
    })
  )

  it.effect("rejects with ConnectionLost where the connection is lost", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.loseAnswer)
      const lost = yield* handled(fake, create("Acme"))
      assert.deepStrictEqual(lost, Either.left(new Fault.ConnectionLost({ fault: "loseAnswer" })))
      assert.lengthOf(yield* fake.clients(workspaceId), 1)
      yield* fake.setDown(true)
      const down = yield* handled(fake, create("Bcme"))
      assert.deepStrictEqual(down, Either.left(new Fault.ConnectionLost({ fault: "down" })))
    })
  )

  it.effect("runs on the clock that the fake was made on", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.delay("1 hour"))
      const call = yield* Effect.fork(Effect.promise(() => fake.handler(create("Acme"))))
      yield* fake.awaitRequest(() => true)
      yield* TestClock.adjust("1 hour")
      assert.strictEqual((yield* Fiber.join(call)).status, 200)
      assert.strictEqual((yield* fake.clients(workspaceId))[0]?.at, 3600)
    })
  )

  it.effect("an aborted request is a caller who gave up", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.hang())
      const controller = new AbortController()
      const call = yield* Effect.fork(handled(fake, create("Acme", controller.signal)))
      yield* fake.awaitRequest(() => true)
      controller.abort()
      assert.deepStrictEqual(yield* Fiber.join(call), Either.left(new Fault.ConnectionLost({ fault: "interrupted" })))
      const [record] = yield* fake.requests
      assert.strictEqual(record?.outcome._tag, "Interrupted")
    })
  )

  it.effect("a body that breaks off errors in the response's stream", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.cutAnswer)
      const response = yield* Effect.promise(() => fake.handler(create("Acme")))
      assert.strictEqual(response.status, 200)
      const text = yield* Effect.either(Effect.tryPromise(() => response.text()))
      assert.isTrue(Either.isLeft(text))
    })
  )
})

describe("CORS", () => {
  const preflight = (origin: string) =>
    new Request(clientsUrl, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": "POST",
        "access-control-request-headers": "authorization,content-type"
      }
    })
  const get = (origin: string) => new Request(clientsUrl, { headers: { origin, authorization } })

  it.effect("no origin is allowed unless it is named", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const refused = yield* Effect.promise(() => fake.handler(preflight("https://app.test")))
      assert.strictEqual(refused.status, 403)
      assert.isNull(refused.headers.get("access-control-allow-origin"))
      const answer = yield* Effect.promise(() => fake.handler(get("https://app.test")))
      assert.isNull(answer.headers.get("access-control-allow-origin"))
    })
  )

  it.effect("an allowed origin may ask, send, and read the exposed headers", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({
        allowedOrigins: ["https://app.test"],
        exposedHeaders: ["X-Toggl-Request-Id", "Date"]
      })
      yield* fake.inject(Fault.proxyError())
      const allowed = yield* Effect.promise(() => fake.handler(preflight("https://app.test")))
      assert.strictEqual(allowed.status, 204, "a preflight meets no injected fault")
      assert.strictEqual(allowed.headers.get("access-control-allow-origin"), "https://app.test")
      assert.strictEqual(allowed.headers.get("access-control-allow-headers"), "authorization,content-type")
      yield* fake.clearFaults
      const answer = yield* Effect.promise(() => fake.handler(get("https://app.test")))
      assert.strictEqual(answer.headers.get("access-control-allow-origin"), "https://app.test")
      assert.strictEqual(answer.headers.get("access-control-expose-headers"), "X-Toggl-Request-Id, Date")
      const other = yield* Effect.promise(() => fake.handler(preflight("https://evil.test")))
      assert.strictEqual(other.status, 403)
      yield* fake.configure({ allowedOrigins: ["*"] })
      const any = yield* Effect.promise(() => fake.handler(preflight("https://evil.test")))
      assert.strictEqual(any.status, 204)
      yield* fake.setDown(true)
      assert.isTrue(Either.isLeft(yield* handled(fake, preflight("https://app.test"))))
    })
  )
})

const bodyOf = (incoming: IncomingMessage) =>
  new Promise<string>((resolve, reject) => {
    let text = ""
    incoming.setEncoding("utf8")
    incoming.on("data", (chunk: string) => {
      text += chunk
    })
    incoming.on("end", () => resolve(text))
    incoming.on("error", reject)
  })

const serve = async (fake: FakeToggl.FakeTogglService, incoming: IncomingMessage, outgoing: ServerResponse) => {
  const gone = new AbortController()
  outgoing.on("close", () => gone.abort())
  const method = incoming.method ?? "GET"
  const headers = new Headers()
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (typeof value === "string") headers.set(name, value)
  }
  const body = await bodyOf(incoming)
  const response = await fake.handler(
    new Request(`http://127.0.0.1${incoming.url ?? "/"}`, {
      method,
      headers,
      signal: gone.signal,
      body: method === "GET" || method === "HEAD" ? null : body
    })
  )
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  for await (const chunk of response.body ?? []) await new Promise((done) => outgoing.write(chunk, done))
  outgoing.end()
}

/** The fake over loopback, and the address of its clients. */
const listening = (fake: FakeToggl.FakeTogglService) =>
  Effect.acquireRelease(
    Effect.async<{ readonly url: string; readonly close: () => void }>((resume) => {
      const server = createServer((incoming, outgoing) => {
        serve(fake, incoming, outgoing).catch(() => outgoing.destroy())
      })
      server.listen(0, "127.0.0.1", () => {
        const address = server.address()
        const port = typeof address === "object" && address !== null ? address.port : 0
        const close = () => {
          server.closeAllConnections()
          server.close()
        }
        resume(Effect.succeed({ url: `http://127.0.0.1:${port}/api/v9/workspaces/${workspaceId}/clients`, close }))
      })
    }),
    (server) => Effect.sync(server.close)
  )

describe("over loopback", () => {
  const post = (url: string, name: string, signal: AbortSignal | null = null) =>
    Effect.tryPromise(() =>
      fetch(url, { method: "POST", headers: { authorization }, body: JSON.stringify({ name }), signal })
    )

  it.scopedLive("a node:http server makes of it a Toggl to fetch from, faults included", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { url } = yield* listening(fake)
      const created = yield* post(url, "Acme")
      assert.strictEqual(created.status, 200)
      assert.match(created.headers.get("x-toggl-request-id") ?? "", /^0+1$/)
      yield* fake.inject(Fault.loseAnswer)
      assert.isTrue(Either.isLeft(yield* Effect.either(post(url, "Bcme"))))
      assert.lengthOf(yield* fake.clients(workspaceId), 2)
      yield* fake.inject(Fault.cutAnswer)
      const cut = yield* post(url, "Ccme")
      assert.isTrue(Either.isLeft(yield* Effect.either(Effect.tryPromise(() => cut.text()))))
      yield* fake.setDown(true)
      assert.isTrue(Either.isLeft(yield* Effect.either(post(url, "Dcme"))))
      yield* fake.setDown(false)
      yield* fake.inject(Fault.captivePortal)
      assert.include((yield* post(url, "Ecme")).headers.get("content-type") ?? "", "text/html")
    })
  )

  it.scopedLive("a browser that gives up is seen to give up", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { url } = yield* listening(fake)
      const gate = yield* Deferred.make<void>()
      yield* fake.inject(Fault.hold(Deferred.await(gate)))
      const controller = new AbortController()
      const call = yield* Effect.fork(Effect.either(post(url, "Acme", controller.signal)))
      yield* fake.awaitRequest(() => true)
      controller.abort()
      assert.isTrue(Either.isLeft(yield* Fiber.join(call)))
      yield* fake.awaitRequest((request) => request.outcome._tag === "Interrupted")
      yield* Deferred.succeed(gate, undefined)
      assert.deepStrictEqual(yield* fake.clients(workspaceId), [])
    })
  )
})
