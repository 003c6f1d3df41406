/**
 * Flushes, sign-ins, clients that are kept fresh, and a service worker that the browser wakes: what comes up of them, and the
 * laws that they keep. What they do to entries and requests the other laws see.
 */
import * as Cause from "effect/Cause"
import * as Duration from "effect/Duration"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import type { WorkspaceId } from "../../src/Client.js"
import { InvalidConfiguration, StorageError, Unauthorized, WrongAccount } from "../../src/ClientError.js"
import * as Credentials from "../../src/Credentials.js"
import type { Entry } from "../../src/log/entry.js"
import { type QueueState, workspaceOf } from "../../src/log/state.js"
import * as Outbox from "../../src/Outbox.js"
import type { Books } from "./Books.js"
import type { Dice } from "./Dice.js"
import { newsTakes } from "./Laws.js"
import type * as Machine from "./Machine.js"
import type * as StorePort from "./StorePort.js"
import type * as Tab from "./Tab.js"
import { type Kind, requestLimit } from "./Weather.js"
import type { Flight } from "./Wire.js"

export interface Around {
  readonly machine: Machine.Machine
  readonly workspaceId: WorkspaceId
  readonly met: (kind: Kind) => void
  readonly books: () => Books
  /** Whose store it is, and whether this tab must know that. */
  readonly owner: () => number | undefined
  readonly knowsOwner: (process: Machine.Process) => boolean
  readonly signedInAs: (tab: Tab.Tab) => number | "Nobody" | "Unknown"
  /** Whether the store has failed since, or did not answer. */
  readonly hasStorageFailed: (since: number) => boolean
  readonly thawedAt: (process: Machine.Process) => number
}

export interface Doors {
  readonly flush: (tab: Tab.Tab, dice: Dice) => void
  readonly signIn: (
    tab: Tab.Tab,
    given: Credentials.Credentials | undefined,
    areSettable: boolean,
    heard: (isSet: boolean) => void
  ) => void
  /** The worker has been opened by the browser: it sends what waits, and `close`s. */
  readonly woken: (tab: Tab.Tab, dice: Dice, close: () => void) => void
  /** A process is the worker, with these credentials. */
  readonly isWorker: (process: Machine.Process, credentials: Option.Option<Credentials.Credentials>) => void
  /** The tab keeps what it watches so fresh. */
  readonly keepsFresh: (tab: Tab.Tab, freshness: Duration.DurationInput) => void
  /** Something says that asking Toggl may work now. */
  readonly mayWorkNow: (process: Machine.Process) => void
  readonly operationHappened: (operation: StorePort.Operation) => void
  readonly requestDeparts: (flight: Flight) => void
  readonly requestAnswered: (flight: Flight, status: number) => void
  /** Something has gone wrong for this tab that lets it not ask Toggl. */
  readonly trouble: (process: Machine.Process) => void
  readonly clockSet: () => void
  /** At rest, where nothing is in the air: nobody waits for what cannot come. */
  readonly restsRightly: (tabs: ReadonlyArray<Tab.Tab>) => void
  /** How long who called by this label may hear nothing. */
  readonly longest: (label: string) => number | undefined
}

/** What a flush that has not ended may tell of. */
interface Flushing {
  readonly process: Machine.Process
  /** What was accepted before. */
  readonly before: ReadonlySet<string>
  /** What was to be sent at some time since, and what was refused at some time. */
  readonly toSend: Set<string>
  readonly refused: Set<string>
  /** What it covers for sure, as the log was last read. */
  covered: ReadonlySet<string>
  /** How many requests had left before it. */
  readonly sends: number
  readonly wait: QueueState["wait"]
}

// An attempt may take a list, a look-up and its own request; and so many entries are never in the log.
const attemptTakes = 3 * requestLimit
const entriesAtMost = 16
// What is read for who flushes, before and afterwards, and how late a busy device begins with it.
const readings = 15_000
const busy = 40_000

const limits = [0, 1_000, 10_000, 60_000]
const labelOf = (limit: number | undefined) => (limit === undefined ? "flush" : `flush within ${limit} ms`)

const takes: ReadonlyMap<string, number> = new Map([
  [labelOf(undefined), (entriesAtMost + 1) * attemptTakes + readings + busy],
  ...limits.map((limit) => [labelOf(limit), limit + readings + busy] as const),
  // Toggl is asked, and the store for no longer than for who changes something.
  ["signIn", 10_500 + 2 * requestLimit + busy]
])

const isToSend = ({ state }: Entry): boolean => state._tag !== "Refused"
const count = (ids: Iterable<string>, is: (id: string) => boolean): number => [...ids].filter(is).length

export const make = ({
  books,
  hasStorageFailed,
  knowsOwner,
  machine,
  met,
  owner,
  signedInAs,
  thawedAt,
  workspaceId
}: Around): Doors => {
  const flushing = new Set<Flushing>()
  /** When each entry left the log, and its number. */
  const leftAt = new Map<string, number>()
  const seqs = new Map<string, number>()
  let last = books()
  let sends = 0
  const troubles = new Map<Machine.Process, number>()
  const workers = new Map<Machine.Process, { readonly hasCredentials: boolean }>()
  // How old the copy may be in a tab, how many lists it may ask for, and since when it knows that the copy is young enough.
  const fresh = new Map<
    Machine.Process,
    { readonly tab: Tab.Tab; readonly millis: number; mayAsk: number; youngSince: number | undefined }
  >()
  let quietSince = 0
  let clockSetAt = Number.NEGATIVE_INFINITY

  const dies = (label: string, exit: Exit.Exit<unknown, unknown>) => {
    if (Exit.isFailure(exit) && Cause.isDie(exit.cause)) {
      machine.fail("law 11", `${label} dies: ${Cause.pretty(exit.cause)}`)
    }
  }

  // --- Flushes -----------------------------------------------------------------------------------------------------

  const noteEntries = ({ exit, name, process }: StorePort.Operation, now: Books) => {
    const standing = new Set<string>(Array.from(now.entries.values(), ({ id }) => id))
    for (const { id, seq } of now.entries.values()) seqs.set(id, seq)
    for (const { id } of last.entries.values()) if (!standing.has(id)) leftAt.set(id, machine.now())
    for (const one of flushing) {
      for (const entry of now.entries.values()) (isToSend(entry) ? one.toSend : one.refused).add(entry.id)
      // It reads until no word of another step has come meanwhile: what still stands as it reads last is covered.
      if (name !== "load" || process !== one.process || Exit.isFailure(exit)) continue
      const toSend = new Set<string>([...now.entries.values()].filter(isToSend).map(({ id }) => id))
      one.covered = new Set([...one.before].filter((id) => toSend.has(id)))
    }
  }

  const endingOf = (id: string) => books().outcomes.get(id)?.ending._tag

  const isTrue = (one: Flushing, { refused, sent, waiting }: Outbox.Flushed) => {
    const { name } = one.process
    const ids = waiting.map(({ entryId }) => entryId)
    const problem = (what: string) =>
      machine.fail("law 12", `${name} flushed: ${sent} sent, ${refused} refused, ${ids.length} wait: ${what}`)
    if (new Set(ids).size !== ids.length) problem("one waits twice")
    const order = ids.map((id) => seqs.get(id) ?? 0)
    if (order.some((seq, i) => seq < (order[i - 1] ?? 0))) problem("those that wait are out of order")
    for (const id of ids) {
      if (!one.toSend.has(id)) problem(`${id} waits, and was not to be sent`)
      const gone = books().entries.has(seqs.get(id) ?? 0) ? undefined : leftAt.get(id)
      const goesOnSince = Math.max(gone ?? Infinity, thawedAt(one.process))
      if (gone !== undefined && machine.now() - goesOnSince > newsTakes && !hasStorageFailed(gone)) {
        problem(`${id} waits, and has ended long ago`)
      }
    }
    const done = count(one.toSend, (id) => endingOf(id) === "Done")
    if (sent > done) problem(`${done} of them are done`)
    const wereRefused = count(one.toSend, (id) => one.refused.has(id) || endingOf(id) === "Refused")
    if (refused > wereRefused) problem(`${wereRefused} of them were refused`)
    const total = sent + refused + ids.length
    if (total > one.toSend.size) problem(`${one.toSend.size} were to be sent`)
    const takenOut = count(one.covered, (id) => ["Discarded", "Moved"].includes(endingOf(id) ?? ""))
    if (total < one.covered.size - takenOut) {
      problem(`it covers ${one.covered.size}, of which the user took ${takenOut} out`)
    }
  }

  /** Whether it has left a backoff as it was, which it is there to end. */
  const isIdle = (one: Flushing, { waiting }: Outbox.Flushed): boolean => {
    const { wait } = books().state
    const isBackingOff = waiting.length > 0 && waiting.every(({ reason }) => reason._tag === "BackingOff")
    return isBackingOff && wait?.named === false && wait === one.wait && sends === one.sends
  }

  const flush = (
    tab: Tab.Tab,
    limit: number | undefined,
    heard: (exit: Exit.Exit<Outbox.Flushed, unknown>) => void
  ) => {
    const { entries, state } = books()
    const since = machine.now()
    const isFirst = ![...flushing].some(({ process }) => process === tab.process)
    const toSend = new Set<string>([...entries.values()].filter(isToSend).map(({ id }) => id))
    const refused = new Set<string>([...entries.values()].filter((entry) => !isToSend(entry)).map(({ id }) => id))
    const one: Flushing = {
      process: tab.process,
      before: new Set(toSend),
      toSend,
      refused,
      covered: new Set(),
      sends,
      wait: state.wait
    }
    flushing.add(one)
    met("flush")
    tab.call(labelOf(limit), Outbox.flush(limit === undefined ? {} : { timeLimit: limit }), (exit) => {
      flushing.delete(one)
      dies("flush", exit)
      machine.note(() => `    ${tab.process.name} flushed: ${JSON.stringify(Exit.isSuccess(exit) ? exit.value : exit)}`)
      if (Exit.isSuccess(exit)) {
        if (limit !== undefined && machine.now() - since >= limit) met("flush that ends at its limit")
        if (exit.value.waiting.length > 0) met("flush that is told what waits")
        isTrue(one, exit.value)
        const isPushed = isFirst && limit === undefined && !hasStorageFailed(since)
        if (isPushed && isIdle(one, exit.value)) {
          machine.fail("law 4", `${tab.process.name} flushed, and tried nothing: ${JSON.stringify(exit.value)}`)
        }
      } else if (Cause.isInterruptedOnly(exit.cause)) met("flush, interrupted")
      else {
        const error = Option.getOrUndefined(Cause.failureOption(exit.cause))
        if (!(error instanceof StorageError)) machine.fail("law 11", `a flush fails: ${Cause.pretty(exit.cause)}`)
        // A tab that was stopped finds every time limit passed.
        const wasStopped = thawedAt(tab.process) >= since
        if (!hasStorageFailed(since) && !wasStopped)
          machine.fail("law 12", `a flush fails, and the store has not: ${String(error)}`)
      }
      heard(exit)
    })
  }

  // --- Signing in --------------------------------------------------------------------------------------------------

  const heardWithin = 10_000

  const troublesOf = (process: Machine.Process): number => troubles.get(process) ?? 0
  const isNamed = (): boolean => books().state.wait?.named === true

  const signIn: Doors["signIn"] = (tab, given, areSettable, heard) => {
    const { process } = tab
    const { name } = process
    const [since, before] = [machine.now(), troublesOf(process)]
    const { paused } = books().state
    const wasNamed = isNamed()
    const wasKnown = knowsOwner(process)
    const isSound = given === undefined || Option.isSome(Option.getRight(Credentials.validate(given)))
    mayWorkNow(process)
    tab.call("signIn", given === undefined ? Outbox.signIn() : Outbox.signIn(given), (exit) => {
      dies("signIn", exit)
      const now = signedInAs(tab)
      const told = Exit.isSuccess(exit)
        ? JSON.stringify(exit.value)
        : Option.match(Cause.failureOption(exit.cause), { onNone: () => "interrupted", onSome: String })
      machine.note(() => `    ${name} signed in: ${told}`)
      const lies = (what: string) => machine.fail("law 12", `${name} signed in: ${told}, and ${what}`)
      // What the app sets meanwhile is heard of once what it has set before is stored.
      const isChanging = machine.now() - tab.credentialsSetAt() < heardWithin
      const isUndisturbed = !isChanging && troublesOf(process) === before && !hasStorageFailed(since)
      if (Exit.isSuccess(exit)) {
        const { value } = exit
        if (value.checked) {
          met("signed in")
          if (value.userId !== now && !isChanging) lies(`its credentials are ${now}'s`)
          if (wasKnown && value.userId !== owner()) lies(`the store is ${owner()}'s`)
          const isOver = paused === "SignInNeeded" && books().state.paused === undefined
          if (isOver) met("sign-in that ends a pause")
        } else {
          met("sign-in that cannot be checked")
          if (isUndisturbed && !wasNamed && !isNamed()) lies("Toggl could be asked")
        }
        return heard(true)
      }
      if (Cause.isInterruptedOnly(exit.cause)) return heard(false)
      const error = Option.getOrUndefined(Cause.failureOption(exit.cause))
      if (error instanceof InvalidConfiguration) {
        met("credentials that cannot be set")
        if (given === undefined || (areSettable && isSound)) lies("they can be set")
        if (!isSound && Option.contains(tab.credentials(), given)) lies("it has them")
        return heard(false)
      }
      if (error instanceof WrongAccount) {
        met("sign-in of another user")
        if (error.userId !== now && !isChanging) lies(`its credentials are ${now}'s`)
        if (error.userId === owner()) lies("the store is just that user's")
        return heard(true)
      }
      if (!(error instanceof Unauthorized)) return machine.fail("law 11", `signing in fails: ${told}`)
      if (error.reason === "Missing") {
        met("sign-in with nothing")
        if (now !== "Nobody" && !isChanging) lies(`there are ${now}'s`)
        return heard(true)
      }
      met("sign-in that is refused")
      if (now !== "Unknown" && isUndisturbed) lies(`they are ${now}'s`)
      return heard(true)
    })
  }

  // --- The worker --------------------------------------------------------------------------------------------------

  /** What nobody may change who has no credentials: whether the queue is paused, and how its entries stand. */
  const withoutCredentials = ({ entries, state }: Books, standing: Books): string => {
    const { failures, givenUp, paused, pausedByUser, signIn, successes, userId } = state
    // What comes to nothing needs no request.
    const left = [...entries.values()].filter(({ seq }) => standing.entries.has(seq))
    const told = left.map(({ attempts, failures, id, mutation, seq, state: { _tag } }) => ({
      // who takes the turn finds what its predecessor has left behind
      state: _tag === "Sending" ? "Uncertain" : _tag,
      attempts,
      failures,
      id,
      mutation,
      seq
    }))
    return JSON.stringify({ told, failures, givenUp, paused, pausedByUser, signIn, successes, userId })
  }

  const workerKeepsOff = ({ name, process }: StorePort.Operation, now: Books) => {
    const worker = workers.get(process)
    if (worker === undefined) return
    const { paused, pausedByUser } = last.state
    if (now.state.paused !== paused || now.state.pausedByUser !== pausedByUser) {
      machine.fail("law 8", `${process.name} was woken, and the pause (${paused}) is ${now.state.paused} by ${name}`)
    }
    // A wait that is over may go, and a backoff, which a flush ends: the other laws see to those.
    const { wait } = now.state
    // One of before the clock was set back begins again.
    const isSame = wait?.reason === last.state.wait?.reason && wait?.length === last.state.wait?.length
    const isNewWait = wait !== undefined && !isSame
    const [from, to] = [withoutCredentials(last, now), withoutCredentials(now, now)]
    if (!worker.hasCredentials && (from !== to || isNewWait)) {
      machine.fail("law 8", `${process.name} has no credentials, and makes ${to} of ${from} by ${name}`)
    }
  }

  // --- What is kept fresh ------------------------------------------------------------------------------------------

  // Others ask for lists while there is something to send, or was a moment ago.
  const quietAfter = 60_000
  const asksFor = 2 * requestLimit
  // A list that changes have crossed is asked for again.
  const afterCrossing = 2

  function mayWorkNow(process: Machine.Process) {
    const kept = fresh.get(process)
    if (kept !== undefined) kept.mayAsk++
  }

  const isYoung = (millis: number): boolean => {
    const { fetchedAt } = workspaceOf(books().state, workspaceId)
    const age = machine.wallNow() - (fetchedAt ?? Number.NEGATIVE_INFINITY)
    return age >= 0 && age <= millis
  }

  const asksForAReason = (flight: Flight) => {
    const { process, request } = flight
    const kept = fresh.get(process)
    if (kept === undefined || request.method !== "GET" || !request.path.endsWith("/clients")) return
    const { entries, state } = books()
    const isCrossed = workspaceOf(state, workspaceId).crossed !== undefined
    if (entries.size > 0 || isCrossed) quietSince = machine.now()
    const isOthers =
      machine.now() - quietSince <= quietAfter || kept.tab.callers().some(({ label }) => label === "read")
    if (isOthers) {
      kept.mayAsk = Math.max(kept.mayAsk, afterCrossing)
      return
    }
    met("kept fresh")
    if (--kept.mayAsk < 0) machine.fail("law 9", `${process.name} asks for a list, and nothing says that it may work`)
    // Whose the credentials are was asked before, and each request may take its limit.
    const longAgo = machine.now() - asksFor
    const isClockTrue = clockSetAt < longAgo
    if ((kept.youngSince ?? Infinity) < longAgo && isYoung(kept.millis) && isClockTrue) {
      machine.fail("law 9", `${process.name} asks for a list, and the copy is fresh`)
    }
  }

  // --- At rest -----------------------------------------------------------------------------------------------------

  const restsRightly: Doors["restsRightly"] = (tabs) => {
    if (books().state.run !== undefined) return
    for (const tab of tabs) {
      const queue = tab.status()?.queue
      const label = tab.callers().find(({ label }) => label.startsWith("flush"))?.label
      if (label === undefined || queue === undefined || queue._tag === "Replaying") continue
      machine.fail(
        "law 4",
        `${tab.process.name} still waits for its ${label}, and the queue is ${JSON.stringify(queue)}`
      )
    }
  }

  return {
    flush: (tab, dice) => {
      const limit = dice.chance(0.5) ? undefined : dice.oneOf(limits)
      flush(tab, limit, () => undefined)
      if (!dice.chance(0.25)) return
      met("two flushes at once")
      flush(tab, dice.chance(0.5) ? limit : undefined, () => undefined)
    },
    signIn,
    isWorker: (process, credentials) => {
      workers.set(process, { hasCredentials: Option.isSome(credentials) })
      if (Option.isNone(credentials)) met("woken worker without credentials")
      if (books().state.paused !== undefined) met("woken worker in a pause")
    },
    woken: (tab, dice, close) => flush(tab, dice.pick(60_000, 10_000), close),
    keepsFresh: (tab, freshness) => {
      fresh.set(tab.process, { tab, millis: Duration.toMillis(freshness), mayAsk: 1, youngSince: undefined })
    },
    mayWorkNow: (process) => {
      mayWorkNow(process)
      const kept = fresh.get(process)
      if (kept !== undefined && isYoung(kept.millis)) met("left as it is, for it is fresh")
    },
    operationHappened: (operation) => {
      const now = books()
      noteEntries(operation, now)
      workerKeepsOff(operation, now)
      if (now.entries.size > 0 || last.entries.size > 0) quietSince = machine.now()
      const kept = fresh.get(operation.process)
      if (kept !== undefined && operation.name === "load") {
        kept.youngSince = isYoung(kept.millis) ? (kept.youngSince ?? machine.now()) : undefined
      }
      if (Exit.isFailure(operation.exit)) troubles.set(operation.process, troublesOf(operation.process) + 1)
      last = now
    },
    requestDeparts: (flight) => {
      sends++
      if (flight.fate.name !== "own") troubles.set(flight.process, troublesOf(flight.process) + 1)
      if (flight.isWrite && workers.has(flight.process)) met("woken worker that sends")
      asksForAReason(flight)
    },
    requestAnswered: (flight, status) => {
      if (status >= 400 || !flight.landed) troubles.set(flight.process, troublesOf(flight.process) + 1)
    },
    trouble: (process) => {
      troubles.set(process, troublesOf(process) + 1)
    },
    clockSet: () => {
      clockSetAt = machine.now()
    },
    restsRightly,
    longest: (label) => takes.get(label)
  }
}
