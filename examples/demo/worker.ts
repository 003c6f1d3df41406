/**
 * The service worker of the demo: it keeps the page's shell, so that the app opens without a connection. What the app
 * asks of Toggl passes it by.
 *
 * @since 0.1.0
 */
interface Extendable extends Event {
  readonly waitUntil: (work: Promise<unknown>) => void
}

interface Fetching extends Event {
  readonly request: Request
  readonly respondWith: (answer: Promise<Response>) => void
}

const isExtendable = (event: Event): event is Extendable => "waitUntil" in event
const isFetching = (event: Event): event is Fetching => "respondWith" in event

const name = "shell"
const shell = ["/", "/page-0.js"]

addEventListener("install", (event) => {
  if (isExtendable(event)) event.waitUntil(caches.open(name).then((cache) => cache.addAll(shell)))
})

addEventListener("fetch", (event) => {
  if (!isFetching(event)) return
  const { pathname } = new URL(event.request.url)
  if (!shell.includes(pathname)) return
  event.respondWith(caches.match(pathname).then((kept) => kept ?? fetch(event.request)))
})
