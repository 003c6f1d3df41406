import { type AnyClientId, type Client, type ClientId, foldName } from "../Client.js"
import type { Entry } from "./entry.js"
import * as Mutation from "../Mutation.js"

/** The names of a workspace, as Toggl is known to have them now: all of them, archived ones too. */
export interface Names {
  readonly of: (id: ClientId) => string | undefined
  /** Whether no other client has a name that might be held to be the same. */
  readonly isFree: (name: string, id: ClientId | undefined) => boolean
  /** The most UTF-8 bytes that Toggl is known to have taken in a name. */
  readonly longest: () => number
  readonly put: (client: Pick<Client, "id" | "name">) => void
  readonly remove: (id: ClientId) => void
}

const utf8 = new TextEncoder()

export const bytesOf = (name: string): number => utf8.encode(name.trim()).length

export const makeNames = (clients: ReadonlyArray<Client>): Names => {
  const names = new Map<ClientId, string>()
  const holders = new Map<string, Set<ClientId>>()
  let longest = 0
  const remove = (id: ClientId) => {
    const name = names.get(id)
    names.delete(id)
    if (name !== undefined) holders.get(foldName(name))?.delete(id)
  }
  const put = ({ id, name }: Pick<Client, "id" | "name">) => {
    remove(id)
    names.set(id, name)
    const key = foldName(name)
    const ids = holders.get(key)
    if (ids === undefined) holders.set(key, new Set([id]))
    else ids.add(id)
    longest = Math.max(longest, bytesOf(name))
  }
  for (const client of clients) put(client)
  return {
    of: (id) => names.get(id),
    isFree: (name, id) => {
      const ids = holders.get(foldName(name))
      return ids === undefined || ids.size === 0 || (ids.size === 1 && id !== undefined && ids.has(id))
    },
    longest: () => longest,
    put,
    remove
  }
}

/** The client's name after the mutation, given its name before. */
export const nameAfter = (mutation: Mutation.Mutation, before: string | undefined): string | undefined => {
  switch (mutation._tag) {
    case "Create":
      return mutation.name
    case "Update":
      return mutation.change.name ?? before
    default:
      return before
  }
}

/** What an entry does to names, and the client's name after it. */
export interface Change {
  readonly takes: string | undefined
  readonly frees: string | undefined
  readonly after: string | undefined
}

/** What the entries of a workspace do to names, in their order. */
export interface Touches {
  readonly add: (entry: Entry) => void
  readonly changeOf: (seq: number) => Change | undefined
  /** Whether no other client's entry between these two takes or frees the name, as far as can be known. */
  readonly isClear: (name: string, between: readonly [number, number], key: AnyClientId) => boolean
}

interface Touch {
  readonly seq: number
  readonly key: AnyClientId
}

// The place of the first touch behind this number.
const firstAfter = (touches: ReadonlyArray<Touch>, seq: number): number => {
  let low = 0
  let high = touches.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((touches[middle]?.seq ?? 0) > seq) high = middle
    else low = middle + 1
  }
  return low
}

const isUntouched = (
  touches: ReadonlyArray<Touch> | undefined,
  [from, to]: readonly [number, number],
  key: AnyClientId
): boolean => {
  if (touches === undefined) return true
  let at = firstAfter(touches, from)
  for (let touch = touches[at]; touch !== undefined && touch.seq < to; touch = touches[++at]) {
    if (touch.key !== key) return false
  }
  return true
}

export const makeTouches = (
  names: Names,
  keyOf: (id: AnyClientId) => AnyClientId,
  resolve: (id: AnyClientId) => ClientId | undefined
): Touches => {
  const after = new Map<AnyClientId, string | undefined>()
  const changes = new Map<number, Change>()
  const byName = new Map<string, Array<Touch>>()
  // Those that take or free a name that is not known here.
  const unknown: Array<Touch> = []
  return {
    add: ({ mutation, seq, state }) => {
      const named = Mutation.clientId(mutation)
      const key = keyOf(named)
      const id = resolve(named)
      const known = id === undefined ? undefined : names.of(id)
      const before = after.has(key) ? after.get(key) : known
      const takes = Mutation.takes(mutation, before)
      const frees = Mutation.frees(mutation, before)
      const now = nameAfter(mutation, before)
      changes.set(seq, { takes, frees, after: now })
      // What is restored may have been renamed by someone else, and then takes another name than the known one.
      if (mutation._tag === "Restore" || (before === undefined && mutation._tag !== "Create"))
        unknown.push({ seq, key })
      // An update asks for its client's name even where it leaves it alone.
      const asked = mutation._tag === "Update" ? now : undefined
      for (const name of new Set([takes, frees, asked].filter((name) => name !== undefined).map(foldName))) {
        const touches = byName.get(name)
        if (touches === undefined) byName.set(name, [{ seq, key }])
        else touches.push({ seq, key })
      }
      if (state._tag !== "Refused") after.set(key, now)
    },
    changeOf: (seq) => changes.get(seq),
    isClear: (name, between, key) =>
      isUntouched(byName.get(foldName(name)), between, key) && isUntouched(unknown, between, key)
  }
}
