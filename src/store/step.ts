import type { StorageError } from "../ClientError.js"

/**
 * What a step asks of its transaction. A store that serves it writes the answer into it.
 *
 * @since 0.1.0
 * @category models
 */
export type Request = Get | Range | Put | Add | Remove | Abort

/**
 * Reads the row of one key: `undefined` where there is none.
 *
 * @since 0.1.0
 * @category models
 */
export interface Get {
  readonly _tag: "Get"
  /** The key whose row is to be read. */
  readonly key: IDBValidKey
  /** The store writes the row here: `undefined` where there is none. */
  result: unknown
}

/**
 * Reads the rows whose keys lie in `from <= key <= to`, in the order of their keys.
 *
 * @since 0.1.0
 * @category models
 */
export interface Range {
  readonly _tag: "Range"
  /** The first key that counts. */
  readonly from: IDBValidKey
  /** The last key that counts. */
  readonly to: IDBValidKey
  /**
   * No more rows than so many, from the first on. A store may give more, and then all of them. All, where it is
   * missing.
   */
  readonly limit?: number
  /** The store writes the keys here, in their order. */
  keys: ReadonlyArray<IDBValidKey>
  /** The store writes the rows here, each at the place of its key. */
  rows: ReadonlyArray<unknown>
}

/**
 * Writes a row under its key. A number that is not below the next one of the log moves that on.
 *
 * @since 0.1.0
 * @category models
 */
export interface Put {
  readonly _tag: "Put"
  /** Where the row is to stand. */
  readonly key: IDBValidKey
  /** What is to stand there, as structured clones can be. */
  readonly row: unknown
}

/**
 * Adds a row under the next number of the log: one that no earlier row ever had.
 *
 * @since 0.1.0
 * @category models
 */
export interface Add {
  readonly _tag: "Add"
  /** What is to be added, as structured clones can be. */
  readonly row: unknown
  /** Whether no other request of the step follows. */
  readonly isLast: boolean
  /** The store writes the number here that the row got. */
  seq: number
}

/**
 * Removes the rows whose keys lie in `from <= key <= to`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Remove {
  readonly _tag: "Remove"
  /** The first key whose row goes. */
  readonly from: IDBValidKey
  /** The last key whose row goes. */
  readonly to: IDBValidKey
}

/**
 * Undoes the whole step and fails it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Abort {
  readonly _tag: "Abort"
  /** What the transaction is to fail with. */
  readonly error: StorageError
}

/**
 * An atomic step on a sorted store of rows, written once for every store: a generator that yields its reads and writes,
 * and is resumed inside the transaction when each is done. It runs no Effect and awaits nothing else, so a transaction
 * never outlives its own requests.
 *
 * @since 0.1.0
 * @category models
 */
export type Step<A> = Generator<Request, A, void>

export const get = function* (key: IDBValidKey): Step<unknown> {
  const request: Get = { _tag: "Get", key, result: undefined }
  yield request
  return request.result
}

export const range = function* (
  from: IDBValidKey,
  to: IDBValidKey
): Step<ReadonlyArray<readonly [key: IDBValidKey, row: unknown]>> {
  const request: Range = { _tag: "Range", from, to, keys: [], rows: [] }
  yield request
  return request.keys.map((key, index) => [key, request.rows[index]])
}

// So many rows are read at once where there may be very many: a page is to answer whoever uses it in between.
const pieceSize = 1000

/** Takes each of the rows of a range, a piece after another. */
export const pieces = function* (
  from: IDBValidKey,
  to: IDBValidKey,
  take: (key: IDBValidKey, row: unknown) => void
): Step<void> {
  let next = from
  let known = 0
  let keys: ReadonlyArray<IDBValidKey>
  do {
    // Keys have no successor: each piece begins with the last row of the one before.
    const request: Range = { _tag: "Range", from: next, to, limit: pieceSize + known, keys: [], rows: [] }
    yield request
    keys = request.keys.slice(known)
    const rows = request.rows.slice(known)
    for (const [index, key] of keys.entries()) take(key, rows[index])
    next = keys.at(-1) ?? to
    known = 1
  } while (keys.length >= pieceSize)
}

export const put = function* (key: IDBValidKey, row: unknown): Step<void> {
  yield { _tag: "Put", key, row }
}

export const add = function* (row: unknown, isLast = false): Step<number> {
  const request: Add = { _tag: "Add", row, isLast, seq: 0 }
  yield request
  return request.seq
}

export const remove = function* (from: IDBValidKey, to: IDBValidKey = from): Step<void> {
  yield { _tag: "Remove", from, to }
}

export const abort = function* (error: StorageError): Step<never> {
  yield { _tag: "Abort", error }
  throw error
}

export const firstSeq = 1
export const lastSeq = Number.MAX_SAFE_INTEGER
export const stateKey = "state"
export const idKey = (localId: number): IDBValidKey => ["id", localId]
export const outcomeKey = (entryId: string): IDBValidKey => ["outcome", entryId]
export const doubtKey = (workspaceId: number): IDBValidKey => ["doubt", workspaceId]
export const movedKey = (seq: number): IDBValidKey => ["moved", seq]
export const clientKey = (workspaceId: number, clientId: number): IDBValidKey => ["client", workspaceId, clientId]

/** Which client the key is of, or all of which workspace the range that begins there. */
export const clientAt = (
  key: IDBValidKey
): { readonly workspaceId: number; readonly clientId: number | undefined } | undefined => {
  if (!Array.isArray(key)) return undefined
  const [what, workspaceId, clientId] = key
  if (what !== "client" || typeof workspaceId !== "number") return undefined
  return { workspaceId, clientId: typeof clientId === "number" ? clientId : undefined }
}

/** The range of all keys that begin so: an array sorts after every number and string. */
export const under = (...prefix: ReadonlyArray<string | number>): [from: IDBValidKey, to: IDBValidKey] => [
  [...prefix],
  [...prefix, []]
]
