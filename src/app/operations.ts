// The operations for apps, over an outbox: what is asked is checked, made a mutation, and its ending an answer.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as Client from "../Client.js"
import * as ClientError from "../ClientError.js"
import { monotonicOf } from "../effect/clock.js"
import type { Ending } from "../Entry.js"
import {
  checkedAnyClient,
  checkedLocalFilter,
  checkedRestore,
  checkedState,
  checkedWorkspace,
  isChange
} from "../error/input.js"
import { checkedName, checkedNotes } from "../error/name.js"
import { localId } from "../ids.js"
import type { Mutation } from "../Mutation.js"
import { Outbox, type OutboxService } from "../outbox/service.js"
import type { Receipt } from "../Receipt.js"
import { bytes, checked as checkedSetting, count, durationOf } from "../settings.js"
import type * as View from "../View.js"
import type * as Clients from "./service.js"

/** The outbox, and how it is used where a call does not say otherwise. */
interface App {
  readonly outbox: OutboxService
  readonly freshness: View.Freshness
  readonly maxNameBytes: number
}

// --- What is asked is checked ------------------------------------------------------------------------------------------

const bad = (asked: object, text: string) => new ClientError.BadRequest({ ...asked, text })

const freshnesses = '"Toggl", "Local" or a duration such as "5 minutes"'

const isFreshness = (given: View.Freshness): boolean =>
  given === "Toggl" || given === "Local" || Option.isSome(durationOf(given))

const wanted = (
  { freshness }: App,
  operation: Client.Operation,
  workspaceId: Client.WorkspaceId,
  given: View.Freshness = freshness
): Either.Either<View.Freshness, ClientError.BadRequest> =>
  isFreshness(given) ? Either.right(given) : Either.left(bad({ operation, workspaceId }, `freshness is ${freshnesses}`))

const unknown = (operation: Client.Operation, workspaceId: Client.WorkspaceId, clientId: Client.AnyClientId) =>
  new ClientError.NotFound({ operation, workspaceId, clientId })

/** When a caller began, in milliseconds of the monotonic clock: its patience counts from there. */
const begins: Effect.Effect<number> = Effect.clockWith((clock) => Effect.succeed(monotonicOf(clock)))

/** The client is one that can be changed: Toggl's, or one that was made here. Gives when its caller began. */
const checked = (
  { outbox }: App,
  operation: Client.Operation,
  workspaceId: Client.WorkspaceId,
  id: Client.AnyClientId
): Effect.Effect<number, ClientError.BadRequest | ClientError.NotFound> =>
  Effect.gen(function* () {
    const since = yield* begins
    yield* checkedAnyClient(operation, workspaceId, id)
    if ((yield* outbox.reads.knows(id)) !== "Known") return yield* unknown(operation, workspaceId, id)
    return since
  })

// --- Reads -------------------------------------------------------------------------------------------------------------

const view = (app: App, workspaceId: Client.WorkspaceId, options: Clients.ReadOptions = {}) =>
  Effect.gen(function* () {
    yield* checkedWorkspace("list", workspaceId)
    yield* checkedLocalFilter("list", workspaceId, options)
    const freshness = yield* wanted(app, "list", workspaceId, options.freshness)
    return yield* app.outbox.reads.read(workspaceId, freshness, options)
  })

const get = (
  app: App,
  workspaceId: Client.WorkspaceId,
  id: Client.AnyClientId,
  options: Pick<Clients.ReadOptions, "freshness"> = {}
) =>
  Effect.gen(function* () {
    yield* checkedAnyClient("get", workspaceId, id)
    const freshness = yield* wanted(app, "get", workspaceId, options.freshness)
    return yield* app.outbox.reads.get(workspaceId, id, freshness)
  })

// Nothing that it could show is true, and whoever watches has no way to hear of an error.
const inVain = (error: ClientError.ClientError): Stream.Stream<never> =>
  Stream.execute(Effect.logWarning(`nothing can be watched: ${error.message}`))

const watch = (
  { outbox }: App,
  workspaceId: Client.WorkspaceId,
  options: Clients.WatchOptions
): Stream.Stream<View.View> =>
  Either.match(
    Either.all([
      checkedWorkspace("list", workspaceId),
      checkedLocalFilter("list", workspaceId, options),
      options.freshness === undefined || Option.isSome(durationOf(options.freshness))
        ? Either.right(undefined)
        : Either.left(bad({ operation: "list", workspaceId }, 'a watch\'s freshness is a duration such as "5 minutes"'))
    ]),
    {
      onLeft: inVain,
      onRight: () => outbox.reads.watch(workspaceId, options, options.freshness)
    }
  )

// --- Changes -----------------------------------------------------------------------------------------------------------

// Finding out where the call stands would cost more than all the rest of the span.
const traced = <A, E>(operation: Client.Operation, workspaceId: Client.WorkspaceId, effect: Effect.Effect<A, E>) =>
  Effect.withSpan(effect, `Clients.${operation}`, { captureStackTrace: false, attributes: { workspaceId } })

export type Done = Extract<Ending, { readonly _tag: "Done" }>

export const confirmed = <A>(
  receipt: Receipt<Ending>,
  value: (done: Done) => Option.Option<A>
): Effect.Effect<Receipt<A>, ClientError.Undecided> => {
  if (receipt._tag === "Queued") return Effect.succeed(receipt)
  const answer = receipt.value._tag === "Done" ? value(receipt.value) : Option.none()
  return Option.match(answer, {
    onNone: () => Effect.fail(new ClientError.Undecided({ reason: "Toggl's answer was not kept", found: [] })),
    onSome: (value) => Effect.succeed({ ...receipt, value })
  })
}

const submit = <A>(
  { outbox }: App,
  mutation: Mutation,
  value: (done: Done) => Option.Option<A>,
  since: number | undefined
) => Effect.flatMap(outbox.submit(mutation, since), (receipt) => confirmed(receipt, value))

const submitClient = (
  app: App,
  mutation: Mutation,
  since?: number
): Effect.Effect<Receipt<Client.Client>, Clients.MutationError> =>
  submit(app, mutation, (done) => Option.fromNullable(done.client), since)

const create = (app: App, workspaceId: Client.WorkspaceId, input: Client.CreateInput) =>
  Effect.gen(function* () {
    const asked = { operation: "create", workspaceId } as const
    yield* checkedWorkspace("create", workspaceId)
    yield* checkedState(asked, input)
    const name = yield* checkedName(asked, input.name, app.maxNameBytes)
    const notes = yield* checkedNotes(asked, input.notes ?? "")
    return yield* submitClient(app, { _tag: "Create", workspaceId, localId: yield* localId, name, notes })
  })

const update = (app: App, workspaceId: Client.WorkspaceId, clientId: Client.AnyClientId, input: Client.UpdateInput) =>
  Effect.gen(function* () {
    const asked = { operation: "update", workspaceId, clientId } as const
    const since = yield* checked(app, "update", workspaceId, clientId)
    if (!isChange(input)) return yield* bad(asked, "a change takes a name, notes or both, as text")
    if (input.name === undefined && input.notes === undefined) {
      return yield* bad(asked, "a change needs a name, notes or both")
    }
    const name = input.name === undefined ? {} : { name: yield* checkedName(asked, input.name, app.maxNameBytes) }
    const notes = input.notes === undefined ? {} : { notes: yield* checkedNotes(asked, input.notes) }
    return yield* submitClient(app, { _tag: "Update", workspaceId, clientId, change: { ...name, ...notes } }, since)
  })

const delete_ = (
  app: App,
  workspaceId: Client.WorkspaceId,
  clientId: Client.AnyClientId
): Effect.Effect<Receipt<void>, Clients.MutationError> =>
  Effect.gen(function* () {
    const since = yield* begins
    yield* checkedAnyClient("delete", workspaceId, clientId)
    const known = yield* app.outbox.reads.knows(clientId)
    if (known === "Unknown") return yield* unknown("delete", workspaceId, clientId)
    // As Toggl's 404 says of its own: what is deleted already is done.
    if (known === "Gone") return { _tag: "Confirmed", entryId: undefined, id: clientId, value: undefined }
    return yield* submit(app, { _tag: "Delete", workspaceId, clientId }, () => Option.some(undefined), since)
  })

const archive = (app: App, workspaceId: Client.WorkspaceId, clientId: Client.AnyClientId) =>
  Effect.flatMap(checked(app, "archive", workspaceId, clientId), (since) =>
    submit(app, { _tag: "Archive", workspaceId, clientId }, (done) => Option.some(done.projects), since)
  )

const restore = (
  app: App,
  workspaceId: Client.WorkspaceId,
  clientId: Client.AnyClientId,
  input: Client.RestoreInput = {}
) =>
  Effect.gen(function* () {
    const since = yield* checked(app, "restore", workspaceId, clientId)
    yield* checkedRestore({ operation: "restore", workspaceId, clientId }, input)
    const { projects, restoreAllProjects } = input
    const wanted = {
      ...(projects === undefined ? {} : { projects }),
      ...(restoreAllProjects === undefined ? {} : { restoreAllProjects })
    }
    return yield* submitClient(app, { _tag: "Restore", workspaceId, clientId, input: wanted }, since)
  })

// --- The service -------------------------------------------------------------------------------------------------------

/** The settings, checked, each with what it is unless given. */
export const decodeOptions = (
  options: Clients.ClientsOptions
): Either.Either<Omit<App, "outbox">, ClientError.InvalidConfiguration> =>
  Either.gen(function* () {
    const freshness = options.freshness ?? "5 minutes"
    yield* checkedSetting("freshness", freshness, isFreshness(freshness), freshnesses)
    const maxNameBytes = yield* count("maxNameBytes", options.maxNameBytes ?? Client.maxNameBytes, bytes)
    return { freshness, maxNameBytes }
  })

export const make = (
  options: Clients.ClientsOptions = {}
): Effect.Effect<Clients.ClientsService, ClientError.InvalidConfiguration, Outbox> =>
  Effect.gen(function* () {
    const app: App = { outbox: yield* Outbox, ...(yield* decodeOptions(options)) }
    return {
      view: (workspaceId, options) => view(app, workspaceId, options),
      list: (workspaceId, options) => Effect.map(view(app, workspaceId, options), (view) => view.clients),
      watch: (workspaceId, options = {}) => watch(app, workspaceId, options),
      get: (workspaceId, id, options) => get(app, workspaceId, id, options),
      create: (workspaceId, input) => traced("create", workspaceId, create(app, workspaceId, input)),
      update: (workspaceId, id, input) => traced("update", workspaceId, update(app, workspaceId, id, input)),
      delete: (workspaceId, id) => traced("delete", workspaceId, delete_(app, workspaceId, id)),
      archive: (workspaceId, id) => traced("archive", workspaceId, archive(app, workspaceId, id)),
      restore: (workspaceId, id, input) => traced("restore", workspaceId, restore(app, workspaceId, id, input))
    }
  })
