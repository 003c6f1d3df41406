/**
 * `@tanstack/offline-transactions`, as its README shows it, over a collection of TanStack DB.
 *
 * @since 0.1.0
 */
import { createCollection, createTransaction, localOnlyCollectionOptions } from "@tanstack/db"
import {
  IndexedDBAdapter,
  OfflineTransactionAPI,
  OutboxManager,
  startOfflineExecutor,
  WebLocksLeader
} from "@tanstack/offline-transactions"
import { type Change, clientCount, type Peer } from "./Peer.js"

interface Row {
  readonly id: number
  readonly name: string
  notes: string
}

const known = () =>
  createCollection(
    localOnlyCollectionOptions({
      id: "clients",
      getKey: (client: Row) => client.id,
      initialData: Array.from({ length: clientCount }, (_, index) => ({
        id: index + 1,
        name: `Client ${index + 1}`,
        notes: ""
      }))
    })
  )

type Clients = ReturnType<typeof known>

const edit = (clients: Clients, { client, notes }: Change) =>
  clients.update(client, (draft) => {
    draft.notes = notes
  })

// Its `commit` answers when the change was sent. That it is kept only its storage is told, which any app may give it.
class Told extends IndexedDBAdapter {
  onSet: () => void = () => undefined
  onDelete: () => void = () => undefined
  override async set(key: string, value: string): Promise<void> {
    await super.set(key, value)
    this.onSet()
  }
  override async delete(key: string): Promise<void> {
    await super.delete(key)
    this.onDelete()
  }
}

/**
 * TanStack's offline transactions.
 *
 * @since 0.1.0
 * @category peers
 */
export const offlineTransactions: Peer = {
  seed: async (queue, changes) => {
    const storage = new IndexedDBAdapter(queue)
    const from = Date.now()
    // a collection that has seen many transactions takes long for the next
    for (let at = 0; at < changes.length; at += 100) {
      const clients = known()
      await clients.preload()
      const outbox = new OutboxManager(storage, { clients })
      const kept = changes.slice(at, at + 100).map((change, index) => {
        const transaction = createTransaction({ autoCommit: false, mutationFn: () => Promise.resolve() })
        transaction.isPersisted.promise.catch(() => undefined)
        transaction.mutate(() => edit(clients, change))
        const { mutations } = transaction
        transaction.rollback()
        return outbox.add({
          id: crypto.randomUUID(),
          mutationFnName: "sync",
          mutations,
          keys: mutations.map(({ globalKey }) => globalKey),
          idempotencyKey: crypto.randomUUID(),
          createdAt: new Date(from + at + index),
          retryCount: 0,
          nextAttemptAt: from,
          metadata: {},
          version: 1
        })
      })
      await Promise.all(kept)
    }
  },
  open: async (queue, server) => {
    const clients = known()
    await clients.preload()
    const storage = new Told(queue)
    let online = false
    const heard = new Set<() => void>()
    const offline = startOfflineExecutor({
      collections: { clients },
      storage,
      // a lock of its own: opened anew at once, it does not wait for the one before to let go
      leaderElection: new WebLocksLeader(crypto.randomUUID()),
      onlineDetector: {
        subscribe: (listener) => {
          heard.add(listener)
          return () => heard.delete(listener)
        },
        notifyOnline: () => heard.forEach((listener) => listener()),
        isOnline: () => online,
        dispose: () => heard.clear()
      },
      mutationFns: {
        sync: async ({ transaction }) => {
          for (const { modified } of transaction.mutations) {
            await server.change({ client: Number(modified["id"]), notes: String(modified["notes"]) })
          }
        }
      }
    })
    await offline.waitForInit()
    const pending = async () => (await storage.keys()).length
    return {
      accept: (change) =>
        new Promise((resolve, reject) => {
          storage.onSet = resolve
          const transaction = offline.createOfflineTransaction({ mutationFnName: "sync", autoCommit: false })
          if (!(transaction instanceof OfflineTransactionAPI)) return reject(new Error("not the leader"))
          transaction.mutate(() => edit(clients, change))
          transaction.commit().catch(() => undefined)
        }),
      rest: () => Promise.resolve(),
      pending,
      replay: async () => {
        let left = await pending()
        const gone = new Promise<void>((resolve) => {
          storage.onDelete = () => {
            left -= 1
            if (left === 0) resolve()
          }
        })
        online = true
        heard.forEach((listener) => listener())
        await gone
      },
      close: async () => offline.dispose()
    }
  }
}
