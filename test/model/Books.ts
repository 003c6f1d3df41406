/**
 * The store's rows as they are now, read past the library's operations.
 */
import * as Either from "effect/Either"
import type { Client } from "../../src/Client.js"
import type { Entry, Outcome } from "../../src/log/entry.js"
import type { QueueState } from "../../src/log/state.js"
import { readClient, readOutcome, readResolved, readRow, readState } from "../../src/transactions/rows.js"
import type * as OutboxStore from "../../src/OutboxStore.js"

export interface Books {
  readonly entries: ReadonlyMap<number, Entry>
  readonly unreadable: number
  readonly outcomes: ReadonlyMap<string, Outcome>
  readonly ids: ReadonlyMap<number, number>
  readonly clients: ReadonlyMap<number, Client>
  readonly state: QueueState
}

/** Reads rows, each only once for as long as it stays the same. */
export const reader = (memory: OutboxStore.Memory): (() => Books) => {
  const remembered = <A>(read: (row: unknown) => A): ((row: unknown) => A) => {
    const known = new WeakMap<object, { readonly value: A }>()
    return (row) => {
      if (typeof row !== "object" || row === null) return read(row)
      const before = known.get(row)
      if (before !== undefined) return before.value
      const value = read(row)
      known.set(row, { value })
      return value
    }
  }
  const entryOf = new Map<number, (row: unknown) => Entry | undefined>()
  const outcomeOf = remembered(readOutcome)
  const clientOf = remembered(readClient)
  const resolvedOf = remembered(readResolved)
  const stateOf = remembered((row) => readState(row, "none"))
  return () => {
    const entries = new Map<number, Entry>()
    const outcomes = new Map<string, Outcome>()
    const ids = new Map<number, number>()
    const clients = new Map<number, Client>()
    let unreadable = 0
    let state: QueueState | undefined
    for (const { key, row } of memory.rows) {
      if (typeof key === "number") {
        let read = entryOf.get(key)
        if (read === undefined) {
          read = remembered((row) => Either.getOrUndefined(readRow(key, row)))
          entryOf.set(key, read)
        }
        const entry = read(row)
        if (entry === undefined) unreadable++
        else entries.set(key, entry)
      } else if (key === "state") {
        state = stateOf(row)
      } else if (Array.isArray(key)) {
        const last = key.at(-1)
        if (key[0] === "outcome" && typeof last === "string") {
          const outcome = outcomeOf(row)
          if (outcome !== undefined) outcomes.set(last, outcome)
        } else if (key[0] === "id" && typeof last === "number") {
          const clientId = resolvedOf(row)
          if (clientId !== undefined) ids.set(last, clientId)
        } else if (key[0] === "client" && typeof last === "number") {
          const client = clientOf(row)
          if (client !== undefined) clients.set(last, client)
        }
      }
    }
    return { entries, unreadable, outcomes, ids, clients, state: state ?? readState(undefined, "none") }
  }
}
