// What the app shows: Toggl's last known state with the pending changes laid on it. This is the plain way, all at once;
// `read/shared` comes to the same a change at a time.
import {
  type AnyClientId,
  type Client,
  type ClientId,
  foldName,
  isLocalClientId,
  type LocalClientId,
  type WorkspaceId
} from "../Client.js"
import type { Entry } from "../log/entry.js"
import * as Mutation from "../Mutation.js"
import type { Sum } from "../log/sum.js"
import type { ClientView } from "../View.js"

/** Where a client stands: what is known of it, and how it is called. */
interface Place {
  readonly client: Client | undefined
  readonly id: AnyClientId
  readonly key: string
  readonly workspaceId: WorkspaceId
}

interface Pending {
  readonly entries: Iterable<Entry>
  readonly ids: ReadonlyMap<LocalClientId, ClientId>
  /** Clients that were known before `clients` was read: none of them can be what an attempt has just made. */
  readonly known?: Iterable<Client>
}

const nothing: ReadonlyArray<never> = Object.freeze([])

/** Apart from what it was made of: nothing that is sent later is built on what was handed out. */
const asView = (client: Client, key: string, pending: boolean): ClientView => {
  const permissions = client.permissions.length === 0 ? nothing : Object.freeze([...client.permissions])
  return { ...client, permissions, key, pending }
}

// As `log/byClient` has them: one of several stands for all.
const localIds = (ids: Pending["ids"]): ReadonlyMap<AnyClientId, LocalClientId> => {
  const locals = new Map<ClientId, LocalClientId>()
  for (const [localId, clientId] of ids) {
    const other = locals.get(clientId)
    if (other === undefined || localId > other) locals.set(clientId, localId)
  }
  return locals
}

/**
 * The clients of a workspace as they will be once the pending changes are applied, by their ids. Refused changes have no
 * effect.
 */
export const overlay = (
  workspaceId: number,
  clients: Iterable<Client>,
  { entries, ids, known = [] }: Pending
): ReadonlyMap<AnyClientId, ClientView> => {
  const locals = localIds(ids)
  const knownIds = () => new Set<AnyClientId>(Array.from(known, (client) => client.id))
  const views = new Map<AnyClientId, ClientView>()
  const made = new Map<LocalClientId, AnyClientId>()
  for (const client of clients) {
    views.set(client.id, asView(client, String(locals.get(client.id) ?? client.id), false))
  }
  for (const entry of entries) {
    if (entry.mutation.workspaceId !== workspaceId || entry.state._tag === "Refused") continue
    const { mutation } = entry
    const named = Mutation.clientId(mutation)
    const id = isLocalClientId(named) ? (ids.get(named) ?? made.get(named) ?? named) : named
    if (mutation._tag === "Create") {
      if (views.has(id)) continue
      const there = madeBy(views, knownIds, entry, mutation)
      if (there !== undefined) {
        made.set(mutation.localId, there.id)
        views.set(there.id, { ...there, key: String(mutation.localId), pending: true })
        continue
      }
      views.set(id, {
        id,
        key: String(mutation.localId),
        workspaceId: mutation.workspaceId,
        name: mutation.name,
        notes: mutation.notes,
        archived: false,
        permissions: nothing,
        pending: true
      })
      continue
    }
    const changed = Mutation.apply(views.get(id), mutation)
    if (changed === undefined) views.delete(id)
    else views.set(id, { ...changed, pending: true })
  }
  return views
}

/** One client, once all that its changes come to is applied. `key` is what it is called by in lists. */
export const laid = (
  { change, isPending, made }: Sum,
  { client, id, key, workspaceId }: Place
): ClientView | undefined => {
  if (client !== undefined && change !== "Gone") return { ...asView(client, key, isPending), ...change }
  if (made === undefined) return undefined
  const { localId, ...fields } = made
  return { id, key: String(localId), workspaceId, ...fields, permissions: nothing, pending: true }
}

// Toggl may have applied an attempt that got no answer: then the list that was read since holds the client already.
const madeBy = (
  views: ReadonlyMap<AnyClientId, ClientView>,
  knownNow: () => ReadonlySet<AnyClientId>,
  { first, state }: Entry,
  create: Mutation.Create
): ClientView | undefined => {
  if (state._tag === "Pending") return undefined
  const known: ReadonlySet<AnyClientId> = first?.known === undefined ? knownNow() : new Set(first.known)
  // Later changes of the client may have gone with it.
  const { name, notes } = state.attempt?.target ?? create
  return Array.from(views.values()).find(
    (view) =>
      !isLocalClientId(view.id) &&
      !view.pending &&
      !known.has(view.id) &&
      foldName(view.name) === foldName(name) &&
      view.notes === notes
  )
}
