// What cannot be stored is tried once, or not.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { ask } from "../account/ask.js"
import { heed } from "../account/heed.js"
import { identifyUnstored } from "../account/identity.js"
import { NotSaved, type Refusal, type StorageError, type TransportError, Unauthorized } from "../ClientError.js"
import { isTransport } from "../error/transport.js"
import { type Now, now } from "../effect/clock.js"
import { givenUpLandsFor } from "../instance/decide.js"
import type { Instance } from "../instance/instance.js"
import { namedWait } from "../instance/waits.js"
import { asked, type Request, requestOf } from "../log/request.js"
import type * as Mutation from "../Mutation.js"
import { mayBeStored } from "../store/failure.js"
import { send } from "../replay/send.js"
import type { Sent } from "../log/verdict.js"

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

const sendOnce = (instance: Instance, mutation: Mutation.Mutation) =>
  Effect.gen(function* () {
    const request: Request | undefined = yield* requestFor(instance, mutation)
    // While Toggl was asked for this one, others may have been stored, or told to wait.
    const moment = yield* now
    const mayNot =
      overtakes(instance, moment) ||
      instance.log.state.paused !== undefined ||
      namedWait(instance, moment) !== undefined
    return request === undefined || mayNot ? undefined : yield* send(instance.api, mutation.workspaceId, request)
  })

/**
 * Sends at once what could not be stored, if it overtakes nothing: the log was read and is empty, or there can be none,
 * for the browser has no storage or refuses it.
 */
export const sendUnsaved = (
  instance: Instance,
  mutation: Mutation.Mutation,
  storage: StorageError
): Effect.Effect<Extract<Sent, { readonly _tag: "Done" }>, Refusal | NotSaved> =>
  Effect.gen(function* () {
    const { log, mirror, tab } = instance
    const notSaved = (attempt?: TransportError, mayHaveBeenApplied = false) =>
      new NotSaved({
        ...asked(mutation),
        storage,
        ...(attempt === undefined ? {} : { attempt }),
        mayHaveBeenApplied
      })
    // It would be sent a second time.
    if (mayBeStored(storage)) return yield* notSaved(undefined, true)
    const read = yield* Effect.either(mirror.reread)
    // A store that hangs may hold yesterday's changes, which this one would overtake.
    const isUnread = Either.isLeft(read) && read.left.reason !== "Missing" && read.left.reason !== "Denied"
    const moment = yield* now
    if (isUnread || overtakes(instance, moment)) return yield* notSaved()
    const named = namedWait(instance, moment)
    if (named !== undefined) return yield* notSaved(named.wait.error)
    if (log.state.paused !== undefined) return yield* notSaved()
    if (tab.signedOut) return yield* notSaved(new Unauthorized({ reason: "Missing" }))
    const sent = yield* Effect.either(ask(instance, identifyUnstored(instance), sendOnce(instance, mutation)))
    if (Either.isLeft(sent)) return yield* isTransport(sent.left) ? notSaved(sent.left) : Effect.fail(sent.left)
    const verdict = sent.right
    switch (verdict?._tag) {
      case undefined:
        return yield* notSaved()
      case "Refused":
        return yield* Effect.fail(verdict.error)
      case "Again":
        if (verdict.error._tag === "StorageError") return yield* notSaved(undefined, verdict.uncertain)
        yield* Effect.ignore(heed(instance, Effect.fail(verdict.error)))
        return yield* notSaved(verdict.error, verdict.uncertain)
      case "Done":
        return verdict
    }
  }).pipe(Effect.withSpan("Outbox.sendUnsaved"))
