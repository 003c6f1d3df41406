import { promisifyRequest } from "idb-keyval"
import { StorageError } from "../ClientError.js"
import { toStorageError } from "./failure.js"
import { type Frame, freshFrame, isWorker } from "./frame.js"

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

/** A database that is open, and what is to be called should the browser close it under what runs on it. */
export interface Opened {
  readonly database: IDBDatabase
  readonly running: Set<() => void>
}

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

/** Whether the browser says that the server of its databases is gone. */
const isServerLost = (error: unknown): boolean => error instanceof StorageError && error.detail === "UnknownError"

const lost = new StorageError({ reason: "Lost", detail: "UnknownError" })

/** A connection that opens when it is first needed, and again after it was closed under us or given up. */
export class Connection {
  private opening: Promise<Opened> | undefined
  private opened: { readonly by: Promise<Opened>; readonly it: Opened } | undefined
  private isClosed = false
  private frame: Frame | undefined
  readonly name: string
  private readonly mode: Opening
  private readonly onLoss: () => void

  /** `onLoss` is called when the browser or another tab has closed it: the database may be gone. */
  constructor(name: string, mode: Opening, onLoss: () => void) {
    this.name = name
    this.mode = mode
    this.onLoss = onLoss
  }

  readonly open = (): Promise<Opened> => {
    if (this.isClosed) return Promise.reject(closed)
    if (this.opening !== undefined) return this.opening
    const opening: Promise<Opened> = this.openAnywhere(() => this.opening === opening).then((database) => {
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
      const onClose = () => {
        const wasInUse = this.forget(opening)
        for (const end of running) end()
        if (wasInUse) this.onLoss()
      }
      database.onclose = onClose
      // It goes without a word to what runs on it.
      this.frame?.onRemoval(onClose)
      const it = { database, running }
      this.opened = { by: opening, it }
      return it
    })
    opening.catch(() => this.forget(opening))
    this.opening = opening
    return opening
  }

  /** By the document's own IndexedDB; where that has lost its server for good, by a frame's. */
  private readonly openAnywhere = (isWanted: () => boolean): Promise<IDBDatabase> => {
    this.dropFrame()
    return opened(this.name, () => globalThis.indexedDB, this.mode).catch((error: unknown) => {
      // One that was given up fails late: the frame that is there serves another one.
      if (!isServerLost(error) || !isWanted()) return Promise.reject(toStorageError(error))
      const frame = (this.frame = freshFrame())
      if (frame !== undefined) return opened(this.name, frame.indexedDb, this.mode)
      return Promise.reject(isWorker() ? lost : toStorageError(error))
    })
  }

  private readonly dropFrame = (): void => {
    this.frame?.remove()
    this.frame = undefined
  }

  /** The database, where it is open already. */
  readonly now = (): Opened | undefined =>
    this.opening !== undefined && this.opening === this.opened?.by ? this.opened.it : undefined

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
    this.dropFrame()
  }
}
