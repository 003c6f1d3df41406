/**
 * What others do to projects: enough to set the scene for what archiving and restoring a client does to them.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as TogglState from "./TogglState.js"

/**
 * What a project is made of: without a client and active unless said otherwise.
 *
 * @since 0.1.0
 * @category models
 */
export interface NewProject {
  /** What the project is called. */
  readonly name: string
  /** The client whose it is; null, or left out: nobody's. */
  readonly clientId?: number | null | undefined
  /** Whether work goes on in it; `false` is archived. It does, unless said otherwise. */
  readonly active?: boolean | undefined
}

/**
 * Adds a project, active unless said otherwise.
 *
 * @since 0.1.0
 * @category transitions
 */
export const addProject = (
  state: TogglState.StoredState,
  scene: TogglState.Scene,
  input: NewProject
): TogglState.Transition<TogglState.Project> =>
  Either.gen(function* () {
    const clientId = input.clientId ?? null
    if (clientId !== null) yield* TogglState.getClient(state, scene, clientId)
    const project: TogglState.Project = {
      id: state.nextProjectId,
      workspaceId: scene.workspace.id,
      clientId,
      name: input.name,
      active: input.active ?? true
    }
    return {
      state: { ...state, projects: [...state.projects, project], nextProjectId: project.id + 1 },
      value: project
    }
  })

/**
 * Changes a project: its name, whether it is active, or its client.
 *
 * @since 0.1.0
 * @category transitions
 */
export const updateProject = (
  state: TogglState.StoredState,
  scene: TogglState.Scene,
  id: number,
  change: Partial<NewProject>
): TogglState.Transition<TogglState.Project> =>
  Either.gen(function* () {
    const old = state.projects.find((project) => project.id === id && project.workspaceId === scene.workspace.id)
    if (old === undefined)
      return yield* Either.left(new TogglState.Refused({ status: 404, text: `No project with ID ${id} was found` }))
    if (change.clientId !== undefined && change.clientId !== null)
      yield* TogglState.getClient(state, scene, change.clientId)
    const { active = old.active, clientId = old.clientId, name = old.name } = change
    const project = { ...old, active, clientId, name }
    return {
      state: { ...state, projects: state.projects.map((other) => (other.id === id ? project : other)) },
      value: project
    }
  })
