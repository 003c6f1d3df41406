import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import * as Site from "./Site.js"
import { demo, line, make, signIn } from "./States.js"

// Coming and going: what the server, the storage and other tabs do to it.

const signOut = async (page: Page) => {
  await page.getByRole("button", { name: /^Account of/ }).click()
  await page.getByRole("menuitem", { name: /^Sign out/ }).click()
  await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click()
}

const notTold = (page: Page) => page.getByText("This app's server could not be told yet")

const hasSession = async (page: Page): Promise<boolean> => {
  const status: unknown = await page.evaluate(`fetch("api/session").then(({ status }) => status)`)
  return status === 200
}

layer(Site.layer(), { timeout: "5 minutes" })("the account", (it) => {
  const test = (name: string, run: (app: Site.App) => Promise<void>) =>
    it.scoped(name, () => Effect.flatMap(Site.app(), (app) => Effect.promise(() => run(app))))

  test("says that the server was not told of a sign-out, and tells it when it can be reached", async ({
    context,
    page
  }) => {
    await signIn(page)
    await Site.controlled(page)
    await context.setOffline(true)
    await signOut(page)
    await notTold(page).waitFor()
    await context.setOffline(false)
    await notTold(page).waitFor({ state: "detached" })
    expect(await hasSession(page)).toBe(false)
    expect(await page.getByRole("button", { name: "Ada" }).isVisible()).toBe(true)
  })

  test("tells the server again where it failed, also after a reload", async ({ context, page }) => {
    await signIn(page)
    await context.route("**/api/session", (route) =>
      route.request().method() === "DELETE" ? route.fulfill({ status: 500, body: "" }) : route.continue()
    )
    await signOut(page)
    await notTold(page).waitFor()
    await page.reload()
    await notTold(page).waitFor()
    expect(await hasSession(page)).toBe(true)
    await context.unroute("**/api/session")
    await notTold(page).waitFor({ state: "detached" })
    expect(await hasSession(page)).toBe(false)
  })

  test("switches nobody by a late answer to who is signed in", async ({ context, page }) => {
    await signIn(page)
    let answer = () => {}
    const isAsked = new Promise<void>((resolve) => {
      void context.route("**/api/session", async (route) => {
        if (route.request().method() !== "GET") return route.continue()
        const response = await route.fetch()
        const late = new Promise<void>((go) => (answer = go))
        resolve()
        await late
        return route.fulfill({ response })
      })
    })
    // the session is Ada's still, and this device does not know of it
    await page.evaluate(`new Promise((resolve) => {
      const opening = indexedDB.open("toggl-clients-app")
      opening.onsuccess = () => {
        const writing = opening.result.transaction("who", "readwrite")
        writing.objectStore("who").clear()
        writing.oncomplete = () => { opening.result.close(); resolve() }
      }
    })`)
    await page.reload()
    await isAsked
    await signIn(page, "Grace")
    const answered = page.waitForResponse(
      (response) => response.url().endsWith("/api/session") && response.request().method() === "GET"
    )
    answer()
    await answered
    await make(page, "Birch Bikes")
    await page.getByRole("button", { name: "Account of Grace Hopper" }).waitFor()
    expect(await page.getByRole("button", { name: "Account of Ada Lovelace" }).count()).toBe(0)
  })

  test("opens where the storage of who is signed in never answers, and where a session's storage is refused", async (app) => {
    const { context, origin } = app
    await context.addInitScript(`{
      const open = IDBFactory.prototype.open
      IDBFactory.prototype.open = function (name, ...rest) {
        return name === "toggl-clients-app" ? { addEventListener() {} } : open.call(this, name, ...rest)
      }
      Object.defineProperty(window, "sessionStorage", { get: () => { throw new DOMException("no", "SecurityError") } })
    }`)
    const page = await context.newPage()
    await page.goto(`${origin}/`)
    await page.getByText("Opening…").waitFor()
    await signIn(page)
    expect(await line(page).isVisible()).toBe(true)
  })

  test("says that it is offline after a reload while the demo is", async ({ page }) => {
    await signIn(page)
    await demo(page, { set: { offline: true } })
    await page.waitForFunction("!navigator.onLine")
    await make(page, "Acorn & Oak")
    await page.reload()
    await line(page).filter({ hasText: "Offline: 1 change waits" }).waitFor()
    expect(await line(page).textContent()).not.toContain("cannot be reached")
  })

  test("waits with signing out until it knows what waits, and asks afresh at each opening", async ({ page }) => {
    await signIn(page)
    await demo(page, { set: { offline: true } })
    await page.waitForFunction("!navigator.onLine")
    await make(page, "Acorn & Oak")
    const dialog = page.getByRole("dialog")
    const open = async () => {
      await page.getByRole("button", { name: /^Account of/ }).click()
      await page.getByRole("menuitem", { name: /^Sign out/ }).click()
      await dialog.getByText("1 change is not in Toggl yet.").waitFor()
    }
    await open()
    await dialog.getByRole("checkbox").check()
    await dialog.getByText("What is not sent cannot be brought back.").waitFor()
    await dialog.getByRole("button", { name: "Stay" }).click()
    await dialog.waitFor({ state: "detached" })
    await open()
    expect(await dialog.getByRole("checkbox").isChecked()).toBe(false)
    await dialog.getByRole("button", { name: "Sign out" }).click()
    await page.getByText("Ada Lovelace: 1 change not sent yet").waitFor()
  })

  test("says why a colleague cannot take a name, and keeps what was typed", async ({ page }) => {
    await signIn(page)
    await page.getByRole("button", { name: "For the curious" }).click()
    const name = page.getByLabel("A colleague takes the name")
    await name.fill("Acme Studio")
    await page.getByRole("button", { name: "Take it" }).click()
    await page
      .locator("aside")
      .getByText(/already/i)
      .waitFor()
    expect(await name.inputValue()).toBe("Acme Studio")
  })
})
