// Serves the API beside the app, in `vite dev` and in `vite preview`.
import { existsSync } from "node:fs"
import type { IncomingMessage, ServerResponse } from "node:http"
import { resolve } from "node:path"
import { Readable } from "node:stream"
import type { PreviewServer, Plugin, ViteDevServer } from "vite"
import { api } from "./api.ts"
import { type Handler, refuse } from "./http.ts"
import { byCookie } from "./sessions.ts"

export interface ServerOptions {
  /** The demo's Toggl, or the real one: the environment's `TOGGL`, and the demo's unless that is set. */
  readonly toggl?: string | undefined
  /** Where the real one is, or a compatible server: the environment's `TOGGL_BASE_URL`, or Toggl's own. */
  readonly baseUrl?: string | undefined
  /** How many clients the demo has: the environment's `DEMO_CLIENTS`, or 40. */
  readonly clients?: string | number | undefined
}

interface Serving {
  /** Whether connections break on purpose: none is used twice then, for a browser sends again what was lost on one that was. */
  readonly isDemo: boolean
  readonly handler: Handler
  /** What is told beside Vite's own addresses. */
  readonly lines: ReadonlyArray<string>
}

/** A sentence is enough: no stack of ours helps anyone who has set something wrong. */
const wrong = (sentence: string): Error => {
  const error = new Error(sentence)
  error.stack = sentence
  return error
}

const ofReal = (base: string, baseUrl: string | undefined): Serving => {
  try {
    return {
      isDemo: false,
      handler: api({ base, sessions: byCookie(`${base}api/`), baseUrl }),
      lines: [`Toggl:   ${baseUrl ?? "the real one"}. Sign in on the page, with the token from your profile.`]
    }
  } catch {
    throw wrong(`TOGGL_BASE_URL must be an https address, or http on this machine. It is ${String(baseUrl)}.`)
  }
}

const ofDemo = async (base: string, given: string | number): Promise<Serving> => {
  const clients = Number(given)
  if (!Number.isSafeInteger(clients) || clients < 0 || clients > 100_000 || given === "") {
    throw wrong(`DEMO_CLIENTS must be a number from 0 to 100000. It is ${given}.`)
  }
  const [{ demo }, { users }] = await Promise.all([import("./demo.ts"), import("./demoWorld.ts")])
  const { handler } = await demo({ base, sessions: byCookie(`${base}api/`), clients })
  return {
    isDemo: true,
    handler,
    lines: [
      "Toggl:   the demo's own, in memory. Sign in as",
      ...users.map(({ apiToken, fullName }) => `         ${fullName} with the token ${apiToken}`)
    ]
  }
}

const serving = (base: string, options: ServerOptions): Serving | Promise<Serving> => {
  const { TOGGL, TOGGL_BASE_URL, DEMO_CLIENTS } = process.env
  const baseUrl = options.baseUrl ?? (TOGGL_BASE_URL === "" ? undefined : TOGGL_BASE_URL)
  const toggl = options.toggl ?? TOGGL ?? (baseUrl === undefined ? "demo" : "real")
  if (toggl === "real") return ofReal(base, baseUrl)
  if (toggl !== "demo") throw wrong(`TOGGL must be demo or real. It is ${toggl}.`)
  if (baseUrl !== undefined) throw wrong("TOGGL_BASE_URL is set, so TOGGL must be real.")
  return ofDemo(base, options.clients ?? DEMO_CLIENTS ?? 40)
}

const toRequest = (incoming: IncomingMessage, isSecure: boolean, signal: AbortSignal): Request => {
  const { headers, method = "GET", url = "/" } = incoming
  const isBare = method === "GET" || method === "HEAD"
  const body: object = isBare ? {} : { body: Readable.toWeb(incoming), duplex: "half" }
  return new Request(`${isSecure ? "https" : "http"}://${headers.host ?? "localhost"}${url}`, {
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    signal,
    ...body
  })
}

const send = async (response: Response, outgoing: ServerResponse): Promise<void> => {
  const body = Buffer.from(await response.arrayBuffer())
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  outgoing.end(body)
}

const serve = async (handler: Handler, isSecure: boolean, incoming: IncomingMessage, outgoing: ServerResponse) => {
  const gone = new AbortController()
  outgoing.on("close", () => gone.abort())
  let request: Request
  try {
    request = toRequest(incoming, isSecure, gone.signal)
  } catch {
    // a method such as TRACE, or an address that is none
    return send(refuse(400, "This is no request that the app makes."), outgoing)
  }
  return send(await handler(request), outgoing)
}

const mount = async (server: ViteDevServer | PreviewServer, isSecure: boolean, options: ServerOptions) => {
  const { base, logger } = server.config
  const { handler, isDemo, lines } = await serving(base, options)
  server.middlewares.use((incoming, outgoing, next) => {
    // also after a file: the next request would come on its connection
    if (isDemo && incoming.httpVersionMajor === 1) outgoing.setHeader("connection", "close")
    const [path = ""] = (incoming.url ?? "").split("?")
    if (path !== `${base}api` && !path.startsWith(`${base}api/`)) return next()
    // a lost connection, or a caller who has gone
    serve(handler, isSecure, incoming, outgoing).catch(() => outgoing.destroy())
  })
  const print = server.printUrls.bind(server)
  server.printUrls = () => {
    print()
    for (const line of lines) logger.info(`  ${line}`)
  }
}

/** The app's API as a plugin of Vite's. */
export const server = (options: ServerOptions = {}): Plugin => ({
  name: "toggl-clients-server",
  // pages of other origins are the API's own business
  config: () => ({ server: { cors: false }, preview: { cors: false } }),
  configureServer: (server) => mount(server, server.config.server.https !== undefined, options),
  configurePreviewServer: async (server) => {
    const { build, preview, root } = server.config
    if (!existsSync(resolve(root, build.outDir, "index.html"))) {
      throw wrong("The app is not built yet: run npm run build first.")
    }
    await mount(server, preview.https !== undefined, options)
  }
})
