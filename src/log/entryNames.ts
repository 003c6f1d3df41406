// What each entry's client is called before it and after it.
import { type AnyClientId, type ClientId, isLocalClientId, type LocalClientId } from "../Client.js"
import * as Mutation from "../Mutation.js"
import { attemptOf, type Entry } from "./entry.js"
import { nameAfter } from "./names.js"

/** `before` is missing where it is not known and for a create, `after` for a delete. */
export interface Named {
  readonly before: string | undefined
  readonly after: string | undefined
}

/** For each entry, in their order: `known` is a client's name as Toggl last gave it. A refused one changes no name. */
export const entryNames = (
  ids: ReadonlyMap<LocalClientId, ClientId>,
  known: (workspaceId: number, clientId: ClientId) => string | undefined
): ((entry: Entry) => Named) => {
  const names = new Map<AnyClientId, string | undefined>()
  return (entry) => {
    const { base, mutation, state } = entry
    const id = Mutation.clientId(mutation)
    const client = isLocalClientId(id) ? (ids.get(id) ?? id) : id
    const before =
      names.get(client) ??
      (isLocalClientId(client) ? undefined : known(mutation.workspaceId, client)) ??
      (attemptOf(entry)?.base ?? base)?.name
    const after = nameAfter(mutation, before)
    if (state._tag !== "Refused") names.set(client, after)
    return {
      before: mutation._tag === "Create" ? undefined : before,
      after: mutation._tag === "Delete" ? undefined : after
    }
  }
}
