/**
 * Runs a program to its end.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { execFile } from "node:child_process"
import { accessSync, constants, statSync } from "node:fs"
import * as Path from "node:path"

/**
 * The program could not be started, answered with an error, or took too long.
 *
 * @since 0.1.0
 * @category errors
 */
export class CommandFailed extends Data.TaggedError("CommandFailed")<{
  readonly command: string
  readonly reason: string
}> {
  override get message(): string {
    return `${this.command}: ${this.reason}`
  }
}

/**
 * Runs a program to its end and gives what it printed. Interruption kills it.
 *
 * `environment` is laid over this process's own; `millis` bounds the run.
 *
 * @since 0.1.0
 * @category constructors
 */
export const run = (
  command: string,
  args: ReadonlyArray<string>,
  options: { readonly environment?: Readonly<Record<string, string>>; readonly millis: number }
): Effect.Effect<string, CommandFailed> =>
  Effect.async((resume) => {
    const child = execFile(
      command,
      args,
      {
        env: { ...process.env, ...options.environment },
        timeout: options.millis,
        killSignal: "SIGKILL",
        windowsHide: true
      },
      (error, stdout, stderr) => {
        if (error === null) return resume(Effect.succeed(stdout.trim()))
        const reason = error.killed === true ? `no answer within ${options.millis} ms` : stderr.trim() || error.message
        resume(Effect.fail(new CommandFailed({ command, reason })))
      }
    )
    return Effect.sync(() => child.kill("SIGKILL"))
  })

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK)
    return statSync(path).isFile()
  } catch {
    return false
  }
}

/**
 * Finds the first of these programs that is here: a path as it is, a name in the folders of `PATH`.
 *
 * Fails with `CommandFailed` where none is.
 *
 * @since 0.1.0
 * @category constructors
 */
export const find = (programs: ReadonlyArray<string>): Effect.Effect<string, CommandFailed> =>
  Effect.suspend(() => {
    const folders = (process.env["PATH"] ?? "").split(Path.delimiter).filter((folder) => folder !== "")
    const paths = programs.flatMap((program) =>
      Path.isAbsolute(program) ? [program] : folders.map((folder) => Path.join(folder, program))
    )
    const found = paths.find(isProgram)
    return found === undefined
      ? new CommandFailed({ command: programs.join(", ") || "the program", reason: "none is installed" })
      : Effect.succeed(found)
  })
