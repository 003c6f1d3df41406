/**
 * One origin for each version of React: the page, the same with what a server of that version has made, and a fake Toggl for
 * each test. The page is bundled over one React: that version's.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import * as Esbuild from "esbuild"
import * as Fs from "node:fs/promises"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { FakeToggl } from "../../src/testing/index.js"
import * as Browser from "../browser/Browser.js"
import * as PageServer from "../browser/PageServer.js"
import * as Program from "../browser/Program.js"
import * as Tab from "../browser/Tab.js"
import * as Wait from "../browser/Wait.js"
import type { Api, InPage } from "./pages/page.js"

/** The versions that the peer range names. */
export const versions = [18, 19] as const

/** One of them. */
export type Version = (typeof versions)[number]

// both stand in node_modules, and a page with two of them has no hooks
const aliases: Record<Version, Readonly<Record<string, string>>> = {
  18: { react: "react-18", "react-dom": "react-dom-18" },
  19: {}
}

const pageOf = (name: string) => new URL(`./pages/${name}.tsx`, import.meta.url)

// --- On a server ---------------------------------------------------------------------------------------------------------

const Rendered = Schema.Struct({
  version: Schema.String,
  markup: Schema.String,
  /** What there is of a browser. */
  browser: Schema.Array(Schema.String),
  /** Whether anything was asked of Toggl. */
  isAsked: Schema.Boolean,
  complaints: Schema.Array(Schema.String),
  /** What keeps the process from ending. */
  handles: Schema.Array(Schema.String)
})

const readRendered = Schema.decodeUnknownSync(Schema.parseJson(Rendered))

/** What a server of that version makes of the app, in a process of its own, which must end by itself. */
export const rendered = Effect.fnUntraced(function* (version: Version) {
  const folder = yield* Program.folder("react-server")
  const outfile = join(folder, "server.cjs")
  yield* Effect.promise(() =>
    Esbuild.build({
      entryPoints: [fileURLToPath(pageOf("server"))],
      alias: aliases[version],
      bundle: true,
      format: "cjs",
      platform: "node",
      target: "node20",
      outfile,
      logLevel: "silent"
    })
  )
  yield* Effect.promise(() => Fs.access(outfile))
  const ended = yield* Program.run(pathToFileURL(outfile)).pipe(Wait.within("a server to end", "60 seconds"))
  if (ended.status !== 0) return yield* Effect.dieMessage(ended.stderr)
  return readRendered(ended.stdout)
})

// --- In a page -----------------------------------------------------------------------------------------------------------

/** A fake Toggl at a path of its own. */
export interface Toggl extends FakeToggl.FakeTogglService {
  readonly path: string
}

interface Sites {
  readonly of: (version: Version) => {
    readonly url: (path: string) => string
    readonly rendered: typeof Rendered.Type
  }
  readonly toggl: Effect.Effect<Toggl>
}

/** The origins. */
export class Site extends Context.Tag("test/ReactSite")<Site, Sites>() {}

const html = (markup: string) => (script: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title>
  <div id="root">${markup}</div><script type="module" src="${script}"></script></html>`

const make = Effect.gen(function* () {
  const fakes = new Map<string, FakeToggl.FakeTogglService>()
  const site = Effect.fnUntraced(function* (version: Version) {
    const made = yield* rendered(version)
    const entry = pageOf("page")
    const { url } = yield* PageServer.serve({
      pages: { "/": { entry, html: html("") }, "/rendered": { entry, html: html(made.markup) } },
      bundle: { alias: aliases[version] },
      mounts: {
        "/toggl": (request) => {
          const [path = ""] = /^\/toggl\/\d+/.exec(new URL(request.url).pathname) ?? []
          return fakes.get(path)?.handler(request) ?? Promise.resolve(new Response(null, { status: 404 }))
        }
      }
    })
    return { url, rendered: made }
  })
  const sites = { 18: yield* site(18), 19: yield* site(19) }
  const toggl = Effect.gen(function* () {
    const path = `/toggl/${fakes.size + 1}`
    const fake = yield* FakeToggl.make({ basePath: path })
    fakes.set(path, fake)
    return { ...fake, path }
  })
  return { of: (version: Version) => sites[version], toggl }
})

/** The origins, and the browser that all tests share. */
export const layer = Layer.merge(Browser.layer, Layer.scoped(Site, make))

/** The workspace of the screens. */
export const workspaceId = FakeToggl.defaultWorkspace.id

/** How a test opens a tab. */
export interface Options {
  /** The names of the clients that Toggl has. */
  readonly clients?: ReadonlyArray<string>
  readonly path?: "/" | "/rendered"
}

/** A tab of its own with that version, over a Toggl of its own with these clients. Nothing is mounted. */
export const opened = Effect.fnUntraced(function* (version: Version, { clients = [], path = "/" }: Options = {}) {
  const { of, toggl: next } = yield* Site
  const context = yield* Effect.flatMap(Browser.Browser, ({ isolated }) => isolated)
  const toggl = yield* next
  yield* Effect.forEach(clients, (name) => toggl.edit.createClient(workspaceId, { name }))
  const tab = yield* Tab.open<Api>(context, of(version).url(path))
  const open = (account = "ada") =>
    tab.call("open", { account, baseUrl: toggl.path, apiToken: FakeToggl.defaultUser.apiToken })
  yield* open()
  const show = (mounted: Omit<InPage, "workspaceId">) => tab.call("show", { workspaceId, ...mounted })
  const texts = Effect.map(tab.call("shown"), ({ rows }) => rows.map(({ text }) => text))
  /** Waits until the rows are these. */
  const shows = (...rows: ReadonlyArray<string>) =>
    Wait.until(
      `rows: ${rows.join(", ")}`,
      Effect.map(texts, (now) => JSON.stringify(now) === JSON.stringify(rows))
    )
  const requests = Effect.map(toggl.requests, (requests) =>
    requests.map(({ method, path }) => `${method} ${path.slice(toggl.path.length)}`)
  )
  /** Waits until so many listen: React ends some effects a little later. */
  const listen = (count: number) =>
    Wait.until(
      `${count} to listen`,
      Effect.map(tab.call("listening"), (now) => now === count)
    )
  return { ...tab, toggl, open, show, shows, texts, requests, listen }
})

/** What a test may need, and fail with. */
export type Test = Effect.Effect<void, unknown, Effect.Effect.Context<ReturnType<typeof opened>>>
