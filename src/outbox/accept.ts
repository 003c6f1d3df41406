// Whether a change is stored: told in time, and never on a guess.
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { StorageError } from "../ClientError.js"
import { writtenWithin } from "../instance/inTime.js"
import { type Instance, unsafeWake } from "../instance/instance.js"
import type { Entry } from "../log/entry.js"
import { mayBeStored, undone } from "../store/failure.js"
import { type Draft, newEntry } from "../transactions/accept.js"

/** Is told how it ended, before any interruption is heard. */
export interface Told {
  readonly stored: (entry: Entry) => void
  /** Nobody can say whether it is stored. */
  readonly doubtful: (error: StorageError) => void
}

const stored = (instance: Instance, entry: Entry, reads: number): Effect.Effect<Entry> =>
  Effect.map(instance.mirror.accepted(entry, reads), () => {
    unsafeWake(instance, "Entry")
    instance.background.ask()
    return entry
  })

/** No step is run again that may be stored: another connection tells whether the entry is there. */
const lookedFor = (instance: Instance, draft: Draft, reads: number, error: StorageError) =>
  Effect.matchEffect(instance.transactions.find(draft.id), {
    onFailure: () => Effect.fail(error),
    onSuccess: (found) => {
      if (found === undefined) return Effect.fail(undone(error))
      if ("seq" in found) return stored(instance, found, reads)
      // It has ended already: another tab has sent it.
      return Effect.as(instance.mirror.doubt, newEntry(draft))
    }
  })

/**
 * The change in the log. Fails where it is not there, or where nobody can say `within` that time (`mayBeStored`). Whoever is interrupted
 * meanwhile goes when it is known here too.
 */
export const accept = (
  instance: Instance,
  draft: Draft,
  within: Duration.Duration,
  told: Told
): Effect.Effect<Entry, StorageError> => {
  const { mirror, transactions } = instance
  const lost = (error: StorageError) => {
    if (mayBeStored(error)) told.doubtful(error)
    return mirror.lost(error)
  }
  const heard = (entry: Entry): Entry => {
    told.stored(entry)
    return entry
  }
  const accepting = Effect.suspend(() => {
    const { reads } = mirror
    return Effect.matchEffect(transactions.accept(draft), {
      onFailure: (error) =>
        Effect.tapError(
          mayBeStored(error) ? Effect.map(lookedFor(instance, draft, reads, error), heard) : Effect.fail(error),
          lost
        ),
      onSuccess: (entry) => Effect.map(stored(instance, entry, reads), heard)
    })
  })
  return writtenWithin(instance, Effect.uninterruptible(accepting), within)
}
