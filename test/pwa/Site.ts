/**
 * The app built once, behind its own server with the demo's Toggl, and a browser: for a file of tests. Each test has a browser context
 * of its own, and a Toggl that begins anew.
 *
 * @since 0.1.0
 */
import { expect } from "@effect/vitest"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import type { BrowserContext, BrowserContextOptions, Page } from "playwright-core"
import { changeHeader, type DemoChange } from "../../examples/pwa/server/contract.js"
import { FakeToggl } from "../../src/testing/index.js"
import * as Browser from "../browser/Browser.js"
import * as Wait from "../browser/Wait.js"
import * as Built from "./Built.js"

/** The demo's workspaces. */
export const workspaces = { shared: 2230580, ada: 2230581, grace: 2230582 } as const

export const tokens = {
  ada: FakeToggl.defaultUser.apiToken,
  grace: FakeToggl.colleague.apiToken
} as const

const SeenRequest = Schema.Struct({
  number: Schema.Number,
  at: Schema.Number,
  method: Schema.String,
  path: Schema.String,
  body: Schema.optional(Schema.String),
  outcome: Schema.Union(Schema.Number, Schema.Literal("waiting", "lost")),
  applied: Schema.Boolean
})

const Demo = Schema.Struct({
  switches: Schema.Record({ key: Schema.String, value: Schema.Boolean }),
  requests: Schema.Array(SeenRequest)
})

const Clients = Schema.Array(
  Schema.Struct({
    id: Schema.Number,
    name: Schema.String,
    notes: Schema.optional(Schema.NullOr(Schema.String)),
    archived: Schema.Boolean
  })
)

export type Seen = typeof SeenRequest.Type
export type Client = (typeof Clients.Type)[number]

/** The demo's Toggl as another device of the user's, or a colleague's, sees it, and as the panel for the curious does. */
export interface Toggl {
  readonly change: (change: DemoChange) => Promise<void>
  readonly demo: () => Promise<typeof Demo.Type>
  readonly requests: () => Promise<ReadonlyArray<Seen>>
  /** What changed something, or was meant to, in order. */
  readonly changes: () => Promise<ReadonlyArray<Seen>>
  readonly clients: (workspaceId?: number) => Promise<ReadonlyArray<Client>>
  /** The one of that name. */
  readonly client: (name: string, workspaceId?: number) => Promise<Client | undefined>
  readonly ask: (method: string, path: string, json?: object, token?: string) => Promise<unknown>
}

/** It is there before the page is: what the test does is not the page's doing. */
export const togglAt = (origin: string): Toggl => {
  const demo = async (init: RequestInit = {}) => {
    const answer = await fetch(`${origin}/api/demo?after=0`, { ...init, headers: { [changeHeader]: "test" } })
    if (!answer.ok) throw new Error(`the demo answered ${answer.status}: ${await answer.text()}`)
    return Schema.decodeUnknownSync(Demo)(await answer.json())
  }
  const ask = async (method: string, path: string, json?: object, token: string = tokens.ada): Promise<unknown> => {
    const answer = await fetch(`${origin}/api/v9${path}`, {
      method,
      headers: { authorization: `Basic ${btoa(`${token}:api_token`)}`, "content-type": "application/json" },
      ...(json === undefined ? {} : { body: JSON.stringify(json) })
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`Toggl answered ${answer.status}: ${text}`)
    return text.startsWith("{") || text.startsWith("[") ? JSON.parse(text) : text
  }
  const clients = async (workspaceId: number = workspaces.ada) => {
    const found = await ask("GET", `/workspaces/${workspaceId}/clients?status=both`)
    return Schema.decodeUnknownSync(Schema.NullOr(Clients))(found) ?? []
  }
  const requests = async () => (await demo()).requests
  return {
    change: async (change) => {
      await demo({ method: "POST", body: JSON.stringify(change) })
    },
    demo: () => demo(),
    requests,
    changes: async () => (await requests()).filter(({ method }) => method !== "GET"),
    clients,
    client: async (name, workspaceId) => (await clients(workspaceId)).find((client) => client.name === name),
    ask
  }
}

/** The names that the changes carry that Toggl has done, in the order in which it got them. */
export const sent = async (toggl: Toggl): Promise<ReadonlyArray<string>> =>
  (await toggl.changes())
    .filter(({ applied }) => applied)
    .map(({ body, method }) => `${method} ${/"name":"([^"]*)"/.exec(body ?? "")?.[1] ?? ""}`.trim())

/** How long a test waits for a page, in milliseconds: a change whose answer got lost goes on half a minute later. */
export const patience = 120_000

/** Asks until it holds. */
export const until = (
  what: string,
  condition: () => Promise<boolean>,
  bound: Duration.DurationInput = patience
): Promise<void> => Effect.runPromise(Wait.until(what, Effect.promise(condition), bound))

export interface Running extends Built.Served {
  readonly folder: string
  readonly dist: string
}

export class Site extends Context.Tag("test/pwa/Site")<Site, Running>() {}

/** The app, its server and a browser, for a file. */
export const layer = (options: Built.Options = {}) =>
  Layer.scoped(
    Site,
    Effect.gen(function* () {
      const built = yield* Built.Built
      return { ...built, ...(yield* Built.serve(built.folder)) }
    })
  ).pipe(Layer.provideMerge(Built.layer(options)), Layer.merge(Browser.layer))

/** A context with storage, cookies and workers of its own; closed with the scope. */
export const context = (
  options: BrowserContextOptions = {}
): Effect.Effect<BrowserContext, never, Browser.Browser | Scope.Scope> =>
  Effect.flatMap(Browser.Browser, (running) =>
    Effect.acquireRelease(
      Effect.promise(async () => {
        const browser = running.context.browser()
        if (browser === null) throw new Error("the browser has gone")
        return browser.newContext({ viewport: { width: 1280, height: 800 }, locale: "en-GB", ...options })
      }),
      (made) => Effect.promise(() => made.close())
    )
  )

export interface App {
  readonly origin: string
  readonly context: BrowserContext
  readonly page: Page
  readonly toggl: Toggl
  /** What the app's pages threw unseen. */
  readonly thrown: ReadonlyArray<string>
}

/**
 * Without Background Sync: what a test takes from the pages' network the browser itself still has, so it wakes the worker at once, to
 * send what then gets lost.
 */
const withoutSync: BrowserContextOptions = { permissions: [] }

/** A new context with the app's page, at a Toggl that begins anew. */
export const app = (
  options: BrowserContextOptions = {}
): Effect.Effect<App, never, Site | Browser.Browser | Scope.Scope> =>
  Effect.gen(function* () {
    const { origin } = yield* Site
    const made = yield* context({ ...withoutSync, ...options })
    return yield* appIn(made, origin)
  })

/** The body of a test of it: its pages throw nothing unseen. */
export const withApp = (work: (app: App) => Promise<void>) =>
  Effect.gen(function* () {
    const opened = yield* app()
    yield* Effect.promise(() => work(opened))
    expect(opened.thrown).toEqual([])
  })

export const appIn = (context: BrowserContext, origin: string): Effect.Effect<App> =>
  Effect.promise(async () => {
    const toggl = togglAt(origin)
    await toggl.change({ startAnew: true })
    const thrown: Array<string> = []
    context.setDefaultTimeout(patience)
    context.on("weberror", (error) => thrown.push(String(error.error())))
    const page = await context.newPage()
    await page.goto(`${origin}/`)
    return { origin, context, page, toggl, thrown }
  })

/** Waits until the service worker answers the page's requests. */
export const controlled = async (page: Page): Promise<void> => {
  await page.waitForFunction("navigator.serviceWorker.controller !== null")
}

/** All that the page's origin keeps and a script can read, as one text. */
export const atRest = async (page: Page): Promise<string> => {
  const text: unknown = await page.evaluate(`(async () => {
    const done = (request) => new Promise((resolve, reject) => {
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
    const kept = [JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.cookie, location.href]
    for (const { name } of await indexedDB.databases()) {
      const database = await done(indexedDB.open(name))
      for (const store of database.objectStoreNames) {
        const objects = database.transaction(store).objectStore(store)
        kept.push(name, store, JSON.stringify([await done(objects.getAll()), await done(objects.getAllKeys())]))
      }
      database.close()
    }
    for (const name of await caches.keys()) {
      const cache = await caches.open(name)
      for (const request of await cache.keys()) {
        const answer = await cache.match(request)
        kept.push(request.url, /\\.(js|css|html|svg)/.test(request.url) ? "" : await answer.text())
      }
    }
    return kept.join("\\n")
  })()`)
  return String(text)
}
