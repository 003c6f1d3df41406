/**
 * A Toggl Track client, its ids, its name, and what the operations take: the domain, with no effects.
 *
 * Domain names are camelCase; each key's docstring gives Toggl's wire key. What Toggl sends is read tolerantly: empty
 * keys may be absent or null, unknown keys are dropped, and the rules for names bind only what we send.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Schema from "effect/Schema"
import { epochMillis, orElse, orUnread, texts } from "./effect/schema.js"

const positiveInt = Schema.Int.pipe(Schema.positive())

/**
 * The id of a Toggl workspace: a positive integer (`wid` on the wire).
 *
 * @example
 * import { Client } from "effect-toggl-clients"
 *
 * const workspaceId = Client.WorkspaceId.make(2230580)
 *
 * @since 0.1.0
 * @category ids
 */
export const WorkspaceId = positiveInt.pipe(Schema.brand("effect-toggl-clients/WorkspaceId"))

/**
 * @since 0.1.0
 * @category ids
 */
export type WorkspaceId = typeof WorkspaceId.Type

/**
 * The id that Toggl gave a client: a positive integer (`id` on the wire).
 *
 * @since 0.1.0
 * @category ids
 */
export const ClientId = positiveInt.pipe(Schema.brand("effect-toggl-clients/ClientId"))

/**
 * @since 0.1.0
 * @category ids
 */
export type ClientId = typeof ClientId.Type

/**
 * The id of a Toggl project: a positive integer.
 *
 * @since 0.1.0
 * @category ids
 */
export const ProjectId = positiveInt.pipe(Schema.brand("effect-toggl-clients/ProjectId"))

/**
 * @since 0.1.0
 * @category ids
 */
export type ProjectId = typeof ProjectId.Type

/**
 * The id of a client that was created on this device: a negative integer, random in 52 bits. It stays valid as long as
 * the store, and resolves to Toggl's id once the create has been replayed.
 *
 * @since 0.1.0
 * @category ids
 */
export const LocalClientId = Schema.Int.pipe(Schema.negative(), Schema.brand("effect-toggl-clients/LocalClientId"))

/**
 * @since 0.1.0
 * @category ids
 */
export type LocalClientId = typeof LocalClientId.Type

/**
 * Toggl's id of a client, or a local one: what `Clients` takes wherever a client is named.
 *
 * @since 0.1.0
 * @category ids
 */
export const AnyClientId = Schema.Union(ClientId, LocalClientId)

/**
 * @since 0.1.0
 * @category ids
 */
export type AnyClientId = typeof AnyClientId.Type

/**
 * Whether the id is one that this device gave.
 *
 * @since 0.1.0
 * @category ids
 */
export const isLocalClientId = (id: AnyClientId): id is LocalClientId => id < 0

/**
 * A client as Toggl describes it. The schema's encoded side is Toggl's wire form. Only `id`, `wid`, `name`, `archived`
 * and `notes` have to be what they should: any other key that cannot be read counts as absent.
 *
 * - `id`
 * - `workspaceId` (`wid`)
 * - `name`: taken as it is read
 * - `archived`
 * - `notes`: empty where Toggl leaves the key out
 * - `at`: the last change, in milliseconds since 1970. Toggl tells whole seconds: two writes in one second carry the same
 * - `creatorId` (`creator_id`): the Toggl user who created it
 * - `permissions`: a list, whether Toggl sends a string, a list or nothing
 * - `integrationExtId` (`integration_ext_id`), `integrationExtType` (`integration_ext_type`), `integrationProvider`
 *   (`integration_provider`), `externalReference` (`external_reference`)
 * - `totalCount` (`total_count`): in lists only
 *
 * @since 0.1.0
 * @category models
 */
export const Client = Schema.Struct({
  id: ClientId,
  workspaceId: Schema.propertySignature(WorkspaceId).pipe(Schema.fromKey("wid")),
  name: Schema.String,
  archived: orElse(Schema.Boolean, () => false),
  notes: orElse(Schema.String, () => ""),
  at: orUnread(epochMillis),
  creatorId: orUnread(Schema.Int).pipe(Schema.fromKey("creator_id")),
  permissions: orElse(texts.annotations({ decodingFallback: () => Either.right([]) }), () => []),
  integrationExtId: orUnread(Schema.String).pipe(Schema.fromKey("integration_ext_id")),
  integrationExtType: orUnread(Schema.String).pipe(Schema.fromKey("integration_ext_type")),
  integrationProvider: orUnread(Schema.String).pipe(Schema.fromKey("integration_provider")),
  externalReference: orUnread(Schema.String).pipe(Schema.fromKey("external_reference")),
  totalCount: orUnread(Schema.Int).pipe(Schema.fromKey("total_count"))
})

/**
 * @since 0.1.0
 * @category models
 */
export interface Client extends Schema.Schema.Type<typeof Client> {}

/**
 * A client's wire form: what Toggl sends, and what is kept at rest.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientEncoded extends Schema.Schema.Encoded<typeof Client> {}

/**
 * The most UTF-8 bytes that Toggl takes in a client's name, unless the server states another limit.
 *
 * @since 0.1.0
 * @category names
 */
export const maxNameBytes = 255

/**
 * Why a name cannot be sent. `bytes` and `limit` count UTF-8 bytes.
 *
 * @since 0.1.0
 * @category names
 */
export type NameProblem =
  | { readonly reason: "Empty" }
  | { readonly reason: "IllFormed" }
  | { readonly reason: "TooLong"; readonly bytes: number; readonly limit: number }

const utf8 = new TextEncoder()

/**
 * Whether a text can be sent as it is. It cannot where it holds half a character, as `slice` may leave of an emoji: what
 * arrived would be another text.
 *
 * @since 0.1.0
 * @category names
 */
export const isWellFormed = (text: string): boolean => !/\p{Cs}/u.test(text)

/**
 * The name as it will be sent, trimmed; or why it cannot be: it is empty, holds half a character ({@link isWellFormed}),
 * or is longer than `limit` UTF-8 bytes (255 unless given).
 *
 * @example
 * import * as Either from "effect/Either"
 * import { Client } from "effect-toggl-clients"
 *
 * Either.getOrThrow(Client.checkName("  Acme ")) // "Acme"
 *
 * @since 0.1.0
 * @category names
 */
export const checkName = (name: string, limit: number = maxNameBytes): Either.Either<string, NameProblem> => {
  const trimmed = name.trim()
  if (trimmed === "") return Either.left({ reason: "Empty" })
  if (!isWellFormed(trimmed)) return Either.left({ reason: "IllFormed" })
  const bytes = utf8.encode(trimmed).length
  return bytes > limit ? Either.left({ reason: "TooLong", bytes, limit }) : Either.right(trimmed)
}

/**
 * Two names that Toggl might hold to be the same under the strictest reading of its rule: neither case, normal form
 * nor outer spaces tell names apart.
 *
 * @since 0.1.0
 * @category names
 */
export const foldName = (name: string): string =>
  // upper case takes some letters apart, so it is composed once more
  name.normalize("NFKC").toLowerCase().toUpperCase().normalize("NFKC").trim()

/**
 * Whether two names are one name as Toggl may have kept it: but for outer spaces and the normal form (NFC) they are
 * exactly the same.
 *
 * @since 0.1.0
 * @category names
 */
export const sameName = (a: string, b: string): boolean => a.trim().normalize() === b.trim().normalize()

const keptNotes = (notes: string): string => notes.replaceAll("\r\n", "\n").trim()

/**
 * Whether two notes are the same as Toggl may have kept them: without outer white space, and with LF for CRLF.
 *
 * @since 0.1.0
 * @category notes
 */
export const sameNotes = (a: string, b: string): boolean => keptNotes(a) === keptNotes(b)

/**
 * What creating a client takes. `name` is trimmed; it must not be empty nor longer than the limit. Here and in the other
 * inputs a key that is `undefined` counts as left out.
 *
 * @since 0.1.0
 * @category inputs
 */
export const CreateInput = /*#__PURE__*/ Schema.Struct({
  name: Schema.String,
  notes: /*#__PURE__*/ Schema.optional(Schema.String)
})

/**
 * @since 0.1.0
 * @category inputs
 */
export interface CreateInput extends Schema.Schema.Type<typeof CreateInput> {}

/**
 * A change of a client: what is left out stays as it is, and `notes: ""` clears the notes.
 *
 * @since 0.1.0
 * @category inputs
 */
export const UpdateInput = /*#__PURE__*/ Schema.Struct({
  name: /*#__PURE__*/ Schema.optional(Schema.String),
  notes: /*#__PURE__*/ Schema.optional(Schema.String)
})

/**
 * @since 0.1.0
 * @category inputs
 */
export interface UpdateInput extends Schema.Schema.Type<typeof UpdateInput> {}

/**
 * Which archived projects come back with a restored client: those named (`projects`), all of them
 * (`restoreAllProjects`, `restore_all_projects` on the wire), or none.
 *
 * @since 0.1.0
 * @category inputs
 */
export const RestoreInput = /*#__PURE__*/ Schema.Struct({
  projects: /*#__PURE__*/ Schema.optional(/*#__PURE__*/ Schema.Array(ProjectId)),
  restoreAllProjects: /*#__PURE__*/ Schema.optional(Schema.Boolean)
})

/**
 * @since 0.1.0
 * @category inputs
 */
export interface RestoreInput extends Schema.Schema.Type<typeof RestoreInput> {}

/**
 * Which clients a list holds: `active` unless said otherwise.
 *
 * @since 0.1.0
 * @category inputs
 */
export const StatusFilter = /*#__PURE__*/ Schema.Literal("active", "archived", "both")

/**
 * @since 0.1.0
 * @category inputs
 */
export type StatusFilter = typeof StatusFilter.Type

/**
 * What a list is narrowed to: by `status` (`active` unless given), and by `name`, a part of the name in any case.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface Filter {
  readonly status?: StatusFilter | undefined
  readonly name?: string | undefined
}

/**
 * Whether a list with this filter holds the client, as Toggl would decide it.
 *
 * @since 0.1.0
 * @category inputs
 */
export const matches = (
  client: { readonly name: string; readonly archived: boolean },
  filter: Filter = {}
): boolean => {
  const status = filter.status ?? "active"
  return (
    (status === "both" || client.archived === (status === "archived")) &&
    (filter.name === undefined || client.name.toLowerCase().includes(filter.name.toLowerCase()))
  )
}

/**
 * The seven operations on clients.
 *
 * @since 0.1.0
 * @category models
 */
export const Operation = Schema.Literal("list", "create", "get", "update", "delete", "archive", "restore")

/**
 * @since 0.1.0
 * @category models
 */
export type Operation = typeof Operation.Type
