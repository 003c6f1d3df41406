/**
 * The seven operations on Toggl's clients, straight over HTTP: no outbox, no retries, every failure typed. For servers
 * and scripts; an app that must work offline takes `Clients`.
 *
 * @since 0.1.0
 */
import type { HttpClient } from "@effect/platform/HttpClient"
import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Client from "./Client.js"
import type * as ClientError from "./ClientError.js"
import { type AllConfigured, read, readOptional } from "./config.js"
import { type Credentials, type CurrentCredentials, layer as credentialsLayer } from "./Credentials.js"
import * as operations from "./wire/operations.js"
import {
  ClientsApi,
  type ClientsApiOptions,
  type Me,
  type Reading,
  type ClientsApiService,
  type ClientState
} from "./wire/service.js"

export * from "./wire/service.js"
export { Unsent } from "./wire/unsent.js"

/**
 * The operations over the `HttpClient` and the credentials in the context. Fails with `InvalidConfiguration`, which
 * says what to set, before any request.
 *
 * Redirects are not followed, nothing is cached, and cookies go only to a proxy. A `Fetch` in the context of a call is
 * used for that call.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: (
  options?: ClientsApiOptions
) => Effect.Effect<ClientsApiService, ClientError.InvalidConfiguration, CurrentCredentials | HttpClient> =
  operations.make

/**
 * The operations, over the `HttpClient` and the credentials that are provided.
 *
 * @example
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { ClientsApi, Credentials } from "effect-toggl-clients"
 *
 * const Toggl = ClientsApi.layer({ requestLimit: "10 seconds" }).pipe(
 *   Layer.provide([FetchHttpClient.layer, Credentials.layerConfig()])
 * )
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options?: ClientsApiOptions
): Layer.Layer<ClientsApi, ClientError.InvalidConfiguration, HttpClient | CurrentCredentials> =>
  Layer.effect(ClientsApi, make(options))

/**
 * What {@link layerConfig} takes: each setting as it is, or the `Config` to read it from. A `Config` that is given has to be
 * set: `Config.withDefault` says what else. `baseUrl` is read from `TOGGL_BASE_URL` unless it is given, and is Toggl's own
 * where that is not set.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface ClientsApiConfig extends AllConfigured<ClientsApiOptions> {}

/**
 * The settings, read.
 *
 * @internal
 */
export const readOptions = (options: ClientsApiConfig): Effect.Effect<ClientsApiOptions, ConfigError> =>
  Effect.all({
    baseUrl:
      options.baseUrl === undefined
        ? readOptional(Config.string("TOGGL_BASE_URL"))
        : read<string | URL>(options.baseUrl),
    requestLimit: read(options.requestLimit),
    maxNameBytes: read(options.maxNameBytes),
    transformClient: read(options.transformClient),
    traceHeaders: read(options.traceHeaders),
    onAnswer: read(options.onAnswer),
    isOnline: read(options.isOnline),
    offlineIncludesLoopback: read(options.offlineIncludesLoopback)
  } satisfies Record<keyof ClientsApiOptions, unknown>)

/**
 * As {@link layer}, with settings from the configuration: the base URL from `TOGGL_BASE_URL` unless it is given. The
 * credentials' part is `Credentials.layerConfig`.
 *
 * Fails with a `ConfigError` where a setting is missing or cannot be read (`ClientError.messageOf` makes a sentence of it), and with
 * `InvalidConfiguration` where one makes no sense.
 *
 * @example
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Config from "effect/Config"
import type { ConfigError } from "effect/ConfigError"
 * import * as Layer from "effect/Layer"
 * import { ClientsApi, Credentials } from "effect-toggl-clients"
 *
 * const Toggl = ClientsApi.layerConfig({ requestLimit: Config.duration("TOGGL_LIMIT") }).pipe(
 *   Layer.provide([FetchHttpClient.layer, Credentials.layerConfig()])
 * )
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: ClientsApiConfig = {}
): Layer.Layer<ClientsApi, ConfigError | ClientError.InvalidConfiguration, HttpClient | CurrentCredentials> =>
  Layer.effect(ClientsApi, Effect.flatMap(readOptions(options), make))

/**
 * The clients of a workspace that the filter lets through: the active ones unless it says otherwise. An item that cannot
 * be read is left out, with a warning in the log that says how many; see {@link listWithReport}. Toggl promises no order.
 *
 * Fails with `InvalidStatus` or a {@link CallError}. `GET /workspaces/{workspace_id}/clients?status=&name=`
 *
 * @since 0.1.0
 * @category operations
 */
export const list = (workspaceId: Client.WorkspaceId, filter?: Client.Filter) =>
  Effect.flatMap(ClientsApi, (api) => api.list(workspaceId, filter))

/**
 * As {@link list}, with a report of the items that cannot be read: their places in the answer, and what is wrong.
 * `reading` may ask past caches.
 *
 * @since 0.1.0
 * @category operations
 */
export const listWithReport = (workspaceId: Client.WorkspaceId, filter?: Client.Filter, reading?: Reading) =>
  Effect.flatMap(ClientsApi, (api) => api.listWithReport(workspaceId, filter, reading))

/**
 * Creates a client.
 *
 * Fails with `InvalidName` (`Empty`, `IllFormed` and `TooLong` before anything is sent; `Taken` by Toggl) or a
 * {@link CallError}: `BadRequest` before anything is sent where the notes hold half a character.
 * After a failure without an answer it may have been created all the same: look before you repeat it.
 * `POST /workspaces/{workspace_id}/clients`
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import { Client, ClientsApi } from "effect-toggl-clients"
 *
 * const program = ClientsApi.create(Client.WorkspaceId.make(2230580), { name: "Acme", notes: "net 30" }).pipe(
 *   Effect.catchTag("InvalidName", (error) => Effect.logError(error.message))
 * )
 *
 * @since 0.1.0
 * @category operations
 */
export const create = (workspaceId: Client.WorkspaceId, input: Client.CreateInput) =>
  Effect.flatMap(ClientsApi, (api) => api.create(workspaceId, input))

/**
 * A client by its id. Fails with a {@link CallError}: `NotFound` where the workspace has no such client. `reading` may ask
 * past caches.
 * `GET /workspaces/{workspace_id}/clients/{client_id}`
 *
 * @since 0.1.0
 * @category operations
 */
export const get = (workspaceId: Client.WorkspaceId, clientId: Client.ClientId, reading?: Reading) =>
  Effect.flatMap(ClientsApi, (api) => api.get(workspaceId, clientId, reading))

/**
 * Replaces a client's editable state, and gives the client as it is then. Fails as {@link create} does.
 * `PUT /workspaces/{workspace_id}/clients/{client_id}`
 *
 * @since 0.1.0
 * @category operations
 */
export const update = (workspaceId: Client.WorkspaceId, clientId: Client.ClientId, state: ClientState) =>
  Effect.flatMap(ClientsApi, (api) => api.update(workspaceId, clientId, state))

const delete_ = (workspaceId: Client.WorkspaceId, clientId: Client.ClientId) =>
  Effect.flatMap(ClientsApi, (api) => api.delete(workspaceId, clientId))

export {
  /**
   * Deletes a client; its projects stay. Fails with a {@link CallError}: `NotFound` where it is gone already.
   * `DELETE /workspaces/{workspace_id}/clients/{client_id}`
   *
   * @since 0.1.0
   * @category operations
   */
  delete_ as delete
}

/**
 * Archives a client and its projects, and gives the ids of the projects that were archived with it. Fails with a
 * {@link CallError}: `PlanRequired` or `Forbidden` where the workspace's plan does not include it.
 * `POST /workspaces/{workspace_id}/clients/{client_id}/archive`
 *
 * @since 0.1.0
 * @category operations
 */
export const archive = (workspaceId: Client.WorkspaceId, clientId: Client.ClientId) =>
  Effect.flatMap(ClientsApi, (api) => api.archive(workspaceId, clientId))

/**
 * Deletes several clients at once; their projects stay. Whether ids that Toggl does not know refuse the whole is not
 * known. Fails with a {@link CallError}: `NotFound` or `BadRequest` where the service has no such endpoint.
 * `POST /workspaces/{workspace_id}/clients/delete`
 *
 * @since 0.1.0
 * @category operations
 */
export const deleteMany = (workspaceId: Client.WorkspaceId, clientIds: ReadonlyArray<Client.ClientId>) =>
  Effect.flatMap(ClientsApi, (api) => api.deleteMany(workspaceId, clientIds))

/**
 * Archives several clients at once with their projects, and gives the ids of those that were. Fails as
 * {@link deleteMany} does, and as {@link archive}. `POST /workspaces/{workspace_id}/clients/archive`
 *
 * @since 0.1.0
 * @category operations
 */
export const archiveMany = (workspaceId: Client.WorkspaceId, clientIds: ReadonlyArray<Client.ClientId>) =>
  Effect.flatMap(ClientsApi, (api) => api.archiveMany(workspaceId, clientIds))

/**
 * Restores an archived client, and those of its projects that `input` names: none unless given. Fails with a
 * {@link CallError}. `POST /workspaces/{workspace_id}/clients/{client_id}/restore`
 *
 * @since 0.1.0
 * @category operations
 */
export const restore = (workspaceId: Client.WorkspaceId, clientId: Client.ClientId, input?: Client.RestoreInput) =>
  Effect.flatMap(ClientsApi, (api) => api.restore(workspaceId, clientId, input))

/**
 * The ids of the user whose credentials these are, and of the workspace that this user sees first; nothing else of the answer
 * is kept. Fails with a `TransportError`: `Unauthorized` where Toggl does not accept them. `GET /me`
 *
 * @since 0.1.0
 * @category operations
 */
export const me: Effect.Effect<Me, ClientError.TransportError, ClientsApi> = /*#__PURE__*/ Effect.flatMap(
  ClientsApi,
  (api) => api.me
)

/**
 * Whose credentials these are, before any outbox is open: somebody with a token knows neither the id of their user nor that of
 * a workspace. Asks once, by the `HttpClient` in the context; in a page `baseUrl` names the proxy.
 *
 * Fails with `Unauthorized` where Toggl does not accept them, with another `TransportError` where it cannot be asked, and with
 * `InvalidConfiguration` where no request can be signed with them, or a setting makes no sense. `GET /me`
 *
 * @example
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Effect from "effect/Effect"
 * import { ClientsApi, Credentials } from "effect-toggl-clients"
 *
 * const program = ClientsApi.whoAmI(Credentials.token("1971800d4d82861d8f2c1651fea4d212")).pipe(
 *   Effect.flatMap(({ defaultWorkspaceId, userId }) => Effect.log(`user ${userId}, workspace ${defaultWorkspaceId}`)),
 *   Effect.provide(FetchHttpClient.layer)
 * )
 *
 * @since 0.1.0
 * @category operations
 */
export const whoAmI = (
  credentials: Credentials,
  options?: ClientsApiOptions
): Effect.Effect<Me, ClientError.TransportError | ClientError.InvalidConfiguration, HttpClient> =>
  make(options).pipe(
    Effect.flatMap((api) => api.me),
    Effect.provide(credentialsLayer(credentials))
  )
