import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type { WorkspaceId } from "../Client.js"
import type { StorageError, TransportError } from "../ClientError.js"
import type { Entry } from "../log/entry.js"
import * as Mutation from "../Mutation.js"
import type * as OutboxStore from "../OutboxStore.js"
import type * as ReplayLock from "../ReplayLock.js"
import { disposition as dispositionOf } from "../wire/disposition.js"
import { latest } from "../instance/quota.js"
import { type Local, standing } from "../instance/decide.js"
import type { Fence } from "../transactions/queue.js"
import * as metering from "../instance/metrics.js"
import type { Mirror } from "../instance/mirror.js"
import type { Conflicts } from "./conflicts.js"
import type { Preparing } from "./prepare.js"
import { type After, type Rebase, type Verdict, verdictOn } from "../transactions/settle.js"
import { askedFor, backoff, type Backoff, monotonic } from "../instance/clock.js"

export interface Settings {
  /** The request limit and a margin: after so long no request lands any more. */
  readonly stillness: Duration.Duration
  readonly backoff: Backoff
  readonly setAsideAfter: number
  readonly merge: boolean
  readonly conflicts: Conflicts
  readonly bulk: boolean
  readonly fetch: typeof globalThis.fetch | undefined
}

export interface Dependencies {
  readonly store: OutboxStore.Service
  readonly mirror: Mirror
  readonly local: Local
  readonly settings: Pick<Settings, "backoff" | "conflicts" | "setAsideAfter" | "stillness">
  /** Whether the credentials that were asked with last are still the app's. */
  readonly areCurrent: () => boolean
}

/** What a replayer does while it has the lock. */
export interface Run {
  readonly fence: Fence
  readonly held: ReplayLock.Held
  readonly preparing: Preparing
  /** Whether what comes next was chosen in spite of a backoff. */
  isForced: boolean
  /** Whether a list has been read since the last attempt. */
  hasMadeRoom: boolean
  /** The workspaces whose list was read for the sake of others, and at which step they had asked for it. */
  readonly refreshed: Map<WorkspaceId, number>
  done: number
  /** The last number that was known when the log was last in step with the store. */
  last: number
}

export interface Booking {
  /** What the queue does after an answer that is neither an acknowledgement nor a refusal. */
  readonly afterError: (error: TransportError, run: After["run"]) => Effect.Effect<After>
  readonly unchanged: (run: After["run"]) => After
  readonly progress: (run: Run) => After["run"]
  /** Books a change of the queue's state. `false`: this replayer has lost its turn. */
  readonly book: (run: Run, after: After) => Effect.Effect<boolean, StorageError>
  /** Books what came of these entries. `false`: the run is over. */
  readonly settle: (run: Run, entries: ReadonlyArray<Entry>, verdict: Verdict) => Effect.Effect<boolean, StorageError>
}

export const make = ({ areCurrent, local, mirror, settings, store }: Dependencies): Booking => {
  const stillness = Duration.toMillis(settings.stillness)

  const afterError = (error: TransportError, run: After["run"]): Effect.Effect<After> =>
    Effect.gen(function* () {
      const failures = mirror.state.failures
      const seenAt = yield* Clock.currentTimeMillis
      const length = yield* backoff(settings.backoff, failures)
      const asked = askedFor(error, seenAt, length)
      const disposition = dispositionOf(error)
      if (disposition === "Pause") return areCurrent() ? { failures, paused: "SignInNeeded", run } : { failures, run }
      if (asked !== undefined) return { failures: failures + (disposition === "Wait" ? 0 : 1), run, wait: asked }
      const reason = disposition === "NeverLeft" ? "Offline" : "BackingOff"
      return {
        failures: failures + 1,
        run,
        wait: { reason, seenAt, length, named: false, restarted: false, error }
      }
    })

  const unchanged = (run: After["run"]): After => ({
    failures: mirror.state.failures,
    run,
    ...(mirror.state.wait === undefined ? {} : { wait: mirror.state.wait })
  })

  const progress = (run: Run): After["run"] => ({ done: run.done, total: run.done + mirror.entries.size })

  /** With what this tab alone knows: of the quotas, so that it costs no transaction of its own, and of the wait. */
  const heard = (after: After, now: number): Effect.Effect<After> =>
    Effect.map(monotonic, (monotonicNow) => {
      const known = standing(mirror.state, local, now, monotonicNow)
      return {
        ...after,
        quota: latest(mirror.state.quota, local.heard, now),
        ...(known === undefined ? {} : { standing: known })
      }
    })

  const book = (run: Run, after: After) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const state = yield* store.book(run.fence, yield* heard(after, now), now)
      if (state === undefined) {
        yield* mirror.distrust
        return false
      }
      yield* mirror.setState(state)
      return true
    })

  /** What Toggl did for us is no colleague's change. */
  const rebaseOf = (run: Run, [first]: ReadonlyArray<Entry>, verdict: Verdict): Rebase | undefined => {
    if (settings.conflicts !== "CheckFirst" || verdict._tag !== "Done" || first === undefined) return undefined
    return { seqs: [...mirror.clients.after(Mutation.clientId(first.mutation), first.seq)], last: run.last }
  }

  const settle = (run: Run, entries: ReadonlyArray<Entry>, verdict: Verdict) =>
    Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const seqs = entries.map((entry) => entry.seq)
      if (verdict._tag === "Again") {
        const errors = Math.max(...entries.map((entry) => entry.serverErrors)) + (verdict.counts ? 1 : 0)
        const isAside = verdict.uncertain && verdict.counts && errors >= settings.setAsideAfter
        // It is looked up before it is tried again, and so no sooner than its last attempt can land no more.
        const aside = isAside ? { setAside: Math.max(Duration.toMillis(settings.backoff.cap), stillness) } : {}
        const after = isAside ? { failures: 0, run: progress(run) } : yield* afterError(verdict.error, "Ended")
        const settled = yield* store.settle(run.fence, seqs, { ...verdict, ...aside }, yield* heard(after, now), now)
        if (settled === undefined) return yield* Effect.as(mirror.distrust, false)
        yield* mirror.put(settled.entries, settled.state)
        return isAside
      }
      const ended = entries.filter((entry) => {
        const { _tag } = verdictOn(verdict, entry)
        return _tag === "Done" || _tag === "Nothing"
      })
      const hasEnded = ended.length === entries.length
      run.done += ended.length
      const isLast = mirror.isFresh() && mirror.entries.size === seqs.length && hasEnded
      const after: After = {
        failures: 0,
        run: isLast ? "Ended" : { done: run.done, total: run.done + mirror.entries.size - seqs.length }
      }
      const settled = yield* store.settle(
        run.fence,
        seqs,
        verdict,
        yield* heard(after, now),
        now,
        rebaseOf(run, entries, verdict)
      )
      if (settled === undefined) return yield* Effect.as(mirror.distrust, false)
      run.preparing.settled(entries, verdict)
      if (verdict._tag === "Refused") yield* metering.refused
      if (settled.ended.length > 0) {
        yield* metering.replayed(settled.ended.length)
        yield* mirror.ended(settled.ended, settled.state)
      }
      if (settled.entries.length > 0) yield* mirror.put(settled.entries, settled.state)
      // The run is over in the books, and another replayer may begin: what came meanwhile wants a run of its own.
      return !isLast
    })

  return { afterError, unchanged, progress, book, settle }
}
