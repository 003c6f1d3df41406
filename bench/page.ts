/**
 * What is measured, in a page: the outbox beside bare IndexedDB.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { Clients, ClientsApi, Outbox } from "../src/index.js"
import { version } from "../src/log/entry.js"
import { expose } from "../test/browser/PageBridge.js"
import {
  type App,
  asked,
  junk,
  keep,
  listOf,
  next,
  open,
  paused,
  readAll,
  start,
  turns,
  type Turns,
  update,
  wireClient,
  withDatabase,
  workspaceId,
  write
} from "./rig.js"

// what is all but empty stays so
const emptied = Outbox.purge.pipe(
  Effect.zipRight(Outbox.pause),
  Effect.zipRight(Clients.list(workspaceId, { freshness: "Toggl" }))
)

let empty: App | undefined
let full: App | undefined
let fullOfOne: App | undefined
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
  setUpAcceptingBehindItsOwn: async (waiting: number) => {
    fullOfOne = await paused("full of one", waiting, 1)
    const status = await fullOfOne.runPromise(Outbox.status)
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
  /** One update accepted where many of the same client wait, beside one where few do. */
  acceptBehindItsOwn: async (count: number): Promise<Turns> => {
    const [long, short] = [fullOfOne, empty]
    if (long === undefined || short === undefined) throw new Error("not set up")
    const taken = await turns(
      count,
      () => update(long, 1),
      () => update(short, 1)
    )
    await short.runPromise(emptied)
    return taken
  },
  setUpStarting: async (waiting: number) => {
    await Promise.all([empty?.dispose(), full?.dispose(), fullOfOne?.dispose()])
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
    Object.assign(asked, { mutations: 0, lists: 0, identities: 0 })
    const app = start("edits")
    await app.runPromise(Effect.zipRight(Outbox.resume, Outbox.awaitDrained))
    await app.dispose()
    return { ...asked }
  },
  /** A list in which nothing is a client, beside one of as many clients: each read as a whole. */
  lists: async (count: number, items: number): Promise<Turns> => {
    const app = start("lists")
    const list = (body: string) => () => {
      next.list = body
      return app.runPromise(ClientsApi.list(workspaceId))
    }
    const taken = await turns(count, list(listOf(items, junk)), list(listOf(items, wireClient)))
    next.list = undefined
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
