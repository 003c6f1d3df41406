/**
 * What is kept of a history of reads and changes, and how it is judged once it is known what was refused: law 6.
 *
 * @since 0.1.0
 */
import { assert } from "@effect/vitest"
import type { View } from "../../src/index.js"

/** A client of the history: one that was there, or that a change makes. */
export interface Subject {
  /** How views name it; `undefined` before any has shown it. */
  key: string | undefined
  readonly name: string
  readonly isSeed: boolean
}

type Field = "exists" | "name" | "notes" | "archived"

export interface Write {
  readonly subject: Subject
  readonly sets: Partial<Record<Field, string>>
  fate: "Done" | "Held" | "Refused" | "Unclear"
}

export interface Seen {
  readonly tab: number
  readonly how: "watch" | "read"
  /** So many writes had been accepted for certain before the view was asked for. */
  readonly certain: number
  /** So many may have been accepted when it was given. */
  readonly issued: number
  readonly clients: ReadonlyArray<View.ClientView>
}

const show = (seen: Seen) =>
  `${seen.how} in tab ${seen.tab} after ${seen.certain} to ${seen.issued} writes: ${seen.clients
    .map(({ archived, key, name, notes }) => `${key} ${name}/${notes}${archived ? " archived" : ""}`)
    .join(", ")}`

/** A whole history: what was written, each view that anyone got, and what Toggl has in the end. */
export interface Lived {
  readonly seen: ReadonlyArray<Seen>
  readonly writes: ReadonlyArray<Write>
  readonly subjects: ReadonlyArray<Subject>
  readonly clients: ReadonlyArray<{ readonly name: string; readonly notes: string; readonly archived: boolean }>
  /** How many tabs there were. */
  readonly tabs: number
}

interface Candidate {
  readonly at: number
  readonly value: string
  readonly fate: Write["fate"]
}

/** What the field may hold: at first, and after each write to it. */
const candidatesOf = ({ writes }: Lived, subject: Subject, field: Field): ReadonlyArray<Candidate> => {
  const first = {
    exists: subject.isSeed ? "yes" : "no",
    name: subject.isSeed ? subject.name : "",
    notes: "",
    archived: "no"
  }
  const later = writes.flatMap((write, at) => {
    const value = write.subject === subject ? write.sets[field] : undefined
    return value === undefined ? [] : [{ at, value, fate: write.fate }]
  })
  return [{ at: -1, value: first[field], fate: "Done" }, ...later]
}

const valueOf = ({ clients }: Seen, { key }: Subject, field: Field): string | undefined => {
  const shown = clients.find((client) => client.key === key)
  if (field === "exists") return shown === undefined ? "no" : "yes"
  if (field === "archived") return shown === undefined ? undefined : shown.archived ? "yes" : "no"
  return shown?.[field]
}

const isUnique = (values: ReadonlyArray<unknown>) => new Set(values).size === values.length

export const nothingTwice = ({ seen }: Lived) => {
  for (const each of seen) {
    for (const values of [
      each.clients.map((client) => client.id),
      each.clients.map((client) => client.key),
      each.clients.map((client) => client.name)
    ]) {
      assert.isTrue(isUnique(values), `nothing twice: ${show(each)}`)
    }
  }
}

const fields: ReadonlyArray<Field> = ["exists", "name", "notes", "archived"]

/** Each field of each client whose changes all have a fate that is known. */
const judged = function* (all: Lived) {
  for (const subject of all.subjects) {
    if (subject.key === undefined) continue
    if (all.writes.some((write) => write.subject === subject && write.fate === "Unclear")) continue
    for (const field of fields) yield { subject, field, candidates: candidatesOf(all, subject, field) }
  }
}

export const nothingLostOrBack = (all: Lived) => {
  for (const { candidates, field, subject } of judged(all)) {
    for (const each of all.seen) {
      const shown = valueOf(each, subject, field)
      if (shown === undefined) continue
      const last = candidates.findLast(({ at, fate }) => at < each.certain && fate !== "Refused")
      const may = candidates.filter(({ at }) => at >= (last?.at ?? -1) && at < each.issued).map(({ value }) => value)
      assert.include(may, shown, `${field} of ${subject.key}: ${show(each)}`)
    }
  }
}

export const noFlicker = (all: Lived) => {
  for (const { candidates, field, subject } of judged(all)) {
    for (let index = 0; index < all.tabs; index++) {
      const refused = candidates.filter(({ fate }) => fate === "Refused")
      const views = all.seen.filter((each) => each.how === "watch" && each.tab === index)
      const values = views.flatMap((each) => valueOf(each, subject, field) ?? [])
      const changes = values.filter((value, at) => at === 0 || value !== values[at - 1])
      assert.isAtMost(
        changes.length,
        candidates.length + refused.length,
        `${field} of ${subject.key}: ${changes.join()}`
      )
      if (field !== "name" && field !== "notes") continue
      for (const [at, value] of changes.entries()) {
        const before = changes.lastIndexOf(value, at - 1)
        if (at === 0 || before < 0) continue
        // Only what was refused may give way to what was there before.
        for (const between of changes.slice(before + 1, at)) {
          assert.include(
            refused.map((each) => each.value),
            between,
            `${field} of ${subject.key}: ${changes.join()}`
          )
        }
      }
    }
  }
}

export const onlyItsOwnEffect = (all: Lived) => {
  for (const { candidates, field, subject } of judged(all)) {
    const expected = candidates.findLast(({ fate }) => fate !== "Refused")?.value
    for (let index = 0; index < all.tabs; index++) {
      const end = all.seen.findLast((each) => each.tab === index)
      const shown = end === undefined ? undefined : valueOf(end, subject, field)
      if (shown !== undefined) assert.strictEqual(shown, expected, `${field} of ${subject.key} in the end`)
    }
  }
  if (all.writes.some(({ fate }) => fate === "Held" || fate === "Unclear")) return
  const inToggl = all.clients.map(({ archived, name, notes }) => ({ archived, name, notes }))
  for (let index = 0; index < all.tabs; index++) {
    const end = all.seen.findLast((each) => each.tab === index)
    const shown = end?.clients.map(({ archived, name, notes }) => ({ archived, name, notes }))
    assert.sameDeepMembers(shown ?? [], inToggl)
  }
}
