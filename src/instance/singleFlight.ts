import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"

interface Flight<A, E> {
  readonly fiber: Fiber.RuntimeFiber<A, E>
  wanted: number
}

/** Effects that run once for all who want them meanwhile, however many come and go, and no longer than the scope. */
export interface SingleFlight<K, A, E> {
  /** What the running effect gives; the given one runs where none does. It ends with the last who wants it. */
  readonly of: (key: K, effect: Effect.Effect<A, E>) => Effect.Effect<A, E>
  readonly isRunning: (key: K) => boolean
}

export const make = <K, A, E>(scope: Scope.Scope): SingleFlight<K, A, E> => {
  const flights = new Map<K, Flight<A, E>>()

  const forget = (key: K, flight: Flight<A, E>) => {
    if (flights.get(key) === flight) flights.delete(key)
  }

  const start = (key: K, effect: Effect.Effect<A, E>): Effect.Effect<Flight<A, E>> =>
    Effect.map(Effect.forkIn(Effect.interruptible(effect), scope), (fiber) => {
      const flight = { fiber, wanted: 0 }
      flights.set(key, flight)
      fiber.addObserver(() => forget(key, flight))
      return flight
    })

  return {
    of: (key, effect) =>
      Effect.uninterruptibleMask((restore) =>
        Effect.gen(function* () {
          const flight = flights.get(key) ?? (yield* start(key, effect))
          flight.wanted++
          const leave = Effect.suspend(() => {
            flight.wanted--
            if (flight.wanted > 0) return Effect.void
            forget(key, flight)
            return Fiber.interrupt(flight.fiber)
          })
          return yield* Effect.ensuring(restore(Effect.flatten(Fiber.await(flight.fiber))), leave)
        })
      ),
    isRunning: (key) => flights.has(key)
  }
}
