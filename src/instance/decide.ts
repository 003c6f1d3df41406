// What the queue does next: the one place that says so.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { Entry } from "../log/entry.js"
import { type QueueState, type Wait, workspaceOf } from "../log/state.js"
import type { WaitingFor } from "../Status.js"
import { type Now, now } from "../effect/clock.js"
import { remaining } from "./clock.js"
import type { Instance, WakeUp } from "./instance.js"
import * as quota from "./quota.js"
import { lacksSignIn, mayEndPause, signedOut } from "./signIn.js"
import { mayBeOver, namedWait, occasionOf } from "./waits.js"

/** `millis`: until the decision may be another one. */
interface Waiting {
  readonly _tag: "Wait"
  readonly millis: number
  readonly for: WaitingFor
  /** A time that was named and may have passed while the device slept: Toggl is to be asked. */
  readonly mayBeOver?: Wait
}

export type Decision =
  /** Send it, or look up what became of it. `isScout`: in place of one that never gets through, which keeps its place. */
  | { readonly _tag: "Act"; readonly entry: Entry; readonly isScout: boolean }
  | Waiting
  /** The clock was set back: keep that the wait begins again. */
  | { readonly _tag: "Restart"; readonly change: (state: QueueState) => QueueState; readonly for: WaitingFor }
  /** `millis`: when this tab's credentials are tried, where they are by themselves. */
  | { readonly _tag: "Paused"; readonly reason: NonNullable<QueueState["paused"]>; readonly millis?: number }
  | { readonly _tag: "NewerVersion"; readonly millis?: number }
  | { readonly _tag: "Idle" }

// --- What may still land ----------------------------------------------------------------------------------------------

const ofAttempt = (attempts: number): string => `attempt ${attempts}`

/** The monotonic time from which the entry's last attempt can land no more. */
const stillAt = (
  { deadlines, settings }: Instance,
  { attempts, id }: Pick<Entry, "attempts" | "id">,
  { monotonic }: Now
): number => deadlines.ofEntry(id).until(ofAttempt(attempts), monotonic, () => settings.stillness)

/** Whether the stillness after the entry's last attempt is counted already. */
const sawAttempt = ({ deadlines }: Instance, { attempts, id }: Pick<Entry, "attempts" | "id">): boolean =>
  deadlines.ofEntry(id).has(ofAttempt(attempts))

/** The open attempts of a workspace that can land no more: of those that are set aside. */
export const landedIn = (instance: Instance, workspaceId: number, now: Now): ReadonlySet<number> => {
  const { log } = instance
  const landed = workspaceOf(log.state, workspaceId).open.filter((seq) => {
    const entry = log.entries.get(seq)
    return entry?.state._tag === "SetAside" && stillAt(instance, entry, now) <= now.monotonic
  })
  return new Set(landed)
}

/** Whether an attempt on the workspace may be applied at any moment. */
export const isOpenIn = (instance: Instance, workspaceId: number, now: Now): boolean =>
  workspaceOf(instance.log.state, workspaceId).open.length > landedIn(instance, workspaceId, now).size

/** The monotonic time at which the replayer that has come so far stands still, where it comes no farther. */
export const standsStillAt = ({ deadlines, log, settings }: Instance, { monotonic }: Now): number =>
  deadlines.steps.until(String(log.state.step), monotonic, () => settings.stillness)

/** From now on the stillness after these entries' attempts is counted. */
export const sawAttempts = (instance: Instance, entries: Iterable<Entry>, now: Now): void => {
  for (const entry of entries) stillAt(instance, entry, now)
}

// --- The decision ------------------------------------------------------------------------------------------------------

/**
 * What the queue does next. Times that were written down are read by the wall clock where they are first seen, and by
 * the monotonic one from then on. `override`: a backoff does not count.
 */
export const decide = (instance: Instance, now: Now, override = instance.tab.override): Decision => {
  const { paused } = instance.log.state
  if (paused === undefined) return decideUnpaused(instance, now, override)
  if (!mayEndPause(instance, instance.log.state)) return { _tag: "Paused", reason: paused }
  // Once this tab's credentials are accepted the pause is over: they are tried when there is something to send.
  const otherwise = decideUnpaused(instance, now, override)
  switch (otherwise._tag) {
    case "Act":
      return { _tag: "Paused", reason: paused, millis: 0 }
    case "Wait":
      return { _tag: "Paused", reason: paused, millis: otherwise.millis }
    case "Paused":
      return { ...otherwise, reason: paused }
    case "Restart":
      return otherwise
    default:
      return { _tag: "Paused", reason: paused }
  }
}

const decideUnpaused = (instance: Instance, now: Now, override: boolean): Decision => {
  const { deadlines, log, tab } = instance
  const { state } = log
  const { newer, next } = log.dependencies()
  const aside = firstSetAside(instance, now, override)
  const due = aside !== undefined && aside.millis <= 0 ? aside.entry : undefined
  if (next === undefined && due === undefined) {
    const until = aside === undefined ? {} : { millis: aside.millis }
    if (newer !== undefined) return { _tag: "NewerVersion", ...until }
    const reason = lacksSignIn(instance)
    if (reason !== undefined) return { _tag: "Paused", reason, ...until }
    return aside === undefined ? { _tag: "Idle" } : waiting(aside.for, aside.millis, now, aside.entry.lastError)
  }
  const { thrown, unavailable } = tab
  if (thrown !== undefined && thrown.until > now.monotonic) {
    const millis = thrown.until - now.monotonic
    return { _tag: "Wait", millis, for: { _tag: "BackingOff", until: now.wall + millis, cause: thrown.name } }
  }
  const out = signedOut(instance, now)
  if (out !== undefined) {
    return Number.isFinite(out.millis) ? { _tag: "Paused", ...out } : { _tag: "Paused", reason: out.reason }
  }
  if (unavailable !== undefined && unavailable.until > now.monotonic && !override) {
    return waiting("CredentialsUnavailable", unavailable.until - now.monotonic, now, unavailable.error)
  }
  const { wait } = state
  if (wait !== undefined) {
    const left = remaining(wait, now.wall)
    const occasion = occasionOf(wait)
    if (left.restart && !deadlines.waits.has(occasion)) {
      return {
        _tag: "Restart",
        for: waitingFor(wait.reason, wait.length, now, wait.error),
        change: (state) =>
          state.wait === undefined || state.wait.restarted
            ? state
            : { ...state, wait: { ...state.wait, seenAt: now.wall, restarted: true } }
      }
    }
    const millis = deadlines.waits.until(occasion, now.monotonic, () => left.millis) - now.monotonic
    if (millis > 0 && !wait.named && !override) {
      const scout = wait.stuck === true ? scouting(instance, next, now) : undefined
      return scout !== undefined && scout.millis <= 0
        ? actingAsScout(scout.entry)
        : waiting(wait.reason, Math.min(millis, scout?.millis ?? millis), now, wait.error)
    }
  }
  const named = namedWait(instance, now)
  if (named !== undefined) return waitingNamed(instance, named, now)
  // Where each failure of the head names a time, there is no other moment for it.
  const scout = due === undefined && wait?.named === true ? scouting(instance, next, now) : undefined
  if (scout !== undefined && scout.millis <= 0) return actingAsScout(scout.entry)
  const entry = earlierOf(due, next)
  if (entry === undefined) return { _tag: "Idle" }
  // While this one waits, the time of another may come.
  const others = [scout, aside !== undefined && aside.entry.seq < entry.seq ? aside : undefined]
  const soonest = Math.min(
    ...others.map((other) => (other !== undefined && other.millis > 0 ? other.millis : Infinity))
  )
  const within = (wait: Waiting): Waiting => ({ ...wait, millis: Math.min(wait.millis, soonest) })
  const reserved = reservedFor(instance, entry, now)
  if (reserved > 0) return within(waiting("Quota", reserved, now, undefined))
  const unsettled = unsettledFor(instance, entry, now)
  if (unsettled > 0) return within(waiting("LookingUp", unsettled, now, entry.lastError))
  return { _tag: "Act", entry, isScout: false }
}

/** What the queue does next, now. */
export const decideNow = (instance: Instance): Effect.Effect<Decision> =>
  Effect.map(now, (now) => decide(instance, now))

/** How long the entry's last attempt may still land, where nobody hears its answer, in milliseconds. */
const landsFor = (instance: Instance, entry: Entry, now: Now): number => {
  if (entry.state._tag !== "Uncertain" && entry.state._tag !== "Sending") return 0
  const millis = stillAt(instance, entry, now) - now.monotonic
  return entry.state._tag === "Uncertain" ? millis : 0
}

// What was given up on another day, and not seen since this start, is not waited for, whatever the wall clock was set to.
const surelyLanded = Duration.toMillis("1 day")

/** How long what the user has given up may still land, in milliseconds: what is sent before could land before it. */
export const givenUpLandsFor = (instance: Instance, now: Now): number => {
  const { givenUp = [] } = instance.log.state
  const recent = givenUp.filter(
    (given) => Math.abs(now.wall - given.seenAt) < surelyLanded || sawAttempt(instance, given)
  )
  return Math.max(0, ...recent.map((given) => stillAt(instance, given, now) - now.monotonic))
}

/** How long what must land before this entry is acted on may still do so. */
const unsettledFor = (instance: Instance, entry: Entry, now: Now): number =>
  Math.max(landsFor(instance, entry, now), givenUpLandsFor(instance, now))

/** What a read that Toggl has answered tells the replay: it ends a backoff only where nothing at all came through. */
export const wokenByRead = (instance: Instance): WakeUp => {
  const { log } = instance
  const { next } = log.dependencies()
  const isLost = log.state.wait?.reason === "Offline" || log.state.wait?.error?._tag === "Unreachable"
  return isLost && (next === undefined || !isExhausted(instance, next)) ? "Network" : "Entry"
}

// --- Scouts ------------------------------------------------------------------------------------------------------------

// So many that have failed are tried again in turn before yet another is.
const scoutsTried = 5

// After how many more failures of the head the next one is tried: at once, then ever more rarely. Where nothing gets
// through, each costs requests and tells nothing.
const scoutsSpacing = (tries: number): number => (tries <= 5 ? 2 ** tries - 1 : 31 + 32 * (tries - 5))

/** Whether it has failed as often as it may before it is set aside. */
export const isExhausted = ({ settings }: Pick<Instance, "settings">, { failures }: Entry): boolean =>
  failures >= settings.setAsideAfter

/** Whether Toggl has taken another change since this one first failed. */
export const hasBeenPassed = ({ log }: Pick<Instance, "log">, { failingSince }: Entry): boolean =>
  failingSince !== undefined && log.state.successes > failingSince

// Where the steps are counted anew, for their count could not be read, a higher number is of an earlier count.
const failedAt = ({ log }: Instance, { failedAt = 0 }: Entry): number => (failedAt > log.state.step ? 0 : failedAt)

// None is tried so any more once it is exhausted: what has failed more often was the head for a while.
const triesAsScout = ({ settings }: Instance, { failures }: Entry): number =>
  failures > settings.setAsideAfter ? 1 : failures

/**
 * What is tried in place of the head, where that never gets through and nothing else has since: it shows whether it is
 * the head, or everything.
 */
const scoutFor = (instance: Instance, head: Entry): Entry | undefined => {
  if (!isExhausted(instance, head) || hasBeenPassed(instance, head)) return undefined
  const { failing, fresh } = instance.log.scouts()
  const others = failing.filter((entry) => entry.seq !== head.seq)
  const tries = others.reduce((sum, entry) => sum + triesAsScout(instance, entry), 0)
  const last = failedAt(instance, head)
  const hasFailedLast = others.every((entry) => failedAt(instance, entry) < last)
  const isDue = hasFailedLast && head.failures >= instance.settings.setAsideAfter + scoutsSpacing(tries)
  if (others.length > 0 && !isDue) return undefined
  const tried = others.filter((entry) => !isExhausted(instance, entry))
  if (fresh !== undefined && tried.length < scoutsTried) return fresh
  return tried.reduce<Entry | undefined>(
    (least, entry) => (least === undefined || entry.failures < least.failures ? entry : least),
    undefined
  )
}

const actingAsScout = (entry: Entry): Decision => ({ _tag: "Act", entry, isScout: true })

/** What is tried in place of the head, and in how many milliseconds at the soonest. */
const scouting = (instance: Instance, head: Entry | undefined, now: Now) => {
  const entry = head === undefined ? undefined : scoutFor(instance, head)
  if (entry === undefined || namedWait(instance, now) !== undefined) return undefined
  return { entry, millis: Math.max(reservedFor(instance, entry, now), unsettledFor(instance, entry, now)) }
}

/** Whether another may be tried once this one has failed again. */
export const hasScouts = (log: Instance["log"], { seq }: Entry): boolean => {
  const { failing, fresh } = log.scouts()
  return (fresh !== undefined && fresh.seq !== seq) || failing.some((entry) => entry.seq !== seq)
}

/** How long the requests that remain are the user's own, in milliseconds. */
const reservedFor = ({ deadlines, log, quotas, settings }: Instance, { mutation }: Entry, now: Now): number => {
  const { workspaceId } = mutation
  const known = quota.latest(log.state.quota, quotas, now.wall)[String(workspaceId)]
  if (settings.reserve === undefined || known === undefined || known.remaining > settings.reserve) return 0
  const length = () => quota.lasts(known, now.wall)
  const until = deadlines.ofQuota(workspaceId).until(`${known.seenAt} ${known.remaining}`, now.monotonic, length)
  return until - now.monotonic
}

type Reason = "CredentialsUnavailable" | "Offline" | "BackingOff" | "RateLimited" | "Quota" | "LookingUp" | "SetAside"

const waitingFor = (reason: Reason, millis: number, { wall }: Now, error: Entry["lastError"]): WaitingFor => ({
  _tag: reason,
  until: Math.round(wall + millis),
  ...(error === undefined ? {} : { error })
})

const waiting = (reason: Reason, millis: number, now: Now, error: Entry["lastError"]): Waiting => ({
  _tag: "Wait",
  millis,
  for: waitingFor(reason, millis, now, error)
})

// No timer tells that the device slept, so the clocks are looked at: that costs no request.
const lookedAtEvery = Duration.toMillis("1 minute")

const waitingNamed = (
  instance: Instance,
  { millis, wait }: NonNullable<ReturnType<typeof namedWait>>,
  now: Now
): Waiting => ({
  ...waiting(wait.reason, millis, now, wait.error),
  millis: wait.until === undefined ? millis : Math.min(millis, lookedAtEvery),
  ...(mayBeOver(instance, wait, now) ? { mayBeOver: wait } : {})
})

const earlierOf = (a: Entry | undefined, b: Entry | undefined): Entry | undefined =>
  a === undefined || (b !== undefined && b.seq < a.seq) ? b : a

// So many requests of a quota are left for what waits before what is set aside is tried.
const leftForOthers = 10

/** How long until one of a workspace's set-aside entries is tried again, in milliseconds. */
const probeIn = (instance: Instance, workspaceId: number, oldest: Entry, now: Now): number => {
  const { deadlines, log, settings } = instance
  const seenAt = oldest.state._tag === "SetAside" ? oldest.state.seenAt : now.wall
  const probe = workspaceOf(log.state, workspaceId).probe ?? { seenAt, length: firstProbe(settings) }
  const left = () => remaining({ ...probe, restarted: true }, now.wall).millis
  const occasion = `${probe.seenAt} ${probe.length}`
  return deadlines.ofProbe(workspaceId).until(occasion, now.monotonic, left) - now.monotonic
}

/** When what has just been set aside is first tried again, in milliseconds: its last attempt can land no more by then. */
export const firstProbe = ({ backoff, stillness }: Instance["settings"]): number =>
  Math.max(Duration.toMillis(backoff.cap), stillness)

const longestProbe = Duration.toMillis("6 hours")

/** When the next is tried after one has failed again. */
export const nextProbe = (settings: Instance["settings"], last: number): number =>
  Math.min(longestProbe, Math.max(firstProbe(settings), last * 2))

// Of each workspace's set-aside entries that one which was tried the longest ago. None behind a row of a newer version:
// that is never overtaken.
const oldestSetAside = ({ log }: Instance): ReadonlyMap<number, Entry> => {
  const oldest = new Map<number, Entry>()
  const { behind } = log.dependencies()
  for (const seq of log.parked) {
    const entry = log.entries.get(seq)
    if (entry?.state._tag !== "SetAside" || seq > log.newerAt || behind.has(seq)) continue
    const { workspaceId } = entry.mutation
    const other = oldest.get(workspaceId)?.state
    if (other?._tag !== "SetAside" || entry.state.seenAt < other.seenAt) oldest.set(workspaceId, entry)
  }
  return oldest
}

/** The set-aside entry whose time comes first. `override`: the user, or the network, lets it be tried at once. */
const firstSetAside = (instance: Instance, now: Now, override: boolean) => {
  const { log, quotas } = instance
  let first: { readonly entry: Entry; readonly millis: number; readonly for: "SetAside" | "Quota" } | undefined
  for (const [workspaceId, entry] of oldestSetAside(instance)) {
    const known = quota.latest(log.state.quota, quotas, now.wall)[String(workspaceId)]
    const isScarce = known !== undefined && known.remaining < leftForOthers && log.dependencies().next !== undefined
    const probe = override ? 0 : probeIn(instance, workspaceId, entry, now)
    // The wall clock may have been set, and tells nothing of when the attempt can land no more.
    const itself = Math.max(probe, stillAt(instance, entry, now) - now.monotonic)
    const reserved = Math.max(reservedFor(instance, entry, now), isScarce ? quota.lasts(known, now.wall) : 0)
    const millis = Math.max(itself, reserved)
    if (first === undefined || millis < first.millis) {
      first = { entry, millis, for: reserved > itself ? "Quota" : "SetAside" }
    }
  }
  return first
}

/** When what is set aside in this workspace is tried again, in milliseconds since the epoch. */
export const probedAt = (instance: Instance, entry: Entry, now: Now): number =>
  now.wall + Math.max(0, probeIn(instance, entry.mutation.workspaceId, entry, now))
