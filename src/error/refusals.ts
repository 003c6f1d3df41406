import * as Schema from "effect/Schema"
import { Client } from "../Client.js"
import { optional } from "../effect/schema.js"
import { answered, asked, tagged, quoted, subject, type TypeId } from "./base.js"

/**
 * Toggl knows no such client in this workspace (404).
 *
 * @since 0.1.0
 * @category refusals
 */
export class NotFound extends /*#__PURE__*/ tagged<NotFound>()("NotFound", () => answered) {
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
export class Forbidden extends /*#__PURE__*/ tagged<Forbidden>()("Forbidden", () => answered) {
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Toggl does not let this user ${this.operation ?? "do this with"} ${subject(this)}: ask a workspace admin.${quoted(this)}`
  }
}

/**
 * The name cannot be used, as `reason` says. Found before anything is sent (`Empty`, `IllFormed`, `TooLong`), or
 * Toggl's 400.
 *
 * @since 0.1.0
 * @category refusals
 */
export class InvalidName
  extends /*#__PURE__*/ tagged<InvalidName>()("InvalidName", () => ({
    ...answered,
    reason: Schema.Literal("Empty", "TooLong", "Taken", "IllFormed"),
    name: Schema.String,
    limit: optional(Schema.Int)
  }))
{
  declare readonly [TypeId]: TypeId
  /**
   * What is wrong with the name: nothing is left of it (`Empty`), it has more UTF-8 bytes than `limit` (`TooLong`),
   * another client of the workspace has it (`Taken`), or it holds half a character, as of an emoji that was cut
   * (`IllFormed`).
   */
  declare readonly reason: "Empty" | "TooLong" | "Taken" | "IllFormed"
  /** The name that was refused, as it was asked for. */
  declare readonly name: string
  /**
   * The most UTF-8 bytes that are taken: the server's own limit where it names one. Missing where the length is not the
   * reason.
   */
  declare readonly limit?: number
  override get message() {
    switch (this.reason) {
      case "Empty":
        return "A client needs a name that is not empty."
      case "TooLong":
        return `The name is too long: use at most ${this.limit ?? "the server's limit of"} UTF-8 bytes.`
      case "Taken":
        return `Another client of this workspace is already called "${this.name}": choose another name.`
      case "IllFormed":
        return "The name holds half a character, as of an emoji that was cut: take it out."
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
  extends /*#__PURE__*/ tagged<InvalidStatus>()("InvalidStatus", () => ({
    ...answered,
    status: Schema.String
  }))
{
  declare readonly [TypeId]: TypeId
  /** The status that was asked for, and is none of `active`, `archived` and `both`. */
  declare readonly status: string
  override get message() {
    return `A list's status is active, archived or both, not "${this.status}".`
  }
}

/**
 * Toggl refuses the request for a reason that has no type of its own (400, 409, 422, ...), or the input could not be
 * turned into a request (`status` is then missing): `text` says why. A server that is compatible with Toggl's may say no
 * more than `Bad Request` where another client has the name.
 *
 * @since 0.1.0
 * @category refusals
 */
export class BadRequest
  extends /*#__PURE__*/ tagged<BadRequest>()("BadRequest", () => ({
    ...answered,
    status: optional(Schema.Int)
  }))
{
  declare readonly [TypeId]: TypeId
  /** The HTTP status of the answer; missing where nothing was sent, since the input cannot be a request. */
  declare readonly status?: number
  override get message() {
    return this.status === undefined
      ? `This cannot be sent to Toggl: ${this.text ?? "the input is not valid"}.`
      : `Toggl refused ${subject(this)} (status ${this.status}).${quoted(this)}`
  }
}

/**
 * The workspace's plan does not include this (402 without the marks of the quota).
 *
 * @since 0.1.0
 * @category refusals
 */
export class PlanRequired extends /*#__PURE__*/ tagged<PlanRequired>()("PlanRequired", () => answered) {
  declare readonly [TypeId]: TypeId
  override get message() {
    return `The plan of this workspace does not include this.${quoted(this)}`
  }
}

/**
 * Toggl has withdrawn this endpoint (410): this version of the library must not ask it again.
 *
 * @since 0.1.0
 * @category refusals
 */
export class Gone extends /*#__PURE__*/ tagged<Gone>()("Gone", () => answered) {
  declare readonly [TypeId]: TypeId
  override get message() {
    return `Toggl no longer offers this operation: update effect-toggl-clients.${quoted(this)}`
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
  extends /*#__PURE__*/ tagged<Undecided>()("Undecided", () => ({
    ...asked,
    reason: Schema.String,
    found: Schema.Array(Client)
  }))
{
  declare readonly [TypeId]: TypeId
  /** What was seen when it was looked up, in words for people. */
  declare readonly reason: string
  /** The clients in Toggl that the change may have made or met: `Outbox.adopt` takes the id of one. */
  declare readonly found: ReadonlyArray<Client>
  override get message() {
    return `Whether Toggl applied this is not known: ${this.reason}. Look at Toggl, then retry, edit or discard it.`
  }
}

/**
 * A colleague changed what this update would overwrite.
 *
 * @since 0.1.0
 * @category refusals
 */
export class Conflict
  extends /*#__PURE__*/ tagged<Conflict>()("Conflict", () => ({
    ...asked,
    base: Client,
    mine: Schema.Struct({ name: Schema.String, notes: Schema.String }),
    theirs: Client
  }))
{
  declare readonly [TypeId]: TypeId
  /** The client as it was known when the change was made. */
  declare readonly base: Client
  /** The state that the change asks for. */
  declare readonly mine: {
    /** The name that the client is to have. */
    readonly name: string
    /** The notes that the client is to have; empty where it is to have none. */
    readonly notes: string
  }
  /** The client as Toggl has it now, with what the colleague changed. */
  declare readonly theirs: Client
  override get message() {
    return `Someone else changed ${subject(this)} in the meantime: compare the two and retry or discard this change.`
  }
}

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
 * The entry was taken out of the outbox before Toggl had it: cancelled or discarded by the user, or together with the
 * entry that it depended on.
 *
 * @since 0.1.0
 * @category refusals
 */
export class Discarded
  extends /*#__PURE__*/ tagged<Discarded>()("Discarded", () => ({
    ...asked,
    mayHaveBeenApplied: Schema.Boolean,
    isMoved: optional(Schema.Boolean)
  }))
{
  declare readonly [TypeId]: TypeId
  /** An attempt at it had got no answer by then, and Toggl may have done it all the same. */
  declare readonly mayHaveBeenApplied: boolean
  /** The user has moved it into a file, to be sent from another device. */
  declare readonly isMoved?: boolean
  override get message() {
    if (this.isMoved === true) return "This change was moved into a file: it is sent from wherever that is imported."
    return this.mayHaveBeenApplied
      ? "This change was discarded while nobody knew whether Toggl had applied it: look before you repeat it."
      : "This change was discarded before it was sent."
  }
}
