// Whose credentials these are.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Equal from "effect/Equal"
import * as Option from "effect/Option"
import { type StorageError, type TransportError, Unauthorized } from "../ClientError.js"
import type { Credentials } from "../Credentials.js"
import type { Instance } from "../instance/instance.js"
import type { QueueState } from "../log/state.js"
import { Pinned } from "../wire/signing.js"

export type Identity =
  | { readonly _tag: "Known"; readonly credentials: Credentials }
  /** There are no credentials here. */
  | { readonly _tag: "SignedOut" }
  /** They are another user's. */
  | { readonly _tag: "WrongAccount" }
  /** Toggl could not be asked, or does not accept them. */
  | { readonly _tag: "Unknown"; readonly error: TransportError }

const secretOf = (credentials: Credentials): unknown => {
  switch (credentials._tag) {
    case "Password":
      return credentials.password
    case "Token":
      return credentials.token
    case "Proxy":
      return credentials.header?.value
  }
}

const nameOf = (credentials: Credentials): string => (credentials._tag === "Password" ? credentials.email : "")

const isSame = (a: Credentials, b: Credentials): boolean =>
  a._tag === b._tag && nameOf(a) === nameOf(b) && Equal.equals(secretOf(a), secretOf(b))

/** Whether these are the credentials that were last seen to be this user's. */
const isVerified = ({ log, tab: { verified } }: Instance, credentials: Credentials): boolean =>
  verified !== undefined && verified.userId === log.state.userId && isSame(verified.credentials, credentials)

/** Whether the app's credentials are still those that were last seen to be this user's. */
export const isStillAccount = (instance: Instance): Effect.Effect<boolean> =>
  Effect.map(
    instance.credentials.get,
    Option.exists((credentials) => isVerified(instance, credentials))
  )

// `bind` gives the queue's state once the first user that is seen is kept.
const identifyWith = <E>(
  instance: Instance,
  bind: (userId: number) => Effect.Effect<QueueState, E>
): Effect.Effect<Identity, E> =>
  Effect.gen(function* () {
    const { api, log, mirror, tab } = instance
    const current = yield* instance.credentials.get
    if (Option.isNone(current)) return { _tag: "SignedOut" }
    const known = { _tag: "Known", credentials: current.value } as const
    if (isVerified(instance, current.value)) return known
    const me = yield* Effect.either(Effect.provideService(api.me, Pinned, current.value))
    if (Either.isLeft(me)) return { _tag: "Unknown", error: me.left }
    const { userId } = me.right
    if (log.state.userId === undefined) yield* mirror.setState(yield* bind(userId))
    if (log.state.userId !== userId) return { _tag: "WrongAccount" }
    tab.verified = { credentials: current.value, userId }
    return known
  })

/**
 * Whether the credentials are the account's: asked of Toggl once for each credentials, before anything is sent or stored
 * with them. The first user that is seen is written into the store.
 */
export const identify = (instance: Instance): Effect.Effect<Identity, StorageError> =>
  identifyWith(instance, (userId) =>
    instance.transactions.changeState((state) => (state.userId === undefined ? { ...state, userId } : state))
  )

/** The same where nothing can be stored: as far as this instance knows. */
export const identifyUnstored = (instance: Instance): Effect.Effect<Identity> =>
  identifyWith(instance, (userId) => Effect.succeed({ ...instance.log.state, userId }))

/** The same for a request of the app's own: why it cannot be made. */
export const toError = (identity: Exclude<Identity, { readonly _tag: "Known" }>): TransportError => {
  switch (identity._tag) {
    case "SignedOut":
      return new Unauthorized({ reason: "Missing" })
    case "WrongAccount":
      return new Unauthorized({ reason: "Refused" })
    case "Unknown":
      return identity.error
  }
}
