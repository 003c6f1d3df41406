// What the queue does next: the one place that says so.
import * as Effect from "effect/Effect"
import type { Entry } from "../log/entry.js"
import type { QueueState, Wait } from "../log/state.js"
import type { WaitingFor } from "../Status.js"
import { type Now, now, remaining } from "./clock.js"
import type { Instance } from "./instance.js"
import * as quota from "./quota.js"

export type Decision =
  /** Send it, or look up what became of it. */
  | { readonly _tag: "Act"; readonly entry: Entry }
  | { readonly _tag: "Wait"; readonly millis: number; readonly for: WaitingFor }
  /** The clock was set back: keep that the wait begins again. */
  | { readonly _tag: "Restart"; readonly change: (state: QueueState) => QueueState; readonly for: WaitingFor }
  | { readonly _tag: "Paused"; readonly reason: NonNullable<QueueState["paused"]> }
  | { readonly _tag: "NewerVersion" }
  | { readonly _tag: "Idle" }

// --- Waits -------------------------------------------------------------------------------------------------------------

const occasionOf = (wait: Wait): string => `${wait.seenAt} ${wait.length}`

/** Fixes until when the wait lasts by the monotonic clock, where it has just been heard. */
export const heardWait = ({ deadlines }: Instance, wait: Wait, { monotonic }: Now): void => {
  deadlines.waits.until(occasionOf(wait), monotonic, () => wait.length)
}

/** How many milliseconds are left of the wait: by the monotonic clock, where it was seen by that one. */
export const leftOf = ({ deadlines: { waits } }: Instance, wait: Wait, { monotonic, wall }: Now): number => {
  const occasion = occasionOf(wait)
  const left = () => remaining(wait, wall).millis
  return waits.has(occasion) ? waits.until(occasion, monotonic, left) - monotonic : left()
}

/** What is left of the queue's own wait, where it was seen by the monotonic clock. */
export const standing = (instance: Instance, now: Now): { readonly wait: Wait; readonly left: number } | undefined => {
  const { wait } = instance.log.state
  return wait !== undefined && instance.deadlines.waits.has(occasionOf(wait))
    ? { wait, left: leftOf(instance, wait, now) }
    : undefined
}

/** The time that the server named and that has not passed, if there is one: nothing at all is asked before it. */
export const namedWait = (
  instance: Instance,
  now: Now
): { readonly wait: Wait; readonly millis: number } | undefined => {
  let longest: { readonly wait: Wait; readonly millis: number } | undefined
  for (const wait of [instance.log.state.wait, instance.tab.unstored]) {
    if (wait?.named !== true) continue
    const millis = leftOf(instance, wait, now)
    if (millis > (longest?.millis ?? 0)) longest = { wait, millis }
  }
  return longest
}

/** The monotonic time from which the entry's last attempt can land no more. */
const stillAt = ({ deadlines, settings }: Instance, { attempts, id }: Entry, { monotonic }: Now): number =>
  deadlines.ofEntry(id).until(`attempt ${attempts}`, monotonic, () => settings.stillness)

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
  const { deadlines, log, tab } = instance
  const { state } = log
  if (state.paused !== undefined) return { _tag: "Paused", reason: state.paused }
  const { newer, next } = log.dependencies()
  const aside = firstSetAside(instance, now)
  const due = aside !== undefined && aside.millis <= 0 ? aside.entry : undefined
  if (next === undefined && due === undefined) {
    if (newer !== undefined) return { _tag: "NewerVersion" }
    return aside === undefined ? { _tag: "Idle" } : waiting("SetAside", aside.millis, now, aside.entry.lastError)
  }
  if (tab.signedOut) return { _tag: "Paused", reason: "SignInNeeded" }
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
    if (millis > 0 && !wait.named && !override) return waiting(wait.reason, millis, now, wait.error)
  }
  const named = namedWait(instance, now)
  if (named !== undefined) return waiting(named.wait.reason, named.millis, now, named.wait.error)
  const entry = earlierOf(due, next)
  if (entry === undefined) return { _tag: "Idle" }
  const reserved = reservedFor(instance, entry, now)
  if (reserved > 0) return waiting("Quota", reserved, now, undefined)
  if (entry.state._tag === "Uncertain" || entry.state._tag === "Sending") {
    const millis = stillAt(instance, entry, now) - now.monotonic
    if (entry.state._tag === "Uncertain" && millis > 0) return waiting("LookingUp", millis, now, entry.lastError)
  }
  return { _tag: "Act", entry }
}

/** What the queue does next, now. */
export const decideNow = (instance: Instance): Effect.Effect<Decision> =>
  Effect.map(now, (now) => decide(instance, now))

/** How long the requests that remain are the user's own, in milliseconds. */
const reservedFor = ({ deadlines, log, quotas, settings }: Instance, { mutation }: Entry, now: Now): number => {
  const { workspaceId } = mutation
  const known = quota.latest(log.state.quota, quotas, now.wall)[String(workspaceId)]
  if (settings.reserve === undefined || known === undefined || known.remaining > settings.reserve) return 0
  const length = () => quota.lasts(known, now.wall)
  const until = deadlines.ofQuota(workspaceId).until(`${known.seenAt} ${known.remaining}`, now.monotonic, length)
  return until - now.monotonic
}

type Reason = "Offline" | "BackingOff" | "RateLimited" | "Quota" | "LookingUp" | "SetAside"

const waitingFor = (reason: Reason, millis: number, { wall }: Now, error: Entry["lastError"]): WaitingFor => ({
  _tag: reason,
  until: wall + millis,
  ...(error === undefined ? {} : { error })
})

const waiting = (reason: Reason, millis: number, now: Now, error: Entry["lastError"]): Decision => ({
  _tag: "Wait",
  millis,
  for: waitingFor(reason, millis, now, error)
})

const earlierOf = (a: Entry | undefined, b: Entry | undefined): Entry | undefined =>
  a === undefined || (b !== undefined && b.seq < a.seq) ? b : a

// The set-aside entry whose time comes first. None behind a row of a newer version: that is never overtaken.
const firstSetAside = (instance: Instance, now: Now) => {
  const { deadlines, log } = instance
  let first: { readonly entry: Entry; readonly millis: number } | undefined
  for (const seq of log.parked) {
    const entry = log.entries.get(seq)
    if (entry?.state._tag !== "SetAside" || seq > log.newerAt) continue
    const { length, seenAt } = entry.state
    const left = () => remaining({ seenAt, length, restarted: true }, now.wall).millis
    // The wall clock may have been set, and tells nothing of when the attempt can land no more.
    const until = Math.max(
      deadlines.ofEntry(entry.id).until(`aside ${seenAt}`, now.monotonic, left),
      stillAt(instance, entry, now)
    )
    const millis = until - now.monotonic
    if (first === undefined || millis < first.millis) first = { entry, millis }
  }
  return first
}
