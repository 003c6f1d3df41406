/**
 * The app of the demo: what its buttons would do, and what it shows of what the library gives. It is written twice: with Effect, and
 * without.
 *
 * @since 0.1.0
 */
import {
  describe as sentence,
  type Ending,
  type EntryView,
  type ClientView,
  type Mutation,
  type Quota,
  type Receipt,
  type Status,
  type View
} from "../../src/doors/promise.js"

/**
 * A typed error, as it crosses from the page to the terminal.
 *
 * @since 0.1.0
 * @category models
 */
export interface Failure {
  readonly tag: string
  readonly reason: string | undefined
  readonly sentence: string
}

/**
 * @since 0.1.0
 * @category models
 */
export type Answer<A> =
  { readonly _tag: "Ok"; readonly value: A } | { readonly _tag: "Failed"; readonly failure: Failure }

/**
 * A receipt as the demo prints it. `because` says in words what a queued change waits for, `waitsFor` is its tag.
 *
 * @since 0.1.0
 * @category models
 */
export interface Stub {
  readonly tag: "Confirmed" | "Queued"
  readonly id: number
  readonly entryId: string | undefined
  readonly waitsFor: string | undefined
  readonly because: string
}

/**
 * An entry of the outbox as the demo prints it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Line {
  readonly id: string
  readonly what: string
  readonly state: string
  readonly because: string
  readonly refused: Failure | undefined
  readonly dependents: number
}

/**
 * A client as the demo prints it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Row {
  readonly id: number
  readonly name: string
  readonly notes: string
  readonly archived: boolean
  readonly pending: boolean
}

/**
 * All clients of the workspace, the archived too, and where what Toggl said of them comes from: this very request, or
 * the copy on this device. `fetchedAt` is when Toggl said it, in milliseconds since the epoch.
 *
 * @since 0.1.0
 * @category models
 */
export interface Shown {
  readonly rows: ReadonlyArray<Row>
  readonly source: View["source"]
  readonly fetchedAt: number | undefined
}

/**
 * What the queue does, and how many statuses were seen up to this one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Seen {
  readonly count: number
  readonly status: Status
}

/**
 * What the terminal may ask of the app.
 *
 * @since 0.1.0
 * @category models
 */
export interface App {
  /**
   * Builds the layer, on the storage that is there, and ends the one before; gives the base URL that it uses. `merge`:
   * whether changes of one client go as one request.
   */
  readonly start: (merge: boolean) => Promise<Answer<string>>
  readonly create: (name: string) => Promise<Answer<Stub>>
  readonly update: (id: number, change: { name?: string; notes?: string }) => Promise<Answer<Stub>>
  readonly archive: (id: number) => Promise<Answer<Stub>>
  /** All clients: from this device, or asked of Toggl. */
  readonly clients: (freshness: "Local" | "Toggl") => Promise<Answer<Shown>>
  /** One client, from this device, by Toggl's id or the local one. */
  readonly client: (id: number) => Promise<Answer<Row>>
  readonly entries: () => Promise<Answer<ReadonlyArray<Line>>>
  /** Sends a refused entry again with another name; gives Toggl's id for the client. */
  readonly retry: (entryId: string, name: string) => Promise<Answer<number | undefined>>
  /** Waits until each of these entries has ended; gives Toggl's id for the client of each that is done. */
  readonly endings: (entryIds: ReadonlyArray<string>) => Promise<Answer<ReadonlyArray<number | undefined>>>
  /** What Toggl last said of the hourly quota. */
  readonly quota: () => Promise<Answer<Quota | undefined>>
  /** The first status after so many. */
  readonly statusAfter: (count: number) => Promise<Answer<Seen>>
  /** Waits until nothing is on its way and the next try is more than a second ahead. */
  readonly rests: () => Promise<Answer<void>>
}

/**
 * @since 0.1.0
 * @category conversions
 */
export const failureOf = (error: { readonly _tag: string; readonly message: string }): Failure => ({
  tag: error._tag,
  reason: "reason" in error && typeof error.reason === "string" ? error.reason : undefined,
  sentence: error.message
})

/**
 * `now`, here and below, is in milliseconds since the epoch.
 *
 * @since 0.1.0
 * @category conversions
 */
export const stubOf = (receipt: Receipt<unknown>, now: number): Stub => ({
  tag: receipt._tag,
  id: receipt.id,
  entryId: receipt.entryId,
  waitsFor: receipt._tag === "Queued" ? receipt.reason._tag : undefined,
  because: receipt._tag === "Queued" ? sentence(receipt.reason, now) : ""
})

const describe = (mutation: Mutation): string => {
  switch (mutation._tag) {
    case "Create":
      return `create "${mutation.name}"`
    case "Update":
      return mutation.change.name === undefined
        ? `note "${mutation.change.notes ?? ""}" on client ${mutation.clientId}`
        : `rename client ${mutation.clientId} to "${mutation.change.name}"`
    default:
      return `${mutation._tag.toLowerCase()} client ${mutation.clientId}`
  }
}

/**
 * @since 0.1.0
 * @category conversions
 */
export const lineOf = (entry: EntryView, now: number): Line => ({
  id: entry.id ?? "",
  what: entry.mutation === undefined ? "an entry that cannot be read" : describe(entry.mutation),
  state: entry.state,
  because: entry.reason === undefined ? "" : sentence(entry.reason, now),
  refused: entry.refused === undefined ? undefined : failureOf(entry.refused),
  dependents: entry.dependents.length
})

/**
 * @since 0.1.0
 * @category conversions
 */
export const rowOf = ({ archived, id, name, notes, pending }: ClientView): Row => ({
  id,
  name,
  notes,
  archived,
  pending
})

/**
 * @since 0.1.0
 * @category conversions
 */
export const shownOf = ({ clients, fetchedAt, source }: View): Shown => ({
  rows: clients.map(rowOf),
  source,
  fetchedAt
})

/**
 * Toggl's id for the client of an entry that is done.
 *
 * @since 0.1.0
 * @category conversions
 */
export const endedAs = (ending: Ending): number | undefined => (ending._tag === "Done" ? ending.clientId : undefined)

/**
 * Whether nothing is on its way, and the next try is more than a second ahead.
 *
 * @since 0.1.0
 * @category conversions
 */
export const isResting = ({ queue }: Status, now: number): boolean =>
  queue._tag === "Waiting" && "until" in queue.for && queue.for.until - now > 1000
