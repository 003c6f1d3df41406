import * as Predicate from "effect/Predicate"
import type { EntryId } from "../Entry.js"
import { elsewhere, type Entry, type Outcome, type Row } from "../log/entry.js"
import type { Mutation } from "../Mutation.js"
import { dependentsOf } from "../log/dependencies.js"
import { changedTo, end, goneFrom, load, type Snapshot, stepOn } from "./mark.js"
import { getEntry, getState, newState, putEntry, putState, readOutcome, writeRow } from "./rows.js"
import { add, get, outcomeKey, range, remove, type Step, under } from "../store/step.js"

export type Repaired = "Repaired" | "Unknown" | "BeingSent" | "NotRefused" | "Unreadable"

// Other tabs see that the log has changed by the state's step.
const noteStep = function* (fresh: string, changed: Parameters<typeof stepOn>[1]): Step<void> {
  yield* putState(stepOn(yield* getState(fresh), changed))
}

export const isParked = (entry: Entry): boolean => entry.state._tag === "Refused" || entry.state._tag === "SetAside"

/**
 * Ends a refused entry whose caller is still there to hear of it, unless something depends on it: then it stays among
 * the refused, so that the user decides about both.
 */
export const claimRefusal = function* (fresh: string, seq: number, id: EntryId, now: number): Step<boolean> {
  const entry = yield* getEntry(seq)
  if (entry === undefined || entry.id !== id || entry.state._tag !== "Refused") return false
  if (dependentsOf(yield* load(fresh), seq).length > 0) return false
  yield* remove(seq)
  yield* end(entry, now, { _tag: "Refused", error: entry.state.error })
  yield* noteStep(fresh, [goneFrom(entry)])
  return true
}

/**
 * Puts a refused or set-aside entry back in its place, as it was or as `edit` makes it. A set-aside one may have been
 * applied as it was: it is looked up first, and not edited. After a conflict it goes on from what Toggl had then.
 */
export const retry = function* (fresh: string, seq: number, edit: (mutation: Mutation) => Mutation): Step<Repaired> {
  const entry = yield* getEntry(seq)
  if (entry === undefined) return (yield* get(seq)) === undefined ? "Unknown" : "Unreadable"
  if (!isParked(entry)) return "NotRefused"
  const { lastError: _, state, ...rest } = entry
  const mutation = edit(entry.mutation)
  const isAside = state._tag === "SetAside"
  if (isAside && mutation !== entry.mutation) return "BeingSent"
  const again: Entry = {
    ...rest,
    ...(state._tag === "Refused" && state.error._tag === "Conflict" ? { base: state.error.theirs } : {}),
    mutation,
    state: isAside ? { _tag: "Uncertain", attempt: state.attempt } : { _tag: "Pending" },
    serverErrors: 0
  }
  yield* putEntry(again)
  yield* noteStep(fresh, [changedTo(again)])
  return "Repaired"
}

export type Discarded =
  { readonly _tag: "Discarded"; readonly entries: ReadonlyArray<Entry> } | Exclude<Repaired, "Repaired">

/**
 * Takes an entry out of the log, and with it all that depends on it. An entry that is being sent, or waits to be looked
 * up, stays; what is set aside may have been applied, and its user may give it up all the same.
 */
export const discard = function* (fresh: string, seq: number, now: number): Step<Discarded> {
  const snapshot = yield* load(fresh)
  const unreadable = snapshot.unreadable.find((row) => row.seq === seq)
  if (unreadable !== undefined) {
    yield* remove(seq)
    yield* noteStep(fresh, [])
    return { _tag: "Discarded", entries: [] }
  }
  const wanted = new Set([seq, ...dependentsOf(snapshot, seq)])
  const entries = snapshot.entries.filter((entry) => wanted.has(entry.seq))
  if (!entries.some((entry) => entry.seq === seq)) return "Unknown"
  if (entries.some((entry) => entry.state._tag === "Sending" || entry.state._tag === "Uncertain")) return "BeingSent"
  for (const entry of entries) {
    yield* remove(entry.seq)
    yield* end(entry, now, { _tag: "Discarded" })
  }
  yield* noteStep(fresh, entries.map(goneFrom))
  return { _tag: "Discarded", entries }
}

/** How an entry ended, if it has and it is still kept. */
export const outcome = function* (id: EntryId): Step<Outcome | undefined> {
  return readOutcome(yield* get(outcomeKey(id)))
}

// What elsewhere was being sent has no replayer here that could hear the answer. Its attempt keeps no fence: this device
// made none, and cannot say what it knew before it.
const fromElsewhere = (row: Row): Row => {
  switch (row.state._tag) {
    case "Sending":
    case "Uncertain":
      return { ...row, state: { _tag: "Uncertain", attempt: { ...row.state.attempt, fence: elsewhere } } }
    case "SetAside":
      return { ...row, state: { ...row.state, attempt: { ...row.state.attempt, fence: elsewhere } } }
    default:
      return row
  }
}

/**
 * Appends rows from elsewhere in their order, but for those whose ids are known here, also from rows that cannot be
 * read; gives the numbers added.
 */
export const importRows = function* (fresh: string, rows: ReadonlyArray<Row>): Step<ReadonlyArray<number>> {
  const snapshot: Snapshot = yield* load(fresh)
  const known = new Set<unknown>(snapshot.entries.map((entry) => entry.id))
  for (const { row } of snapshot.unreadable) if (Predicate.hasProperty(row, "id")) known.add(row.id)
  const added: Array<Entry> = []
  for (const row of rows) {
    if (known.has(row.id) || (yield* get(outcomeKey(row.id))) !== undefined) continue
    known.add(row.id)
    const entry: Entry = { ...fromElsewhere(row), seq: 0 }
    added.push({ ...entry, seq: yield* add(writeRow(entry)) })
  }
  if (added.length > 0) yield* noteStep(fresh, added.map(changedTo))
  return added.map((entry) => entry.seq)
}

/**
 * Forgets outcomes: those that ended before `before` (milliseconds since the epoch), but for the newest `keep`. What
 * cannot be read may be a newer version's, and stays.
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

/** Removes everything. What is kept from now on is another store's, of this id: no fence that was claimed before holds. */
export const purge = function* (store: string): Step<void> {
  yield* remove(Number.NEGATIVE_INFINITY, [[]])
  yield* putState(newState(store))
}
