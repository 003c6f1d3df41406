/**
 * The page that the harness's own tests open: it touches everything that the harness promises.
 *
 * @since 0.1.0
 */
import { expose } from "../PageBridge.js"
import { get, put } from "./probeDatabase.js"

const ticks: Array<number> = []
const onTick = new Set<() => void>()
const heard: Array<string> = []
const channel = new BroadcastChannel("probe")
channel.onmessage = (event: MessageEvent<string>) => heard.push(event.data)

let release = () => {}

const next = (): Promise<void> =>
  new Promise((resolve) => {
    const once = () => {
      onTick.delete(once)
      resolve()
    }
    onTick.add(once)
  })

const nextTicks = async (count: number): Promise<void> => {
  for (let seen = 0; seen < count; seen++) await next()
}

const worker = async (): Promise<ServiceWorker> => {
  const { active } = await navigator.serviceWorker.ready
  if (active === null) throw new Error("no active service worker")
  return active
}

const api = {
  surroundings: () => ({
    isolated: crossOriginIsolated,
    locks: "locks" in navigator,
    onLine: navigator.onLine,
    // a browser without a font gives text no width
    textWidth: document.createElement("canvas").getContext("2d")?.measureText("Toggl").width ?? 0
  }),
  put,
  get,
  fetchText: (path: string) =>
    fetch(path).then(
      (response) => response.text(),
      (error: unknown) => String(error)
    ),
  post: (path: string, body: string) =>
    fetch(path, { method: "POST", body, headers: { "x-probe": "yes" } }).then(async (response) => ({
      status: response.status,
      header: response.headers.get("x-answer"),
      text: await response.text()
    })),
  startTicking: () => {
    setInterval(() => {
      ticks.push(Date.now())
      for (const resume of [...onTick]) resume()
    }, 10)
  },
  /** Waits until so many ticks have passed here; gives the time from the first to the last. */
  interval: async (count: number) => {
    await next()
    const from = Date.now()
    await nextTicks(count)
    return { from, to: Date.now() }
  },
  ticksBetween: (from: number, to: number) => ticks.filter((at) => at >= from && at <= to).length,
  holdLock: (name: string) =>
    new Promise<void>((held) => {
      void navigator.locks.request(name, () => {
        held()
        return new Promise<void>((resolve) => {
          release = resolve
        })
      })
    }),
  releaseLock: () => release(),
  tryLock: (name: string) => navigator.locks.request(name, { ifAvailable: true }, (lock) => lock !== null),
  /** Waits in the lock's queue. */
  awaitLock: (name: string) => navigator.locks.request(name, () => true),
  say: (text: string) => channel.postMessage(text),
  hears: async (text: string) => {
    while (!heard.includes(text)) await new Promise((resolve) => setTimeout(resolve, 5))
    return true
  },
  startWorker: async () => {
    const registration = await navigator.serviceWorker.register("/sw.js")
    await worker()
    return registration.scope
  },
  /** Lets the service worker fetch a path and store what it got. */
  askWorker: async (path: string, key: string) => {
    const active = await worker()
    const { port1, port2 } = new MessageChannel()
    const answer = new Promise<unknown>((resolve) => {
      port1.onmessage = (event) => resolve(event.data)
    })
    active.postMessage({ path, key }, [port2])
    return answer
  },
  fails: () => {
    console.log("about to fail")
    throw new Error("as it was asked to")
  },
  never: () => new Promise<void>(() => {})
}

/**
 * What the probe lets a test call.
 *
 * @since 0.1.0
 * @category probe
 */
export type Api = typeof api

expose(api)
