// The mark: an attempt is recorded before it is made.
import type { Client } from "../Client.js"
import { asksAsKnown, type Attempt, type Entry, type FirstAttempt } from "../log/entry.js"
import { type Lacking, type Request, requestOf } from "../log/request.js"
import { isListedWhole, type QueueState, without, type Workspace, workspaceOf } from "../log/state.js"
import * as Mutation from "../Mutation.js"
import type { Step } from "../store/step.js"
import { changedTo, type Fence, holds, stepOn } from "./queue.js"
import { boundTo } from "./user.js"
import { getClient, getEntry, getState, putClient, putEntry, putState, resolve } from "./rows.js"

export type Marked =
  | {
      readonly _tag: "Marked"
      readonly entries: ReadonlyArray<Entry>
      /** Those that an earlier request stood for too. */
      readonly others: ReadonlyArray<Entry>
      readonly request: Request
      readonly state: QueueState
    }
  /** The store is another user's than the one who is to send it. */
  | { readonly _tag: "OtherUser" }
  /** Another replayer has the turn. */
  | { readonly _tag: "Superseded" }
  /** The user changed or removed the entry meanwhile. */
  | { readonly _tag: "Changed" }
  | Lacking

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
  /** The latest `Date` of Toggl's answers so far, in milliseconds since the epoch. */
  readonly notBefore?: number | undefined
  /** Whose credentials it is sent with. */
  readonly user?: number | undefined
  /** The entries as they were when it was decided what to send. */
  readonly planned?: ReadonlyArray<Entry>
}

/**
 * Records an attempt at `mutation` for the entries that it stands for, before it is made.
 */
export const mark = function* (
  newStoreId: string,
  fence: Fence,
  seqs: ReadonlyArray<number>,
  mutation: Mutation.Mutation,
  now: number,
  { base, isBulk = false, notBefore, planned = [], released = [], step, user }: Basis = {}
): Step<Marked> {
  const before = yield* getState(newStoreId)
  if (!holds(before, fence) || before.paused !== undefined) return { _tag: "Superseded" }
  const state = yield* boundTo(before, user)
  if (state === undefined) return { _tag: "OtherUser" }
  if (step !== undefined && step !== state.step) return { _tag: "Changed" }
  const marking: Array<Entry> = []
  for (const [i, seq] of seqs.entries()) {
    const entry = yield* getEntry(seq)
    if (entry === undefined || entry.state._tag === "Sending" || entry.state._tag === "Refused") {
      return { _tag: "Changed" }
    }
    const before = planned[i]
    if (before !== undefined && !asksAsKnown(entry, before)) return { _tag: "Changed" }
    marking.push(entry)
  }
  const clientId = mutation._tag === "Create" ? undefined : yield* resolve(mutation.clientId)
  const isBuiltOn = clientId !== undefined && mutation._tag !== "Restore"
  const known = base ?? (isBuiltOn ? yield* getClient(mutation.workspaceId, clientId) : undefined)
  const request = requestOf(mutation, clientId, known)
  if (request._tag === "NeedsBase" || request._tag === "Unresolvable") return request
  if (base !== undefined) yield* putClient(base)
  const [lead] = seqs
  const together = lead === undefined || seqs.length === 1 || isBulk ? {} : { lead }
  const first = knownNow(workspaceOf(state, mutation.workspaceId), notBefore)
  const entries: Array<Entry> = []
  for (const { sent, ...entry } of marking) {
    const marked: Entry = {
      ...entry,
      first: entry.first ?? first,
      attempts: entry.attempts + 1,
      state: {
        _tag: "Sending",
        attempt: {
          number: entry.attempts + 1,
          startedAt: now,
          fence: fence.number,
          ...(isBulk ? yield* freeing(entry.mutation) : builtOn(request, known)),
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
    const { sent, ...rest } = entry
    const pending: Entry = { ...rest, state: { _tag: "Pending" } }
    yield* putEntry(pending)
    others.push(pending)
  }
  // Whoever marks has waited until what was given up can land no more.
  const after = stepOn(without(state, "givenUp"), [...entries, ...others].map(changedTo))
  yield* putState(after)
  return { _tag: "Marked", entries, others, request, state: after }
}

const knownNow = (workspace: Workspace, notBefore: number | undefined): FirstAttempt => {
  // a list that no longer counts as fetched was there all the same
  const highest = workspace.highestId ?? (workspace.fetchedAt === undefined ? 0 : undefined)
  return {
    ...(notBefore === undefined ? {} : { notBefore }),
    isListed: isListedWhole(workspace),
    ...(highest === undefined ? {} : { highestId: highest })
  }
}

type BuiltOn = Pick<Attempt, "base" | "target">

/** What the attempt asks for, and what it would replace or free. */
const builtOn = (request: Request, base: Client | undefined): BuiltOn => ({
  ...(base === undefined ? {} : { base }),
  ...("name" in request ? { target: { name: request.name, notes: request.notes } } : {})
})

/** The client, with the name that is free once it is done: what takes it waits with an attempt that is refused. */
const freeing = function* (mutation: Mutation.Mutation): Step<BuiltOn> {
  const clientId = yield* resolve(Mutation.clientId(mutation))
  const base = clientId === undefined ? undefined : yield* getClient(mutation.workspaceId, clientId)
  return base === undefined ? {} : { base }
}
