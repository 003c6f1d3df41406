// What the operations are to apps: the service, its tag, and what it can fail with.
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Stream from "effect/Stream"
import type * as Client from "../Client.js"
import type * as ClientError from "../ClientError.js"
import type * as ClientsApi from "../ClientsApi.js"
import type { Receipt } from "../Receipt.js"
import type * as View from "../View.js"

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
 * What a read takes: a filter, and how fresh it must be.
 *
 * @since 0.1.0
 * @category models
 */
export interface ReadOptions extends Client.Filter {
  /**
   * How fresh it must be: asked of Toggl now (`Toggl`), only what is on this device (`Local`), or not older than a
   * duration, where Toggl can be asked. The layer's `freshness` unless given; a bare number is in milliseconds.
   */
  readonly freshness?: View.Freshness | undefined
}

/**
 * What a watch takes: a filter, and how fresh it is to be kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface WatchOptions extends Client.Filter {
  /**
   * How old the copy may be. Where it is older, Toggl is asked when the watch begins, when the network is back, when the page
   * is shown again and when the user has signed in: once for all who watch, in all tabs (without Web Locks once in each), never
   * by a timer, never before a time that Toggl named, and never with the requests of `reserve`. `View.refresh` tells. Unless
   * given, a watch asks for nothing. A bare number is in milliseconds.
   */
  readonly freshness?: Duration.DurationInput | undefined
}

/**
 * The ids of the projects that were archived with a client. Missing where the answer got lost, and only looking it up
 * showed that the client is archived. An empty list does not say that there were none: a browser may have repeated the
 * request by itself, and the answer is then that to the second copy, which found nothing left to archive.
 *
 * @since 0.1.0
 * @category models
 */
export type ArchivedProjects = ReadonlyArray<Client.ProjectId> | undefined

/**
 * The operations. Each function of this module is the one of the same name here, and describes it.
 *
 * @since 0.1.0
 * @category services
 */
export interface ClientsService {
  /** The clients of a workspace as the app should show them, also offline. See `Clients.list`. */
  readonly list: (
    workspaceId: Client.WorkspaceId,
    options?: ReadOptions
  ) => Effect.Effect<ReadonlyArray<View.ClientView>, ReadError>
  /** As `list`, with where the state comes from and from when. See `Clients.view`. */
  readonly view: (workspaceId: Client.WorkspaceId, options?: ReadOptions) => Effect.Effect<View.View, ReadError>
  /** The view now, and again whenever it changes, in whichever tab. It never fails. See `Clients.watch`. */
  readonly watch: (workspaceId: Client.WorkspaceId, options?: WatchOptions) => Stream.Stream<View.View>
  /** One client as the app should show it, by Toggl's id or a local one. See `Clients.get`. */
  readonly get: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId,
    options?: Pick<ReadOptions, "freshness">
  ) => Effect.Effect<View.ClientView, ReadError>
  /** Creates a client: offline it gets a local id, and is sent later. See `Clients.create`. */
  readonly create: (
    workspaceId: Client.WorkspaceId,
    input: Client.CreateInput
  ) => Effect.Effect<Receipt<Client.Client>, MutationError>
  /** Changes a client's name, notes or both, now or later; what is left out stays. See `Clients.update`. */
  readonly update: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId,
    change: Client.UpdateInput
  ) => Effect.Effect<Receipt<Client.Client>, MutationError>
  /** Deletes a client, now or later; its projects stay. See `Clients.delete`. */
  readonly delete: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId
  ) => Effect.Effect<Receipt<void>, MutationError>
  /** Archives a client with its active projects, now or later. See `Clients.archive`. */
  readonly archive: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId
  ) => Effect.Effect<Receipt<ArchivedProjects>, MutationError>
  /** Restores an archived client, now or later, and those of its projects that `input` names. See `Clients.restore`. */
  readonly restore: (
    workspaceId: Client.WorkspaceId,
    id: Client.AnyClientId,
    input?: Client.RestoreInput
  ) => Effect.Effect<Receipt<Client.Client>, MutationError>
}

/**
 * The tag of the operations for apps that must work offline: `Clients.layerBrowser` and the other layers provide it.
 *
 * @since 0.1.0
 * @category services
 */
export class Clients extends Context.Tag("effect-toggl-clients/Clients")<Clients, ClientsService>() {}

/**
 * Settings of the operations over an outbox.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientsOptions {
  /**
   * How fresh a read must be unless it says otherwise: not older than 5 minutes unless given. A bare number is in
   * milliseconds.
   */
  readonly freshness?: View.Freshness | undefined
  /** The most UTF-8 bytes of a client's name that are accepted. 255 unless given. */
  readonly maxNameBytes?: number | undefined
}
