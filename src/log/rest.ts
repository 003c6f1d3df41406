// What an edit still lacks, once what was sent before it is known to be applied.
import { type Client, sameNotes } from "../Client.js"
import * as Mutation from "../Mutation.js"
import type { Entry } from "./entry.js"

/**
 * What the user has edited since the entry was sent, and Toggl's client does not have: a field that no change behind it
 * sets that went with it (`joined`). One that is still to be sent may be refused. `undefined`: nothing.
 */
export const restOf = (
  { mutation, sent }: Entry,
  client: Client,
  joined: ReadonlyArray<Entry> = []
): Mutation.Change | undefined => {
  if (sent === undefined) return undefined
  const { name, notes } = Mutation.asked(mutation)
  const before = Mutation.asked(sent)
  const isSetLater = (field: "name" | "notes") =>
    joined.some(
      ({ mutation, sent = mutation }) =>
        sent._tag === "Update" &&
        sent.change[field] !== undefined &&
        Mutation.asked(mutation)[field] === sent.change[field]
    )
  const hasName = name === undefined || name === before.name || name === client.name || isSetLater("name")
  const hasNotes =
    notes === undefined || notes === before.notes || sameNotes(notes, client.notes) || isSetLater("notes")
  if (hasName && hasNotes) return undefined
  return { ...(hasName ? {} : { name }), ...(hasNotes ? {} : { notes }) }
}
