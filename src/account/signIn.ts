// What follows where Toggl accepts credentials, refuses them, or there is no telling whether there are any.
import * as Effect from "effect/Effect"
import type { CredentialsUnavailable, StorageError, Unauthorized } from "../ClientError.js"
import type { Credentials } from "../Credentials.js"
import { now } from "../effect/clock.js"
import { backoff } from "../instance/clock.js"
import { writtenSoon } from "../instance/inTime.js"
import { type Instance, unsafeWake } from "../instance/instance.js"
import { afterRefusal, isOthers, isTooSoon, mayEndPause } from "../instance/signIn.js"
import { type QueueState, signedIn, without } from "../log/state.js"

/**
 * Toggl has refused the app's credentials: this tab does without, and no others that an app starts with are tried for a
 * while, unless nobody was there. Of the credentials nothing is kept but that time.
 */
export const refused = (
  instance: Instance,
  kind: Credentials["_tag"] | undefined,
  { reason }: Pick<Unauthorized, "reason">
): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { background, log, mirror, tab, transactions } = instance
    const { wall } = yield* now
    const { lastRefused } = tab
    const signIn = afterRefusal(log.state.signIn ?? tab.refused?.signIn ?? lastRefused, wall)
    tab.lastRefused = signIn
    tab.verified = undefined
    tab.areSet = false
    tab.refused = {
      kind: kind ?? tab.refused?.kind,
      signIn,
      reason: reason === "WrongAccount" ? "WrongAccount" : "SignInNeeded"
    }
    // A page that is opened next, by whoever has signed in by then, is not to wait for what a worker was told.
    if (!background.isWoken) {
      const keeping = transactions.changeState((state) => ({
        ...state,
        signIn: afterRefusal(state.signIn ?? lastRefused, wall)
      }))
      yield* writtenSoon(instance, keeping).pipe(Effect.flatMap(mirror.setState), Effect.ignore)
    }
    yield* mirror.changed
    unsafeWake(instance, "Entry")
  })

/** The app's credentials are this user's: nothing that is held in memory of another user is shown any more. */
export const verified = (instance: Instance, credentials: Credentials, userId: number): Effect.Effect<void> =>
  Effect.suspend(() => {
    const { mirror, quotas, reads, tab } = instance
    if (tab.lastUser !== undefined && tab.lastUser !== userId) {
      reads.copies.clear()
      quotas.clear()
    }
    tab.lastUser = userId
    tab.refused = undefined
    tab.verified = { credentials, userId }
    return isOthers(instance, userId) ? mirror.changed : Effect.void
  })

/** Behind a proxy that does not tell with whose token it signs, another user may have signed in since the last change was sent. */
export const forgetSession = ({ tab }: Instance): void => {
  if (tab.verified?.credentials._tag === "Proxy" && !tab.isTold) tab.verified = undefined
}

/** The account's user has signed in: credentials that an app starts with are tried again, and an earlier pause is over. */
export const accepted = (instance: Instance): Effect.Effect<void, StorageError> =>
  Effect.suspend(() => {
    const { log, mirror, transactions } = instance
    const change = (state: QueueState): QueueState => {
      const open = mayEndPause(instance, state) ? signedIn(state) : state
      return open.signIn === undefined ? open : without(open, "signIn")
    }
    if (change(log.state) === log.state) return Effect.void
    return Effect.flatMap(transactions.changeState(change), mirror.setState)
  })

/**
 * Whether these credentials may be tried now. Those of a start take the time in which no others are, before Toggl is
 * asked: tabs that wait for the same moment do not ask all at once.
 */
export const mayTry = (instance: Instance, credentials: Credentials): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    const { log, mirror, tab, transactions } = instance
    const moment = yield* now
    if (isTooSoon(instance, credentials, moment)) {
      // As good as refused: this tab says so as long as it has no others.
      const { signIn } = log.state
      if ((tab.refused === undefined || tab.refused.isUntried === true) && signIn !== undefined) {
        tab.refused = { kind: credentials._tag, signIn, reason: "SignInNeeded", isUntried: true }
        yield* mirror.changed
      }
      return false
    }
    if (tab.areSet || log.state.signIn === undefined) return true
    const { signIn } = log.state
    let isMine = false
    const change = (state: QueueState): QueueState => {
      isMine = state.signIn?.seenAt === signIn.seenAt
      return isMine ? { ...state, signIn: afterRefusal(state.signIn, moment.wall) } : state
    }
    yield* mirror.setState(yield* transactions.changeState(change))
    return isMine
  })

/** The source of credentials cannot tell: it is asked again later, and later each time. */
export const unavailable = (instance: Instance, error: CredentialsUnavailable): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { mirror, settings, tab } = instance
    const { monotonic } = yield* now
    if (tab.unavailable !== undefined && tab.unavailable.until > monotonic) return
    const times = tab.unavailable?.times ?? 0
    const until = monotonic + (yield* backoff(settings.backoff, times))
    tab.unavailable = { times: times + 1, until, error }
    yield* mirror.changed
    unsafeWake(instance, "Entry")
  })

/** The source of credentials has told. */
export const available = (instance: Instance): void => {
  const { tab } = instance
  if (tab.unavailable === undefined) return
  tab.unavailable = undefined
  unsafeWake(instance, "Entry")
}
