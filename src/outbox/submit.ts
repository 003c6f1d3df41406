// What a caller hears: the change is accepted, the first attempt awaited, and the ending told.
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { Discarded, EntryNotFound, NotSaved, type Refusal, type StorageError } from "../ClientError.js"
import { type Ending, EntryId } from "../Entry.js"
import { monotonicOf } from "../effect/clock.js"
import { mapEffect } from "../effect/stream.js"
import { uuid } from "../ids.js"
import { longest, readAtLast, readInTime } from "../instance/inTime.js"
import { type Instance, wake } from "../instance/instance.js"
import * as spans from "../instance/spans.js"
import { accepting } from "../instance/signIn.js"
import type { Log } from "../instance/log.js"
import { attemptOf, type Entry } from "../log/entry.js"
import { asked } from "../log/request.js"
import * as Mutation from "../Mutation.js"
import { laid } from "../read/overlay.js"
import type { Receipt } from "../Receipt.js"
import type { WaitingFor } from "../Status.js"
import { mayBeStored } from "../store/failure.js"
import type { ClientView } from "../View.js"
import { accept } from "./accept.js"
import { caller, type Heard } from "./caller.js"
import { outcomeOf } from "./outcome.js"
import type * as Outbox from "./service.js"
import { reason, reasonNow, wiped } from "./status.js"
import { sendUnsaved } from "./unsaved.js"

// --- How an entry ended ------------------------------------------------------------------------------------------------

const ended = (
  { log }: Instance,
  entryId: EntryId | undefined,
  mutation: Mutation.Mutation,
  ending: Ending
): Effect.Effect<Receipt<Ending>, Refusal | Discarded> => {
  switch (ending._tag) {
    case "Refused":
      return Effect.fail(ending.error)
    case "Discarded":
      return Effect.fail(new Discarded({ ...asked(mutation), mayHaveBeenApplied: ending.mayHaveBeenApplied }))
    case "Moved":
      return Effect.fail(
        new Discarded({ ...asked(mutation), mayHaveBeenApplied: ending.mayHaveBeenApplied, isMoved: true })
      )
    case "Done": {
      const named = Mutation.clientId(mutation)
      const id = ending.clientId ?? ending.client?.id ?? log.resolve(named) ?? named
      return Effect.succeed({ _tag: "Confirmed", entryId, id, value: ending })
    }
  }
}

// --- Waiting for the first attempt -------------------------------------------------------------------------------------

/** The client as it is to be shown once everything that stands in the log up to now is applied. */
const viewOf = (log: Log, { base, mutation }: Entry): ClientView | undefined => {
  const { workspaceId } = mutation
  const named = Mutation.clientId(mutation)
  const id = log.resolve(named) ?? named
  const key = String(log.clients.keyOf(named))
  const view = laid(log.sumOf(workspaceId, named), { client: base, id, key, workspaceId })
  return view === undefined ? undefined : Object.freeze(view)
}

const queued = ({ log }: Instance, entry: Entry, reason: WaitingFor): Receipt<Ending> => {
  const named = Mutation.clientId(entry.mutation)
  return { _tag: "Queued", entryId: entry.id, id: log.resolve(named) ?? named, client: viewOf(log, entry), reason }
}

// A refusal that its caller hears is over, unless the user has to decide about what depends on it too.
const claimRefusal = (instance: Instance, entry: Entry, error: Refusal): Effect.Effect<never, Refusal> =>
  Effect.gen(function* () {
    // What nobody knows is the user's to decide, who finds it among the refused.
    if (error._tag === "Undecided") return yield* error
    const now = yield* Clock.currentTimeMillis
    const claimed = yield* Effect.either(instance.transactions.claimRefusal(entry.seq, entry.id, now))
    if (Either.isRight(claimed) && claimed.right !== undefined) {
      yield* instance.mirror.stepped(claimed.right)
      yield* wake(instance, "Entry")
    }
    return yield* error
  }).pipe(Effect.uninterruptible)

/** What its caller hears of an entry that is neither in the log nor has ended: it was purged, or went with its database. */
const whenGone = (instance: Instance, entry: Entry): Heard => {
  const { log, tab } = instance
  const { id, mutation } = entry
  const answer = tab.unbooked.get(id)
  if (answer !== undefined) return ended(instance, id, mutation, answer)
  const isDoubtful = tab.onWire.has(id) || log.state.givenUp?.some((given) => given.id === id) === true
  if (!log.lost.has(id)) return Effect.fail(new Discarded({ ...asked(mutation), mayHaveBeenApplied: isDoubtful }))
  const mayHaveBeenApplied = isDoubtful || attemptOf(entry) !== undefined
  return Effect.fail(new NotSaved({ ...asked(mutation), storage: wiped(log.lost.size), mayHaveBeenApplied }))
}

/** What can be said of an entry that is not in the log; `undefined`: nothing yet. */
const heardOfGone = (instance: Instance, entry: Entry, isLast: boolean): Effect.Effect<Heard | undefined> =>
  Effect.gen(function* () {
    const { log, mirror, tab } = instance
    const reading = outcomeOf(instance, entry.id)
    const outcome = yield* Effect.either(isLast ? readAtLast(instance, reading) : readInTime(instance, reading))
    if (Either.isRight(outcome) && outcome.right !== undefined) {
      return ended(instance, entry.id, entry.mutation, outcome.right.ending)
    }
    const error = Either.isLeft(outcome) ? outcome.left : mirror.storageError
    if (error !== undefined) return Effect.succeed(queued(instance, entry, { _tag: "StorageLost", error }))
    if (log.byId(entry.id) !== undefined || !mirror.isUpToDate()) return undefined
    return tab.onWire.has(entry.id) && !isLast ? undefined : whenGone(instance, entry)
  })

/** What can be said of it by now; `undefined`: nothing yet. */
const firstHeard = (instance: Instance, entry: Entry, isLast: boolean): Effect.Effect<Heard | undefined> => {
  const now = instance.log.byId(entry.id)
  if (now === undefined) return heardOfGone(instance, entry, isLast)
  if (now.state._tag === "Refused") return Effect.succeed(claimRefusal(instance, now, now.state.error))
  return Effect.map(reasonNow(instance, now), (reason) =>
    reason === undefined ? undefined : Effect.succeed(queued(instance, now, reason))
  )
}

/** What is true of it for a caller who waits no longer. */
const atOnce = (instance: Instance, entry: Entry): Heard =>
  Effect.gen(function* () {
    const last = instance.log.byId(entry.id) ?? entry
    const heard = yield* firstHeard(instance, last, true)
    return yield* heard ?? Effect.map(reason(instance, last), (reason) => queued(instance, last, reason))
  })

/** The receipt, as soon as the first attempt has ended or cannot come soon. */
const firstAttempt = (instance: Instance, entry: Entry, patience: () => Duration.Duration): Heard => {
  const { log, mirror } = instance
  let last = entry
  const hear = (isLast: boolean) =>
    Effect.suspend(() => {
      last = log.byId(entry.id) ?? last
      return firstHeard(instance, last, isLast)
    })
  const later = Effect.gen(function* () {
    const heard = yield* mirror.changes.pipe(
      mapEffect(() => hear(false)),
      Stream.filter(Predicate.isNotUndefined),
      Stream.runHead,
      Effect.timeoutOption(patience())
    )
    if (Option.isSome(heard) && Option.isSome(heard.value)) return yield* heard.value.value
    const gone = log.byId(entry.id) === undefined ? yield* hear(true) : undefined
    if (gone !== undefined) return yield* gone
    return queued(instance, last, yield* reason(instance, last))
  })
  return Effect.flatMap(hear(false), (already) => already ?? later)
}

// --- The service -------------------------------------------------------------------------------------------------------

const notSaved = (mutation: Mutation.Mutation, entryId: EntryId, storage: StorageError): NotSaved =>
  new NotSaved({ ...asked(mutation), storage, entryId, mayBeStored: true, mayHaveBeenApplied: false })

const submit = (
  instance: Instance,
  oneUnsaved: Effect.Semaphore,
  mutation: Mutation.Mutation,
  begun?: number
): Effect.Effect<Receipt<Ending>, Refusal | Discarded | NotSaved> =>
  Effect.clockWith((clock) => {
    const since = begun ?? monotonicOf(clock)
    const left = (duration: Duration.Duration) => Duration.subtract(duration, monotonicOf(clock) - since)
    // It may make the store a user's: if the app has just set other credentials, that is to be heard first.
    const mayBind = instance.tab.verified !== undefined && instance.log.userId === undefined
    return Effect.flatMap(mayBind ? Effect.zipRight(Effect.yieldNow(), uuid) : uuid, (uuid) => {
      const id = EntryId.make(uuid, true)
      const draft = { id, mutation, acceptedAt: clock.unsafeCurrentTimeMillis(), ...accepting(instance) }
      return Effect.flatMap(caller, (hears) => {
        const told = {
          stored: (entry: Entry) => hears(atOnce(instance, entry)),
          doubtful: (error: StorageError) => hears(notSaved(mutation, id, error))
        }
        return Effect.matchEffect(accept(instance, draft, left(longest(instance)), told), {
          onFailure: (error) => {
            if (mayBeStored(error)) return notSaved(mutation, id, error)
            const sent = sendUnsaved(instance, oneUnsaved, mutation, error, left(longest(instance)), hears)
            return Effect.flatMap(sent, (done) => ended(instance, undefined, mutation, done))
          },
          onSuccess: (entry) =>
            Effect.zipRight(
              spans.accepted(instance, id),
              firstAttempt(instance, entry, () => left(instance.settings.patience))
            )
        })
      })
    })
  })

const outcome = (instance: Instance, id: EntryId): Effect.Effect<Outbox.Outcome, StorageError> =>
  Effect.gen(function* () {
    yield* readInTime(instance, instance.mirror.sync)
    const entry = instance.log.byId(id)
    if (entry === undefined)
      return (yield* readInTime(instance, outcomeOf(instance, id)))?.ending ?? { _tag: "Unknown" }
    return entry.state._tag === "Refused"
      ? { _tag: "Standing", error: entry.state.error }
      : { _tag: "Waiting", reason: yield* reason(instance, entry) }
  })

const awaitOutcome = (instance: Instance, id: EntryId): Effect.Effect<Ending, EntryNotFound | StorageError> =>
  Effect.gen(function* () {
    const { log, mirror } = instance
    yield* readInTime(instance, mirror.sync)
    const last = yield* mirror.changes.pipe(
      mapEffect(() => outcomeOf(instance, id)),
      Stream.takeUntil((outcome) => outcome !== undefined || log.byId(id) === undefined),
      Stream.runLast
    )
    const outcome = Option.getOrUndefined(last)
    if (outcome === undefined) return yield* new EntryNotFound({ entryId: id, reason: "Unknown" })
    return outcome.ending
  }).pipe(Effect.withSpan("Outbox.awaitOutcome"))

export const make = (instance: Instance): Pick<Outbox.OutboxService, "submit" | "outcome" | "awaitOutcome"> => {
  const oneUnsaved = Effect.unsafeMakeSemaphore(1)
  return {
    submit: (mutation, since) => submit(instance, oneUnsaved, mutation, since),
    outcome: (id) => outcome(instance, id),
    awaitOutcome: (id) => awaitOutcome(instance, id)
  }
}
