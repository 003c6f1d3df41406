// What a verdict means to the queue, in one transaction.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { afterError, keepWait } from "../account/heed.js"
import type { Client, WorkspaceId } from "../Client.js"
import type { StorageError, TransportError } from "../ClientError.js"
import { now } from "../effect/clock.js"
import { backoff, stuckFor } from "../instance/clock.js"
import { firstProbe, hasBeenPassed, hasScouts, nextProbe } from "../instance/decide.js"
import type { Instance, Seen, Tab } from "../instance/instance.js"
import * as metrics from "../instance/metrics.js"
import * as quota from "../instance/quota.js"
import { standing } from "../instance/waits.js"
import type { Entry } from "../log/entry.js"
import { workspaceOf } from "../log/state.js"
import * as Mutation from "../Mutation.js"
import type { Held } from "../ReplayLock.js"
import type { Fence } from "../transactions/queue.js"
import { type Verdict, verdictOn } from "../log/verdict.js"
import type { After, Rebase } from "../transactions/settle.js"
import * as merge from "./merge.js"

/** What a replayer knows and does while it has the turn. */
export interface Run {
  readonly instance: Instance
  readonly fence: Fence
  readonly turn: Held
  readonly plans: merge.Plans
  readonly seen: Seen
  /** The workspaces whose list was read for the sake of others, and at which step they had asked for it. */
  readonly readFor: Map<WorkspaceId, number>
  /** Whether a list has been read for others since the last attempt. */
  hasReadForOthers: boolean
  /** Whether what comes next was chosen in spite of a backoff. */
  isForced: boolean
  /** Whether it is tried in place of one that never gets through. */
  isScout: boolean
  /** Whether it was set aside. */
  isProbe: boolean
  /** The names that whole lists have shown in this run, as they are. */
  readonly namesSeen: Map<WorkspaceId, Set<string>>
  /** How often other credentials had been set when Toggl was last asked whose these are. */
  credentialsAsked: number
  done: number
  /** The last number that was known when the log was last in step with the store. */
  last: number
}

/** A name as Toggl keeps it. */
export const asKept = (name: string): string => name.trim().normalize()

/** A whole list has shown these. */
export const sawNames = (
  seen: Run["namesSeen"],
  workspaceId: WorkspaceId,
  clients: ReadonlyArray<Pick<Client, "name">>
): void => {
  const names = seen.get(workspaceId) ?? new Set()
  seen.set(workspaceId, names)
  for (const { name } of clients) names.add(asKept(name))
}

/** A name that a change of our own has freed may be the next one's. */
const forgetFreed = ({ namesSeen }: Run, entries: ReadonlyArray<Entry>, verdict: Verdict): void => {
  for (const entry of entries) {
    const { mutation } = entry
    const mayFree = mutation._tag === "Delete" || mutation._tag === "Archive" || merge.renames(mutation)
    if (mayFree && verdictOn(verdict, entry)._tag === "Done") namesSeen.delete(mutation.workspaceId)
  }
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
export const end = (run: Run): Effect.Effect<false, StorageError> =>
  Effect.as(book(run, unchanged(run, "Ended")), false as const)

const afterTransport = (run: Run, error: TransportError): Effect.Effect<After> =>
  afterError(run.instance, error, areCurrent(run), "Ended")

/** Whoever has the turn now, or whatever cannot be booked: nothing is asked before the time that Toggl names. */
const keeping = <A>(
  { instance }: Run,
  error: TransportError | StorageError,
  booking: Effect.Effect<A, StorageError>
): Effect.Effect<A, StorageError> => {
  if (error._tag === "StorageError") return booking
  const kept = keepWait(instance, error)
  return booking.pipe(
    Effect.tapError(() => kept),
    Effect.tap((booked) => (booked === undefined || booked === false ? kept : Effect.void))
  )
}

/** The run is over, for Toggl cannot be asked now, or says to wait. */
export const endFor = (run: Run, error: TransportError): Effect.Effect<false, StorageError> =>
  Effect.gen(function* () {
    yield* keeping(run, error, book(run, yield* afterTransport(run, error)))
    return false as const
  })

/** What Toggl did for us is no colleague's change. */
const rebaseOf = (run: Run, [first]: ReadonlyArray<Entry>, verdict: Verdict): Rebase | undefined => {
  const { log, settings } = run.instance
  if (settings.conflicts !== "CheckFirst" || verdict._tag !== "Done" || first === undefined) return undefined
  return { seqs: [...log.clients.after(Mutation.clientId(first.mutation), first.seq)], last: run.last }
}

const seqsOf = (entries: ReadonlyArray<Entry>): ReadonlyArray<number> => entries.map((entry) => entry.seq)

/** What Toggl has answered could not be stored: the queue goes on later. */
const afterLoss = ({ instance: { log, settings } }: Run): Effect.Effect<After> =>
  Effect.gen(function* () {
    const { failures } = log.state
    const length = yield* backoff(settings.backoff, failures)
    const { wall } = yield* now
    const wait = { reason: "BackingOff", seenAt: wall, length, named: false, restarted: false } as const
    return { failures: failures + 1, run: "Ended", wait }
  })

/** How long the queue waits after a failure. `isStuck`: no other change has got through since this one first failed. */
const afterFailure = (
  run: Run,
  error: TransportError | StorageError,
  isStuck: boolean,
  goesOn: boolean
): Effect.Effect<After> =>
  Effect.gen(function* () {
    const { instance, isScout } = run
    const { log, settings } = instance
    const after = error._tag === "StorageError" ? yield* afterLoss(run) : yield* afterTransport(run, error)
    const { wait } = after
    if (!(isStuck || isScout) || wait?.reason !== "BackingOff" || wait.named) return after
    // What is tried in place of another is no failure of the queue's own.
    const failures = log.state.failures + (isScout ? 0 : 1)
    const length = yield* stuckFor(settings.backoff, log.state.failures, isScout ? 2 : 1)
    return { ...after, failures, wait: { ...wait, length, stuck: true }, run: goesOn ? progress(run) : "Ended" }
  })

/** When the workspace's set-aside entries are tried next, after this one has failed. */
export const probeAfter = (
  { instance: { log, settings }, isProbe }: Run,
  { mutation }: Entry
): NonNullable<After["probe"]> => {
  const { workspaceId } = mutation
  const last = workspaceOf(log.state, workspaceId).probe?.length ?? 0
  return { workspaceId, length: isProbe ? nextProbe(settings, last) : firstProbe(settings) }
}

const asideAfter = (run: Run, entry: Entry): After => ({
  failures: run.instance.log.state.failures,
  run: progress(run),
  probe: probeAfter(run, entry)
})

/** They are sent again, or set aside. `false`: the run is over. */
const sendAgain = (run: Run, entries: ReadonlyArray<Entry>, verdict: Extract<Verdict, { _tag: "Again" }>) =>
  Effect.gen(function* () {
    const { instance, isProbe, isScout } = run
    const { log, mirror, settings, transactions } = instance
    const [first] = entries
    if (first === undefined) return true
    const failures = Math.max(...entries.map((entry) => entry.failures)) + (verdict.counts ? 1 : 0)
    const isExhausted = verdict.counts && failures >= settings.setAsideAfter
    const isPassed = entries.some((entry) => hasBeenPassed(instance, entry))
    // A time that Toggl names, or a sign-in that it wants, is no failure of the one that is set aside. The user may have taken
    // it up again meanwhile.
    const stays = first.state._tag === "SetAside" || (isProbe && first.failingSince !== undefined)
    const isSetAside = stays || (isExhausted && isPassed)
    const goesOn = isExhausted && !isScout && hasScouts(log, first)
    const after =
      isSetAside && verdict.counts
        ? asideAfter(run, first)
        : yield* afterFailure(run, verdict.error, isExhausted && !isPassed, goesOn)
    if (after.wait?.named !== true) run.seen.clients.clear()
    const booking = transactions.settle(
      run.fence,
      seqsOf(entries),
      { ...verdict, isSetAside },
      yield* heard(run, after),
      yield* Clock.currentTimeMillis,
      { known: entries }
    )
    const settled = yield* keeping(run, verdict.error, booking)
    instance.tab.unwritten = 0
    if (settled === undefined) return yield* Effect.as(mirror.doubt, false)
    yield* mirror.stepped(settled)
    // What was to be set aside with others that have gone meanwhile is tried again, and no sooner than after any failure.
    const isSpared =
      settled.entries.length < entries.length && settled.entries.some(({ state }) => state._tag !== "SetAside")
    if (isSetAside && isSpared) {
      return yield* Effect.as(book(run, yield* afterFailure(run, verdict.error, false, false)), false)
    }
    return after.run !== "Ended"
  })

/** The next of a workspace's set-aside entries follows at once where one has got through. */
const probesOn = ({ isProbe }: Run, { mutation }: Entry, verdict: Verdict): After["probe"] =>
  isProbe && verdict._tag === "Done" ? { workspaceId: mutation.workspaceId, length: 0 } : undefined

/** Only what Toggl takes shows that changes get through. */
const isTaken = (verdict: Verdict): boolean => verdict._tag === "Done" && verdict.isAnswer === true

/** What the queue does after an ending. */
const afterEnding = (
  run: Run,
  entries: ReadonlyArray<Entry>,
  verdict: Verdict,
  isLast: boolean,
  left: number
): After => {
  const { failures, wait } = run.instance.log.state
  const [first] = entries
  const probe = first === undefined ? undefined : probesOn(run, first, verdict)
  const common = {
    run: isLast ? ("Ended" as const) : progress(run, left),
    ...(probe === undefined ? {} : { probe })
  }
  return run.isScout && !isTaken(verdict)
    ? { ...common, failures, ...(wait === undefined ? {} : { wait }) }
    : { ...common, failures: 0 }
}

const isEnding = (verdict: Verdict, entry: Entry): boolean =>
  ["Done", "Nothing"].includes(verdictOn(verdict, entry)._tag)

// What Toggl answers may be about a client that was here before, which only the store can tell.
const wasNotBelieved = (verdict: Verdict, { state }: Entry): boolean =>
  verdict._tag === "Done" && verdict.isAnswer === true && state._tag === "Uncertain"

// So many are remembered: whoever waits for one asks at once.
const rememberedAnswers = 100

/** Who waits for an entry that is gone hears what Toggl said all the same. */
const remember = (tab: Tab, entries: ReadonlyArray<Entry>, verdict: Verdict): void => {
  for (const entry of entries) {
    const own = verdictOn(verdict, entry)
    if (own._tag === "Refused") tab.unbooked.set(entry.id, own)
    if (own._tag !== "Done" || own.isAnswer !== true) continue
    const { isAnswer: _, ...done } = own
    tab.unbooked.set(entry.id, done)
  }
  for (const id of tab.unbooked.keys()) {
    if (tab.unbooked.size <= rememberedAnswers) break
    tab.unbooked.delete(id)
  }
}

/** Books what came of these entries. `false`: the run is over. */
export const settle = (
  run: Run,
  entries: ReadonlyArray<Entry>,
  verdict: Verdict
): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    if (verdict._tag === "Again") return yield* sendAgain(run, entries, verdict)
    const { deadlines, log, mirror, tab, transactions } = run.instance
    run.seen.clients.clear()
    const ending = entries.filter((entry) => isEnding(verdict, entry))
    run.done += ending.length
    const left = log.entries.size - entries.length
    const isLast =
      mirror.isUpToDate() &&
      left === 0 &&
      ending.length === entries.length &&
      entries.every(({ sent }) => sent === undefined)
    const settled = yield* transactions
      .settle(
        run.fence,
        seqsOf(entries),
        verdict,
        yield* heard(run, afterEnding(run, entries, verdict, isLast, left)),
        yield* Clock.currentTimeMillis,
        { rebase: rebaseOf(run, entries, verdict), known: entries }
      )
      .pipe(Effect.either)
    if (Either.isLeft(settled)) return yield* unbooked(run, entries, settled.left)
    tab.unwritten = 0
    // That `/me` is answered does not show that changes are.
    if (isTaken(verdict)) tab.lastRefused = undefined
    const { right } = settled
    if (right === undefined) {
      remember(tab, entries, verdict)
      return yield* Effect.as(mirror.doubt, false)
    }
    const unbelieved = right.entries.filter((entry) => wasNotBelieved(verdict, entry))
    const error = unbelieved[0]?.lastError
    if (error !== undefined) {
      yield* mirror.stepped(right)
      return yield* sendAgain(run, unbelieved, { _tag: "Again", uncertain: true, error, counts: true })
    }
    merge.learn(run.plans, entries, verdict)
    forgetFreed(run, entries, verdict)
    if (verdict._tag === "Refused") yield* metrics.refused(run.instance)
    if (right.ended.length > 0) yield* metrics.replayed(run.instance, right.ended.length)
    yield* mirror.stepped(right)
    for (const { outcome } of right.ended) deadlines.forget(outcome.id)
    // The run is over in the books, and another replayer may begin: what came meanwhile wants a run of its own.
    return !isLast
  })

/** What cannot be stored of one entry may be its mark or answer alone: less is tried, so that the others go on. */
export const unbooked = (
  run: Run,
  entries: ReadonlyArray<Entry>,
  error: StorageError,
  about: { readonly isLookUp?: boolean } = {}
): Effect.Effect<boolean, StorageError> =>
  Effect.catchAll(sendAgain(run, entries, { _tag: "Again", uncertain: true, error, counts: true, ...about }), () =>
    Effect.fail(error)
  )
