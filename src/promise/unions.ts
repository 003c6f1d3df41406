// What each operation can reject with.
import type { Closed } from "./closed.js"
import type {
  BadRequest,
  Discarded,
  EntryNotFound,
  Forbidden,
  Gone,
  InvalidConfiguration,
  InvalidImport,
  InvalidName,
  InvalidStatus,
  NoLocalCopy,
  NotFound,
  NotSaved,
  NotTakenOver,
  PlanRequired,
  Refusal,
  StorageError,
  TransportError,
  Unauthorized,
  WrongAccount
} from "./errors.js"

/**
 * What any operation can reject with: it was closed, or, as it starts with its first call, a setting turns out to be wrong there.
 *
 * @since 0.1.0
 * @category errors
 */
export type AnyError = Closed | InvalidConfiguration

/**
 * What asking Toggl for clients can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type CallError = TransportError | NotFound | Forbidden | BadRequest | PlanRequired | Gone

/**
 * Why a refresh came to nothing.
 *
 * @since 0.1.0
 * @category errors
 */
export type RefreshError = CallError | InvalidStatus | StorageError

/**
 * What a read can reject with.
 *
 * @since 0.1.0
 * @category errors
 */
export type ReadError = AnyError | CallError | InvalidStatus | NoLocalCopy

/**
 * What a change can reject with. Being offline, named times and missing sign-in are none of it: the change is `Queued`.
 *
 * @since 0.1.0
 * @category errors
 */
export type MutationError = AnyError | Refusal | Discarded | NotSaved

type Stored = AnyError | StorageError

/**
 * One union for each operation. Each also rejects with the signal's `reason` where that was aborted.
 *
 * @since 0.1.0
 * @category errors
 */
export interface Errors {
  /** What `list` rejects with. */
  readonly list: ReadError
  /** What `view` rejects with. */
  readonly view: ReadError
  /** What `get` rejects with. */
  readonly get: ReadError
  /** What `create` rejects with. */
  readonly create: MutationError
  /** What `update` rejects with. */
  readonly update: MutationError
  /** What `delete` rejects with. */
  readonly delete: MutationError
  /** What `archive` rejects with. */
  readonly archive: MutationError
  /** What `restore` rejects with. */
  readonly restore: MutationError
  /** What `readStatus` rejects with. */
  readonly readStatus: AnyError
  /** What `readEntries` rejects with. */
  readonly readEntries: Stored
  /** What `quota` rejects with. */
  readonly quota: AnyError | BadRequest
  /** What `outcome` rejects with. */
  readonly outcome: Stored | BadRequest
  /** What `awaitOutcome` rejects with. */
  readonly awaitOutcome: Stored | BadRequest | EntryNotFound
  /** What `awaitDrained` rejects with. */
  readonly awaitDrained: AnyError
  /** What `flush` rejects with. */
  readonly flush: Stored
  /** What `retry` rejects with. */
  readonly retry: Stored | BadRequest | EntryNotFound | InvalidName
  /** What `discard` rejects with. */
  readonly discard: Stored | BadRequest | EntryNotFound
  /** What `adopt` rejects with. */
  readonly adopt: Stored | CallError | EntryNotFound
  /** What `exportEntries` rejects with. */
  readonly exportEntries: Stored
  /** What `confirmExport` rejects with. */
  readonly confirmExport: Stored | InvalidImport
  /** What `moved` rejects with. */
  readonly moved: Stored
  /** What `importEntries` rejects with. */
  readonly importEntries: Stored | InvalidImport
  /** What `others` rejects with. */
  readonly others: Stored
  /** What `takeOver` rejects with. */
  readonly takeOver: Stored | NotTakenOver
  /** What `pause` rejects with. */
  readonly pause: Stored
  /** What `resume` rejects with. */
  readonly resume: Stored
  /** What `replayNow` rejects with. */
  readonly replayNow: AnyError
  /** What `persist` rejects with. */
  readonly persist: AnyError
  /** What `signIn` rejects with. */
  readonly signIn: AnyError | Unauthorized | WrongAccount
  /** What `signOut` rejects with. */
  readonly signOut: Stored
  /** What `purge` rejects with. */
  readonly purge: Stored
  /** What `whoAmI` rejects with. */
  readonly whoAmI: InvalidConfiguration | TransportError
}

/**
 * What an operation rejects with, by its name.
 *
 * @since 0.1.0
 * @category errors
 */
export type ErrorOf<Operation extends keyof Errors> = Errors[Operation]
