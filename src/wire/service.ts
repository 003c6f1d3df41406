// The calls of Toggl as types: what they take, give, and fail with.
import type { HttpClient } from "@effect/platform/HttpClient"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import type * as Scope from "effect/Scope"
import type * as Client from "../Client.js"
import type * as ClientError from "../ClientError.js"
import type { StatedQuota } from "./headers.js"

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
export interface ClientState {
  readonly name: string
  readonly notes?: string | undefined
}

/**
 * An answer came, whatever it means. `operation` is one of the seven, `me` (`GET /me`), or `logged` (`GET /me/logged`,
 * which settles a 403). These two have an hourly quota of their own. `quota` is missing where no header states it, or where
 * a refusal has no request id of Toggl's, and `date`, the answer's own `Date` in milliseconds since 1970, where none can be read.
 *
 * @since 0.1.0
 * @category models
 */
export interface AnswerInfo {
  readonly operation: Client.Operation | "me" | "logged"
  readonly workspaceId?: Client.WorkspaceId | undefined
  readonly status: number
  readonly quota?: StatedQuota | undefined
  readonly date?: number | undefined
  /** Behind a proxy: the id of the user with whose token it says that it signed (`x-effect-toggl-user`), where it says so. */
  readonly signedBy?: number | undefined
}

/**
 * How something is read. With `pastCaches` it is asked for past every cache, a service worker's too, and an answer that
 * may be a cache's all the same is an `UnexpectedAnswer` (`Cached`): one that says that it has aged (`Age`), one whose
 * `Date` is more than two seconds before `notBefore` (milliseconds since 1970, by Toggl's clock) or before it was asked for,
 * as far as earlier answers tell Toggl's time, or one that this session has heard before, by its request id. With
 * `isSecond` it is asked again after something that it must show, or a second later: the same answer as the last time, by its
 * request id or where that is hidden by its `Date`, is a cache's too.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reading {
  readonly pastCaches?: { readonly notBefore?: number | undefined; readonly isSecond?: boolean | undefined } | undefined
}

/**
 * A list: `clients` in Toggl's order, and what could not be read or is of another workspace, by its place in the answer,
 * with its id where that can be read and it is of this workspace as far as can be told. `unsure` are those of the clients of
 * which nobody can say who made them (`creator_id`), or when they were changed (`at`), for that cannot be read. `total` is
 * how many the list says that there are (`total_count`), where it does.
 *
 * @since 0.1.0
 * @category models
 */
export interface Listed {
  readonly clients: ReadonlyArray<Client.Client>
  readonly leftOut: ReadonlyArray<{
    readonly index: number
    readonly problem: string
    readonly id?: Client.ClientId
  }>
  readonly total?: number
  readonly unsure: ReadonlySet<Client.ClientId>
}

/**
 * What was archived at once: the clients' ids (`client_ids`), and those of their projects (`project_ids`).
 *
 * @since 0.1.0
 * @category models
 */
export interface ArchivedMany {
  readonly clientIds: ReadonlyArray<Client.ClientId>
  readonly projectIds: ReadonlyArray<Client.ProjectId>
}

/**
 * Whose credentials these are.
 *
 * @since 0.1.0
 * @category models
 */
export interface Me {
  /** The id of the Toggl user (`id`). */
  readonly userId: number
  /** The workspace that the user sees first (`default_workspace_id`); missing where Toggl names none. */
  readonly defaultWorkspaceId: Client.WorkspaceId | undefined
}

/**
 * The operations. Each function of `ClientsApi` is the one of the same name here, and describes it.
 *
 * @since 0.1.0
 * @category services
 */
export interface ClientsApiService {
  /** The base URL in use, absolute and without a slash at its end. */
  readonly baseUrl: string
  /** How long a request may take. */
  readonly requestLimit: Duration.Duration
  /**
   * The latest `Date` that an answer of Toggl's has had in this session, in milliseconds since 1970. Only answers that
   * were understood or have Toggl's request id count, not those of a sign-in page.
   */
  readonly latestDate: Effect.Effect<number | undefined>
  /**
   * Whether a cache's answer might pass for Toggl's, and asking a second time would tell: until the answer to a change, or to
   * such a second question, has told Toggl's time in this session. Where `Date` is hidden none does.
   */
  readonly mayBeDeceived: Effect.Effect<boolean>
  /** Tells `listener` of each answer, and of the quota that it states, until the scope closes. */
  readonly listen: (listener: (info: AnswerInfo) => Effect.Effect<void>) => Effect.Effect<void, never, Scope.Scope>
  readonly list: (
    workspaceId: Client.WorkspaceId,
    filter?: Client.Filter
  ) => Effect.Effect<ReadonlyArray<Client.Client>, ListError>
  readonly listWithReport: (
    workspaceId: Client.WorkspaceId,
    filter?: Client.Filter,
    reading?: Reading
  ) => Effect.Effect<Listed, ListError>
  readonly create: (
    workspaceId: Client.WorkspaceId,
    input: Client.CreateInput
  ) => Effect.Effect<Client.Client, NameError>
  readonly get: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId,
    reading?: Reading
  ) => Effect.Effect<Client.Client, CallError>
  readonly update: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId,
    state: ClientState
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
  ) => Effect.Effect<ReadonlyArray<ArchivedMany>, CallError>
  readonly restore: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId,
    input?: Client.RestoreInput
  ) => Effect.Effect<Client.Client, CallError>
  readonly me: Effect.Effect<Me, ClientError.TransportError>
}

/**
 * @since 0.1.0
 * @category services
 */
export class ClientsApi extends Context.Tag("effect-toggl-clients/ClientsApi")<ClientsApi, ClientsApiService>() {}

/**
 * - `baseUrl`: https, or http on loopback, with no user, query or fragment; in a page it may be relative, for a proxy on
 *   the page's origin (`/api/toggl`). A page that the app brings along under a scheme of its own (`app://bundle`, as in
 *   Electron, where it has to be registered as `standard` and with `supportFetchAPI`) may be that origin too.
 *   `https://api.track.toggl.com/api/v9` unless given.
 * - `requestLimit`: how long a request may take, its answer's body included, before it is aborted. 20 seconds unless
 *   given; a bare number is in milliseconds.
 * - `maxNameBytes`: the most UTF-8 bytes of a name. 255 unless given.
 * - `transformClient`: changes the `HttpClient` that is used. A client that sends a change again gets the first answer:
 *   within one call the same method and path is sent once, whatever is in between. The client that is changed, and a
 *   `fetch` of the app's own, are beyond this: they may neither send again nor wait before they send.
 * - `traceHeaders`: sends `traceparent` and `b3`, before which browsers ask other origins. Off unless given.
 * - `onAnswer`: is told of each answer, and of the quota that it states. Where it throws, that is logged, and changes
 *   nothing.
 * - `isOnline`: whether the device says that it is online, asked just before each request. It stops nothing. Where it
 *   throws, it says nothing. Where it says `false`, a request that then fails counts as never sent, but for one to this device itself (`localhost`,
 *   `127.0.0.1`), which needs no network. `navigator.onLine` unless given.
 * - `offlineIncludesLoopback`: believes it of this device itself too. For tests and demos that cut a page off from its
 *   own device, as a browser's developer tools do; elsewhere a change could be sent twice. Off unless given.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientsApiOptions {
  readonly baseUrl?: string | URL | undefined
  readonly requestLimit?: Duration.DurationInput | undefined
  readonly maxNameBytes?: number | undefined
  readonly transformClient?: ((client: HttpClient) => HttpClient) | undefined
  readonly traceHeaders?: boolean | undefined
  readonly onAnswer?: ((info: AnswerInfo) => Effect.Effect<void>) | undefined
  readonly isOnline?: Effect.Effect<Option.Option<boolean>> | undefined
  readonly offlineIncludesLoopback?: boolean | undefined
}
