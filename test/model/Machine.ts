/**
 * A device in one thread: its clock, and its processes (tabs), each with an event loop of its own. Whatever a process
 * waits for arrives as an event, and whoever drives the device chooses which event comes next. So a process can be
 * stopped or killed between any two events, and a history can be repeated exactly.
 */
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { Scheduler } from "effect/Scheduler"

/** A law, or what the suite itself rests on, does not hold. */
export class LawBroken extends Error {
  override readonly name = "LawBroken"
  readonly law: string
  constructor(law: string, message: string) {
    super(`${law}: ${message}`)
    this.law = law
  }
}

export interface Event {
  readonly label: string
  readonly run: () => void
}

interface Timer {
  readonly at: number
  readonly order: number
  readonly run: () => void
}

export interface Process {
  readonly name: string
  readonly scheduler: Scheduler
  readonly clock: Clock.Clock
  readonly random: Random.Random
  readonly isAlive: () => boolean
  readonly isFrozen: () => boolean
  /** Runs code in the process, and then its tasks until none is left. A stopped process runs its tasks once it goes on. */
  readonly enter: (code: () => void) => void
  /** Sends a message: those of one channel arrive in order. */
  readonly post: (channel: string, label: string, run: () => void) => void
  readonly timers: () => number
  readonly freeze: () => void
  readonly thaw: () => void
  /** Nothing of the process runs any more. */
  readonly kill: () => void
  /** Calls back when the process has died. */
  readonly onDeath: (listener: () => void) => void
}

export interface Machine {
  /** Milliseconds since the device was started. */
  readonly now: () => number
  /** Milliseconds since the epoch, as the device has it. */
  readonly wallNow: () => number
  /** Milliseconds since the epoch, as they are. */
  readonly trueNow: () => number
  /** Sets the device's wall clock forward or back. */
  readonly setClock: (by: number) => void
  /** The device sleeps for so many milliseconds: only clocks on the wall go on. */
  readonly sleep: (millis: number) => void
  readonly spawn: (name: string, seed: number) => Process
  /** More events than those of the processes; they end with the process `of`. */
  readonly addSource: (source: Source, of?: Process) => void
  /** What can happen now. */
  readonly enabled: () => ReadonlyArray<Event>
  /** When something can happen that cannot happen now: a timer, an answer. */
  readonly nextTime: () => number | undefined
  readonly setTime: (to: number) => void
  /** A law is broken: throws, and remembers the first time, for a fiber of the app may catch it. */
  readonly fail: (law: string, message: string) => never
  readonly broken: () => LawBroken | undefined
  readonly note: (line: () => string) => void
  readonly trace: ReadonlyArray<string>
}

export interface Source {
  readonly enabled: () => ReadonlyArray<Event>
  readonly nextTime: () => number | undefined
  /** What happens whatever the processes do, as the time goes on to `to`. */
  readonly passes?: (to: number) => void
}

const epoch = Date.UTC(2025, 0, 6, 9)

// More tasks without a pause than any sound program has.
const mostTasks = 200_000

export const make = (options: { readonly trace: boolean }): Machine => {
  let now = 0
  let wallOffset = 0
  let slept = 0
  let timerOrder = 0
  let sources: ReadonlyArray<Source> = []
  const trace: Array<string> = []

  let broken: LawBroken | undefined
  const fail = (law: string, message: string): never => {
    broken ??= new LawBroken(law, message)
    throw broken
  }

  const addSource: Machine["addSource"] = (source, of) => {
    sources = [...sources, source]
    of?.onDeath(() => {
      sources = sources.filter((other) => other !== source)
    })
  }

  const trueNow = () => epoch + now + slept
  const wallNow = () => trueNow() + wallOffset

  const spawn = (name: string, seed: number): Process => {
    const startedAt = now
    let alive = true
    let frozen = false
    let running = false
    let tasks: Array<() => void> = []
    const timers = new Set<Timer>()
    const channels = new Map<string, Array<Event>>()
    const listeners: Array<() => void> = []

    const drain = () => {
      if (running) return
      running = true
      let count = 0
      while (tasks.length > 0 && alive && !frozen) {
        const batch = tasks
        tasks = []
        for (const task of batch) task()
        count += batch.length
        if (count > mostTasks) fail("law 4", `${name} never comes to rest`)
      }
      running = false
    }
    const enter = (code: () => void) => {
      if (!alive) return
      code()
      drain()
    }
    const after = (millis: number, run: () => void): (() => void) => {
      const timer: Timer = { at: now + Math.max(0, millis), order: timerOrder++, run }
      timers.add(timer)
      return () => {
        timers.delete(timer)
      }
    }
    const nanos = () => BigInt(Math.floor((now - startedAt) * 1000)) * 1000n
    const clock: Clock.Clock = {
      [Clock.ClockTypeId]: Clock.ClockTypeId,
      unsafeCurrentTimeMillis: wallNow,
      unsafeCurrentTimeNanos: nanos,
      currentTimeMillis: Effect.sync(wallNow),
      currentTimeNanos: Effect.sync(nanos),
      sleep: (duration) =>
        Effect.async<void>((resume) => {
          const millis = Duration.toMillis(duration)
          if (!Number.isFinite(millis)) return
          return Effect.sync(after(millis, () => resume(Effect.void)))
        })
    }

    const process: Process = {
      name,
      scheduler: {
        shouldYield: (fiber) => (fiber.currentOpCount > 2048 ? 0 : false),
        scheduleTask: (task) => {
          if (alive) tasks.push(task)
        }
      },
      clock,
      random: Random.make(seed),
      isAlive: () => alive,
      isFrozen: () => frozen,
      enter,
      post: (channel, label, run) => {
        if (!alive) return
        const event = { label: `${name} ${label}`, run }
        const queue = channels.get(channel)
        if (queue === undefined) channels.set(channel, [event])
        else queue.push(event)
      },
      timers: () => timers.size,
      freeze: () => {
        frozen = true
      },
      thaw: () => {
        frozen = false
        drain()
      },
      kill: () => {
        if (!alive) return
        alive = false
        tasks = []
        timers.clear()
        channels.clear()
        for (const listener of listeners) listener()
      },
      onDeath: (listener) => {
        listeners.push(listener)
      }
    }

    const firstTimer = (): Timer | undefined => {
      let first: Timer | undefined
      for (const timer of timers) {
        if (first === undefined || timer.at < first.at || (timer.at === first.at && timer.order < first.order)) {
          first = timer
        }
      }
      return first
    }

    const source: Source = {
      enabled: () => {
        if (!alive || frozen) return []
        const events: Array<Event> = []
        for (const queue of channels.values()) {
          const [head] = queue
          if (head === undefined) continue
          events.push({
            label: head.label,
            run: () => {
              queue.shift()
              enter(head.run)
            }
          })
        }
        const timer = firstTimer()
        if (timer !== undefined && timer.at <= now) {
          events.push({
            label: `${name} timer`,
            run: () => {
              timers.delete(timer)
              enter(timer.run)
            }
          })
        }
        return events
      },
      nextTime: () => (alive && !frozen ? firstTimer()?.at : undefined)
    }
    addSource(source, process)
    return process
  }

  return {
    broken: () => broken,
    fail,
    now: () => now,
    wallNow,
    trueNow,
    setClock: (by) => {
      wallOffset += by
    },
    sleep: (millis) => {
      slept += millis
    },
    spawn,
    addSource,
    enabled: () => sources.flatMap((source) => source.enabled()),
    nextTime: () => {
      const times = sources.flatMap((source) => source.nextTime() ?? [])
      const later = times.filter((time) => time > now)
      return later.length === 0 ? undefined : Math.min(...later)
    },
    setTime: (to) => {
      for (const source of sources) source.passes?.(to)
      now = Math.max(now, to)
    },
    note: (line) => {
      if (options.trace) trace.push(`${(now / 1000).toFixed(3).padStart(10)}  ${line()}`)
    },
    trace
  }
}
