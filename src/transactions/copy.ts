// The local copy of a workspace's clients: what Toggl last said, and nothing else.
import type { Client } from "../Client.js"
import { isSameTurn, type QueueState, type Turn, turnOf, workspaceOf } from "../log/state.js"
import { clientKey, range, remove, type Step, under } from "../store/step.js"
import { boundTo } from "./user.js"
import { getState, putClient, putState, readClient } from "./rows.js"

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
  const clients: Array<Client> = []
  for (const [, row] of yield* range(...under("client", workspaceId))) {
    const client = readClient(row)
    if (client !== undefined) clients.push(client)
  }
  return { step: state.step, clients, fetchedAt: workspaceOf(state, workspaceId).fetchedAt }
}

// A store in which nothing was ever written has no id yet: it is given this one now.
const stoodStill = (newStoreId: string, state: QueueState, workspaceId: number, since: Turn): boolean =>
  (since.store === "" ? state.store === newStoreId : isSameTurn(turnOf(state, workspaceId), since)) &&
  workspaceOf(state, workspaceId).open.length === 0

/** It was read as another user than the one whose store this is. */
export type OtherUser = "OtherUser"

/**
 * Replaces the copy by what `user` was given, unless an attempt on the workspace was open at any time since `since`, or
 * the store is another user's.
 */
export const storeList = function* (
  newStoreId: string,
  workspaceId: number,
  since: Turn,
  clients: ReadonlyArray<Client>,
  now: number,
  user?: number
): Step<QueueState | OtherUser | undefined> {
  const state = yield* boundTo(yield* getState(newStoreId), user)
  if (state === undefined) return "OtherUser"
  if (!stoodStill(newStoreId, state, workspaceId, since)) return undefined
  yield* remove(...under("client", workspaceId))
  for (const client of clients) yield* putClient(client)
  const highestId = clients.reduce((highest, { id }) => Math.max(highest, id), 0)
  const { crossed, ...before } = workspaceOf(state, workspaceId)
  const stored: QueueState = {
    ...state,
    step: state.step + 1,
    workspaces: {
      ...state.workspaces,
      [String(workspaceId)]: { ...before, turn: since.turn, open: [], fetchedAt: now, highestId }
    }
  }
  yield* putState(stored)
  return stored
}

/** Stores one client, or that it is gone, under the same condition. */
export const storeClient = function* (
  newStoreId: string,
  workspaceId: number,
  clientId: number,
  since: Turn,
  client: Client | undefined,
  user?: number
): Step<QueueState | OtherUser | undefined> {
  const state = yield* boundTo(yield* getState(newStoreId), user)
  if (state === undefined) return "OtherUser"
  if (!stoodStill(newStoreId, state, workspaceId, since)) return undefined
  if (client === undefined) yield* remove(clientKey(workspaceId, clientId))
  else yield* putClient(client)
  const stored: QueueState = { ...state, step: state.step + 1 }
  yield* putState(stored)
  return stored
}
