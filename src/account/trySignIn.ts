// The account was signed out before this tab started: its credentials end that, if Toggl accepts them.
import * as Effect from "effect/Effect"
import type { StorageError } from "../ClientError.js"
import type { Instance } from "../instance/instance.js"
import { now } from "../effect/clock.js"
import { standing } from "../instance/waits.js"
import { type QueueState, without } from "../log/state.js"
import { waitAfter } from "../transactions/settle.js"
import { afterError } from "./heed.js"
import { identify } from "./identity.js"

/** Tries this tab's credentials. Where Toggl cannot be asked, the queue waits. */
export const trySignIn = (instance: Instance): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const { mirror, tab, transactions } = instance
    tab.override = false
    const { credentialsChanges } = tab
    const identity = yield* identify(instance)
    tab.signedOut = identity._tag === "SignedOut"
    if (identity._tag !== "Unknown") return
    const areCurrent = credentialsChanges === tab.credentialsChanges
    const { failures, wait: next } = yield* afterError(instance, identity.error, areCurrent, "Ended")
    const moment = yield* now
    const known = standing(instance, moment)
    const after = {
      ...(next === undefined ? {} : { wait: next }),
      ...(known === undefined ? {} : { standing: known })
    }
    const change = (state: QueueState): QueueState => {
      const wait = waitAfter(state, after, moment.wall)
      return { ...without(state, "wait"), failures, ...(wait === undefined ? {} : { wait }) }
    }
    yield* mirror.setState(yield* transactions.changeState(change))
  })
