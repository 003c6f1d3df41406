/**
 * The demo's app with Effect, over whatever layer it is given. It runs in the page, or in Node.
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
  Outbox,
  type Receipt,
  type Status
} from "../../src/index.js"
import * as TogglOptions from "../../src/testing/TogglOptions.js"
import {
  type Answer,
  type App,
  endedAs,
  failureOf,
  isResting,
  lineOf,
  rowOf,
  type Seen,
  shownOf,
  type Stub,
  stubOf
} from "./App.js"

const workspaceId = Client.WorkspaceId.make(TogglOptions.defaultWorkspace.id)
const clientId = Schema.decodeUnknown(Client.AnyClientId)
const entryId = Schema.decodeUnknown(Entry.EntryId)

const stub = <A>(receipt: Receipt.Receipt<A>): Effect.Effect<Stub> =>
  Effect.map(Clock.currentTimeMillis, (now) => stubOf(receipt, now))

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
    clients: (freshness) => run(Clients.view(workspaceId, { status: "both", freshness }).pipe(Effect.map(shownOf))),
    client: (id) =>
      run(
        clientId(id).pipe(
          Effect.flatMap((id) => Clients.get(workspaceId, id, { freshness: "Local" })),
          Effect.map(rowOf)
        )
      ),
    entries: () =>
      run(
        Effect.zipWith(Outbox.entries, Clock.currentTimeMillis, (entries, now) =>
          entries.map((entry) => lineOf(entry, now))
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
          Stream.takeUntilEffect((status) => Effect.map(Clock.currentTimeMillis, (now) => isResting(status, now))),
          Stream.runDrain
        )
      )
  }
  return { app, close }
}
