// When the log is read again, and who hears of it.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import type * as Scope from "effect/Scope"
import type * as Stream from "effect/Stream"
import type { ClientId, LocalClientId } from "../Client.js"
import type { StorageError } from "../ClientError.js"
import { toldNowAndBy } from "../effect/stream.js"
import type { Ended, Entry } from "../log/entry.js"
import type { QueueState } from "../log/state.js"
import { mayBeStored } from "../store/failure.js"
import type { OutboxStoreService as Store } from "../store/service.js"
import type { Snapshot } from "../transactions/accept.js"
import * as transactions from "../transactions/make.js"
import type { Copies } from "./copies.js"
import type { Log } from "./log.js"
import { watched } from "./watched.js"

const longestRest = Duration.seconds(1)

/**
 * Keeps the log in step with the store: exact about this instance's own steps, and read again after a hint that another
 * one made a step. It never decides anything by itself: each step of the replay checks the rows again inside its
 * transaction.
 */
export class Mirror {
  readonly log: Log
  readonly transactions: transactions.Transactions
  private readonly hint: () => void
  private readonly wake: () => void
  private readonly listeners = new Set<() => void>()
  private readonly oneReader = Effect.unsafeMakeSemaphore(1)
  private isReading = false
  // Entries that this instance accepted while the store was being read: the snapshot may be from before them.
  private acceptedMeanwhile: Array<Entry> = []
  private unreadable: StorageError | undefined
  private unwritten: StorageError | undefined

  /** Grows with each reading of the whole log. */
  reads = 0

  constructor(steps: transactions.Transactions, log: Log, hint: () => void, wake: () => void) {
    this.transactions = steps
    this.log = log
    this.hint = hint
    this.wake = wake
  }

  /** Whether the store could be read when it was last tried. */
  readonly isReadable = (): boolean => this.unreadable === undefined

  /** Why the store cannot be read, or a step of the replay not be written. */
  get storageError(): StorageError | undefined {
    return this.unreadable ?? this.unwritten
  }

  /** Whether the store has been read, and no hint has come since. */
  readonly isUpToDate = (): boolean => this.log.isUpToDate && !this.isReading

  /** Emits now and after each change; changes that come faster than they are taken are one. */
  readonly changes: Stream.Stream<void> = toldNowAndBy(this.listeners)

  /** Calls `listener` at each change, within it. */
  readonly onChange = (listener: () => void): Effect.Effect<void, never, Scope.Scope> =>
    Effect.acquireRelease(
      Effect.sync(() => {
        this.listeners.add(listener)
      }),
      () => Effect.sync(() => this.listeners.delete(listener))
    )

  /** Tells that something has changed. */
  readonly changed: Effect.Effect<void> = Effect.sync(() => {
    for (const listener of this.listeners) listener()
  })

  /** What is known may be out of step: it is read again before it is next relied on. */
  readonly doubt: Effect.Effect<void> = Effect.sync(() => {
    this.log.isUpToDate = false
  })

  /** Reads the store if anything may have changed there. */
  readonly sync: Effect.Effect<void, StorageError> = Effect.suspend(() =>
    this.isUpToDate() ? Effect.void : this.oneReader.withPermits(1)(this.catchUp)
  )

  /** Reads the store. */
  readonly reread: Effect.Effect<void, StorageError> = Effect.zipRight(this.doubt, this.sync)

  /**
   * Reads the store where another instance has taken a step of which no word came here, as while this page was kept aside
   * by its browser.
   */
  readonly lookAgain: Effect.Effect<void> = Effect.suspend(() => {
    const { isUpToDate, last, state } = this.log
    if (!isUpToDate) return Effect.void
    const isMissing = Effect.map(
      this.transactions.standing(last),
      ({ isLonger, step, store }) => isLonger || step !== state.step || store !== state.store
    )
    // What cannot be read is found out, and told, by whoever reads it next.
    return Effect.flatMap(
      Effect.orElseSucceed(isMissing, () => true),
      (isMissing) => (isMissing ? Effect.sync(this.hint) : Effect.void)
    )
  })

  private readonly catchUp: Effect.Effect<void, StorageError> = Effect.suspend(() =>
    this.log.isUpToDate ? Effect.void : Effect.zipRight(this.loadOnce, this.catchUp)
  )

  private readonly loadOnce = Effect.suspend(() => this.load(this.transactions.load, (snapshot) => snapshot)).pipe(
    Effect.tapError((error) => {
      // Whoever reads at each change would read a lost store without end.
      const isNews = this.unreadable === undefined
      this.unreadable = error
      if (isNews) this.wake()
      return isNews ? this.changed : Effect.void
    })
  )

  /** Runs a step that reads the whole log, and takes over what it read; entries accepted meanwhile stay. */
  readonly loadWith = <A, E>(
    step: Effect.Effect<A, E>,
    snapshot: (result: A) => Snapshot | undefined
  ): Effect.Effect<A, E> => this.oneReader.withPermits(1)(this.load(step, snapshot))

  // Nothing interrupts between what is noted here and what takes it back.
  private readonly load = <A, E>(step: Effect.Effect<A, E>, snapshot: (result: A) => Snapshot | undefined) =>
    Effect.uninterruptibleMask((restore) => {
      const wasUpToDate = this.log.isUpToDate
      this.log.isUpToDate = true
      this.acceptedMeanwhile = []
      this.isReading = true
      return restore(step).pipe(
        Effect.onError(() => this.doubt),
        Effect.tap((result) => {
          this.isReading = false
          return this.take(snapshot(result), wasUpToDate)
        }),
        Effect.ensuring(
          Effect.sync(() => {
            this.isReading = false
          })
        )
      )
    })

  private readonly take = (read: Snapshot | undefined, wasUpToDate: boolean): Effect.Effect<void> => {
    if (read === undefined) this.log.isUpToDate &&= wasUpToDate
    // Older than what this instance has written since.
    else if (!this.log.take(read)) this.log.isUpToDate = false
    else {
      this.reads++
      this.unreadable = undefined
      const missing = this.acceptedMeanwhile.filter(({ seq }) => !this.log.entries.has(seq))
      this.log.put(missing)
      // It was accepted after the log was read, or has ended before.
      if (missing.length > 0) this.log.isUpToDate = false
      return this.changed
    }
    return Effect.void
  }

  /** `reads`: as it was before the entry was accepted. What was read since may be from after it was sent. */
  readonly accepted = (entry: Entry, reads: number): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (reads !== this.reads && !this.log.entries.has(entry.seq)) this.log.isUpToDate = false
      if (this.isReading) this.acceptedMeanwhile.push(entry)
      this.unreadable = undefined
      this.unwritten = undefined
      this.log.accept(entry)
      return this.changed
    })

  /** Takes over what a step of this instance gave: its entries as they are now, those that have ended, and the state. */
  readonly stepped = (step: {
    readonly state: QueueState
    readonly entries?: ReadonlyArray<Entry>
    readonly ended?: ReadonlyArray<Ended>
    readonly ids?: ReadonlyArray<readonly [LocalClientId, ClientId]>
  }): Effect.Effect<void> =>
    Effect.suspend(() => {
      const { ended = [], entries = [], ids = [], state } = step
      for (const [localId, clientId] of ids) this.log.learn(localId, clientId)
      if (ended.length > 0) this.log.end(ended)
      if (entries.length > 0) this.log.put(entries)
      this.log.advance(state)
      return this.changed
    })

  readonly setState = (state: QueueState): Effect.Effect<void> => this.stepped({ state })

  /** The store has just failed. */
  readonly lost = (error: StorageError): Effect.Effect<void> =>
    Effect.suspend(() => {
      this.log.isUpToDate = false
      this.unreadable = error
      // Whoever is woken reads it again until it is back.
      this.wake()
      return this.changed
    })

  /** The store can be read, but a step of the replay could not be written; `undefined`: it can again. */
  readonly unwritable = (error: StorageError | undefined): Effect.Effect<void> =>
    Effect.suspend(() => {
      if (this.unwritten === error) return Effect.void
      this.unwritten = error
      return this.changed
    })
}

/** A step of this instance that may be stored though it has failed is as unknown here as another one's. */
const hintingInDoubt = (store: Store, hint: () => void): Store => ({
  ...store,
  transact: (name, mode, step) => {
    const transacted = store.transact(name, mode, step)
    if (mode === "readonly") return transacted
    return Effect.tapError(transacted, (error) => (mayBeStored(error) ? Effect.sync(hint) : Effect.void))
  }
})

/** The mirror of a store. `wake` is called when another instance has taken a step, or the store has failed. */
export const make = (
  store: Store,
  log: Log,
  copies: Copies,
  wake: () => void
): Effect.Effect<Mirror, never, Scope.Scope> =>
  Effect.gen(function* () {
    const hints = yield* Queue.sliding<void>(1)
    const hint = () => {
      log.isUpToDate = false
      Queue.unsafeOffer(hints, undefined)
    }
    const steps = transactions.make(hintingInDoubt(store, hint), (written) => {
      log.wrote(written)
      copies.wrote(written)
    })
    const mirror = new Mirror(steps, log, hint, wake)
    yield* store.onHint(hint)
    // Other instances' steps are read as they come, and in long queues no more often than leaves room for other work.
    const heedHints = Effect.gen(function* () {
      yield* Queue.take(hints)
      const [took] = yield* Effect.timed(Effect.ignore(mirror.sync))
      wake()
      // A tab that was stopped meanwhile took long, and still must not show old news for long.
      if (Duration.toMillis(took) > 5) yield* Effect.sleep(Duration.min(Duration.times(took, 4), longestRest))
    })
    yield* watched("what reads other tabs' steps", Effect.forever(heedHints)).pipe(Effect.forkScoped)
    return mirror
  })
