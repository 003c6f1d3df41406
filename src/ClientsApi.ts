/**
 * The seven operations on Toggl's clients, straight over HTTP: no outbox, no retries, every failure typed. For servers
 * and scripts; an app that must work offline takes `Clients`.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import * as Config from "effect/Config"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import * as Client from "./Client.js"
import * as ClientError from "./ClientError.js"
import { CurrentCredentials } from "./Credentials.js"
import type { Asked } from "./error/base.js"
import { checkedName } from "./error/name.js"
import { resolveBaseUrl } from "./wire/baseUrl.js"
import { makeCall } from "./wire/call.js"
import { navigatorOnline, untraced, type AnswerInfo } from "./wire/exchange.js"
import { bytes, count, duration } from "./settings.js"
import * as ServerAnswer from "./wire/answer.js"

export { type AnswerInfo } from "./wire/exchange.js"

/**
 * What any operation on clients can fail with: no usable answer came (`TransportError`), or Toggl refused.
 *
 * @since 0.1.0
 * @category errors
 */
export type CallError =
  | ClientError.TransportError
  | ClientError.NotFound
  | ClientError.Forbidden
  | ClientError.BadRequest
  | ClientError.PlanRequired
  | ClientError.Gone

/**
 * What a list can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type ListError = CallError | ClientError.InvalidStatus

/**
 * What an operation that sends a name can fail with.
 *
 * @since 0.1.0
 * @category errors
 */
export type NameError = CallError | ClientError.InvalidName

/**
 * A client's whole editable state. Toggl does not say what becomes of notes that are left out: give them, and `""` to
 * clear them.
 *
 * @since 0.1.0
 * @category models
 */
export interface State {
  readonly name: string
  readonly notes?: string
}

/**
 * The operations. Each function of this module is the one of the same name here, and describes it.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service {
  /** The base URL in use, absolute and without a slash at its end. */
  readonly baseUrl: string
  /** How long a request may take. */
  readonly requestLimit: Duration.Duration
  /** Tells `listener` of each answer, and of the quota that it states, until the scope closes. */
  readonly listen: (listener: (info: AnswerInfo) => Effect.Effect<void>) => Effect.Effect<void, never, Scope.Scope>
  readonly list: (
    workspaceId: Client.WorkspaceId,
    filter?: Client.Filter
  ) => Effect.Effect<ReadonlyArray<Client.Client>, ListError>
  readonly listWithReport: (
    workspaceId: Client.WorkspaceId,
    filter?: Client.Filter
  ) => Effect.Effect<ServerAnswer.Listed, ListError>
  readonly create: (
    workspaceId: Client.WorkspaceId,
    input: Client.CreateInput
  ) => Effect.Effect<Client.Client, NameError>
  readonly get: (workspaceId: Client.WorkspaceId, clientId: Client.ClientId) => Effect.Effect<Client.Client, CallError>
  readonly update: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId,
    state: State
  ) => Effect.Effect<Client.Client, NameError>
  readonly delete: (workspaceId: Client.WorkspaceId, clientId: Client.ClientId) => Effect.Effect<void, CallError>
  readonly archive: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId
  ) => Effect.Effect<ReadonlyArray<Client.ProjectId>, CallError>
  readonly deleteMany: (
    workspaceId: Client.WorkspaceId,
    clientIds: ReadonlyArray<Client.ClientId>
  ) => Effect.Effect<void, CallError>
  readonly archiveMany: (
    workspaceId: Client.WorkspaceId,
    clientIds: ReadonlyArray<Client.ClientId>
  ) => Effect.Effect<ReadonlyArray<ServerAnswer.Archived>, CallError>
  readonly restore: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId,
    input?: Client.RestoreInput
  ) => Effect.Effect<Client.Client, CallError>
  readonly me: Effect.Effect<{ readonly userId: number }, ClientError.TransportError>
}

/**
 * @since 0.1.0
 * @category services
 */
export class ClientsApi extends Context.Tag("effect-toggl-clients/ClientsApi")<ClientsApi, Service>() {}

/**
 * - `baseUrl`: https, or http on loopback, with no user, query or fragment; in a page it may be relative, for a proxy on
 *   the page's origin (`/api/toggl`). `https://api.track.toggl.com/api/v9` unless given.
 * - `requestLimit`: how long a request may take, its answer's body included, before it is aborted. 20 seconds unless
 *   given; a bare number is in milliseconds.
 * - `maxNameBytes`: the most UTF-8 bytes of a name. 255 unless given.
 * - `transformClient`: changes the `HttpClient` that is used. A client that sends a request again may create twice.
 * - `traceHeaders`: sends `traceparent` and `b3`, before which browsers ask other origins. Off unless given.
 * - `onAnswer`: is told of each answer, and of the quota that it states.
 * - `isOnline`: whether the device says that it is online, asked just before each request. It stops nothing. Where it
 *   says `false`, a request that then fails counts as never sent, but for one to this device itself (`localhost`,
 *   `127.0.0.1`), which needs no network. `navigator.onLine` unless given.
 * - `offlineIncludesLoopback`: believes it of this device itself too. For tests and demos that cut a page off from its
 *   own device, as a browser's developer tools do; elsewhere a change could be sent twice. Off unless given.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly baseUrl?: string | URL
  readonly requestLimit?: Duration.DurationInput
  readonly maxNameBytes?: number
  readonly transformClient?: (client: HttpClient.HttpClient) => HttpClient.HttpClient
  readonly traceHeaders?: boolean
  readonly onAnswer?: (info: AnswerInfo) => Effect.Effect<void>
  readonly isOnline?: Effect.Effect<Option.Option<boolean>>
  readonly offlineIncludesLoopback?: boolean
}

type Requested = Asked & { readonly operation: Client.Operation; readonly workspaceId: Client.WorkspaceId }

const invalid = (setting: string, problem: string) => new ClientError.InvalidConfiguration({ setting, problem })

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
export const make = /*#__PURE__*/ Effect.fnUntraced(function* (
  options: Options = {}
): Effect.fn.Return<Service, ClientError.InvalidConfiguration, HttpClient.HttpClient | CurrentCredentials> {
  const source = yield* CurrentCredentials
  const client = yield* HttpClient.HttpClient
  const baseUrl = yield* resolveBaseUrl(options.baseUrl)
  const limit = yield* duration("requestLimit", options.requestLimit ?? "20 seconds", 'a duration such as "20 seconds"')
  const maxNameBytes = yield* count("maxNameBytes", options.maxNameBytes ?? Client.maxNameBytes, bytes)
  const listeners = new Set<(info: AnswerInfo) => Effect.Effect<void>>()
  const { call, me } = makeCall(untraced(client, options.transformClient ?? identity), source, {
    baseUrl,
    limit,
    traceHeaders: options.traceHeaders ?? false,
    isOnline: options.isOnline ?? navigatorOnline,
    offlineIncludesLoopback: options.offlineIncludesLoopback ?? false,
    onAnswer: (info) =>
      Effect.forEach([options.onAnswer ?? (() => Effect.void), ...listeners], (listener) => listener(info), {
        discard: true
      })
  })

  const clients = (workspaceId: Client.WorkspaceId) => `${baseUrl}/workspaces/${String(workspaceId)}/clients`

  const listed = (workspaceId: Client.WorkspaceId, { name = "", status }: Client.Filter = {}) => {
    const urlParams = { ...(status === undefined ? {} : { status }), ...(name === "" ? {} : { name }) }
    const request = HttpClientRequest.get(clients(workspaceId), { urlParams })
    return call({ operation: "list", workspaceId }, request, (asked, answer) =>
      ServerAnswer.list(asked, answer, status)
    )
  }

  const write = Effect.fnUntraced(function* (
    asked: Requested,
    request: HttpClientRequest.HttpClientRequest,
    { name, notes }: State
  ) {
    const checked = yield* checkedName(asked, name, maxNameBytes)
    const body = { name: checked, notes, wid: asked.workspaceId }
    return yield* call(asked, HttpClientRequest.bodyUnsafeJson(request, body), (asked, answer) =>
      ServerAnswer.create(asked, answer, checked)
    )
  })

  const onClient = <Args extends ReadonlyArray<unknown>, A, E>(
    operation: Client.Operation,
    send: (asked: Requested, url: string, ...args: Args) => Effect.Effect<A, E>
  ) =>
    Effect.fn(`ClientsApi.${operation}`)((workspaceId: Client.WorkspaceId, clientId: Client.ClientId, ...args: Args) =>
      send({ operation, workspaceId, clientId }, `${clients(workspaceId)}/${clientId}`, ...args)
    )

  const onMany = <A, E>(
    operation: "delete" | "archive",
    read: (asked: Asked, answer: ServerAnswer.Answer) => Either.Either<A, E | ServerAnswer.Denied>
  ) =>
    Effect.fn(`ClientsApi.${operation}Many`)(
      (workspaceId: Client.WorkspaceId, clientIds: ReadonlyArray<Client.ClientId>) => {
        const request = HttpClientRequest.post(`${clients(workspaceId)}/${operation}`)
        return call({ operation, workspaceId }, HttpClientRequest.bodyUnsafeJson(request, clientIds), read)
      }
    )

  return {
    baseUrl,
    requestLimit: limit,
    listen: (listener) =>
      Effect.acquireRelease(
        Effect.sync(() => {
          listeners.add(listener)
        }),
        () => Effect.sync(() => listeners.delete(listener))
      ),
    listWithReport: Effect.fn("ClientsApi.listWithReport")(listed),
    list: Effect.fn("ClientsApi.list")(function* (workspaceId: Client.WorkspaceId, filter?: Client.Filter) {
      const { clients, leftOut } = yield* listed(workspaceId, filter)
      if (leftOut.length > 0) yield* Effect.logWarning(`${leftOut.length} of the listed clients cannot be read`)
      return clients
    }),
    create: Effect.fn("ClientsApi.create")((workspaceId: Client.WorkspaceId, input: Client.CreateInput) =>
      write({ operation: "create", workspaceId }, HttpClientRequest.post(clients(workspaceId)), input)
    ),
    get: onClient("get", (asked, url) => call(asked, HttpClientRequest.get(url), ServerAnswer.get)),
    update: onClient("update", (asked, url, state: State) => write(asked, HttpClientRequest.put(url), state)),
    delete: onClient("delete", (asked, url) => call(asked, HttpClientRequest.del(url), ServerAnswer.delete)),
    archive: onClient("archive", (asked, url) =>
      call(asked, HttpClientRequest.post(`${url}/archive`), ServerAnswer.archive)
    ),
    restore: onClient("restore", (asked, url, input: Client.RestoreInput = {}) => {
      const { projects, restoreAllProjects } = input
      const request = HttpClientRequest.post(`${url}/restore`)
      const isBare = projects === undefined && restoreAllProjects === undefined
      const body = { projects, restore_all_projects: restoreAllProjects }
      return call(asked, isBare ? request : HttpClientRequest.bodyUnsafeJson(request, body), ServerAnswer.get)
    }),
    deleteMany: onMany("delete", ServerAnswer.delete),
    archiveMany: onMany("archive", ServerAnswer.archiveMany),
    me: Effect.withSpan(me, "ClientsApi.me")
  }
})

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
  options?: Options
): Layer.Layer<ClientsApi, ClientError.InvalidConfiguration, HttpClient.HttpClient | CurrentCredentials> =>
  Layer.effect(ClientsApi, make(options))

/**
 * As {@link layer}, with the base URL from the configuration: `TOGGL_BASE_URL` unless another is named, and Toggl's own
 * where that is not set. The credentials' part is `Credentials.layerConfig`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = ({
  baseUrl = Config.string("TOGGL_BASE_URL"),
  ...options
}: Omit<Options, "baseUrl"> & { readonly baseUrl?: Config.Config<string | URL> } = {}): Layer.Layer<
  ClientsApi,
  ClientError.InvalidConfiguration,
  HttpClient.HttpClient | CurrentCredentials
> =>
  Layer.effect(
    ClientsApi,
    Config.option(baseUrl).pipe(
      Effect.mapError(() => invalid("baseUrl", "it cannot be read from the configuration")),
      Effect.flatMap((url) => make(Option.isNone(url) ? options : { ...options, baseUrl: url.value }))
    )
  )

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
 *
 * @since 0.1.0
 * @category operations
 */
export const listWithReport = (workspaceId: Client.WorkspaceId, filter?: Client.Filter) =>
  Effect.flatMap(ClientsApi, (api) => api.listWithReport(workspaceId, filter))

/**
 * Creates a client.
 *
 * Fails with `InvalidName` (`Empty` and `TooLong` before anything is sent; `Taken` by Toggl) or a {@link CallError}.
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
 * A client by its id. Fails with a {@link CallError}: `NotFound` where the workspace has no such client.
 * `GET /workspaces/{workspace_id}/clients/{client_id}`
 *
 * @since 0.1.0
 * @category operations
 */
export const get = (workspaceId: Client.WorkspaceId, clientId: Client.ClientId) =>
  Effect.flatMap(ClientsApi, (api) => api.get(workspaceId, clientId))

/**
 * Replaces a client's editable state, and gives the client as it is then. Fails as {@link create} does.
 * `PUT /workspaces/{workspace_id}/clients/{client_id}`
 *
 * @since 0.1.0
 * @category operations
 */
export const update = (workspaceId: Client.WorkspaceId, clientId: Client.ClientId, state: State) =>
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
 * The id of the user whose credentials these are; nothing else of the answer is kept. Fails with a `TransportError`:
 * `Unauthorized` where Toggl does not accept them. `GET /me`
 *
 * @since 0.1.0
 * @category operations
 */
export const me: Effect.Effect<{ readonly userId: number }, ClientError.TransportError, ClientsApi> =
  /*#__PURE__*/ Effect.flatMap(ClientsApi, (api) => api.me)
