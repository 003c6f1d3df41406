import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Client, ClientId, WorkspaceId } from "../Client.js"
import { Conflict, type Refusal, type StorageError, type TransportError } from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import type { Entry } from "../log/entry.js"
import { turnOf } from "../log/state.js"
import * as Mutation from "../Mutation.js"
import type * as OutboxStore from "../OutboxStore.js"
import { isTransport } from "../error/transport.js"
import type { Conflicts } from "./conflicts.js"
import * as bulk from "./bulk.js"
import type { Local } from "../instance/decide.js"
import * as merging from "./merge.js"
import type { Mirror } from "../instance/mirror.js"
import { makeNames } from "../log/names.js"
import type { Refreshing } from "../read/refresh.js"
import type { Verdict } from "../transactions/settle.js"

export interface Dependencies {
  readonly api: ClientsApi.Service
  readonly store: OutboxStore.Service
  readonly mirror: Mirror
  readonly refreshing: Pick<Refreshing, "refreshBases">
  readonly merge: boolean
  readonly conflicts: Conflicts
  readonly bulk: boolean
  readonly local: Pick<Local, "isBulkUnknown">
}

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

/** What one run knows besides the log: which bases are fresh, and which names there are. */
export interface Preparing {
  /** The entries that there is nothing to send for, from this one on. */
  readonly vanishing: (entry: Entry) => Effect.Effect<ReadonlyArray<Entry> | undefined, StorageError>
  /** Decides what one request stands for, and reads from Toggl what it is to be built on. */
  readonly prepare: (entry: Entry) => Effect.Effect<Prepared, StorageError>
  /** An update of a client that this device does not know is built on what Toggl has. */
  readonly withBase: (toSend: ToSend, clientId: ClientId) => Effect.Effect<Prepared>
  /** Reads a workspace's list between two attempts. Gives why Toggl cannot be asked. */
  readonly refresh: (workspaceId: WorkspaceId) => Effect.Effect<TransportError | undefined, StorageError>
  readonly settled: (entries: ReadonlyArray<Entry>, verdict: Verdict) => void
}

const joined = ([first, ...others]: ToSend["entries"]): Mutation.Mutation =>
  others.reduce((mutation, entry) => Mutation.join(mutation, entry.mutation) ?? mutation, first.mutation)

/** What the update asks for that someone else has changed since it was made. */
const conflictOf = ({ base, mutation }: Entry, theirs: Client): Conflict | undefined => {
  if (mutation._tag !== "Update" || base === undefined) return undefined
  const { name = theirs.name, notes = theirs.notes } = mutation.change
  const isChanged = (field: "name" | "notes", mine: string) =>
    mutation.change[field] !== undefined && theirs[field] !== base[field] && theirs[field] !== mine
  if (!isChanged("name", name) && !isChanged("notes", notes)) return undefined
  return new Conflict({
    operation: "update",
    workspaceId: mutation.workspaceId,
    clientId: mutation.clientId,
    base,
    mine: { name, notes },
    theirs
  })
}

const firstConflict = (entries: ToSend["entries"], theirs: Client) => {
  for (const [index, entry] of entries.entries()) {
    const conflict = conflictOf(entry, theirs)
    if (conflict !== undefined) return { index, conflict }
  }
  return undefined
}

export const make = (deps: Dependencies): Preparing => {
  const { api, conflicts, mirror, refreshing, store } = deps
  const merger = merging.make(mirror)
  const refreshed = new Set<WorkspaceId>()
  // Those whose list could not be stored: each base is read by itself.
  const unstored = new Set<WorkspaceId>()

  const plan = (head: Entry): Effect.Effect<merging.Plan, StorageError> =>
    Effect.gen(function* () {
      const { mutation } = head
      if (!deps.merge) return { _tag: "Send", entries: [head], mutation, lacksNames: false }
      if (merger.wantsNames(head)) {
        const { clients } = yield* store.copy(mutation.workspaceId)
        merger.setNames(mutation.workspaceId, { names: makeNames(clients), isWhole: false })
      }
      return merger.plan(head)
    })

  // Whether it would carry back what is known here of the field that it leaves as it is.
  const keepsAField = (mutation: Mutation.Mutation): mutation is Mutation.Update =>
    mutation._tag === "Update" && (mutation.change.name === undefined || mutation.change.notes === undefined)

  const wantsRefresh = ({ lacksNames, mutation }: Extract<merging.Plan, { _tag: "Send" }>): boolean => {
    if (refreshed.has(mutation.workspaceId)) return false
    return lacksNames || (conflicts === "LastWriteWins" && keepsAField(mutation))
  }

  /** Gives why Toggl cannot be asked. Where it only refuses, what is known has to do. */
  const refresh = (workspaceId: WorkspaceId): Effect.Effect<TransportError | undefined, StorageError> =>
    Effect.gen(function* () {
      const read = yield* Effect.either(refreshing.refreshBases(workspaceId))
      if (Either.isLeft(read)) {
        if (read.left._tag === "StorageError") return yield* Effect.fail(read.left)
        if (isTransport(read.left)) return read.left
      } else {
        const { clients, isStored, isWhole } = read.right
        if (isStored) unstored.delete(workspaceId)
        else unstored.add(workspaceId)
        merger.setNames(workspaceId, { names: makeNames(clients), isWhole })
      }
      refreshed.add(workspaceId)
      return undefined
    })

  const fetchBase = (toSend: ToSend, clientId: ClientId): Effect.Effect<Prepared> =>
    Effect.match(api.get(toSend.mutation.workspaceId, clientId), {
      onSuccess: (base): Prepared => ({ ...toSend, base }),
      onFailure: (error): Prepared => (isTransport(error) ? { _tag: "NotNow", error } : { _tag: "Refused", error })
    })

  /** Reads the client just before it is changed, and goes only as far as nobody else has changed it. */
  const check = (toSend: ToSend): Effect.Effect<Prepared, StorageError> =>
    Effect.gen(function* () {
      const { workspaceId } = toSend.mutation
      const clientId = mirror.resolve(Mutation.clientId(toSend.mutation))
      if (toSend.mutation._tag !== "Update" || clientId === undefined) return toSend
      const since = turnOf(mirror.state, workspaceId)
      const fetched = yield* fetchBase(toSend, clientId)
      if (fetched._tag !== "Send" || fetched.base === undefined) return fetched
      const found = firstConflict(toSend.entries, fetched.base)
      if (found === undefined) return fetched
      if (found.index === 0) {
        yield* store.storeClient(workspaceId, clientId, since, fetched.base)
        return { _tag: "Refused", error: found.conflict }
      }
      const [first, ...others] = toSend.entries
      const entries = [first, ...others.slice(0, found.index - 1)] as const
      return { ...fetched, entries, mutation: joined(entries) }
    })

  const prepare = (entry: Entry): Effect.Effect<Prepared, StorageError> =>
    Effect.gen(function* () {
      const { mutation, state } = entry
      const many =
        deps.bulk && !deps.local.isBulkUnknown && state._tag === "Pending" ? bulk.plan(mirror, entry) : undefined
      if (many !== undefined) return { _tag: "Send", mutation, ...many }
      const planned = yield* plan(entry)
      if (planned._tag === "Nothing") return { _tag: "Changed" }
      if (wantsRefresh(planned)) {
        const error = yield* refresh(entry.mutation.workspaceId)
        if (error !== undefined) return { _tag: "NotNow", error }
        if (entry.state._tag === "Pending") return { _tag: "Read" }
        // It has just been looked up, which is not to be done again.
        const now = mirror.entries.get(entry.seq)
        return now?.state._tag === entry.state._tag ? yield* prepare(now) : { _tag: "Changed" }
      }
      const toSend: ToSend = { _tag: "Send", entries: planned.entries, mutation: planned.mutation }
      if (conflicts === "CheckFirst") return yield* check(toSend)
      const isUnread = unstored.has(entry.mutation.workspaceId) && keepsAField(planned.mutation)
      const clientId = isUnread ? mirror.resolve(Mutation.clientId(planned.mutation)) : undefined
      return clientId === undefined ? toSend : yield* fetchBase(toSend, clientId)
    })

  return {
    vanishing: (entry) => Effect.map(plan(entry), (plan) => (plan._tag === "Nothing" ? plan.entries : undefined)),
    prepare,
    withBase: fetchBase,
    refresh,
    settled: merger.settled
  }
}
