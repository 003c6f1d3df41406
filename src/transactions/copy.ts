// The local copy of a workspace's clients: what Toggl last said, and nothing else.
import type { Client, ClientId } from "../Client.js"
import type { Entry } from "../log/entry.js"
import { isWhole, type Listed, mostDiffering, noDoubt, settled, staying } from "../log/listed.js"
import { isSameTurn, type QueueState, type Turn, turnOf, type Workspace, workspaceOf } from "../log/state.js"
import { clientKey, pieces, remove, type Step, under } from "../store/step.js"
import { boundTo } from "./user.js"
import { getDoubt, getEntry, getState, putClient, putDoubt, putEntry, putState, readClient } from "./rows.js"

/** What this device knows of a workspace's clients. */
export interface Copy {
  /** Of which store it is, and the step at which it was read: it goes with the log as it is at that step. */
  readonly store: string
  readonly step: number
  readonly clients: ReadonlyArray<Client>
  /** When Toggl last gave the whole list, in milliseconds since the epoch. */
  readonly fetchedAt: number | undefined
}

export const readCopy = function* (newStoreId: string, workspaceId: number): Step<Copy> {
  const state = yield* getState(newStoreId)
  const clients = yield* known(workspaceId)
  return { store: state.store, step: state.step, clients, fetchedAt: workspaceOf(state, workspaceId).fetchedAt }
}

const known = function* (workspaceId: number): Step<ReadonlyArray<Client>> {
  const clients: Array<Client> = []
  yield* pieces(...under("client", workspaceId), (_key, row) => {
    const client = readClient(row)
    if (client !== undefined) clients.push(client)
  })
  return clients
}

/** The state of the workspace when it was asked for, and which of the open attempts could land no more by then. */
export interface Since extends Turn {
  readonly landed?: ReadonlySet<number>
}

// A store in which nothing was ever written has no id yet: it is given this one now.
const stoodStill = (newStoreId: string, state: QueueState, workspaceId: number, since: Since): boolean =>
  (since.store === "" ? state.store === newStoreId : isSameTurn(turnOf(state, workspaceId), since)) &&
  workspaceOf(state, workspaceId).open.every((seq) => since.landed?.has(seq) === true)

/** What a list or a client was stored with: the state, and the entries that keep now what was known before them. */
export interface Stored {
  readonly state: QueueState
  readonly entries: ReadonlyArray<Entry>
}

/** What is in doubt is judged later by what was known before it, and not by what is stored now. */
const keptKnown = function* (workspaceId: number, open: ReadonlyArray<number>): Step<ReadonlyArray<Entry>> {
  const entries: Array<Entry> = []
  let ids: ReadonlyArray<ClientId> | undefined
  for (const seq of open) {
    const entry = yield* getEntry(seq)
    if (entry?.mutation._tag !== "Create" || entry.first === undefined || entry.first.known !== undefined) continue
    // Nothing changes the copy in between: it is read once for all of them.
    ids ??= (yield* known(workspaceId)).map(({ id }) => id)
    const keeping: Entry = { ...entry, first: { ...entry.first, known: ids } }
    yield* putEntry(keeping)
    entries.push(keeping)
  }
  return entries
}

/** It was read as another user than the one whose store this is. */
export type OtherUser = "OtherUser"

/**
 * Replaces the copy by what `user` was given, unless an attempt on the workspace was open at any time since `since`, or
 * the store is another user's. What the list does not show surely to be gone stays.
 */
export const storeList = function* (
  newStoreId: string,
  workspaceId: number,
  since: Since,
  listed: Listed,
  now: number,
  user?: number
): Step<Stored | OtherUser | undefined> {
  const state = yield* boundTo(yield* getState(newStoreId), user)
  if (state === undefined) return "OtherUser"
  if (!stoodStill(newStoreId, state, workspaceId, since)) return undefined
  const { open } = workspaceOf(state, workspaceId)
  const entries = yield* keptKnown(workspaceId, open)
  const before = yield* getDoubt(workspaceId)
  // Nothing stays where the list shows all that there are: then the copy need not be read.
  const stays = staying(isWhole(listed, false) ? [] : yield* known(workspaceId), listed, before)
  yield* remove(...under("client", workspaceId))
  const clients = [...listed.clients, ...stays.clients]
  for (const client of clients) yield* putClient(client)
  if (stays.doubt !== before) yield* putDoubt(workspaceId, stays.doubt)
  const highestId = clients.reduce((highest, { id }) => Math.max(highest, id), 0)
  const { crossed, isCountWrong, leftOut, ...rest } = workspaceOf(state, workspaceId)
  const workspace: Workspace = {
    ...rest,
    turn: since.turn,
    open,
    fetchedAt: now,
    highestId,
    ...(stays.hidden === 0 ? {} : { leftOut: stays.hidden }),
    ...(stays.doubt.differs < mostDiffering ? {} : { isCountWrong: true })
  }
  const stored: QueueState = {
    ...state,
    step: state.step + 1,
    workspaces: { ...state.workspaces, [String(workspaceId)]: workspace }
  }
  yield* putState(stored)
  return { state: stored, entries }
}

/** Stores one client, or that it is gone, under the same condition. */
export const storeClient = function* (
  newStoreId: string,
  workspaceId: number,
  clientId: ClientId,
  since: Since,
  client: Client | undefined,
  user?: number
): Step<Stored | OtherUser | undefined> {
  const state = yield* boundTo(yield* getState(newStoreId), user)
  if (state === undefined) return "OtherUser"
  if (!stoodStill(newStoreId, state, workspaceId, since)) return undefined
  const entries = yield* keptKnown(workspaceId, workspaceOf(state, workspaceId).open)
  if (client === undefined) yield* remove(clientKey(workspaceId, clientId))
  else yield* putClient(client)
  const doubt = yield* getDoubt(workspaceId)
  if (doubt !== noDoubt) yield* putDoubt(workspaceId, settled(doubt, clientId))
  const stored: QueueState = { ...state, step: state.step + 1 }
  yield* putState(stored)
  return { state: stored, entries }
}
