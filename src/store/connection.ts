import { promisifyRequest } from "idb-keyval"
import { StorageError } from "../ClientError.js"
import { toStorageError } from "./failure.js"

export const objectStore = "log"
const version = 1

/** Whether a database that is not there is made, or neither made nor changed. */
export type Opening = "MakeIfMissing" | "Existing"

// Firefox's private windows answer so, and no connection is there to be closed.
const toOpeningError = (error: unknown): StorageError => {
  const { detail, reason } = toStorageError(error)
  return new StorageError({ reason: detail === "InvalidStateError" ? "Denied" : reason, detail })
}

const closed = new StorageError({ reason: "Closed", detail: "given up" })

// What opening throws, or even asking for IndexedDB, rejects the promise too.
const opened = (name: string, factory: () => IDBFactory | null | undefined, mode: Opening): Promise<IDBDatabase> =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const indexedDb = factory()
    if (indexedDb === undefined || indexedDb === null) {
      reject(new StorageError({ reason: "Missing", detail: "no indexedDB" }))
      return
    }
    const request = mode === "Existing" ? indexedDb.open(name) : indexedDb.open(name, version)
    request.onupgradeneeded = () => {
      if (mode === "MakeIfMissing") request.result.createObjectStore(objectStore, { autoIncrement: true })
      // It is not there. What was begun for it goes again.
      else request.transaction?.abort()
    }
    promisifyRequest(request).then(resolve, (error: unknown) => reject(toOpeningError(error)))
  })
    .then((database) => (mode === "Existing" ? checked(database) : database))
    .catch((error: unknown) => Promise.reject(toStorageError(error)))

// One without a version is opened whatever version it has.
const checked = (database: IDBDatabase): IDBDatabase | Promise<never> => {
  if (database.version === version && database.objectStoreNames.contains(objectStore)) return database
  database.close()
  const reason = database.version > version ? "Newer" : "Failed"
  return Promise.reject(new StorageError({ reason, detail: `a database of version ${database.version}` }))
}

/** Whether there is a database of this name. None is made, and none is changed. */
export const isThere = (name: string): Promise<boolean> =>
  opened(name, () => globalThis.indexedDB, "Existing").then(
    (database) => {
      database.close()
      return true
    },
    // The opening was aborted, for there is none.
    (error: unknown) =>
      error instanceof StorageError && error.reason === "Closed" ? false : Promise.reject(toStorageError(error))
  )

/** A connection that opens when it is first needed, and again after it was closed under us or given up. */
export class Connection {
  private opening: Promise<IDBDatabase> | undefined
  private isClosed = false
  readonly name: string
  private readonly mode: Opening

  constructor(name: string, mode: Opening) {
    this.name = name
    this.mode = mode
  }

  readonly open = (): Promise<IDBDatabase> => {
    if (this.isClosed) return Promise.reject(closed)
    if (this.opening !== undefined) return this.opening
    const opening: Promise<IDBDatabase> = opened(this.name, () => globalThis.indexedDB, this.mode).then((database) => {
      if (this.opening !== opening) {
        database.close()
        return Promise.reject(closed)
      }
      // Another tab upgrades or deletes the database: stand in nobody's way.
      database.onversionchange = () => {
        this.forget(opening)
        database.close()
      }
      database.onclose = () => this.forget(opening)
      return database
    })
    opening.catch(() => this.forget(opening))
    this.opening = opening
    return opening
  }

  private readonly forget = (opening: Promise<IDBDatabase>): boolean => {
    if (this.opening !== opening) return false
    this.opening = undefined
    return true
  }

  /** Closes this one, if it is still in use: the next step opens another. */
  readonly giveUp = (opening: Promise<IDBDatabase>): void => {
    if (!this.forget(opening)) return
    opening.then(
      (database) => database.close(),
      () => undefined
    )
  }

  readonly close = (): void => {
    this.isClosed = true
    if (this.opening !== undefined) this.giveUp(this.opening)
  }
}
