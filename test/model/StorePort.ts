/**
 * The shared store as a tab reaches it: each operation waits until it is chosen, happens as a whole, and its result
 * comes back as a message. A tab that dies in between may or may not have made its step.
 */
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as ClientError from "../../src/ClientError.js"
import * as Clients from "../../src/Clients.js"
import * as OutboxStore from "../../src/OutboxStore.js"
import type * as Machine from "./Machine.js"

export interface Operation {
  readonly process: Machine.Process
  readonly name: string
  /** What the step gave, or why it failed. */
  readonly exit: Exit.Exit<unknown, unknown>
}

export interface Device {
  readonly memory: OutboxStore.Memory
  /** The database of the same account as the app has called it before, and what that name is. */
  readonly before: OutboxStore.Memory
  readonly nameBefore: string
  readonly connect: (process: Machine.Process, options: Options) => Connection
}

export interface Connection {
  readonly store: OutboxStore.OutboxStoreService
  /** How many operations have not happened yet. */
  readonly pending: () => number
  readonly listeners: () => number
}

export interface Options {
  /** Whether a stopped tab's operations wait until it goes on. */
  readonly holdsWhileFrozen: () => boolean
  /** Why the next operation fails. */
  readonly fault: (name: string) => ClientError.StorageError | undefined
  /** Whether nobody can say of the next operation that writes how it ends, and how it does. */
  readonly doubt: (name: string) => "Stored" | "NotStored" | undefined
  /** Until when nothing that is asked for happens, in the machine's milliseconds. */
  readonly silentUntil: () => number
  /** Whether the database never opens for this tab, or what serves it is lost to it. */
  readonly unreachable: () => "Hangs" | "Lost" | undefined
  /** What the browser says when it is asked to keep the database. */
  readonly persist: () => boolean
}

const unreachable = {
  Hangs: new ClientError.StorageError({ reason: "Stalled", detail: "the time limit passed" }),
  Lost: new ClientError.StorageError({ reason: "Lost", detail: "UnknownError" })
}

// An opening that is not answered is given up then.
const longestOpening = "5 seconds"

/** As a transaction ends whose end says nothing of what it was asked for. */
const inDoubt = new ClientError.StorageError({ reason: "Failed", detail: "UnknownError", mayBeStored: true })

export interface Hooks {
  /** Is told before and after each operation has happened. */
  readonly before: (process: Machine.Process, name: string) => void
  readonly after: (operation: Operation) => void
  /** Is told when the tab gets to know what its operation gave. */
  readonly heard: (operation: Operation) => void
}

interface Waiting {
  readonly name: string
  readonly happen: () => void
}

export const make = (machine: Machine.Machine, hooks: Hooks): Device => {
  const memory = Effect.runSync(OutboxStore.makeMemory)
  const before = Effect.runSync(OutboxStore.makeMemory)
  const nameBefore = Clients.databaseName("ada", "https://before.example")

  const connect = (process: Machine.Process, options: Options): Connection => {
    const waiting: Array<Waiting> = []
    let listening = 0

    const doubtful = <A, E>(op: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E | ClientError.StorageError> =>
      Effect.suspend(() => {
        switch (options.doubt(op)) {
          case "Stored":
            return Effect.zipRight(effect, Effect.fail(inDoubt))
          case "NotStored":
            return Effect.fail(inDoubt)
          case undefined:
            return effect
        }
      })

    const port = <A, E>(op: string, effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
      Effect.async<A, E>((resume) => {
        const operation: Waiting = {
          name: op,
          happen: () => {
            hooks.before(process, op)
            if (!process.isAlive()) return
            const exit = Effect.runSyncExit(effect)
            machine.note(() => `    ${process.name} ${op} ${describe(exit)}`)
            const operation: Operation = { process, name: op, exit }
            process.post("store", `hears of ${op}`, () => {
              hooks.heard(operation)
              resume(exit)
            })
            hooks.after(operation)
          }
        }
        waiting.push(operation)
        return Effect.sync(() => {
          const at = waiting.indexOf(operation)
          if (at >= 0) waiting.splice(at, 1)
        })
      })

    const enabled = (): ReadonlyArray<Machine.Event> => {
      const [head] = waiting
      if (head === undefined || (process.isFrozen() && options.holdsWhileFrozen())) return []
      if (options.silentUntil() > machine.now()) return []
      return [
        {
          label: `${process.name} ${head.name} happens`,
          run: () => {
            waiting.shift()
            head.happen()
          }
        }
      ]
    }
    machine.addSource({ nextTime: () => (waiting.length === 0 ? undefined : options.silentUntil()), enabled }, process)
    process.onDeath(() => {
      waiting.length = 0
    })

    const opened =
      (inner: OutboxStore.OutboxStoreService, prefix = ""): OutboxStore.OutboxStoreService["transact"] =>
      (name, mode, step) =>
        Effect.suspend(() => {
          const op = `${prefix}${name}`
          const reached = options.unreachable()
          if (reached !== undefined) {
            const failing = port(op, Effect.fail(unreachable[reached]))
            return reached === "Hangs" ? Effect.delay(failing, longestOpening) : failing
          }
          const effect = inner.transact(name, mode, step)
          return port(op, mode === "readwrite" ? doubtful(op, effect) : effect)
        })

    const fault = (_: unknown, name: string) => options.fault(name)
    const inner = Effect.runSync(OutboxStore.fromMemory(memory, fault))
    let promised: boolean | undefined
    const store: OutboxStore.OutboxStoreService = {
      transact: opened(inner),
      persisted: Effect.sync(() => Option.fromNullable(promised)),
      persist: Effect.sync(() => Option.some((promised = options.persist()))),
      others: {
        names: port("names", Effect.succeed([nameBefore])),
        open: (name) =>
          Effect.map(OutboxStore.fromMemory(before, fault), (other) =>
            name === nameBefore && before.rows.length > 0
              ? Option.some({ ...other, transact: opened(other, "before: ") })
              : Option.none()
          )
      },
      onHint: (listener) => {
        // a hint is a message: it arrives some time after the step that it tells of, or never at a tab that has died
        const heard = () => process.post("hint", "hears a hint", listener)
        return Effect.zipRight(
          Effect.acquireRelease(
            Effect.sync(() => {
              listening++
            }),
            () =>
              Effect.sync(() => {
                listening--
              })
          ),
          inner.onHint(heard)
        )
      }
    }
    return { store, pending: () => waiting.length, listeners: () => listening }
  }
  return { memory, before, nameBefore, connect }
}

const describe = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isFailure(exit)) return `fails: ${Cause.pretty(exit.cause).split("\n")[0] ?? ""}`
  const { value } = exit
  if (value === undefined) return "-> nothing"
  if (typeof value !== "object" || value === null) return `-> ${JSON.stringify(value)}`
  if ("_tag" in value) return `-> ${String(value._tag)}`
  return "-> ok"
}
