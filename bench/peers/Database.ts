/**
 * IndexedDB as promises.
 *
 * @since 0.1.0
 */

/**
 * Opens a database; one that is new has the given store.
 *
 * @since 0.1.0
 * @category constructors
 */
export const opened = (name: string, store?: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name)
    opening.onupgradeneeded = () => {
      if (store !== undefined) opening.result.createObjectStore(store, { autoIncrement: true })
    }
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error("not opened"))
  })

/**
 * One strict transaction, until it is complete.
 *
 * @since 0.1.0
 * @category operations
 */
export const write = (database: IDBDatabase, store: string, use: (store: IDBObjectStore) => void): Promise<void> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction(store, "readwrite", { durability: "strict" })
    use(transaction.objectStore(store))
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"))
  })

/**
 * A store to read from.
 *
 * @since 0.1.0
 * @category operations
 */
export const rows = (database: IDBDatabase, store: string): IDBObjectStore =>
  database.transaction(store).objectStore(store)

/**
 * What a request answers.
 *
 * @since 0.1.0
 * @category operations
 */
export const asked = <A>(request: IDBRequest<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error("not read"))
  })
