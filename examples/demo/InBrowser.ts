/**
 * The demo in a real Chromium: real IndexedDB in a profile on disk, and SIGKILL for the whole browser.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { FakeToggl } from "../../src/testing/index.js"
import * as Browser from "../../test/browser/Browser.js"
import * as Chromium from "../../test/browser/Chromium.js"
import * as PageServer from "../../test/browser/PageServer.js"
import * as ProcessTree from "../../test/browser/ProcessTree.js"
import * as Tab from "../../test/browser/Tab.js"
import type { App } from "./App.js"
import * as Stage from "./Stage.js"

const noBrowser = (error: { readonly message: string }) => new Stage.NoBrowser({ reason: error.message })
const failed = (error: { readonly message: string }) => new Stage.StageFailed({ reason: error.message })

// Playwright carries what the page's functions take and give.
const remote = (tab: Tab.Tab<{ [K in keyof App]: App[K] }>): App => {
  const { call } = tab
  return {
    start: (merge) => Effect.runPromise(call("start", merge)),
    create: (name) => Effect.runPromise(call("create", name)),
    update: (id, change) => Effect.runPromise(call("update", id, change)),
    archive: (id) => Effect.runPromise(call("archive", id)),
    clients: (freshness) => Effect.runPromise(call("clients", freshness)),
    client: (id) => Effect.runPromise(call("client", id)),
    entries: () => Effect.runPromise(call("entries")),
    retry: (id, name) => Effect.runPromise(call("retry", id, name)),
    endings: (entryIds) => Effect.runPromise(call("endings", entryIds)),
    quota: () => Effect.runPromise(call("quota")),
    statusAfter: (count) => Effect.runPromise(call("statusAfter", count)),
    rests: () => Effect.runPromise(call("rests"))
  }
}

/**
 * Serves the app's page and the fake Toggl on one origin, and makes a profile for the browser. `baseUrl` replaces the
 * one of the page's own origin. `isPlain`: the app is the one without Effect.
 *
 * Fails with `NoBrowser` where none is found; starting may fail with it too.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function* (
  fake: FakeToggl.FakeTogglService,
  baseUrl: string | undefined,
  isPlain: boolean
): Effect.fn.Return<Stage.Stage, Stage.NoBrowser | Stage.StageFailed, Scope.Scope> {
  const chromium = yield* Effect.mapError(Chromium.findChromium(), noBrowser)
  const { url } = yield* PageServer.serve({
    pages: { "/": new URL("./page.ts", import.meta.url) },
    serviceWorker: new URL("./worker.ts", import.meta.url),
    mounts: { "/api/v9": fake.handler }
  }).pipe(Effect.mapError(failed))
  const profileDir = yield* Effect.mapError(Browser.profileDir, failed)
  return {
    what: `${chromium.version}, headless, with real IndexedDB in a profile on disk${isPlain ? Stage.plainly : ""}`,
    baseUrl: url("/api/v9"),
    killing: "Killed with SIGKILL, then started again without a connection",
    start: ({ offline }) =>
      Effect.gen(function* () {
        const { context, kill, pid } = yield* Effect.mapError(
          Browser.launchPersistent(profileDir, { endsOnSignals: false }),
          noBrowser
        )
        const setOffline = (offline: boolean) => Effect.mapError(Browser.setOffline(context, offline), failed)
        yield* setOffline(offline)
        const query = new URLSearchParams({
          ...(baseUrl === undefined ? {} : { baseUrl }),
          ...(isPlain ? { plain: "" } : {})
        })
        const tab = yield* Effect.mapError(
          Tab.open<{ [K in keyof App]: App[K] }>(context, url(`/?${query.toString()}`)),
          failed
        )
        return {
          how: `browser process ${pid} on the same profile, its page from the service worker's cache`,
          app: remote(tab),
          setOffline,
          kill: Effect.gen(function* () {
            const before = yield* ProcessTree.members(pid)
            yield* kill
            return `browser process ${pid} and the ${before.length - 1} that it had started`
          }).pipe(Effect.mapError(failed))
        }
      })
  }
})
