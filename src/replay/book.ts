// What a verdict means to the queue, in one transaction.
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { afterError } from "../account/heed.js"
import type { WorkspaceId } from "../Client.js"
import type { StorageError, TransportError } from "../ClientError.js"
import { now } from "../instance/clock.js"
import { standing } from "../instance/decide.js"
import type { Instance } from "../instance/instance.js"
import * as metrics from "../instance/metrics.js"
import * as quota from "../instance/quota.js"
import type { Entry } from "../log/entry.js"
import * as Mutation from "../Mutation.js"
import type { Held } from "../ReplayLock.js"
import type { Fence } from "../transactions/queue.js"
import { type After, type Rebase, type Verdict, verdictOn } from "../transactions/settle.js"
import * as merge from "./merge.js"

/** What a replayer knows and does while it has the turn. */
export interface Run {
  readonly instance: Instance
  readonly fence: Fence
  readonly turn: Held
  readonly plans: merge.Plans
  /** The workspaces whose list was read in this run. */
  readonly listed: Set<WorkspaceId>
  /** Those of them whose list could not be stored: each base is read by itself. */
  readonly unstored: Set<WorkspaceId>
  /** The workspaces whose list was read for the sake of others, and at which step they had asked for it. */
  readonly readFor: Map<WorkspaceId, number>
  /** Whether a list has been read for others since the last attempt. */
  hasReadForOthers: boolean
  /** Whether what comes next was chosen in spite of a backoff. */
  isForced: boolean
  /** How often other credentials had been set when Toggl was last asked whose these are. */
  credentialsAsked: number
  done: number
  /** The last number that was known when the log was last in step with the store. */
  last: number
}

/** Whether the credentials that were asked with last are still the app's: what Toggl says to others is not about these. */
export const areCurrent = ({ credentialsAsked, instance }: Run): boolean =>
  credentialsAsked === instance.tab.credentialsChanges

/** The queue goes on, or the run ends, as it stands. */
export const unchanged = ({ instance: { log } }: Run, run: After["run"]): After => ({
  failures: log.state.failures,
  run,
  ...(log.state.wait === undefined ? {} : { wait: log.state.wait })
})

export const progress = ({ done, instance }: Run, left = instance.log.entries.size): After["run"] => ({
  done,
  total: done + left
})

/** With what this instance alone knows: of the quotas, so that it costs no transaction of its own, and of the wait. */
const heard = ({ instance }: Run, after: After): Effect.Effect<After> =>
  Effect.map(now, (now) => {
    const known = standing(instance, now)
    return {
      ...after,
      quota: quota.latest(instance.log.state.quota, instance.quotas, now.wall),
      ...(known === undefined ? {} : { standing: known })
    }
  })

/** Books a change of the queue's state. `false`: this replayer has lost its turn. */
export const book = (run: Run, after: After): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    const { mirror, transactions } = run.instance
    const state = yield* transactions.book(run.fence, yield* heard(run, after), yield* Clock.currentTimeMillis)
    if (state === undefined) return yield* Effect.as(mirror.doubt, false)
    yield* mirror.setState(state)
    return true
  })

/** The run is over. */
export const end = (run: Run): Effect.Effect<boolean, StorageError> => book(run, unchanged(run, "Ended"))

/** The run is over, for Toggl cannot be asked now, or says to wait. */
export const endFor = (run: Run, error: TransportError): Effect.Effect<false, StorageError> =>
  Effect.flatMap(afterError(run.instance, error, areCurrent(run), "Ended"), (after) =>
    Effect.as(book(run, after), false)
  )

/** What Toggl did for us is no colleague's change. */
const rebaseOf = (run: Run, [first]: ReadonlyArray<Entry>, verdict: Verdict): Rebase | undefined => {
  const { log, settings } = run.instance
  if (settings.conflicts !== "CheckFirst" || verdict._tag !== "Done" || first === undefined) return undefined
  return { seqs: [...log.clients.after(Mutation.clientId(first.mutation), first.seq)], last: run.last }
}

const seqsOf = (entries: ReadonlyArray<Entry>): ReadonlyArray<number> => entries.map((entry) => entry.seq)

/** They are sent again, or set aside. `false`: the run is over. */
const sendAgain = (run: Run, entries: ReadonlyArray<Entry>, verdict: Extract<Verdict, { _tag: "Again" }>) =>
  Effect.gen(function* () {
    const { mirror, settings, transactions } = run.instance
    const errors = Math.max(...entries.map((entry) => entry.serverErrors)) + (verdict.counts ? 1 : 0)
    const isAside = verdict.uncertain && verdict.counts && errors >= settings.setAsideAfter
    // It is looked up before it is tried again, and so no sooner than its last attempt can land no more.
    const length = Math.max(Duration.toMillis(settings.backoff.cap), settings.stillness)
    const after: After = isAside
      ? { failures: 0, run: progress(run) }
      : yield* afterError(run.instance, verdict.error, areCurrent(run), "Ended")
    const settled = yield* transactions.settle(
      run.fence,
      seqsOf(entries),
      isAside ? { ...verdict, setAside: length } : verdict,
      yield* heard(run, after),
      yield* Clock.currentTimeMillis
    )
    if (settled === undefined) return yield* Effect.as(mirror.doubt, false)
    yield* mirror.stepped(settled)
    return isAside
  })

/** Books what came of these entries. `false`: the run is over. */
export const settle = (
  run: Run,
  entries: ReadonlyArray<Entry>,
  verdict: Verdict
): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    if (verdict._tag === "Again") return yield* sendAgain(run, entries, verdict)
    const { deadlines, log, mirror, transactions } = run.instance
    const ending = entries.filter((entry) => ["Done", "Nothing"].includes(verdictOn(verdict, entry)._tag))
    run.done += ending.length
    const left = log.entries.size - entries.length
    const isLast = mirror.isUpToDate() && left === 0 && ending.length === entries.length
    const settled = yield* transactions.settle(
      run.fence,
      seqsOf(entries),
      verdict,
      yield* heard(run, { failures: 0, run: isLast ? "Ended" : progress(run, left) }),
      yield* Clock.currentTimeMillis,
      rebaseOf(run, entries, verdict)
    )
    if (settled === undefined) return yield* Effect.as(mirror.doubt, false)
    merge.learn(run.plans, entries, verdict)
    if (verdict._tag === "Refused") yield* metrics.refused
    if (settled.ended.length > 0) yield* metrics.replayed(settled.ended.length)
    yield* mirror.stepped(settled)
    for (const { outcome } of settled.ended) deadlines.forget(outcome.id)
    // The run is over in the books, and another replayer may begin: what came meanwhile wants a run of its own.
    return !isLast
  })
