// What the changes of one client come to, one after the other: worked out once, and carried on as more are added.
import type { LocalClientId } from "../Client.js"
import * as Mutation from "../Mutation.js"

/**
 * - `change`: what becomes of a client that is there before them: these fields are others, or it is gone
 * - `made`: the client that is there after them where none was before, or where it is gone
 * - `isPending`: whether any of them is about a client that is there
 */
export interface Sum {
  readonly change: Partial<Mutation.Editable> | "Gone"
  readonly made: (Mutation.Editable & { readonly localId: LocalClientId }) | undefined
  readonly isPending: boolean
}

export const noChange: Sum = { change: {}, made: undefined, isPending: false }

const changeOf = (mutation: Exclude<Mutation.Mutation, Mutation.Create>): Sum["change"] => {
  switch (mutation._tag) {
    case "Update":
      return mutation.change
    case "Delete":
      return "Gone"
    case "Archive":
      return { archived: true }
    case "Restore":
      return { archived: false }
  }
}

/** The same with one more behind them. */
export const plus = ({ change, isPending, made }: Sum, mutation: Mutation.Mutation): Sum => {
  if (mutation._tag === "Create") {
    const { localId, name, notes } = mutation
    return { change, made: made ?? { localId, name, notes, archived: false }, isPending }
  }
  const next = changeOf(mutation)
  return {
    change: change === "Gone" || next === "Gone" ? "Gone" : { ...change, ...next },
    made: Mutation.apply(made, mutation),
    isPending: true
  }
}
