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

/** Freed names, by workspace, with the number of the parked row behind which each is freed. */
export interface Freed {
  readonly block: (workspaceId: number, name: string, by: number) => void
  /** What a client has to wait for that takes this name and is called `before`. */
  readonly by: (workspaceId: number, name: string, before: string | undefined) => number | undefined
}

export const makeFreed = (): Freed => {
  const freed = new Map<string, Map<string, number>>()
  const keyOf = (workspaceId: number, name: string) => `${workspaceId} ${foldName(name)}`
  return {
    block: (workspaceId, name, by) => {
      const key = keyOf(workspaceId, name)
      const variants = freed.get(key) ?? new Map<string, number>()
      freed.set(key, variants)
      // the last one counts
      variants.delete(name)
      variants.set(name, by)
    },
    by: (workspaceId, name, before) => {
      let last: number | undefined
      for (const [variant, by] of freed.get(keyOf(workspaceId, name)) ?? []) if (isNew(name, before, variant)) last = by
      return last
    }
  }
}
