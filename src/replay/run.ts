import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { NotFound, type StorageError, type TransportError } from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import type * as Credentials from "../Credentials.js"
import { attemptOf, type Entry } from "../log/entry.js"
import { asked } from "../log/request.js"
import type * as OutboxStore from "../OutboxStore.js"
import type * as ReplayLock from "../ReplayLock.js"
import { lookUp, send } from "./send.js"
import * as booking from "./book.js"
import type { Run } from "./book.js"
import * as bulk from "./bulk.js"
import { type Decision, decide, type Local } from "../instance/decide.js"
import { groupOf } from "./merge.js"
import type { Mirror } from "../instance/mirror.js"
import * as preparing from "./prepare.js"
import { crossed, type Refreshing } from "../read/refresh.js"
import { identify } from "../account/identity.js"
import { Pinned } from "../wire/signing.js"
import type { Verdict } from "../transactions/settle.js"
import { monotonic } from "../instance/clock.js"

// A request leaves only while its mark is this fresh, and never fresher than the margin by which those who look it up
// wait longer than a request may take: a tab that was stopped in between must not send it late.
const markStaysFresh = 5000

export interface Dependencies {
  readonly api: ClientsApi.Service
  readonly store: OutboxStore.Service
  readonly lock: ReplayLock.Service
  readonly credentials: Credentials.Service
  readonly mirror: Mirror
  readonly local: Local
  readonly refreshing: Pick<Refreshing, "refreshBases">
  readonly settings: booking.Settings
}
export interface Running {
  readonly decide: Effect.Effect<Decision>
  /** One run: sends what can be sent for as long as the lock is held. */
  readonly runs: (held: ReplayLock.Held) => Effect.Effect<void, StorageError>
}

export const make = (deps: Dependencies): Effect.Effect<Running> =>
  Effect.gen(function* () {
    const { api, local, lock, mirror, settings, store } = deps
    const clock = yield* Effect.clock
    const stillness = Duration.toMillis(settings.stillness)
    const staysFresh = Math.min(markStaysFresh, stillness - Duration.toMillis(api.requestLimit))

    const nowDecide: Effect.Effect<Decision> = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      return decide(mirror, local, now, yield* monotonic, stillness)
    })

    // What Toggl says to credentials that have been replaced since says nothing of the new ones.
    let credentialsAsked = 0
    const areCurrent = () => credentialsAsked === local.credentialsChanges

    const { afterError, book, progress, settle, unchanged } = booking.make({ ...deps, areCurrent })

    /** The run is over: Toggl could not be asked, or says to wait. */
    const ends = (run: Run, error: TransportError): Effect.Effect<false, StorageError> =>
      Effect.flatMap(afterError(error, "Ended"), (after) => Effect.as(book(run, after), false))

    /** The credentials, if they are the account's. `undefined`: nothing may be sent now. */
    const isAccount = (run: Run) =>
      Effect.gen(function* () {
        credentialsAsked = local.credentialsChanges
        const identity = yield* identify(deps)
        local.signedOut = identity._tag === "SignedOut"
        switch (identity._tag) {
          case "Known":
            return identity.credentials
          case "SignedOut":
            yield* book(run, unchanged("Ended"))
            return undefined
          case "WrongAccount":
            yield* book(run, { ...unchanged("Ended"), ...(areCurrent() ? { paused: "WrongAccount" as const } : {}) })
            return undefined
          case "Unknown":
            yield* ends(run, identity.error)
            return undefined
        }
      })

    /** Its create is gone: a delete has nothing left to do. */
    const gone = ({ mutation }: Entry): Verdict =>
      mutation._tag === "Delete"
        ? { _tag: "Done" }
        : {
            _tag: "Refused",
            error: new NotFound(asked(mutation))
          }

    const isStillAccount = Effect.map(deps.credentials.get, (current) =>
      Option.exists(current, (credentials) => local.isVerified(credentials, mirror.state.userId))
    )

    /** Sends what was marked, unless the mark has grown old or the user has left meanwhile: it has surely not left. */
    const sendMarked = (run: Run, sending: Effect.Effect<Verdict>, isMarkFresh: () => boolean) =>
      Effect.gen(function* () {
        const isFresh = () => !run.held.isLost() && isMarkFresh()
        const { fetch } = settings
        if (!(yield* isStillAccount) || !isFresh()) return undefined
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

    const lookUpFirst = (entry: Entry) =>
      Effect.gen(function* () {
        const attempt = attemptOf(entry)
        if (attempt === undefined) return undefined
        const { clients } = yield* store.copy(entry.mutation.workspaceId)
        return yield* Effect.either(
          lookUp(api, entry, attempt, { clients, userId: mirror.state.userId, resolve: mirror.resolve })
        )
      })

    /** `false`: the run is over. */
    const act = (run: Run, entry: Entry): Effect.Effect<boolean, StorageError> =>
      Effect.gen(function* () {
        const vanished = isInDoubt(entry) ? undefined : yield* vanish(run, entry)
        if (vanished !== undefined) return vanished
        const credentials = yield* isAccount(run)
        if (credentials === undefined) return false
        if (!(yield* isStillNext(run, entry))) return true
        return yield* Effect.provideService(ask(run, entry), Pinned, credentials)
      })

    /** Whether it is still what comes next, after whatever this tab has heard since it was chosen. */
    const isStillNext = (run: Run, entry: Entry): Effect.Effect<boolean> =>
      Effect.gen(function* () {
        const now = yield* Clock.currentTimeMillis
        const decision = decide(mirror, { ...local, override: run.isForced }, now, yield* monotonic, stillness)
        return mirror.isFresh() && decision._tag === "Act" && decision.entry.seq === entry.seq
      })

    const isInDoubt = ({ state }: Entry): boolean => state._tag === "Uncertain" || state._tag === "SetAside"

    const ask = (run: Run, entry: Entry): Effect.Effect<boolean, StorageError> =>
      Effect.gen(function* () {
        const group = groupOf(mirror, entry)
        if (isInDoubt(entry)) {
          const found = yield* lookUpFirst(entry)
          if (found !== undefined && Either.isLeft(found)) {
            return yield* ends(run, found.left)
          }
          if (found !== undefined && found.right._tag !== "NotApplied") return yield* settle(run, group, found.right)
          const vanished = yield* vanish(run, entry)
          if (vanished !== undefined) return vanished
        }
        return yield* carryOut(run, group, yield* run.preparing.prepare(entry))
      })

    /** A client that never left this device, and is deleted again, costs no request. */
    const vanish = (run: Run, entry: Entry): Effect.Effect<boolean | undefined, StorageError> =>
      Effect.flatMap(run.preparing.vanishing(entry), (entries) =>
        entries === undefined ? Effect.succeed(undefined) : settle(run, entries, { _tag: "Nothing" })
      )

    const carryOut = (
      run: Run,
      group: ReadonlyArray<Entry>,
      prepared: preparing.Prepared
    ): Effect.Effect<boolean, StorageError> => {
      switch (prepared._tag) {
        case "Changed":
          return Effect.as(mirror.distrust, true)
        case "Read":
          return Effect.succeed(true)
        case "NotNow":
          return ends(run, prepared.error)
        case "Refused":
          return settle(run, group, prepared)
        case "Send":
          return attempt(run, group, prepared)
      }
    }

    // Counted from before the mark: others may see it before this tab hears that it has committed.
    const freshness = (): (() => boolean) => {
      const from = clock.unsafeCurrentTimeMillis()
      const monotonicFrom = clock.unsafeCurrentTimeNanos()
      return () =>
        Math.abs(clock.unsafeCurrentTimeMillis() - from) < staysFresh &&
        Number(clock.unsafeCurrentTimeNanos() - monotonicFrom) < staysFresh * 1_000_000
    }

    const attempt = (
      run: Run,
      group: ReadonlyArray<Entry>,
      toSend: preparing.ToSend
    ): Effect.Effect<boolean, StorageError> =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const { base, clientIds, entries, mutation } = toSend
          const [entry] = entries
          const seqs = entries.map((entry) => entry.seq)
          const released = group.map((entry) => entry.seq).filter((seq) => !seqs.includes(seq))
          if (!(yield* isStillNext(run, entry))) return true
          const basis = {
            ...(base === undefined ? {} : { base }),
            released,
            step: mirror.state.step,
            isBulk: clientIds !== undefined
          }
          const isMarkFresh = freshness()
          const marked = yield* store.mark(run.fence, seqs, mutation, yield* Clock.currentTimeMillis, basis)
          switch (marked._tag) {
            case "Superseded":
              return yield* Effect.as(mirror.distrust, false)
            case "Changed":
              return yield* Effect.as(mirror.distrust, true)
            case "NeedsBase":
              return yield* restore(
                Effect.flatMap(run.preparing.withBase(toSend, marked.clientId), (based) => carryOut(run, group, based))
              )
            case "Unresolvable":
              return yield* settle(run, [entry], gone(entry))
          }
          yield* mirror.put([...marked.entries, ...marked.others], marked.state)
          local.sawAttempts(marked.entries, yield* monotonic, stillness)
          const sending: Effect.Effect<Verdict> =
            clientIds === undefined ? send(api, mutation.workspaceId, marked.request) : sendMany({ entries, clientIds })
          const verdict = yield* restore(sendMarked(run, sending, isMarkFresh))
          if (verdict === undefined) return yield* Effect.as(mirror.distrust, false)
          const certain = group.some(isInDoubt) ? yield* restore(mine(marked.entries, verdict)) : verdict
          return yield* settle(run, marked.entries, together(marked.entries, certain))
        })
      )

    const sendMany = (many: bulk.Many): Effect.Effect<Verdict> =>
      Effect.map(bulk.send(api, many), ({ isKnown, verdict }) => {
        if (!isKnown) local.isBulkUnknown = true
        return verdict
      })

    /** What is refused for several entries at once might not be for each of them. */
    const together = (entries: ReadonlyArray<Entry>, verdict: Verdict): Verdict => {
      if (verdict._tag !== "Refused" || entries.length === 1) return verdict
      const { error } = verdict
      return error._tag === "InvalidName" || error._tag === "BadRequest" ? { _tag: "Apart" } : verdict
    }

    /** A name that is taken after an earlier attempt without an answer may be taken by that attempt. */
    const mine = (entries: ReadonlyArray<Entry>, verdict: Verdict): Effect.Effect<Verdict, StorageError> =>
      Effect.gen(function* () {
        const [entry] = entries
        const isTaken =
          verdict._tag === "Refused" && verdict.error._tag === "InvalidName" && verdict.error.reason === "Taken"
        if (!isTaken || entry?.mutation._tag !== "Create") return verdict
        const found = yield* lookUpFirst(entry)
        if (found === undefined) return verdict
        if (Either.isLeft(found)) return { _tag: "Again", uncertain: true, error: found.left, counts: false }
        return found.right._tag === "Done" ? found.right : verdict
      })

    const runs = (held: ReplayLock.Held): Effect.Effect<void, StorageError> =>
      Effect.gen(function* () {
        const claimed = yield* mirror.taking(
          lock.kind === "Exclusive" ? store.claim() : store.claim({ step: local.stoodStillAt }),
          (claimed) => claimed?.snapshot
        )
        if (claimed === undefined) {
          local.busy = true
          yield* mirror.distrust
          return
        }
        local.busy = false
        yield* mirror.unwritable(undefined)
        // All that a bulk request stood for can be looked up after the same time.
        const inDoubt = claimed.snapshot.entries.filter(({ state }) => state._tag === "Uncertain")
        local.sawAttempts(inDoubt, yield* monotonic, stillness)
        const run: Run = {
          fence: claimed.fence,
          held,
          preparing: preparing.make({ ...deps, ...settings }),
          isForced: false,
          hasMadeRoom: false,
          refreshed: new Map(),
          done: 0,
          last: 0
        }
        // What another tab has just heard binds this one's first request too.
        if ((yield* nowDecide)._tag !== "Act") {
          yield* book(run, unchanged("Ended"))
          return
        }
        // What cut a wait short here has ended it for every tab.
        if (mirror.state.wait?.named === false) {
          if (!(yield* book(run, { failures: mirror.state.failures, run: progress(run) }))) return
        }
        while (!held.isLost()) {
          yield* mirror.sync
          run.last = mirror.last
          if (mirror.state.fence !== run.fence.number || mirror.state.store !== run.fence.store) return
          const decision = yield* nowDecide
          if (decision._tag === "Act" && (yield* makeRoom(run))) continue
          run.isForced = local.override
          local.override = false
          if (decision._tag !== "Act") {
            if (mirror.state.run !== undefined) yield* book(run, unchanged("Ended"))
            return
          }
          run.hasMadeRoom = false
          if (!(yield* act(run, decision.entry))) return
        }
      }).pipe(Effect.withSpan("Outbox.run"))

    /** Reads a list that an attempt has crossed: one between two entries, and one that fails once a run. */
    const makeRoom = (run: Run): Effect.Effect<boolean, StorageError> =>
      Effect.gen(function* () {
        const next = crossed(mirror.state).find(([workspaceId, step]) => run.refreshed.get(workspaceId) !== step)
        if (next === undefined || run.hasMadeRoom) return false
        run.hasMadeRoom = true
        run.refreshed.set(...next)
        yield* run.preparing.refresh(next[0])
        return true
      })

    return { decide: nowDecide, runs }
  })
