/**
 * The page's side of the harness: what a page lets the test call. Runs in the browser.
 *
 * @since 0.1.0
 */
import type { Answer, Call } from "./Remote.js"

interface Asked extends Omit<Call, "args"> {
  readonly args: ReadonlyArray<never>
}

/**
 * Functions that a page offers: arguments as JSON has them, answers as Playwright carries them (JSON, and also
 * `undefined`, `NaN`, bigints, dates, maps, sets and errors); a browser without a driver answers in JSON.
 *
 * @since 0.1.0
 * @category models
 */
export type Exposed = Readonly<Record<string, (...args: Array<never>) => unknown>>

/**
 * What every page offers where no driver could do it: going to another address, back and forth, and opening a window.
 *
 * @since 0.1.0
 * @category models
 */
export interface Own {
  readonly goTo: (url: string) => void
  readonly goBack: () => void
  readonly openWindow: (url: string) => void
}

// A page with a request on the wire is not kept for the way back: it asks no more before it leaves.
const departures: Array<() => void> = []

const own: Own = {
  goTo: (url) => {
    departures.push(() => (url === location.href ? location.reload() : location.assign(url)))
  },
  goBack: () => {
    departures.push(() => history.back())
  },
  // as a user opens it: a page that could reach another window is not kept for the way back either
  openWindow: (url) => void window.open(url, "_blank", "noopener,popup,width=400,height=300")
}

const pause = () => new Promise<void>((resolve) => setTimeout(resolve, 50))

const answer = async (functions: Exposed, { args, id, name }: Asked): Promise<void> => {
  const run: ((...args: ReadonlyArray<never>) => unknown) | undefined = functions[name]
  const outcome = await Promise.resolve()
    .then(() => run?.(...args))
    .then(
      (value): Answer => ({ value }),
      (error: unknown): Answer => ({ error: String(error) })
    )
  const send = () =>
    fetch(`/remote/answer?id=${id}`, { method: "POST", body: JSON.stringify(outcome), keepalive: true }).then(
      () => true,
      () => false
    )
  while (!(await send())) await pause()
}

// what is asked next also says what has come: a call that was lost with its connection comes again
let seen = 0

const answerCalls = async (functions: Exposed, tab: string): Promise<void> => {
  while (departures.length === 0) {
    const call = await fetch(`/remote/next?tab=${tab}&after=${seen}`)
      .then((response): Promise<Asked> => response.json())
      .catch(() => undefined)
    seen = call?.id ?? seen
    if (call === undefined) await pause()
    else if (call.name in own) await answer({ ...own }, call)
    else void answer(functions, call)
  }
  departures.pop()?.()
}

/**
 * Lets the test call these functions with `tab.call(name, ...args)`. Give their type to `Tab.open`:
 *
 * ```ts
 * const api = { add: async (a: number, b: number) => a + b }
 * export type Api = typeof api
 * expose(api)
 * ```
 *
 * Where no driver is, the address names the tab (`?tab=a`), and the page itself asks for what is called.
 *
 * @since 0.1.0
 * @category constructors
 */
export const expose = (functions: Exposed): void => {
  Reflect.set(globalThis, "exposed", functions)
  const tab = new URLSearchParams(location.search).get("tab")
  if (tab === null) return
  addEventListener("pageshow", ({ persisted }) => {
    if (persisted) void answerCalls(functions, tab)
  })
  void answerCalls(functions, tab)
}
