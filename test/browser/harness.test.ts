import { describe, expect, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import { existsSync } from "node:fs"
import type { BrowserContext } from "playwright-core"
import * as Browser from "./Browser.js"
import * as Chromium from "./Chromium.js"
import * as PageServer from "./PageServer.js"
import type { Api } from "./pages/probe.js"
import * as ProcessTree from "./ProcessTree.js"
import * as Tab from "./Tab.js"

const mounted = async (request: Request): Promise<Response> => {
  const path = new URL(request.url).pathname
  if (path === "/api/v9/lost") throw new Error("connection lost")
  const text = `${request.method} ${path} ${request.headers.get("x-probe") ?? "-"} ${await request.text()}`
  return new Response(text, { status: 201, headers: { "x-answer": "mounted" } })
}

const probe = {
  pages: { "/": new URL("./pages/probe.ts", import.meta.url) },
  serviceWorker: new URL("./pages/probeWorker.ts", import.meta.url),
  mounts: { "/api/v9": mounted }
}

class Server extends Context.Tag("test/Server")<Server, PageServer.PageServer>() {}

const shared = Layer.merge(Browser.layer, Layer.scoped(Server, PageServer.serve(probe)))

const openProbe = (context: BrowserContext) => Effect.flatMap(Server, ({ url }) => Tab.open<Api>(context, url("/")))

// each test has a context of its own: nothing is left of the test before
const twoTabs = Effect.gen(function* () {
  const context = yield* Effect.flatMap(Browser.Browser, ({ isolated }) => isolated)
  const [a, b] = yield* Effect.all([openProbe(context), openProbe(context)], { concurrency: 2 })
  return { context, a, b }
})

layer(shared, { excludeTestServices: true })("a browser shared by a file", (it) => {
  it.scoped("is found, and tells its version and its process", () =>
    Effect.gen(function* () {
      const { chromium, pid } = yield* Browser.Browser
      expect(chromium.version).toMatch(/\d+\./)
      expect(yield* ProcessTree.members(pid)).toContain(pid)
    })
  )

  it.scoped("opens pages that are cross-origin isolated, online, and have fonts", () =>
    Effect.gen(function* () {
      const { context } = yield* Browser.Browser
      const tab = yield* openProbe(context)
      const surroundings = yield* tab.call("surroundings")
      expect(surroundings).toMatchObject({ isolated: true, locks: true, onLine: true })
      expect(surroundings.textWidth).toBeGreaterThan(0)
    })
  )

  it.scoped("reports what a page throws, and what it said before", () =>
    Effect.gen(function* () {
      const { a } = yield* twoTabs
      const failure = yield* Effect.flip(a.call("fails"))
      expect(failure).toMatchObject({ _tag: "PageFailed", output: ["log: about to fail"] })
      expect(failure.message).toContain("as it was asked to")
    })
  )

  it.scoped("bounds the wait for a page that never answers", () =>
    Effect.gen(function* () {
      const { a } = yield* twoTabs
      const failure = yield* Effect.flip(a.callWithin("50 millis")("never"))
      expect(failure.reason).toContain("50 ms")
    })
  )

  it.scoped("mounts a web handler on the pages' origin", () =>
    Effect.gen(function* () {
      const { a } = yield* twoTabs
      const answer = yield* a.call("post", "/api/v9/clients?status=both", "body")
      expect(answer).toEqual({ status: 201, header: "mounted", text: "POST /api/v9/clients yes body" })
      expect(yield* a.call("fetchText", "/api/v90")).toBe("")
    })
  )

  it.scoped("loses the connection when the web handler rejects, while the page believes to be online", () =>
    Effect.gen(function* () {
      const { a } = yield* twoTabs
      expect(yield* a.call("fetchText", "/api/v9/lost")).toBe("TypeError: Failed to fetch")
      expect(yield* a.call("surroundings")).toMatchObject({ onLine: true })
    })
  )

  it.scoped("renders each tab of one origin in a process of its own", () =>
    Effect.gen(function* () {
      const { a, b, context } = yield* twoTabs
      const tabs = [a, b, yield* openProbe(context)]
      expect(new Set(yield* Effect.forEach(tabs, (tab) => tab.rendererPid)).size).toBe(3)
      yield* Effect.forEach(tabs, (tab) => tab.reload)
      expect(new Set(yield* Effect.forEach(tabs, (tab) => tab.rendererPid)).size).toBe(3)
    })
  )

  it.scoped("keeps tabs apart although a service worker shares the process of one", () =>
    Effect.gen(function* () {
      const { a, b, context } = yield* twoTabs
      yield* a.call("startWorker")
      yield* a.close
      const more = yield* Effect.replicateEffect(openProbe(context), 3)
      const pids = yield* Effect.forEach([b, ...more], (tab) => tab.rendererPid)
      expect(new Set(pids).size).toBe(4)
    })
  )

  it.scoped("freezes one tab, while another of its origin runs on, and thaws it", () =>
    Effect.gen(function* () {
      const { a, b } = yield* twoTabs
      yield* Effect.forEach([a, b], (tab) => tab.call("startTicking"))
      const before = yield* a.call("interval", 5)
      expect(yield* a.call("ticksBetween", before.from, before.to)).toBeGreaterThanOrEqual(5)

      yield* a.freeze
      const frozen = yield* b.call("interval", 30)
      expect(yield* b.call("ticksBetween", frozen.from, frozen.to)).toBeGreaterThanOrEqual(30)
      yield* a.thaw

      const after = yield* a.call("interval", 5)
      expect(yield* a.call("ticksBetween", after.from, after.to)).toBeGreaterThanOrEqual(5)
      expect(yield* a.call("ticksBetween", frozen.from, frozen.to)).toBe(0)
    })
  )

  it.scoped("gives no answer while it is frozen, and gives it once thawed", () =>
    Effect.gen(function* () {
      const { a } = yield* twoTabs
      yield* a.freeze
      const asked = yield* Effect.fork(a.call("surroundings"))
      const failure = yield* Effect.flip(a.callWithin("100 millis")("surroundings"))
      expect(failure.reason).toContain("100 ms")
      yield* a.thaw
      expect(yield* Fiber.join(asked)).toMatchObject({ isolated: true })
    })
  )

  it.scoped("shares Web Locks between tabs; a frozen tab keeps its lock, a crashed one gives it up", () =>
    Effect.gen(function* () {
      const { a, b } = yield* twoTabs
      yield* a.call("holdLock", "turn")
      expect(yield* b.call("tryLock", "turn")).toBe(false)
      yield* a.call("releaseLock")
      expect(yield* b.call("awaitLock", "turn")).toBe(true)

      yield* a.call("holdLock", "turn")
      yield* a.freeze
      expect(yield* b.call("tryLock", "turn")).toBe(false)
      yield* a.crash
      expect(yield* b.call("awaitLock", "turn")).toBe(true)
      expect(yield* Effect.flip(a.call("surroundings"))).toMatchObject({ _tag: "PageFailed" })
    })
  )

  it.scoped("carries BroadcastChannel from tab to tab", () =>
    Effect.gen(function* () {
      const { a, b } = yield* twoTabs
      yield* a.call("say", "wake up")
      expect(yield* b.call("hears", "wake up")).toBe(true)
    })
  )

  it.scoped("runs a service worker for the whole origin, which can fetch and store", () =>
    Effect.gen(function* () {
      const { url } = yield* Server
      const { a, b } = yield* twoTabs
      expect(yield* a.call("startWorker")).toBe(url("/"))
      expect(yield* a.call("askWorker", "/api/v9/clients", "stored")).toBe("GET /api/v9/clients - ")
      expect(yield* b.call("get", "stored")).toBe("GET /api/v9/clients - ")
    })
  )

  it.scoped("takes one tab offline, and no other", () =>
    Effect.gen(function* () {
      const { a, b } = yield* twoTabs
      yield* a.setOffline(true)
      expect(yield* a.call("surroundings")).toMatchObject({ onLine: false })
      expect(yield* a.call("fetchText", "/api/v9/clients")).toBe("TypeError: Failed to fetch")
      expect(yield* b.call("surroundings")).toMatchObject({ onLine: true })
      expect(yield* b.call("fetchText", "/api/v9/clients")).toContain("GET")
      yield* a.setOffline(false)
      expect(yield* a.call("surroundings")).toMatchObject({ onLine: true })
      expect(yield* a.call("fetchText", "/api/v9/clients")).toContain("GET")
    })
  )

  it.scoped("takes a whole context offline, its service worker too", () =>
    Effect.gen(function* () {
      const { a, b, context } = yield* twoTabs
      yield* a.call("startWorker")
      yield* Browser.setOffline(context, true)
      for (const tab of [a, b]) {
        expect(yield* tab.call("surroundings")).toMatchObject({ onLine: false })
        expect(yield* tab.call("fetchText", "/api/v9/clients")).toBe("TypeError: Failed to fetch")
      }
      expect(yield* a.call("askWorker", "/api/v9/clients", "unstored")).toBe("TypeError: Failed to fetch")
      yield* Browser.setOffline(context, false)
      expect(yield* b.call("fetchText", "/api/v9/clients")).toContain("GET")
      expect(yield* a.call("askWorker", "/api/v9/clients", "stored")).toContain("GET")
    })
  )
})

describe("a browser of one's own", () => {
  it.scopedLive("is killed with all its processes, and finds its storage again", () =>
    Effect.gen(function* () {
      const { url } = yield* PageServer.serve(probe)
      const profileDir = yield* Browser.profileDir
      const first = yield* Browser.launchPersistent(profileDir)
      const tab = yield* Tab.open<Api>(first.context, url("/"))
      yield* tab.call("put", "kept", "through the kill")
      const processes = yield* ProcessTree.members(first.pid)
      expect(processes.length).toBeGreaterThan(2)
      yield* first.kill
      expect(yield* ProcessTree.members(first.pid)).toEqual([])
      expect(yield* Effect.flip(tab.call("surroundings"))).toMatchObject({ _tag: "PageFailed" })

      const second = yield* Browser.launchPersistent(profileDir)
      const again = yield* Tab.open<Api>(second.context, url("/"))
      expect(yield* again.call("get", "kept")).toBe("through the kill")
    })
  )

  it.scopedLive("leaves no process and no directory, though a tab is frozen and the test interrupted", () =>
    Effect.gen(function* () {
      const { url } = yield* PageServer.serve(probe)
      const ready = yield* Deferred.make<Browser.Running>()
      const test = Effect.gen(function* () {
        const browser = yield* Browser.launch()
        const tab = yield* Tab.open<Api>(browser.context, url("/"))
        yield* tab.freeze
        yield* Deferred.succeed(ready, browser)
        return yield* Effect.never
      })
      const fiber = yield* Effect.fork(Effect.scoped(test))
      const { pid, profileDir } = yield* Effect.raceFirst(Deferred.await(ready), Fiber.join(fiber))
      expect(existsSync(profileDir)).toBe(true)
      expect(Exit.isInterrupted(yield* Fiber.interrupt(fiber))).toBe(true)
      expect(yield* ProcessTree.members(pid)).toEqual([])
      expect(existsSync(profileDir)).toBe(false)
    })
  )
})

describe("finding Chromium", () => {
  it.live("says what to do when CHROMIUM_PATH names none", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Chromium.findChromium({ CHROMIUM_PATH: "/nowhere/chromium" }))
      expect(error._tag).toBe("ChromiumNotFound")
      expect(error.tried).toEqual([{ source: "CHROMIUM_PATH", problem: "/nowhere/chromium is no program" }])
      expect(error.message).toContain("Set CHROMIUM_PATH")
    })
  )

  it.live("takes the one that CHROMIUM_PATH names", () =>
    Effect.gen(function* () {
      const environment = { CHROMIUM_PATH: process.execPath }
      const found = yield* Chromium.findChromium(environment)
      expect(found).toMatchObject({ source: "CHROMIUM_PATH", version: process.version })
    })
  )
})
