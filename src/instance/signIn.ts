// Whether this tab may ask Toggl with its own credentials, and whether it may end the queue's pause.
import type { Credentials } from "../Credentials.js"
import type { QueueState } from "../log/state.js"
import type { PauseReason } from "../Status.js"
import type { Now } from "../effect/clock.js"
import { remaining } from "./clock.js"
import type { Instance, Refused } from "./instance.js"

type SignIn = NonNullable<QueueState["signIn"]>

const shortest = 60_000
const longest = 600_000

/** How long no credentials are tried after a refusal now, where an earlier one was followed by so long a wait. */
export const afterRefusal = (before: SignIn | undefined, wall: number): SignIn => {
  if (before === undefined) return { seenAt: wall, length: shortest }
  const isOver = remaining({ ...before, restarted: false }, wall).millis === 0
  return { seenAt: wall, length: isOver ? Math.min(before.length * 2, longest) : before.length }
}

const leftOf = ({ deadlines: { waits } }: Instance, signIn: SignIn | undefined, { monotonic, wall }: Now): number => {
  if (signIn === undefined) return 0
  const left = () => remaining({ ...signIn, restarted: false }, wall).millis
  return waits.until(`sign in ${signIn.seenAt} ${signIn.length}`, monotonic, left) - monotonic
}

/** What Toggl has refused here; or what it was not asked of, for it has refused others, until it has accepted some. */
const refusedIn = ({ log, tab: { refused } }: Pick<Instance, "log" | "tab">): Refused | undefined =>
  refused?.isUntried === true && log.state.signIn === undefined ? undefined : refused

/** How long credentials that nobody has set since the start are not tried, in milliseconds. */
export const untriedFor = (instance: Instance, now: Now): number =>
  Math.max(leftOf(instance, instance.log.state.signIn, now), leftOf(instance, refusedIn(instance)?.signIn, now), 0)

/** Whether these are not to be tried now. Wrong log-ins are counted: a password is tried again when it is set, or never. */
export const isTooSoon = (instance: Instance, credentials: Credentials, now: Now): boolean => {
  const { log, tab } = instance
  if (tab.areSet) return false
  const wasRefused = log.state.signIn !== undefined || refusedIn(instance) !== undefined
  return (wasRefused && credentials._tag === "Password") || untriedFor(instance, now) > 0
}

/** Why this tab sends nothing, though another one may; `millis`: for how long, endless until something changes. */
export interface SignedOut {
  readonly reason: PauseReason
  readonly millis: number
}

const endless = (reason: PauseReason): SignedOut => ({ reason, millis: Number.POSITIVE_INFINITY })

/**
 * Whether it takes somebody in the app to send: in the browser anybody may have signed in by now, so what was woken asks nobody
 * whose a store is, nor anew once credentials were refused.
 */
const isForPages = ({ background, log }: Instance): boolean =>
  background.isWoken && (log.userId === undefined || log.state.signIn !== undefined)

/** Why this tab has no credentials to send with now. */
export const signedOut = (instance: Instance, now: Now): SignedOut | undefined => {
  const { tab } = instance
  if (isForPages(instance)) return endless("SignInNeeded")
  if (tab.signedOut) return endless("SignInNeeded")
  if (tab.verified !== undefined) return isOthers(instance, tab.verified.userId) ? endless("WrongAccount") : undefined
  if (tab.areSet) return undefined
  const refused = refusedIn(instance)
  if (refused?.kind === "Password") return endless("SignInNeeded")
  const millis = untriedFor(instance, now)
  return millis > 0 ? { reason: refused?.reason ?? "SignInNeeded", millis } : undefined
}

/** Why the app should ask for other credentials, though there is nothing to send. */
export const lacksSignIn = ({ log, tab }: Pick<Instance, "log" | "tab">): PauseReason | undefined => {
  if (tab.verified !== undefined) return isOthers({ log }, tab.verified.userId) ? "WrongAccount" : undefined
  return refusedIn({ log, tab })?.reason
}

/** Whom a request is made for, where it is for somebody: the store's user, or as long as it has none the one who is signed in. */
export const whoseStore = ({ log, tab }: Pick<Instance, "log" | "tab">): number | undefined =>
  log.userId ?? tab.verified?.userId

/** Whether the store is another user's. */
export const isOthers = ({ log }: Pick<Instance, "log">, userId: number): boolean =>
  log.userId !== undefined && log.userId !== userId

/** Whose the changes are that this tab accepts: of the user whose credentials the app has, where that is known. */
export const accepting = ({ log, tab: { verified } }: Instance): { readonly userId?: number } =>
  verified === undefined || isOthers({ log }, verified.userId) ? {} : { userId: verified.userId }

/**
 * Whether credentials of this tab end the pause, once Toggl has accepted them: the account was signed out before this tab
 * started, and has not been since. That the browser wakes a worker is no sign-in of anybody's.
 */
export const mayEndPause = (
  { background, log, tab }: Pick<Instance, "background" | "log" | "tab">,
  state: QueueState
): boolean => {
  if (background.isWoken) return false
  if (state.paused !== "SignInNeeded" && state.paused !== "WrongAccount") return false
  const seen = tab.mayEnd ?? log.first
  return seen?.paused === state.paused && seen.store === state.store && seen.fence === state.fence
}
