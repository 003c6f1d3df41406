// A mutation as a request, in Toggl's terms.
import type { AnyClientId, ClientId, Operation, WorkspaceId } from "../Client.js"
import * as Mutation from "../Mutation.js"

export type Request =
  | { readonly _tag: "Create"; readonly name: string; readonly notes: string }
  | { readonly _tag: "Update"; readonly clientId: ClientId; readonly name: string; readonly notes: string }
  | { readonly _tag: "Delete" | "Archive"; readonly clientId: ClientId }
  | { readonly _tag: "Restore"; readonly clientId: ClientId; readonly input: Mutation.Restore["input"] }

/** Why no request can be made of a mutation. */
export type Lacking =
  /** An update needs the client's state, and none is known. */
  | { readonly _tag: "NeedsBase"; readonly clientId: ClientId }
  /** The local id will never resolve: its create is gone. */
  | { readonly _tag: "Unresolvable" }

/** The request for a mutation of this client; an update carries on from `base` what it leaves as it is. */
export const requestOf = (
  mutation: Mutation.Mutation,
  clientId: ClientId | undefined,
  base: { readonly name: string; readonly notes: string } | undefined
): Request | Lacking => {
  if (mutation._tag === "Create") return { _tag: "Create", name: mutation.name, notes: mutation.notes }
  if (clientId === undefined) return { _tag: "Unresolvable" }
  switch (mutation._tag) {
    case "Update": {
      if (base === undefined) return { _tag: "NeedsBase", clientId }
      const { name = base.name, notes = base.notes } = mutation.change
      return { _tag: "Update", clientId, name, notes }
    }
    case "Restore":
      return { _tag: "Restore", clientId, input: mutation.input }
    default:
      return { _tag: mutation._tag, clientId }
  }
}

/** What was asked, as errors tell it. */
export const asked = (
  mutation: Mutation.Mutation
): { readonly operation: Operation; readonly workspaceId: WorkspaceId; readonly clientId: AnyClientId } => ({
  operation: Mutation.operation(mutation),
  workspaceId: mutation.workspaceId,
  clientId: Mutation.clientId(mutation)
})

/** Whether it may be sent again without a look-up: done twice, it is as if it were done once. */
export const isRepeatable = ({ _tag }: Mutation.Mutation): boolean => _tag === "Restore" || _tag === "Delete"
