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

/** Which client an entry is about, and the names that it takes and frees. Each is told of once, in their order. */
const naming = ({ ids, names: told }: Pick<Rows, "ids" | "names">) => {
  const names = new Map<AnyClientId, string | undefined>()
  return (entry: Entry) => {
    const { mutation } = entry
    const named = Mutation.clientId(mutation)
    const client = (isLocalClientId(named) ? ids.get(named) : undefined) ?? named
    const known = isLocalClientId(client) ? undefined : told?.get(client)
    const before = names.get(client) ?? known ?? lastKnown(entry)?.name
    names.set(client, nameAfter(mutation, before))
    return {
      client,
      named,
      takes: Mutation.takes(mutation, before),
      frees: Mutation.frees(mutation, before),
      // An archived client may not have its name.
      own: mutation._tag === "Update" ? before : undefined
    }
  }
}

/** Dependencies that go on with the log as it grows at its end. */
export interface Growing {
  readonly now: () => Dependencies
  /** Adds an entry that stands behind all others. Costs the same however long the log is. */
  readonly add: (entry: Entry) => void
}

/**
 * Which entries depend on a parked one: those that name its client, and those that take a name that it would free, and
 * so on from these. What may be named by a row that cannot be read is held too, and what may name the client that a
 * create in doubt may have made.
 */
export const growing = (log: Rows, isParked: (entry: Entry) => boolean): Growing => {
  const held = new Map<number, number>()
  const behind = new Map<number, number>()
  const read = naming(log)
  const blockedClients = new Map<number, number>()
  const blockedNames = makeFreed<number>()
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
    if (namesMade.size === 0) return undefined
    const named = namesMade.get(nameIn(mutation.workspaceId, base.name))
    return named === undefined || named.known.has(client) ? undefined : named.by
  }
  const add = (entry: Entry): void => {
    newer ??= passUnreadable(entry.seq)
    if (newer !== undefined) return
    const mutation = entry.mutation
    const { client, frees, named, own, takes } = read(entry)
    if (mutation._tag === "Create") created.add(client)
    const made = isLocalClientId(named) ? undefined : mayBe(entry, client)
    const unknown = isLocalClientId(client) && !created.has(client) ? passed?.seq : undefined
    const heldBy =
      blockedClients.get(client) ??
      blockedClients.get(named) ??
      (takes === undefined ? undefined : blockedNames.by(mutation.workspaceId, takes, own).at(-1)) ??
      unknown ??
      made
    const parked = isParked(entry)
    if (parked || heldBy !== undefined) {
      const by = parked ? entry.seq : (heldBy ?? entry.seq)
      if (!parked) held.set(entry.seq, by)
      else if (heldBy !== undefined) behind.set(entry.seq, heldBy)
      blockedClients.set(client, by)
      if (mutation._tag === "Create" && ["SetAside", "Uncertain"].includes(entry.state._tag)) {
        mayBeMade.set(mutation.workspaceId, by)
        const known = entry.first?.known
        for (const { name } of known === undefined ? [] : [mutation, attemptOf(entry)?.target ?? mutation]) {
          namesMade.set(nameIn(mutation.workspaceId, name), { by, known: new Set<number>(known) })
        }
      }
      if (frees !== undefined) blockedNames.block(mutation.workspaceId, frees, () => by)
    } else {
      next ??= entry
    }
  }
  for (const entry of log.entries) {
    add(entry)
    if (newer !== undefined) break
  }
  newer ??= passUnreadable(Number.POSITIVE_INFINITY)
  return { add, now: () => ({ held, behind, next, newer: next === undefined ? newer : undefined }) }
}

export const dependencies = (log: Rows, isParked: (entry: Entry) => boolean): Dependencies =>
  growing(log, isParked).now()

const none: ReadonlySet<number> = new Set()

const union = (sets: ReadonlyArray<ReadonlySet<number>>): ReadonlySet<number> => {
  const [first = none, ...others] = sets.filter(({ size }) => size > 0)
  return others.length === 0 || others.every((other) => other === first)
    ? first
    : new Set([first, ...others].flatMap((set) => [...set]))
}

/**
 * The numbers of the entries that depend on each of those that are wanted, whatever else is parked or cannot be read; not
 * of those that may only do so. All of them in one walk.
 */
export const dependents = (
  log: Pick<Rows, "entries" | "ids" | "names">,
  isWanted: (entry: Entry) => boolean
): ReadonlyMap<number, ReadonlyArray<number>> => {
  const found = new Map<number, Array<number>>()
  const read = naming(log)
  const blockedClients = new Map<AnyClientId, ReadonlySet<number>>()
  const blockedNames = makeFreed<ReadonlySet<number>>()
  for (const entry of log.entries) {
    const { seq } = entry
    const { workspaceId } = entry.mutation
    const { client, frees, named, own, takes } = read(entry)
    const dependsOn = union([
      blockedClients.get(client) ?? none,
      blockedClients.get(named) ?? none,
      ...(takes === undefined ? [] : blockedNames.by(workspaceId, takes, own))
    ])
    for (const by of dependsOn) found.get(by)?.push(seq)
    if (isWanted(entry)) found.set(seq, [])
    const blocks = found.has(seq) ? union([dependsOn, new Set([seq])]) : dependsOn
    if (blocks.size === 0) continue
    blockedClients.set(client, blocks)
    if (frees !== undefined) blockedNames.block(workspaceId, frees, (before = none) => union([before, blocks]))
  }
  return found
}

/** The numbers of the entries that depend on this one; not of those that may only do so. */
export const dependentsOf = (log: Pick<Rows, "entries" | "ids" | "names">, seq: number): ReadonlyArray<number> =>
  dependents(log, (entry) => entry.seq === seq).get(seq) ?? []
