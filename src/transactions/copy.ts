// The local copy of a workspace's clients: what Toggl last said, and nothing else.
import type { Client, ClientId } from "../Client.js"
import { type Listed, mostDiffering, noDoubt, settled, staying } from "../log/listed.js"
import { isSameTurn, type QueueState, type Turn, turnOf, type Workspace, workspaceOf } from "../log/state.js"
import { clientKey, range, remove, type Step, under } from "../store/step.js"
import { boundTo } from "./user.js"
import { getDoubt, getState, putClient, putDoubt, putState, readClient } from "./rows.js"

/** What this device knows of a workspace's clients. */
export interface Copy {
  /** The step at which it was read: it goes with the log as it is at that step. */
  readonly step: number
  readonly clients: ReadonlyArray<Client>
  /** When Toggl last gave the whole list, in milliseconds since the epoch. */
  readonly fetchedAt: number | undefined
}

export const readCopy = function* (newStoreId: string, workspaceId: number): Step<Copy> {
  const state = yield* getState(newStoreId)
  const clients = yield* known(workspaceId)
  return { step: state.step, clients, fetchedAt: workspaceOf(state, workspaceId).fetchedAt }
}

const known = function* (workspaceId: number): Step<ReadonlyArray<Client>> {
  const clients: Array<Client> = []
  for (const [, row] of yield* range(...under("client", workspaceId))) {
    const client = readClient(row)
    if (client !== undefined) clients.push(client)
  }
  return clients
}

// A store in which nothing was ever written has no id yet: it is given this one now.
const stoodStill = (newStoreId: string, state: QueueState, workspaceId: number, since: Turn): boolean =>
  (since.store === "" ? state.store === newStoreId : isSameTurn(turnOf(state, workspaceId), since)) &&
  workspaceOf(state, workspaceId).open.length === 0

/** It was read as another user than the one whose store this is. */
export type OtherUser = "OtherUser"

/**
 * Replaces the copy by what `user` was given, unless an attempt on the workspace was open at any time since `since`, or
 * the store is another user's. What the list does not show surely to be gone stays.
 */
export const storeList = function* (
  newStoreId: string,
  workspaceId: number,
  since: Turn,
  listed: Listed,
  now: number,
  user?: number
): Step<QueueState | OtherUser | undefined> {
  const state = yield* boundTo(yield* getState(newStoreId), user)
  if (state === undefined) return "OtherUser"
  if (!stoodStill(newStoreId, state, workspaceId, since)) return undefined
  const { clients } = listed
  const before = yield* getDoubt(workspaceId)
  const mayLack = listed.leftOut.length > 0 || listed.total !== undefined
  const stays = staying(mayLack ? yield* known(workspaceId) : [], listed, before)
  yield* remove(...under("client", workspaceId))
  for (const client of [...clients, ...stays.clients]) yield* putClient(client)
  if (stays.doubt.kept.length > 0 || stays.doubt.differs > 0 || before !== noDoubt) {
    yield* putDoubt(workspaceId, stays.doubt)
  }
  const highestId = [...clients, ...stays.clients].reduce((highest, { id }) => Math.max(highest, id), 0)
  const { crossed, isCountWrong, leftOut, ...rest } = workspaceOf(state, workspaceId)
  const workspace: Workspace = {
    ...rest,
    turn: since.turn,
    open: [],
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
  return stored
}

/** Stores one client, or that it is gone, under the same condition. */
export const storeClient = function* (
  newStoreId: string,
  workspaceId: number,
  clientId: ClientId,
  since: Turn,
  client: Client | undefined,
  user?: number
): Step<QueueState | OtherUser | undefined> {
  const state = yield* boundTo(yield* getState(newStoreId), user)
  if (state === undefined) return "OtherUser"
  if (!stoodStill(newStoreId, state, workspaceId, since)) return undefined
  if (client === undefined) yield* remove(clientKey(workspaceId, clientId))
  else yield* putClient(client)
  const doubt = yield* getDoubt(workspaceId)
  if (doubt !== noDoubt) yield* putDoubt(workspaceId, settled(doubt, clientId))
  const stored: QueueState = { ...state, step: state.step + 1 }
  yield* putState(stored)
  return stored
}
