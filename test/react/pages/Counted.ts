/**
 * Toggl's clients, with a count of those who listen.
 *
 * @since 0.1.0
 */
import type {
  ClientSnapshot,
  ClientsSnapshot,
  EntriesSnapshot,
  StatusSnapshot,
  Store,
  TogglClients
} from "../../../src/doors/promise.js"

let listeners = 0
let times = 0

/** How many listen now. */
export const listening = (): number => listeners

/** How often somebody began to listen. */
export const listened = (): number => times

/** The same store for the same, as React asks for it at each render. */
const counting = <Snapshot>() => {
  const known = new WeakMap<Store<Snapshot>, Store<Snapshot>>()
  return (store: Store<Snapshot>): Store<Snapshot> => {
    const made = known.get(store) ?? {
      ...store,
      subscribe: (listener) => {
        listeners++
        times++
        const stop = store.subscribe(listener)
        return () => {
          listeners--
          stop()
        }
      }
    }
    known.set(store, made)
    return made
  }
}

/** It, counted. */
export const counted = (toggl: TogglClients): TogglClients => {
  const clients = counting<ClientsSnapshot>()
  const client = counting<ClientSnapshot>()
  const entries = counting<EntriesSnapshot>()
  const status = counting<StatusSnapshot>()
  return {
    ...toggl,
    clients: (...asked) => clients(toggl.clients(...asked)),
    client: (...asked) => client(toggl.client(...asked)),
    entries: () => entries(toggl.entries()),
    status: () => status(toggl.status())
  }
}
