/**
 * Launches a real Chromium, with a renderer process for each tab, and ends it gently or with SIGKILL.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { type BrowserContext, chromium as playwright } from "playwright-core"
import * as Chromium from "./Chromium.js"
import * as ProcessTree from "./ProcessTree.js"
import * as TemporaryFolder from "./TemporaryFolder.js"
import * as Wait from "./Wait.js"

/**
 * The browser was found and did not start, or gave no further context.
 *
 * @since 0.1.0
 * @category errors
 */
export class LaunchFailed extends Data.TaggedError("LaunchFailed")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/**
 * How to launch.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The browser to launch; the one that `Chromium.findChromium` finds, if not given. */
  readonly chromium?: Chromium.Chromium
  /** Chromium switches beside those that the harness and Playwright give. */
  readonly args?: ReadonlyArray<string>
  /** `false` shows windows. */
  readonly headless?: boolean
  /**
   * `false` where the program itself closes the scope on SIGINT, SIGTERM and SIGHUP. Unless given, they end the browser
   * and this process with it, and no finalizer runs; what the browser kept on disk is removed all the same.
   */
  readonly endsOnSignals?: boolean
}

/**
 * A running browser.
 *
 * @since 0.1.0
 * @category models
 */
export interface Running {
  /** The context of the profile on disk, which all its tabs share. */
  readonly context: BrowserContext
  readonly chromium: Chromium.Chromium
  /** The browser's own process. */
  readonly pid: number
  readonly profileDir: string
  /** A context with storage, locks and service workers of its own, all in memory; closed with the scope. */
  readonly isolated: Effect.Effect<BrowserContext, LaunchFailed, Scope.Scope>
  /** Ends the browser as a power cut would: SIGKILL to all its processes at once; done when none is left. */
  readonly kill: Effect.Effect<void, Wait.WaitedTooLong>
}

/**
 * A browser that the tests of a file share: `layer(Browser.layer, { excludeTestServices: true })("...", (it) => ...)`.
 *
 * @since 0.1.0
 * @category tags
 */
export class Browser extends Context.Tag("test/Browser")<Browser, Running>() {}

// Of several lists the last one counts: these are Playwright's, but for what concerns other systems and tools.
const withoutFeatures = [
  "AimEnabled",
  "AvoidCorsURLLoaderRestartOnRedirect",
  "AvoidUnnecessaryBeforeUnloadCheckSync",
  "DestroyProfileOnBrowserClose",
  "HttpsFirstBalancedModeAutoEnable",
  "HttpsUpgrades",
  "LensOverlay",
  "MediaRouter",
  "NetworkTimeServiceQuerying",
  "OptimizationHints",
  "PaintHolding",
  "PreconnectToSearch",
  "ThirdPartyStoragePartitioning",
  // And two of ours: each window has a page for what its address bar would suggest, which costs more than the tab.
  "WebUIOmniboxAimPopup",
  "WebUIOmniboxPopup"
]

/**
 * What any Chromium is started with here, whoever starts it.
 *
 * @since 0.1.0
 * @category constants
 */
export const switches: ReadonlyArray<string> = [
  // our own pages only; the sandbox wants privileges that root and many containers lack
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  // little memory must not make tabs share a renderer: one of them is to be stopped
  "--renderer-process-limit=64",
  `--disable-features=${withoutFeatures.join(",")}`
]

const attempt = <A>(operation: () => Promise<A>) =>
  Effect.tryPromise({ try: operation, catch: (cause) => new LaunchFailed({ reason: String(cause) }) })

const temporaryDir = TemporaryFolder.make((cause) => new LaunchFailed({ reason: String(cause) }))

/**
 * Variables that keep in the folder what a Chromium writes beside its profile: killed, it leaves its socket where temporary
 * files are, and its crash handler writes into the user's home.
 *
 * @since 0.1.0
 * @category constants
 */
export const keptIn = (folder: string) => ({ TMPDIR: folder, XDG_CONFIG_HOME: folder, XDG_CACHE_HOME: folder })

const close = (context: BrowserContext) => attempt(() => context.close()).pipe(Wait.within("a context to close"))

const start = Effect.fnUntraced(function* (profileDir: string, ownDir: string, options: Options) {
  const chromium = options.chromium ?? (yield* Chromium.findChromium())
  const context = yield* attempt(() =>
    playwright.launchPersistentContext(profileDir, {
      executablePath: chromium.executablePath,
      env: { ...process.env, ...keptIn(ownDir), ...chromium.environment },
      args: [...switches, ...(options.args ?? [])],
      headless: options.headless ?? true,
      viewport: null,
      artifactsDir: ownDir,
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
      timeout: 60_000
    })
  )
  const browser = context.browser()
  const session = browser === null ? undefined : yield* attempt(() => browser.newBrowserCDPSession())
  const answer = session === undefined ? undefined : yield* attempt(() => session.send("SystemInfo.getProcessInfo"))
  const pid = answer?.processInfo.find(({ type }) => type === "browser")?.id
  if (browser === null || pid === undefined) {
    yield* Effect.ignore(close(context))
    return yield* new LaunchFailed({ reason: "the browser does not tell its process" })
  }
  const isolated = Effect.acquireRelease(
    attempt(() => browser.newContext({ viewport: null })),
    (isolated) => Effect.ignore(close(isolated))
  )
  const kill = Effect.zipRight(ProcessTree.kill(pid), ProcessTree.killUsing(ownDir))
  return { context, chromium, pid, profileDir, isolated, kill } satisfies Running
})

/**
 * Launches a browser on a profile directory (absolute; made if it is missing) that outlives it: kill the browser or close
 * the scope, launch again on the same directory, and the storage is there.
 *
 * Fails with `ChromiumNotFound` or `LaunchFailed`. Closing the scope closes the browser, and kills what is left of it.
 * What the browser keeps beside its profile, such as temporary files, goes with it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const launchPersistent = Effect.fnUntraced(function* (profileDir: string, options: Options = {}) {
  yield* TemporaryFolder.removedAtEnd(options.endsOnSignals === false ? [] : ["SIGINT", "SIGTERM", "SIGHUP"])
  const ownDir = yield* temporaryDir
  return yield* Effect.acquireRelease(start(profileDir, ownDir, options), ({ context, kill }) =>
    Effect.ignore(close(context)).pipe(Effect.andThen(kill), Effect.ignoreLogged)
  )
})

/**
 * A directory for a profile, removed when the scope closes: open its scope outside that of the browser.
 *
 * @since 0.1.0
 * @category constructors
 */
export const profileDir: Effect.Effect<string, LaunchFailed, Scope.Scope> = temporaryDir

/**
 * Launches a browser on a new profile on disk, removed when the scope closes.
 *
 * Fails with `ChromiumNotFound` or `LaunchFailed`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const launch = (
  options: Options = {}
): Effect.Effect<Running, Chromium.ChromiumNotFound | LaunchFailed, Scope.Scope> =>
  Effect.flatMap(profileDir, (path) => launchPersistent(path, options))

/**
 * `launch` as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer: Layer.Layer<Browser, Chromium.ChromiumNotFound | LaunchFailed> = Layer.scoped(Browser, launch())

/**
 * Takes every tab and service worker of a context offline, or online again: `navigator.onLine` says so, the events fire,
 * requests fail.
 *
 * @since 0.1.0
 * @category network
 */
export const setOffline = (context: BrowserContext, offline: boolean): Effect.Effect<void, LaunchFailed> =>
  attempt(() => context.setOffline(offline))
