/**
 * A process and what it started: who is alive, stopping, continuing and killing. Signals need Linux or macOS; on Windows
 * only killing works.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { readdirSync, readFileSync } from "node:fs"
import * as Command from "./Command.js"
import * as Wait from "./Wait.js"

/**
 * A signal could not be delivered: no such process, or the system knows no such signal.
 *
 * @since 0.1.0
 * @category errors
 */
export class SignalFailed extends Data.TaggedError("SignalFailed")<{
  readonly pid: number
  readonly signal: NodeJS.Signals
  readonly reason: string
}> {
  override get message(): string {
    return `${this.signal} to process ${this.pid}: ${this.reason}`
  }
}

interface Process {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** `Z` is dead and not yet collected by its parent, `T` is stopped. */
  readonly state: string
}

const parse = (pid: string, state = "", parent = "", group = ""): Process => ({
  pid: Number(pid),
  parent: Number(parent),
  group: Number(group),
  state: state.slice(0, 1)
})

// slim images have no `ps`
const linux: Effect.Effect<ReadonlyArray<Process>> = Effect.sync(() =>
  readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
      // the name before the last parenthesis may hold anything
      const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
      return [parse(pid, state, parent, group)]
    } catch {
      return [] // ended since it was listed
    }
  })
)

const ps: Effect.Effect<ReadonlyArray<Process>> = Command.run("ps", ["-A", "-o", "pid=,state=,ppid=,pgid="], {
  millis: 5000
}).pipe(
  Effect.map((lines) =>
    lines.split("\n").map((line) => {
      const [pid, state, parent, group] = line.trim().split(/\s+/)
      return parse(pid ?? "", state, parent, group)
    })
  ),
  Effect.orElseSucceed(() => [])
)

const all = process.platform === "linux" ? linux : ps

const dead = ({ state }: Process) => state === "Z" || state === "X"

/**
 * The ids of the processes that belong to `root` and are alive, itself included: its descendants and its process group
 * (a child whose parent was killed is known by its group alone).
 *
 * @since 0.1.0
 * @category getters
 */
export const members = (root: number): Effect.Effect<ReadonlyArray<number>> =>
  Effect.map(all, (processes) => {
    const found = new Set([root])
    let size = 0
    while (size !== found.size) {
      size = found.size
      for (const { group, parent, pid } of processes) {
        if (group === root || found.has(parent)) found.add(pid)
      }
    }
    return processes.filter((process) => found.has(process.pid) && !dead(process)).map(({ pid }) => pid)
  })

const signal = (pid: number, signal: NodeJS.Signals): Effect.Effect<void, SignalFailed> =>
  Effect.try({
    try: () => void process.kill(pid, signal),
    catch: (cause) => new SignalFailed({ pid, signal, reason: String(cause) })
  })

/**
 * Kills one process with SIGKILL, running or stopped.
 *
 * @since 0.1.0
 * @category signals
 */
export const killOne = (pid: number): Effect.Effect<void, SignalFailed> => signal(pid, "SIGKILL")

/**
 * Kills the process and everything that belongs to it with SIGKILL, and waits until all of them are gone.
 *
 * @since 0.1.0
 * @category signals
 */
export const kill = (root: number): Effect.Effect<void, Wait.WaitedTooLong> =>
  process.platform === "win32"
    ? Effect.ignore(Command.run("taskkill", ["/pid", String(root), "/T", "/F"], { millis: 10_000 }))
    : members(root).pipe(
        // asked again each time: the first look may miss a child being born
        Effect.tap((pids) => Effect.forEach(pids, (pid) => Effect.ignore(killOne(pid)))),
        Effect.map((pids) => pids.length === 0),
        (gone) => Wait.until(`the processes of ${root} to end`, gone)
      )

/**
 * Stops a process with SIGSTOP, and waits until it stands still.
 *
 * @since 0.1.0
 * @category signals
 */
export const stop = (pid: number): Effect.Effect<void, SignalFailed | Wait.WaitedTooLong> =>
  signal(pid, "SIGSTOP").pipe(
    Effect.andThen(
      Wait.until(
        `process ${pid} to stop`,
        Effect.map(all, (processes) => processes.some((process) => process.pid === pid && process.state === "T"))
      )
    )
  )

/**
 * Lets a stopped process go on with SIGCONT.
 *
 * @since 0.1.0
 * @category signals
 */
export const cont = (pid: number): Effect.Effect<void, SignalFailed> => signal(pid, "SIGCONT")
