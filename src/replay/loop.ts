// Between the runs: when to run, whose turn it is, when to look again.
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type { StorageError } from "../ClientError.js"
import { askTime } from "../account/askTime.js"
import { trySignIn } from "../account/trySignIn.js"
import { longestTimer, now } from "../effect/clock.js"
import { nameOf } from "../error/thrown.js"
import { backoff } from "../instance/clock.js"
import { decideNow } from "../instance/decide.js"
import type { Instance } from "../instance/instance.js"
import { endPages } from "../instance/waits.js"
import { logDefect } from "../instance/watched.js"
import { crossed, refreshBases } from "../read/refresh.js"
import { run } from "./run.js"

const day = Duration.toMillis("1 day")
const outcomesAreKeptFor = 30 * day
const outcomesKept = 1000

/** Waits so long, or until there may be something to do. */
const rest = ({ wakeUps }: Instance, millis: number): Effect.Effect<void> =>
  Effect.raceFirst(Queue.take(wakeUps), Effect.sleep(Math.min(Math.max(1, Math.ceil(millis)), longestTimer)))

/** Completes when the replayer before us stands still though there is something to send; or there no longer is. */
const standsStill = (instance: Instance): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    const { log, mirror, settings } = instance
    const { step } = log.state
    yield* Effect.sleep(settings.stillness)
    yield* mirror.reread
    if ((yield* decideNow(instance))._tag !== "Act") return false
    return log.state.step === step || (yield* standsStill(instance))
  })

/** Forgets outcomes of long ago: once a day, when there is nothing else to do. */
const tidy = (instance: Instance): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const { log, mirror, transactions } = instance
    const now = yield* Clock.currentTimeMillis
    const { prunedAt } = log.state
    if (prunedAt !== undefined && prunedAt <= now && now - prunedAt < day) return
    if (!mirror.isUpToDate() || (yield* decideNow(instance))._tag === "Act") return
    if (prunedAt !== undefined) yield* transactions.prune(now - outcomesAreKeptFor, outcomesKept)
    yield* mirror.setState(yield* transactions.changeState((state) => ({ ...state, prunedAt: now })))
  })

/** The lists that the last attempt has crossed are read too. */
const readCrossed = (instance: Instance) =>
  Effect.gen(function* () {
    yield* instance.mirror.sync
    for (const [workspaceId] of crossed(instance, yield* now)) {
      if ((yield* decideNow(instance))._tag === "Idle") yield* refreshBases(instance, workspaceId)
    }
  })

/** Waits for the turn, or takes it from a replayer that stands still, and runs. */
const takeTurn = (instance: Instance): Effect.Effect<void, StorageError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { lock, mirror } = instance
      const waited = Effect.asSome(lock.acquire({ steal: false }))
      const stolen = Effect.flatMap(standsStill(instance), (stands) =>
        stands ? Effect.asSome(lock.acquire({ steal: true })) : Effect.succeedNone
      )
      const turn = yield* Effect.raceFirst(waited, stolen)
      if (Option.isNone(turn)) return
      yield* mirror.sync
      if ((yield* decideNow(instance))._tag !== "Act") return
      yield* run(instance, turn.value)
      yield* Effect.ignore(readCrossed(instance))
      yield* Effect.ignore(tidy(instance))
    })
  )

/** Asks Toggl for its time: one tab for all, unless the one that has the turn stands still. `false`: it cannot be asked now. */
const askInTurn = (instance: Instance): Effect.Effect<boolean, StorageError> =>
  Effect.scoped(
    Effect.gen(function* () {
      const { lock, mirror, settings } = instance
      yield* Effect.timeoutOption(lock.acquire({ steal: false }), settings.stillness)
      yield* mirror.sync
      return yield* askTime(instance)
    })
  )

/** What the loop remembers from round to round. */
interface Rounds {
  readonly instance: Instance
  /** The run of another replayer that is watched: its step, and the monotonic time at which it stands still. */
  watched: { readonly step: number; readonly until: number }
  /** How often in a row the store could not be read. */
  unread: number
  isRead: boolean
  /** How many rounds in a row have thrown. */
  defects: number
}

/** Another replayer's run is under way, and only its silence would show that it has died. */
const watchRun = (rounds: Rounds): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { instance } = rounds
    const { log, mirror, settings, tab } = instance
    const { monotonic } = yield* now
    const { step } = log.state
    if (rounds.watched.step !== step) rounds.watched = { step, until: monotonic + settings.stillness }
    const { until } = rounds.watched
    if (until > monotonic) {
      yield* rest(instance, until - monotonic)
      return yield* mirror.doubt
    }
    tab.stoodStillAt = step
    tab.busy = false
  })

const round = (rounds: Rounds): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const { instance } = rounds
    const { log, mirror, transactions, tab, wakeUps } = instance
    rounds.isRead = false
    yield* mirror.sync
    rounds.isRead = true
    rounds.unread = 0
    if (tab.endsPages) {
      endPages(instance)
      tab.endsPages = false
    }
    const decision = yield* decideNow(instance)
    if (decision._tag === "Idle") tab.unwritten = 0
    if (decision._tag !== "Act") yield* mirror.unwritable(undefined)
    yield* mirror.changed
    switch (decision._tag) {
      case "Act": {
        if (tab.busy && log.state.run !== undefined) return yield* watchRun(rounds)
        tab.busy = false
        yield* takeTurn(instance)
        rounds.defects = 0
        return
      }
      case "Restart":
        return yield* mirror.setState(yield* transactions.changeState(decision.change))
      case "Wait":
        if (decision.mayBeOver !== undefined && (yield* askInTurn(instance))) return
        return yield* rest(instance, decision.millis)
      case "NewerVersion":
        return yield* rest(instance, decision.millis ?? longestTimer)
      case "Paused": {
        const { millis } = decision
        if (millis === undefined) return yield* Queue.take(wakeUps)
        return yield* millis > 0 ? rest(instance, millis) : trySignIn(instance)
      }
      default:
        return yield* Queue.take(wakeUps)
    }
  })

// Reading the store again costs no request. What cannot be written may cost some each time.
const untilStored = (rounds: Rounds): Effect.Effect<number> => {
  const { settings, tab } = rounds.instance
  return rounds.isRead
    ? backoff(settings.backoff, tab.unwritten++)
    : backoff({ base: "500 millis", cap: "1 minute" }, rounds.unread++)
}

/** Whatever threw, the replay goes on: no sooner than the backoff, for nobody knows what is wrong. */
const afterDefect = (rounds: Rounds, defect: unknown): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { instance } = rounds
    const { mirror, settings, tab } = instance
    const { monotonic } = yield* now
    const millis = yield* backoff(settings.backoff, rounds.defects++)
    tab.thrown = { name: nameOf(defect), until: monotonic + millis }
    tab.override = false
    yield* logDefect("the replay", defect)
    yield* mirror.doubt
    yield* mirror.changed
    yield* Effect.sleep(millis)
  })

/** Sends what can be sent, for as long as it runs. */
export const loop = (instance: Instance): Effect.Effect<never> =>
  Effect.suspend(() => {
    const rounds: Rounds = { instance, watched: { step: -1, until: 0 }, unread: 0, isRead: false, defects: 0 }
    return Effect.forever(
      round(rounds).pipe(
        Effect.catchAll((error) =>
          Effect.gen(function* () {
            yield* instance.mirror.doubt
            yield* instance.mirror.unwritable(error)
            yield* rest(instance, yield* untilStored(rounds))
          })
        ),
        Effect.catchAllDefect((defect) => afterDefect(rounds, defect))
      )
    )
  })
