/**
 * The app put together: the library's layers, the API over them, and what both need from outside.
 *
 * @since 0.1.0
 */
import * as HttpApiBuilder from "@effect/platform/HttpApiBuilder"
import * as HttpServer from "@effect/platform/HttpServer"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { Clients, Connectivity, Credentials, Outbox, OutboxStore, ReplayLock } from "../../src/index.js"
import { Api } from "./Api.js"

/**
 * The library on a server: settings and credentials from the configuration (`TOGGL_ACCOUNT`, `TOGGL_API_TOKEN`, `TOGGL_BASE_URL`).
 * Its store is in memory: what waits when the process ends is lost, so it says so in its log before it does (`main.ts`).
 *
 * @since 0.1.0
 * @category layers
 */
export const Toggl = Clients.layerConfig({ patience: "5 seconds" }).pipe(
  Layer.provide([
    Credentials.layerConfig(),
    Connectivity.layerAlwaysOnline,
    OutboxStore.layerMemory,
    ReplayLock.layerInProcess("tracker")
  ])
)

// The errors are those of the API already: nothing is mapped.
const ClientsLive = HttpApiBuilder.group(Api, "clients", (handlers) =>
  handlers
    .handle("view", ({ path: { workspaceId } }) => Clients.view(workspaceId))
    .handle("create", ({ path: { workspaceId }, payload }) => Clients.create(workspaceId, payload))
)

const OutboxLive = HttpApiBuilder.group(Api, "outbox", (handlers) => handlers.handle("status", () => Outbox.status))

/**
 * The API, over the library's services.
 *
 * @since 0.1.0
 * @category layers
 */
export const ApiLive = HttpApiBuilder.api(Api).pipe(Layer.provide([ClientsLive, OutboxLive]))

/**
 * A web handler over services that are built already, as those of the app's one runtime are.
 *
 * @since 0.1.0
 * @category constructors
 */
export const handler = Effect.map(Effect.context<Clients.Clients | Outbox.Outbox>(), (services) =>
  HttpApiBuilder.toWebHandler(
    Layer.mergeAll(ApiLive, HttpServer.layerContext).pipe(Layer.provide(Layer.succeedContext(services)))
  )
)
