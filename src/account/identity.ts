import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { type StorageError, type TransportError, Unauthorized } from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import type * as Credentials from "../Credentials.js"
import type * as OutboxStore from "../OutboxStore.js"
import type { Local } from "../instance/decide.js"
import type { Mirror } from "../instance/mirror.js"
import { Pinned } from "../wire/signing.js"

export type Identity =
  | { readonly _tag: "Known"; readonly credentials: Credentials.Credentials }
  /** There are no credentials here. */
  | { readonly _tag: "SignedOut" }
  /** They are another user's. */
  | { readonly _tag: "WrongAccount" }
  /** Toggl could not be asked, or does not accept them. */
  | { readonly _tag: "Unknown"; readonly error: TransportError }

export interface Dependencies {
  readonly api: ClientsApi.Service
  readonly credentials: Credentials.Service
  readonly store: OutboxStore.Service
  readonly mirror: Mirror
  readonly local: Local
}

/**
 * Whether the credentials are the account's: asked of Toggl once for each credentials, before anything is sent or stored
 * with them. The first user that is seen is written into the store.
 */
export const identify = ({
  api,
  credentials,
  local,
  mirror,
  store
}: Dependencies): Effect.Effect<Identity, StorageError> =>
  Effect.gen(function* () {
    const current = yield* credentials.get
    if (Option.isNone(current)) return { _tag: "SignedOut" }
    const known = { _tag: "Known", credentials: current.value } as const
    if (local.isVerified(current.value, mirror.state.userId)) return known
    const me = yield* Effect.either(Effect.provideService(api.me, Pinned, current.value))
    if (me._tag === "Left") return { _tag: "Unknown", error: me.left }
    const { userId } = me.right
    const state =
      mirror.state.userId === undefined
        ? yield* store.changeState((state) => (state.userId === undefined ? { ...state, userId } : state))
        : mirror.state
    if (state !== mirror.state) yield* mirror.setState(state)
    if (state.userId !== userId) return { _tag: "WrongAccount" }
    local.verified({ credentials: current.value, userId })
    return known
  })

/** The same where nothing can be stored: as far as this tab knows. */
export const identifyUnstored = (deps: Dependencies): Effect.Effect<Identity> =>
  identify({
    ...deps,
    store: { ...deps.store, changeState: (change) => Effect.succeed(change(deps.mirror.state)) }
  }).pipe(Effect.catchAll(() => Effect.succeed({ _tag: "SignedOut" } as const)))

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
