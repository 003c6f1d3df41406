import { type AnyClientId, type ClientId, isLocalClientId, type LocalClientId } from "../Client.js"
import type { Entry } from "./entry.js"
import * as Mutation from "../Mutation.js"

/** Which entries name which client, under its local id or Toggl's. */
export interface ByClient {
  /** Adds an entry that stands behind all others. */
  readonly add: (entry: Entry) => void
  readonly drop: (entry: Entry) => void
  readonly resolved: (localId: LocalClientId, clientId: ClientId) => void
  /** One name for the client: a local id where it was made on this device. */
  readonly keyOf: (id: AnyClientId) => AnyClientId
  /** The numbers of the client's entries behind this one, in their order. */
  readonly after: (id: AnyClientId, seq: number) => Iterable<number>
}

/** The index of a log, given in its order. */
export const make = (entries: Iterable<Entry>, ids: ReadonlyMap<LocalClientId, ClientId>): ByClient => {
  const byId = new Map<AnyClientId, Set<number>>()
  const clientIds = new Map<LocalClientId, ClientId>()
  const localIds = new Map<ClientId, ReadonlyArray<LocalClientId>>()

  const resolved = (localId: LocalClientId, clientId: ClientId) => {
    clientIds.set(localId, clientId)
    const before = localIds.get(clientId) ?? []
    if (!before.includes(localId)) localIds.set(clientId, [...before, localId].sort(first))
  }
  for (const [localId, clientId] of ids) resolved(localId, clientId)

  const namesOf = (id: AnyClientId): ReadonlyArray<AnyClientId> => {
    const clientId = isLocalClientId(id) ? clientIds.get(id) : id
    return clientId === undefined ? [id] : [clientId, ...(localIds.get(clientId) ?? [])]
  }

  const add = (entry: Entry) => {
    const id = Mutation.clientId(entry.mutation)
    const seqs = byId.get(id)
    if (seqs === undefined) byId.set(id, new Set([entry.seq]))
    else seqs.add(entry.seq)
  }
  for (const entry of entries) add(entry)

  return {
    add,
    drop: (entry) => {
      const id = Mutation.clientId(entry.mutation)
      const seqs = byId.get(id)
      seqs?.delete(entry.seq)
      if (seqs?.size === 0) byId.delete(id)
    },
    resolved,
    keyOf: (id) => (isLocalClientId(id) ? id : (localIds.get(id)?.[0] ?? id)),
    after: function* (id, seq) {
      const named = namesOf(id).flatMap((name) => byId.get(name) ?? [])
      for (const next of named.reduce<Iterable<number>>(inOrder, [])) if (next > seq) yield next
    }
  }
}

// A change of the user's that Toggl's own client was adopted for is one more name of that client: one of them stands for it,
// and always the same.
const first = (a: LocalClientId, b: LocalClientId): number => b - a

const inOrder = function* (first: Iterable<number>, second: Iterable<number>): Iterable<number> {
  const [a, b] = [first[Symbol.iterator](), second[Symbol.iterator]()]
  let [left, right] = [a.next(), b.next()]
  while (left.done !== true || right.done !== true) {
    if (right.done === true || (left.done !== true && left.value < right.value)) {
      if (left.done !== true) yield left.value
      left = a.next()
    } else {
      yield right.value
      right = b.next()
    }
  }
}
