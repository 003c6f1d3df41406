// How an entry ended.
import * as Effect from "effect/Effect"
import type { StorageError } from "../ClientError.js"
import type { EntryId } from "../Entry.js"
import type { Instance } from "../instance/instance.js"
import type { Outcome } from "../log/entry.js"

/** The outcome, here or in the store; none while the entry is in the log. */
export const outcomeOf = (
  { log, transactions }: Instance,
  id: EntryId
): Effect.Effect<Outcome | undefined, StorageError> =>
  Effect.suspend(() => {
    // One that was purged and then imported may have ended before.
    if (log.byId(id) !== undefined) return Effect.succeed(undefined)
    const known = log.outcome(id)
    return known === undefined ? transactions.outcome(id) : Effect.succeed(known)
  })
