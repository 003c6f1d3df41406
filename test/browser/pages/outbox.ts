/**
 * The page of the outbox's tests: the app, and hands on the tab that it runs in.
 *
 * @since 0.1.0
 */
import { persistsAsked, stopAt } from "./outboxRecorder.js"
import { expose } from "../PageBridge.js"
import { app } from "./outboxApp.js"

const beats = new BroadcastChannel("beats")
let heard = 0
beats.onmessage = () => {
  heard += 1
}
let returns = 0
addEventListener("pageshow", ({ persisted }) => {
  if (persisted) returns += 1
})
let pretendsOffline = false

const next = () => new Promise<void>((resolve) => setTimeout(resolve, 10))

const api = {
  ...app,
  stopAt,
  persistsAsked,
  hasLocks: () => "locks" in navigator,
  isOnline: () => navigator.onLine,
  /** Says to be offline, or online again, as the browser would: for browsers that have no driver to take them there. */
  pretendOffline: (offline: boolean) => {
    pretendsOffline = offline
    Object.defineProperty(navigator, "onLine", { configurable: true, get: () => !pretendsOffline })
    dispatchEvent(new Event(offline ? "offline" : "online"))
  },
  /** How often this page was left, kept, and come back to. */
  returns: () => returns,
  /** A timer that other tabs can hear. */
  startBeating: () => {
    setInterval(() => beats.postMessage(0), 10)
  },
  /** How many beats of other tabs come while a timer of this one fires so many times. */
  beatsDuring: async (ticks: number) => {
    await next()
    const before = heard
    for (let tick = 0; tick < ticks; tick++) await next()
    return heard - before
  },
  startWorker: async () => {
    await navigator.serviceWorker.register("/sw.js")
    await navigator.serviceWorker.ready
  },
  /** Calls a function of the app in the service worker. */
  inWorker: async (name: keyof typeof app, ...args: ReadonlyArray<unknown>): Promise<unknown> => {
    const { active } = await navigator.serviceWorker.ready
    const { port1, port2 } = new MessageChannel()
    const answer = new Promise<unknown>((resolve, reject) => {
      port1.onmessage = (event: MessageEvent<{ readonly value?: unknown; readonly error?: string }>) =>
        event.data.error === undefined ? resolve(event.data.value) : reject(new Error(event.data.error))
    })
    active?.postMessage({ name, args }, [port2])
    return answer
  },
  /** The page and its service worker are told to send at the same moment. */
  wakeBoth: async () => {
    await Promise.all([app.replayNow(), api.inWorker("replayNow")])
  }
}

/**
 * What the page lets a test call.
 *
 * @since 0.1.0
 * @category page
 */
export type Api = typeof api

expose(api)
