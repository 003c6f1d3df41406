// What an error tells the whole queue.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import type { TransportError } from "../ClientError.js"
import { isTransport } from "../error/transport.js"
import { type Now, now } from "../effect/clock.js"
import { askedFor, backoff } from "../instance/clock.js"
import { writtenSoon } from "../instance/inTime.js"
import { type Instance, wake } from "../instance/instance.js"
import { heardWait, outlasts } from "../instance/waits.js"
import type { QueueState, Wait } from "../log/state.js"
import type { After } from "../transactions/settle.js"
import { disposition, isUnsent } from "../wire/disposition.js"
import { refused } from "./signIn.js"

const keep = (
  instance: Instance,
  change: (state: QueueState) => QueueState,
  otherwise: () => void
): Effect.Effect<void> =>
  writtenSoon(instance, instance.transactions.changeState(change)).pipe(
    Effect.flatMap(instance.mirror.setState),
    Effect.catchAll(() => Effect.sync(otherwise))
  )

/** Wrong log-ins are counted and lock the user out: nobody tries these credentials again by himself and at once. */
const signedOut = (instance: Instance, error: TransportError, areCurrent: boolean): Effect.Effect<void> =>
  error._tag === "Unauthorized" && error.reason !== "SignedOut" && areCurrent
    ? refused(instance, instance.tab.verified?.credentials._tag, error)
    : Effect.void

/** Whether it is what the standing wait was named for, and no new word of the server's. */
const isKept = ({ log, tab }: Instance, error: TransportError): boolean =>
  // Effect hands out a failure as a proxy of itself, where it is traced.
  [log.state.wait, tab.unstored].some((wait) => Cause.originalError(wait?.error) === Cause.originalError(error))

/** What the store has no place for is kept here alone. */
const keepBeside = (instance: Instance, wait: Wait, now: Now): void => {
  const { tab } = instance
  if (!outlasts(instance, tab.unstored, wait, now)) tab.unstored = wait
}

/** Keeps the time that the error names, if it does: nothing is asked before it, in whichever tab. */
export const keepWait = (instance: Instance, error: TransportError): Effect.Effect<void> =>
  Effect.flatMap(now, (now) => {
    const wait = isKept(instance, error) ? undefined : askedFor(error, now.wall)
    if (wait === undefined) return Effect.void
    heardWait(instance, wait, now)
    const kept = keep(
      instance,
      (state) => {
        if (!outlasts(instance, state.wait, wait, now)) return { ...state, wait }
        keepBeside(instance, wait, now)
        return state
      },
      () => keepBeside(instance, wait, now)
    )
    return Effect.zipRight(kept, wake(instance, "Entry"))
  })

const bind = (instance: Instance, error: TransportError, areCurrent: boolean): Effect.Effect<void> =>
  error._tag === "Unauthorized" ? signedOut(instance, error, areCurrent) : keepWait(instance, error)

/** What Toggl says to this request binds the replay too: a time that it names, or that it wants a sign-in. */
export const heed = <A, E extends { readonly _tag: string }, R>(
  instance: Instance,
  effect: Effect.Effect<A, E, R>
): Effect.Effect<A, E, R> =>
  Effect.suspend(() => {
    const { tab } = instance
    const { credentialsChanges } = tab
    return Effect.tapError(effect, (error) =>
      isTransport(error) ? bind(instance, error, credentialsChanges === tab.credentialsChanges) : Effect.void
    )
  })

/**
 * What the queue does after an answer to the replay that is neither an acknowledgement nor a refusal. `areCurrent`:
 * whether the credentials that were asked with are still the app's.
 */
export const afterError = (
  instance: Instance,
  error: TransportError,
  areCurrent: boolean,
  run: After["run"]
): Effect.Effect<After> =>
  Effect.gen(function* () {
    const { failures, wait } = instance.log.state
    const moment = yield* now
    const length = yield* backoff(instance.settings.backoff, failures)
    const meaning = disposition(error)
    if (meaning === "Pause") return yield* Effect.as(signedOut(instance, error, areCurrent), { failures, run })
    // Another tab's source may tell.
    const isOfOther = error._tag === "CredentialsUnavailable" || isKept(instance, error)
    if (isOfOther) return { failures, run, ...(wait === undefined ? {} : { wait }) }
    const asked = askedFor(error, moment.wall, length)
    if (asked !== undefined) {
      heardWait(instance, asked, moment)
      if (outlasts(instance, wait, asked, moment)) keepBeside(instance, asked, moment)
    }
    if (asked !== undefined) return { failures: failures + (meaning === "Wait" ? 0 : 1), run, wait: asked }
    const reason = meaning === "NeverLeft" && !isUnsent(error) ? "Offline" : "BackingOff"
    return {
      failures: failures + 1,
      run,
      wait: { reason, seenAt: moment.wall, length, named: false, restarted: false, error }
    }
  })
