import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as PubSub from "effect/PubSub"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type AnyClientId, type ClientId, isLocalClientId, type LocalClientId } from "../Client.js"
import type { StorageError } from "../ClientError.js"
import type { EntryId } from "../Entry.js"
import { type Ended, type Entry, isParked, type Outcome, type Unreadable } from "../log/entry.js"
import type { QueueState } from "../log/state.js"
import type * as OutboxStore from "../OutboxStore.js"
import * as clientIndex from "../log/byClient.js"
import { type Dependencies, growing, type Growing } from "../log/dependencies.js"
import { newState } from "../transactions/rows.js"

// How many endings of this session are remembered, so that callers and lists need not ask the store.
const rememberedOutcomes = 1000

const longestRest = Duration.seconds(1)

/**
 * What this tab knows of the store: exact about its own steps, and read again after a hint that another tab made one.
 * It never decides anything by itself: each step of the replay checks the rows again inside its transaction.
 */
export interface Mirror {
  readonly entries: ReadonlyMap<number, Entry>
  /** The numbers of the refused and the set-aside. */
  readonly parked: ReadonlySet<number>
  readonly unreadable: ReadonlyArray<Unreadable>
  readonly ids: ReadonlyMap<LocalClientId, ClientId>
  /** Toggl's id of the client, where it is known. */
  readonly resolve: (id: AnyClientId) => ClientId | undefined
  /** The number of the first row of a newer version: none is sent from there on. Endless where there is none. */
  readonly newerAt: number
  readonly state: QueueState
  readonly storageError: StorageError | undefined
  /** Whether the store has been read, and no hint has come since. */
  readonly isFresh: () => boolean
  readonly byId: (id: EntryId) => Entry | undefined
  readonly outcome: (id: EntryId) => Outcome | undefined
  readonly dependencies: () => Dependencies
  readonly clients: Pick<clientIndex.ClientIndex, "keyOf" | "after">
  /** The highest number that any entry has had. */
  readonly last: number
  /** Grows whenever the log changes otherwise than by entries at its end, or by what has been done. */
  readonly epoch: number
  /** Emits now and after each change; changes that come faster than they are taken are one. */
  readonly changes: Stream.Stream<void>
  /** Calls `listener` at each change, within it. */
  readonly onChange: (listener: () => void) => Effect.Effect<void, never, Scope.Scope>
  /** Reads the store if anything may have changed there. */
  readonly sync: Effect.Effect<void, StorageError>
  readonly changed: Effect.Effect<void>
  /** Runs a step that reads the whole log, and takes over what it read; entries accepted meanwhile stay. */
  readonly taking: <A, E>(
    step: Effect.Effect<A, E>,
    snapshot: (result: A) => OutboxStore.Snapshot | undefined
  ) => Effect.Effect<A, E>
  /** Grows with each reading of the whole log. */
  readonly reads: number
  /** `reads`: as it was before the entry was accepted. What was read since may be from after it was sent. */
  readonly accepted: (entry: Entry, reads: number) => Effect.Effect<void>
  readonly put: (entries: ReadonlyArray<Entry>, state: QueueState) => Effect.Effect<void>
  readonly ended: (outcomes: ReadonlyArray<Ended>, state: QueueState) => Effect.Effect<void>
  readonly setState: (state: QueueState) => Effect.Effect<void>
  readonly distrust: Effect.Effect<void>
  /** The store has just failed. */
  readonly lost: (error: StorageError) => Effect.Effect<void>
  /** The store can be read, but a step of the replay could not be written; `undefined`: it can again. */
  readonly unwritable: (error: StorageError | undefined) => Effect.Effect<void>
}

interface Mutable {
  entries: Map<number, Entry>
  seqs: Map<EntryId, number>
  parked: Set<number>
  unreadable: ReadonlyArray<Unreadable>
  ids: Map<LocalClientId, ClientId>
  state: QueueState
  storageError: StorageError | undefined
  unwritable: StorageError | undefined
  dependencies: Growing | undefined
  clients: clientIndex.ClientIndex
  last: number
  epoch: number
}

export const make = (store: OutboxStore.Service, onHint: () => void): Effect.Effect<Mirror, never, Scope.Scope> =>
  Effect.gen(function* () {
    // One of capacity 1 miscounts where it slides: a subscriber that was behind then takes what is for another.
    const news = yield* PubSub.sliding<void>({ capacity: 2, replay: 1 })
    yield* PubSub.publish(news, undefined)
    const listeners = new Set<() => void>()
    const reading = yield* Effect.makeSemaphore(1)
    const now: Mutable = {
      entries: new Map(),
      seqs: new Map(),
      parked: new Set(),
      unreadable: [],
      ids: new Map(),
      state: newState(""),
      storageError: undefined,
      unwritable: undefined,
      dependencies: undefined,
      clients: clientIndex.make([], new Map()),
      last: 0,
      epoch: 0
    }
    const outcomes = new Map<EntryId, Outcome>()
    let fresh = false
    // Entries that this tab accepted while the store was being read: the snapshot may be from before them.
    let acceptedMeanwhile: Array<Entry> = []
    let isReading = false
    let readings = 0
    const hints = yield* Queue.sliding<void>(1)
    yield* store.onHint(() => {
      fresh = false
      Queue.unsafeOffer(hints, undefined)
    })

    const changed: Effect.Effect<void> = Effect.suspend(() => {
      for (const listener of listeners) listener()
      return PubSub.publish(news, undefined)
    })

    /** The log has changed otherwise than by entries at its end. */
    const rewritten: Effect.Effect<void> = Effect.suspend(() => {
      now.dependencies = undefined
      return changed
    })

    const insert = (entry: Entry) => {
      if (isParked(entry)) now.parked.add(entry.seq)
      else now.parked.delete(entry.seq)
      const known = now.entries.get(entry.seq)
      now.entries.set(entry.seq, entry)
      now.seqs.set(entry.id, entry.seq)
      if (known === undefined && entry.seq < now.last) {
        now.entries = new Map([...now.entries].sort(([a], [b]) => a - b))
        now.clients = clientIndex.make(now.entries.values(), now.ids)
        now.epoch++
      } else if (known === undefined) {
        now.clients.add(entry)
      } else if (isParked(known) !== isParked(entry)) {
        now.epoch++
      }
      // A gap may hold another tab's entries, which stand before this one.
      if (entry.seq > now.last + 1) fresh = false
      now.last = Math.max(now.last, entry.seq)
    }

    const drop = (seq: number) => {
      const entry = now.entries.get(seq)
      if (entry === undefined) return
      now.entries.delete(seq)
      now.clients.drop(entry)
      now.parked.delete(seq)
      now.seqs.delete(entry.id)
    }

    const take = (snapshot: OutboxStore.Snapshot) => {
      readings++
      now.entries = new Map(snapshot.entries.map((entry) => [entry.seq, entry]))
      now.seqs = new Map(snapshot.entries.map((entry) => [entry.id, entry.seq]))
      now.parked = new Set(snapshot.entries.filter(isParked).map((entry) => entry.seq))
      now.unreadable = snapshot.unreadable
      now.ids = new Map(snapshot.ids)
      now.clients = clientIndex.make(snapshot.entries, snapshot.ids)
      now.epoch++
      now.state = snapshot.state
      now.storageError = undefined
      now.last = Math.max(now.last, snapshot.entries.at(-1)?.seq ?? 0)
    }

    const isOlder = (state: QueueState) => state.store === now.state.store && state.step < now.state.step

    // Two of this tab's own steps may be heard of in another order than that in which they were made.
    // Where another tab's step lies in between, what it did is not known yet.
    const advance = (state: QueueState) => {
      if (state.store !== now.state.store || state.step > now.state.step + 1) fresh = false
      if (isOlder(state)) fresh = false
      else now.state = state
    }

    // `undefined` where the step gave no snapshot, or an older one than what this tab has written since.
    const reads = <A, E>(step: Effect.Effect<A, E>, snapshot: (result: A) => OutboxStore.Snapshot | undefined) =>
      Effect.gen(function* () {
        const wasFresh = fresh
        fresh = true
        acceptedMeanwhile = []
        isReading = true
        const result = yield* step.pipe(
          Effect.onError(() =>
            Effect.sync(() => {
              fresh = false
            })
          )
        )
        isReading = false
        const read = snapshot(result)
        if (read === undefined || isOlder(read.state)) {
          fresh = read === undefined && wasFresh && fresh
          return result
        }
        take(read)
        const missing = acceptedMeanwhile.filter((entry) => !now.entries.has(entry.seq))
        for (const entry of missing) insert(entry)
        // It was accepted after the log was read, or has ended before.
        if (missing.length > 0) fresh = false
        yield* rewritten
        return result
      }).pipe(
        Effect.ensuring(
          Effect.sync(() => {
            isReading = false
          })
        )
      )

    const reread: Effect.Effect<void, StorageError> = reading.withPermits(1)(
      Effect.gen(function* () {
        while (!fresh) {
          yield* reads(store.load, (snapshot) => snapshot).pipe(
            Effect.tapError((error) =>
              Effect.suspend(() => {
                // Whoever reads at each change would read a lost store without end.
                const isNews = now.storageError === undefined
                now.storageError = error
                if (isNews) onHint()
                return isNews ? changed : Effect.void
              })
            )
          )
        }
      })
    )

    const isFresh = () => fresh && !isReading
    const sync = Effect.suspend(() => (isFresh() ? Effect.void : reread))

    // Other tabs' steps are read as they come, and in long queues no more often than leaves room for other work.
    yield* Effect.gen(function* () {
      yield* Queue.take(hints)
      const [took] = yield* Effect.timed(Effect.ignore(sync))
      onHint()
      // A tab that was stopped meanwhile took long, and still must not show old news for long.
      if (Duration.toMillis(took) > 5) yield* Effect.sleep(Duration.min(Duration.times(took, 4), longestRest))
    }).pipe(Effect.forever, Effect.forkScoped)

    return {
      get entries() {
        return now.entries
      },
      get parked() {
        return now.parked
      },
      get unreadable() {
        return now.unreadable
      },
      get ids() {
        return now.ids
      },
      resolve: (id) => (isLocalClientId(id) ? now.ids.get(id) : id),
      get newerAt() {
        return now.unreadable.find((row) => row.newer)?.seq ?? Number.POSITIVE_INFINITY
      },
      get state() {
        return now.state
      },
      get storageError() {
        return now.storageError ?? now.unwritable
      },
      get clients() {
        return now.clients
      },
      get last() {
        return now.last
      },
      get epoch() {
        return now.epoch
      },
      isFresh,
      byId: (id) => {
        const seq = now.seqs.get(id)
        return seq === undefined ? undefined : now.entries.get(seq)
      },
      outcome: (id) => outcomes.get(id),
      dependencies: () => {
        // With nothing parked nothing is held, and the queue's length does not matter.
        if (now.parked.size === 0 && now.unreadable.length === 0) {
          return { held: new Map(), next: now.entries.values().next().value, newer: undefined }
        }
        now.dependencies ??= growing({ ...now, entries: now.entries.values() }, isParked)
        return now.dependencies.now()
      },
      changes: Stream.fromPubSub(news),
      onChange: (listener) =>
        Effect.acquireRelease(
          Effect.sync(() => {
            listeners.add(listener)
          }),
          () => Effect.sync(() => listeners.delete(listener))
        ),
      sync,
      changed,
      taking: (step, snapshot) => reading.withPermits(1)(reads(step, snapshot)),
      get reads() {
        return readings
      },
      accepted: (entry, before) =>
        Effect.suspend(() => {
          if (before !== readings && !now.entries.has(entry.seq)) fresh = false
          if (isReading) acceptedMeanwhile.push(entry)
          now.storageError = undefined
          now.unwritable = undefined
          const isAtEnd = entry.seq > now.last
          insert(entry)
          if (!isAtEnd) return rewritten
          now.dependencies?.add(entry)
          return changed
        }),
      put: (entries, state) =>
        Effect.suspend(() => {
          for (const entry of entries) insert(entry)
          advance(state)
          return rewritten
        }),
      ended: (ended, state) =>
        Effect.suspend(() => {
          for (const { outcome, seq } of ended) {
            drop(seq)
            outcomes.set(outcome.id, outcome)
            const { ending, mutation } = outcome
            if (mutation._tag === "Create" && ending._tag === "Done" && ending.clientId !== undefined) {
              now.ids.set(mutation.localId, ending.clientId)
              now.clients.resolved(mutation.localId, ending.clientId)
            }
          }
          for (const id of outcomes.keys()) {
            if (outcomes.size <= rememberedOutcomes) break
            outcomes.delete(id)
          }
          advance(state)
          return rewritten
        }),
      setState: (state) =>
        Effect.suspend(() => {
          advance(state)
          return changed
        }),
      distrust: Effect.sync(() => {
        fresh = false
      }),
      lost: (error) =>
        Effect.suspend(() => {
          fresh = false
          now.storageError = error
          // Whoever is woken reads it again until it is back.
          onHint()
          return changed
        }),
      unwritable: (error) =>
        Effect.suspend(() => {
          if (now.unwritable === error) return Effect.void
          now.unwritable = error
          return changed
        })
    }
  })
