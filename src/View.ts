/**
 * Clients as an app should show them now: Toggl's last known state plus the pending changes.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import type { AnyClientId, Client } from "./Client.js"

/**
 * A client as the app should show it. `id` is Toggl's once it is known; `key` stays the same from the moment the client
 * first appears on this device, for lists of a user interface; `pending` tells that changes of it are still to be sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientView extends Omit<Client, "id"> {
  readonly id: AnyClientId
  readonly key: string
  readonly pending: boolean
}

/**
 * The clients of a workspace, and where what Toggl said of them comes from: this very request (`Toggl`), or the copy on
 * this device (`Local`). `fetchedAt` is when Toggl last gave the whole list, in milliseconds since the epoch; it is
 * missing where it never did. `leftOut` is how many clients that list did not show, by its own account: items that cannot be
 * read, or fewer than it counts (`total_count`). Those that were known before it are shown as they were.
 *
 * @since 0.1.0
 * @category models
 */
export interface View {
  readonly clients: ReadonlyArray<ClientView>
  readonly source: "Toggl" | "Local"
  readonly fetchedAt: number | undefined
  readonly leftOut: number
}

/**
 * How fresh a read must be: asked of Toggl now (`Toggl`; it fails where Toggl cannot be asked), only what is on this
 * device (`Local`), or not older than a duration, where Toggl can be asked.
 *
 * @since 0.1.0
 * @category models
 */
export type Freshness = "Toggl" | "Local" | Duration.DurationInput
