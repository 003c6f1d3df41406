import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { BrowserContextOptions, Page } from "playwright-core"
import * as Schema from "effect/Schema"
import * as Site from "./Site.js"
import { states } from "./States.js"

// Each of the app's states, in both colour schemes, on a desktop and on a phone: axe finds nothing.

const source = Fs.readFile(fileURLToPath(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url)), "utf8")

const Violations = Schema.Array(
  Schema.Struct({
    id: Schema.String,
    nodes: Schema.Array(Schema.Struct({ html: Schema.String, failureSummary: Schema.String }))
  })
)

/** What axe finds, one line each. It runs through the debugger: the page's own scripts are not touched. */
const found = async (page: Page, rules: "all" | "colours"): Promise<ReadonlyArray<string>> => {
  await page.waitForFunction("document.getAnimations().every(({ playState }) => playState !== 'running')")
  await page.evaluate(await source)
  const options = { resultTypes: ["violations"], ...(rules === "all" ? {} : { runOnly: ["color-contrast"] }) }
  const violations: unknown = await page.evaluate(
    `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`
  )
  return Schema.decodeUnknownSync(Violations)(violations).flatMap(({ id, nodes }) =>
    nodes.map(({ failureSummary, html }) => `${id}: ${html.slice(0, 200)}: ${failureSummary}`)
  )
}

/** What is tried again in the outbox while axe looks would be half one thing and half another. */
const standStill = async (page: Page): Promise<void> => {
  const pause = page.getByRole("button", { name: "Pause", exact: true })
  if ((await pause.count()) === 0) return
  await pause.click()
  await page.getByRole("main").getByRole("button", { name: "Resume" }).waitFor()
}

const screens: Readonly<Record<string, BrowserContextOptions>> = {
  desktop: { viewport: { width: 1280, height: 800 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }
}

const schemes = ["light", "dark"] as const

layer(Site.layer(), { excludeTestServices: true })("axe", (it) => {
  for (const [screen, options] of Object.entries(screens)) {
    for (const [name, reach] of Object.entries(states)) {
      it.scoped(`finds nothing: ${name}, ${screen}`, () =>
        Effect.gen(function* () {
          const { origin } = yield* Site.Site
          const context = yield* Site.context({ ...options, reducedMotion: "reduce", serviceWorkers: "block" })
          const { page, thrown } = yield* Site.appIn(context, origin)
          yield* Effect.promise(() => reach(page))
          yield* Effect.promise(() => standStill(page))
          for (const colorScheme of schemes) {
            yield* Effect.promise(() => page.emulateMedia({ colorScheme }))
            yield* Effect.promise(async () => {
              await page.waitForFunction(`document.documentElement.dataset.mantineColorScheme === "${colorScheme}"`)
            })
            expect(yield* Effect.promise(() => found(page, colorScheme === "light" ? "all" : "colours"))).toEqual([])
          }
          expect(thrown).toEqual([])
        })
      )
    }
  }

  it.scoped("finds what is wrong on a page", () =>
    Effect.gen(function* () {
      const context = yield* Site.context()
      const lines = yield* Effect.promise(async () => {
        const page = await context.newPage()
        await page.setContent(
          `<!doctype html><html lang="en"><title>wrong</title><main><h1>Wrong</h1><input></main></html>`
        )
        return found(page, "all")
      })
      expect(lines).toHaveLength(1)
      expect(lines[0]).toMatch(/^label: <input>/)
    })
  )
})
