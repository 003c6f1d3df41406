// Stores: what changes, kept while somebody listens.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FiberId from "effect/FiberId"
import * as Stream from "effect/Stream"
import { nameOf } from "../error/thrown.js"
import type { Services, Session } from "./session.js"
import type { Store } from "./snapshots.js"

type Listener<Snapshot> = (snapshot: Snapshot) => void

const tell = <Snapshot>(listener: Listener<Snapshot>, snapshot: Snapshot): Effect.Effect<void> =>
  Either.match(Either.try({ try: () => listener(snapshot), catch: nameOf }), {
    onRight: () => Effect.void,
    onLeft: (name) => Effect.logWarning(`a listener threw ${name}: it goes on being told`)
  })

/** Those of one kind, by what they show. */
export interface Stores<Snapshot> {
  readonly of: (key: string, changes: () => Stream.Stream<Snapshot, never, Services>) => Store<Snapshot>
}

/**
 * Stores that all begin with `loading`. Nobody who asks for the same meanwhile gets another one; what nobody listens to, and nobody
 * holds, is forgotten.
 */
export const make = <Snapshot>(session: Session, loading: Snapshot): Stores<Snapshot> => {
  const known = new Map<string, WeakRef<Store<Snapshot>>>()
  const heard = new Set<Store<Snapshot>>()

  const one = (key: string, changes: () => Stream.Stream<Snapshot, never, Services>): Store<Snapshot> => {
    const listeners = new Set<{ readonly listener: Listener<Snapshot> }>()
    let snapshot = loading
    let stop: (() => void) | undefined

    const show = (next: Snapshot) =>
      Effect.suspend(() => {
        if (Object.is(next, snapshot)) return Effect.void
        snapshot = next
        return Effect.forEach([...listeners], ({ listener }) => tell(listener, next), { discard: true })
      })

    const start = () => {
      if (stop !== undefined || session.isClosed) return
      heard.add(store)
      if (known.get(key)?.deref() === undefined) known.set(key, new WeakRef(store))
      const fiber = session.engine.fork(Stream.runForEach(Stream.suspend(changes), show))
      const end = () => fiber.unsafeInterruptAsFork(FiberId.none)
      session.stops.add(end)
      stop = () => {
        session.stops.delete(end)
        end()
      }
    }

    // Who listens anew in the same turn, as React does, keeps what is shown.
    const drop = () => {
      if (listeners.size > 0 || stop === undefined || session.isClosed) return
      stop()
      stop = undefined
      snapshot = loading
      heard.delete(store)
      if (known.get(key)?.deref() === store) known.delete(key)
    }

    const store: Store<Snapshot> = Object.freeze({
      subscribe: (listener: Listener<Snapshot>) => {
        const added = { listener }
        listener(snapshot)
        listeners.add(added)
        start()
        return () => {
          if (listeners.delete(added) && listeners.size === 0) void Promise.resolve().then(drop)
        }
      },
      getSnapshot: () => snapshot,
      getServerSnapshot: () => loading
    })
    return store
  }

  return {
    of: (key, changes) => {
      const found = known.get(key)?.deref()
      if (found !== undefined) return found
      for (const [key, ref] of known) if (ref.deref() === undefined) known.delete(key)
      const made = one(key, changes)
      known.set(key, new WeakRef(made))
      return made
    }
  }
}
