/**
 * The model over a source from which a rule is taken out: what then breaks a law shows that the suite would see it.
 */
import * as Predicate from "effect/Predicate"
import * as esbuild from "esbuild"
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import type * as Judge from "./Judge.js"
import type { Rule } from "./rules.js"

const root = join(import.meta.dirname, "../..")

const without = ({ changes, name }: Rule): esbuild.Plugin => ({
  name: "without a rule",
  setup: (build) => {
    for (const file of new Set(changes.map(([file]) => file))) {
      const path = join(root, "src", file)
      build.onLoad({ filter: new RegExp(`${path.replace(/[.\\/]/g, "\\$&")}$`) }, async () => {
        let contents = await readFile(path, "utf8")
        for (const [, from, to] of changes.filter(([changed]) => changed === file)) {
          const parts = contents.split(from)
          if (parts.length !== 2) throw new Error(`"${name}": what it takes out stands not once in ${file}: ${from}`)
          contents = parts.join(to)
        }
        return { contents, loader: "ts" }
      })
    }
  }
})

const isJudge = (loaded: unknown): loaded is typeof Judge =>
  Predicate.hasProperty(loaded, "long") && Predicate.hasProperty(loaded, "short")

// Where packages are found that all of them share: Effect alone takes longer to load than a history to play.
const cache = join(root, "node_modules/.cache")

/** The judge of a library that does not have this rule. */
export const judge = async (rule: Rule): Promise<typeof Judge> => {
  const built = await esbuild.build({
    entryPoints: [join(import.meta.dirname, "Judge.ts")],
    bundle: true,
    packages: "external",
    write: false,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "silent",
    plugins: [without(rule)]
  })
  // From a file: each place in a stack trace names where the code is, and a whole library is a long name.
  await mkdir(cache, { recursive: true })
  const directory = await mkdtemp(join(cache, "without-a-rule-"))
  const path = join(directory, "judge.mjs")
  await writeFile(path, built.outputFiles[0]?.contents ?? "")
  const loaded: unknown = await import(pathToFileURL(path).href).finally(() => rm(directory, { recursive: true }))
  if (!isJudge(loaded)) throw new Error("it was built without its judge")
  return loaded
}
