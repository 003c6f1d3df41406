import type * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type * as Scope from "effect/Scope"
import { StorageError } from "../ClientError.js"
import type { Step } from "./step.js"

/**
 * What runs a step in one transaction. A step that wrote anything tells the other connections, from inside its
 * transaction and after its writes: whoever hears it reads behind the commit. A step that fails at any point, or
 * throws, leaves nothing behind.
 */
export interface Engine {
  readonly run: <A>(mode: "readonly" | "readwrite", step: () => Step<A>) => Effect.Effect<A, StorageError>
  /** Calls `listener` whenever another connection may have changed the store. */
  readonly onHint: (listener: () => void) => Effect.Effect<void, never, Scope.Scope>
}

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
