import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import type { TransportError } from "../ClientError.js"
import type { PauseReason } from "../Status.js"
import type { QueueState, Wait } from "../log/state.js"
import type * as OutboxStore from "../OutboxStore.js"
import { isTransport } from "../error/transport.js"
import { heardWait, leftOf, type Local } from "../instance/decide.js"
import type { Mirror } from "../instance/mirror.js"
import { askedFor, monotonic } from "../instance/clock.js"

export interface Dependencies {
  readonly store: OutboxStore.Service
  readonly mirror: Mirror
  readonly local: Local
}

export interface Heeding {
  /** Pauses the queue, unless it is paused. */
  readonly pause: (reason: PauseReason) => Effect.Effect<void>
  /** What Toggl says to this request binds the replay too: a time that it names, or that it wants a sign-in. */
  readonly heed: <A, E extends { readonly _tag: string }, R>(effect: Effect.Effect<A, E, R>) => Effect.Effect<A, E, R>
}

export const make = ({ local, mirror, store }: Dependencies): Heeding => {
  const keep = (change: (state: QueueState) => QueueState, otherwise: () => void) =>
    store.changeState(change).pipe(
      Effect.flatMap(mirror.setState),
      Effect.catchAll(() => Effect.sync(otherwise))
    )

  const pause = (paused: PauseReason) =>
    keep(
      (state) => (state.paused === undefined ? { ...state, paused } : state),
      () => void (local.signedOut = true)
    )

  const bind = (error: TransportError, areCurrent: boolean): Effect.Effect<void> =>
    Effect.flatMap(Effect.all([Clock.currentTimeMillis, monotonic]), ([seenAt, monotonicNow]) => {
      // Wrong log-ins are counted and lock the user out: nobody tries these credentials again by himself.
      if (error._tag === "Unauthorized" && error.reason === "Refused") {
        return areCurrent ? pause("SignInNeeded") : Effect.void
      }
      const wait = askedFor(error, seenAt)
      if (wait === undefined) return Effect.void
      heardWait(wait, local, monotonicNow)
      const lastsLonger = (other: Wait | undefined) =>
        other?.named === true && leftOf(other, local, seenAt, monotonicNow) >= wait.length
      return keep(
        (state) => (lastsLonger(state.wait) ? state : { ...state, wait }),
        () => void (local.unstored = lastsLonger(local.unstored) ? local.unstored : wait)
      )
    })

  return {
    pause,
    heed: (effect) =>
      Effect.suspend(() => {
        const { credentialsChanges } = local
        return Effect.tapError(effect, (error) =>
          isTransport(error) ? bind(error, credentialsChanges === local.credentialsChanges) : Effect.void
        )
      })
  }
}
