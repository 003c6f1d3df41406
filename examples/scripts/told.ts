// What the scripts here share: arguments, sentences, and programs that they run.
import { spawn } from "node:child_process"
import { resolve } from "node:path"
import { fileURLToPath } from "node:url"
import { parseArgs, type ParseArgsConfig } from "node:util"

export const root = fileURLToPath(new URL("../../", import.meta.url))
export const app = resolve(root, "examples/pwa")

/** Where the user is: npm runs scripts in the root. */
export const here = (path: string): string => resolve(process.env["INIT_CWD"] ?? process.cwd(), path)

/** Says what is wrong, and ends. */
export const end = (sentence: string): never => {
  console.error(sentence)
  process.exit(1)
}

/** The arguments; of one that nobody knows, a sentence with those that there are. */
export const argumentsOf = <A extends ParseArgsConfig>(config: A, usage: string): ReturnType<typeof parseArgs<A>> => {
  try {
    return parseArgs<A>(config)
  } catch (error) {
    const [problem] = String(error instanceof Error ? error.message : error).split(/[.\n]\s/)
    return end(`${problem ?? ""}. Usage: ${usage}`)
  }
}

export interface Running {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
}

/** Runs Node to its end, on this terminal. Ctrl+C and whatever else ends this script ends it at once. */
const node = (args: ReadonlyArray<string>, { cwd, env = {} }: Running): Promise<number> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: "inherit" })
    const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const
    const onSignal = (signal: NodeJS.Signals) => {
      child.kill("SIGKILL")
      process.exit(signal === "SIGINT" ? 130 : 143)
    }
    for (const signal of signals) process.on(signal, onSignal)
    child.once("close", (status) => {
      for (const signal of signals) process.off(signal, onSignal)
      resolve(status ?? 1)
    })
  })

/** Runs a step, and ends with it where it fails: it has said why. */
export const step = async (doing: string, args: ReadonlyArray<string>, running: Running): Promise<void> => {
  console.log(doing)
  const status = await node(args, running)
  if (status !== 0) process.exit(status)
}

const bin = (path: string) => resolve(root, "node_modules", path)

export const vite = bin("vite/bin/vite.js")

/** Builds the library, which the app imports as it would once installed. */
export const buildLibrary = (): Promise<void> =>
  step("Building the library (some ten seconds) ...", [bin("typescript/bin/tsc"), "-p", "tsconfig.build.json"], {
    cwd: root
  })
