// Stores: what changes, kept while somebody listens.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as FiberId from "effect/FiberId"
import * as Stream from "effect/Stream"
import { nameOf } from "../error/thrown.js"
import { errorOf, type Services, type Session } from "./session.js"
import type { Store } from "./snapshots.js"

type Listener<Snapshot> = (snapshot: Snapshot) => void

const tell = <Snapshot>(listener: Listener<Snapshot>, snapshot: Snapshot): Effect.Effect<void> =>
  Either.match(Either.try({ try: () => listener(snapshot), catch: nameOf }), {
    onRight: () => Effect.void,
    onLeft: (name) => Effect.logWarning(`a listener threw ${name}: it goes on being told`)
  })

/** Shows it at once, and gives what tells the listeners of it: nothing where it is shown already. */
export type Put<Snapshot> = (next: Snapshot) => ReadonlyArray<Effect.Effect<void>>

/** Where a store has what it shows from. */
export interface Feed<Snapshot> {
  /** Feeds it from now on, until what it gives is called. */
  readonly start: (put: Put<Snapshot>) => () => void
  /** What is known while it is not fed: the same object until that changes. */
  readonly now: () => Snapshot
}

/** Runs it until it ends, is stopped, or all is closed. */
export const running = (session: Session, effect: Effect.Effect<unknown, never, Services>): (() => void) => {
  const fiber = session.engine.fork(effect)
  const end = () => fiber.unsafeInterruptAsFork(FiberId.none)
  session.stops.add(end)
  fiber.addObserver((exit) => {
    session.stops.delete(end)
    // nobody else hears of it: the runtime has no services, or they could not be built
    if (Exit.isSuccess(exit) || Cause.isInterruptedOnly(exit.cause)) return
    Effect.runFork(Effect.logError(`Nothing more is shown. ${errorOf(Cause.squash(exit.cause)).message}`))
  })
  return () => {
    session.stops.delete(end)
    end()
  }
}

/** So many may be forgotten without a look. */
const fewStores = 64

/** Those of one kind, by what they show. */
export interface Stores<Snapshot> {
  readonly fed: (key: string, feed: () => Feed<Snapshot>) => Store<Snapshot>
  readonly of: (key: string, changes: () => Stream.Stream<Snapshot, never, Services>) => Store<Snapshot>
}

/**
 * Stores that all begin with `loading`. Nobody who asks for the same meanwhile gets another one; what nobody listens to, and nobody
 * holds, is forgotten.
 */
export const make = <Snapshot>(session: Session, loading: Snapshot): Stores<Snapshot> => {
  const known = new Map<string, WeakRef<Store<Snapshot>>>()
  const heard = new Set<Store<Snapshot>>()
  let sweepAt = fewStores

  const one = (key: string, feed: Feed<Snapshot>): Store<Snapshot> => {
    const listeners = new Set<{ readonly listener: Listener<Snapshot> }>()
    let snapshot = loading
    // set before it is fed, for that may tell at once
    let isFed = false
    let stop = () => {}

    const now = () => {
      if (!isFed && !session.isClosed) snapshot = feed.now()
      return snapshot
    }

    const put: Put<Snapshot> = (next) => {
      if (Object.is(next, snapshot)) return []
      snapshot = next
      // who goes while others are told hears no more
      return Array.from(listeners, (added) =>
        Effect.suspend(() => (listeners.has(added) ? tell(added.listener, next) : Effect.void))
      )
    }

    const start = () => {
      if (isFed || session.isClosed) return
      isFed = true
      heard.add(store)
      if (known.get(key)?.deref() === undefined) known.set(key, new WeakRef(store))
      stop = feed.start(put)
    }

    // Who listens anew in the same turn, as React does, keeps what is shown.
    const drop = () => {
      if (listeners.size > 0 || !isFed || session.isClosed) return
      stop()
      isFed = false
      heard.delete(store)
      if (known.get(key)?.deref() === store) known.delete(key)
    }

    const store: Store<Snapshot> = Object.freeze({
      subscribe: (listener: Listener<Snapshot>) => {
        const added = { listener }
        listener(now())
        listeners.add(added)
        start()
        return () => {
          if (listeners.delete(added) && listeners.size === 0) void Promise.resolve().then(drop)
        }
      },
      getSnapshot: now,
      getServerSnapshot: () => loading
    })
    return store
  }

  const fed = (key: string, feed: () => Feed<Snapshot>): Store<Snapshot> => {
    const found = known.get(key)?.deref()
    if (found !== undefined) return found
    if (known.size >= sweepAt) {
      for (const [key, ref] of known) if (ref.deref() === undefined) known.delete(key)
      // as rows of a long list come, each is looked at a few times, not once for every other
      sweepAt = Math.max(fewStores, 2 * known.size)
    }
    const made = one(key, feed())
    known.set(key, new WeakRef(made))
    return made
  }

  return {
    fed,
    of: (key, changes) =>
      fed(key, () => ({
        start: (put) =>
          running(
            session,
            Stream.runForEach(Stream.suspend(changes), (next) =>
              Effect.suspend(() => Effect.all(put(next), { discard: true }))
            )
          ),
        now: () => loading
      }))
  }
}
