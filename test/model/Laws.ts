/**
 * The laws, checked against what the store and Toggl themselves went through: after each step of the store, at each
 * request, and whenever the device is at rest.
 */
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import { type Client, foldName, isLocalClientId } from "../../src/Client.js"
import { StorageError } from "../../src/ClientError.js"
import type { Entry, Outcome } from "../../src/log/entry.js"
import { mostDiffering } from "../../src/log/listed.js"
import { isTogglsWait, type QueueState, type Wait } from "../../src/log/state.js"
import type { Marked } from "../../src/transactions/mark.js"
import * as Mutation from "../../src/Mutation.js"
import type { Status } from "../../src/Status.js"
import type * as TogglService from "../../src/testing/TogglService.js"
import type * as TogglState from "../../src/testing/TogglState.js"
import type { View } from "../../src/View.js"
import type { Books } from "./Books.js"
import type * as Machine from "./Machine.js"
import * as Reference from "./Reference.js"
import type * as StorePort from "./StorePort.js"
import type { Kind } from "./Weather.js"
import type { Flight } from "./Wire.js"

/** What became of an accepted mutation. */
interface Accepted {
  seq: number
  readonly id: string
  mutation: Mutation.Mutation
  /** The names that it has asked for, before it was edited too. */
  readonly names: Set<string>
  /** And the notes. */
  readonly notes: Set<string>
  /** Whether it was ever refused, set aside or held, so that others might pass it. */
  wasParked: boolean
  applications: number
  sends: number
  /** Whether an attempt at it was made whose answer never was Toggl's own. */
  inDoubt: boolean
  /** Whether it was taken up again by the user, knowing better. */
  wasRepaired: boolean
  /** Whether the user changed what it asks for while an attempt at it was in doubt. */
  wasEdited: boolean
  /** Whether a request stood for it and an earlier entry. */
  wasJoined: boolean
  /** Whether the browser sent it a second time by itself, so that a 429 may be the answer to what was done already. */
  wasRepeated: boolean
  /** Whether who asked for it, or edited it, saw what a cache had kept. */
  sawCache: boolean
  /** Whether the answer to the last attempt at it said that it was not done, and to the one before. */
  wasDenied: boolean
  wasDeniedBefore: boolean
  /** Whether Toggl's own answer to it, that it was done, was heard and has still to be stored. */
  wasTaken: boolean
  outcome: Outcome | undefined
  refused: string | undefined
  /** Whether nobody had a whole list before its first attempt. */
  isBlind: boolean
  /** Whether an attempt at it was recorded, and when the first one was by Toggl's clock, in milliseconds since the epoch. */
  wasMarked: boolean
  firstMarkedAt: number
  /** The clients that were known here before that. */
  knownBefore: ReadonlySet<number>
  /** Whether Toggl said to it that the name is taken, or what may mean that. */
  wasToldTaken: boolean
  /** Whether the user has said what became of it. */
  wasAdopted: boolean
  /** What Toggl did of it before it went on as an update of what was edited since. */
  done: ReadonlyArray<Mutation.Mutation>
  /** When it first failed, in the store's count of successes and in the laws' own count of what happens. */
  failing: { readonly since: number; readonly at: number } | undefined
  /** When it went with everything else that was stored, in the machine's milliseconds. */
  goneAt: number | undefined
  /** What the last answer to it was, by the name of its fate. */
  lastAnswer: string | undefined
  /** Whether the last request for it has surely not left. */
  neverLeft: boolean
}

export interface Laws {
  readonly operationHappened: (operation: StorePort.Operation) => void
  readonly operationHeard: (operation: StorePort.Operation) => void
  readonly requestDeparts: (flight: Flight) => void
  readonly requestLanded: (flight: Flight, before: TogglService.World, after: TogglService.World) => void
  /** The browser's own second copy of a request is nothing that we did. */
  readonly requestRepeated: (flight: Flight, before: TogglService.World, after: TogglService.World) => void
  readonly requestAnswered: (flight: Flight, status: number, isOwn: boolean) => void
  /** A cache has answered a read: what is shown is Toggl's only after the next whole list. */
  readonly readFromCache: (process: Machine.Process) => void
  /** The client that a user who looks at Toggl takes an undecided entry for. */
  readonly trueClientOf: (seq: number, found: ReadonlyArray<Client>) => number | undefined
  readonly colleagueTouched: (clientId: number, names: ReadonlyArray<string>) => void
  readonly processDied: (process: Machine.Process) => void
  readonly clockSet: (by: number) => void
  readonly viewShown: (process: Machine.Process, view: View) => void
  /** At rest: each tab's status and local view say what is true. `signedInAs`: whose credentials the tab has. */
  readonly statusIsTrue: (
    process: Machine.Process,
    status: Status,
    signedInAs: number | "Nobody" | "Unknown",
    isStorageDoubtful: boolean
  ) => void
  /** Whose store it is, and whether this tab must know that. */
  readonly owner: () => number | undefined
  readonly knowsOwner: (process: Machine.Process) => boolean
  readonly viewIsTrue: (process: Machine.Process, view: View | undefined) => void
  /** `goesOnSince`: since when neither its tab nor the store stands still. */
  readonly callerHeard: (result: {
    readonly entryId: string | undefined
    readonly receipt: "Confirmed" | "Queued"
    readonly goesOnSince: number
  }) => void
  /** A caller heard that its change is not saved. */
  readonly callerLost: (entryId: string | undefined, mayBeStored: boolean) => void
  /** Who has deleted this one heard that there is no such client. */
  readonly callerFoundNone: (clientId: number) => void
  /** The app's own fetch has said that what the tab sends does not leave. */
  readonly neverLeft: (process: Machine.Process) => void
  /** All that was stored is gone. */
  readonly storeIsGone: () => void
  /** The app calls its database otherwise: what was stored is there still, and nothing sends it. */
  readonly storeIsElsewhere: () => void
  /** What is still to be sent of what stands elsewhere is known here now. */
  readonly tookOver: (left: ReadonlyArray<unknown>) => void
  /** Every file of changes was brought back. */
  readonly broughtBack: () => void
  /** While something never gets through, all that does not depend on it is sent. */
  readonly othersAreSent: () => void
  /** In the end everything was sent that can be sent. */
  readonly allIsSent: (world: TogglService.World) => void
  readonly books: () => Books
  readonly acceptedCount: () => number
}

/** What the laws have to know of the device and of Toggl. */
export interface Around {
  readonly setAsideAfter: number
  /** Whether answers carry the time of Toggl's own clock. */
  readonly isDateTrue: boolean
  /** Whether they carry one at all. */
  readonly isDateShown: boolean
  readonly isCaching: () => boolean
  /** Toggl's clock, in milliseconds since the epoch. */
  readonly togglNow: () => number
  readonly met: (kind: Kind) => void
}

interface Named {
  readonly key: string
  /** The machine's time until which nothing may be sent. */
  readonly until: number
  readonly jumps: number
  readonly isRestarted: boolean
}

// So long a time that Toggl names is believed, and one that a page names.
const longestNamed = 3_600_000
const longestOfPage = 600_000

// So much older than its first attempt no client is an entry's own.
const surelyOlder = 600_000

/** Within which a tab knows, and shows, what another one did. */
export const newsTakes = 2_000

const failedBy =
  (is: (error: StorageError) => boolean) =>
  (exit: Exit.Exit<unknown, unknown>): boolean =>
    Exit.isFailure(exit) &&
    Option.exists(Cause.failureOption(exit.cause), (error) => error instanceof StorageError && is(error))

const isDoubtful = failedBy(({ mayBeStored }) => mayBeStored === true)
const isUnreachable = failedBy(({ reason }) => reason === "Lost" || reason === "Stalled")

const isMarked = (value: unknown): value is Extract<Marked, { _tag: "Marked" }> =>
  typeof value === "object" && value !== null && "_tag" in value && value._tag === "Marked"

export const make = (
  machine: Machine.Machine,
  readBooks: () => Books,
  initial: ReadonlyArray<TogglState.StoredClient>,
  { isCaching, isDateShown, isDateTrue, met, setAsideAfter, togglNow }: Around
): Laws => {
  const broken = (law: string, message: string): never => machine.fail(law, message)
  const accepted = new Map<number, Accepted>()
  const byId = new Map<string, Accepted>()
  const createdBy = new Map<number, Accepted>()
  const touched = new Set<number>()
  const touchedNames = new Set<string>()
  const initialById = new Map(initial.map((client) => [client.id, client]))
  const marks = new Map<Machine.Process, { readonly seqs: ReadonlyArray<number>; used: boolean }>()
  const sentFor = new Map<Flight, ReadonlyArray<Accepted>>()
  const firstRefused = new Set<Flight>()
  // The tabs whose change is stored or not, and nobody can say; those whose last list had items that cannot be read.
  const looksForIt = new Set<Machine.Process>()
  const listedUnread = new Map<Machine.Process, boolean>()
  // What the copy has of Toggl's clients, or has ever had; whether the last list left something of it out.
  const everKnown = new Set<number>()
  let isLeftOut: boolean | undefined
  // Whether a list has come that does not show all that there are.
  let isDrifted = false
  // Whether no list has counted otherwise than it shows.
  let isCountTrue = true
  // The tabs whose last list counts more than it shows, and how many such were stored: no other list counts at all.
  const listedShort = new Set<Machine.Process>()
  let shortInARow = 0
  // The tabs that could not store a change, how many entries stood in the log as they last read it, and what they sent.
  let hasStorageFailed = false
  const unsaved = new Set<Machine.Process>()
  const lastLoaded = new Map<Machine.Process, number>()
  const unsavedFlights = new Set<Flight>()
  const lastShown = new Map<Machine.Process, ReadonlyMap<number, string>>()
  // The tabs that know whose store it is, and those whose credentials were refused or taken for refused.
  const knowOwner = new Set<Machine.Process>()
  const refusedAt = new Set<Machine.Process>()
  const knownWaits = new Map<Machine.Process, Named>()
  // What Toggl was heard to take, what of it was stored, and the laws' own count of what happens.
  const successes: Array<{ readonly at: number; readonly seqs: ReadonlyArray<number> }> = []
  const storedSuccesses: Array<{ readonly at: number; readonly seq: number }> = []
  let happened = 0
  let isCopyOld = false
  // The last request by which a tab carries a change out, and the last by which its queue reads; and how often before that
  // something was stored or heard.
  const acting = new Map<Machine.Process, Flight>()
  const asking = new Map<Machine.Process, { readonly flight: Flight; readonly turns: number }>()
  let turns = 0
  // What was set aside, and is tried; and what a tab has just tried in vain, and does not count as set aside.
  const probed = new Set<number>()
  const fellBack = new Map<Machine.Process, number>()
  // Whose list a tab has heard last.
  const listedAs = new Map<Machine.Process, number | undefined>()
  // The tabs that may have heard a list from a cache, and not stored it yet.
  const readOld = new Set<Machine.Process>()
  // The clients of which an update was built on what a cache had kept.
  const builtOnCache = new Set<number>()
  // Those that are given up though Toggl may have applied them, or still may.
  const leftOpen = new Set<Accepted>()
  // The discarded creates of which Toggl was heard to have made them, and the tab that has still to store it.
  const heardLate = new Map<Accepted, Machine.Process>()
  const oldNames = new Set(initial.map(({ name }) => foldName(name)))
  let books = readBooks()
  let named: Named | undefined
  // A wait that nobody named, and in which nothing is tried: what cuts it short takes it out of the books first.
  let forAll: Pick<Named, "key" | "until" | "jumps"> | undefined
  let jumps = 0

  const owner = (): number | undefined => {
    if (books.state.userId !== undefined) return books.state.userId
    const entries = [...books.entries.values()].sort((a, b) => a.seq - b.seq)
    return entries.find(({ userId }) => userId !== undefined)?.userId
  }

  const localOf = (books: Books): Map<number, number> => new Map(Array.from(books.ids, ([local, id]) => [id, local]))

  /** One id for each client, whichever of its two is used. */
  const clientOf = (mutation: Mutation.Mutation, locals: ReadonlyMap<number, number>): number => {
    const id = Mutation.clientId(mutation)
    return locals.get(id) ?? id
  }
  const togglIdOf = (mutation: Mutation.Mutation): number => {
    const id = Mutation.clientId(mutation)
    return books.ids.get(id) ?? id
  }
  const isTouched = ({ mutation, names }: Accepted): boolean =>
    touched.has(togglIdOf(mutation)) ||
    touched.has(Mutation.clientId(mutation)) ||
    [...names].some((name) => touchedNames.has(name))
  /** Whether a client that was there before any of ours has a name that it asked for. */
  const isOldName = ({ names }: Accepted): boolean => [...names].some((name) => oldNames.has(name))
  const noteAsked = (entry: Accepted) => {
    const { name, notes } = Mutation.asked(entry.mutation)
    if (name !== undefined) entry.names.add(foldName(name))
    if (notes !== undefined) entry.notes.add(notes)
  }
  const isBuiltOnCache = ({ mutation }: Accepted): boolean =>
    mutation._tag === "Update" && builtOnCache.has(clientOf(mutation, localOf(books)))
  // What may be repeated is its own look-up, and its second answer may be a refusal.
  const isRepeatable = ({ _tag }: Mutation.Mutation): boolean => _tag === "Restore" || _tag === "Delete"

  const isParked = (entry: Entry): boolean => entry.state._tag === "Refused" || entry.state._tag === "SetAside"
  const told = (entry: Accepted): string => `entry ${entry.seq} (${JSON.stringify(entry.mutation)})`

  const heldNow = () => heldBy(isParked)

  const heldBy = (isParked: (entry: Entry) => boolean) => {
    const locals = localOf(books)
    // What was unknown before a create that is in doubt may be what that has made.
    const mayBeMade = (client: number): boolean =>
      [...books.entries.values()].some(
        ({ first, mutation }) =>
          mutation._tag === "Create" && first?.known !== undefined && !first.known.some((id) => id === client)
      )
    return Reference.held(
      Array.from(books.entries.values(), (entry) => ({
        seq: entry.seq,
        mutation: entry.mutation,
        client: clientOf(entry.mutation, locals),
        isParked: isParked(entry),
        isOfKnown:
          isLocalClientId(Mutation.clientId(entry.mutation)) || (entry.base !== undefined && !mayBeMade(entry.base.id))
      }))
    )
  }

  // --- What the store goes through -------------------------------------------------------------------------------

  /** From here on somebody else may seem to have changed its client. */
  const touchedBy = (entry: Accepted) => {
    const { mutation, names } = entry
    touched.add(Mutation.clientId(mutation))
    touched.add(togglIdOf(mutation))
    for (const name of names) touchedNames.add(name)
  }

  const ended = (entry: Accepted, outcome: Outcome, by: string) => {
    const isLate = entry.outcome !== undefined
    entry.outcome = outcome
    const { ending } = outcome
    if (ending._tag === "Done" && by === "adopt") {
      entry.wasAdopted = true
      touchedBy(entry)
      if (ending.clientId !== undefined) touched.add(ending.clientId)
      return
    }
    if (ending._tag === "Discarded") {
      if (!ending.mayHaveBeenApplied) {
        if (entry.applications > 0 && !isTouched(entry) && !entry.wasRepaired && entry.refused === undefined) {
          broken("law 5", `${told(entry)} is discarded as surely not applied, though Toggl applied it`)
        }
      } else {
        if (entry.sends === 0 && !entry.wasMarked)
          broken("law 5", `${told(entry)} may have been applied, but was never tried`)
        entry.inDoubt = true
        leftOpen.add(entry)
        touchedBy(entry)
      }
    }
    if (ending._tag === "Done") {
      // The queue counts no late answer to what was given up: it goes on trying others in place of one that is stuck.
      if (entry.wasTaken && !isLate) storedSuccesses.push({ at: happened, seq: entry.seq })
      if (entry.applications === 0 && !isTouched(entry)) {
        const world = currentWorld()
        const theirs = world?.state.clients.find((client) => client.id === togglIdOf(entry.mutation))
        const { mutation } = entry
        const isSo =
          (mutation._tag === "Create" && mayHaveMade(entry, ending.clientId)) ||
          (mutation._tag === "Delete" && theirs === undefined) ||
          (mutation._tag === "Archive" && theirs?.archived === true) ||
          (mutation._tag === "Update" &&
            theirs !== undefined &&
            (mutation.change.name ?? theirs.name) === theirs.name &&
            Reference.sameNotes(mutation.change.notes ?? theirs.notes, theirs.notes))
        if (!isSo) broken("law 1", `${told(entry)} counts as done, but Toggl never applied it`)
      }
      if (entry.mutation._tag === "Create") {
        const id = ending.clientId
        const creator = id === undefined ? undefined : createdBy.get(id)
        // What was made by a create that was given up is as good for one that asks for just the same.
        const isGivenUp = creator !== undefined && entry.wasToldTaken && leftOpen.has(creator)
        const isAlike = creator !== undefined && creator !== entry && isMadeAlike(creator, entry)
        if (isAlike && (entry.inDoubt || isGivenUp)) {
          touchedBy(creator)
          touchedBy(entry)
        } else if (creator?.id !== entry.id && !(creator === undefined && mayHaveMade(entry, id)))
          broken("law 3", `${told(entry)} took client ${String(id)} for its own`)
      }
    }
    if (ending._tag === "Moved") {
      met("taken into a file")
      if (ending.mayHaveBeenApplied) {
        entry.inDoubt = true
        leftOpen.add(entry)
      }
      if (!ending.mayHaveBeenApplied && entry.applications > 0 && !isTouched(entry) && !entry.wasRepaired) {
        broken("law 5", `${told(entry)} was moved as surely not applied, though Toggl applied it`)
      }
    }
    if (ending._tag === "Refused") refused(entry, ending.error._tag, ending.error.message)
  }

  /** What a tab has heard of a discarded create stands in the books before it goes on. */
  const lateIsBooked = (by?: Machine.Process) => {
    for (const [entry, process] of heardLate) {
      if (entry.outcome?.ending._tag === "Done" || (by !== undefined && by !== process)) continue
      broken("law 5", `Toggl was heard to have made ${told(entry)}, and it still counts as discarded`)
    }
  }

  /**
   * Whether one is in doubt, and asks for just what the other does: where both are, nobody can say which has made the client.
   */
  const isMadeAlike = (one: Accepted, other: Accepted): boolean => {
    const [a, b] = [Mutation.asked(one.mutation), Mutation.asked(other.mutation)]
    return a.name === b.name && a.notes === b.notes && one.inDoubt && one.mutation._tag === other.mutation._tag
  }

  /** Whether another create that asks for the same may have made what this one is taken for. */
  const isMadeTwice = (entry: Accepted): boolean =>
    [...accepted.values()].some(
      (other) => other !== entry && (entry.wasToldTaken || other.seq < entry.seq) && isMadeAlike(other, entry)
    )

  /** Whether other changes of its client were accepted, which may have passed it while it was away. */
  const isOneOfSeveral = (entry: Accepted): boolean => {
    const locals = localOf(books)
    const client = clientOf(entry.mutation, locals)
    return [...accepted.values()].some((other) => other !== entry && clientOf(other.mutation, locals) === client)
  }

  /** Whether another change has given a client a name that it asks for. */
  const isNamesake = (entry: Accepted): boolean =>
    [...accepted.values()].some(
      (other) => other !== entry && other.applications > 0 && [...other.names].some((name) => entry.names.has(name))
    )

  /** Whether a later change of its client is done. */
  const isBehindDone = ({ mutation, seq }: Accepted): boolean => {
    const locals = localOf(books)
    return [...accepted.values()].some(
      (other) =>
        other.seq > seq &&
        other.outcome?.ending._tag === "Done" &&
        clientOf(other.mutation, locals) === clientOf(mutation, locals)
    )
  }

  /** Another device of our user made the same in that moment: there nobody can say which it was. */
  const mayHaveMade = (
    { firstMarkedAt, isBlind, knownBefore, mutation }: Accepted,
    id: number | undefined
  ): boolean => {
    const client = currentWorld()?.state.clients.find((client) => client.id === id)
    if (client === undefined || mutation._tag !== "Create" || knownBefore.has(client.id)) return false
    const isAlike = client.name === mutation.name.trim() && Reference.sameNotes(client.notes, mutation.notes)
    const isOld = client.at * 1000 < firstMarkedAt - surelyOlder
    return isAlike && client.creatorId === owner() && (isDateTrue ? !isOld : !isBlind || (isDateShown && !isOld))
  }

  /** Whether a create made it that was given up. */
  const isLeftOpen = (id: number): boolean => {
    const creator = createdBy.get(id)
    return creator !== undefined && leftOpen.has(creator)
  }

  /** A client of ours with the same notes that was not known before: somebody has renamed it, or nobody knows whose it is. */
  const mayBeRenamed = ({ knownBefore, notes }: Accepted): boolean => {
    const isAsked = (theirs: string) => [...notes].some((notes) => Reference.sameNotes(theirs, notes))
    return (currentWorld()?.state.clients ?? []).some(
      (client) =>
        (touched.has(client.id) || isLeftOpen(client.id)) &&
        client.creatorId === owner() &&
        !knownBefore.has(client.id) &&
        isAsked(client.notes)
    )
  }

  const refused = (entry: Accepted, tag: string, message: string) => {
    entry.refused = tag
    if (tag === "PlanRequired" && entry.lastAnswer === "words for a quota") {
      broken("law 9", `${told(entry)} is refused for the plan, and the quota of requests was used up`)
    }
    // A cache may have answered what it was compared with, too.
    const isDeceived = isCopyOld || entry.sawCache || isBuiltOnCache(entry)
    if (tag === "Conflict" && !isTouched(entry) && !isDeceived)
      broken("law 10", `${told(entry)} is refused (${message}), nobody else wrote`)
    if (tag === "Undecided") {
      if (!entry.inDoubt && !entry.wasToldTaken) {
        broken("law 3", `${told(entry)} is undecided though every answer came: ${message}`)
      }
      const isForbidden = message.includes("does not let this user look it up")
      if (
        !isTouched(entry) &&
        !isForbidden &&
        !isDrifted &&
        !isOldName(entry) &&
        !(message.includes("under another name") && mayBeRenamed(entry)) &&
        !isMadeTwice(entry) &&
        !(message.includes("was known here") && isNamesake(entry)) &&
        !(entry.isBlind && !isDateTrue) &&
        !isBuiltOnCache(entry)
      )
        broken("law 3", `${told(entry)} is undecided though nobody else wrote: ${message}`)
    } else if (entry.applications > 0 && !isTouched(entry) && !entry.wasRepaired && !isRepeatable(entry.mutation)) {
      broken("law 3", `${told(entry)} is refused (${message}) though Toggl applied it`)
    }
  }

  // One request may have stood for what the user takes up again and for later changes of the same client.
  const repaired = (entry: Accepted) => {
    const locals = localOf(books)
    const client = clientOf(entry.mutation, locals)
    entry.wasRepaired = true
    for (const other of accepted.values()) {
      if (other.wasJoined && clientOf(other.mutation, locals) === client) other.wasRepaired = true
    }
  }

  /** It was applied as it was sent, and goes on as an update of the rest. */
  const wentOn = (entry: Accepted, sent: Mutation.Mutation) => {
    if (entry.applications === 0 && !isTouched(entry)) {
      broken("law 5", `${told(entry)} goes on as an update, but Toggl never applied what was sent`)
    }
    entry.done = [...entry.done, sent]
    entry.applications = 0
  }

  /** What is set aside stays so until Toggl has answered it, or the user takes it up, or its tab dies with it. */
  const staysAside = ({ name, process }: StorePort.Operation, before: Books) => {
    if (name !== "settle" && name !== "mark" && name !== "claim" && name !== "book") return
    // An answer that is not believed is booked first, and what follows from that next.
    const fallen = fellBack.get(process)
    fellBack.delete(process)
    const now = fallen === undefined ? undefined : books.entries.get(fallen)
    if (now !== undefined && now.failures > 0 && !isParked(now)) {
      broken("law 4", `entry ${now.seq} was set aside, was tried in vain, and is before all others again`)
    }
    for (const entry of books.entries.values()) {
      const was = before.entries.get(entry.seq)
      if (was === entry) continue
      // What had failed together with it may go by itself now.
      const isSent = entry.state._tag === "Sending"
      if (name === "mark" && isSent && was?.state._tag === "SetAside") probed.add(entry.seq)
      // What was applied may go on as an update of the rest, and what was refused together with others by itself.
      const isTriedInVain = name === "settle" && entry.failures > 0 && entry.apart !== true
      if (name !== "mark" && probed.delete(entry.seq) && isTriedInVain && !isParked(entry)) {
        fellBack.set(process, entry.seq)
      }
    }
  }

  const noteFailure = (known: Accepted, { failingSince }: Entry) => {
    if (failingSince === undefined) known.failing = undefined
    else if (known.failing?.since !== failingSince) known.failing = { since: failingSince, at: happened }
  }

  /** What is set aside was passed only after Toggl had taken another change, or together with what had been. */
  const setAsideRightly = (before: Books) => {
    const isAside = (entry: Entry | undefined) => entry?.state._tag === "SetAside"
    const changed = [...books.entries.values()].filter(
      (entry) => before.entries.get(entry.seq) !== entry && isAside(entry)
    )
    const fresh = changed.filter(({ seq }) => !isAside(before.entries.get(seq)))
    if (fresh.length === 0) return
    met("set aside")
    const seqs = new Set(changed.map(({ seq }) => seq))
    const isShown = changed.some(({ seq }) => {
      const from = accepted.get(seq)?.failing?.at ?? Number.POSITIVE_INFINITY
      return successes.some((success) => success.at > from && success.seqs.some((other) => !seqs.has(other)))
    })
    if (!isShown && fresh.length === changed.length) {
      broken("law 4", `entry ${fresh[0]?.seq} is set aside, and nothing else has got through since it first failed`)
    }
  }

  let currentWorld: () => TogglService.World | undefined = () => undefined

  const compare = (operation: StorePort.Operation) => {
    const before = books
    books = readBooks()
    for (const id of books.clients.keys()) everKnown.add(id)
    for (const entry of books.entries.values()) {
      const known = accepted.get(entry.seq)
      const moved = byId.get(entry.id)
      if (known === undefined && moved !== undefined && (moved.outcome?.ending._tag === "Moved" || isGone(moved))) {
        if (operation.name !== "importRows" && operation.name !== "receive") {
          broken("law 1", `entry ${entry.seq} came back by ${operation.name}`)
        }
        met(operation.name === "receive" ? "taken over" : "brought back from a file")
        leftOpen.delete(moved)
        if (accepted.get(moved.seq) === moved) accepted.delete(moved.seq)
        const refused = entry.state._tag === "Refused" ? entry.state.error._tag : undefined
        Object.assign(moved, { seq: entry.seq, outcome: undefined, refused, goneAt: undefined })
        if (entry.state._tag === "Uncertain" || entry.state._tag === "SetAside") moved.inDoubt = true
        // it stands behind what was accepted meanwhile
        moved.wasJoined = true
        moved.mutation = entry.mutation
        accepted.set(entry.seq, moved)
        if (isOneOfSeveral(moved)) touchedBy(moved)
        continue
      }
      if (known === undefined) {
        if (operation.name !== "accept" && operation.name !== "importRows") {
          broken("law 1", `entry ${entry.seq} came by ${operation.name}`)
        }
        if (accepted.size > 0 && entry.seq <= Math.max(...accepted.keys())) {
          broken("law 2", `entry ${entry.seq} got a number that is not the next`)
        }
        const fresh: Accepted = {
          seq: entry.seq,
          id: entry.id,
          mutation: entry.mutation,
          names: new Set(),
          notes: new Set(),
          wasParked: false,
          applications: 0,
          sends: 0,
          // A file may know of an attempt that nothing here knows of any more.
          inDoubt: entry.state._tag === "Uncertain" || entry.state._tag === "SetAside",
          wasRepaired: false,
          wasEdited: false,
          wasJoined: false,
          wasTaken: false,
          wasDenied: false,
          wasDeniedBefore: false,
          wasRepeated: false,
          sawCache: isCopyOld,
          outcome: undefined,
          refused: undefined,
          wasMarked: false,
          firstMarkedAt: 0,
          knownBefore: new Set(),
          isBlind: false,
          wasToldTaken: false,
          wasAdopted: false,
          done: [],
          failing: undefined,
          goneAt: undefined,
          lastAnswer: undefined,
          neverLeft: false
        }
        accepted.set(entry.seq, fresh)
        byId.set(entry.id, fresh)
        noteAsked(fresh)
        continue
      }
      const was = before.entries.get(entry.seq)
      if (was === entry) continue
      if (known.id !== entry.id) broken("law 1", `entry ${entry.seq} became another`)
      if (known.outcome !== undefined) broken("law 1", `${told(known)} came back after it had ended`)
      if (was?.sent !== undefined && entry.sent === undefined) {
        if (operation.name === "settle") wentOn(known, was.sent)
        // What the user takes it for may have been shown by its other id.
        if (operation.name === "adopt") touchedBy({ ...known, mutation: entry.mutation })
      }
      if (
        operation.name === "retry" &&
        was !== undefined &&
        was.state._tag !== "Refused" &&
        was.mutation !== entry.mutation
      ) {
        known.wasEdited = true
        // What is asked for now comes after what later changes have done already.
        if (isBehindDone(known)) touchedBy({ ...known, mutation: entry.mutation })
      }
      known.mutation = entry.mutation
      noteAsked(known)
      if (entry.attempts > (was?.attempts ?? 0)) {
        if (!known.wasMarked) {
          known.firstMarkedAt = togglNow()
          known.knownBefore = new Set(before.clients.keys())
        }
        known.wasMarked = true
      }
      if (entry.state._tag === "Sending" && isCopyOld) builtOnCache.add(clientOf(entry.mutation, localOf(books)))
      if (entry.first !== undefined) known.isBlind = !entry.first.isListed
      noteFailure(known, entry)
      if (entry.state._tag === "Uncertain" && known.neverLeft && !known.inDoubt && operation.name === "settle") {
        broken("law 3", `${told(known)} counts as in doubt, and the request for it never left`)
      }
      if (entry.state._tag === "Refused" && was?.state._tag !== "Refused") {
        refused(known, entry.state.error._tag, entry.state.error.message)
      }
      if (operation.name === "retry") known.sawCache ||= isCopyOld
      if (operation.name === "retry" && was?.state._tag !== entry.state._tag) {
        if (was?.state._tag === "Refused") repaired(known)
        known.refused = undefined
      }
      if (isParked(entry)) known.wasParked = true
      if (entry.state._tag === "Uncertain" || entry.state._tag === "SetAside") {
        known.inDoubt = true
        known.wasTaken = false
      }
    }
    for (const entry of accepted.values()) {
      if (entry.outcome !== undefined || books.entries.has(entry.seq)) continue
      const outcome = books.outcomes.get(entry.id)
      if (outcome === undefined) broken("law 1", `${told(entry)} is gone, and nothing tells how it ended`)
      else ended(entry, outcome, operation.name)
    }
    for (const entry of leftOpen) {
      const outcome = books.outcomes.get(entry.id)
      if (outcome === undefined || outcome.ending._tag === "Discarded" || outcome.ending._tag === "Moved") continue
      leftOpen.delete(entry)
      if (entry.outcome?.ending._tag === "Discarded") met("late answer to what was discarded")
      if (operation.name !== "settle" || outcome.ending._tag !== "Done") {
        broken("law 5", `${told(entry)} was discarded, and ends as ${outcome.ending._tag} by ${operation.name}`)
      }
      ended(entry, outcome, operation.name)
      // a list may have shown it by its other id
      touchedBy(entry)
    }
    setAsideRightly(before)
    staysAside(operation, before)
    if (new Set(books.ids.values()).size !== books.ids.size) broken("law 3", "two creates share one client")
    const { may, must } = heldNow()
    for (const seq of [...may, ...must]) {
      const entry = accepted.get(seq)
      if (entry !== undefined) entry.wasParked = true
    }
    noteWait(before.state, books.state)
  }

  const keyOf = (wait: Wait): string => `${wait.reason} ${wait.seenAt} ${wait.length}`

  const noteWait = (before: QueueState, now: QueueState) => {
    const longest = now.wait === undefined || isTogglsWait(now.wait) ? longestNamed : longestOfPage
    if (now.wait?.named === true && now.wait.length > longest) {
      broken("law 9", `a time of ${now.wait.length} ms is believed (${now.wait.reason})`)
    }
    if (now.wait === undefined || now.wait.named || now.wait.stuck === true) forAll = undefined
    else if (forAll?.key !== keyOf(now.wait)) {
      const passed = Math.max(0, machine.wallNow() - now.wait.seenAt)
      forAll = { key: keyOf(now.wait), until: machine.now() + now.wait.length - passed, jumps }
    }
    // What a page has named is ended by the user, or by another network.
    if (now.wait === undefined || !isTogglsWait(now.wait)) {
      if (named !== undefined && machine.now() < named.until && named.jumps === jumps) {
        broken("law 9", `a time that Toggl named is forgotten (${named.key}) after ${before.wait?.reason ?? "none"}`)
      }
      named = undefined
      return
    }
    const key = keyOf(now.wait)
    if (named?.key === key) return
    const passed = Math.max(0, machine.wallNow() - now.wait.seenAt)
    const until = machine.now() + now.wait.length - passed
    if (named !== undefined && until < named.until && named.jumps === jumps) {
      broken("law 9", `a time that Toggl named (${named.key}) gave way to an earlier one (${key})`)
    }
    named = { key, until, jumps, isRestarted: now.wait.restarted }
  }

  /**
   * Whether it may be tried in place of those before it: the first of these never gets through, and nothing else has since;
   * the others have been tried so too, or depend on one that has.
   */
  const isScout = (entry: Entry, passed: ReadonlyArray<Entry>): boolean => {
    const isStuck = ({ failures, seq }: Entry) => {
      const from = accepted.get(seq)?.failing?.at ?? Number.POSITIVE_INFINITY
      return failures >= setAsideAfter && !storedSuccesses.some((success) => success.at > from && success.seq !== seq)
    }
    const surelyHeld = heldNow().must
    // The first may itself be one of those that might have been held.
    const heads = [...books.entries.values()].filter(({ seq }) => seq < entry.seq && !surelyHeld.has(seq))
    if (!heads.some((head) => !isParked(head) && isStuck(head))) return false
    const tried = (other: Entry) => isParked(other) || (other.failures > 0 && other.seq !== entry.seq)
    const { may, must } = heldBy(tried)
    return !must.has(entry.seq) && passed.every((other) => tried(other) || must.has(other.seq) || may.has(other.seq))
  }

  /** Whether what a create has made is there, and shows it though somebody has renamed it since. */
  const isStillThere = (entry: Accepted, { state: { clients } }: TogglService.World): boolean => {
    const { mutation } = entry
    if (mutation._tag !== "Create" || mutation.notes === "" || entry.wasEdited || entry.wasRepaired) return false
    const alike = clients.filter(({ notes }) => Reference.sameNotes(notes, mutation.notes))
    const [made] = alike
    const isSeen = made !== undefined && alike.length === 1 && made.creatorId === owner() && !made.archived
    return isSeen && createdBy.get(made.id) === entry && isDateTrue && !isCopyOld && !entry.wasDeniedBefore
  }

  // --- What Toggl goes through -----------------------------------------------------------------------------------

  const isGone = ({ goneAt }: Accepted): boolean => goneAt !== undefined

  const marked = (process: Machine.Process, mark: Extract<Marked, { _tag: "Marked" }>) => {
    const [entry, ...joined] = mark.entries
    if (entry === undefined) return
    marks.set(process, { seqs: mark.entries.map((entry) => entry.seq), used: false })
    for (const { seq } of mark.entries) {
      const known = accepted.get(seq)
      if (known !== undefined) known.neverLeft = false
    }
    for (const { seq } of joined) {
      const known = accepted.get(seq)
      if (known !== undefined) known.wasJoined = true
      if (seq < entry.seq) broken("law 2", `entry ${entry.seq} is sent together with an earlier one`)
    }
    const locals = localOf(books)
    const { may, must } = heldNow()
    if (must.has(entry.seq)) broken("law 2", `entry ${entry.seq} is sent though it depends on one that is not`)
    const passed = [...books.entries.values()].filter(
      (other) => other.seq < entry.seq && !isParked(other) && !must.has(other.seq) && !may.has(other.seq)
    )
    if (passed.length > 0 && isScout(entry, passed)) {
      met("scout")
      for (const { seq } of passed) {
        const known = accepted.get(seq)
        if (known !== undefined) known.wasParked = true
      }
    } else if (passed[0] !== undefined) {
      const [other] = passed
      broken(
        "law 2",
        `entry ${entry.seq} overtakes ${other.seq} (${other.state._tag}, client ${clientOf(other.mutation, locals)}), failed so often: ${passed.map(({ failures, seq }) => `${seq} ${failures}`).join(", ")}`
      )
    }
    if (forAll !== undefined && machine.now() < forAll.until && forAll.jumps === jumps) {
      broken("law 9", `entry ${entry.seq} is sent in a wait that is for all: ${forAll.key}`)
    }
    if (named !== undefined && machine.now() < named.until && named.jumps === jumps) {
      broken("law 9", `entry ${entry.seq} is sent ${named.until - machine.now()} ms before ${named.key} is over`)
    }
  }

  // What could not be stored may be sent at once if it overtakes nothing that is known.
  const sentUnsaved = (flight: Flight) => {
    const stood = lastLoaded.get(flight.process) ?? 0
    if (stood > 0) broken("law 2", `${flight.request.method} is sent past the log, and ${stood} entries stand in it`)
    const clientId = /clients\/(\d+)/.exec(flight.request.path)?.[1]
    if (clientId !== undefined) touched.add(Number(clientId))
    unsavedFlights.add(flight)
  }

  const requestDeparts = (flight: Flight) => {
    const isOfClients = flight.request.path.includes("/clients")
    if (flight.isWrite) acting.set(flight.process, flight)
    else if (isOfClients && !flight.isApps) asking.set(flight.process, { flight, turns })
    const user = owner()
    const isOthers = user !== undefined && flight.userId !== undefined && flight.userId !== user
    // What was marked is the owner's for sure. Whoever reads, or sends what could not be stored, must have heard whose it is.
    const isMarked = flight.isWrite && marks.get(flight.process)?.used === false
    if (isOfClients && isOthers && (isMarked || knowOwner.has(flight.process))) {
      broken("law 8", `${flight.request.method} ${flight.request.path} is sent as user ${flight.userId}, not ${user}`)
    }
    const wait = knownWaits.get(flight.process)
    if (wait !== undefined && wait === named && machine.now() < wait.until && wait.jumps === jumps) {
      broken("law 9", `${flight.request.method} ${flight.request.path} is sent before ${wait.key} is over`)
    }
    if (!flight.isWrite) return
    const mark = marks.get(flight.process)
    if (mark === undefined || mark.used) {
      if (unsaved.has(flight.process)) return sentUnsaved(flight)
      broken("law 1", `${flight.request.method} ${flight.request.path} is sent without a recorded attempt`)
      return
    }
    mark.used = true
    const entries = mark.seqs.flatMap((seq) => accepted.get(seq) ?? [])
    for (const entry of entries) {
      entry.sends++
      entry.wasDeniedBefore = entry.wasDenied
      entry.wasDenied = false
    }
    sentFor.set(flight, entries)
  }

  const requestLanded = (flight: Flight, before: TogglService.World, after: TogglService.World) => {
    const status = flight.own?.status ?? 0
    if (status < 200 || status > 299) {
      firstRefused.add(flight)
      return
    }
    if (unsavedFlights.has(flight)) {
      for (const { id, name } of after.state.clients) {
        if (id !== before.state.nextClientId && !flight.request.path.includes(String(id))) continue
        touched.add(id)
        touchedNames.add(foldName(name))
      }
    }
    const sent = sentFor.get(flight) ?? []
    for (const entry of sent) {
      // of several clients, those that are not there are passed over
      const isThere = before.state.clients.some(({ id }) => id === togglIdOf(entry.mutation))
      if (!isBulk(flight) || isThere) applied(entry, before, after)
    }
  }

  const isBulk = ({ request }: Flight): boolean => /clients\/(delete|archive)$/.test(request.path)

  const applied = (entry: Accepted, before: TogglService.World, after: TogglService.World) => {
    entry.applications++
    const { mutation } = entry
    if (isGone(entry)) {
      touchedBy(entry)
      touched.add(before.state.nextClientId)
      return
    }
    // who finds the traces of an attempt wiped out by somebody else must take it for not made
    const isWipedOut =
      isTouched(entry) && (mutation._tag === "Archive" || mutation._tag === "Create" || entry.wasJoined)
    // A client that is archived again stays as it is; so does one that is changed again after a 429 to the browser's copy,
    // or where a cache showed it as it was.
    const isHarmless =
      mutation._tag === "Restore" ||
      ((mutation._tag === "Archive" || mutation._tag === "Update") && entry.wasRepeated) ||
      isBuiltOnCache(entry)
    const mayRepeat = isHarmless || isWipedOut || entry.wasRepaired || entry.wasEdited
    if (entry.applications > 1 && (!mayRepeat || isStillThere(entry, before))) {
      broken("law 3", `Toggl applied ${told(entry)} twice`)
    }
    const ending = entry.outcome?.ending
    const isGivenUpInDoubt = (ending?._tag === "Discarded" || ending?._tag === "Moved") && ending.mayHaveBeenApplied
    if (entry.outcome !== undefined && entry.applications === 1 && !isGivenUpInDoubt && !entry.wasAdopted) {
      broken("law 3", `Toggl applied ${told(entry)} after it had ended`)
    }
    if (mutation._tag === "Create") {
      const fresh = after.state.clients.find((client) => client.id === before.state.nextClientId)
      if (fresh !== undefined) createdBy.set(fresh.id, entry)
    }
    for (const other of accepted.values()) {
      if (other.seq > entry.seq && other.applications > 0 && !entry.wasParked && !other.wasJoined) {
        broken("law 2", `Toggl applied entry ${other.seq} before ${told(entry)}`)
      }
    }
  }

  // --- What the user sees ----------------------------------------------------------------------------------------

  const changesOf = (client: number, isCounted: (entry: Accepted) => boolean) => {
    const locals = localOf(books)
    return [...accepted.values()]
      .filter((entry) => clientOf(entry.mutation, locals) === client)
      .flatMap((entry) => [...entry.done, ...(isCounted(entry) ? [entry.mutation] : [])])
  }
  const isGivenUp = (entry: Accepted): boolean =>
    entry.refused !== undefined || (entry.outcome !== undefined && entry.outcome.ending._tag !== "Done")

  /** The clients of which we know everything: nobody else changed them, and no attempt at them stayed in doubt. */
  const certain = (): ReadonlyMap<number, TogglState.StoredClient | undefined> => {
    const locals = localOf(books)
    const clients = new Map<number, TogglState.StoredClient | undefined>(initialById)
    for (const { done, mutation } of accepted.values())
      for (const each of [...done, mutation]) if (each._tag === "Create") clients.set(each.localId, undefined)
    for (const entry of accepted.values()) {
      const client = clientOf(entry.mutation, locals)
      if (isTouched(entry) || (isGivenUp(entry) && entry.sends > 0 && entry.inDoubt)) clients.delete(client)
    }
    // What another device made in that very moment, and was taken for ours, goes by our id from then on.
    for (const id of locals.keys()) clients.delete(id)
    for (const id of builtOnCache) clients.delete(id)
    for (const id of touched) {
      clients.delete(id)
      clients.delete(locals.get(id) ?? id)
    }
    return clients
  }

  const viewIsTrue = (process: Machine.Process, view: View | undefined) => {
    const shown = view?.clients ?? []
    const locals = localOf(books)
    // What a create in doubt may have made is shown in its place, under Toggl's id.
    const named = ({ id, key }: View["clients"][number]): number =>
      locals.get(id) ?? (key.startsWith("-") ? Number(key) : id)
    const byClient = new Map(shown.map((client) => [named(client), client]))
    if (byClient.size !== shown.length) broken("law 6", `${process.name} shows a client twice`)
    if (new Set(shown.map((client) => client.key)).size !== shown.length) broken("law 6", "two clients share a key")
    if (isLeftOut !== undefined && view !== undefined && view.leftOut > 0 !== isLeftOut) {
      broken("law 6", `${process.name} says that ${view.leftOut} clients were left out of the list`)
    }
    for (const [client, base] of isCopyOld ? [] : certain()) {
      const expected = Reference.fold(
        base,
        changesOf(client, (entry) => !isGivenUp(entry))
      )
      const view = byClient.get(client)
      const isKnown = client < 0 || everKnown.has(client)
      // Until it is known whose it is, a change by Toggl's id is nobody's of ours.
      const isNamed = [...books.entries.values()].some(({ mutation }) => Mutation.clientId(mutation) === view?.id)
      if (view !== undefined && view.id !== client && !locals.has(view.id) && isNamed) continue
      if (expected === undefined && view !== undefined) {
        broken("law 6", `${process.name} shows client ${client}, which is gone: ${JSON.stringify(view)}`)
      }
      if (expected !== undefined && view === undefined && isKnown) {
        broken("law 6", `${process.name} does not show client ${client}: ${JSON.stringify(expected)}`)
      }
      if (expected !== undefined && view !== undefined) {
        if (!Reference.sameShape(expected, view)) {
          broken("law 6", `${process.name} shows ${JSON.stringify(view)} where ${JSON.stringify(expected)} is true`)
        }
        const isPending = [...books.entries.values()].some(
          (entry) => clientOf(entry.mutation, locals) === client && entry.state._tag !== "Refused"
        )
        if (view.pending !== isPending) broken("law 6", `client ${client} is shown with pending ${view.pending}`)
      }
    }
  }

  const statusIsTrue: Laws["statusIsTrue"] = (process, status, signedInAs, isStorageDoubtful) => {
    const entries = [...books.entries.values()]
    const refused = entries.filter((entry) => entry.state._tag === "Refused")
    const waiting = entries.filter((entry) => entry.state._tag !== "Refused")
    const { may, must } = heldNow()
    const expect = (what: string, is: unknown, should: unknown) => {
      if (is !== should) broken("law 12", `${process.name} says ${what} ${String(is)}, not ${String(should)}`)
    }
    expect("refused", status.refused, refused.length)
    expect("waiting", status.waiting, waiting.length)
    expect("set aside", status.setAside, entries.filter((entry) => entry.state._tag === "SetAside").length)
    expect("unreadable", status.unreadable, books.unreadable)
    expect("since", status.since, waiting.length === 0 ? undefined : Math.min(...waiting.map((e) => e.acceptedAt)))
    const mayBeHeld = new Set([...must, ...may])
    if (status.held < must.size || status.held > mayBeHeld.size)
      broken("law 12", `${process.name} says held ${status.held}`)
    const { queue } = status
    const { paused } = books.state
    if (queue._tag === "StorageLost") {
      if (!isStorageDoubtful && status.lost === 0) broken("law 12", `${process.name} says that the storage is lost`)
      return
    }
    if (paused !== undefined) {
      if (queue._tag !== "Paused" || queue.reason !== paused) {
        broken("law 12", `${process.name} says ${queue._tag}, and the queue is paused (${paused})`)
      }
      return
    }
    const user = owner()
    const isOthers = typeof signedInAs === "number" && user !== undefined && signedInAs !== user
    const wasRefused = refusedAt.has(process) || books.state.signIn !== undefined
    const mayNeedSignIn = typeof signedInAs !== "number" || wasRefused || hasStorageFailed
    const isSo =
      queue._tag !== "Paused" ||
      (queue.reason === "WrongAccount" ? isOthers : queue.reason === "SignInNeeded" && mayNeedSignIn)
    if (!isSo) broken("law 12", `${process.name} says that the queue is paused (${queue.reason}), and it is not`)
    if (queue._tag === "Idle" && waiting.some((entry) => !isParked(entry) && !mayBeHeld.has(entry.seq))) {
      broken("law 12", `${process.name} says that nothing is to be sent, and ${waiting.length} wait`)
    }
    if (queue._tag === "Replaying" && waiting.length === 0) broken("law 12", `${process.name} replays nothing`)
    const flight = acting.get(process)
    // What was given up may still be on its way: that is what the queue waits for.
    const isWanted = waiting.some(({ state }) => state._tag === "Sending")
    if (queue._tag === "Waiting" && flight?.heard === false && isWanted && !unsavedFlights.has(flight)) {
      broken(
        "law 12",
        `${process.name} says that the queue waits (${queue.for._tag}), and ${flight.request.method} is on its way`
      )
    }
    const asked = asking.get(process)
    const isAsking = asked !== undefined && !asked.flight.heard && asked.turns === turns
    if (queue._tag === "Waiting" && ["BackingOff", "SetAside"].includes(queue.for._tag) && isAsking) {
      broken("law 12", `${process.name} says that the queue waits (${queue.for._tag}), and asks Toggl meanwhile`)
    }
  }

  /** Nothing that was stored is there any more. */
  const storeIsGone = () => {
    for (const entry of accepted.values()) touchedBy(entry)
    storeIsElsewhere()
  }

  const storeIsElsewhere = () => {
    for (const entry of accepted.values()) {
      const ending = entry.outcome?.ending._tag
      if (ending === undefined || ending === "Moved") entry.goneAt = machine.now()
      if (ending !== undefined) touchedBy(entry)
    }
    accepted.clear()
    leftOpen.clear()
    heardLate.clear()
    // What was recorded before was so, and stands for nothing that is stored from now on.
    for (const [process, { used }] of marks) marks.set(process, { seqs: [], used })
    probed.clear()
    fellBack.clear()
    lastShown.clear()
    lastLoaded.clear()
    knowOwner.clear()
    knownWaits.clear()
    everKnown.clear()
    isLeftOut = undefined
    named = undefined
    forAll = undefined
    books = readBooks()
  }

  return {
    books: () => books,
    owner,
    knowsOwner: (process) => knowOwner.has(process),
    acceptedCount: () => accepted.size,
    operationHappened: (operation) => {
      if (operation.name === "purge" && readBooks().state.store !== books.state.store) {
        met("purged")
        storeIsGone()
      }
      if (Exit.isFailure(operation.exit)) hasStorageFailed = true
      // Where the store had no room, or another one has the turn, what was heard is not booked.
      if (operation.name === "claim") lateIsBooked(operation.process)
      if (operation.name === "claim" || Exit.isFailure(operation.exit)) heardLate.clear()
      if (operation.name === "accept" && Exit.isFailure(operation.exit)) {
        if (isDoubtful(operation.exit)) looksForIt.add(operation.process)
        // What does not reach the log cannot tell that it overtakes nothing.
        else if (!isUnreachable(operation.exit)) unsaved.add(operation.process)
      }
      // It is not there: so it may be sent at once.
      if (operation.name === "find" && Exit.isSuccess(operation.exit) && looksForIt.has(operation.process)) {
        if (operation.exit.value === undefined) unsaved.add(operation.process)
      }
      if (operation.name === "load" && Exit.isSuccess(operation.exit)) {
        lastLoaded.set(operation.process, books.entries.size)
      }
      if (["load", "copy", "outcome", "find", "doubt"].includes(operation.name)) return
      const { signIn } = books.state
      const isStored = Exit.isSuccess(operation.exit) && typeof operation.exit.value === "object"
      if (operation.name === "storeList") {
        // It may have come from a cache that is no more.
        const mayBeOld = readOld.delete(operation.process)
        if (isStored) {
          isCopyOld = mayBeOld || (isCopyOld && isCaching())
          isLeftOut = listedUnread.get(operation.process)
        }
      }
      if (operation.name === "storeClient") isLeftOut = undefined
      happened++
      turns++
      const copied = [...books.clients.keys()]
      compare(operation)
      if (operation.name === "storeList" && isStored) {
        if (listedShort.has(operation.process)) shortInARow++
        // After so many the count says nothing any more, and what the list does not show counts as gone.
        if (shortInARow >= mostDiffering) for (const id of copied) if (!books.clients.has(id)) touched.add(id)
      }
      if (operation.name === "storeList" && isStored) {
        const [user, as] = [owner(), listedAs.get(operation.process)]
        if (user !== as) broken("law 8", `${operation.process.name} stores what user ${as} may see, for user ${user}`)
      }
      if (books.state.signIn !== undefined && books.state.signIn !== signIn) refusedAt.add(operation.process)
      if (operation.name === "settle" && Exit.isSuccess(operation.exit)) {
        lastLoaded.set(operation.process, books.entries.size)
        // Whoever has no turn any more books nothing: the look-up that follows finds what was done, and counts as none.
        if (operation.exit.value === undefined) {
          for (const seq of marks.get(operation.process)?.seqs ?? []) {
            const entry = accepted.get(seq)
            if (entry !== undefined) entry.wasTaken = false
          }
        }
      }
      if (operation.name === "mark" && Exit.isSuccess(operation.exit) && isMarked(operation.exit.value)) {
        marked(operation.process, operation.exit.value)
      }
    },
    operationHeard: (operation) => {
      const isStateRead = operation.name !== "copy" && operation.name !== "outcome" && operation.name !== "accept"
      if (Exit.isSuccess(operation.exit) && tellsOwner(operation.exit.value, owner())) knowOwner.add(operation.process)
      const wait = Exit.isSuccess(operation.exit) && isStateRead ? waitIn(operation.exit.value) : undefined
      if (wait !== undefined && named?.key === keyOf(wait)) knownWaits.set(operation.process, named)
    },
    requestRepeated: (flight, before, after) => {
      currentWorld = () => after
      for (const entry of sentFor.get(flight) ?? []) entry.wasRepeated = true
      // The first copy may have been refused, and this one is the only one then.
      if (firstRefused.has(flight)) return requestLanded(flight, before, after)
      if (after.state.nextClientId === before.state.nextClientId) return
      // The name was free again: there are two, and nobody but the browser could have prevented it.
      const [entry] = sentFor.get(flight) ?? []
      if (entry !== undefined) {
        createdBy.set(before.state.nextClientId, entry)
        entry.applications++
        touchedBy(entry)
      }
      touched.add(before.state.nextClientId)
    },
    requestAnswered: (flight, status, isOwn) => {
      turns++
      if (flight.request.path.endsWith("/clients") && isOwn) {
        listedAs.set(flight.process, flight.userId)
        // Where it is not whole, its own count tells, and that is believed for a while only.
        isDrifted ||= flight.isUnreadable || flight.fate.name === "list that is not whole"
        const isWhole = flight.fate.name !== "list that is not whole"
        if (flight.isUnreadable) listedUnread.set(flight.process, true)
        else if (isWhole && isCountTrue) listedUnread.set(flight.process, false)
        else listedUnread.delete(flight.process)
        // What counts nothing says nothing of the counts of others.
        if (!flight.isUnreadable && !isWhole) listedShort.add(flight.process)
        else listedShort.delete(flight.process)
        if (!isWhole) isCountTrue = false
      }
      if (!flight.isWrite) return
      happened++
      const entries = sentFor.get(flight) ?? []
      for (const entry of entries) entry.lastAnswer = flight.fate.name
      // A gateway that got no answer itself, and what counts as done, say nothing of the kind.
      const isDenied = status >= 300 && ![408, 502, 504].includes(status)
      for (const entry of entries) entry.wasDenied = isDenied
      if (status === 400) for (const entry of entries) entry.wasToldTaken = true
      const isTaken = (status: number) =>
        (status >= 200 && status < 300) || (status === 404 && flight.request.method === "DELETE")
      // What was done is, though its answer be garbled.
      if (!isTaken(status) || !(isOwn || (flight.own !== undefined && isTaken(flight.own.status)))) return
      successes.push({ at: happened, seqs: entries.map(({ seq }) => seq) })
      for (const entry of entries) entry.wasTaken = true
      const isLate = ({ mutation, outcome }: Accepted) =>
        mutation._tag === "Create" && outcome?.ending._tag === "Discarded"
      if (isOwn) for (const entry of entries) if (isLate(entry)) heardLate.set(entry, flight.process)
    },
    readFromCache: (process) => {
      isCopyOld = true
      readOld.add(process)
    },
    trueClientOf: (seq, found) => {
      const entry = accepted.get(seq)
      if (entry === undefined) return undefined
      if (entry.mutation._tag !== "Create") return togglIdOf(entry.mutation)
      for (const [id, creator] of createdBy) if (creator === entry) return id
      return found[0]?.id
    },
    requestDeparts,
    requestLanded: (flight, before, after) => {
      currentWorld = () => after
      requestLanded(flight, before, after)
    },
    colleagueTouched: (clientId, names) => {
      touched.add(clientId)
      // it may be known here by its local id only
      const creator = createdBy.get(clientId)?.mutation
      if (creator !== undefined) touched.add(Mutation.clientId(creator))
      for (const name of names) touchedNames.add(foldName(name))
    },
    processDied: (process) => {
      marks.delete(process)
      fellBack.delete(process)
      lastShown.delete(process)
      for (const [entry, hearing] of heardLate) if (hearing === process) heardLate.delete(entry)
    },
    clockSet: (by) => {
      // forward, it takes a wait for over; back, it begins a wait anew, but only once
      if (by > 0 || named?.isRestarted === true) jumps++
    },
    viewShown: (process, view) => {
      const locals = localOf(books)
      const shown = new Map(view.clients.map((client) => [locals.get(client.id) ?? client.id, client.key]))
      const keys = new Set(shown.values())
      for (const [client, key] of lastShown.get(process) ?? []) {
        const [id = client, local = client] = [books.ids.get(client), locals.get(client)]
        const now = shown.get(client) ?? shown.get(id)
        // What a list showed may turn out to be what a create of ours has made.
        const isOurs = shown.has(local)
        const isGone = touched.has(client) || changesOf(local, () => true).some(({ _tag }) => _tag === "Delete")
        const isGivenUpNow = [...accepted.values()].some(
          (entry) => clientOf(entry.mutation, locals) === local && entry.mutation._tag === "Create" && isGivenUp(entry)
        )
        // Another store is here now, which knows nothing of it.
        const isOfBefore = id > 0 ? !everKnown.has(id) : changesOf(local, () => true).length === 0
        // What a create that is set aside may have made is shown in its place, under Toggl's id.
        if (
          now === undefined &&
          !isOfBefore &&
          !keys.has(key) &&
          !isOurs &&
          !isCopyOld &&
          !isGone &&
          !isGivenUpNow &&
          !touched.has(id)
        ) {
          broken("law 6", `client ${client} flickers in ${process.name}`)
        }
        // What the user takes a create for had a key of its own, until then.
        const isAdopted = ({ mutation, wasAdopted }: Accepted) => wasAdopted && Mutation.clientId(mutation) === client
        // And what it was given up for is Toggl's alone.
        const wasIn = (entry: Accepted) => String(Mutation.clientId(entry.mutation)) === key && isGivenUp(entry)
        // It goes by that no more where the store that knew it is gone.
        const isForgotten = touched.has(client) && key.startsWith("-") && !books.ids.has(Number(key))
        const isExplained = isForgotten || [...accepted.values()].some((entry) => isAdopted(entry) || wasIn(entry))
        if (now !== undefined && now !== key && !isExplained) {
          broken("law 6", `the key of client ${client} changes: ${key} to ${now}`)
        }
      }
      lastShown.set(process, shown)
    },
    statusIsTrue,
    viewIsTrue,
    callerLost: (entryId, mayBeStored) => {
      const entry = entryId === undefined ? undefined : byId.get(entryId)
      if (entry !== undefined && !mayBeStored && !isGone(entry)) {
        broken("law 1", `a caller heard that ${told(entry)} is not saved, and it is`)
      }
    },
    callerFoundNone: (clientId) => {
      if (clientId > 0 || touched.has(clientId)) return
      const ofIt = [...accepted.values()].filter(({ mutation }) => Mutation.clientId(mutation) === clientId)
      const creator = ofIt.find(({ mutation }) => mutation._tag === "Create")
      // What was made and deleted before anything of it left counts as given up, and as deleted.
      const isDeleted = ofIt.some(
        ({ mutation, outcome }) => mutation._tag === "Delete" && outcome?.ending._tag === "Done"
      )
      if (creator === undefined || isTouched(creator) || (isGivenUp(creator) && !isDeleted)) return
      broken("law 3", `a caller heard that there is no client ${clientId}, which ${told(creator)} has made`)
    },
    neverLeft: (process) => {
      const mark = marks.get(process)
      if (mark === undefined) return
      mark.used = true
      for (const seq of mark.seqs) {
        const entry = accepted.get(seq)
        if (entry !== undefined) entry.neverLeft = true
      }
    },
    storeIsGone,
    storeIsElsewhere,
    tookOver: (left) => {
      for (const id of left) {
        const entry = typeof id === "string" ? byId.get(id) : undefined
        if (entry === undefined) broken("law 5", `${String(id)} stands elsewhere, and was never accepted`)
        if (entry?.goneAt !== undefined) broken("law 5", `${told(entry)} stands elsewhere, and was not taken over`)
      }
    },
    broughtBack: () => {
      for (const entry of byId.values()) {
        const isMoved = entry.outcome?.ending._tag === "Moved"
        if (isMoved && accepted.get(entry.seq) === entry)
          broken("law 5", `${told(entry)} was moved into a file, and stays there`)
      }
    },
    callerHeard: ({ entryId, goesOnSince, receipt }) => {
      const confirmed = receipt === "Confirmed"
      const entry = entryId === undefined ? undefined : byId.get(entryId)
      if (entry?.goneAt !== undefined) {
        if (receipt === "Queued" && machine.now() - Math.max(entry.goneAt, goesOnSince) > newsTakes) {
          broken("law 1", `a caller heard Queued of ${told(entry)}, which has been gone for long`)
        }
        return
      }
      if (entry === undefined) {
        if (entryId !== undefined) broken("law 1", `a caller heard of ${entryId}, which was never accepted`)
        return
      }
      if (confirmed && entry.outcome?.ending._tag !== "Done")
        broken("law 1", `${told(entry)} is confirmed, but not done`)
    },
    othersAreSent: () => {
      const isStuck = (entry: Entry) => isParked(entry) || entry.failures > 0
      const { may, must } = heldBy(isStuck)
      for (const entry of books.entries.values()) {
        if (isStuck(entry) || must.has(entry.seq) || may.has(entry.seq)) continue
        broken("law 4", `entry ${entry.seq} is never sent, for another one never gets through`)
      }
    },
    allIsSent: (world) => {
      lateIsBooked()
      const isRefused = ({ state }: Entry) => state._tag === "Refused"
      // What is set aside behind one that is refused waits for the user too.
      const [now, refused] = [heldNow(), heldBy(isRefused)]
      const waits = [now.may, now.must, refused.may, refused.must]
      for (const entry of books.entries.values()) {
        if (isRefused(entry) || waits.some((held) => held.has(entry.seq))) continue
        broken("law 4", `entry ${entry.seq} (${entry.state._tag}) is never sent: ${JSON.stringify(books.state)}`)
      }
      for (const [client, base] of certain()) {
        const expected = Reference.fold(
          base,
          changesOf(client, (entry) => entry.outcome?.ending._tag === "Done")
        )
        const id = books.ids.get(client) ?? client
        const theirs = world.state.clients.find((client) => client.id === id)
        if ((expected === undefined) !== (theirs === undefined)) {
          broken("law 1", `client ${id} is ${theirs === undefined ? "missing" : "still there"} in the end`)
        }
        if (expected !== undefined && theirs !== undefined && !Reference.sameShape(expected, theirs)) {
          broken("law 1", `client ${id} is ${JSON.stringify(theirs)} in the end, not ${JSON.stringify(expected)}`)
        }
      }
    }
  }
}

const waitIn = (value: unknown): Wait | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  if ("wait" in value && isWait(value.wait)) return value.wait
  if ("state" in value) return waitIn(value.state)
  if ("snapshot" in value) return waitIn(value.snapshot)
  return undefined
}

/** Whether who hears this knows that the store is this user's. */
const tellsOwner = (value: unknown, user: number | undefined): boolean => {
  if (user === undefined || typeof value !== "object" || value === null) return false
  if ("userId" in value && value.userId === user) return true
  if ("state" in value && tellsOwner(value.state, user)) return true
  if ("snapshot" in value && tellsOwner(value.snapshot, user)) return true
  return "entries" in value && Array.isArray(value.entries) && value.entries.some((entry) => tellsOwner(entry, user))
}

const isWait = (value: unknown): value is Wait =>
  typeof value === "object" && value !== null && "seenAt" in value && "length" in value && "reason" in value
