// The services over their ports, put together for an app.
import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import type { HttpClient } from "@effect/platform/HttpClient"
import type * as Duration from "effect/Duration"
import * as Config from "effect/Config"
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import type * as ClientError from "../ClientError.js"
import * as ClientsApi from "../ClientsApi.js"
import { type AllConfigured, type Configured, read } from "../config.js"
import * as Connectivity from "../Connectivity.js"
import * as Credentials from "../Credentials.js"
import * as Outbox from "../Outbox.js"
import * as OutboxStore from "../OutboxStore.js"
import * as ReplayLock from "../ReplayLock.js"
import { duration } from "../settings.js"
import * as names from "../store/name.js"
import * as wire from "../wire/baseUrl.js"
import { browsersFetch, LayersFetch } from "../wire/fetch.js"
import * as backgroundSync from "./backgroundSync.js"
import { make } from "./operations.js"
import { Clients, type ClientsOptions } from "./service.js"

/**
 * The operations over the outbox that is provided. Fails with `InvalidConfiguration`, which says what to set.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (
  options?: ClientsOptions
): Layer.Layer<Clients, ClientError.InvalidConfiguration, Outbox.Outbox> => Layer.effect(Clients, make(options))

/**
 * Settings of a whole stack: the account and its credentials, and whatever `ClientsApi`, `Outbox` and this module let be
 * set.
 *
 * @since 0.1.0
 * @category models
 */
export interface StackOptions
  extends
    ClientsOptions,
    Omit<ClientsApi.ClientsApiOptions, "isOnline" | "transformClient">,
    Omit<Outbox.OutboxOptions, "account" | "fetch" | "maxNameBytes"> {
  /**
   * What the app calls this user: it is needed before the first offline start, and names the database. It marks
   * exported files and labels the metrics. Never a token.
   */
  readonly account: string
  /** How requests are signed: fixed credentials, or a service that the app can set (`Credentials.make`). */
  readonly credentials: Credentials.Credentials | Credentials.CredentialsService
  /** The most UTF-8 bytes of a client's name: of what is accepted, and of what is sent. 255 unless given. */
  readonly maxNameBytes?: number | undefined
  /**
   * The `fetch` to use: the browser's unless given. It may neither send again nor wait before it sends. Where it
   * rejects with `ClientsApi.Unsent`, the request surely never left, and nothing is looked up for it; any other
   * rejection is a request that may have been applied.
   */
  readonly fetch?: typeof globalThis.fetch | undefined
}

/**
 * Settings of a whole stack in a browser, whose database has a limit of its own.
 *
 * @since 0.1.0
 * @category models
 */
export interface BrowserOptions extends StackOptions {
  /**
   * How long a step of the database may take, as while a stopped tab holds it up, before it is given up: 75 seconds
   * unless given, and a bare number is in milliseconds. No caller waits so long: each hears at its `patience`, and half
   * a second, that the storage does not answer.
   */
  readonly storageLimit?: Duration.DurationInput | undefined
}

const credentialsLayer = (
  credentials: StackOptions["credentials"]
): Layer.Layer<Credentials.CurrentCredentials, ClientError.InvalidConfiguration> =>
  "get" in credentials ? Layer.succeed(Credentials.CurrentCredentials, credentials) : Credentials.layer(credentials)

/**
 * The name of the account's database: another account, or the same at another base URL, has another.
 *
 * @since 0.1.0
 * @category configuration
 */
export const databaseName = (account: string, baseUrl: string): string => names.databaseName(account, baseUrl)

/**
 * The base URL as the library uses it: absolute, without a slash at its end, and Toggl's own unless one is given. A relative
 * one is of the page's origin. {@link databaseName} takes it. Fails with `InvalidConfiguration`, which says what a base URL
 * may be.
 *
 * @example
 * import * as Either from "effect/Either"
 * import { Clients } from "effect-toggl-clients"
 *
 * const name = Either.map(Clients.resolveBaseUrl("https://example.com/toggl/"), (url) => Clients.databaseName("anna", url))
 *
 * @since 0.1.0
 * @category configuration
 */
export const resolveBaseUrl = (baseUrl?: string | URL): Either.Either<string, ClientError.InvalidConfiguration> =>
  wire.resolveBaseUrl(baseUrl)

/**
 * Everything a web app, a service worker or an Electron renderer needs: `fetch`, IndexedDB, Web Locks (or a lease in
 * the store) and the browser's word on being online. A page needs a proxy on its own origin (`baseUrl`), for Toggl lets
 * in only origins on its allow-list. Where the page has a service worker, it is woken to send what waits once the page has gone
 * (Background Sync, in browsers that have it): `effect-toggl-clients/worker` is that worker's part.
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
  options: BrowserOptions
): Layer.Layer<Clients | Outbox.Outbox | ClientsApi.ClientsApi, ClientError.InvalidConfiguration> => {
  const fetch = options.fetch ?? browsersFetch
  return browser({ ...options, fetch }).pipe(
    Layer.provide([
      FetchHttpClient.layer.pipe(Layer.provide(Layer.succeed(FetchHttpClient.Fetch, fetch))),
      Layer.succeed(LayersFetch, fetch)
    ])
  )
}

/**
 * How long a step of the database may take.
 *
 * @internal
 */
export const storageLimit = (
  options: Pick<BrowserOptions, "storageLimit">
): Either.Either<Duration.Duration, ClientError.InvalidConfiguration> =>
  duration("storageLimit", options.storageLimit ?? OutboxStore.longestStep, 'a duration such as "75 seconds"')

/** All that is a browser's, but for how requests are sent. */
const browser = (options: BrowserOptions) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const baseUrl = yield* wire.resolveBaseUrl(options.baseUrl)
      const timeLimit = yield* storageLimit(options)
      const name = databaseName(options.account, baseUrl)
      return layerPorts(options).pipe(
        Layer.provide([
          credentialsLayer(options.credentials),
          Connectivity.layerBrowser,
          OutboxStore.layerIndexedDb({ name, timeLimit }),
          ReplayLock.layerWebLocks(name),
          backgroundSync.layer(name)
        ])
      )
    })
  )

/**
 * As {@link layerBrowser}, over an `HttpClient` of the app's own: one that adds headers, counts requests, or talks to another
 * process. It may neither send a request again nor wait before it sends: the outbox does both. Where it ends in a `fetch`, a
 * tab that was stopped cannot see just before the request that its turn has passed: give `fetch` to
 * {@link layerBrowser} for that.
 *
 * @example
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Layer from "effect/Layer"
 * import { Clients, Credentials } from "effect-toggl-clients"
 *
 * const App = Clients.layerBrowserHttpClient({
 *   account: "anna",
 *   credentials: Credentials.proxy(),
 *   baseUrl: "/api/toggl"
 * }).pipe(Layer.provide(FetchHttpClient.layer))
 *
 * @since 0.1.0
 * @category layers
 */
export const layerBrowserHttpClient = (
  options: Omit<BrowserOptions, "fetch">
): Layer.Layer<Clients | Outbox.Outbox | ClientsApi.ClientsApi, ClientError.InvalidConfiguration, HttpClient> =>
  browser(options)

/**
 * The services over ports of your own: a store, a lock, an `HttpClient` and credentials. For Node, Electron's main
 * process, and tests with `effect-toggl-clients/testing`.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerPorts = (options: Omit<StackOptions, "credentials">) =>
  layer(options).pipe(
    Layer.provideMerge(Outbox.layer(options)),
    Layer.provideMerge(
      Layer.unwrapEffect(
        Effect.map(Connectivity.Connectivity, ({ isOnline }) => ClientsApi.layer({ ...options, isOnline }))
      )
    )
  )

/**
 * What {@link layerConfig} takes: each setting as it is, or the `Config` to read it from. A `Config` that is given has to be
 * set: `Config.withDefault` says what else. `account` is read from `TOGGL_ACCOUNT` unless it is given, and `baseUrl` from
 * `TOGGL_BASE_URL`, and is Toggl's own where that is not set.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface ClientsConfig extends AllConfigured<Omit<StackOptions, "credentials" | "account">> {
  /** What the app calls this user; see `StackOptions`. `Config.string("TOGGL_ACCOUNT")` unless given. */
  readonly account?: Configured<string | undefined>
}

/**
 * As {@link layerPorts}, with settings from the configuration. The credentials' part is `Credentials.layerConfig`.
 *
 * Fails with a `ConfigError` where a setting is missing or cannot be read (`ClientError.messageOf` makes a sentence of it), and with
 * `InvalidConfiguration` where one makes no sense.
 *
 * @example
 * import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
 * import * as Config from "effect/Config"
 * import * as Layer from "effect/Layer"
 * import { Clients, Connectivity, Credentials, OutboxStore, ReplayLock } from "effect-toggl-clients"
 *
 * const App = Clients.layerConfig({ patience: Config.duration("PATIENCE").pipe(Config.withDefault("5 seconds")) }).pipe(
 *   Layer.provide([
 *     FetchHttpClient.layer,
 *     Credentials.layerConfig(),
 *     Connectivity.layerAlwaysOnline,
 *     OutboxStore.layerMemory,
 *     ReplayLock.layerInProcess("toggl")
 *   ])
 * )
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (options: ClientsConfig = {}) =>
  Layer.unwrapEffect(
    Effect.gen(function* () {
      const api = yield* ClientsApi.readOptions(options)
      return layerPorts({
        ...api,
        ...(yield* Effect.all({
          account: options.account === undefined ? Config.string("TOGGL_ACCOUNT") : read<string>(options.account),
          patience: read(options.patience),
          margin: read(options.margin),
          backoff: read(options.backoff),
          setAsideAfter: read(options.setAsideAfter),
          merge: read(options.merge),
          conflicts: read(options.conflicts),
          bulk: read(options.bulk),
          reserve: read(options.reserve),
          freshness: read(options.freshness),
          fetch: read(options.fetch)
        } satisfies Record<Exclude<keyof StackOptions, keyof ClientsApi.ClientsApiOptions | "credentials">, unknown>))
      })
    })
  )

/**
 * The services with a store in memory, alone in its process: for tests, and where nothing needs to survive a restart.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerMemory = (options: Omit<StackOptions, "credentials" | "fetch">) =>
  layerPorts(options).pipe(
    Layer.provide([
      Connectivity.layerAlwaysOnline,
      OutboxStore.layerMemory,
      Layer.effect(ReplayLock.ReplayLock, ReplayLock.makePrivate)
    ])
  )
