// The user signs in: with credentials that are set, or with those that their source gives now.
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { keepWait } from "../account/heed.js"
import { identify, identifyUnstored, isSame } from "../account/identity.js"
import { InvalidConfiguration, type TransportError, Unauthorized, WrongAccount } from "../ClientError.js"
import type { Credentials, CredentialsService, Settable } from "../Credentials.js"
import { type Now, now } from "../effect/clock.js"
import { decideNow } from "../instance/decide.js"
import type { Instance } from "../instance/instance.js"
import { namedWait } from "../instance/waits.js"
import type { WaitingFor } from "../Status.js"
import { credentialsChanged, wakeAnew } from "./repair.js"
import type * as Outbox from "./service.js"

const isSettable = (source: CredentialsService): source is Settable =>
  "set" in source && typeof source.set === "function"

const notSettable = new InvalidConfiguration({
  setting: "credentials",
  problem:
    "set it to a source that can be set (Credentials.make), or sign in without credentials to ask the source again"
})

/** Why Toggl could not be asked, and when it is next, where there is something to send. */
const whyNot = (error: TransportError, decided: WaitingFor | undefined, { wall }: Now): WaitingFor => {
  if (decided !== undefined) return decided
  if (error._tag === "CredentialsUnavailable") return { _tag: "CredentialsUnavailable", until: wall, error }
  const isOffline = error._tag === "Unreachable" && error.reason === "Offline"
  return { _tag: isOffline ? "Offline" : "BackingOff", until: wall, error }
}

const unchecked = (instance: Instance, error: TransportError): Effect.Effect<Outbox.SignedIn> =>
  Effect.gen(function* () {
    const moment = yield* now
    const named = namedWait(instance, moment)
    if (named !== undefined) {
      const { millis, wait } = named
      const reason: WaitingFor = { _tag: wait.reason, until: Math.round(moment.wall + millis), error: wait.error }
      return { checked: false, reason }
    }
    const decision = yield* decideNow(instance)
    return { checked: false, reason: whyNot(error, decision._tag === "Wait" ? decision.for : undefined, moment) }
  })

/** Asks Toggl once whose the credentials are. */
const tried = (instance: Instance): Effect.Effect<Outbox.SignedIn, Unauthorized | WrongAccount> =>
  Effect.gen(function* () {
    const named = namedWait(instance, yield* now)?.wait.error
    if (named !== undefined) return yield* unchecked(instance, named)
    const identity = yield* Effect.catchAll(identify(instance, "SignIn"), () => identifyUnstored(instance, "SignIn"))
    switch (identity._tag) {
      case "Known":
      case "WrongAccount": {
        const userId = instance.tab.verified?.userId
        // The app has set others just now.
        if (userId === undefined) return yield* tried(instance)
        return identity._tag === "Known" ? { checked: true, userId } : yield* new WrongAccount({ userId })
      }
      case "SignedOut":
        return yield* new Unauthorized({ reason: "Missing" })
      case "Replaced":
        return yield* tried(instance)
      case "Refused":
        // Only a proxy that knows whose the store is says so by itself.
        return yield* identity.error.reason === "WrongAccount" ? new WrongAccount({}) : identity.error
      case "Unknown":
        yield* keepWait(instance, identity.error)
        return yield* unchecked(instance, identity.error)
    }
  })

/** Whether the app's source tells of what a sign-in has set, once: that is known. */
export const isEcho = ({ tab }: Instance, given: Credentials | undefined): boolean => {
  const isIt = tab.echo !== undefined && given !== undefined && isSame(tab.echo, given)
  if (isIt) tab.echo = undefined
  return isIt
}

/** Sets them. Where that comes to no end after the source has told of them, that counts as set. */
const set = (instance: Instance, given: Credentials): Effect.Effect<void, InvalidConfiguration> =>
  Effect.suspend(() => {
    const { credentials: source, tab } = instance
    if (!isSettable(source)) return notSettable
    tab.echo = given
    return Effect.onError(source.set(given), () =>
      Effect.suspend(() => {
        const wasTold = tab.echo === undefined
        tab.echo = undefined
        return wasTold ? Effect.zipRight(credentialsChanged(instance), wakeAnew(instance, "User")) : Effect.void
      })
    )
  })

// The queue goes on once they have been tried, and nobody tries them meanwhile: wrong log-ins are counted.
const triedAlone = (instance: Instance): Effect.Effect<Outbox.SignedIn, Unauthorized | WrongAccount> =>
  Effect.acquireUseRelease(
    Effect.tap(Deferred.make<void>(), (isTried) =>
      Effect.sync(() => {
        instance.tab.signingIn = Deferred.await(isTried)
      })
    ),
    () => Effect.zipRight(Effect.uninterruptible(credentialsChanged(instance)), tried(instance)),
    (isTried) =>
      Effect.suspend(() => {
        instance.tab.signingIn = undefined
        return Effect.zipRight(Deferred.succeed(isTried, undefined), wakeAnew(instance, "User"))
      })
  )

export const make = (
  instance: Instance,
  after: Effect.Effect<void>
): Effect.Effect<Pick<Outbox.OutboxService, "signIn">> =>
  Effect.map(Effect.makeSemaphore(1), (one) => ({
    signIn: (given) =>
      Effect.zipRight(given === undefined ? Effect.void : set(instance, given), triedAlone(instance)).pipe(
        one.withPermits(1),
        Effect.ensuring(after),
        Effect.withSpan("Outbox.signIn")
      )
  }))
