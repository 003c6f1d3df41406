// Reading the whole log, adding to its end, and taking the turn to replay it.
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { type ClientId, isLocalClientId, LocalClientId } from "../Client.js"
import type { EntryId } from "../Entry.js"
import { type Entry, isOpen, isParked, type Outcome, type Unreadable, version } from "../log/entry.js"
import { type QueueState, raised } from "../log/state.js"
import * as Mutation from "../Mutation.js"
import { add, clientKey, firstSeq, get, lastSeq, pieces, range, type Step, under } from "../store/step.js"
import { outcome } from "./outcomes.js"
import { changedTo, type Fence, stepOn } from "./queue.js"
import {
  getClient,
  getState,
  putEntry,
  putState,
  readClient,
  readGone,
  readResolved,
  readRow,
  resolve,
  writeNew
} from "./rows.js"

/** Everything that the replay and the status stand on. */
export interface Snapshot {
  readonly entries: ReadonlyArray<Entry>
  readonly unreadable: ReadonlyArray<Unreadable>
  readonly ids: ReadonlyMap<LocalClientId, ClientId>
  /** The local ids of clients that are gone before anything of them was sent. */
  readonly gone?: ReadonlySet<LocalClientId>
  /** The names of clients in the copy, where others may pass an entry and so a name is waited for. */
  readonly names?: ReadonlyMap<ClientId, string>
  readonly state: QueueState
}

const isLocalId = Schema.is(LocalClientId)

/** As the copy has them: of the clients whose names these entries ask for. */
const namesOf = function* (
  entries: ReadonlyArray<Entry>,
  ids: ReadonlyMap<LocalClientId, ClientId>
): Step<ReadonlyMap<ClientId, string>> {
  const names = new Map<ClientId, string>()
  for (const { mutation } of entries) {
    if (mutation._tag !== "Update" || mutation.change.name === undefined) continue
    const { clientId: named, workspaceId } = mutation
    const clientId = isLocalClientId(named) ? ids.get(named) : named
    if (clientId === undefined || names.has(clientId)) continue
    const client = yield* getClient(workspaceId, clientId)
    if (client !== undefined) names.set(clientId, client.name)
  }
  return names
}

export const load = function* (newStoreId: string): Step<Snapshot> {
  const entries: Array<Entry> = []
  const unreadable: Array<Unreadable> = []
  yield* pieces(firstSeq, lastSeq, (key, row) => {
    const read = readRow(Number(key), row)
    if (Either.isRight(read)) entries.push(read.right)
    else unreadable.push(read.left)
  })
  const ids = new Map<LocalClientId, ClientId>()
  const gone = new Set<LocalClientId>()
  yield* pieces(...under("id"), (key, row) => {
    const localId = Array.isArray(key) ? key[1] : undefined
    if (!isLocalId(localId)) return
    const clientId = readResolved(row)
    if (clientId !== undefined) ids.set(localId, clientId)
    else if (readGone(row)) gone.add(localId)
  })
  const isPassed = unreadable.length > 0 || entries.some(isParked)
  const names = isPassed ? yield* namesOf(entries, ids) : new Map<ClientId, string>()
  return { entries, unreadable, ids, gone, names, state: yield* getState(newStoreId) }
}

/** How far the log has come: nothing in it is another than it was where this is the same, and no row stands behind `last`. */
export const standing = function* (
  newStoreId: string,
  last: number
): Step<Pick<QueueState, "store" | "step"> & { readonly isLonger: boolean }> {
  const { step, store } = yield* getState(newStoreId)
  return { step, store, isLonger: (yield* range(last + 1, lastSeq)).length > 0 }
}

export interface Draft {
  readonly id: EntryId
  readonly mutation: Mutation.Mutation
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number
  /** Whose verified credentials the app has, where that is known. */
  readonly userId?: number
}

/** The entry that a draft becomes, without a number. */
export const newEntry = (draft: Draft): Entry => ({
  version,
  ...draft,
  state: { _tag: "Pending" },
  attempts: 0,
  failures: 0,
  seq: 0
})

/** Appends an entry under the next number, with the client's last known server state. */
export const accept = function* (draft: Draft): Step<Entry> {
  const named = Mutation.clientId(draft.mutation)
  const clientId = draft.mutation._tag === "Create" ? undefined : yield* resolve(named)
  const row = clientId === undefined ? undefined : yield* get(clientKey(draft.mutation.workspaceId, clientId))
  const base = readClient(row)
  const entry: Entry = { ...newEntry(draft), ...(base === undefined ? {} : { base }) }
  return { ...entry, seq: yield* add(writeNew(entry, base === undefined ? undefined : row), true) }
}

/** Where the entry of this id is: in the log, or ended already. For where nobody heard how the step that appends it ended. */
export const find = function* (id: EntryId): Step<Entry | Outcome | undefined> {
  for (const [key, row] of yield* range(firstSeq, lastSeq)) {
    const read = readRow(Number(key), row)
    if (Either.isRight(read) && read.right.id === id) return read.right
  }
  return yield* outcome(id)
}

/** What was being sent becomes uncertain, for its answer can no longer be booked. */
const unheard = function* (before: ReadonlyArray<Entry>): Step<ReadonlyArray<Entry>> {
  const entries: Array<Entry> = []
  for (const entry of before) {
    if (entry.state._tag !== "Sending") {
      entries.push(entry)
      continue
    }
    const uncertain: Entry = { ...entry, state: { _tag: "Uncertain", attempt: entry.state.attempt } }
    yield* putEntry(uncertain)
    entries.push(uncertain)
  }
  return entries
}

/** Nobody has the turn until somebody has signed in: gives what is in doubt then. */
export const signOut = function* (newStoreId: string): Step<Pick<Snapshot, "entries" | "state">> {
  const before = yield* load(newStoreId)
  const entries = (yield* unheard(before.entries)).filter(isOpen)
  const state = raised(stepOn(before.state, entries.map(changedTo)), "SignInNeeded")
  yield* putState(state)
  return { entries, state }
}

export interface Claimed {
  readonly fence: Fence
  readonly snapshot: Snapshot
}

/**
 * Takes the next fence. What an earlier replayer was sending becomes uncertain. With `unless`, nothing is claimed while
 * another replayer's run is under way, unless it still stands at that step.
 */
export const claim = function* (
  newStoreId: string,
  unless?: { readonly step: number | undefined }
): Step<Claimed | undefined> {
  const before = yield* load(newStoreId)
  if (unless !== undefined && before.state.run !== undefined && before.state.step !== unless.step) return undefined
  const entries = yield* unheard(before.entries)
  const number = before.state.fence + 1
  const state: QueueState = {
    ...stepOn(before.state, entries.filter(isOpen).map(changedTo)),
    fence: number,
    run: { fence: number, done: 0, total: entries.length }
  }
  yield* putState(state)
  return { fence: { store: state.store, number }, snapshot: { ...before, entries, state } }
}
