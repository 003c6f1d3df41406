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
  /** What the client is called then: trimmed, neither empty nor longer than the limit. */
  readonly name: string
  /** The notes that it has then: `""` for none. What becomes of them where they are left out, Toggl does not say. */
  readonly notes?: string | undefined
}

/**
 * An answer came, whatever it means.
 *
 * @since 0.1.0
 * @category models
 */
export interface AnswerInfo {
  /**
   * What was asked: one of the seven, `me` (`GET /me`), or `logged` (`GET /me/logged`, which settles a 403). These two
   * have an hourly quota of their own.
   */
  readonly operation: Client.Operation | "me" | "logged"
  /** The workspace that was asked about; missing for `me` and `logged`. */
  readonly workspaceId?: Client.WorkspaceId | undefined
  /** The HTTP status of the answer. */
  readonly status: number
  /**
   * What it says of the hourly quota. Missing where no header states it, or where a refusal has no request id of
   * Toggl's.
   */
  readonly quota?: StatedQuota | undefined
  /** The answer's own `Date`, in milliseconds since the epoch; missing where none can be read. */
  readonly date?: number | undefined
  /** Behind a proxy: the id of the user with whose token it says that it signed (`x-effect-toggl-user`), where it says so. */
  readonly signedBy?: number | undefined
}

/**
 * How something is read.
 *
 * @since 0.1.0
 * @category models
 */
export interface Reading {
  /**
   * Asks for it past every cache, a service worker's too. An answer that may be a cache's all the same is an
   * `UnexpectedAnswer` (`Cached`): one that says that it has aged (`Age`), one whose `Date` is before `notBefore` or
   * before it was asked for, as far as earlier answers tell Toggl's time, or one that this session has heard before, by
   * its request id.
   */
  readonly pastCaches?:
    | {
        /**
         * An answer whose `Date` is more than two seconds before this is a cache's: in milliseconds since the epoch, by
         * Toggl's clock.
         */
        readonly notBefore?: number | undefined
        /**
         * It is asked again after something that it must show, or a second later: the same answer as the last time, by
         * its request id or where that is hidden by its `Date`, is a cache's too.
         */
        readonly isSecond?: boolean | undefined
      }
    | undefined
}

/**
 * A list, and what it leaves open.
 *
 * @since 0.1.0
 * @category models
 */
export interface Listed {
  /** Those that can be read, in Toggl's order. */
  readonly clients: ReadonlyArray<Client.Client>
  /** The items that cannot be read, or are of another workspace. */
  readonly leftOut: ReadonlyArray<{
    /** Its place in the answer, from 0 on. */
    readonly index: number
    /** What is wrong with it, in few words for people. */
    readonly problem: string
    /** Toggl's id of it, where that can be read and it is of this workspace as far as can be told. */
    readonly id?: Client.ClientId
  }>
  /** How many clients the list says that there are (`total_count`), where it does. */
  readonly total?: number
  /**
   * Those of the clients of which nobody can say who made them (`creator_id`), or when they were changed (`at`), for
   * that cannot be read.
   */
  readonly unsure: ReadonlySet<Client.ClientId>
}

/**
 * What one request has archived of several clients.
 *
 * @since 0.1.0
 * @category models
 */
export interface ArchivedMany {
  /** Those of the clients that are archived now (`client_ids`). */
  readonly clientIds: ReadonlyArray<Client.ClientId>
  /** The projects that were archived with them (`project_ids`): whose each is, is not told. */
  readonly projectIds: ReadonlyArray<Client.ProjectId>
}

/**
 * Whose credentials these are.
 *
 * @since 0.1.0
 * @category models
 */
export interface Me {
  /** The id by which Toggl knows whose they are (`id`). */
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
  /**
   * The clients of a workspace that the filter lets through; what cannot be read is left out. See `ClientsApi.list`.
   */
  readonly list: (
    workspaceId: Client.WorkspaceId,
    filter?: Client.Filter
  ) => Effect.Effect<ReadonlyArray<Client.Client>, ListError>
  /** As `list`, with what cannot be read, and why. `reading` may ask past caches. See `ClientsApi.listWithReport`. */
  readonly listWithReport: (
    workspaceId: Client.WorkspaceId,
    filter?: Client.Filter,
    reading?: Reading
  ) => Effect.Effect<Listed, ListError>
  /** Creates a client, and gives it as Toggl has it then. See `ClientsApi.create`. */
  readonly create: (
    workspaceId: Client.WorkspaceId,
    input: Client.CreateInput
  ) => Effect.Effect<Client.Client, NameError>
  /** One client by its id; `NotFound` where the workspace has no such one. `reading` may ask past caches. */
  readonly get: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId,
    reading?: Reading
  ) => Effect.Effect<Client.Client, CallError>
  /** Replaces a client's name and notes, and gives it as it is then. See `ClientsApi.update`. */
  readonly update: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId,
    state: ClientState
  ) => Effect.Effect<Client.Client, NameError>
  /** Deletes a client; its projects stay. `NotFound` where it is gone already. */
  readonly delete: (workspaceId: Client.WorkspaceId, clientId: Client.ClientId) => Effect.Effect<void, CallError>
  /** Archives a client with its projects, and gives the ids of those projects. See `ClientsApi.archive`. */
  readonly archive: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId
  ) => Effect.Effect<ReadonlyArray<Client.ProjectId>, CallError>
  /** Deletes several clients in one request; their projects stay. See `ClientsApi.deleteMany`. */
  readonly deleteMany: (
    workspaceId: Client.WorkspaceId,
    clientIds: ReadonlyArray<Client.ClientId>
  ) => Effect.Effect<void, CallError>
  /** Archives several clients in one request, with their projects. See `ClientsApi.archiveMany`. */
  readonly archiveMany: (
    workspaceId: Client.WorkspaceId,
    clientIds: ReadonlyArray<Client.ClientId>
  ) => Effect.Effect<ReadonlyArray<ArchivedMany>, CallError>
  /** Restores an archived client, and those of its projects that `input` names. See `ClientsApi.restore`. */
  readonly restore: (
    workspaceId: Client.WorkspaceId,
    clientId: Client.ClientId,
    input?: Client.RestoreInput
  ) => Effect.Effect<Client.Client, CallError>
  /** Whose credentials these are, asked anew each time (`GET /me`). See `ClientsApi.me`. */
  readonly me: Effect.Effect<Me, ClientError.TransportError>
}

/**
 * The tag of the operations straight over HTTP: `ClientsApi.layer` provides it.
 *
 * @since 0.1.0
 * @category services
 */
export class ClientsApi extends Context.Tag("effect-toggl-clients/ClientsApi")<ClientsApi, ClientsApiService>() {}

/**
 * Settings of the operations straight over HTTP.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientsApiOptions {
  /**
   * Where Toggl is: https, or http on loopback, with no user, query or fragment; in a page it may be relative, for a
   * proxy on the page's origin (`/api/toggl`). A page that the app brings along under a scheme of its own
   * (`app://bundle`, as in Electron, where it has to be registered as `standard` and with `supportFetchAPI`) may be
   * that origin too. `https://api.track.toggl.com/api/v9` unless given.
   */
  readonly baseUrl?: string | URL | undefined
  /**
   * How long a request may take, its answer's body included, before it is aborted. 20 seconds unless given; a bare
   * number is in milliseconds.
   */
  readonly requestLimit?: Duration.DurationInput | undefined
  /** The most UTF-8 bytes of a client's name that are sent. 255 unless given. */
  readonly maxNameBytes?: number | undefined
  /**
   * Changes the `HttpClient` that is used. A client that sends a change again gets the first answer: within one call
   * the same method and path is sent once, whatever is in between. The client that is changed, and a `fetch` of the
   * app's own, are beyond this: they may neither send again nor wait before they send.
   */
  readonly transformClient?: ((client: HttpClient) => HttpClient) | undefined
  /** Sends `traceparent` and `b3`, before which browsers ask other origins. Off unless given. */
  readonly traceHeaders?: boolean | undefined
  /** Is told of each answer, and of the quota that it states. Where it throws, that is logged, and changes nothing. */
  readonly onAnswer?: ((info: AnswerInfo) => Effect.Effect<void>) | undefined
  /**
   * Whether the device says that it is online, asked just before each request. It stops nothing. Where it throws, it
   * says nothing. Where it says `false`, a request that then fails counts as never sent, but for one to this device
   * itself (`localhost`, `127.0.0.1`), which needs no network. `navigator.onLine` unless given.
   */
  readonly isOnline?: Effect.Effect<Option.Option<boolean>> | undefined
  /**
   * Believes `isOnline` of this device itself too. For tests and demos that cut a page off from its own device, as a
   * browser's developer tools do; elsewhere a change could be sent twice. Off unless given.
   */
  readonly offlineIncludesLoopback?: boolean | undefined
}
