// The demo's Toggl, as its panel sees it. Only there where the app runs on one.
import { useEffect, useSyncExternalStore } from "react"
import { changeHeader, type Demo, type DemoChange, type SeenRequest, type Switches } from "../../server/contract.ts"
import { here } from "../account/address.ts"
import { keepIn, keptIn } from "../parts/kept.ts"

export interface Seen extends Demo {
  readonly requests: ReadonlyArray<SeenRequest>
}

const often = 700
const most = 200

let seen: Seen | undefined
let watching = 0
let rounds = 0
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

const isDemo = (value: unknown): value is Demo =>
  typeof value === "object" && value !== null && "switches" in value && "requests" in value && "users" in value

const messageOf = (said: unknown): string | undefined =>
  typeof said === "object" && said !== null && "message" in said && typeof said.message === "string"
    ? said.message
    : undefined

const ask = async (change?: DemoChange): Promise<Demo | undefined> => {
  const after = seen?.requests.at(-1)?.number ?? 0
  const answer = await fetch(`${here("api/demo")}?after=${after}`, {
    cache: "no-store",
    ...(change === undefined
      ? {}
      : {
          method: "POST",
          headers: { "content-type": "application/json", [changeHeader]: "page" },
          body: JSON.stringify(change)
        })
  }).catch(() => undefined)
  if (answer === undefined) {
    if (change === undefined) return undefined
    throw new Error("The demo cannot be reached.")
  }
  const said: unknown = await answer.json().catch(() => undefined)
  if (!answer.ok) {
    if (change === undefined) return undefined
    throw new Error(messageOf(said) ?? "The demo did not take this.")
  }
  return isDemo(said) ? said : undefined
}

const merged = (before: ReadonlyArray<SeenRequest>, after: ReadonlyArray<SeenRequest>): ReadonlyArray<SeenRequest> => {
  const all = new Map([...before, ...after].map((request) => [request.number, request]))
  return [...all.values()].sort((a, b) => a.number - b.number).slice(-most)
}

const isReallyOnline = (): boolean => {
  const own: unknown = Reflect.get(Navigator.prototype, "onLine", navigator)
  return own !== false
}

// A page cannot take the browser offline: this one and its other tabs are told that it is.
const pretend = ({ offline }: Switches): void => {
  const before = navigator.onLine
  Object.defineProperty(navigator, "onLine", { configurable: true, get: () => isReallyOnline() && !offline })
  if (navigator.onLine !== before) dispatchEvent(new Event(offline ? "offline" : "online"))
}

const key = "toggl-clients-demo"

const storage = () => localStorage

const hasMet = (): boolean => keptIn(storage, key) === "met"

const meet = (): void => keepIn(storage, key, "met")

const take = (said: Demo | undefined): void => {
  if (said === undefined) return
  if (seen === undefined) meet()
  seen = { ...said, requests: merged(seen?.requests ?? [], said.requests) }
  pretend(said.switches)
  for (const listener of listeners) listener()
}

const channel = new BroadcastChannel("toggl-clients-demo")
channel.onmessage = () => void look()

const look = async (): Promise<void> => take(await ask())

// one loop, while anybody watches
const watch = async (): Promise<void> => {
  clearTimeout(timer)
  const mine = ++rounds
  await look()
  if (watching > 0 && mine === rounds) timer = setTimeout(() => void watch(), often)
}

// a demo that was started anew has its switches off, and no page hears of that
const lookAgain = () => {
  if (seen !== undefined && document.visibilityState === "visible") void look()
}
addEventListener("focus", lookAgain)
addEventListener("pageshow", lookAgain)
document.addEventListener("visibilitychange", lookAgain)

/** Rejects with a sentence where the demo does not do it. */
export const change = async (wanted: DemoChange): Promise<void> => {
  const said = await ask(wanted)
  if ("startAnew" in wanted && seen !== undefined) seen = { ...seen, requests: [] }
  take(said)
  channel.postMessage("changed")
}

const longestWait = 2_000

/**
 * Whether the demo is "offline" is to be known before the library is opened. Only a page that has met a demo before waits for it, and
 * not for long: elsewhere nothing is put off.
 */
export const demoIsKnown = async (): Promise<void> => {
  if (seen !== undefined || !hasMet()) return
  await Promise.race([
    look().catch(() => undefined),
    new Promise((resolve) => {
      setTimeout(resolve, longestWait)
    })
  ])
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What the demo says, asked for again and again while `isWatched`; `undefined` where this is no demo. */
export const useDemo = (isWatched: boolean): Seen | undefined => {
  useEffect(() => {
    watching += isWatched ? 1 : 0
    void watch()
    return () => {
      watching -= isWatched ? 1 : 0
    }
  }, [isWatched])
  return useSyncExternalStore(subscribe, () => seen)
}
