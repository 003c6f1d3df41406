/**
 * Toggl's clients for apps that must work offline: reads show what was written, and a change that cannot reach Toggl
 * waits in the outbox.
 *
 * @since 0.1.0
 */
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import * as Client from "./Client.js"
import * as ClientError from "./ClientError.js"
import * as ClientsApi from "./ClientsApi.js"
import * as Connectivity from "./Connectivity.js"
import * as Credentials from "./Credentials.js"
import type { Ending } from "./Entry.js"
import { resolveBaseUrl } from "./internal/httpBaseUrl.js"
import { bytes, checked as checkedSetting, count, durationOf } from "./internal/settings.js"
import type { Mutation } from "./Mutation.js"
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

const isCreateInput = Schema.is(Client.CreateInput)
const isUpdateInput = Schema.is(Client.UpdateInput)
const isRestoreInput = Schema.is(Client.RestoreInput)
const isWorkspaceId = Schema.is(Client.WorkspaceId)
const isAnyClientId = Schema.is(Client.AnyClientId)

const localId: Effect.Effect<Client.LocalClientId> = Effect.map(Random.nextRange(1, 2 ** 52), (n) =>
  Client.LocalClientId.make(-Math.floor(n))
)

type Done = Extract<Ending, { readonly _tag: "Done" }>

const confirmed = <A>(
  receipt: Receipt<Ending>,
  value: (done: Done) => Option.Option<A>
): Effect.Effect<Receipt<A>, ClientError.Undecided> => {
  if (receipt._tag === "Queued") return Effect.succeed(receipt)
  const answer = receipt.value._tag === "Done" ? value(receipt.value) : Option.none()
  return Option.match(answer, {
    onNone: () => Effect.fail(new ClientError.Undecided({ reason: "Toggl's answer was not kept", found: [] })),
    onSome: (value) => Effect.succeed({ ...receipt, value })
  })
}

const freshnesses = '"Toggl", "Local" or a duration such as "5 minutes"'

const isFreshness = (given: View.Freshness): boolean =>
  given === "Toggl" || given === "Local" || Option.isSome(durationOf(given))

/**
 * The operations over an outbox. Fails with `InvalidConfiguration`, which says what to set.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (options: Options = {}): Effect.Effect<Service, ClientError.InvalidConfiguration, Outbox.Outbox> =>
  Effect.gen(function* () {
    const outbox = yield* Outbox.Outbox
    const { reads } = outbox
    const freshness = options.freshness ?? "5 minutes"
    yield* checkedSetting("freshness", freshness, isFreshness(freshness), freshnesses)
    const maxNameBytes = yield* count("maxNameBytes", options.maxNameBytes ?? Client.maxNameBytes, bytes)

    const filtered = (view: View.View, filter: Client.Filter): View.View => ({
      ...view,
      clients: view.clients.filter((client) => Client.matches(client, filter))
    })

    const bad = (asked: object, text: string) => new ClientError.BadRequest({ ...asked, text })

    const wanted = (
      operation: Client.Operation,
      workspaceId: Client.WorkspaceId,
      given: View.Freshness = freshness
    ): Either.Either<View.Freshness, ClientError.BadRequest> =>
      isFreshness(given)
        ? Either.right(given)
        : Either.left(bad({ operation, workspaceId }, `freshness is ${freshnesses}`))

    const view = (workspaceId: Client.WorkspaceId, options: ReadOptions = {}) =>
      wanted("list", workspaceId, options.freshness).pipe(
        Effect.flatMap((freshness) => reads.read(workspaceId, freshness)),
        Effect.map((view) => filtered(view, options))
      )

    const checkName = (asked: object, name: string) =>
      Either.mapLeft(
        Client.checkName(name, maxNameBytes),
        (problem) =>
          new ClientError.InvalidName({
            ...asked,
            name,
            reason: problem.reason,
            ...(problem.reason === "TooLong" ? { limit: problem.limit } : {})
          })
      )

    // What the types forbid may still come from plain JavaScript.
    const checked = (
      operation: Client.Operation,
      workspaceId: Client.WorkspaceId,
      id: Client.AnyClientId | undefined
    ): Effect.Effect<void, ClientError.BadRequest | ClientError.NotFound> =>
      Effect.gen(function* () {
        if (!isWorkspaceId(workspaceId)) return yield* bad({ operation }, "a workspace's id is a positive integer")
        if (id === undefined) return
        if (!isAnyClientId(id)) {
          return yield* bad({ operation, workspaceId }, "a client's id is an integer, Toggl's or a local one")
        }
        if (!(yield* reads.knows(id))) {
          return yield* new ClientError.NotFound({ operation, workspaceId, clientId: id })
        }
      })

    // Finding out where the call stands would cost more than all the rest of the span.
    const traced =
      (operation: Client.Operation) =>
      <A, E>(effect: Effect.Effect<A, E>, workspaceId: Client.WorkspaceId) =>
        Effect.withSpan(effect, `Clients.${operation}`, { captureStackTrace: false, attributes: { workspaceId } })

    const submit = <A>(mutation: Mutation, value: (done: Done) => Option.Option<A>) =>
      Effect.flatMap(outbox.submit(mutation), (receipt) => confirmed(receipt, value))

    const submitClient = (mutation: Mutation): Effect.Effect<Receipt<Client.Client>, MutationError> =>
      submit(mutation, (done) => Option.fromNullable(done.client))

    return {
      view,
      list: (workspaceId, options) => Effect.map(view(workspaceId, options), (view) => view.clients),
      watch: (workspaceId, filter = {}) => Stream.map(reads.watch(workspaceId), (view) => filtered(view, filter)),
      get: (workspaceId, id, options = {}) =>
        Effect.flatMap(wanted("get", workspaceId, options.freshness), (freshness) =>
          reads.get(workspaceId, id, freshness)
        ),
      create: Effect.fnUntraced(function* (workspaceId: Client.WorkspaceId, input: Client.CreateInput) {
        const asked = { operation: "create", workspaceId } as const
        yield* checked("create", workspaceId, undefined)
        if (!isCreateInput(input)) return yield* bad(asked, "a client takes a name, and notes if any, as text")
        const name = yield* checkName(asked, input.name)
        return yield* submitClient({
          _tag: "Create",
          workspaceId,
          localId: yield* localId,
          name,
          notes: input.notes ?? ""
        })
      }, traced("create")),
      update: Effect.fnUntraced(function* (
        workspaceId: Client.WorkspaceId,
        clientId: Client.AnyClientId,
        input: Client.UpdateInput
      ) {
        const asked = { operation: "update", workspaceId, clientId } as const
        yield* checked("update", workspaceId, clientId)
        if (!isUpdateInput(input)) return yield* bad(asked, "a change takes a name, notes or both, as text")
        if (input.name === undefined && input.notes === undefined) {
          return yield* bad(asked, "a change needs a name, notes or both")
        }
        const name = input.name === undefined ? {} : { name: yield* checkName(asked, input.name) }
        const notes = input.notes === undefined ? {} : { notes: input.notes }
        return yield* submitClient({ _tag: "Update", workspaceId, clientId, change: { ...name, ...notes } })
      }, traced("update")),
      delete: Effect.fnUntraced(function* (workspaceId: Client.WorkspaceId, clientId: Client.AnyClientId) {
        yield* checked("delete", workspaceId, clientId)
        return yield* submit({ _tag: "Delete", workspaceId, clientId }, () => Option.some(undefined))
      }, traced("delete")),
      archive: Effect.fnUntraced(function* (workspaceId: Client.WorkspaceId, clientId: Client.AnyClientId) {
        yield* checked("archive", workspaceId, clientId)
        return yield* submit({ _tag: "Archive", workspaceId, clientId }, (done) =>
          Option.some(Option.fromNullable(done.projects))
        )
      }, traced("archive")),
      restore: Effect.fnUntraced(function* (
        workspaceId: Client.WorkspaceId,
        clientId: Client.AnyClientId,
        input: Client.RestoreInput = {}
      ) {
        const asked = { operation: "restore", workspaceId, clientId } as const
        yield* checked("restore", workspaceId, clientId)
        if (!isRestoreInput(input)) return yield* bad(asked, "projects are a list of positive integers")
        return yield* submitClient({ _tag: "Restore", workspaceId, clientId, input })
      }, traced("restore"))
    } satisfies Service
  })

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
