// Numbers and texts as the library's ids. Whether they can be right, each operation checks.
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import { type AnyClientId, ClientId, LocalClientId, ProjectId, WorkspaceId } from "../Client.js"
import { BadRequest } from "../ClientError.js"
import { EntryId } from "../Entry.js"
import { isTogglId } from "../plainClient.js"
import type { RestoreInput } from "./options.js"

export const workspaceIdOf = (id: number): WorkspaceId => WorkspaceId.make(id, true)

export const anyId = (id: number): AnyClientId => (id < 0 ? LocalClientId.make(id, true) : ClientId.make(id, true))

const bad = (text: string) => Either.left(new BadRequest({ text }))

export const checkedWorkspaceId = (id: number): Either.Either<WorkspaceId, BadRequest> =>
  isTogglId(id) ? Either.right(workspaceIdOf(id)) : bad("a workspace's id is a positive integer")

export const checkedClientId = (id: number): Either.Either<ClientId, BadRequest> =>
  isTogglId(id)
    ? Either.right(ClientId.make(id, true))
    : bad("a client's id is the positive integer that Toggl gave it")

export const checkedEntryId = (id: unknown): Either.Either<EntryId, BadRequest> =>
  typeof id === "string" ? Either.right(EntryId.make(id, true)) : bad("an entry's id is a text")

const isList = (value: unknown): value is ReadonlyArray<number> => Array.isArray(value)

/** Which projects come back: that each is an id, the operation checks. */
export const checkedRestoring = (
  input: RestoreInput
): Either.Either<
  { readonly projects?: ReadonlyArray<ProjectId>; readonly restoreAllProjects?: boolean },
  BadRequest
> => {
  const wanted: unknown = input
  if (!Predicate.isRecord(wanted)) return bad("a restore takes projects, restoreAllProjects or nothing")
  const { projects, restoreAllProjects } = input
  if (projects !== undefined && !isList(projects)) return bad("projects are a list of positive integers")
  return Either.right({
    ...(projects === undefined ? {} : { projects: projects.map((id) => ProjectId.make(id, true)) }),
    ...(restoreAllProjects === undefined ? {} : { restoreAllProjects })
  })
}

export const checkedEntry = (
  entry: string | { readonly seq: number }
): Either.Either<EntryId | { readonly seq: number }, BadRequest> =>
  typeof entry === "object" && Number.isSafeInteger(entry.seq) ? Either.right(entry) : checkedEntryId(entry)
