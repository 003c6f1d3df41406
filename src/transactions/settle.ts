// What came of an attempt: the one transaction of an acknowledgement, or of a refusal.
import type { Client, ClientId, ProjectId } from "../Client.js"
import type { Refusal, TransportError } from "../ClientError.js"
import type { Ending } from "../Entry.js"
import { attemptOf, type Ended, type Entry } from "../log/entry.js"
import { type QueueState, type Wait, without } from "../log/state.js"
import * as Mutation from "../Mutation.js"
import type { PauseReason } from "../Status.js"
import { clientKey, lastSeq, range, remove, type Step } from "../store/step.js"
import { end } from "./outcomes.js"
import { type Changed, changedTo, type Fence, goneFrom, holds, stepOn } from "./queue.js"
import { getClient, getEntry, getState, putClient, putEntry, putResolved, putState, resolve } from "./rows.js"

/** What came of an attempt. */
export type Sent =
  | {
      readonly _tag: "Done"
      readonly clientId?: ClientId
      readonly client?: Client
      readonly projects?: ReadonlyArray<ProjectId>
    }
  /** Of several entries the first is refused, and the others are as they were. */
  | { readonly _tag: "Refused"; readonly error: Refusal }
  /** To be sent again (`uncertain`: looked up first). */
  | {
      readonly _tag: "Again"
      readonly uncertain: boolean
      readonly error: TransportError
      readonly counts: boolean
      /** Set aside for so many milliseconds. */
      readonly setAside?: number
    }

/** What came of entries: of an attempt, of looking it up, or of what needed none. */
export type Verdict =
  | Sent
  /** Refused for several entries at once, though not for each: they are sent one by one. */
  | { readonly _tag: "Apart" }
  /** A client that never left this device, and is deleted again. */
  | { readonly _tag: "Nothing" }
  /** To each its own, by its number; to the others: sent one by one. */
  | { readonly _tag: "Each"; readonly of: ReadonlyMap<number, Sent> }

/** What it is to this one of the entries. */
export const verdictOn = (verdict: Verdict, { seq }: Entry): Exclude<Verdict, { _tag: "Each" }> =>
  verdict._tag === "Each" ? (verdict.of.get(seq) ?? { _tag: "Apart" }) : verdict

/** What else a step changes in the queue's state. */
export interface After {
  readonly wait?: Wait
  readonly failures: number
  readonly paused?: PauseReason
  /** What was heard of the quotas. */
  readonly quota?: QueueState["quota"]
  /** How many milliseconds the replayer's own clock, which is never set, still gives to the wait that it knows. */
  readonly standing?: { readonly wait: Wait; readonly left: number }
  /** The run's progress, or that it has ended. */
  readonly run: { readonly done: number; readonly total: number } | "Ended"
}

/** The state and, where entries ended or changed, their rows. `undefined`: the fence no longer holds. */
export interface Settled {
  readonly state: QueueState
  /** Those of the entries that are still in the log. */
  readonly entries: ReadonlyArray<Entry>
  readonly ended: ReadonlyArray<Ended>
}

// So far the two clocks may be apart without one of them having been set, in milliseconds.
const clocksAgree = 1000

// A time that the server named holds, whoever heard of it, until it has passed: by the clock that is never set, where
// the replayer has seen it by that one; then what is left of it is kept by the wall clock as it is now.
const stillNamed = (wait: Wait | undefined, standing: After["standing"], now: number): Wait | undefined => {
  if (wait?.named !== true) return undefined
  const byWall = wait.seenAt + wait.length - now
  if (standing === undefined || standing.wait.seenAt !== wait.seenAt || standing.wait.length !== wait.length) {
    return byWall > 0 ? wait : undefined
  }
  const { left } = standing
  if (left <= 0) return undefined
  return Math.abs(byWall - left) < clocksAgree ? wait : { ...wait, seenAt: now, length: left }
}

// A longer wait that the server did not name could be cut short, and the named one with it.
const later = (named: Wait | undefined, next: Wait | undefined): Wait | undefined =>
  named === undefined || (next?.named === true && next.seenAt + next.length > named.seenAt + named.length)
    ? next
    : named

const afterwards = (state: QueueState, fence: Fence, after: After, now: number): QueueState => {
  const wait = later(stillNamed(state.wait, after.standing, now), after.wait)
  return {
    ...without(state, "wait", "run"),
    failures: after.failures,
    ...(after.quota === undefined ? {} : { quota: { ...state.quota, ...after.quota } }),
    ...(wait === undefined ? {} : { wait }),
    ...(after.paused === undefined ? {} : { paused: after.paused }),
    ...(after.run === "Ended" ? {} : { run: { fence: fence.number, ...after.run } })
  }
}

/** The entries that may have been built on what these change, for the field-by-field look at what others changed. */
export interface Rebase {
  /** The client's entries behind the settled ones, as far as they are known. */
  readonly seqs: ReadonlyArray<number>
  /** The last number that is known. */
  readonly last: number
}

/**
 * Books what came of the attempt at these entries: the one transaction of an acknowledgement, or of a refusal. Gives
 * `undefined` where the fence no longer holds, or the user has changed what there is nothing to send for.
 */
export const settle = function* (
  newStoreId: string,
  fence: Fence,
  seqs: ReadonlyArray<number>,
  verdict: Verdict,
  after: After,
  now: number,
  rebase?: Rebase
): Step<Settled | undefined> {
  const state = yield* getState(newStoreId)
  if (!holds(state, fence)) return undefined
  const entries: Array<Entry> = []
  for (const seq of seqs) {
    const entry = yield* getEntry(seq)
    if (entry !== undefined) entries.push(entry)
  }
  if (verdict._tag === "Nothing" && (entries.length !== seqs.length || !entries.every(isUnsent))) return undefined
  const left: Array<Entry> = []
  const ended: Array<Ended> = []
  const changed: Array<Changed> = []
  for (const entry of entries) {
    const isFirst = entry === entries[0]
    const own = verdictOn(verdict, entry)
    if (own._tag === "Done" || own._tag === "Nothing") {
      const ending = own._tag === "Done" ? yield* acknowledge(entry, own, isFirst) : endingOfNothing(entry)
      ended.push(yield* end(entry, now, ending))
      changed.push(goneFrom(entry))
      continue
    }
    const standing = afterVerdict(entry, own, isFirst, now)
    yield* putEntry(standing)
    left.push(standing)
    changed.push(changedTo(standing))
  }
  if (verdict._tag === "Done" && verdict.client !== undefined && rebase !== undefined) {
    left.push(...(yield* rebased(entries, verdict.client, rebase)))
  }
  const settled = stepOn(afterwards(state, fence, after, now), changed)
  yield* putState(settled)
  return { state: settled, entries: left, ended }
}

const isUnsent = ({ state }: Entry): boolean => state._tag !== "Sending" && state._tag !== "Refused"

/** How an entry ends that there was nothing to send for: only the delete is what its caller asked for. */
const endingOfNothing = ({ mutation }: Entry): Ending =>
  mutation._tag === "Delete" ? { _tag: "Done" } : { _tag: "Discarded" }

const rebased = function* (
  entries: ReadonlyArray<Entry>,
  client: Client,
  { last, seqs }: Rebase
): Step<ReadonlyArray<Entry>> {
  const changes = (field: "name" | "notes") =>
    entries.some(
      ({ mutation }) =>
        mutation._tag === "Create" || (mutation._tag === "Update" && mutation.change[field] !== undefined)
    )
  const [first] = entries
  const attempt = first === undefined ? undefined : attemptOf(first)
  const before = attempt?.target === undefined ? undefined : attempt.base
  // A request carries the other field too, and Toggl may keep it in another form than it had.
  const isOwn = (field: "name" | "notes", base: Client) => changes(field) || base[field] === before?.[field]
  const rebase = (base: Client): Client => ({
    ...base,
    ...(isOwn("name", base) ? { name: client.name } : {}),
    ...(isOwn("notes", base) ? { notes: client.notes } : {})
  })
  const unknown = (yield* range(last + 1, lastSeq)).map(([key]) => Number(key))
  const changed: Array<Entry> = []
  for (const seq of [...seqs, ...unknown]) {
    const entry = yield* getEntry(seq)
    if (entry === undefined || (yield* resolve(Mutation.clientId(entry.mutation))) !== client.id) continue
    const rebased = { ...entry, base: entry.base === undefined ? client : rebase(entry.base) }
    yield* putEntry(rebased)
    changed.push(rebased)
  }
  return changed
}

const afterVerdict = (
  entry: Entry,
  verdict: Exclude<Verdict, { _tag: "Done" | "Nothing" | "Each" }>,
  isFirst: boolean,
  now: number
): Entry => {
  const attempt = attemptOf(entry)
  if (verdict._tag === "Apart") return { ...entry, apart: true, state: { _tag: "Pending" } }
  if (verdict._tag === "Refused" && !isFirst) return { ...entry, state: { _tag: "Pending" } }
  if (verdict._tag === "Refused") {
    return {
      ...entry,
      state: { _tag: "Refused", error: verdict.error, at: now, ...(attempt === undefined ? {} : { attempt }) }
    }
  }
  return {
    ...entry,
    serverErrors: entry.serverErrors + (verdict.counts ? 1 : 0),
    lastError: verdict.error,
    state:
      attempt === undefined || !verdict.uncertain
        ? { _tag: "Pending" }
        : verdict.setAside === undefined
          ? { _tag: "Uncertain", attempt }
          : { _tag: "SetAside", attempt, seenAt: now, length: verdict.setAside }
  }
}

/** Brings the copy and the ids up to what was done. */
const acknowledge = function* (
  { mutation }: Entry,
  { client, clientId: named, projects }: Extract<Verdict, { _tag: "Done" }>,
  isFirst: boolean
): Step<Ending> {
  const { workspaceId } = mutation
  if (mutation._tag === "Create" && client !== undefined) yield* putResolved(mutation.localId, client.id)
  const clientId = client?.id ?? named ?? (yield* resolve(Mutation.clientId(mutation)))
  if (client !== undefined) {
    if (isFirst) yield* putClient(client)
  } else if (clientId !== undefined) {
    const known = yield* getClient(workspaceId, clientId)
    if (mutation._tag === "Delete") yield* remove(clientKey(workspaceId, clientId))
    else if (mutation._tag === "Archive" && known !== undefined) yield* putClient({ ...known, archived: true })
  }
  return {
    _tag: "Done",
    ...(clientId === undefined ? {} : { clientId }),
    ...(client === undefined ? {} : { client }),
    ...(projects === undefined ? {} : { projects })
  }
}

/** Changes the queue's state alone: a wait, a pause, the end of a run. `undefined`: the fence no longer holds. */
export const book = function* (
  newStoreId: string,
  fence: Fence,
  after: After,
  now: number
): Step<QueueState | undefined> {
  const state = yield* getState(newStoreId)
  if (!holds(state, fence)) return undefined
  const booked = stepOn(afterwards(state, fence, after, now), [])
  yield* putState(booked)
  return booked
}
