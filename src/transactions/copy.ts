import type { Client } from "../Client.js"
import type { QueueState } from "../log/state.js"
import { workspaceOf } from "./mark.js"
import { getState, putClient, putState, readClient } from "./rows.js"
import { clientKey, range, remove, type Step, under } from "../store/step.js"

/** What this device knows of a workspace's clients. */
export interface Copy {
  /** The step at which it was read: it goes with the log as it is at that step. */
  readonly step: number
  readonly clients: ReadonlyArray<Client>
  /** When Toggl last gave the whole list, in milliseconds since the epoch. */
  readonly fetchedAt: number | undefined
}

export const readCopy = function* (fresh: string, workspaceId: number): Step<Copy> {
  const state = yield* getState(fresh)
  const clients: Array<Client> = []
  for (const [, row] of yield* range(...under("client", workspaceId))) {
    const client = readClient(row)
    if (client !== undefined) clients.push(client)
  }
  return { step: state.step, clients, fetchedAt: state.workspaces[String(workspaceId)]?.fetchedAt }
}

/** How far the replay has come in a workspace: what was read from Toggl is good only if this is still the same. */
export interface Turn {
  readonly store: string
  readonly turn: number
}

const stoodStill = (state: QueueState, workspaceId: number, since: Turn): boolean => {
  const now = workspaceOf(state, workspaceId)
  return state.store === since.store && now.turn === since.turn && now.open.length === 0
}

/** Replaces the copy, unless an attempt on the workspace was open at any time since `since`. */
export const storeList = function* (
  fresh: string,
  workspaceId: number,
  since: Turn,
  clients: ReadonlyArray<Client>,
  now: number
): Step<QueueState | undefined> {
  const state = yield* getState(fresh)
  if (!stoodStill(state, workspaceId, since)) return undefined
  yield* remove(...under("client", workspaceId))
  for (const client of clients) yield* putClient(client)
  const stored: QueueState = {
    ...state,
    step: state.step + 1,
    workspaces: { ...state.workspaces, [String(workspaceId)]: { turn: since.turn, open: [], fetchedAt: now } }
  }
  yield* putState(stored)
  return stored
}

/** Stores one client, or that it is gone, under the same condition. */
export const storeClient = function* (
  fresh: string,
  workspaceId: number,
  clientId: number,
  since: Turn,
  client: Client | undefined
): Step<QueueState | undefined> {
  const state = yield* getState(fresh)
  if (!stoodStill(state, workspaceId, since)) return undefined
  if (client === undefined) yield* remove(clientKey(workspaceId, clientId))
  else yield* putClient(client)
  const stored: QueueState = { ...state, step: state.step + 1 }
  yield* putState(stored)
  return stored
}
