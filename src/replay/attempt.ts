// One attempt: check, look up, prepare, mark, send, settle.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { asUser } from "../account/ask.js"
import { identify, stillAccount } from "../account/identity.js"
import { BadRequest, NotFound, type StorageError, type TransportError, Unreachable } from "../ClientError.js"
import type { Credentials } from "../Credentials.js"
import { now } from "../effect/clock.js"
import { decide, sawAttempts } from "../instance/decide.js"
import type { Tab } from "../instance/instance.js"
import { isOthers, whoseStore } from "../instance/signIn.js"
import * as spans from "../instance/spans.js"
import { namedWait } from "../instance/waits.js"
import { attemptOf, type Entry, mayHaveBeenApplied } from "../log/entry.js"
import { asked, isRepeatable } from "../log/request.js"
import { isListedWhole, workspaceOf } from "../log/state.js"
import type * as Mutation from "../Mutation.js"
import type { Verdict } from "../log/verdict.js"
import { standingIn } from "../wire/fetch.js"
import { Pinned } from "../wire/signing.js"
import { asKept, end, endFor, type Run, sawNames, settle, unbooked } from "./book.js"
import { type Before, lookUp, type LookedUp, untilOtherDate } from "./lookUp.js"
import { groupOf } from "./merge.js"
import { prepare, type Prepared, type ToSend, vanishing, withBase } from "./prepare.js"
import { again, send, sendMany } from "./send.js"

// A request leaves only while its mark is this fresh, and never fresher than the margin by which those who look it up
// wait longer than a request may take: a tab that was stopped in between must not send it late.
const markStaysFresh = 5000

/** Names the entry's last attempt among all. */
const attemptKey = (entry: Entry): string => `${entry.id} ${attemptOf(entry)?.number}`

const isInDoubt = ({ state }: Entry): boolean => state._tag === "Uncertain" || state._tag === "SetAside"

/** Sends what comes next, or looks up what became of it. `false`: the run is over. */
export const act = (run: Run, entry: Entry): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    const vanished = isInDoubt(entry) ? undefined : yield* vanish(run, entry)
    if (vanished !== undefined) return vanished
    const credentials = yield* accountCredentials(run)
    if (credentials === undefined) return false
    if (!(yield* isStillNext(run, entry))) return true
    return yield* asUser(run.instance, credentials)(carryOn(run, entry))
  })

/** The credentials, if they are the account's. `undefined`: nothing may be sent now, and the run is over. */
const accountCredentials = (run: Run): Effect.Effect<Credentials | undefined, StorageError> =>
  Effect.gen(function* () {
    const { instance } = run
    run.credentialsAsked = instance.tab.credentialsChanges
    const identity = yield* identify(instance)
    instance.tab.signedOut = identity._tag === "SignedOut"
    switch (identity._tag) {
      case "Known":
        return identity.credentials
      case "SignedOut":
      case "Replaced":
      case "WrongAccount":
      case "Refused":
        yield* end(run)
        return undefined
      case "Unknown":
        yield* endFor(run, identity.error)
        return undefined
    }
  })

/** Whether it is still what comes next, after whatever this instance has heard since it was chosen. */
const isStillNext = ({ instance, isForced, isScout }: Run, entry: Entry): Effect.Effect<boolean> =>
  Effect.map(now, (now) => {
    const decision = decide(instance, now, isForced)
    if (!instance.mirror.isUpToDate() || decision._tag !== "Act") return false
    return decision.entry.seq === entry.seq && decision.isScout === isScout
  })

/** A client that never left this device, and is deleted again, costs no request. */
const vanish = (run: Run, entry: Entry): Effect.Effect<boolean | undefined, StorageError> =>
  Effect.flatMap(vanishing(run, entry), (entries) =>
    entries === undefined ? Effect.succeed(undefined) : settle(run, entries, { _tag: "Nothing" })
  )

const othersChange = ({ mutation }: Entry): Verdict => ({
  _tag: "Refused",
  error: new BadRequest({ ...asked(mutation), text: "another user of this device made it" })
})

const carryOn = (run: Run, entry: Entry): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    // Two users may each accept a change before the store is either's: it is one's then, and the other's is not sent.
    const { userId } = entry
    if (userId !== undefined && isOthers(run.instance, userId)) {
      return yield* settle(run, [entry], othersChange(entry))
    }
    const group = groupOf(run.instance.log, entry)
    yield* spans.acts(run.instance, group)
    const { taken } = run.instance.tab
    // An edit made since is to be judged by what has become of the attempt.
    if (isInDoubt(entry) && entry.sent === undefined && taken?.attempt === attemptKey(entry)) {
      const verdict = yield* ours(run, [entry], taken.wasInDoubt, taken.verdict, true)
      if (verdict !== "Free") return yield* settle(run, group, together(group, verdict))
      run.instance.tab.taken = undefined
    }
    const found = isInDoubt(entry) ? yield* whatBecameOf(run, entry) : undefined
    if (found === undefined) return yield* carryOut(run, group, yield* prepare(run, entry))
    if (Either.isLeft(found)) return yield* settle(run, group, readFailed(found.left, true))
    const { right } = found
    if (right._tag === "Done" || right._tag === "Refused") return yield* settle(run, group, right)
    if (right.mayBeCached === true) return yield* askAgain(run, entry)
    const vanished = yield* vanish(run, entry)
    if (vanished !== undefined) return vanished
    return yield* carryOut(run, group, yield* prepare(run, entry, right.client))
  })

/** What comes next is decided anew, for much may be heard in that second: this one, by a second list. */
const askAgain = ({ instance: { tab }, isForced }: Run, entry: Entry): Effect.Effect<boolean> =>
  Effect.suspend(() => {
    tab.listedFor = attemptKey(entry)
    if (isForced) tab.override = true
    return Effect.as(Effect.sleep(untilOtherDate), true)
  })

/**
 * What became of a change, or what it is to be built on, could not be read: that counts like an attempt, for it may be
 * this client's alone. What was in doubt stays so (`uncertain`).
 */
const readFailed = (error: TransportError, uncertain: boolean): Verdict => ({
  ...again(error),
  uncertain,
  isLookUp: true
})

/** What the other creates that are in doubt have asked for: a scout may have been one, or what is set aside. */
const othersInDoubt = (log: Run["instance"]["log"], { mutation, seq }: Entry): ReturnType<Before["others"]> =>
  Array.from(log.entries.values()).flatMap((other) => {
    const isOther =
      other.seq !== seq && other.mutation.workspaceId === mutation.workspaceId && mayHaveBeenApplied(other)
    const { target } = attemptOf(other) ?? {}
    if (!isOther || target === undefined || (other.sent ?? other.mutation)._tag !== "Create") return []
    return [{ ...target, isEarlier: other.seq < seq }]
  })

const whatBecameOf = (
  { instance, namesSeen }: Run,
  entry: Entry,
  { isKept = false, taken = "No" }: Partial<Pick<Before, "isKept" | "taken">> = {}
): Effect.Effect<Either.Either<LookedUp, TransportError> | undefined, StorageError> =>
  Effect.gen(function* () {
    const { api, log, tab, transactions } = instance
    const attempt = attemptOf(entry)
    if (attempt === undefined) return undefined
    const { clients } = yield* transactions.copy(entry.mutation.workspaceId)
    const workspace = workspaceOf(log.state, entry.mutation.workspaceId)
    const before: Before = {
      clients,
      // The first version of the rows did not keep it, and no list is stored while an attempt is open.
      first: entry.first ?? { isListed: isListedWhole(workspace) },
      made: () => new Set(log.ids.values()),
      userId: tab.verified?.userId ?? log.state.userId,
      others: () => othersInDoubt(log, entry),
      resolve: log.resolve,
      taken,
      isKept,
      isCountWrong: workspace.isCountWrong === true,
      wasListed: taken === "No" && tab.listedFor === attemptKey(entry),
      mayAsk: Effect.map(now, (now) => namedWait(instance, now) === undefined),
      listed: (workspaceId, clients) => sawNames(namesSeen, workspaceId, clients)
    }
    return yield* Effect.either(lookUp(api, entry, attempt, before))
  })

const carryOut = (run: Run, group: ReadonlyArray<Entry>, prepared: Prepared): Effect.Effect<boolean, StorageError> => {
  switch (prepared._tag) {
    case "Changed":
      return Effect.as(run.instance.mirror.doubt, true)
    case "Read":
      return Effect.succeed(true)
    case "NotNow":
      return again(prepared.error).counts
        ? settle(run, group, readFailed(prepared.error, group.some(isInDoubt)))
        : endFor(run, prepared.error)
    case "Refused":
      return settle(run, group, prepared)
    case "Send":
      return attempt(run, group, prepared)
  }
}

// --- From the mark to the books ----------------------------------------------------------------------------------------

const attempt = (run: Run, group: ReadonlyArray<Entry>, toSend: ToSend): Effect.Effect<boolean, StorageError> =>
  Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      const { instance } = run
      const { log, mirror, transactions } = instance
      const { base, clientIds, entries, mutation } = toSend
      const [entry] = entries
      yield* spans.acts(instance, entries)
      const seqs = entries.map(({ seq }) => seq)
      const released = group.map(({ seq }) => seq).filter((seq) => !seqs.includes(seq))
      if (!(yield* isStillNext(run, entry))) return true
      const basis = {
        ...(base === undefined ? {} : { base }),
        released,
        step: log.state.step,
        notBefore: yield* instance.api.latestDate,
        user: instance.tab.verified?.userId,
        planned: entries,
        isBulk: clientIds !== undefined
      }
      const mayLeaveFor = yield* freshness(run)
      const mark = transactions.mark(run.fence, seqs, mutation, yield* Clock.currentTimeMillis, basis)
      const made = yield* Effect.either(mark)
      // Nothing has left: of an earlier attempt is known what was.
      if (Either.isLeft(made)) return yield* unbooked(run, entries, made.left, { isLookUp: true })
      const marked = made.right
      switch (marked._tag) {
        case "Superseded":
          return yield* Effect.as(mirror.doubt, false)
        case "Changed":
          return yield* Effect.as(mirror.doubt, true)
        case "OtherUser":
          return yield* Effect.zipRight(mirror.doubt, end(run))
        case "NeedsBase":
          return yield* restore(
            Effect.flatMap(withBase(run, toSend, marked.clientId), (based) => carryOut(run, group, based))
          )
        case "Unresolvable":
          return yield* settle(run, [entry], gone(entry))
      }
      yield* mirror.stepped({ state: marked.state, entries: [...marked.entries, ...marked.others] })
      sawAttempts(instance, marked.entries, yield* now)
      const sending: Effect.Effect<Verdict> =
        clientIds === undefined
          ? send(instance.api, mutation.workspaceId, marked.request)
          : sendBulk(run, { entries, clientIds })
      const wasInDoubt = group.some(isInDoubt)
      return yield* Effect.gen(function* () {
        const verdict = yield* restore(sendMarked(run, sending, mayLeaveFor))
        if (verdict === "NotOurs") return yield* Effect.zipRight(mirror.doubt, end(run))
        if (verdict === "TooLate") return yield* settle(run, marked.entries, late(entry, wasInDoubt))
        const certain = yield* restore(ours(run, marked.entries, wasInDoubt, verdict))
        const told = certain === "Free" ? verdict : certain
        return yield* settle(run, marked.entries, together(marked.entries, stillInDoubt(told, mutation, wasInDoubt)))
      }).pipe(onWire(instance.tab, marked.entries))
    })
  )

/** Whoever waits for one of them waits for this answer, though the entry may go meanwhile. */
const onWire =
  (tab: Tab, entries: ReadonlyArray<Entry>) =>
  <A, E>(effect: Effect.Effect<A, E>): Effect.Effect<A, E> =>
    Effect.suspend(() => {
      for (const { id } of entries) tab.onWire.add(id)
      return effect
    }).pipe(
      Effect.ensuring(
        Effect.sync(() => {
          for (const { id } of entries) tab.onWire.delete(id)
        })
      )
    )

// Counted from before the mark: others may see it before this instance hears that it has committed.
const freshness = ({ instance: { api, settings } }: Run): Effect.Effect<() => number> =>
  Effect.map(Effect.clock, (clock) => {
    const limit = Math.min(markStaysFresh, settings.stillness - Duration.toMillis(api.requestLimit))
    const from = clock.unsafeCurrentTimeMillis()
    const monotonicFrom = clock.unsafeCurrentTimeNanos()
    return () => {
      const byWall = Math.abs(clock.unsafeCurrentTimeMillis() - from)
      return limit - Math.max(byWall, Number(clock.unsafeCurrentTimeNanos() - monotonicFrom) / 1_000_000)
    }
  })

/** It surely never left; of an earlier attempt is known what was. */
const late = (entry: Entry, uncertain: boolean): Verdict => ({
  _tag: "Again",
  uncertain,
  error: tooLate(entry),
  counts: true,
  isLookUp: true,
  neverLeft: true
})

/** What took too long was the app's source, Toggl's word on whose the credentials are, or the device itself. */
const tooLate = ({ mutation }: Entry): TransportError => new Unreachable({ ...asked(mutation), reason: "TimedOut" })

/**
 * Sends what was marked, unless the mark has grown old (`TooLate`), or the turn or the user has gone meanwhile: then it has
 * surely not left.
 */
const sendMarked = (
  { instance, turn }: Run,
  sending: Effect.Effect<Verdict>,
  mayLeaveFor: () => number
): Effect.Effect<Verdict | "NotOurs" | "TooLate", StorageError> =>
  Effect.gen(function* () {
    const isFresh = () => !turn.isLost() && mayLeaveFor() > 0
    const { fetch } = instance.settings
    const credentials = yield* stillAccount(instance, mayLeaveFor())
    if (credentials === undefined || turn.isLost()) return "NotOurs"
    if (!isFresh()) return "TooLate"
    const pinned = Effect.provideService(sending, Pinned, { credentials, userId: whoseStore(instance) })
    if (fetch === undefined) return yield* pinned
    const left = { isFirst: true, unsent: false }
    const guarded = standingIn(fetch, (input, init) => {
      if (left.isFirst && !isFresh()) {
        left.unsent = true
        return Promise.reject(new TypeError("not sent: its turn has passed"))
      }
      left.isFirst = false
      return fetch(input, init)
    })
    const verdict = yield* Effect.provideService(pinned, FetchHttpClient.Fetch, guarded)
    return left.unsent ? (turn.isLost() ? "NotOurs" : "TooLate") : verdict
  })

const sendBulk = ({ instance: { api, tab } }: Run, many: Parameters<typeof sendMany>[1]): Effect.Effect<Verdict> =>
  Effect.map(sendMany(api, many), ({ isKnown, verdict }) => {
    if (!isKnown) tab.isBulkUnknown = true
    return verdict
  })

/** What may be repeated is sent again without a look-up: that a later attempt never arrived says nothing of the first. */
const stillInDoubt = (verdict: Verdict, mutation: Mutation.Mutation, wasInDoubt: boolean): Verdict =>
  verdict._tag === "Again" && wasInDoubt && isRepeatable(mutation) ? { ...verdict, uncertain: true } : verdict

/** Its create is gone: a delete has nothing left to do. */
const gone = ({ mutation }: Entry): Verdict =>
  mutation._tag === "Delete" ? { _tag: "Done" } : { _tag: "Refused", error: new NotFound(asked(mutation)) }

/** What is refused for several entries at once might not be for each of them. */
const together = (entries: ReadonlyArray<Entry>, verdict: Verdict): Verdict => {
  if (verdict._tag !== "Refused" || entries.length === 1) return verdict
  const { error } = verdict
  return error._tag === "InvalidName" || error._tag === "BadRequest" ? { _tag: "Apart" } : verdict
}

/** Whether Toggl says, or may say, that the name is another's. Some services have no words of their own for it. */
const isTaken = (verdict: Verdict): boolean =>
  verdict._tag === "Refused" &&
  ((verdict.error._tag === "InvalidName" && verdict.error.reason === "Taken") ||
    (verdict.error._tag === "BadRequest" && verdict.error.text === "Bad Request"))

/** The name that the attempt takes; `undefined`: none. */
const nameTaken = (entry: Entry): string | undefined => {
  const { base, target } = attemptOf(entry) ?? {}
  return target === undefined || base?.name === target.name ? undefined : target.name
}

/**
 * A name may be taken by an earlier copy of the same request: browsers repeat one by themselves. No look-up tells more
 * than a list of this run in which the name stood before the attempt. `Free`: nobody has the name.
 */
const ours = (
  run: Run,
  [entry]: ReadonlyArray<Entry>,
  wasInDoubt: boolean,
  verdict: Verdict,
  isKept = false
): Effect.Effect<Verdict | "Free", StorageError> =>
  Effect.gen(function* () {
    const name = entry === undefined ? undefined : nameTaken(entry)
    if (entry === undefined || name === undefined || !isTaken(verdict)) return verdict
    // What this run has seen since the attempt may be what that has made.
    const wasSeen = !isKept && run.namesSeen.get(entry.mutation.workspaceId)?.has(asKept(name)) === true
    if (!wasInDoubt && wasSeen) return verdict
    const found = yield* whatBecameOf(run, entry, { isKept, taken: wasInDoubt ? "AfterDoubt" : "Yes" })
    if (found === undefined) return verdict
    if (Either.isLeft(found)) {
      // Sent again it would be refused again, and where Toggl lets one request through at a time never looked up.
      run.instance.tab.taken = { attempt: attemptKey(entry), wasInDoubt, verdict }
      return readFailed(found.left, true)
    }
    const { right } = found
    if (entry.mutation._tag === "Create") {
      if (right._tag !== "NotApplied") return right
      return right.isFree === true ? "Free" : verdict
    }
    return right._tag === "Done" ? right : verdict
  })
