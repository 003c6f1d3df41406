// What came of an attempt: the one transaction of an acknowledgement, or of a refusal.
import type { Client, ClientId, LocalClientId } from "../Client.js"
import { type StorageError, type TransportError, UnexpectedAnswer } from "../ClientError.js"
import type { Ending, EntryId } from "../Entry.js"
import { afresh, asksAsKnown, type Attempt, attemptOf, type Ended, type Entry, type Outcome } from "../log/entry.js"
import { asked } from "../log/request.js"
import { restOf } from "../log/rest.js"
import { isTogglsWait, landed, type QueueState, type Wait, without, workspaceOf } from "../log/state.js"
import { type Sent, type Verdict, verdictOn } from "../log/verdict.js"
import * as Mutation from "../Mutation.js"
import { clientKey, lastSeq, range, remove, type Step } from "../store/step.js"
import { find } from "./accept.js"
import { release } from "./moved.js"
import { end, outcome } from "./outcomes.js"
import { type Changed, changedTo, type Fence, goneFrom, holds, stepOn } from "./queue.js"
import { getClient, getEntry, getState, putClient, putEntry, putResolved, putState, resolve } from "./rows.js"

/** What else a step changes in the queue's state. */
export interface After {
  readonly wait?: Wait
  readonly failures: number
  /** What was heard of the quotas. */
  readonly quota?: QueueState["quota"]
  /** How many milliseconds the replayer's own clock, which is never set, still gives to the wait that it knows. */
  readonly standing?: { readonly wait: Wait; readonly left: number }
  /** The run's progress, or that it has ended. */
  readonly run: { readonly done: number; readonly total: number } | "Ended"
  /** When what is set aside in a workspace is tried next. */
  readonly probe?: { readonly workspaceId: number; readonly length: number }
}

/** The state and, where entries ended or changed, their rows. `undefined`: the fence no longer holds. */
export interface Settled {
  readonly state: QueueState
  /** Those of the entries that are still in the log. */
  readonly entries: ReadonlyArray<Entry>
  readonly ended: ReadonlyArray<Ended>
  /** The clients that were made by entries which go on. */
  readonly ids?: ReadonlyArray<readonly [LocalClientId, ClientId]>
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

const endOf = ({ length, seenAt }: Wait): number => seenAt + length

// A longer wait that Toggl did not name itself could be cut short, and the one that it named with it.
const later = (named: Wait | undefined, next: Wait | undefined): Wait | undefined => {
  if (named === undefined) return next
  if (next?.named !== true) return named
  if (isTogglsWait(named) !== isTogglsWait(next)) return isTogglsWait(named) ? named : next
  return endOf(next) > endOf(named) ? next : named
}

/** What the queue waits for, where it is to wait for this next. */
export const waitAfter = (state: QueueState, { standing, wait }: Pick<After, "standing" | "wait">, now: number) =>
  later(stillNamed(state.wait, standing, now), wait)

const probed = (
  state: QueueState,
  { length, workspaceId }: NonNullable<After["probe"]>,
  seenAt: number
): QueueState["workspaces"] => ({
  ...state.workspaces,
  [String(workspaceId)]: { ...workspaceOf(state, workspaceId), probe: { seenAt, length } }
})

const afterwards = (state: QueueState, fence: Fence, after: After, now: number): QueueState => {
  const wait = waitAfter(state, after, now)
  const workspaces = after.probe === undefined ? state.workspaces : probed(state, after.probe, now)
  return {
    ...without(state, "wait", "run"),
    workspaces,
    failures: after.failures,
    ...(after.quota === undefined ? {} : { quota: { ...state.quota, ...after.quota } }),
    ...(wait === undefined ? {} : { wait }),
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

/** What else an acknowledgement has to know. */
export interface Around {
  readonly rebase?: Rebase | undefined
  /** The entries as the replay knows them: the user may have discarded one meanwhile. */
  readonly known?: ReadonlyArray<Entry> | undefined
}

/**
 * Books what came of the attempt at these entries: the one transaction of an acknowledgement, or of a refusal. Gives
 * `undefined` where the fence no longer holds, or the user has changed what was looked up, or what there is nothing to
 * send for.
 */
export const settle = function* (
  newStoreId: string,
  fence: Fence,
  seqs: ReadonlyArray<number>,
  told: Verdict,
  after: After,
  now: number,
  { known = [], rebase }: Around = {}
): Step<Settled | undefined> {
  const state = yield* getState(newStoreId)
  if (!holds(state, fence)) return undefined
  const entries: Array<Entry> = []
  for (const seq of seqs) {
    const entry = yield* getEntry(seq)
    if (entry !== undefined) entries.push(entry)
  }
  // What failed so often may be what the user has discarded since: the others are tried again by themselves.
  const hasGone = entries.length < seqs.length
  // One answer stands for all of them, or for none.
  const [lead] = entries
  const verdict = told._tag === "Each" || lead === undefined ? told : yield* believed(told, lead)
  if (verdict._tag !== "Again" && entries.some((entry) => wasEdited(entry, known))) return undefined
  if (verdict._tag === "Nothing" && (entries.length !== seqs.length || !entries.every(isUnsent))) return undefined
  const left: Array<Entry> = []
  const ended: Array<Ended> = []
  const changed: Array<Changed> = []
  const ids: Array<readonly [LocalClientId, ClientId]> = []
  let successes = 0
  for (const [index, entry] of entries.entries()) {
    const isFirst = index === 0
    const own = verdictOn(verdict, entry)
    const client = own._tag === "Done" && own.isAnswer !== true ? own.client : undefined
    const rest = client === undefined ? undefined : restOf(entry, client, entries.slice(index + 1))
    if (client !== undefined && rest !== undefined) {
      if (entry.mutation._tag === "Create") {
        yield* putResolved(entry.mutation.localId, client.id)
        ids.push([entry.mutation.localId, client.id])
      }
      const standing = yield* goneOn(entry, client, rest)
      left.push(standing)
      changed.push(changedTo(standing))
      continue
    }
    if (own._tag === "Done" || own._tag === "Nothing") {
      if (own._tag === "Done" && own.isAnswer === true) successes++
      const ending = own._tag === "Done" ? yield* acknowledge(entry, own, isFirst) : endingOfNothing(entry)
      ended.push(yield* end(entry, now, ending))
      changed.push(goneFrom(entry))
      continue
    }
    const isTriedAgain =
      own._tag === "Again" && (isTakenUp(entry, known) || (hasGone && entry.state._tag !== "SetAside"))
    const standing = afterVerdict(entry, isTriedAgain ? { ...own, isSetAside: false } : own, isFirst, now, state)
    yield* putEntry(standing)
    left.push(standing)
    changed.push(changedTo(standing))
  }
  const heard = new Set<EntryId>()
  for (const entry of known) {
    if (entries.some(({ seq }) => seq === entry.seq)) continue
    const own = verdictOn(verdict, entry)
    if (own._tag !== "Again" || !own.uncertain) heard.add(entry.id)
    if (own._tag !== "Done") continue
    const before = yield* outcome(entry.id)
    if (before !== undefined) {
      ended.push(...(yield* lateAnswer(entry, before, own, state, now, ids)))
      continue
    }
    const standing = yield* find(entry.id)
    if (standing === undefined || !("seq" in standing)) continue
    // It was moved, and brought back under another number. Where it asks for more now, it is looked up.
    if (own.client !== undefined && restOf(standing, own.client) !== undefined) continue
    if (yield* wasHereBefore(entry, own.client)) continue
    ended.push(yield* end(standing, now, yield* acknowledge(standing, own, !wasListed(state, standing))))
    changed.push(goneFrom(standing))
  }
  if (verdict._tag === "Done" && verdict.client !== undefined && rebase !== undefined) {
    left.push(...(yield* rebased(entries, verdict.client, rebase)))
  }
  const counted = { ...state, successes: state.successes + successes }
  // What the queue does after another answer than this one, the replay books next.
  const afterAnswer = verdict === told ? afterwards(counted, fence, after, now) : state
  const settled = stepOn(landed(afterAnswer, heard), changed)
  yield* putState(settled)
  return { state: settled, entries: left, ended, ids }
}

/** Whether the user has edited it since it was looked up, or since it was decided what it comes to. */
const wasEdited = (entry: Entry, known: ReadonlyArray<Entry>): boolean =>
  known.some((before) => before.seq === entry.seq && !asksAsKnown(entry, before))

/** Whether the user has taken up again, since it was looked up, what failed so often. */
const isTakenUp = (entry: Entry, known: ReadonlyArray<Entry>): boolean =>
  entry.state._tag !== "Sending" && known.some((before) => before.seq === entry.seq && entry.failures < before.failures)

/** An answer to a create that names a client which was here before is about that one, and not about what was made. */
const believed = function* (verdict: Verdict, entry: Entry): Step<Verdict> {
  if (verdict._tag !== "Done" || verdict.isAnswer !== true || entry.mutation._tag !== "Create") return verdict
  const { workspaceId } = entry.mutation
  const there = verdict.client === undefined ? undefined : yield* getClient(workspaceId, verdict.client.id)
  if (there === undefined) return verdict
  const error = new UnexpectedAnswer({ ...asked(entry.mutation), status: 200, reason: "OtherClient" })
  return { _tag: "Again", uncertain: true, error, counts: false }
}

/** It was applied as it was sent, and goes on as an update of the rest: what the user has edited since. */
export const goneOn = function* (entry: Entry, client: Client, change: Mutation.Change): Step<Entry> {
  const { mutation } = entry
  const { workspaceId } = mutation
  yield* putClient(client)
  const update: Entry = {
    ...afresh(entry),
    mutation: { _tag: "Update", workspaceId, clientId: Mutation.clientId(mutation), change },
    base: client,
    state: { _tag: "Pending" }
  }
  yield* putEntry(update)
  return update
}

/**
 * The answer to what the user discarded, or moved, while it was under way is how it ended; where it was edited since,
 * what was moved is still to be done. What a list has shown since is newer than the client in it.
 */
const lateAnswer = function* (
  entry: Entry,
  before: Outcome,
  done: Extract<Sent, { _tag: "Done" }>,
  state: QueueState,
  now: number,
  ids: Array<readonly [LocalClientId, ClientId]>
): Step<ReadonlyArray<Ended>> {
  const isMoved = before.ending._tag === "Moved"
  if (!isMoved && before.ending._tag !== "Discarded") return []
  const { mutation } = entry
  if (yield* wasHereBefore(entry, done.client)) return []
  if (isMoved && done.client !== undefined && restOf(entry, done.client) !== undefined) {
    if (mutation._tag === "Create") {
      yield* putResolved(mutation.localId, done.client.id)
      ids.push([mutation.localId, done.client.id])
    }
    return []
  }
  yield* release(new Set([entry.id]))
  return [yield* end(entry, now, yield* acknowledge(entry, done, !wasListed(state, entry)))]
}

/** Whether the client was known before the create that is answered with it. */
const wasHereBefore = function* ({ first, mutation }: Entry, client: Client | undefined): Step<boolean> {
  const { highestId = Number.POSITIVE_INFINITY } = first ?? {}
  if (mutation._tag !== "Create" || client === undefined || client.id > highestId) return false
  return (yield* getClient(mutation.workspaceId, client.id)) !== undefined
}

/** Whether a list was stored since something of its workspace was given up: what that shows is newer than an answer to it. */
const wasListed = (state: QueueState, { mutation }: Entry): boolean =>
  workspaceOf(state, mutation.workspaceId).fetchedAt !== undefined

const isUnsent = ({ state }: Entry): boolean => state._tag !== "Sending" && state._tag !== "Refused"

/** How an entry ends that there was nothing to send for: only the delete is what its caller asked for. */
const endingOfNothing = ({ mutation }: Entry): Ending =>
  mutation._tag === "Delete" ? { _tag: "Done" } : { _tag: "Discarded", mayHaveBeenApplied: false }

/** Carries the entries behind these on from what these have made of the client: that is no colleague's change. */
export const rebased = function* (
  entries: ReadonlyArray<Entry>,
  client: Client,
  { last, seqs }: Rebase
): Step<ReadonlyArray<Entry>> {
  const changes = (field: "name" | "notes") =>
    entries.some(
      ({ mutation, sent = mutation }) =>
        sent._tag === "Create" || (sent._tag === "Update" && sent.change[field] !== undefined)
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

// What a gateway says of a request that it has passed on, and got no answer to.
const gatewayStatuses = [408, 502, 504, 520, 521, 522, 523, 524]

/** Whether the answer says that it was not done, though it is not to be relied on. */
const saysNotDone = (error: TransportError | StorageError): boolean => {
  switch (error._tag) {
    case "Unreachable":
    case "StorageError":
      return false
    case "ServerError":
      return !gatewayStatuses.includes(error.status)
    case "UnexpectedAnswer":
      return error.status < 200 || error.status > 299
    default:
      return true
  }
}

const afterVerdict = (
  entry: Entry,
  verdict: Exclude<Verdict, { _tag: "Done" | "Nothing" | "Each" }>,
  isFirst: boolean,
  now: number,
  { step, successes }: QueueState
): Entry => {
  const attempt = attemptOf(entry)
  if (verdict._tag === "Apart") return { ...entry, apart: true, state: { _tag: "Pending" } }
  if (verdict._tag === "Refused" && !isFirst) {
    const isDoubtful = verdict.error._tag === "Undecided" && attempt !== undefined
    return { ...entry, state: { _tag: "Pending", ...(isDoubtful ? { attempt } : {}) } }
  }
  if (verdict._tag === "Refused") {
    return {
      ...entry,
      state: { _tag: "Refused", error: verdict.error, at: now, ...(attempt === undefined ? {} : { attempt }) }
    }
  }
  const hasNotLeft = verdict.neverLeft === true && entry.state._tag === "Sending"
  const tried =
    attempt === undefined || verdict.isLookUp === true ? attempt : { ...attempt, answered: saysNotDone(verdict.error) }
  return {
    ...entry,
    ...(verdict.counts
      ? {
          failures: entry.failures + 1,
          failingSince: Math.min(entry.failingSince ?? successes, successes),
          failedAt: step
        }
      : {}),
    ...(hasNotLeft ? { unsent: (entry.unsent ?? 0) + 1 } : {}),
    lastError: verdict.error,
    // Set aside, it would be looked up for an attempt that nobody made.
    state: inDoubt(verdict, hasNotLeft && !verdict.uncertain ? undefined : tried, now)
  }
}

const inDoubt = (
  { isSetAside = false, uncertain }: Extract<Sent, { _tag: "Again" }>,
  attempt: Attempt | undefined,
  seenAt: number
): Entry["state"] => {
  if (isSetAside) return { _tag: "SetAside", seenAt, ...(attempt === undefined ? {} : { attempt }) }
  return attempt === undefined || !uncertain ? { _tag: "Pending" } : { _tag: "Uncertain", attempt }
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
