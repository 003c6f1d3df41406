// Deletes, or archives, of several clients as one request.
import type { ClientId } from "../Client.js"
import type { Log } from "../instance/log.js"
import type { Entry } from "../log/entry.js"

// Toggl names no limit: a request of this size is surely none that is refused for it.
const most = 100

/** Deletes, or archives, of one workspace that come next one after the other, and Toggl's ids of their clients. */
export interface Many {
  readonly entries: readonly [Entry, ...ReadonlyArray<Entry>]
  readonly clientIds: ReadonlyArray<ClientId>
}

/** What may go with the head as one request; `undefined`: nothing. */
export const plan = (log: Log, head: Entry): Many | undefined => {
  const { held } = log.dependencies()
  const entries: [Entry, ...Array<Entry>] = [head]
  const clientIds = new Set<ClientId>()
  for (const entry of log.entries.values()) {
    const { mutation, seq, state } = entry
    if (seq < head.seq || log.parked.has(seq) || held.has(seq)) continue
    if (seq > log.newerAt || state._tag !== "Pending" || entry.apart === true || clientIds.size === most) break
    if (mutation._tag !== "Delete" && mutation._tag !== "Archive") break
    if (mutation._tag !== head.mutation._tag || mutation.workspaceId !== head.mutation.workspaceId) break
    const clientId = log.resolve(mutation.clientId)
    if (clientId === undefined || clientIds.has(clientId)) break
    clientIds.add(clientId)
    if (seq !== head.seq) entries.push(entry)
  }
  return clientIds.size < 2 ? undefined : { entries, clientIds: [...clientIds] }
}
