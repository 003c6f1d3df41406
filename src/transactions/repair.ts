// What the user does about entries, and how they come from elsewhere.
import * as Predicate from "effect/Predicate"
import type { EntryId } from "../Entry.js"
import { dependentsOf } from "../log/dependencies.js"
import { elsewhere, type Entry, isParked, type Row } from "../log/entry.js"
import type { Mutation } from "../Mutation.js"
import { add, get, outcomeKey, remove, type Step } from "../store/step.js"
import { load } from "./accept.js"
import { end } from "./outcomes.js"
import { changedTo, goneFrom, noteStep } from "./queue.js"
import { getEntry, putEntry, writeRow } from "./rows.js"
import type { Settled } from "./settle.js"

export type Repaired = "Repaired" | "Unknown" | "BeingSent" | "NotRefused" | "Unreadable"

/**
 * Ends a refused entry whose caller is still there to hear of it, unless something depends on it: then it stays among
 * the refused, so that the user decides about both. Gives `undefined` then.
 */
export const claimRefusal = function* (
  newStoreId: string,
  seq: number,
  id: EntryId,
  now: number
): Step<Settled | undefined> {
  const entry = yield* getEntry(seq)
  if (entry === undefined || entry.id !== id || entry.state._tag !== "Refused") return undefined
  if (dependentsOf(yield* load(newStoreId), seq).length > 0) return undefined
  const ended = yield* end(entry, now, { _tag: "Refused", error: entry.state.error })
  return { state: yield* noteStep(newStoreId, [goneFrom(entry)]), entries: [], ended: [ended] }
}

/**
 * Puts a refused or set-aside entry back in its place, as it was or as `edit` makes it. A set-aside one may have been
 * applied as it was: it is looked up first, and not edited. After a conflict it goes on from what Toggl had then.
 */
export const retry = function* (
  newStoreId: string,
  seq: number,
  edit: (mutation: Mutation) => Mutation
): Step<Repaired> {
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
  yield* noteStep(newStoreId, [changedTo(again)])
  return "Repaired"
}

export type Taken =
  { readonly _tag: "Discarded"; readonly entries: ReadonlyArray<Entry> } | Exclude<Repaired, "Repaired">

/**
 * Takes an entry out of the log, and with it all that depends on it. An entry that is being sent, or waits to be looked
 * up, stays; what is set aside may have been applied, and its user may give it up all the same.
 */
export const discard = function* (newStoreId: string, seq: number, now: number): Step<Taken> {
  const snapshot = yield* load(newStoreId)
  const unreadable = snapshot.unreadable.find((row) => row.seq === seq)
  if (unreadable !== undefined) {
    yield* remove(seq)
    yield* noteStep(newStoreId, [])
    return { _tag: "Discarded", entries: [] }
  }
  const wanted = new Set([seq, ...dependentsOf(snapshot, seq)])
  const entries = snapshot.entries.filter((entry) => wanted.has(entry.seq))
  if (!entries.some((entry) => entry.seq === seq)) return "Unknown"
  if (entries.some((entry) => entry.state._tag === "Sending" || entry.state._tag === "Uncertain")) return "BeingSent"
  for (const entry of entries) yield* end(entry, now, { _tag: "Discarded" })
  yield* noteStep(newStoreId, entries.map(goneFrom))
  return { _tag: "Discarded", entries }
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
export const importRows = function* (newStoreId: string, rows: ReadonlyArray<Row>): Step<ReadonlyArray<number>> {
  const snapshot = yield* load(newStoreId)
  const known = new Set<unknown>(snapshot.entries.map((entry) => entry.id))
  for (const { row } of snapshot.unreadable) if (Predicate.hasProperty(row, "id")) known.add(row.id)
  const added: Array<Entry> = []
  for (const row of rows) {
    if (known.has(row.id) || (yield* get(outcomeKey(row.id))) !== undefined) continue
    known.add(row.id)
    const entry: Entry = { ...fromElsewhere(row), seq: 0 }
    added.push({ ...entry, seq: yield* add(writeRow(entry)) })
  }
  if (added.length > 0) yield* noteStep(newStoreId, added.map(changedTo))
  return added.map((entry) => entry.seq)
}
