/**
 * Draws the app as it looks, for the README: its main states on a desktop and a phone, light and dark, into `docs/screens`.
 * `npm run screenshots -- all` draws every state, into `tmp/screens`, to look at.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import { fileURLToPath } from "node:url"
import type { BrowserContextOptions } from "playwright-core"
import * as Browser from "../browser/Browser.js"
import * as Built from "./Built.js"
import { demo, states } from "./States.js"

const isAll = process.argv[2] === "all"
const folder = fileURLToPath(new URL(isAll ? "../../tmp/screens/" : "../../docs/screens/", import.meta.url))
const mainStates = ["sign-in", "pending", "sending", "outbox-waiting", "outbox-refused"]

const desktop = { viewport: { width: 1120, height: 640 } }
const phone = { viewport: { width: 390, height: 760 }, hasTouch: true, isMobile: true }

interface Shot {
  readonly state: string
  readonly name: string
  readonly options: BrowserContextOptions
}

const shot = (state: string, size: "desktop" | "phone", colorScheme: "light" | "dark"): Shot => ({
  state,
  name: `${state}-${size}-${colorScheme}`,
  options: { ...(size === "phone" ? phone : desktop), colorScheme, reducedMotion: "reduce", locale: "en-GB" }
})

const shots = (isAll ? Object.keys(states) : mainStates).flatMap((state) => [
  shot(state, "desktop", "light"),
  shot(state, "desktop", "dark"),
  shot(state, "phone", "light"),
  shot(state, "phone", "dark")
])

const main = Effect.gen(function* () {
  const { context } = yield* Browser.launch()
  const { folder: built } = yield* Built.make()
  const { url } = yield* Built.serve(built)
  const browser = context.browser()
  if (browser === null) return yield* Effect.fail("the browser gives no further context")
  yield* Effect.promise(() => Fs.rm(folder, { recursive: true, force: true }))
  yield* Effect.promise(() => Fs.mkdir(folder, { recursive: true }))
  for (const [index, { name, options, state }] of shots.entries()) {
    yield* Console.log(`${index + 1} of ${shots.length}: ${name}`)
    yield* Effect.promise(async () => {
      const own = await browser.newContext(options)
      const page = await own.newPage()
      await page.goto(url("/"))
      await demo(page, { startAnew: true })
      await page.reload()
      await states[state]?.(page)
      await page.mouse.move(0, 0)
      await page.screenshot({ path: `${folder}${name}.png`, animations: "disabled" })
      await own.close()
    })
  }
})

Effect.runPromise(Effect.scoped(main)).catch((error: unknown) => {
  process.exitCode = 1
  process.stderr.write(`${String(error)}\n`)
})
