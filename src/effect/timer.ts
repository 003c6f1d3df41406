// How long what is under way may take.
import * as Effect from "effect/Effect"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"
import { longestTimer, monotonicOf } from "./clock.js"

/** Gives up what takes longer than so many milliseconds. `start` gives what ends the wait. */
export interface Timer {
  readonly start: (millis: number, giveUp: () => void) => () => void
}

interface Timed {
  readonly until: number
  readonly giveUp: () => void
}

/**
 * One fiber for all that run: where none takes too long, each costs next to nothing. It ends with the scope, and with the last
 * that runs by then.
 */
export const makeTimer: Effect.Effect<Timer, never, Scope.Scope> = /*#__PURE__*/ Effect.gen(function* () {
  const clock = yield* Effect.clock
  const fork = Runtime.runFork(yield* Effect.runtime())
  const timed = new Set<Timed>()
  const sleeping = new Set<Fiber.RuntimeFiber<void>>()
  let wakesAt = Infinity

  // Where another sleeps for less, or has slept for as long, that one looks.
  const wake = (at: number) => {
    if (wakesAt !== at) return
    const now = monotonicOf(clock)
    wakesAt = Infinity
    for (const one of timed) {
      if (one.until > now) wakesAt = Math.min(wakesAt, one.until)
      else if (timed.delete(one)) one.giveUp()
    }
    if (wakesAt < Infinity) sleep()
  }
  const sleep = () => {
    const at = wakesAt
    const millis = Math.min(longestTimer, Math.ceil(at - monotonicOf(clock)))
    const fiber = fork(
      Effect.zipRight(
        Effect.interruptible(Effect.sleep(millis)),
        Effect.sync(() => wake(at))
      )
    )
    sleeping.add(fiber)
    fiber.addObserver(() => sleeping.delete(fiber))
  }
  let isClosed = false
  const end = () => {
    if (!isClosed || timed.size > 0) return
    for (const fiber of sleeping) fiber.unsafeInterruptAsFork(FiberId.none)
    wakesAt = Infinity
  }
  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      isClosed = true
      end()
    })
  )

  return {
    start: (millis, giveUp) => {
      const one = { until: monotonicOf(clock) + millis, giveUp }
      timed.add(one)
      if (one.until < wakesAt) {
        wakesAt = one.until
        sleep()
      }
      return () => {
        timed.delete(one)
        end()
      }
    }
  }
})
