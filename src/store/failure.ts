// Why a transaction failed.
import * as Predicate from "effect/Predicate"
import { StorageError } from "../ClientError.js"

export const stalled = new StorageError({ reason: "Stalled", detail: "the time limit passed" })

/** The transaction was too far on to be aborted, and did not end in time: nobody can say whether it will be stored. */
export const unknownEnd = new StorageError({ reason: "Stalled", detail: "it may be stored all the same" })

export const mayBeStored = ({ detail, reason }: StorageError): boolean =>
  reason === unknownEnd.reason && detail === unknownEnd.detail

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
