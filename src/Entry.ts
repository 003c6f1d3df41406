/**
 * The outbox at rest: an entry of the log and its life, the queue's state, and how an entry ended. Rows carry a
 * version; what is kept are intentions and answers, never requests or credentials.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Client, ClientId, ProjectId } from "./Client.js"
import { Refusal, TransportError } from "./ClientError.js"
import { Mutation } from "./Mutation.js"

const optional = <A, I, R>(schema: Schema.Schema<A, I, R>) => Schema.optionalWith(schema, { exact: true })

/**
 * The version of the rows that this library writes. A row with a higher one was written by a newer version: it is
 * neither rewritten nor overtaken.
 *
 * @since 0.1.0
 * @category models
 */
export const version = 1

/**
 * The id of an accepted mutation: a UUID, the same on every device that imports it.
 *
 * @since 0.1.0
 * @category models
 */
export const EntryId = Schema.UUID.pipe(Schema.brand("effect-toggl-clients/EntryId"))

/**
 * @since 0.1.0
 * @category models
 */
export type EntryId = typeof EntryId.Type

/**
 * The fence of an attempt that another device made: no replayer of this store has it.
 *
 * @since 0.1.0
 * @category models
 */
export const elsewhere = 0

/**
 * An attempt to send an entry, recorded before the request leaves. `startedAt` is in milliseconds since the epoch.
 * `base` is the server's last known state that an update was built on, or that of the client which a delete or an
 * archive is about; `target` is what a create or an update asks for. `lead` is the number of the first of the entries
 * that one request stands for; missing where it stands for one.
 *
 * @since 0.1.0
 * @category models
 */
export const Attempt = Schema.Struct({
  number: Schema.Int,
  startedAt: Schema.Finite,
  fence: Schema.Int,
  base: optional(Client),
  target: optional(Schema.Struct({ name: Schema.String, notes: Schema.String })),
  lead: optional(Schema.Int)
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Attempt extends Schema.Schema.Type<typeof Attempt> {}

/**
 * Where an entry is:
 *
 * - `Pending`: not sent, or surely not applied
 * - `Sending`: an attempt is on the wire, or its replayer died
 * - `Uncertain`: an attempt got no answer; it is looked up before anything is sent again
 * - `Refused`: Toggl refused it (`error`, at `at` in milliseconds since the epoch); the user decides
 * - `SetAside`: it kept failing while others succeeded; tried again `length` milliseconds after `seenAt`
 *
 * @since 0.1.0
 * @category models
 */
export const State = Schema.Union(
  Schema.TaggedStruct("Pending", {}),
  Schema.TaggedStruct("Sending", { attempt: Attempt }),
  Schema.TaggedStruct("Uncertain", { attempt: Attempt }),
  Schema.TaggedStruct("Refused", { error: Refusal, at: Schema.Finite, attempt: optional(Attempt) }),
  Schema.TaggedStruct("SetAside", { attempt: Attempt, seenAt: Schema.Finite, length: Schema.Finite })
)

/**
 * @since 0.1.0
 * @category models
 */
export type State = typeof State.Type

/**
 * A row of the log. Its number, the key, gives its place in the order. `base` is the last known server state of the
 * client when the mutation was accepted; `attempts` counts requests, `serverErrors` the failures of the server that
 * count towards setting it aside. `apart`: a request that stood for it and others was refused, and it is sent by itself
 * from then on.
 *
 * @since 0.1.0
 * @category models
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

/**
 * @since 0.1.0
 * @category models
 */
export interface Row extends Schema.Schema.Type<typeof Row> {}

/**
 * A row with its number.
 *
 * @since 0.1.0
 * @category models
 */
export interface Entry extends Row {
  readonly seq: number
}

/**
 * A row that this version cannot read, kept as it is (`row`) and passed over. `newer` tells a row of a newer version, which is
 * never overtaken.
 *
 * @since 0.1.0
 * @category models
 */
export interface Unreadable {
  readonly seq: number
  readonly newer: boolean
  readonly row: unknown
}

/**
 * What the whole queue waits for. The time is kept as what was seen (`seenAt`, in milliseconds since the epoch) and for
 * how long (`length`, in milliseconds), so that a clock set back can only start the length again. `named` tells a time
 * that the server named: nothing but its passing ends it.
 *
 * @since 0.1.0
 * @category models
 */
export const Wait = Schema.Struct({
  reason: Schema.Literal("Offline", "BackingOff", "RateLimited", "Quota", "LookingUp"),
  seenAt: Schema.Finite,
  length: Schema.Finite,
  named: Schema.Boolean,
  restarted: Schema.Boolean,
  error: optional(TransportError)
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Wait extends Schema.Schema.Type<typeof Wait> {}

/**
 * Why nothing is sent until something changes: `SignInNeeded` and `WrongAccount` end with other credentials or by the
 * user, `ByUser` by the user.
 *
 * @since 0.1.0
 * @category models
 */
export const PauseReason = Schema.Literal("SignInNeeded", "WrongAccount", "ByUser")

/**
 * @since 0.1.0
 * @category models
 */
export type PauseReason = typeof PauseReason.Type

/**
 * What is known of a workspace as a whole: `turn` counts the steps of its attempts, `open` holds the numbers of the
 * entries that may be applied at any moment, `fetchedAt` is when Toggl last gave the whole list (milliseconds since the
 * epoch). A list is stored only if `turn` stood still and nothing was open while it was read; `crossed` is the step at
 * which one was last given up for that, if none has been stored since.
 *
 * @since 0.1.0
 * @category models
 */
export const Workspace = Schema.Struct({
  turn: Schema.Int,
  open: Schema.Array(Schema.Int),
  fetchedAt: optional(Schema.Finite),
  crossed: optional(Schema.Int)
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Workspace extends Schema.Schema.Type<typeof Workspace> {}

/**
 * The hourly quota as an answer stated it at `seenAt` (milliseconds since the epoch): the requests that remain, and in
 * how many milliseconds it starts anew.
 *
 * @since 0.1.0
 * @category models
 */
export const Quota = Schema.Struct({
  remaining: Schema.Finite,
  resetsIn: optional(Schema.Finite),
  seenAt: Schema.Finite
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Quota extends Schema.Schema.Type<typeof Quota> {}

/**
 * The queue's state, shared by all tabs. `store` is the database's own random id: one that was deleted and made anew
 * has another, so that no fence of the old one holds. `fence` is the number of the replayer whose turn it is, `step`
 * counts its steps, `run` is its progress, `quota` holds what was last heard of each workspace's quota, `prunedAt` is when old outcomes were last forgotten (milliseconds since the
 * epoch).
 *
 * @since 0.1.0
 * @category models
 */
export const QueueState = Schema.Struct({
  version: Schema.Literal(version),
  store: Schema.String,
  fence: Schema.Int,
  step: Schema.Int,
  failures: Schema.Int,
  run: optional(Schema.Struct({ fence: Schema.Int, done: Schema.Int, total: Schema.Int })),
  wait: optional(Wait),
  paused: optional(PauseReason),
  userId: optional(Schema.Int),
  prunedAt: optional(Schema.Finite),
  quota: optional(Schema.Record({ key: Schema.String, value: Quota })),
  workspaces: Schema.Record({
    key: Schema.String,
    value: Workspace
  })
})

/**
 * @since 0.1.0
 * @category models
 */
export interface QueueState extends Schema.Schema.Type<typeof QueueState> {}

/**
 * How an entry ended: Toggl's answer (the client, or the archived projects' ids where they are known), a refusal that
 * the caller heard, or discarded by the user.
 *
 * @since 0.1.0
 * @category models
 */
export const Ending = Schema.Union(
  Schema.TaggedStruct("Done", {
    clientId: optional(ClientId),
    client: optional(Client),
    projects: optional(Schema.Array(ProjectId))
  }),
  Schema.TaggedStruct("Refused", { error: Refusal }),
  Schema.TaggedStruct("Discarded", {})
)

/**
 * @since 0.1.0
 * @category models
 */
export type Ending = typeof Ending.Type

/**
 * An entry's ending as it is kept, with what was asked for and when it ended (milliseconds since the epoch).
 *
 * @since 0.1.0
 * @category models
 */
export const Outcome = Schema.Struct({
  version: Schema.Literal(version),
  id: EntryId,
  mutation: Mutation,
  endedAt: Schema.Finite,
  ending: Ending
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Outcome extends Schema.Schema.Type<typeof Outcome> {}
