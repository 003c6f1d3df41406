// How entries ended: kept for those who ask later, and forgotten in the end.
import type { Ending, EntryId } from "../Entry.js"
import { type Ended, type Entry, goneBy, type Outcome, version } from "../log/entry.js"
import { get, outcomeKey, put, range, remove, type Step, under } from "../store/step.js"
import { putGone, readOutcome, writeOutcome } from "./rows.js"

/** Takes the entry out of the log, and keeps how it ended. */
export const end = function* ({ id, mutation, seq }: Entry, endedAt: number, ending: Ending): Step<Ended> {
  const outcome: Outcome = { version, id, mutation, endedAt, ending }
  yield* remove(seq)
  yield* put(outcomeKey(id), writeOutcome(outcome))
  const gone = goneBy(outcome)
  // Outcomes are forgotten in the end, and a local id is not.
  if (gone !== undefined) yield* putGone(gone)
  return { seq, outcome }
}

/** How an entry ended, if it has and it is still kept. */
export const outcome = function* (id: EntryId): Step<Outcome | undefined> {
  return readOutcome(yield* get(outcomeKey(id)))
}

/**
 * Forgets outcomes: those that ended before `before` (milliseconds since the epoch), but for the newest `keep`. What
 * cannot be read may be a newer version's, and stays. Gives how many were forgotten.
 */
export const prune = function* (before: number, keep: number): Step<number> {
  const kept: Array<readonly [key: IDBValidKey, endedAt: number]> = []
  for (const [key, row] of yield* range(...under("outcome"))) {
    const outcome = readOutcome(row)
    if (outcome !== undefined) kept.push([key, outcome.endedAt])
  }
  const old = kept
    .sort((a, b) => b[1] - a[1])
    .slice(keep)
    .filter(([, endedAt]) => endedAt < before)
  for (const [key] of old) yield* remove(key)
  return old.length
}
