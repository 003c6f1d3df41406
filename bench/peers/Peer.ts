/**
 * What each library is asked to do, so that all are measured by the same hand.
 *
 * @since 0.1.0
 */

/**
 * New notes of a client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Change {
  readonly client: number
  readonly notes: string
}

/**
 * The server, inside the page: it answers at once, and counts.
 *
 * @since 0.1.0
 * @category models
 */
export interface Server {
  readonly change: (change: Change) => Promise<void>
  /** Something was asked that changes nothing. */
  readonly read: () => void
}

/**
 * A library on a stored queue, which sends nothing until `replay`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Queue {
  /** Until the library, or the storage that it was given, says that the change is kept. */
  readonly accept: (change: Change) => Promise<void>
  /** Until nothing is left to be written. */
  readonly rest: () => Promise<void>
  readonly pending: () => Promise<number>
  /** Until the server has every change, and nothing of them is stored any more. */
  readonly replay: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * A library.
 *
 * @since 0.1.0
 * @category models
 */
export interface Peer {
  /** Stores a queue as the library itself would have left it. */
  readonly seed: (queue: string, changes: ReadonlyArray<Change>) => Promise<void>
  /** Until the library knows what is pending, and could replay. */
  readonly open: (queue: string, server: Server) => Promise<Queue>
}

/**
 * How many clients the app knows.
 *
 * @since 0.1.0
 * @category constants
 */
export const clientCount = 1000

/**
 * So many changes, each of another client until all have one.
 *
 * @since 0.1.0
 * @category constructors
 */
export const changes = (count: number): ReadonlyArray<Change> =>
  Array.from({ length: count }, (_, index) => ({ client: (index % clientCount) + 1, notes: `net ${index}` }))

/**
 * Whether what came out of a storage is a change.
 *
 * @since 0.1.0
 * @category guards
 */
export const isChange = (value: unknown): value is Change =>
  typeof value === "object" &&
  value !== null &&
  "client" in value &&
  typeof value.client === "number" &&
  "notes" in value &&
  typeof value.notes === "string"

/**
 * The fields of what came out of a storage or a request, none if it has none.
 *
 * @since 0.1.0
 * @category getters
 */
export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {}
