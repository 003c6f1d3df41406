import { describe, expect, it, layer } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Fs from "node:fs/promises"
import * as Http from "node:http"
import { buffer } from "node:stream/consumers"
import * as Browser from "../browser/Browser.js"
import type { Engine, Name } from "../browser/Engine.js"
import * as Engines from "../browser/Engines.js"
import * as PageBundle from "../browser/PageBundle.js"
import * as PageServer from "../browser/PageServer.js"
import * as Remote from "../browser/Remote.js"
import * as Built from "./Built.js"
import type { Api } from "./pages/driver.js"
import * as Site from "./Site.js"

// The built app in each engine, with no driver: its page has a script more, which asks for what to do.

const index = new URL("../../examples/pwa/index.html", import.meta.url)
const driver = new URL("./pages/driver.ts", import.meta.url)

/** The app's server, asked as the browser asked. */
const forwardedTo =
  (origin: string): PageServer.WebHandler =>
  async (request) => {
    const { pathname, search } = new URL(request.url)
    const body = Buffer.from(await request.arrayBuffer())
    return new Promise((resolve, reject) => {
      const { method, signal } = request
      const headers = Object.fromEntries(request.headers)
      const asked = Http.request(origin + pathname + search, { method, headers, signal }, (answer) => {
        const given = new Headers()
        for (let at = 0; at + 1 < answer.rawHeaders.length; at += 2) {
          const name = answer.rawHeaders[at] ?? ""
          if (!/^(connection|keep-alive|transfer-encoding)$/i.test(name))
            given.append(name, answer.rawHeaders[at + 1] ?? "")
        }
        const status = answer.statusCode ?? 500
        buffer(answer).then(
          (bytes) =>
            resolve(
              new Response([204, 304].includes(status) ? null : new Uint8Array(bytes), { status, headers: given })
            ),
          reject
        )
      })
      asked.once("error", reject)
      asked.end(body)
    })
  }

interface Running extends PageServer.PageServer {
  readonly tab: Remote.Tab<Api>
  readonly toggl: Site.Toggl
}

class DrivenSite extends Context.Tag("test/pwa/DrivenSite")<DrivenSite, Running>() {}

const site = Layer.scoped(
  DrivenSite,
  Effect.gen(function* () {
    const html = yield* Effect.promise(() => Fs.readFile(index, "utf8"))
    const { folder } = yield* Built.make({
      files: {
        "index.html": html.replace("</body>", '<script type="module" src="/driver.js"></script></body>'),
        "public/driver.js": yield* PageBundle.bundle(driver, "esm")
      }
    })
    const { origin } = yield* Built.serve(folder)
    const remote = yield* Remote.make
    const server = yield* PageServer.serve({
      pages: {},
      mounts: { "/remote": remote.handler, "": forwardedTo(origin) }
    })
    return { ...server, tab: remote.tab<Api>("app"), toggl: Site.togglAt(origin) }
  })
)

const works = (engine: Engine) =>
  Effect.gen(function* () {
    const { tab, toggl, url } = yield* DrivenSite
    yield* Effect.promise(() => toggl.change({ startAnew: true }))
    const call = tab.callWithin("60 seconds")
    const profile = yield* Browser.profileDir
    yield* Engines.start(engine, profile, url("/?tab=app"))
    yield* call("signIn", "Ada")
    yield* call("isControlled")
    yield* call("make", "Acorn & Oak")
    yield* call("says", "Everything is saved")
    expect(yield* call("change", { set: { offline: true } })).toBe(200)
    yield* call("says", "Offline")
    yield* call("rename", "Copper & Pine Furniture", "Copper & Pine")
    yield* call("make", "Alder Alarms")
    yield* call("says", "Offline: 2 changes wait")
    yield* tab.goTo(url("/?tab=app"))
    yield* call("says", "Offline: 2 changes wait")
    expect(yield* call("hasRow", "Copper & Pine")).not.toContain("Furniture")
    yield* call("hasRow", "Alder Alarms")
    const { passes, violations } = yield* call("axe")
    expect(violations).toEqual([])
    expect(passes).toBeGreaterThan(10)
    expect(yield* Effect.promise(() => Site.sent(toggl))).toEqual(["POST Acorn & Oak"])
    expect(yield* call("change", { set: { offline: false } })).toBe(200)
    yield* call("says", "Everything is saved")
    expect(yield* Effect.promise(() => Site.sent(toggl))).toEqual([
      "POST Acorn & Oak",
      "PUT Copper & Pine",
      "POST Alder Alarms"
    ])
  })

const names: ReadonlyArray<Name> = ["Chromium", "Firefox", "WebKit"]
const found = await Effect.runPromise(Effect.forEach(names, (name) => Effect.either(Engines.find(name))))

describe("the engines", () => {
  it("are here, or said to be left out", () => {
    const leftOut = found.flatMap((one) =>
      Either.isLeft(one) ? [`${one.left.name} is left out: ${one.left.problem}`] : []
    )
    for (const line of leftOut) console.log(line)
    expect(leftOut.length === 0 || process.env["EVERY_ENGINE"] === undefined).toBe(true)
  })
})

layer(site, { excludeTestServices: true })("the app", (it) => {
  for (const one of found) {
    if (Either.isLeft(one)) continue
    const engine = one.right
    it.scoped(`works offline and sends once, in ${engine.version}`, () => works(engine))
  }
})
