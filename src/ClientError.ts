/**
 * Every typed error. Each is a schema, so that an outbox can keep it and show it again after a restart; each has a
 * message for people and the data for programs; none holds a request, a header or a credential.
 *
 * Tags such as `NotFound` also name errors of other libraries: {@link isClientError} tells ours apart.
 *
 * @since 0.1.0
 */
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { AnyClientId, Client, Operation, WorkspaceId } from "./Client.js"

/**
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = Symbol.for("effect-toggl-clients/ClientError")

/**
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

// A class that comes of a call marked as pure, and has nothing computed in its body, stays out of a bundle that does not
// use it: hence the mark, the function, and the TypeId on the prototype.
const ours = <C extends { readonly prototype: object }>(make: () => C): C => {
  const made = make()
  Object.defineProperty(made.prototype, TypeId, { value: TypeId })
  return made
}

const optional = <A, I, R>(schema: Schema.Schema<A, I, R>) => Schema.optionalWith(schema, { exact: true })

// What was asked: enough to find the call again, and nothing that was sent.
const asked = {
  operation: optional(Operation),
  workspaceId: optional(WorkspaceId),
  clientId: optional(AnyClientId)
}

// What Toggl answered. `text` is plain, at most 300 characters, with the credential removed; `requestId` is the
// answer's X-Toggl-Request-Id, which Toggl's support asks for.
const answered = {
  ...asked,
  requestId: optional(Schema.String),
  text: optional(Schema.String)
}

interface Asked {
  readonly operation?: Operation
  readonly workspaceId?: WorkspaceId
  readonly clientId?: AnyClientId
}

const subject = (asked: Asked): string => {
  const what = asked.clientId === undefined ? "the request" : `client ${asked.clientId}`
  return asked.workspaceId === undefined ? what : `${what} in workspace ${asked.workspaceId}`
}

const quoted = (answer: { readonly text?: string; readonly requestId?: string }): string =>
  (answer.text === undefined || answer.text === "" ? "" : ` Toggl says: "${answer.text}".`) +
  (answer.requestId === undefined ? "" : ` (Toggl request ${answer.requestId})`)

const wait = (millis: number | undefined): string =>
  millis === undefined ? "later" : `in ${Math.ceil(millis / 1000)} seconds`

/**
 * Toggl knows no such client in this workspace (404).
 *
 * @since 0.1.0
 * @category refusals
 */
export class NotFound
  extends /*#__PURE__*/ ours(() => Schema.TaggedError<NotFound>("effect-toggl-clients/NotFound")("NotFound", answered))
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Toggl does not know ${subject(this)}.${quoted(this)}`
  }
}

/**
 * The credentials are good, but their user may not do this (403).
 *
 * @since 0.1.0
 * @category refusals
 */
export class Forbidden
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<Forbidden>("effect-toggl-clients/Forbidden")("Forbidden", answered)
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Toggl does not let this user ${this.operation ?? "do this with"} ${subject(this)}: ask a workspace admin.${quoted(this)}`
  }
}

/**
 * The name cannot be used: it is empty, longer than `limit` (UTF-8 bytes; the server's own where it names one), or
 * another client of the workspace has it. Found before anything is sent (`Empty`, `TooLong`), or Toggl's 400.
 *
 * @since 0.1.0
 * @category refusals
 */
export class InvalidName
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<InvalidName>("effect-toggl-clients/InvalidName")("InvalidName", {
      ...answered,
      reason: Schema.Literal("Empty", "TooLong", "Taken"),
      name: Schema.String,
      limit: optional(Schema.Int)
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    switch (this.reason) {
      case "Empty":
        return "A client needs a name that is not empty."
      case "TooLong":
        return `The name is too long: use at most ${this.limit ?? "the server's limit of"} UTF-8 bytes.`
      case "Taken":
        return `Another client of this workspace is already called "${this.name}": choose another name.`
    }
  }
}

/**
 * Toggl does not know the status that the list was asked for (400).
 *
 * @since 0.1.0
 * @category refusals
 */
export class InvalidStatus
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<InvalidStatus>("effect-toggl-clients/InvalidStatus")("InvalidStatus", {
      ...answered,
      status: Schema.String
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `A list's status is active, archived or both, not "${this.status}".`
  }
}

/**
 * Toggl refuses the request for a reason that has no type of its own (400, 409, 422, ...), or the input could not be
 * turned into a request (`status` is then missing): `text` says why.
 *
 * @since 0.1.0
 * @category refusals
 */
export class BadRequest
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<BadRequest>("effect-toggl-clients/BadRequest")("BadRequest", {
      ...answered,
      status: optional(Schema.Int)
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return this.status === undefined
      ? `This cannot be sent to Toggl: ${this.text ?? "the input is not valid"}.`
      : `Toggl refused ${subject(this)} (status ${this.status}).${quoted(this)}`
  }
}

/**
 * No credentials, or Toggl does not accept them (401, or 403 where `GET /me/logged` is refused too). `reason` is
 * `Missing` where none were given. `remainingAttempts` is the number of further log-ins before Toggl locks them for
 * five minutes, where it says so.
 *
 * @since 0.1.0
 * @category transport
 */
export class Unauthorized
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<Unauthorized>("effect-toggl-clients/Unauthorized")("Unauthorized", {
      ...answered,
      reason: Schema.Literal("Missing", "Refused"),
      remainingAttempts: optional(Schema.Int)
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return this.reason === "Missing"
      ? "Toggl was given no credentials: sign in."
      : "Toggl does not accept these credentials: sign in again, or make a new API token."
  }
}

/**
 * The workspace's plan does not include this (402 without the marks of the quota).
 *
 * @since 0.1.0
 * @category refusals
 */
export class PlanRequired
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<PlanRequired>("effect-toggl-clients/PlanRequired")("PlanRequired", answered)
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `The plan of this workspace does not include this.${quoted(this)}`
  }
}

/**
 * The hourly quota of the organization is used up (402). `retryAfter` is in milliseconds from the answer.
 *
 * @since 0.1.0
 * @category transport
 */
export class QuotaExceeded
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<QuotaExceeded>("effect-toggl-clients/QuotaExceeded")("QuotaExceeded", {
      ...answered,
      retryAfter: optional(Schema.Finite)
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Toggl's hourly quota is used up: try again ${wait(this.retryAfter)}.`
  }
}

/**
 * Too many requests at once (429). `retryAfter` is in milliseconds from the answer, missing where Toggl names no time.
 *
 * @since 0.1.0
 * @category transport
 */
export class RateLimited
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<RateLimited>("effect-toggl-clients/RateLimited")("RateLimited", {
      ...answered,
      retryAfter: optional(Schema.Finite)
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Toggl is asked too often: try again ${wait(this.retryAfter)}.`
  }
}

/**
 * Toggl has withdrawn this endpoint (410): this version of the library must not ask it again.
 *
 * @since 0.1.0
 * @category refusals
 */
export class Gone
  extends /*#__PURE__*/ ours(() => Schema.TaggedError<Gone>("effect-toggl-clients/Gone")("Gone", answered))
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Toggl no longer offers this operation: update effect-toggl-clients.${quoted(this)}`
  }
}

/**
 * Toggl, or a proxy before it, failed (408, 425, 5xx). The request may have been applied. `retryAfter` is in
 * milliseconds, where the server names a time.
 *
 * @since 0.1.0
 * @category transport
 */
export class ServerError
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<ServerError>("effect-toggl-clients/ServerError")("ServerError", {
      ...answered,
      status: Schema.Int,
      retryAfter: optional(Schema.Finite)
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Toggl failed with status ${this.status}; try again ${wait(this.retryAfter)}.${quoted(this)}`
  }
}

/**
 * No answer came. `reason` is `Offline` where the device said that it is offline, `TimedOut` where the request limit
 * passed, `SuspectedCors` where the device says that it is online and yet a browser could not fetch from another
 * origin, `Failed` otherwise. Unless it is `Offline`, the request may have been applied.
 *
 * @since 0.1.0
 * @category transport
 */
export class Unreachable
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<Unreachable>("effect-toggl-clients/Unreachable")("Unreachable", {
      ...asked,
      reason: Schema.Literal("Offline", "TimedOut", "SuspectedCors", "Failed")
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    switch (this.reason) {
      case "Offline":
        return "This device is offline."
      case "TimedOut":
        return "Toggl did not answer in time."
      case "SuspectedCors":
        return "Toggl cannot be reached though this device is online: Toggl lets web pages in only from origins on its allow-list, so a web app needs a proxy of its own origin (baseUrl)."
      case "Failed":
        return "Toggl cannot be reached."
    }
  }
}

/**
 * The answer was a redirect, as a captive portal or a moved proxy sends it: nothing was followed. `status` is 0 where
 * the browser hides it.
 *
 * @since 0.1.0
 * @category transport
 */
export class RedirectedElsewhere
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<RedirectedElsewhere>("effect-toggl-clients/RedirectedElsewhere")("RedirectedElsewhere", {
      ...answered,
      status: Schema.Int
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return "The request was redirected elsewhere: sign in to this network, or check baseUrl."
  }
}

/**
 * The answer is not one that Toggl gives: a web page, garbled JSON, another shape, or a status without meaning here.
 * A captive portal or a proxy is suspected.
 *
 * @since 0.1.0
 * @category transport
 */
export class UnexpectedAnswer
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<UnexpectedAnswer>("effect-toggl-clients/UnexpectedAnswer")("UnexpectedAnswer", {
      ...answered,
      status: Schema.Int,
      reason: Schema.Literal("Html", "NotJson", "Shape", "Status")
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `This is not an answer of Toggl's (status ${this.status}, ${this.reason}): a proxy or a sign-in page of this network may have given it.`
  }
}

/**
 * An attempt got no answer, and looking it up did not show whether it was applied. It is not sent again on a guess:
 * `reason` says what was seen, and the user decides.
 *
 * @since 0.1.0
 * @category refusals
 */
export class Undecided
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<Undecided>("effect-toggl-clients/Undecided")("Undecided", {
      ...asked,
      reason: Schema.String,
      found: Schema.Array(Client)
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Whether Toggl applied this is not known: ${this.reason}. Look at Toggl, then retry, edit or discard it.`
  }
}

/**
 * A colleague changed what this update would overwrite. `base` is the state that the change was made on, `mine` the
 * state that it asks for, `theirs` what Toggl has.
 *
 * @since 0.1.0
 * @category refusals
 */
export class Conflict
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<Conflict>("effect-toggl-clients/Conflict")("Conflict", {
      ...asked,
      base: Client,
      mine: Schema.Struct({ name: Schema.String, notes: Schema.String }),
      theirs: Client
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Someone else changed ${subject(this)} in the meantime: compare the two and retry or discard this change.`
  }
}

/**
 * The device's storage failed. `reason`:
 *
 * - `Missing`: there is no IndexedDB here
 * - `Denied`: the browser refuses it (private mode, blocked by policy)
 * - `Full`: no room is left
 * - `Closed`: the browser or another tab closed the database, and it could not be opened again
 * - `Stalled`: it did not answer in time
 * - `Newer`: the database was written by a newer version of this library
 * - `Failed`: anything else; `detail` is the browser's name for it
 *
 * @since 0.1.0
 * @category storage
 */
export class StorageError
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<StorageError>("effect-toggl-clients/StorageError")("StorageError", {
      reason: Schema.Literal("Missing", "Denied", "Full", "Closed", "Stalled", "Newer", "Failed"),
      detail: Schema.String
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    switch (this.reason) {
      case "Missing":
        return "This environment has no IndexedDB."
      case "Denied":
        return "The browser refuses to open the database: allow site data, or leave private mode."
      case "Full":
        return "The device's storage is full: free some room."
      case "Closed":
        return "The database was closed and could not be opened again: reload the app."
      case "Stalled":
        return "The database does not answer: close this app's other tabs, or reload."
      case "Newer":
        return "The database was written by a newer version of this app: reload to update."
      case "Failed":
        return `The database failed (${this.detail}).`
    }
  }
}

/**
 * No attempt has an error of these where it was not refused: why an answer is missing.
 *
 * @since 0.1.0
 * @category models
 */
export const TransportError = /*#__PURE__*/ Schema.Union(
  Unauthorized,
  QuotaExceeded,
  RateLimited,
  ServerError,
  Unreachable,
  RedirectedElsewhere,
  UnexpectedAnswer
)

/**
 * @since 0.1.0
 * @category models
 */
export type TransportError = typeof TransportError.Type

/**
 * Why a mutation was refused for good: what its caller hears, or what stands among the refused.
 *
 * @since 0.1.0
 * @category models
 */
export const Refusal = /*#__PURE__*/ Schema.Union(
  NotFound,
  Forbidden,
  InvalidName,
  BadRequest,
  PlanRequired,
  Gone,
  Undecided,
  Conflict
)

/**
 * @since 0.1.0
 * @category models
 */
export type Refusal = typeof Refusal.Type

/**
 * The change could not be stored, so it is not in the outbox. `storage` says why. Where it was tried online all the
 * same, `attempt` is what came of it, and `mayHaveBeenApplied` whether Toggl may have applied it.
 *
 * @since 0.1.0
 * @category storage
 */
export class NotSaved
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<NotSaved>("effect-toggl-clients/NotSaved")("NotSaved", {
      ...asked,
      storage: StorageError,
      attempt: optional(TransportError),
      mayHaveBeenApplied: Schema.Boolean
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return (
      `The change was not saved: ${this.storage.message}` +
      (this.attempt === undefined ? "" : ` It was tried at once: ${this.attempt.message}`) +
      (this.mayHaveBeenApplied ? " Toggl may have applied it all the same: look before you repeat it." : "")
    )
  }
}

/**
 * Nothing is known here of what was asked: Toggl cannot be reached (`cause`), and no copy of it is on this device.
 *
 * @since 0.1.0
 * @category storage
 */
export class NoLocalCopy
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<NoLocalCopy>("effect-toggl-clients/NoLocalCopy")("NoLocalCopy", {
      ...asked,
      cause: optional(TransportError)
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return (
      "There is no copy of this on the device yet: connect once to load it." +
      (this.cause === undefined ? "" : ` ${this.cause.message}`)
    )
  }
}

/**
 * A setting is missing or wrong: `setting` names it, `problem` says what to set.
 *
 * @since 0.1.0
 * @category configuration
 */
export class InvalidConfiguration
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<InvalidConfiguration>("effect-toggl-clients/InvalidConfiguration")("InvalidConfiguration", {
      setting: Schema.String,
      problem: Schema.String
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return `${this.setting}: ${this.problem}`
  }
}

/**
 * No entry of the outbox has this id, or it is not in a state in which this can be done: `reason` says which.
 *
 * @since 0.1.0
 * @category storage
 */
export class EntryNotFound
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<EntryNotFound>("effect-toggl-clients/EntryNotFound")("EntryNotFound", {
      entryId: Schema.String,
      reason: Schema.Literal("Unknown", "Done", "BeingSent", "NotRefused", "Unreadable")
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    switch (this.reason) {
      case "Unknown":
        return `The outbox has no entry ${this.entryId}.`
      case "Done":
        return `Entry ${this.entryId} has been sent already.`
      case "BeingSent":
        return `Entry ${this.entryId} is being sent, or may have been: wait for its outcome.`
      case "NotRefused":
        return `Entry ${this.entryId} was not refused: there is nothing to repair.`
      case "Unreadable":
        return `Entry ${this.entryId} cannot be read: it can only be exported or discarded.`
    }
  }
}

/**
 * The entry was taken out of the outbox before Toggl had it: cancelled or discarded by the user, or together with the
 * entry that it depended on.
 *
 * @since 0.1.0
 * @category refusals
 */
export class Discarded
  extends /*#__PURE__*/ ours(() => Schema.TaggedError<Discarded>("effect-toggl-clients/Discarded")("Discarded", asked))
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return "This change was discarded before it was sent."
  }
}

/**
 * A file of exported entries cannot be imported: it is not one of ours (`Garbled`), or another account's (`Account`).
 *
 * @since 0.1.0
 * @category storage
 */
export class InvalidImport
  extends /*#__PURE__*/ ours(() =>
    Schema.TaggedError<InvalidImport>("effect-toggl-clients/InvalidImport")("InvalidImport", {
      reason: Schema.Literal("Garbled", "Account"),
      detail: Schema.String
    })
  )
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return this.reason === "Account"
      ? `This file holds another account's changes: ${this.detail}.`
      : `This file is not an export of this outbox: ${this.detail}.`
  }
}

/**
 * Any of the library's errors.
 *
 * @since 0.1.0
 * @category models
 */
export type ClientError =
  | Refusal
  | TransportError
  | InvalidStatus
  | StorageError
  | NotSaved
  | NoLocalCopy
  | InvalidConfiguration
  | EntryNotFound
  | Discarded
  | InvalidImport

/**
 * Whether the value is one of this library's errors.
 *
 * @since 0.1.0
 * @category guards
 */
export const isClientError = (u: unknown): u is ClientError => Predicate.hasProperty(u, TypeId)
