// What tells the errors apart.
import * as ours from "../error/guards.js"
import * as Predicate from "effect/Predicate"
import { Closed } from "./closed.js"
import type * as Errors from "./errors.js"
import { tags } from "./tags.js"
import type * as unions from "./unions.js"

/**
 * Whether it is an error of this door's: tags such as `NotFound` also name errors of other libraries.
 *
 * @since 0.1.0
 * @category guards
 */
export const isClientError = (u: unknown): u is Errors.ClientError => ours.isClientError(u) || isClosed(u)

/**
 * Whether it is what this operation rejects with: `switch (error._tag)` is exhaustive then.
 *
 * @example
 * import { isErrorOf, type TogglClients } from "effect-toggl-clients/promise"
 *
 * const rename = (toggl: TogglClients, workspaceId: number, id: number, name: string) =>
 *   toggl.update(workspaceId, id, { name }).catch((error: unknown) => {
 *     if (isErrorOf("update", error) && error._tag === "InvalidName") return error.reason // "Taken", for instance
 *     throw error
 *   })
 *
 * @since 0.1.0
 * @category guards
 */
export const isErrorOf = <Operation extends keyof unions.Errors>(
  operation: Operation,
  u: unknown
): u is unions.ErrorOf<Operation> => isClientError(u) && Predicate.hasProperty(tags[operation], u._tag)

/**
 * Whether it is a {@link Closed}: the app has closed what was called.
 *
 * @since 0.1.0
 * @category guards
 */
export const isClosed = (u: unknown): u is Closed => u instanceof Closed

/**
 * Whether it is a `NotFound`: Toggl knows no such client.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNotFound: (u: unknown) => u is Errors.NotFound = ours.isNotFound

/**
 * Whether it is a `Forbidden`: Toggl does not let this user do it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isForbidden: (u: unknown) => u is Errors.Forbidden = ours.isForbidden

/**
 * Whether it is a `InvalidName`: the name cannot be used.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInvalidName: (u: unknown) => u is Errors.InvalidName = ours.isInvalidName

/**
 * Whether it is a `InvalidStatus`: Toggl knows no such status.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInvalidStatus: (u: unknown) => u is Errors.InvalidStatus = ours.isInvalidStatus

/**
 * Whether it is a `BadRequest`: what was given is no such thing, or Toggl refuses it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isBadRequest: (u: unknown) => u is Errors.BadRequest = ours.isBadRequest

/**
 * Whether it is a `PlanRequired`: the workspace's plan does not include it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isPlanRequired: (u: unknown) => u is Errors.PlanRequired = ours.isPlanRequired

/**
 * Whether it is a `Gone`: Toggl no longer offers it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isGone: (u: unknown) => u is Errors.Gone = ours.isGone

/**
 * Whether it is a `Undecided`: nobody knows whether Toggl applied it.
 *
 * @since 0.1.0
 * @category guards
 */
export const isUndecided: (u: unknown) => u is Errors.Undecided = ours.isUndecided

/**
 * Whether it is a `Conflict`: a colleague changed what would have been overwritten.
 *
 * @since 0.1.0
 * @category guards
 */
export const isConflict: (u: unknown) => u is Errors.Conflict = ours.isConflict

/**
 * Whether it is a `Discarded`: the change was taken out of the outbox.
 *
 * @since 0.1.0
 * @category guards
 */
export const isDiscarded: (u: unknown) => u is Errors.Discarded = ours.isDiscarded

/**
 * Whether it is a `Unauthorized`: Toggl may not be asked with the credentials that there are.
 *
 * @since 0.1.0
 * @category guards
 */
export const isUnauthorized: (u: unknown) => u is Errors.Unauthorized = ours.isUnauthorized

/**
 * Whether it is a `CredentialsUnavailable`: the app's source of credentials cannot tell now.
 *
 * @since 0.1.0
 * @category guards
 */
export const isCredentialsUnavailable: (u: unknown) => u is Errors.CredentialsUnavailable =
  ours.isCredentialsUnavailable

/**
 * Whether it is a `QuotaExceeded`: the hourly quota is used up.
 *
 * @since 0.1.0
 * @category guards
 */
export const isQuotaExceeded: (u: unknown) => u is Errors.QuotaExceeded = ours.isQuotaExceeded

/**
 * Whether it is a `RateLimited`: Toggl is asked too often.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRateLimited: (u: unknown) => u is Errors.RateLimited = ours.isRateLimited

/**
 * Whether it is a `ServerError`: Toggl, or a proxy before it, failed.
 *
 * @since 0.1.0
 * @category guards
 */
export const isServerError: (u: unknown) => u is Errors.ServerError = ours.isServerError

/**
 * Whether it is a `Unreachable`: no answer came.
 *
 * @since 0.1.0
 * @category guards
 */
export const isUnreachable: (u: unknown) => u is Errors.Unreachable = ours.isUnreachable

/**
 * Whether it is a `RedirectedElsewhere`: the answer was a redirect.
 *
 * @since 0.1.0
 * @category guards
 */
export const isRedirectedElsewhere: (u: unknown) => u is Errors.RedirectedElsewhere = ours.isRedirectedElsewhere

/**
 * Whether it is a `UnexpectedAnswer`: the answer is none that Toggl gives.
 *
 * @since 0.1.0
 * @category guards
 */
export const isUnexpectedAnswer: (u: unknown) => u is Errors.UnexpectedAnswer = ours.isUnexpectedAnswer

/**
 * Whether it is a `StorageError`: the device's storage failed.
 *
 * @since 0.1.0
 * @category guards
 */
export const isStorageError: (u: unknown) => u is Errors.StorageError = ours.isStorageError

/**
 * Whether it is a `NotSaved`: the change could not be stored.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNotSaved: (u: unknown) => u is Errors.NotSaved = ours.isNotSaved

/**
 * Whether it is a `NoLocalCopy`: nothing of it is on this device.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNoLocalCopy: (u: unknown) => u is Errors.NoLocalCopy = ours.isNoLocalCopy

/**
 * Whether it is a `InvalidConfiguration`: a setting is missing or wrong.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInvalidConfiguration: (u: unknown) => u is Errors.InvalidConfiguration = ours.isInvalidConfiguration

/**
 * Whether it is a `EntryNotFound`: the outbox has no such entry.
 *
 * @since 0.1.0
 * @category guards
 */
export const isEntryNotFound: (u: unknown) => u is Errors.EntryNotFound = ours.isEntryNotFound

/**
 * Whether it is a `InvalidImport`: the file cannot be imported.
 *
 * @since 0.1.0
 * @category guards
 */
export const isInvalidImport: (u: unknown) => u is Errors.InvalidImport = ours.isInvalidImport

/**
 * Whether it is a `NotTakenOver`: the changes of another database were not taken over.
 *
 * @since 0.1.0
 * @category guards
 */
export const isNotTakenOver: (u: unknown) => u is Errors.NotTakenOver = ours.isNotTakenOver

/**
 * Whether it is a `WrongAccount`: the credentials are another user's.
 *
 * @since 0.1.0
 * @category guards
 */
export const isWrongAccount: (u: unknown) => u is Errors.WrongAccount = ours.isWrongAccount
