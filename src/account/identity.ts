// Whose credentials these are.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import { CredentialsUnavailable, type StorageError, type TransportError, Unauthorized } from "../ClientError.js"
import type { Credentials } from "../Credentials.js"
import { writtenSoon } from "../instance/inTime.js"
import type { Instance } from "../instance/instance.js"
import { now } from "../effect/clock.js"
import { isOthers, isTooSoon } from "../instance/signIn.js"
import { namedWait } from "../instance/waits.js"
import { credentialsOf, Pinned } from "../wire/signing.js"
import { keepWait } from "./heed.js"
import * as signIn from "./signIn.js"

export type Identity =
  | { readonly _tag: "Known"; readonly credentials: Credentials }
  /** There are no credentials here. */
  | { readonly _tag: "SignedOut" }
  /** The app has set others while Toggl was asked: what it said says nothing of these. */
  | { readonly _tag: "Replaced" }
  /** They are another user's. */
  | { readonly _tag: "WrongAccount" }
  /** Toggl does not accept them, or did not a moment ago and is not asked again yet. */
  | { readonly _tag: "Refused"; readonly error: Unauthorized }
  /** Toggl could not be asked, or the source of credentials cannot tell. */
  | { readonly _tag: "Unknown"; readonly error: TransportError }

const refusedHere: Identity = { _tag: "Refused", error: new Unauthorized({ reason: "Refused" }) }

const secretOf = (credentials: Credentials): unknown => {
  switch (credentials._tag) {
    case "Password":
      return credentials.password
    case "Token":
      return credentials.token
    // Its user is the proxy's to know. The header may be another each time (a nonce), and the app says when it signs in.
    case "Proxy":
      return undefined
  }
}

const nameOf = (credentials: Credentials): string => (credentials._tag === "Password" ? credentials.email : "")

/** Whether both are the same, as far as can be told: of a proxy only the app can. */
export const isSame = (a: Credentials, b: Credentials): boolean =>
  a._tag === b._tag && nameOf(a) === nameOf(b) && Equal.equals(secretOf(a), secretOf(b))

/** Whose these credentials are, where Toggl has said so. */
const userOf = ({ tab: { verified } }: Instance, credentials: Credentials): number | undefined =>
  verified !== undefined && isSame(verified.credentials, credentials) ? verified.userId : undefined

const isAccount = (instance: Instance, credentials: Credentials): boolean => {
  const userId = userOf(instance, credentials)
  return userId !== undefined && !isOthers(instance, userId)
}

/** Who finds out: somebody who wants to ask Toggl, or the one who signs in. What is tried there nobody else tries meanwhile. */
type Finder = "Asker" | "SignIn"

/** `mayTry` and `accepted` are what the store says and is told, where there is one. */
const identifyWith = <E>(
  instance: Instance,
  finder: Finder,
  mayTry: (credentials: Credentials) => Effect.Effect<boolean, E>,
  accepted: Effect.Effect<void, E>
): Effect.Effect<Identity, E> =>
  Effect.gen(function* () {
    const { api, log, tab } = instance
    while (finder === "Asker" && tab.signingIn !== undefined) yield* tab.signingIn
    const { credentialsChanges } = tab
    const current = yield* Effect.either(credentialsOf(instance.credentials))
    if (Either.isLeft(current)) {
      yield* signIn.unavailable(instance, current.left)
      return { _tag: "Unknown", error: current.left }
    }
    signIn.available(instance)
    if (Option.isNone(current.right)) return { _tag: "SignedOut" }
    const credentials = current.right.value
    if (userOf(instance, credentials) === undefined) {
      if (!(yield* mayTry(credentials))) return refusedHere
      // The source was slow, and the app has set others meanwhile: these may be those, and are about to be tried.
      if (credentialsChanges !== tab.credentialsChanges) return { _tag: "Replaced" }
      // Whoever was waited for may have been told to wait.
      const named = namedWait(instance, yield* now)?.wait.error
      if (named !== undefined) return { _tag: "Unknown", error: named }
      const me = yield* Effect.either(Effect.provideService(api.me, Pinned, { credentials, userId: log.userId }))
      if (credentialsChanges !== tab.credentialsChanges) return { _tag: "Replaced" }
      if (Either.isLeft(me)) {
        if (me.left._tag !== "Unauthorized") return { _tag: "Unknown", error: me.left }
        yield* signIn.refused(instance, credentials._tag, me.left)
        return { _tag: "Refused", error: me.left }
      }
      yield* signIn.verified(instance, credentials, me.right.userId)
    }
    if (!isAccount(instance, credentials)) return { _tag: "WrongAccount" }
    yield* accepted
    if (credentialsChanges !== tab.credentialsChanges) return { _tag: "Replaced" }
    return { _tag: "Known", credentials }
  })

/**
 * Whether the credentials are the account's: asked of Toggl once for each credentials, before anything is sent or stored
 * with them.
 */
export const identify = (instance: Instance, finder: Finder = "Asker"): Effect.Effect<Identity, StorageError> =>
  identifyWith(
    instance,
    finder,
    (credentials) => signIn.mayTry(instance, credentials),
    // Whoever signs in hears whose they are, whatever the store does.
    finder === "SignIn" ? writtenSoon(instance, signIn.accepted(instance)) : signIn.accepted(instance)
  )

/** The same where nothing can be stored: as far as this instance knows. */
export const identifyUnstored = (instance: Instance, finder: Finder = "Asker"): Effect.Effect<Identity> =>
  identifyWith(
    instance,
    finder,
    (credentials) => Effect.map(now, (now) => !isTooSoon(instance, credentials, now)),
    Effect.void
  )

/** The same for a request of the app's own: why it cannot be made. */
export const toError = (identity: Exclude<Identity, { readonly _tag: "Known" | "Replaced" }>): TransportError => {
  switch (identity._tag) {
    case "SignedOut":
      return new Unauthorized({ reason: "Missing" })
    case "WrongAccount":
      return new Unauthorized({ reason: "WrongAccount" })
    case "Refused":
    case "Unknown":
      return identity.error
  }
}

/**
 * The app's credentials as they are now, if they are still this user's. Where its source gives others than a moment ago,
 * Toggl is asked whose these are. `within`: how many milliseconds there are for it.
 */
export const stillAccount = (
  instance: Instance,
  within: number
): Effect.Effect<Credentials | undefined, StorageError> =>
  Effect.gen(function* () {
    const asked = Effect.timeoutFail(credentialsOf(instance.credentials), {
      duration: within / 2,
      onTimeout: () => new CredentialsUnavailable({})
    })
    const current = yield* Effect.either(asked)
    // It told a moment ago. A read may have found since that it gives another user's.
    if (Either.isLeft(current)) {
      const { verified } = instance.tab
      return verified === undefined || isOthers(instance, verified.userId) ? undefined : verified.credentials
    }
    if (Option.isNone(current.right)) return undefined
    if (isAccount(instance, current.right.value)) return current.right.value
    const identity = yield* identify(instance)
    if (identity._tag === "Unknown") yield* keepWait(instance, identity.error)
    return identity._tag === "Known" ? identity.credentials : undefined
  })
