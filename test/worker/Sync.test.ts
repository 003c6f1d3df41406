import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import "fake-indexeddb/auto"
import { isInvalidConfiguration, open, proxy, token } from "../../src/doors/promise.js"
import { onSync, type SyncOptions } from "../../src/doors/worker.js"
import { Clients } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { thrownBy } from "../promise/Plain.js"
import { isChange } from "../Requests.js"

// What a service worker does when it is woken: in Node on a database in memory, and on the time of the machine. How browsers wake
// it: `browser/BackgroundSync`.

const baseUrl = "https://app.example.com/api/toggl"
const upstream = "https://api.track.toggl.com/api/v9"
const workspaceId = FakeToggl.defaultWorkspace.id

let accounts = 0

const asking =
  (fake: FakeToggl.FakeTogglService): typeof globalThis.fetch =>
  (input, init) =>
    fake.handler(new Request(String(input instanceof Request ? input.url : input).replace(baseUrl, upstream), init))

/** What a proxy does with the session that the browser has. */
const signedBy =
  (fetch: typeof globalThis.fetch): typeof globalThis.fetch =>
  (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set("authorization", `Basic ${btoa(`${FakeToggl.defaultUser.apiToken}:api_token`)}`)
    return fetch(input, { ...init, headers })
  }

/** An account with one change that has not been sent, and what its worker would be given. */
const waiting = Effect.gen(function* () {
  const fake = yield* FakeToggl.make()
  const fetch = asking(fake)
  const account = `ada ${++accounts}`
  const given = { credentials: token(FakeToggl.defaultUser.apiToken), fetch, margin: 1000, requestLimit: 1000 }
  const page = open({ ...given, account, baseUrl })
  // whose the store is, is known from then on
  yield* Effect.promise(() => page.list(workspaceId))
  yield* Effect.promise(() => page.pause())
  yield* Effect.promise(() => page.create(workspaceId, { name: "Acme" }))
  yield* Effect.promise(() => page.resume().then(() => page.close()))
  yield* fake.clearRequests
  return { fake, account, given, tag: Clients.databaseName(account, baseUrl) }
})

interface Woken {
  readonly outcome: string
  readonly error: unknown
}

/** A service worker that listens like this, woken once with that tag; `undefined`: it lets the event pass. */
const woken = (tag: string, options: Parameters<typeof onSync>[0]): Effect.Effect<Woken | undefined> =>
  inWorker((worker) =>
    Effect.promise(() => {
      const stop = onSync(options)
      let done: Promise<unknown> | undefined
      const event = Object.assign(new Event("sync"), {
        tag,
        waitUntil: (promise: Promise<unknown>) => {
          done = promise
        }
      })
      worker.dispatchEvent(event)
      stop()
      return done === undefined
        ? Promise.resolve(undefined)
        : done.then(
            () => ({ outcome: "resolved", error: undefined }),
            (error: unknown) => ({ outcome: "rejected", error })
          )
    })
  )

/** Node as a service worker: what the library looks for there. */
const inWorker = <A>(use: (worker: EventTarget) => Effect.Effect<A>): Effect.Effect<A> =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const worker = new EventTarget()
      const own = {
        ServiceWorkerGlobalScope: EventTarget,
        addEventListener: worker.addEventListener.bind(worker),
        removeEventListener: worker.removeEventListener.bind(worker)
      }
      for (const [name, value] of Object.entries(own)) {
        Object.defineProperty(globalThis, name, { value, configurable: true })
      }
      return { worker, names: Object.keys(own) }
    }),
    ({ worker }) => use(worker),
    ({ names }) =>
      Effect.sync(() => {
        for (const name of names) Reflect.deleteProperty(globalThis, name)
      })
  )

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const names = (fake: FakeToggl.FakeTogglService) =>
  Effect.map(fake.clients(workspaceId), (clients) => clients.map(({ name }) => name))

describe("a worker that is woken", () => {
  it.live("sends what waits, with no more than the credentials", () =>
    Effect.gen(function* () {
      const { account, fake, given, tag } = yield* waiting
      const asked: Array<string> = []
      const told = yield* woken(tag, (account) => {
        asked.push(account)
        return given
      })
      assert.deepStrictEqual(told, { outcome: "resolved", error: undefined })
      assert.deepStrictEqual(asked, [account])
      assert.deepStrictEqual(yield* names(fake), ["Acme"])
    })
  )

  it.live("waits for a time that Toggl has named, where that is soon", () =>
    Effect.gen(function* () {
      const { fake, given, tag } = yield* waiting
      yield* fake.inject(Fault.respond({ status: 429, headers: { "retry-after": "2" } }), { when: isChange })
      assert.strictEqual((yield* woken(tag, () => given))?.outcome, "resolved")
      assert.deepStrictEqual(yield* names(fake), ["Acme"])
    })
  )

  it.live("lets the browser try again where that time is later", () =>
    Effect.gen(function* () {
      const { fake, given, tag } = yield* waiting
      yield* fake.inject(Fault.respond({ status: 429, headers: { "retry-after": "120" } }), { when: isChange })
      const told = yield* woken(tag, () => given)
      assert.strictEqual(told?.outcome, "rejected")
      assert.match(messageOf(told?.error), /^1 change waits: .*too often.* The browser tries again\.$/)
    })
  )

  it.live("looks up what lost its answer, and sends it once", () =>
    Effect.gen(function* () {
      const { fake, given, tag } = yield* waiting
      yield* fake.inject(Fault.loseAnswer, { when: isChange })
      assert.strictEqual((yield* woken(tag, () => given))?.outcome, "rejected")
      // it may still land for a second or two: this one waits for that, or the next would begin to wait anew
      assert.strictEqual((yield* woken(tag, () => given))?.outcome, "resolved")
      assert.lengthOf((yield* fake.requests).filter(isChange), 1)
      assert.deepStrictEqual(yield* names(fake), ["Acme"])
    })
  )

  it.live("leaves what Toggl refuses to the user", () =>
    Effect.gen(function* () {
      const { fake, given, tag } = yield* waiting
      yield* fake.inject(Fault.refusal(403, "no"), { when: isChange })
      assert.strictEqual((yield* woken(tag, () => given))?.outcome, "resolved")
    })
  )

  it.live("cuts no backoff short, however often it is woken", () =>
    Effect.gen(function* () {
      const { account, fake, given, tag } = yield* waiting
      yield* fake.inject(Fault.proxyError({ status: 503 }), { when: isChange, times: "always" })
      const own = { ...given, backoff: { base: "30 days", cap: "30 days" } } satisfies SyncOptions
      const page = open({ ...own, account, baseUrl, patience: 200 })
      for (let at = 0; at < 8; at++) {
        yield* Effect.promise(() => page.create(workspaceId, { name: `Client ${at}` }))
        assert.strictEqual((yield* woken(tag, () => own))?.outcome, "rejected")
      }
      yield* Effect.promise(() => page.close())
      assert.lengthOf((yield* fake.requests).filter(isChange), 1)
    })
  )

  it.live("sends nothing as whoever is signed in there, of an account that nobody was seen for", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const own = { fetch: signedBy(asking(fake)), margin: 1000, requestLimit: 1000, patience: 500 }
      const account = `anna ${++accounts}`
      const offline = { get: () => Promise.reject(new Error("offline")) }
      const page = open({ ...own, account, baseUrl, credentials: offline })
      yield* Effect.promise(() => page.create(workspaceId, { name: "Anna's" }).then(() => page.close()))
      const told = yield* woken(Clients.databaseName(account, baseUrl), () => ({ ...own, credentials: proxy() }))
      assert.strictEqual(told?.outcome, "resolved")
      assert.deepStrictEqual(yield* fake.requests, [])
    })
  )

  for (const [how, answer] of [
    ["has ended", () => new Response("", { status: 401 })],
    ["is another user's", () => new Response("", { status: 403, headers: { "x-effect-toggl-proxy": "WrongAccount" } })]
  ] as const) {
    it.live(`holds up no page that is signed in, though the session that it has itself ${how}`, () =>
      Effect.gen(function* () {
        const { account, fake, given, tag } = yield* waiting
        const refusing: typeof globalThis.fetch = () => Promise.resolve(answer())
        yield* woken(tag, () => ({ ...given, fetch: refusing, credentials: proxy() }))
        assert.deepStrictEqual(yield* fake.requests, [])
        const signed = { ...given, fetch: signedBy(given.fetch), credentials: proxy() }
        const page = open({ ...signed, account, baseUrl, patience: 5000 })
        const receipt = yield* Effect.promise(() => page.create(workspaceId, { name: "Later" }))
        yield* Effect.promise(() => page.close())
        assert.strictEqual(receipt._tag, "Confirmed")
        assert.deepStrictEqual(yield* names(fake), ["Acme", "Later"])
      })
    )
  }

  it.live("ends no sign-out, though its source of credentials tells of some", () =>
    Effect.gen(function* () {
      const { account, fake, given, tag } = yield* waiting
      yield* fake.inject(Fault.respond({ status: 429, headers: { "retry-after": "3" } }), { when: isChange })
      const page = open({ ...given, account, baseUrl, credentials: undefined })
      let tell: () => void = () => undefined
      const source = {
        get: () => given.credentials,
        subscribe: (listener: () => void) => {
          tell = listener
          return () => undefined
        }
      }
      const waking = yield* Effect.fork(woken(tag, () => ({ ...given, credentials: source })))
      yield* fake.awaitRequest(isChange)
      yield* Effect.promise(() => page.signOut())
      tell()
      assert.strictEqual((yield* waking)?.outcome, "resolved")
      yield* Effect.promise(() => page.close())
      assert.deepStrictEqual(yield* names(fake), [])
    })
  )

  it.live("makes no database anew", () =>
    Effect.gen(function* () {
      const { given } = yield* waiting
      const gone = Clients.databaseName("gone", baseUrl)
      assert.strictEqual((yield* woken(gone, () => given))?.outcome, "resolved")
      const all = yield* Effect.promise(() => indexedDB.databases())
      assert.notInclude(
        all.map(({ name }) => name),
        gone
      )
    })
  )

  it.live("lets the browser try again where the app cannot tell", () =>
    Effect.gen(function* () {
      const { fake, tag } = yield* waiting
      const unknown = new Error("no session yet")
      const told = yield* woken(tag, () => Promise.reject(unknown))
      assert.deepStrictEqual(told, { outcome: "rejected", error: unknown })
      const thrown = yield* woken(tag, () => {
        throw unknown
      })
      assert.strictEqual(thrown?.error, unknown)
      assert.deepStrictEqual(yield* fake.requests, [])
    })
  )

  it.live("does nothing where the app gives nothing", () =>
    Effect.gen(function* () {
      const { fake, tag } = yield* waiting
      for (const nothing of [undefined, null, false]) {
        assert.strictEqual((yield* woken(tag, () => plain(nothing)))?.outcome, "resolved")
      }
      assert.deepStrictEqual(yield* fake.requests, [])
    })
  )

  it.live("lets pass what others have asked the browser for", () =>
    Effect.gen(function* () {
      for (const tag of ["", "workbox-background-sync:queue", "effect-toggl-clients", "effect-toggl-clients a b c"]) {
        assert.isUndefined(yield* woken(tag, () => assert.fail("asked")))
      }
    })
  )

  it.live("says what is wrong with what it is given, and sends nothing", () =>
    Effect.gen(function* () {
      const { fake, given, tag } = yield* waiting
      const wrong: ReadonlyArray<readonly [options: Record<string, unknown>, setting: string]> = [
        [{ ...given, account: "grace" }, "options"],
        [{ ...given, baseUrl: "https://app.example.com/api" }, "options"],
        [{ ...given, patience: "soon" }, "patience"],
        [{ ...given, credentials: "1971800d4d82861d8f2c1651fea4d212" }, "credentials"]
      ]
      for (const [options, setting] of [...wrong, ["everything", "options"] as const]) {
        const told = yield* woken(tag, () => plain(options))
        assert.strictEqual(told?.outcome, "rejected")
        const error = told?.error
        if (!isInvalidConfiguration(error)) return assert.fail(messageOf(error))
        assert.strictEqual(error.setting, setting)
        assert.notInclude(error.message, FakeToggl.defaultUser.apiToken)
      }
      assert.deepStrictEqual(yield* fake.requests, [])
    })
  )
})

describe("onSync", () => {
  it("says that it belongs into a service worker", () => {
    const error = thrownBy(() => onSync(() => undefined))
    assert.isTrue(isInvalidConfiguration(error))
    assert.include(messageOf(error), "service worker")
  })

  it.live("says that it takes a function", () =>
    inWorker(() =>
      Effect.sync(() => {
        const error = thrownBy(() => Reflect.apply(onSync, undefined, [{ credentials: undefined }]))
        assert.isTrue(isInvalidConfiguration(error))
        assert.include(messageOf(error), "function")
      })
    )
  )
})

/** What the types forbid comes from plain JavaScript. */
const isAnything = (_: unknown): _ is SyncOptions => true
const plain = (options: unknown): SyncOptions | undefined => (isAnything(options) ? options : undefined)
