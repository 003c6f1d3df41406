// The service worker of the playground. It is the server too: the demo's Toggl, the session and the API are in it.
import { proxy } from "effect-toggl-clients/promise"
import { onSync } from "effect-toggl-clients/worker"
import { type Handler, nothingThere } from "../server/http.ts"
import { isApi, serveFiles } from "../src/workerFiles.ts"
import { started } from "./world.ts"

declare const self: ServiceWorkerGlobalScope

// A worker that the browser has stopped begins here again, and goes on with what was stored. One that waits reads nothing yet: the
// worker before it still changes the world. A page's request or a sync reaches only a worker that is active.
let handler: Promise<Handler> | undefined

const handle = async (request: Request): Promise<Response> => {
  handler ??= started(new URL(self.registration.scope).pathname).catch((thrown: unknown) => {
    // the next request begins anew
    handler = undefined
    throw thrown
  })
  return (await handler)(request)
}

/**
 * Only pages in the worker's scope get here by `fetch`, so nobody else can ask. A link or a form of another site can lead a window here:
 * such a one is no request of the app's.
 */
const answered = (request: Request): Promise<Response> =>
  request.mode === "navigate"
    ? Promise.resolve(nothingThere())
    : // a connection that breaks
      handle(request).catch(() => Response.error())

self.addEventListener("fetch", (event) => {
  if (isApi(event.request.url)) event.respondWith(answered(event.request))
})

serveFiles()

// A worker's own requests do not pass through it.
onSync(() => ({ credentials: proxy(), fetch: (input, init) => handle(new Request(input, init)) }))
