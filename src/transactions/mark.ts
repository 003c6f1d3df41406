import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import type { Client, ClientId, LocalClientId } from "../Client.js"
import { LocalClientId as LocalClientIdSchema } from "../Client.js"
import type { Ending, EntryId } from "../Entry.js"
import type { PauseReason } from "../Status.js"
import { type Entry, type Unreadable, version } from "../log/entry.js"
import type { QueueState, Workspace } from "../log/state.js"
import * as Mutation from "../Mutation.js"
import {
  getClient,
  getEntry,
  getState,
  putClient,
  putEntry,
  putState,
  readResolved,
  readRow,
  resolve,
  writeNew,
  writeOutcome
} from "./rows.js"
import { add, firstSeq, lastSeq, outcomeKey, put, range, type Step, under } from "../store/step.js"

/** Everything that the replay and the status stand on. */
export interface Snapshot {
  readonly entries: ReadonlyArray<Entry>
  readonly unreadable: ReadonlyArray<Unreadable>
  readonly ids: ReadonlyMap<LocalClientId, ClientId>
  readonly state: QueueState
}

const isLocalId = Schema.is(LocalClientIdSchema)

export const load = function* (fresh: string): Step<Snapshot> {
  const entries: Array<Entry> = []
  const unreadable: Array<Unreadable> = []
  for (const [key, row] of yield* range(firstSeq, lastSeq)) {
    const read = readRow(Number(key), row)
    if (Either.isRight(read)) entries.push(read.right)
    else unreadable.push(read.left)
  }
  const ids = new Map<LocalClientId, ClientId>()
  for (const [key, row] of yield* range(...under("id"))) {
    const localId = Array.isArray(key) ? key[1] : undefined
    const clientId = readResolved(row)
    if (isLocalId(localId) && clientId !== undefined) ids.set(localId, clientId)
  }
  return { entries, unreadable, ids, state: yield* getState(fresh) }
}

export interface Draft {
  readonly id: EntryId
  readonly mutation: Mutation.Mutation
  /** Milliseconds since the epoch. */
  readonly acceptedAt: number
}

/** Appends an entry, with the client's last known server state. */
export const accept = function* (draft: Draft): Step<Entry> {
  const named = Mutation.clientId(draft.mutation)
  const clientId = draft.mutation._tag === "Create" ? undefined : yield* resolve(named)
  const base = clientId === undefined ? undefined : yield* getClient(draft.mutation.workspaceId, clientId)
  const entry: Entry = {
    version,
    ...draft,
    ...(base === undefined ? {} : { base }),
    state: { _tag: "Pending" },
    attempts: 0,
    serverErrors: 0,
    seq: 0
  }
  return { ...entry, seq: yield* add(writeNew(entry), true) }
}

/** The right to keep the books: void once another replayer has claimed the next. */
export interface Fence {
  readonly store: string
  readonly number: number
}

export const holds = (state: QueueState, fence: Fence): boolean =>
  state.store === fence.store && state.fence === fence.number

const noWorkspace: Workspace = { turn: 0, open: [] }

export const workspaceOf = (state: QueueState, id: number): Workspace => state.workspaces[String(id)] ?? noWorkspace

/** Whether Toggl may apply the entry at any moment, or may have: a copy read meanwhile may hold its effect, or not. */
const isOpen = ({ mutation, state }: Entry): boolean =>
  state._tag === "Sending" || state._tag === "Uncertain" || (state._tag === "SetAside" && mutation._tag === "Create")

/** The state one step on, with these entries as they are now (`undefined`: gone). */
export const stepOn = (
  state: QueueState,
  changed: ReadonlyArray<{ readonly seq: number; readonly workspaceId: number; readonly now: Entry | undefined }>
): QueueState => {
  const workspaces = { ...state.workspaces }
  const open = new Map<number, Set<number>>()
  for (const { now, seq, workspaceId } of changed) {
    const before = workspaces[String(workspaceId)] ?? noWorkspace
    const seqs = open.get(workspaceId) ?? new Set(before.open)
    open.set(workspaceId, seqs)
    seqs.delete(seq)
    if (now !== undefined && isOpen(now)) seqs.add(seq)
    workspaces[String(workspaceId)] = { ...before, turn: before.turn + 1 }
  }
  for (const [workspaceId, seqs] of open) {
    const before = workspaces[String(workspaceId)] ?? noWorkspace
    workspaces[String(workspaceId)] = { ...before, open: [...seqs] }
  }
  return { ...state, step: state.step + 1, workspaces }
}

export const changedTo = (now: Entry) => ({ seq: now.seq, workspaceId: now.mutation.workspaceId, now })
export const goneFrom = (entry: Entry) => ({ seq: entry.seq, workspaceId: entry.mutation.workspaceId, now: undefined })

export const without = <K extends keyof QueueState>(
  state: QueueState,
  ...keys: ReadonlyArray<K>
): Omit<QueueState, K> => {
  const rest = { ...state }
  for (const key of keys) Reflect.deleteProperty(rest, key)
  return rest
}

export interface Claimed {
  readonly fence: Fence
  readonly snapshot: Snapshot
}

/**
 * Takes the next fence. What an earlier replayer was sending becomes uncertain, for its answer can no longer be booked.
 * With `unless`, nothing is claimed while another replayer's run is under way, unless it still stands at that step.
 */
export const claim = function* (
  fresh: string,
  unless?: { readonly step: number | undefined }
): Step<Claimed | undefined> {
  const before = yield* load(fresh)
  if (unless !== undefined && before.state.run !== undefined && before.state.step !== unless.step) return undefined
  const entries: Array<Entry> = []
  for (const entry of before.entries) {
    if (entry.state._tag !== "Sending") {
      entries.push(entry)
      continue
    }
    const uncertain: Entry = { ...entry, state: { _tag: "Uncertain", attempt: entry.state.attempt } }
    yield* putEntry(uncertain)
    entries.push(uncertain)
  }
  const number = before.state.fence + 1
  const state: QueueState = { ...stepOn(before.state, entries.filter(isOpen).map(changedTo)), fence: number }
  const run: QueueState = { ...state, run: { fence: number, done: 0, total: entries.length } }
  yield* putState(run)
  return { fence: { store: state.store, number }, snapshot: { ...before, entries, state: run } }
}

/** What to send, in Toggl's terms. */
export type Request =
  | { readonly _tag: "Create"; readonly name: string; readonly notes: string }
  | { readonly _tag: "Update"; readonly clientId: ClientId; readonly name: string; readonly notes: string }
  | { readonly _tag: "Delete" | "Archive"; readonly clientId: ClientId }
  | { readonly _tag: "Restore"; readonly clientId: ClientId; readonly input: Mutation.Restore["input"] }

export type Marked =
  | {
      readonly _tag: "Marked"
      readonly entries: ReadonlyArray<Entry>
      /** Those that an earlier request stood for too. */
      readonly others: ReadonlyArray<Entry>
      readonly request: Request
      readonly state: QueueState
    }
  /** Another replayer has the turn. */
  | { readonly _tag: "Superseded" }
  /** The user changed or removed the entry meanwhile. */
  | { readonly _tag: "Changed" }
  /** An update needs the client's state, and none is known. */
  | { readonly _tag: "NeedsBase"; readonly clientId: ClientId }
  /** The local id will never resolve: its create is gone. */
  | { readonly _tag: "Unresolvable" }

/** What is known of an attempt besides its entries. */
export interface Basis {
  /** The client as Toggl has just given it, for an update. */
  readonly base?: Client
  /** Entries that an earlier request stood for too, and this one does not. It was not applied. */
  readonly released?: ReadonlyArray<number>
  /** One request for several clients: each entry is looked up and sent again by itself. */
  readonly isBulk?: boolean
  /** The step at which the log was seen to be such that this is what comes next. */
  readonly step?: number
}

/**
 * Records an attempt at `mutation` for the entries that it stands for, before it is made.
 */
export const mark = function* (
  fresh: string,
  fence: Fence,
  seqs: ReadonlyArray<number>,
  mutation: Mutation.Mutation,
  now: number,
  { base, isBulk = false, released = [], step }: Basis = {}
): Step<Marked> {
  const state = yield* getState(fresh)
  if (!holds(state, fence) || state.paused !== undefined) return { _tag: "Superseded" }
  if (step !== undefined && step !== state.step) return { _tag: "Changed" }
  const before: Array<Entry> = []
  for (const seq of seqs) {
    const entry = yield* getEntry(seq)
    if (entry === undefined || entry.state._tag === "Sending" || entry.state._tag === "Refused") {
      return { _tag: "Changed" }
    }
    before.push(entry)
  }
  const prepared = yield* prepare(mutation, base)
  if ("_tag" in prepared) return prepared
  if (base !== undefined) yield* putClient(base)
  const [lead] = seqs
  const together = lead === undefined || seqs.length === 1 || isBulk ? {} : { lead }
  const entries: Array<Entry> = []
  for (const entry of before) {
    const marked: Entry = {
      ...entry,
      attempts: entry.attempts + 1,
      state: {
        _tag: "Sending",
        attempt: {
          number: entry.attempts + 1,
          startedAt: now,
          fence: fence.number,
          ...(isBulk ? yield* freeing(entry.mutation) : prepared.attempt),
          ...together
        }
      }
    }
    yield* putEntry(marked)
    entries.push(marked)
  }
  const others: Array<Entry> = []
  for (const seq of released) {
    const entry = yield* getEntry(seq)
    if (entry?.state._tag !== "Uncertain" && entry?.state._tag !== "SetAside") continue
    const pending: Entry = { ...entry, state: { _tag: "Pending" } }
    yield* putEntry(pending)
    others.push(pending)
  }
  const after = stepOn(state, [...entries, ...others].map(changedTo))
  yield* putState(after)
  return { _tag: "Marked", entries, others, request: prepared.request, state: after }
}

interface Prepared {
  readonly request: Request
  readonly attempt: Pick<Extract<Entry["state"], { _tag: "Sending" }>["attempt"], "base" | "target">
}

const prepare = function* (
  mutation: Mutation.Mutation,
  given: Client | undefined
): Step<Prepared | Extract<Marked, { _tag: "NeedsBase" | "Unresolvable" }>> {
  if (mutation._tag === "Create") {
    const target = { name: mutation.name, notes: mutation.notes }
    return { request: { _tag: "Create", ...target }, attempt: { target } }
  }
  const clientId = yield* resolve(mutation.clientId)
  if (clientId === undefined) return { _tag: "Unresolvable" }
  switch (mutation._tag) {
    case "Update": {
      const base = given ?? (yield* getClient(mutation.workspaceId, clientId))
      if (base === undefined) return { _tag: "NeedsBase", clientId }
      const target = { name: mutation.change.name ?? base.name, notes: mutation.change.notes ?? base.notes }
      return { request: { _tag: "Update", clientId, ...target }, attempt: { base, target } }
    }
    case "Restore":
      return { request: { _tag: "Restore", clientId, input: mutation.input }, attempt: {} }
    default:
      return { request: { _tag: mutation._tag, clientId }, attempt: yield* freeing(mutation) }
  }
}

/** The client, with the name that is free once it is done: what takes it waits with an attempt that is refused. */
const freeing = function* (mutation: Mutation.Mutation): Step<Prepared["attempt"]> {
  const clientId = yield* resolve(Mutation.clientId(mutation))
  const base = clientId === undefined ? undefined : yield* getClient(mutation.workspaceId, clientId)
  return base === undefined ? {} : { base }
}

/** Keeps how an entry ended. */
export const end = function* (entry: Entry, now: number, ending: Ending): Step<void> {
  yield* put(
    outcomeKey(entry.id),
    writeOutcome({ version, id: entry.id, mutation: entry.mutation, endedAt: now, ending })
  )
}

/** Takes the turn from whoever has it: nothing that is on the wire can be booked any more. */
export const raiseFence = function* (fresh: string, paused: PauseReason | undefined): Step<QueueState> {
  const state = yield* getState(fresh)
  const raised: QueueState = {
    ...without(state, "run"),
    fence: state.fence + 1,
    step: state.step + 1,
    ...(paused === undefined ? {} : { paused })
  }
  yield* putState(raised)
  return raised
}

/** Pauses, or ends a pause; sets or checks the user. */
export const changeState = function* (fresh: string, change: (state: QueueState) => QueueState): Step<QueueState> {
  const before = yield* getState(fresh)
  const changed = change(before)
  if (changed === before) return before
  const after = { ...changed, step: before.step + 1 }
  yield* putState(after)
  return after
}
