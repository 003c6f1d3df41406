/**
 * Finds a Chromium that runs on this machine.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { accessSync, constants, statSync } from "node:fs"
import * as Path from "node:path"
import { chromium as playwright } from "playwright-core"
import * as Command from "./Command.js"
import * as PackedChromium from "./PackedChromium.js"

/**
 * Where a Chromium came from, in the order in which they are tried.
 *
 * @since 0.1.0
 * @category models
 */
export type Source = "CHROMIUM_PATH" | "system" | "playwright" | "sparticuz"

/**
 * A Chromium that answered when asked for its version.
 *
 * @since 0.1.0
 * @category models
 */
export interface Chromium {
  readonly source: Source
  readonly executablePath: string
  /** As the browser says it, such as `Chromium 147.0.7727.0`. */
  readonly version: string
  /** Variables that it must be started with, to be laid over this process's own. */
  readonly environment: Readonly<Record<string, string>>
}

/**
 * A source that has none which runs, and why.
 *
 * @since 0.1.0
 * @category models
 */
export interface LeftOut {
  readonly source: Source
  readonly problem: string
}

/**
 * No Chromium runs here: what was tried, and what was wrong with each.
 *
 * @since 0.1.0
 * @category errors
 */
export class ChromiumNotFound extends Data.TaggedError("ChromiumNotFound")<{
  readonly tried: ReadonlyArray<LeftOut>
}> {
  override get message(): string {
    return [
      "No Chromium runs here. Set CHROMIUM_PATH to one, install Chromium or Chrome, run `npx playwright-core install",
      "chromium`, or on Linux x64 install the dev dependency @sparticuz/chromium. Tried:",
      ...this.tried.map(({ source, problem }) => `- ${source}: ${problem}`)
    ].join("\n")
  }
}

type Environment = Readonly<Record<string, string | undefined>>

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]

const usualPlaces = (environment: Environment): ReadonlyArray<string> => {
  switch (process.platform) {
    case "darwin":
      return ["/Applications", Path.join(environment["HOME"] ?? "/", "Applications")].flatMap((folder) =>
        ["Google Chrome", "Chromium"].map((name) => Path.join(folder, `${name}.app`, "Contents", "MacOS", name))
      )
    case "win32":
      return ["PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"].flatMap((variable) => {
        const folder = environment[variable]
        if (folder === undefined) return []
        return [Path.join("Google", "Chrome"), "Chromium"].map((name) =>
          Path.join(folder, name, "Application", "chrome.exe")
        )
      })
    default:
      return ["/usr/lib/chromium/chromium", "/opt/google/chrome/chrome"]
  }
}

const onPath = (environment: Environment): ReadonlyArray<string> => {
  const ending = process.platform === "win32" ? ".exe" : ""
  return (environment["PATH"] ?? "")
    .split(Path.delimiter)
    .filter((folder) => folder !== "")
    .flatMap((folder) => names.map((name) => Path.join(folder, name + ending)))
}

const isProgram = (path: string) =>
  Effect.try(() => {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  }).pipe(Effect.orElseSucceed(() => false))

// A snap sees its own temporary directory in place of ours, so the profile would not be where we look for it.
const isSnap = (path: string) => path.startsWith("/snap/")

const asked = (
  source: Source,
  executablePath: string,
  environment: Readonly<Record<string, string>> = {}
): Effect.Effect<Chromium, string> =>
  Effect.gen(function* () {
    if (!(yield* isProgram(executablePath))) return yield* Effect.fail(`${executablePath} is no program`)
    // on Windows the question opens a window
    if (process.platform === "win32") return { source, executablePath, version: "not asked", environment }
    const version = yield* Command.run(executablePath, ["--version"], { environment, millis: 20_000 }).pipe(
      Effect.mapError((error) => error.message)
    )
    return { source, executablePath, version, environment }
  })

const fromPath = (environment: Environment): Effect.Effect<Chromium, string> =>
  Effect.filter([...onPath(environment), ...usualPlaces(environment)], (path) =>
    isSnap(path) ? Effect.succeed(false) : isProgram(path)
  ).pipe(
    Effect.filterOrFail(
      (paths) => paths.length > 0,
      () => "none on PATH or in the usual places"
    ),
    Effect.flatMap((paths) => Effect.firstSuccessOf(paths.map((path) => asked("system", path))))
  )

const fromPlaywright: Effect.Effect<Chromium, string> = Effect.suspend(() =>
  asked("playwright", playwright.executablePath())
)

const fromPackage = (environment: Environment): Effect.Effect<Chromium, string> =>
  PackedChromium.unpack.pipe(
    Effect.mapError((error) => error.message),
    Effect.flatMap(({ executablePath, fontsConfig, libraryDir }) => {
      const fonts = { FONTCONFIG_FILE: fontsConfig }
      const libraries = [libraryDir, ...(environment["LD_LIBRARY_PATH"]?.split(":") ?? [])].join(":")
      // the system's own libraries first: the packed ones want a C library as new as theirs
      return asked("sparticuz", executablePath, fonts).pipe(
        Effect.orElse(() => asked("sparticuz", executablePath, { ...fonts, LD_LIBRARY_PATH: libraries }))
      )
    })
  )

const fromVariable = (environment: Environment): Effect.Effect<Chromium, string> => {
  const path = environment["CHROMIUM_PATH"] ?? ""
  return path === "" ? Effect.fail("not set") : asked("CHROMIUM_PATH", path)
}

type Candidate = readonly [source: Source, Effect.Effect<Chromium, string>]

const wished = (environment: Environment): Candidate => ["CHROMIUM_PATH", fromVariable(environment)]

const others = (environment: Environment): ReadonlyArray<Candidate> => [
  ["system", fromPath(environment)],
  ["playwright", fromPlaywright],
  ["sparticuz", fromPackage(environment)]
]

const answered = ([source, candidate]: Candidate): Effect.Effect<Chromium, LeftOut> =>
  Effect.mapError(candidate, (problem) => ({ source, problem }))

/**
 * Finds a Chromium and makes sure that it starts: the one that `CHROMIUM_PATH` names, else one of the system, else
 * Playwright's own, else the one packed in `@sparticuz/chromium` (unpacked at the first use).
 *
 * Fails with `ChromiumNotFound` if none runs, and at once if `CHROMIUM_PATH` names one that does not.
 *
 * @since 0.1.0
 * @category constructors
 */
export const findChromium = (environment: Environment = process.env): Effect.Effect<Chromium, ChromiumNotFound> => {
  const isWished = (environment["CHROMIUM_PATH"] ?? "") !== ""
  return Effect.gen(function* () {
    const tried: Array<LeftOut> = []
    for (const candidate of isWished ? [wished(environment)] : others(environment)) {
      const answer = yield* Effect.either(answered(candidate))
      if (Either.isRight(answer)) return answer.right
      tried.push(answer.left)
    }
    return yield* new ChromiumNotFound({ tried })
  })
}

/**
 * Finds every Chromium that runs here, one of each source, and says why the other sources are left out.
 *
 * @since 0.1.0
 * @category constructors
 */
export const findAll = (
  environment: Environment = process.env
): Effect.Effect<readonly [leftOut: ReadonlyArray<LeftOut>, found: ReadonlyArray<Chromium>]> =>
  Effect.partition([wished(environment), ...others(environment)], answered)
