import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { FakeToggl } from "../../src/testing/index.js"
import * as Browser from "../browser/Browser.js"
import * as Wait from "../browser/Wait.js"
import { desktop } from "./InChromium.ts"

// The app in Chromium, main in Node, and the real proxy between them and a Toggl on loopback. Only Electron is played.

const { defaultUser: user, defaultWorkspace: workspace } = FakeToggl

const signedIn = Effect.gen(function* () {
  const app = yield* desktop()
  const tab = yield* app.show(0)
  assert.deepInclude(yield* tab.call("signIn", user.apiToken), { status: 200 })
  const made = (name: string) =>
    Effect.map(app.toggl.requests, (all) =>
      all.filter(({ body, method }) => method === "POST" && JSON.stringify(body).includes(name))
    )
  const lists = Effect.map(
    app.toggl.requests,
    (all) => all.filter(({ method, path }) => method === "GET" && path.endsWith("/clients")).length
  )
  const names = Effect.map(app.toggl.clients(workspace.id), (all) => all.map(({ name }) => name))
  const isSent = Wait.until(
    "all to be sent",
    Effect.map(tab.call("waiting"), (waiting) => waiting === 0),
    "30 seconds"
  )
  return { ...app, tab, made, lists, names, isSent }
})

layer(Browser.layer, { excludeTestServices: true })("the desktop app", (it) => {
  it.scoped("signs in through main, works, and shows the token to no page", () =>
    Effect.gen(function* () {
      const { folder, names, tab } = yield* signedIn
      assert.strictEqual(yield* tab.call("add", workspace.id, "Acme"), "Confirmed")
      assert.deepStrictEqual(yield* tab.call("names", workspace.id), ["Acme"])
      assert.deepStrictEqual(yield* names, ["Acme"])
      assert.deepStrictEqual(yield* tab.call("session"), {
        status: 200,
        body: { user: { id: user.id, name: user.fullName, email: user.email }, workspaceId: workspace.id, isKept: true }
      })
      assert.notInclude(yield* tab.call("kept"), user.apiToken)
      assert.notInclude(readFileSync(join(folder, "appData/toggl-clients/session.json"), "utf8"), user.apiToken)
      assert.deepStrictEqual(yield* tab.call("bridge"), ["signIn", "signOut", "onQuit"])
      assert.deepStrictEqual(yield* tab.call("signOut"), { status: 204, body: null })
      assert.deepInclude(yield* tab.call("session"), { status: 401 })
      assert.isEmpty(tab.output.filter((line) => line.startsWith("uncaught")))
    })
  )

  for (const code of ["INTERNET_DISCONNECTED", "NAME_NOT_RESOLVED", "CONNECTION_REFUSED", "ADDRESS_UNREACHABLE"]) {
    it.scoped(`ERR_${code}: a change waits, and is sent again without being looked up`, () =>
      Effect.gen(function* () {
        const { isSent, lists, made, names, network, tab } = yield* signedIn
        // who is signed in is asked first
        assert.strictEqual(yield* tab.call("add", workspace.id, "First"), "Confirmed")
        network.before = `ERR_${code}`
        assert.notStrictEqual(yield* tab.call("add", workspace.id, "Acme"), "Confirmed")
        assert.include(network.met, "POST")
        network.before = undefined
        const before = yield* lists
        yield* tab.call("replay")
        yield* isSent
        assert.deepStrictEqual(
          [(yield* made("Acme")).length, yield* lists, yield* names],
          [1, before, ["First", "Acme"]]
        )
      })
    )
  }

  it.scoped("ERR_CONNECTION_RESET after Toggl has done it: the change is looked up, and made once", () =>
    Effect.gen(function* () {
      const { isSent, lists, made, names, network, tab } = yield* signedIn
      assert.strictEqual(yield* tab.call("add", workspace.id, "First"), "Confirmed")
      network.after = "ERR_CONNECTION_RESET"
      assert.notStrictEqual(yield* tab.call("add", workspace.id, "Acme"), "Confirmed")
      assert.deepStrictEqual(network.met, ["POST"])
      const before = yield* lists
      yield* tab.call("replay")
      yield* isSent
      assert.deepStrictEqual([(yield* made("Acme")).length, yield* names], [1, ["First", "Acme"]])
      assert.isAbove(yield* lists, before)
    })
  )

  it.scoped("on quitting, what waits is sent first, from two windows with one outbox", () =>
    Effect.gen(function* () {
      const { ended, names, network, quit, show, tab, windows } = yield* signedIn
      tab.window.webContents.opens({ url: "app://clients/" })
      const other = yield* show(1)
      network.before = "ERR_INTERNET_DISCONNECTED"
      assert.notStrictEqual(yield* tab.call("add", workspace.id, "Acme"), "Confirmed")
      assert.isEmpty(yield* names)
      assert.strictEqual(yield* other.call("waiting"), 1)
      network.before = undefined
      quit()
      yield* Wait.until(
        "the app to go",
        Effect.sync(() => ended() !== undefined)
      )
      assert.deepStrictEqual([ended(), yield* names], ["quit", ["Acme"]])
      assert.lengthOf(windows, 2)
    })
  )

  it.scoped("runs only its own scripts, asks only its own origin, and finds no file but the app's", () =>
    Effect.gen(function* () {
      const { context, tab } = yield* signedIn
      assert.isEmpty(tab.output.filter((line) => line.includes("Content Security Policy")))
      assert.strictEqual(yield* tab.call("runInline"), "app")
      yield* Effect.promise(() => context.route("https://evil.test/**", (route) => route.fulfill({ body: "evil" })))
      assert.strictEqual(yield* tab.call("ask", "https://evil.test/"), "failed")
      assert.strictEqual(yield* tab.call("ask", "/api/session", { method: "POST", body: "{}" }), 405)
      assert.strictEqual(yield* tab.call("ask", "/..%2f..%2fappData%2ftoggl-clients%2fsession.json"), 404)
      assert.strictEqual(yield* tab.call("ask", "/assets/main.js"), 200)
    })
  )

  it.scoped("IPC refuses a page of another site", () =>
    Effect.gen(function* () {
      const { context, tab } = yield* signedIn
      yield* Effect.promise(() =>
        context.route("https://evil.test/**", (route) => route.fulfill({ contentType: "text/html", body: "evil" }))
      )
      const refused = yield* Effect.promise(async () => {
        const page = await context.newPage()
        await page.goto("https://evil.test/")
        return page.evaluate(`window.desktop.signOut().catch(String)`)
      })
      assert.match(String(refused), /main refuses this message/)
      assert.deepInclude(yield* tab.call("session"), { status: 200 })
    })
  )
})
