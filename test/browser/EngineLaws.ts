/**
 * The laws that every engine must keep, for a file of tests for each: started with an address, ended with SIGKILL, and
 * called without a driver.
 *
 * @since 0.1.0
 */
import { describe, expect, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import { Fault } from "../../src/testing/index.js"
import * as Browser from "./Browser.js"
import type { Engine, Name } from "./Engine.js"
import * as Engines from "./Engines.js"
import * as OutboxSite from "./OutboxSite.js"
import type { Api } from "./pages/outbox.js"
import type * as Remote from "./Remote.js"
import * as Wait from "./Wait.js"

type Tab = Remote.Tab<Api>

interface Started extends Engines.Running {
  /** The window that it was started with. */
  readonly tab: Tab
}

// a request limit as short as a busy machine allows: after a kill it is waited for
const settings = { requestLimit: 4000, margin: 1000, patience: 5000 }

const kills = 5

// A browser that shows no page, before anything of ours runs in it, is started once more.
const startOn = (engine: Engine, profileDir: string, options: { readonly isPrivate?: boolean } = {}) =>
  Effect.gen(function* () {
    const { remote, remoteUrl } = yield* OutboxSite.Site
    const tab = remote("first")
    const running = yield* Engines.start(engine, profileDir, remoteUrl("first"), options)
    yield* Effect.tapError(tab.callWithin("30 seconds")("isOnline"), () => running.kill)
    return { ...running, tab } satisfies Started
  }).pipe(Effect.retry({ times: 1 }))

const startApp = (tab: Tab, toggl: OutboxSite.Toggl, options: OutboxSite.Options = {}) =>
  tab.call("start", OutboxSite.settingsOf(toggl, tab.name, { ...settings, ...options }))

const drained = (tab: Tab) => tab.callWithin("30 seconds")("awaitDrained")

const freshToggl = Effect.flatMap(OutboxSite.Site, (site) => site.toggl())

const goOffline = (tab: Tab, toggl: OutboxSite.Toggl) =>
  Effect.zipRight(toggl.inject(Fault.refuse, { times: "always" }), tab.call("pretendOffline", true))

const goOnline = (tab: Tab, toggl: OutboxSite.Toggl) =>
  Effect.zipRight(toggl.clearFaults, tab.call("pretendOffline", false))

const idOf = ({ id }: { readonly id?: number }) => id ?? 0

class Session extends Context.Tag("test/EngineSession")<Session, Started>() {}

const session = (engine: Engine) =>
  Layer.scoped(
    Session,
    Effect.flatMap(Browser.profileDir, (profileDir) => startOn(engine, profileDir))
  ).pipe(Layer.provideMerge(OutboxSite.layer))

const allSeven = Effect.gen(function* () {
  const { tab } = yield* Session
  const toggl = yield* freshToggl
  yield* startApp(tab, toggl)
  yield* goOffline(tab, toggl)
  const acme = yield* tab.call("create", "Acme")
  const old = yield* tab.call("create", "Old")
  const gone = yield* tab.call("create", "Gone")
  const told = [
    yield* tab.call("update", idOf(acme), { notes: "net 30" }),
    yield* tab.call("archive", idOf(acme)),
    yield* tab.call("restore", idOf(acme)),
    yield* tab.call("archive", idOf(old)),
    yield* tab.call("remove", idOf(gone))
  ]
  expect([acme, old, gone, ...told].map(({ _tag }) => _tag)).toEqual(Array.from({ length: 8 }, () => "Queued"))
  expect(yield* tab.call("names", "Local")).toEqual(["Acme"])
  expect(yield* tab.call("get", idOf(acme))).toMatchObject({ name: "Acme", notes: "net 30", archived: false })
  expect(yield* tab.call("get", idOf(old))).toMatchObject({ name: "Old", archived: true })
  yield* goOnline(tab, toggl)
  yield* drained(tab)
  const clients = yield* toggl.clients(OutboxSite.workspaceId)
  expect(clients).toMatchObject([
    { name: "Acme", notes: "net 30", archived: false },
    { name: "Old", notes: "", archived: true }
  ])
  expect(clients).toHaveLength(2)
  expect((yield* tab.call("get", idOf(acme))).id).toBe(clients[0]?.id)
  expect(yield* tab.call("status")).toEqual({ queue: "Idle", refused: 0, waiting: 0 })
})

const reloaded = Effect.gen(function* () {
  const { tab } = yield* Session
  const { remoteUrl } = yield* OutboxSite.Site
  const toggl = yield* freshToggl
  yield* startApp(tab, toggl)
  yield* goOffline(tab, toggl)
  const first = yield* tab.call("create", "First")
  yield* tab.call("create", "Second")
  yield* tab.call("update", idOf(first), { name: "First, renamed" })
  yield* tab.goTo(remoteUrl(tab.name))
  yield* startApp(tab, toggl)
  expect(yield* tab.call("status")).toMatchObject({ waiting: 3 })
  expect(yield* tab.call("names", "Local")).toEqual(["First, renamed", "Second"])
  yield* goOnline(tab, toggl)
  yield* drained(tab)
  expect(yield* OutboxSite.names(toggl)).toEqual(["First, renamed", "Second"])
  expect(yield* tab.call("outcome", first.entryId ?? "")).toMatchObject({ _tag: "Done" })
})

const twoTabs = Effect.gen(function* () {
  const { tab: a } = yield* Session
  const { remote, remoteUrl } = yield* OutboxSite.Site
  const toggl = yield* freshToggl
  const b = remote("second")
  yield* a.openWindow(remoteUrl("second"))
  yield* startApp(a, toggl)
  yield* startApp(b, toggl)
  yield* a.call("pause")
  const burst = (tab: Tab) =>
    Effect.forEach([1, 2, 3, 4], (n) => tab.call("create", `${tab.name} ${n}`), { concurrency: "unbounded" })
  yield* Effect.all([burst(a), burst(b)], { concurrency: 2 })
  const accepted = (yield* b.call("entries")).map(({ name }) => name)
  expect(accepted).toHaveLength(8)
  yield* b.call("resume")
  yield* Effect.all([drained(a), drained(b)], { concurrency: 2 })
  expect(yield* OutboxSite.created(toggl)).toEqual(accepted)
  expect(yield* OutboxSite.names(toggl)).toEqual(accepted)
  for (const tab of [a, b]) expect(yield* tab.call("names", "Local")).toHaveLength(8)
  yield* b.call("stop")
})

const awayAndBack = Effect.gen(function* () {
  const { tab } = yield* Session
  const { remote, remoteUrl } = yield* OutboxSite.Site
  const toggl = yield* freshToggl
  yield* startApp(tab, toggl, { backoffBase: 60_000, backoffCap: 60_000 })
  yield* toggl.inject(Fault.refuse, { times: "always" })
  expect(yield* tab.call("create", "Before")).toMatchObject({ _tag: "Queued" })
  const returns = yield* tab.call("returns")
  const elsewhere = remote("elsewhere")
  yield* tab.goTo(remoteUrl("elsewhere"))
  yield* elsewhere.call("isOnline")
  yield* toggl.clearFaults
  yield* elsewhere.goBack
  expect(yield* tab.call("returns")).toBe(returns + 1)
  yield* drained(tab)
  expect(yield* tab.call("create", "After")).toMatchObject({ _tag: "Confirmed" })
  expect(yield* OutboxSite.names(toggl)).toEqual(["Before", "After"])
})

// WebKitGTK has no `navigator.storage`: there nobody says
const keptWhenAsked = (engine: Engine) =>
  Effect.gen(function* () {
    const { tab } = yield* Session
    const toggl = yield* freshToggl
    yield* startApp(tab, toggl)
    yield* tab.call("create", "Acme")
    yield* drained(tab)
    const before = yield* tab.call("persistsAsked")
    const answer = yield* tab.call("persist")
    const asked = (yield* tab.call("persistsAsked")) - before
    expect([before, asked, answer === -1]).toEqual(engine.name === "WebKit" ? [0, 0, true] : [0, 1, false])
    if (engine.name === "Firefox") expect(answer).toBe(1)
    expect(yield* tab.call("persisted")).toBe(answer)
  })

const creating = (tab: Tab, round: number, told: Array<string>) =>
  Effect.gen(function* () {
    for (let number = 1; ; number += 1) {
      const name = `Round ${round}, client ${number}`
      const { _tag } = yield* tab.call("create", name)
      if (_tag !== "Failed") told.push(name)
    }
  })

// Kills it while it makes one client after the other, at any step of any of them.
const killedWhile = (engine: Engine, profileDir: string, toggl: OutboxSite.Toggl, round: number) =>
  Effect.gen(function* () {
    const { kill, tab } = yield* startOn(engine, profileDir)
    yield* startApp(tab, toggl, { patience: 0 })
    const told: Array<string> = []
    const making = yield* Effect.fork(creating(tab, round, told))
    const enough = yield* Random.nextIntBetween(1, 20)
    yield* Wait.until(
      `${enough} clients to be made`,
      Effect.sync(() => told.length >= enough)
    )
    yield* kill
    yield* Fiber.interrupt(making)
    return told
  }).pipe(Effect.scoped)

const isPost = ({ applied, method }: { readonly applied: boolean; readonly method: string }) =>
  method === "POST" && applied

const killedAndWoken = (engine: Engine) =>
  Effect.gen(function* () {
    const profileDir = yield* Browser.profileDir
    const toggl = yield* freshToggl
    const told: Array<string> = []
    for (let round = 1; round <= kills; round += 1) {
      told.push(...(yield* killedWhile(engine, profileDir, toggl, round)))
    }
    // what is left is sent by the service worker alone
    const { tab } = yield* startOn(engine, profileDir)
    yield* tab.call("startWorker")
    yield* tab.call("inWorker", "start", OutboxSite.settingsOf(toggl, "worker", settings))
    yield* tab.callWithin("60 seconds")("inWorker", "awaitDrained")
    const names = yield* OutboxSite.names(toggl)
    expect(names.filter((name) => told.includes(name))).toEqual(told)
    expect((yield* toggl.requests).filter(isPost)).toHaveLength(names.length)
    expect(yield* tab.call("inWorker", "status")).toEqual({ queue: "Idle", refused: 0, waiting: 0 })
  })

const inPrivate = (engine: Engine) =>
  Effect.gen(function* () {
    const toggl = yield* freshToggl
    const { tab } = yield* Effect.flatMap(Browser.profileDir, (dir) => startOn(engine, dir, { isPrivate: true }))
    const works = (yield* tab.call("storage")) === "works"
    yield* startApp(tab, toggl)
    expect(yield* tab.call("create", "Online")).toMatchObject({ _tag: "Confirmed" })
    yield* goOffline(tab, toggl)
    const told = yield* tab.call("create", "Offline")
    expect(told).toMatchObject(works ? { _tag: "Queued" } : { _tag: "Failed", error: "NotSaved" })
    yield* goOnline(tab, toggl)
    yield* drained(tab)
    expect(yield* OutboxSite.names(toggl)).toEqual(works ? ["Online", "Offline"] : ["Online"])
  })

const networkKills = 5

// What keeps storage dies, with whatever is just being stored, and the page goes on without a reload. A call that is told
// as failed was surely not stored: the patience is long enough to ask.
const networkKilled = Effect.gen(function* () {
  const { killNetwork, tab } = yield* Session
  const toggl = yield* freshToggl
  yield* startApp(tab, toggl)
  const told: Array<string> = []
  const failed: Array<string> = []
  let isOver = false
  const making = yield* Effect.fork(
    Effect.gen(function* () {
      for (let number = 1; !isOver; number += 1) {
        const name = `Client ${number}`
        const { _tag } = yield* tab.call("create", name)
        if (_tag === "Failed") failed.push(name)
        else told.push(name)
      }
    })
  )
  for (let kill = 1; kill <= networkKills; kill += 1) {
    const enough = told.length + (yield* Random.nextIntBetween(2, 8))
    yield* Wait.until(
      `${enough} clients to be made after ${kill - 1} kills`,
      Effect.sync(() => told.length >= enough)
    )
    expect(yield* killNetwork).toHaveLength(1)
  }
  const last = told.length + 3
  yield* Wait.until(
    `${last} clients to be made after the last kill`,
    Effect.sync(() => told.length >= last)
  )
  isOver = true
  yield* Fiber.join(making)
  yield* drained(tab)
  const names = yield* OutboxSite.names(toggl)
  expect(names.filter((name) => told.includes(name))).toEqual(told)
  expect(names.filter((name) => failed.includes(name))).toEqual([])
  expect(new Set(names).size).toBe(names.length)
  expect((yield* toggl.requests).filter(isPost)).toHaveLength(names.length)
  expect(yield* tab.call("status")).toEqual({ queue: "Idle", refused: 0, waiting: 0 })
})

const laws = (engine: Engine) => {
  layer(session(engine), { excludeTestServices: true })(engine.version, (it) => {
    it.scoped("is asked to keep the store only when the app says so", () => keptWhenAsked(engine))
    it.scoped("makes, changes and removes clients offline by local ids, and Toggl ends as if online", () => allSeven)
    it.scoped("keeps what waits over a reload, and sends it", () => reloaded)
    it.scoped("sends from two windows what either accepted, once and in order", () => twoTabs)
    it.scoped("goes on where a page was left and come back to", () => awayAndBack)
    if (engine.networkProgram === undefined) return
    // the last of this browser: its page has no storage any more
    it.scoped(
      `loses what keeps its storage ${networkKills} times, and all that were told are made once`,
      () => networkKilled
    )
  })

  describe(engine.version, () => {
    const live = (name: string, test: Effect.Effect<void, unknown, OutboxSite.Site | Scope.Scope>) =>
      it.scopedLive(name, () => Effect.provide(test, OutboxSite.layer))
    live(
      `killed ${kills} times while it makes clients, keeps all that were told, and its service worker sends them once`,
      killedAndWoken(engine)
    )
    live("says in a private window what is true of its storage", inPrivate(engine))
  })
}

/**
 * Defines the tests for one engine; where it is not installed, says why it is left out. With `EVERY_ENGINE` set, as in the
 * checks before a change lands, it must not be.
 *
 * @since 0.1.0
 * @category tests
 */
export const everyEngine = async (name: Name): Promise<void> => {
  const found = await Effect.runPromise(Effect.either(Engines.find(name)))
  describe(name, () => {
    it("is here, or said to be left out", () => {
      console.log(
        Either.isRight(found) ? `${name}: ${found.right.version}` : `${name} is left out: ${found.left.problem}`
      )
      expect(Either.isRight(found) || process.env["EVERY_ENGINE"] === undefined).toBe(true)
    })
  })
  if (Either.isRight(found)) laws(found.right)
}
