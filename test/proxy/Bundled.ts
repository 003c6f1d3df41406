/** The proxy as an app ships it: bundled. */
import * as Esbuild from "esbuild"
import { fileURLToPath } from "node:url"

const door = fileURLToPath(new URL("../../src/doors/proxy.ts", import.meta.url))

const settings = {
  bundle: true,
  write: false,
  minify: true,
  platform: "browser",
  target: "es2022",
  logLevel: "silent"
} as const

const textOf = ({ outputFiles }: { readonly outputFiles: ReadonlyArray<Esbuild.OutputFile> }) =>
  outputFiles.map(({ text }) => text).join("\n")

export const bundled = async (
  format: "esm" | "iife",
  options: Pick<Esbuild.BuildOptions, "globalName"> = {}
): Promise<string> => textOf(await Esbuild.build({ ...settings, ...options, format, entryPoints: [door] }))

/** A module around it, which imports it by the name of its public path. */
export const bundledWith = async (module: string): Promise<string> =>
  textOf(
    await Esbuild.build({
      ...settings,
      format: "esm",
      alias: { "effect-toggl-clients/proxy": door },
      stdin: { contents: module, resolveDir: fileURLToPath(new URL(".", import.meta.url)) }
    })
  )
