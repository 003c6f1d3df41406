// One request of Toggl as the account's user, for the app's own sake.
import * as Effect from "effect/Effect"
import { type TransportError, Unauthorized } from "../ClientError.js"
import type { Credentials } from "../Credentials.js"
import { now } from "../effect/clock.js"
import type { Instance } from "../instance/instance.js"
import { mayEndPause, whoseStore } from "../instance/signIn.js"
import { namedWait } from "../instance/waits.js"
import { mayAsk, NamedTime } from "../wire/mayAsk.js"
import { Pinned } from "../wire/signing.js"
import { askTime } from "./askTime.js"
import { heed } from "./heed.js"
import { type Identity, toError } from "./identity.js"

/** What a time that the server named was named for, until that has passed. */
const namedFor = (instance: Instance): Effect.Effect<TransportError | undefined> =>
  Effect.map(now, (now) => namedWait(instance, now)?.wait.error)

/** Fails with that. */
const waited = (instance: Instance): Effect.Effect<void, TransportError> =>
  Effect.zipRight(askTime(instance), Effect.provideService(mayAsk, NamedTime, namedFor(instance)))

/** Makes a request with these credentials, and what it takes of more requests only as long as Toggl may be asked. */
export const asUser =
  (instance: Instance, credentials: Credentials) =>
  <A, E, R>(request: Effect.Effect<A, E, R>): Effect.Effect<A, E, Exclude<Exclude<R, NamedTime>, Pinned>> =>
    request.pipe(
      Effect.provideService(NamedTime, namedFor(instance)),
      Effect.provideService(Pinned, { credentials, userId: whoseStore(instance) })
    )

/** Who keeps what Toggl's refusal asks for: whoever asks (`"Asker"`), or the replay, as it books the end of its run. */
export type Keeper = "Asker" | "Replay"

/**
 * Asks Toggl, if it may be asked now as far as this device knows, with credentials that are the account's. `whose` finds
 * that out.
 */
export const ask = <A, E extends { readonly _tag: string }, E2>(
  instance: Instance,
  whose: Effect.Effect<Identity, E2>,
  request: Effect.Effect<A, E>,
  keeper: Keeper = "Asker"
): Effect.Effect<A, E | E2 | TransportError> =>
  Effect.gen(function* () {
    const { state } = instance.log
    const { paused } = state
    if ((paused === "SignInNeeded" || paused === "WrongAccount") && !mayEndPause(instance, state)) {
      return yield* new Unauthorized({ reason: paused === "WrongAccount" ? "WrongAccount" : "SignedOut" })
    }
    yield* waited(instance)
    const identity = yield* whose
    if (identity._tag === "Replaced") return yield* ask(instance, whose, request, keeper)
    const heeded = <A, E extends { readonly _tag: string }>(effect: Effect.Effect<A, E>) =>
      keeper === "Asker" ? heed(instance, effect) : effect
    if (identity._tag === "Unknown") return yield* heeded(Effect.fail(identity.error))
    if (identity._tag !== "Known") return yield* toError(identity)
    // Another request may have been told to wait meanwhile.
    yield* waited(instance)
    return yield* heeded(asUser(instance, identity.credentials)(request))
  })
