/**
 * Electron, played by Node and Chromium. Chromium can register no scheme outside of Electron, so `https://clients.app.test` stands in
 * for `app://clients`: its requests go to the scheme's handler with the address, and without the headers, that Electron gives them.
 */
import * as Effect from "effect/Effect"
import { cpSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import type { Frame, Page, Route } from "playwright-core"
import { start } from "../../examples/electron/desktop.ts"
import type { NetSession, Sender, WindowOptions } from "../../examples/electron/electron.ts"
import { FakeToggl } from "../../src/testing/index.js"
import * as Browser from "../browser/Browser.js"
import * as PageBundle from "../browser/PageBundle.js"
import * as PageServer from "../browser/PageServer.js"
import * as Tab from "../browser/Tab.js"
import type { Api } from "./pages/app.ts"
import { play, type Play, PlayedContents, PlayedWindow, temporary } from "./Played.ts"

const standIn = "https://clients.app.test"

const toScheme = (url: string) => url.replace(standIn, "app://clients")
const fromScheme = (url: string) => url.replace("app://clients", standIn)

/** What becomes of a request of main: nothing special, an error before it is sent, or one after Toggl has done it. */
export interface Network {
  before: string | undefined
  after: string | undefined
  /** The methods of those that met one. */
  readonly met: Array<string>
}

/** `net`, played by Node's fetch, with Chromium's words for what goes wrong. */
const netOf = (network: Network) => (): NetSession => ({
  fetch: async (url, init) => {
    const fail = (code: string) => {
      network.met.push(init?.method ?? "GET")
      return new Error(`net::${code}`)
    }
    if (network.before !== undefined) throw fail(network.before)
    const answer = await fetch(url, init)
    const { after } = network
    network.after = undefined
    if (after !== undefined) throw fail(after)
    return answer
  },
  closeAllConnections: () => Promise.resolve()
})

// Electron's requests of such a scheme do not pass the network service: `Sec-Fetch-*` is not there. `Origin` is where a page's own
// `fetch` would have it, as the worst case.
const answer = async (played: Play, route: Route): Promise<void> => {
  const asked = route.request()
  const headers = new Headers()
  for (const [name, value] of Object.entries(await asked.allHeaders())) {
    if (!name.startsWith(":") && !name.startsWith("sec-"))
      headers.set(name, name === "origin" ? toScheme(value) : value)
  }
  const body = asked.postData()
  const init = { method: asked.method(), headers }
  const request = new Request(toScheme(asked.url()), body === null ? init : { ...init, body })
  const given = await played.request(request)
  await route.fulfill({
    status: given.status,
    headers: Object.fromEntries(given.headers),
    body: Buffer.from(await given.arrayBuffer())
  })
}

const senderOf = (frame: Frame, id: number): Sender => ({
  senderFrame: { url: toScheme(frame.url()), parent: frame.parentFrame() },
  sender: { id }
})

class ChromiumContents extends PlayedContents {
  page: Page | undefined
  override send(channel: string, ...args: ReadonlyArray<unknown>) {
    super.send(channel, ...args)
    const told = `window.heardOfMain(${JSON.stringify(channel)}, ${JSON.stringify(args)})`
    this.page?.evaluate(told).catch(() => undefined)
  }
}

class ChromiumWindow extends PlayedWindow {
  readonly contents: ChromiumContents
  constructor(options: WindowOptions, contents = new ChromiumContents()) {
    super(options, contents)
    this.contents = contents
  }
}

const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>app</title><script type="module" src="/assets/main.js"></script></html>`

/** The desktop app, started, with a Toggl that it reaches over loopback. `app` is a built app's folder: a small one of ours if missing. */
export const desktop = Effect.fnUntraced(function* (app?: string) {
  const toggl = yield* FakeToggl.make()
  const server = yield* PageServer.serve({ pages: {}, mounts: { "/api/v9": toggl.handler } })
  const bridge = yield* PageBundle.bundle(new URL("../../examples/electron/preload.ts", import.meta.url), "iife", {
    alias: { electron: fileURLToPath(new URL("./pages/electron.ts", import.meta.url)) }
  })
  const { folder, write } = yield* Effect.acquireRelease(Effect.sync(temporary), ({ remove }) => Effect.sync(remove))
  if (app === undefined) {
    const script = yield* PageBundle.bundle(new URL("./pages/app.ts", import.meta.url), "esm")
    write("dist/app/assets/main.js", script)
    write("dist/app/index.html", html)
  } else {
    cpSync(app, join(folder, "dist/app"), { recursive: true })
  }
  const network: Network = { before: undefined, after: undefined, met: [] }
  const context = yield* Effect.flatMap(Browser.Browser, ({ isolated }) => isolated)
  const opened: Array<ChromiumWindow> = []
  const played = play({
    folder,
    net: netOf(network),
    openWindow: (options) => {
      const window = new ChromiumWindow(options)
      opened.push(window)
      return window
    }
  })
  yield* Effect.promise(async () => {
    await context.route(`${standIn}/**`, (route) => answer(played, route))
    await context.addInitScript({ content: bridge })
    await context.exposeBinding(
      "toMain",
      async ({ frame, page }, how: string, channel: string, args: Array<unknown>) => {
        const window = opened.find(({ contents }) => contents.page === page)
        const sender = senderOf(frame, window?.webContents.id ?? 0)
        return how === "invoke" ? played.invoke(sender, channel, ...args) : played.send(sender, channel, ...args)
      }
    )
    await start(played.electron, { baseUrl: server.url("/api/v9") })
  })

  /** Shows a window that main has opened, in a tab. */
  const show = Effect.fnUntraced(function* (index: number) {
    const window = opened[index]
    if (window === undefined) return yield* Effect.dieMessage(`main has opened no window ${index}`)
    const tab = yield* Tab.open<Api>(context, fromScheme(window.loaded[0] ?? ""))
    window.contents.page = tab.page
    window.on("closed", () => void tab.page.close())
    return { ...tab, window }
  })

  return { ...played, context, folder, network, show, toggl }
})
