import { type AnyClientId, type ClientId, isLocalClientId, type LocalClientId } from "../Client.js"
import type { Entry } from "./entry.js"
import * as Mutation from "../Mutation.js"

/** Which entries name which client, under its local id or Toggl's. */
export interface ByClient {
  /** Adds an entry that stands behind all others. */
  readonly add: (entry: Entry) => void
  readonly drop: (entry: Entry) => void
  readonly resolved: (localId: LocalClientId, clientId: ClientId) => void
  /** One name for the client: its local id where it was made on this device. */
  readonly keyOf: (id: AnyClientId) => AnyClientId
  /** The numbers of the client's entries behind this one, in their order. */
  readonly after: (id: AnyClientId, seq: number) => Iterable<number>
}

/** The index of a log, given in its order. */
export const make = (entries: Iterable<Entry>, ids: ReadonlyMap<LocalClientId, ClientId>): ByClient => {
  const byId = new Map<AnyClientId, Set<number>>()
  const clientIds = new Map(ids)
  const localIds = new Map(Array.from(ids, ([localId, clientId]) => [clientId, localId]))

  const seqsOf = (id: AnyClientId | undefined): Iterable<number> => (id === undefined ? [] : (byId.get(id) ?? []))

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
    resolved: (localId, clientId) => {
      clientIds.set(localId, clientId)
      localIds.set(clientId, localId)
    },
    keyOf: (id) => (isLocalClientId(id) ? id : (localIds.get(id) ?? id)),
    after: function* (id, seq) {
      const [localId, clientId] = isLocalClientId(id) ? [id, clientIds.get(id)] : [localIds.get(id), id]
      for (const next of inOrder(seqsOf(localId), seqsOf(clientId))) if (next > seq) yield next
    }
  }
}

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
