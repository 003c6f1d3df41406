// Which request comes next, and what it is built on.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Keeper } from "../account/ask.js"
import { type Client, type ClientId, sameNotes, type WorkspaceId } from "../Client.js"
import { Conflict, type Refusal, type StorageError, type TransportError } from "../ClientError.js"
import { isTransport } from "../error/transport.js"
import { type Entry, requestsOf } from "../log/entry.js"
import { makeNames } from "../log/names.js"
import { asked } from "../log/request.js"
import { type Turn, turnOf, workspaceOf } from "../log/state.js"
import * as Mutation from "../Mutation.js"
import { refreshBases } from "../read/refresh.js"
import { type Run, sawNames } from "./book.js"
import * as bulk from "./bulk.js"
import * as merge from "./merge.js"

/** The request that is to be made, and what it stands for. */
export interface ToSend {
  readonly _tag: "Send"
  readonly entries: readonly [Entry, ...ReadonlyArray<Entry>]
  readonly mutation: Mutation.Mutation
  /** The client as Toggl has just given it. */
  readonly base?: Client
  /** The clients of a bulk request, one for each entry. */
  readonly clientIds?: ReadonlyArray<ClientId>
}

export type Prepared =
  | ToSend
  | { readonly _tag: "Refused"; readonly error: Refusal }
  /** Toggl could not be asked. */
  | { readonly _tag: "NotNow"; readonly error: TransportError }
  /** Toggl was asked what changes are to be built on: whether they may still be sent is to be decided anew. */
  | { readonly _tag: "Read" }
  /** The entry is no longer as it was. */
  | { readonly _tag: "Changed" }

// --- What is known of the workspace ------------------------------------------------------------------------------------

/**
 * Reads the workspace's list between two attempts. Gives why Toggl cannot be asked. Where it only refuses, what is known
 * has to do.
 */
export const readList = (
  { instance, namesSeen, plans, seen: { listed, unstored } }: Run,
  workspaceId: WorkspaceId,
  keeper?: Keeper
): Effect.Effect<TransportError | undefined, StorageError> =>
  Effect.gen(function* () {
    const read = yield* Effect.either(refreshBases(instance, workspaceId, keeper))
    if (Either.isLeft(read)) {
      if (isTransport(read.left)) return read.left
      if (read.left._tag === "StorageError") {
        // A change may still be built on its own client, and where no mark can be made either it is not sent.
        yield* instance.mirror.doubt
        unstored.add(workspaceId)
      }
    } else {
      const { clients, isStored, isWhole } = read.right
      if (isStored) unstored.delete(workspaceId)
      else unstored.add(workspaceId)
      if (isWhole) sawNames(namesSeen, workspaceId, clients)
      merge.setNames(plans, workspaceId, { names: makeNames(clients), isWhole })
    }
    listed.add(workspaceId)
    return undefined
  })

// Whether it would carry back what is known here of the field that it leaves as it is.
const keepsAField = (mutation: Mutation.Mutation): mutation is Mutation.Update =>
  mutation._tag === "Update" && (mutation.change.name === undefined || mutation.change.notes === undefined)

const wantsList = (
  { instance: { settings }, seen: { listed } }: Run,
  { lacksNames, mutation }: Extract<merge.Plan, { _tag: "Send" }>
): boolean =>
  !listed.has(mutation.workspaceId) && (lacksNames || (settings.conflicts === "LastWriteWins" && keepsAField(mutation)))

/** Whether the last list did not show it as it is: what is known of it may be old, and nothing is built on that. */
const isKept = (
  { instance: { log, transactions } }: Run,
  workspaceId: WorkspaceId,
  clientId: ClientId
): Effect.Effect<boolean, StorageError> =>
  workspaceOf(log.state, workspaceId).leftOut === undefined
    ? Effect.succeed(false)
    : Effect.map(transactions.doubt(workspaceId), ({ kept }) => kept.includes(clientId))

const planFor = (run: Run, head: Entry): Effect.Effect<merge.Plan, StorageError> =>
  Effect.gen(function* () {
    const { settings, transactions } = run.instance
    const { mutation } = head
    if (!settings.merge || run.isScout) return { _tag: "Send", entries: [head], mutation, lacksNames: false }
    if (merge.wantsNames(run.plans, head)) {
      const { clients } = yield* transactions.copy(mutation.workspaceId)
      merge.setNames(run.plans, mutation.workspaceId, { names: makeNames(clients), isWhole: false })
    }
    return merge.plan(run.plans, head)
  })

/** The entries that there is nothing to send for, from this one on. */
export const vanishing = (run: Run, entry: Entry): Effect.Effect<ReadonlyArray<Entry> | undefined, StorageError> =>
  Effect.map(planFor(run, entry), (plan) => (plan._tag === "Nothing" ? plan.entries : undefined))

// --- What the request is built on --------------------------------------------------------------------------------------

/** An update of a client that this device does not know is built on what Toggl has. */
export const withBase = (
  { instance: { api, log }, seen: { clients } }: Run,
  toSend: ToSend,
  clientId: ClientId
): Effect.Effect<Prepared> => {
  const known = clients.get(clientId)
  const [{ seq }] = toSend.entries
  // A list that was stored since, by whichever tab, is newer.
  const { fetchedAt } = workspaceOf(log.state, toSend.mutation.workspaceId)
  if (known?.seq === seq && known.fetchedAt === fetchedAt) return Effect.succeed({ ...toSend, base: known.client })
  return Effect.match(api.get(toSend.mutation.workspaceId, clientId, { pastCaches: {} }), {
    onSuccess: (base): Prepared => {
      clients.set(clientId, { seq, client: base, fetchedAt })
      return { ...toSend, base }
    },
    onFailure: (error): Prepared => (isTransport(error) ? { _tag: "NotNow", error } : { _tag: "Refused", error })
  })
}

const isSame = { name: (a: string, b: string) => a === b, notes: sameNotes }

const fields = ["name", "notes"] as const

/** Whether the entry, which waits, asks for what the client has. */
const asksFor = ({ mutation, state }: Entry, field: "name" | "notes", theirs: Client): boolean => {
  const mine = mutation._tag === "Update" && state._tag !== "Refused" ? mutation.change[field] : undefined
  return mine !== undefined && isSame[field](theirs[field], mine)
}

/**
 * The last entries that ask for what the client has, and may have brought it there: a request that counts as not done may
 * have been done, and carried later changes too, for a browser sends it twice.
 */
const lastAsking = (log: Run["instance"]["log"], { mutation, seq }: Entry, theirs: Client) => {
  const last = { name: 0, notes: 0 }
  for (const entry of log.entriesOf(Mutation.clientId(mutation), seq)) {
    for (const field of fields) if (requestsOf(entry) > 0 && asksFor(entry, field, theirs)) last[field] = entry.seq
  }
  return last
}

/** What the update asks for that someone else has changed since it was made. `last`: the last entries that ask for it. */
const conflictOf = (entry: Entry, theirs: Client, last: ReturnType<typeof lastAsking>): Conflict | undefined => {
  const { base, mutation, seq } = entry
  if (mutation._tag !== "Update" || base === undefined) return undefined
  const isTheirs = (field: "name" | "notes") =>
    mutation.change[field] !== undefined &&
    !isSame[field](theirs[field], base[field]) &&
    !asksFor(entry, field, theirs) &&
    last[field] <= seq
  if (!fields.some(isTheirs)) return undefined
  const { name = theirs.name, notes = theirs.notes } = mutation.change
  return new Conflict({ ...asked(mutation), base, mine: { name, notes }, theirs })
}

const firstConflict = ({ instance: { log } }: Run, entries: ToSend["entries"], theirs: Client) => {
  const last = lastAsking(log, entries[0], theirs)
  for (const [index, entry] of entries.entries()) {
    const conflict = conflictOf(entry, theirs, last)
    if (conflict !== undefined) return { index, conflict }
  }
  return undefined
}

const joined = ([first, ...others]: ToSend["entries"]): Mutation.Mutation =>
  others.reduce((mutation, entry) => Mutation.join(mutation, entry.mutation) ?? mutation, first.mutation)

/** Reads the client just before it is changed, and goes only as far as nobody else has changed it. */
const checkFirst = (run: Run, toSend: ToSend): Effect.Effect<Prepared, StorageError> =>
  Effect.gen(function* () {
    const clientId = run.instance.log.resolve(Mutation.clientId(toSend.mutation))
    if (toSend.mutation._tag !== "Update" || clientId === undefined) return toSend
    const since = turnOf(run.instance.log.state, toSend.mutation.workspaceId)
    const fetched = yield* withBase(run, toSend, clientId)
    return fetched._tag !== "Send" || fetched.base === undefined
      ? fetched
      : yield* checked(run, toSend, fetched.base, since)
  })

/** Goes only as far as nobody else has changed the client, which is so now. */
const checked = (run: Run, toSend: ToSend, theirs: Client, since?: Turn): Effect.Effect<Prepared, StorageError> =>
  Effect.gen(function* () {
    if (toSend.mutation._tag !== "Update") return toSend
    const { workspaceId } = toSend.mutation
    const found = firstConflict(run, toSend.entries, theirs)
    if (found === undefined) return { ...toSend, base: theirs }
    if (found.index === 0) {
      if (since !== undefined) {
        const { tab, transactions } = run.instance
        // The refusal says what Toggl has: the copy may do without.
        yield* Effect.ignore(transactions.storeClient(workspaceId, theirs.id, since, theirs, tab.verified?.userId))
      }
      return { _tag: "Refused", error: found.conflict }
    }
    const [first, ...others] = toSend.entries
    const entries = [first, ...others.slice(0, found.index - 1)] as const
    return { ...toSend, base: theirs, entries, mutation: joined(entries) }
  })

/**
 * Decides what one request stands for, and reads from Toggl what it is to be built on, unless a look-up has just done so:
 * `theirs` is its client then.
 */
export const prepare = (run: Run, entry: Entry, theirs?: Client): Effect.Effect<Prepared, StorageError> =>
  Effect.gen(function* () {
    const { log, settings, tab } = run.instance
    const { mutation, state } = entry
    // What depends on the one that a scout passes stays behind it.
    const mayBulk = settings.bulk && !run.isScout && !tab.isBulkUnknown && state._tag === "Pending"
    const many = mayBulk ? bulk.plan(log, entry) : undefined
    if (many !== undefined) return { _tag: "Send", mutation, ...many }
    const plan = yield* planFor(run, entry)
    if (plan._tag === "Nothing") return { _tag: "Changed" }
    if (theirs !== undefined) {
      const toSend: ToSend = { _tag: "Send", entries: plan.entries, mutation: plan.mutation }
      const isBuiltOn = plan.mutation._tag === "Update"
      return settings.conflicts === "CheckFirst"
        ? yield* checked(run, toSend, theirs)
        : { ...toSend, ...(isBuiltOn ? { base: theirs } : {}) }
    }
    if (wantsList(run, plan)) {
      const error = yield* readList(run, mutation.workspaceId, "Replay")
      if (error !== undefined) return { _tag: "NotNow", error }
      if (state._tag === "Pending") return { _tag: "Read" }
      // It has just been looked up, which is not to be done again.
      const now = log.entries.get(entry.seq)
      return now?.state._tag === state._tag ? yield* prepare(run, now) : { _tag: "Changed" }
    }
    const toSend: ToSend = { _tag: "Send", entries: plan.entries, mutation: plan.mutation }
    if (settings.conflicts === "CheckFirst") return yield* checkFirst(run, toSend)
    const clientId = plan.mutation._tag === "Update" ? log.resolve(plan.mutation.clientId) : undefined
    const isUnread = run.seen.unstored.has(mutation.workspaceId) && keepsAField(plan.mutation)
    const isToRead = isUnread || (clientId !== undefined && (yield* isKept(run, mutation.workspaceId, clientId)))
    return clientId === undefined || !isToRead ? toSend : yield* withBase(run, toSend, clientId)
  })
