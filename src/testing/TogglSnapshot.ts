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
  /** What the client is called. */
  readonly name: string
  /** The notes on it; empty where there are none. */
  readonly notes: string
  /** Whether it is among the archived clients. */
  readonly archived: boolean
  /** The id of the user who made it. */
  readonly creatorId: number
  /** What it has of projects, archived ones too, in an order of the snapshot's own. */
  readonly projects: ReadonlyArray<ProjectSnapshot>
}

/**
 * A project in a snapshot: known by its fields, not by its id.
 *
 * @since 0.1.0
 * @category models
 */
export interface ProjectSnapshot {
  /** What the project is called. */
  readonly name: string
  /** Whether work goes on in it; `false` is archived. */
  readonly active: boolean
}

/**
 * A workspace in a snapshot: two that hold the same are deeply equal.
 *
 * @since 0.1.0
 * @category models
 */
export interface Snapshot {
  /** All of its clients, archived ones too, in an order of the snapshot's own. */
  readonly clients: ReadonlyArray<ClientSnapshot>
  /** Those of its projects that have no client. */
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
