/**
 * What a workspace holds in the end, apart from what two ways to the same end may differ in: ids, times and order.
 *
 * @since 0.1.0
 */
import type { StoredClient, Project, StoredState } from "./TogglState.js"

/**
 * A client in a snapshot: known by its fields and its projects, not by its id.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientSnapshot {
  readonly name: string
  readonly notes: string
  readonly archived: boolean
  readonly creatorId: number
  readonly projects: ReadonlyArray<ProjectSnapshot>
}

/**
 * A project in a snapshot.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProjectSnapshot {
  readonly name: string
  readonly active: boolean
}

/**
 * A workspace in a snapshot; `projects` are those without a client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Snapshot {
  readonly clients: ReadonlyArray<ClientSnapshot>
  readonly projects: ReadonlyArray<ProjectSnapshot>
}

const sorted = <A>(items: ReadonlyArray<A>): ReadonlyArray<A> =>
  items
    .map((item) => [JSON.stringify(item), item] as const)
    .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([, item]) => item)

const projectsOf = (projects: ReadonlyArray<Project>, clientId: number | null) =>
  sorted(
    projects
      .filter((project) => project.clientId === clientId)
      .map(({ active, name }): ProjectSnapshot => ({ name, active }))
  )

/**
 * The snapshot of a workspace: two are deeply equal exactly if the workspaces hold the same.
 *
 * @since 0.1.0
 * @category getters
 */
export const take = (state: StoredState, workspaceId: number): Snapshot => {
  const here = (thing: StoredClient | Project) => thing.workspaceId === workspaceId
  const projects = state.projects.filter(here)
  return {
    clients: sorted(
      state.clients.filter(here).map((client): ClientSnapshot => ({
        name: client.name,
        notes: client.notes,
        archived: client.archived,
        creatorId: client.creatorId,
        projects: projectsOf(projects, client.id)
      }))
    ),
    projects: projectsOf(projects, null)
  }
}
