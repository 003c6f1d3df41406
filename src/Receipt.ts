/**
 * What a mutation gives its caller: Toggl's answer, or where the change waits.
 *
 * @since 0.1.0
 */
import type { AnyClientId } from "./Client.js"
import type { EntryId } from "./Entry.js"
import type { WaitingFor } from "./Status.js"
import type { ClientView } from "./View.js"

/**
 * Toggl has applied the change; `value` is its answer. `id` is the client's. `entryId` is missing where the change could
 * not be stored and was sent at once, and where there was nothing to send: a delete of what never left the device and is gone.
 *
 * @since 0.1.0
 * @category models
 */
export interface Confirmed<out A> {
  readonly _tag: "Confirmed"
  readonly entryId: EntryId | undefined
  readonly id: AnyClientId
  readonly value: A
}

/**
 * The change is stored on this device and will be sent: `reason` says what it waits for. `client` is the client as the
 * app should show it now, where that is known. `id` may be a local one: it stays valid.
 *
 * @since 0.1.0
 * @category models
 */
export interface Queued {
  readonly _tag: "Queued"
  readonly entryId: EntryId
  readonly id: AnyClientId
  readonly client: ClientView | undefined
  readonly reason: WaitingFor
}

/**
 * @since 0.1.0
 * @category models
 */
export type Receipt<A> = Confirmed<A> | Queued

/**
 * Whether Toggl has applied the change.
 *
 * @since 0.1.0
 * @category guards
 */
export const isConfirmed = <A>(receipt: Receipt<A>): receipt is Confirmed<A> => receipt._tag === "Confirmed"
