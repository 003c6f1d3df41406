/**
 * Folders that never outlive their work: each goes with its scope, and all of them when this process exits or a signal
 * ends it. Whoever works in one is killed first.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { rmSync } from "node:fs"
import * as Fs from "node:fs/promises"
import { tmpdir } from "node:os"
import * as Path from "node:path"
import * as ProcessTree from "./ProcessTree.js"

const prefix = "effect-toggl-clients-"
// files may appear until the last process is gone
const thoroughly = { recursive: true, force: true, maxRetries: 5 } as const

// Chromium puts a socket into its temporary folder. The path of a socket has room for 103 bytes on macOS, 107 on Linux.
const longestPath = 103 - "/org.chromium.Chromium.123456/SingletonSocket".length

const parent = (): string => {
  const usual = tmpdir()
  const isTooLong = Buffer.byteLength(Path.join(usual, `${prefix}123456`)) > longestPath
  return isTooLong && process.platform !== "win32" ? "/tmp" : usual
}

const folders = new Set<string>()

/**
 * Makes a folder, empty, in the system's temporary one (in `/tmp` where the path would be too long for a socket in it).
 * Closing the scope kills the processes that were started with its path, and removes it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = <E>(onFailure: (cause: unknown) => E): Effect.Effect<string, E, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.tap(Effect.tryPromise({ try: () => Fs.mkdtemp(Path.join(parent(), prefix)), catch: onFailure }), (path) =>
      Effect.sync(() => folders.add(path))
    ),
    (path) =>
      Effect.ignoreLogged(ProcessTree.killUsing(path)).pipe(
        Effect.andThen(Effect.tryPromise(() => Fs.rm(path, thoroughly))),
        Effect.andThen(Effect.sync(() => folders.delete(path))),
        Effect.ignoreLogged
      )
  )

const pause = (millis: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis)

// all of it at once: after an exit or a signal, nothing that waits would go on
const removeAll = () => {
  for (const path of folders) {
    const until = Date.now() + 5000
    while (Effect.runSync(ProcessTree.killUsingNow(path)).length > 0 && Date.now() < until) pause(10)
  }
  for (const path of folders) {
    try {
      rmSync(path, thoroughly)
    } catch (cause) {
      console.error(`${path} is not removed: ${String(cause)}`)
    }
  }
}

const onSignal = (signal: NodeJS.Signals) => {
  removeAll()
  // then as if nobody had listened
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
}

/**
 * Until the scope closes, the exit of this process removes all folders that are left; so does each of the signals, which
 * ends the process at once.
 *
 * @since 0.1.0
 * @category constructors
 */
export const removedAtEnd = (signals: ReadonlyArray<NodeJS.Signals>): Effect.Effect<void, never, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.sync(() => {
      process.on("exit", removeAll)
      for (const signal of signals) process.on(signal, onSignal)
    }),
    () =>
      Effect.sync(() => {
        process.off("exit", removeAll)
        for (const signal of signals) process.off(signal, onSignal)
      })
  )
