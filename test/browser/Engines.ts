/**
 * The engines that are installed here, and starting one: it is given an address, and its page asks for what to do (see
 * `Remote`).
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Browser from "./Browser.js"
import * as Chromium from "./Chromium.js"
import * as Display from "./Display.js"
import type { Engine, LeftOut, Name, Start } from "./Engine.js"
import * as Firefox from "./Firefox.js"
import * as ProcessTree from "./ProcessTree.js"
import * as TemporaryFolder from "./TemporaryFolder.js"
import type * as Wait from "./Wait.js"
import * as WebKit from "./WebKit.js"

/**
 * The browser did not start.
 *
 * @since 0.1.0
 * @category errors
 */
export class StartFailed extends Data.TaggedError("StartFailed")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/**
 * A browser that runs.
 *
 * @since 0.1.0
 * @category models
 */
export interface Running {
  readonly pid: number
  /** Ends the browser as a power cut would: SIGKILL to all its processes at once; done when none is left. */
  readonly kill: Effect.Effect<void, Wait.WaitedTooLong>
  /**
   * Kills with SIGKILL the process that keeps storage and makes requests for all tabs, as the system does when memory is
   * short; the tabs stay, and the browser starts another one by itself. Gives the ids of those that were killed: none
   * where the engine has no such process.
   */
  readonly killNetwork: Effect.Effect<ReadonlyArray<number>>
}

const chromiumArgs = ({ isPrivate, profileDir, url }: Start) => [
  "--headless",
  ...Browser.switches,
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-popup-blocking",
  "--disable-sync",
  "--hide-crash-restore-bubble",
  "--no-default-browser-check",
  "--no-first-run",
  "--password-store=basic",
  "--use-mock-keychain",
  `--user-data-dir=${profileDir}`,
  ...(isPrivate ? ["--incognito"] : []),
  url
]

const findChromium: Effect.Effect<Engine, string> = Chromium.findChromium().pipe(
  Effect.map(({ environment, executablePath, version }) => ({
    name: "Chromium" as const,
    version,
    executablePath,
    needsDisplay: false,
    environment: ({ ownDir }: Start) => ({ ...Browser.keptIn(ownDir), ...environment }),
    args: chromiumArgs,
    prepare: () => Effect.void
  })),
  Effect.mapError(({ message }) => message)
)

const candidates: Readonly<Record<Name, Effect.Effect<Engine, string>>> = {
  Chromium: findChromium,
  Firefox: Firefox.find,
  WebKit: WebKit.find
}

/**
 * Finds the engine of that name and makes sure that it answers; fails with why it is left out.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find = (name: Name): Effect.Effect<Engine, LeftOut> =>
  Effect.mapError(candidates[name], (problem) => ({ name, problem }))

const toStartFailed = (cause: unknown) => new StartFailed({ reason: String(cause) })

const run = (engine: Engine, start: Start, display: string | undefined) =>
  Effect.async<number, StartFailed>((resume) => {
    const child = spawn(engine.executablePath, engine.args(start), {
      env: { ...process.env, ...(display === undefined ? {} : { DISPLAY: display }), ...engine.environment(start) },
      stdio: "ignore",
      // a group of its own: what loses its parent is still known by it
      detached: true
    })
    child.once("error", (error) => resume(toStartFailed(error)))
    child.once("spawn", () => {
      if (child.pid !== undefined) resume(Effect.succeed(child.pid))
    })
  })

/**
 * Starts the engine on a profile directory (absolute; made if it is missing) that outlives it, with a page at that address.
 * Closing the scope kills it. What it keeps beside its profile, such as temporary files, goes with it.
 *
 * Fails with `StartFailed`, or with `NoDisplay` where it needs a screen and there is none.
 *
 * @since 0.1.0
 * @category constructors
 */
export const start = Effect.fnUntraced(function* (
  engine: Engine,
  profileDir: string,
  url: string,
  options: { readonly isPrivate?: boolean } = {}
): Effect.fn.Return<Running, StartFailed | Display.NoDisplay, Scope.Scope> {
  yield* TemporaryFolder.removedAtEnd(["SIGINT", "SIGTERM", "SIGHUP"])
  const ownDir = yield* TemporaryFolder.make(toStartFailed)
  const display = engine.needsDisplay ? yield* Display.make : undefined
  const how = { profileDir, ownDir, url, isPrivate: options.isPrivate ?? false }
  yield* Effect.tryPromise({ try: () => Fs.mkdir(profileDir, { recursive: true }), catch: toStartFailed })
  yield* engine.prepare(how)
  const kill = (pid: number) => Effect.zipRight(ProcessTree.kill(pid), ProcessTree.killUsing(ownDir))
  const pid = yield* Effect.acquireRelease(run(engine, how, display), (pid) => Effect.ignoreLogged(kill(pid)))
  const { networkProgram } = engine
  return {
    pid,
    kill: kill(pid),
    killNetwork: networkProgram === undefined ? Effect.succeed([]) : ProcessTree.killNamed(pid, networkProgram)
  }
})
