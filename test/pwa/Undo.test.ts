import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import * as Site from "./Site.js"
import { line, row, states } from "./States.js"

// What is said where a change cannot be taken back, and what another tab has done with it meanwhile.

const withApp = (work: (app: Site.App) => Promise<void>) =>
  Effect.gen(function* () {
    const app = yield* Site.app()
    yield* Effect.promise(() => work(app))
    expect(app.thrown).toEqual([])
  })

const says = (page: Page, text: string) => line(page).filter({ hasText: text }).waitFor()

const notice = (page: Page, text: RegExp | string) =>
  page.getByRole("status").filter({ hasText: text }).first().waitFor()

/** Another tab of the same browser, at the outbox. */
const otherTab = async ({ context, origin }: Site.App): Promise<Page> => {
  const other = await context.newPage()
  await other.goto(`${origin}/#/outbox`)
  return other
}

layer(Site.layer(), { excludeTestServices: true })("undo", (it) => {
  it.scoped("says that another tab has discarded it", () =>
    withApp(async (app) => {
      const { page } = app
      await states["undo"]?.(page)
      const other = await otherTab(app)
      await other.getByRole("button", { name: "Discard: Delete Acme Studio" }).click()
      await other.getByRole("group", { name: "Discard?" }).getByRole("button", { name: "Discard" }).click()
      await notice(page, "There is nothing to undo: it was discarded.")
      await row(page, "Acme Studio").waitFor()
    })
  )

  it.scoped("says that another tab has moved it into a file, and the line hears when that is in safety", () =>
    withApp(async (app) => {
      const { page } = app
      await states["undo"]?.(page)
      const other = await otherTab(app)
      await other.getByRole("button", { name: "Move to another device" }).click()
      await notice(page, "It was moved into a file: the outbox can keep it here after all.")
      await says(page, "moved into a file")
      await other.getByRole("button", { name: "I have it" }).click()
      await line(page).filter({ hasText: "moved into a file" }).waitFor({ state: "detached" })
    })
  )

  it.scoped("says why where the storage fails, and does not say that Toggl has it", () =>
    withApp(async ({ page }) => {
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
    withApp(async ({ page }) => {
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
