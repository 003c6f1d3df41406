// One run: claim, then what comes next and what comes after it, for as long as the turn is ours.
import * as Effect from "effect/Effect"
import type { StorageError } from "../ClientError.js"
import { now } from "../effect/clock.js"
import { forgetSession } from "../account/signIn.js"
import { decideNow, sawAttempts } from "../instance/decide.js"
import type { Instance } from "../instance/instance.js"
import { isEnded } from "../instance/waits.js"
import { crossed } from "../read/refresh.js"
import type { Held } from "../ReplayLock.js"
import { act } from "./attempt.js"
import { book, end, progress, type Run } from "./book.js"
import { acted } from "./defect.js"
import * as merge from "./merge.js"
import { readList } from "./prepare.js"
import * as seen from "./seen.js"

/** Takes the turn in the books. `undefined`: another replayer has it. */
const claim = (instance: Instance, turn: Held): Effect.Effect<Run | undefined, StorageError> =>
  Effect.gen(function* () {
    const { deadlines, lock, log, mirror, transactions, tab } = instance
    const claimed = yield* mirror.loadWith(
      (turn.kind ?? lock.kind) === "Exclusive" ? transactions.claim() : transactions.claim({ step: tab.stoodStillAt }),
      (claimed) => claimed?.snapshot
    )
    tab.busy = claimed === undefined
    if (claimed === undefined) return yield* Effect.as(mirror.doubt, undefined)
    yield* mirror.unwritable(undefined)
    const givenUp = new Set(log.state.givenUp?.map(({ id }) => id))
    deadlines.keepOnly((id) => log.byId(id) !== undefined || givenUp.has(id))
    // All that a bulk request stood for can be looked up after the same time.
    const inDoubt = claimed.snapshot.entries.filter(({ state }) => state._tag === "Uncertain")
    const moment = yield* now
    sawAttempts(instance, inDoubt, moment)
    return {
      instance,
      fence: claimed.fence,
      turn,
      plans: merge.make(log),
      seen: seen.begin(instance, moment),
      readFor: new Map(),
      hasReadForOthers: false,
      isForced: false,
      isScout: false,
      isProbe: false,
      namesSeen: new Map(),
      credentialsAsked: 0,
      done: 0,
      last: 0
    }
  })

/** Reads a list that an attempt has crossed: one between two entries, and one that fails once a run. */
const readCrossed = (run: Run): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    const next = crossed(run.instance, yield* now).find(([workspaceId, step]) => run.readFor.get(workspaceId) !== step)
    if (next === undefined || run.hasReadForOthers) return false
    run.hasReadForOthers = true
    run.readFor.set(...next)
    yield* readList(run, next[0])
    return true
  })

/** What is done in spite of a backoff shows as such. */
const force = ({ mirror, tab }: Instance, isForced: boolean): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (tab.isForced === isForced) return Effect.void
    tab.isForced = isForced
    return mirror.changed
  })

/** Does what comes next. `false`: the run is over. */
const next = (run: Run): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    const { fence, instance } = run
    const { log, mirror, tab } = instance
    yield* mirror.sync
    run.last = log.last
    if (log.state.fence !== fence.number || log.state.store !== fence.store) return false
    const decision = yield* decideNow(instance)
    if (decision._tag === "Act" && (yield* readCrossed(run))) return true
    run.isForced = tab.override
    tab.override = false
    yield* force(instance, run.isForced && decision._tag === "Act")
    if (decision._tag !== "Act") {
      if (log.state.run !== undefined) yield* end(run)
      return false
    }
    run.hasReadForOthers = false
    run.isScout = decision.isScout
    run.isProbe = decision.entry.state._tag === "SetAside"
    return yield* acted(run, decision.entry, act(run, decision.entry))
  })

/** Sends what can be sent for as long as the turn is ours. */
export const run = (instance: Instance, turn: Held): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const run = yield* claim(instance, turn)
    if (run === undefined) return
    forgetSession(instance)
    const { state } = instance.log
    // What another tab has just heard binds this one's first request too.
    const decision = yield* decideNow(instance)
    if (decision._tag !== "Act") {
      yield* end(run)
      return
    }
    // What cut a wait short here has ended it for every tab.
    const { wait } = state
    const isCut = wait !== undefined && (!wait.named || isEnded(instance, wait)) && !decision.isScout
    if (isCut && !(yield* book(run, { failures: state.failures, run: progress(run) }))) return
    while (!turn.isLost() && (yield* next(run)));
  }).pipe(Effect.ensuring(force(instance, false)), Effect.withSpan("Outbox.run"))
