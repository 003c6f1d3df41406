import { describe, expect, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import { proxy, type ProxySession } from "../../src/doors/proxy.js"
import { Clients } from "../../src/index.js"
import { FakeToggl, Fault, type RequestLog } from "../../src/testing/index.js"
import * as Browser from "./Browser.js"
import * as Chromiums from "./Chromium.js"
import * as PageServer from "./PageServer.js"
import * as ProcessTree from "./ProcessTree.js"
import { account, type Mode, settings, workspaceId } from "./pages/backgroundSettings.js"
import type { Api } from "./pages/background.js"
import * as Tab from "./Tab.js"
import * as Wait from "./Wait.js"

// A change that is made offline reaches Toggl though the last page is closed: the browser wakes the service worker for it.

// It tries again after minutes: here after a second, and often enough for a slow machine.
const retries = "initial_retry_delay_sec/1/retry_delay_factor/1/max_sync_attempts/60/min_sync_recovery_time_sec/1"
const args = ["--force-fieldtrials=BackgroundSync/Soon/", `--force-fieldtrial-params=BackgroundSync.Soon:${retries}`]

/** One origin with one Toggl behind the library's proxy. */
interface Site {
  readonly toggl: FakeToggl.FakeTogglService
  readonly origin: string
  /** Whose the browser's session is. */
  session: ProxySession | undefined
  isDown: boolean
  mode: Mode
  /** How each `waitUntil` of the worker ended, in order. */
  readonly told: Array<string>
}

const ada: ProxySession = { token: FakeToggl.defaultUser.apiToken, userId: FakeToggl.defaultUser.id }

const served = Effect.gen(function* () {
  const toggl = yield* FakeToggl.make()
  const site: Omit<Site, "origin"> = { toggl, session: ada, isDown: false, mode: "Same", told: [] }
  const handler = proxy({
    prefix: settings.baseUrl,
    credentials: () => site.session,
    fetch: (input, init) => toggl.handler(new Request(input, init))
  })
  const { origin } = yield* PageServer.serve({
    pages: { "/": new URL("./pages/background.ts", import.meta.url) },
    serviceWorker: new URL("./pages/backgroundWorker.ts", import.meta.url),
    mounts: {
      [settings.baseUrl]: (request) => (site.isDown ? Promise.reject(new Error("no network")) : handler(request)),
      "/mode": () => Promise.resolve(new Response(site.mode)),
      "/told": async (request) => {
        site.told.push(await request.text())
        return new Response()
      }
    }
  })
  return Object.assign(site, { origin })
})

class Running extends Context.Tag("test/BackgroundSync")<Running, Browser.Running>() {}

const open = (site: Site) => Effect.flatMap(Running, ({ context }) => Tab.open<Api>(context, `${site.origin}/`))

const begin = Effect.gen(function* () {
  const site: Site = yield* served
  const page = yield* open(site)
  yield* page.call("startWorker")
  yield* told(site, "active")
  yield* page.call("bind")
  yield* site.toggl.clearRequests
  return { site, page }
})

/** Waits until the worker has told that since the last that was waited for. */
const told = (site: Site, how: string) =>
  Wait.until(
    `the worker to tell: ${how}`,
    Effect.sync(() => site.told.some((one) => one.includes(how))),
    "60 seconds"
  ).pipe(Effect.tap(() => Effect.sync(() => site.told.splice(0, site.told.length))))

const isCreate = ({ method, path }: Pick<RequestLog.RecordedRequest, "method" | "path">) =>
  method === "POST" && path.endsWith("/clients")

const created = ({ toggl }: Site) =>
  Effect.map(toggl.requests, (requests) => requests.filter(isCreate).map(({ body }) => body))

const names = ({ toggl }: Site) => Effect.map(toggl.clients(workspaceId), (clients) => clients.map(({ name }) => name))

const hasNames = (site: Site, wanted: ReadonlyArray<string>) =>
  Wait.until(
    `Toggl to have ${wanted.join(", ")}`,
    Effect.map(names(site), (names) => names.join() === wanted.join()),
    "60 seconds"
  )

const hasTagOf = (site: Site) => [Clients.databaseName(account, `${site.origin}${settings.baseUrl}`)]

/** Kills every process in which a page or a worker runs, as a system that wants its memory back does. */
const killRenderers = Effect.gen(function* () {
  const { context } = yield* Running
  const processes = yield* Effect.promise(async () => {
    const session = await context.browser()?.newBrowserCDPSession()
    const answer = await session?.send("SystemInfo.getProcessInfo")
    await session?.detach()
    return answer?.processInfo ?? []
  })
  const renderers = processes.flatMap(({ id, type }) => (type === "renderer" ? [id] : []))
  yield* Effect.forEach(renderers, ProcessTree.killOne)
  return renderers.length
})

/** Another tab comes before it. */
const hide = (page: Tab.Tab<Api>) =>
  Effect.promise(async () => {
    await page.page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" })
      document.dispatchEvent(new Event("visibilitychange"))
    })
  })

// --- The browser -----------------------------------------------------------------------------------------------------------

const started = (chromium: Chromiums.Chromium) => Layer.scoped(Running, Browser.launch({ chromium, args }))

/** Why that browser is left out; empty if it is not. */
const problemOf = (chromium: Chromiums.Chromium) =>
  begin.pipe(
    Effect.flatMap(({ page }) => page.call("problem")),
    Effect.scoped,
    Effect.provide(started(chromium)),
    Effect.catchAll(({ message }) => Effect.succeed(message))
  )

// Not every Chromium has it: the one that comes inside npm is built without.
const leftOut: Array<string> = []
const chromium = await Effect.runPromise(
  Effect.flatMap(Chromiums.findAll(), ([, found]) =>
    Effect.findFirst(found, (chromium) =>
      Effect.map(problemOf(chromium), (problem) => {
        if (problem !== "") leftOut.push(`${chromium.version} (${chromium.source}): ${problem}`)
        return problem === ""
      })
    )
  )
)

describe("a Chromium with Background Sync", () => {
  it("is here, or said to be left out", () => {
    console.log(
      Option.isSome(chromium)
        ? `Background Sync: ${chromium.value.version}`
        : `Background Sync is left out: ${leftOut.join("; ")}`
    )
    expect(Option.isSome(chromium) || process.env["EVERY_ENGINE"] === undefined).toBe(true)
  })
})

type Test = Effect.Effect<void, unknown, Running | Scope.Scope>

const laws = (chromium: Chromiums.Chromium) =>
  layer(started(chromium), { excludeTestServices: true })("the service worker", (it) => {
    it.scoped("sends what waits when the network is back, though the last page is closed", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        site.isDown = true
        expect(yield* page.call("create", "Acme")).not.toBe("sent")
        expect(yield* page.call("create", "Umbra")).not.toBe("sent")
        expect(yield* page.call("tags")).toEqual(hasTagOf(site))
        yield* page.close
        yield* told(site, "2 changes wait")
        site.isDown = false
        yield* hasNames(site, ["Acme", "Umbra"])
        yield* told(site, "resolved")
        expect(yield* created(site)).toHaveLength(2)
      })
    )

    it.scoped("leaves to a page that is open what that sends, and asks Toggl for nothing more", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        expect(yield* page.call("create", "Acme")).toBe("sent")
        yield* told(site, "resolved")
        yield* page.call("awaitDrained")
        const requests = (yield* site.toggl.requests).map(({ method, path }) => `${method} ${path.split("/").at(-1)}`)
        expect(requests).toEqual(["POST clients"])
      })
    )

    it.scoped("sends nothing twice though it is killed while it sends", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        site.isDown = true
        yield* page.call("create", "Acme")
        yield* page.call("create", "Umbra")
        yield* page.close
        const answer = yield* Deferred.make<void>()
        yield* site.toggl.inject(Fault.hold(Deferred.await(answer)), { when: isCreate })
        site.isDown = false
        yield* site.toggl.awaitRequest(isCreate).pipe(Wait.within("the worker to send", "60 seconds"))
        expect(yield* killRenderers).toBeGreaterThan(0)
        yield* Deferred.succeed(answer, undefined)
        yield* hasNames(site, ["Acme", "Umbra"])
        yield* told(site, "resolved")
        expect(yield* created(site)).toHaveLength(2)
      })
    )

    it.scoped("and a page that is opened while it sends, send each once and in order", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        site.isDown = true
        yield* page.call("create", "Acme")
        yield* page.close
        const answer = yield* Deferred.make<void>()
        yield* site.toggl.inject(Fault.hold(Deferred.await(answer)), { when: isCreate })
        site.isDown = false
        yield* site.toggl.awaitRequest(isCreate).pipe(Wait.within("the worker to send", "60 seconds"))
        const later = yield* open(site)
        expect(yield* later.call("status")).toEqual({ queue: "Replaying", refused: 0, waiting: 1 })
        const second = yield* Effect.fork(later.callWithin("60 seconds")("create", "Umbra"))
        yield* Wait.until(
          "the page to have both",
          Effect.map(later.call("status"), ({ waiting }) => waiting === 2)
        )
        yield* Deferred.succeed(answer, undefined)
        yield* second
        yield* later.callWithin("60 seconds")("awaitDrained")
        expect(yield* names(site)).toEqual(["Acme", "Umbra"])
        expect(yield* created(site)).toHaveLength(2)
      })
    )

    it.scoped("asks for nothing, and is not woken again, where the account was signed out", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        yield* page.call("signOut")
        expect(yield* page.call("create", "Acme")).toBe("SignInNeeded")
        yield* page.close
        yield* told(site, "resolved")
        expect(yield* site.toggl.requests).toEqual([])
        const later = yield* open(site)
        expect(yield* later.call("tags")).toEqual([])
        expect(yield* later.call("status")).toMatchObject({ waiting: 1 })
      })
    )

    it.scoped("is not woken again where the proxy has no session, and the next page sends", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        site.session = undefined
        expect(yield* page.call("create", "Acme")).toBe("SignInNeeded")
        yield* page.close
        yield* told(site, "resolved")
        site.session = ada
        const later = yield* open(site)
        yield* later.call("signIn")
        yield* later.callWithin("60 seconds")("awaitDrained")
        expect(yield* names(site)).toEqual(["Acme"])
      })
    )

    it.scoped("pauses nothing where it has no credentials", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        site.mode = "WithoutCredentials"
        site.isDown = true
        yield* page.call("create", "Acme")
        yield* page.close
        yield* told(site, "resolved")
        site.isDown = false
        const later = yield* open(site)
        yield* later.callWithin("60 seconds")("awaitDrained")
        expect(yield* names(site)).toEqual(["Acme"])
      })
    )

    it.scoped("opens no database where the app gives nothing for the account", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        site.mode = "Nothing"
        site.isDown = true
        yield* page.call("create", "Acme")
        yield* page.close
        yield* told(site, "resolved")
        site.isDown = false
        expect(yield* site.toggl.requests).toEqual([])
      })
    )

    it.scoped("says so where what the app gives leads to another database", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        site.mode = "OtherDatabase"
        site.isDown = true
        yield* page.call("create", "Acme")
        yield* told(site, "onSync was asked for ada at ")
        expect(yield* page.call("databases")).toEqual(hasTagOf(site))
        site.mode = "Same"
        site.isDown = false
        yield* told(site, "resolved")
        yield* page.callWithin("60 seconds")("awaitDrained")
        expect(yield* created(site)).toHaveLength(1)
      })
    )

    it.scoped("is asked for again when a page is hidden with changes that the browser has given up", (): Test =>
      Effect.gen(function* () {
        const { page, site } = yield* begin
        site.mode = "Nothing"
        site.isDown = true
        yield* page.call("create", "Acme")
        yield* told(site, "resolved")
        expect(yield* page.call("tags")).toEqual([])
        site.mode = "Same"
        yield* hide(page)
        yield* told(site, "1 change waits")
      })
    )
  })

if (Option.isSome(chromium)) laws(chromium.value)
