/** A Toggl that compresses what it says, and an app's own server before it, over loopback. */
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http"
import { Readable } from "node:stream"
import { gzipSync } from "node:zlib"
import type { FakeToggl } from "../../src/testing/index.js"

export interface Running {
  readonly url: string
  readonly close: () => Promise<void>
}

export const listening = (listener: RequestListener): Promise<Running> =>
  new Promise((resolve) => {
    const server: Server = createServer(listener)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const close = () =>
        new Promise<void>((closed) => {
          server.close(() => closed())
          server.closeAllConnections()
        })
      resolve({ url: `http://127.0.0.1:${port}`, close })
    })
  })

const serve = async (
  handler: (request: Request) => Promise<Response>,
  incoming: IncomingMessage,
  outgoing: ServerResponse
) => {
  const { headers, method = "GET", url = "/" } = incoming
  const gone = new AbortController()
  outgoing.on("close", () => gone.abort())
  const isBare = method === "GET" || method === "HEAD"
  const body: object = isBare ? {} : { body: Readable.toWeb(incoming), duplex: "half" }
  const request = new Request(`https://app.example.com${url}`, {
    method,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    signal: gone.signal,
    ...body
  })
  const answer = await handler(request)
  outgoing.writeHead(answer.status, Object.fromEntries(answer.headers))
  outgoing.end(Buffer.from(await answer.arrayBuffer()))
}

/** What a handler of web requests is to Node's server, as the README shows it. */
export const served =
  (handler: (request: Request) => Promise<Response>): RequestListener =>
  (incoming, outgoing) => {
    serve(handler, incoming, outgoing).catch(() => outgoing.destroy())
  }

/** `seen` are the headers of each request that came. */
export interface Compressing extends Running {
  readonly seen: ReadonlyArray<Readonly<Record<string, string>>>
}

/** The fake Toggl with every answer compressed, and a cookie that is no page's. It loses connections as the fake does. */
export const compressing = async (fake: FakeToggl.FakeTogglService): Promise<Compressing> => {
  const seen: Array<Readonly<Record<string, string>>> = []
  const answer = async (request: Request) => {
    seen.push(Object.fromEntries(request.headers))
    const response = await fake.handler(request)
    const body = gzipSync(new Uint8Array(await response.arrayBuffer()))
    const headers = new Headers(response.headers)
    headers.set("content-encoding", "gzip")
    headers.set("set-cookie", "toggl=secret")
    return new Response(new Uint8Array(body), { status: response.status, headers })
  }
  return { ...(await listening(served(answer))), seen }
}

/** An address at which nobody listens. */
export const nowhere = async (): Promise<string> => {
  const { close, url } = await listening(() => undefined)
  await close()
  return url
}
