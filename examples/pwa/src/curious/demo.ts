// The demo's Toggl, as its panel sees it. Only there where the app runs on one.
import { useEffect, useSyncExternalStore } from "react"
import { changeHeader, type Demo, type DemoChange, type SeenRequest, type Switches } from "../../server/contract.ts"
import { here } from "../account/address.ts"

export interface Seen extends Demo {
  readonly requests: ReadonlyArray<SeenRequest>
}

const often = 700
const most = 200

let seen: Seen | undefined
let watching = 0
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

const isDemo = (value: unknown): value is Demo =>
  typeof value === "object" && value !== null && "switches" in value && "requests" in value && "users" in value

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
  if (answer === undefined || !answer.ok) return undefined
  const said: unknown = await answer.json().catch(() => undefined)
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

const take = (said: Demo | undefined): void => {
  if (said === undefined) return
  seen = { ...said, requests: merged(seen?.requests ?? [], said.requests) }
  pretend(said.switches)
  for (const listener of listeners) listener()
}

const channel = new BroadcastChannel("toggl-clients-demo")
channel.onmessage = () => void ask().then(take)

const look = async (): Promise<void> => {
  take(await ask())
  if (watching > 0) timer = setTimeout(() => void look(), often)
}

export const change = async (wanted: DemoChange): Promise<void> => {
  if ("startAnew" in wanted && seen !== undefined) seen = { ...seen, requests: [] }
  take(await ask(wanted))
  channel.postMessage("changed")
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** What the demo says, asked for again and again while `isWatched`; `undefined` where this is no demo. */
export const useDemo = (isWatched: boolean): Seen | undefined => {
  useEffect(() => {
    watching += isWatched ? 1 : 0
    clearTimeout(timer)
    void look()
    return () => {
      watching -= isWatched ? 1 : 0
    }
  }, [isWatched])
  return useSyncExternalStore(subscribe, () => seen)
}
