// What the user does about entries, and how they come from elsewhere.
import * as Predicate from "effect/Predicate"
import type { Client } from "../Client.js"
import type { EntryId } from "../Entry.js"
import { dependentsOf } from "../log/dependencies.js"
import {
  afresh,
  type Attempt,
  attemptOf,
  elsewhere,
  type Entry,
  type FirstAttempt,
  isParked,
  mayHaveBeenApplied,
  type Row,
  type State
} from "../log/entry.js"
import { restOf } from "../log/rest.js"
import { type QueueState, workspaceOf } from "../log/state.js"
import * as Mutations from "../Mutation.js"
import type { Mutation } from "../Mutation.js"
import { add, get, outcomeKey, range, remove, type Step, under } from "../store/step.js"
import { load } from "./accept.js"
import { end } from "./outcomes.js"
import { changedTo, goneFrom, noteStep, stepOn } from "./queue.js"
import { getEntry, putClient, putEntry, putResolved, putState, readResolved, resolve, writeRow } from "./rows.js"
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
  const fresh = inDoubt.map(({ attempts, id }) => ({ id, attempts, seenAt: now }))
  yield* putState({
    ...notFetched(state, new Set(inDoubt.map(({ mutation }) => mutation.workspaceId))),
    ...(fresh.length === 0 ? {} : { givenUp: [...(state.givenUp ?? []), ...fresh] })
  })
  return { _tag: "Discarded", entries }
}

const notFetched = (state: QueueState, workspaceIds: ReadonlySet<number>): QueueState => {
  const workspaces = { ...state.workspaces }
  for (const id of workspaceIds) {
    const { fetchedAt, ...workspace } = workspaceOf(state, id)
    workspaces[String(id)] = workspace
  }
  return { ...state, workspaces }
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

// More requests were made for no entry, and a count of them goes on here.
const mostAttempts = 1_000_000

const unlisted = ({ known, ...first }: Partial<FirstAttempt> = {}): FirstAttempt => ({ ...first, isListed: false })

// How often it failed, and since when, is told by another store's counts, which say nothing here.
const fromElsewhere = ({ attempts, failedAt, failingSince, first, ...row }: Row): Row => ({
  ...row,
  attempts: Math.min(attempts, mostAttempts),
  failures: 0,
  // The list that was read there is not here: it does not tell an older client from what the attempt has made.
  ...(first === undefined && !("attempt" in row.state) ? {} : { first: unlisted(first) }),
  state: heardElsewhere(row.state)
})

// What elsewhere was being sent has no replayer here that could hear the answer. Its attempt keeps no fence: this device
// made none, and cannot say what it knew before it.
const heardElsewhere = (state: State): State => {
  switch (state._tag) {
    case "Sending":
    case "Uncertain":
      return { _tag: "Uncertain", attempt: { ...state.attempt, fence: elsewhere } }
    case "SetAside":
    case "Refused": {
      const { attempt } = state
      return attempt === undefined ? state : { ...state, attempt: { ...attempt, fence: elsewhere } }
    }
    default:
      return state
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
