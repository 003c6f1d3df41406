import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core"
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

/** This device does not know of anybody, whatever the server does. */
const forgetWho = (page: Page): Promise<unknown> =>
  page.evaluate(`new Promise((resolve) => {
    const opening = indexedDB.open("toggl-clients-app")
    opening.onsuccess = () => {
      const writing = opening.result.transaction("who", "readwrite")
      writing.objectStore("who").clear()
      writing.oncomplete = () => { opening.result.close(); resolve() }
    }
  })`)

const refuseLeaving = (context: BrowserContext) =>
  context.route("**/api/session", (route) =>
    route.request().method() === "DELETE" ? route.fulfill({ status: 500, body: "" }) : route.continue()
  )

const open = (page: Page, name: string) =>
  page.getByRole("region", { name: "On this device" }).getByText(name).locator("..").getByRole("button").click()

layer(Site.layer(), { timeout: "5 minutes" })("the account", (it) => {
  const testIn = (options: BrowserContextOptions) => (name: string, run: (app: Site.App) => Promise<void>) =>
    it.scoped(name, () => Effect.flatMap(Site.app(options), (app) => Effect.promise(() => run(app))))

  const test = testIn({})

  /** Answered by the test: what a page asks for once a service worker has claimed it is not seen by `route`. */
  const testAnswering = testIn({ serviceWorkers: "block" })

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

  testAnswering("tells the server again where it failed, also after a reload", async ({ context, page }) => {
    await signIn(page)
    await refuseLeaving(context)
    await signOut(page)
    await notTold(page).waitFor()
    await page.reload()
    await notTold(page).waitFor()
    expect(await hasSession(page)).toBe(true)
    await context.unroute("**/api/session")
    await notTold(page).waitFor({ state: "detached" })
    expect(await hasSession(page)).toBe(false)
  })

  testAnswering("switches nobody by a late answer to who is signed in", async ({ context, origin, page }) => {
    await signIn(page)
    await forgetWho(page)
    await page.close()
    const late = await context.newPage()
    let answer = () => {}
    const isAsked = new Promise<void>((resolve) => {
      void late.route("**/api/session", async (route) => {
        const response = await route.fetch()
        const released = new Promise<void>((go) => (answer = go))
        resolve()
        await released
        return route.fulfill({ response })
      })
    })
    // it is not told of Grace before the answer comes
    await late.addInitScript("BroadcastChannel.prototype.postMessage = function () {}")
    await late.addInitScript(`Object.defineProperty(BroadcastChannel.prototype, "onmessage", { set() {} })`)
    await late.goto(`${origin}/`)
    // the session is Ada's still, and this device does not know of it
    await isAsked
    const other = await context.newPage()
    await other.route("**/api/session", (route) =>
      route.request().method() === "GET" ? route.fulfill({ status: 401, body: "" }) : route.continue()
    )
    await other.goto(`${origin}/`)
    await signIn(other, "Grace")
    expect(await late.getByRole("button", { name: "Ada" }).isVisible()).toBe(true)
    answer()
    await late.getByRole("button", { name: /^Account of/ }).waitFor()
    expect(await late.getByRole("button", { name: "Account of Grace Hopper" }).isVisible()).toBe(true)
    await other.reload()
    await other.getByRole("button", { name: "Account of Grace Hopper" }).waitFor()
  })

  testAnswering(
    "signs nobody in by looking at what is here after a sign-out that the server has not heard of",
    async ({ context, page, toggl }) => {
      await signIn(page)
      await demo(page, { set: { offline: true } })
      await page.waitForFunction("!navigator.onLine")
      await make(page, "Acorn & Oak")
      await refuseLeaving(context)
      await signOut(page)
      await notTold(page).waitFor()
      await demo(page, { set: { offline: false } })
      await page.waitForFunction("navigator.onLine")
      const before = (await toggl.requests()).length
      await open(page, "Ada Lovelace")
      await page.getByRole("row").filter({ hasText: "Acorn & Oak" }).waitFor()
      // a whole round in which it could have asked
      await page.waitForRequest((request) => request.url().endsWith("/api/session") && request.method() === "DELETE")
      await page.waitForResponse((response) => response.url().endsWith("/api/session") && response.status() === 500)
      expect(await hasSession(page)).toBe(true)
      expect((await toggl.requests()).slice(before)).toEqual([])
      await context.unroute("**/api/session")
      await Site.until("the session to end", async () => !(await hasSession(page)))
      expect(await toggl.client("Acorn & Oak")).toBeUndefined()
      // who signs in again is not ended again, and sends
      await page.getByRole("button", { name: /^Account of/ }).click()
      await page.getByRole("menuitem", { name: /^Sign in again/ }).click()
      await page.getByRole("dialog").getByRole("button", { name: "Ada" }).click()
      await line(page).filter({ hasText: "Everything is saved in Toggl" }).waitFor()
      expect(await toggl.client("Acorn & Oak")).toBeDefined()
      expect(await hasSession(page)).toBe(true)
    }
  )

  testAnswering(
    "ends no session that began while the end of an earlier one was to be told",
    async ({ context, page }) => {
      await signIn(page)
      let isHeld = false
      let ends = 0
      let release = () => {}
      const released = new Promise<void>((go) => (release = go))
      const isSent = new Promise<void>((resolve) => {
        void context.route("**/api/session", async (route) => {
          const method = route.request().method()
          if (method === "DELETE" && !isHeld) return route.fulfill({ status: 500, body: "" })
          if (method === "DELETE") ends++
          if (method !== "POST") return route.continue()
          isHeld = true
          const response = await route.fetch()
          resolve()
          await released
          return route.fulfill({ response })
        })
      })
      await signOut(page)
      await notTold(page).waitFor()
      await page.getByRole("button", { name: "Grace" }).click()
      await isSent
      // longer than until the next attempt
      await page.evaluate("new Promise((resolve) => setTimeout(resolve, 6_000))")
      expect(ends).toBe(0)
      release()
      await page.getByRole("button", { name: "Account of Grace Hopper" }).waitFor()
      await make(page, "Birch Bikes")
      await line(page).filter({ hasText: "Everything is saved in Toggl" }).waitFor()
      expect(await hasSession(page)).toBe(true)
      expect(ends).toBe(0)
    }
  )

  for (const [how, broken] of [
    ["is refused", `throw new DOMException("no", "UnknownError")`],
    ["never answers", "return { addEventListener() {} }"]
  ] as const)
    test(`signs out where the storage ${how}`, async ({ context, origin }) => {
      await context.addInitScript(`{
        const open = IDBFactory.prototype.open
        IDBFactory.prototype.open = function (name, ...rest) {
          if (name !== "toggl-clients-app") { ${broken} }
          return open.call(this, name, ...rest)
        }
      }`)
      const page = await context.newPage()
      await page.goto(`${origin}/`)
      await page.getByRole("button", { name: "Ada" }).click()
      await page.getByRole("button", { name: /^Account of/ }).waitFor()
      expect(await hasSession(page)).toBe(true)
      await signOut(page)
      await page.getByLabel("API token").waitFor()
      expect(await hasSession(page)).toBe(false)
    })

  testAnswering("shows who is signed in where the storage tells it late", async ({ page }) => {
    await signIn(page)
    await page.route("**/api/session", (route) => route.fulfill({ status: 401, body: "" }))
    await page.addInitScript(`{
      const open = IDBFactory.prototype.open
      const later = []
      window.answerNow = () => later.forEach((go) => go())
      IDBFactory.prototype.open = function (name, ...rest) {
        const request = open.call(this, name, ...rest)
        if (name === "toggl-clients-app") Object.defineProperty(request, "onsuccess", {
          set(heard) { request.addEventListener("success", () => later.push(() => heard())) }
        })
        return request
      }
    }`)
    await page.reload()
    await page.getByLabel("API token").waitFor()
    await page.evaluate("answerNow()")
    await page.getByRole("button", { name: "Account of Ada Lovelace" }).waitFor()
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
