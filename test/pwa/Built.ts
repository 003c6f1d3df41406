/**
 * The app of `examples/pwa`, copied into a folder of its own with the library as it is in `src` now, and built by Vite there. The
 * repository's `dist` is neither read nor written, so tests can run beside a build.
 *
 * For a test file, which builds once:
 *
 * ```ts
 * layer(Built.layer({ mode: "playground" }), { excludeTestServices: true })("the playground", (it) => {
 *   it.scoped("has a page", () =>
 *     Effect.gen(function* () {
 *       const { dist } = yield* Built.Built // the folder of what was built, with index.html and worker.js
 *     })
 *   )
 * })
 * ```
 *
 * The app's own server, for what was built, or for its sources with `server: "dev"`:
 *
 * ```ts
 * const { folder } = yield* Built.Built
 * const { url } = yield* Built.serve(folder, { server: "preview", env: { DEMO_CLIENTS: "1000" } })
 * yield* Tab.open(context, url("/"))
 * ```
 *
 * With a browser beside it: `Layer.merge(Built.layer(), Browser.layer)`. `files` lays files of a test's own over the app's, such as
 * `{ "src/main.tsx": "..." }`.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import { build as transpile } from "esbuild"
import { spawn } from "node:child_process"
import * as Fs from "node:fs/promises"
import * as Path from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "vite"
import { copyApp } from "../../examples/scripts/copyApp.js"
import * as Program from "../browser/Program.js"
import * as Wait from "../browser/Wait.js"

const root = fileURLToPath(new URL("../../", import.meta.url))
const app = Path.join(root, "examples/pwa")

/**
 * The app could not be copied, built or started.
 *
 * @since 0.1.0
 * @category errors
 */
export class BuildFailed extends Data.TaggedError("BuildFailed")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/**
 * What to build.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  /** The app as it is installed behind its server, unless said otherwise. */
  readonly mode?: "app" | "playground" | undefined
  /** Where the app is on its host: `/` unless given. The playground finds that out by itself. */
  readonly base?: string | undefined
  /** Files laid over the app's, by their path in it. */
  readonly files?: Readonly<Record<string, string>> | undefined
}

/**
 * The app, copied and built.
 *
 * @since 0.1.0
 * @category models
 */
export interface BuiltApp {
  /** The app's copy: with its sources, what it has installed, and `dist`. */
  readonly folder: string
  /** What was built, for any host. */
  readonly dist: string
}

/**
 * The app that the tests of a file share.
 *
 * @since 0.1.0
 * @category tags
 */
export class Built extends Context.Tag("test/pwa/Built")<Built, BuiltApp>() {}

const attempt = <A>(operation: () => Promise<A>): Effect.Effect<A, BuildFailed> =>
  Effect.tryPromise({ try: operation, catch: (cause) => new BuildFailed({ reason: String(cause) }) })

/** Links what is installed there, the packages of a scope one by one. Names that are there already stay. */
const link = async (from: string, to: string): Promise<void> => {
  const entries = await Fs.readdir(from).catch(() => [])
  for (const name of entries) {
    // our own package, and what belongs to no package
    if (name === "effect-toggl-clients" || name === "toggl-clients-pwa" || name.startsWith(".")) continue
    if (name.startsWith("@")) {
      await Fs.mkdir(Path.join(to, name), { recursive: true })
      await link(Path.join(from, name), Path.join(to, name))
    } else {
      const target = await Fs.realpath(Path.join(from, name))
      await Fs.symlink(target, Path.join(to, name), "dir").catch((error: unknown) => {
        if (!String(error).includes("EEXIST")) throw error
      })
    }
  }
}

/** The library as npm would install it, file by file from its sources. */
const install = async (modules: string): Promise<void> => {
  const library = Path.join(modules, "effect-toggl-clients")
  await Fs.mkdir(library, { recursive: true })
  await Fs.copyFile(Path.join(root, "package.json"), Path.join(library, "package.json"))
  const sources = (await Fs.readdir(Path.join(root, "src"), { recursive: true })).filter((name) => /\.tsx?$/.test(name))
  await transpile({
    entryPoints: sources.map((name) => Path.join(root, "src", name)),
    outbase: Path.join(root, "src"),
    outdir: Path.join(library, "dist"),
    format: "esm",
    target: "es2022",
    logLevel: "silent"
  })
}

/**
 * The app in a folder of its own, with all that it has installed, and not built. The folder goes with the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const copy = Effect.fnUntraced(function* ({ files = {} }: Options = {}): Effect.fn.Return<
  string,
  BuildFailed,
  Scope.Scope
> {
  const folder = yield* Program.folder("pwa")
  yield* attempt(async () => {
    // as a newcomer copies it: all that it needs must be in it
    await copyApp({ from: app, to: folder, library: "*" })
    for (const [name, text] of Object.entries(files)) {
      const path = Path.join(folder, name)
      await Fs.mkdir(Path.dirname(path), { recursive: true })
      await Fs.writeFile(path, text)
    }
    const modules = Path.join(folder, "node_modules")
    await Fs.mkdir(modules)
    // what npm had to install for the app alone comes first
    await link(Path.join(app, "node_modules"), modules)
    await link(Path.join(root, "node_modules"), modules)
    await install(modules)
  })
  return folder
})

/**
 * Copies the app and builds it. The folder goes with the scope.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function* (
  options: Options = {}
): Effect.fn.Return<BuiltApp, BuildFailed, Scope.Scope> {
  const folder = yield* copy(options)
  const dist = Path.join(folder, "dist")
  yield* attempt(() =>
    build({
      root: folder,
      configFile: Path.join(folder, "vite.config.ts"),
      mode: options.mode === "playground" ? "playground" : "production",
      logLevel: "error",
      ...(options.base === undefined ? {} : { base: options.base }),
      build: { outDir: dist, emptyOutDir: true }
    })
  )
  return { folder, dist }
})

/**
 * `make` as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options: Options = {}): Layer.Layer<Built, BuildFailed> => Layer.scoped(Built, make(options))

/**
 * The app's own server, as a user starts it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Served {
  /** Such as `http://localhost:40123`, with no slash at its end. */
  readonly origin: string
  readonly url: (path: string) => string
  /** All that it has printed so far. */
  readonly printed: () => string
}

/**
 * How to start it.
 *
 * @since 0.1.0
 * @category models
 */
export interface ServeOptions {
  /** `preview` serves what was built, unless said otherwise, and `dev` the sources. */
  readonly server?: "dev" | "preview" | undefined
  readonly base?: string | undefined
  /** A free one if missing. */
  readonly port?: number | undefined
  /** Laid over this process's own, without its `TOGGL` and what goes with that. */
  readonly env?: Readonly<Record<string, string>> | undefined
}

// Vite takes colours for a terminal only.
const clean = {
  NO_COLOR: "1",
  FORCE_COLOR: undefined,
  TOGGL: undefined,
  TOGGL_BASE_URL: undefined,
  DEMO_CLIENTS: undefined
}

/**
 * Starts the app's server in a process of its own, and waits until it tells its address. It ends with the scope. Fails with what was
 * printed, where it ends before.
 *
 * @since 0.1.0
 * @category constructors
 */
export const serve = Effect.fnUntraced(function* (
  folder: string,
  { base, env = {}, port = 0, server = "preview" }: ServeOptions = {}
): Effect.fn.Return<Served, BuildFailed | Wait.WaitedTooLong, Scope.Scope> {
  let printed = ""
  let ended = false
  yield* Effect.acquireRelease(
    Effect.sync(() => {
      const vite = Path.join(folder, "node_modules/vite/bin/vite.js")
      const args = [...(server === "preview" ? ["preview"] : []), "--host", "127.0.0.1", "--port", String(port)]
      const child = spawn(
        process.execPath,
        [vite, ...args, "--strictPort", ...(base === undefined ? [] : ["--base", base])],
        {
          cwd: folder,
          env: { ...process.env, ...clean, ...env },
          stdio: ["ignore", "pipe", "pipe"]
        }
      )
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => (printed += text))
      }
      child.once("close", () => (ended = true))
      return child
    }),
    (child) =>
      Effect.async<void>((resume) => {
        if (ended) return resume(Effect.void)
        child.once("close", () => resume(Effect.void))
        child.kill("SIGKILL")
      })
  )
  const address = () => /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0]
  yield* Wait.until(
    "the app's server to start",
    Effect.sync(() => ended || address() !== undefined),
    "60 seconds"
  )
  const origin = address()
  if (origin === undefined) return yield* new BuildFailed({ reason: printed })
  return { origin, url: (path) => origin + path, printed: () => printed }
})
