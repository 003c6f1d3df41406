import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { StorageError } from "../ClientError.js"
import { toStorageError } from "./failure.js"
import type { OutboxStoreService } from "./service.js"
import type { Abort, Request, Step } from "./step.js"

const rank = (key: IDBValidKey): number => (typeof key === "number" ? 0 : typeof key === "string" ? 1 : 2)

/** IndexedDB's order of keys, for the kinds that are used here: numbers, then strings, then arrays. */
export const compare = (a: IDBValidKey, b: IDBValidKey): number => {
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let i = 0; i < a.length && i < b.length; i++) {
      const [x, y] = [a[i], b[i]]
      const order = x === undefined || y === undefined ? 0 : compare(x, y)
      if (order !== 0) return order
    }
    return a.length - b.length
  }
  const byKind = rank(a) - rank(b)
  return byKind !== 0 ? byKind : a < b ? -1 : a > b ? 1 : 0
}

interface Row {
  /** Where it stands in the order. */
  readonly key: IDBValidKey
  /** What stands there now. */
  row: unknown
}

/** The rows themselves, which several connections share as tabs share a database. */
export interface Memory {
  /** What is stored, sorted by the keys. */
  rows: Array<Row>
  /** The number that the next entry of the log gets: it only grows. */
  nextSeq: number
  /** Whom a store made of these rows tells that another has changed them. */
  readonly connections: Set<() => void>
}

export const makeMemory = (): Memory => ({ rows: [], nextSeq: 1, connections: new Set() })

// The place of the key, or where it would stand.
const find = (rows: ReadonlyArray<Row>, key: IDBValidKey): number => {
  let low = 0
  let high = rows.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const row = rows[middle]
    if (row !== undefined && compare(row.key, key) < 0) low = middle + 1
    else high = middle
  }
  return low
}

const insert = (memory: Memory, key: IDBValidKey, row: unknown): (() => void) => {
  const at = find(memory.rows, key)
  const there = memory.rows[at]
  if (there !== undefined && compare(there.key, key) === 0) {
    const before = there.row
    there.row = row
    return () => {
      there.row = before
    }
  }
  memory.rows.splice(at, 0, { key, row })
  return () => {
    memory.rows.splice(at, 1)
  }
}

const within = (memory: Memory, from: IDBValidKey, to: IDBValidKey): [start: number, end: number] => {
  const start = find(memory.rows, from)
  let end = start
  for (let row = memory.rows[end]; row !== undefined && compare(row.key, to) <= 0; row = memory.rows[end]) end++
  return [start, end]
}

// Serves one request; gives what undoes it, if it wrote.
const serve = (memory: Memory, request: Exclude<Request, Abort>): (() => void) | undefined => {
  switch (request._tag) {
    case "Get": {
      const row = memory.rows[find(memory.rows, request.key)]
      request.result = row !== undefined && compare(row.key, request.key) === 0 ? structuredClone(row.row) : undefined
      return undefined
    }
    case "Range": {
      const [start, end] = within(memory, request.from, request.to)
      const rows = memory.rows.slice(start, Math.min(end, start + (request.limit ?? Number.POSITIVE_INFINITY)))
      request.keys = rows.map((row) => row.key)
      request.rows = rows.map((row) => structuredClone(row.row))
      return undefined
    }
    case "Put":
      if (typeof request.key === "number" && request.key >= memory.nextSeq) {
        // As IndexedDB's key generator does: no number that a row has had is given again.
        memory.nextSeq = Math.floor(request.key) + 1
      }
      return insert(memory, request.key, structuredClone(request.row))
    case "Add":
      request.seq = memory.nextSeq++
      return insert(memory, request.seq, structuredClone(request.row))
    case "Remove": {
      const [start, end] = within(memory, request.from, request.to)
      const removed = memory.rows.splice(start, end - start)
      return () => {
        memory.rows.splice(start, 0, ...removed)
      }
    }
  }
}

// Pushes onto `undo` what takes back each write.
const takeTurns = <A>(memory: Memory, steps: Step<A>, undo: Array<() => void>): Either.Either<A, StorageError> => {
  let turn = steps.next()
  while (turn.done !== true) {
    if (turn.value._tag === "Abort") return Either.left(turn.value.error)
    const undoIt = serve(memory, turn.value)
    if (undoIt !== undefined) undo.push(undoIt)
    turn = steps.next()
  }
  return Either.right(turn.value)
}

/**
 * A connection to rows in memory. `fault` is asked before each transaction begins to write its result: an error undoes
 * the transaction, as a failed commit does.
 */
export const make = (
  memory: Memory,
  fault: (mode: "readonly" | "readwrite", name: string) => StorageError | undefined = () => undefined
): OutboxStoreService => {
  const own = new Set<() => void>()
  const hint = () => {
    for (const listener of own) listener()
  }
  return {
    transact: <A>(name: string, mode: "readonly" | "readwrite", step: () => Step<A>) =>
      Effect.suspend((): Effect.Effect<A, StorageError> => {
        const undo: Array<() => void> = []
        const ended = Either.try({ try: () => takeTurns(memory, step(), undo), catch: toStorageError }).pipe(
          Either.flatMap((took) => took),
          Either.flatMap((result) => {
            const error = fault(mode, name)
            return error === undefined ? Either.right(result) : Either.left(error)
          })
        )
        if (Either.isLeft(ended)) for (const undoIt of undo.reverse()) undoIt()
        else if (undo.length > 0) for (const listener of memory.connections) if (listener !== hint) listener()
        return ended
      }),
    onHint: (listener) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          own.add(listener)
          memory.connections.add(hint)
        }),
        () =>
          Effect.sync(() => {
            own.delete(listener)
            if (own.size === 0) memory.connections.delete(hint)
          })
      )
  }
}
