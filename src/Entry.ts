/**
 * An entry of the outbox, as an app names it, and how it ended.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"
import { Client, ClientId, ProjectId } from "./Client.js"
import { Refusal } from "./ClientError.js"
import { optional } from "./effect/schema.js"

export * from "./entryId.js"

/**
 * How an entry ended: Toggl's answer (the client, or the archived projects' ids where they are known), a refusal that
 * the caller heard, discarded by the user, or moved by the user into a file, to be sent from another device.
 *
 * @since 0.1.0
 * @category models
 */
export const Ending = Schema.Union(
  Schema.TaggedStruct("Done", {
    clientId: optional(ClientId),
    client: optional(Client),
    projects: optional(Schema.Array(ProjectId))
  }),
  Schema.TaggedStruct("Refused", { error: Refusal }),
  Schema.TaggedStruct("Discarded", {
    mayHaveBeenApplied: Schema.optionalWith(Schema.Boolean, { default: () => false, exact: true })
  }),
  Schema.TaggedStruct("Moved", { mayHaveBeenApplied: Schema.Boolean })
)

/**
 * @since 0.1.0
 * @category models
 */
export type Ending =
  | {
      readonly _tag: "Done"
      /** Toggl's id of the client that it was about; missing where it was never given one. */
      readonly clientId?: ClientId
      /** The client as Toggl answered it; missing for a delete, and for an archive. */
      readonly client?: Client
      /** The ids of the projects that were archived with the client, where they are known. */
      readonly projects?: ReadonlyArray<ProjectId>
    }
  | {
      readonly _tag: "Refused"
      /** Why it was refused, as its caller heard it. */
      readonly error: Refusal
    }
  | {
      readonly _tag: "Discarded"
      /** An attempt at it had got no answer by then, and Toggl may have done it all the same. */
      readonly mayHaveBeenApplied: boolean
    }
  | {
      readonly _tag: "Moved"
      /** An attempt at it had got no answer by then, and Toggl may have done it all the same. */
      readonly mayHaveBeenApplied: boolean
    }
