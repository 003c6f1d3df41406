import * as Clock from "effect/Clock"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { isLocalClientId } from "../Client.js"
import {
  Discarded,
  EntryNotFound,
  NotSaved,
  type Refusal,
  type StorageError,
  type TransportError
} from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import type * as Credentials from "../Credentials.js"
import { type Ending, EntryId } from "../Entry.js"
import type { Entry, Outcome } from "../log/entry.js"
import * as Mutation from "../Mutation.js"
import type * as Outbox from "./service.js"
import type * as OutboxStore from "../OutboxStore.js"
import type { Receipt } from "../Receipt.js"
import { overlay } from "../read/overlay.js"
import type * as View from "../View.js"
import { isTransport } from "../error/transport.js"
import { send } from "../replay/send.js"
import type { Local } from "../instance/decide.js"
import { mayBeStored } from "../store/engine.js"
import * as heeding from "../account/heed.js"
import { identifyUnstored, toError } from "../account/identity.js"
import { asked, requestOf } from "../log/request.js"
import type { Draft } from "../transactions/accept.js"
import type { Mirror } from "../instance/mirror.js"
import type { Observed } from "./status.js"
import { Pinned } from "../wire/signing.js"
import type { WakeUp } from "../replay/loop.js"
import { uuid } from "../ids.js"

export interface Dependencies {
  readonly api: ClientsApi.Service
  readonly store: OutboxStore.Service
  readonly credentials: Credentials.Service
  readonly mirror: Mirror
  readonly local: Local
  readonly observed: Observed
  readonly wake: (reason: WakeUp) => Effect.Effect<void>
  readonly patience: Duration.DurationInput
}

type Submitted = Pick<Outbox.Service, "submit" | "outcome" | "awaitOutcome">

export const make = (deps: Dependencies): Effect.Effect<Submitted> =>
  Effect.gen(function* () {
    const { api, local, mirror, observed, store } = deps
    const { heed } = heeding.make(deps)
    const unsaved = yield* Effect.makeSemaphore(1)

    const { resolve } = mirror

    // --- How an entry ended ----------------------------------------------------------------------------------------

    /** The outcome, here or in the store; none while the entry is in the log. */
    const ending = (id: EntryId): Effect.Effect<Outcome | undefined, StorageError> =>
      Effect.suspend(() => {
        const known = mirror.outcome(id)
        if (known !== undefined) return Effect.succeed(known)
        return mirror.byId(id) === undefined ? store.outcome(id) : Effect.succeed(undefined)
      })

    const ended = (entryId: EntryId | undefined, mutation: Mutation.Mutation, ending: Ending) => {
      switch (ending._tag) {
        case "Refused":
          return Effect.fail(ending.error)
        case "Discarded":
          return Effect.fail(new Discarded(asked(mutation)))
        case "Done": {
          const { client, clientId = client?.id } = ending
          const id = clientId ?? resolve(Mutation.clientId(mutation)) ?? Mutation.clientId(mutation)
          return Effect.succeed<Receipt<Ending>>({ _tag: "Confirmed", entryId, id, value: ending })
        }
      }
    }

    // --- Waiting for the first attempt -----------------------------------------------------------------------------

    /** The client as it is to be shown once everything that stands in the log up to now is applied. */
    const viewOf = (entry: Entry): View.ClientView | undefined => {
      const named = Mutation.clientId(entry.mutation)
      const id = resolve(named) ?? named
      const localId = mirror.clients.keyOf(named)
      const entries = Array.from(mirror.clients.after(named, 0), (seq) => mirror.entries.get(seq) ?? [])
      const views = overlay(entry.mutation.workspaceId, entry.base === undefined ? [] : [entry.base], {
        entries: entries.flat(),
        ids: new Map(isLocalClientId(localId) && !isLocalClientId(id) ? [[localId, id]] : [])
      })
      return views.find((view) => view.id === id)
    }

    const queued = (entry: Entry, reason: Effect.Effect.Success<ReturnType<Observed["reason"]>>): Receipt<Ending> => {
      const named = Mutation.clientId(entry.mutation)
      return { _tag: "Queued", entryId: entry.id, id: resolve(named) ?? named, client: viewOf(entry), reason }
    }

    // A refusal that its caller hears is over, unless the user has to decide about what depends on it too.
    const claimRefusal = (entry: Entry, error: Refusal): Effect.Effect<never, Refusal> =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const claimed = yield* Effect.either(store.claimRefusal(entry.seq, entry.id, now))
        if (Either.isRight(claimed) && claimed.right !== undefined) {
          yield* mirror.ended(claimed.right.ended, claimed.right.state)
          yield* deps.wake("Entry")
        }
        return yield* error
      }).pipe(Effect.uninterruptible)

    /** The receipt, as soon as the first attempt has ended or cannot come soon. */
    const settled = (entry: Entry): Effect.Effect<Option.Option<Receipt<Ending>>, Refusal | Discarded> =>
      Effect.gen(function* () {
        const now = mirror.byId(entry.id)
        if (now === undefined) {
          const outcome = yield* Effect.either(ending(entry.id))
          if (Either.isRight(outcome) && outcome.right !== undefined) {
            return Option.some(yield* ended(entry.id, entry.mutation, outcome.right.ending))
          }
          const error = Either.isLeft(outcome) ? outcome.left : mirror.storageError
          return error === undefined ? Option.none() : Option.some(queued(entry, { _tag: "StorageLost", error }))
        }
        if (now.state._tag === "Refused") return yield* claimRefusal(now, now.state.error)
        const reason = yield* observed.reasonNow(now)
        return reason === undefined ? Option.none() : Option.some(queued(now, reason))
      })

    const firstAttempt = (entry: Entry): Effect.Effect<Receipt<Ending>, Refusal | Discarded> =>
      Effect.gen(function* () {
        const already = yield* settled(entry)
        if (Option.isSome(already)) return already.value
        const receipt = yield* mirror.changes.pipe(
          Stream.mapEffect(() => settled(entry)),
          Stream.filterMap((receipt) => receipt),
          Stream.runHead,
          Effect.timeoutTo({
            duration: deps.patience,
            onSuccess: (receipt) => receipt,
            onTimeout: () => Option.none()
          })
        )
        if (Option.isSome(receipt)) return receipt.value
        const now = mirror.byId(entry.id) ?? entry
        return queued(now, yield* observed.reason(now))
      })

    // --- What cannot be stored -------------------------------------------------------------------------------------

    const requestFor = (mutation: Mutation.Mutation) =>
      Effect.gen(function* () {
        const clientId = mutation._tag === "Create" ? undefined : resolve(mutation.clientId)
        const request = requestOf(mutation, clientId, undefined)
        if (request._tag !== "NeedsBase") return request
        return requestOf(mutation, clientId, yield* api.get(mutation.workspaceId, request.clientId))
      })

    const overtakes = () => mirror.entries.size > 0 || mirror.unreadable.length > 0

    const sendOnce = (mutation: Mutation.Mutation) =>
      Effect.gen(function* () {
        const request = yield* requestFor(mutation)
        // While Toggl was asked for this one, others may have been stored, or told to wait.
        const mayNot = overtakes() || mirror.state.paused !== undefined || (yield* observed.namedWait) !== undefined
        if (mayNot || request._tag === "NeedsBase" || request._tag === "Unresolvable") return undefined
        return yield* send(api, mutation.workspaceId, request)
      })

    /** Asks with credentials that are the account's, as far as that can be known without the store. */
    const asAccount = <A, E extends { readonly _tag: string }>(request: Effect.Effect<A, E>) =>
      Effect.gen(function* () {
        if (local.signedOut) return yield* toError({ _tag: "SignedOut" })
        const identity = yield* identifyUnstored(deps)
        if (identity._tag === "Unknown") return yield* heed(Effect.fail(identity.error))
        if (identity._tag !== "Known") return yield* toError(identity)
        return yield* heed(Effect.provideService(request, Pinned, identity.credentials))
      })

    /**
     * Sends at once what could not be stored, if it overtakes nothing: the log is known to be empty, or cannot be read
     * at all and nothing is known to stand in it.
     */
    const unstored = (mutation: Mutation.Mutation, storage: StorageError) =>
      Effect.gen(function* () {
        const notSaved = (attempt?: TransportError, mayHaveBeenApplied = false) =>
          new NotSaved({
            ...asked(mutation),
            storage,
            ...(attempt === undefined ? {} : { attempt }),
            mayHaveBeenApplied
          })
        // It would be sent a second time.
        if (mayBeStored(storage)) return yield* notSaved(undefined, true)
        yield* mirror.distrust
        yield* Effect.ignore(mirror.sync)
        if (overtakes()) return yield* notSaved()
        const named = yield* observed.namedWait
        if (named !== undefined) return yield* notSaved(named.error)
        if (mirror.state.paused !== undefined) return yield* notSaved()
        const sent = yield* Effect.either(asAccount(sendOnce(mutation)))
        if (Either.isLeft(sent)) return yield* isTransport(sent.left) ? notSaved(sent.left) : Effect.fail(sent.left)
        const verdict = sent.right
        switch (verdict?._tag) {
          case undefined:
            return yield* notSaved()
          case "Refused":
            return yield* Effect.fail(verdict.error)
          case "Again":
            yield* Effect.ignore(heed(Effect.fail(verdict.error)))
            return yield* notSaved(verdict.error, verdict.uncertain)
          case "Done":
            return yield* ended(undefined, mutation, verdict)
        }
      }).pipe(unsaved.withPermits(1), Effect.withSpan("Outbox.sendUnsaved"))

    /** Whoever is interrupted meanwhile goes when it is known here too whether the change is stored. */
    const accept = (draft: Draft): Effect.Effect<Either.Either<Entry, StorageError>> =>
      Effect.suspend(() => {
        const { reads } = mirror
        return store.accept(draft).pipe(
          Effect.tapBoth({
            onSuccess: (entry) => Effect.zipRight(mirror.accepted(entry, reads), deps.wake("Entry")),
            onFailure: mirror.lost
          }),
          Effect.either
        )
      }).pipe(Effect.uninterruptible)

    const submit = (mutation: Mutation.Mutation) =>
      Effect.gen(function* () {
        const id = EntryId.make(yield* uuid, true)
        const accepted = yield* accept({ id, mutation, acceptedAt: yield* Clock.currentTimeMillis })
        return yield* Either.isRight(accepted) ? firstAttempt(accepted.right) : unstored(mutation, accepted.left)
      })

    const outcome = (id: EntryId): Effect.Effect<Outbox.Outcome, StorageError> =>
      Effect.gen(function* () {
        yield* mirror.sync
        const entry = mirror.byId(id)
        if (entry === undefined) return (yield* ending(id))?.ending ?? { _tag: "Unknown" }
        return entry.state._tag === "Refused"
          ? { _tag: "Standing", error: entry.state.error }
          : { _tag: "Waiting", reason: yield* observed.reason(entry) }
      })

    return {
      submit,
      outcome,
      awaitOutcome: (id) =>
        Effect.gen(function* () {
          yield* mirror.sync
          const found = yield* mirror.changes.pipe(
            Stream.mapEffect(() => (mirror.byId(id) === undefined ? ending(id) : Effect.succeed(undefined))),
            Stream.takeUntil((outcome) => outcome !== undefined || mirror.byId(id) === undefined),
            Stream.runLast
          )
          const last = Option.getOrUndefined(found)
          if (last === undefined) return yield* new EntryNotFound({ entryId: id, reason: "Unknown" })
          return last.ending
        }).pipe(Effect.withSpan("Outbox.awaitOutcome"))
    }
  })
