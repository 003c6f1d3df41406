// What an outbox is to its users: the service, its tag, and the types that it speaks in.
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Stream from "effect/Stream"
import type { ClientId, UpdateInput, WorkspaceId } from "../Client.js"
import type {
  BadRequest,
  Discarded,
  EntryNotFound,
  InvalidImport,
  InvalidName,
  NotSaved,
  NotTakenOver,
  Refusal,
  StorageError
} from "../ClientError.js"
import type { CallError } from "../ClientsApi.js"
import type { Ending, EntryId } from "../Entry.js"
import type { Mutation } from "../Mutation.js"
import type { Reads } from "../read/service.js"
import type { Receipt } from "../Receipt.js"
import type { Conflicts } from "../instance/settings.js"
import type { Quota, Status, WaitingFor } from "../Status.js"

/**
 * An entry of the outbox as the user may see it. `reason` says what a waiting one waits for; `refused` why Toggl refused
 * it; `dependents` are the entries that are held by it, and go with it when it is discarded. `mutation` is missing where
 * the row cannot be read: then `row` holds it as it is. `attempts` counts the requests for it that may have left this
 * device: none while that is offline.
 *
 * @since 0.1.0
 * @category models
 */
export interface EntryView {
  readonly id: EntryId | undefined
  readonly seq: number
  readonly mutation: Mutation | undefined
  readonly acceptedAt: number | undefined
  readonly attempts: number
  readonly state: "Waiting" | "Refused" | "Unreadable"
  readonly reason: WaitingFor | undefined
  readonly refused: Refusal | undefined
  readonly dependents: ReadonlyArray<EntryId>
  readonly row: unknown
}

/**
 * What to send in place of what was refused: another name or other notes.
 *
 * @since 0.1.0
 * @category models
 */
export type Edit = UpdateInput

/**
 * An entry that was discarded. `mayHaveBeenApplied`: an attempt at it had got no answer by then, and Toggl may have done
 * it all the same.
 *
 * @since 0.1.0
 * @category models
 */
export interface DiscardedEntry {
  readonly id: EntryId
  readonly mayHaveBeenApplied: boolean
}

/**
 * `take`: what is exported leaves the outbox. Off unless given.
 *
 * @since 0.1.0
 * @category models
 */
export interface ExportOptions {
  readonly take?: boolean | undefined
}

/**
 * An entry that was taken out of the outbox into a file, and is kept until the app confirms that file.
 * `mayHaveBeenApplied`: an attempt at it had got no answer by then, and Toggl may have done it all the same.
 *
 * @since 0.1.0
 * @category models
 */
export interface MovedEntry {
  readonly id: EntryId
  readonly mutation: Mutation
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number
  readonly mayHaveBeenApplied: boolean
}

/**
 * An outbox of this library in another database of this browser, with changes that are not sent from here. `refused` and
 * `unreadable` wait for their user; `since` is when the oldest of those that wait was accepted (milliseconds since the
 * epoch). `userId`: whose they are, where that is known. `error`: why nothing of it can be read now, and then nothing else
 * is known of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface OtherOutbox {
  readonly account: string
  readonly baseUrl: string
  readonly waiting: number
  readonly refused: number
  readonly unreadable: number
  readonly since: number | undefined
  readonly userId: number | undefined
  readonly error: StorageError | undefined
}

/**
 * How an entry stands: still in the outbox (`Waiting`, `Refused` among those that the user decides on), or ended.
 * `Unknown`: never seen, or ended too long ago.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome =
  | Ending
  | { readonly _tag: "Waiting"; readonly reason: WaitingFor }
  | { readonly _tag: "Standing"; readonly error: Refusal }
  | { readonly _tag: "Unknown" }

/**
 * The outbox of one account. Each function of this module is the one of the same name here, and describes it.
 *
 * @since 0.1.0
 * @category services
 */
export interface OutboxService {
  readonly reads: Reads
  /** `since`: when its caller began, in milliseconds of the monotonic clock; now, unless given. */
  readonly submit: (
    mutation: Mutation,
    since?: number
  ) => Effect.Effect<Receipt<Ending>, Refusal | Discarded | NotSaved>
  readonly outcome: (id: EntryId) => Effect.Effect<Outcome, StorageError>
  readonly awaitOutcome: (id: EntryId) => Effect.Effect<Ending, EntryNotFound | StorageError>
  readonly awaitDrained: Effect.Effect<void>
  readonly status: Effect.Effect<Status>
  readonly quota: (workspaceId: WorkspaceId) => Effect.Effect<Quota | undefined>
  readonly changes: Stream.Stream<Status>
  readonly entries: Effect.Effect<ReadonlyArray<EntryView>, StorageError>
  readonly retry: (
    id: EntryId,
    edit?: Edit
  ) => Effect.Effect<void, EntryNotFound | InvalidName | BadRequest | StorageError>
  readonly discard: (
    entry: EntryId | { readonly seq: number }
  ) => Effect.Effect<ReadonlyArray<DiscardedEntry>, EntryNotFound | StorageError>
  readonly adopt: (
    id: EntryId,
    clientId: ClientId
  ) => Effect.Effect<void, EntryNotFound | BadRequest | CallError | StorageError>
  readonly exportEntries: (options?: ExportOptions) => Effect.Effect<string, StorageError>
  readonly confirmExport: (json: string) => Effect.Effect<number, InvalidImport | StorageError>
  readonly moved: Effect.Effect<ReadonlyArray<MovedEntry>, StorageError>
  readonly importEntries: (json: string) => Effect.Effect<number, InvalidImport | StorageError>
  readonly others: Effect.Effect<ReadonlyArray<OtherOutbox>, StorageError>
  readonly takeOver: (
    other: Pick<OtherOutbox, "account" | "baseUrl">
  ) => Effect.Effect<number, NotTakenOver | StorageError>
  readonly pause: Effect.Effect<void, StorageError>
  readonly resume: Effect.Effect<void, StorageError>
  readonly replayNow: Effect.Effect<void>
  readonly persist: Effect.Effect<Option.Option<boolean>>
  readonly signOut: Effect.Effect<void, StorageError>
  readonly purge: Effect.Effect<void, StorageError>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class Outbox extends Context.Tag("effect-toggl-clients/Outbox")<Outbox, OutboxService>() {}

/**
 * - `account`: names whose outbox this is, as the app knows the user. Never a token. It marks exported files.
 * - `patience`: how long a caller waits for the first attempt at its change. 10 seconds unless given.
 * - `margin`: how much longer than the request limit an unanswered attempt is left alone before it is looked up.
 *   5 seconds unless given, and a second at the least.
 * - `backoff`: after `n` failures the next try comes within `base * 2^n`, at the latest after `cap`. 1 second and 5
 *   minutes unless given.
 * - `setAsideAfter`: after how many failures in a row, of whichever kind, an entry is set aside, where another change has
 *   got through since the first of them. 5 unless given.
 * - `merge`: whether changes of one client go as one request where that changes nothing but the count. On unless given.
 *   Before names are left out that way, one list of the workspace is read in a run: none of them must be another
 *   client's. A client that was made and deleted before anything of it was sent costs no request at all.
 * - `conflicts`: what becomes of changes that others make of the same client meanwhile; see {@link Conflicts}.
 *   `LastWriteWins` unless given.
 * - `bulk`: whether deletes, and archives, of one workspace that come next one after the other go as one request, where
 *   the service knows such requests; elsewhere they go one by one, and that is remembered for the session. Of projects
 *   that were archived with several clients at once it is not told whose they are. Off unless given.
 * - `reserve`: how many requests of the hourly quota are left for the app's own reads: with so few remaining the queue
 *   waits until the quota starts anew, and reads still go. 0 waits as soon as nothing remains, instead of asking once
 *   more. Unless given, the queue goes on until Toggl refuses.
 * - `maxNameBytes`: the most UTF-8 bytes of a name that an entry is retried with. 255 unless given.
 * - `fetch`: the `fetch` that requests end in, where they do: it lets a tab that was stopped between the mark and the
 *   request see that its turn has passed. `Clients.layerBrowser` gives it.
 *
 * @since 0.1.0
 * @category models
 */
export interface OutboxOptions {
  readonly account: string
  readonly patience?: Duration.DurationInput | undefined
  readonly margin?: Duration.DurationInput | undefined
  readonly backoff?:
    | { readonly base?: Duration.DurationInput | undefined; readonly cap?: Duration.DurationInput | undefined }
    | undefined
  readonly setAsideAfter?: number | undefined
  readonly merge?: boolean | undefined
  readonly conflicts?: Conflicts | undefined
  readonly bulk?: boolean | undefined
  readonly reserve?: number | undefined
  readonly maxNameBytes?: number | undefined
  readonly fetch?: typeof globalThis.fetch | undefined
}
