// What the types forbid may still come from plain JavaScript, or by a cast: it is refused before anything is done. What each
// change is checked for is checked by hand, for a schema allocates as much as all the rest of the call.
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import * as Client from "../Client.js"
import { isTogglId } from "../plainClient.js"
import type { Asked } from "./base.js"
import { BadRequest, InvalidStatus } from "./refusals.js"

/** Whether it is an id of a client: Toggl's is above 0, and one that was given here below. */
export const isAnyClientId = (id: unknown): boolean => Number.isSafeInteger(id) && id !== 0
const isStatus = /*#__PURE__*/ Schema.is(Client.StatusFilter)
const isFilter = /*#__PURE__*/ Schema.is(
  /*#__PURE__*/ Schema.Struct({
    status: /*#__PURE__*/ Schema.optional(Schema.String),
    name: /*#__PURE__*/ Schema.optional(Schema.String)
  })
)

const isState = /*#__PURE__*/ Schema.is(Client.CreateInput)
const isRestoreInput = /*#__PURE__*/ Schema.is(Client.RestoreInput)

const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === "string"

/** Whether it is an `UpdateInput`. */
export const isChange = (value: unknown): boolean =>
  Predicate.isRecord(value) && isText(value.name) && isText(value.notes)

type Checked = Either.Either<void, BadRequest>

const unless = (isSound: boolean, refusal: () => BadRequest): Checked =>
  isSound ? Either.right(undefined) : Either.left(refusal())

export const checkedWorkspace = (operation: Client.Operation, workspaceId: Client.WorkspaceId): Checked =>
  unless(isTogglId(workspaceId), () => new BadRequest({ operation, text: "a workspace's id is a positive integer" }))

/** The workspace, and one of its clients by Toggl's id or a local one. */
export const checkedAnyClient = (
  operation: Client.Operation,
  workspaceId: Client.WorkspaceId,
  id: Client.AnyClientId
): Checked =>
  Either.flatMap(checkedWorkspace(operation, workspaceId), () =>
    unless(
      isAnyClientId(id),
      () => new BadRequest({ operation, workspaceId, text: "a client's id is an integer, Toggl's or a local one" })
    )
  )

/** The workspace, and clients of it by Toggl's ids. */
export const checkedClients = (
  operation: Client.Operation,
  workspaceId: Client.WorkspaceId,
  ids: ReadonlyArray<Client.ClientId>
): Checked =>
  Either.flatMap(checkedWorkspace(operation, workspaceId), () =>
    unless(
      Array.isArray(ids) && ids.every((id) => isTogglId(id)),
      () => new BadRequest({ operation, workspaceId, text: "a client's id is the positive integer that Toggl gave it" })
    )
  )

/** Whether Toggl knows the status, it says itself. */
export const checkedFilter = (
  operation: Client.Operation,
  workspaceId: Client.WorkspaceId,
  filter: Client.Filter
): Checked =>
  unless(
    isFilter(filter),
    () => new BadRequest({ operation, workspaceId, text: "a filter takes a status and a part of a name, as text" })
  )

/** The same where Toggl is not asked. */
export const checkedLocalFilter = (
  operation: Client.Operation,
  workspaceId: Client.WorkspaceId,
  filter: Client.Filter
): Either.Either<void, BadRequest | InvalidStatus> =>
  Either.flatMap(checkedFilter(operation, workspaceId, filter), () =>
    filter.status === undefined || isStatus(filter.status)
      ? Either.right(undefined)
      : Either.left(new InvalidStatus({ operation, workspaceId, status: filter.status }))
  )

export const checkedState = (asked: Asked, state: Client.CreateInput): Checked =>
  unless(isState(state), () => new BadRequest({ ...asked, text: "a client takes a name, and notes if any, as text" }))

export const checkedRestore = (asked: Asked, input: Client.RestoreInput): Checked =>
  unless(isRestoreInput(input), () => new BadRequest({ ...asked, text: "projects are a list of positive integers" }))
