/**
 * A process and what it started: who is alive, stopping, continuing and killing. Signals need Linux or macOS; on Windows
 * only killing works.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { execFileSync } from "node:child_process"
import { readdirSync, readFileSync } from "node:fs"
import * as Path from "node:path"
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
  /** The arguments it was started with and, on Linux, its environment. */
  readonly startedWith: () => string
}

const parse = (startedWith: () => string, pid: string, state = "", parent = "", group = ""): Process => ({
  pid: Number(pid),
  parent: Number(parent),
  group: Number(group),
  state: state.slice(0, 1),
  startedWith
})

// slim images have no `ps`
const linux = (): ReadonlyArray<Process> =>
  readdirSync("/proc").flatMap((pid) => {
    if (!/^\d+$/.test(pid)) return []
    const read = (name: string) => {
      try {
        return readFileSync(`/proc/${pid}/${name}`, "utf8")
      } catch {
        return "" // ended since it was listed, or not ours
      }
    }
    const stat = read("stat")
    if (stat === "") return []
    // the name before the last parenthesis may hold anything
    const [state, parent, group] = stat.slice(stat.lastIndexOf(")") + 2).split(" ")
    return [parse(() => read("cmdline") + read("environ"), pid, state, parent, group)]
  })

const ps = (): ReadonlyArray<Process> => {
  try {
    const lines = execFileSync("ps", ["-A", "-ww", "-o", "pid=,state=,ppid=,pgid=,args="], {
      encoding: "utf8",
      timeout: 5000,
      stdio: ["ignore", "pipe", "ignore"],
      maxBuffer: 2 ** 24
    })
    return lines.split("\n").map((line) => {
      const [pid, state, parent, group, ...args] = line.trim().split(/\s+/)
      return parse(() => args.join(" "), pid ?? "", state, parent, group)
    })
  } catch {
    return []
  }
}

// without a promise, so that a process which is about to end can ask too
const all: Effect.Effect<ReadonlyArray<Process>> = Effect.sync(process.platform === "linux" ? linux : ps)

const dead = ({ state }: Process) => state === "Z" || state === "X"

const family = (processes: ReadonlyArray<Process>, roots: ReadonlyArray<number>): ReadonlyArray<number> => {
  const found = new Set(roots)
  let size = 0
  while (size !== found.size) {
    size = found.size
    for (const { group, parent, pid } of processes) {
      if (roots.includes(group) || found.has(parent)) found.add(pid)
    }
  }
  return processes.filter((process) => found.has(process.pid) && !dead(process)).map(({ pid }) => pid)
}

/**
 * The ids of the processes that belong to `root` and are alive, itself included: its descendants and its process group
 * (a child whose parent was killed is known by its group alone).
 *
 * @since 0.1.0
 * @category getters
 */
export const members = (root: number): Effect.Effect<ReadonlyArray<number>> =>
  Effect.map(all, (processes) => family(processes, [root]))

/**
 * The ids of the processes that were started with the folder's path, in an argument or (on Linux) in their environment,
 * and of all that belong to them; those that are alive, this process apart. It finds what has left its parent and its
 * group, as Chromium's crash handler does.
 *
 * @since 0.1.0
 * @category getters
 */
export const using = (folder: string): Effect.Effect<ReadonlyArray<number>> =>
  Effect.map(all, (processes) => {
    const others = processes.filter(({ pid }) => pid !== process.pid)
    const users = others.filter(({ startedWith }) => startedWith().includes(folder))
    return family(
      others,
      users.map(({ pid }) => pid)
    )
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

const killAll = (pids: Effect.Effect<ReadonlyArray<number>>): Effect.Effect<ReadonlyArray<number>> =>
  Effect.tap(pids, (found) => Effect.forEach(found, (pid) => Effect.ignore(killOne(pid))))

// asked again each time: the first look may miss a child being born
const killUntilGone = (whose: string, pids: Effect.Effect<ReadonlyArray<number>>) =>
  Wait.until(
    `the processes of ${whose} to end`,
    Effect.map(killAll(pids), (found) => found.length === 0)
  )

/**
 * Kills the process and everything that belongs to it with SIGKILL, and waits until all of them are gone.
 *
 * @since 0.1.0
 * @category signals
 */
export const kill = (root: number): Effect.Effect<void, Wait.WaitedTooLong> =>
  process.platform === "win32"
    ? Effect.ignore(Command.run("taskkill", ["/pid", String(root), "/T", "/F"], { millis: 10_000 }))
    : killUntilGone(String(root), members(root))

/**
 * Kills what was started with the folder's path (see `using`) with SIGKILL, and waits until all of it is gone.
 *
 * @since 0.1.0
 * @category signals
 */
export const killUsing = (folder: string): Effect.Effect<void, Wait.WaitedTooLong> =>
  killUntilGone(folder, using(folder))

/**
 * Asks a process to end with SIGTERM, and waits until it has.
 *
 * @since 0.1.0
 * @category signals
 */
export const end = (pid: number): Effect.Effect<void, SignalFailed | Wait.WaitedTooLong> =>
  signal(pid, "SIGTERM").pipe(
    Effect.andThen(
      Wait.until(
        `process ${pid} to end`,
        Effect.map(members(pid), (pids) => pids.length === 0)
      )
    )
  )

// the first argument is the program, as it was started
const programOf = ({ startedWith }: Process): string => Path.basename(startedWith().split("\0", 1)[0] ?? "")

/**
 * Kills with SIGKILL those of the processes that belong to `root` which run the program of that name; gives their ids. On
 * Linux only.
 *
 * @since 0.1.0
 * @category signals
 */
export const killNamed = (root: number, program: string): Effect.Effect<ReadonlyArray<number>> =>
  killAll(
    Effect.map(all, (processes) => {
      const ours = family(processes, [root])
      return processes.filter((each) => ours.includes(each.pid) && programOf(each) === program).map(({ pid }) => pid)
    })
  )

/**
 * As `killUsing`, but without waiting: gives the ids of those that were still there. Synchronous, for a process that is
 * about to end.
 *
 * @since 0.1.0
 * @category signals
 */
export const killUsingNow = (folder: string): Effect.Effect<ReadonlyArray<number>> => killAll(using(folder))

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
