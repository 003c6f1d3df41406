import { expect, layer } from "@effect/vitest"
import type { Page } from "playwright-core"
import * as Site from "./Site.js"
import { line, make, notice, row, says, setOffline, signIn, states } from "./States.js"

// The way back from what was done, and what is said where there is none: what another tab has done with it meanwhile, or the storage.

const form = (page: Page) => page.getByRole("form", { name: /^Change/ })

const signedIn = (work: (app: Site.App) => Promise<void>) =>
  Site.withApp(async (app) => {
    await signIn(app.page)
    await work(app)
  })

/** Another tab of the same browser, at the outbox. */
const otherTab = async ({ context, origin }: Site.App): Promise<Page> => {
  const other = await context.newPage()
  await other.goto(`${origin}/#/outbox`)
  return other
}

layer(Site.layer(), { excludeTestServices: true })("undo", (it) => {
  it.scoped("takes nothing along that was changed since: it says so, and leads to the outbox", () =>
    signedIn(async ({ page }) => {
      await setOffline(page, true)
      await row(page, "Acme Studio").focus()
      await page.keyboard.press("a")
      await page.getByText("Acme Studio is archived here").waitFor()
      await page.getByText("All", { exact: true }).click()
      await row(page, "Acme Studio").click()
      await form(page).getByLabel("Notes").fill("later notes")
      await form(page).getByRole("button", { name: "Save" }).click()
      await line(page).filter({ hasText: "2 changes wait" }).waitFor()
      await page.getByRole("button", { name: "Undo" }).click()
      await page.getByText("1 later change of it would go too").waitFor()
      await page.getByRole("button", { name: "Open the outbox" }).click()
      await page.getByText("Archive Acme Studio").waitFor()
    })
  )

  it.scoped(
    "says that another tab has moved it into a file, or discarded it; the line hears when the file is in safety",
    () =>
      signedIn(async (app) => {
        const { page } = app
        const archive = async (name: string) => {
          await row(page, name).focus()
          await page.keyboard.press("a")
          await page.getByText(`${name} is archived here`).hover()
        }
        await setOffline(page, true)
        await archive("Acme Studio")
        const moving = await otherTab(app)
        await moving.getByRole("button", { name: "Move to another device" }).click()
        await notice(page, "It was moved into a file: the outbox can keep it here after all.")
        await says(page, "moved into a file")
        await moving.getByRole("button", { name: "I have it" }).click()
        await line(page).filter({ hasText: "moved into a file" }).waitFor({ state: "detached" })
        await moving.close()

        await archive("Brightside Energy")
        const discarding = await otherTab(app)
        await discarding.getByRole("button", { name: "Discard: Archive Brightside Energy" }).click()
        await discarding.getByRole("group", { name: "Discard?" }).getByRole("button", { name: "Discard" }).click()
        await notice(page, "There is nothing to undo: it was discarded.")
        await row(page, "Brightside Energy").waitFor()
      })
  )

  it.scoped("makes a client again that never was in Toggl", () =>
    signedIn(async ({ page, toggl }) => {
      await setOffline(page, true)
      await make(page, "Aardvark", "its notes")
      await row(page, "Aardvark").focus()
      await page.keyboard.press("Delete")
      await page.getByRole("button", { name: "Delete" }).click()
      await page.getByRole("button", { name: "Make it again" }).click()
      await row(page, "Aardvark").waitFor()
      await setOffline(page, false)
      await Site.until("Toggl to have it", async () => (await toggl.client("Aardvark"))?.notes === "its notes")
    })
  )

  it.scoped("says why where the storage fails, and does not say that Toggl has it", () =>
    Site.withApp(async ({ page }) => {
      await states["undo"]?.(page)
      await page.evaluate(`(() => {
        const { transaction } = IDBDatabase.prototype
        IDBDatabase.prototype.transaction = function (stores, mode, options) {
          if (mode === "readwrite") throw new DOMException("full", "QuotaExceededError")
          return transaction.call(this, stores, mode, options)
        }
      })()`)
      await page.getByRole("button", { name: "Undo" }).click()
      const said = page
        .getByRole("status")
        .filter({ hasText: /Too late|storage/ })
        .first()
      expect(await said.textContent()).toMatch(/storage/)
    })
  )
})

layer(Site.layer(), { excludeTestServices: true })("a repair", (it) => {
  it.scoped("that is half typed is not taken away without a question, one that is gone asks nothing", () =>
    Site.withApp(async ({ page }) => {
      await states["outbox-refused"]?.(page)
      const name = page.getByLabel("Another name")
      const before = await name.inputValue()
      const asked: Array<string> = []
      page.on("dialog", (dialog) => {
        asked.push(dialog.type())
        // the user stays
        void dialog.dismiss()
      })
      const leave = () => page.evaluate("location.reload()").catch(() => undefined)
      await name.fill("Acorn and")
      await leave()
      await Site.until("the browser to ask", async () => asked.length === 1)
      expect(await name.inputValue()).toBe("Acorn and")

      await name.fill(before)
      await page.reload()
      await name.waitFor()
      await name.fill("Acorn and")
      await page.getByRole("button", { name: "Discard…" }).click()
      await page.getByRole("group", { name: "Discard?" }).getByRole("button", { name: "Discard" }).click()
      await page.getByText("Needs you", { exact: true }).waitFor({ state: "detached" })
      await page.reload()
      expect(asked).toEqual(["beforeunload"])
    })
  )
})
