// The errors as plain types: the objects are those of the library, and every one is a real `Error`.
import type { Closed } from "./closed.js"
import type { Answered, Asked, Discarded, InvalidStatus, Refusal } from "./refusals.js"

export type * from "./refusals.js"

/**
 * Toggl may not be asked with the credentials that there are.
 *
 * @since 0.1.0
 * @category transport
 */
export interface Unauthorized extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "Unauthorized"
  /** There are none, Toggl does not accept them, the account was signed out here, or they are another user's. */
  readonly reason: "Missing" | "Refused" | "SignedOut" | "WrongAccount"
  /** How many log-ins are left before Toggl locks them for five minutes, where it says so. */
  readonly remainingAttempts?: number
}

/**
 * The app's source of credentials cannot tell now: nothing was sent.
 *
 * @since 0.1.0
 * @category transport
 */
export interface CredentialsUnavailable extends Asked {
  /** Tells it from the other errors. */
  readonly _tag: "CredentialsUnavailable"
}

/**
 * The hourly quota of the organization is used up (402).
 *
 * @since 0.1.0
 * @category transport
 */
export interface QuotaExceeded extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "QuotaExceeded"
  /** In how many milliseconds from the answer all is there again, where Toggl says so. */
  readonly retryAfter?: number
  /** The answer's own `Date`, in milliseconds since the epoch. */
  readonly date?: number
}

/**
 * Too many requests at once (429).
 *
 * @since 0.1.0
 * @category transport
 */
export interface RateLimited extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "RateLimited"
  /** In how many milliseconds from the answer it may be asked again, where Toggl says so. */
  readonly retryAfter?: number
  /** The answer's own `Date`, in milliseconds since the epoch. */
  readonly date?: number
}

/**
 * Toggl, or a proxy before it, failed (408, 425, 5xx): it may have done it all the same.
 *
 * @since 0.1.0
 * @category transport
 */
export interface ServerError extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "ServerError"
  /** The answer's status. */
  readonly status: number
  /** In how many milliseconds from the answer it may be asked again, where the server says so. */
  readonly retryAfter?: number
  /** The answer's own `Date`, in milliseconds since the epoch. */
  readonly date?: number
}

/**
 * No answer came. Unless it is `Offline` or `Unsent`, Toggl may have done it.
 *
 * @since 0.1.0
 * @category transport
 */
export interface Unreachable extends Asked {
  /** Tells it from the other errors. */
  readonly _tag: "Unreachable"
  /** What is known of why. `SuspectedCors`: the device is online, and the browser does not let this page ask Toggl. */
  readonly reason: "Offline" | "TimedOut" | "SuspectedCors" | "Failed" | "Threw" | "Unsent"
  /** The name of what was thrown, where something was. */
  readonly detail?: string
}

/**
 * The answer was a redirect, as a sign-in page of a network sends it: nothing was followed.
 *
 * @since 0.1.0
 * @category transport
 */
export interface RedirectedElsewhere extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "RedirectedElsewhere"
  /** The answer's status; 0 where the browser hides it. */
  readonly status: number
}

/**
 * The answer is not one that Toggl gives: a proxy or a cache is suspected.
 *
 * @since 0.1.0
 * @category transport
 */
export interface UnexpectedAnswer extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "UnexpectedAnswer"
  /** The answer's status. */
  readonly status: number
  /** What is wrong with it. */
  readonly reason: "Html" | "NotJson" | "Shape" | "Status" | "OtherClient" | "TooLarge" | "TooDeep" | "Cached"
}

/**
 * The device's storage failed.
 *
 * @since 0.1.0
 * @category storage
 */
export interface StorageError extends Error {
  /** Tells it from the other errors. */
  readonly _tag: "StorageError"
  /** Why. `Wiped`: the database was taken away, and with it what had not been sent. */
  readonly reason: "Missing" | "Denied" | "Full" | "Closed" | "Stalled" | "Lost" | "Wiped" | "Newer" | "Failed"
  /** The browser's name for it. */
  readonly detail: string
  /** The transaction ended in doubt, and what it wrote may be stored all the same. */
  readonly mayBeStored?: boolean
}

/**
 * The change could not be stored, so it is not in the outbox.
 *
 * @since 0.1.0
 * @category storage
 */
export interface NotSaved extends Asked {
  /** Tells it from the other errors. */
  readonly _tag: "NotSaved"
  /** Why it could not. */
  readonly storage: StorageError
  /** What came of sending it at once, where that was tried. */
  readonly attempt?: TransportError
  /** Whether Toggl may have done it. */
  readonly mayHaveBeenApplied: boolean
  /** By this id `outcome` tells later whether it was stored, where that is in doubt. */
  readonly entryId?: string
  /** It may be in the outbox all the same, to be sent later. Without this it is never sent. */
  readonly mayBeStored?: boolean
}

/**
 * Toggl cannot be reached, and no copy of what was asked is on this device.
 *
 * @since 0.1.0
 * @category storage
 */
export interface NoLocalCopy extends Asked {
  /** Tells it from the other errors. */
  readonly _tag: "NoLocalCopy"
  /** Why Toggl cannot be reached, where it was asked. */
  readonly cause?: TransportError
}

/**
 * A setting is missing or wrong.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface InvalidConfiguration extends Error {
  /** Tells it from the other errors. */
  readonly _tag: "InvalidConfiguration"
  /** The setting's name. */
  readonly setting: string
  /** What to set. */
  readonly problem: string
}

/**
 * The outbox has no such entry, or none of which this can be done.
 *
 * @since 0.1.0
 * @category storage
 */
export interface EntryNotFound extends Error {
  /** Tells it from the other errors. */
  readonly _tag: "EntryNotFound"
  /** The entry that the outbox does not have, or not in such a state. */
  readonly entryId: string
  /** Which of the two it is. */
  readonly reason: "Unknown" | "Done" | "BeingSent" | "NotRefused" | "Unreadable"
}

/**
 * A file of exported entries cannot be imported.
 *
 * @since 0.1.0
 * @category storage
 */
export interface InvalidImport extends Error {
  /** Tells it from the other errors. */
  readonly _tag: "InvalidImport"
  /** It is none of ours, another account's, or a newer version's. */
  readonly reason: "Garbled" | "Account" | "Newer"
  /** What is wrong, in few words. */
  readonly detail: string
}

/**
 * The changes of another database were not taken over.
 *
 * @since 0.1.0
 * @category storage
 */
export interface NotTakenOver extends Error {
  /** Tells it from the other errors. */
  readonly _tag: "NotTakenOver"
  /** There is none, they are another user's, or another tab sends them at the moment. */
  readonly reason: "Missing" | "OtherUser" | "InUse"
}

/**
 * The credentials are good, and another user's than the account's: nothing is sent with them.
 *
 * @since 0.1.0
 * @category storage
 */
export interface WrongAccount extends Error {
  /** Tells it from the other errors. */
  readonly _tag: "WrongAccount"
  /** The id of the Toggl user whose they are; missing where a proxy does not tell. */
  readonly userId?: number
}

/**
 * Why no usable answer came.
 *
 * @since 0.1.0
 * @category errors
 */
export type TransportError =
  | Unauthorized
  | CredentialsUnavailable
  | QuotaExceeded
  | RateLimited
  | ServerError
  | Unreachable
  | RedirectedElsewhere
  | UnexpectedAnswer

/**
 * Any error of this door's.
 *
 * @since 0.1.0
 * @category errors
 */
export type ClientError =
  | TransportError
  | Refusal
  | InvalidStatus
  | Discarded
  | StorageError
  | NotSaved
  | NoLocalCopy
  | InvalidConfiguration
  | EntryNotFound
  | InvalidImport
  | NotTakenOver
  | WrongAccount
  | Closed
