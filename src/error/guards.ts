// Any of the errors, and what tells each of them.
import type { ConfigError } from "effect/ConfigError"
import * as Predicate from "effect/Predicate"
import * as config from "../config.js"
import { TypeId } from "./base.js"
import type {
  BadRequest,
  Conflict,
  Discarded,
  Forbidden,
  Gone,
  InvalidName,
  InvalidStatus,
  NotFound,
  PlanRequired,
  Undecided
} from "./refusals.js"
import type {
  EntryNotFound,
  InvalidConfiguration,
  InvalidImport,
  NoLocalCopy,
  NotSaved,
  NotTakenOver,
  StorageError,
  WrongAccount
} from "./storage.js"
import type {
  CredentialsUnavailable,
  QuotaExceeded,
  RateLimited,
  RedirectedElsewhere,
  ServerError,
  Unauthorized,
  UnexpectedAnswer,
  Unreachable
} from "./transport.js"

/**
 * Any of the library's errors.
 *
 * @since 0.1.0
 * @category models
 */
export type ClientError =
  | NotFound
  | Forbidden
  | InvalidName
  | InvalidStatus
  | BadRequest
  | PlanRequired
  | Gone
  | Undecided
  | Conflict
  | Discarded
  | Unauthorized
  | CredentialsUnavailable
  | QuotaExceeded
  | RateLimited
  | ServerError
  | Unreachable
  | RedirectedElsewhere
  | UnexpectedAnswer
  | StorageError
  | NotSaved
  | NoLocalCopy
  | InvalidConfiguration
  | EntryNotFound
  | InvalidImport
  | NotTakenOver
  | WrongAccount

/**
 * Whether the value is one of this library's errors: tags such as `NotFound` also name errors of other libraries.
 *
 * @since 0.1.0
 * @category guards
 */
export const isClientError = (u: unknown): u is ClientError => Predicate.hasProperty(u, TypeId)

/**
 * One line for people, of any of our errors and of what a configuration lacks: it names the setting, says what to set, and
 * holds no value.
 *
 * @example
 * import * as Console from "effect/Console"
 * import * as Effect from "effect/Effect"
 * import { ClientError, Credentials } from "effect-toggl-clients"
 *
 * const program = Effect.void.pipe(
 *   Effect.provide(Credentials.layerConfig()),
 *   Effect.catchAll((error) => Console.error(ClientError.messageOf(error))) // TOGGL_API_TOKEN: set it to ...
 * )
 *
 * @since 0.1.0
 * @category formatting
 */
export const messageOf = (error: ClientError | ConfigError): string =>
  isClientError(error) ? error.message : config.messageOf(error)

const guard =
  <Tag extends ClientError["_tag"]>(tag: Tag) =>
  (u: unknown): u is Extract<ClientError, { readonly _tag: Tag }> =>
    isClientError(u) && u._tag === tag

/**
 * Whether it is the library's own {@link NotFound}: Toggl knows no such client.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNotFound: (u: unknown) => u is NotFound = /*#__PURE__*/ guard("NotFound")

/**
 * Whether it is the library's own {@link Forbidden}: Toggl does not let this user do it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isForbidden: (u: unknown) => u is Forbidden = /*#__PURE__*/ guard("Forbidden")

/**
 * Whether it is the library's own {@link InvalidName}: the name cannot be used.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInvalidName: (u: unknown) => u is InvalidName = /*#__PURE__*/ guard("InvalidName")

/**
 * Whether it is the library's own {@link InvalidStatus}: a list was asked for with a status that Toggl does not know.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInvalidStatus: (u: unknown) => u is InvalidStatus = /*#__PURE__*/ guard("InvalidStatus")

/**
 * Whether it is the library's own {@link BadRequest}: Toggl, or this library before it sends anything, refuses what was asked.
 *
 * @since 0.1.0
 * @category guards
 */
export const isBadRequest: (u: unknown) => u is BadRequest = /*#__PURE__*/ guard("BadRequest")

/**
 * Whether it is the library's own {@link PlanRequired}: the plan of the workspace does not include it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isPlanRequired: (u: unknown) => u is PlanRequired = /*#__PURE__*/ guard("PlanRequired")

/**
 * Whether it is the library's own {@link Gone}: Toggl no longer offers the operation.
 *
 * @since 0.1.0
 * @category guards
 */
export const isGone: (u: unknown) => u is Gone = /*#__PURE__*/ guard("Gone")

/**
 * Whether it is the library's own {@link Undecided}: nobody knows whether Toggl applied it, and the user decides.
 *
 * @since 0.1.0
 * @category guards
 */
export const isUndecided: (u: unknown) => u is Undecided = /*#__PURE__*/ guard("Undecided")

/**
 * Whether it is the library's own {@link Conflict}: a colleague changed what would have been overwritten.
 *
 * @since 0.1.0
 * @category guards
 */
export const isConflict: (u: unknown) => u is Conflict = /*#__PURE__*/ guard("Conflict")

/**
 * Whether it is the library's own {@link Discarded}: the change was taken out of the outbox.
 *
 * @since 0.1.0
 * @category guards
 */
export const isDiscarded: (u: unknown) => u is Discarded = /*#__PURE__*/ guard("Discarded")

/**
 * Whether it is the library's own {@link Unauthorized}: Toggl may not be asked with the credentials that there are.
 *
 * @since 0.1.0
 * @category guards
 */
export const isUnauthorized: (u: unknown) => u is Unauthorized = /*#__PURE__*/ guard("Unauthorized")

/**
 * Whether it is the library's own {@link CredentialsUnavailable}: the source of credentials cannot tell now.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCredentialsUnavailable: (u: unknown) => u is CredentialsUnavailable =
  /*#__PURE__*/ guard("CredentialsUnavailable")

/**
 * Whether it is the library's own {@link QuotaExceeded}: the hourly quota is used up.
 *
 * @since 0.1.0
 * @category guards
 */
export const isQuotaExceeded: (u: unknown) => u is QuotaExceeded = /*#__PURE__*/ guard("QuotaExceeded")

/**
 * Whether it is the library's own {@link RateLimited}: Toggl is asked too often.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRateLimited: (u: unknown) => u is RateLimited = /*#__PURE__*/ guard("RateLimited")

/**
 * Whether it is the library's own {@link ServerError}: Toggl, or a proxy before it, failed.
 *
 * @since 0.1.0
 * @category guards
 */
export const isServerError: (u: unknown) => u is ServerError = /*#__PURE__*/ guard("ServerError")

/**
 * Whether it is the library's own {@link Unreachable}: no answer came.
 *
 * @since 0.1.0
 * @category guards
 */
export const isUnreachable: (u: unknown) => u is Unreachable = /*#__PURE__*/ guard("Unreachable")

/**
 * Whether it is the library's own {@link RedirectedElsewhere}: the answer was a redirect.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRedirectedElsewhere: (u: unknown) => u is RedirectedElsewhere =
  /*#__PURE__*/ guard("RedirectedElsewhere")

/**
 * Whether it is the library's own {@link UnexpectedAnswer}: the answer is none that Toggl gives.
 *
 * @since 0.1.0
 * @category guards
 */
export const isUnexpectedAnswer: (u: unknown) => u is UnexpectedAnswer = /*#__PURE__*/ guard("UnexpectedAnswer")

/**
 * Whether it is the library's own {@link StorageError}: the device's storage failed.
 *
 * @since 0.1.0
 * @category guards
 */
export const isStorageError: (u: unknown) => u is StorageError = /*#__PURE__*/ guard("StorageError")

/**
 * Whether it is the library's own {@link NotSaved}: the change could not be stored.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNotSaved: (u: unknown) => u is NotSaved = /*#__PURE__*/ guard("NotSaved")

/**
 * Whether it is the library's own {@link NoLocalCopy}: nothing of what was asked is on this device.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNoLocalCopy: (u: unknown) => u is NoLocalCopy = /*#__PURE__*/ guard("NoLocalCopy")

/**
 * Whether it is the library's own {@link InvalidConfiguration}: a setting is missing or wrong.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInvalidConfiguration: (u: unknown) => u is InvalidConfiguration =
  /*#__PURE__*/ guard("InvalidConfiguration")

/**
 * Whether it is the library's own {@link EntryNotFound}: the outbox has no such entry, or none of which this can be done.
 *
 * @since 0.1.0
 * @category guards
 */
export const isEntryNotFound: (u: unknown) => u is EntryNotFound = /*#__PURE__*/ guard("EntryNotFound")

/**
 * Whether it is the library's own {@link InvalidImport}: the file cannot be imported.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInvalidImport: (u: unknown) => u is InvalidImport = /*#__PURE__*/ guard("InvalidImport")

/**
 * Whether it is the library's own {@link NotTakenOver}: the changes of another database were not taken over.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNotTakenOver: (u: unknown) => u is NotTakenOver = /*#__PURE__*/ guard("NotTakenOver")

/**
 * Whether it is the library's own {@link WrongAccount}: the credentials are another user's than the account's.
 *
 * @since 0.1.0
 * @category guards
 */
export const isWrongAccount: (u: unknown) => u is WrongAccount = /*#__PURE__*/ guard("WrongAccount")
