/**
 * Bundles TypeScript for the browser, in memory.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import * as Esbuild from "esbuild"
import { fileURLToPath } from "node:url"

/**
 * The bundler refused, with its messages.
 *
 * @since 0.1.0
 * @category errors
 */
export class BundleFailed extends Data.TaggedError("BundleFailed")<{
  readonly entry: string
  readonly reason: string
}> {
  override get message(): string {
    return `${this.entry}: ${this.reason}`
  }
}

/**
 * What of esbuild's options is the caller's.
 *
 * @since 0.1.0
 * @category models
 */
export type Options = Pick<Esbuild.BuildOptions, "alias" | "conditions" | "define" | "minify">

/**
 * Bundles an entry file: `esm` for a page's module script, `iife` for a classic service worker. Without a source map: it is
 * nine times as long as the script, and each tab that opens would read it.
 *
 * Fails with `BundleFailed` if something does not compile or resolve.
 *
 * @since 0.1.0
 * @category constructors
 */
export const bundle = (
  entry: URL,
  format: "esm" | "iife",
  options: Options = {}
): Effect.Effect<string, BundleFailed> =>
  Effect.tryPromise({
    try: () =>
      Esbuild.build({
        ...options,
        entryPoints: [fileURLToPath(entry)],
        bundle: true,
        write: false,
        format,
        platform: "browser",
        target: "es2022",
        logLevel: "silent"
      }),
    catch: (cause) => new BundleFailed({ entry: entry.pathname, reason: String(cause) })
  }).pipe(Effect.map(({ outputFiles }) => outputFiles.map(({ text }) => text).join("\n")))
