// What stores show.
import type { ClientView, EntryView, Refresh, Status } from "./models.js"
import type { BadRequest, InvalidStatus } from "./errors.js"
import type { RefreshError } from "./unions.js"

/**
 * What changes, and tells whoever listens. It fits React's `useSyncExternalStore`, Svelte's `$store` and Solid's `from`. Its
 * functions work detached.
 *
 * @since 0.1.0
 * @category stores
 */
export interface Store<Snapshot> {
  /** Calls the listener at once and at each change with the snapshot, until what it gives is called. */
  readonly subscribe: (listener: (snapshot: Snapshot) => void) => () => void
  /** What is shown now: the same object until something changes. */
  readonly getSnapshot: () => Snapshot
  /** What servers show, and a page that takes over what a server has made: always the same object, which says that it loads. */
  readonly getServerSnapshot: () => Snapshot
}

/**
 * The clients of a workspace, as a store shows them. `clients` is there in each state.
 *
 * - `Loading`: nothing is known yet
 * - `Ready`: the clients, and what becomes of keeping them fresh (`refresh`): a failed refresh takes nothing away
 * - `NotThere`: nothing of them is on this device, and Toggl is not asked, or could not say (`error`)
 *
 * @since 0.1.0
 * @category stores
 */
export type ClientsSnapshot =
  | { readonly _tag: "Loading"; readonly clients: ReadonlyArray<ClientView> }
  | {
      readonly _tag: "Ready"
      readonly clients: ReadonlyArray<ClientView>
      readonly fetchedAt: number | undefined
      readonly leftOut: number
      readonly refresh: Refresh
    }
  | {
      readonly _tag: "NotThere"
      readonly clients: ReadonlyArray<ClientView>
      readonly error: RefreshError | BadRequest | InvalidStatus | undefined
    }

/**
 * One client, as a store shows it. It is followed from its local id to Toggl's.
 *
 * - `Loading`: nothing is known yet
 * - `Ready`: the client, and what becomes of keeping it fresh
 * - `NotThere`: there is none, it is deleted, or nobody can say now (`error`)
 *
 * @since 0.1.0
 * @category stores
 */
export type ClientSnapshot =
  | { readonly _tag: "Loading"; readonly client: undefined }
  | { readonly _tag: "Ready"; readonly client: ClientView; readonly refresh: Refresh }
  | { readonly _tag: "NotThere"; readonly client: undefined; readonly error: RefreshError | BadRequest | undefined }

/**
 * All entries of the outbox, as a store shows them.
 *
 * @since 0.1.0
 * @category stores
 */
export interface EntriesSnapshot {
  /** Whether they are known. */
  readonly _tag: "Loading" | "Ready"
  /** In their order. One that shows the same as before is the same object. */
  readonly entries: ReadonlyArray<EntryView>
}

/**
 * The status, as a store shows it.
 *
 * @since 0.1.0
 * @category stores
 */
export type StatusSnapshot =
  { readonly _tag: "Loading"; readonly status: undefined } | { readonly _tag: "Ready"; readonly status: Status }
