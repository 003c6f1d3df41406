/**
 * The durable log and the local copy: the port, and its stores in memory and in IndexedDB.
 *
 * Each operation is one atomic step. It has happened as a whole when its effect succeeds, and not at all when it fails.
 *
 * @since 0.1.0
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type { Client, ClientId, WorkspaceId } from "./Client.js"
import type { StorageError } from "./ClientError.js"
import type { EntryId } from "./Entry.js"
import type { Entry, Outcome, Row } from "./log/entry.js"
import type { QueueState } from "./log/state.js"
import { accept, claim, type Claimed, type Draft, load, type Snapshot } from "./transactions/accept.js"
import { type Copy, readCopy, storeClient, storeList } from "./transactions/copy.js"
import { type Basis, mark, type Marked } from "./transactions/mark.js"
import { outcome, prune } from "./transactions/outcomes.js"
import { changeState, type Fence, purge } from "./transactions/queue.js"
import { claimRefusal, discard, type Discarded, importRows, type Repaired, retry } from "./transactions/repair.js"
import { type After, book, type Rebase, settle, type Settled, type Verdict } from "./transactions/settle.js"
import * as engine from "./store/engine.js"
import * as indexedDbEngine from "./store/indexedDb.js"
import * as memoryEngine from "./store/memory.js"
import type { Step } from "./store/step.js"
import { uuid } from "./ids.js"
import { raised, type Turn } from "./log/state.js"
import type { Mutation } from "./Mutation.js"

export type {
  /**
   * @since 0.1.0
   * @category models
   */
  After,
  /**
   * @since 0.1.0
   * @category models
   */
  Basis,
  /**
   * @since 0.1.0
   * @category models
   */
  Claimed,
  /**
   * @since 0.1.0
   * @category models
   */
  Copy,
  /**
   * @since 0.1.0
   * @category models
   */
  Discarded,
  /**
   * @since 0.1.0
   * @category models
   */
  Draft,
  /**
   * @since 0.1.0
   * @category models
   */
  Fence,
  /**
   * @since 0.1.0
   * @category models
   */
  Marked,
  /**
   * @since 0.1.0
   * @category models
   */
  Rebase,
  /**
   * @since 0.1.0
   * @category models
   */
  Repaired,
  /**
   * @since 0.1.0
   * @category models
   */
  Settled,
  /**
   * @since 0.1.0
   * @category models
   */
  Snapshot,
  /**
   * @since 0.1.0
   * @category models
   */
  Turn,
  /**
   * @since 0.1.0
   * @category models
   */
  Verdict
}

/**
 * What the outbox needs of a store. All times are in milliseconds since the epoch.
 *
 * @since 0.1.0
 * @category models
 */
export interface Service {
  /** The whole log, its state and the resolved local ids. */
  readonly load: Effect.Effect<Snapshot, StorageError>
  /** Appends an entry under the next number. It is durable when this succeeds. */
  readonly accept: (draft: Draft) => Effect.Effect<Entry, StorageError>
  /** Takes the next fence; with `unless`, only if no run is under way or the run still stands at that step. */
  readonly claim: (unless?: { readonly step: number | undefined }) => Effect.Effect<Claimed | undefined, StorageError>
  /** Records an attempt at `mutation` for these entries before it is made, and gives what to send. */
  readonly mark: (
    fence: Fence,
    seqs: ReadonlyArray<number>,
    mutation: Mutation,
    now: number,
    basis?: Basis
  ) => Effect.Effect<Marked, StorageError>
  /**
   * Books what came of an attempt. `undefined`: the fence no longer holds, or what there is nothing to send for has
   * changed, and nothing was booked.
   */
  readonly settle: (
    fence: Fence,
    seqs: ReadonlyArray<number>,
    verdict: Verdict,
    after: After,
    now: number,
    rebase?: Rebase
  ) => Effect.Effect<Settled | undefined, StorageError>
  /** Books a change of the queue's state alone. `undefined`: the fence no longer holds. */
  readonly book: (fence: Fence, after: After, now: number) => Effect.Effect<QueueState | undefined, StorageError>
  /** Makes void whatever any replayer is doing, and pauses the queue if a reason is given. */
  readonly raiseFence: (paused?: QueueState["paused"]) => Effect.Effect<QueueState, StorageError>
  /** Changes the queue's state; a change that gives the same object changes nothing. */
  readonly changeState: (change: (state: QueueState) => QueueState) => Effect.Effect<QueueState, StorageError>
  /** Ends a refused entry for its waiting caller, unless something depends on it: then `undefined`. */
  readonly claimRefusal: (seq: number, id: EntryId, now: number) => Effect.Effect<Settled | undefined, StorageError>
  /**
   * Puts a refused or set-aside entry back in its place. A set-aside one may have been applied: it is looked up first,
   * and `edit` must give it back as it is (else `BeingSent`).
   */
  readonly retry: (seq: number, edit: (mutation: Mutation) => Mutation) => Effect.Effect<Repaired, StorageError>
  /** Takes an entry out, and what depends on it, unless one of them is on the wire or still to be looked up. */
  readonly discard: (seq: number, now: number) => Effect.Effect<Discarded, StorageError>
  /** How an entry ended, if it has and that is still kept. */
  readonly outcome: (id: EntryId) => Effect.Effect<Outcome | undefined, StorageError>
  /**
   * Appends rows in their order but for ids that are known; gives the new numbers. What was being sent elsewhere is
   * uncertain here.
   */
  readonly importRows: (rows: ReadonlyArray<Row>) => Effect.Effect<ReadonlyArray<number>, StorageError>
  /** Forgets outcomes from before that time, but for the newest `keep` and any that cannot be read; gives how many. */
  readonly prune: (before: number, keep: number) => Effect.Effect<number, StorageError>
  /** The local copy of a workspace's clients. */
  readonly copy: (workspaceId: WorkspaceId) => Effect.Effect<Copy, StorageError>
  /** Replaces the local copy; `undefined` where an attempt on the workspace was open since. */
  readonly storeList: (
    workspaceId: WorkspaceId,
    since: Turn,
    clients: ReadonlyArray<Client>,
    now: number
  ) => Effect.Effect<QueueState | undefined, StorageError>
  /** Stores one client, or that it is gone; `undefined` where an attempt on the workspace was open since. */
  readonly storeClient: (
    workspaceId: WorkspaceId,
    clientId: ClientId,
    since: Turn,
    client: Client | undefined
  ) => Effect.Effect<QueueState | undefined, StorageError>
  /** Removes everything: entries, outcomes and copies. */
  readonly purge: Effect.Effect<void, StorageError>
  /** Calls `listener` whenever another connection may have changed the store. */
  readonly onHint: (listener: () => void) => Effect.Effect<void, never, Scope.Scope>
  /** Asks that nothing be taken away for want of room, and gives whether that is promised; none where nobody says. */
  readonly persist?: Effect.Effect<Option.Option<boolean>>
}

/**
 * @since 0.1.0
 * @category tags
 */
export class OutboxStore extends Context.Tag("effect-toggl-clients/OutboxStore")<OutboxStore, Service>() {}

// A step that makes the queue's state anew gives the store an id that none has had before. One that only reads finds
// an empty store without an id.
const fromEngine = (engine: engine.Engine): Effect.Effect<Service> =>
  Effect.sync((): Service => {
    const run = <A>(step: () => Step<A>) => engine.run("readwrite", step)
    const write = <A>(step: (newStoreId: string) => Step<A>) =>
      Effect.flatMap(uuid, (newStoreId) => run(() => step(newStoreId)))
    const read = <A>(step: (newStoreId: string) => Step<A>) => engine.run("readonly", () => step(""))
    return {
      load: read((newStoreId) => load(newStoreId)),
      accept: (draft) => run(() => accept(draft)),
      claim: (unless) => write((newStoreId) => claim(newStoreId, unless)),
      mark: (fence, seqs, mutation, now, basis) =>
        write((newStoreId) => mark(newStoreId, fence, seqs, mutation, now, basis)),
      settle: (fence, seqs, verdict, after, now, rebase) =>
        write((newStoreId) => settle(newStoreId, fence, seqs, verdict, after, now, rebase)),
      book: (fence, after, now) => write((newStoreId) => book(newStoreId, fence, after, now)),
      raiseFence: (paused) => write((newStoreId) => changeState(newStoreId, (state) => raised(state, paused))),
      changeState: (change) => write((newStoreId) => changeState(newStoreId, change)),
      claimRefusal: (seq, id, now) => write((newStoreId) => claimRefusal(newStoreId, seq, id, now)),
      retry: (seq, edit) => write((newStoreId) => retry(newStoreId, seq, edit)),
      discard: (seq, now) => write((newStoreId) => discard(newStoreId, seq, now)),
      outcome: (id) => read(() => outcome(id)),
      importRows: (rows) => write((newStoreId) => importRows(newStoreId, rows)),
      prune: (before, keep) => run(() => prune(before, keep)),
      copy: (workspaceId) => read((newStoreId) => readCopy(newStoreId, workspaceId)),
      storeList: (workspaceId, since, clients, now) =>
        write((newStoreId) => storeList(newStoreId, workspaceId, since, clients, now)),
      storeClient: (workspaceId, clientId, since, client) =>
        write((newStoreId) => storeClient(newStoreId, workspaceId, clientId, since, client)),
      purge: Effect.flatMap(uuid, (next) => run(() => purge(next))),
      onHint: engine.onHint
    }
  })

/**
 * Whether what failed so may have been stored all the same: its transaction was too far on to be undone, and did not
 * end in time. Any other failure of a step left nothing behind.
 *
 * @since 0.1.0
 * @category guards
 */
export const mayBeStored = (error: StorageError): boolean => engine.mayBeStored(error)

/**
 * Rows in memory, for tests and for environments with no storage that want the outbox all the same. Stores made of the
 * same rows see each other's changes, as tabs do.
 *
 * @since 0.1.0
 * @category models
 */
export interface Memory extends memoryEngine.Memory {}

/**
 * @since 0.1.0
 * @category constructors
 */
export const makeMemory: Effect.Effect<Memory> = /*#__PURE__*/ Effect.sync(memoryEngine.makeMemory)

/**
 * A store on rows in memory. `fault` is asked as each transaction would commit: an error undoes it, as a full disk does.
 * Where it answers only to `readwrite`, the log can still be read.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromMemory = (
  memory: Memory,
  fault?: (mode: "readonly" | "readwrite") => StorageError | undefined
): Effect.Effect<Service> => Effect.suspend(() => fromEngine(memoryEngine.make(memory, fault)))

/**
 * A store in memory: nothing in it survives a restart.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory: Layer.Layer<OutboxStore> = /*#__PURE__*/ Layer.effect(
  OutboxStore,
  /*#__PURE__*/ Effect.flatMap(makeMemory, fromMemory)
)

/**
 * Settings of the store in IndexedDB.
 *
 * - `name`: the database's name: one for each account and base URL
 * - `timeLimit`: how long a step may take, opening the database included, before it is aborted: 75 seconds unless given,
 *   for Chromium lets a stopped tab keep a transaction open for up to a minute. A transaction that is too far on to be
 *   aborted is waited for as long again; see {@link mayBeStored}.
 *
 * @since 0.1.0
 * @category models
 */
export interface IndexedDbOptions {
  readonly name: string
  readonly timeLimit?: Duration.DurationInput
}

/**
 * A store in IndexedDB: one object store, and one transaction of strict durability for each step. It succeeds only when
 * the transaction has completed. A missing, refused, full or lost database is a `StorageError` of the operation that
 * met it, and the next operation tries to open it again.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeIndexedDb = (options: IndexedDbOptions): Effect.Effect<Service, never, Scope.Scope> =>
  indexedDbEngine.make(options.name, options.timeLimit ?? "75 seconds").pipe(
    Effect.flatMap(fromEngine),
    Effect.map((service): Service => ({ ...service, persist }))
  )

// A worker may not ask, only see what the page was promised.
const persist: Effect.Effect<Option.Option<boolean>> = /*#__PURE__*/ Effect.suspend(() => {
  const storage = "navigator" in globalThis && "storage" in navigator ? navigator.storage : undefined
  if (storage === undefined) return Effect.succeedNone
  const isPage = "document" in globalThis
  return Effect.option(Effect.tryPromise(() => (isPage ? storage.persist() : storage.persisted())))
})

/**
 * A store in IndexedDB, as a layer.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerIndexedDb = (options: IndexedDbOptions): Layer.Layer<OutboxStore> =>
  Layer.scoped(OutboxStore, makeIndexedDb(options))
