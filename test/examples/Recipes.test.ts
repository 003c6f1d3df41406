import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { svelte } from "@sveltejs/vite-plugin-svelte"
import vue from "@vitejs/plugin-vue"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { build, type PluginOption } from "vite"
import solid from "vite-plugin-solid"
import { FakeToggl } from "../../src/testing/index.js"
import * as Browser from "../browser/Browser.js"
import * as PageServer from "../browser/PageServer.js"
import * as Program from "../browser/Program.js"
import * as Tab from "../browser/Tab.js"
import * as Wait from "../browser/Wait.js"

// The recipe of each framework, built as its users build it, and mounted over a Toggl behind a proxy.

const root = fileURLToPath(new URL("../../", import.meta.url))

const recipes: Record<string, PluginOption> = {
  react: [],
  svelte: svelte({ configFile: false }),
  vue: vue(),
  solid: solid()
}

/** The recipe as one script, in a folder that goes with the scope. */
const built = Effect.fnUntraced(function* (recipe: string, plugins: PluginOption) {
  const outDir = yield* Program.folder("recipe")
  yield* Effect.promise(() =>
    build({
      root: join(root, "examples", recipe),
      configFile: false,
      logLevel: "silent",
      plugins: [plugins],
      // what an app has installed is here in its sources
      resolve: { alias: { "effect-toggl-clients": join(root, "src/doors") } },
      build: {
        outDir,
        emptyOutDir: true,
        minify: false,
        rolldownOptions: { output: { entryFileNames: "main.js" } }
      }
    })
  )
  return pathToFileURL(join(outDir, "main.js"))
})

const { apiToken } = FakeToggl.defaultUser

/** A proxy on the page's own origin, which knows the user. */
const signing =
  (toggl: FakeToggl.FakeTogglService): PageServer.WebHandler =>
  (request) => {
    const signed = new Request(request)
    signed.headers.set("authorization", `Basic ${btoa(`${apiToken}:api_token`)}`)
    return toggl.handler(signed)
  }

/** The recipe in a tab. */
const mounted = Effect.fnUntraced(function* (recipe: string, plugins: PluginOption) {
  const toggl = yield* FakeToggl.make({ basePath: "/api/toggl" })
  yield* toggl.edit.createClient(FakeToggl.defaultWorkspace.id, { name: "Bluebird" })
  const entry = yield* built(recipe, plugins)
  const html = readFileSync(join(root, "examples", recipe, "index.html"), "utf8")
  const { url } = yield* PageServer.serve({
    pages: { "/": { entry, html: (script) => html.replace(/\/main\.tsx?/, script) } },
    mounts: { "/api/toggl": signing(toggl) }
  })
  const context = yield* Effect.flatMap(Browser.Browser, ({ isolated }) => isolated)
  const tab = yield* Tab.open<{}>(context, url("/"))
  const { page } = tab
  const rows = Effect.promise(() => page.locator("li").allTextContents())
  return {
    ...tab,
    toggl,
    /** Waits until the rows are these. */
    shows: (...wanted: ReadonlyArray<string>) =>
      Wait.until(
        `the rows ${wanted.join(", ")}`,
        Effect.map(rows, (now) => now.join() === wanted.join()),
        "30 seconds"
      ),
    /** Waits until the place says something. */
    says: (place: string, something: RegExp) =>
      Wait.until(
        `${place} to say ${something.source}`,
        Effect.map(
          Effect.promise(() => page.locator(place).textContent()),
          (text) => something.test(text ?? "")
        )
      ),
    add: (name: string) =>
      Effect.promise(async () => {
        await page.fill("input", name)
        await page.click("button")
      })
  }
})

layer(Browser.layer, { excludeTestServices: true })("the recipe", (it) => {
  for (const [recipe, plugins] of Object.entries(recipes)) {
    it.scoped(`for ${recipe} shows the clients, one that is added, and offline that it waits`, () =>
      Effect.gen(function* () {
        const tab = yield* mounted(recipe, plugins)
        yield* tab.shows("Bluebird")
        yield* tab.add("Acme")
        yield* tab.shows("Acme", "Bluebird")
        yield* tab.add("Acme")
        yield* tab.says("[role=alert]", /Acme/)
        yield* tab.setOffline(true)
        yield* tab.add("Cobalt")
        yield* tab.shows("Acme", "Bluebird", "Cobalt (waits)")
        yield* tab.says("footer", /1 /)
        const clients = yield* tab.toggl.clients(FakeToggl.defaultWorkspace.id)
        expect(clients.map(({ name }) => name)).toEqual(["Bluebird", "Acme"])
        expect(tab.output.filter((line) => /^(?:uncaught|warning)/.test(line))).toEqual([])
      })
    )
  }
})
