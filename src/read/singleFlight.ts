import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"

export interface Shared<K, A, E> {
  /** What the running effect gives; the given one runs where none does. It ends with the last who wants it. */
  readonly of: (key: K, effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
  readonly isRunning: (key: K) => boolean
}

interface Running<A, E> {
  readonly fiber: Fiber.RuntimeFiber<A, E>
  wanted: number
}

/** Effects that run once for all who want them meanwhile, however many come and go, and no longer than the scope. */
export const make = <K, A, E>(scope: Scope.Scope): Shared<K, A, E> => {
  const all = new Map<K, Running<A, E>>()

  const forget = (key: K, running: Running<A, E>) => {
    if (all.get(key) === running) all.delete(key)
  }

  const start = (key: K, effect: Effect.Effect<A, E>): Effect.Effect<Running<A, E>> =>
    Effect.map(Effect.forkIn(Effect.interruptible(effect), scope), (fiber) => {
      const running = { fiber, wanted: 0 }
      all.set(key, running)
      fiber.addObserver(() => forget(key, running))
      return running
    })

  return {
    of: (key, effect) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const running = all.get(key) ?? (yield* start(key, effect))
          running.wanted++
          const leave = Effect.suspend(() => {
            running.wanted--
            if (running.wanted > 0) return Effect.void
            forget(key, running)
            return Fiber.interrupt(running.fiber)
          })
          return yield* Effect.ensuring(restore(Effect.flatten(Fiber.await(running.fiber))), leave)
        })
      ),
    isRunning: (key) => all.has(key)
  }
}
