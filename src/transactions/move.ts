// How entries leave this store, and how they come from elsewhere.
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import type { ClientId, LocalClientId } from "../Client.js"
import type { StorageError } from "../ClientError.js"
import { abroad } from "../log/abroad.js"
import { linked } from "../log/linked.js"
import {
  elsewhere,
  type Entry,
  type FirstAttempt,
  mayHaveBeenApplied,
  type Outcome,
  type Row,
  type State
} from "../log/entry.js"
import { abort, add, get, outcomeKey, remove, type Step } from "../store/step.js"
import { load, type Snapshot } from "./accept.js"
import { type Exported, isOlder, keep, kept, release } from "./moved.js"
import { end } from "./outcomes.js"
import { changedTo, gaveUp, goneFrom, noteStep, stepOn } from "./queue.js"
import { getState, putResolved, putState, readOutcome, resolve, writeRow } from "./rows.js"
import { boundTo, userOf } from "./user.js"

// --- Out ---------------------------------------------------------------------------------------------------------------

/** What a store holds that is still to be sent, or decided about, and whose it is where that is known. */
export interface Survey extends Pick<Snapshot, "entries" | "unreadable"> {
  readonly kept: ReadonlyArray<Entry>
  readonly userId: number | undefined
}

export const survey = function* (newStoreId: string): Step<Survey> {
  const { entries, state, unreadable } = yield* load(newStoreId)
  return { entries, unreadable, kept: yield* kept(), userId: yield* userOf(state) }
}

/** What was taken out: the rows, in their order, what was made of them, and Toggl's ids of the clients made here. */
export interface Taken {
  readonly rows: ReadonlyArray<Row>
  readonly text: string
  readonly ids: ReadonlyMap<LocalClientId, ClientId>
}

const noText = (): Either.Either<string, StorageError> => Either.right("")

/**
 * Takes the entries out of the log, and gives them with those that were taken before and never released; `write` makes a
 * text of all these. Nothing is gone where that fails. They are kept until they are released. A row that cannot be read
 * stays, and with it what hangs together with it: elsewhere nothing would hold that back.
 */
export const take = function* (
  newStoreId: string,
  now: number,
  write: (rows: ReadonlyArray<Row>) => Either.Either<string, StorageError> = noText
): Step<Taken> {
  const log = yield* load(newStoreId)
  const staying = linked(log)
  const going = log.entries.filter(({ seq }) => !staying.has(seq))
  const leaving = going.map((entry): Entry => ({
    ...abroad(log.ids, { ...entry, state: heardElsewhere(entry.state) }),
    seq: entry.seq
  }))
  const rows = [...(yield* kept()), ...leaving].map((entry) => abroad(log.ids, entry))
  const text = write(rows)
  if (Either.isLeft(text)) return yield* abort(text.left)
  if (going.length > 0) {
    const owner = yield* userOf(log.state)
    const state = gaveUp(stepOn(log.state, going.map(goneFrom)), going.filter(mayHaveBeenApplied), now)
    // What is kept is still the user's to whom the first of it has bound the store.
    yield* putState(owner === undefined ? state : { ...state, userId: owner })
  }
  for (const entry of going) yield* end(entry, now, { _tag: "Moved", mayHaveBeenApplied: mayHaveBeenApplied(entry) })
  for (const entry of leaving) yield* keep(entry)
  return { rows, text: text.right, ids: log.ids }
}

/**
 * The same for another store that takes them over: not where they are another's than this `user`'s, nor where a replayer
 * is at work, unless it still stands at that step. `owner`: whose they are, where that is known.
 */
export const handOver = function* (
  newStoreId: string,
  now: number,
  user: number | undefined,
  unless: { readonly step: number | undefined } | undefined
): Step<(Taken & { readonly owner: number | undefined }) | "OtherUser" | "InUse"> {
  const state = yield* getState(newStoreId)
  if (unless !== undefined && state.run !== undefined && state.step !== unless.step) return "InUse"
  const owner = yield* userOf(state)
  if (owner !== undefined && user !== undefined && owner !== user) return "OtherUser"
  const taken = yield* take(newStoreId, now)
  if (owner === undefined) return { ...taken, owner }
  return { ...taken, owner, rows: taken.rows.map((row) => ({ ...row, userId: row.userId ?? owner })) }
}

// --- In ----------------------------------------------------------------------------------------------------------------

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
 * The row as it is known here, of what was `moved` from here: a file that was made before its last attempt tells nothing
 * of that. `own` is what is kept of it, until it is in safety.
 */
const asMoved = (row: Row, moved: Outcome | undefined, own: Entry | undefined, isOld: boolean): Row => {
  if (own !== undefined && (isOld || own.attempts > row.attempts)) return own
  if (moved?.ending._tag !== "Moved" || !moved.ending.mayHaveBeenApplied) return row
  if (row.state._tag !== "Pending" || row.state.attempt !== undefined) return row
  const attempts = Math.max(row.attempts, 1)
  return {
    ...row,
    attempts,
    state: { _tag: "Uncertain", attempt: { number: attempts, startedAt: moved.endedAt, fence: elsewhere } }
  }
}

/** Whether it is known here that Toggl has made the client: its answer may have come where nothing else is known of it. */
const isMade = function* ({ mutation }: Row): Step<boolean> {
  return mutation._tag === "Create" && (yield* resolve(mutation.localId)) !== undefined
}

/**
 * Appends rows from elsewhere in their order, but for those whose ids are known here, also from rows that cannot be
 * read; gives the numbers added. What was moved from here is taken in again, unless an answer has come to it since. A
 * file was `exported` then and there.
 */
export const importRows = function* (
  newStoreId: string,
  rows: ReadonlyArray<Row>,
  exported?: Exported
): Step<ReadonlyArray<number>> {
  const snapshot = yield* load(newStoreId)
  const known = new Set<unknown>(snapshot.entries.map((entry) => entry.id))
  for (const { row } of snapshot.unreadable) if (Predicate.hasProperty(row, "id")) known.add(row.id)
  const moved = new Map<unknown, Entry>()
  for (const entry of yield* kept()) moved.set(entry.id, entry)
  const added: Array<Entry> = []
  for (const row of rows) {
    if (known.has(row.id)) continue
    known.add(row.id)
    const there = yield* get(outcomeKey(row.id))
    const ended = readOutcome(there)
    if ((there !== undefined && ended?.ending._tag !== "Moved") || (yield* isMade(row))) continue
    if (there !== undefined) yield* remove(outcomeKey(row.id))
    const isOld = isOlder(exported, snapshot.state, ended)
    const latest = asMoved(row, ended, moved.get(row.id), isOld)
    const entry: Entry = { ...fromElsewhere(latest), seq: 0 }
    added.push({ ...entry, seq: yield* add(writeRow(entry)) })
  }
  if (added.length > 0) {
    yield* release(new Set(added.map(({ id }) => id)))
    yield* noteStep(newStoreId, added.map(changedTo))
  }
  return added.map((entry) => entry.seq)
}

/**
 * Ends the creates whose clients are known to be made by now, as a file has brought them before. One that is being sent, or
 * was edited since, is looked up.
 */
const endMade = function* (newStoreId: string, ids: ReadonlyMap<LocalClientId, ClientId>, now: number): Step<void> {
  const { entries } = yield* load(newStoreId)
  const ended: Array<Entry> = []
  for (const entry of entries) {
    const { mutation, sent, state } = entry
    const clientId = mutation._tag === "Create" ? ids.get(mutation.localId) : undefined
    if (clientId === undefined || sent !== undefined || state._tag === "Sending") continue
    yield* end(entry, now, { _tag: "Done", clientId })
    ended.push(entry)
  }
  if (ended.length > 0) yield* noteStep(newStoreId, ended.map(goneFrom))
}

/**
 * The same for what another store has handed over as this `owner`'s, with Toggl's ids of the clients that were made
 * there. Not where this store is another user's.
 */
export const receive = function* (
  newStoreId: string,
  rows: ReadonlyArray<Row>,
  ids: ReadonlyMap<LocalClientId, ClientId>,
  owner: number | undefined,
  now: number
): Step<ReadonlyArray<number> | "OtherUser"> {
  const state = yield* boundTo(yield* getState(newStoreId), owner)
  if (state === undefined) return "OtherUser"
  yield* putState(state)
  const fresh = new Map<LocalClientId, ClientId>()
  for (const [localId, clientId] of ids) if ((yield* resolve(localId)) === undefined) fresh.set(localId, clientId)
  for (const [localId, clientId] of fresh) yield* putResolved(localId, clientId)
  if (fresh.size > 0) yield* endMade(newStoreId, fresh, now)
  return yield* importRows(newStoreId, rows)
}
