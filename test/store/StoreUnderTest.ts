/**
 * A device with a store on it, for the tests that hold for every store: connections to it, and a hand on its raw rows.
 */
import "fake-indexeddb/auto"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Client from "../../src/Client.js"
import * as Entry from "../../src/Entry.js"
import * as memoryEngine from "../../src/store/memory.js"
import * as step from "../../src/store/step.js"
import type { Change, Mutation } from "../../src/Mutation.js"
import * as OutboxStore from "../../src/OutboxStore.js"
import * as Steps from "./Steps.js"

export type RawRow = readonly [key: IDBValidKey, row: unknown]

export interface Device {
  /** Another connection to the same rows, as another tab has one. */
  readonly connect: Effect.Effect<Steps.Connection, never, Scope.Scope>
  /** All rows as they stand. */
  readonly rows: Effect.Effect<ReadonlyArray<RawRow>>
  /** Writes a row past the store, as a bug, a newer version or a broken disk would. */
  readonly put: (key: IDBValidKey, row: unknown) => Effect.Effect<void>
}

export const memoryDevice: Effect.Effect<Device> = Effect.map(OutboxStore.makeMemory, (memory) => {
  const raw = memoryEngine.make(memory)
  return {
    connect: Steps.fromMemory(memory),
    rows: Effect.sync(() => memory.rows.map(({ key, row }): RawRow => [key, structuredClone(row)])),
    put: (key, row) => Effect.orDie(raw.transact("put", "readwrite", () => step.put(key, row)))
  }
})

/** One raw transaction on a database of ours, past the library. */
export const raw = <A>(name: string, mode: IDBTransactionMode, use: (store: IDBObjectStore) => () => A) =>
  Effect.promise(
    () =>
      new Promise<A>((resolve, reject) => {
        const open = indexedDB.open(name)
        open.onerror = () => reject(open.error ?? new Error("open"))
        open.onsuccess = () => {
          const database = open.result
          const transaction = database.transaction("log", mode)
          const result = use(transaction.objectStore("log"))
          transaction.onabort = () => reject(transaction.error ?? new Error("aborted"))
          transaction.oncomplete = () => {
            database.close()
            resolve(result())
          }
        }
      })
  )

export const rawRows = (name: string) =>
  raw(name, "readonly", (store) => {
    const keys = store.getAllKeys()
    const rows: IDBRequest<Array<unknown>> = store.getAll()
    return () => keys.result.map((key, index): RawRow => [key, rows.result[index]])
  })

export const rawPut = (name: string, key: IDBValidKey, row: unknown) =>
  raw(name, "readwrite", (store) => {
    store.put(row, key)
    return () => undefined
  })

// Test files that share a worker share its databases too, and a count would begin anew in each.
export const newDatabaseName = (): string => `store under test ${crypto.randomUUID()}`

/** The database has been opened once, so that its object store is there. */
export const indexedDbDevice: Effect.Effect<Device> = Effect.gen(function* () {
  const name = newDatabaseName()
  yield* Effect.scoped(Effect.flatMap(Steps.makeIndexedDb({ name }), (store) => Effect.orDie(store.load)))
  return {
    connect: Steps.makeIndexedDb({ name }),
    rows: rawRows(name),
    put: (key, row) => rawPut(name, key, row)
  }
})

// --- What the tests store ----------------------------------------------------------------------------------------------

/** A list that shows all that there is. */
export const listing = (clients: ReadonlyArray<Client.Client>) => ({ clients, leftOut: [] })

export const workspaceId = Client.WorkspaceId.make(10)
export const otherWorkspaceId = Client.WorkspaceId.make(11)
export const clientId = (n: number) => Client.ClientId.make(n)
export const localId = (n: number) => Client.LocalClientId.make(-n)
export const entryId = (n: number) => Entry.EntryId.make(`00000000-0000-4000-8000-${String(n).padStart(12, "0")}`)

let drafts = 0

/** A draft of the mutation with an id of its own. */
export const draft = (mutation: Mutation, acceptedAt = 1000): Steps.Draft => ({
  id: entryId(++drafts),
  mutation,
  acceptedAt
})

export const creates = (n: number, name = `client ${n}`, notes = ""): Mutation => ({
  _tag: "Create",
  workspaceId,
  localId: localId(n),
  name,
  notes
})

export const updates = (id: Client.AnyClientId, change: Change): Mutation => ({
  _tag: "Update",
  workspaceId,
  clientId: id,
  change
})

export const deletes = (id: Client.AnyClientId): Mutation => ({ _tag: "Delete", workspaceId, clientId: id })
export const archives = (id: Client.AnyClientId): Mutation => ({ _tag: "Archive", workspaceId, clientId: id })
export const restores = (id: Client.AnyClientId): Mutation => ({
  _tag: "Restore",
  workspaceId,
  clientId: id,
  input: { restoreAllProjects: true }
})

/** A client as Toggl has it. */
export const toggl = (id: number, name: string, rest: Partial<Client.Client> = {}): Client.Client => ({
  id: clientId(id),
  workspaceId,
  name,
  notes: "",
  archived: false,
  permissions: [],
  ...rest
})

export const going: Steps.After = { failures: 0, run: { done: 0, total: 1 } }
export const over: Steps.After = { failures: 0, run: "Ended" }
