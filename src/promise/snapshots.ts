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
  | {
      readonly _tag: "Loading"
      /** Empty: nothing is known yet. */
      readonly clients: ReadonlyArray<ClientView>
    }
  | {
      readonly _tag: "Ready"
      /** In the order of their names. One that shows the same as before is the same object. */
      readonly clients: ReadonlyArray<ClientView>
      /** When Toggl last gave the whole list, in milliseconds since the epoch; missing where it never did. */
      readonly fetchedAt: number | undefined
      /** How many clients that list did not show, by its own account. */
      readonly leftOut: number
      /** Whether Toggl is asked for newer ones, or could not be. */
      readonly refresh: Refresh
    }
  | {
      readonly _tag: "NotThere"
      /** Empty: none of them is on this device. */
      readonly clients: ReadonlyArray<ClientView>
      /** Why Toggl could not say; missing where it was not asked. */
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
  | {
      readonly _tag: "Loading"
      /** Missing: nothing is known yet. */
      readonly client: undefined
    }
  | {
      readonly _tag: "Ready"
      /** The client as it is to be shown now, with the pending changes on it. */
      readonly client: ClientView
      /** Whether Toggl is asked for a newer one, or could not be. */
      readonly refresh: Refresh
    }
  | {
      readonly _tag: "NotThere"
      /** Missing: there is none, or it is deleted. */
      readonly client: undefined
      /** Why nobody can say whether there is one; missing where there surely is none. */
      readonly error: RefreshError | BadRequest | undefined
    }

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
  | {
      readonly _tag: "Loading"
      /** Missing: nothing is known yet. */
      readonly status: undefined
    }
  | {
      readonly _tag: "Ready"
      /** What is true of the queue now, in every tab. */
      readonly status: Status
    }
