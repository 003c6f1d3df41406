/**
 * What is measured, in a page: what a person feels. How soon a change is shown, and how long the page stands still.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { ClientError, Clients, Outbox, type View } from "../src/index.js"
import { expose } from "../test/browser/PageBridge.js"
import {
  type App,
  fieldsOf,
  listOf,
  next,
  paused,
  readAll,
  start,
  timed,
  turns,
  type Turns,
  update,
  wireClient,
  withDatabase,
  workspaceId,
  write
} from "./rig.js"

// --- How long the page stands still -----------------------------------------------------------------------------------

/** The longest time in which nothing else could run, in milliseconds: a message that the page sends itself waits for it. */
const standstill = async (work: () => Promise<unknown>): Promise<number> => {
  const { port1, port2 } = new MessageChannel()
  let [last, longest, isOver] = [performance.now(), 0, false]
  const ended = new Promise<void>((resolve) => {
    port1.onmessage = () => {
      const now = performance.now()
      longest = Math.max(longest, now - last)
      last = now
      if (isOver) resolve()
      else port2.postMessage(null)
    }
  })
  port2.postMessage(null)
  await work()
  isOver = true
  await ended
  port1.close()
  return longest
}

// --- Who watches ------------------------------------------------------------------------------------------------------

interface Watchers {
  readonly app: App
  /** Runs the work, and waits until each who watches has been shown another view. */
  readonly shown: (work: () => Promise<unknown>) => Promise<void>
}

/** An app with so many who watch; each has been shown all that there is. */
const watchedBy = async (app: App, count: number): Promise<Watchers> => {
  const seen = new Map<number, View.View>()
  let waiting = new Set<number>()
  let done = (): void => undefined
  const shown = async (work: () => Promise<unknown>): Promise<void> => {
    waiting = new Set(Array.from({ length: count }, (_, index) => index))
    const all = new Promise<void>((resolve) => {
      done = resolve
    })
    await Promise.all([work(), all])
  }
  await shown(async () => {
    for (let index = 0; index < count; index++) {
      app.runFork(
        Stream.runForEach(Clients.watch(workspaceId), (view) =>
          Effect.sync(() => {
            seen.set(index, view)
            if (waiting.delete(index) && waiting.size === 0) done()
          })
        )
      )
    }
  })
  return { app, shown }
}

// --- What a test run sets up ------------------------------------------------------------------------------------------

const listing = async <A>(items: number, work: () => Promise<A>): Promise<A> => {
  next.list = listOf(items, wireClient)
  const result = await work()
  next.list = undefined
  return result
}

let one: Watchers | undefined
let many: Watchers | undefined
let runs = 0

const fresh = (): string => `fresh ${(runs += 1)}`

/** So many changes made while nothing was sent; then how long it takes until all of them are. */
const replayed = async (entries: number, isWatched: boolean): Promise<number> => {
  const app = start(fresh())
  await app.runPromise(Effect.zipRight(Clients.list(workspaceId), Outbox.pause))
  if (isWatched) await watchedBy(app, 1)
  for (let client = 1; client <= entries; client++) await update(app, client)
  const took = await timed(() => app.runPromise(Effect.zipRight(Outbox.resume, Outbox.awaitDrained)))
  await app.dispose()
  return took
}

const api = {
  /** An app that one watches and one that so many do, each with so many clients and so many changes waiting. */
  setUpWatching: async (clients: number, waiting: number, watchers: number) => {
    const [first, second] = await listing(clients, async () => [
      await paused("one watches", waiting),
      await paused("many watch", waiting)
    ])
    one = await watchedBy(first, 1)
    many = await watchedBy(second, watchers)
    const views = await first.runPromise(Clients.list(workspaceId, { freshness: "Local" }))
    return views.length
  },
  /** One change, until it is shown: to one, and to all of many. */
  show: async (count: number): Promise<Turns> => {
    const [few, all] = [one, many]
    if (few === undefined || all === undefined) throw new Error("not set up")
    return turns(
      count,
      () => few.shown(() => update(few.app)),
      () => all.shown(() => update(all.app))
    )
  },
  /** How long the page stands still at most for such a change. */
  standStillToShow: (): Promise<number> => {
    const all = many
    if (all === undefined) throw new Error("not set up")
    return standstill(() => all.shown(() => update(all.app)))
  },
  tearDown: async () => {
    await Promise.all([one?.app.dispose(), many?.app.dispose()])
  },
  /** A replay of so many changes of as many clients, while one watches and while nobody does. */
  replay: async (count: number, entries: number): Promise<Turns> => {
    const taken: Array<ReadonlyArray<number>> = []
    for (let turn = 0; turn < count; turn++) {
      const [a, b] = [await replayed(entries, turn % 2 === 0), await replayed(entries, turn % 2 === 1)]
      taken.push(turn % 2 === 0 ? [a, b] : [b, a])
    }
    return taken
  },
  /** The entries, where so many wait and so many of them are refused. */
  setUpEntries: async (waiting: number, refused: number) => {
    const account = "refused"
    await (await paused(account, waiting - refused)).dispose()
    await withDatabase(account, async (database) => {
      const [row] = await readAll(database)
      const error = Schema.encodeSync(ClientError.Refusal)(new ClientError.Forbidden({}))
      const rows = Array.from({ length: refused }, (_, index) => ({
        ...fieldsOf(row),
        id: crypto.randomUUID(),
        mutation: { ...fieldsOf(fieldsOf(row)["mutation"]), clientId: index + 1 },
        state: { _tag: "Refused", error, at: 0 }
      }))
      await write(database, rows)
    })
    one = { app: start(account), shown: async () => undefined }
    const entries = await one.app.runPromise(Outbox.entries)
    return entries.filter(({ state }) => state === "Refused").length
  },
  entries: (count: number): Promise<Turns> => {
    const app = one?.app
    if (app === undefined) throw new Error("not set up")
    return turns(count, () => app.runPromise(Outbox.entries))
  },
  /** How long the page stands still at most while a list of so many clients is read, stored and shown. */
  standStillToList: (clients: number): Promise<number> =>
    listing(clients, async () => {
      const { app, shown } = await watchedBy(start(fresh()), 1)
      const longest = await standstill(() => shown(() => app.runPromise(Clients.list(workspaceId))))
      await app.dispose()
      return longest
    }),
  setUpStarting: async (waiting: number) => {
    const app = await paused("starting", waiting)
    const { waiting: found } = await app.runPromise(Outbox.status)
    await app.dispose()
    return found
  },
  /** How long it stands still at most at a start, until the queue is known and a change is accepted. */
  standStillToStart: async (): Promise<number> => {
    const app = start("starting")
    const longest = await standstill(() => app.runPromise(Outbox.status))
    await app.dispose()
    return longest
  }
}

/**
 * What the page lets the benchmark call.
 *
 * @since 0.1.0
 * @category page
 */
export type Api = typeof api

expose(api)
