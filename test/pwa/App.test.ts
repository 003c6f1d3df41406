import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import type { BrowserContextOptions, Page } from "playwright-core"
import * as Browser from "../browser/Browser.js"
import * as Chromiums from "../browser/Chromium.js"
import * as Tab from "../browser/Tab.js"
import * as Built from "./Built.js"
import * as Site from "./Site.js"
import { demo, line, make, notice, rename, row, says, signIn } from "./States.js"

// The app as it is built, behind its own server with the demo's Toggl, used as its users use it.

// --- What is done, and what is seen ----------------------------------------------------------------------------------------

const saved = (page: Page) => says(page, "Everything is saved in Toggl")

const outbox = async (page: Page) => {
  await page.evaluate("location.hash = '#/outbox'")
  await page.getByRole("heading", { name: "Outbox" }).waitFor()
}

const list = async (page: Page) => {
  await page.evaluate("location.hash = '#/'")
  await page.getByRole("grid", { name: "Clients" }).waitFor()
}

const menu = async (page: Page, item: RegExp) => {
  await page.getByRole("button", { name: /^Account of/ }).click()
  await page.getByRole("menuitem", { name: item }).click()
}

const archive = async (page: Page, name: string) => {
  await row(page, name).focus()
  await page.keyboard.press("a")
}

const namesOf = async (toggl: Site.Toggl, start: string, workspaceId?: number) =>
  (await toggl.clients(workspaceId)).map(({ name }) => name).filter((name) => name.startsWith(start))

/** Takes all that is the browser's offline, once the worker has what the app needs. */
const goOffline = async ({ context, page }: Pick<Site.App, "context" | "page">) => {
  await Site.controlled(page)
  await context.setOffline(true)
  await page.waitForFunction("!navigator.onLine")
}

/** What the page has saved as a file. */
const download = async (page: Page, button: string): Promise<string> => {
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()])
  return Fs.readFile(await file.path(), "utf8")
}

const openFile = (page: Page, text: string) =>
  page
    .locator("input[type=file]")
    .setInputFiles({ name: "changes.json", mimeType: "application/json", buffer: Buffer.from(text) })

/** A page whose clock the test owns: it goes on by itself, and may be set forward. */
const clocked = async ({ context, origin, page }: Site.App): Promise<Page> => {
  await page.close()
  const other = await context.newPage()
  await other.clock.install()
  await other.goto(`${origin}/`)
  return other
}

/** Sets the page's clock forward until its line says that, each time to just before the next try that it names. */
const forward = async (page: Page, text: string) => {
  await Site.until(`the page's clock to be so far that it says: ${text}`, async () => {
    const said = (await line(page).textContent()) ?? ""
    if (said.includes(text)) return true
    const seconds = /next try at /.test(said) ? 30 : Number(/\bin (\d+) s\b/.exec(said)?.[1] ?? 0)
    // what is asked or sent now has its time by the page's clock too
    if (seconds > 2) await page.clock.fastForward((seconds - 1) * 1000)
    return false
  })
}

const queue = async (page: Page, button: "Pause" | "Resume") => {
  await outbox(page)
  const named = (name: string) => page.getByRole("main").getByRole("button", { name })
  await named(button).click()
  await named(button === "Pause" ? "Resume" : "Pause").waitFor()
  await list(page)
}

/** From now on what is changed waits until {@link queue} is resumed: nothing is on its way when the page goes. */
const pause = (page: Page) => queue(page, "Pause")

/** Nobody waits any more for what was done on this page: what Toggl refuses stands in the outbox. */
const leaveAndComeBack = async (page: Page) => {
  await page.reload()
  await says(page, /Paused: \d/)
}

/** With what the pages showed when it failed. */
const seenAtFailure = ({ context }: Pick<Site.App, "context">, test: Promise<void>): Promise<void> =>
  test.catch(async (failed: unknown) => {
    const seen = await Promise.all(
      context.pages().map((page) => page.locator("body").innerText({ timeout: 2000 }).catch(String))
    )
    throw new Error([String(failed), ...seen].join("\n--- a page showed:\n"), { cause: failed })
  })

// --- By the keyboard alone -------------------------------------------------------------------------------------------------

const withKeys = async ({ context, page, toggl }: Pick<Site.App, "context" | "page" | "toggl">) => {
  const { keyboard } = page
  const focused = page.locator(":focus")
  const grid = page.getByRole("grid", { name: "Clients" })
  const isAt = (index: number) =>
    Site.until(
      `the focus to be on row ${index}`,
      async () => (await focused.getAttribute("aria-rowindex")) === `${index}`
    )
  const isOn = (name: string) =>
    Site.until(`the focus to be on ${name}`, async () => {
      const on = await focused.getAttribute("data-key")
      return on !== null && (await focused.textContent())?.includes(name) === true
    })

  await signIn(page)
  const active = (await toggl.clients()).filter(({ archived }) => !archived).length
  expect(await grid.getAttribute("aria-rowcount")).toBe(String(active))

  // search
  await keyboard.press("/")
  await keyboard.type("acme st")
  await Site.until("one row", async () => (await grid.getAttribute("aria-rowcount")) === "1")
  await keyboard.press("ArrowDown")
  await isOn("Acme Studio")
  await keyboard.press("/")
  await keyboard.press("Escape")
  await Site.until("all rows", async () => (await grid.getAttribute("aria-rowcount")) === String(active))
  await isOn("Acme Studio")
  await keyboard.press("Home")
  await isAt(1)

  // move
  await keyboard.press("ArrowDown")
  await keyboard.press("ArrowDown")
  await isAt(3)
  await keyboard.press("ArrowUp")
  await isAt(2)
  await keyboard.press("End")
  await isAt(active)
  await keyboard.press("Home")
  await isAt(1)

  // make, and stay where it is made while Toggl gives it its id
  await Site.controlled(page)
  await context.setOffline(true)
  await keyboard.press("n")
  await keyboard.type("AAA Acorn")
  await keyboard.press("Enter")
  await row(page, "AAA Acorn").waitFor()
  await keyboard.press("Escape")
  await isOn("AAA Acorn")
  await context.setOffline(false)
  await saved(page)
  await isOn("AAA Acorn")
  expect(await Site.sent(toggl)).toEqual(["POST AAA Acorn"])

  // scrolled far away and back: the row stays, and the focus on it
  const scroll = (to: string) => page.evaluate(`document.querySelector("[role=grid]").parentElement.scrollTop = ${to}`)
  await scroll("1e9")
  await page.locator(`[role=row][aria-rowindex="${active + 1}"]`).waitFor()
  await isOn("AAA Acorn")
  const drawn = await page.getByRole("row").count()
  expect(drawn).toBeLessThan(100)
  await scroll("0")
  await page.locator(`[role=row][aria-rowindex="2"]`).waitFor()
  await isOn("AAA Acorn")

  // rename, and leave it
  await keyboard.press("Enter")
  await page.getByRole("form", { name: "Change AAA Acorn" }).waitFor()
  await keyboard.press("Escape")
  await isOn("AAA Acorn")
  await keyboard.press("Enter")
  await keyboard.type("AAA Alder")
  await keyboard.press("Enter")
  await isOn("AAA Alder")

  // delete, and think better of it
  await keyboard.press("Delete")
  await page.getByRole("dialog", { name: "Delete AAA Alder?" }).waitFor()
  await keyboard.press("Escape")
  await page.getByRole("dialog").waitFor({ state: "detached" })
  await isOn("AAA Alder")
  await saved(page)

  // archive: the next row has the focus
  await keyboard.press("a")
  await row(page, "AAA Alder").waitFor({ state: "detached" })
  await isAt(1)
  await saved(page)
  expect(await toggl.client("AAA Alder")).toMatchObject({ archived: true })

  // help, and no single keys
  await keyboard.press("?")
  const help = page.getByRole("dialog", { name: "Keys and help" })
  await help.getByRole("switch", { name: "Single keys do something" }).click()
  await keyboard.press("Escape")
  await help.waitFor({ state: "detached" })
  const [first] = (await toggl.clients())
    .filter(({ archived }) => !archived)
    .map(({ name }) => name)
    .sort()
  await page.getByRole("row").first().focus()
  for (const key of ["n", "/", "?", "o", "a"]) await keyboard.press(key)
  await keyboard.press("ArrowDown")
  await isAt(2)
  expect(await page.getByRole("form").count()).toBe(0)
  expect(await page.getByRole("dialog").count()).toBe(0)
  expect(await row(page, first ?? "").count()).toBeGreaterThan(0)
  expect(await grid.getAttribute("aria-rowcount")).toBe(String(active))
}

// --- Without a page --------------------------------------------------------------------------------------------------------

// The browser tries again after minutes: here after a second, and often enough for a slow machine.
const retries = "initial_retry_delay_sec/1/retry_delay_factor/1/max_sync_attempts/60/min_sync_recovery_time_sec/1"
const soon = ["--force-fieldtrials=BackgroundSync/Soon/", `--force-fieldtrial-params=BackgroundSync.Soon:${retries}`]

/** Why that browser cannot do it; `undefined` where it has done it. */
const inBackground = (chromium: Chromiums.Chromium, origin: string) =>
  Effect.gen(function* () {
    const { context } = yield* Browser.launch({ chromium, args: soon })
    const { page, toggl } = yield* Site.appIn(context, origin)
    return yield* Effect.promise(async () => {
      await signIn(page)
      await Site.controlled(page)
      const problem: unknown = await page.evaluate(`navigator.serviceWorker.ready.then((registration) =>
        registration.sync === undefined ? "no Background Sync" : registration.sync.register("probe").then(() => "", String)
      )`)
      if (problem !== "") return String(problem)
      await context.setOffline(true)
      await make(page, "Acorn & Oak")
      await make(page, "Alder Alarms")
      await says(page, "Offline: 2 changes wait")
      await page.close()
      expect(await toggl.changes()).toEqual([])
      await context.setOffline(false)
      await Site.until("the worker to send both", async () => (await Site.sent(toggl)).length === 2, "60 seconds")
      expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak", "POST Alder Alarms"])
      return undefined
    })
  })

// --- The tests -------------------------------------------------------------------------------------------------------------

layer(Site.layer(), { excludeTestServices: true })("the app", (it) => {
  const test = (name: string, body: (app: Site.App) => Promise<void>, options: BrowserContextOptions = {}) =>
    it.scoped(name, () =>
      Effect.gen(function* () {
        const app = yield* Site.app(options)
        yield* Effect.promise(() => seenAtFailure(app, body(app)))
        expect(app.thrown).toEqual([])
        const [page] = app.context.pages()
        if (page === undefined) return
        const kept = yield* Effect.promise(() => Site.atRest(page))
        for (const token of Object.values(Site.tokens)) {
          expect(kept).not.toContain(token)
          expect(kept).not.toContain(btoa(`${token}:api_token`))
        }
      })
    )

  test("opens with no network, with what waits, takes more, and sends all of it once and in order", async (app) => {
    const { context, origin, page, toggl } = app
    await signIn(page)
    await goOffline(app)
    await make(page, "Acorn & Oak")
    await rename(page, "Copper & Pine Furniture", "Copper & Pine")
    await says(page, "Offline: 2 changes wait")
    await page.close()
    const later = await context.newPage()
    await later.goto(`${origin}/`)
    await row(later, "Acorn & Oak").waitFor()
    await row(later, "Copper & Pine Furniture").waitFor({ state: "detached" })
    await says(later, "Offline: 2 changes wait")
    await make(later, "Alder Alarms")
    await says(later, "Offline: 3 changes wait")
    expect(await toggl.changes()).toEqual([])
    await context.setOffline(false)
    await saved(later)
    expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak", "PUT Copper & Pine", "POST Alder Alarms"])
  })

  test("shows in one tab what another has made, offline too, and sends each once", async (app) => {
    const { context, origin, page, toggl } = app
    await signIn(page)
    const other = await context.newPage()
    await other.goto(`${origin}/`)
    await row(other, "Acme Studio").waitFor()
    await make(page, "Acorn & Oak")
    await row(other, "Acorn & Oak").waitFor()
    await Promise.all([saved(page), saved(other)])
    await goOffline({ context, page })
    await make(page, "Alder Alarms")
    await make(other, "Amber Attic")
    await row(other, "Alder Alarms").waitFor()
    await row(page, "Amber Attic").waitFor()
    await Promise.all([says(page, "Offline: 2 changes wait"), says(other, "Offline: 2 changes wait")])
    await context.setOffline(false)
    await Promise.all([saved(page), saved(other)])
    expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak", "POST Alder Alarms", "POST Amber Attic"])
    expect(await namesOf(toggl, "A")).toEqual(
      expect.arrayContaining(["Acme Studio", "Acorn & Oak", "Alder Alarms", "Amber Attic"])
    )
  })

  it.scoped("loses nothing and makes nothing twice where its tab is killed while it sends", () =>
    Effect.gen(function* () {
      const { context, origin, page, toggl } = yield* Site.app()
      yield* Effect.promise(async () => {
        await signIn(page)
        await Site.controlled(page)
        await page.close()
      })
      const tab = yield* Tab.open(context, `${origin}/`)
      yield* Effect.promise(async () => {
        await row(tab.page, "Acme Studio").waitFor()
        await toggl.change({ set: { slow: true } })
        await make(tab.page, "Acorn & Oak")
        await make(tab.page, "Alder Alarms")
        await Site.until("Toggl to have it", async () => (await Site.sent(toggl)).length === 1)
      })
      yield* tab.crash
      yield* tab.close
      yield* Effect.promise(async () => {
        await toggl.change({ set: { slow: false } })
        const later = await context.newPage()
        await later.clock.install()
        await later.goto(`${origin}/`)
        await row(later, "Acorn & Oak").waitFor()
        await forward(later, "Everything is saved")
        expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak", "POST Alder Alarms"])
        expect(await namesOf(toggl, "Acorn")).toEqual(["Acorn & Oak"])
      })
    })
  )

  it.scoped("sends what it accepted before its browser was closed, when it is opened again", () =>
    Effect.gen(function* () {
      const { origin } = yield* Site.Site
      const profile = yield* Browser.profileDir
      const toggl = Site.togglAt(origin)
      yield* Effect.scoped(
        Effect.gen(function* () {
          const { context } = yield* Browser.launchPersistent(profile)
          const { page } = yield* Site.appIn(context, origin)
          yield* Effect.promise(async () => {
            await signIn(page)
            await goOffline({ context, page })
            await make(page, "Acorn & Oak")
            await make(page, "Alder Alarms")
          })
        })
      )
      const { context } = yield* Browser.launchPersistent(profile)
      context.setDefaultTimeout(Site.patience)
      yield* Effect.promise(() =>
        seenAtFailure(
          { context },
          (async () => {
            const page = await context.newPage()
            await page.goto(`${origin}/`)
            await row(page, "Acorn & Oak").waitFor()
            await saved(page)
            expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak", "POST Alder Alarms"])
          })()
        )
      )
    })
  )

  test("repairs names that were taken by others, of a new client and of one that was renamed", async (app) => {
    const { page, toggl } = app
    await signIn(page)
    await pause(page)
    await make(page, "Acorn & Oak", "Starts in May")
    await rename(page, "Copper & Pine Furniture", "Copper & Pine")
    await says(page, "Paused: 2 changes wait")
    await leaveAndComeBack(page)
    for (const name of ["Acorn & Oak", "Copper & Pine"]) {
      await toggl.change({ colleagueTakes: name, workspaceId: Site.workspaces.ada })
    }
    await queue(page, "Resume")
    await says(page, "2 changes need you")
    await row(page, "Copper & Pine Furniture").getByRole("link", { name: "Repair" }).click()
    await page.getByRole("heading", { name: "2 need you" }).waitFor()
    const made = page.getByRole("form", { name: "Repair: Create Acorn & Oak" })
    expect(await made.getByLabel("Another name").inputValue()).toBe("Acorn & Oak (2)")
    await made.getByLabel("Another name").fill("Acorn & Oak Bakery")
    await made.getByRole("button", { name: "Use this name" }).click()
    await says(page, "1 change needs you")
    const renamed = page.getByRole("form", { name: "Repair: Rename Copper & Pine Furniture to Copper & Pine" })
    await renamed.getByRole("button", { name: "Use this name" }).click()
    await saved(page)
    expect(await namesOf(toggl, "Acorn")).toEqual(["Acorn & Oak", "Acorn & Oak Bakery"])
    expect(await toggl.client("Acorn & Oak Bakery")).toMatchObject({ notes: "Starts in May" })
    expect(await namesOf(toggl, "Copper")).toEqual(["Copper & Pine (2)", "Copper & Pine"])
  })

  test("tells what goes with a change that is discarded", async ({ page, toggl }) => {
    await signIn(page)
    await pause(page)
    await make(page, "Acorn & Oak")
    await archive(page, "Acorn & Oak")
    await says(page, "Paused: 2 changes wait")
    await leaveAndComeBack(page)
    await toggl.change({ colleagueTakes: "Acorn & Oak", workspaceId: Site.workspaces.ada })
    await queue(page, "Resume")
    await says(page, "1 change needs you")
    await outbox(page)
    await page.getByText("Waits for: Create Acorn & Oak").waitFor()
    await page.getByRole("button", { name: "Discard…" }).click()
    const group = page.getByRole("group", { name: "Discard?" })
    await group.getByText("These go with it:").waitFor()
    expect(await group.getByRole("listitem").allTextContents()).toEqual(["Archive Acorn & Oak"])
    await group.getByRole("button", { name: "Keep" }).click()
    await page.getByRole("button", { name: "Discard…" }).click()
    await group.getByRole("button", { name: "Discard 2 changes" }).click()
    await notice(page, "2 changes discarded.")
    await saved(page)
    await page.getByRole("heading", { name: "Nothing waits" }).waitFor()
    expect(await Site.sent(toggl)).toEqual([])
  })

  test("says that a client is gone which a colleague has deleted, and lets the change go", async (app) => {
    const { page, toggl } = app
    await signIn(page)
    const gone = await toggl.client("Copper & Pine Furniture")
    await pause(page)
    await rename(page, "Copper & Pine Furniture", "Copper & Pine")
    await says(page, "Paused: 1 change waits")
    await leaveAndComeBack(page)
    await toggl.ask("DELETE", `/workspaces/${Site.workspaces.ada}/clients/${gone?.id ?? 0}`)
    await queue(page, "Resume")
    await says(page, "1 change needs you")
    await outbox(page)
    await page.getByText(/Rename Copper & Pine Furniture/).waitFor()
    await page.getByRole("button", { name: "Try again" }).click()
    await notice(page, /it is tried again/)
    await says(page, "1 change needs you")
    await page.getByRole("button", { name: "Discard…" }).click()
    await page.getByRole("group", { name: "Discard?" }).getByRole("button", { name: "Discard" }).click()
    await saved(page)
    await list(page)
    expect(await row(page, "Copper & Pine").count()).toBe(0)
    expect(await namesOf(toggl, "Copper")).toEqual([])
  })

  test("sets a change aside that keeps failing, and sends it with other notes", async (app) => {
    const { toggl } = app
    const page = await clocked(app)
    await signIn(page)
    await toggl.change({ set: { poisonedNote: true } })
    await make(page, "Acorn & Oak", "poison ivy")
    await make(page, "Alder Alarms")
    await forward(page, "1 change needs you")
    expect(await Site.sent(toggl)).toEqual(["POST Alder Alarms"])
    await outbox(page)
    await page.getByText("Keeps failing, while others get through").waitFor()
    await page.getByRole("button", { name: "Change it…" }).click()
    await page.getByLabel("Notes").fill("ivy")
    await page.getByRole("button", { name: "Save and try again" }).click()
    await forward(page, "Everything is saved")
    expect(await Site.sent(toggl)).toEqual(["POST Alder Alarms", "POST Acorn & Oak"])
    expect(await toggl.client("Acorn & Oak")).toMatchObject({ notes: "ivy" })
  })

  test("asks which client it is where it cannot be told what Toggl did", async (app) => {
    const { toggl } = app
    const page = await clocked(app)
    await signIn(page)
    await toggl.change({ set: { answerLost: true } })
    await make(page, "Acorn & Oak", "Starts in May")
    await Site.until("Toggl to have it", async () => (await Site.sent(toggl)).length === 1)
    const made = await toggl.client("Acorn & Oak")
    await toggl.ask("PUT", `/workspaces/${Site.workspaces.ada}/clients/${made?.id ?? 0}`, {
      name: "Acorn & Oak",
      notes: "Starts in June",
      wid: Site.workspaces.ada
    })
    await forward(page, "1 change needs you")
    await outbox(page)
    await page.getByRole("button", { name: "It is in Toggl…" }).click()
    await page.getByRole("group", { name: "Which client is it?" }).getByRole("button", { name: "Acorn & Oak" }).click()
    await saved(page)
    expect(await namesOf(toggl, "Acorn")).toEqual(["Acorn & Oak"])
  })

  test("warns that Toggl may have done what is discarded", async ({ page, toggl }) => {
    await signIn(page)
    await toggl.change({ set: { answerLost: true } })
    await make(page, "Acorn & Oak")
    await Site.until("Toggl to have it", async () => (await Site.sent(toggl)).length === 1)
    await toggl.change({ set: { offline: true } })
    await outbox(page)
    await page.getByRole("button", { name: "Discard: Create Acorn & Oak" }).click()
    const group = page.getByRole("group", { name: "Discard?" })
    await group.getByText("Toggl may have done it already").waitFor()
    await group.getByRole("button", { name: "Discard" }).click()
    await notice(page, /Toggl may have it all the same/)
    expect(await page.getByText("Create Acorn & Oak").count()).toBe(0)
  })

  test("deletes offline, and brings back what is undone", async ({ context, page, toggl }) => {
    await signIn(page)
    await goOffline({ context, page })
    await row(page, "Acme Studio").focus()
    await page.keyboard.press("Delete")
    await page.getByRole("dialog", { name: "Delete Acme Studio?" }).getByRole("button", { name: "Delete" }).click()
    await notice(page, "Acme Studio is deleted here, and not in Toggl yet.")
    await row(page, "Acme Studio").waitFor({ state: "detached" })
    await says(page, "Offline: 1 change waits")
    await page.getByRole("button", { name: "Undo" }).click()
    await notice(page, "Acme Studio is back.")
    await row(page, "Acme Studio").waitFor()
    await context.setOffline(false)
    await saved(page)
    expect(await toggl.changes()).toEqual([])
  })

  test("tells which projects went with a client, and restores those that are chosen", async ({ page, toggl }) => {
    await signIn(page)
    await archive(page, "Acme Studio")
    await notice(page, "Acme Studio is archived. 2 projects went with it.")
    await page.getByText("Archived", { exact: true }).first().click()
    await archive(page, "Acme Studio")
    const dialog = page.getByRole("dialog", { name: "Restore Acme Studio?" })
    await dialog.getByRole("radio", { name: "Only some" }).check()
    const projects = dialog.getByRole("checkbox")
    expect(await projects.count()).toBe(2)
    await projects.first().uncheck()
    await projects.last().uncheck()
    await dialog.getByRole("button", { name: "Restore" }).click()
    await dialog.getByText("Choose at least one.").waitFor()
    await projects.last().check()
    await dialog.getByRole("button", { name: "Restore" }).click()
    await notice(page, "Acme Studio is restored.")
    expect(await toggl.client("Acme Studio")).toMatchObject({ archived: false })
    const restores = (await toggl.changes()).filter(({ path }) => path.endsWith("/restore"))
    expect(restores.map(({ body }) => body)).toEqual([expect.stringMatching(/^\{"projects":\[\d+\]\}$/)])
  })

  test("keeps Ada's changes while Grace is signed in, and sends them when Ada is back", async (app) => {
    const { context, page, toggl } = app
    await signIn(page)
    await goOffline({ context, page })
    await make(page, "Acorn & Oak")
    await make(page, "Alder Alarms")
    await menu(page, /Sign out/)
    const dialog = page.getByRole("dialog")
    await dialog.getByText("2 changes are not in Toggl yet.").waitFor()
    await dialog.getByRole("button", { name: "Sign out" }).click()
    const here = page.getByRole("region", { name: "On this device" })
    await here.getByText("Ada Lovelace: 2 changes not sent yet").waitFor()
    await context.setOffline(false)
    await signIn(page, "Grace")
    await make(page, "Birch Bikes")
    await saved(page)
    expect(await Site.sent(toggl)).toEqual(["POST Birch Bikes"])
    await menu(page, /Sign out/)
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click()
    await here.waitFor()
    await signIn(page)
    await saved(page)
    expect(await Site.sent(toggl)).toEqual(["POST Birch Bikes", "POST Acorn & Oak", "POST Alder Alarms"])
    expect(await namesOf(toggl, "Acorn")).toEqual(["Acorn & Oak"])
    expect(await toggl.client("Birch Bikes")).toBeUndefined()
  })

  test("leaves nothing of an account behind that is removed from the device", async ({ context, page, toggl }) => {
    await signIn(page)
    await goOffline({ context, page })
    await make(page, "Acorn & Oak")
    expect(await Site.atRest(page)).toContain("Acorn & Oak")
    await menu(page, /Sign out/)
    const dialog = page.getByRole("dialog")
    await dialog.getByRole("checkbox", { name: "Remove the clients" }).check()
    await dialog.getByText("What is not sent cannot be brought back.").waitFor()
    await dialog.getByRole("button", { name: "Sign out" }).click()
    await page.getByLabel("API token").waitFor()
    expect(await page.getByRole("region", { name: "On this device" }).count()).toBe(0)
    const kept = await Site.atRest(page)
    expect(kept).not.toContain("Acorn & Oak")
    expect(kept).not.toContain("Acme Studio")
    expect(kept).not.toContain("Lovelace")
    await context.setOffline(false)
    await signIn(page)
    await saved(page)
    expect(await toggl.changes()).toEqual([])
  })

  test("waits until Toggl's quota is there again, says until when, and goes by itself", async (app) => {
    const { toggl } = app
    const page = await clocked(app)
    await signIn(page)
    await toggl.change({ set: { quotaUsedUp: true } })
    await make(page, "Acorn & Oak")
    await says(page, /Toggl asks to wait until \d?\d:\d\d.*: 1 change waits/)
    const before = await toggl.requests()
    await page.clock.fastForward(60_000)
    await make(page, "Alder Alarms")
    await says(page, /Toggl asks to wait until .*: 2 changes wait/)
    expect(await toggl.requests()).toEqual(before)
    await toggl.change({ set: { quotaUsedUp: false } })
    await page.clock.fastForward(90_000)
    await saved(page)
    expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak", "POST Alder Alarms"])
  })

  test("keeps what waits while the sign-in is refused, and sends it after the next one", async ({ page, toggl }) => {
    await signIn(page)
    await toggl.change({ set: { signInRefused: true } })
    await make(page, "Acorn & Oak")
    await says(page, "Sign in again: 1 change waits")
    await line(page).getByRole("button", { name: "Sign in" }).click()
    const dialog = page.getByRole("dialog", { name: "Sign in as Ada Lovelace" })
    await dialog.getByRole("button", { name: "Ada" }).click()
    await dialog.getByRole("alert").waitFor()
    await toggl.change({ set: { signInRefused: false } })
    await dialog.getByRole("button", { name: "Ada" }).click()
    await saved(page)
    expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak"])
  })

  it.scoped("offers a newer version while changes wait, and the new one has them", () =>
    Effect.gen(function* () {
      const { dist, folder: first } = yield* Site.Site
      const index = yield* Effect.promise(() => Fs.readFile(Path.join(first, "index.html"), "utf8"))
      const { folder } = yield* Built.make({
        files: { "index.html": index.replace("<title>Clients<", "<title>Clients, newer<") }
      })
      const [live, newer] = [Path.join(folder, "dist"), Path.join(folder, "newer")]
      yield* Effect.promise(async () => {
        await Fs.rename(live, newer)
        await Fs.cp(dist, live, { recursive: true })
      })
      const { origin } = yield* Built.serve(folder)
      const context = yield* Site.context()
      const { page, thrown, toggl } = yield* Site.appIn(context, origin)
      yield* Effect.promise(async () => {
        await signIn(page)
        await Site.controlled(page)
        await demo(page, { set: { offline: true } })
        await make(page, "Acorn & Oak")
        await make(page, "Alder Alarms")
        await Fs.rm(live, { recursive: true })
        await Fs.rename(newer, live)
        await page.evaluate("navigator.serviceWorker.getRegistration().then((registration) => registration.update())")
        const offer = page.getByRole("complementary", { name: "A new version" })
        await offer.getByText("2 changes wait, and stay here.").waitFor()
        expect(await page.title()).toBe("Clients")
        // who has typed something may stay for it, and reload later
        await page.getByRole("button", { name: "New client" }).click()
        const typed = page.getByRole("form", { name: "New client" }).getByLabel("Name")
        await typed.fill("Half typed")
        const stays = page.waitForEvent("dialog").then((asked) => asked.dismiss())
        await offer.getByRole("button", { name: "Reload" }).click()
        await stays
        expect(await page.title()).toBe("Clients")
        await typed.press("Escape")
        await offer.getByRole("button", { name: "Reload" }).click()
        await page.waitForFunction("document.title === 'Clients, newer'")
        await row(page, "Acorn & Oak").waitFor()
        await says(page, /2 changes wait/)
        expect(await Site.sent(toggl)).toEqual([])
        await demo(page, { set: { offline: false } })
        await saved(page)
        expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak", "POST Alder Alarms"])
        expect(thrown).toEqual([])
      })
    })
  )

  test("says in a sentence what is wrong with what was typed or opened, and changes nothing", async (app) => {
    const { context, page, toggl } = app
    await page.getByLabel("API token").fill("nobody's")
    await page.getByRole("button", { name: "Sign in" }).click()
    await page
      .getByText(/Toggl does not accept|token/i)
      .nth(1)
      .waitFor()
    expect(await page.getByRole("grid", { name: "Clients" }).count()).toBe(0)
    await page.reload()
    await signIn(page, "Grace")
    await goOffline({ context, page })
    await make(page, "Birch Bikes")
    await outbox(page)
    const ofGrace = await download(page, "Save a copy")
    await list(page)
    await menu(page, /Sign out/)
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click()
    await context.setOffline(false)
    await signIn(page)

    const before = await toggl.changes()
    await menu(page, /Workspace/)
    const dialog = page.getByRole("dialog", { name: "Workspace" })
    const refusedWith = async (text: string, sentence: RegExp) => {
      await dialog.getByLabel("Workspace id").fill(text)
      await dialog.getByRole("button", { name: "Open" }).click()
      await dialog.getByText(sentence).waitFor()
    }
    await refusedWith("Acme", /A workspace's id is a whole number/)
    await refusedWith("-3", /A workspace's id is a whole number/)
    await refusedWith("1", /^(?!A workspace).*(not|may)/)
    await dialog.getByRole("button", { name: "Cancel" }).click()
    await page.getByText(`Workspace ${Site.workspaces.ada}`).waitFor()

    await list(page)
    await page.getByRole("button", { name: "New client" }).click()
    const form = page.getByRole("form", { name: "New client" })
    await form.getByLabel("Name").fill("   ")
    await form.getByRole("button", { name: "Save" }).click()
    await form.getByText("A client needs a name.").waitFor()
    await form.getByRole("button", { name: "Cancel" }).click()

    await outbox(page)
    const problem = page.getByRole("region", { name: "As a file" }).getByRole("alert")
    await openFile(page, "no export")
    await problem.waitFor()
    const first = await problem.textContent()
    await openFile(page, ofGrace)
    await Site.until("another sentence", async () => (await problem.textContent()) !== first)
    expect([first, await problem.textContent()]).toMatchObject([
      expect.stringMatching(/\.$/),
      expect.stringMatching(/\.$/)
    ])
    await page.getByRole("heading", { name: "Nothing waits" }).waitFor()
    expect(await toggl.changes()).toEqual(before)
  })

  test("moves changes into a file, keeps them after all, and takes no copy twice", async (app) => {
    const { context, page, toggl } = app
    await signIn(page)
    await goOffline({ context, page })
    await make(page, "Acorn & Oak")
    await make(page, "Alder Alarms")
    await outbox(page)
    const copy = await download(page, "Save a copy")
    expect(copy).toContain("Acorn & Oak")
    const moved = await download(page, "Move to another device")
    expect(moved).toContain("Alder Alarms")
    await page.getByText("2 changes were moved into a file, and are not sent from here.").waitFor()
    await page.getByRole("heading", { name: "Nothing waits" }).waitFor()
    await page.getByRole("button", { name: "Keep them here after all" }).click()
    await notice(page, "2 changes are back in the outbox.")
    await says(page, "Offline: 2 changes wait")
    await openFile(page, copy)
    await notice(page, "All changes in this file are known here already.")
    await context.setOffline(false)
    await saved(page)
    expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak", "POST Alder Alarms"])
    await openFile(page, moved)
    await saved(page)
    expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak", "POST Alder Alarms"])
  })

  test("keeps what was moved before what was done after it, where it is kept after all", async (app) => {
    const { context, origin, page, toggl } = app
    await signIn(page)
    await pause(page)
    await rename(page, "Copper & Pine Furniture", "Copper & Pine")
    await says(page, "Paused: 1 change waits")
    await outbox(page)
    await download(page, "Move to another device")
    await page.getByText("1 change was moved into a file, and is not sent from here.").waitFor()
    const other = await context.newPage()
    await other.goto(`${origin}/`)
    await row(other, "Copper & Pine Furniture").waitFor()
    await rename(other, "Copper & Pine Furniture", "Copper Pine & Sons")
    await says(page, "Paused: 1 change waits")
    await page.getByRole("button", { name: "Keep them here after all" }).click()
    await notice(page, /back in the outbox/)
    await queue(page, "Resume")
    await saved(page)
    expect(await namesOf(toggl, "Copper")).toEqual(["Copper Pine & Sons"])
  })

  test("does in the panel for the curious what each switch says, and shows the requests", async (app) => {
    const { toggl } = app
    const page = await clocked(app)
    await signIn(page)
    await page.getByRole("button", { name: "For the curious" }).click()
    const panel = page.getByRole("complementary", { name: "For the curious" })
    const flip = async (label: string, isOn: boolean) => {
      await panel.getByRole("switch", { name: label }).click()
      await Site.until(`${label} to be switched`, async () => {
        const { switches } = await toggl.demo()
        return Object.values(switches).some((on) => on) === isOn
      })
    }
    const latest = (text: RegExp) => panel.getByRole("listitem").filter({ hasText: text }).first().waitFor()

    await flip("Offline", true)
    await make(page, "Acorn & Oak")
    await says(page, "Offline: 1 change waits")
    await flip("Offline", false)
    await saved(page)
    await latest(/POST.*Acorn & Oak.*200/)

    await flip("Slow", true)
    await make(page, "Alder Alarms")
    await latest(/POST.*Alder Alarms.*…/)
    await latest(/POST.*Alder Alarms.*200/)
    await flip("Slow", false)
    await saved(page)

    await flip("Poison", true)
    await make(page, "Amber Attic", "poison")
    await latest(/POST.*Amber Attic.*500/)
    await flip("Poison", false)
    await forward(page, "Everything is saved")

    await flip("Refuse the sign-in", true)
    await make(page, "Apple Arcade")
    await says(page, "Sign in again: 1 change waits")
    await flip("Refuse the sign-in", false)
    await line(page).getByRole("button", { name: "Sign in" }).click()
    await page.getByRole("dialog").getByRole("button", { name: "Ada" }).click()
    await saved(page)

    await panel.getByLabel("A colleague takes the name").fill("Aspen Art")
    await panel.getByRole("button", { name: "Take it" }).click()
    await Site.until("the colleague's client", async () => (await toggl.client("Aspen Art")) !== undefined)

    await flip("Quota used up", true)
    await make(page, "Atlas Audio")
    await says(page, /Toggl asks to wait until/)
    await flip("Quota used up", false)

    await panel.getByRole("button", { name: "Start anew" }).click()
    await panel.getByText("Nothing yet. Change something.").waitFor()
    expect(await toggl.changes()).toEqual([])

    await page.getByRole("button", { name: "For the curious" }).click()
    await panel.waitFor({ state: "detached" })
  })

  test("loses the next answer where the panel says so, and makes nothing twice", async (app) => {
    const { toggl } = app
    const page = await clocked(app)
    await signIn(page)
    await page.getByRole("button", { name: "For the curious" }).click()
    await page.getByRole("switch", { name: "Lose the next answer" }).click()
    await Site.until("it to be switched", async () => (await toggl.demo()).switches["answerLost"] === true)
    await make(page, "Acorn & Oak")
    await page
      .getByRole("listitem")
      .filter({ hasText: /POST.*lost, done/ })
      .waitFor()
    await forward(page, "Everything is saved")
    expect(await Site.sent(toggl)).toEqual(["POST Acorn & Oak"])
    expect(await namesOf(toggl, "Acorn")).toEqual(["Acorn & Oak"])
  })

  it.scoped("is used by the keyboard alone, with a thousand clients, and keeps the focus on its row", () =>
    Effect.gen(function* () {
      const { folder } = yield* Site.Site
      const { origin } = yield* Built.serve(folder, { env: { DEMO_CLIENTS: "1000" } })
      const context = yield* Site.context()
      const { page, thrown, toggl } = yield* Site.appIn(context, origin)
      yield* Effect.promise(() => seenAtFailure({ context }, withKeys({ context, page, toggl })))
      expect(thrown).toEqual([])
    })
  )

  it.scoped("sends what waits when the network is back, though the last page is closed", () =>
    Effect.gen(function* () {
      const { origin } = yield* Site.Site
      const [, chromiums] = yield* Chromiums.findAll()
      const leftOut: Array<string> = []
      for (const chromium of chromiums) {
        const problem = yield* Effect.scoped(inBackground(chromium, origin))
        if (problem === undefined) return
        leftOut.push(`${chromium.version} (${chromium.source}): ${problem}`)
      }
      console.log(`Background Sync is left out: ${leftOut.join("; ")}`)
      expect(process.env["EVERY_ENGINE"]).toBeUndefined()
    })
  )
})
