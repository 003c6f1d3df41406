/**
 * The steps of the outbox over a store: what the contract suite asks of every store.
 */
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import { raised } from "../../src/log/state.js"
import * as OutboxStore from "../../src/OutboxStore.js"
import type { PauseReason } from "../../src/Status.js"
import * as transactions from "../../src/transactions/make.js"

export type { Turn } from "../../src/log/state.js"
export type { Draft, Snapshot } from "../../src/transactions/accept.js"
export type { Transactions } from "../../src/transactions/make.js"
export type { Fence } from "../../src/transactions/queue.js"
export type { Verdict } from "../../src/log/verdict.js"
export type { After } from "../../src/transactions/settle.js"

/** A connection: the steps, and word of what others do. */
export interface Connection extends transactions.Transactions, Pick<OutboxStore.OutboxStoreService, "onHint"> {}

const connected = (store: OutboxStore.OutboxStoreService): Connection => ({
  ...transactions.make(store),
  onHint: store.onHint
})

export const fromMemory = (...args: Parameters<typeof OutboxStore.fromMemory>): Effect.Effect<Connection> =>
  Effect.map(OutboxStore.fromMemory(...args), connected)

export const makeIndexedDb = (options: OutboxStore.IndexedDbOptions): Effect.Effect<Connection, never, Scope.Scope> =>
  Effect.map(OutboxStore.makeIndexedDb(options), connected)

/** Nobody's turn any more, as when the user signs out. */
export const raiseFence = (store: transactions.Transactions, paused?: PauseReason) =>
  store.changeState((state) => raised(state, paused))
