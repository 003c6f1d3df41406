/**
 * The Chromium that comes in an npm package, for machines without one (Linux on x64 only).
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { existsSync } from "node:fs"
import * as Fs from "node:fs/promises"
import { createRequire } from "node:module"
import * as Path from "node:path"
import * as Command from "./Command.js"

/**
 * The packed Chromium cannot be had here.
 *
 * @since 0.1.0
 * @category errors
 */
export class PackFailed extends Data.TaggedError("PackFailed")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/**
 * Where the browser and what it needs were unpacked.
 *
 * @since 0.1.0
 * @category models
 */
export interface Unpacked {
  readonly executablePath: string
  /** NSS, NSPR and expat: for systems that lack them. */
  readonly libraryDir: string
  /** A fontconfig file that names only the fonts unpacked beside it. */
  readonly fontsConfig: string
}

const packageName = "@sparticuz/chromium"
const resolve = createRequire(import.meta.url).resolve
const decodeManifest = Schema.decodeUnknown(Schema.parseJson(Schema.Struct({ version: Schema.String })))

// The package unpacks into the system's temporary directory and trusts whatever is there, even a half-written file. A
// process of its own is given a private one; the variable makes it add the libraries, as on the platform it is built for.
const unpackScript = (module: string) =>
  `const m = require(${JSON.stringify(module)}); (m.default ?? m).executablePath().then((path) => console.log(path))`

const fontsConfig = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir prefix="relative">fonts/fonts</dir></fontconfig>
`

const attempt = <A>(operation: () => Promise<A>) =>
  Effect.tryPromise({ try: operation, catch: (cause) => new PackFailed({ reason: String(cause) }) })

/**
 * Unpacks the browser beside the other caches of `node_modules`, once; 200 MB, some two seconds.
 *
 * Each process unpacks into a directory of its own and renames it into place, so that processes may do so at once.
 * Fails with `PackFailed` if the package is not installed, the system is not Linux on x64, or the disk refuses.
 *
 * @since 0.1.0
 * @category constructors
 */
export const unpack: Effect.Effect<Unpacked, PackFailed> = Effect.gen(function* () {
  if (process.platform !== "linux" || process.arch !== "x64") {
    return yield* new PackFailed({ reason: `${packageName} runs on Linux x64 only` })
  }
  const module = yield* Effect.try({
    try: () => resolve(packageName),
    catch: () => new PackFailed({ reason: `${packageName} is not installed` })
  })
  const manifest = yield* attempt(() => Fs.readFile(Path.join(module, "..", "..", "..", "package.json"), "utf8"))
  const { version } = yield* decodeManifest(manifest).pipe(
    Effect.mapError((error) => new PackFailed({ reason: error.message }))
  )
  const caches = Path.join(module, "..", "..", "..", "..", "..", ".cache")
  const home = Path.join(caches, `sparticuz-chromium-${version}`)
  if (!existsSync(home)) {
    yield* attempt(() => Fs.mkdir(caches, { recursive: true }))
    yield* Effect.acquireUseRelease(
      attempt(() => Fs.mkdtemp(`${home}.`)),
      (stage) =>
        Command.run(process.execPath, ["--eval", unpackScript(module)], {
          environment: { TMPDIR: stage, AWS_LAMBDA_JS_RUNTIME: "nodejs20.x" },
          millis: 120_000
        }).pipe(
          Effect.mapError((error) => new PackFailed({ reason: error.message })),
          Effect.andThen(attempt(() => Fs.writeFile(Path.join(stage, "fonts.conf"), fontsConfig))),
          Effect.andThen(attempt(() => Fs.rename(stage, home))),
          // the rename fails if another process was first: theirs is as good
          Effect.catchAll((error) => (existsSync(home) ? Effect.void : Effect.fail(error)))
        ),
      (stage) => Effect.promise(() => Fs.rm(stage, { recursive: true, force: true }))
    )
  }
  return {
    executablePath: Path.join(home, "chromium"),
    libraryDir: Path.join(home, "al2023", "lib"),
    fontsConfig: Path.join(home, "fonts.conf")
  }
})
