/**
 * The five commands that change clients: what each asks for, which client it names, and what it does to names.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import type { AnyClientId, Operation } from "./Client.js"
import { AnyClientId as AnyClientIdSchema, isLocalClientId, LocalClientId, ProjectId, WorkspaceId } from "./Client.js"
import { optional } from "./effect/schema.js"

/** What is changed, wherever it is there already. */
interface Named {
  /** The workspace that the client belongs to. */
  readonly workspaceId: WorkspaceId
  /** The client that is changed: Toggl's id, or a local one. */
  readonly clientId: AnyClientId
}

const named = { workspaceId: WorkspaceId, clientId: AnyClientIdSchema }

/**
 * Creates a client.
 *
 * @since 0.1.0
 * @category models
 */
export const Create = Schema.TaggedStruct("Create", {
  workspaceId: WorkspaceId,
  localId: LocalClientId,
  name: Schema.String,
  notes: Schema.String
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Create {
  readonly _tag: "Create"
  /** The workspace that the client is created in. */
  readonly workspaceId: WorkspaceId
  /** Names it on this device until Toggl has given it an id. */
  readonly localId: LocalClientId
  /** What it is called, trimmed. */
  readonly name: string
  /** The notes on it, as plain text; empty where there are none. */
  readonly notes: string
}

/**
 * What an update changes: what is left out stays as it is.
 *
 * @since 0.1.0
 * @category models
 */
export const Change = Schema.Struct({ name: optional(Schema.String), notes: optional(Schema.String) })

/**
 * @since 0.1.0
 * @category models
 */
export interface Change {
  /** What the client is to be called, trimmed. */
  readonly name?: string
  /** The notes that it is to have; empty to clear them. */
  readonly notes?: string
}

/**
 * Changes a client's name, notes or both; what `change` leaves out stays.
 *
 * @since 0.1.0
 * @category models
 */
export const Update = Schema.TaggedStruct("Update", { ...named, change: Change })

/**
 * @since 0.1.0
 * @category models
 */
export interface Update extends Named {
  readonly _tag: "Update"
  /** What becomes of the client: its new name, its new notes, or both. */
  readonly change: Change
}

/**
 * Deletes a client.
 *
 * @since 0.1.0
 * @category models
 */
export const Delete = Schema.TaggedStruct("Delete", named)

/**
 * @since 0.1.0
 * @category models
 */
export interface Delete extends Named {
  readonly _tag: "Delete"
}

/**
 * Archives a client, and with it its active projects.
 *
 * @since 0.1.0
 * @category models
 */
export const Archive = Schema.TaggedStruct("Archive", named)

/**
 * @since 0.1.0
 * @category models
 */
export interface Archive extends Named {
  readonly _tag: "Archive"
}

/**
 * Restores an archived client, and of its projects those that `input` asks for.
 *
 * @since 0.1.0
 * @category models
 */
export const Restore = Schema.TaggedStruct("Restore", {
  ...named,
  input: Schema.Struct({ projects: optional(Schema.Array(ProjectId)), restoreAllProjects: optional(Schema.Boolean) })
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Restore extends Named {
  readonly _tag: "Restore"
  /** Which of the client's archived projects come back with it: none where it is empty. */
  readonly input: {
    /** Those that come back, by their ids (`projects`). */
    readonly projects?: ReadonlyArray<ProjectId>
    /** Whether all of them come back (`restore_all_projects`). */
    readonly restoreAllProjects?: boolean
  }
}

/**
 * A change of one client of one workspace, as it was asked for.
 *
 * @since 0.1.0
 * @category models
 */
export const Mutation = Schema.Union(Create, Update, Delete, Archive, Restore)

/**
 * @since 0.1.0
 * @category models
 */
export type Mutation = Create | Update | Delete | Archive | Restore

/**
 * The client that the mutation names; for a create, the local id that it gives.
 *
 * @since 0.1.0
 * @category getters
 */
export const clientId = (mutation: Mutation): AnyClientId =>
  mutation._tag === "Create" ? mutation.localId : mutation.clientId

/**
 * The operation that sends the mutation.
 *
 * @since 0.1.0
 * @category getters
 */
export const operation = (mutation: Mutation): Operation => {
  switch (mutation._tag) {
    case "Create":
      return "create"
    case "Update":
      return "update"
    case "Delete":
      return "delete"
    case "Archive":
      return "archive"
    case "Restore":
      return "restore"
  }
}

/**
 * The name and the notes that the mutation asks for, as far as it does.
 *
 * @since 0.1.0
 * @category getters
 */
export const asked = (mutation: Mutation): Change => {
  if (mutation._tag === "Create") return { name: mutation.name, notes: mutation.notes }
  return mutation._tag === "Update" ? mutation.change : {}
}

/**
 * One line for people: what the mutation does, with the client's name before it, where that is known.
 *
 * @example
 * import { Client, Mutation } from "effect-toggl-clients"
 *
 * const named = { workspaceId: Client.WorkspaceId.make(1), clientId: Client.ClientId.make(2) }
 * const renamed = Mutation.Update.make({ ...named, change: { name: "Acme Ltd" } })
 *
 * Mutation.describe(renamed, "Acme") // "rename Acme to Acme Ltd"
 * Mutation.describe(renamed) // "rename client 2 to Acme Ltd"
 *
 * @since 0.1.0
 * @category formatting
 */
export const describe = (mutation: Mutation, nameBefore?: string): string => {
  const id = clientId(mutation)
  const client = nameBefore ?? (isLocalClientId(id) ? "a client" : `client ${id}`)
  switch (mutation._tag) {
    case "Create":
      return `create ${mutation.name}`
    case "Update": {
      const { name, notes } = mutation.change
      if (name === undefined || name === nameBefore) return `change the notes of ${client}`
      return `rename ${client} to ${name}${notes === undefined ? "" : " and change its notes"}`
    }
    case "Delete":
      return `delete ${client}`
    case "Archive":
      return `archive ${client}`
    case "Restore":
      return `restore ${client}`
  }
}

/**
 * What a mutation changes in a client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Editable {
  /** What the client is called. */
  readonly name: string
  /** The notes on it, as plain text; empty where there are none. */
  readonly notes: string
  /** Whether it is among the archived clients. */
  readonly archived: boolean
}

/**
 * The client's state after the mutation: `undefined` where there is no such client then. A mutation of a client that
 * is not there changes nothing.
 *
 * @since 0.1.0
 * @category effects
 */
export const apply = <A extends Editable>(
  client: A | undefined,
  mutation: Exclude<Mutation, Create>
): A | undefined => {
  if (client === undefined) return undefined
  switch (mutation._tag) {
    case "Update":
      return { ...client, ...mutation.change }
    case "Delete":
      return undefined
    case "Archive":
      return { ...client, archived: true }
    case "Restore":
      return { ...client, archived: false }
  }
}

/**
 * Both as one: a create or an update, and a later update of the same client, each in the same workspace. `undefined`
 * where they stay two: archiving, restoring and deleting have effects of their own.
 *
 * @example
 * import { Client, Mutation } from "effect-toggl-clients"
 *
 * const named = { workspaceId: Client.WorkspaceId.make(1), clientId: Client.ClientId.make(2) }
 * const renamed = Mutation.Update.make({ ...named, change: { name: "Acme" } })
 * const noted = Mutation.Update.make({ ...named, change: { notes: "net 30" } })
 *
 * Mutation.join(renamed, noted) // changes both
 *
 * @since 0.1.0
 * @category effects
 */
export const join = (earlier: Mutation, later: Mutation): Create | Update | undefined => {
  if (later._tag !== "Update" || later.workspaceId !== earlier.workspaceId) return undefined
  switch (earlier._tag) {
    case "Create":
      return { ...earlier, ...later.change }
    case "Update":
      return { ...earlier, change: { ...earlier.change, ...later.change } }
    default:
      return undefined
  }
}

/**
 * The name that the mutation takes, given the client's name before it: Toggl may refuse it while another client has
 * that name. Restoring counts, for archived names may not.
 *
 * @since 0.1.0
 * @category names
 */
export const takes = (mutation: Mutation, nameBefore: string | undefined): string | undefined => {
  switch (mutation._tag) {
    case "Create":
      return mutation.name
    case "Update":
      return mutation.change.name === nameBefore ? undefined : mutation.change.name
    case "Restore":
      return nameBefore
    default:
      return undefined
  }
}

/**
 * The name that the mutation frees, given the client's name before it. Archiving counts, for archived names may not.
 *
 * @since 0.1.0
 * @category names
 */
export const frees = (mutation: Mutation, nameBefore: string | undefined): string | undefined => {
  switch (mutation._tag) {
    case "Update":
      return mutation.change.name === undefined || mutation.change.name === nameBefore ? undefined : nameBefore
    case "Delete":
    case "Archive":
      return nameBefore
    default:
      return undefined
  }
}
