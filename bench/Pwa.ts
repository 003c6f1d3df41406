/**
 * The app of `examples/pwa` with many clients: how long the page stands still for a key that is typed, and for a turn of the wheel.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import type { BrowserContext, Page } from "playwright-core"
import * as Built from "../test/pwa/Built.js"
import * as States from "../test/pwa/States.js"
import * as Budget from "./Budget.js"
import { millis, progress } from "./Turns.js"

const clients = 10_000
const pending = 1000
const turns = 30

const main = new URL("../examples/pwa/src/main.tsx", import.meta.url)

// The app as it is, and a hand on it: so many of its clients are changed, as fast as they are accepted.
const withHand = {
  "src/main.tsx": `${readFileSync(main, "utf8")}\nimport "./hand.ts"\n`,
  "src/hand.ts": `import { openFor } from "./account/toggl.ts"
Object.assign(globalThis, {
  change: async (account, workspaceId, count) => {
    const toggl = openFor(account)
    const clients = await toggl.list(workspaceId, { freshness: "Local" })
    for (const [n, { id }] of clients.slice(0, count).entries()) await toggl.update(workspaceId, id, { notes: "changed " + n })
    await toggl.close()
  }
})
`
}

// What is longest between two messages of the page to itself: nothing else could run meanwhile.
const watch = `(() => {
  const { port1, port2 } = new MessageChannel()
  let longest = 0, last = performance.now(), on = true
  port1.onmessage = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    if (on) port2.postMessage(0)
  }
  port2.postMessage(0)
  globalThis.stopWatching = () => { on = false; return longest }
})()`

// two frames, so that what was drawn is on the screen
const drawn = "new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve())))"

const still = async (page: Page, work: () => Promise<void>): Promise<number> => {
  await page.evaluate(watch)
  await work()
  await page.evaluate(drawn)
  return page.evaluate<number>("stopWatching()")
}

const several = async (page: Page, work: (turn: number) => Promise<void>): Promise<ReadonlyArray<number>> => {
  const taken: Array<number> = []
  for (let turn = 0; turn < turns; turn++) taken.push(await still(page, () => work(turn)))
  return taken
}

const typed = ["a", "r", "t", "Backspace", "Backspace", "Backspace"]

const inPage = async (page: Page) => {
  await States.signIn(page)
  await States.demo(page, { set: { offline: true } })
  await page.waitForFunction("!navigator.onLine")
  const [workspaceId = ""] = /\d+$/.exec((await page.getByText(/^Workspace \d+$/).textContent()) ?? "") ?? []
  await page.evaluate(`change("2166261", ${workspaceId}, ${pending})`)
  await States.line(page)
    .filter({ hasText: new RegExp(`${pending.toLocaleString("en")} changes`) })
    .waitFor()
  const search = page.getByRole("searchbox")
  await search.focus()
  const keys = await several(page, (turn) => page.keyboard.press(typed[turn % typed.length] ?? "Backspace"))
  await search.fill("")
  await page.mouse.move(600, 400)
  const wheel = await several(page, () => page.mouse.wheel(0, 1200))
  await States.row(page, "").first().focus()
  const arrows = await several(page, () => page.keyboard.press("ArrowDown"))
  return { arrows, keys, wheel }
}

const row = (work: string, taken: ReadonlyArray<number>): Budget.Budget => ({
  work: `the app with ${clients} clients, ${pending} pending: ${work}, longest task`,
  measured: Budget.median(taken),
  limit: 50,
  aim: 25,
  unit: "ms",
  detail: `the median of ${turns} turns; the longest of them ${millis(Math.max(...taken))}`
})

export const measure = (context: BrowserContext) =>
  Effect.gen(function* () {
    yield* progress("the app is built")
    const { folder } = yield* Built.make({ files: withHand })
    const { url } = yield* Built.serve(folder, { env: { DEMO_CLIENTS: String(clients) } })
    const page = yield* Effect.acquireRelease(
      Effect.promise(() => context.newPage()),
      (page) => Effect.promise(() => page.close())
    )
    yield* Effect.promise(() => page.goto(url("/")))
    yield* progress(`the app with ${clients} clients, ${pending} of them changed`)
    const { arrows, keys, wheel } = yield* Effect.promise(() => inPage(page))
    return [row("a key in the search", keys), row("a turn of the wheel", wheel), row("an arrow key", arrows)]
  })
