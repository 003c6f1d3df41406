/**
 * What must be true of a client, said in the fewest words: the accepted changes of it, one after another, but for those
 * that Toggl refused or the user discarded.
 */
import type * as Mutation from "../../src/Mutation.js"

export interface Shape {
  readonly name: string
  readonly notes: string
  readonly archived: boolean
}

export const fold = (base: Shape | undefined, changes: ReadonlyArray<Mutation.Mutation>): Shape | undefined => {
  let shape = base
  for (const change of changes) {
    if (change._tag === "Create") shape = { name: change.name, notes: change.notes, archived: false }
    else if (shape === undefined) continue
    else if (change._tag === "Delete") shape = undefined
    else if (change._tag === "Update") shape = { ...shape, ...change.change }
    else shape = { ...shape, archived: change._tag === "Archive" }
  }
  return shape
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.name === b.name && sameNotes(a.notes, b.notes) && a.archived === b.archived

/** Notes may be kept with LF for CRLF, and without the white space around them. */
export const sameNotes = (a: string, b: string): boolean => bare(a) === bare(b)

const bare = (notes: string): string => notes.replace(/\r\n?/g, "\n").trim()

const mayFree = (mutation: Mutation.Mutation): boolean =>
  mutation._tag === "Delete" || mutation._tag === "Archive" || takesName(mutation)

const takesName = (mutation: Mutation.Mutation): boolean =>
  mutation._tag === "Create" ||
  mutation._tag === "Restore" ||
  (mutation._tag === "Update" && mutation.change.name !== undefined)

interface InLog {
  readonly seq: number
  readonly mutation: Mutation.Mutation
  /** The client that it names, the same whichever of its ids is used. */
  readonly client: number
  readonly isParked: boolean
  /** Whether its client was known when it was made: by the copy, or as one that was made here. */
  readonly isOfKnown: boolean
}

/**
 * The entries that must wait for a parked one, for they name its client; and those that may have to, for they take a
 * name that it, or one that waits for it, might free, or name a client that it may have made.
 */
export const held = (log: ReadonlyArray<InLog>): { readonly must: Set<number>; readonly may: Set<number> } => {
  const must = new Set<number>()
  const may = new Set<number>()
  const clients = new Set<number>()
  const maybeClients = new Set<number>()
  let names = false
  let creates = false
  for (const { client, isOfKnown, isParked, mutation, seq } of log) {
    const mayHaveToWait = maybeClients.has(client) || (names && takesName(mutation)) || (creates && !isOfKnown)
    if (!isParked && clients.has(client)) must.add(seq)
    if (!isParked && mayHaveToWait) may.add(seq)
    if (isParked || must.has(seq)) clients.add(client)
    if (isParked || must.has(seq) || may.has(seq)) {
      maybeClients.add(client)
      names = names || mayFree(mutation)
      creates = creates || mutation._tag === "Create"
    }
  }
  return { must, may }
}
