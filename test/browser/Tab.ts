/**
 * A tab: calling its page, freezing, crashing and taking it offline.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { BrowserContext, CDPSession, Page } from "playwright-core"
import type { Exposed } from "./PageBridge.js"
import * as ProcessTree from "./ProcessTree.js"
import * as Wait from "./Wait.js"

/**
 * The page threw, or is gone. `output` is what it wrote to the console and threw unseen.
 *
 * @since 0.1.0
 * @category errors
 */
export class PageFailed extends Data.TaggedError("PageFailed")<{
  readonly doing: string
  readonly reason: string
  readonly output: ReadonlyArray<string>
}> {
  override get message(): string {
    return [`${this.doing}: ${this.reason}`, ...this.output.slice(-20)].join("\n")
  }
}

/**
 * The browser does not tell which process renders the tab.
 *
 * @since 0.1.0
 * @category errors
 */
export class RendererUnknown extends Data.TaggedError("RendererUnknown")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/** Calls a function of a page that exposes `Api`, as soon as it does. */
type Calling<Api extends Exposed> = <K extends keyof Api & string>(
  name: K,
  ...args: Parameters<Api[K]>
) => Effect.Effect<Awaited<ReturnType<Api[K]>>, PageFailed>

/**
 * A page that can be called.
 *
 * @since 0.1.0
 * @category models
 */
export interface Callable<Api extends Exposed> {
  /** Waits for the answer: 10 seconds where a driver carries it, 20 without one. */
  readonly call: Calling<Api>
  /** As `call`, with a bound for the answer. */
  readonly callWithin: (bound: Duration.DurationInput) => Calling<Api>
}

/**
 * An open tab whose page exposes `Api` (see `PageBridge.expose`).
 *
 * @since 0.1.0
 * @category models
 */
export interface Tab<Api extends Exposed> extends Callable<Api> {
  /** Playwright's own, for what the harness has no word for. */
  readonly page: Page
  /** What the page wrote to the console and threw unseen, so far. */
  readonly output: ReadonlyArray<string>
  readonly reload: Effect.Effect<void, PageFailed>
  /** The process that renders this tab, and no other tab. */
  readonly rendererPid: Effect.Effect<number, PageFailed | RendererUnknown>
  /**
   * Stops the tab's process with SIGSTOP: timers, transactions, locks and messages stand still until `thaw`. A service
   * worker that the browser put into this process stands still with it; other tabs never share it.
   */
  readonly freeze: Effect.Effect<void, PageFailed | RendererUnknown | ProcessTree.SignalFailed | Wait.WaitedTooLong>
  /** Lets a frozen tab go on; nothing if it is not frozen. */
  readonly thaw: Effect.Effect<void, ProcessTree.SignalFailed>
  /** Kills the tab's process with SIGKILL, frozen or not. The tab is of no use afterwards; open another. */
  readonly crash: Effect.Effect<void, PageFailed | RendererUnknown | ProcessTree.SignalFailed | Wait.WaitedTooLong>
  /** Takes this tab offline, or online again; other tabs and service workers are not concerned. */
  readonly setOffline: (offline: boolean) => Effect.Effect<void, PageFailed>
  /** Closes the tab as a user does. */
  readonly close: Effect.Effect<void, PageFailed>
}

// Chromium begins a request's id with the id of the process that makes it. Its traces say the same, but a trace waits
// for every renderer, also for a stopped one.
const processOf = async (page: Page): Promise<number> => {
  const session = await page.context().newCDPSession(page)
  const requestId = new Promise<string>((resolve) => {
    session.once("Network.requestWillBeSent", (event) => resolve(event.requestId))
  })
  await session.send("Network.enable")
  await session.send("Runtime.evaluate", { expression: `fetch("data:,")` })
  const pid = Number.parseInt(await requestId, 10)
  await session.detach()
  return pid
}

const isRenderer = async (page: Page, pid: number): Promise<boolean> => {
  const session = await page.context().browser()?.newBrowserCDPSession()
  const processes = (await session?.send("SystemInfo.getProcessInfo"))?.processInfo ?? []
  await session?.detach()
  return processes.some(({ id, type }) => type === "renderer" && id === pid)
}

/**
 * Opens a tab and waits until its page has loaded. Closing the scope thaws and closes it.
 *
 * Fails with `PageFailed` if the address does not load within 20 seconds.
 *
 * @since 0.1.0
 * @category constructors
 */
export const open = Effect.fnUntraced(function* <Api extends Exposed>(
  context: BrowserContext,
  url: string
): Effect.fn.Return<Tab<Api>, PageFailed, Scope.Scope> {
  const output: Array<string> = []
  const attempt = <A>(doing: string, operation: () => Promise<A>, bound?: Duration.DurationInput) =>
    Effect.tryPromise(operation).pipe(
      Wait.within(doing, bound),
      Effect.mapError((error) => {
        const reason = error._tag === "WaitedTooLong" ? error.message : String(error.error)
        return new PageFailed({ doing, reason, output })
      })
    )

  let frozen: number | undefined
  const thaw = Effect.suspend(() => {
    const pid = frozen
    frozen = undefined
    return pid === undefined ? Effect.void : ProcessTree.cont(pid)
  })
  const page = yield* Effect.acquireRelease(
    attempt("opening a tab", () => context.newPage()),
    (page) => Effect.ignore(thaw).pipe(Effect.andThen(Effect.ignore(attempt("closing a tab", () => page.close()))))
  )
  page.on("console", (message) => output.push(`${message.type()}: ${message.text()}`))
  page.on("pageerror", (error) => output.push(`uncaught: ${String(error)}`))
  yield* attempt(`opening ${url}`, () => page.goto(url), "20 seconds")

  const rendererPid = Effect.gen(function* () {
    if (frozen !== undefined) return frozen
    const pid = yield* attempt("asking for the tab's process", () => processOf(page))
    const known = yield* attempt("asking for the browser's processes", () => isRenderer(page, pid))
    return known ? pid : yield* new RendererUnknown({ reason: `process ${pid} is no renderer of this browser` })
  })

  const freeze = Effect.gen(function* () {
    const pid = yield* rendererPid
    frozen = pid
    yield* ProcessTree.stop(pid)
  })

  const crash = Effect.gen(function* () {
    const pid = yield* rendererPid
    frozen = undefined
    const crashed = new Promise((resolve) => page.once("crash", resolve))
    yield* ProcessTree.killOne(pid)
    yield* attempt("the tab to crash", () => crashed)
  })

  // a detached session would take the network back to what it was
  let network: CDPSession | undefined
  const setOffline = (offline: boolean) =>
    attempt(`going ${offline ? "offline" : "online"}`, async () => {
      network ??= await context.newCDPSession(page)
      await network.send("Network.enable")
      await network.send("Network.emulateNetworkConditions", {
        offline,
        latency: 0,
        downloadThroughput: -1,
        uploadThroughput: -1
      })
    })

  // text, not a function: what compiles the tests leaves its own marks in functions, which the page does not know
  const callWithin: Tab<Api>["callWithin"] =
    (bound) =>
    <K extends keyof Api & string>(name: K, ...args: Parameters<Api[K]>) =>
      attempt(
        `calling ${name}`,
        () =>
          page.evaluate<Awaited<ReturnType<Api[K]>>>(
            `(async () => {
              while (globalThis.exposed === undefined) await new Promise((resolve) => setTimeout(resolve, 5))
              return globalThis.exposed[${JSON.stringify(name)}](...${JSON.stringify(args)})
            })()`
          ),
        bound
      )

  return {
    page,
    output,
    call: callWithin("10 seconds"),
    callWithin,
    reload: attempt("reloading", () => page.reload(), "20 seconds").pipe(Effect.asVoid),
    rendererPid,
    freeze,
    thaw,
    crash,
    setOffline,
    close: attempt("closing a tab", () => page.close())
  }
})
