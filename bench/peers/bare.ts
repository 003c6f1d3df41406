/**
 * No library: a strict transaction for each change, another when it was sent.
 *
 * @since 0.1.0
 */
import { isChange, type Peer } from "./Peer.js"

const opened = (name: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore("changes", { autoIncrement: true })
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error("not opened"))
  })

const write = (database: IDBDatabase, use: (store: IDBObjectStore) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction("changes", "readwrite", { durability: "strict" })
    use(transaction.objectStore("changes"))
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"))
  })

const asked = <A>(request: IDBRequest<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error("not read"))
  })

/**
 * A bare IndexedDB transaction.
 *
 * @since 0.1.0
 * @category peers
 */
export const bare: Peer = {
  seed: async (queue, changes) => {
    const database = await opened(`bare ${queue}`)
    await write(database, (store) => changes.forEach((change) => store.add(change)))
    database.close()
  },
  open: async (queue, server) => {
    const database = await opened(`bare ${queue}`)
    const rows = () => database.transaction("changes").objectStore("changes")
    const known: Array<unknown> = await asked(rows().getAll())
    return {
      accept: (change) => write(database, (store) => store.add(change)),
      rest: () => Promise.resolve(),
      pending: async () => (known.length === 0 ? asked(rows().count()) : known.length),
      replay: async () => {
        const [keys, values]: [Array<IDBValidKey>, Array<unknown>] = await Promise.all([
          asked(rows().getAllKeys()),
          asked(rows().getAll())
        ])
        for (const [index, value] of values.entries()) {
          const key = keys[index]
          if (!isChange(value) || key === undefined) throw new Error("not a change")
          await server.change(value)
          await write(database, (store) => store.delete(key))
        }
      },
      close: async () => database.close()
    }
  }
}
