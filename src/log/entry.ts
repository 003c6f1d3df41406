// An entry of the log at rest, and how it ended. Rows carry a version; what is kept are intentions and answers, never
// requests or credentials.
import * as Schema from "effect/Schema"
import { Client, ClientId, type LocalClientId } from "../Client.js"
import { Refusal, StorageError, TransportError } from "../ClientError.js"
import { Ending, EntryId } from "../Entry.js"
import { optional } from "../effect/schema.js"
import { asked, Mutation } from "../Mutation.js"

/**
 * The version of the rows that this library writes. A row with a higher one was written by a newer version: it is
 * neither rewritten nor overtaken.
 */
export const version = 3

/**
 * The fence of an attempt that another device made: no replayer of this store has it.
 */
export const elsewhere = 0

/**
 * An attempt to send an entry, recorded before the request leaves. `startedAt` is in milliseconds since the epoch.
 * `base` is the server's last known state that an update was built on, or that of the client which a delete or an
 * archive is about; `target` is what a create or an update asks for. `lead` is the number of the first of the entries
 * that one request stands for; missing where it stands for one. `answered`: whether something came back that says
 * that it was not done, though that is not to be relied on.
 */
export const Attempt = Schema.Struct({
  number: Schema.Int,
  startedAt: Schema.Finite,
  fence: Schema.Int,
  base: optional(Client),
  target: optional(Schema.Struct({ name: Schema.String, notes: Schema.String })),
  lead: optional(Schema.Int),
  answered: optional(Schema.Boolean)
})

export interface Attempt extends Schema.Schema.Type<typeof Attempt> {}

/**
 * Where an entry is:
 *
 * - `Pending`: not sent, or surely not applied; with an attempt where that went with another entry's, of which nobody can
 *   say what became of it
 * - `Sending`: an attempt is on the wire, or its replayer died
 * - `Uncertain`: an attempt got no answer; it is looked up before anything is sent again
 * - `Refused`: Toggl refused it (`error`, at `at` in milliseconds since the epoch); the user decides
 * - `SetAside`: it kept failing while others succeeded; it was last tried at `seenAt` (milliseconds since the epoch);
 *   without an attempt where not even that could be made
 */
export const State = Schema.Union(
  Schema.TaggedStruct("Pending", { attempt: optional(Attempt) }),
  Schema.TaggedStruct("Sending", { attempt: Attempt }),
  Schema.TaggedStruct("Uncertain", { attempt: Attempt }),
  Schema.TaggedStruct("Refused", { error: Refusal, at: Schema.Finite, attempt: optional(Attempt) }),
  Schema.TaggedStruct("SetAside", { attempt: optional(Attempt), seenAt: Schema.Finite })
)

export type State = typeof State.Type

/**
 * What was known before the first attempt at an entry, which later ones never change: `notBefore` is the latest `Date`
 * that any of Toggl's answers had carried (milliseconds since the epoch), `isListed` whether this device had a whole
 * list of the workspace, `highestId` the highest id in it (0 without one): what has a higher one is newer. Missing where
 * the list was stored by the first version of the rows. `known` are the clients that were known before it, kept as soon
 * as the copy is read anew while the attempt is still in doubt.
 */
export const FirstAttempt = Schema.Struct({
  notBefore: optional(Schema.Finite),
  isListed: Schema.Boolean,
  highestId: optional(Schema.Int),
  known: optional(Schema.Array(ClientId))
})

export interface FirstAttempt extends Schema.Schema.Type<typeof FirstAttempt> {}

/**
 * A row of the log. Its number, the key, gives its place in the order.
 *
 * - `base`: the last known server state of the client when the mutation was accepted
 * - `userId`: whose verified credentials the app had then; missing where nobody's were verified
 * - `attempts`: how often it was marked to be sent; `unsent`: how many of these surely never left
 * - `lastError`: why its last attempt or look-up came to nothing, or why an answer to it could not be stored
 * - `failures`: how often in a row it failed, in whichever way; `failingSince`: how many mutations had succeeded in this
 *   store when it first did, and `failedAt` the step at which it last did
 * - `first`: what was known before its first attempt
 * - `sent`: what its attempt asked for, where the user has edited it since and the attempt is still in doubt
 * - `apart`: a request that stood for it and others was refused, and it is sent by itself from then on
 */
export const Row = Schema.Struct({
  version: Schema.Literal(version),
  id: EntryId,
  mutation: Mutation,
  acceptedAt: Schema.Finite,
  base: optional(Client),
  userId: optional(Schema.Int),
  state: State,
  attempts: Schema.Int,
  unsent: optional(Schema.Int),
  failures: Schema.Int,
  failingSince: optional(Schema.Int),
  failedAt: optional(Schema.Int),
  lastError: optional(Schema.Union(TransportError, StorageError)),
  first: optional(FirstAttempt),
  sent: optional(Mutation),
  apart: optional(Schema.Boolean)
})

export interface Row extends Schema.Schema.Type<typeof Row> {}

/**
 * A row with its number.
 */
export interface Entry extends Row {
  readonly seq: number
}

/** Whether others pass it: it was refused, or is set aside. */
export const isParked = ({ state }: Entry): boolean => state._tag === "Refused" || state._tag === "SetAside"

/** Whether Toggl may apply it at any moment, or may have: a copy read meanwhile may hold its effect, or not. */
export const isOpen = ({ mutation, state }: Entry): boolean =>
  state._tag === "Sending" || state._tag === "Uncertain" || (state._tag === "SetAside" && mutation._tag === "Create")

/** Whether Toggl may have applied an attempt at it, so far as is known. */
export const mayHaveBeenApplied = (entry: Entry): boolean => {
  const { state } = entry
  const isInDoubt = state._tag !== "Refused" || state.error._tag === "Undecided"
  return isInDoubt && attemptOf(entry) !== undefined
}

/** Whether it still asks for what it did when it was `known`: the user may have edited it since. */
export const asksAsKnown = ({ mutation }: Entry, known: Entry): boolean => {
  const [now, before] = [asked(mutation), asked(known.mutation)]
  return mutation._tag === known.mutation._tag && now.name === before.name && now.notes === before.notes
}

/** Without what its attempts have left behind. */
export const afresh = ({ failedAt, failingSince, first, lastError, sent, ...entry }: Entry): Entry => ({
  ...entry,
  failures: 0
})

/** How many requests may have left for it. */
export const requestsOf = ({ attempts, unsent = 0 }: Entry): number => Math.max(0, attempts - Math.max(0, unsent))

/** The last attempt at it, where that is still of interest. */
export const attemptOf = ({ state }: Entry): Attempt | undefined => ("attempt" in state ? state.attempt : undefined)

/**
 * A row that this version cannot read, kept as it is (`row`) and passed over. `newer` tells a row of a newer version, which is
 * never overtaken.
 */
export interface Unreadable {
  readonly seq: number
  readonly newer: boolean
  readonly row: unknown
}

/**
 * An entry's ending as it is kept, with what was asked for and when it ended (milliseconds since the epoch).
 */
export const Outcome = Schema.Struct({
  version: Schema.Literal(version),
  id: EntryId,
  mutation: Mutation,
  endedAt: Schema.Finite,
  ending: Ending
})

export interface Outcome extends Schema.Schema.Type<typeof Outcome> {}

/** The local id of the client that is gone with this: its create was surely never sent, and is not to be any more. */
export const goneBy = ({ ending, mutation }: Outcome): LocalClientId | undefined =>
  mutation._tag === "Create" && ending._tag === "Discarded" && !ending.mayHaveBeenApplied ? mutation.localId : undefined

/** An outcome, and the number that its entry had. */
export interface Ended {
  readonly seq: number
  readonly outcome: Outcome
}
