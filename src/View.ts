/**
 * Clients as an app should show them now: Toggl's last known state plus the pending changes.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import {
  type AnyClientId,
  type Client,
  type ClientId,
  foldName,
  isLocalClientId,
  type LocalClientId
} from "./Client.js"
import type { Entry } from "./Entry.js"
import * as Mutation from "./Mutation.js"

/**
 * A client as the app should show it. `id` is Toggl's once it is known; `key` stays the same from the moment the client
 * first appears on this device, for lists of a user interface; `pending` tells that changes of it are still to be sent.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientView extends Omit<Client, "id"> {
  readonly id: AnyClientId
  readonly key: string
  readonly pending: boolean
}

/**
 * The clients of a workspace, and where what Toggl said of them comes from: this very request (`Toggl`), or the copy on
 * this device (`Local`). `fetchedAt` is when Toggl last gave the whole list, in milliseconds since the epoch; it is
 * missing where it never did.
 *
 * @since 0.1.0
 * @category models
 */
export interface View {
  readonly clients: ReadonlyArray<ClientView>
  readonly source: "Toggl" | "Local"
  readonly fetchedAt: number | undefined
}

/**
 * How fresh a read must be: asked of Toggl now (`Toggl`; it fails where Toggl cannot be asked), only what is on this
 * device (`Local`), or not older than a duration, where Toggl can be asked.
 *
 * @since 0.1.0
 * @category models
 */
export type Freshness = "Toggl" | "Local" | Duration.DurationInput

interface Pending {
  readonly entries: Iterable<Entry>
  readonly ids: ReadonlyMap<LocalClientId, ClientId>
  /** Clients that were known before `clients` was read: none of them can be what an attempt has just made. */
  readonly known?: Iterable<Client>
}

const localIds = (ids: Pending["ids"]): ReadonlyMap<AnyClientId, LocalClientId> =>
  new Map(Array.from(ids, ([localId, clientId]) => [clientId, localId]))

/**
 * The clients of a workspace as they will be once the pending changes are applied, in the order of their names. Refused
 * changes have no effect.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  workspaceId: number,
  clients: Iterable<Client>,
  { entries, ids, known = [] }: Pending
): ReadonlyArray<ClientView> => {
  const locals = localIds(ids)
  const knownIds = new Set<AnyClientId>(Array.from(known, (client) => client.id))
  const views = new Map<AnyClientId, ClientView>()
  const made = new Map<LocalClientId, AnyClientId>()
  for (const client of clients) {
    views.set(client.id, { ...client, key: String(locals.get(client.id) ?? client.id), pending: false })
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
        permissions: [],
        pending: true
      })
      continue
    }
    const changed = Mutation.apply(views.get(id), mutation)
    if (changed === undefined) views.delete(id)
    else views.set(id, { ...changed, pending: true })
  }
  return [...views.values()].sort(byName)
}

// Toggl may have applied an attempt that got no answer: then the list that was read since holds the client already.
const madeBy = (
  views: ReadonlyMap<AnyClientId, ClientView>,
  known: ReadonlySet<AnyClientId>,
  { state }: Entry,
  create: Mutation.Create
): ClientView | undefined => {
  if (state._tag === "Pending") return undefined
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

const byName = (a: ClientView, b: ClientView): number =>
  a.name.localeCompare(b.name) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
