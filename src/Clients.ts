/**
 * Toggl's clients for apps that must work offline: reads show what was written, and a change that cannot reach Toggl
 * waits in the outbox.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type * as Client from "./Client.js"
import type * as ClientError from "./ClientError.js"
import * as ClientsApi from "./ClientsApi.js"
import * as Connectivity from "./Connectivity.js"
import * as Credentials from "./Credentials.js"
import { resolveBaseUrl } from "./wire/baseUrl.js"
import * as operating from "./app/operations.js"
import * as Outbox from "./Outbox.js"
import * as OutboxStore from "./OutboxStore.js"
import type { Receipt } from "./Receipt.js"
import * as ReplayLock from "./ReplayLock.js"
import type * as View from "./View.js"

/**
 * What a mutation can fail with: Toggl refused it while its caller waited, the user discarded it meanwhile, or it could
 * not be stored.
 *
 * @since 0.1.0
 * @category errors
 */
export type MutationError = ClientError.Refusal | ClientError.Discarded | ClientError.NotSaved

/**
 * What a read can fail with: nothing is on this device and Toggl cannot be asked (`NoLocalCopy`), Toggl refuses, or,
 * where the read must come from Toggl, why it does not.
 *
 * @since 0.1.0
 * @category errors
 */
export type ReadError = ClientsApi.ListError | ClientError.NoLocalCopy

/**
 * What a read takes: a filter, and how fresh it must be (the layer's `freshness` unless given).
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadOptions extends Client.Filter {
  readonly freshness?: View.Freshness
}

/**
 * The ids of the projects that were archived with a client. None where the answer got lost, and only looking it up
 * showed that the client is archived.
 *
 * @since 0.1.0
 * @category models
 */
export type Archived = Option.Option<ReadonlyArray<Client.ProjectId>>

/**
 * The operations. Each function of this module is the one of the same name here, and describes it.
 *
 * @since 0.1.0
 * @category services
 */
export interface Service {
  readonly list: (
    workspaceId: Client.WorkspaceId,
    options?: ReadOptions
  ) => Effect.Effect<ReadonlyArray<View.ClientView>, ReadError>
  readonly view: (workspaceId: Client.WorkspaceId, options?: ReadOptions) => Effect.Effect<View.View, ReadError>
  readonly watch: (workspaceId: Client.WorkspaceId, filter?: Client.Filter) => Stream.Stream<View.View>
  readonly get: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId,
    options?: Pick<ReadOptions, "freshness">
  ) => Effect.Effect<View.ClientView, ReadError>
  readonly create: (
    workspaceId: Client.WorkspaceId,
    input: Client.CreateInput
  ) => Effect.Effect<Receipt<Client.Client>, MutationError>
  readonly update: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId,
    change: Client.UpdateInput
  ) => Effect.Effect<Receipt<Client.Client>, MutationError>
  readonly delete: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId
  ) => Effect.Effect<Receipt<void>, MutationError>
  readonly archive: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId
  ) => Effect.Effect<Receipt<Archived>, MutationError>
  readonly restore: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId,
    input?: Client.RestoreInput
  ) => Effect.Effect<Receipt<Client.Client>, MutationError>
}

/**
 * @since 0.1.0
 * @category services
 */
export class Clients extends Context.Tag("effect-toggl-clients/Clients")<Clients, Service>() {}

/**
 * - `freshness`: how fresh a read must be unless it says otherwise: not older than 5 minutes unless given
 * - `maxNameBytes`: the most UTF-8 bytes of a name, 255 unless given
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly freshness?: View.Freshness
  readonly maxNameBytes?: number
}

/**
 * The operations over an outbox. Fails with `InvalidConfiguration`, which says what to set.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: (options?: Options) => Effect.Effect<Service, ClientError.InvalidConfiguration, Outbox.Outbox> =
  operating.make

/**
 * The operations over the outbox that is provided. Fails with `InvalidConfiguration`, which says what to set.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (options?: Options): Layer.Layer<Clients, ClientError.InvalidConfiguration, Outbox.Outbox> =>
  Layer.effect(Clients, make(options))

/**
 * Settings of a whole stack: the account and its credentials, and whatever `ClientsApi`, `Outbox` and this module let be
 * set.
 *
 * - `account`: what the app calls this user: it is needed before the first offline start, and names the database. Never
 *   a token.
 * - `credentials`: how requests are signed: fixed ones, or a service that the app can set (`Credentials.make`)
 * - `fetch`: the `fetch` to use: the browser's unless given
 *
 * @since 0.1.0
 * @category models
 */
export interface StackOptions
  extends Options, Omit<ClientsApi.Options, "isOnline" | "transformClient">, Omit<Outbox.Options, "fetch"> {
  readonly credentials: Credentials.Credentials | Credentials.Service
  readonly fetch?: typeof globalThis.fetch
}

const credentialsLayer = (credentials: StackOptions["credentials"]): Layer.Layer<Credentials.CurrentCredentials> =>
  "get" in credentials ? Layer.succeed(Credentials.CurrentCredentials, credentials) : Credentials.layer(credentials)

/**
 * The name of the account's database: another account, or the same at another base URL, has another.
 *
 * @since 0.1.0
 * @category configuration
 */
export const databaseName = (account: string, baseUrl: string): string =>
  `effect-toggl-clients ${baseUrl} ${encodeURIComponent(account)}`

/**
 * Everything a web app, a service worker or an Electron renderer needs: `fetch`, IndexedDB, Web Locks (or a lease in
 * the store) and the browser's word on being online. A page needs a proxy on its own origin (`baseUrl`), for Toggl lets
 * in only origins on its allow-list.
 *
 * Fails with `InvalidConfiguration`, which says what to set. A missing or refused IndexedDB is no failure: the app works
 * online, and each change that cannot be stored says so.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import * as Redacted from "effect/Redacted"
 * import { Client, Clients, Credentials } from "effect-toggl-clients"
 *
 * const program = Clients.create(Client.WorkspaceId.make(2230580), { name: "Acme" }).pipe(
 *   Effect.provide(
 *     Clients.layerBrowser({ account: "anna", credentials: Credentials.token(Redacted.make("...")), baseUrl: "/api/toggl" })
 *   )
 * )
 *
 * @since 0.1.0
 * @category layers
 */
export const layerBrowser = (
  options: StackOptions
): Layer.Layer<Clients | Outbox.Outbox | ClientsApi.ClientsApi, ClientError.InvalidConfiguration> =>
  Layer.unwrapEffect(
    Effect.map(resolveBaseUrl(options.baseUrl), (baseUrl) => {
      const name = databaseName(options.account, baseUrl)
      const fetch: typeof globalThis.fetch = options.fetch ?? ((input, init) => globalThis.fetch(input, init))
      const http = FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch)))
      return stack({ ...options, fetch }).pipe(
        Layer.provide([
          http,
          credentialsLayer(options.credentials),
          Connectivity.layerBrowser,
          OutboxStore.layerIndexedDb({ name }),
          ReplayLock.layerWebLocks(name)
        ])
      )
    })
  )

/**
 * The services over ports of your own: a store, a lock, an `HttpClient` and credentials. For Node, Electron's main
 * process, and tests with `effect-toggl-clients/testing`.
 *
 * @since 0.1.0
 * @category layers
 */
export const stack = (options: Omit<StackOptions, "credentials">) =>
  layer(options).pipe(
    Layer.provideMerge(Outbox.layer(options)),
    Layer.provideMerge(
      Layer.unwrapEffect(
        Effect.map(Connectivity.Connectivity, ({ isOnline }) => ClientsApi.layer({ ...options, isOnline }))
      )
    )
  )

/**
 * The services with a store in memory, alone in its process: for tests, and where nothing needs to survive a restart.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (options: Omit<StackOptions, "credentials" | "fetch">) =>
  stack(options).pipe(
    Layer.provide([
      Connectivity.layerAlwaysOnline,
      OutboxStore.layerMemory,
      Layer.effect(ReplayLock.ReplayLock, ReplayLock.makePrivate)
    ])
  )

/**
 * The clients of a workspace as the app should show them: Toggl's last known state with the pending changes on it, also
 * offline; the active ones unless the filter says otherwise, in the order of their names.
 *
 * Fails with `NoLocalCopy` where nothing is on this device and Toggl cannot be asked; with a transport error only where
 * `freshness` is `Toggl`; with `Forbidden` and the like where Toggl refuses and no copy is here.
 * `GET /workspaces/{workspace_id}/clients?status=both`
 *
 * @since 0.1.0
 * @category operations
 */
export const list = (workspaceId: Client.WorkspaceId, options?: ReadOptions) =>
  Effect.flatMap(Clients, (clients) => clients.list(workspaceId, options))

/**
 * As {@link list}, with where the state comes from and from when.
 *
 * @since 0.1.0
 * @category operations
 */
export const view = (workspaceId: Client.WorkspaceId, options?: ReadOptions) =>
  Effect.flatMap(Clients, (clients) => clients.view(workspaceId, options))

/**
 * The view now, and again whenever it changes: by this app's changes, by Toggl's answers to them, by refreshes, and by
 * other tabs. It asks Toggl for nothing: read with {@link list} to refresh it.
 *
 * @since 0.1.0
 * @category operations
 */
export const watch = (
  workspaceId: Client.WorkspaceId,
  filter?: Client.Filter
): Stream.Stream<View.View, never, Clients> =>
  Stream.unwrap(Effect.map(Clients, (clients) => clients.watch(workspaceId, filter)))

/**
 * One client as the app should show it, by Toggl's id or a local one. Fails as {@link list} does, and with `NotFound`.
 *
 * @since 0.1.0
 * @category operations
 */
export const get = (
  workspaceId: Client.WorkspaceId,
  id: Client.AnyClientId,
  options?: Pick<ReadOptions, "freshness">
) => Effect.flatMap(Clients, (clients) => clients.get(workspaceId, id, options))

/**
 * Creates a client. Offline it gets a local id, which works wherever an id does, and goes on working when Toggl has
 * given its own.
 *
 * Fails with `InvalidName` (before anything is stored, or by Toggl while the caller waits), with another refusal of
 * Toggl's while the caller waits, with `Discarded`, or with `NotSaved`. Being offline is no failure.
 * `POST /workspaces/{workspace_id}/clients`
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import { Client, Clients } from "effect-toggl-clients"
 *
 * const program = Effect.gen(function* () {
 *   const acme = yield* Clients.create(Client.WorkspaceId.make(2230580), { name: "Acme" })
 *   yield* Effect.log(acme._tag === "Confirmed" ? `Toggl has it as ${acme.id}` : `waits: ${acme.reason._tag}`)
 * }).pipe(Effect.catchTag("InvalidName", (error) => Effect.log(error.message)))
 *
 * @since 0.1.0
 * @category operations
 */
export const create = (workspaceId: Client.WorkspaceId, input: Client.CreateInput) =>
  Effect.flatMap(Clients, (clients) => clients.create(workspaceId, input))

/**
 * Changes a client's name, notes or both; what is left out stays, also where a colleague changed it meanwhile. Fails as
 * {@link create} does, and with `NotFound`. `PUT /workspaces/{workspace_id}/clients/{client_id}`
 *
 * @since 0.1.0
 * @category operations
 */
export const update = (workspaceId: Client.WorkspaceId, id: Client.AnyClientId, change: Client.UpdateInput) =>
  Effect.flatMap(Clients, (clients) => clients.update(workspaceId, id, change))

const delete_ = (workspaceId: Client.WorkspaceId, id: Client.AnyClientId) =>
  Effect.flatMap(Clients, (clients) => clients.delete(workspaceId, id))

export {
  /**
   * Deletes a client; its projects stay. One that is gone already counts as deleted. Fails as {@link create} does, but
   * for the name. `DELETE /workspaces/{workspace_id}/clients/{client_id}`
   *
   * @since 0.1.0
   * @category operations
   */
  delete_ as delete
}

/**
 * Archives a client, and with it its active projects, whose ids are the receipt's value. Fails as {@link create} does,
 * but for the name; `PlanRequired` where the workspace's plan does not include it.
 * `POST /workspaces/{workspace_id}/clients/{client_id}/archive`
 *
 * @since 0.1.0
 * @category operations
 */
export const archive = (workspaceId: Client.WorkspaceId, id: Client.AnyClientId) =>
  Effect.flatMap(Clients, (clients) => clients.archive(workspaceId, id))

/**
 * Restores an archived client, and of its projects those that `input` names: none unless given. Fails as
 * {@link create} does. `POST /workspaces/{workspace_id}/clients/{client_id}/restore`
 *
 * @since 0.1.0
 * @category operations
 */
export const restore = (workspaceId: Client.WorkspaceId, id: Client.AnyClientId, input?: Client.RestoreInput) =>
  Effect.flatMap(Clients, (clients) => clients.restore(workspaceId, id, input))
