// What is handed out is nobody's to change, for many may hold it; and what stays as it was is the same object.
import { type Filter, matches } from "../Client.js"
import type { ClientView, Refresh, View } from "../View.js"

/** What a view says beside its clients, but for what only who watches is told. */
export type From = Omit<View, "clients" | "refresh">

const idle: Refresh = Object.freeze({ _tag: "Idle" })

const isSameValue = (a: unknown, b: unknown): boolean => {
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, at) => item === b[at])
  return a === b
}

/** Whether both show the same. */
export const isSame = <A extends object>(a: A, b: A): boolean => {
  for (const key in a) if (!isSameValue(a[key], b[key])) return false
  for (const key in b) if (!(key in a)) return false
  return true
}

/** In the order of their names. */
const byName = (a: ClientView, b: ClientView): number =>
  a.name.localeCompare(b.name) || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)

/** A view that is handed out once. */
export const viewOf = (clients: Iterable<ClientView>, from: From): View =>
  Object.freeze({
    ...from,
    refresh: idle,
    clients: Object.freeze(Array.from(clients, (client) => Object.freeze(client)).sort(byName))
  })

/** The same, for who watches. */
export const withRefresh = (view: View, refresh: Refresh): View => Object.freeze({ ...view, refresh })

/** What a filter leaves of a view. */
export const matching = (view: View, filter: Filter): View =>
  Object.freeze({ ...view, clients: Object.freeze(view.clients.filter((client) => matches(client, filter))) })

// Where it belongs among those from `from` on.
const placeOf = (sorted: ReadonlyArray<ClientView>, view: ClientView, from: number): number => {
  let [low, high] = [from, sorted.length]
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = sorted[middle]
    if (other !== undefined && byName(other, view) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** The same without those that are `gone`, and with what has come, in their order. */
export const changed = (
  sorted: ReadonlyArray<ClientView>,
  gone: ReadonlySet<ClientView>,
  come: ReadonlyArray<ClientView>
): ReadonlyArray<ClientView> => {
  const left = gone.size === 0 ? sorted : sorted.filter((view) => !gone.has(view))
  if (left.length === sorted.length && come.length === 0) return sorted
  const parts: Array<ReadonlyArray<ClientView>> = []
  let at = 0
  for (const view of [...come].sort(byName)) {
    const place = placeOf(left, view, at)
    parts.push(left.slice(at, place), [view])
    at = place
  }
  parts.push(left.slice(at))
  return Object.freeze(parts.flat())
}
