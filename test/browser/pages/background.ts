/**
 * A page whose service worker sends what the page could not: the door without Effect, behind the library's own proxy.
 *
 * @since 0.1.0
 */
import { open, proxy } from "../../../src/doors/promise.js"
import { expose } from "../PageBridge.js"
import { account, settings, workspaceId } from "./backgroundSettings.js"

const toggl = open({ ...settings, account, credentials: proxy() })

interface Sync {
  readonly register: (tag: string) => Promise<void>
  readonly getTags: () => Promise<ReadonlyArray<string>>
}

const isSync = (value: unknown): value is Sync =>
  typeof value === "object" && value !== null && "getTags" in value && typeof value.getTags === "function"

const sync = (): Promise<Sync> =>
  navigator.serviceWorker
    .getRegistration()
    .then((registration) =>
      registration !== undefined && "sync" in registration && isSync(registration.sync)
        ? registration.sync
        : Promise.reject(new Error("no Background Sync here"))
    )

const api = {
  /** Whose the store is, is known from then on. */
  bind: () => toggl.list(workspaceId).then(() => undefined),
  startWorker: async () => {
    await navigator.serviceWorker.register("/sw.js")
    await navigator.serviceWorker.ready
  },
  /** Whether the browser can be asked at all; why not, if not. */
  problem: () =>
    sync()
      .then((sync) => sync.register("probe"))
      .then(() => "", String),
  /** What the page has asked the browser for, and the browser has not done yet. */
  tags: () => sync().then((sync) => sync.getTags()),
  create: (name: string) =>
    toggl.create(workspaceId, { name }).then((receipt) => (receipt._tag === "Queued" ? receipt.reason._tag : "sent")),
  status: () => toggl.readStatus().then(({ queue, refused, waiting }) => ({ queue: queue._tag, refused, waiting })),
  awaitDrained: () => toggl.awaitDrained(),
  signOut: () => toggl.signOut(),
  signIn: () => toggl.signIn(),
  databases: () => indexedDB.databases().then((databases) => databases.map(({ name = "" }) => name))
}

/**
 * What the page lets a test call.
 *
 * @since 0.1.0
 * @category page
 */
export type Api = typeof api

expose(api)
