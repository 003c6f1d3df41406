// What the device's storage, the settings and the outbox itself can fail with.
import * as Schema from "effect/Schema"
import { optional } from "../effect/schema.js"
import { EntryId } from "../entryId.js"
import { asked, tagged, type TypeId } from "./base.js"
import { TransportError } from "./transport.js"

/**
 * The device's storage failed, as `reason` says.
 *
 * @since 0.1.0
 * @category storage
 */
export class StorageError
  extends /*#__PURE__*/ tagged<StorageError>()("StorageError", () => ({
    reason: Schema.Literal("Missing", "Denied", "Full", "Closed", "Stalled", "Lost", "Wiped", "Newer", "Failed"),
    detail: Schema.String,
    mayBeStored: optional(Schema.Boolean)
  }))
{
  declare readonly [TypeId]: TypeId
  /**
   * What went wrong:
   *
   * - `Missing`: there is no IndexedDB here
   * - `Denied`: the browser refuses it (private mode, blocked by policy)
   * - `Full`: no room is left
   * - `Closed`: the browser or another tab closed the database, and it could not be opened again
   * - `Stalled`: it did not answer in time
   * - `Lost`: the browser has lost what serves its databases, and this worker cannot find it again before it is started
   *   anew
   * - `Wiped`: the database was taken away: site data was cleared, or the browser needed the room
   * - `Newer`: the database was written by a newer version of this library
   * - `Failed`: anything else
   */
  declare readonly reason: "Missing" | "Denied" | "Full" | "Closed" | "Stalled" | "Lost" | "Wiped" | "Newer" | "Failed"
  /** What lies behind it, for a report: the browser's own name for it where `reason` is `Failed`, else a few words. */
  declare readonly detail: string
  /** The transaction ended in a way that leaves doubt, and what it wrote may be stored all the same. */
  declare readonly mayBeStored?: boolean
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
      case "Lost":
        return "The browser has lost its storage: reload this app."
      case "Wiped":
        return "The data of this app on this device was cleared, and with it what had not been sent yet."
      case "Newer":
        return "The database was written by a newer version of this app: reload to update."
      case "Failed":
        return `The database failed (${this.detail}).`
    }
  }
}

/**
 * The change could not be stored, so it is not in the outbox, unless `mayBeStored` says that nobody knows. It may have
 * been tried online all the same.
 *
 * @since 0.1.0
 * @category storage
 */
export class NotSaved
  extends /*#__PURE__*/ tagged<NotSaved>()("NotSaved", () => ({
    ...asked,
    storage: StorageError,
    attempt: optional(TransportError),
    mayHaveBeenApplied: Schema.Boolean,
    entryId: optional(EntryId),
    mayBeStored: optional(Schema.Boolean)
  }))
{
  declare readonly [TypeId]: TypeId
  /** Why it could not be stored. */
  declare readonly storage: StorageError
  /** What came of the attempt that was made online all the same; missing where none was made, or it left no error. */
  declare readonly attempt?: TransportError
  /** Whether Toggl may have applied that attempt. */
  declare readonly mayHaveBeenApplied: boolean
  /** The id of its entry where `mayBeStored`: `Outbox.outcome` takes it, and tells once the storage can be read. */
  declare readonly entryId?: EntryId
  /**
   * The device's storage leaves doubt, or does not answer in time, and the change may be in the outbox all the same, to
   * be sent later. Where this is missing, it is never sent.
   */
  declare readonly mayBeStored?: boolean
  override get message() {
    if (this.mayBeStored === true) {
      return `Nobody can say now whether the change is saved, and will be sent: ${this.storage.message} Look for it before you repeat it.`
    }
    return (
      `The change was not saved: ${this.storage.message}` +
      (this.attempt === undefined ? "" : ` It was tried at once: ${this.attempt.message}`) +
      (this.mayHaveBeenApplied ? " Toggl may have applied it all the same: look before you repeat it." : "")
    )
  }
}

/**
 * Nothing is known here of what was asked: Toggl cannot be reached, and no copy of it is on this device.
 *
 * @since 0.1.0
 * @category storage
 */
export class NoLocalCopy
  extends /*#__PURE__*/ tagged<NoLocalCopy>()("NoLocalCopy", () => ({
    ...asked,
    cause: optional(TransportError)
  }))
{
  declare readonly [TypeId]: TypeId
  /** Why Toggl cannot be reached, where it was asked. */
  declare readonly cause?: TransportError
  override get message() {
    return (
      "There is no copy of this on the device yet: connect once to load it." +
      (this.cause === undefined ? "" : ` ${this.cause.message}`)
    )
  }
}

/**
 * A setting is missing or wrong, and the message says what to set.
 *
 * @since 0.1.0
 * @category configuration
 */
export class InvalidConfiguration
  extends /*#__PURE__*/ tagged<InvalidConfiguration>()("InvalidConfiguration", () => ({
    setting: Schema.String,
    problem: Schema.String
  }))
{
  declare readonly [TypeId]: TypeId
  /** Which one, by its key in the options: `baseUrl`, `credentials.header`. */
  declare readonly setting: string
  /** What is wrong with it, and what to set: a sentence for people, with no secret in it. */
  declare readonly problem: string
  override get message() {
    return `${this.setting}: ${this.problem}`
  }
}

/**
 * No entry of the outbox has this id, or it is not in a state in which this can be done.
 *
 * @since 0.1.0
 * @category storage
 */
export class EntryNotFound
  extends /*#__PURE__*/ tagged<EntryNotFound>()("EntryNotFound", () => ({
    entryId: Schema.String,
    reason: Schema.Literal("Unknown", "Done", "BeingSent", "NotRefused", "Unreadable")
  }))
{
  declare readonly [TypeId]: TypeId
  /** What was asked for: an id, or the place of a row that cannot be read. */
  declare readonly entryId: string
  /**
   * Why it cannot be done:
   *
   * - `Unknown`: the outbox has no such entry
   * - `Done`: it has ended, and is no longer in the outbox
   * - `BeingSent`: it is being sent, or may have been
   * - `NotRefused`: it was not refused, so that there is nothing to repair
   * - `Unreadable`: it can only be exported or discarded
   */
  declare readonly reason: "Unknown" | "Done" | "BeingSent" | "NotRefused" | "Unreadable"
  override get message() {
    switch (this.reason) {
      case "Unknown":
        return `The outbox has no entry ${this.entryId}.`
      case "Done":
        return `Entry ${this.entryId} is no longer in the outbox: it has ended.`
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
 * A file of exported entries cannot be imported. Nothing of it was.
 *
 * @since 0.1.0
 * @category storage
 */
export class InvalidImport
  extends /*#__PURE__*/ tagged<InvalidImport>()("InvalidImport", () => ({
    reason: Schema.Literal("Garbled", "Account", "Newer"),
    detail: Schema.String
  }))
{
  declare readonly [TypeId]: TypeId
  /**
   * Why not: it is not one of ours (`Garbled`), a newer version of this library wrote it (`Newer`), or it is another
   * account's (`Account`).
   */
  declare readonly reason: "Garbled" | "Account" | "Newer"
  /** What is wrong with the file, in few words for people. */
  declare readonly detail: string
  override get message() {
    switch (this.reason) {
      case "Account":
        return `This file holds another account's changes: ${this.detail}.`
      case "Newer":
        return `A newer version of this app has written this file: update the app, then import it (${this.detail}).`
      case "Garbled":
        return `This file cannot be imported: ${this.detail}.`
    }
  }
}

/**
 * The changes in another database were not taken over, as `reason` says.
 *
 * @since 0.1.0
 * @category storage
 */
export class NotTakenOver
  extends /*#__PURE__*/ tagged<NotTakenOver>()("NotTakenOver", () => ({
    reason: Schema.Literal("Missing", "OtherUser", "InUse")
  }))
{
  declare readonly [TypeId]: TypeId
  /**
   * Why not: there is no such database here (`Missing`), the changes are another user's (`OtherUser`), or another tab
   * is sending them at the moment (`InUse`).
   */
  declare readonly reason: "Missing" | "OtherUser" | "InUse"
  override get message() {
    switch (this.reason) {
      case "Missing":
        return "This browser keeps no other changes of that account at that base URL."
      case "OtherUser":
        return "These changes are another user's: sign in as that user to send them."
      case "InUse":
        return "Another tab is sending these changes: close it, or let it finish."
    }
  }
}

/**
 * The credentials are good, and they are those of another Toggl user than the one whom this account's changes
 * belong to: nothing of this account is sent with them. Sign in as the account's user, or open the other one's account.
 *
 * @since 0.1.0
 * @category storage
 */
export class WrongAccount
  extends /*#__PURE__*/ tagged<WrongAccount>()("WrongAccount", () => ({ userId: optional(Schema.Int) }))
{
  declare readonly [TypeId]: TypeId
  /** The id of the Toggl user whose credentials they are, as `GET /me` gives it; missing where a proxy does not tell. */
  declare readonly userId?: number
  override get message() {
    return "These credentials are another user's than this account's: sign in as the account's user, or open that user's own account."
  }
}
