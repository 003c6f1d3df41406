// One attempt: check, look up, prepare, mark, send, settle.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import { identify, isStillAccount } from "../account/identity.js"
import { NotFound, type StorageError, type TransportError } from "../ClientError.js"
import type { Credentials } from "../Credentials.js"
import { now } from "../instance/clock.js"
import { decide, sawAttempts } from "../instance/decide.js"
import { attemptOf, type Entry } from "../log/entry.js"
import { asked } from "../log/request.js"
import type { Verdict } from "../transactions/settle.js"
import { Pinned } from "../wire/signing.js"
import { areCurrent, book, end, endFor, type Run, settle, unchanged } from "./book.js"
import { lookUp, type LookedUp } from "./lookUp.js"
import { groupOf } from "./merge.js"
import { prepare, type Prepared, type ToSend, vanishing, withBase } from "./prepare.js"
import { send, sendMany } from "./send.js"

// A request leaves only while its mark is this fresh, and never fresher than the margin by which those who look it up
// wait longer than a request may take: a tab that was stopped in between must not send it late.
const markStaysFresh = 5000

const isInDoubt = ({ state }: Entry): boolean => state._tag === "Uncertain" || state._tag === "SetAside"

/** Sends what comes next, or looks up what became of it. `false`: the run is over. */
export const act = (run: Run, entry: Entry): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    const vanished = isInDoubt(entry) ? undefined : yield* vanish(run, entry)
    if (vanished !== undefined) return vanished
    const credentials = yield* accountCredentials(run)
    if (credentials === undefined) return false
    if (!(yield* isStillNext(run, entry))) return true
    return yield* Effect.provideService(carryOn(run, entry), Pinned, credentials)
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
        yield* end(run)
        return undefined
      case "WrongAccount":
        yield* book(run, {
          ...unchanged(run, "Ended"),
          ...(areCurrent(run) ? { paused: "WrongAccount" as const } : {})
        })
        return undefined
      case "Unknown":
        yield* endFor(run, identity.error)
        return undefined
    }
  })

/** Whether it is still what comes next, after whatever this instance has heard since it was chosen. */
const isStillNext = ({ instance, isForced }: Run, entry: Entry): Effect.Effect<boolean> =>
  Effect.map(now, (now) => {
    const decision = decide(instance, now, isForced)
    return instance.mirror.isUpToDate() && decision._tag === "Act" && decision.entry.seq === entry.seq
  })

/** A client that never left this device, and is deleted again, costs no request. */
const vanish = (run: Run, entry: Entry): Effect.Effect<boolean | undefined, StorageError> =>
  Effect.flatMap(vanishing(run, entry), (entries) =>
    entries === undefined ? Effect.succeed(undefined) : settle(run, entries, { _tag: "Nothing" })
  )

const carryOn = (run: Run, entry: Entry): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    const group = groupOf(run.instance.log, entry)
    if (isInDoubt(entry)) {
      const found = yield* whatBecameOf(run, entry)
      if (found !== undefined && Either.isLeft(found)) return yield* endFor(run, found.left)
      if (found !== undefined && found.right._tag !== "NotApplied") return yield* settle(run, group, found.right)
      const vanished = yield* vanish(run, entry)
      if (vanished !== undefined) return vanished
    }
    return yield* carryOut(run, group, yield* prepare(run, entry))
  })

const whatBecameOf = (
  { instance: { api, log, transactions } }: Run,
  entry: Entry
): Effect.Effect<Either.Either<LookedUp, TransportError> | undefined, StorageError> =>
  Effect.gen(function* () {
    const attempt = attemptOf(entry)
    if (attempt === undefined) return undefined
    const { clients } = yield* transactions.copy(entry.mutation.workspaceId)
    const before = { clients, userId: log.state.userId, resolve: log.resolve }
    return yield* Effect.either(lookUp(api, entry, attempt, before))
  })

const carryOut = (run: Run, group: ReadonlyArray<Entry>, prepared: Prepared): Effect.Effect<boolean, StorageError> => {
  switch (prepared._tag) {
    case "Changed":
      return Effect.as(run.instance.mirror.doubt, true)
    case "Read":
      return Effect.succeed(true)
    case "NotNow":
      return endFor(run, prepared.error)
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
      const seqs = entries.map(({ seq }) => seq)
      const released = group.map(({ seq }) => seq).filter((seq) => !seqs.includes(seq))
      if (!(yield* isStillNext(run, entry))) return true
      const basis = {
        ...(base === undefined ? {} : { base }),
        released,
        step: log.state.step,
        isBulk: clientIds !== undefined
      }
      const isMarkFresh = yield* freshness(run)
      const marked = yield* transactions.mark(run.fence, seqs, mutation, yield* Clock.currentTimeMillis, basis)
      switch (marked._tag) {
        case "Superseded":
          return yield* Effect.as(mirror.doubt, false)
        case "Changed":
          return yield* Effect.as(mirror.doubt, true)
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
      const verdict = yield* restore(sendMarked(run, sending, isMarkFresh))
      if (verdict === undefined) return yield* Effect.as(mirror.doubt, false)
      const certain = group.some(isInDoubt) ? yield* restore(ours(run, marked.entries, verdict)) : verdict
      return yield* settle(run, marked.entries, together(marked.entries, certain))
    })
  )

// Counted from before the mark: others may see it before this instance hears that it has committed.
const freshness = ({ instance: { api, settings } }: Run): Effect.Effect<() => boolean> =>
  Effect.map(Effect.clock, (clock) => {
    const limit = Math.min(markStaysFresh, settings.stillness - Duration.toMillis(api.requestLimit))
    const from = clock.unsafeCurrentTimeMillis()
    const monotonicFrom = clock.unsafeCurrentTimeNanos()
    return () =>
      Math.abs(clock.unsafeCurrentTimeMillis() - from) < limit &&
      Number(clock.unsafeCurrentTimeNanos() - monotonicFrom) < limit * 1_000_000
  })

/** Sends what was marked, unless the mark has grown old or the user has left meanwhile: it has surely not left. */
const sendMarked = (
  { instance, turn }: Run,
  sending: Effect.Effect<Verdict>,
  isMarkFresh: () => boolean
): Effect.Effect<Verdict | undefined> =>
  Effect.gen(function* () {
    const isFresh = () => !turn.isLost() && isMarkFresh()
    const { fetch } = instance.settings
    if (!(yield* isStillAccount(instance)) || !isFresh()) return undefined
    if (fetch === undefined) return yield* sending
    const left = { isFirst: true, unsent: false }
    const guarded: typeof globalThis.fetch = (input, init) => {
      if (left.isFirst && !isFresh()) {
        left.unsent = true
        return Promise.reject(new TypeError("not sent: its turn has passed"))
      }
      left.isFirst = false
      return fetch(input, init)
    }
    const verdict = yield* Effect.provideService(sending, FetchHttpClient.Fetch, guarded)
    return left.unsent ? undefined : verdict
  })

const sendBulk = ({ instance: { api, tab } }: Run, many: Parameters<typeof sendMany>[1]): Effect.Effect<Verdict> =>
  Effect.map(sendMany(api, many), ({ isKnown, verdict }) => {
    if (!isKnown) tab.isBulkUnknown = true
    return verdict
  })

/** Its create is gone: a delete has nothing left to do. */
const gone = ({ mutation }: Entry): Verdict =>
  mutation._tag === "Delete" ? { _tag: "Done" } : { _tag: "Refused", error: new NotFound(asked(mutation)) }

/** What is refused for several entries at once might not be for each of them. */
const together = (entries: ReadonlyArray<Entry>, verdict: Verdict): Verdict => {
  if (verdict._tag !== "Refused" || entries.length === 1) return verdict
  const { error } = verdict
  return error._tag === "InvalidName" || error._tag === "BadRequest" ? { _tag: "Apart" } : verdict
}

/** A name that is taken after an earlier attempt without an answer may be taken by that attempt. */
const ours = (run: Run, entries: ReadonlyArray<Entry>, verdict: Verdict): Effect.Effect<Verdict, StorageError> =>
  Effect.gen(function* () {
    const [entry] = entries
    const isTaken =
      verdict._tag === "Refused" && verdict.error._tag === "InvalidName" && verdict.error.reason === "Taken"
    if (!isTaken || entry?.mutation._tag !== "Create") return verdict
    const found = yield* whatBecameOf(run, entry)
    if (found === undefined) return verdict
    if (Either.isLeft(found)) return { _tag: "Again", uncertain: true, error: found.left, counts: false }
    return found.right._tag === "Done" ? found.right : verdict
  })
