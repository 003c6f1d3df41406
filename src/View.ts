/**
 * Clients as an app should show them now: Toggl's last known state plus the pending changes.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Schema from "effect/Schema"
import { AnyClientId, type Client, WorkspaceId } from "./Client.js"
import * as ClientError from "./ClientError.js"
import { optional } from "./effect/schema.js"
import type { ListError } from "./wire/service.js"

/**
 * A client as the app should show it: Toggl's fields, with the pending changes on them.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientView extends Omit<Client, "id"> {
  /** Toggl's id once it is known, a local one until then. Either works wherever an id is asked for. */
  readonly id: AnyClientId
  /** Stays the same from the moment the client first appears on this device: for lists of a user interface. */
  readonly key: string
  /** Whether changes of it are still to be sent. */
  readonly pending: boolean
}

/**
 * A client as it is shown, as it crosses to another process. Its encoded side is JSON.
 *
 * @since 0.1.0
 * @category schemas
 */
export const ClientView = /*#__PURE__*/ Schema.Struct({
  id: AnyClientId,
  key: Schema.String,
  pending: Schema.Boolean,
  workspaceId: WorkspaceId,
  name: Schema.String,
  archived: Schema.Boolean,
  notes: Schema.String,
  at: /*#__PURE__*/ optional(Schema.Int),
  creatorId: /*#__PURE__*/ optional(Schema.Int),
  permissions: /*#__PURE__*/ Schema.Array(Schema.String),
  integrationExtId: /*#__PURE__*/ optional(Schema.String),
  integrationExtType: /*#__PURE__*/ optional(Schema.String),
  integrationProvider: /*#__PURE__*/ optional(Schema.String),
  externalReference: /*#__PURE__*/ optional(Schema.String),
  totalCount: /*#__PURE__*/ optional(Schema.Int)
})

/**
 * Why a refresh came to nothing: what a read that must come from Toggl fails with.
 *
 * @since 0.1.0
 * @category models
 */
export type RefreshError = ListError | ClientError.StorageError

/**
 * What becomes of keeping the copy fresh, for who watches with a `freshness`:
 *
 * - `Idle`: the copy is fresh enough, or nobody wants it fresher
 * - `Running`: Toggl is asked
 * - `Failed`: Toggl could not be asked, or refused. It is tried again when the network is back, or the page is shown
 *   again
 *
 * @since 0.1.0
 * @category models
 */
export type Refresh =
  | { readonly _tag: "Idle" }
  | { readonly _tag: "Running" }
  | {
      readonly _tag: "Failed"
      /** Why Toggl could not be asked, or what it refused with. */
      readonly error: RefreshError
    }

/**
 * What becomes of a refresh, as it crosses to another process.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Refresh = /*#__PURE__*/ Schema.Union(
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("Idle") }),
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("Running") }),
  /*#__PURE__*/ Schema.Struct({
    _tag: /*#__PURE__*/ Schema.Literal("Failed"),
    error: /*#__PURE__*/ Schema.Union(
      ClientError.TransportError,
      ClientError.NotFound,
      ClientError.Forbidden,
      ClientError.BadRequest,
      ClientError.PlanRequired,
      ClientError.Gone,
      ClientError.InvalidStatus,
      ClientError.StorageError
    )
  })
)

/**
 * The clients of a workspace, and where what Toggl said of them comes from.
 *
 * @since 0.1.0
 * @category models
 */
export interface View {
  /** In the order of their names. What shows the same as before is the same object. */
  readonly clients: ReadonlyArray<ClientView>
  /** Where Toggl's state comes from: this very request (`Toggl`), or the copy on this device (`Local`). */
  readonly source: "Toggl" | "Local"
  /** When Toggl last gave the whole list, in milliseconds since the epoch; missing where it never did. */
  readonly fetchedAt: number | undefined
  /**
   * How many clients that list did not show, by its own account: items that cannot be read, or fewer than it counts
   * (`total_count`). Those that were known before it are shown as they were.
   */
  readonly leftOut: number
  /** What becomes of keeping it fresh. */
  readonly refresh: Refresh
}

/**
 * The view, as it crosses to another process.
 *
 * @example
 * import * as Schema from "effect/Schema"
 * import { View } from "effect-toggl-clients"
 *
 * const receive = Schema.decodeUnknown(View.View)
 *
 * @since 0.1.0
 * @category schemas
 */
export const View = /*#__PURE__*/ Schema.Struct({
  clients: /*#__PURE__*/ Schema.Array(ClientView),
  source: /*#__PURE__*/ Schema.Literal("Toggl", "Local"),
  fetchedAt: /*#__PURE__*/ Schema.UndefinedOr(Schema.Number),
  leftOut: Schema.Number,
  refresh: Refresh
})

/**
 * How fresh a read must be: asked of Toggl now (`Toggl`; it fails where Toggl cannot be asked), only what is on this
 * device (`Local`), or not older than a duration, where Toggl can be asked.
 *
 * @since 0.1.0
 * @category models
 */
export type Freshness = "Toggl" | "Local" | Duration.DurationInput
