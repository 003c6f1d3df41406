/**
 * Changes made in Toggl by others, past the app under test: under the rules of the service, past its limits.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type { FakeTogglOptions } from "./TogglOptions.js"
import { colleague } from "./TogglOptions.js"
import * as TogglProjects from "./TogglProjects.js"
import * as TogglState from "./TogglState.js"

/**
 * When a change was made: in seconds since 1970, or as a date; whole seconds are kept. Now, unless given.
 *
 * @since 0.1.0
 * @category models
 */
export type At = number | Date

/**
 * What a colleague can do. Each fails with `Refused` exactly where the service would refuse it: a taken name, an id
 * that does not exist, a plan without archiving, a workspace that does not exist.
 *
 * @since 0.1.0
 * @category models
 */
export interface ColleagueEdits {
  /** Makes a client, also as another user or at another time: an own client of long ago, for one. */
  readonly createClient: (
    workspaceId: number,
    input: TogglState.NewClient & {
      /** The id of the user who made it: the colleague's unless given. */
      readonly createdBy?: number
      /** When it was made. Now, unless given. */
      readonly at?: At
    }
  ) => Effect.Effect<TogglState.StoredClient, TogglState.Refused>
  /** Changes only the fields that are given. */
  readonly updateClient: (
    workspaceId: number,
    clientId: number,
    change: {
      /** What the client is to be called. It stays unless given. */
      readonly name?: string
      /** The notes that it is to have. They stay unless given. */
      readonly notes?: string
      /** When it was changed. Now, unless given. */
      readonly at?: At
    }
  ) => Effect.Effect<TogglState.StoredClient, TogglState.Refused>
  /** Deletes a client; its projects stay, without one. */
  readonly deleteClient: (workspaceId: number, clientId: number) => Effect.Effect<void, TogglState.Refused>
  /** Gives the ids of the projects archived with it. */
  readonly archiveClient: (
    workspaceId: number,
    clientId: number
  ) => Effect.Effect<ReadonlyArray<number>, TogglState.Refused>
  /** Brings a client back, and those of its projects that are asked for: none unless given. */
  readonly restoreClient: (
    workspaceId: number,
    clientId: number,
    input?: TogglState.RestoreProjects
  ) => Effect.Effect<TogglState.StoredClient, TogglState.Refused>
  /** Adds a project, active unless said otherwise. */
  readonly addProject: (
    workspaceId: number,
    input: TogglProjects.NewProject
  ) => Effect.Effect<TogglState.Project, TogglState.Refused>
  /** Changes what is given of a project: its name, whether it is active, or whose it is. */
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
export type ChangeState = <A>(
  f: (state: TogglState.StoredState) => TogglState.Transition<A>
) => Effect.Effect<A, TogglState.Refused>

const secondsOf = (at: At): number => Math.floor(typeof at === "number" ? at : at.getTime() / 1000)

/**
 * The edits, over a way to change the state and the switches as they are then.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (change: ChangeState, options: () => FakeTogglOptions): ColleagueEdits => {
  const edit = <A>(
    workspaceId: number,
    userId: number,
    at: At | undefined,
    f: (state: TogglState.StoredState, scene: TogglState.Scene) => TogglState.Transition<A>
  ): Effect.Effect<A, TogglState.Refused> =>
    Effect.flatMap(Clock.currentTimeMillis, (now) =>
      change((state) => {
        const current = options()
        const workspace = current.workspaces.find((each) => each.id === workspaceId)
        if (workspace === undefined) return Either.left(new TogglState.Refused({ status: 403, text: null }))
        return f(state, { options: current, workspace, userId, at: secondsOf(at ?? (now + current.clockSkew) / 1000) })
      })
    )
  return {
    createClient: (workspaceId, { at, createdBy, ...input }) =>
      edit(workspaceId, createdBy ?? colleague.id, at, (state, scene) => TogglState.createClient(state, scene, input)),
    updateClient: (workspaceId, clientId, { at, ...fields }) =>
      edit(workspaceId, colleague.id, at, (state, scene) =>
        Either.flatMap(TogglState.getClient(state, scene, clientId), ({ name, notes }) =>
          TogglState.updateClient(state, scene, clientId, { name, notes, ...fields })
        )
      ),
    deleteClient: (workspaceId, clientId) =>
      Effect.asVoid(
        edit(workspaceId, colleague.id, undefined, (state, scene) => TogglState.deleteClient(state, scene, clientId))
      ),
    archiveClient: (workspaceId, clientId) =>
      edit(workspaceId, colleague.id, undefined, (state, scene) => TogglState.archiveClient(state, scene, clientId)),
    restoreClient: (workspaceId, clientId, input = {}) =>
      edit(workspaceId, colleague.id, undefined, (state, scene) =>
        TogglState.restoreClient(state, scene, clientId, input)
      ),
    addProject: (workspaceId, input) =>
      edit(workspaceId, colleague.id, undefined, (state, scene) => TogglProjects.addProject(state, scene, input)),
    updateProject: (workspaceId, projectId, fields) =>
      edit(workspaceId, colleague.id, undefined, (state, scene) =>
        TogglProjects.updateProject(state, scene, projectId, fields)
      )
  }
}
