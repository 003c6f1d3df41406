/**
 * Serves pages, a service worker and web handlers on one loopback origin, cross-origin isolated.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as FiberSet from "effect/FiberSet"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Http from "node:http"
import { buffer } from "node:stream/consumers"
import * as PageBundle from "./PageBundle.js"

/**
 * The port is taken, or the system refused to listen.
 *
 * @since 0.1.0
 * @category errors
 */
export class ListenFailed extends Data.TaggedError("ListenFailed")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/**
 * Answers requests below a prefix; they come with their whole address, and their signal aborts when the page hangs up. A
 * rejected promise, like a body that breaks off, is a lost connection: the page hears `TypeError: Failed to fetch`.
 *
 * @since 0.1.0
 * @category models
 */
export type WebHandler = (request: Request) => Promise<Response>

/**
 * A page: the module script that it runs, and its markup if it needs more than that script.
 *
 * @since 0.1.0
 * @category models
 */
export interface Page {
  readonly entry: URL
  /** The whole document; it must load the script from the given address, as a module. */
  readonly html?: (script: string) => string
}

/**
 * What to serve.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** By path, such as `/`. */
  readonly pages: Readonly<Record<string, URL | Page>>
  /** Served as the classic script `/sw.js`, which may take the scope `/`. */
  readonly serviceWorker?: URL
  /** By prefix, such as `/api/v9`. */
  readonly mounts?: Readonly<Record<string, WebHandler>>
  /** A free one if missing. An origin keeps its storage as long as its port. */
  readonly port?: number
  readonly bundle?: PageBundle.Options
}

/**
 * A server that listens.
 *
 * @since 0.1.0
 * @category models
 */
export interface PageServer {
  /** Such as `http://127.0.0.1:40123`, with no slash at its end. */
  readonly origin: string
  readonly url: (path: string) => string
}

interface File {
  readonly type: string
  readonly text: string
}

// isolation gives the page its finer clock
const isolation = {
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-embedder-policy": "require-corp",
  "cross-origin-resource-policy": "same-origin"
}

const emptyDocument = (script: string) =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>page</title><script type="module" src="${script}"></script></html>`

const files = Effect.fnUntraced(function* ({ bundle, pages, serviceWorker }: Options) {
  const found = new Map<string, File>()
  const script = (path: string, text: string) => found.set(path, { type: "text/javascript; charset=utf-8", text })
  for (const [index, [path, page]] of Object.entries(pages).entries()) {
    const { entry, html = emptyDocument } = page instanceof URL ? { entry: page } : page
    const source = `/page-${index}.js`
    script(source, yield* PageBundle.bundle(entry, "esm", bundle))
    found.set(path, { type: "text/html; charset=utf-8", text: html(source) })
  }
  if (serviceWorker !== undefined) script("/sw.js", yield* PageBundle.bundle(serviceWorker, "iife", bundle))
  return found
})

const toRequest = Effect.fnUntraced(function* (origin: string, incoming: Http.IncomingMessage, signal: AbortSignal) {
  const headers = new Headers()
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? "", incoming.rawHeaders[index + 1] ?? "")
  }
  const body = yield* Effect.tryPromise(() => buffer(incoming))
  const method = incoming.method ?? "GET"
  const init = { method, headers, signal }
  return new Request(origin + (incoming.url ?? "/"), body.length === 0 ? init : { ...init, body })
})

const send = Effect.fnUntraced(function* (response: Response, outgoing: Http.ServerResponse) {
  for (const [name, value] of Object.entries(isolation)) outgoing.setHeader(name, value)
  for (const [name, value] of response.headers) {
    if (name !== "set-cookie") outgoing.setHeader(name, value)
  }
  const cookies = response.headers.getSetCookie()
  if (cookies.length > 0) outgoing.setHeader("set-cookie", cookies)
  outgoing.writeHead(response.status, response.statusText)
  const { body } = response
  if (body !== null) {
    yield* Stream.fromReadableStream(
      () => body,
      (cause) => cause
    ).pipe(Stream.runForEach((chunk) => Effect.sync(() => outgoing.write(chunk))))
  }
  outgoing.end()
})

const handle = (origin: string, handler: WebHandler, incoming: Http.IncomingMessage, outgoing: Http.ServerResponse) => {
  const hungUp = new AbortController()
  outgoing.once("close", () => hungUp.abort())
  return toRequest(origin, incoming, hungUp.signal).pipe(
    Effect.andThen((request) => Effect.tryPromise(() => handler(request))),
    Effect.andThen((response) => send(response, outgoing)),
    Effect.catchAllCause(() => Effect.sync(() => outgoing.destroy()))
  )
}

/**
 * Bundles the pages and serves them on 127.0.0.1 until the scope closes.
 *
 * Fails with `BundleFailed` or `ListenFailed`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve = Effect.fnUntraced(function* (
  options: Options
): Effect.fn.Return<PageServer, PageBundle.BundleFailed | ListenFailed, Scope.Scope> {
  const found = yield* files(options)
  const mounts = Object.entries(options.mounts ?? {})
  const fork = yield* FiberSet.makeRuntime()
  let origin = ""

  const server = Http.createServer((incoming, outgoing) => {
    const [path = "/"] = (incoming.url ?? "/").split("?")
    const mount = mounts.find(([prefix]) => path === prefix || path.startsWith(`${prefix}/`))
    if (mount !== undefined) return void fork(handle(origin, mount[1], incoming, outgoing))
    const file = found.get(path)
    if (file === undefined) return void outgoing.writeHead(path === "/favicon.ico" ? 204 : 404, isolation).end()
    // a page that may not be stored is not kept for the way back either
    outgoing.writeHead(200, { ...isolation, "content-type": file.type, "cache-control": "no-cache" }).end(file.text)
  })

  const port = yield* Effect.acquireRelease(
    Effect.async<number, ListenFailed>((resume) => {
      server.once("error", (error) => resume(new ListenFailed({ reason: error.message })))
      server.listen(options.port ?? 0, "127.0.0.1", () => {
        const address = server.address()
        resume(
          address === null || typeof address === "string"
            ? new ListenFailed({ reason: "the server has no port" })
            : Effect.succeed(address.port)
        )
      })
    }),
    () =>
      Effect.async<void>((resume) => {
        server.close(() => resume(Effect.void))
        server.closeAllConnections()
      })
  )
  origin = `http://127.0.0.1:${port}`
  return { origin, url: (path) => origin + path }
})
