import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { FakeToggl } from "../../src/testing/index.js"
import * as Browser from "../browser/Browser.js"
import * as Wait from "../browser/Wait.js"
import * as Built from "../pwa/Built.js"
import * as States from "../pwa/States.js"
import { desktop } from "./InChromium.ts"

// The app of examples/pwa as it is built, over Electron's main process, played as in the contract.

const { defaultUser: user, defaultWorkspace: workspace } = FakeToggl

layer(Layer.merge(Built.layer(), Browser.layer), { excludeTestServices: true })("the app on the desktop", (it) => {
  it.scoped("signs in, works offline, sends before it goes, and has no service worker", () =>
    Effect.gen(function* () {
      const { dist } = yield* Built.Built
      const app = yield* desktop(dist)
      const { output, page } = yield* app.show(0)
      const names = Effect.map(app.toggl.clients(workspace.id), (all) => all.map(({ name }) => name))
      yield* Effect.promise(async () => {
        await page.getByLabel("API token").fill("nobody's token")
        await page.getByRole("button", { name: "Sign in" }).click()
        await page.getByText(/token/i).and(page.locator("[id$=-error]")).waitFor()
        await page.getByLabel("API token").fill(user.apiToken)
        await page.getByRole("button", { name: "Sign in" }).click()
        await page.getByText("No clients yet").waitFor()
        await States.make(page, "Acme")
      })
      yield* Wait.until(
        "Toggl to have it",
        Effect.map(names, (all) => all.includes("Acme"))
      )
      const workers = yield* Effect.promise(() =>
        page.evaluate<number>("navigator.serviceWorker.getRegistrations().then((all) => all.length)")
      )
      app.network.before = "ERR_INTERNET_DISCONNECTED"
      yield* Effect.promise(async () => {
        await States.make(page, "Globex")
        await States.line(page).filter({ hasText: "1 change waits" }).waitFor()
      })
      app.network.before = undefined
      app.quit()
      yield* Wait.until(
        "it to be sent before the app goes",
        Effect.map(names, (all) => all.includes("Globex"))
      )
      assert.strictEqual(workers, 0)
      assert.deepStrictEqual(yield* names, ["Acme", "Globex"])
      assert.isEmpty(output.filter((line) => line.startsWith("uncaught") || line.includes("Content Security Policy")))
    })
  )
})
