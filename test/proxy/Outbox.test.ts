import { assert, describe, it } from "@effect/vitest"
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type * as HttpClient from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import type { ProxySession } from "../../src/doors/proxy.js"
import {
  Client,
  ClientError,
  Clients,
  ClientsApi,
  Connectivity,
  Credentials,
  Outbox,
  OutboxStore,
  ReplayLock
} from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"
import { before, fakeUpstream, origin, prefix, session as ada, type Upstream, user } from "./Asking.js"

// Law 8 behind a proxy: the browser's session may become another user's under an open outbox, and nothing is sent as theirs.

const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)
const grace: ProxySession = { token: FakeToggl.colleague.apiToken, userId: FakeToggl.colleague.id }

type Fetch = typeof fetch

/** An outbox of one tab, in memory, whose requests go to this `fetch`. */
const opened = (
  fetch: Fetch,
  memory: OutboxStore.Memory,
  options: Partial<Clients.StackOptions> = {},
  store = Layer.effect(OutboxStore.OutboxStore, OutboxStore.fromMemory(memory))
) =>
  Effect.gen(function* () {
    const wakeUps = yield* Queue.unbounded<void>()
    const Http: Layer.Layer<HttpClient.HttpClient> = Layer.provideMerge(
      FetchHttpClient.layer,
      Layer.succeed(FetchHttpClient.Fetch, fetch)
    )
    const services = yield* Layer.build(
      Clients.layerPorts({ account: "ada", baseUrl: `${origin}${prefix}`, ...options }).pipe(
        Layer.provide([
          Http,
          Credentials.layer(Credentials.proxy()),
          Layer.succeed(Connectivity.Connectivity, {
            isOnline: Effect.succeed(Option.none()),
            wakeUps: Stream.fromQueue(wakeUps)
          }),
          store,
          Layer.effect(ReplayLock.ReplayLock, ReplayLock.makePrivate)
        ])
      )
    )
    return {
      clients: Context.get(services, Clients.Clients),
      outbox: Context.get(services, Outbox.Outbox),
      shown: Queue.offer(wakeUps, undefined)
    }
  })

/** The tab behind the library's proxy: `toggl.session` is whose the browser's session is. */
const behindProxy = (toggl: Upstream) =>
  Effect.gen(function* () {
    const browser: { session: ProxySession | undefined } = { session: ada }
    const handler = before(toggl, { credentials: () => browser.session })
    const memory = yield* OutboxStore.makeMemory
    const tab = yield* opened((input, init) => handler(new Request(input, init)), memory)
    return { browser, ...tab }
  })

/** The same where the browser has no storage. */
const withoutStore = (toggl: Upstream) =>
  Effect.gen(function* () {
    const browser: { session: ProxySession | undefined } = { session: ada }
    const handler = before(toggl, { credentials: () => browser.session })
    const missing = new ClientError.StorageError({ reason: "Missing", detail: "indexedDB" })
    const tab = yield* opened(
      (input, init) => handler(new Request(input, init)),
      yield* OutboxStore.makeMemory,
      {},
      Layer.succeed(OutboxStore.OutboxStore, { transact: () => Effect.fail(missing), onHint: () => Effect.void })
    )
    return { browser, ...tab }
  })

const create = (tab: { readonly clients: Clients.ClientsService }, name: string, notes = "") =>
  Effect.map(tab.clients.create(workspaceId, { name, notes }), (receipt) =>
    receipt._tag === "Queued" ? receipt.reason._tag : "Confirmed"
  )

const made = (toggl: { readonly fake: FakeToggl.FakeTogglService }) =>
  Effect.map(toggl.fake.clients(workspaceId), (clients) => clients.map(({ creatorId, name }) => [name, creatorId]))

const asked = (toggl: Upstream, what: string) =>
  toggl.sent.filter(({ method, url }) => `${method} ${new URL(url).pathname}`.endsWith(what)).length

describe("a session that becomes another user's", () => {
  it.live("between two entries: the second is not sent, and goes once the user is back", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream())
      const tab = yield* behindProxy(toggl)
      assert.strictEqual(yield* create(tab, "First"), "Confirmed")
      tab.browser.session = grace
      assert.strictEqual(yield* create(tab, "Second"), "WrongAccount")
      assert.strictEqual(yield* create(tab, "Third"), "WrongAccount")
      assert.deepStrictEqual(yield* made(toggl), [["First", ada.userId]])
      const refused = yield* Effect.flip(tab.outbox.signIn())
      assert.strictEqual(refused._tag, "WrongAccount")
      tab.browser.session = ada
      assert.deepStrictEqual(yield* tab.outbox.signIn(), { checked: true, userId: user.id })
      assert.deepStrictEqual((yield* tab.outbox.flush()).waiting, [])
      assert.deepStrictEqual(yield* made(toggl), [
        ["First", ada.userId],
        ["Second", ada.userId],
        ["Third", ada.userId]
      ])
    }).pipe(Effect.scoped)
  )

  it.live("during one: that one is its user's, and the next is not sent", () =>
    Effect.gen(function* () {
      const inner = yield* Effect.promise(() => fakeUpstream())
      const page: { browser?: { session: ProxySession | undefined } } = {}
      const toggl = {
        ...inner,
        fetch: ((input, init) => {
          // it is on its way, signed as the first user
          if (init?.method === "POST" && page.browser !== undefined) page.browser.session = grace
          return inner.fetch(input, init)
        }) satisfies Fetch
      }
      const tab = yield* behindProxy(toggl)
      page.browser = tab.browser
      assert.strictEqual(yield* create(tab, "First"), "Confirmed")
      assert.strictEqual(yield* create(tab, "Second"), "WrongAccount")
      assert.deepStrictEqual(yield* made(inner), [["First", ada.userId]])
    }).pipe(Effect.scoped)
  )

  it.live("is heard of by reads too, which show what is on the device", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream())
      const tab = yield* behindProxy(toggl)
      yield* create(tab, "First")
      yield* tab.clients.list(workspaceId)
      tab.browser.session = grace
      const error = yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      assert.isTrue(error._tag === "Unauthorized" && error.reason === "WrongAccount")
      assert.lengthOf(yield* tab.clients.list(workspaceId), 1)
    }).pipe(Effect.scoped)
  )
})

describe("a session that becomes another user's before the store is anybody's", () => {
  it.live("sends nothing as theirs where there is no storage", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream())
      const tab = yield* withoutStore(toggl)
      yield* tab.clients.list(workspaceId)
      tab.browser.session = grace
      const error = yield* Effect.flip(create(tab, "Acme"))
      assert.strictEqual(error._tag, "NotSaved")
      assert.deepStrictEqual(yield* made(toggl), [])
    }).pipe(Effect.scoped)
  )

  it.live("binds the store to nobody by another's list", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream())
      const tab = yield* behindProxy(toggl)
      assert.deepStrictEqual(yield* tab.outbox.signIn(), { checked: true, userId: ada.userId })
      tab.browser.session = grace
      const error = yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      assert.isTrue(error._tag === "Unauthorized" && error.reason === "WrongAccount")
    }).pipe(Effect.scoped)
  )
})

describe("a session that is no more", () => {
  it.live("is asked for again when the page is shown, also where several requests were refused at once", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream())
      const tab = yield* behindProxy(toggl)
      yield* create(tab, "First")
      tab.browser.session = undefined
      const read = Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      const get = Effect.flip(tab.clients.get(workspaceId, Client.ClientId.make(5), { freshness: "Toggl" }))
      yield* Effect.all([read, get, create(tab, "Second")], { concurrency: "unbounded" })
      tab.browser.session = ada
      yield* tab.shown
      yield* tab.outbox.awaitDrained
      assert.lengthOf(yield* made(toggl), 2)
    }).pipe(Effect.scoped)
  )

  it.live("pauses the queue until somebody signs in, and goes on when the page is shown again", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream())
      const tab = yield* behindProxy(toggl)
      yield* create(tab, "First")
      tab.browser.session = undefined
      assert.strictEqual(yield* create(tab, "Second"), "SignInNeeded")
      // in another tab of the browser
      tab.browser.session = ada
      yield* tab.shown
      yield* tab.outbox.awaitDrained
      assert.deepStrictEqual(yield* made(toggl), [
        ["First", ada.userId],
        ["Second", ada.userId]
      ])
    }).pipe(Effect.scoped)
  )
})

describe("what the proxy says by itself", () => {
  it.live("of a body that is too large refuses that change alone", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream())
      const tab = yield* behindProxy(toggl)
      const error = yield* Effect.flip(create(tab, "Large", "n".repeat(70_000)))
      assert.isTrue(error._tag === "BadRequest" && error.status === 413)
      assert.strictEqual(yield* create(tab, "Small"), "Confirmed")
    }).pipe(Effect.scoped)
  )

  it.live("of a request that surely never left counts as none, and of one that may have as one", () =>
    Effect.gen(function* () {
      for (const [thrown, mayHaveLeft] of [
        [new ClientsApi.Unsent(), 0],
        [new TypeError("fetch failed"), 1]
      ] as const) {
        const inner = yield* Effect.promise(() => fakeUpstream())
        const fetch: Fetch = (input, init) =>
          init?.method === "POST" ? Promise.reject(thrown) : inner.fetch(input, init)
        const tab = yield* behindProxy({ ...inner, fetch })
        assert.strictEqual(yield* create(tab, "Acme"), "BackingOff")
        assert.strictEqual((yield* tab.outbox.entries)[0]?.attempts, mayHaveLeft)
      }
    }).pipe(Effect.scoped)
  )

  it.live("that it lets nothing through is told in its own words, and refuses nothing for good", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream())
      const handler = before(toggl)
      const memory = yield* OutboxStore.makeMemory
      // the app was deployed under another path than the proxy
      const tab = yield* opened((input, init) => handler(new Request(input, init)), memory, {
        baseUrl: `${origin}/elsewhere`
      })
      const error = yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      assert.isTrue(error._tag === "UnexpectedAnswer" && error.text?.includes("under prefix") === true)
      assert.include(error.message, "under prefix")
      yield* create(tab, "Acme")
      assert.strictEqual((yield* tab.outbox.status).refused, 0)
    }).pipe(Effect.scoped)
  )
})

describe("whose the session is", () => {
  it.live("is asked once where the proxy tells it with each answer", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream())
      const tab = yield* behindProxy(toggl)
      for (const name of ["A", "B", "C"]) assert.strictEqual(yield* create(tab, name), "Confirmed")
      assert.strictEqual(asked(toggl, "/me"), 1)
    }).pipe(Effect.scoped)
  )

  it.live("is asked before each run where a proxy of someone's own does not, and stops what would be another's", () =>
    Effect.gen(function* () {
      const toggl = yield* Effect.promise(() => fakeUpstream({ signsAs: user.id, basePath: prefix }))
      const memory = yield* OutboxStore.makeMemory
      const tab = yield* opened(toggl.fetch, memory)
      for (const name of ["A", "B", "C"]) assert.strictEqual(yield* create(tab, name), "Confirmed")
      assert.strictEqual(asked(toggl, "/me"), 3)
      yield* toggl.fake.configure({ signsAs: grace.userId })
      assert.strictEqual(yield* create(tab, "D"), "WrongAccount")
      assert.deepStrictEqual(yield* made(toggl), [
        ["A", ada.userId],
        ["B", ada.userId],
        ["C", ada.userId]
      ])
    }).pipe(Effect.scoped)
  )
})
