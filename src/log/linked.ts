// What hangs together with a row that cannot be read.
import { type AnyClientId, foldName, isLocalClientId } from "../Client.js"
import * as Mutation from "../Mutation.js"
import { dependencies, type Rows } from "./dependencies.js"
import { attemptOf, type Entry } from "./entry.js"
import { nameAfter } from "./names.js"

const none: ReadonlySet<number> = new Set()

/** What each entry has in common with others: its client, and the names that it takes or frees. */
const marksOf = ({ entries, ids }: Rows): ReadonlyMap<Entry, ReadonlyArray<string>> => {
  const names = new Map<AnyClientId, string | undefined>()
  const marks = new Map<Entry, ReadonlyArray<string>>()
  for (const entry of entries) {
    const { mutation } = entry
    const named = Mutation.clientId(mutation)
    const client = (isLocalClientId(named) ? ids.get(named) : undefined) ?? named
    const before = names.get(client) ?? (attemptOf(entry)?.base ?? entry.base)?.name
    const touched = [Mutation.takes(mutation, before), Mutation.frees(mutation, before)]
    const ofNames = touched
      .filter((name) => name !== undefined)
      .map((name) => `name ${mutation.workspaceId} ${foldName(name)}`)
    marks.set(entry, [`client ${client}`, ...ofNames])
    names.set(client, nameAfter(mutation, before))
  }
  return marks
}

/**
 * The numbers of the entries that hang together with rows that cannot be read: those that such a row holds, or that stand
 * behind a newer version's, and whatever has its client or a name in common with one of them. More than depend on one,
 * and none that one depends on is left out.
 */
export const linked = (log: Rows): ReadonlySet<number> => {
  if (log.unreadable.length === 0) return none
  const newerAt = log.unreadable.find((row) => row.newer)?.seq ?? Number.POSITIVE_INFINITY
  const { held } = dependencies(log, () => false)
  const marks = marksOf(log)
  const byMark = new Map<string, Array<Entry>>()
  for (const [entry, ofEntry] of marks) {
    for (const mark of ofEntry) byMark.set(mark, [...(byMark.get(mark) ?? []), entry])
  }
  const found = new Set<number>()
  const left = [...marks.keys()].filter(({ seq }) => seq > newerAt || held.has(seq))
  for (let entry = left.pop(); entry !== undefined; entry = left.pop()) {
    if (found.has(entry.seq)) continue
    found.add(entry.seq)
    for (const mark of marks.get(entry) ?? []) {
      left.push(...(byMark.get(mark) ?? []))
      byMark.delete(mark)
    }
  }
  return found
}
