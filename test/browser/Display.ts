/**
 * A screen that nobody sees, for browsers that want one: X in memory.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { spawn } from "node:child_process"
import * as ProcessTree from "./ProcessTree.js"
import * as TemporaryFolder from "./TemporaryFolder.js"
import * as Wait from "./Wait.js"

/**
 * No screen can be had here.
 *
 * @since 0.1.0
 * @category errors
 */
export class NoDisplay extends Data.TaggedError("NoDisplay")<{ readonly reason: string }> {
  override get message(): string {
    return `no screen (Xvfb): ${this.reason}`
  }
}

// it finds a free number itself, and tells it once it listens
const args = ["-displayfd", "1", "-screen", "0", "1024x768x24", "-nolisten", "tcp", "-noreset"]

const start = (folder: string) =>
  Effect.async<{ readonly pid: number; readonly name: string }, NoDisplay>((resume) => {
    const child = spawn("Xvfb", args, {
      // known by the folder, it goes with this process too
      env: { ...process.env, TMPDIR: folder },
      stdio: ["ignore", "pipe", "ignore"],
      detached: true
    })
    const fail = (reason: string) => resume(new NoDisplay({ reason }))
    child.once("error", (error) => fail(error.message))
    child.once("exit", (status, signal) => fail(`it ended with ${status ?? signal}`))
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      const number = /\d+/.exec(text)?.[0]
      if (number !== undefined && child.pid !== undefined)
        resume(Effect.succeed({ pid: child.pid, name: `:${number}` }))
    })
    return Effect.sync(() => child.kill())
  })

/**
 * Starts a screen, and gives its name, such as `:1`; it ends with the scope.
 *
 * Fails with `NoDisplay` where Xvfb is missing, or says nothing within 10 seconds.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: Effect.Effect<string, NoDisplay, Scope.Scope> = Effect.gen(function* () {
  const folder = yield* TemporaryFolder.make((cause) => new NoDisplay({ reason: String(cause) }))
  const { name } = yield* Effect.acquireRelease(
    start(folder).pipe(
      Wait.within("a screen"),
      Effect.catchTag("WaitedTooLong", ({ message }) => new NoDisplay({ reason: message }))
    ),
    // asked, not killed: it takes its lock and its socket away
    ({ pid }) => Effect.ignoreLogged(ProcessTree.end(pid))
  )
  return name
})
