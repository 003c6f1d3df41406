/**
 * Runs a TypeScript program in a process of its own, as a user does, and tells what it leaves behind.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { type ChildProcessByStdio, spawn } from "node:child_process"
import * as Fs from "node:fs/promises"
import { tmpdir } from "node:os"
import * as Path from "node:path"
import type { Readable } from "node:stream"
import { fileURLToPath } from "node:url"
import type { Chromium } from "./Chromium.js"
import * as ProcessTree from "./ProcessTree.js"

/**
 * A program that has ended: with a status, or by a signal.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ended {
  readonly status: number | NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * A program that runs.
 *
 * @since 0.1.0
 * @category models
 */
export type Child = ChildProcessByStdio<null, Readable, Readable>

/**
 * How to run it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly args?: ReadonlyArray<string>
  /** Laid over this process's own. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Is told of all that was printed so far, each time that something is. */
  readonly watch?: (stdout: string, child: Child) => void
}

/**
 * Runs a program to its end. Interruption stops it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const run = (file: URL, { args = [], env = {}, watch }: Options = {}): Effect.Effect<Ended> =>
  Effect.async((resume) => {
    const child = spawn(process.execPath, ["--import", "tsx", fileURLToPath(file), ...args], {
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"]
    })
    let stdout = ""
    let stderr = ""
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text
      watch?.(stdout, child)
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text))
    child.once("close", (status, signal) => resume(Effect.succeed({ status: status ?? signal, stdout, stderr })))
    return Effect.sync(() => child.kill("SIGTERM"))
  })

/**
 * Runs a program to its end with a given browser, in a folder that is its home and has its temporary files.
 *
 * `left` is what it left behind: its processes that are alive, and the names of its files.
 *
 * @since 0.1.0
 * @category constructors
 */
export const runIn = Effect.fnUntraced(function* (
  folder: string,
  chromium: Chromium,
  file: URL,
  options: Options = {}
): Effect.fn.Return<Ended & { readonly left: ReadonlyArray<string | number> }> {
  const ended = yield* run(file, {
    ...options,
    env: {
      CHROMIUM_PATH: chromium.executablePath,
      ...chromium.environment,
      ...options.env,
      HOME: folder,
      TMPDIR: folder
    }
  })
  const processes = yield* ProcessTree.using(folder)
  const files = yield* Effect.promise(() => Fs.readdir(folder))
  // what runs TypeScript keeps a cache there
  return { ...ended, left: [...processes, ...files.filter((name) => !name.startsWith("tsx-"))] }
})

/**
 * A folder to run a program in, removed when the scope closes. `name` is a part of its name.
 *
 * @since 0.1.0
 * @category constructors
 */
export const folder = (name: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.promise(() => Fs.mkdtemp(Path.join(tmpdir(), `${name}-`))),
    (path) => Effect.promise(() => Fs.rm(path, { recursive: true, force: true }))
  )
