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
 * The schema of a client; its encoded side is Toggl's wire form. Only `id`, `wid`, `name`, `archived` and `notes` have
 * to be what they should: any other key that cannot be read counts as absent.
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
 * A client as Toggl describes it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Client {
  /** Toggl's own id of it: a positive integer. */
  readonly id: ClientId
  /** The workspace that it belongs to (`wid`). */
  readonly workspaceId: WorkspaceId
  /** Its name, taken as it is read. */
  readonly name: string
  /** Whether it is archived; `false` where Toggl leaves the key out. */
  readonly archived: boolean
  /** The notes on it, as plain text; empty where Toggl leaves the key out. */
  readonly notes: string
  /**
   * When it was last changed, in milliseconds since the epoch. Toggl tells whole seconds: two writes in one second
   * carry the same.
   */
  readonly at?: number
  /** The id of the Toggl user who created it (`creator_id`). */
  readonly creatorId?: number
  /** What the user may do with it, in Toggl's words: a list, whether Toggl sends a string, a list or nothing. */
  readonly permissions: ReadonlyArray<string>
  /** The id of what it is linked to in another system, such as Jira (`integration_ext_id`). */
  readonly integrationExtId?: string
  /** What kind of thing it is linked to in that other system (`integration_ext_type`). */
  readonly integrationExtType?: string
  /** The other system that the client is linked to (`integration_provider`). */
  readonly integrationProvider?: string
  /** What another system calls it, as far as Toggl was told (`external_reference`). */
  readonly externalReference?: string
  /** How many clients the list that it came in has in all (`total_count`); in lists only. */
  readonly totalCount?: number
}

/**
 * A client's wire form: what Toggl sends, and what is kept at rest.
 *
 * @since 0.1.0
 * @category models
 */
export interface ClientEncoded {
  /** Toggl's own id of the client: a positive integer. */
  readonly id: number
  /** The id of the workspace that it belongs to: a positive integer. */
  readonly wid: number
  /** The client's name. */
  readonly name: string
  /** Whether it is archived; not, where it is left out or null. */
  readonly archived?: boolean | null
  /** The notes on it, as plain text; none where they are left out or null. */
  readonly notes?: string | null
  /** When it was last changed, as RFC 3339 writes it. */
  readonly at?: string | null | undefined
  /** The id of the Toggl user who created it. */
  readonly creator_id?: number | null | undefined
  /** What the user may do with it, in Toggl's words: one of them, or a list. */
  readonly permissions?: string | ReadonlyArray<string> | null
  /** The id of what it is linked to in another system, such as Jira. */
  readonly integration_ext_id?: string | null | undefined
  /** What kind of thing it is linked to in that other system. */
  readonly integration_ext_type?: string | null | undefined
  /** The other system that the client is linked to. */
  readonly integration_provider?: string | null | undefined
  /** What another system calls it, as far as Toggl was told. */
  readonly external_reference?: string | null | undefined
  /** How many clients the list that it came in has in all; in lists only. */
  readonly total_count?: number | null | undefined
}

/**
 * The most UTF-8 bytes that Toggl takes in a client's name, unless the server states another limit.
 *
 * @since 0.1.0
 * @category names
 */
export const maxNameBytes = 255

/**
 * Why a name cannot be sent.
 *
 * @since 0.1.0
 * @category names
 */
export type NameProblem =
  | {
      /** Nothing is left of it once it is trimmed. */
      readonly reason: "Empty"
    }
  | {
      /** It holds half a character, as of an emoji that was cut. */
      readonly reason: "IllFormed"
    }
  | {
      /** It has more bytes than the limit allows. */
      readonly reason: "TooLong"
      /** How many UTF-8 bytes the trimmed name has. */
      readonly bytes: number
      /** How many UTF-8 bytes it may have. */
      readonly limit: number
    }

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
 * What creating a client takes. Here and in the other inputs a key that is `undefined` counts as left out.
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
export interface CreateInput {
  /** What the new client is called. It is trimmed, and must then be neither empty nor longer than the limit. */
  readonly name: string
  /** The notes on it, as plain text; none unless given. */
  readonly notes?: string | undefined
}

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
export interface UpdateInput {
  /** What the client is to be called: trimmed, neither empty nor longer than the limit. It stays unless given. */
  readonly name?: string | undefined
  /** The notes that it is to have: `""` clears them. They stay unless given. */
  readonly notes?: string | undefined
}

/**
 * Which archived projects come back with a restored client: those named, all of them, or none.
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
export interface RestoreInput {
  /** The archived projects of the client that come back with it, by their ids (`projects`). None unless given. */
  readonly projects?: ReadonlyArray<ProjectId> | undefined
  /** Whether all of its archived projects come back (`restore_all_projects`). Not unless given. */
  readonly restoreAllProjects?: boolean | undefined
}

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
 * What a list is narrowed to.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface Filter {
  /** Whether the list holds clients that are active, that are archived, or both. `active` unless given. */
  readonly status?: StatusFilter | undefined
  /** A part of the clients' names, in any case. Unless given, any name will do. */
  readonly name?: string | undefined
}

/**
 * Whether a list with this filter holds the client, as Toggl would decide it.
 *
 * @since 0.1.0
 * @category inputs
 */
export const matches = (client: Pick<Client, "name" | "archived">, filter: Filter = {}): boolean => {
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
