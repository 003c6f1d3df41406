import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type { StorageError } from "../ClientError.js"
import { crossed } from "../read/refresh.js"
import * as running from "./run.js"
import { backoff, monotonic } from "../instance/clock.js"

// A longer timer never fires.
const longestTimer = Duration.toMillis("1 day")
const day = Duration.toMillis("1 day")
const outcomesAreKeptFor = 30 * day
const outcomesKept = 1000

export type WakeUp = "Entry" | "Network" | "User"

export interface Replay {
  readonly wake: (reason: WakeUp) => Effect.Effect<void>
  readonly unsafeWake: (reason: WakeUp) => void
  /** Sends what can be sent, for as long as it runs. */
  readonly loop: Effect.Effect<never>
}
export const make = (deps: running.Dependencies): Effect.Effect<Replay, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { local, lock, mirror, settings, store } = deps
    const { decide, runs } = yield* running.make(deps)
    const wakeUps = yield* Queue.sliding<void>(1)
    const stillness = Duration.toMillis(settings.stillness)

    const unsafeWake = (reason: WakeUp) => {
      if (reason !== "Entry") local.override = true
      if (reason === "User") local.signedOut = false
      Queue.unsafeOffer(wakeUps, undefined)
    }

    /** Completes when the replayer before us stands still though there is something to send; or there no longer is. */
    const standsStill: Effect.Effect<boolean, StorageError> = Effect.gen(function* () {
      const { step } = mirror.state
      yield* Effect.sleep(stillness)
      yield* mirror.distrust
      yield* mirror.sync
      if ((yield* decide)._tag !== "Act") return false
      return mirror.state.step === step || (yield* standsStill)
    })

    /** Forgets outcomes of long ago: once a day, when there is nothing else to do. */
    const tidy: Effect.Effect<void, StorageError> = Effect.gen(function* () {
      const now = yield* Clock.currentTimeMillis
      const { prunedAt } = mirror.state
      if (prunedAt !== undefined && prunedAt <= now && now - prunedAt < day) return
      if (!mirror.isFresh() || (yield* decide)._tag === "Act") return
      if (prunedAt !== undefined) yield* store.prune(now - outcomesAreKeptFor, outcomesKept)
      yield* mirror.setState(yield* store.changeState((state) => ({ ...state, prunedAt: now })))
    })

    /** What was crossed by the last attempt is read too. */
    const makeGood = Effect.gen(function* () {
      yield* mirror.sync
      for (const [workspaceId] of crossed(mirror.state)) {
        if ((yield* decide)._tag === "Idle") yield* deps.refreshing.refreshBases(workspaceId)
      }
    })

    const turn: Effect.Effect<void, StorageError> = Effect.scoped(
      Effect.gen(function* () {
        const waited = Effect.asSome(lock.acquire({ steal: false }))
        const stolen = Effect.flatMap(standsStill, (stands) =>
          stands ? Effect.asSome(lock.acquire({ steal: true })) : Effect.succeedNone
        )
        const held = yield* Effect.raceFirst(waited, stolen)
        if (Option.isNone(held)) return
        yield* mirror.sync
        if ((yield* decide)._tag !== "Act") return
        yield* runs(held.value)
        yield* Effect.ignore(makeGood)
        yield* Effect.ignore(tidy)
      })
    )

    const wakeUp = Queue.take(wakeUps)
    const until = (millis: number) =>
      Effect.raceFirst(wakeUp, Effect.sleep(Math.min(Math.max(1, Math.ceil(millis)), longestTimer)))

    /** Another replayer's run is under way, and only its silence would show that it has died. */
    let watched = { step: -1, until: 0 }
    const watchRun: Effect.Effect<void> = Effect.gen(function* () {
      const now = yield* monotonic
      const { step } = mirror.state
      if (watched.step !== step) watched = { step, until: now + stillness }
      if (watched.until > now) {
        yield* until(watched.until - now)
        return yield* mirror.distrust
      }
      local.stoodStillAt = step
      local.busy = false
    })

    let storageFailures = 0
    const round: Effect.Effect<void, StorageError> = Effect.gen(function* () {
      yield* mirror.sync
      const decision = yield* decide
      if (decision._tag !== "Act") {
        storageFailures = 0
        yield* mirror.unwritable(undefined)
      }
      yield* mirror.changed
      switch (decision._tag) {
        case "Act": {
          if (local.busy && mirror.state.run !== undefined) return yield* watchRun
          local.busy = false
          yield* turn
          storageFailures = 0
          return
        }
        case "Restart": {
          yield* mirror.setState(yield* store.changeState(decision.change))
          return
        }
        case "Wait":
          return yield* until(decision.millis)
        default:
          return yield* wakeUp
      }
    })

    const loop: Effect.Effect<never> = Effect.forever(
      Effect.catchAll(round, (error) =>
        Effect.gen(function* () {
          yield* mirror.distrust
          yield* mirror.unwritable(error)
          yield* until(yield* backoff({ base: "500 millis", cap: "1 minute" }, storageFailures++))
        })
      )
    )

    return {
      wake: (reason) => Effect.sync(() => unsafeWake(reason)),
      unsafeWake,
      loop
    }
  })
