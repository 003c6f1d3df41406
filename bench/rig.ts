/**
 * What each page of the benchmark has at hand: a Toggl that answers at once, so that the server's time does not count,
 * apps over it, bare IndexedDB, and the clock.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { set } from "idb-keyval"
import { Client, Clients, Credentials, Outbox } from "../src/index.js"

const baseUrl = `${location.origin}/toggl`
export const workspaceId = Client.WorkspaceId.make(2230580)
export const clientCount = 1000

/**
 * Milliseconds of what was measured in turns: ours first, then what it is measured beside.
 *
 * @since 0.1.0
 * @category models
 */
export type Turns = ReadonlyArray<ReadonlyArray<number>>

// --- A Toggl in the page ----------------------------------------------------------------------------------------------

/** What was asked since it was last set back. */
export const asked = { mutations: 0, lists: 0, identities: 0 }

export const wireClient = (id: number) => ({
  id,
  wid: workspaceId,
  archived: false,
  name: `Client ${id}`,
  notes: "",
  at: "2026-01-01T00:00:00+00:00",
  creator_id: 1
})

/** No client, each in another way. */
export const junk = (id: number): unknown =>
  [
    id,
    null,
    {},
    { ...wireClient(id), id: String(id) },
    { ...wireClient(id), name: { text: "Client" } },
    [wireClient(id)]
  ][id % 6]

export const listOf = (items: number, item: (id: number) => unknown): string =>
  JSON.stringify(Array.from({ length: items }, (_, index) => item(index + 1)))

const answerTo = async (request: Request): Promise<unknown> => {
  if (request.method === "PUT") {
    asked.mutations += 1
    const body: unknown = await request.json()
    return { ...wireClient(Number(request.url.slice(request.url.lastIndexOf("/") + 1))), ...Object(body) }
  }
  if (request.url.endsWith("/me")) {
    asked.identities += 1
    return { id: 1 }
  }
  asked.lists += 1
  return Array.from({ length: clientCount }, (_, index) => wireClient(index + 1))
}

/** What each list is, where it is not the usual one. */
export const next: { list: string | undefined } = { list: undefined }

const fetch: typeof globalThis.fetch = async (input, init) => {
  const request = new Request(input, init)
  if (next.list === undefined || !request.url.includes("/clients")) return Response.json(await answerTo(request))
  return new Response(next.list, { headers: { "content-type": "application/json" } })
}

// --- The app ----------------------------------------------------------------------------------------------------------

export const start = (account: string) =>
  ManagedRuntime.make(Clients.layerBrowser({ account, baseUrl, credentials: Credentials.token("0".repeat(32)), fetch }))

export type App = ReturnType<typeof start>

let edits = 0
const edit = (client: number) => {
  edits += 1
  return Clients.update(workspaceId, Client.ClientId.make(client), { notes: `net ${edits}` })
}

export const update = (app: App, client = (edits % clientCount) + 1): Promise<unknown> => app.runPromise(edit(client))

// Whatever an accepted change sets going has come to rest before the next is measured.
const rest = () => new Promise((resolve) => setTimeout(resolve, 0))

export const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now()
  await work()
  const took = performance.now() - from
  await rest()
  return took
}

/** Each once in every turn, and each as often before the others as behind them. */
export const turns = async (count: number, ...works: ReadonlyArray<() => Promise<unknown>>): Promise<Turns> => {
  const taken: Array<Array<number>> = []
  for (let turn = 0; turn < count; turn++) {
    const took = works.map(() => 0)
    const order = [...works.entries()]
    if (turn % 2 === 1) order.reverse()
    for (const [index, work] of order) took[index] = await timed(work)
    taken.push(took)
  }
  return taken
}

// --- Bare IndexedDB ---------------------------------------------------------------------------------------------------

export const open = (name: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore("log", { autoIncrement: true })
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error("not opened"))
  })

export const write = (database: IDBDatabase, rows: ReadonlyArray<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction("log", "readwrite", { durability: "strict" })
    for (const row of rows) transaction.objectStore("log").add(row)
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"))
  })

/** The same by idb-keyval, as durable. */
export const keep = (database: IDBDatabase, row: unknown): Promise<void> =>
  set(crypto.randomUUID(), row, (mode, use) =>
    Promise.resolve(use(database.transaction("log", mode, { durability: "strict" }).objectStore("log")))
  )

const logged = IDBKeyRange.bound(1, Number.MAX_SAFE_INTEGER)

export const readAll = (database: IDBDatabase): Promise<ReadonlyArray<unknown>> =>
  new Promise((resolve, reject) => {
    const reading: IDBRequest<Array<unknown>> = database.transaction("log").objectStore("log").getAll(logged)
    reading.onsuccess = () => resolve(reading.result)
    reading.onerror = () => reject(reading.error ?? new Error("not read"))
  })

export const withDatabase = async <A>(account: string, use: (database: IDBDatabase) => Promise<A>): Promise<A> => {
  const database = await open(Clients.databaseName(account, baseUrl))
  const value = await use(database)
  database.close()
  return value
}

// --- What a test run sets up ------------------------------------------------------------------------------------------

// The same change of another client.
const copyOf = (row: unknown, client: number): unknown => {
  const { base, mutation, ...rest } = fieldsOf(row)
  return {
    ...rest,
    id: crypto.randomUUID(),
    mutation: { ...fieldsOf(mutation), clientId: client },
    base: { ...fieldsOf(base), id: client, name: `Client ${client}` }
  }
}

export const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {}

/** An account that sends nothing and knows its clients, with so many changes waiting, of so many of them. */
export const paused = async (account: string, waiting: number, clients = clientCount): Promise<App> => {
  const before = start(account)
  await before.runPromise(Effect.zipRight(Clients.list(workspaceId), Outbox.pause))
  await update(before)
  await before.dispose()
  await withDatabase(account, async (database) => {
    const [row] = await readAll(database)
    await write(
      database,
      Array.from({ length: waiting - 1 }, (_, index) => copyOf(row, (index % clients) + 1))
    )
  })
  return start(account)
}
