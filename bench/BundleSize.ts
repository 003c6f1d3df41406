/**
 * How large the library's own code is in an app's bundle.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Esbuild from "esbuild"
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

// In an app's own bundle nothing is left of the imports of what is shared.
const sharedImports =
  /import(?:\*as [\w$]+|\{[^}]*\}|[\w$]+)? ?(?:from)?"(?:effect|@effect\/platform|idb-keyval)[^"]*";/g

/**
 * Bytes of the entry and what it imports of ours, minified and gzipped, without Effect and idb-keyval.
 *
 * @since 0.1.0
 * @category constructors
 */
export const own = (entry: URL): Effect.Effect<number, BundleFailed> =>
  Effect.tryPromise({
    try: () =>
      Esbuild.build({
        entryPoints: [fileURLToPath(entry)],
        bundle: true,
        minify: true,
        write: false,
        format: "esm",
        platform: "browser",
        target: "es2022",
        external: ["effect", "effect/*", "@effect/platform", "@effect/platform/*", "idb-keyval"],
        logLevel: "silent"
      }),
    catch: (cause) => new BundleFailed({ reason: String(cause) })
  }).pipe(
    Effect.map(({ outputFiles }) => {
      const code = outputFiles.map(({ text }) => text).join("\n")
      return gzipSync(code.replace(sharedImports, ""), { level: 9 }).length
    })
  )
