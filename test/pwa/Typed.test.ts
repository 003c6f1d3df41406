import { expect, layer } from "@effect/vitest"
import type { Page } from "playwright-core"
import * as Site from "./Site.js"
import { line, make, row, signIn } from "./States.js"

// What somebody types, and the key under their finger: neither is lost, and neither does what nobody meant.

const form = (page: Page) => page.getByRole("form", { name: "New client" })
const nameIn = (page: Page) => form(page).getByLabel("Name")
const changeForm = (page: Page) => page.getByRole("form", { name: /^Change/ })

const start = async (page: Page, name: string, notes = "") => {
  await page.getByRole("button", { name: "New client" }).click()
  await nameIn(page).fill(name)
  if (notes !== "") await form(page).getByLabel("Notes").fill(notes)
}

const value = (page: Page, wanted: string) =>
  Site.until(`the form to hold ${wanted}`, async () => (await nameIn(page).inputValue()) === wanted)

const goTo = async (page: Page, hash: string) => {
  await page.evaluate(`location.hash = "${hash}"`)
}

const isFocused = (page: Page, what: string) =>
  Site.until(`the focus to be on ${what}`, async () =>
    (await page.evaluate<string>("document.activeElement.textContent")).includes(what)
  )

const withApp = (work: (app: Site.App) => Promise<void>) =>
  Site.withApp(async (app) => {
    await signIn(app.page)
    await work(app)
  })

layer(Site.layer(), { excludeTestServices: true })("what is typed", (it) => {
  it.scoped("comes back as it was when Toggl refuses it, also where the page was left meanwhile", () =>
    withApp(async ({ page, toggl }) => {
      await start(page, "Acme Studio", "its notes")
      await page.keyboard.press("Enter")
      await nameIn(page).press("Enter")
      await form(page).getByText("already called").waitFor()
      await value(page, "Acme Studio")
      expect(await form(page).getByLabel("Notes").inputValue()).toBe("its notes\n")
      await nameIn(page).press("Escape")

      await toggl.change({ set: { slow: true } })
      await start(page, "Acme Studio", "other notes")
      await nameIn(page).press("Enter")
      await goTo(page, "#/outbox")
      await page.getByRole("status").filter({ hasText: "Acme Studio: Another client" }).waitFor()
      await page.getByRole("button", { name: "Edit" }).click()
      await value(page, "Acme Studio")
      expect(await form(page).getByLabel("Notes").inputValue()).toBe("other notes")
    })
  )

  it.scoped("stays while an earlier one is refused, and the refused one waits behind it", () =>
    withApp(async ({ page, toggl }) => {
      await toggl.change({ set: { slow: true } })
      await start(page, "Acme Studio")
      await nameIn(page).press("Enter")
      await nameIn(page).fill("Another one")
      await page.getByRole("status").filter({ hasText: "Acme Studio: Another client" }).waitFor()
      await value(page, "Another one")
      await page.getByRole("button", { name: "Edit" }).click()
      await value(page, "Acme Studio")
      await nameIn(page).press("Escape")
      await value(page, "Another one")
    })
  )

  it.scoped("goes on where it was begun when a refusal comes late: into a search, another form, a dialog", () =>
    withApp(async ({ page, toggl }) => {
      await toggl.change({ set: { slow: true } })
      const isRefused = () => page.getByRole("status").filter({ hasText: "Another client" }).waitFor()
      const isNotFocused = async () => {
        await form(page).getByText("already called").waitFor()
        expect(await page.evaluate("document.activeElement.closest('form') === null")).toBe(true)
      }

      // of a row, while a new client is typed
      await row(page, "Clover Insurance").click()
      await changeForm(page).getByLabel("Name").fill("Acme Studio")
      await changeForm(page).getByLabel("Name").press("Enter")
      await start(page, "Birch Bi")
      await changeForm(page).getByText("already called").waitFor()
      await page.keyboard.type("kes")
      await value(page, "Birch Bikes")
      expect(await changeForm(page).getByLabel("Name").inputValue()).toBe("Acme Studio")
      await isRefused()
      await page.getByRole("button", { name: "Edit" }).click()
      await page.waitForFunction("document.activeElement.value === 'Acme Studio'")
      await page.keyboard.press("Escape")
      await nameIn(page).press("Escape")

      // of a new client, while something is searched
      await start(page, "Acme Studio")
      await nameIn(page).press("Enter")
      await nameIn(page).press("Escape")
      await page.getByRole("searchbox").fill("clo")
      await isNotFocused()
      await page.keyboard.type("ver")
      expect(await page.getByRole("searchbox").inputValue()).toBe("clover")
      await page.getByRole("searchbox").press("Escape")
      await nameIn(page).press("Escape")

      // of a new client, while a dialog asks
      await start(page, "Acme Studio")
      await nameIn(page).press("Enter")
      await nameIn(page).press("Escape")
      await row(page, "Clover Insurance").focus()
      await page.keyboard.press("Delete")
      await page.getByRole("dialog").waitFor()
      await isNotFocused()
      expect(await page.evaluate("document.activeElement.closest('[role=dialog]') !== null")).toBe(true)
    })
  )

  it.scoped("outlives a look at the outbox and a search, and is saved when its user goes on to another row", () =>
    withApp(async ({ page, toggl }) => {
      await start(page, "Half typed")
      await goTo(page, "#/outbox")
      await page.getByRole("heading", { name: "Outbox" }).waitFor()
      await goTo(page, "#/")
      await value(page, "Half typed")
      await nameIn(page).press("Escape")

      await row(page, "Clover Insurance").click()
      await changeForm(page).getByLabel("Name").fill("Clover Assurance")
      await page.getByRole("searchbox").fill("acme")
      await row(page, "Brightside Energy").waitFor({ state: "detached" })
      expect(await changeForm(page).getByLabel("Name").inputValue()).toBe("Clover Assurance")
      await row(page, "Acme Studio").click()
      await Site.until("it to be saved", async () => (await toggl.client("Clover Assurance")) !== undefined)

      await changeForm(page).getByLabel("Name").fill("")
      await changeForm(page).getByLabel("Notes").fill("its notes")
      await page.getByRole("searchbox").fill("")
      await row(page, "Brightside Energy").click()
      await Site.until("the notes to be saved", async () => (await toggl.client("Acme Studio"))?.notes === "its notes")
    })
  )

  it.scoped("is all that is sent: what a colleague changed meanwhile stays", () =>
    withApp(async ({ page, toggl }) => {
      await row(page, "Clover Insurance").click()
      await changeForm(page).getByLabel("Name").fill("Clover Assurance")
      const other = await page.context().newPage()
      await other.goto(page.url())
      await row(other, "Clover Insurance").click()
      await changeForm(other).getByLabel("Notes").fill("the colleague's")
      await changeForm(other).getByRole("button", { name: "Save" }).click()
      await Site.until(
        "the notes to be saved",
        async () => (await toggl.client("Clover Insurance"))?.notes === "the colleague's"
      )
      await changeForm(page).getByRole("button", { name: "Save" }).click()
      await Site.until("the name to be saved", async () => (await toggl.client("Clover Assurance")) !== undefined)
      expect(await toggl.client("Clover Assurance")).toMatchObject({ notes: "the colleague's" })
    })
  )
})

layer(Site.layer(), { excludeTestServices: true })("a key", (it) => {
  it.scoped("goes where its user types: a search takes no row's focus, and archives nothing", () =>
    withApp(async ({ page, toggl }) => {
      await row(page, "Acme Studio").focus()
      await page.keyboard.press("ArrowUp")
      await page.keyboard.press("/")
      await page.keyboard.type("aaaa")
      expect(await page.getByRole("searchbox").inputValue()).toBe("aaaa")
      await page.getByRole("searchbox").press("Escape")
      await make(page, "Alder Alarms")
      await line(page).filter({ hasText: "Everything is saved in Toggl" }).waitFor()
      expect(await Site.sent(toggl)).toEqual(["POST Alder Alarms"])
    })
  )

  it.scoped("that chooses a word of an input method stays in the search", () =>
    withApp(async ({ page }) => {
      await page.getByRole("searchbox").focus()
      await page.getByRole("searchbox").dispatchEvent("keydown", { key: "ArrowDown", isComposing: true, bubbles: true })
      expect(await page.evaluate("document.activeElement.type")).toBe("search")
    })
  )

  it.scoped("that is held archives one client", () =>
    withApp(async ({ page, toggl }) => {
      await row(page, "Acme Studio").focus()
      for (let times = 0; times < 6; times++) await page.keyboard.down("a")
      await page.keyboard.up("a")
      await page.getByText("Acme Studio is archived.").waitFor()
      await line(page).filter({ hasText: "Everything is saved in Toggl" }).waitFor()
      expect((await toggl.changes()).length).toBe(1)
    })
  )

  it.scoped("that closes a row's menu leaves the focus on the row", () =>
    withApp(async ({ page }) => {
      await row(page, "Brightside Energy").hover()
      await page.getByRole("button", { name: "Actions for Brightside Energy" }).click()
      await page.getByRole("menuitem", { name: "Archive" }).waitFor()
      await page.keyboard.press("Escape")
      await isFocused(page, "Brightside Energy")
    })
  )
})
