// What a list that is not whole leaves of what was known: it takes away only what it surely shows to be gone.
import type { Client, ClientId } from "../Client.js"

/** A list, and what it does not show. */
export interface Listed {
  readonly clients: ReadonlyArray<Client>
  readonly leftOut: ReadonlyArray<{ readonly id?: ClientId }>
  readonly total?: number
}

/**
 * What the lists before it have left in doubt. `kept` are the clients that stand in the copy as they were before; of these
 * the `missing` were in no item of the last list, and `again` not in the one before it either: these are asked for by
 * themselves. `differs` counts the whole lists in a row whose own count was another.
 */
export interface Doubt {
  readonly kept: ReadonlyArray<ClientId>
  readonly missing: ReadonlyArray<ClientId>
  readonly again: ReadonlyArray<ClientId>
  readonly differs: number
}

export const noDoubt: Doubt = { kept: [], missing: [], again: [], differs: 0 }

const orNone = (doubt: Doubt): Doubt => (doubt.kept.length === 0 && doubt.differs === 0 ? noDoubt : doubt)

/** After so many whole lists a count that differs says nothing any more. */
export const mostDiffering = 3

/** What is known where the lists' own count is wrong time and again. */
export const countIsWrong: Doubt = { ...noDoubt, differs: mostDiffering }

const items = ({ clients, leftOut }: Listed): number => clients.length + leftOut.length

const differing = (listed: Listed, before: number): number => {
  if (listed.leftOut.length > 0 || listed.total === undefined) return before
  return listed.total === items(listed) ? 0 : Math.min(before + 1, mostDiffering)
}

/** How many clients a list does not show, by its own account. */
export const hidden = (listed: Listed, differs: number): number => {
  const short = listed.total === undefined || differs >= mostDiffering ? 0 : Math.max(0, listed.total - items(listed))
  return listed.leftOut.length + short
}

/** Whether it shows all that there are. `isCountWrong`: its own count says nothing. */
export const isWhole = (listed: Listed, isCountWrong: boolean): boolean =>
  hidden(listed, isCountWrong ? mostDiffering : 0) === 0

/** What stays of the clients that were known before it, and what is in doubt then. */
export const staying = (
  known: ReadonlyArray<Client>,
  listed: Listed,
  before: Doubt
): { readonly clients: ReadonlyArray<Client>; readonly doubt: Doubt; readonly hidden: number } => {
  const differs = differing(listed, before.differs)
  const shown = new Set<ClientId>(listed.clients.map(({ id }) => id))
  const unread = new Set(listed.leftOut.map(({ id }) => id))
  const mayMiss = unread.has(undefined) || hidden(listed, differs) > listed.leftOut.length
  const clients = known.filter(({ id }) => !shown.has(id) && (mayMiss || unread.has(id)))
  const kept = clients.map(({ id }) => id)
  const missing = kept.filter((id) => !unread.has(id))
  const wasMissing = new Set(before.missing)
  const again = missing.filter((id) => wasMissing.has(id))
  return { clients, doubt: orNone({ kept, missing, again, differs }), hidden: hidden(listed, differs) }
}

/** The client has been read by itself, or is gone. */
export const settled = ({ again, differs, kept, missing }: Doubt, clientId: ClientId): Doubt => {
  const isOther = (id: ClientId) => id !== clientId
  return orNone({ kept: kept.filter(isOther), missing: missing.filter(isOther), again: again.filter(isOther), differs })
}
