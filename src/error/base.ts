// What the errors have in common: their mark, what they say of what was asked and answered, and words for their messages.
import type { YieldableError } from "effect/Cause"
import * as Schema from "effect/Schema"
import { AnyClientId, Operation, WorkspaceId } from "../Client.js"
import { optional } from "../effect/schema.js"

/**
 * Marks every error of this library, whichever copy of it has made the error: `isClientError` looks for it.
 *
 * @since 0.1.0
 * @category symbols
 */
export const TypeId: unique symbol = Symbol.for("effect-toggl-clients/ClientError")

/**
 * @since 0.1.0
 * @category symbols
 */
export type TypeId = typeof TypeId

/** What was asked: enough to find the call again, and nothing that was sent. */
export interface Asked {
  /** Which of the seven operations was to be done; missing where it was none of them. */
  readonly operation?: Operation
  /** The workspace that was asked about (`wid`), where the call names one. */
  readonly workspaceId?: WorkspaceId
  /** The client that was asked about, by Toggl's id or a local one; missing for lists and creates. */
  readonly clientId?: AnyClientId
}

/** What Toggl answered. */
export interface Answered extends Asked {
  /**
   * Toggl's own id of the request (`X-Toggl-Request-Id`), which its support asks for; missing where Toggl itself did
   * not answer.
   */
  readonly requestId?: string
  /** The id by which those who run the service in front of Toggl find the request (`CF-Ray`), where there is one. */
  readonly ray?: string
  /**
   * What the answer says, as plain text: at most 300 characters, with the credential removed. Missing where it says
   * nothing.
   */
  readonly text?: string
}

export const asked = {
  operation: optional(Operation),
  workspaceId: optional(WorkspaceId),
  clientId: optional(AnyClientId)
}

export const answered = {
  ...asked,
  requestId: optional(Schema.String),
  ray: optional(Schema.String),
  text: optional(Schema.String)
}

/** What an error's fields are among these: an editor tells nothing of what is known from a schema alone. */
type Told<Fields> = Fields extends typeof answered ? Answered : Fields extends typeof asked ? Asked : {}

/** A `Schema.TaggedErrorClass` whose fields an editor explains. */
export interface ErrorClass<Self, Tag extends string, Fields extends Schema.Struct.Fields> extends Schema.Class<
  Self,
  Fields,
  Schema.Struct.Encoded<Fields>,
  Schema.Struct.Context<Fields>,
  Schema.Struct.Constructor<Omit<Fields, "_tag">>,
  Told<Fields>,
  YieldableError
> {
  readonly _tag: Tag
}

// An error's class, with our mark. One that comes of a call marked as pure, and has nothing computed in its body, stays out of
// a bundle that does not use it: hence the fields as a function, and the TypeId on the prototype.
export function tagged<Self>(): <Tag extends string, Fields extends Schema.Struct.Fields>(
  tag: Tag,
  fields: () => Fields
) => ErrorClass<Self, Tag, { readonly _tag: Schema.tag<Tag> } & Fields>
export function tagged<Self>(): unknown {
  return (tag: string, fields: () => Schema.Struct.Fields) => {
    const made = Schema.TaggedError<Self>(`effect-toggl-clients/${tag}`)(tag, fields())
    // only for the types: Effect gives a text instead where `Self` is missing
    if (typeof made === "string") throw new TypeError(made)
    Object.defineProperty(made.prototype, TypeId, { value: TypeId })
    return made
  }
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
