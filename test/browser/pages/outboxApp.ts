/**
 * An app on the library, as a page or a service worker runs it, with plain values for the test to ask for.
 *
 * @since 0.1.0
 */
import { durabilities } from "./outboxRecorder.js"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { Client, Clients, Credentials, Entry, Outbox, type Receipt } from "../../../src/index.js"

/**
 * How to start the app. Durations are in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export interface Settings {
  readonly account: string
  readonly workspaceId: number
  /** Where the fake Toggl is mounted. */
  readonly baseUrl: string
  /** Goes with each request as `x-tab`: the fake then knows who sent it. */
  readonly tab: string
  /** An API token, an email with its password, or nothing: signed out. */
  readonly credentials: string | { readonly email: string; readonly password: string } | undefined
  readonly requestLimit: number
  readonly margin: number
  readonly patience: number
  readonly backoffBase: number
  readonly backoffCap: number
}

/**
 * What a mutation gave its caller; `reason` is what a queued one waits for, `error` the tag of a failure.
 *
 * @since 0.1.0
 * @category models
 */
export interface Told {
  readonly _tag: "Confirmed" | "Queued" | "Failed"
  readonly id?: number
  readonly entryId?: string
  readonly reason?: string
  readonly error?: string
}

/**
 * How an entry stands or ended.
 *
 * @since 0.1.0
 * @category models
 */
export interface Ended {
  readonly _tag: string
  readonly clientId?: number
  readonly error?: string
}

const make = (settings: Settings) =>
  ManagedRuntime.make(
    Clients.layerBrowser({
      account: settings.account,
      baseUrl: settings.baseUrl,
      credentials: credentialsOf(settings.credentials),
      requestLimit: settings.requestLimit,
      margin: settings.margin,
      patience: settings.patience,
      backoff: { base: settings.backoffBase, cap: settings.backoffCap },
      // the tests take the browser offline as its developer tools do: this device included
      offlineIncludesLoopback: true,
      fetch: (input, init) => {
        const headers = new Headers(init?.headers)
        headers.set("x-tab", settings.tab)
        return globalThis.fetch(input, { ...init, headers })
      }
    })
  )

const credentialsOf = (given: Settings["credentials"]): Credentials.Credentials | Credentials.CredentialsService =>
  given === undefined
    ? { get: Effect.succeedNone, changes: Stream.empty }
    : typeof given === "string"
      ? Credentials.token(given)
      : Credentials.password(given.email, given.password)

let running: ReturnType<typeof make> | undefined
let workspaceId = Client.WorkspaceId.make(1)

const run = <A, E>(effect: Effect.Effect<A, E, Clients.Clients | Outbox.Outbox>): Promise<A> =>
  running === undefined ? Promise.reject(new Error("the app has not started")) : running.runPromise(effect)

const told = <A>(effect: Effect.Effect<Receipt.Receipt<A>, Clients.MutationError, Clients.Clients>): Promise<Told> =>
  run(Effect.either(effect)).then((result) => {
    if (Either.isLeft(result)) return { _tag: "Failed", error: result.left._tag }
    const { _tag, entryId, id } = result.right
    const known = { _tag, id, ...(entryId === undefined ? {} : { entryId }) }
    return "reason" in result.right ? { ...known, reason: result.right.reason._tag } : known
  })

const ended = (outcome: Outbox.Outcome): Ended => ({
  _tag: outcome._tag,
  ...("clientId" in outcome ? { clientId: outcome.clientId } : {}),
  ...("error" in outcome ? { error: outcome.error._tag } : {})
})

const idOf = Schema.decodeSync(Client.AnyClientId)
const entryIdOf = Schema.decodeSync(Entry.EntryId)

const rowsOf = (name: string): Promise<ReadonlyArray<readonly [key: unknown, row: unknown]>> =>
  new Promise((resolve, reject) => {
    const opening = indexedDB.open(name)
    opening.onerror = () => reject(opening.error ?? new Error("not opened"))
    opening.onsuccess = () => {
      const store = opening.result.transaction("log").objectStore("log")
      const keys = store.getAllKeys()
      const rows: IDBRequest<Array<unknown>> = store.getAll()
      rows.onsuccess = () => {
        opening.result.close()
        resolve(keys.result.map((key, index) => [key, rows.result[index]]))
      }
    }
  })

/**
 * What a page offers of the app, and what it can ask its service worker for.
 *
 * @since 0.1.0
 * @category app
 */
export const app = {
  /** Starts the app, and waits until it knows how its queue stands. */
  start: (settings: Settings) => {
    app.startSoon(settings)
    return run(Effect.asVoid(Outbox.status))
  },
  startSoon: (settings: Settings) => {
    void running?.dispose()
    workspaceId = Client.WorkspaceId.make(settings.workspaceId)
    running = make(settings)
    running.runFork(Effect.void)
  },
  stop: () => running?.dispose(),
  create: (name: string, notes = "") => told(Clients.create(workspaceId, { name, notes })),
  update: (id: number, change: Client.UpdateInput) => told(Clients.update(workspaceId, idOf(id), change)),
  archive: (id: number) => told(Clients.archive(workspaceId, idOf(id))),
  restore: (id: number) => told(Clients.restore(workspaceId, idOf(id))),
  remove: (id: number) => told(Clients.delete(workspaceId, idOf(id))),
  get: (id: number) =>
    run(
      Effect.map(Clients.get(workspaceId, idOf(id)), ({ archived, id, name, notes }) => ({ archived, id, name, notes }))
    ),
  names: (freshness: "Toggl" | "Local") =>
    run(Effect.map(Clients.list(workspaceId, { freshness }), (clients) => clients.map(({ name }) => name))),
  outcome: (entryId: string) => run(Effect.map(Outbox.outcome(entryIdOf(entryId)), ended)),
  awaitOutcome: (entryId: string) => run(Effect.map(Outbox.awaitOutcome(entryIdOf(entryId)), ended)),
  awaitDrained: () => run(Outbox.awaitDrained),
  /** Waits until the queue is in that state. */
  awaitQueue: (state: string) =>
    run(
      Outbox.changes.pipe(
        Stream.filter(({ queue }) => queue._tag === state),
        Stream.runHead,
        Effect.map((status) => Option.getOrUndefined(status)?.waiting)
      )
    ),
  status: () => run(Outbox.status).then(({ queue, refused, waiting }) => ({ queue: queue._tag, refused, waiting })),
  entries: () =>
    run(Outbox.entries).then((entries) =>
      entries.map(({ id, mutation, seq, state }) => ({
        id,
        seq,
        state,
        name: mutation !== undefined && "name" in mutation ? mutation.name : undefined
      }))
    ),
  pause: () => run(Outbox.pause),
  resume: () => run(Outbox.resume),
  replayNow: () => run(Outbox.replayNow),
  retry: (entryId: string, edit: Outbox.Edit) => run(Outbox.retry(entryIdOf(entryId), edit)),
  discard: (entryId: string) => run(Outbox.discard(entryIdOf(entryId))),
  exportAndImport: () => run(Effect.flatMap(Outbox.exportEntries(), Outbox.importEntries)),
  /** What the browser said when it was asked to keep the store, and what the status says: -1 for nothing. */
  persist: () => run(Outbox.persist).then((answer) => Number(Option.getOrElse(answer, () => -1))),
  persisted: () => run(Outbox.status).then(({ persisted }) => Number(persisted ?? -1)),
  signOut: () => run(Outbox.signOut),
  purge: () => run(Outbox.purge),
  durabilities,
  /** Whether the browser has IndexedDB here; otherwise the name of the error. */
  storage: () =>
    new Promise<string>((resolve) => {
      const opening = indexedDB.open("probe")
      opening.onsuccess = () => {
        opening.result.close()
        resolve("works")
      }
      opening.onerror = () => resolve(opening.error?.name ?? "no error")
    }).catch(String),
  /** All that the account's database holds, as JSON. */
  dump: async () => {
    const databases = await indexedDB.databases()
    return JSON.stringify(await Promise.all(databases.map(({ name = "" }) => rowsOf(name))))
  }
}
