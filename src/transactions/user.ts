// Whose store it is.
import * as Either from "effect/Either"
import type { QueueState } from "../log/state.js"
import { firstSeq, lastSeq, range, type Step } from "../store/step.js"
import { readRow } from "./rows.js"

/** The user to whom the store was bound, or whose change stands first in the log. */
export const userOf = function* (state: QueueState): Step<number | undefined> {
  if (state.userId !== undefined) return state.userId
  for (const [key, row] of yield* range(firstSeq, lastSeq)) {
    const read = readRow(Number(key), row)
    if (Either.isRight(read) && read.right.userId !== undefined) return read.right.userId
  }
  return undefined
}

/** The state of this user's store, bound to him if it was nobody's. `undefined`: it is another's. */
export const boundTo = function* (state: QueueState, user: number | undefined): Step<QueueState | undefined> {
  if (user === undefined) return state
  const owner = yield* userOf(state)
  if (owner !== undefined && owner !== user) return undefined
  return state.userId === undefined ? { ...state, userId: user } : state
}
