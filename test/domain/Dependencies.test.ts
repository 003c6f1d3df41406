import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import * as Client from "../../src/Client.js"
import { Forbidden } from "../../src/ClientError.js"
import type { Entry } from "../../src/log/entry.js"
import { dependencies, dependents, dependentsOf, growing, type Rows } from "../../src/log/dependencies.js"
import * as Mutation from "../../src/Mutation.js"
import { entryId, toggl } from "../store/StoreUnderTest.js"

const isParked = ({ state }: Entry): boolean => state._tag === "Refused"

// --- The reference: slow, and as the design says it ---------------------------------------------------------------------

const clientOf = (log: Rows, id: Client.AnyClientId): number =>
  (Client.isLocalClientId(id) ? log.ids.get(id) : undefined) ?? id

const nameBefore = (log: Rows, entries: ReadonlyArray<Entry>, entry: Entry): string | undefined => {
  let name: string | undefined
  for (const { mutation, seq } of entries) {
    const isOfClient = clientOf(log, Mutation.clientId(mutation)) === clientOf(log, Mutation.clientId(entry.mutation))
    if (seq >= entry.seq || !isOfClient) continue
    name ??= entries.find((other) => other.seq === seq)?.base?.name
    if (mutation._tag === "Create") name = mutation.name
    if (mutation._tag === "Update") name = mutation.change.name ?? name
  }
  return name ?? entry.base?.name
}

const readings: ReadonlyArray<(name: string) => string> = [
  (name) => name,
  (name) => name.trim(),
  (name) => name.toLowerCase(),
  (name) => name.trim().toLowerCase()
]

/** An update takes a name that its client does not have already, in some way in which Toggl may compare names. */
const isItsOwn = ({ mutation }: Entry, takes: string, frees: string, before: string | undefined): boolean =>
  mutation._tag === "Update" &&
  before !== undefined &&
  !readings.some((read) => read(takes) === read(frees) && read(takes) !== read(before))

const dependsOn = (log: Rows, entries: ReadonlyArray<Entry>, later: Entry, earlier: Entry): boolean => {
  if (later.seq <= earlier.seq) return false
  const [a, b] = [later, earlier].map(({ mutation }) => clientOf(log, Mutation.clientId(mutation)))
  if (a === b) return true
  const takes = Mutation.takes(later.mutation, nameBefore(log, entries, later))
  const frees = Mutation.frees(earlier.mutation, nameBefore(log, entries, earlier))
  return (
    later.mutation.workspaceId === earlier.mutation.workspaceId &&
    takes !== undefined &&
    frees !== undefined &&
    Client.foldName(takes) === Client.foldName(frees) &&
    !isItsOwn(later, takes, frees, nameBefore(log, entries, later))
  )
}

/** All that depend on these, in any number of steps. */
const closure = (log: Rows, entries: ReadonlyArray<Entry>, roots: ReadonlyArray<Entry>): ReadonlySet<Entry> => {
  const found = new Set(roots)
  let size = 0
  while (size !== found.size) {
    size = found.size
    for (const entry of entries) {
      if ([...found].some((earlier) => dependsOn(log, entries, entry, earlier))) found.add(entry)
    }
  }
  return found
}

// --- Logs -------------------------------------------------------------------------------------------------------------

const names = FastCheck.constantFrom("a", "A ", "b", "c", "d")
const ids: FastCheck.Arbitrary<Client.AnyClientId> = FastCheck.constantFrom(
  ...[1, 2, 3].map((id) => Client.ClientId.make(id)),
  ...[-1, -2].map((id) => Client.LocalClientId.make(id))
)
const workspaceIds = FastCheck.constantFrom(1, 2).map((id) => Client.WorkspaceId.make(id))

const mutations: FastCheck.Arbitrary<Mutation.Mutation> = FastCheck.record({
  tag: FastCheck.constantFrom(...(["Create", "Rename", "Note", "Delete", "Archive", "Restore"] as const)),
  id: ids,
  workspaceId: workspaceIds,
  name: names
}).map(({ id, name, tag, workspaceId }): Mutation.Mutation => {
  const named = { workspaceId, clientId: id }
  switch (tag) {
    case "Create":
      return Client.isLocalClientId(id)
        ? { _tag: "Create", workspaceId, localId: id, name, notes: "" }
        : { _tag: "Update", ...named, change: { name } }
    case "Rename":
      return { _tag: "Update", ...named, change: { name } }
    case "Note":
      return { _tag: "Update", ...named, change: { notes: name } }
    case "Restore":
      return { _tag: "Restore", ...named, input: {} }
    default:
      return { _tag: tag, ...named }
  }
})

const entryOf = (seq: number, mutation: Mutation.Mutation, base: string | undefined, parked: boolean): Entry => ({
  version: 3,
  seq,
  id: entryId(seq),
  mutation,
  acceptedAt: 0,
  ...(base === undefined || mutation._tag === "Create" ? {} : { base: toggl(1, base) }),
  state: parked ? { _tag: "Refused", error: new Forbidden({}), at: 0 } : { _tag: "Pending" },
  attempts: 0,
  failures: 0
})

interface Whole extends Rows {
  readonly entries: ReadonlyArray<Entry>
}

const logs: FastCheck.Arbitrary<Whole> = FastCheck.record({
  rows: FastCheck.array(
    FastCheck.record({
      mutation: mutations,
      base: FastCheck.option(names, { nil: undefined }),
      parked: FastCheck.boolean(),
      gap: FastCheck.nat(2)
    }),
    { maxLength: 9 }
  ),
  resolved: FastCheck.boolean()
}).map(({ resolved, rows }) => {
  let seq = 0
  const entries = rows.map(({ base, gap, mutation, parked }) => {
    seq += 1 + gap
    return entryOf(seq, mutation, base, parked)
  })
  const ids = new Map(resolved ? [[Client.LocalClientId.make(-1), Client.ClientId.make(1)]] : [])
  return { entries, unreadable: [], ids }
})

describe("dependencies", () => {
  it("hold what depends on a parked entry, by client or name and in any number of steps, and nothing else", () => {
    FastCheck.assert(
      FastCheck.property(logs, (log) => {
        const { entries } = log
        const parked = entries.filter(isParked)
        const expected = [...closure(log, entries, parked)].filter((entry) => !isParked(entry))
        const { held, newer, next } = dependencies(log, isParked)
        const seqs = (some: ReadonlyArray<Entry>) => some.map(({ seq }) => seq).sort((a, b) => a - b)
        assert.deepStrictEqual([...held.keys()], seqs(expected))
        assert.strictEqual(
          next,
          entries.find((entry) => !isParked(entry) && !held.has(entry.seq))
        )
        assert.isUndefined(newer)
        for (const [seq, by] of held) {
          const root = parked.filter((entry) => entry.seq === by)
          assert.isTrue(
            [...closure(log, entries, root)].some((entry) => entry.seq === seq),
            `${seq} by ${by}`
          )
        }
      }),
      { numRuns: 2000 }
    )
  })

  it("that go on with the log as it grows are those of the whole log", () => {
    const rows = FastCheck.array(FastCheck.record({ seq: FastCheck.nat(12), newer: FastCheck.boolean(), row: ids }))
    FastCheck.assert(
      FastCheck.property(logs, rows, FastCheck.nat(9), (log, rows, size) => {
        const before = log.entries.slice(0, size)
        // What is accepted stands behind all that there is.
        const last = before.at(-1)?.seq ?? 0
        const taken = new Set(log.entries.map(({ seq }) => seq))
        const unreadable = rows.filter(({ seq }) => seq <= last && !taken.has(seq)).sort((a, b) => a.seq - b.seq)
        const grown = growing({ ...log, unreadable, entries: before }, isParked)
        for (const entry of log.entries.slice(size)) grown.add(entry)
        const whole = dependencies({ ...log, unreadable }, isParked)
        assert.deepStrictEqual([...grown.now().held], [...whole.held])
        assert.deepStrictEqual(grown.now(), whole)
      }),
      { numRuns: 2000 }
    )
  })

  it("of each entry are those that depend on it, whatever else is parked, one at a time or all in one walk", () => {
    FastCheck.assert(
      FastCheck.property(logs, (log) => {
        const all = dependents(log, () => true)
        for (const entry of log.entries) {
          const expected = [...closure(log, log.entries, [entry])].filter((other) => other !== entry)
          const seqs = expected.map(({ seq }) => seq).sort((a, b) => a - b)
          assert.deepStrictEqual(dependentsOf(log, entry.seq), seqs)
          assert.deepStrictEqual(all.get(entry.seq), seqs)
        }
      }),
      { numRuns: 1000 }
    )
  })

  it("hold what a row that cannot be read may name, and pass the row over", () => {
    const rows = FastCheck.record({ at: FastCheck.nat(12), names: ids, depth: FastCheck.nat(12) })
    FastCheck.assert(
      FastCheck.property(logs, rows, (log, { at, depth, names }) => {
        let row: unknown = names
        for (let n = 0; n < depth; n++) row = n % 2 === 0 ? { inner: row } : [row, "x"]
        const entries = log.entries.map((entry) => ({
          ...entry,
          state: { _tag: "Pending" as const },
          seq: entry.seq * 2
        }))
        const unreadable = [{ seq: at * 2 + 1, newer: false, row }]
        const { held, newer, next } = dependencies({ ...log, entries, unreadable }, isParked)
        assert.isUndefined(newer)
        for (const { mutation, seq } of entries) {
          const isBehind = seq > at * 2 + 1
          const isNamed = clientOf(log, Mutation.clientId(mutation)) === clientOf(log, names)
          if (isBehind && isNamed) assert.strictEqual(held.get(seq), at * 2 + 1)
          if (!isBehind) assert.isFalse(held.has(seq))
        }
        assert.strictEqual(
          next,
          entries.find((entry) => !held.has(entry.seq))
        )
      })
    )
  })

  it("let nothing pass a row of a newer version", () => {
    FastCheck.assert(
      FastCheck.property(logs, FastCheck.nat(30), (log, at) => {
        const entries = log.entries.map((entry) => ({ ...entry, seq: entry.seq * 2 }))
        const newer = { seq: at * 2 + 1, newer: true, row: { version: 2 } }
        const before = dependencies({ ...log, entries: entries.filter(({ seq }) => seq < newer.seq) }, isParked)
        const found = dependencies({ ...log, entries, unreadable: [newer] }, isParked)
        assert.deepStrictEqual(found.next, before.next)
        assert.strictEqual(found.newer, before.next === undefined ? newer : undefined)
      })
    )
  })

  it("hold a local id that nobody here creates behind a row that cannot be read, for that row may", () => {
    const orphan = entryOf(
      3,
      { _tag: "Delete", workspaceId: Client.WorkspaceId.make(1), clientId: Client.LocalClientId.make(-9) },
      undefined,
      false
    )
    const unreadable = [{ seq: 2, newer: false, row: "garbled" }]
    assert.deepStrictEqual(
      [...dependencies({ entries: [orphan], unreadable, ids: new Map() }, isParked).held],
      [[3, 2]]
    )
    const known = new Map([[Client.LocalClientId.make(-9), Client.ClientId.make(9)]])
    assert.strictEqual(dependencies({ entries: [orphan], unreadable, ids: known }, isParked).next, orphan)
    const before = [{ seq: 4, newer: false, row: "garbled" }]
    assert.strictEqual(dependencies({ entries: [orphan], unreadable: before, ids: new Map() }, isParked).next, orphan)
  })

  it("search a row of any shape in no time", () => {
    const self: Array<unknown> = [7]
    for (let n = 0; n < 1000; n++) self.push(self)
    const rows = [self, new Map([[{ a: 7 }, self]]), new Set([[7]]), new Uint8Array(10_000_000), Object.fromEntries([])]
    const entry = entryOf(
      9,
      { _tag: "Delete", workspaceId: Client.WorkspaceId.make(1), clientId: Client.ClientId.make(7) },
      undefined,
      false
    )
    const holds = rows.map((row) => {
      const unreadable = [{ seq: 1, newer: false, row }]
      return dependencies({ entries: [entry], unreadable, ids: new Map() }, isParked).held.has(9)
    })
    assert.deepStrictEqual(holds, [true, true, true, false, false])
  })
})
