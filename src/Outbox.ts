/**
 * The outbox: mutations that are kept until Toggl has answered, and sent in the order in which they were accepted.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { ClientId, WorkspaceId } from "./Client.js"
import type { InvalidConfiguration, StorageError, Unauthorized, WrongAccount } from "./ClientError.js"
import type { ClientsApi } from "./ClientsApi.js"
import type { Connectivity } from "./Connectivity.js"
import type { Credentials, CurrentCredentials } from "./Credentials.js"
import type { EntryId } from "./Entry.js"
import { type Mutation, operation } from "./Mutation.js"
import * as outbox from "./outbox/make.js"
import {
  type Edit,
  type EntryView,
  type ExportOptions,
  type Flushed,
  type FlushOptions,
  type MovedEntry,
  type OutboxOptions,
  type OtherOutbox,
  Outbox,
  type OutboxService,
  type SignedIn
} from "./outbox/service.js"
import type { OutboxStore } from "./OutboxStore.js"
import type { ReplayLock } from "./ReplayLock.js"
import type { Quota, Status } from "./Status.js"

export * from "./outbox/service.js"
export { type Reads } from "./read/service.js"
export { type Conflicts } from "./instance/settings.js"
export { depth, oldestAge, refusals, replays } from "./instance/metrics.js"

/**
 * The outbox over the given ports. It replays for as long as the scope is open. Fails with `InvalidConfiguration`, which
 * says what to set.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: (
  options: OutboxOptions
) => Effect.Effect<
  OutboxService,
  InvalidConfiguration,
  ClientsApi | Connectivity | CurrentCredentials | OutboxStore | ReplayLock | Scope.Scope
> = outbox.make

/**
 * The outbox over the ports that are provided, as a layer. See {@link make}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options: OutboxOptions
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
 * All entries now, and again whenever one of them changes, whichever tab causes it: who is shown this knows what waits, for
 * what, and what was refused. It never fails: where the storage cannot be read, the entries that are known show it as their
 * `reason`. Entries that show the same as before are the same objects.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 * import { Mutation, Outbox, Status } from "effect-toggl-clients"
 *
 * const line = ({ mutation, nameBefore, reason }: Outbox.EntryView, now: number) =>
 *   mutation === undefined || reason === undefined
 *     ? "cannot be sent"
 *     : `${Mutation.describe(mutation, nameBefore)} (${Status.describe(reason, now)})` // rename Acme to Acme Ltd (offline, ...)
 *
 * const program = Stream.zipLatestWith(Outbox.watchEntries, Status.clock, (entries, now) =>
 *   entries.map((entry) => line(entry, now))
 * ).pipe(Stream.runForEach((lines) => Effect.log(lines.join("; "))))
 *
 * @since 0.1.0
 * @category status
 */
export const watchEntries: Stream.Stream<ReadonlyArray<EntryView>, never, Outbox> = Stream.unwrap(
  Effect.map(Outbox, (outbox) => outbox.watchEntries)
)

/**
 * Sends a refused or set-aside entry again, in its old place, with another name or other notes where `edit` gives them;
 * an entry whose attempt got no answer can be edited too. What Toggl may have applied is looked up first: of an edit only
 * what it lacks is sent then. Fails with `InvalidName` where the edited name cannot be used, with `BadRequest` where plain JavaScript gives no text,
 * and with `EntryNotFound` where there is nothing to repair.
 *
 * @since 0.1.0
 * @category repair
 */
export const retry = (id: EntryId, edit?: Edit) => Effect.flatMap(Outbox, (outbox) => outbox.retry(id, edit))

/**
 * Takes an entry out of the outbox, and with it all that depends on it; gives all that went, and of each whether Toggl
 * may have applied it: an attempt at it was under way, or had got no answer. A waiting entry is cancelled so, any other
 * given up; an answer that still comes is kept as its outcome. A row that cannot be read is named by its number. Fails
 * with `EntryNotFound` where the entry is no longer there.
 *
 * @since 0.1.0
 * @category repair
 */
export const discard = (entry: EntryId | Pick<EntryView, "seq">) =>
  Effect.flatMap(Outbox, (outbox) => outbox.discard(entry))

/**
 * Settles a create or a rename that is `Undecided` as this client of Toggl's, which is asked for first: the local id is
 * that client's from then on, and what depends on the change goes on. Where it was edited since it was sent, it goes on as
 * an update of what the edit asks for and the client lacks.
 *
 * Fails with `EntryNotFound` where the entry is not undecided, with `BadRequest` where the client is another change's, with
 * `NotFound` where Toggl has no such client, and as any request does.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import { Outbox } from "effect-toggl-clients"
 *
 * // The user has looked at Toggl, and the client that was found is the one that was made.
 * const program = Effect.gen(function* () {
 *   for (const { id, refused } of yield* Outbox.entries) {
 *     if (id === undefined || refused?._tag !== "Undecided") continue
 *     const [found] = refused.found
 *     if (found !== undefined) yield* Outbox.adopt(id, found.id)
 *   }
 * })
 *
 * @since 0.1.0
 * @category repair
 */
export const adopt = (id: EntryId, clientId: ClientId) => Effect.flatMap(Outbox, (outbox) => outbox.adopt(id, clientId))

/**
 * All entries as JSON, for a file that the user keeps. It holds customers' names and no credentials. Rows that cannot be
 * read stand in it to be looked at; no import takes them.
 *
 * With `take` they leave the outbox in the same transaction, to be sent from wherever the file is imported: the file holds
 * what is gone, in its order, under the same ids. Whoever waits for one of them hears `Discarded`, with `isMoved`. What
 * Toggl may have applied is looked up there before it is sent again. Rows that cannot be read stay, and what has its client
 * or a name in common with one of them. Until {@link confirmExport} it all is kept here too, where nothing sends it, and
 * each further `take` gives it again: so nothing is lost where the app ends before it has saved the file.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import { Outbox } from "effect-toggl-clients"
 *
 * // `save` is the app's: it succeeds once the file is where the user wants it.
 * const move = <E>(save: (file: string) => Effect.Effect<void, E>) =>
 *   Effect.gen(function* () {
 *     const file = yield* Outbox.exportEntries({ take: true })
 *     yield* save(file)
 *     yield* Outbox.confirmExport(file)
 *   })
 *
 * @since 0.1.0
 * @category repair
 */
export const exportEntries = (options?: ExportOptions): Effect.Effect<string, StorageError, Outbox> =>
  Effect.flatMap(Outbox, (outbox) => outbox.exportEntries(options))

/**
 * Says that a file of taken entries is in safety: what it holds is no longer kept here, nor given by another `take`. Gives
 * how many there were. Fails with `InvalidImport` where the text is no such file, or another account's.
 *
 * @since 0.1.0
 * @category repair
 */
export const confirmExport = (json: string) => Effect.flatMap(Outbox, (outbox) => outbox.confirmExport(json))

/**
 * The entries that were taken into a file which nobody has confirmed, in their order. An app that finds some at its start
 * ended before it had saved that file: it exports with `take` once more.
 *
 * @since 0.1.0
 * @category repair
 */
export const moved: Effect.Effect<ReadonlyArray<MovedEntry>, StorageError, Outbox> = Effect.flatMap(
  Outbox,
  (outbox) => outbox.moved
)

/**
 * Appends the entries of an exported file in their order, but for those whose ids are known here; gives how many. Those
 * that were taken out here are taken in again, unless Toggl's answer has come since. Files of earlier versions can be
 * imported too. Fails with `InvalidImport` where the text is no such file, a newer version's, or another account's.
 *
 * @since 0.1.0
 * @category repair
 */
export const importEntries = (json: string) => Effect.flatMap(Outbox, (outbox) => outbox.importEntries(json))

/**
 * Outboxes in other databases of this browser, with changes that this one does not send: of the same user where the
 * account or the base URL was spelt otherwise before, or of others who use this browser. Those with nothing in them are
 * left out. None where the browser does not tell its databases, as Firefox before 126, or where an app has
 * named its databases otherwise than `Clients.databaseName`: {@link takeOver} needs no list.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import { Outbox } from "effect-toggl-clients"
 *
 * // `isWanted` is the app's: it shows the user what was found, and asks.
 * const program = (isWanted: (other: Outbox.OtherOutbox) => Effect.Effect<boolean>) =>
 *   Effect.gen(function* () {
 *     for (const other of yield* Outbox.others) {
 *       if (yield* isWanted(other)) yield* Outbox.takeOver(other)
 *     }
 *   })
 *
 * @since 0.1.0
 * @category repair
 */
export const others: Effect.Effect<ReadonlyArray<OtherOutbox>, StorageError, Outbox> = Effect.flatMap(
  Outbox,
  (outbox) => outbox.others
)

/**
 * Moves the changes of another database to the end of this outbox, in their order, each once, wherever it is cut short;
 * gives how many came. What Toggl may have applied is looked up before it is sent again. Rows that cannot be read stay
 * there, and what has a client or a name in common with what they hold. Whether it is the same Toggl at that base URL, the
 * app has to know.
 *
 * Fails with `NotTakenOver` where there is no such database, where its changes are another user's than this outbox's, and
 * where another tab sends them at the moment. What was accepted there before any user was seen comes along.
 *
 * @since 0.1.0
 * @category repair
 */
export const takeOver = (other: Pick<OtherOutbox, "account" | "baseUrl">) =>
  Effect.flatMap(Outbox, (outbox) => outbox.takeOver(other))

/**
 * Sends nothing until {@link resume}, over restarts and in all tabs, whoever signs out and in meanwhile. Changes are still
 * accepted.
 *
 * @since 0.1.0
 * @category control
 */
export const pause: Effect.Effect<void, StorageError, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.pause)

/**
 * Ends any pause, and tries credentials that Toggl has refused once more. A time that Toggl itself named still holds; what a
 * page without its request id has named is over.
 *
 * @since 0.1.0
 * @category control
 */
export const resume: Effect.Effect<void, StorageError, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.resume)

/**
 * Tries now instead of backing off further. A time that Toggl itself named still holds; what a page without its request id
 * has named is over.
 *
 * @since 0.1.0
 * @category control
 */
export const replayNow: Effect.Effect<void, never, Outbox> = Effect.flatMap(Outbox, (outbox) => outbox.replayNow)

/**
 * Sends what was accepted before the call, in any tab, as far as that works now, and tells what came of it. It tries now
 * instead of backing off further, as {@link replayNow} does; a time that Toggl named, and the wait for an attempt that may still land, it
 * leaves alone. An attempt that another tab is making it waits for.
 *
 * It ends when all is through, at the first wait or pause, or at `timeLimit` (endless unless given). Calls at once share the
 * attempt. Interrupting it changes nothing: what is under way goes on. Fails with `StorageError` where what waits cannot be
 * read.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import { Outbox } from "effect-toggl-clients"
 *
 * // before the app ends
 * const program = Effect.gen(function* () {
 *   const { refused, sent, waiting } = yield* Outbox.flush({ timeLimit: "10 seconds" })
 *   yield* Effect.log(`${sent} sent, ${refused} refused, ${waiting.length} still to be sent`)
 * })
 *
 * @since 0.1.0
 * @category control
 */
export const flush = (options?: FlushOptions): Effect.Effect<Flushed, StorageError, Outbox> =>
  Effect.flatMap(Outbox, (outbox) => outbox.flush(options))

/**
 * Signs in: sets the credentials where their source can be set, or asks the source again where none are given; tries them
 * once, and tells whose they are. A pause until somebody signs in is over with it. Where Toggl cannot be asked now, as offline,
 * it says so (`checked: false`), and they are tried with the next request.
 *
 * Fails with `InvalidConfiguration` where the source cannot be set, or no request can be signed with them: the earlier ones
 * stay; with `Unauthorized` where there are none or Toggl refuses them, and with `WrongAccount` where they are another
 * user's than the account's: then nothing is sent from this tab. `GET /me`
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import { Credentials, Outbox } from "effect-toggl-clients"
 *
 * const program = (apiToken: string) =>
 *   Outbox.signIn(Credentials.token(apiToken)).pipe(
 *     Effect.map((signedIn) => (signedIn.checked ? "You are signed in." : "You are offline: this is checked later.")),
 *     Effect.catchTag("Unauthorized", "WrongAccount", (error) => Effect.succeed(error.message))
 *   )
 *
 * @since 0.1.0
 * @category control
 */
export const signIn = (
  credentials?: Credentials
): Effect.Effect<SignedIn, InvalidConfiguration | Unauthorized | WrongAccount, Outbox> =>
  Effect.flatMap(Outbox, (outbox) => outbox.signIn(credentials))

/**
 * Signs the account out: nothing is sent until the app sets other credentials, in any tab, or starts anew with some that
 * Toggl accepts as the account's user. What is on the wire now is looked up later. Everything stays on this device; see
 * {@link purge}.
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

/**
 * Asks the browser to keep what is stored here, though the disk be full, and gives its answer: whether it is promised now.
 * None where nobody says, as outside browsers, and in a browser without `navigator.storage`. The status tells it too
 * (`persisted`).
 *
 * It is asked for only so: Firefox asks the user, and goes on waiting for the answer as long as the user does, so ask when
 * the user will understand why, as after the first change that waits. Chromium and Safari decide by themselves, and may say
 * otherwise later: ask again. A worker can only hear what was promised to a page.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import * as Option from "effect/Option"
 * import { Outbox } from "effect-toggl-clients"
 *
 * const program = Effect.gen(function* () {
 *   const { persisted, waiting } = yield* Outbox.status
 *   if (waiting === 0 || persisted === true) return
 *   const answer = yield* Outbox.persist
 *   if (!Option.contains(answer, true)) yield* Effect.log("The browser may clear changes that wait here.")
 * })
 *
 * @since 0.1.0
 * @category control
 */
export const persist: Effect.Effect<Option.Option<boolean>, never, Outbox> = Effect.flatMap(
  Outbox,
  (outbox) => outbox.persist
)
