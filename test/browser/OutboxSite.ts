/**
 * One origin for the outbox's browser tests: the app's page, with and without Web Locks, its service worker, a fake
 * Toggl for each test, and gates at which a page can be made to stand still.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { BrowserContext } from "playwright-core"
import { FakeToggl, type RequestLog } from "../../src/testing/index.js"
import type * as PageBundle from "./PageBundle.js"
import * as PageServer from "./PageServer.js"
import * as Remote from "./Remote.js"
import type { Api } from "./pages/outbox.js"
import type { Settings } from "./pages/outboxApp.js"
import type { Moment } from "./pages/outboxRecorder.js"
import * as Tab from "./Tab.js"
import * as Wait from "./Wait.js"
import * as Browser from "./Browser.js"

/**
 * A fake Toggl, mounted at a path of its own: so each test has databases and locks of its own too.
 *
 * @since 0.1.0
 * @category models
 */
export interface Toggl extends FakeToggl.FakeTogglService {
  readonly path: string
}

/**
 * An address that answers when it is told to.
 *
 * @since 0.1.0
 * @category models
 */
export interface Gate {
  readonly path: string
  /** Waits until a page stands at the gate. */
  readonly reached: Effect.Effect<void, Wait.WaitedTooLong>
  readonly open: Effect.Effect<void>
}

/**
 * A tab with the app in it.
 *
 * @since 0.1.0
 * @category models
 */
export interface App extends Tab.Tab<Api> {
  readonly name: string
  /** Calls a function of the page and does not wait for it: the tab may never answer. */
  readonly begin: <K extends keyof Api>(
    name: K,
    ...args: Parameters<Api[K]>
  ) => Effect.Effect<Fiber.Fiber<Awaited<ReturnType<Api[K]>>, Tab.PageFailed>, never, Scope.Scope>
  /** What this tab (or its service worker, by its own name) has sent so far. */
  readonly sent: Effect.Effect<ReadonlyArray<RequestLog.RecordedRequest>>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class Site extends Context.Tag("test/OutboxSite")<
  Site,
  {
    readonly url: (path: string) => string
    readonly toggl: (input?: FakeToggl.FakeTogglInput) => Effect.Effect<Toggl>
    readonly gate: Effect.Effect<Gate>
    /** A page of the site that is opened without a driver: at `remoteUrl(name)`. */
    readonly remote: (name: string) => Remote.Tab<Api>
    readonly remoteUrl: (name: string) => string
  }
>() {}

const withoutLocks = (script: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title>
  <script>delete Navigator.prototype.locks</script><script type="module" src="${script}"></script></html>`

const make = Effect.fnUntraced(function* (): Effect.fn.Return<
  Context.Tag.Service<Site>,
  PageBundle.BundleFailed | PageServer.ListenFailed,
  Scope.Scope
> {
  const fakes = new Map<string, FakeToggl.FakeTogglService>()
  const gates = new Map<
    string,
    { readonly reached: Deferred.Deferred<void>; readonly opened: Deferred.Deferred<void> }
  >()
  const remote = yield* Remote.make
  const entry = new URL("./pages/outbox.ts", import.meta.url)
  const { url } = yield* PageServer.serve({
    pages: { "/": entry, "/without-locks": { entry, html: withoutLocks } },
    serviceWorker: new URL("./pages/outboxWorker.ts", import.meta.url),
    mounts: {
      "/remote": remote.handler,
      "/toggl": (request) => {
        const [path = ""] = /^\/toggl\/\d+/.exec(new URL(request.url).pathname) ?? []
        return fakes.get(path)?.handler(request) ?? Promise.resolve(new Response(null, { status: 404 }))
      },
      "/gate": (request) => {
        const gate = gates.get(new URL(request.url).pathname)
        if (gate === undefined) return Promise.resolve(new Response(null, { status: 404 }))
        const pass = Effect.zipRight(Deferred.succeed(gate.reached, undefined), Deferred.await(gate.opened))
        return Effect.runPromise(Effect.as(pass, new Response()), { signal: request.signal })
      }
    }
  })
  return {
    url,
    remote: remote.tab,
    remoteUrl: (name) => url(`/?tab=${name}`),
    toggl: (input) =>
      Effect.gen(function* () {
        const path = `/toggl/${fakes.size + 1}`
        const fake = yield* FakeToggl.make({ ...input, basePath: path })
        fakes.set(path, fake)
        return { ...fake, path }
      }),
    gate: Effect.gen(function* () {
      const path = `/gate/${gates.size + 1}`
      const gate = { reached: yield* Deferred.make<void>(), opened: yield* Deferred.make<void>() }
      gates.set(path, gate)
      return {
        path,
        reached: Wait.within(`a page to reach ${path}`)(Deferred.await(gate.reached)),
        open: Effect.asVoid(Deferred.succeed(gate.opened, undefined))
      }
    })
  }
})

/**
 * The site alone.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Site, PageBundle.BundleFailed | PageServer.ListenFailed> = Layer.scoped(Site, make())

/**
 * The site, and the browser that the tests of a file share.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerShared = Layer.merge(Browser.layer, layer)

/**
 * A context of its own in the file's browser, and a fake Toggl: nothing is left of the test before.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fresh = Effect.gen(function* () {
  const context = yield* Effect.flatMap(Browser.Browser, ({ isolated }) => isolated)
  const toggl = yield* Effect.flatMap(Site, (site) => site.toggl())
  return { context, toggl }
})

/**
 * How a test opens a tab.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options extends Partial<Omit<Settings, "baseUrl" | "tab" | "workspaceId">> {
  readonly locks?: boolean
}

const settings: Omit<Settings, "baseUrl" | "tab" | "workspaceId"> = {
  account: "ada",
  credentials: FakeToggl.defaultUser.apiToken,
  requestLimit: 4000,
  margin: 1000,
  patience: 10_000,
  backoffBase: 100,
  backoffCap: 1000
}

/**
 * The workspace that the tests' tabs work in.
 *
 * @since 0.1.0
 * @category defaults
 */
export const workspaceId = FakeToggl.defaultWorkspace.id

/**
 * What the tab of that name is to be started with.
 *
 * @since 0.1.0
 * @category constructors
 */
export const settingsOf = (toggl: Toggl, tab: string, { locks: _, ...options }: Options = {}): Settings => ({
  ...settings,
  ...options,
  workspaceId,
  baseUrl: toggl.path,
  tab
})

/**
 * Opens a tab and loads the page; the app has not started.
 *
 * @since 0.1.0
 * @category constructors
 */
export const load = Effect.fnUntraced(function* (
  context: BrowserContext,
  toggl: Toggl,
  name: string,
  options: Options = {}
): Effect.fn.Return<App, Tab.PageFailed, Scope.Scope | Site> {
  const { url } = yield* Site
  const tab = yield* Tab.open<Api>(context, url(options.locks === false ? "/without-locks" : "/"))
  const sent = Effect.map(toggl.requests, (requests) => requests.filter(({ headers }) => headers["x-tab"] === name))
  const begin: App["begin"] = (name, ...args) => Effect.forkScoped(tab.callWithin("60 seconds")(name, ...args))
  return { ...tab, name, sent, begin }
})

/**
 * Opens a tab and starts the app in it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const open = Effect.fnUntraced(function* (
  context: BrowserContext,
  toggl: Toggl,
  name: string,
  options: Options = {}
) {
  const app = yield* load(context, toggl, name, options)
  yield* app.call("start", settingsOf(toggl, name, options))
  return app
})

/**
 * Waits until the tab's outbox is drained. Where a tab has ended or stands still, its attempt must be over first, which
 * lasts the request limit and the margin, and is then looked up: on a machine with other work more than the bound of a call.
 *
 * @since 0.1.0
 * @category getters
 */
export const drained = (app: App) => app.callWithin("30 seconds")("awaitDrained")

/**
 * The tab stops at that moment, where the gate tells of it.
 *
 * @since 0.1.0
 * @category faults
 */
export const stopAt = Effect.fnUntraced(function* (app: App, moment: Moment) {
  const gate = yield* Effect.flatMap(Site, (site) => site.gate)
  yield* app.call("stopAt", moment, gate.path)
  return gate
})

/**
 * The names that were sent to be created, in the order of their arrival; a name sent twice stands here twice.
 *
 * @since 0.1.0
 * @category getters
 */
export const created = (toggl: Toggl) =>
  Effect.map(toggl.requests, (requests) =>
    requests
      .filter(({ method, path }) => method === "POST" && path.endsWith("/clients"))
      .map(({ body }) => (typeof body === "object" && body !== null && "name" in body ? body.name : body))
  )

/**
 * The names of the clients that Toggl has, in the order in which they were made.
 *
 * @since 0.1.0
 * @category getters
 */
export const names = (toggl: Toggl) =>
  Effect.map(toggl.clients(workspaceId), (clients) => clients.map(({ name }) => name))
