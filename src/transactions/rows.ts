import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as Schema from "effect/Schema"
import { Client, ClientId, type AnyClientId, isLocalClientId } from "../Client.js"
import { StorageError } from "../ClientError.js"
import { type Entry, Outcome, Row, type Unreadable, version } from "../log/entry.js"
import { type Doubt, noDoubt } from "../log/listed.js"
import { believedState, newState, QueueState } from "../log/state.js"
import { Mutation } from "../Mutation.js"
import { plainClient } from "../plainClient.js"
import * as upgrade from "./upgrade.js"
import { abort, clientKey, doubtKey, get, idKey, put, remove, stateKey, type Step } from "../store/step.js"

// The base is read by itself, for it costs as much as all the rest.
const { base: _, ...withoutBase } = Row.fields
const decodeRow = Schema.decodeUnknownEither(Schema.Struct(withoutBase))
const encodeRow = Schema.encodeSync(Schema.Struct(withoutBase))
const encodeMutation = Schema.encodeSync(Mutation)
const pending = { _tag: "Pending" } as const
const decodeState = Schema.decodeUnknownEither(QueueState)
const encodeState = Schema.encodeSync(QueueState)
const decodeClient = Schema.decodeUnknownEither(Client)
const encodeClient = Schema.encodeSync(Client)
const decodeOutcome = Schema.decodeUnknownEither(Outcome)
const encodeOutcome = Schema.encodeSync(Outcome)

/** How a local id is kept once it is resolved: the same in every version so far. */
const Resolved = Schema.Struct({ version: Schema.Literal(1), clientId: ClientId })
const decodeResolved = Schema.decodeUnknownEither(Resolved)
/** How one is kept whose client is gone before anything of it was sent. Earlier versions read nothing in it. */
const isGoneRow = Schema.is(Schema.Struct({ version: Schema.Literal(2), gone: Schema.Literal(true) }))

export const isNewer = (row: unknown): boolean =>
  Predicate.hasProperty(row, "version") && typeof row.version === "number" && row.version > version

export const readRow = (seq: number, row: unknown): Either.Either<Entry, Unreadable> => {
  const unreadable = () => Either.left({ seq, newer: isNewer(row), row })
  const decoded = decodeRow(upgrade.entry(row))
  if (Either.isLeft(decoded)) return unreadable()
  if (!Predicate.hasProperty(row, "base")) return Either.right({ ...decoded.right, seq })
  const base = readClient(row.base)
  return base === undefined ? unreadable() : Either.right({ ...decoded.right, base, seq })
}

export const writeRow = ({ base, seq: _, ...row }: Row & Partial<Entry>): unknown => {
  const written = encodeRow(row)
  return base === undefined ? written : { ...written, base: writeClient(base) }
}

/**
 * The same for an entry that has only been accepted, at a fraction of the cost: its mutation alone is from outside. `base`:
 * the row of its base, where it has one, as it was read.
 */
export const writeNew = (
  { acceptedAt, attempts, failures, id, mutation, userId, version }: Entry,
  base: unknown
): unknown => ({
  version,
  id,
  mutation: encodeMutation(mutation),
  acceptedAt,
  state: pending,
  attempts,
  failures,
  ...(userId === undefined ? {} : { userId }),
  ...(base === undefined ? {} : { base })
})

/**
 * The queue's state. Where there is none yet it is new; where it cannot be read nothing is sent before the user says
 * so, for it may have held a pause or another user's id.
 */
export const readState = (row: unknown, newStoreId: string): QueueState =>
  row === undefined
    ? newState(newStoreId)
    : Either.match(decodeState(upgrade.state(row)), {
        onLeft: (): QueueState => ({ ...newState(newStoreId), paused: "ByUser" }),
        onRight: believedState
      })

export const getState = function* (newStoreId: string): Step<QueueState> {
  const row = yield* get(stateKey)
  // A newer version keeps its books in ways that we do not know: leave them to it.
  if (isNewer(row)) return yield* abort(new StorageError({ reason: "Newer", detail: "the queue's state" }))
  return readState(row, newStoreId)
}

export const putState = function* (state: QueueState): Step<void> {
  yield* put(stateKey, encodeState(state))
}

export const getEntry = function* (seq: number): Step<Entry | undefined> {
  return Either.getOrUndefined(readRow(seq, yield* get(seq)))
}

export const putEntry = function* (entry: Entry): Step<void> {
  yield* put(entry.seq, writeRow(entry))
}

/** As the schema encodes it. */
export const writeClient = (client: Client): unknown => {
  const { archived, at, creatorId, id, name, notes, permissions, workspaceId: wid, ...more } = client
  if (permissions.length > 0 || Object.keys(more).length > 0) return encodeClient(client)
  return {
    id,
    wid,
    name,
    archived,
    notes,
    ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
    ...(creatorId === undefined ? {} : { creator_id: creatorId }),
    permissions: []
  }
}

export const readClient = (row: unknown): Client | undefined =>
  row === undefined ? undefined : (plainClient(row) ?? Either.getOrUndefined(decodeClient(row)))

export const getClient = function* (workspaceId: number, clientId: number): Step<Client | undefined> {
  return readClient(yield* get(clientKey(workspaceId, clientId)))
}

export const putClient = function* (client: Client): Step<void> {
  yield* put(clientKey(client.workspaceId, client.id), writeClient(client))
}

/** What is in doubt of a workspace's copy. */
const DoubtRow = Schema.Struct({
  version: Schema.Literal(1),
  kept: Schema.Array(ClientId),
  missing: Schema.Array(ClientId),
  again: Schema.Array(ClientId),
  differs: Schema.Int
})
const decodeDoubt = Schema.decodeUnknownEither(DoubtRow)

export const getDoubt = function* (workspaceId: number): Step<Doubt> {
  return Either.getOrElse(decodeDoubt(yield* get(doubtKey(workspaceId))), () => noDoubt)
}

export const putDoubt = function* (workspaceId: number, doubt: Doubt): Step<void> {
  if (doubt === noDoubt) yield* remove(doubtKey(workspaceId))
  else yield* put(doubtKey(workspaceId), { version: 1, ...doubt })
}

export const readResolved = (row: unknown): ClientId | undefined =>
  Either.getOrUndefined(Either.map(decodeResolved(row), (resolved) => resolved.clientId))

/** Toggl's id of the client, where it is known. */
export const resolve = function* (id: AnyClientId): Step<ClientId | undefined> {
  return isLocalClientId(id) ? readResolved(yield* get(idKey(id))) : id
}

export const putResolved = function* (localId: number, clientId: ClientId): Step<void> {
  yield* put(idKey(localId), { version: 1, clientId })
}

/** Whether the client of this local id never left the device, and is gone. */
export const readGone = (row: unknown): boolean => isGoneRow(row)

export const putGone = function* (localId: number): Step<void> {
  yield* put(idKey(localId), { version: 2, gone: true })
}

export const readOutcome = (row: unknown): Outcome | undefined =>
  Either.getOrUndefined(decodeOutcome(upgrade.outcome(row)))
export const writeOutcome = (outcome: Outcome): unknown => encodeOutcome(outcome)
