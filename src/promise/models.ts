// What the operations take and give, as plain types: ids are numbers, times milliseconds, and what is absent is undefined.
import type { Client } from "./client.js"
import type { Refusal, StorageError, TransportError } from "./errors.js"
import type { RefreshError } from "./unions.js"

export {
  /**
   * @since 0.1.0
   * @category models
   */
  type Client
} from "./client.js"

/**
 * A client as the app should show it: Toggl's fields, with the pending changes on them.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientView extends Client {
  /** Toggl's id once it is known, a local one (below 0) until then. Either works wherever an id is asked for. */
  readonly id: number
  /** Stays the same from the moment the client first appears on this device: the `key` of a list. */
  readonly key: string
  /** Whether changes of it are still to be sent. */
  readonly pending: boolean
}

/**
 * What becomes of keeping clients fresh.
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
 * The clients of a workspace, and where what Toggl said of them comes from.
 *
 * @since 0.1.0
 * @category models
 */
export interface View {
  /** In the order of their names. */
  readonly clients: ReadonlyArray<ClientView>
  /** Where Toggl's state comes from: this very request, or the copy on this device. */
  readonly source: "Toggl" | "Local"
  /** When Toggl last gave the whole list, in milliseconds since the epoch; missing where it never did. */
  readonly fetchedAt: number | undefined
  /** How many clients that list did not show, by its own account. */
  readonly leftOut: number
  /** What becomes of keeping it fresh. */
  readonly refresh: Refresh
}

/**
 * What a change, or the whole queue, waits for: `describe` makes a line of it.
 *
 * @since 0.1.0
 * @category models
 */
export type WaitingFor =
  | {
      readonly _tag:
        "Offline" | "BackingOff" | "RateLimited" | "Quota" | "CredentialsUnavailable" | "LookingUp" | "SetAside"
      /** When it is tried next, in milliseconds since the epoch. */
      readonly until: number
      /** What the last attempt said, where there was one. */
      readonly error?: TransportError | StorageError | undefined
      /** The name of what was thrown where nothing should be. */
      readonly cause?: string | undefined
    }
  | { readonly _tag: "SignInNeeded" | "WrongAccount" | "ByUser" }
  | {
      readonly _tag: "Behind"
      /** How many changes stand before it. */
      readonly count: number
    }
  | {
      readonly _tag: "Held"
      /** The entry that it depends on; missing where that cannot be read. */
      readonly by: string | undefined
    }
  | { readonly _tag: "NewerVersion" | "InProgress" }
  | {
      readonly _tag: "StorageLost"
      /** Why the database does not answer. */
      readonly error: StorageError
    }

/**
 * Toggl has applied the change.
 *
 * @since 0.1.0
 * @category models
 */
export interface Confirmed<out A> {
  /** Tells it from `Queued`. */
  readonly _tag: "Confirmed"
  /** The entry of the outbox that the change was; missing where there was none. */
  readonly entryId: string | undefined
  /** The client that was changed: Toggl's id. */
  readonly id: number
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
  /** Tells it from `Confirmed`. */
  readonly _tag: "Queued"
  /** The entry of the outbox that the change is: `outcome` and `awaitOutcome` take it. */
  readonly entryId: string
  /** The client that is changed: Toggl's id, or a local one, which stays valid. */
  readonly id: number
  /** The client as the app should show it now, where that is known. */
  readonly client: ClientView | undefined
  /** What it waits for. */
  readonly reason: WaitingFor
}

/**
 * What a change gives its caller.
 *
 * @since 0.1.0
 * @category models
 */
export type Receipt<A> = Confirmed<A> | Queued

/**
 * A change of one client, as it was asked for: `describeMutation` makes a line of it.
 *
 * @since 0.1.0
 * @category models
 */
export type Mutation =
  | {
      readonly _tag: "Create"
      /** The workspace that the client is made in. */
      readonly workspaceId: number
      /** What names the client on this device until Toggl has given its id: below 0. */
      readonly localId: number
      /** What the client is to be called. */
      readonly name: string
      /** What is to be written of it: empty for none. */
      readonly notes: string
    }
  | {
      readonly _tag: "Update"
      /** Where Toggl keeps the client that this is about. */
      readonly workspaceId: number
      /** The client that is changed: Toggl's id, or a local one below 0. */
      readonly clientId: number
      /** What becomes another: what is left out stays as it is. */
      readonly change: {
        /** What the client is to be called from then on. */
        readonly name?: string
        /** What is to be written of it: empty for none. */
        readonly notes?: string
      }
    }
  | {
      readonly _tag: "Delete" | "Archive"
      /** Where Toggl keeps the client that this is about. */
      readonly workspaceId: number
      /** The client that goes: Toggl's id, or a local one below 0. */
      readonly clientId: number
    }
  | {
      readonly _tag: "Restore"
      /** Where Toggl keeps the client that this is about. */
      readonly workspaceId: number
      /** The client that comes back: Toggl's id, or a local one below 0. */
      readonly clientId: number
      /** Which of its projects come back with it: none unless named. */
      readonly input: {
        /** The ids of the projects that come back. */
        readonly projects?: ReadonlyArray<number>
        /** Whether all of its projects come back. */
        readonly restoreAllProjects?: boolean
      }
    }

/**
 * What the queue does.
 *
 * @since 0.1.0
 * @category models
 */
export type Queue =
  | { readonly _tag: "Idle" }
  | {
      readonly _tag: "Replaying"
      /** How many changes of this run are sent. */
      readonly done: number
      /** How many there are in this run. */
      readonly total: number
    }
  | {
      readonly _tag: "Waiting"
      /** What the whole queue waits for, and until when. */
      readonly for: WaitingFor
    }
  | {
      readonly _tag: "Paused"
      /** What ends the pause: a sign-in, the account's own user, or the user's word. */
      readonly reason: "SignInNeeded" | "WrongAccount" | "ByUser"
    }
  | {
      readonly _tag: "StorageLost"
      /** Why the database does not answer, or that it was cleared under the app. */
      readonly error: StorageError
    }

/**
 * The hourly quota as Toggl last stated it for a workspace.
 *
 * @since 0.1.0
 * @category models
 */
export interface Quota {
  /** The workspace whose requests were counted. */
  readonly workspaceId: number
  /** How many requests are left in this hour. */
  readonly remaining: number
  /** When all are there again, in milliseconds since the epoch, where Toggl says so. */
  readonly resetsAt: number | undefined
}

/**
 * The queue, and how many of its entries are where: `describe` makes a line of it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Status {
  /** What the queue does now, or what it waits for. */
  readonly queue: Queue
  /** How many changes are still to be sent. */
  readonly waiting: number
  /** When the oldest of these was accepted, in milliseconds since the epoch. */
  readonly since: number | undefined
  /** How many of them wait for one that was refused, is set aside, or cannot be read. */
  readonly held: number
  /** How many of them kept failing while others succeeded. */
  readonly setAside: number
  /** How many Toggl has refused: they wait for the user. */
  readonly refused: number
  /** How many rows cannot be read. */
  readonly unreadable: number
  /** How many changes went with a database that was cleared under the app. */
  readonly lost: number
  /** Whether something else than Toggl seems to have answered. */
  readonly proxySuspected: boolean
  /** What Toggl last said of the hourly quota, by workspace. */
  readonly quota: ReadonlyArray<Quota>
  /** Whether the browser has promised to keep what is stored here; missing where it does not say. */
  readonly persisted: boolean | undefined
}

/**
 * An entry of the outbox as its user may see it.
 *
 * @since 0.1.0
 * @category models
 */
export interface EntryView {
  /** Names the entry on every device; missing where its row cannot be read. */
  readonly id: string | undefined
  /** Its place in the order. `discard` takes it for a row that cannot be read. */
  readonly seq: number
  /** What was asked for; missing where the row cannot be read. */
  readonly mutation: Mutation | undefined
  /** The client that it is about: Toggl's id once it is known, a local one until then. */
  readonly clientId: number | undefined
  /** The client's name before it, where there is one. */
  readonly nameBefore: string | undefined
  /** The client's name after it, where there is one. */
  readonly nameAfter: string | undefined
  /** When the change was accepted, in milliseconds since the epoch. */
  readonly acceptedAt: number | undefined
  /** How many requests for it may have left this device. */
  readonly attempts: number
  /** Whether it is still to be sent, waits for its user since Toggl has refused it, or cannot be read. */
  readonly state: "Waiting" | "Refused" | "Unreadable"
  /** What a waiting one waits for. */
  readonly reason: WaitingFor | undefined
  /** Why Toggl refused it. */
  readonly refused: Refusal | undefined
  /** The entries that are held by it, and go with it when it is discarded. */
  readonly dependents: ReadonlyArray<string>
  /** The row as it is, where it cannot be read. */
  readonly row: unknown
}

/**
 * How an entry ended.
 *
 * @since 0.1.0
 * @category models
 */
export type Ending =
  | {
      readonly _tag: "Done"
      /** The id that Toggl has given the client, or knows it by. */
      readonly clientId?: number
      /** The client as Toggl answered it, where the answer has one. */
      readonly client?: Client
      /** The projects that were archived with it, where they are known. */
      readonly projects?: ReadonlyArray<number>
    }
  | {
      readonly _tag: "Refused"
      /** Why Toggl will not do it, as its caller heard. */
      readonly error: Refusal
    }
  | {
      readonly _tag: "Discarded" | "Moved"
      /** An attempt at it had got no answer by then, and Toggl may have done it all the same. */
      readonly mayHaveBeenApplied: boolean
    }

/**
 * How an entry stands: still in the outbox, or ended. `Unknown`: never seen, or ended too long ago.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome =
  | Ending
  | {
      readonly _tag: "Waiting"
      /** What it waits for before it is sent. */
      readonly reason: WaitingFor
    }
  | {
      readonly _tag: "Standing"
      /** Why Toggl refused it: the user retries, edits or discards it. */
      readonly error: Refusal
    }
  | { readonly _tag: "Unknown" }

/**
 * What came of a flush, of the changes that were accepted before it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Flushed {
  /** How many Toggl has now. */
  readonly sent: number
  /** How many it has refused. */
  readonly refused: number
  /** Those that are still to be sent, in their order, each with what it waits for. */
  readonly waiting: ReadonlyArray<{
    /** The entry that is still in the outbox. */
    readonly entryId: string
    /** What it waits for before it is sent. */
    readonly reason: WaitingFor
  }>
}

/**
 * An entry that the user, or another one that it depended on, took out of the outbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface DiscardedEntry {
  /** The entry that is gone. */
  readonly id: string
  /** An attempt at it had got no answer by then, and Toggl may have done it all the same. */
  readonly mayHaveBeenApplied: boolean
}

/**
 * An entry that was taken out into a file, and is kept until the app confirms that file.
 *
 * @since 0.1.0
 * @category models
 */
export interface MovedEntry extends DiscardedEntry {
  /** What was asked for. */
  readonly mutation: Mutation
  /** When the change was accepted, in milliseconds since the epoch. */
  readonly acceptedAt: number
}

/**
 * An outbox in another database of this browser, with changes that are not sent from here.
 *
 * @since 0.1.0
 * @category models
 */
export interface OtherOutbox {
  /** What the app called its user. */
  readonly account: string
  /** The base URL that it was opened with. */
  readonly baseUrl: string
  /** How many changes are still to be sent. */
  readonly waiting: number
  /** How many were refused. */
  readonly refused: number
  /** How many rows cannot be read. */
  readonly unreadable: number
  /** When the oldest of those that wait was accepted, in milliseconds since the epoch. */
  readonly since: number | undefined
  /** The id of the Toggl user whose changes they are, where that is known. */
  readonly userId: number | undefined
  /** Why nothing of it can be read now: nothing else is known of it then. */
  readonly error: StorageError | undefined
}

/**
 * What came of signing in: whose the credentials are, or why that could not be asked now.
 *
 * @since 0.1.0
 * @category models
 */
export type SignedIn =
  | {
      /** Toggl has said whose they are. */
      readonly checked: true
      /** The Toggl user whose credentials they are. */
      readonly userId: number
    }
  | {
      /** Toggl could not be asked now: they are tried with the next request. */
      readonly checked: false
      /** Why it could not be asked, and until when. */
      readonly reason: WaitingFor
    }

/**
 * Whose credentials they are.
 *
 * @since 0.1.0
 * @category models
 */
export interface Me {
  /** The id of the Toggl user whose token or log-in it is. */
  readonly userId: number
  /** The workspace that the user sees first, where Toggl names one. */
  readonly defaultWorkspaceId: number | undefined
}
