// Time: backoff, the waits that the server names, and deadlines that no setting of the clock moves.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type { TransportError } from "../ClientError.js"
import type { EntryId } from "../Entry.js"
import { believed } from "../error/base.js"
import type { Wait } from "../log/state.js"

export interface Backoff {
  readonly base: Duration.DurationInput
  readonly cap: Duration.DurationInput
}

const most = ({ base, cap }: Backoff, failures: number): number =>
  Math.min(Duration.toMillis(cap), Duration.toMillis(base) * 2 ** Math.min(failures, 30))

/** Exponential with full jitter: anything up to `base * 2^failures`, and never above the cap, in milliseconds. */
export const backoff = (settings: Backoff, failures: number): Effect.Effect<number> =>
  Random.nextRange(0, most(settings, failures))

/**
 * The same where reads may work and no change gets through: once the cap is reached, a whole one for each change that was
 * `tried`.
 */
export const stuckFor = (settings: Backoff, failures: number, tried: number): Effect.Effect<number> => {
  const cap = Duration.toMillis(settings.cap)
  return most(settings, failures) < cap ? backoff(settings, failures) : Effect.succeed(cap * tried)
}

const quotaUnnamed = Duration.toMillis("10 minutes")
const rateUnnamed = Duration.toMillis("1 minute")

/** The wait that the server asks for, as long as it is believed: `undefined` where it asks for none. */
export const askedFor = (error: TransportError, seenAt: number, jitter = 0): Wait | undefined => {
  const wait = (reason: Wait["reason"], named: number, date: number | undefined): Wait => {
    const length = believed(error, named)
    const until = date === undefined ? {} : { until: date + length }
    return { reason, seenAt, length, named: true, restarted: false, ...until, error }
  }
  switch (error._tag) {
    case "QuotaExceeded":
      return wait("Quota", Math.max(error.retryAfter ?? quotaUnnamed, 1000), error.date)
    case "RateLimited":
      return wait("RateLimited", Math.max(error.retryAfter ?? rateUnnamed + jitter, 1000), error.date)
    case "ServerError":
      return error.retryAfter === undefined
        ? undefined
        : wait("BackingOff", Math.max(error.retryAfter, jitter), error.date)
    default:
      return undefined
  }
}

/**
 * How long the wait still lasts where it is first seen, by the wall clock. A clock that was set back starts the length
 * again, once: then `restart` is what to keep.
 */
export const remaining = (
  wait: Pick<Wait, "seenAt" | "length" | "restarted">,
  wall: number
): { readonly millis: number; readonly restart: boolean } => {
  const passed = wall - wait.seenAt
  if (passed >= 0) return { millis: Math.max(0, wait.length - passed), restart: false }
  return wait.restarted ? { millis: 0, restart: false } : { millis: wait.length, restart: true }
}

// --- Deadlines ---------------------------------------------------------------------------------------------------------

// A subject has no more occasions than this at once: the wait that is kept, the one that could not be stored, and those
// that were heard while these were being written.
const occasionsKept = 8

const ended = Number.NEGATIVE_INFINITY

/** The deadlines of one subject. Of its occasions those are kept that were asked for last. */
class Occasions {
  private readonly deadlines = new Map<string, number>()

  /** From now on it is this, whatever it was. */
  readonly fix = (occasion: string, until: number): number => {
    this.deadlines.delete(occasion)
    this.deadlines.set(occasion, until)
    for (const oldest of this.deadlines.keys()) {
      if (this.deadlines.size <= occasionsKept) break
      this.deadlines.delete(oldest)
    }
    return until
  }

  /** The monotonic time until which it waits, fixed at the first call for this occasion. */
  readonly until = (occasion: string, monotonic: number, length: () => number): number =>
    this.fix(occasion, this.deadlines.get(occasion) ?? monotonic + length())

  /** The same for what has just been heard: it lasts anew where it was ended. */
  readonly heard = (occasion: string, monotonic: number, length: number): void => {
    if (this.isEnded(occasion)) this.deadlines.delete(occasion)
    this.until(occasion, monotonic, () => length)
  }

  /** It is over before its time. */
  readonly end = (occasion: string): void => {
    this.fix(occasion, ended)
  }

  readonly isEnded = (occasion: string): boolean => this.deadlines.get(occasion) === ended

  readonly has = (occasion: string): boolean => this.deadlines.has(occasion)

  get size(): number {
    return this.deadlines.size
  }
}

/** Deadlines by the monotonic clock, each fixed when it is first seen: from then on the wall clock has no say. */
export class Deadlines {
  private readonly entries = new Map<EntryId, Occasions>()
  private readonly quotas = new Map<number, Occasions>()
  private readonly probes = new Map<number, Occasions>()

  readonly waits = new Occasions()

  /** How far the wall clock was ahead of the monotonic one when a wait was first seen, or last asked about. */
  readonly leads = new Occasions()

  /** When a replayer stands still that takes no step from now on. */
  readonly steps = new Occasions()

  readonly ofQuota = (workspaceId: number): Occasions => occasionsOf(this.quotas, workspaceId)

  readonly ofProbe = (workspaceId: number): Occasions => occasionsOf(this.probes, workspaceId)

  readonly ofEntry = (id: EntryId): Occasions => occasionsOf(this.entries, id)

  readonly forget = (id: EntryId): void => {
    this.entries.delete(id)
  }

  /** Forgets the entries that are no longer in the log. */
  readonly keepOnly = (isInLog: (id: EntryId) => boolean): void => {
    for (const id of this.entries.keys()) if (!isInLog(id)) this.entries.delete(id)
  }

  /** How many are kept. */
  get size(): number {
    return [
      this.waits,
      this.leads,
      this.steps,
      ...this.quotas.values(),
      ...this.probes.values(),
      ...this.entries.values()
    ].reduce((sum, { size }) => sum + size, 0)
  }
}

const occasionsOf = <K>(subjects: Map<K, Occasions>, subject: K): Occasions => {
  const known = subjects.get(subject)
  if (known !== undefined) return known
  const occasions = new Occasions()
  subjects.set(subject, occasions)
  return occasions
}
