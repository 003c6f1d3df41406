import { promisifyRequest } from "idb-keyval"
import { StorageError } from "../ClientError.js"
import { toStorageError } from "./failure.js"

export const objectStore = "log"

// Firefox's private windows answer so, and no connection is there to be closed.
const toOpeningError = (error: unknown): StorageError => {
  const { detail, reason } = toStorageError(error)
  return new StorageError({ reason: detail === "InvalidStateError" ? "Denied" : reason, detail })
}

const closed = new StorageError({ reason: "Closed", detail: "given up" })

/** A database that is open, and what is to be called should the browser close it under what runs on it. */
export interface Opened {
  readonly database: IDBDatabase
  readonly running: Set<() => void>
}

// What opening throws, or even asking for IndexedDB, rejects the promise too.
const opened = (name: string, factory: () => IDBFactory | null | undefined): Promise<IDBDatabase> =>
  new Promise<IDBDatabase>((resolve, reject) => {
    const indexedDb = factory()
    if (indexedDb === undefined || indexedDb === null) {
      reject(new StorageError({ reason: "Missing", detail: "no indexedDB" }))
      return
    }
    const request = indexedDb.open(name, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(objectStore, { autoIncrement: true })
    promisifyRequest(request).then(resolve, (error: unknown) => reject(toOpeningError(error)))
  }).catch((error: unknown) => Promise.reject(toStorageError(error)))

/** A connection that opens when it is first needed, and again after it was closed under us or given up. */
export class Connection {
  private opening: Promise<Opened> | undefined
  private opened: Promise<Opened> | undefined
  private isClosed = false
  readonly name: string
  private readonly onLoss: () => void

  /** `onLoss` is called when the browser or another tab has closed it: the database may be gone. */
  constructor(name: string, onLoss: () => void) {
    this.name = name
    this.onLoss = onLoss
  }

  readonly open = (): Promise<Opened> => {
    if (this.isClosed) return Promise.reject(closed)
    if (this.opening !== undefined) return this.opening
    const opening: Promise<Opened> = opened(this.name, () => globalThis.indexedDB).then((database) => {
      if (this.opening !== opening) {
        database.close()
        return Promise.reject(closed)
      }
      const running = new Set<() => void>()
      // Another tab upgrades or deletes the database: stand in nobody's way.
      database.onversionchange = () => {
        const wasInUse = this.forget(opening)
        database.close()
        if (wasInUse) this.onLoss()
      }
      database.onclose = () => {
        const wasInUse = this.forget(opening)
        for (const lost of running) lost()
        if (wasInUse) this.onLoss()
      }
      this.opened = opening
      return { database, running }
    })
    opening.catch(() => this.forget(opening))
    this.opening = opening
    return opening
  }

  readonly isOpen = (): boolean => this.opening !== undefined && this.opening === this.opened

  private readonly forget = (opening: Promise<Opened>): boolean => {
    if (this.opening !== opening) return false
    this.opening = undefined
    return true
  }

  /** Closes this one, if it is still in use: the next step opens another. */
  readonly giveUp = (opening: Promise<Opened>): void => {
    if (!this.forget(opening)) return
    opening.then(
      ({ database }) => database.close(),
      () => undefined
    )
  }

  readonly close = (): void => {
    this.isClosed = true
    if (this.opening !== undefined) this.giveUp(this.opening)
  }
}
