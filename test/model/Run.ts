/**
 * Plays a history on a device, checks the laws on the way, and then lets all faults stop: from there on everything that
 * can be sent must be sent without anybody doing anything.
 */
import * as Cause from "effect/Cause"
import type * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import { globalValue } from "effect/GlobalValue"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Client from "../../src/Client.js"
import { NotFound, NotSaved, NotTakenOver, StorageError } from "../../src/ClientError.js"
import * as Clients from "../../src/Clients.js"
import * as Credentials from "../../src/Credentials.js"
import { EntryId } from "../../src/Entry.js"
import type { Entry } from "../../src/log/entry.js"
import * as Mutation from "../../src/Mutation.js"
import * as Outbox from "../../src/Outbox.js"
import type * as OutboxStore from "../../src/OutboxStore.js"
import type { Receipt } from "../../src/Receipt.js"
import * as ReplayLock from "../../src/ReplayLock.js"
import type { Status } from "../../src/Status.js"
import { FakeToggl, TogglOptions, TogglState, type TogglWire } from "../../src/testing/index.js"
import type { View } from "../../src/View.js"
import { ownerOf } from "../../src/store/name.js"
import { signing } from "../../src/wire/signing.js"
import * as TogglAuth from "../../src/testing/TogglAuth.js"
import * as Books from "./Books.js"
import * as Dice from "./Dice.js"
import * as Doors from "./Doors.js"
import * as Fresh from "./Fresh.js"
import * as Laws from "./Laws.js"
import * as LockPort from "./LockPort.js"
import * as Machine from "./Machine.js"
import type { History, Step, Theme } from "./Step.js"
import * as StorePort from "./StorePort.js"
import * as Tab from "./Tab.js"
import * as Weather from "./Weather.js"
import * as Wire from "./Wire.js"

export interface Result {
  readonly broken: Machine.LawBroken | undefined
  /** How many steps were played before a law broke. */
  readonly played: number
  readonly trace: ReadonlyArray<string>
  readonly events: number
  readonly accepted: number
  /** Where a tab could have been killed: before and after each operation of the store, and around each request. */
  readonly points: ReadonlyArray<string>
  /** How often each kind came up. */
  readonly met: ReadonlyMap<Weather.Kind, number>
}

const { colleague, defaultUser, defaultWorkspace, defaults } = FakeToggl

const workspaceId = Client.WorkspaceId.make(defaultWorkspace.id)

const otherWorkspace = { ...defaultWorkspace, id: defaultWorkspace.id + 1 }

// As long does the log get: what many entries cost is measured elsewhere.
const mostEntries = 10

// After which a tab has tried again to write to a store that failed.
const writesAgainAfter = 90_000
// So long a replayer may be at work there, and then it takes a few steps.
const takesOverWithin = 120_000
// After the store has thrown the replay rests no longer than the cap of its backoff.
const restsAtMost = 300_000

const mutations: ReadonlySet<string> = new Set(["create", "update", "delete", "archive", "restore"])

// So much happens at most before a device without new input comes to rest.
const mostEvents = 20_000

// And so much in a whole history: what asks Toggl again and again comes to rest in between.
const mostInAll = (steps: number): number => 20_000 + 200 * steps

// How else Toggl, or what stands before it, may be set up: with dice of their own, so that kept histories stay the same.
const otherwise = (dice: Dice.Dice, options: TogglOptions.FakeTogglOptions): TogglOptions.FakeTogglOptions => {
  const withNotes = TogglOptions.merge(options, {
    storedNotes: dice.chance(0.4) ? dice.pick("trimmed", "lf", "trimmedLf") : "asSent",
    dateHeader: dice.chance(0.3)
      ? dice.pick<TogglOptions.FakeTogglOptions["dateHeader"]>(
          "hidden",
          { ahead: "5 minutes" },
          { behind: "5 minutes" }
        )
      : "own"
  })
  return dice.chance(0.15) ? TogglOptions.merge(withNotes, TogglOptions.selfHosted) : withNotes
}

const toggl = (dice: Dice.Dice): TogglOptions.FakeTogglOptions =>
  TogglOptions.merge(defaults, {
    workspaces: [{ ...defaultWorkspace, premium: dice.chance(0.85) }, otherWorkspace],
    archiveOnFreePlan: dice.pick(402, 403),
    archivedNamesCount: dice.chance(0.5),
    storedNames: dice.pick("asSent", "trimmed"),
    listOrder: dice.pick("id", "newestFirst", "name"),
    emptyList: dice.pick("[]", "null", ""),
    emptyKeys: dice.pick("absent", "null"),
    permissions: dice.pick("absent", "string", "array"),
    creatorIds: dice.chance(0.8),
    failureBody: dice.pick("jsonString", "plain", "object", "objectDefaultMessage", "array"),
    wrongCredentials: dice.pick(401, 403),
    loginAttempts: null,
    quotaPerHour: dice.chance(0.2) ? 60 : null,
    meQuotaPerHour: dice.chance(0.2) ? 30 : null,
    refusedCountAgainstQuota: dice.chance(0.3),
    bulkEndpoints: dice.chance(0.7),
    bulkUnknownIds: dice.pick("ignored", "refused"),
    rateLimit: dice.chance(0.3)
      ? { capacity: 6, perSecond: 1, retryAfter: dice.pick("seconds", "date", "absent", "garbled") }
      : null,
    clockSkew: dice.pick(0, 0, 40_000, -3_600_000),
    hiddenHeaders: dice.chance(0.2) ? ["x-toggl-request-id", "x-toggl-quota-remaining", "x-toggl-quota-resets-in"] : []
  })

const anyWeather: ReadonlyArray<Weather.Weather> = [
  "clear",
  "clear",
  "clear",
  "slow",
  "flaky",
  "flaky",
  "down",
  "portal",
  "broken",
  "refusing",
  "limited"
]

const weatherOf: { readonly [T in Theme]: ReadonlyArray<Weather.Weather> } = {
  anything: anyWeather,
  namesakes: ["clear", "lossy", "lossy", "lossy", "flaky", "slow"],
  stuck: ["clear", "clear", "lossy", "lossy", "broken", "maintenance", "limited", "down"],
  "second thoughts": ["clear", "slow", "slow", "lossy", "lossy", "flaky"],
  "odd answers": ["clear", "slow", "lossy", "lossy"],
  accounts: ["clear", "clear", "slow", "down", "flaky"],
  "odd storage": ["clear", "clear", "slow", "down", "lossy"],
  "odd times": ["clear", "clear", "slow", "lossy", "limited"],
  "odd databases": ["clear", "clear", "slow", "down", "lossy"],
  doors: ["clear", "clear", "clear", "slow", "down", "flaky", "lossy", "limited"]
}

const oddWeather: ReadonlyArray<Weather.Weather> = ["drifting", "drifting", "absurd", "tunnel", "wordy"]

// The ways of failing that come up more often than others.
const morePoison: { readonly [T in Theme]?: ReadonlyArray<Weather.Poison> } = {
  stuck: ["poison: reset", "poison: silence"],
  "second thoughts": ["poison: no client", "poison: no client", "poison: redirect", "poison: redirect"]
}

/** A device that is broken on purpose, to show that the laws find it out. */
export interface Sabotage {
  /** Is told of each operation that has happened, before the laws are. */
  readonly store?: (memory: OutboxStore.Memory, operation: StorePort.Operation) => void
  /** Whether Toggl gets this request twice. */
  readonly twice?: (request: TogglWire.WireRequest) => boolean
}

/** A device of one tab, to be used step by step. A step that comes after the crash does nothing. */
export interface Device {
  readonly call: (effect: Effect.Effect<unknown, unknown, Tab.Services>) => void
  /** Changes a client, and gives the id by which it is known. */
  readonly mutate: (
    effect: Effect.Effect<Receipt<unknown>, unknown, Tab.Services>
  ) => () => Client.AnyClientId | undefined
  readonly rest: () => void
  readonly advance: (millis: number) => void
  readonly setOnline: (isOnline: boolean) => void
  readonly setCredentials: (which: "Good" | "Wrong" | "None") => void
  readonly loseNextAnswer: () => void
  /** The clients that were there from the start. */
  readonly clients: ReadonlyArray<Client.ClientId>
}

/** Played in place of the history's steps, with nothing left to chance but the order of events. */
export interface Script {
  readonly settings: Tab.Settings
  readonly play: (device: Device) => void
}

export interface Options {
  readonly script?: Script
  /** At which of the points that are counted the tab is killed. */
  readonly crashAt?: number
  readonly trace?: boolean
  readonly sabotage?: Sabotage
}

// A tab that was killed never ends its fibers, and Effect keeps those that have not ended: as many as thousands of histories
// leave behind take gigabytes.
const unended = (): Set<unknown> => {
  const scope: unknown = globalValue(Symbol.for("effect/FiberScope/Global"), () => undefined)
  return Predicate.hasProperty(scope, "roots") && scope.roots instanceof Set ? scope.roots : new Set()
}

export const run = (history: History, options: Options = {}): Result => {
  const fibers = unended()
  const before = new Set(fibers)
  const result = playThrough(history, options)
  for (const fiber of fibers) if (!before.has(fiber)) fibers.delete(fiber)
  return result
}

const playThrough = (history: History, options: Options): Result => {
  const { theme = "anything" } = history
  const isOfNames = theme === "namesakes"
  const setup = Dice.make(history.setup)
  const machine = Machine.make({ trace: options.trace ?? false })
  let dice = Dice.make(setup.int(2 ** 31))
  let events = 0
  let played = 0

  const drawn = toggl(setup)
  const oddities = Dice.make(history.setup ^ 0x0dd)
  const togglOptions = options.script === undefined ? otherwise(oddities, drawn) : defaults
  const isLease = setup.chance(0.25) && options.script === undefined
  const slowCredentials = setup.chance(0.25)
  const seeds = Dice.make(setup.int(2 ** 31))
  const storageMayFail = setup.chance(0.3)
  const mostTabs = setup.pick(1, 2, 2, 3)
  const settings: Tab.Settings = {
    merge: setup.chance(0.7),
    conflicts: setup.pick("LastWriteWins", "CheckFirst", "Blind"),
    bulk: setup.chance(0.4),
    ...(setup.chance(0.3) ? { reserve: setup.pick(0, 5) } : {}),
    setAsideAfter: oddities.pick(5, 3, 2)
  }
  const occurrences = new Map<Weather.Kind, number>()
  const met = (kind: Weather.Kind) => occurrences.set(kind, (occurrences.get(kind) ?? 0) + 1)
  if (options.script === undefined) {
    const { dateHeader, storedNotes, takenName } = togglOptions
    if (storedNotes !== "asSent") met("notes kept otherwise")
    if (dateHeader !== "own") met(dateHeader === "hidden" ? "Date hidden" : "Date off")
    if (takenName === "badRequest") met("self-hosted")
  }
  let throwing: "onAnswer throws" | "isOnline throws" | "HttpClient throws" | "the store throws" | undefined
  const throws = (kind: NonNullable<typeof throwing>): boolean => {
    if (throwing !== kind || !oddities.chance(0.4)) return false
    met(kind)
    return true
  }

  // Where the source of credentials sometimes cannot tell.
  const moods = Dice.make(history.setup ^ 0x1ced)
  let isMoody = moods.chance(0.2) && options.script === undefined

  // After the crash, and once all faults have stopped, nothing is counted any more.
  const points: Array<string> = []
  let counts = true
  const point = (process: Machine.Process, label: string) => {
    if (!counts) return
    points.push(label)
    if (points.length - 1 !== options.crashAt) return
    counts = false
    machine.note(() => `    ${process.name} is killed: ${label}`)
    process.kill()
  }

  const store = StorePort.make(machine, {
    before: (process, name) => point(process, `before ${name}`),
    after: (operation) => {
      options.sabotage?.store?.(store.memory, operation)
      laws.operationHappened(operation)
      doors.operationHappened(operation)
      point(operation.process, `after ${operation.name}`)
    },
    heard: (operation) => {
      // a tab that was stopped meanwhile hears of it late
      if (Exit.isFailure(operation.exit)) storageFailedAt = Math.max(storageFailedAt, machine.now())
      laws.operationHeard(operation)
    }
  })
  const locks = LockPort.make(machine)
  const wire = Wire.make(machine, togglOptions, () => dice, {
    departs: (flight) => {
      laws.requestDeparts(flight)
      doors.requestDeparts(flight)
      point(flight.process, `before ${flight.request.method} ${flight.request.path} lands`)
    },
    landed: (flight, before, after) => {
      laws.requestLanded(flight, before, after)
      point(flight.process, `before the answer to ${flight.request.method} ${flight.request.path} is heard`)
    },
    repeated: (flight, before, after) => laws.requestRepeated(flight, before, after),
    answered: (flight, status, isOwn) => {
      laws.requestAnswered(flight, status, isOwn)
      doors.requestAnswered(flight, status)
    },
    anotherThan: ({ method, path }) => {
      const isAboutOne = /\/clients(\/\d+(\/restore)?)?$/.test(path) && method !== "DELETE"
      // Whoever has no list cannot tell an older client from what was just made.
      const known = [...laws.books().clients.keys()].filter((id) => !path.includes(`/${id}`))
      return isAboutOne ? oddities.oneOf(known) : undefined
    },
    met,
    neverLeft: (process, isWrite) => {
      if (isWrite) laws.neverLeft(process)
      doors.trouble(process)
    },
    readFromCache: (flight) => {
      laws.readFromCache(flight.process)
      met("cached look-up")
    },
    twice: options.sabotage?.twice ?? (() => false)
  })

  // Some clients are there from the start: they were made by a colleague, long ago.
  const togglNow = () => machine.trueNow() + togglOptions.clockSkew
  const scene = (userId: number): TogglState.Scene => ({
    options: togglOptions,
    workspace: togglOptions.workspaces[0] ?? defaultWorkspace,
    userId,
    at: Math.floor(togglNow() / 1000)
  })
  const olds = options.script === undefined ? setup.int(4) : 3
  for (let i = 0; i < olds; i++) {
    const { state } = wire.world()
    const made = TogglState.createClient(state, scene(colleague.id), { name: `Old ${i}`, notes: `from the start ${i}` })
    if (Either.isRight(made)) wire.setWorld({ ...wire.world(), state: made.right.state })
  }
  // Others our own user made on another device, under names that the app will use.
  const ownOlds = options.script === undefined && (oddities.chance(0.3) || isOfNames) ? 1 + oddities.int(2) : 0
  for (let i = 0; i < ownOlds; i++) {
    const { state } = wire.world()
    const by = scene(defaultUser.id)
    const age = oddities.pick(365 * 86_400, 86_400, 601, 300)
    const name = oddities.pick(`Common ${i}`, `Common ${i}`, `COMMON ${i}`, `common ${i}`)
    const made = TogglState.createClient(
      state,
      { ...by, at: by.at - age },
      { name, notes: oddities.pick("", `own ${i}`) }
    )
    if (Either.isRight(made)) wire.setWorld({ ...wire.world(), state: made.right.state })
    met("an older client of ours")
  }
  const laws = Laws.make(machine, Books.reader(store.memory), wire.world().state.clients, {
    met,
    setAsideAfter: settings.setAsideAfter ?? 5,
    togglNow,
    isDateTrue: togglOptions.dateHeader === "own",
    isDateShown: togglOptions.dateHeader !== "hidden",
    isCaching: () => wire.isCaching()
  })

  const doors = Doors.make({
    machine,
    workspaceId,
    met,
    books: laws.books,
    owner: laws.owner,
    knowsOwner: laws.knowsOwner,
    signedInAs: (tab) => signedInAs(tab),
    hasStorageFailed: (since) => Math.max(storageFailedAt + writesAgainAfter, silentUntil, busyAt) >= since,
    thawedAt: (process) => thawedAt.get(process) ?? 0
  })
  // With dice of their own, so that what is kept of other themes stays the same.
  const hasDoors = theme === "doors"
  const doorsDice = Dice.make(history.setup ^ 0xd00f)
  const areSettable = hasDoors && doorsDice.chance(0.65)
  const mostFreshness = doorsDice.pick<Duration.DurationInput>("1 minute", "5 minutes", "1 hour")

  // --- The device --------------------------------------------------------------------------------------------------

  let tabs: ReadonlyArray<Tab.Tab> = []
  let opened = 0
  // The browser wakes one service worker at a time, whatever tabs are open.
  let worker: Tab.Tab | undefined
  let holdsWhileFrozen = false
  let storageFails: number = 0
  let storageDoubts: number = 0
  let silentUntil = 0
  const interrupted = new Set<Tab.Caller>()
  // A device that was busy finds every time limit passed.
  let busyAt = Number.NEGATIVE_INFINITY
  let files: ReadonlyArray<string> = []
  // The tabs for which the database never opens, or whose way to it is lost: until they are started anew.
  const unreachable = new Map<Machine.Process, "Hangs" | "Lost">()
  // How many changes went with a database that was cleared, as each tab that knew of them has to say.
  const losses = new Map<Machine.Process, number>()
  let unstorable: "some acknowledgements" | "those of some entries" | undefined
  let storageFailedAt = -Infinity
  const frozenAt = new Map<Machine.Process, number>()
  const thawedAt = new Map<Machine.Process, number>()
  let online: Option.Option<boolean> = Option.some(true)
  const seenIds: Array<Client.AnyClientId> = []
  const good = Credentials.token(defaultUser.apiToken)
  const alsoGood = Credentials.password(defaultUser.email, defaultUser.password)
  const refusedToken = Credentials.token("0".repeat(32))
  const unsendable = Credentials.proxy({ header: { name: "x-app", value: "a\nb" } })
  const theirs = Option.some(Credentials.token(colleague.apiToken))
  let newest: Option.Option<Credentials.Credentials> = Option.some(good)

  const died = (cause: string) => {
    if (machine.broken() !== undefined) return
    machine.fail("law 11", `a fiber dies: ${cause}`)
  }

  const openTab = (): Tab.Tab => {
    const tab = open(`tab${++opened}`, newest)
    tabs = [...tabs, tab]
    return tab
  }

  const open = (
    name: string,
    credentials: Option.Option<Credentials.Credentials>,
    started?: (tab: Tab.Tab) => void
  ): Tab.Tab => {
    const process = machine.spawn(name, seeds.int(2 ** 31))
    const isWoken = started !== undefined
    if (isWoken) doors.isWorker(process, credentials)
    const freshness = hasDoors && !isWoken && doorsDice.chance(0.6) ? mostFreshness : undefined
    const connection = store.connect(process, {
      holdsWhileFrozen: () => holdsWhileFrozen,
      fault: (name) => {
        // the replay alone does so
        if (name === "claim" && throws("the store throws")) {
          storageFailedAt = machine.now() + restsAtMost - writesAgainAfter
          throw new TypeError("the store threw")
        }
        if (name === "settle" && hasNoRoom()) {
          met("unstorable acknowledgement")
          storageFailedAt = Math.max(storageFailedAt, machine.now())
          return new StorageError({ reason: "Full", detail: "simulated, at settle" })
        }
        if (storageFails === 0 || !dice.chance(storageFails)) return undefined
        storageFailedAt = Math.max(storageFailedAt, machine.now())
        return new StorageError({ reason: "Full", detail: `simulated, at ${name}` })
      },
      doubt: () => {
        if (storageDoubts === 0 || !dice.chance(storageDoubts)) return undefined
        storageFailedAt = Math.max(storageFailedAt, machine.now())
        const isStored = dice.chance(0.5)
        met(isStored ? "storage in doubt, stored" : "storage in doubt, not stored")
        return isStored ? "Stored" : "NotStored"
      },
      silentUntil: () => silentUntil,
      unreachable: () => unreachable.get(process),
      persist: () => oddities.chance(0.5)
    })
    const wired = wire.connect(
      process,
      () => Option.contains(online, false),
      () => throws("HttpClient throws")
    )
    process.onDeath(() => {
      tabs = tabs.filter((tab) => tab.process !== process)
      if (worker?.process === process) worker = undefined
      unreachable.delete(process)
      laws.processDied(process)
    })
    const tab: Tab.Tab = Tab.open({
      machine,
      process,
      connection,
      lock: isLease ? ReplayLock.lease : locks.connect(process),
      client: wired.client,
      fetch: wired.fetch,
      isOnline: () => {
        if (throws("isOnline throws")) throw new TypeError("isOnline threw")
        return online
      },
      credentials,
      slowCredentials,
      areSettable,
      isWoken,
      freshness,
      cannotTell: () => {
        const how = isMoody && moods.chance(0.3) ? moods.pick("Fails" as const, "Throws" as const) : undefined
        if (how !== undefined) {
          met(how === "Fails" ? "credentials cannot tell" : "credentials throw")
          doors.trouble(process)
        }
        return how
      },
      listenerThrows: () => throws("onAnswer throws"),
      settings: options.script?.settings ?? settings,
      watches: !isWoken && (freshness !== undefined || opened === 1 || seeds.chance(0.5)),
      workspaceId,
      shown: (view) => {
        for (const { id } of view.clients) if (!seenIds.includes(id)) seenIds.push(id)
        laws.viewShown(process, view)
      },
      died,
      closed: () => {
        // a caller that was interrupted while it claims its refusal ends with that
        if (process.timers() > 0 && tab.callers().length === 0) {
          machine.fail("law 13", `${process.name} leaves a timer behind`)
        }
        if (locks.waiting(process) > 0 || locks.holder() === process) {
          machine.fail("law 13", `${process.name} is closed and keeps the lock`)
        }
        if (connection.listeners() > 0) machine.fail("law 13", `${process.name} still listens`)
        process.kill()
      },
      started: () => {
        if (started !== undefined) process.post("app", "has started", () => started(tab))
      },
      mayWorkNow: () => doors.mayWorkNow(process)
    })
    if (freshness !== undefined) doors.keepsFresh(tab, freshness)
    return tab
  }

  /** The browser wakes the service worker, which finds what the app has left there of its credentials. */
  const wakeWorker = () => {
    if (worker !== undefined) return
    const found = dice.pick(newest, newest, Option.some(good), Option.none(), Option.none(), Option.some(refusedToken))
    const limits = Dice.make(dice.int(2 ** 31))
    worker = open(`worker${++opened}`, found, (tab) => doors.woken(tab, limits, tab.close))
  }

  const endWorker = () => {
    if (worker === undefined) return
    met("woken worker that is ended")
    worker.process.kill()
  }

  // Where there is no room for how some entries end, there never is.
  const hasNoRoom = (): boolean => {
    if (unstorable !== "those of some entries") return unstorable !== undefined && oddities.chance(0.5)
    const some = new Set<unknown>(
      [...laws.books().entries.values()].filter(({ seq }) => seq % 3 === 1).map(({ id }) => id)
    )
    return store.memory.rows.some(({ key }) => Array.isArray(key) && key[0] === "outcome" && some.has(key[1]))
  }

  const awake = () => tabs.filter((tab) => !tab.process.isFrozen() && tab.isOpen())

  // --- Time and events ---------------------------------------------------------------------------------------------

  const happen = (): boolean => {
    const enabled = machine.enabled()
    const event = enabled[enabled.length === 1 ? 0 : dice.int(enabled.length)]
    if (event === undefined) return false
    if (++events > mostInAll(history.steps.length))
      machine.fail("law 4", "the device is never done with what it has to do")
    machine.note(() => `  ${event.label}`)
    event.run()
    const broken = machine.broken()
    if (broken !== undefined) throw broken
    return true
  }

  const rest = () => {
    let count = 0
    while (happen()) {
      if (++count > mostEvents) machine.fail("law 4", "the device never comes to rest")
    }
  }

  const advance = (millis: number) => {
    const end = machine.now() + millis
    rest()
    let rounds = 0
    for (let next = machine.nextTime(); next !== undefined && next <= end; next = machine.nextTime()) {
      machine.setTime(next)
      rest()
      if (++rounds > mostEvents) machine.fail("law 4", "the device never comes to rest")
    }
    machine.setTime(end)
    rest()
    everyoneHears()
  }

  // A caller hears something true after the patience that is the default, and half a second. Who reads has a step of its
  // own before four requests, and a device that was busy may begin late with each.
  const mutationTakes = 10_500
  const readTakes = mutationTakes + 5_000 + 4 * Weather.requestLimit + 40_000

  const everyoneHears = () => {
    for (const tab of worker === undefined ? awake() : [...awake(), worker]) {
      for (const caller of tab.callers()) {
        const { label, since } = caller
        // Who interrupts waits until the store tells how it ended.
        if (interrupted.has(caller) && silentUntil >= since) continue
        const isMutation = mutations.has(label)
        const waited = machine.now() - (isMutation ? since : Math.max(since, thawedAt.get(tab.process) ?? 0))
        if (waited <= (doors.longest(label) ?? (isMutation ? mutationTakes : readTakes))) continue
        machine.fail("law 11", `who called ${label} hears nothing for ${waited} ms`)
      }
    }
  }

  // So long after what was in doubt was sent it is looked up, at the latest.
  const looksUpWithin = 60_000

  const untilReading = () => {
    const end = machine.now() + looksUpWithin
    while (!wire.isReading()) {
      if (happen()) continue
      const next = machine.nextTime()
      if (next === undefined || next > end) return
      machine.setTime(next)
    }
  }

  // --- What users do -----------------------------------------------------------------------------------------------

  const heardBy = (tab: Tab.Tab, deleted?: Client.AnyClientId) => (exit: Exit.Exit<Receipt<unknown>, unknown>) => {
    machine.note(() => `    a caller hears ${told(exit)}`)
    if (Exit.isFailure(exit)) {
      if (Cause.isDie(exit.cause)) died(Cause.pretty(exit.cause))
      const error = Option.getOrUndefined(Cause.failureOption(exit.cause))
      if (error instanceof NotSaved) laws.callerLost(error.entryId, error.mayBeStored === true)
      if (error instanceof NotFound && deleted !== undefined) laws.callerFoundNone(deleted)
      return
    }
    const { entryId, id: made } = exit.value
    if (!seenIds.includes(made)) seenIds.push(made)
    const goesOnSince = Math.max(thawedAt.get(tab.process) ?? 0, silentUntil, storageFailedAt)
    laws.callerHeard({ entryId, receipt: exit.value._tag, goesOnSince })
  }

  const target = (): Client.AnyClientId | undefined =>
    dice.chance(0.8) ? dice.oneOf(seenIds.slice(-6)) : dice.oneOf(seenIds)

  // Where Toggl keeps notes in another form than it was sent, they are sent in such a form.
  const notesOf = (notes: string): string => (togglOptions.storedNotes === "asSent" ? notes : `${notes}\r\nand more \n`)

  // Names meet now and then; notes never do.
  const nameFor = (uid: number): string =>
    dice.chance(isOfNames ? 0.8 : 0.12) ? `Common ${dice.int(isOfNames ? 2 : 3)}` : `Client ${uid}`

  const mutate = (tab: Tab.Tab, step: Step) => {
    const id = target()
    switch (step.kind) {
      case "create": {
        const name = nameFor(step.uid)
        // as an older client may have it, or another tab has just made it
        const isBare = theme === "stuck" ? dice.chance(0.8) : name.startsWith("Common") && dice.chance(0.6)
        const input = { name, notes: isBare ? "" : notesOf(`made in ${step.uid}`) }
        return tab.call("create", Clients.create(workspaceId, input), heardBy(tab))
      }
      case "update": {
        if (id === undefined) return
        const name = dice.chance(0.5) ? { name: nameFor(step.uid) } : {}
        const notes = dice.chance(0.7) || name.name === undefined ? { notes: notesOf(`changed in ${step.uid}`) } : {}
        return tab.call("update", Clients.update(workspaceId, id, { ...name, ...notes }), heardBy(tab))
      }
      case "delete":
        return id === undefined ? undefined : tab.call("delete", Clients.delete(workspaceId, id), heardBy(tab, id))
      case "archive":
        return id === undefined ? undefined : tab.call("archive", Clients.archive(workspaceId, id), heardBy(tab))
      default:
        return id === undefined ? undefined : tab.call("restore", Clients.restore(workspaceId, id), heardBy(tab))
    }
  }

  const ignored = () => undefined

  // Who purges, or goes on, has heard what was lost.
  const knowsOfLosses = () => losses.clear()

  // Where neither ids nor dates are shown, nothing tells an answer that a cache gives to whatever is asked.
  const isHidden = togglOptions.dateHeader === "hidden" && togglOptions.hiddenHeaders.includes("x-toggl-request-id")
  const cacheOfAll = isHidden ? "always" : "ignoringQuery"

  const read = (tab: Tab.Tab, freshness: View["source"] | "1 minute") =>
    tab.call("read", Clients.view(workspaceId, { freshness, status: "both" }), ignored)

  const play = (step: Step): void => {
    const living = awake()
    const tab = living[step.tab % Math.max(1, living.length)]
    switch (step.kind) {
      case "open":
        if (tabs.length < mostTabs) openTab()
        return
      case "close":
        return tab?.close()
      case "crash": {
        const any = tabs[step.tab % Math.max(1, tabs.length)]
        return any?.process.kill()
      }
      case "freeze":
        holdsWhileFrozen = dice.chance(0.5)
        if (tab !== undefined) frozenAt.set(tab.process, machine.now())
        return tab?.process.freeze()
      case "thaw": {
        const frozen = tabs.filter((tab) => tab.process.isFrozen())
        return thaw(frozen[step.tab % Math.max(1, frozen.length)])
      }
      case "create":
      case "update":
      case "delete":
      case "archive":
      case "restore":
        if (tab === undefined || laws.books().entries.size >= mostEntries) return
        return mutate(tab, step)
      case "spree": {
        if (tab === undefined || laws.books().entries.size >= mostEntries) return
        const kind = dice.pick<Step["kind"]>("create", "update", "delete", "delete", "archive", "archive")
        for (let i = 2 + dice.int(3); i > 0; i--) mutate(tab, { ...step, kind, uid: step.uid * 10 + i + 10_000 })
        return
      }
      case "interrupt": {
        const caller = dice.oneOf(tab?.callers() ?? [])
        if (caller !== undefined) interrupted.add(caller)
        return tab?.process.enter(() => caller?.fiber.unsafeInterruptAsFork(FiberId.none))
      }
      case "read": {
        const freshness = dice.pick<View["source"] | "1 minute">("Toggl", "Local", "1 minute")
        return tab === undefined ? undefined : read(tab, freshness)
      }
      case "weather":
        wire.setWeather(dice.oneOf(weatherOf[theme]) ?? "clear")
        machine.note(() => `    ${wire.weather()}`)
        return
      case "online": {
        online = dice.pick(Option.some(true), Option.some(true), Option.some(false), Option.none())
        if (Option.contains(online, true)) for (const tab of tabs) tab.wake()
        return
      }
      case "wake":
        return tab?.wake()
      case "credentials": {
        const kind = dice.pick<Option.Option<Credentials.Credentials>>(
          Option.some(good),
          Option.some(good),
          Option.some(good),
          Option.some(good),
          Option.some(alsoGood),
          theirs,
          ...(theme === "accounts" ? [theirs, theirs] : []),
          Option.some(Credentials.token("0".repeat(32))),
          Option.none()
        )
        newest = kind
        for (const each of dice.chance(0.5) ? tabs : [tab]) each?.setCredentials(kind)
        return
      }
      case "colleague":
        return edit(step)
      case "clock": {
        const by = dice.pick(-3_600_000, -30_000, 30_000, 3_600_000)
        laws.clockSet(by)
        doors.clockSet()
        machine.setClock(by)
        return
      }
      case "run": {
        for (let left = 1 + dice.int(4); left > 0; left--) happen()
        return
      }
      case "settle":
        rest()
        return check()
      case "advance": {
        const millis = dice.weighted([
          [3, 100],
          [3, 1_000],
          [3, 6_000],
          [4, 26_000],
          [2, 120_000],
          [1, 400_000],
          [0.5, 3_700_000]
        ])
        return advance(millis ?? 0)
      }
      case "busy":
        machine.setTime(machine.now() + dice.pick(100, 3_000, 6_000, 24_000, 40_000))
        busyAt = machine.now()
        return
      case "retry":
      case "discard": {
        if (tab !== undefined && dice.chance(0.7) && adopt(tab)) return
        const isMeant = (tag: Entry["state"]["_tag"]) =>
          tag === "Refused" || tag === "SetAside" || dice.chance(tag === "Sending" ? 0.5 : 0.1)
        const parked = [...laws.books().entries.values()].filter(({ state }) => isMeant(state._tag))
        const entry = dice.oneOf(parked)
        if (entry === undefined) return
        const edit = dice.chance(0.3) ? { name: `Repaired ${step.uid}` } : {}
        return step.kind === "retry" ? retry(tab, entry, edit) : discard(tab, entry)
      }
      case "pause":
        return tab?.call("pause", Outbox.pause, ignored)
      case "resume":
        return tab?.call("resume", Outbox.resume, knowsOfLosses)
      case "replayNow":
        return tab?.call("replayNow", Outbox.replayNow, ignored)
      case "signOut":
        return tab?.call("signOut", Outbox.signOut, ignored)
      case "storage":
        storageFails = storageMayFail ? dice.pick(0, 0, 0.2, 1) : 0
        return
      case "storm":
        wire.setWeather(dice.pick("maintenance", "repeating", "worker", "mixedUp"))
        machine.note(() => `    ${wire.weather()}`)
        return
      case "poison":
        return poison()
      case "cache":
        wire.setCaching(dice.chance(theme === "odd answers" ? 0.8 : 0.6) ? dice.pick("always", cacheOfAll) : "never")
        // what a cache has kept from before is what deceives
        if (theme !== "odd answers" || !wire.isCaching() || tab === undefined) return
        wire.setWeather("lossy")
        return read(tab, "Toggl")
      case "meddle":
        return meddle(step)
      case "throw":
        throwing = dice.pick("onAnswer throws", "isOnline throws", "HttpClient throws", "the store throws", undefined)
        return
      case "unstorable":
        unstorable = dice.pick("some acknowledgements", "those of some entries", "those of some entries", undefined)
        return
      case "doubt":
        storageDoubts = dice.pick(0, 0.2, 0.5)
        return
      case "hang":
        silentUntil = machine.now() + (hasDoors ? dice.pick(3_000, 12_000, 120_000) : dice.pick(3_000, 12_000, 40_000))
        met("silent storage")
        return
      case "wipe":
        return wipe()
      case "purge":
        return tab?.call("purge", Outbox.purge, knowsOfLosses)
      case "take":
        return tab?.call("take", Outbox.exportEntries({ take: true }), (exit) => {
          if (Exit.isFailure(exit)) return
          files = [...files, exit.value]
        })
      case "import": {
        const file = dice.oneOf(files)
        return tab === undefined || file === undefined ? undefined : bringBack(tab, file)
      }
      case "lose":
      case "jam":
        return tab === undefined ? undefined : strand(tab, step.kind === "lose" ? "Lost" : "Hangs")
      case "respell":
        return respell()
      case "takeOver":
        return tab === undefined ? undefined : takeOver(tab)
      case "persist":
        if (tab !== undefined) persist(tab)
        return
      case "sleep":
        return sleep()
      case "waits":
        wire.setWeather(dice.oneOf(oddWeather) ?? "absurd")
        machine.note(() => `    ${wire.weather()}`)
        return
      case "gone": {
        const id = seenIds.filter(Client.isLocalClientId).at(-1)
        if (tab === undefined || id === undefined || laws.books().entries.size >= mostEntries) return
        for (let i = 0; i < 2; i++) tab.call("delete", Clients.delete(workspaceId, id), heardBy(tab, id))
        met("second delete")
        return
      }
      case "edit":
      case "giveUp": {
        if (step.kind === "edit" && theme === "second thoughts" && dice.chance(0.5)) untilReading()
        // While it is sent it is given up in time to land late; while it is looked up, an edit is not what was found.
        const more = step.kind === "giveUp" ? "Sending" : "Uncertain"
        const entry = inDoubt(dice.pick("SetAside", more, more, "Sending", "Uncertain"))
        if (entry === undefined) return
        if (step.kind === "giveUp") {
          discard(tab, entry)
          // Who gives one up has another in mind, which must not land before it.
          const id = Mutation.clientId(entry.mutation)
          const change = { notes: `in place of ${entry.seq}` }
          return tab?.call("update", Clients.update(workspaceId, id, change), heardBy(tab))
        }
        return retry(tab, entry, {
          ...(dice.chance(0.6) ? { name: `Edited ${step.uid}` } : {}),
          ...(dice.chance(0.6) ? { notes: `edited in ${step.uid}` } : {})
        })
      }
      case "flush":
        return tab === undefined ? undefined : doors.flush(tab, dice)
      case "signIn":
        return tab === undefined ? undefined : signIn(tab)
      case "worker":
        return wakeWorker()
      case "endWorker":
        return endWorker()
      case "adopt":
        if (tab !== undefined) adopt(tab)
    }
  }

  const signIn = (tab: Tab.Tab) => {
    const given = dice.pick<Credentials.Credentials | undefined>(
      good,
      good,
      good,
      alsoGood,
      Option.getOrUndefined(theirs),
      refusedToken,
      unsendable,
      undefined,
      undefined
    )
    const isKept = dice.chance(0.5)
    // the user signed out elsewhere, and the app asks its source
    if (given === undefined && dice.chance(0.4)) {
      tab.setCredentials(Option.none())
      rest()
    }
    doors.signIn(tab, given, areSettable, (isSet) => {
      // the app keeps them for the tabs that it opens from now on
      if (isSet && isKept && areSettable) newest = tab.credentials()
    })
  }

  /** The site's data is cleared, and the browser closes the database that was there. */
  const wipe = () => {
    met("database cleared")
    const { entries, state } = laws.books()
    // By its id a store is known from the next one, and it has none before something is sent from it.
    for (const tab of state.store === "none" ? [] : tabs) {
      const { lost = 0, waiting = 0 } = tab.status() ?? {}
      if (waiting > 0 && waiting === entries.size) losses.set(tab.process, lost + waiting)
    }
    store.memory.rows = []
    store.memory.nextSeq = 1
    laws.storeIsGone()
    for (const listener of store.memory.connections) listener()
  }

  /** The tab does not reach the database any more. */
  const strand = (tab: Tab.Tab, how: "Hangs" | "Lost") => {
    met(how === "Lost" ? "database lost to a tab" : "opening that hangs")
    unreachable.set(tab.process, how)
  }

  /** A new version of the app is started, and calls its account otherwise. */
  const respell = () => {
    const { before, memory } = store
    if (before.rows.length > 0 || laws.books().entries.size === 0) return
    met("database called otherwise")
    for (const tab of tabs) tab.process.kill()
    ;[before.rows, before.nextSeq] = [memory.rows, memory.nextSeq]
    ;[memory.rows, memory.nextSeq] = [[], 1]
    laws.storeIsElsewhere()
    openTab()
  }

  const beforeIs = Option.getOrThrow(Option.fromNullable(ownerOf(store.nameBefore)))

  const takeOver = (tab: Tab.Tab, heard: (exit: Exit.Exit<number, unknown>) => void = ignored) =>
    tab.call("takeOver", Outbox.takeOver(beforeIs), (exit) => {
      machine.note(() => `    take-over: ${told(exit)}`)
      heard(exit)
    })

  // What is not taken over waits or is refused there, or was handed over to someone who has not stored it.
  const leftBefore = (): ReadonlyArray<unknown> =>
    store.before.rows.flatMap(({ key, row }) =>
      (typeof key === "number" || (Array.isArray(key) && key[0] === "moved")) && Predicate.hasProperty(row, "id")
        ? [row.id]
        : []
    )

  const isAtWork = (exit: Exit.Exit<unknown, unknown>): boolean =>
    Exit.isFailure(exit) &&
    Option.exists(Cause.failureOption(exit.cause), (error) => error instanceof NotTakenOver && error.reason === "InUse")

  /** Where another tab does the same just now, once more after it. */
  const takeOverAll = (tab: Tab.Tab, isLast = false): void => {
    const left = leftBefore()
    if (left.length === 0) return
    takeOver(tab, (exit) => {
      if (Exit.isSuccess(exit)) return laws.tookOver(left)
      if (isAtWork(exit) && !isLast) return takeOverAll(tab, true)
      machine.fail("law 5", `what stands elsewhere cannot be taken over: ${told(exit)}`)
    })
    if (isLast) return
    advance(2 * takesOverWithin)
    if (leftBefore().length > 0) machine.fail("law 5", "what was taken over stands elsewhere still")
  }

  const persist = (tab: Tab.Tab) => {
    // Of two answers that come together the last one counts, whichever that is.
    if (tab.callers().some(({ label }) => label === "persist")) return
    tab.call("persist", Effect.zip(Outbox.persist, Outbox.status), (exit) => {
      if (Exit.isFailure(exit)) return
      met("asked to be kept")
      const [said, { persisted }] = exit.value
      if (Option.contains(said, persisted)) return
      machine.fail("law 12", `the browser said ${told(Exit.succeed(said))}, and the status ${String(persisted)}`)
    })
  }

  const bringBack = (tab: Tab.Tab, file: string) =>
    tab.call("import", Outbox.importEntries(file), (exit) => {
      machine.note(() => `    import: ${told(exit)}`)
      if (Exit.isSuccess(exit) && dice.chance(0.5)) tab.call("confirm", Outbox.confirmExport(file), ignored)
    })

  // In a night each time is over that Toggl names, as long as it is believed.
  const night = 8 * 3_600_000
  // A wait is looked at so often, and then Toggl is asked for its time.
  const looksAtWaits = 61_000

  const sleep = () => {
    // what has left before has landed, or never will
    machine.setTime(machine.now() + Weather.requestLimit)
    rest()
    const before = laws.books().state.wait
    // One that was over before is left as it is until there is something to send.
    const isOn = before !== undefined && before.seenAt + before.length > machine.wallNow()
    machine.sleep(night)
    laws.clockSet(night)
    if (before?.named !== true || !isOn) return
    met("sleep in a named wait")
    if (dice.chance(0.3)) return
    wire.setWeather("clear")
    online = Option.some(true)
    for (const tab of tabs) tab.wake()
    // Who has named it must have said by whose time. Nobody asks while there is nothing to send, or credentials cannot be told.
    const isAsked = awake().length > 0 && before.until !== undefined && laws.books().entries.size > 0 && !isMoody
    advance(looksAtWaits)
    const after = laws.books().state.wait
    if (isAsked && awake().length > 0 && after?.until === before.until) {
      machine.fail("law 9", `after a night the queue waits still: ${JSON.stringify(after)}`)
    }
  }

  /** The user sees that something does not get through, and changes it or gives it up. */
  const seesToSetAside = () => {
    const aside = [...laws.books().entries.values()].filter(({ state }) => state._tag === "SetAside")
    const [tab] = awake()
    for (const entry of aside) {
      if (oddities.chance(0.3)) continue
      if (oddities.chance(0.6)) retry(tab, entry, { name: `Seen to ${entry.seq}` })
      else discard(tab, entry)
      rest()
    }
  }

  // What is done to an entry that may have been applied comes up by how that stands.
  const metInDoubt = (done: "edit" | "discard", { state }: Entry) => {
    if (state._tag === "SetAside") met(`${done} set aside`)
    else if (state._tag === "Sending" || state._tag === "Uncertain") met(`${done} in doubt`)
  }

  const retry = (tab: Tab.Tab | undefined, entry: Entry, edit: Outbox.Edit) =>
    tab?.call("retry", Outbox.retry(EntryId.make(entry.id), edit), (exit) => {
      machine.note(() => `    retry of ${entry.seq}: ${told(exit)}`)
      if (Exit.isSuccess(exit) && Object.keys(edit).length > 0) metInDoubt("edit", entry)
    })

  const discard = (tab: Tab.Tab | undefined, entry: Entry) =>
    tab?.call("discard", Outbox.discard(EntryId.make(entry.id)), (exit) => {
      machine.note(() => `    discard of ${entry.seq}: ${told(exit)}`)
      if (Exit.isSuccess(exit)) metInDoubt("discard", entry)
    })

  /** An entry that may have been applied: those of which there are few come first. */
  const inDoubt = (wanted: Entry["state"]["_tag"]): Entry | undefined => {
    const kinds = ["SetAside", "Sending", "Uncertain"]
    const entries = [...laws.books().entries.values()].filter(({ state }) => kinds.includes(state._tag))
    const found = entries.filter(({ state }) => state._tag === wanted)
    return dice.oneOf(found.length > 0 ? found : entries)
  }

  /** The user says what became of an entry that nobody else can decide. `false`: there is none. */
  const adopt = (tab: Tab.Tab): boolean => {
    const undecided = [...laws.books().entries.values()].flatMap(({ id, seq, state }) =>
      state._tag === "Refused" && state.error._tag === "Undecided" ? { id, seq, found: state.error.found } : []
    )
    const entry = dice.oneOf(undecided)
    const clientId = entry === undefined ? undefined : laws.trueClientOf(entry.seq, entry.found)
    if (entry === undefined || clientId === undefined) return false
    tab.call("adopt", Outbox.adopt(EntryId.make(entry.id), Client.ClientId.make(clientId)), (exit) => {
      machine.note(() => `    adopt of ${entry.seq} as ${clientId}: ${told(exit)}`)
      if (Exit.isSuccess(exit)) met("adopt")
    })
    return true
  }

  /** From now on the changes of one client, or those with one text in them, always fail in the same way. */
  const poison = () => {
    if (dice.chance(0.3)) return wire.setPoison(undefined)
    const more = morePoison[theme] ?? ["poison: reset"]
    const way = dice.oneOf([...Weather.poisons, ...more, ...more]) ?? "poison: 5xx"
    const id = dice.oneOf(seenIds)
    const client = id === undefined ? undefined : (laws.books().ids.get(id) ?? id)
    const text = dice.pick("Common 1", "Common 2", '3"', '5"', '8"')
    const isOfClient = dice.chance(0.5)
    const readsToo = dice.chance(0.3)
    machine.note(() => `    ${way} for ${isOfClient ? `client ${client}` : text}${readsToo ? ", reads too" : ""}`)
    return wire.setPoison({
      way,
      isMeant: ({ body, method, path }) =>
        (method === "GET" ? readsToo : true) &&
        (isOfClient ? `${path} ${body}`.includes(`${client}`) : method !== "GET" && body.includes(text))
    })
  }

  /** A colleague changes what one of us has just made. */
  const meddle = (step: Step) => {
    const world = wire.world()
    const own = world.state.clients.filter(({ creatorId }) => creatorId === defaultUser.id)
    const client = own.at(-1)
    if (client === undefined) return
    const isRenamed = dice.chance(isOfNames ? 0.8 : 0.5)
    const name = isRenamed ? `Theirs ${step.uid}` : client.name
    const notes = isRenamed && dice.chance(0.7) ? client.notes : `theirs ${step.uid}`
    laws.colleagueTouched(client.id, [client.name, name])
    met(isRenamed ? "a colleague renames what was made" : "a colleague edits what was made")
    const edited = TogglState.updateClient(world.state, scene(colleague.id), client.id, { name, notes })
    if (Either.isRight(edited)) wire.setWorld({ ...world, state: edited.right.state })
  }

  const edit = (step: Step) => {
    const world = wire.world()
    const { clients } = world.state
    const client = dice.oneOf(clients)
    const by = scene(colleague.id)
    const put = (transition: TogglState.Transition<unknown>) => {
      if (Either.isRight(transition)) wire.setWorld({ ...world, state: transition.right.state })
    }
    if (client === undefined || dice.chance(isOfNames ? 0.7 : 0.3)) {
      const common = `${dice.pick("Common", "COMMON")} ${dice.int(isOfNames ? 2 : 3)}`
      const name = dice.chance(isOfNames ? 0.9 : 0.6) ? common : `Theirs ${step.uid}`
      // our own user has other devices, and a colleague may do just what we do
      const isOurs = dice.chance(0.4)
      const isBare = dice.chance(0.6) && (isOurs || togglOptions.creatorIds)
      const creator = isOurs ? scene(defaultUser.id) : by
      laws.colleagueTouched(world.state.nextClientId, [name])
      return put(TogglState.createClient(world.state, creator, { name, notes: isBare ? "" : `theirs ${step.uid}` }))
    }
    const name = dice.chance(0.5) ? client.name : `Theirs ${step.uid}`
    laws.colleagueTouched(client.id, [client.name, name])
    switch (dice.int(4)) {
      case 0:
        return put(TogglState.deleteClient(world.state, by, client.id))
      case 1:
        return put(TogglState.archiveClient(world.state, by, client.id))
      case 2:
        return put(TogglState.restoreClient(world.state, by, client.id, {}))
      default: {
        const notes = isOfNames && dice.chance(0.6) ? client.notes : `theirs ${step.uid}`
        return put(TogglState.updateClient(world.state, by, client.id, { name, notes }))
      }
    }
  }

  // --- What must be true at rest -----------------------------------------------------------------------------------

  const check = () => {
    if (storageFails > 0 || silentUntil > machine.now()) return
    if (hasDoors && !wire.isAwaited()) doors.restsRightly(awake())
    const reaching = awake().filter(({ process }) => !unreachable.has(process))
    for (const tab of reaching) {
      const problem = statusOf(tab)
      if (problem === undefined) continue
      // other tabs' steps may be shown a moment later
      advance(Laws.newsTakes)
      const still = statusOf(tab)
      if (still !== undefined) machine.fail("law 12", still)
    }
    for (const tab of reaching) {
      const version = laws.books().state.step
      const heard: Array<View | undefined> = []
      tab.call("view", Clients.view(workspaceId, { freshness: "Local", status: "both" }), (exit) => {
        if (Exit.isSuccess(exit)) heard.push(exit.value)
        else if (Cause.isFailure(exit.cause)) heard.push(undefined)
      })
      rest()
      if (heard.length === 0 || laws.books().state.step !== version) continue
      laws.viewIsTrue(tab.process, heard[0])
      isAsFresh(tab, heard[0])
    }
  }

  /** What is worked out a change at a time, and shared by all who watch, is what the rows give all at once. */
  const isAsFresh = (tab: Tab.Tab, read: View | undefined) => {
    const watched = tab.view()
    const fresh = JSON.stringify(Fresh.clientsIn(store.memory, workspaceId))
    for (const [how, view] of [
      ["reads", read],
      ["watches", watched]
    ] as const) {
      if (view === undefined || JSON.stringify(view.clients) === fresh) continue
      machine.fail(
        "law 6",
        `${tab.process.name} ${how} ${JSON.stringify(view.clients)}, and ${fresh} stands in the rows`
      )
    }
  }

  const signedInAs = (tab: Tab.Tab): number | "Nobody" | "Unknown" => {
    const credentials = tab.credentials()
    if (Option.isNone(credentials)) return "Nobody"
    const { headers } = signing({ credentials: credentials.value, userId: undefined })
    return TogglAuth.userOf(TogglAuth.parse(headers["authorization"]), togglOptions)?.id ?? "Unknown"
  }

  /** Asks a tab for its status, and tells what is wrong with what it shows. */
  const statusOf = (tab: Tab.Tab): string | undefined => {
    const seen = tab.status()
    const version = laws.books().state.step
    let status: Status | undefined
    tab.call("status", Outbox.status, (exit) => {
      if (Exit.isSuccess(exit)) status = exit.value
    })
    rest()
    if (laws.books().state.step !== version || !tab.isOpen()) return undefined
    if (status === undefined) return `${tab.process.name} does not tell its status`
    const lost = losses.get(tab.process) ?? 0
    if (status.lost < lost) machine.fail("law 12", `${tab.process.name} says lost ${status.lost}, not ${lost}`)
    const isStorageDoubtful = machine.now() - storageFailedAt < writesAgainAfter
    // Who signs in is signed out until Toggl has said whose the credentials are.
    const isSigningIn = tab.callers().some(({ label }) => label === "signIn")
    laws.statusIsTrue(tab.process, status, isSigningIn ? "Unknown" : signedInAs(tab), isStorageDoubtful)
    // a quota is told with the time until which it holds, and may have passed since
    const summary = (status: Status) => JSON.stringify({ ...status, queue: status.queue._tag, quota: undefined })
    const shown = seen === undefined ? "nothing" : summary(seen)
    const now = summary(status)
    return shown === now ? undefined : `${tab.process.name} shows ${shown}, and ${now} is true`
  }

  // --- What a script does ------------------------------------------------------------------------------------------

  const device = (): Device => {
    const tab = openTab()
    rest()
    const isOver = () => !tab.process.isAlive()
    const unlessOver =
      <A extends ReadonlyArray<unknown>>(step: (...args: A) => void) =>
      (...args: A): void => {
        if (!isOver()) step(...args)
      }
    const which = {
      Good: Option.some(good),
      Wrong: Option.some(Credentials.token("0".repeat(32))),
      None: Option.none()
    }
    return {
      clients: wire.world().state.clients.map(({ id }) => Client.ClientId.make(id)),
      call: unlessOver((effect) => tab.call("call", effect, ignored)),
      mutate: (effect) => {
        let id: Client.AnyClientId | undefined
        tab.call("mutate", effect, (exit) => {
          heardBy(tab)(exit)
          if (Exit.isSuccess(exit)) id = exit.value.id
        })
        return () => id
      },
      rest: unlessOver(rest),
      advance: unlessOver(advance),
      setOnline: unlessOver((isOnline) => {
        online = Option.some(isOnline)
        wire.setWeather(isOnline ? "clear" : "down")
        if (isOnline) tab.wake()
      }),
      setCredentials: unlessOver((kind) => {
        newest = which[kind]
        tab.setCredentials(newest)
      }),
      loseNextAnswer: unlessOver(() => wire.setNext({ name: "answer lost", lands: 0, ends: 0, end: { _tag: "Lost" } }))
    }
  }

  const thaw = (tab: Tab.Tab | undefined) => {
    if (tab === undefined) return
    // While it was frozen it has tried nothing again.
    const at = frozenAt.get(tab.process) ?? machine.now()
    if (tab.process.isFrozen() && at - storageFailedAt < writesAgainAfter) storageFailedAt += machine.now() - at
    thawedAt.set(tab.process, machine.now())
    tab.process.thaw()
  }

  const allFaultsStop = () => {
    counts = false
    wire.setWeather("clear")
    wire.setCaching("never")
    storageFails = 0
    storageDoubts = 0
    silentUntil = 0
    if (unstorable === "some acknowledgements") unstorable = undefined
    throwing = undefined
    isMoody = false
    online = Option.some(true)
    // Nothing else helps those.
    for (const process of [...unreachable.keys()]) process.kill()
    for (const tab of tabs) {
      if (dice.chance(0.8)) thaw(tab)
    }
    if (awake().length === 0) openTab()
    // Who still signs in would set others afterwards.
    if (hasDoors) advance(180_000)
    // Whose store it is may turn out only now.
    for (let i = 0; i < 2; i++) {
      newest = Option.some(laws.owner() === colleague.id ? Credentials.token(colleague.apiToken) : good)
      for (const tab of tabs) tab.setCredentials(newest)
      rest()
    }
    const [first] = awake()
    first?.call("resume", Outbox.resume, knowsOfLosses)
    rest()
    // What one tab is refused stops no other one.
    if (hasDoors && doorsDice.chance(0.5)) {
      const other = openTab()
      rest()
      const others = { [defaultUser.id]: Option.getOrUndefined(theirs), [colleague.id]: good }[laws.owner() ?? 0]
      const refused = doorsDice.pick(refusedToken, others ?? refusedToken)
      doors.signIn(other, refused, areSettable, ignored)
      rest()
      other.setCredentials(Option.some(refused))
      rest()
    }
    // What was taken and got into no file is given again.
    if (theme === "odd storage" || theme === "odd databases") {
      first?.call("take", Outbox.exportEntries({ take: true }), (exit) => {
        if (Exit.isSuccess(exit)) files = [...files, exit.value]
      })
      rest()
    }
    for (const file of files) {
      first?.call("import", Outbox.importEntries(file), (exit) => {
        if (Exit.isFailure(exit)) machine.fail("law 5", `a file cannot be brought back: ${told(exit)}`)
      })
      rest()
    }
    if (files.length > 0) laws.broughtBack()
    if (first !== undefined) takeOverAll(first)
    if (wire.isPoisoned() || unstorable !== undefined) {
      for (let hours = 0; hours < 6; hours++) advance(3_600_000)
      seesToSetAside()
      for (let hours = 0; hours < 6; hours++) advance(3_600_000)
      laws.othersAreSent()
      wire.setPoison(undefined)
      unstorable = undefined
    }
    // Quotas are refilled by the hour.
    for (let hours = 0; hours < 36 && laws.books().entries.size > 0; hours++) advance(3_600_000)
    check()
    if (worker !== undefined) machine.fail("law 4", "the browser has woken a worker that never comes to its end")
    laws.allIsSent(wire.world())
    const polling = tabs.filter((tab) => tab.process.timers() > 0 && !tab.process.isFrozen())
    if (laws.books().entries.size === 0 && polling.length > 0) {
      // Who watches hears within an hour that a quota has started anew.
      advance(3_700_000)
      const still = tabs.filter((tab) => tab.process.timers() > 0 && !tab.process.isFrozen())
      if (still.length > 0) machine.fail("law 4", "a timer runs while there is nothing to do")
    }
  }

  // Whatever is thrown into the event loop would have ended up there in an app too.
  const thrown = (error: unknown): Machine.LawBroken =>
    error instanceof Machine.LawBroken
      ? error
      : new Machine.LawBroken("law 11", error instanceof Error ? String(error.stack) : String(error))

  const attempt = (): Machine.LawBroken | undefined => {
    try {
      if (options.script === undefined) {
        openTab()
        // Whose store it is, the first of two users decides.
        if (theme === "accounts" && oddities.chance(0.5)) {
          newest = theirs
          openTab()
          for (const tab of tabs) read(tab, "Toggl")
        }
      } else {
        options.script.play(device())
        rest()
      }
      for (const step of history.steps) {
        dice = Dice.make(step.n)
        machine.note(() => `${step.kind} (tab ${step.tab}, ${step.n}, ${step.uid})`)
        play(step)
        played++
        const broken = machine.broken()
        if (broken !== undefined) throw broken
      }
      machine.note(() => "all faults stop")
      dice = Dice.make(history.setup)
      allFaultsStop()
      return undefined
    } catch (error) {
      return machine.broken() ?? thrown(error)
    }
  }
  const broken = attempt()
  return { broken, played, trace: machine.trace, events, accepted: laws.acceptedCount(), points, met: occurrences }
}

const told = (exit: Exit.Exit<unknown, unknown>): string => {
  if (Exit.isFailure(exit)) return Cause.pretty(exit.cause).split("\n")[0] ?? ""
  const { value } = exit
  if (typeof value === "object" && value !== null && "_tag" in value) {
    return `${String(value._tag)}${"reason" in value ? ` ${JSON.stringify(value.reason)}` : ""}`
  }
  return "all is well"
}
