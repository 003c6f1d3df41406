// The service worker's first work: the app's files, kept so that it opens without a network.
import { cleanupOutdatedCaches, getCacheKeyForURL, matchPrecache, precache } from "workbox-precaching"

declare const self: ServiceWorkerGlobalScope

/** Whether it is the API's address. Its answers are never kept: what is to be seen offline, the library keeps. */
export const isApi = (url: string): boolean => url.startsWith(new URL("api/", self.registration.scope).href)

/** The file that a request is for: any page of the app is `index.html`. */
const fileOf = ({ method, mode, url }: Request): string | undefined => {
  if (method !== "GET" || isApi(url)) return undefined
  if (getCacheKeyForURL(url) !== undefined) return url
  return mode === "navigate" ? "index.html" : undefined
}

const isMessage = (data: unknown, type: string): boolean =>
  typeof data === "object" && data !== null && "type" in data && data.type === type

/** Keeps the app's files and answers with them. A new version waits until the page says `SKIP_WAITING`. */
export const serveFiles = (): void => {
  precache(self.__WB_MANIFEST)
  cleanupOutdatedCaches()
  self.addEventListener("fetch", (event) => {
    const file = fileOf(event.request)
    if (file === undefined || getCacheKeyForURL(file) === undefined) return
    event.respondWith(matchPrecache(file).then((kept) => kept ?? fetch(event.request)))
  })
  self.addEventListener("message", (event) => {
    if (isMessage(event.data, "SKIP_WAITING")) event.waitUntil(self.skipWaiting())
    // from a page that was loaded past the worker
    if (isMessage(event.data, "CLAIM")) event.waitUntil(self.clients.claim())
  })
  self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()))
}
