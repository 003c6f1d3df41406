// What the errors have in common: their mark, what they say of what was asked and answered, and words for their messages.
import * as Schema from "effect/Schema"
import { AnyClientId, Operation, WorkspaceId } from "../Client.js"
import { optional } from "../effect/schema.js"

/**
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = Symbol.for("effect-toggl-clients/ClientError")

/**
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

// An error's class, with our mark. One that comes of a call marked as pure, and has nothing computed in its body, stays out of
// a bundle that does not use it: hence the fields as a function, and the TypeId on the prototype.
export const tagged =
  <Self>() =>
  <Tag extends string, Fields extends Schema.Struct.Fields>(
    tag: Tag,
    fields: () => Fields
  ): Schema.TaggedErrorClass<Self, Tag, { readonly _tag: Schema.tag<Tag> } & Fields> => {
    const made = Schema.TaggedError<Self>(`effect-toggl-clients/${tag}`)(tag, fields())
    // only for the types: Effect gives a text instead where `Self` is missing
    if (typeof made === "string") throw new TypeError(made)
    Object.defineProperty(made.prototype, TypeId, { value: TypeId })
    return made
  }

// What was asked: enough to find the call again, and nothing that was sent.
export const asked = {
  operation: optional(Operation),
  workspaceId: optional(WorkspaceId),
  clientId: optional(AnyClientId)
}

// What Toggl answered. `text` is plain, at most 300 characters, with the credential removed; `requestId` is the
// answer's X-Toggl-Request-Id, which Toggl's support asks for, and `ray` its CF-Ray, by which those who run the service
// in front of Toggl find it.
export const answered = {
  ...asked,
  requestId: optional(Schema.String),
  ray: optional(Schema.String),
  text: optional(Schema.String)
}

export interface Asked {
  readonly operation?: Operation
  readonly workspaceId?: WorkspaceId
  readonly clientId?: AnyClientId
}

export const subject = (asked: Asked): string => {
  const what = asked.clientId === undefined ? "the request" : `client ${asked.clientId}`
  return asked.workspaceId === undefined ? what : `${what} in workspace ${asked.workspaceId}`
}

interface Ids {
  readonly requestId?: string
  readonly ray?: string
}

/** What support finds the answer by. */
export const ids = ({ ray, requestId }: Ids): string => {
  const known = [
    ...(requestId === undefined ? [] : [`Toggl request ${requestId}`]),
    ...(ray === undefined ? [] : [`ray ${ray}`])
  ]
  return known.length === 0 ? "" : ` (${known.join(", ")})`
}

export const quoted = (answer: Ids & { readonly text?: string }): string =>
  (answer.text === undefined || answer.text === "" ? "" : ` Toggl says: "${answer.text}".`) + ids(answer)

const longest = 3_600_000
const longestOfPage = 600_000

/** Whether Toggl itself has answered this, and no proxy in its place: only Toggl's answers carry its request id. */
export const isTogglsOwn = (answer: object): boolean => "requestId" in answer && answer.requestId !== undefined

/** How long such a time is believed, in milliseconds: what is absurd is no time. */
export const believed = (answer: object, millis: number): number =>
  Math.min(millis, isTogglsOwn(answer) ? longest : longestOfPage)

// An earlier version may have stored an error with any time.
export const wait = (millis: number | undefined): string =>
  millis === undefined ? "later" : `in ${Math.ceil(Math.min(millis, longest) / 1000)} seconds`
