// The refusals as plain types, and what errors say of what was asked and answered.
import type { Client } from "./client.js"

/**
 * What was asked for when it failed.
 *
 * @since 0.1.0
 * @category errors
 */
export interface Asked extends Error {
  /** The operation, where it was one on clients. */
  readonly operation?: "list" | "create" | "get" | "update" | "delete" | "archive" | "restore"
  /** The workspace whose clients the call was about. */
  readonly workspaceId?: number
  /** The client that it was about: Toggl's id, or a local one. */
  readonly clientId?: number
}

/**
 * What was asked for, and what is known of the answer.
 *
 * @since 0.1.0
 * @category errors
 */
export interface Answered extends Asked {
  /** The answer's `X-Toggl-Request-Id`: Toggl's support asks for it. */
  readonly requestId?: string
  /** The answer's `CF-Ray`: who runs the service in front of Toggl finds it by that. */
  readonly ray?: string
  /** What the answer says: plain, at most 300 characters, with the credential removed. */
  readonly text?: string
}

/**
 * Toggl knows no such client in this workspace (404).
 *
 * @since 0.1.0
 * @category refusals
 */
export interface NotFound extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "NotFound"
}

/**
 * The credentials are good, but their user may not do this (403).
 *
 * @since 0.1.0
 * @category refusals
 */
export interface Forbidden extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "Forbidden"
}

/**
 * The name cannot be used.
 *
 * @since 0.1.0
 * @category refusals
 */
export interface InvalidName extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "InvalidName"
  /** It is empty, too long, another client's, or holds half a character, as of an emoji that was cut. */
  readonly reason: "Empty" | "TooLong" | "Taken" | "IllFormed"
  /** The client name that cannot be used, as it was given. */
  readonly name: string
  /** The most UTF-8 bytes that a name may have, where it is too long. */
  readonly limit?: number
}

/**
 * A list was asked for with a status that Toggl does not know.
 *
 * @since 0.1.0
 * @category refusals
 */
export interface InvalidStatus extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "InvalidStatus"
  /** What the filter gave in its place. */
  readonly status: string
}

/**
 * Toggl refuses the request for a reason without a type of its own, or what was given is no such thing, as an id that is no
 * integer: `status` is missing then, and nothing was stored or sent.
 *
 * @since 0.1.0
 * @category refusals
 */
export interface BadRequest extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "BadRequest"
  /** The answer's status, where there was one. */
  readonly status?: number
}

/**
 * The workspace's plan does not include this (402).
 *
 * @since 0.1.0
 * @category refusals
 */
export interface PlanRequired extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "PlanRequired"
}

/**
 * Toggl has withdrawn the operation (410): update this library.
 *
 * @since 0.1.0
 * @category refusals
 */
export interface Gone extends Answered {
  /** Tells it from the other errors. */
  readonly _tag: "Gone"
}

/**
 * An attempt got no answer, and looking it up did not show whether it was applied: the user decides.
 *
 * @since 0.1.0
 * @category refusals
 */
export interface Undecided extends Asked {
  /** Tells it from the other errors. */
  readonly _tag: "Undecided"
  /** What was seen, in words. */
  readonly reason: string
  /** The clients that may be it: `adopt` takes one's id. */
  readonly found: ReadonlyArray<Client>
}

/**
 * A colleague changed what this update would overwrite; only with `conflicts: "CheckFirst"`.
 *
 * @since 0.1.0
 * @category refusals
 */
export interface Conflict extends Asked {
  /** Tells it from the other errors. */
  readonly _tag: "Conflict"
  /** The state that the change was made on. */
  readonly base: Client
  /** What the change asks for. */
  readonly mine: {
    /** What the client would be called. */
    readonly name: string
    /** What would be written of it. */
    readonly notes: string
  }
  /** What Toggl has. */
  readonly theirs: Client
}

/**
 * The change was taken out of the outbox before Toggl had it.
 *
 * @since 0.1.0
 * @category refusals
 */
export interface Discarded extends Asked {
  /** Tells it from the other errors. */
  readonly _tag: "Discarded"
  /** An attempt at it had got no answer by then, and Toggl may have done it all the same. */
  readonly mayHaveBeenApplied: boolean
  /** The user has moved it into a file, to be sent from another device. */
  readonly isMoved?: boolean
}

/**
 * Why a change was refused for good.
 *
 * @since 0.1.0
 * @category errors
 */
export type Refusal = NotFound | Forbidden | InvalidName | BadRequest | PlanRequired | Gone | Undecided | Conflict
