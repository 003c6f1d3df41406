import { expect, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Page } from "playwright-core"
import * as Site from "./Site.js"
import { line, make } from "./States.js"

// Built with VITE_TOGGL_URL, the app has no server of its own: the page asks that Toggl itself, with a token that it alone has.

layer(Site.layer({ files: { ".env": "VITE_TOGGL_URL=/api/v9\n" } }), { excludeTestServices: true })(
  "the app without a server",
  (it) => {
    it.scoped("has the token until the page is closed, keeps what waits, and sends it after the next sign-in", () =>
      Effect.gen(function* () {
        const { page, thrown, toggl } = yield* Site.app()
        yield* Effect.promise(async () => {
          const form = page.getByLabel("API token")
          await page.getByText("Only this page has the token").waitFor()
          await form.fill("nobody's token")
          await page.getByRole("button", { name: "Sign in", exact: true }).click()
          await page.locator("[id$=-error]").waitFor()
          await form.fill(Site.tokens.ada)
          await page.getByRole("button", { name: "Sign in", exact: true }).click()
          await page.getByRole("grid", { name: "Clients" }).waitFor()
          await make(page, "Aardvark")
          await line(page).filter({ hasText: "Everything is saved in Toggl" }).waitFor()
          expect(await toggl.client("Aardvark")).toBeDefined()

          // the page forgets the token, and nothing else
          await page.reload()
          await page.getByRole("grid", { name: "Clients" }).waitFor()
          await make(page, "Aardwolf")
          await line(page).filter({ hasText: "Sign in again: 1 change waits" }).waitFor()
          await line(page).getByRole("button", { name: "Sign in" }).click()
          await page.getByRole("dialog").getByLabel("API token").fill(Site.tokens.ada)
          await page.getByRole("dialog").getByRole("button", { name: "Sign in", exact: true }).click()
          await Site.until("Toggl to have the other", async () => (await toggl.client("Aardwolf")) !== undefined)
        })
        expect(yield* Effect.promise(() => Site.sent(toggl))).toEqual(["POST Aardvark", "POST Aardwolf"])
        expect(yield* Effect.promise(() => Site.atRest(page))).not.toContain(Site.tokens.ada)
        expect(thrown).toEqual([])
      })
    )

    it.scoped("forgets the token in every tab once its user has signed out in one", () =>
      Effect.gen(function* () {
        const { context, origin, page, toggl } = yield* Site.app()
        yield* Effect.promise(async () => {
          const grid = (page: Page) => page.getByRole("grid", { name: "Clients" })
          const signIn = async (page: Page) => {
            await page.getByLabel("API token").fill(Site.tokens.ada)
            await page.getByRole("button", { name: "Sign in", exact: true }).click()
          }
          await signIn(page)
          await grid(page).waitFor()
          const other = await context.newPage()
          await other.goto(`${origin}/`)
          await grid(other).waitFor()
          await other.getByRole("button", { name: /^Account of/ }).click()
          await other.getByRole("menuitem", { name: /^Sign in again/ }).click()
          await signIn(other)
          await other.getByRole("dialog").waitFor({ state: "detached" })

          await page.getByRole("button", { name: /^Account of/ }).click()
          await page.getByRole("menuitem", { name: /^Sign out/ }).click()
          await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click()
          await other.getByLabel("API token").waitFor()
          await page.getByRole("button", { name: "Open" }).click()
          await grid(other).waitFor()
          await make(other, "Aardvark")
          await line(other).filter({ hasText: "Sign in again: 1 change waits" }).waitFor()
          expect(await toggl.client("Aardvark")).toBeUndefined()
        })
      })
    )
  }
)
