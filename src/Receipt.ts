/**
 * What a mutation gives its caller: Toggl's answer, or where the change waits.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { AnyClientId } from "./Client.js"
import { EntryId } from "./entryId.js"
import { WaitingFor } from "./Status.js"
import { ClientView } from "./View.js"

/**
 * Toggl has applied the change.
 *
 * @since 0.1.0
 * @category models
 */
export interface Confirmed<out A> {
  readonly _tag: "Confirmed"
  /**
   * The entry of the outbox that the change was. Missing where it could not be stored and was sent at once, and where there
   * was nothing to send: a delete of what never left the device and is gone.
   */
  readonly entryId: EntryId | undefined
  /** The client that was changed: Toggl's id. */
  readonly id: AnyClientId
  /** Toggl's answer: the client as it is now, the projects that were archived with it, or nothing. */
  readonly value: A
}

/**
 * The change is stored on this device and will be sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface Queued {
  readonly _tag: "Queued"
  /** The entry of the outbox that the change is: `Outbox.outcome` and `Outbox.awaitOutcome` take it. */
  readonly entryId: EntryId
  /** The client that is changed: Toggl's id, or a local one, which stays valid. */
  readonly id: AnyClientId
  /** The client as the app should show it now, where that is known. */
  readonly client: ClientView | undefined
  /** What it waits for: `Status.describe` makes a line of it. */
  readonly reason: WaitingFor
}

/**
 * What a mutation gives: Toggl has applied it, or it is stored on this device and will be sent.
 *
 * @since 0.1.0
 * @category models
 */
export type Receipt<A> = Confirmed<A> | Queued

/**
 * A receipt, as it crosses to another process: of `Client.Client` where a client is made or changed, of `Schema.Void` for a
 * delete, of `Schema.UndefinedOr(Schema.Array(Client.ProjectId))` for an archive.
 *
 * @example
 * import * as Schema from "effect/Schema"
 * import { Client, Receipt } from "effect-toggl-clients"
 *
 * const receive = Schema.decodeUnknown(Receipt.Receipt(Client.Client))
 *
 * @since 0.1.0
 * @category schemas
 */
export const Receipt = <A, I, R>(value: Schema.Schema<A, I, R>) =>
  Schema.Union(
    Schema.Struct({
      _tag: Schema.Literal("Confirmed"),
      entryId: Schema.UndefinedOr(EntryId),
      id: AnyClientId,
      value
    }),
    Schema.Struct({
      _tag: Schema.Literal("Queued"),
      entryId: EntryId,
      id: AnyClientId,
      client: Schema.UndefinedOr(ClientView),
      reason: WaitingFor
    })
  )

/**
 * Whether Toggl has applied the change.
 *
 * @since 0.1.0
 * @category guards
 */
export const isConfirmed = <A>(receipt: Receipt<A>): receipt is Confirmed<A> => receipt._tag === "Confirmed"
