// What cannot be stored is tried once, or not.
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ask } from "../account/ask.js"
import { heed } from "../account/heed.js"
import { identifyUnstored } from "../account/identity.js"
import { forgetSession } from "../account/signIn.js"
import {
  NotSaved,
  type Refusal,
  type StorageError,
  type TransportError,
  Unauthorized,
  Unreachable
} from "../ClientError.js"
import { isTransport } from "../error/transport.js"
import { type Now, now } from "../effect/clock.js"
import { givenUpLandsFor } from "../instance/decide.js"
import type { Instance } from "../instance/instance.js"
import { namedWait } from "../instance/waits.js"
import { asked, type Request, requestOf } from "../log/request.js"
import type * as Mutation from "../Mutation.js"
import { send } from "../replay/send.js"
import type { Sent } from "../log/verdict.js"
import type { Hears } from "./caller.js"

const overtakes = (instance: Instance, now: Now): boolean => {
  const { log } = instance
  return log.entries.size > 0 || log.unreadable.length > 0 || givenUpLandsFor(instance, now) > 0
}

/** The request; `undefined`: the local id will never be Toggl's. */
const requestFor = ({ api, log }: Instance, mutation: Mutation.Mutation) =>
  Effect.gen(function* () {
    const clientId = mutation._tag === "Create" ? undefined : log.resolve(mutation.clientId)
    const bare = requestOf(mutation, clientId, undefined)
    const request =
      bare._tag === "NeedsBase"
        ? requestOf(mutation, clientId, yield* api.get(mutation.workspaceId, bare.clientId))
        : bare
    return request._tag === "NeedsBase" || request._tag === "Unresolvable" ? undefined : request
  })

/** Whether the change itself is on its way to Toggl, or was. */
interface Attempted {
  hasLeft: boolean
  readonly leaves: () => void
}

const sendOnce = (instance: Instance, mutation: Mutation.Mutation, attempted: Attempted) =>
  Effect.gen(function* () {
    const request: Request | undefined = yield* requestFor(instance, mutation)
    // While Toggl was asked for this one, others may have been stored, or told to wait.
    const moment = yield* now
    const mayNot =
      overtakes(instance, moment) ||
      instance.log.state.paused !== undefined ||
      namedWait(instance, moment) !== undefined
    if (request === undefined || mayNot) return undefined
    attempted.leaves()
    return yield* send(instance.api, mutation.workspaceId, request)
  })

const notSaved = (
  mutation: Mutation.Mutation,
  storage: StorageError,
  attempt?: TransportError,
  mayHaveBeenApplied = false
): NotSaved =>
  new NotSaved({ ...asked(mutation), storage, ...(attempt === undefined ? {} : { attempt }), mayHaveBeenApplied })

// A store that hangs may hold yesterday's changes, which this one would overtake; one that there cannot be holds none.
const hasNoLog = ({ reason }: StorageError): boolean => reason === "Missing" || reason === "Denied"

const sending = (
  instance: Instance,
  mutation: Mutation.Mutation,
  storage: StorageError,
  attempted: Attempted
): Effect.Effect<Extract<Sent, { readonly _tag: "Done" }>, Refusal | NotSaved> =>
  Effect.gen(function* () {
    const { log, mirror, tab } = instance
    const failed = (attempt?: TransportError, mayHaveBeenApplied?: boolean) =>
      notSaved(mutation, storage, attempt, mayHaveBeenApplied)
    const read = yield* Effect.either(mirror.reread)
    const isUnread = Either.isLeft(read) && !hasNoLog(read.left)
    const moment = yield* now
    if (isUnread || overtakes(instance, moment)) return yield* failed()
    const named = namedWait(instance, moment)
    if (named !== undefined) return yield* failed(named.wait.error)
    if (log.state.paused !== undefined) return yield* failed()
    if (tab.signedOut) return yield* failed(new Unauthorized({ reason: "Missing" }))
    forgetSession(instance)
    const sent = yield* Effect.either(
      ask(instance, identifyUnstored(instance), sendOnce(instance, mutation, attempted))
    )
    if (Either.isLeft(sent)) return yield* isTransport(sent.left) ? failed(sent.left) : Effect.fail(sent.left)
    const verdict = sent.right
    switch (verdict?._tag) {
      case undefined:
        return yield* failed()
      case "Refused":
        return yield* Effect.fail(verdict.error)
      case "Again":
        if (verdict.error._tag === "StorageError") return yield* failed(undefined, verdict.uncertain)
        yield* Effect.ignore(heed(instance, Effect.fail(verdict.error)))
        return yield* failed(verdict.error, verdict.uncertain)
      case "Done":
        return verdict
    }
  })

/**
 * Sends at once what could not be stored, if it overtakes nothing: the log was read and is empty, or there can be none,
 * for the browser has no storage or refuses it. One after the other (`one`), and told within `patience`.
 */
export const sendUnsaved = (
  instance: Instance,
  one: Effect.Semaphore,
  mutation: Mutation.Mutation,
  storage: StorageError,
  patience: Duration.Duration,
  hears: Hears
): Effect.Effect<Extract<Sent, { readonly _tag: "Done" }>, Refusal | NotSaved> =>
  Effect.suspend(() => {
    if (storage.reason === "Stalled") return notSaved(mutation, storage)
    const attempted: Attempted = {
      hasLeft: false,
      leaves: () => {
        attempted.hasLeft = true
        hears(notSaved(mutation, storage, undefined, true))
      }
    }
    return one
      .withPermits(1)(sending(instance, mutation, storage, attempted))
      .pipe(
        Effect.disconnect,
        Effect.timeoutFail({
          duration: patience,
          onTimeout: () =>
            attempted.hasLeft
              ? notSaved(mutation, storage, new Unreachable({ ...asked(mutation), reason: "TimedOut" }), true)
              : notSaved(mutation, storage)
        })
      )
  }).pipe(Effect.withSpan("Outbox.sendUnsaved"))
