// Rows of earlier versions, read as rows of this one. They are written anew only when they change.
import * as Predicate from "effect/Predicate"
import { version } from "../log/entry.js"
import { anyStore } from "../log/state.js"

type Row = Readonly<Record<string, unknown>>

const isOf = (row: unknown, version: number): row is Row => Predicate.isRecord(row) && row["version"] === version

// All that the second version wrote means the same now; what this one has added may be missing.
const asIs = (row: unknown): unknown => (isOf(row, 2) ? { ...row, version } : row)

/** An entry. The first version counted the failures of the server alone. */
export const entry = (row: unknown): unknown => {
  if (!isOf(row, 1)) return asIs(row)
  const { serverErrors, ...rest } = row
  return { ...rest, version, failures: serverErrors }
}

/**
 * The queue's state. The first version did not count what had succeeded; neither it nor the second says of an empty store
 * that it was purged.
 */
export const state = (row: unknown): unknown => {
  if (isOf(row, 1)) return { ...row, version, successes: 0, purged: [anyStore] }
  return isOf(row, 2) ? { ...row, version, purged: [anyStore] } : row
}

/** How an entry ended. The first version discarded nothing that might have been applied. */
export const outcome = (row: unknown): unknown => (isOf(row, 1) ? { ...row, version } : asIs(row))
