/**
 * The app of the demo: what its buttons would do, over whatever layer it is given. It runs in the page, or in Node.
 *
 * @since 0.1.0
 */
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import {
  Client,
  type ClientError,
  Clients,
  ClientsApi,
  Entry,
  type Mutation,
  Outbox,
  type Receipt,
  Status,
  type View
} from "../../src/index.js"
import * as TogglOptions from "../../src/testing/TogglOptions.js"

/**
 * A typed error, as it crosses from the page to the terminal.
 *
 * @since 0.1.0
 * @category models
 */
export interface Failure {
  readonly tag: string
  readonly reason: string | undefined
  readonly sentence: string
}

/**
 * @since 0.1.0
 * @category models
 */
export type Answer<A> =
  { readonly _tag: "Ok"; readonly value: A } | { readonly _tag: "Failed"; readonly failure: Failure }

/**
 * A receipt as the demo prints it. `because` says in words what a queued change waits for, `waitsFor` is its tag.
 *
 * @since 0.1.0
 * @category models
 */
export interface Stub {
  readonly tag: "Confirmed" | "Queued"
  readonly id: number
  readonly entryId: string | undefined
  readonly waitsFor: string | undefined
  readonly because: string
}

/**
 * An entry of the outbox as the demo prints it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Line {
  readonly id: string
  readonly what: string
  readonly state: string
  readonly because: string
  readonly refused: Failure | undefined
  readonly dependents: number
}

/**
 * A client as the demo prints it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Row {
  readonly id: number
  readonly name: string
  readonly notes: string
  readonly archived: boolean
  readonly pending: boolean
}

/**
 * All clients of the workspace, the archived too, and where what Toggl said of them comes from: this very request, or
 * the copy on this device. `fetchedAt` is when Toggl said it, in milliseconds since the epoch.
 *
 * @since 0.1.0
 * @category models
 */
export interface Shown {
  readonly rows: ReadonlyArray<Row>
  readonly source: View.View["source"]
  readonly fetchedAt: number | undefined
}

/**
 * What the queue does, and how many statuses were seen up to this one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Seen {
  readonly count: number
  readonly status: Status.Status
}

/**
 * What the terminal may ask of the app.
 *
 * @since 0.1.0
 * @category models
 */
export interface App {
  /**
   * Builds the layer, on the storage that is there, and ends the one before; gives the base URL that it uses. `merge`:
   * whether changes of one client go as one request.
   */
  readonly start: (merge: boolean) => Promise<Answer<string>>
  readonly create: (name: string) => Promise<Answer<Stub>>
  readonly update: (id: number, change: { name?: string; notes?: string }) => Promise<Answer<Stub>>
  readonly archive: (id: number) => Promise<Answer<Stub>>
  /** All clients: from this device, or asked of Toggl. */
  readonly clients: (freshness: "Local" | "Toggl") => Promise<Answer<Shown>>
  /** One client, from this device, by Toggl's id or the local one. */
  readonly client: (id: number) => Promise<Answer<Row>>
  readonly entries: () => Promise<Answer<ReadonlyArray<Line>>>
  /** Sends a refused entry again with another name; gives Toggl's id for the client. */
  readonly retry: (entryId: string, name: string) => Promise<Answer<number | undefined>>
  /** Waits until each of these entries has ended; gives Toggl's id for the client of each that is done. */
  readonly endings: (entryIds: ReadonlyArray<string>) => Promise<Answer<ReadonlyArray<number | undefined>>>
  /** What Toggl last said of the hourly quota. */
  readonly quota: () => Promise<Answer<Status.Quota | undefined>>
  /** The first status after so many. */
  readonly statusAfter: (count: number) => Promise<Answer<Seen>>
  /** Waits until nothing is on its way and the next try is more than a second ahead. */
  readonly rests: () => Promise<Answer<void>>
}

const workspaceId = Client.WorkspaceId.make(TogglOptions.defaultWorkspace.id)
const clientId = Schema.decodeUnknown(Client.AnyClientId)
const entryId = Schema.decodeUnknown(Entry.EntryId)

const failureOf = (error: { readonly _tag: string; readonly message: string }): Failure => ({
  tag: error._tag,
  reason: "reason" in error && typeof error.reason === "string" ? error.reason : undefined,
  sentence: error.message
})

const stub = <A>(receipt: Receipt.Receipt<A>): Effect.Effect<Stub> =>
  Effect.map(Clock.currentTimeMillis, (now) => ({
    tag: receipt._tag,
    id: receipt.id,
    entryId: receipt.entryId,
    waitsFor: receipt._tag === "Queued" ? receipt.reason._tag : undefined,
    because: receipt._tag === "Queued" ? Status.describe(receipt.reason, now) : ""
  }))

const describe = (mutation: Mutation.Mutation): string => {
  switch (mutation._tag) {
    case "Create":
      return `create "${mutation.name}"`
    case "Update":
      return mutation.change.name === undefined
        ? `note "${mutation.change.notes ?? ""}" on client ${mutation.clientId}`
        : `rename client ${mutation.clientId} to "${mutation.change.name}"`
    default:
      return `${mutation._tag.toLowerCase()} client ${mutation.clientId}`
  }
}

const line = (entry: Outbox.EntryView, now: number): Line => ({
  id: entry.id ?? "",
  what: entry.mutation === undefined ? "an entry that cannot be read" : describe(entry.mutation),
  state: entry.state,
  because: entry.reason === undefined ? "" : Status.describe(entry.reason, now),
  refused: entry.refused === undefined ? undefined : failureOf(entry.refused),
  dependents: entry.dependents.length
})

const row = ({ archived, id, name, notes, pending }: View.ClientView): Row => ({ id, name, notes, archived, pending })

const endedAs = (ending: Entry.Ending): number | undefined => (ending._tag === "Done" ? ending.clientId : undefined)

type Services = Clients.Clients | Outbox.Outbox | ClientsApi.ClientsApi

/**
 * The app over a layer; nothing runs before `start`. `close` ends it.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (
  layer: (merge: boolean) => Layer.Layer<Services, ClientError.InvalidConfiguration>
): { readonly app: App; readonly close: Effect.Effect<void> } => {
  const seen = Effect.runSync(SubscriptionRef.make<ReadonlyArray<Status.Status>>([]))
  const watched = Layer.scopedDiscard(
    Stream.runForEach(Outbox.changes, (status) =>
      SubscriptionRef.update(seen, (statuses) => [...statuses, status])
    ).pipe(Effect.forkScoped)
  )
  const built = (merge: boolean) => ManagedRuntime.make(Layer.provideMerge(watched, layer(merge)))
  let runtime: ReturnType<typeof built> | undefined

  const run = <A, E extends { readonly _tag: string; readonly message: string }>(
    effect: Effect.Effect<A, E, Services>
  ): Promise<Answer<A>> =>
    (runtime ??= built(false)).runPromiseExit(effect).then((exit): Answer<A> => {
      if (Exit.isSuccess(exit)) return { _tag: "Ok", value: exit.value }
      return Option.match(Cause.failureOption(exit.cause), {
        onSome: (error) => ({ _tag: "Failed", failure: failureOf(error) }),
        onNone: () => {
          throw new Error(Cause.pretty(exit.cause))
        }
      })
    })

  const close = Effect.suspend(() => runtime?.disposeEffect ?? Effect.void)

  const app: App = {
    start: async (merge) => {
      await Effect.runPromise(close)
      runtime = built(merge)
      return run(Effect.map(ClientsApi.ClientsApi, ({ baseUrl }) => baseUrl))
    },
    create: (name) => run(Effect.flatMap(Clients.create(workspaceId, { name }), stub)),
    update: (id, change) =>
      run(
        clientId(id).pipe(
          Effect.flatMap((id) => Clients.update(workspaceId, id, change)),
          Effect.flatMap(stub)
        )
      ),
    archive: (id) =>
      run(
        clientId(id).pipe(
          Effect.flatMap((id) => Clients.archive(workspaceId, id)),
          Effect.flatMap(stub)
        )
      ),
    clients: (freshness) =>
      run(
        Clients.view(workspaceId, { status: "both", freshness }).pipe(
          Effect.map(({ clients, fetchedAt, source }) => ({ rows: clients.map(row), source, fetchedAt }))
        )
      ),
    client: (id) =>
      run(
        clientId(id).pipe(
          Effect.flatMap((id) => Clients.get(workspaceId, id, { freshness: "Local" })),
          Effect.map(row)
        )
      ),
    entries: () =>
      run(
        Effect.zipWith(Outbox.entries, Clock.currentTimeMillis, (entries, now) =>
          entries.map((entry) => line(entry, now))
        )
      ),
    retry: (id, name) =>
      run(
        entryId(id).pipe(
          Effect.tap((id) => Outbox.retry(id, { name })),
          Effect.flatMap(Outbox.awaitOutcome),
          Effect.map(endedAs)
        )
      ),
    endings: (ids) =>
      run(Effect.forEach(ids, (id) => entryId(id).pipe(Effect.flatMap(Outbox.awaitOutcome), Effect.map(endedAs)))),
    quota: () => run(Outbox.quota(workspaceId)),
    statusAfter: (count) =>
      run(
        seen.changes.pipe(
          Stream.map((statuses) => statuses[count]),
          Stream.filter((status) => status !== undefined),
          Stream.map((status): Seen => ({ count: count + 1, status })),
          Stream.runHead,
          Effect.flatten
        )
      ),
    rests: () =>
      run(
        Outbox.changes.pipe(
          Stream.takeUntilEffect(({ queue }) =>
            Effect.map(
              Clock.currentTimeMillis,
              (now) => queue._tag === "Waiting" && "until" in queue.for && queue.for.until - now > 1000
            )
          ),
          Stream.runDrain
        )
      )
  }
  return { app, close }
}
