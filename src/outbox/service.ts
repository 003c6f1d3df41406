// What an outbox is to its users: the service, its tag, and the types that it speaks in.
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import * as Schema from "effect/Schema"
import { AnyClientId, type ClientId, type UpdateInput, type WorkspaceId } from "../Client.js"
import {
  type BadRequest,
  type Discarded,
  type EntryNotFound,
  type InvalidConfiguration,
  type InvalidImport,
  type InvalidName,
  type NotSaved,
  type NotTakenOver,
  Refusal,
  type StorageError,
  type Unauthorized,
  type WrongAccount
} from "../ClientError.js"
import type { CallError } from "../ClientsApi.js"
import type { Credentials } from "../Credentials.js"
import { Ending, EntryId } from "../Entry.js"
import { Mutation } from "../Mutation.js"
import type { Reads } from "../read/service.js"
import type { Receipt } from "../Receipt.js"
import type { Conflicts } from "../instance/settings.js"
import { type Quota, type Status, WaitingFor } from "../Status.js"

/**
 * An entry of the outbox as its user may see it.
 *
 * @since 0.1.0
 * @category models
 */
export interface EntryView {
  /** Names the entry on every device; missing where its row cannot be read. */
  readonly id: EntryId | undefined
  /** Its place in the order, a number that only grows. `Outbox.discard` takes it for a row that cannot be read. */
  readonly seq: number
  /** What was asked for: `Mutation.describe` makes a line of it. Missing where the row cannot be read. */
  readonly mutation: Mutation | undefined
  /** The client that it is about: Toggl's id once it is known, a local one until then. */
  readonly clientId: AnyClientId | undefined
  /** The client's name before it; missing for a create, and where the name is not known here. */
  readonly nameBefore: string | undefined
  /** The client's name after it; missing for a delete, and where the name is not known here. */
  readonly nameAfter: string | undefined
  /** When the change was accepted, in milliseconds since the epoch. */
  readonly acceptedAt: number | undefined
  /** How many requests for it may have left this device: none while that is offline. */
  readonly attempts: number
  /** Whether it is still to be sent, waits for its user since Toggl has refused it, or cannot be read. */
  readonly state: "Waiting" | "Refused" | "Unreadable"
  /** What a waiting one waits for: `Status.describe` makes a line of it. */
  readonly reason: WaitingFor | undefined
  /** Why Toggl refused it. */
  readonly refused: Refusal | undefined
  /** The entries that are held by it, and go with it when it is discarded. */
  readonly dependents: ReadonlyArray<EntryId>
  /** The row as it is, where it cannot be read. */
  readonly row: unknown
}

/**
 * An entry, as it crosses to another process. Its encoded side is JSON, but for `row`, which is whatever stands there.
 *
 * @since 0.1.0
 * @category schemas
 */
export const EntryView = /*#__PURE__*/ Schema.Struct({
  id: /*#__PURE__*/ Schema.UndefinedOr(EntryId),
  seq: Schema.Number,
  mutation: /*#__PURE__*/ Schema.UndefinedOr(Mutation),
  clientId: /*#__PURE__*/ Schema.UndefinedOr(AnyClientId),
  nameBefore: /*#__PURE__*/ Schema.UndefinedOr(Schema.String),
  nameAfter: /*#__PURE__*/ Schema.UndefinedOr(Schema.String),
  acceptedAt: /*#__PURE__*/ Schema.UndefinedOr(Schema.Number),
  attempts: Schema.Number,
  state: /*#__PURE__*/ Schema.Literal("Waiting", "Refused", "Unreadable"),
  reason: /*#__PURE__*/ Schema.UndefinedOr(WaitingFor),
  refused: /*#__PURE__*/ Schema.UndefinedOr(Refusal),
  dependents: /*#__PURE__*/ Schema.Array(EntryId),
  row: Schema.Unknown
})

/**
 * What to send in place of what was refused: another name or other notes.
 *
 * @since 0.1.0
 * @category models
 */
export type Edit = UpdateInput

/**
 * An entry that `Outbox.discard` has taken out of the outbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface DiscardedEntry {
  /** The entry that is gone. */
  readonly id: EntryId
  /** An attempt at it had got no answer by then, and Toggl may have done it all the same. */
  readonly mayHaveBeenApplied: boolean
}

/**
 * How entries are exported.
 *
 * @since 0.1.0
 * @category models
 */
export interface ExportOptions {
  /** Whether what is exported leaves the outbox, to be sent from wherever the file is imported. Off unless given. */
  readonly take?: boolean | undefined
}

/**
 * An entry that was taken out of the outbox into a file, and is kept until the app confirms that file.
 *
 * @since 0.1.0
 * @category models
 */
export interface MovedEntry {
  /** Names the entry here and wherever the file is imported. */
  readonly id: EntryId
  /** What was asked for. */
  readonly mutation: Mutation
  /** When the change was accepted, in milliseconds since the epoch. */
  readonly acceptedAt: number
  /** An attempt at it had got no answer by then, and Toggl may have done it all the same. */
  readonly mayHaveBeenApplied: boolean
}

/**
 * An outbox of this library in another database of this browser, with changes that are not sent from here.
 *
 * @since 0.1.0
 * @category models
 */
export interface OtherOutbox {
  /** What the app called its user. */
  readonly account: string
  /** The base URL that it was opened with. */
  readonly baseUrl: string
  /** How many changes are still to be sent. */
  readonly waiting: number
  /** How many were refused, and wait for their user. */
  readonly refused: number
  /** How many rows cannot be read. */
  readonly unreadable: number
  /** When the oldest of those that wait was accepted, in milliseconds since the epoch. */
  readonly since: number | undefined
  /** The id of the Toggl user whose changes they are, where that is known. */
  readonly userId: number | undefined
  /** Why nothing of it can be read now: nothing else is known of it then. */
  readonly error: StorageError | undefined
}

/**
 * How an entry stands: still in the outbox (`Waiting`, `Standing` among the refused that the user decides on), or ended.
 * `Unknown`: never seen, or ended too long ago.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome =
  | Ending
  | {
      readonly _tag: "Waiting"
      /** What it waits for: `Status.describe` makes a line of it. */
      readonly reason: WaitingFor
    }
  | {
      readonly _tag: "Standing"
      /** Why Toggl refused it. */
      readonly error: Refusal
    }
  | { readonly _tag: "Unknown" }

/**
 * How an entry stands, as it crosses to another process. Its encoded side is JSON.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Outcome = /*#__PURE__*/ Schema.Union(
  ...Ending.members,
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("Waiting"), reason: WaitingFor }),
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("Standing"), error: Refusal }),
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("Unknown") })
)

/**
 * How a flush goes.
 *
 * @since 0.1.0
 * @category models
 */
export interface FlushOptions {
  /** How long it may take: it tells then what has come of it so far. Endless unless given; a bare number is in milliseconds. */
  readonly timeLimit?: Duration.DurationInput | undefined
}

/**
 * What came of a flush, of the changes that were accepted before it. What the user takes out meanwhile is in none of the three.
 *
 * @since 0.1.0
 * @category models
 */
export interface Flushed {
  /** How many Toggl has now. */
  readonly sent: number
  /** How many it has refused. */
  readonly refused: number
  /** Those that are still to be sent, in their order, each with what it waits for. */
  readonly waiting: ReadonlyArray<{
    /** Names the entry that is still to be sent. */
    readonly entryId: EntryId
    /** What it waits for: `Status.describe` makes a line of it. */
    readonly reason: WaitingFor
  }>
}

/**
 * What came of signing in: whose the credentials are, or why that could not be asked now, as where the device is
 * offline. Then they are tried with the next request.
 *
 * @since 0.1.0
 * @category models
 */
export type SignedIn =
  | {
      /** Toggl has said whose the credentials are. */
      readonly checked: true
      /** The id of the Toggl user whose they are. */
      readonly userId: number
    }
  | {
      /** Toggl could not be asked now whose they are. */
      readonly checked: false
      /** Why not: `Status.describe` makes a line of it. */
      readonly reason: WaitingFor
    }

/**
 * The outbox of one account. Each function of the module `Outbox` is the one of the same name here.
 *
 * @since 0.1.0
 * @category services
 */
export interface OutboxService {
  /** What `Clients` reads: Toggl's last known state with the pending changes on it. */
  readonly reads: Reads
  /**
   * Keeps a mutation, and waits for the first attempt at it no longer than the patience. `since`: when its caller began, in
   * milliseconds of the monotonic clock; now, unless given. See `Outbox.submit`.
   */
  readonly submit: (
    mutation: Mutation,
    since?: number
  ) => Effect.Effect<Receipt<Ending>, Refusal | Discarded | NotSaved>
  /** How an entry stands or ended, also after a restart. See `Outbox.outcome`. */
  readonly outcome: (id: EntryId) => Effect.Effect<Outcome, StorageError>
  /** Waits until an entry has ended, however long that takes and whichever tab sends it. */
  readonly awaitOutcome: (id: EntryId) => Effect.Effect<Ending, EntryNotFound | StorageError>
  /** Waits until Toggl has all that can be sent: the refused, the set-aside and what depends on them do not count. */
  readonly awaitDrained: Effect.Effect<void>
  /** Sends what was accepted before, as far as that works now, and tells what came of it. See `Outbox.flush`. */
  readonly flush: (options?: FlushOptions) => Effect.Effect<Flushed, StorageError>
  /** What is true of the queue now. */
  readonly status: Effect.Effect<Status>
  /** What Toggl last said of a workspace's hourly quota, in any tab; missing where it said nothing since that started anew. */
  readonly quota: (workspaceId: WorkspaceId) => Effect.Effect<Quota | undefined>
  /** The status now, and again whenever it changes, whichever tab causes it. */
  readonly changes: Stream.Stream<Status>
  /** All entries in their order, once: those that wait, the refused, and rows that cannot be read. */
  readonly entries: Effect.Effect<ReadonlyArray<EntryView>, StorageError>
  /** All entries now, and again whenever one of them changes. Those that do not are the same objects as before. */
  readonly watchEntries: Stream.Stream<ReadonlyArray<EntryView>>
  /** Sends a refused or set-aside entry again in its old place, with another name or other notes where `edit` gives them. */
  readonly retry: (
    id: EntryId,
    edit?: Edit
  ) => Effect.Effect<void, EntryNotFound | InvalidName | BadRequest | StorageError>
  /** Takes an entry out of the outbox with all that depends on it, and gives all that went. See `Outbox.discard`. */
  readonly discard: (
    entry: EntryId | Pick<EntryView, "seq">
  ) => Effect.Effect<ReadonlyArray<DiscardedEntry>, EntryNotFound | StorageError>
  /** Settles an `Undecided` create or rename as that client of Toggl's. See `Outbox.adopt`. */
  readonly adopt: (
    id: EntryId,
    clientId: ClientId
  ) => Effect.Effect<void, EntryNotFound | BadRequest | CallError | StorageError>
  /** All entries as JSON for a file of the user's; with `take` they leave the outbox. See `Outbox.exportEntries`. */
  readonly exportEntries: (options?: ExportOptions) => Effect.Effect<string, StorageError>
  /** Says that a file of taken entries is in safety: they are no longer kept here. Gives how many there were. */
  readonly confirmExport: (json: string) => Effect.Effect<number, InvalidImport | StorageError>
  /** The entries that were taken into a file which the app has not confirmed yet. */
  readonly moved: Effect.Effect<ReadonlyArray<MovedEntry>, StorageError>
  /** Adds the entries of a file to the end of this outbox, each once, and gives how many were new. */
  readonly importEntries: (json: string) => Effect.Effect<number, InvalidImport | StorageError>
  /** Outboxes in other databases of this browser, with changes that this one does not send. See `Outbox.others`. */
  readonly others: Effect.Effect<ReadonlyArray<OtherOutbox>, StorageError>
  /** Moves the changes of another database to the end of this outbox, and gives how many came. See `Outbox.takeOver`. */
  readonly takeOver: (
    other: Pick<OtherOutbox, "account" | "baseUrl">
  ) => Effect.Effect<number, NotTakenOver | StorageError>
  /** Sends nothing until `resume`, over restarts and in all tabs. Changes are still accepted. */
  readonly pause: Effect.Effect<void, StorageError>
  /** Ends any pause, and tries credentials that Toggl has refused once more. */
  readonly resume: Effect.Effect<void, StorageError>
  /** Tries now instead of backing off further, and does not wait for what comes of it: `flush` does. */
  readonly replayNow: Effect.Effect<void>
  /** Asks the browser to keep what is stored here, and gives its answer; none where nobody says. See `Outbox.persist`. */
  readonly persist: Effect.Effect<Option.Option<boolean>>
  /** Sets credentials, or asks their source again, tries them once, and tells whose they are. See `Outbox.signIn`. */
  readonly signIn: (
    credentials?: Credentials
  ) => Effect.Effect<SignedIn, InvalidConfiguration | Unauthorized | WrongAccount>
  /** Sends nothing until somebody has signed in anew. Everything stays on this device. See `Outbox.signOut`. */
  readonly signOut: Effect.Effect<void, StorageError>
  /** Removes everything of this account from this device, what was not sent included. Never undone. */
  readonly purge: Effect.Effect<void, StorageError>
}

/**
 * The tag of the outbox: `Outbox.layer` provides it, and the layers of `Clients` do.
 *
 * @since 0.1.0
 * @category tags
 */
export class Outbox extends Context.Tag("effect-toggl-clients/Outbox")<Outbox, OutboxService>() {}

/**
 * The longest and the shortest of the backoff between attempts.
 *
 * @since 0.1.0
 * @category models
 */
export interface BackoffOptions {
  /** The first try after a failure comes within so long, and each further failure doubles that. 1 second unless given. */
  readonly base?: Duration.DurationInput | undefined
  /** No try comes later than so long after the last. 5 minutes unless given. */
  readonly cap?: Duration.DurationInput | undefined
}

/**
 * Settings of an outbox. Bare numbers of durations are in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface OutboxOptions {
  /** Names whose outbox this is, as the app knows the user. Never a token. It marks exported files and labels the metrics. */
  readonly account: string
  /** How long a caller waits for the first attempt at its change. 10 seconds unless given. */
  readonly patience?: Duration.DurationInput | undefined
  /**
   * How much longer than the request limit an unanswered attempt is left alone before it is looked up. 5 seconds unless
   * given, and a second at the least.
   */
  readonly margin?: Duration.DurationInput | undefined
  /** When it is tried again after failures: within `base * 2^n` after `n` of them, at the latest after `cap`. */
  readonly backoff?: BackoffOptions | undefined
  /**
   * After how many failures in a row, of whichever kind, an entry is set aside, where another change has got through since
   * the first of them. 5 unless given.
   */
  readonly setAsideAfter?: number | undefined
  /**
   * Whether changes of one client go as one request where that changes nothing but the count. On unless given. Before names
   * are left out that way, one list of the workspace is read in a run: none of them must be another client's. A client that was
   * made and deleted before anything of it was sent costs no request at all.
   */
  readonly merge?: boolean | undefined
  /** What becomes of changes that others make of the same client meanwhile. `LastWriteWins` unless given. */
  readonly conflicts?: Conflicts | undefined
  /**
   * Whether deletes, and archives, of one workspace that come next one after the other go as one request, where the service
   * knows such requests; elsewhere they go one by one, and that is remembered for the session. Of projects that were archived
   * with several clients at once it is not told whose they are. Off unless given.
   */
  readonly bulk?: boolean | undefined
  /**
   * How many requests of the hourly quota are left for the app's own reads: with so few remaining the queue waits until the
   * quota starts anew, and reads still go. 0 waits as soon as nothing remains, instead of asking once more. Unless given, the
   * queue goes on until Toggl refuses.
   */
  readonly reserve?: number | undefined
  /** The most UTF-8 bytes of a name that an entry is retried with. 255 unless given. */
  readonly maxNameBytes?: number | undefined
  /**
   * The `fetch` that requests end in, where they do: it lets a tab that was stopped between the mark and the request see that
   * its turn has passed. `Clients.layerBrowser` gives it.
   */
  readonly fetch?: typeof globalThis.fetch | undefined
}
