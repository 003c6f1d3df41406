/**
 * Changes made in Toggl by others, past the app under test: under the rules of the service, past its limits.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { Options } from "./TogglOptions.js"
import { colleague } from "./TogglOptions.js"
import * as TogglProjects from "./TogglProjects.js"
import * as TogglState from "./TogglState.js"

/**
 * What a colleague can do. Each fails with `Refused` exactly where the service would refuse it: a taken name, an id
 * that does not exist, a plan without archiving, a workspace that does not exist.
 *
 * @since 0.1.0
 * @category models
 */
export interface Edit {
  /** Makes a client; `createdBy` is a user's id, the colleague's unless given. */
  readonly createClient: (
    workspaceId: number,
    input: TogglState.NewClient & { readonly createdBy?: number }
  ) => Effect.Effect<TogglState.Client, TogglState.Refused>
  /** Changes only the fields that are given. */
  readonly updateClient: (
    workspaceId: number,
    clientId: number,
    change: { readonly name?: string; readonly notes?: string }
  ) => Effect.Effect<TogglState.Client, TogglState.Refused>
  readonly deleteClient: (workspaceId: number, clientId: number) => Effect.Effect<void, TogglState.Refused>
  /** Gives the ids of the projects archived with it. */
  readonly archiveClient: (
    workspaceId: number,
    clientId: number
  ) => Effect.Effect<ReadonlyArray<number>, TogglState.Refused>
  readonly restoreClient: (
    workspaceId: number,
    clientId: number,
    input?: TogglState.RestoreInput
  ) => Effect.Effect<TogglState.Client, TogglState.Refused>
  /** Adds a project, active unless said otherwise. */
  readonly addProject: (
    workspaceId: number,
    input: TogglProjects.NewProject
  ) => Effect.Effect<TogglState.Project, TogglState.Refused>
  readonly updateProject: (
    workspaceId: number,
    projectId: number,
    change: Partial<TogglProjects.NewProject>
  ) => Effect.Effect<TogglState.Project, TogglState.Refused>
}

/**
 * A way to change the state in one step.
 *
 * @since 0.1.0
 * @category models
 */
export type Change = <A>(
  f: (state: TogglState.State) => TogglState.Transition<A>
) => Effect.Effect<A, TogglState.Refused>

/**
 * The edits, over a way to change the state and the switches as they are then.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (change: Change, options: () => Options): Edit => {
  const edit = <A>(
    workspaceId: number,
    userId: number,
    f: (state: TogglState.State, scene: TogglState.Scene) => TogglState.Transition<A>
  ): Effect.Effect<A, TogglState.Refused> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      change((state) => {
        const current = options()
        const workspace = current.workspaces.find((each) => each.id === workspaceId)
        if (workspace === undefined) return Either.left(new TogglState.Refused({ status: 403, text: null }))
        const at = Math.floor((now + current.clockSkew) / 1000)
        return f(state, { options: current, workspace, userId, at })
      })
    )
  return {
    createClient: (workspaceId, { createdBy, ...input }) =>
      edit(workspaceId, createdBy ?? colleague.id, (state, scene) => TogglState.createClient(state, scene, input)),
    updateClient: (workspaceId, clientId, fields) =>
      edit(workspaceId, colleague.id, (state, scene) =>
        Either.flatMap(TogglState.getClient(state, scene, clientId), ({ name, notes }) =>
          TogglState.updateClient(state, scene, clientId, { name, notes, ...fields })
        )
      ),
    deleteClient: (workspaceId, clientId) =>
      Effect.asVoid(edit(workspaceId, colleague.id, (state, scene) => TogglState.deleteClient(state, scene, clientId))),
    archiveClient: (workspaceId, clientId) =>
      edit(workspaceId, colleague.id, (state, scene) => TogglState.archiveClient(state, scene, clientId)),
    restoreClient: (workspaceId, clientId, input = {}) =>
      edit(workspaceId, colleague.id, (state, scene) => TogglState.restoreClient(state, scene, clientId, input)),
    addProject: (workspaceId, input) =>
      edit(workspaceId, colleague.id, (state, scene) => TogglProjects.addProject(state, scene, input)),
    updateProject: (workspaceId, projectId, fields) =>
      edit(workspaceId, colleague.id, (state, scene) => TogglProjects.updateProject(state, scene, projectId, fields))
  }
}
