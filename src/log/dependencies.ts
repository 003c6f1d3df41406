import { type AnyClientId, type ClientId, foldName, isLocalClientId, type LocalClientId } from "../Client.js"
import { attemptOf, type Entry, type Unreadable } from "./entry.js"
import { nameAfter } from "./names.js"
import { makeFreed } from "./freed.js"
import * as Mutation from "../Mutation.js"

/** What dependencies are worked out from. */
export interface Rows {
  /** In the order of their numbers. */
  readonly entries: Iterable<Entry>
  /** In the order of their numbers. */
  readonly unreadable: ReadonlyArray<Unreadable>
  readonly ids: ReadonlyMap<LocalClientId, ClientId>
  /** The clients' names as Toggl last gave them, where they are known: changes before these entries have been done since. */
  readonly names?: ReadonlyMap<ClientId, string>
}

export interface Dependencies {
  /** Entries that must wait, each with the number of the parked or unreadable row that it waits for. */
  readonly held: ReadonlyMap<number, number>
  /** Parked entries that depend on another parked or unreadable row, with its number: they are not tried before it. */
  readonly behind: ReadonlyMap<number, number>
  /** The first entry that may be sent. */
  readonly next: Entry | undefined
  /** A row of a newer version stands before whatever would come next. */
  readonly newer: Unreadable | undefined
}

// All numbers that a row of any shape holds, however it is nested: one may be a client's id.
const numbersIn = (row: unknown): ReadonlySet<number> => {
  const found = new Set<number>()
  const seen = new Set<object>()
  const left: Array<unknown> = [row]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value === "number") found.add(value)
    if (typeof value !== "object" || value === null || seen.has(value) || ArrayBuffer.isView(value)) continue
    seen.add(value)
    const inner: Iterable<unknown> =
      value instanceof Map ? [...value.keys(), ...value.values()] : value instanceof Set ? value : Object.values(value)
    for (const part of inner) left.push(part)
  }
  return found
}

const nameIn = (workspaceId: number, name: string): string => `${workspaceId} ${foldName(name)}`

interface MayBeMade {
  readonly by: number
  readonly known: ReadonlySet<number>
}

// As it was when it was last tried: earlier changes of the client may have been done since it was accepted.
const lastKnown = (entry: Entry): Entry["base"] => attemptOf(entry)?.base ?? entry.base

/** Dependencies that go on with the log as it grows at its end. */
export interface Growing {
  readonly now: () => Dependencies
  /** Adds an entry that stands behind all others. Costs the same however long the log is. */
  readonly add: (entry: Entry) => void
}

/**
 * Which entries depend on a parked one: those that name its client, and those that take a name that it would free, and
 * so on from these. What may be named by a row that cannot be read is held too, and what may name the client that a
 * create in doubt may have made: with `certainly`, neither.
 */
export const growing = (log: Rows, isParked: (entry: Entry) => boolean, certainly = false): Growing => {
  const held = new Map<number, number>()
  const behind = new Map<number, number>()
  const names = new Map<AnyClientId, string | undefined>()
  const blockedClients = new Map<number, number>()
  const blockedNames = makeFreed()
  // By workspace, and for the clients that may be one's by their names too.
  const mayBeMade = new Map<number, number>()
  const namesMade = new Map<string, MayBeMade>()
  const created = new Set<AnyClientId>()
  const resolved: ReadonlyMap<number, ClientId> = log.ids
  let passed: Unreadable | undefined
  let next: Entry | undefined
  let newer: Unreadable | undefined
  let at = 0
  const passUnreadable = (before: number): Unreadable | undefined => {
    for (let row = log.unreadable[at]; row !== undefined && row.seq < before; row = log.unreadable[++at]) {
      if (row.newer) return row
      passed ??= row
      for (const number of numbersIn(row.row)) {
        blockedClients.set(number, row.seq)
        const clientId = resolved.get(number)
        if (clientId !== undefined) blockedClients.set(clientId, row.seq)
      }
    }
    return undefined
  }
  // A client without a base may be what an attempt has made; and one that was unknown before it, and has its name.
  const mayBe = ({ base, mutation }: Entry, client: number): number | undefined => {
    if (base === undefined) return mayBeMade.get(mutation.workspaceId)
    const named = namesMade.get(nameIn(mutation.workspaceId, base.name))
    return named === undefined || named.known.has(client) ? undefined : named.by
  }
  const add = (entry: Entry): void => {
    newer ??= passUnreadable(entry.seq)
    if (newer !== undefined) return
    const mutation = entry.mutation
    const named = Mutation.clientId(mutation)
    const client = (isLocalClientId(named) ? log.ids.get(named) : undefined) ?? named
    if (mutation._tag === "Create") created.add(client)
    const told = isLocalClientId(client) ? undefined : log.names?.get(client)
    const nameBefore = names.get(client) ?? told ?? lastKnown(entry)?.name
    const taken = Mutation.takes(mutation, nameBefore)
    // An archived client may not have its name.
    const ownName = mutation._tag === "Update" ? nameBefore : undefined
    const made = isLocalClientId(named) ? undefined : mayBe(entry, client)
    const unknown = isLocalClientId(client) && !created.has(client) ? passed?.seq : undefined
    const heldBy =
      blockedClients.get(client) ??
      blockedClients.get(named) ??
      (taken === undefined ? undefined : blockedNames.by(mutation.workspaceId, taken, ownName)) ??
      unknown ??
      made
    const parked = isParked(entry)
    if (parked || heldBy !== undefined) {
      const by = parked ? entry.seq : (heldBy ?? entry.seq)
      if (!parked) held.set(entry.seq, by)
      else if (heldBy !== undefined) behind.set(entry.seq, heldBy)
      blockedClients.set(client, by)
      if (!certainly && mutation._tag === "Create" && ["SetAside", "Uncertain"].includes(entry.state._tag)) {
        mayBeMade.set(mutation.workspaceId, by)
        const known = entry.first?.known
        for (const { name } of known === undefined ? [] : [mutation, attemptOf(entry)?.target ?? mutation]) {
          namesMade.set(nameIn(mutation.workspaceId, name), { by, known: new Set<number>(known) })
        }
      }
      const freed = Mutation.frees(mutation, nameBefore)
      if (freed !== undefined) blockedNames.block(mutation.workspaceId, freed, by)
    } else {
      next ??= entry
    }
    names.set(client, nameAfter(mutation, nameBefore))
  }
  for (const entry of log.entries) {
    add(entry)
    if (newer !== undefined) break
  }
  newer ??= passUnreadable(Number.POSITIVE_INFINITY)
  return { add, now: () => ({ held, behind, next, newer: next === undefined ? newer : undefined }) }
}

export const dependencies = (log: Rows, isParked: (entry: Entry) => boolean, certainly = false): Dependencies =>
  growing(log, isParked, certainly).now()

/** The numbers of the entries that depend on this one; not of those that may only do so. */
export const dependentsOf = (log: Rows, seq: number): ReadonlyArray<number> => [
  ...dependencies({ ...log, unreadable: [] }, (entry) => entry.seq === seq, true).held.keys()
]
