// The names that entries which others may pass would free.
import { foldName } from "../Client.js"

type Reading = (name: string) => string

const trimmed: Reading = (name) => name.trim()
// upper case takes some letters apart, so it is composed once more
const composed: Reading = (name) => name.normalize("NFKC")
const caseless: Reading = (name) => name.toLowerCase().toUpperCase()

const either = (step: Reading, readings: ReadonlyArray<Reading>): ReadonlyArray<Reading> =>
  readings.flatMap((read): ReadonlyArray<Reading> => [read, (name) => step(read(name))])

const asItIs: ReadonlyArray<Reading> = [(name) => name]

/** Each way in which Toggl may hold two names for one. */
const readings = /*#__PURE__*/ [composed, caseless, composed, trimmed].reduce((all, step) => either(step, all), asItIs)

/** Whether there is a way to read names in which a client that is called `before` does not have the freed one already. */
const isNew = (name: string, before: string | undefined, freed: string): boolean =>
  before === undefined || readings.some((read) => read(freed) === read(name) && read(before) !== read(name))

/** Freed names, by workspace, with what is known of each: which rows free it. */
export interface Freed<A> {
  /** `by` is told what was known of the name before. */
  readonly block: (workspaceId: number, name: string, by: (before: A | undefined) => A) => void
  /** What a client has to wait for that takes this name and is called `before`: what was blocked last stands last. */
  readonly by: (workspaceId: number, name: string, before: string | undefined) => ReadonlyArray<A>
}

export const makeFreed = <A>(): Freed<A> => {
  const freed = new Map<string, Map<string, A>>()
  const keyOf = (workspaceId: number, name: string) => `${workspaceId} ${foldName(name)}`
  return {
    block: (workspaceId, name, by) => {
      const key = keyOf(workspaceId, name)
      const variants = freed.get(key) ?? new Map<string, A>()
      freed.set(key, variants)
      const before = variants.get(name)
      variants.delete(name)
      variants.set(name, by(before))
    },
    by: (workspaceId, name, before) => {
      const variants = freed.size === 0 ? undefined : freed.get(keyOf(workspaceId, name))
      if (variants === undefined) return []
      return Array.from(variants).flatMap(([variant, by]) => (isNew(name, before, variant) ? [by] : []))
    }
  }
}
