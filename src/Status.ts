/**
 * What is true of the queue now, in every tab.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { ClientError, StorageError, TransportError } from "./ClientError.js"
import type { EntryId } from "./Entry.js"

/**
 * Why nothing is sent until something changes: `SignInNeeded` and `WrongAccount` end with other credentials or by the
 * user, `ByUser` by the user. Where it is this tab's own credentials that are missing, refused or another user's, other
 * tabs may send all the same.
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
 * What a change, or the whole queue, waits for:
 *
 * - `Offline`, `BackingOff`: requests do not work; tried again by itself at `until`, or sooner when the device says that
 *   it is online
 * - `RateLimited`, `Quota`: Toggl named the time, and nothing is sent before it
 * - `CredentialsUnavailable`: the app's source of credentials cannot tell now; asked again at `until`
 * - `LookingUp`: an attempt got no answer; what became of it is looked up once it can no longer land
 * - `SignInNeeded`, `WrongAccount`, `ByUser`: paused until other credentials come, or the user resumes
 * - `Behind`: `count` changes stand before it
 * - `Held`: it depends on the change `by`, which was refused, is set aside, or cannot be read
 * - `SetAside`: it kept failing while others succeeded
 * - `NewerVersion`: a newer version of the app has written before it; only that version sends it
 * - `InProgress`: it is being sent, and the caller's patience ended first
 * - `StorageLost`: the database does not answer
 *
 * `until` is in milliseconds since the epoch; `error` is what the last attempt said. `cause` names what was thrown where
 * nothing should be: a defect of this library, or of what the app or the browser has handed to it.
 *
 * @since 0.1.0
 * @category models
 */
export type WaitingFor =
  | {
      readonly _tag:
        "Offline" | "BackingOff" | "RateLimited" | "Quota" | "CredentialsUnavailable" | "LookingUp" | "SetAside"
      readonly until: number
      readonly error?: TransportError | StorageError | undefined
      readonly cause?: string | undefined
    }
  | { readonly _tag: PauseReason }
  | { readonly _tag: "Behind"; readonly count: number }
  | { readonly _tag: "Held"; readonly by: EntryId | undefined }
  | { readonly _tag: "NewerVersion" | "InProgress" }
  | { readonly _tag: "StorageLost"; readonly error: StorageError }

/**
 * What the queue does:
 *
 * - `Idle`: nothing is left that could be sent
 * - `Replaying`: `done` of `total` changes of this run are sent
 * - `Waiting`: for a time, or for another replayer
 * - `Paused`: until something changes
 * - `StorageLost`: the database cannot be read; or it was cleared under the app (`error` is `Wiped`), with changes that had
 *   not been sent, and nothing has been to do since: until the user resumes, or the app is started anew
 *
 * @since 0.1.0
 * @category models
 */
export type Queue =
  | { readonly _tag: "Idle" }
  | { readonly _tag: "Replaying"; readonly done: number; readonly total: number }
  | { readonly _tag: "Waiting"; readonly for: WaitingFor }
  | { readonly _tag: "Paused"; readonly reason: PauseReason }
  | { readonly _tag: "StorageLost"; readonly error: StorageError }

/**
 * The hourly quota as it was last stated for a workspace; Toggl counts it for the workspace's whole organization.
 * `remaining` counts requests; `resetsAt` is when all are there again, in milliseconds since the epoch, where Toggl says
 * so.
 *
 * @since 0.1.0
 * @category models
 */
export interface Quota {
  readonly workspaceId: number
  readonly remaining: number
  readonly resetsAt: number | undefined
}

/**
 * The queue, and how many of its entries are where. `waiting` counts all that are still to be sent, `held` and
 * `setAside` those among them that others pass; `since` is when the oldest of them was accepted (milliseconds since the
 * epoch). `proxySuspected`: the last answer was none of Toggl's, so a proxy or a sign-in page of the network may stand
 * in between. `quota`: what Toggl last said of the hourly quota, as far as it has not started anew since. `lost`: how many changes went with a database that was cleared under the app, in this session. `persisted`: whether the browser has promised not to evict what is stored here; missing where it does not
 * say, as outside browsers.
 *
 * @since 0.1.0
 * @category models
 */
export interface Status {
  readonly queue: Queue
  readonly waiting: number
  readonly since: number | undefined
  readonly held: number
  readonly setAside: number
  readonly refused: number
  readonly unreadable: number
  readonly lost: number
  readonly proxySuspected: boolean
  readonly quota: ReadonlyArray<Quota>
  readonly persisted: boolean | undefined
}

/**
 * Whether the error says that something else than Toggl answered.
 *
 * @since 0.1.0
 * @category guards
 */
export const suspectsProxy = (error: ClientError | undefined): boolean =>
  error !== undefined && (error._tag === "UnexpectedAnswer" || error._tag === "RedirectedElsewhere")

const times: ReadonlyArray<string> = [
  "Offline",
  "BackingOff",
  "RateLimited",
  "Quota",
  "CredentialsUnavailable",
  "LookingUp",
  "SetAside"
]

/**
 * One line for people: what is waited for, and until when (`now` in milliseconds since the epoch).
 *
 * @example
 * import { Status } from "effect-toggl-clients"
 *
 * Status.describe({ _tag: "Behind", count: 2 }, 0) // "2 changes stand before it"
 *
 * @since 0.1.0
 * @category formatting
 */
export const describe = (reason: WaitingFor, now: number): string => {
  const until =
    "until" in reason && times.includes(reason._tag)
      ? `, next try in ${Math.max(0, Math.ceil((reason.until - now) / 1000))} s`
      : ""
  switch (reason._tag) {
    case "Offline":
      return `offline${until}`
    case "CredentialsUnavailable":
      return `this app cannot tell now how to sign in${until}`
    case "BackingOff":
      return reason.cause === undefined ? `Toggl cannot be reached${until}` : `something threw ${reason.cause}${until}`
    case "RateLimited":
      return `Toggl is asked too often${until}`
    case "Quota":
      return `Toggl's hourly quota is used up${until}`
    case "LookingUp":
      return `an answer got lost, Toggl is asked what it did${until}`
    case "SetAside":
      return `set aside, for it keeps failing${until}`
    case "SignInNeeded":
      return "sign-in needed"
    case "WrongAccount":
      return "these credentials are another account's"
    case "ByUser":
      return "paused by the user"
    case "Behind":
      return `${reason.count} ${reason.count === 1 ? "change stands" : "changes stand"} before it`
    case "Held":
      return "held, for it depends on a change that is not sent"
    case "NewerVersion":
      return "a newer version of this app has to send it: reload"
    case "InProgress":
      return "being sent"
    case "StorageLost":
      return reason.error.message
  }
}
