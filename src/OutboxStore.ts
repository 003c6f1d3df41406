/**
 * Where the outbox and the local copy are kept: the port, and its stores in memory and in IndexedDB.
 *
 * A store gives transactions over sorted rows, and nothing more. What the rows mean, and which of them change together,
 * is the outbox's affair: it hands each transaction a {@link Step}.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Scope from "effect/Scope"
import type { StorageError } from "./ClientError.js"
import * as failure from "./store/failure.js"
import * as indexedDb from "./store/indexedDb.js"
import * as memory from "./store/memory.js"
import * as others from "./store/others.js"
import * as persistence from "./store/persistence.js"
import { OutboxStore, type OutboxStoreService } from "./store/service.js"

export * from "./store/service.js"
export type { Abort, Add, Get, Put, Range, Remove, Request, Step } from "./store/step.js"

/**
 * Whether what failed so may have been stored all the same: its transaction was too far on to be undone and did not end
 * in time, or the browser ended it in a way that leaves doubt. Any other failure of a step left nothing behind.
 *
 * @since 0.1.0
 * @category guards
 */
export const mayBeStored = (error: StorageError): boolean => failure.mayBeStored(error)

/**
 * Rows in memory, for tests and for environments with no storage that want the outbox all the same. Stores made of the
 * same rows see each other's changes, as tabs do.
 *
 * @since 0.1.0
 * @category models
 */
export interface Memory extends memory.Memory {}

/**
 * New rows in memory, with nothing in them yet: {@link fromMemory} makes stores of them.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeMemory: Effect.Effect<Memory> = /*#__PURE__*/ Effect.sync(memory.makeMemory)

/**
 * A store on rows in memory. `fault` is asked as each transaction would commit: an error undoes it, as a full disk does.
 * Where it answers only to `readwrite`, the log can still be read. `name` says what the transaction is for.
 *
 * @since 0.1.0
 * @category constructors
 */
export const fromMemory = (
  rows: Memory,
  fault?: (mode: "readonly" | "readwrite", name: string) => StorageError | undefined
): Effect.Effect<OutboxStoreService> => Effect.sync(() => memory.make(rows, fault))

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
 * How long a step in IndexedDB may take unless it is said otherwise.
 *
 * @since 0.1.0
 * @category models
 */
export const longestStep: Duration.DurationInput = "75 seconds"

/**
 * Settings of the store in IndexedDB.
 *
 * @since 0.1.0
 * @category models
 */
export interface IndexedDbOptions {
  /** What the database is called: one for each account and base URL, as `Clients.databaseName` gives it. */
  readonly name: string
  /**
   * How long a step may take before it is aborted: 75 seconds unless given, for Chromium lets a stopped tab keep a
   * transaction open for up to a minute. A transaction that is too far on to be aborted is waited for as long again;
   * see {@link mayBeStored}. An opening that is not answered is given up within 5 seconds. A bare number is in
   * milliseconds.
   */
  readonly timeLimit?: Duration.DurationInput | undefined
}

/**
 * A store in IndexedDB: one object store, and one transaction of strict durability for each step. It succeeds only when
 * the transaction has completed. A missing, refused, full or lost database is a `StorageError` of the operation that
 * met it, and the next operation tries to open it again.
 *
 * @since 0.1.0
 * @category constructors
 */
export const makeIndexedDb = (options: IndexedDbOptions): Effect.Effect<OutboxStoreService, never, Scope.Scope> =>
  Effect.suspend(() => {
    const { name, timeLimit = longestStep } = options
    return Effect.map(indexedDb.make(name, timeLimit), (store) => ({
      ...store,
      ...persistence,
      others: others.make(name, timeLimit)
    }))
  })

/**
 * A store in IndexedDB, as a layer: it closes the database with its scope. See {@link makeIndexedDb}.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerIndexedDb = (options: IndexedDbOptions): Layer.Layer<OutboxStore> =>
  Layer.scoped(OutboxStore, makeIndexedDb(options))
