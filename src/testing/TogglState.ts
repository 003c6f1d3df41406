/**
 * The rules of the service as pure functions: what each operation does to the clients and projects of a workspace, and
 * when it is refused. No time, no HTTP, no limits.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Either from "effect/Either"
import type { FakeTogglOptions, Workspace } from "./TogglOptions.js"

/**
 * A client as the service keeps it.
 *
 * @since 0.1.0
 * @category models
 */
export interface StoredClient {
  /** Counted up from client to client, and never used twice. */
  readonly id: number
  /** The workspace that it belongs to (`wid`). */
  readonly workspaceId: number
  /** What the client is called, as it is kept. */
  readonly name: string
  /** The text on it; `""` where there is none. */
  readonly notes: string
  /** Whether it is among the archived clients. */
  readonly archived: boolean
  /** When it was last changed, in seconds since the epoch. */
  readonly at: number
  /** The user who made it, by their id (`creator_id`). */
  readonly creatorId: number
  /** The id of what it is linked to in another system (`integration_ext_id`). */
  readonly integrationExtId?: string
  /** What kind of thing it is linked to there (`integration_ext_type`). */
  readonly integrationExtType?: string
  /** The other system that it is linked to (`integration_provider`). */
  readonly integrationProvider?: string
  /** What another system calls it (`external_reference`). */
  readonly externalReference?: string
}

/**
 * A project: just enough to show what archiving and restoring a client does to its projects.
 *
 * @since 0.1.0
 * @category models
 */
export interface Project {
  /** Counted up from project to project, and never used twice. */
  readonly id: number
  /** The workspace in which people see the project. */
  readonly workspaceId: number
  /** The client whose it is; null: nobody's. */
  readonly clientId: number | null
  /** What the project is called. */
  readonly name: string
  /** Whether work goes on in it; `false` is archived. */
  readonly active: boolean
}

/**
 * Everything that the service keeps. Ids come from counters and are never used twice.
 *
 * @since 0.1.0
 * @category models
 */
export interface StoredState {
  /** Those of all workspaces, archived ones too. */
  readonly clients: ReadonlyArray<StoredClient>
  /** Those of all workspaces, archived ones too. */
  readonly projects: ReadonlyArray<Project>
  /** The number that the next new client gets. */
  readonly nextClientId: number
  /** The number that the next new project gets. */
  readonly nextProjectId: number
}

/**
 * The state of a new account.
 *
 * @since 0.1.0
 * @category constructors
 */
export const empty: StoredState = { clients: [], projects: [], nextClientId: 64890001, nextProjectId: 190000001 }

/**
 * The service says no: the status and the exact text, or null where the body is empty.
 *
 * @since 0.1.0
 * @category errors
 */
export class Refused extends Data.TaggedError("Refused")<{
  /** The HTTP status that it is answered with. */
  readonly status: number
  /** The exact words of the answer, or null where the body is empty. */
  readonly text: string | null
}> {
  override get message() {
    return `The fake Toggl refused with status ${this.status}: ${this.text ?? "(empty body)"}`
  }
}

/**
 * What an operation did: the new state and what it answers; or why it was refused, and nothing changed.
 *
 * @since 0.1.0
 * @category models
 */
export type Transition<A> = Either.Either<
  {
    /** Everything that the service keeps now. */
    readonly state: StoredState
    /** What the operation answers. */
    readonly value: A
  },
  Refused
>

/**
 * Where, when and by whom an operation is done.
 *
 * @since 0.1.0
 * @category models
 */
export interface Scene {
  /** The switches as they are then. */
  readonly options: FakeTogglOptions
  /** Where it is done: what is in others is not seen. */
  readonly workspace: Workspace
  /** Who does it, by their id. */
  readonly userId: number
  /** When it is done, in seconds since the epoch. */
  readonly at: number
}

/**
 * What a client can be made of beyond what the wire lets one send.
 *
 * @since 0.1.0
 * @category models
 */
export interface NewClient {
  /** What the client is to be called. */
  readonly name: string
  /** The text on it; none unless given. */
  readonly notes?: string
  /** The id of what it is linked to in another system (`integration_ext_id`). */
  readonly integrationExtId?: string
  /** What kind of thing it is linked to there (`integration_ext_type`). */
  readonly integrationExtType?: string
  /** The other system that it is linked to (`integration_provider`). */
  readonly integrationProvider?: string
  /** What another system calls it (`external_reference`). */
  readonly externalReference?: string
}

const refused = (status: number, text: string | null) => Either.left(new Refused({ status, text }))
const done = <A>(state: StoredState, value: A): Transition<A> => Either.right({ state, value })

/**
 * The refusal of an id that the workspace does not have, as all operations but the update word it.
 *
 * @since 0.1.0
 * @category errors
 */
export const noClient = (id: number | string): Refused =>
  new Refused({ status: 404, text: `No client with ID ${id} was found` })

/**
 * The refusal of a body or its values that a restore answers.
 *
 * @since 0.1.0
 * @category errors
 */
export const badRequest: Refused = new Refused({ status: 400, text: "Bad Request" })

/**
 * The clients of a workspace, by id.
 *
 * @since 0.1.0
 * @category getters
 */
export const clientsOf = (state: StoredState, workspaceId: number): ReadonlyArray<StoredClient> =>
  state.clients.filter((client) => client.workspaceId === workspaceId)

/**
 * The projects of a workspace, by id.
 *
 * @since 0.1.0
 * @category getters
 */
export const projectsOf = (state: StoredState, workspaceId: number): ReadonlyArray<Project> =>
  state.projects.filter((project) => project.workspaceId === workspaceId)

/**
 * A client by its id, where the workspace has it.
 *
 * @since 0.1.0
 * @category getters
 */
export const getClient = (state: StoredState, scene: Scene, id: number): Either.Either<StoredClient, Refused> =>
  Either.fromNullable(
    state.clients.find((client) => client.id === id && client.workspaceId === scene.workspace.id),
    () => noClient(id)
  )

const nameKey = (name: string, { caseSensitive, normalize, trim }: FakeTogglOptions["nameComparison"]): string => {
  const trimmed = trim ? name.trim() : name
  const cased = caseSensitive ? trimmed : trimmed.toLowerCase()
  return normalize === "NFC" ? cased.normalize("NFC") : cased
}

const isTaken = (state: StoredState, scene: Scene, name: string, except: number | null): boolean => {
  const { options, workspace } = scene
  if (!options.uniqueNames) return false
  const key = nameKey(name, options.nameComparison)
  return state.clients.some(
    (client) =>
      client.workspaceId === workspace.id &&
      client.id !== except &&
      (options.archivedNamesCount || !client.archived) &&
      nameKey(client.name, options.nameComparison) === key
  )
}

const taken = ({ takenName }: FakeTogglOptions): Refused =>
  takenName === "taken" ? new Refused({ status: 400, text: "Name has already been taken" }) : badRequest

const keptNotes = (notes: string, { storedNotes }: FakeTogglOptions): string => {
  const lines = storedNotes === "lf" || storedNotes === "trimmedLf" ? notes.replace(/\r\n?/g, "\n") : notes
  return storedNotes === "trimmed" || storedNotes === "trimmedLf" ? lines.trim() : lines
}

const checkName = (
  state: StoredState,
  scene: Scene,
  given: string,
  client: StoredClient | null
): Either.Either<string, Refused> => {
  const { options } = scene
  const name = options.storedNames === "trimmed" ? given.trim() : given
  if (name === "" || (options.nameComparison.trim && name.trim() === "")) {
    return refused(400, "Client name cannot be empty")
  }
  if (new TextEncoder().encode(name).length > options.maxClientNameBytes) {
    return refused(400, `Client name maximum length is ${options.maxClientNameBytes}`)
  }
  const outsideTheRule = client?.archived === true && !options.archivedNamesCount
  if (!outsideTheRule && isTaken(state, scene, name, client?.id ?? null)) return Either.left(taken(options))
  return Either.right(name)
}

const putClient = (state: StoredState, client: StoredClient): StoredState => ({
  ...state,
  clients: state.clients.map((other) => (other.id === client.id ? client : other))
})

/**
 * Makes a client with the next id, active, and by the user of the scene.
 *
 * @since 0.1.0
 * @category transitions
 */
export const createClient = (state: StoredState, scene: Scene, input: NewClient): Transition<StoredClient> =>
  Either.flatMap(checkName(state, scene, input.name, null), (name) => {
    const client: StoredClient = {
      ...input,
      id: state.nextClientId,
      workspaceId: scene.workspace.id,
      name,
      notes: keptNotes(input.notes ?? "", scene.options),
      archived: false,
      at: scene.at,
      creatorId: scene.userId
    }
    return done({ ...state, clients: [...state.clients, client], nextClientId: client.id + 1 }, client)
  })

/**
 * Replaces a client's name and notes; without notes, `omittedNotes` decides.
 *
 * @since 0.1.0
 * @category transitions
 */
export const updateClient = (
  state: StoredState,
  scene: Scene,
  id: number,
  input: Pick<NewClient, "name" | "notes">
): Transition<StoredClient> =>
  Either.gen(function* () {
    const old = yield* Either.mapLeft(
      getClient(state, scene, id),
      () => new Refused({ status: 404, text: "Client doesn't exist in the workspace." })
    )
    const name = yield* checkName(state, scene, input.name, old)
    const omitted = scene.options.omittedNotes === "kept" ? old.notes : ""
    const notes = input.notes === undefined ? omitted : keptNotes(input.notes, scene.options)
    const client = { ...old, name, notes, at: scene.at }
    return { state: putClient(state, client), value: client }
  })

/**
 * Deletes a client. Its projects stay, without a client.
 *
 * @since 0.1.0
 * @category transitions
 */
export const deleteClient = (state: StoredState, scene: Scene, id: number): Transition<StoredClient> =>
  Either.flatMap(getClient(state, scene, id), (client) =>
    done(
      {
        ...state,
        clients: state.clients.filter((other) => other.id !== id),
        projects: state.projects.map((project) => (project.clientId === id ? { ...project, clientId: null } : project))
      },
      client
    )
  )

/**
 * Archives a client and its active projects, whose ids are the answer. On a free plan it is refused.
 *
 * @since 0.1.0
 * @category transitions
 */
export const archiveClient = (state: StoredState, scene: Scene, id: number): Transition<ReadonlyArray<number>> => {
  if (!scene.workspace.premium) {
    return scene.options.archiveOnFreePlan === 402
      ? refused(402, "Archiving clients is a feature of the premium plan.")
      : refused(403, null)
  }
  return Either.flatMap(getClient(state, scene, id), (client) => {
    const cascades = (project: Project) => project.clientId === id && project.active
    const archived = putClient(state, { ...client, archived: true, at: scene.at })
    return done(
      {
        ...archived,
        projects: state.projects.map((project) => (cascades(project) ? { ...project, active: false } : project))
      },
      state.projects.filter(cascades).map((project) => project.id)
    )
  })
}

/**
 * Which projects a restore is to bring back: none unless asked.
 *
 * @since 0.1.0
 * @category models
 */
export interface RestoreProjects {
  /** Those that come back, by their ids. None unless given. */
  readonly projects?: ReadonlyArray<number>
  /** Whether all of the client's come back (`restore_all_projects`). Not unless given. */
  readonly restoreAllProjects?: boolean
}

const projectsToRestore = (
  scene: Scene,
  own: ReadonlyArray<Project>,
  input: RestoreProjects
): Either.Either<ReadonlyArray<number>, Refused> => {
  const all = own.map((project) => project.id)
  const named = input.projects ?? []
  if (named.some((id) => !all.includes(id))) return Either.left(badRequest)
  if (input.restoreAllProjects !== true) return Either.right(named)
  if (named.length === 0) return Either.right(all)
  switch (scene.options.restoreProjectsPrecedence) {
    case "projects":
      return Either.right(named)
    case "all":
      return Either.right(all)
    case "refused":
      return Either.left(badRequest)
  }
}

/**
 * Brings a client back, and only those of its projects that are asked for. A project of another client is refused.
 *
 * @since 0.1.0
 * @category transitions
 */
export const restoreClient = (
  state: StoredState,
  scene: Scene,
  id: number,
  input: RestoreProjects
): Transition<StoredClient> =>
  Either.gen(function* () {
    const old = yield* getClient(state, scene, id)
    const own = state.projects.filter((project) => project.clientId === id)
    const back = yield* projectsToRestore(scene, own, input)
    if (old.archived && isTaken(state, scene, old.name, id)) return yield* Either.left(taken(scene.options))
    const client = { ...old, archived: false, at: scene.at }
    const restored = putClient(state, client)
    return {
      state: {
        ...restored,
        projects: state.projects.map((project) => (back.includes(project.id) ? { ...project, active: true } : project))
      },
      value: client
    }
  })

/**
 * Does one transition after another for the ids given, all or none. Unknown ids are passed over or refuse the whole,
 * as `bulkUnknownIds` says; an id given twice counts once.
 *
 * @since 0.1.0
 * @category transitions
 */
export const forEachId = <A>(
  state: StoredState,
  scene: Scene,
  ids: ReadonlyArray<number>,
  step: (state: StoredState, id: number) => Transition<A>
): Transition<ReadonlyArray<A>> => {
  const ignored = (id: number) =>
    scene.options.bulkUnknownIds === "ignored" && Either.isLeft(getClient(state, scene, id))
  let current = state
  const values: Array<A> = []
  for (const id of new Set(ids)) {
    if (ignored(id)) continue
    const next = step(current, id)
    if (Either.isLeft(next)) return Either.left(next.left)
    current = next.right.state
    values.push(next.right.value)
  }
  return done(current, values)
}
