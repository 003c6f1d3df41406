// An entry of the log at rest, and how it ended. Rows carry a version; what is kept are intentions and answers, never
// requests or credentials.
import * as Schema from "effect/Schema"
import { Client } from "../Client.js"
import { Refusal, TransportError } from "../ClientError.js"
import { Ending, EntryId } from "../Entry.js"
import { optional } from "../error/base.js"
import { Mutation } from "../Mutation.js"

/**
 * The version of the rows that this library writes. A row with a higher one was written by a newer version: it is
 * neither rewritten nor overtaken.
 */
export const version = 1

/**
 * The fence of an attempt that another device made: no replayer of this store has it.
 */
export const elsewhere = 0

/**
 * An attempt to send an entry, recorded before the request leaves. `startedAt` is in milliseconds since the epoch.
 * `base` is the server's last known state that an update was built on, or that of the client which a delete or an
 * archive is about; `target` is what a create or an update asks for. `lead` is the number of the first of the entries
 * that one request stands for; missing where it stands for one.
 */
export const Attempt = Schema.Struct({
  number: Schema.Int,
  startedAt: Schema.Finite,
  fence: Schema.Int,
  base: optional(Client),
  target: optional(Schema.Struct({ name: Schema.String, notes: Schema.String })),
  lead: optional(Schema.Int)
})

export interface Attempt extends Schema.Schema.Type<typeof Attempt> {}

/**
 * Where an entry is:
 *
 * - `Pending`: not sent, or surely not applied
 * - `Sending`: an attempt is on the wire, or its replayer died
 * - `Uncertain`: an attempt got no answer; it is looked up before anything is sent again
 * - `Refused`: Toggl refused it (`error`, at `at` in milliseconds since the epoch); the user decides
 * - `SetAside`: it kept failing while others succeeded; tried again `length` milliseconds after `seenAt`
 */
export const State = Schema.Union(
  Schema.TaggedStruct("Pending", {}),
  Schema.TaggedStruct("Sending", { attempt: Attempt }),
  Schema.TaggedStruct("Uncertain", { attempt: Attempt }),
  Schema.TaggedStruct("Refused", { error: Refusal, at: Schema.Finite, attempt: optional(Attempt) }),
  Schema.TaggedStruct("SetAside", { attempt: Attempt, seenAt: Schema.Finite, length: Schema.Finite })
)

export type State = typeof State.Type

/**
 * A row of the log. Its number, the key, gives its place in the order. `base` is the last known server state of the
 * client when the mutation was accepted; `attempts` counts requests, `serverErrors` the failures of the server that
 * count towards setting it aside. `apart`: a request that stood for it and others was refused, and it is sent by itself
 * from then on.
 */
export const Row = Schema.Struct({
  version: Schema.Literal(version),
  id: EntryId,
  mutation: Mutation,
  acceptedAt: Schema.Finite,
  base: optional(Client),
  state: State,
  attempts: Schema.Int,
  serverErrors: Schema.Int,
  lastError: optional(TransportError),
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

/** An outcome, and the number that its entry had. */
export interface Ended {
  readonly seq: number
  readonly outcome: Outcome
}
