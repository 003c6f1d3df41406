// The queue's state: whose turn it is, how far it has come, and what stands open in each workspace.
import * as Either from "effect/Either"
import { type Entry, isOpen, mayHaveBeenApplied } from "../log/entry.js"
import { newState, noWorkspace, type QueueState, workspaceOf } from "../log/state.js"
import { firstSeq, get, lastSeq, range, remove, stateKey, type Step } from "../store/step.js"
import { getState, putState, readRow, readState } from "./rows.js"

/** The right to keep the books: void once another replayer has claimed the next. */
export interface Fence {
  readonly store: string
  readonly number: number
}

export const holds = (state: QueueState, fence: Fence): boolean =>
  state.store === fence.store && state.fence === fence.number

/** An entry that a step has changed, as it is now; `undefined`: gone. */
export interface Changed {
  readonly seq: number
  readonly workspaceId: number
  readonly now: Entry | undefined
}

export const changedTo = (now: Entry): Changed => ({ seq: now.seq, workspaceId: now.mutation.workspaceId, now })

export const goneFrom = ({ mutation, seq }: Entry): Changed => ({
  seq,
  workspaceId: mutation.workspaceId,
  now: undefined
})

/** The state one step on. */
export const stepOn = (state: QueueState, changed: ReadonlyArray<Changed>): QueueState => {
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

/** Takes a step, by which other tabs see that the log has changed. */
export const noteStep = function* (newStoreId: string, changed: ReadonlyArray<Changed>): Step<QueueState> {
  const state = stepOn(yield* getState(newStoreId), changed)
  yield* putState(state)
  return state
}

/** Changes the queue's state, and takes a step unless it stays the same. */
export const changeState = function* (newStoreId: string, change: (state: QueueState) => QueueState): Step<QueueState> {
  const before = yield* getState(newStoreId)
  const changed = change(before)
  if (changed === before) return before
  const after = { ...changed, step: before.step + 1 }
  yield* putState(after)
  return after
}

// Who has seen an earlier one has been told of it long since.
const purgesKept = 8

/**
 * Removes everything. What is kept from now on is another store's, of this id: no fence that was claimed before holds.
 * What may still land is waited for all the same; of it only the ids are kept. `now` is in milliseconds since the epoch.
 */
export const purge = function* (newStoreId: string, now: number): Step<void> {
  const before = readState(yield* get(stateKey), "")
  const inDoubt: Array<Entry> = []
  for (const [key, row] of yield* range(firstSeq, lastSeq)) {
    const read = readRow(Number(key), row)
    if (Either.isRight(read) && mayHaveBeenApplied(read.right)) inDoubt.push(read.right)
  }
  const { givenUp } = gaveUp(before, inDoubt, now)
  yield* remove(Number.NEGATIVE_INFINITY, [[]])
  yield* putState({
    ...newState(newStoreId),
    purged: [...(before.purged ?? []), before.store].slice(-purgesKept),
    ...(givenUp === undefined ? {} : { givenUp })
  })
}

const notFetched = (state: QueueState, workspaceIds: ReadonlySet<number>): QueueState => {
  const workspaces = { ...state.workspaces }
  for (const id of workspaceIds) {
    const { fetchedAt, ...workspace } = workspaceOf(state, id)
    workspaces[String(id)] = workspace
  }
  return { ...state, workspaces }
}

/** Where Toggl may still apply these, which are gone: nothing is sent before that, and their workspaces count as not fetched. */
export const gaveUp = (state: QueueState, inDoubt: ReadonlyArray<Entry>, seenAt: number): QueueState => {
  if (inDoubt.length === 0) return state
  const givenUp = inDoubt.map(({ attempts, id }) => ({ id, attempts, seenAt }))
  return {
    ...notFetched(state, new Set(inDoubt.map(({ mutation }) => mutation.workspaceId))),
    givenUp: [...(state.givenUp ?? []), ...givenUp]
  }
}
