// One request of Toggl as the account's user, for the app's own sake.
import * as Effect from "effect/Effect"
import type { TransportError } from "../ClientError.js"
import { now } from "../instance/clock.js"
import { namedWait } from "../instance/decide.js"
import type { Instance } from "../instance/instance.js"
import { Pinned } from "../wire/signing.js"
import { heed, pause } from "./heed.js"
import { type Identity, toError } from "./identity.js"

/** Fails with what a time that the server named was named for, until that has passed. */
const waited = (instance: Instance): Effect.Effect<void, TransportError> =>
  Effect.flatMap(now, (now) => {
    const error = namedWait(instance, now)?.wait.error
    return error === undefined ? Effect.void : Effect.fail(error)
  })

/**
 * Asks Toggl, if it may be asked now as far as this device knows, with credentials that are the account's. `whose` finds
 * that out; `ifOthers` is what another user's credentials lead to: the queue is paused, unless given.
 */
export const ask = <A, E extends { readonly _tag: string }, E2>(
  instance: Instance,
  whose: Effect.Effect<Identity, E2>,
  request: Effect.Effect<A, E>,
  ifOthers: Effect.Effect<void> = pause(instance, "WrongAccount")
): Effect.Effect<A, E | E2 | TransportError> =>
  Effect.gen(function* () {
    const { log, tab } = instance
    const { paused } = log.state
    if (paused === "SignInNeeded" || paused === "WrongAccount") {
      return yield* toError({ _tag: paused === "WrongAccount" ? "WrongAccount" : "SignedOut" })
    }
    yield* waited(instance)
    const { credentialsChanges } = tab
    const identity = yield* whose
    if (credentialsChanges === tab.credentialsChanges) {
      if (identity._tag === "WrongAccount") yield* ifOthers
      if (identity._tag === "Unknown") return yield* heed(instance, Effect.fail(identity.error))
    }
    if (identity._tag !== "Known") return yield* toError(identity)
    // Another request may have been told to wait meanwhile.
    yield* waited(instance)
    return yield* heed(instance, Effect.provideService(request, Pinned, identity.credentials))
  })
