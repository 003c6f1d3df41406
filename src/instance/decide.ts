import * as Equal from "effect/Equal"
import type { Credentials } from "../Credentials.js"
import type { Entry } from "../log/entry.js"
import type { QueueState, Wait } from "../log/state.js"
import type { WaitingFor } from "../Status.js"
import * as budget from "./quota.js"
import type { Heard } from "./quota.js"
import type { Mirror } from "./mirror.js"
import { type Deadlines, makeDeadlines, remaining } from "./clock.js"

/** What this tab alone knows. */
export interface Local {
  /** The device says that requests may work again, or the user wants it: backing off is over. */
  override: boolean
  /** How often the app has set other credentials: what Toggl says to earlier ones says nothing of these. */
  credentialsChanges: number
  /** There are no credentials here; another tab may have some. */
  signedOut: boolean
  /** Another replayer's run was under way when this tab wanted to claim (without Web Locks). */
  busy: boolean
  /** The step at which that run was seen to stand still. */
  stoodStillAt: number | undefined
  /** Whether the browser has promised to keep the store, where it says. */
  persisted: boolean | undefined
  /** A time that the server named, and that could not be stored. */
  unstored: Wait | undefined
  /** The service has shown that it does not know bulk requests. */
  isBulkUnknown: boolean
  /** What was heard of the quotas. */
  readonly heard: Heard
  /** So many requests of each quota are left for the user's own; `undefined`: none. */
  readonly reserve: number | undefined
  readonly deadlines: Deadlines
  /** Whether these are the credentials that were last seen to be this user's. They stay in memory. */
  readonly isVerified: (credentials: Credentials, userId: number | undefined) => boolean
  /** Keeps whose credentials these are; none: it is to be asked again. */
  readonly verified: (known: Verified | undefined) => void
  readonly sawAttempts: (entries: ReadonlyArray<Entry>, monotonicNow: number, stillness: number) => void
}

interface Verified {
  readonly credentials: Credentials
  readonly userId: number
}

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

const lookUpKey = (entry: Entry): string => `look up ${entry.id} ${entry.attempts}`

export const makeLocal = (reserve?: number): Local => {
  const deadlines = makeDeadlines()
  let verified: Verified | undefined
  return {
    override: false,
    credentialsChanges: 0,
    signedOut: false,
    busy: false,
    stoodStillAt: undefined,
    persisted: undefined,
    unstored: undefined,
    isBulkUnknown: false,
    heard: { quotas: new Map() },
    reserve,
    deadlines,
    isVerified: (credentials, userId) =>
      verified !== undefined && verified.userId === userId && isSame(verified.credentials, credentials),
    verified: (known) => {
      verified = known
    },
    sawAttempts: (entries, now, stillness) => {
      for (const entry of entries) deadlines.of(lookUpKey(entry), now, () => stillness)
    }
  }
}

export type Decision =
  /** Send it, or look up what became of it. */
  | { readonly _tag: "Act"; readonly entry: Entry }
  | { readonly _tag: "Wait"; readonly millis: number; readonly for: WaitingFor }
  /** The clock was set back: keep that the wait begins again. */
  | { readonly _tag: "Restart"; readonly change: (state: QueueState) => QueueState; readonly for: WaitingFor }
  | { readonly _tag: "Paused"; readonly reason: NonNullable<QueueState["paused"]> }
  | { readonly _tag: "NewerVersion" }
  | { readonly _tag: "Idle" }

const waitKey = (wait: Wait): string => `wait ${wait.seenAt} ${wait.length}`

/** Fixes until when the wait lasts by the monotonic clock, where it has just been heard. */
export const heardWait = (wait: Wait, local: Pick<Local, "deadlines">, monotonicNow: number): void => {
  local.deadlines.of(waitKey(wait), monotonicNow, () => wait.length)
}

/** How many milliseconds are left of the wait: by the monotonic clock, where this tab has seen it by that one. */
export const leftOf = (wait: Wait, local: Pick<Local, "deadlines">, now: number, monotonicNow: number): number => {
  const key = waitKey(wait)
  const left = () => remaining(wait, now).millis
  return local.deadlines.has(key) ? local.deadlines.of(key, monotonicNow, left) - monotonicNow : left()
}

/** What is left of the queue's own wait, where this tab has seen it by the monotonic clock. */
export const standing = (
  { wait }: QueueState,
  local: Pick<Local, "deadlines">,
  now: number,
  monotonicNow: number
): { readonly wait: Wait; readonly left: number } | undefined =>
  wait !== undefined && local.deadlines.has(waitKey(wait))
    ? { wait, left: leftOf(wait, local, now, monotonicNow) }
    : undefined

/** The time that the server named and that has not passed, if there is one: nothing at all is asked before it. */
export const namedWait = (
  state: QueueState,
  local: Local,
  now: number,
  monotonicNow: number
): { readonly wait: Wait; readonly millis: number } | undefined => {
  let longest: { readonly wait: Wait; readonly millis: number } | undefined
  for (const wait of [state.wait, local.unstored]) {
    if (wait?.named !== true) continue
    const millis = leftOf(wait, local, now, monotonicNow)
    if (millis > (longest?.millis ?? 0)) longest = { wait, millis }
  }
  return longest
}

/**
 * What the queue does next. Times that were written down are read by the wall clock where they are first seen, and by
 * the monotonic one from then on.
 */
export const decide = (
  mirror: Mirror,
  local: Local,
  now: number,
  monotonicNow: number,
  stillness: number
): Decision => {
  const { state } = mirror
  if (state.paused !== undefined) return { _tag: "Paused", reason: state.paused }
  const { next, newer } = mirror.dependencies()
  const aside = firstSetAside(mirror, local, now, monotonicNow, stillness)
  const due = aside !== undefined && aside.millis <= 0 ? aside.entry : undefined
  if (next === undefined && due === undefined) {
    if (newer !== undefined) return { _tag: "NewerVersion" }
    return aside === undefined ? { _tag: "Idle" } : waiting("SetAside", aside.millis, now, aside.entry.lastError)
  }
  if (local.signedOut) return { _tag: "Paused", reason: "SignInNeeded" }
  const { wait } = state
  if (wait !== undefined) {
    const left = remaining(wait, now)
    const key = waitKey(wait)
    if (left.restart && !local.deadlines.has(key)) {
      return {
        _tag: "Restart",
        for: waitingFor(wait.reason, wait.length, now, wait.error),
        change: (state) =>
          state.wait === undefined || state.wait.restarted
            ? state
            : { ...state, wait: { ...state.wait, seenAt: now, restarted: true } }
      }
    }
    const millis = local.deadlines.of(key, monotonicNow, () => left.millis) - monotonicNow
    if (millis > 0 && !wait.named && !local.override) return waiting(wait.reason, millis, now, wait.error)
  }
  const named = namedWait(state, local, now, monotonicNow)
  if (named !== undefined) return waiting(named.wait.reason, named.millis, now, named.wait.error)
  const entry = earlierOf(due, next)
  if (entry === undefined) return { _tag: "Idle" }
  const reserved = reservedFor(entry, state, local, now, monotonicNow)
  if (reserved > 0) return waiting("Quota", reserved, now, undefined)
  if (entry.state._tag === "Uncertain" || entry.state._tag === "Sending") {
    const until = local.deadlines.of(lookUpKey(entry), monotonicNow, () => stillness)
    if (entry.state._tag === "Uncertain" && until > monotonicNow) {
      return waiting("LookingUp", until - monotonicNow, now, entry.lastError)
    }
  }
  return { _tag: "Act", entry }
}

/** How long the requests that remain are the user's own, in milliseconds. */
const reservedFor = (entry: Entry, state: QueueState, local: Local, now: number, monotonicNow: number): number => {
  const { workspaceId } = entry.mutation
  const quota = budget.latest(state.quota, local.heard, now)[String(workspaceId)]
  if (local.reserve === undefined || quota === undefined || quota.remaining > local.reserve) return 0
  const key = `quota ${workspaceId} ${quota.seenAt} ${quota.remaining}`
  return local.deadlines.of(key, monotonicNow, () => budget.lasts(quota, now)) - monotonicNow
}

type Reason = "Offline" | "BackingOff" | "RateLimited" | "Quota" | "LookingUp" | "SetAside"

const waitingFor = (reason: Reason, millis: number, now: number, error: Entry["lastError"]): WaitingFor => ({
  _tag: reason,
  until: now + millis,
  ...(error === undefined ? {} : { error })
})

const waiting = (reason: Reason, millis: number, now: number, error: Entry["lastError"]): Decision => ({
  _tag: "Wait",
  millis,
  for: waitingFor(reason, millis, now, error)
})

const earlierOf = (a: Entry | undefined, b: Entry | undefined): Entry | undefined =>
  a === undefined || (b !== undefined && b.seq < a.seq) ? b : a

// The set-aside entry whose time comes first. None behind a row of a newer version: that is never overtaken.
const firstSetAside = (mirror: Mirror, local: Local, now: number, monotonicNow: number, stillness: number) => {
  let first: { readonly entry: Entry; readonly millis: number } | undefined
  for (const seq of mirror.parked) {
    const entry = mirror.entries.get(seq)
    if (entry?.state._tag !== "SetAside" || seq > mirror.newerAt) continue
    const { length, seenAt } = entry.state
    const key = `set aside ${entry.id} ${seenAt}`
    const left = () => remaining({ seenAt, length, restarted: true }, now).millis
    // The wall clock may have been set, and tells nothing of when the attempt can land no more.
    const until = Math.max(
      local.deadlines.of(key, monotonicNow, left),
      local.deadlines.of(lookUpKey(entry), monotonicNow, () => stillness)
    )
    const millis = until - monotonicNow
    if (first === undefined || millis < first.millis) first = { entry, millis }
  }
  return first
}
