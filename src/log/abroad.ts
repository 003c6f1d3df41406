// What an entry is to another store, where only Toggl's id says which client it is about.
import { type ClientId, isLocalClientId, type LocalClientId } from "../Client.js"
import type * as Mutation from "../Mutation.js"
import type { Entry, Row } from "./entry.js"

const translated = (ids: ReadonlyMap<LocalClientId, ClientId>, mutation: Mutation.Mutation): Mutation.Mutation => {
  if (mutation._tag === "Create" || !isLocalClientId(mutation.clientId)) return mutation
  return { ...mutation, clientId: ids.get(mutation.clientId) ?? mutation.clientId }
}

/** The entry as a file carries it: `ids` are Toggl's ids of the clients that were made here. */
export const abroad = (
  ids: ReadonlyMap<LocalClientId, ClientId>,
  { mutation, sent, seq: _, ...row }: Row & Partial<Entry>
): Row => ({
  ...row,
  mutation: translated(ids, mutation),
  ...(sent === undefined ? {} : { sent: translated(ids, sent) })
})
