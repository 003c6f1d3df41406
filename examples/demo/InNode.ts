/**
 * The demo where no browser runs: the same app in this process, on fake-indexeddb. There is no process to kill: the
 * app's layer is closed and built again, and the database waits in memory.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import "fake-indexeddb/auto"
import {
  type ClientError,
  Clients,
  Connectivity,
  Credentials,
  type Outbox,
  OutboxStore,
  ReplayLock
} from "../../src/index.js"
import { fromRuntime, type TogglClients } from "../../src/doors/promise.js"
import { FakeToggl } from "../../src/testing/index.js"
import * as PageServer from "../../test/browser/PageServer.js"
import * as EffectApp from "./EffectApp.js"
import * as PromiseApp from "./PromiseApp.js"
import * as Settings from "./Settings.js"
import * as Stage from "./Stage.js"

const failed = (error: { readonly message: string }) => new Stage.StageFailed({ reason: error.message })

// Node has no connection to cut: these two do it for the app.
const cuttable = (online: SubscriptionRef.SubscriptionRef<boolean>) => {
  const isOnline = SubscriptionRef.get(online)
  const fetch: typeof globalThis.fetch = (input, init) =>
    Effect.runSync(isOnline) ? globalThis.fetch(input, init) : Promise.reject(new TypeError("the connection is cut"))
  const connectivity = Layer.succeed(Connectivity.Connectivity, {
    isOnline: Effect.asSome(isOnline),
    wakeUps: online.changes.pipe(
      Stream.drop(1),
      Stream.filter((isOnline) => isOnline),
      Stream.as(undefined)
    )
  })
  return { fetch, connectivity }
}

type Layers = (merge: boolean) => Layer.Layer<Clients.Clients | Outbox.Outbox, ClientError.InvalidConfiguration>

/** The door over a runtime that ends with it: only so can it be given a connection that can be cut. */
const opened =
  (layers: Layers) =>
  (merge: boolean): TogglClients => {
    const runtime = ManagedRuntime.make(layers(merge))
    const toggl = fromRuntime(runtime)
    return { ...toggl, close: () => toggl.close().then(() => runtime.dispose()) }
  }

/**
 * Serves the fake Toggl. `baseUrl` replaces the served one. `isPlain`: the app is the one without Effect.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = Effect.fnUntraced(function* (
  fake: FakeToggl.FakeTogglService,
  baseUrl: string | undefined,
  isPlain: boolean
): Effect.fn.Return<Stage.Stage, Stage.StageFailed, Scope.Scope> {
  const { url } = yield* PageServer.serve({ pages: {}, mounts: { "/api/v9": fake.handler } }).pipe(
    Effect.mapError(failed)
  )
  const account = FakeToggl.defaultUser.email
  const served = url("/api/v9")
  const name = Clients.databaseName(account, served)
  return {
    what: `Node ${process.version}, on fake-indexeddb in memory${isPlain ? Stage.plainly : ""}`,
    baseUrl: served,
    killing: "Closed (there is no process to kill), then started again without a connection",
    start: ({ offline }) =>
      Effect.gen(function* () {
        const online = yield* SubscriptionRef.make(!offline)
        const { connectivity, fetch } = cuttable(online)
        const http = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
        const layers = (merge: boolean) =>
          Clients.layerPorts({ account, baseUrl: baseUrl ?? served, fetch, merge, ...Settings.outbox }).pipe(
            Layer.provide([
              http,
              connectivity,
              Credentials.layer(Credentials.token(FakeToggl.defaultUser.apiToken)),
              OutboxStore.layerIndexedDb({ name }),
              ReplayLock.layerInProcess(name)
            ])
          )
        const plain = PromiseApp.make(opened(layers), baseUrl ?? served)
        const { app, close } = isPlain ? { app: plain.app, close: Effect.promise(plain.close) } : EffectApp.make(layers)
        yield* Effect.addFinalizer(() => close)
        return {
          how: "a new app on the same database",
          app,
          setOffline: (offline) => SubscriptionRef.set(online, !offline),
          kill: Effect.as(close, "the app and all that it held in memory")
        }
      })
  }
})
