// What became of an attempt that got no answer, or one that an earlier copy of it may have caused.
import * as Boolean from "effect/Boolean"
import * as Effect from "effect/Effect"
import {
  type AnyClientId,
  type Client,
  type ClientId,
  foldName,
  sameName,
  sameNotes,
  type WorkspaceId
} from "../Client.js"
import { NotFound, type TransportError, Undecided, UnexpectedAnswer } from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import { isTransport } from "../error/transport.js"
import { type Attempt, elsewhere, type Entry, type FirstAttempt } from "../log/entry.js"
import { isWhole } from "../log/listed.js"
import { asked, isRepeatable } from "../log/request.js"
import * as Mutation from "../Mutation.js"
import type { Sent } from "../log/verdict.js"

type Failure = ClientsApi.NameError | ClientsApi.ListError

/** What a look-up found: how the attempt ended, or that it was not applied, and what Toggl has of its client. */
export type LookedUp =
  | Exclude<Sent, { readonly _tag: "Again" }>
  /** `mayBeCached`: a cache may have said so, and would say just the same again. `isFree`: nobody has the name. */
  | {
      readonly _tag: "NotApplied"
      readonly client?: Client
      readonly mayBeCached?: boolean
      readonly isFree?: boolean
    }

type Asked = NonNullable<Attempt["target"]>

/** What another create asks for that is in doubt, and whether it comes before this one. */
interface Other extends Asked {
  readonly isEarlier: boolean
}

/** What was known before the attempt, and what resolves its client. */
export interface Before {
  /** The workspace's clients that are known here now. */
  readonly clients: ReadonlyArray<Client>
  /** Those that other changes of this store have made. */
  readonly made: () => ReadonlySet<ClientId>
  readonly first: FirstAttempt
  readonly userId: number | undefined
  readonly others: () => ReadonlyArray<Other>
  readonly resolve: (id: AnyClientId) => ClientId | undefined
  /** Whether Toggl has just said that the name is taken; `AfterDoubt`: and an earlier attempt had got no answer. */
  readonly taken: "No" | "Yes" | "AfterDoubt"
  /** Whether Toggl has said so longer ago: the name may be free by now. */
  readonly isKept: boolean
  /** Whether the count of the workspace's lists says nothing. */
  readonly isCountWrong: boolean
  /** Whether an earlier look-up of this attempt has heard a list that may be a cache's, so that the next one is the second. */
  readonly wasListed: boolean
  /** Whether Toggl may be asked again now: it may have named a time to others meanwhile. */
  readonly mayAsk: Effect.Effect<boolean>
  /** Is told of each whole list. */
  readonly listed: (workspaceId: WorkspaceId, clients: ReadonlyArray<Client>) => void
}

const undecided = (entry: Entry, reason: string, found: ReadonlyArray<Client> = []): LookedUp => ({
  _tag: "Refused",
  error: new Undecided({
    ...asked(entry.mutation),
    reason,
    found
  })
})

// --- Whose a client is -------------------------------------------------------------------------------------------------

// The service's clock tells whole seconds, and one of its servers may be a second behind another.
const clocksDiffer = 2_000

// A proxy's clock is not wrong by more.
const surelyOlder = 600_000

/** Without a time that is still to come by Toggl's own clock: some answer's `Date` was wrong. */
const dated = ({ notBefore, ...first }: FirstAttempt, latest: number | undefined): FirstAttempt =>
  notBefore === undefined || (latest !== undefined && notBefore > latest + surelyOlder)
    ? first
    : { ...first, notBefore }

type Age = "Since" | "Before" | "Unknown"

/** Whether the client was last changed since the first attempt, as far as Toggl's own times tell. */
const ageOf = ({ at }: Client, { notBefore }: Pick<FirstAttempt, "notBefore">): Age => {
  if (at === undefined || notBefore === undefined) return "Unknown"
  const after = at - notBefore
  return after >= -clocksDiffer ? "Since" : after <= -surelyOlder ? "Before" : "Unknown"
}

/** Whether it is just what this asks for. */
const isOf = (client: Client, { name, notes }: Asked): boolean =>
  sameName(client.name, name) && sameNotes(client.notes, notes)

/** Whether it is just what another create asks for that is in doubt too, and not what this one does. */
const isAnothers = (client: Client, sent: Asked, others: ReadonlyArray<Asked>): boolean =>
  !isOf(client, sent) && others.some((other) => isOf(client, other))

type Ours = "Yes" | "No" | "Perhaps"

/** Whether a client that has the exact name is what the first attempt, or a later one, has made. */
const isOurs = (
  client: Client,
  sent: { readonly notes: string },
  first: FirstAttempt,
  userId: number | undefined
): Ours => {
  if (client.creatorId !== undefined && userId !== undefined && client.creatorId !== userId) return "No"
  const age = ageOf(client, first)
  if (age === "Before") return "No"
  // Nobody else makes a client with our name and notes in that moment, but somebody may have changed it since.
  if (client.archived || !sameNotes(client.notes, sent.notes)) return "Perhaps"
  return age === "Since" || first.isListed ? "Yes" : "Perhaps"
}

// More of them are no sign of one that was renamed, but of somebody at work.
const mostRenamed = 3

/** Clients that the attempt may have made, and somebody has renamed since. */
const renamed = (
  clients: ReadonlyArray<Client>,
  sent: Asked,
  first: FirstAttempt,
  userId: number | undefined,
  unsure: ClientsApi.Listed["unsure"]
): ReadonlyArray<Client> => {
  const found = clients.filter(
    (client) =>
      !sameName(client.name, sent.name) &&
      sameNotes(client.notes, sent.notes) &&
      (client.creatorId === undefined || client.creatorId === userId) &&
      (ageOf(client, first) === "Since" || (unsure.has(client.id) && ageOf(client, first) === "Unknown"))
  )
  return found.length <= mostRenamed ? found : []
}

// --- The operations ----------------------------------------------------------------------------------------------------

/** The clients that were there before the first attempt, and those that other changes of this store have made. */
const knownBefore = ({ clients, first, made }: Before): ReadonlySet<ClientId> => {
  const { highestId = Number.POSITIVE_INFINITY } = first
  if (first.known !== undefined) return new Set([...made(), ...first.known])
  // A cache's list may have been stored since, which knows nothing of the latter.
  const known = new Set(made())
  for (const { id } of clients) if (id <= highestId) known.add(id)
  return known
}

const lookUpCreate = (
  entry: Entry,
  attempt: Attempt,
  sent: Asked,
  listed: ClientsApi.Listed,
  before: Before
): LookedUp => {
  const { first } = before
  // Its answer came to another store, or where it could not be booked.
  const madeAs = entry.mutation._tag === "Create" ? before.resolve(entry.mutation.localId) : undefined
  const made = listed.clients.find(({ id }) => id === madeAs)
  if (made !== undefined) return { _tag: "Done", client: made }
  const knownIds = knownBefore(before)
  const others = before.others()
  const perhapsOurs = listed.clients.filter((client) => !isAnothers(client, sent, others))
  // What cannot be read of a client is doubt, and not absence.
  const asSure = ({ id }: Client, ours: Ours): Ours => (ours === "Yes" && listed.unsure.has(id) ? "Perhaps" : ours)
  const named = perhapsOurs.filter((client) => sameName(client.name, sent.name))
  // What this device knows now says nothing of what was there before another device's attempt.
  const known = named.filter((client) => knownIds.has(client.id))
  if (attempt.fence === elsewhere && known.length > 0) {
    return undecided(entry, "a client of this name was known here when the change was imported", known)
  }
  const found = named
    .filter((client) => !knownIds.has(client.id))
    .map((client) => ({ client, ours: asSure(client, isOurs(client, sent, first, before.userId)) }))
    .filter(({ ours }) => ours !== "No")
  const clients = found.map(({ client }) => client)
  const [one, ...more] = found
  if (one !== undefined && more.length > 0) {
    return undecided(entry, `${found.length} clients have this name, and each may be this one`, clients)
  }
  // Of several that ask for the same the first has made it, unless this one was refused as if another had.
  const isOfOther = ({ isEarlier, ...other }: Other) =>
    one !== undefined && (isEarlier || before.taken === "Yes") && isOf(one.client, other)
  if (one?.ours === "Yes" && others.some(isOfOther)) {
    return undecided(entry, "another change that asks for the same client may have made it", clients)
  }
  if (one?.ours === "Yes") return { _tag: "Done", client: one.client }
  if (one !== undefined) return undecided(entry, "a client of this name may be this one, or an older one", clients)
  const showsAll = isWhole(listed, before.isCountWrong)
  const isExplained = listed.clients.some((client) => foldName(client.name) === foldName(sent.name))
  if (before.taken !== "No" && isExplained) return { _tag: "NotApplied" }
  if (before.isKept && showsAll) return { _tag: "NotApplied", isFree: true }
  if (before.taken === "AfterDoubt") {
    return undecided(entry, "Toggl says that the name is taken, and its list does not show by whom")
  }
  if (!showsAll) {
    return undecided(entry, "the list of clients does not show all that there are, and what it lacks may be this one")
  }
  const unknown = perhapsOurs.filter((client) => attempt.fence === elsewhere || !knownIds.has(client.id))
  const mayBeRenamed = attempt.answered !== true && before.taken === "No"
  const perhaps = mayBeRenamed ? renamed(unknown, sent, first, before.userId, listed.unsure) : []
  return perhaps.length === 0
    ? { _tag: "NotApplied" }
    : undecided(entry, "a client with these notes was made meanwhile under another name", perhaps)
}

const isExactly = (theirs: Client, { name, notes }: Asked): boolean => theirs.name === name && theirs.notes === notes

const lookUpUpdate = (entry: Entry, { base, target }: Attempt, theirs: Client): LookedUp => {
  // The exact forms first: base and target may differ in no more than white space.
  for (const is of [isExactly, isOf]) {
    if (target !== undefined && is(theirs, target)) return { _tag: "Done", client: theirs }
    if (base !== undefined && is(theirs, base)) return { _tag: "NotApplied", client: theirs }
  }
  return undecided(entry, "the client is neither as it was nor as this change would make it", [theirs])
}

/** What the client, as it is now, says of the attempt. */
const lookUpClient = (entry: Entry, attempt: Attempt, theirs: Client): LookedUp => {
  switch (entry.mutation._tag) {
    case "Update":
      return lookUpUpdate(entry, attempt, theirs)
    case "Archive":
      return theirs.archived ? { _tag: "Done", client: theirs } : { _tag: "NotApplied", client: theirs }
    default:
      return { _tag: "NotApplied", client: theirs }
  }
}

/** Why the client could not be read by itself, the last time: the list may tell more. */
const unreadableAlone = ({ lastError }: Entry): UnexpectedAnswer | undefined =>
  lastError?._tag === "UnexpectedAnswer" && lastError.operation === "get" ? lastError : undefined

const mayBeOld = (mutation: Mutation.Mutation): UnexpectedAnswer =>
  new UnexpectedAnswer({ ...asked(mutation), status: 200, reason: "Cached" })

const isCached = (error: Failure): boolean => error._tag === "UnexpectedAnswer" && error.reason === "Cached"

/** A `Date` is in whole seconds: another answer has another one. */
export const untilOtherDate = "1100 millis"

/** Finds out what became of an attempt that got no answer. Fails where Toggl cannot be asked now. */
export const lookUp = (
  api: ClientsApi.ClientsApiService,
  entry: Entry,
  attempt: Attempt,
  before: Before
): Effect.Effect<LookedUp, TransportError> => {
  const { workspaceId } = entry.mutation
  const mutation = entry.sent ?? entry.mutation
  const { notBefore } = before.first
  const pastCaches = notBefore === undefined ? {} : { notBefore }
  const second = { pastCaches: { ...pastCaches, isSecond: true } }
  // What was read just before a refusal, here or elsewhere, does not show what has caused it.
  const read = <A>(ask: (reading: ClientsApi.Reading) => Effect.Effect<A, Failure>): Effect.Effect<A, Failure> => {
    if (before.taken === "No") return ask({ pastCaches })
    const later = (error: Failure) =>
      Effect.sleep(untilOtherDate).pipe(
        Effect.zipRight(before.mayAsk),
        Effect.flatMap((mayAsk) => (mayAsk ? ask(second) : Effect.fail(error)))
      )
    // By Toggl's time the first answer is told from one that a cache has kept.
    const isTimeless = Effect.map(api.latestDate, (latest) => latest === undefined)
    return Effect.flatMap(Effect.zipWith(api.mayBeDeceived, isTimeless, Boolean.and), (isDeceived) =>
      isDeceived
        ? Effect.zipRight(ask({ pastCaches }), later(mayBeOld(mutation)))
        : Effect.catchIf(ask(second), isCached, later)
    )
  }
  const listed = (reading: ClientsApi.Reading) =>
    Effect.tap(api.listWithReport(workspaceId, { status: "both" }, reading), (list) =>
      Effect.sync(() => {
        if (isWhole(list, before.isCountWrong)) before.listed(workspaceId, list.clients)
      })
    )
  const list = read(listed)
  const unreadable = unreadableAlone(entry)
  const ask = (): Effect.Effect<LookedUp, Failure> => {
    if (mutation._tag === "Create") {
      const judged = (listed: ClientsApi.Listed) =>
        Effect.map(api.latestDate, (latest) =>
          // Later changes of the client may have gone with it.
          lookUpCreate(entry, attempt, attempt.target ?? mutation, listed, {
            ...before,
            first: dated(before.first, latest)
          })
        )
      const found = Effect.flatMap(before.wasListed ? listed(second) : list, judged)
      return Effect.zipWith(found, api.mayBeDeceived, (found, mayBeDeceived) => {
        // It would be made a second time.
        const isToBeSent = found._tag === "NotApplied" && before.taken === "No"
        return isToBeSent && mayBeDeceived && !before.wasListed ? { ...found, mayBeCached: true } : found
      })
    }
    const clientId = before.resolve(Mutation.clientId(mutation))
    if (clientId === undefined) return Effect.succeed({ _tag: "NotApplied" })
    // These may be repeated: the request itself is the look-up, unless it is this that keeps failing.
    if (isRepeatable(mutation) && entry.failures < 2) return Effect.succeed({ _tag: "NotApplied" })
    if (unreadable !== undefined) {
      return Effect.flatMap(list, (listed): Effect.Effect<LookedUp, Failure> => {
        const theirs = listed.clients.find(({ id }) => id === clientId)
        if (theirs !== undefined) return Effect.succeed(lookUpClient(entry, attempt, theirs))
        const showsAll = isWhole(listed, before.isCountWrong)
        return Effect.fail(showsAll ? new NotFound(asked(mutation)) : unreadable)
      })
    }
    const got = read((reading) => api.get(workspaceId, clientId, reading))
    return Effect.map(got, (theirs) => lookUpClient(entry, attempt, theirs))
  }
  return Effect.catchAll(ask(), (error): Effect.Effect<LookedUp, TransportError> => {
    if (isTransport(error)) return Effect.fail(error)
    if (error._tag === "NotFound" && mutation._tag !== "Create") {
      return Effect.succeed(mutation._tag === "Delete" ? { _tag: "Done" } : { _tag: "Refused", error })
    }
    return Effect.succeed(undecided(entry, `Toggl does not let this user look it up: ${error.message}`))
  })
}
