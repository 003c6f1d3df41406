import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { FakeToggl } from "../../src/testing/index.js"
import * as Browser from "../browser/Browser.js"
import * as Tab from "../browser/Tab.js"
import * as Wait from "../browser/Wait.js"
import * as Built from "./Built.js"

// The app's own service worker, built and served by `npm start` below a folder, under a page of the test's own.

const base = "/clients/"
const { apiToken } = FakeToggl.defaultUser

const probe = `
  import { changeHeader } from "../server/contract.ts"

  const { serviceWorker } = navigator
  const url = (path) => import.meta.env.BASE_URL + path
  const registration = await serviceWorker.register(url("worker.js"))
  let changes = 0
  serviceWorker.addEventListener("controllerchange", () => (changes += 1))
  const ask = (path, method, json) =>
    fetch(url(path), {
      method,
      headers: { [changeHeader]: "1" },
      ...(json === undefined ? {} : { body: JSON.stringify(json) })
    }).then((response) => response.status, (error) => error.name)
  globalThis.exposed = {
    ask,
    isControlled: () => serviceWorker.controller !== null,
    update: async () => void (await registration.update()),
    isWaiting: () => registration.waiting !== null,
    take: () => registration.waiting.postMessage({ type: "SKIP_WAITING" }),
    changes: () => changes,
    cached: async () => {
      const kept = await Promise.all(
        (await caches.keys()).map(async (name) => (await (await caches.open(name)).keys()).map(({ url }) => new URL(url).pathname))
      )
      return kept.flat()
    }
  }
`

/** What the page can be asked. */
interface Probe {
  readonly [name: string]: (...args: never) => unknown
  readonly ask: (path: string, method: string, json?: object) => Promise<number | string>
  readonly isControlled: () => boolean
  readonly update: () => Promise<void>
  readonly isWaiting: () => boolean
  readonly take: () => void
  readonly changes: () => number
  readonly cached: () => Promise<ReadonlyArray<string>>
}

const opened = Effect.gen(function* () {
  const { folder } = yield* Built.Built
  const { url } = yield* Built.serve(folder, { base })
  const context = yield* Effect.flatMap(Browser.Browser, ({ isolated }) => isolated)
  const tab = yield* Tab.open<Probe>(context, url(base))
  yield* Wait.until("the worker to take the page", tab.call("isControlled"), "30 seconds")
  return { ...tab, context, url }
})

const site = Layer.merge(Built.layer({ base, files: { "src/main.tsx": probe } }), Browser.layer)

layer(site, { excludeTestServices: true })("the app's service worker", (it) => {
  it.scoped("opens the app without a network, and keeps no answer of the API", () =>
    Effect.gen(function* () {
      const { call, context, page, url } = yield* opened
      expect(yield* call("ask", "api/session", "POST", { token: apiToken })).toBe(200)
      expect(yield* call("ask", "api/session", "GET")).toBe(200)
      const cached = yield* call("cached")
      expect(cached).toContain(`${base}index.html`)
      expect(cached.filter((path) => path.startsWith(`${base}api`))).toEqual([])
      yield* Browser.setOffline(context, true)
      for (const path of ["", "index.html", "?some=where", "some/where"]) {
        const response = yield* Effect.promise(() => page.goto(url(base + path)))
        expect([path, response?.status(), response?.fromServiceWorker()]).toEqual([path, 200, true])
      }
      yield* Effect.promise(() => page.goto(url(base)))
      expect(yield* call("ask", "api/session", "GET")).toBe("TypeError")
    })
  )

  it.scoped("leaves the API's addresses to the server, also in a window", () =>
    Effect.gen(function* () {
      const { page, url } = yield* opened
      const response = yield* Effect.promise(() => page.goto(url(`${base}api/nothing`)))
      expect([response?.status(), response?.headers()["content-type"]]).toEqual([404, "application/json"])
    })
  )

  it.scoped("lets a new version wait until the page takes it", () =>
    Effect.gen(function* () {
      const { dist } = yield* Built.Built
      const { call } = yield* opened
      yield* Effect.promise(() => Fs.appendFile(Path.join(dist, "worker.js"), "\n// another version\n"))
      yield* call("update")
      yield* Wait.until("the new version to wait", call("isWaiting"), "30 seconds")
      const before = yield* call("changes")
      yield* call("take")
      yield* Wait.until(
        "the new version to take the page",
        Effect.map(call("changes"), (changes) => changes > before)
      )
      expect(yield* call("isWaiting")).toBe(false)
    })
  )
})
