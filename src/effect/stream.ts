// Streams without what only they would bring into an app: Effect's PubSub and Mailbox, and its groups.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"

/** What is told while it runs, without a value: what is told faster than it is taken is one. `listen` gives what ends it. */
export const told = (listen: (tell: () => void) => () => void): Stream.Stream<void> =>
  Stream.unwrapScoped(
    Effect.gen(function* () {
      const queue = yield* Effect.acquireRelease(Queue.dropping<void>(1), Queue.shutdown)
      yield* Effect.acquireRelease(
        Effect.sync(() => listen(() => Queue.unsafeOffer(queue, undefined))),
        (stop) => Effect.sync(stop)
      )
      return Stream.fromQueue(queue)
    })
  )

/** Told by whoever calls the listeners. */
export const toldBy = (listeners: Set<() => void>): Stream.Stream<void> =>
  told((tell) => {
    listeners.add(tell)
    return () => listeners.delete(tell)
  })

/** Told at once, and by whoever calls the listeners. */
export const toldNowAndBy = (listeners: Set<() => void>): Stream.Stream<void> =>
  told((tell) => {
    tell()
    listeners.add(tell)
    return () => listeners.delete(tell)
  })

/** What the effect gives for each, one after another. */
export const mapEffect = <A, B, E, R>(each: (value: A) => Effect.Effect<B, E, R>) =>
  Stream.filterMapEffect((value: A) => Option.some(each(value)))
