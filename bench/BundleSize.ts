/**
 * How large a bundle is, and what of it is the library's own code.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Esbuild from "esbuild"
import { SourceMap } from "node:module"
import { fileURLToPath } from "node:url"
import { gzipSync } from "node:zlib"

/**
 * The bundler refused, with its messages.
 *
 * @since 0.1.0
 * @category errors
 */
export class BundleFailed extends Data.TaggedError("BundleFailed")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/**
 * A bundle with all that it imports, minified.
 *
 * - `total`: its bytes, gzipped
 * - `own`: how many of them are there for the library's code
 * - `parts`: the bytes that each file brings, before they are gzipped; a path is as from the root
 * - `inputs`: every file that was looked at, also where nothing of it is left
 *
 * @since 0.1.0
 * @category models
 */
export interface Bundle {
  readonly total: number
  readonly own: number
  readonly parts: ReadonlyMap<string, number>
  readonly inputs: ReadonlyArray<string>
}

const root = fileURLToPath(new URL("..", import.meta.url))

const readMap = Schema.decodeUnknownSync(
  Schema.parseJson(
    Schema.Struct({
      version: Schema.Number,
      sources: Schema.mutable(Schema.Array(Schema.String)),
      names: Schema.mutable(Schema.Array(Schema.String)),
      mappings: Schema.String
    })
  )
)

const gzipped = (text: string) => gzipSync(text, { level: 9 }).length

const isOwn = (path: string) => !path.includes("node_modules/") && /(?:^|\/)src\//.test(path)

// What a map says of each place is asked for one place after another: nothing says where a file's code ends.
const withoutOwn = (code: string, map: SourceMap): string =>
  code
    .split("\n")
    .map((line, at) =>
      [...line]
        .filter((_, column) => {
          const found = map.findEntry(at, column)
          return !("originalSource" in found && isOwn(found.originalSource))
        })
        .join("")
    )
    .join("\n")

const build = (entry: URL) =>
  Esbuild.build({
    absWorkingDir: root,
    entryPoints: [fileURLToPath(entry)],
    outdir: "bundle",
    bundle: true,
    minify: true,
    metafile: true,
    sourcemap: "external",
    sourcesContent: false,
    write: false,
    format: "esm",
    platform: "browser",
    target: "es2022",
    logLevel: "silent"
  })

const read = ({ metafile, outputFiles }: Awaited<ReturnType<typeof build>>): Bundle => {
  const output = (suffix: string) => outputFiles.find(({ path }) => path.endsWith(suffix))?.text ?? ""
  const code = output(".js")
  const map = new SourceMap({ file: "", sourceRoot: "", sourcesContent: [], ...readMap(output(".js.map")) })
  const total = gzipped(code)
  const parts = Object.values(metafile.outputs).flatMap(({ inputs }) =>
    Object.entries(inputs).map(([path, { bytesInOutput }]) => [path, bytesInOutput] as const)
  )
  return {
    total,
    // Ours is what the app would save without us: the bundle that is shipped, less the same without our bytes. Bundled
    // with Effect left outside, our code would keep long names of Effect's that no app ships.
    own: total - gzipped(withoutOwn(code, map)),
    parts: new Map(parts),
    inputs: Object.keys(metafile.inputs)
  }
}

/**
 * Bundles the entry with all that it imports, for a browser.
 *
 * @since 0.1.0
 * @category constructors
 */
export const of = (entry: URL): Effect.Effect<Bundle, BundleFailed> =>
  Effect.tryPromise({
    try: () => build(entry).then(read),
    catch: (cause) => new BundleFailed({ reason: String(cause) })
  })

// A package by its name, our rooms and public modules by their paths.
const partOf = (path: string) => {
  const [, name] = /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path) ?? []
  return name ?? path.split("/").slice(0, 2).join("/")
}

const largestFirst = (sizes: ReadonlyMap<string, number>) => [...sizes].sort(([, a], [, b]) => b - a)

/**
 * The packages, our rooms and our public modules, with the bytes that each brings, before they are gzipped: the largest
 * first.
 *
 * @since 0.1.0
 * @category getters
 */
export const byPart = ({ parts }: Bundle): ReadonlyArray<readonly [part: string, bytes: number]> => {
  const sizes = new Map<string, number>()
  for (const [path, bytes] of parts) sizes.set(partOf(path), (sizes.get(partOf(path)) ?? 0) + bytes)
  return largestFirst(sizes)
}

/**
 * The same file by file: without the folders above a package.
 *
 * @since 0.1.0
 * @category getters
 */
export const byFile = ({ parts }: Bundle): ReadonlyArray<readonly [file: string, bytes: number]> =>
  largestFirst(parts).map(([path, bytes]) => [path.replace(/.*node_modules\//, ""), bytes])
