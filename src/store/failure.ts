// Why a transaction failed, and whether it may be stored all the same.
import * as Predicate from "effect/Predicate"
import { StorageError } from "../ClientError.js"

export const stalled = new StorageError({ reason: "Stalled", detail: "the time limit passed" })

/** The transaction was too far on to be aborted, and did not end in time: nobody can say whether it will be stored. */
export const unknownEnd = new StorageError({
  reason: "Stalled",
  detail: "it may be stored all the same",
  mayBeStored: true
})

export const mayBeStored = (error: StorageError): boolean => error.mayBeStored === true

/** The same, for what is surely not stored. */
export const undone = ({ detail, reason }: StorageError): StorageError => new StorageError({ reason, detail })

const reasons: ReadonlyMap<string, StorageError["reason"]> = new Map([
  ["QuotaExceededError", "Full"],
  ["SecurityError", "Denied"],
  ["NotAllowedError", "Denied"],
  ["VersionError", "Newer"],
  ["InvalidStateError", "Closed"],
  // We abort without an error: this is the browser closing the database.
  ["AbortError", "Closed"]
])

export const toStorageError = (error: unknown): StorageError => {
  if (error instanceof StorageError) return error
  const name = Predicate.hasProperty(error, "name") && typeof error.name === "string" ? error.name : "UnknownError"
  return new StorageError({ reason: reasons.get(name) ?? "Failed", detail: name })
}

// Each is about what was asked for. Any other is about the database itself: WebKit stores what it has told to be aborted
// when its network process dies with the commit in flight.
const undoing: ReadonlySet<string> = new Set(["QuotaExceededError", "ConstraintError", "DataError", "DataCloneError"])

/** Why a transaction that the browser has ended is not done, as far as anybody can say. */
export const endOf = (error: unknown, wrote: boolean): StorageError => {
  const ended = toStorageError(error)
  return !wrote || undoing.has(ended.detail) ? ended : new StorageError({ ...undone(ended), mayBeStored: true })
}
