/**
 * What is measured, in the page: the library beside bare IndexedDB. A Toggl inside the page answers at once, so that
 * the server's time does not count.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { set } from "idb-keyval"
import { Client, Clients, ClientsApi, Credentials, Outbox } from "../src/index.js"
import { version } from "../src/log/entry.js"
import { expose } from "../test/browser/PageBridge.js"

const baseUrl = `${location.origin}/toggl`
const workspaceId = Client.WorkspaceId.make(2230580)
const clientCount = 1000

/**
 * Milliseconds of what was measured in turns: ours first, then what it is measured beside.
 *
 * @since 0.1.0
 * @category models
 */
export type Turns = ReadonlyArray<ReadonlyArray<number>>

// --- A Toggl in the page ----------------------------------------------------------------------------------------------

/** What was asked since it was last set back. */
let asked = { mutations: 0, lists: 0, identities: 0 }

const wireClient = (id: number) => ({
  id,
  wid: workspaceId,
  archived: false,
  name: `Client ${id}`,
  notes: "",
  at: "2026-01-01T00:00:00+00:00",
  creator_id: 1
})

/** No client, each in another way. */
const junk = (id: number): unknown =>
  [
    id,
    null,
    {},
    { ...wireClient(id), id: String(id) },
    { ...wireClient(id), name: { text: "Client" } },
    [wireClient(id)]
  ][id % 6]

const listOf = (items: number, item: (id: number) => unknown): string =>
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

/** What the next list is, where it is not the usual one. */
let nextList: string | undefined

const fetch: typeof globalThis.fetch = async (input, init) => {
  const request = new Request(input, init)
  if (nextList === undefined || !request.url.includes("/clients")) return Response.json(await answerTo(request))
  return new Response(nextList, { headers: { "content-type": "application/json" } })
}

// --- The app ----------------------------------------------------------------------------------------------------------

const start = (account: string) =>
  ManagedRuntime.make(Clients.layerBrowser({ account, baseUrl, credentials: Credentials.token("0".repeat(32)), fetch }))

type App = ReturnType<typeof start>

let edits = 0
const edit = (client: number) => {
  edits += 1
  return Clients.update(workspaceId, Client.ClientId.make(client), { notes: `net ${edits}` })
}

const update = (app: App, client = (edits % clientCount) + 1): Promise<unknown> => app.runPromise(edit(client))

// Whatever an accepted change sets going has come to rest before the next is measured.
const rest = () => new Promise((resolve) => setTimeout(resolve, 0))

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now()
  await work()
  const took = performance.now() - from
  await rest()
  return took
}

/** Each once in every turn, and each as often before the others as behind them. */
const turns = async (count: number, ...works: ReadonlyArray<() => Promise<unknown>>): Promise<Turns> => {
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

const open = (name: string): Promise<IDBDatabase> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name, 1)
    opening.onupgradeneeded = () => opening.result.createObjectStore("log", { autoIncrement: true })
    opening.onsuccess = () => resolve(opening.result)
    opening.onerror = () => reject(opening.error ?? new Error("not opened"))
  })

const write = (database: IDBDatabase, rows: ReadonlyArray<unknown>): Promise<void> =>
  new Promise((resolve, reject) => {
    const transaction = database.transaction("log", "readwrite", { durability: "strict" })
    for (const row of rows) transaction.objectStore("log").add(row)
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"))
  })

/** The same by idb-keyval, as durable. */
const keep = (database: IDBDatabase, row: unknown): Promise<void> =>
  set(crypto.randomUUID(), row, (mode, use) =>
    Promise.resolve(use(database.transaction("log", mode, { durability: "strict" }).objectStore("log")))
  )

const logged = IDBKeyRange.bound(1, Number.MAX_SAFE_INTEGER)

const readAll = (database: IDBDatabase): Promise<ReadonlyArray<unknown>> =>
  new Promise((resolve, reject) => {
    const reading: IDBRequest<Array<unknown>> = database.transaction("log").objectStore("log").getAll(logged)
    reading.onsuccess = () => resolve(reading.result)
    reading.onerror = () => reject(reading.error ?? new Error("not read"))
  })

const withDatabase = async <A>(account: string, use: (database: IDBDatabase) => Promise<A>): Promise<A> => {
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

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null ? { ...value } : {}

/** An account that sends nothing and knows its clients, with so many changes waiting. */
const paused = async (account: string, waiting: number): Promise<App> => {
  const before = start(account)
  await before.runPromise(Effect.zipRight(Clients.list(workspaceId), Outbox.pause))
  await update(before)
  await before.dispose()
  await withDatabase(account, async (database) => {
    const [row] = await readAll(database)
    await write(
      database,
      Array.from({ length: waiting - 1 }, (_, index) => copyOf(row, (index % clientCount) + 1))
    )
  })
  return start(account)
}

// what is all but empty stays so
const emptied = Outbox.purge.pipe(
  Effect.zipRight(Outbox.pause),
  Effect.zipRight(Clients.list(workspaceId, { freshness: "Toggl" }))
)

let empty: App | undefined
let full: App | undefined
let bare: IDBDatabase | undefined
let row: unknown
let writes = 0

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this`
const transaction = IDBDatabase.prototype.transaction
IDBDatabase.prototype.transaction = function (...args) {
  const begun = Reflect.apply(transaction, this, args)
  if (begun.mode === "readwrite") writes += 1
  return begun
}

const api = {
  setUpAccepting: async () => {
    empty = await paused("empty", 1)
    bare = await open("bare")
    ;[row] = await withDatabase("empty", readAll)
    await empty.runPromise(Outbox.status)
  },
  setUpAcceptingBehind: async (waiting: number) => {
    full = await paused("full", waiting)
    const status = await full.runPromise(Outbox.status)
    return status.waiting
  },
  /** One update accepted, beside a bare strict transaction that adds the same row, and idb-keyval's. */
  accept: async (count: number): Promise<Turns> => {
    const [app, database] = [empty, bare]
    if (app === undefined || database === undefined) throw new Error("not set up")
    const taken = await turns(
      count,
      () => update(app),
      () => write(database, [row]),
      () => keep(database, row)
    )
    await app.runPromise(emptied)
    return taken
  },
  /** One update accepted where many wait, beside one where few do. */
  acceptBehind: async (count: number): Promise<Turns> => {
    const [long, short] = [full, empty]
    if (long === undefined || short === undefined) throw new Error("not set up")
    const taken = await turns(
      count,
      () => update(long),
      () => update(short)
    )
    await short.runPromise(emptied)
    return taken
  },
  setUpStarting: async (waiting: number) => {
    await Promise.all([empty?.dispose(), full?.dispose()])
    bare?.close()
    const app = await paused("starting", waiting)
    const status = await app.runPromise(Outbox.status)
    await app.dispose()
    return status.waiting
  },
  /** From nothing to a known queue, beside opening the database and one `getAll` of the rows. */
  start: (count: number): Promise<Turns> =>
    turns(
      count,
      async () => {
        const app = start("starting")
        await app.runPromise(Outbox.status)
        void app.dispose()
      },
      () => withDatabase("starting", readAll)
    ),
  /** The write transactions of a whole replay of so many changes, each of a client of its own. */
  writesOfReplay: async (entries: number) => {
    const app = start(`replay ${entries}`)
    await app.runPromise(Effect.zipRight(Clients.list(workspaceId), Outbox.pause))
    for (let client = 1; client <= entries; client++) await update(app, client)
    writes = 0
    await app.runPromise(Effect.zipRight(Outbox.resume, Outbox.awaitDrained))
    await app.dispose()
    return writes
  },
  /** What a start sends after so many edits of so many clients were made while nothing could be sent. */
  requestsAfterEdits: async (count: number, clients: number) => {
    const before = start("edits")
    await before.runPromise(Effect.zipRight(Clients.list(workspaceId), Outbox.pause))
    for (let made = 0; made < count; made++) await update(before, (made % clients) + 1)
    await before.dispose()
    asked = { mutations: 0, lists: 0, identities: 0 }
    const app = start("edits")
    await app.runPromise(Effect.zipRight(Outbox.resume, Outbox.awaitDrained))
    await app.dispose()
    return asked
  },
  /** A list in which nothing is a client, beside one of as many clients: each read as a whole. */
  lists: async (count: number, items: number): Promise<Turns> => {
    const app = start("lists")
    const list = (body: string) => () => {
      nextList = body
      return app.runPromise(ClientsApi.list(workspaceId))
    }
    const taken = await turns(count, list(listOf(items, junk)), list(listOf(items, wireClient)))
    nextList = undefined
    await app.dispose()
    return taken
  },
  surroundings: () => ({ isolated: crossOriginIsolated, rowVersion: version })
}

/**
 * What the page lets the benchmark call.
 *
 * @since 0.1.0
 * @category page
 */
export type Api = typeof api

expose(api)
