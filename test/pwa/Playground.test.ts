import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import type { BrowserContext } from "playwright-core"
import { Clients } from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"
import * as Browser from "../browser/Browser.js"
import * as PageServer from "../browser/PageServer.js"
import * as Tab from "../browser/Tab.js"
import * as Wait from "../browser/Wait.js"
import * as Built from "./Built.js"

// The playground as it is put on a web host: files in a folder, and no server. A page of the test's own asks it what the app asks.

const folder = "/some/where"
const workspaceId = 2230581
const { apiToken } = FakeToggl.defaultUser

const probe = `
  import { open, proxy } from "effect-toggl-clients/promise"
  import { changeHeader } from "../server/contract.ts"
  import { whenControlled } from "../playground/controlled.ts"

  const base = import.meta.env.BASE_URL
  let toggl
  const opened = () => (toggl ??= open({ account: "probe", credentials: proxy(), baseUrl: base + "api/toggl", patience: "10 seconds" }))
  const ask = async (path, method = "GET", json) => {
    try {
      const response = await fetch(base + path, {
        method,
        headers: { [changeHeader]: "1" },
        ...(json === undefined ? {} : { body: JSON.stringify(json) })
      })
      return response.status + " " + (await response.text())
    } catch (error) {
      return error.name
    }
  }
  const control = await whenControlled()
  globalThis.exposed = {
    mode: () => import.meta.env.MODE,
    control: () => (control._tag === "Controlled" ? "Controlled" : control.message),
    ask,
    create: async (name) => (await opened().create(${workspaceId}, { name }))._tag,
    names: async () => (await opened().list(${workspaceId}, { freshness: "Toggl" })).map(({ name }) => name),
    storage: async () => {
      const databases = await indexedDB.databases()
      const all = await Promise.all(
        databases.map(
          ({ name }) =>
            new Promise((resolve) => {
              const opening = indexedDB.open(name)
              opening.onsuccess = () => {
                const database = opening.result
                const stores = [...database.objectStoreNames]
                const read = stores.map(
                  (store) =>
                    new Promise((done) => {
                      const reading = database.transaction(store).objectStore(store).getAll()
                      reading.onsuccess = () => done(JSON.stringify(reading.result))
                    })
                )
                Promise.all(read).then((texts) => {
                  database.close()
                  resolve(name + texts.join())
                })
              }
            })
        )
      )
      const kept = await Promise.all((await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => url)))
      return { databases: all.join(), cached: kept.flat() }
    }
  }
`

/** What the page can be asked. */
interface Probe {
  readonly [name: string]: (...args: never) => unknown
  readonly mode: () => string
  readonly control: () => string
  readonly ask: (path: string, method?: string, json?: object) => Promise<string>
  readonly create: (name: string) => Promise<string>
  readonly names: () => Promise<ReadonlyArray<string>>
  readonly storage: () => Promise<{ readonly databases: string; readonly cached: ReadonlyArray<string> }>
}

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".webmanifest": "application/manifest+json"
}

/** A host of static files, which has a page of its own for what it does not have. It tells what it was asked for. */
const hosted = Effect.gen(function* () {
  const { dist } = yield* Built.Built
  const asked: Array<string> = []
  const host: PageServer.WebHandler = async (request) => {
    const { pathname } = new URL(request.url)
    const path = pathname.slice(folder.length)
    asked.push(path)
    const file = path.endsWith("/") ? `${path}index.html` : path
    try {
      const bytes = await Fs.readFile(Path.join(dist, file))
      return new Response(new Uint8Array(bytes), {
        headers: {
          "content-type": types[Path.extname(file)] ?? "application/octet-stream",
          "cache-control": "no-cache"
        }
      })
    } catch {
      return new Response("the host's own page", { status: 404 })
    }
  }
  const { url } = yield* PageServer.serve({ pages: {}, mounts: { [folder]: host } })
  return { asked, url: (path = "") => url(`${folder}/${path}`) }
})

const opened = Effect.gen(function* () {
  const host = yield* hosted
  const context = yield* Effect.flatMap(Browser.Browser, ({ isolated }) => isolated)
  const tab = yield* Tab.open<Probe>(context, host.url())
  return { ...host, ...tab, context, tab }
})

const signIn = ({ call }: Pick<Tab.Tab<Probe>, "call">) => call("ask", "api/session", "POST", { token: apiToken })

/** Stops every service worker, as a browser does with those that have nothing to do. */
const stopWorkers = (context: BrowserContext, page: Tab.Tab<Probe>["page"]) =>
  Effect.promise(async () => {
    const session = await context.newCDPSession(page)
    await session.send("ServiceWorker.enable")
    await session.send("ServiceWorker.stopAllWorkers")
    await session.detach()
  })

const demoOf = (text: string) =>
  Schema.decodeSync(
    Schema.parseJson(
      Schema.Struct({
        switches: Schema.Record({ key: Schema.String, value: Schema.Boolean }),
        requests: Schema.Array(Schema.Struct({ number: Schema.Number, method: Schema.String, outcome: Schema.Unknown }))
      })
    )
  )(text.slice(4))

const site = Layer.merge(Built.layer({ mode: "playground", files: { "src/main.tsx": probe } }), Browser.layer)

layer(site, { excludeTestServices: true })("the playground", (it) => {
  it.scoped("signs in and makes clients, in a folder of a host that has files only", () =>
    Effect.gen(function* () {
      const { asked, call, output } = yield* opened
      expect([yield* call("mode"), yield* call("control")]).toEqual(["playground", "Controlled"])
      expect(yield* call("ask", "api/session")).toBe(`401 {"message":"Nobody is signed in."}`)
      expect(yield* signIn({ call })).toContain("Ada Lovelace")
      expect(yield* call("create", "Acme & Co")).toBe("Confirmed")
      expect(yield* call("names")).toContain("Acme & Co")
      expect(yield* call("ask", "api/nothing")).toBe(`404 {"message":"There is nothing at this address."}`)
      expect(asked.filter((path) => path.startsWith("/api"))).toEqual([])
      expect(output.filter((line) => line.startsWith("uncaught"))).toEqual([])
    })
  )

  it.scoped("goes on where it was after the browser has stopped its worker", () =>
    Effect.gen(function* () {
      const { call, context, page } = yield* opened
      yield* signIn({ call })
      yield* call("create", "Acme & Co")
      yield* call("ask", "api/demo", "POST", { set: { slow: true } })
      yield* call("ask", "api/demo", "POST", { set: { slow: false, poisonedNote: true } })
      const before = demoOf(yield* call("ask", "api/demo?after=0"))
      yield* stopWorkers(context, page)
      expect(yield* call("ask", "api/session")).toContain("Ada Lovelace")
      const after = demoOf(yield* call("ask", "api/demo?after=0"))
      expect(after).toEqual(before)
      expect(after.switches).toMatchObject({ slow: false, poisonedNote: true })
      expect(yield* call("names")).toContain("Acme & Co")
      expect(demoOf(yield* call("ask", "api/demo?after=0")).requests.at(-1)?.number).toBeGreaterThan(
        before.requests.at(-1)?.number ?? Infinity
      )
      yield* call("ask", "api/session", "DELETE")
      yield* stopWorkers(context, page)
      expect(yield* call("ask", "api/session")).toMatch(/^401 /)
    })
  )

  it.scoped("breaks connections while it is offline, and sends what waits afterwards", () =>
    Effect.gen(function* () {
      const { call, context, page } = yield* opened
      yield* signIn({ call })
      yield* call("names")
      yield* call("ask", "api/demo", "POST", { set: { offline: true } })
      yield* stopWorkers(context, page)
      expect(yield* call("ask", "api/session")).toBe("TypeError")
      expect(yield* call("create", "Acme & Co")).toBe("Queued")
      expect(demoOf(yield* call("ask", "api/demo?after=0")).requests.at(-1)?.outcome).toBe("lost")
      yield* call("ask", "api/demo", "POST", { set: { offline: false } })
      yield* Wait.until(
        "the change to be sent",
        Effect.map(call("names"), (names) => names.includes("Acme & Co")),
        "60 seconds"
      )
    })
  )

  it.scoped("has its page back after a load past the worker", () =>
    Effect.gen(function* () {
      const { asked, call, context, page } = yield* opened
      yield* signIn({ call })
      yield* Effect.promise(() =>
        page.addInitScript({ content: "globalThis.began = navigator.serviceWorker.controller === null" })
      )
      const session = yield* Effect.promise(() => context.newCDPSession(page))
      yield* Effect.promise(() =>
        Promise.all([page.waitForEvent("load"), session.send("Page.reload", { ignoreCache: true })])
      )
      expect(yield* call("control")).toBe("Controlled")
      // at first it had no worker
      expect(yield* Effect.promise(() => page.evaluate("globalThis.began"))).toBe(true)
      expect(yield* call("ask", "api/session")).toContain("Ada Lovelace")
      expect(asked.filter((path) => path.startsWith("/api"))).toEqual([])
    })
  )

  it.scoped("sends what waits when the browser wakes its worker, though the page that made it is closed", () =>
    Effect.gen(function* () {
      const { call, close, context, url } = yield* opened
      yield* signIn({ call })
      yield* call("names")
      yield* Browser.setOffline(context, true)
      expect(yield* call("create", "Acme & Co")).toBe("Queued")
      yield* close
      yield* Browser.setOffline(context, false)
      // a page that has not opened the library
      const other = yield* Tab.open<Probe>(context, url())
      const before = demoOf(yield* other.call("ask", "api/demo?after=0")).requests
      expect(before.filter(({ method, outcome }) => method === "POST" && outcome === 200)).toEqual([])
      const session = yield* Effect.promise(() => context.newCDPSession(other.page))
      const registered = new Promise<string>((resolve) => {
        session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
          const [registration] = registrations
          if (registration !== undefined) resolve(registration.registrationId)
        })
      })
      yield* Effect.promise(() => session.send("ServiceWorker.enable"))
      const registrationId = yield* Effect.promise(() => registered)
      const { origin } = new URL(url())
      yield* Effect.promise(() =>
        session.send("ServiceWorker.dispatchSyncEvent", {
          origin,
          registrationId,
          tag: Clients.databaseName("probe", url("api/toggl")),
          lastChance: false
        })
      )
      yield* Wait.until(
        "the change to be sent",
        Effect.map(other.call("ask", "api/demo?after=0"), (text) =>
          demoOf(text).requests.some(({ method, outcome }) => method === "POST" && outcome === 200)
        ),
        // the worker looks only when an answer could no longer come: after 25 seconds
        "90 seconds"
      )
    })
  )

  it.scoped("says so where there is no service worker, and where it is refused", () =>
    Effect.gen(function* () {
      const host = yield* hosted
      const { isolated } = yield* Browser.Browser
      const context = yield* isolated
      const said = (script: string) =>
        Effect.gen(function* () {
          const page = yield* Effect.promise(() => context.newPage())
          yield* Effect.promise(() => page.addInitScript({ content: script }))
          yield* Effect.promise(() => page.goto(host.url()))
          return yield* Effect.promise(() =>
            page.waitForFunction("globalThis.exposed?.control()").then((handle) => handle.jsonValue())
          )
        })
      expect(yield* said("delete Navigator.prototype.serviceWorker")).toMatch(/there is none here/)
      expect(yield* said("ServiceWorkerContainer.prototype.register = () => Promise.reject(new Error('no'))")).toMatch(
        /did not start it/
      )
    })
  )

  it.scoped("opens at any address in its folder without the host, but is no window for its API", () =>
    Effect.gen(function* () {
      const { call, context, page, url } = yield* opened
      yield* call("control")
      yield* Browser.setOffline(context, true)
      const shown = (path: string) =>
        Effect.promise(async () => {
          const response = await page.goto(url(path))
          return [response?.status(), (await response?.text())?.slice(0, 15)]
        })
      expect(yield* shown("?some=where")).toEqual([200, "<!doctype html>"])
      expect(yield* call("control")).toBe("Controlled")
      expect(yield* shown("api/session")).toEqual([404, `{"message":"The`])
    })
  )

  it.scoped("stores no token and no answer of the API", () =>
    Effect.gen(function* () {
      const { call } = yield* opened
      yield* signIn({ call })
      yield* call("create", "Acme & Co")
      yield* call("names")
      const { cached, databases } = yield* call("storage")
      expect(databases).toContain("Acme & Co")
      expect(databases).not.toContain(apiToken)
      expect(databases).not.toContain(btoa(`${apiToken}:api_token`))
      expect(cached.filter((address) => address.includes("/index.html"))).toHaveLength(1)
      expect(cached.filter((address) => address.includes("/api/"))).toEqual([])
    })
  )
})

/** A browser whose IndexedDB neither opens nor fails, as the worker has it. */
const hanging = Layer.unwrapEffect(
  Effect.map(
    Effect.promise(() => Fs.readFile(new URL("../../examples/pwa/playground/worker.ts", import.meta.url), "utf8")),
    (worker) =>
      Layer.merge(
        Built.layer({
          mode: "playground",
          files: {
            "src/main.tsx": probe,
            "playground/worker.ts": `${worker}\nIDBFactory.prototype.open = () => new EventTarget()\n`
          }
        }),
        Browser.layer
      )
  )
)

layer(hanging, { excludeTestServices: true })("the playground without a storage that answers", (it) => {
  it.scoped("answers all the same, and lasts as long as its worker", () =>
    Effect.gen(function* () {
      const { callWithin } = (yield* opened).tab
      const call = callWithin("60 seconds")
      expect(yield* call("ask", "api/session")).toMatch(/^401 /)
      expect(yield* signIn({ call })).toContain("Ada Lovelace")
      for (const slow of [true, false, true, false]) {
        expect(yield* call("ask", "api/demo", "POST", { set: { slow } })).toMatch(/^200 /)
      }
      expect(yield* call("ask", "api/session")).toContain("Ada Lovelace")
    })
  )
})
