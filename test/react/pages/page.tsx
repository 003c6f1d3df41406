/**
 * The page of the React tests: opens Toggl's clients, and shows a screen over them.
 *
 * @since 0.1.0
 */
import { StrictMode, version } from "react"
import { flushSync } from "react-dom"
import { createRoot, hydrateRoot, type Root } from "react-dom/client"
import { open, token, type CreateInput, type TogglClients, type UpdateInput } from "../../../src/doors/promise.js"
import { expose } from "../../browser/PageBridge.js"
import { App, arrives, type Mounted } from "./App.js"
import { counted, listened, listening } from "./Counted.js"
import { drawn } from "./Screens.js"
import { complaints, onRecoverableError } from "./Told.js"

/** How to open it. */
export interface Settings {
  readonly account: string
  readonly baseUrl: string
  readonly apiToken: string
}

/** How a page shows it. */
export interface InPage extends Mounted {
  readonly isStrict?: boolean | undefined
}

const opened: Array<TogglClients> = []
let root: Root | undefined
let mounted: InPage | undefined

const toggl = (): TogglClients => {
  const last = opened.at(-1)
  if (last === undefined) throw new Error("nothing is open")
  return last
}

const container = (): Element => {
  const found = document.querySelector("#root")
  if (found === null) throw new Error("the page has no root")
  return found
}

// React 19 does nothing twice unless StrictMode stands at the very top
const app = (next: InPage) => {
  const { isStrict = false, ...rest } = next
  mounted = next
  const below = <App {...rest} toggl={toggl()} />
  return isStrict ? <StrictMode>{below}</StrictMode> : below
}

// each element by a number of its own, to tell whether it is still the same one
const numbers = new WeakMap<Element, number>()
let elements = 0

const numberOf = (element: Element): number => {
  const number = numbers.get(element) ?? ++elements
  numbers.set(element, number)
  return number
}

const isVisible = (element: Element): boolean => element.checkVisibility()

const shown = () => ({
  heading: container().querySelector("h1")?.textContent ?? null,
  line: container().querySelector("p, pre")?.textContent ?? null,
  rows: [...container().querySelectorAll("li")].filter(isVisible).map((row) => ({
    text: row.textContent,
    id: Number(row.getAttribute("data-id")),
    element: numberOf(row)
  }))
})

const api = {
  version: () => version,
  open: ({ account, apiToken, baseUrl }: Settings) => {
    opened.push(
      counted(open({ account, credentials: token(apiToken), baseUrl, offlineIncludesLoopback: true, patience: 5000 }))
    )
  },
  /** Shows it, or something else in its place. */
  show: (next: InPage) => {
    root ??= createRoot(container(), { onRecoverableError })
    root.render(app(next))
  },
  /** Takes over what the server has made. */
  hydrate: (next: InPage) => {
    root = hydrateRoot(container(), app(next), { onRecoverableError })
  },
  /** Shows the same over what was opened last. */
  showAgain: () => {
    const again = mounted
    if (again !== undefined) flushSync(() => root?.render(app(again)))
  },
  unmount: () => {
    root?.unmount()
    root = undefined
  },
  shown,
  arrives,
  /** What was drawn since this was asked last: how often each row. */
  drawn: () => {
    const since = Object.fromEntries(drawn)
    drawn.clear()
    return since
  },
  listening,
  listened,
  complaints: () => complaints,
  create: (workspaceId: number, input: CreateInput) =>
    toggl()
      .create(workspaceId, input)
      .then(({ _tag }) => _tag),
  update: (workspaceId: number, id: number, input: UpdateInput) =>
    toggl()
      .update(workspaceId, id, input)
      .then(({ _tag }) => _tag),
  list: (workspaceId: number) =>
    toggl()
      .list(workspaceId)
      .then((clients) => clients.length),
  awaitDrained: () => toggl().awaitDrained(),
  close: () => toggl().close(),
  /** Says that the network is back, as a browser does. */
  sayOnline: () => dispatchEvent(new Event("online"))
}

/** What the tests call. */
export type Api = typeof api

expose(api)
