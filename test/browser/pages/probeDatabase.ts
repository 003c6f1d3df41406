/**
 * One value a key in IndexedDB, for the probe and its service worker.
 *
 * @since 0.1.0
 */
const settled = <A>(request: IDBRequest<A>): Promise<A> =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error("request failed"))
  })

const opened = (): Promise<IDBDatabase> => {
  const request = indexedDB.open("probe")
  request.onupgradeneeded = () => request.result.createObjectStore("values")
  return settled(request)
}

/**
 * Stores a value, and is done when the transaction is complete, with strict durability.
 *
 * @since 0.1.0
 * @category probe
 */
export const put = async (key: string, value: string): Promise<void> => {
  const database = await opened()
  const transaction = database.transaction("values", "readwrite", { durability: "strict" })
  transaction.objectStore("values").put(value, key)
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve
    transaction.onabort = () => reject(transaction.error ?? new Error("transaction aborted"))
  })
  database.close()
}

/**
 * Reads a value; `undefined` if there is none.
 *
 * @since 0.1.0
 * @category probe
 */
export const get = async (key: string): Promise<unknown> => {
  const database = await opened()
  const value: unknown = await settled<unknown>(database.transaction("values").objectStore("values").get(key))
  database.close()
  return value
}
