import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type { AnyClientId, Filter, WorkspaceId } from "../Client.js"
import type { NoLocalCopy } from "../ClientError.js"
import type { ListError } from "../ClientsApi.js"
import type * as View from "../View.js"

/**
 * What `Clients` reads: Toggl's last known state with the pending changes on it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reads {
  readonly read: (
    workspaceId: WorkspaceId,
    freshness: View.Freshness,
    filter: Filter
  ) => Effect.Effect<View.View, ListError | NoLocalCopy>
  readonly get: (
    workspaceId: WorkspaceId,
    id: AnyClientId,
    freshness: View.Freshness
  ) => Effect.Effect<View.ClientView, ListError | NoLocalCopy>
  /** `freshness`: how old the copy may get while it is watched; it is not kept fresh unless given. */
  readonly watch: (
    workspaceId: WorkspaceId,
    filter: Filter,
    freshness?: Duration.DurationInput
  ) => Stream.Stream<View.View>
  /**
   * Whether the id is Toggl's, or a local one that was given on this device (`Known`). `Gone`: it was, and its client was
   * deleted or discarded before anything of it was sent.
   */
  readonly knows: (id: AnyClientId) => Effect.Effect<"Known" | "Gone" | "Unknown">
}
