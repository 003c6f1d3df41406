/**
 * Toggl's clients for apps that must work offline: reads show what was written, and a change that cannot reach Toggl
 * waits in the outbox.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as operations from "./app/operations.js"
import {
  Clients,
  type ClientsOptions,
  type ReadOptions,
  type ClientsService,
  type WatchOptions
} from "./app/service.js"
import type * as Client from "./Client.js"
import type * as ClientError from "./ClientError.js"
import type { Outbox } from "./Outbox.js"
import type * as View from "./View.js"

export * from "./app/service.js"
export * from "./app/stack.js"

/**
 * The operations over an outbox. Fails with `InvalidConfiguration`, which says what to set.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make: (
  options?: ClientsOptions
) => Effect.Effect<ClientsService, ClientError.InvalidConfiguration, Outbox> = operations.make

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
 * other tabs. It never fails: of what is no workspace id, or with what is no filter, it shows nothing and ends, and a warning
 * in the log says why ({@link list} fails with that).
 *
 * It asks Toggl for nothing unless `freshness` says how old the copy may be: then it is refreshed when that is due and
 * something says that it may work, never by a timer, and `refresh` of the view tells what becomes of it.
 *
 * All who watch share what they are shown: it is frozen, and a client that shows the same as before is the same object.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 * import { Client, Clients } from "effect-toggl-clients"
 *
 * const shown = Clients.watch(Client.WorkspaceId.make(2230580), { freshness: "5 minutes" })
 * const program = Stream.runForEach(shown, ({ clients, refresh }) => Effect.log(`${clients.length}, ${refresh._tag}`))
 *
 * @since 0.1.0
 * @category operations
 */
export const watch = (
  workspaceId: Client.WorkspaceId,
  options?: WatchOptions
): Stream.Stream<View.View, never, Clients> =>
  Stream.unwrap(Effect.map(Clients, (clients) => clients.watch(workspaceId, options)))

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
   * Deletes a client; its projects stay. One that is gone already counts as deleted, also by its local id where it never
   * left the device. Fails as {@link create} does, but for the name.
   * `DELETE /workspaces/{workspace_id}/clients/{client_id}`
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
