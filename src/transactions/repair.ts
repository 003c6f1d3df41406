// What the user does about entries.
import type { Client } from "../Client.js"
import type { EntryId } from "../Entry.js"
import { dependentsOf } from "../log/dependencies.js"
import { afresh, type Attempt, attemptOf, type Entry, isParked, mayHaveBeenApplied } from "../log/entry.js"
import { restOf } from "../log/rest.js"
import * as Mutations from "../Mutation.js"
import type { Mutation } from "../Mutation.js"
import { get, range, remove, type Step, under } from "../store/step.js"
import { load } from "./accept.js"
import { end } from "./outcomes.js"
import { changedTo, gaveUp, goneFrom, noteStep, stepOn } from "./queue.js"
import { getEntry, putClient, putEntry, putResolved, putState, readResolved, resolve } from "./rows.js"
import { goneOn, rebased, type Settled } from "./settle.js"

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

/** The entry in its place again. What may have been applied keeps its attempt, and is looked up before it is sent. */
const again = (entry: Entry, mutation: Mutation): Entry => {
  const attempt = attemptOf(entry)
  if (attempt === undefined || !mayHaveBeenApplied(entry)) {
    const { state } = entry
    const base = state._tag === "Refused" && state.error._tag === "Conflict" ? { base: state.error.theirs } : {}
    return { ...afresh(entry), ...base, mutation, state: { _tag: "Pending" } }
  }
  const sent = entry.sent ?? (mutation === entry.mutation ? undefined : entry.mutation)
  // Its failures are counted anew, and so is what gets through meanwhile.
  const { failedAt, failingSince, ...rest } = entry
  return {
    ...rest,
    mutation,
    ...(sent === undefined ? {} : { sent }),
    failures: 0,
    state: { _tag: "Uncertain", attempt: decidedOn(entry, attempt) }
  }
}

// Who wants an update again has seen what Toggl had then: where that is still so, nothing else has happened.
const decidedOn = ({ mutation, state }: Entry, attempt: Attempt): Attempt => {
  const found = state._tag === "Refused" && state.error._tag === "Undecided" ? state.error.found : []
  const [seen, ...others] = found
  return mutation._tag === "Update" && seen !== undefined && others.length === 0 ? { ...attempt, base: seen } : attempt
}

/**
 * Puts a refused or set-aside entry back in its place, as it was or as `edit` makes it; one whose attempt is in doubt can
 * be edited too. What may have been applied is looked up first: the edit is sent as far as it was not. After a conflict
 * the entry goes on from what Toggl had then.
 */
export const retry = function* (
  newStoreId: string,
  seq: number,
  edit: (mutation: Mutation) => Mutation
): Step<Repaired> {
  const entry = yield* getEntry(seq)
  if (entry === undefined) return (yield* get(seq)) === undefined ? "Unknown" : "Unreadable"
  const mutation = edit(entry.mutation)
  if (entry.state._tag === "Sending") return "BeingSent"
  const isEdited = entry.state._tag === "Uncertain" && mutation !== entry.mutation
  if (!isParked(entry) && !isEdited) return "NotRefused"
  const repaired = again(entry, mutation)
  yield* putEntry(repaired)
  yield* noteStep(newStoreId, [changedTo(repaired)])
  return "Repaired"
}

/** An entry that went, and whether Toggl may have applied it all the same. */
export interface Given {
  readonly entry: Entry
  readonly mayHaveBeenApplied: boolean
}

export type Taken =
  { readonly _tag: "Discarded"; readonly entries: ReadonlyArray<Given> } | Exclude<Repaired, "Repaired">

/**
 * Takes an entry out of the log, and with it all that depends on it. Where Toggl may have applied one of them, its
 * workspace counts as not fetched.
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
  const entries = snapshot.entries
    .filter((entry) => wanted.has(entry.seq))
    .map((entry): Given => ({ entry, mayHaveBeenApplied: mayHaveBeenApplied(entry) }))
  if (!entries.some(({ entry }) => entry.seq === seq)) return "Unknown"
  for (const { entry, mayHaveBeenApplied } of entries) {
    yield* end(entry, now, { _tag: "Discarded", mayHaveBeenApplied })
  }
  const inDoubt = entries.filter((given) => given.mayHaveBeenApplied).map(({ entry }) => entry)
  const state = stepOn(
    snapshot.state,
    entries.map(({ entry }) => goneFrom(entry))
  )
  yield* putState(gaveUp(state, inDoubt, now))
  return { _tag: "Discarded", entries }
}

/**
 * Settles a create or a rename that is undecided as this client, which Toggl has just described: its dependants go on.
 * What the user has edited since it was sent is still to be done. One client is not taken for two creates.
 * `rebases`: what it was made is no colleague's change to what follows.
 */
export const adopt = function* (
  newStoreId: string,
  seq: number,
  client: Client,
  now: number,
  rebases = false
): Step<Settled | "Taken" | Exclude<Repaired, "Repaired">> {
  const entry = yield* getEntry(seq)
  if (entry === undefined) return (yield* get(seq)) === undefined ? "Unknown" : "Unreadable"
  const { mutation, state } = entry
  if (state._tag !== "Refused" || state.error._tag !== "Undecided") return "NotRefused"
  if (mutation._tag === "Create") {
    for (const [, row] of yield* range(...under("id"))) if (readResolved(row) === client.id) return "Taken"
    yield* putResolved(mutation.localId, client.id)
  } else if ((yield* resolve(Mutations.clientId(mutation))) !== client.id) {
    return "Taken"
  }
  const rest = restOf(entry, client)
  // Its other field is a colleague's, for this is no answer to what was sent.
  const changed = { ...entry, state: { _tag: "Pending" } } as const
  const behind = rebases ? yield* rebased([changed], client, { seqs: [], last: seq }) : []
  if (rest !== undefined) {
    const left = yield* goneOn(entry, client, rest)
    const ids = mutation._tag === "Create" ? ([[mutation.localId, client.id]] as const) : []
    return { state: yield* noteStep(newStoreId, [changedTo(left)]), entries: [left, ...behind], ended: [], ids }
  }
  yield* putClient(client)
  const ended = yield* end(entry, now, { _tag: "Done", clientId: client.id, client })
  return { state: yield* noteStep(newStoreId, [goneFrom(entry)]), entries: behind, ended: [ended] }
}
