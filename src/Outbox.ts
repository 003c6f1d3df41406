/**
 * The outbox: mutations that are kept until Toggl has answered, and sent in the order in which they were accepted.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { AnyClientId, UpdateInput, WorkspaceId } from "./Client.js"
import type {
  BadRequest,
  Discarded,
  EntryNotFound,
  InvalidConfiguration,
  InvalidImport,
  InvalidName,
  NoLocalCopy,
  NotSaved,
  Refusal,
  StorageError
} from "./ClientError.js"
import type { ClientsApi, ListError } from "./ClientsApi.js"
import type { Connectivity } from "./Connectivity.js"
import type { CurrentCredentials } from "./Credentials.js"
import type { Ending, EntryId } from "./Entry.js"
import * as assembling from "./outbox/make.js"
import { type Mutation, operation } from "./Mutation.js"
import type { OutboxStore } from "./OutboxStore.js"
import type { Receipt } from "./Receipt.js"
import type { ReplayLock } from "./ReplayLock.js"
import type { Quota, Status, WaitingFor } from "./Status.js"
import type * as View from "./View.js"

/**
 * An entry of the outbox as the user may see it. `reason` says what a waiting one waits for; `refused` why Toggl refused
 * it; `dependents` are the entries that are held by it, and go with it when it is discarded. `mutation` is missing where
 * the row cannot be read: then `row` holds it as it is.
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
 * What `Clients` reads: Toggl's last known state with the pending changes on it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reads {
  readonly read: (
    workspaceId: WorkspaceId,
    freshness: View.Freshness
  ) => Effect.Effect<View.View, ListError | NoLocalCopy>
  readonly get: (
    workspaceId: WorkspaceId,
    id: AnyClientId,
    freshness: View.Freshness
  ) => Effect.Effect<View.ClientView, ListError | NoLocalCopy>
  readonly watch: (workspaceId: WorkspaceId) => Stream.Stream<View.View>
  /** Whether the id is Toggl's, or a local one that was given on this device. */
  readonly knows: (id: AnyClientId) => Effect.Effect<boolean>
}

/**
 * The outbox of one account. Each function of this module is the one of the same name here, and describes it.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service {
  readonly reads: Reads
  readonly submit: (mutation: Mutation) => Effect.Effect<Receipt<Ending>, Refusal | Discarded | NotSaved>
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
  ) => Effect.Effect<ReadonlyArray<EntryId>, EntryNotFound | StorageError>
  readonly exportEntries: Effect.Effect<string, StorageError>
  readonly importEntries: (json: string) => Effect.Effect<number, InvalidImport | StorageError>
  readonly pause: Effect.Effect<void, StorageError>
  readonly resume: Effect.Effect<void, StorageError>
  readonly replayNow: Effect.Effect<void>
  readonly signOut: Effect.Effect<void, StorageError>
  readonly purge: Effect.Effect<void, StorageError>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class Outbox extends Context.Tag("effect-toggl-clients/Outbox")<Outbox, Service>() {}

/**
 * What becomes of changes that others make of a client while one waits here. An update replaces the name and the notes
 * at once, so the field that it leaves alone is sent as it is known.
 *
 * - `LastWriteWins`: the other's change of a field stays unless this one changes that field too: one list of each
 *   workspace is read in a run before its first update that leaves a field alone, and what is changed between that list
 *   and the update is overwritten. Where Toggl refuses the list, what is known here has to do.
 * - `CheckFirst`: the client is read just before each update, one request more, and the update is refused as `Conflict`
 *   where someone else has changed a field that it changes. `Outbox.retry` of it goes on from what Toggl had.
 * - `Blind`: nothing is read to build an update on unless nothing is known, and whatever others changed since is
 *   overwritten.
 *
 * @since 0.1.0
 * @category models
 */
export type Conflicts = "LastWriteWins" | "CheckFirst" | "Blind"

/**
 * - `account`: names whose outbox this is, as the app knows the user. Never a token. It marks exported files.
 * - `patience`: how long a caller waits for the first attempt at its change. 10 seconds unless given.
 * - `margin`: how much longer than the request limit an unanswered attempt is left alone before it is looked up.
 *   5 seconds unless given, and a second at the least.
 * - `backoff`: after `n` failures the next try comes within `base * 2^n`, at the latest after `cap`. 1 second and 5
 *   minutes unless given.
 * - `setAsideAfter`: after how many failures of the server an entry is set aside, where other requests succeed. 5 unless
 *   given.
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
export interface Options {
  readonly account: string
  readonly patience?: Duration.DurationInput
  readonly margin?: Duration.DurationInput
  readonly backoff?: { readonly base?: Duration.DurationInput; readonly cap?: Duration.DurationInput }
  readonly setAsideAfter?: number
  readonly merge?: boolean
  readonly conflicts?: Conflicts
  readonly bulk?: boolean
  readonly reserve?: number
  readonly maxNameBytes?: number
  readonly fetch?: typeof globalThis.fetch
}

/**
 * The outbox over the given ports. It replays for as long as the scope is open. Fails with `InvalidConfiguration`, which
 * says what to set.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: (
  options: Options
) => Effect.Effect<
  Service,
  InvalidConfiguration,
  ClientsApi | Connectivity | CurrentCredentials | OutboxStore | ReplayLock | Scope.Scope
> = assembling.make

/**
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: Options
): Layer.Layer<
  Outbox,
  InvalidConfiguration,
  ClientsApi | Connectivity | CurrentCredentials | OutboxStore | ReplayLock
> => Layer.scoped(Outbox, make(options))

/**
 * Keeps a mutation and waits for the first attempt at it, no longer than the patience. `Clients` has a function for each
 * kind: call this for mutations that are data already.
 *
 * Fails with Toggl's refusal if it comes while the caller waits, with `Discarded` if the user takes the entry out
 * meanwhile, and with `NotSaved` where it could not be stored.
 *
 * @since 0.1.0
 * @category operations
 */
export const submit = (mutation: Mutation) =>
  Effect.withSpan(
    Effect.flatMap(Outbox, (outbox) => outbox.submit(mutation)),
    "Outbox.submit",
    { attributes: { operation: operation(mutation), workspaceId: mutation.workspaceId } }
  )

/**
 * How an entry stands or ended, by its id, also after a restart. The last 1,000 outcomes and those of 30 days are kept;
 * for an older one the answer is `Unknown`.
 *
 * @since 0.1.0
 * @category operations
 */
export const outcome = (id: EntryId) => Effect.flatMap(Outbox, (outbox) => outbox.outcome(id))

/**
 * Waits until an entry has ended, however long that takes and whichever tab sends it. Fails with `EntryNotFound` where
 * no such entry is known.
 *
 * @since 0.1.0
 * @category operations
 */
export const awaitOutcome = (id: EntryId) => Effect.flatMap(Outbox, (outbox) => outbox.awaitOutcome(id))

/**
 * Waits until Toggl has all that can be sent: what is refused, set aside, or depends on such an entry, does not count.
 *
 * @since 0.1.0
 * @category operations
 */
export const awaitDrained: Effect.Effect<void, never, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.awaitDrained)

/**
 * What is true of the queue now.
 *
 * @since 0.1.0
 * @category status
 */
export const status: Effect.Effect<Status, never, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.status)

/**
 * What Toggl last said of a workspace's hourly quota, in any tab: missing where it said nothing, or where the quota has
 * started anew since. The status holds it too, and {@link changes} tells of each change.
 *
 * @since 0.1.0
 * @category status
 */
export const quota = (workspaceId: WorkspaceId): Effect.Effect<Quota | undefined, never, Outbox> =>
  Effect.flatMap(Outbox, (outbox) => outbox.quota(workspaceId))

/**
 * The status now, and again whenever it changes, whichever tab causes it.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 * import { Outbox } from "effect-toggl-clients"
 *
 * const program = Stream.runForEach(Outbox.changes, (status) => Effect.log(`${status.waiting} changes wait`))
 *
 * @since 0.1.0
 * @category status
 */
export const changes: Stream.Stream<Status, never, Outbox> = Stream.unwrap(
  Effect.map(Outbox, (outbox) => outbox.changes)
)

/**
 * All entries in their order: those that wait, each with what it waits for; the refused, each with its error and what
 * depends on it; and rows that cannot be read, as they are.
 *
 * @since 0.1.0
 * @category status
 */
export const entries: Effect.Effect<ReadonlyArray<EntryView>, StorageError, Outbox> = Effect.flatMap(
  Outbox,
  (outbox) => outbox.entries
)

/**
 * Sends a refused or set-aside entry again, in its old place, with another name or other notes where `edit` gives them.
 * Fails with `InvalidName` where the edited name cannot be used, with `BadRequest` where plain JavaScript gives no text,
 * and with `EntryNotFound` where there is nothing to repair.
 *
 * @since 0.1.0
 * @category repair
 */
export const retry = (id: EntryId, edit?: Edit) => Effect.flatMap(Outbox, (outbox) => outbox.retry(id, edit))

/**
 * Takes an entry out of the outbox, and with it all that depends on it; gives the ids of all that went. A waiting entry
 * is cancelled so, a refused or set-aside one given up, though Toggl may have applied what is set aside; a row that cannot
 * be read is named by its number. Fails with `EntryNotFound` where the entry is being sent, waits to be looked up, or is
 * no longer there.
 *
 * @since 0.1.0
 * @category repair
 */
export const discard = (entry: EntryId | { readonly seq: number }) =>
  Effect.flatMap(Outbox, (outbox) => outbox.discard(entry))

/**
 * All entries as JSON, for a file that the user keeps. It holds customers' names and no credentials.
 *
 * @since 0.1.0
 * @category repair
 */
export const exportEntries: Effect.Effect<string, StorageError, Outbox> = Effect.flatMap(
  Outbox,
  (outbox) => outbox.exportEntries
)

/**
 * Appends the entries of an exported file in their order, but for those whose ids are known here; gives how many. Fails
 * with `InvalidImport` where the text is no such file, or another account's.
 *
 * @since 0.1.0
 * @category repair
 */
export const importEntries = (json: string) => Effect.flatMap(Outbox, (outbox) => outbox.importEntries(json))

/**
 * Sends nothing until {@link resume}, over restarts and in all tabs. Changes are still accepted.
 *
 * @since 0.1.0
 * @category control
 */
export const pause: Effect.Effect<void, StorageError, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.pause)

/**
 * Ends any pause. A time that Toggl named still holds.
 *
 * @since 0.1.0
 * @category control
 */
export const resume: Effect.Effect<void, StorageError, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.resume)

/**
 * Tries now instead of backing off further. A time that Toggl named still holds.
 *
 * @since 0.1.0
 * @category control
 */
export const replayNow: Effect.Effect<void, never, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.replayNow)

/**
 * Signs the account out: nothing is sent until other credentials come, in any tab, and what is on the wire now is looked
 * up later. Everything stays on this device; see {@link purge}.
 *
 * @since 0.1.0
 * @category control
 */
export const signOut: Effect.Effect<void, StorageError, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.signOut)

/**
 * Removes everything of this account from this device, what was not sent included, in one transaction. Never undone.
 *
 * @since 0.1.0
 * @category control
 */
export const purge: Effect.Effect<void, StorageError, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.purge)
