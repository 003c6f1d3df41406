/**
 * The operations on clients as the wire sees them: what is read from the path, the query and the body, which rule of
 * `TogglState` it calls, and the body of the answer. Pure functions.
 *
 * @since 0.1.0
 */
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"
import * as TogglState from "./TogglState.js"
import type { WireRequest } from "./TogglWire.js"
import * as TogglWire from "./TogglWire.js"

/**
 * What an operation works with. `clientId` is 0 where the path names no client.
 *
 * @since 0.1.0
 * @category models
 */
export interface Call {
  readonly state: TogglState.StoredState
  readonly scene: TogglState.Scene
  readonly clientId: number
  readonly request: WireRequest
}

/**
 * The new state and the body of a 200.
 *
 * @since 0.1.0
 * @category models
 */
export type Reply = Either.Either<{ readonly state: TogglState.StoredState; readonly body: string }, TogglState.Refused>

const invalidJson = new TogglState.Refused({ status: 400, text: "JSON is not valid" })

const answer =
  <A>(encode: (value: A) => string) =>
  (done: { readonly state: TogglState.StoredState; readonly value: A }) => ({
    state: done.state,
    body: encode(done.value)
  })

const one = (call: Call) =>
  answer((client: TogglState.StoredClient) => JSON.stringify(TogglWire.client(client, call.scene.options, null)))

const json = (text: string): Either.Either<unknown, TogglState.Refused> =>
  Either.try({ try: (): unknown => JSON.parse(text), catch: () => invalidJson })

const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null
const isInteger = (value: unknown): value is number => Predicate.isNumber(value) && Number.isInteger(value)

const nameAndNotes = (
  text: string
): Either.Either<{ readonly name: string; readonly notes?: string }, TogglState.Refused> =>
  Either.flatMap(json(text), (body) => {
    if (!Predicate.isRecord(body)) return Either.left(invalidJson)
    const { name, notes, wid } = body
    if (!isAbsent(name) && !Predicate.isString(name)) return Either.left(invalidJson)
    if (!isAbsent(notes) && !Predicate.isString(notes)) return Either.left(invalidJson)
    if (!isAbsent(wid) && !isInteger(wid)) return Either.left(invalidJson)
    return Either.right(isAbsent(notes) ? { name: name ?? "" } : { name: name ?? "", notes })
  })

const idList = (text: string): Either.Either<ReadonlyArray<number>, TogglState.Refused> =>
  Either.flatMap(json(text), (body) =>
    Array.isArray(body) && body.every(isInteger) ? Either.right(body) : Either.left(invalidJson)
  )

const restoreInput = (text: string): Either.Either<TogglState.RestoreProjects, TogglState.Refused> => {
  if (text === "") return Either.right({})
  return Either.flatMap(json(text), (body) => {
    if (body === null) return Either.right({})
    if (!Predicate.isRecord(body)) return Either.left(TogglState.badRequest)
    const { projects, restore_all_projects: all } = body
    if (!isAbsent(projects) && !(Array.isArray(projects) && projects.every(isInteger))) {
      return Either.left(TogglState.badRequest)
    }
    if (!isAbsent(all) && !Predicate.isBoolean(all)) return Either.left(TogglState.badRequest)
    return Either.right({ projects: projects ?? [], restoreAllProjects: all ?? false })
  })
}

const list = (call: Call): Reply => {
  const status = call.request.query.get("status") ?? "active"
  if (status !== "active" && status !== "archived" && status !== "both") {
    return Either.left(new TogglState.Refused({ status: 400, text: "Client status is invalid" }))
  }
  const part = (call.request.query.get("name") ?? "").toLowerCase()
  const found = TogglState.clientsOf(call.state, call.scene.workspace.id).filter(
    (client) =>
      (status === "both" || client.archived === (status === "archived")) && client.name.toLowerCase().includes(part)
  )
  return Either.right({ state: call.state, body: TogglWire.clients(found, call.scene.options) })
}

const create = (call: Call): Reply =>
  nameAndNotes(call.request.body).pipe(
    Either.flatMap((input) => TogglState.createClient(call.state, call.scene, input)),
    Either.map(one(call))
  )

const get = (call: Call): Reply =>
  Either.map(TogglState.getClient(call.state, call.scene, call.clientId), (value) =>
    one(call)({ state: call.state, value })
  )

const update = (call: Call): Reply =>
  nameAndNotes(call.request.body).pipe(
    Either.flatMap((input) => TogglState.updateClient(call.state, call.scene, call.clientId, input)),
    Either.map(one(call))
  )

const remove = (call: Call): Reply =>
  Either.map(
    TogglState.deleteClient(call.state, call.scene, call.clientId),
    answer(() => call.scene.options.deleteBody)
  )

const archive = (call: Call): Reply =>
  Either.map(
    TogglState.archiveClient(call.state, call.scene, call.clientId),
    answer((projects) => TogglWire.list(projects, call.scene.options))
  )

const restore = (call: Call): Reply =>
  restoreInput(call.request.body).pipe(
    Either.flatMap((input) => TogglState.restoreClient(call.state, call.scene, call.clientId, input)),
    Either.map(one(call))
  )

const bulk = <A>(
  call: Call,
  step: (state: TogglState.StoredState, id: number) => TogglState.Transition<A>,
  encode: (values: ReadonlyArray<A>) => string
): Reply =>
  idList(call.request.body).pipe(
    Either.flatMap((ids) => TogglState.forEachId(call.state, call.scene, ids, step)),
    Either.map(answer(encode))
  )

const data = (call: Call): Reply =>
  bulk(
    call,
    (state, id) => Either.map(TogglState.getClient(state, call.scene, id), (value) => ({ state, value })),
    (clients) => TogglWire.clients(clients, call.scene.options)
  )

const archiveMany = (call: Call): Reply =>
  bulk(
    call,
    (state, id) =>
      Either.map(TogglState.archiveClient(state, call.scene, id), (archived) => ({
        state: archived.state,
        value: { id, projects: archived.value }
      })),
    (archived) =>
      JSON.stringify([
        { client_ids: archived.map((each) => each.id), project_ids: archived.flatMap((each) => each.projects) }
      ])
  )

const deleteMany = (call: Call): Reply =>
  bulk(
    call,
    (state, id) => TogglState.deleteClient(state, call.scene, id),
    (deleted) =>
      TogglWire.list(
        deleted.map((client) => client.id),
        call.scene.options
      )
  )

/**
 * Every operation on clients, by name: the seven, and the three in bulk.
 *
 * @since 0.1.0
 * @category operations
 */
export const operations = {
  list,
  create,
  get,
  update,
  delete: remove,
  archive,
  restore,
  data,
  archiveMany,
  deleteMany
} as const

/**
 * The name of an operation on clients.
 *
 * @since 0.1.0
 * @category models
 */
export type Operation = keyof typeof operations
