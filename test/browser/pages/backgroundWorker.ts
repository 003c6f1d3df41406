/**
 * The service worker of that page. It tells the server how each `waitUntil` ended, before the browser hears it.
 *
 * @since 0.1.0
 */
import { proxy } from "../../../src/doors/promise.js"
import { onSync, type SyncOptions } from "../../../src/doors/worker.js"
import { settings } from "./backgroundSettings.js"

const tell = (how: string) => fetch("/told", { method: "POST", body: how }).then(() => undefined)

interface Extendable extends Event {
  readonly waitUntil: (done: Promise<unknown>) => void
}

const isExtendable = (event: Event): event is Extendable =>
  "waitUntil" in event && typeof event.waitUntil === "function"

const hear = (event: Event): void => {
  if (!isExtendable(event)) return
  const wait = event.waitUntil.bind(event)
  const told = (done: Promise<unknown>) =>
    done.then(
      () => tell("resolved"),
      (error: unknown) => tell(String(error)).then(() => Promise.reject(new Error("tried again")))
    )
  Object.defineProperty(event, "waitUntil", { value: (done: Promise<unknown>) => wait(told(done)) })
}

// before the library's listener
addEventListener("sync", hear)

const given: Record<string, SyncOptions | undefined> = {
  Same: { ...settings, credentials: proxy() },
  WithoutCredentials: settings,
  OtherDatabase: { ...settings, baseUrl: "/api/other", credentials: proxy() },
  Nothing: undefined
}

onSync(() => fetch("/mode").then((response) => response.text().then((mode) => given[mode])))

addEventListener("activate", (event: Event) => {
  if (isExtendable(event)) event.waitUntil(tell("active"))
})
