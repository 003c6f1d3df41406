// The operations, as calls of an app without Effect.
import * as Effect from "effect/Effect"
import type * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as operations from "../app/operations.js"
import { Clients, type ClientsService, type MutationError } from "../app/service.js"
import type { ClientId } from "../Client.js"
import type { BadRequest } from "../ClientError.js"
import type { EntryId } from "../Entry.js"
import type { Receipt } from "../Receipt.js"
import type { Heard } from "../outbox/caller.js"
import { Outbox, type OutboxService } from "../outbox/service.js"
import { checkedCredentials } from "./credentials.js"
import {
  anyId,
  checkedClientId,
  checkedEntry,
  checkedEntryId,
  checkedRestoring,
  checkedWorkspaceId,
  workspaceIdOf
} from "./ids.js"
import type { CallOptions, CreateInput, ReadOptions, UpdateInput } from "./options.js"
import * as follow from "./follow.js"
import { call, change, type Session, step, stepAfterAsking } from "./session.js"
import type { ClientsSnapshot, EntriesSnapshot, StatusSnapshot } from "./snapshots.js"
import * as stores from "./store.js"
import type { TogglClients } from "./toggl.js"
import type { ErrorOf, Errors } from "./unions.js"
import * as watch from "./watch.js"

type Calls = Omit<TogglClients, "close">

// --- What is given, as the library takes it ------------------------------------------------------------------------------

const readingOf = ({ freshness, name, status }: ReadOptions = {}) => ({ freshness, name, status })

// --- Changes -------------------------------------------------------------------------------------------------------------

type Value<A> = (done: operations.Done) => Option.Option<A>

const ofClient = (done: operations.Done) => Option.fromNullable(done.client)
const ofNothing = (): Option.Option<undefined> => Option.some(undefined)
const ofProjects = (done: operations.Done) => Option.some(done.projects)

const changing =
  (session: Session) =>
  <A>(
    ask: (clients: ClientsService) => Effect.Effect<Receipt<A>, MutationError>,
    value: Value<A>,
    { signal }: CallOptions = {}
  ): Promise<Receipt<A>> =>
    change(
      session,
      Effect.flatMap(Clients, ask),
      (heard: Heard) => Effect.flatMap(heard, (receipt) => operations.confirmed(receipt, value)),
      signal
    )

const nothing = <A>(receipt: Receipt<A>): Receipt<undefined> =>
  receipt._tag === "Queued" ? receipt : { ...receipt, value: undefined }

const changes = (session: Session): Pick<Calls, "create" | "update" | "delete" | "archive" | "restore"> => {
  const run = changing(session)
  return {
    create: (workspaceId, input: CreateInput, options) =>
      run((clients) => clients.create(workspaceIdOf(workspaceId), input), ofClient, options),
    update: (workspaceId, id, input: UpdateInput, options) =>
      run((clients) => clients.update(workspaceIdOf(workspaceId), anyId(id), input), ofClient, options),
    delete: (workspaceId, id, options) =>
      run((clients) => Effect.map(clients.delete(workspaceIdOf(workspaceId), anyId(id)), nothing), ofNothing, options),
    archive: (workspaceId, id, options) =>
      run((clients) => clients.archive(workspaceIdOf(workspaceId), anyId(id)), ofProjects, options),
    restore: (workspaceId, id, input = {}, options) =>
      run(
        (clients) =>
          Effect.flatMap(checkedRestoring(input), (input) =>
            clients.restore(workspaceIdOf(workspaceId), anyId(id), input)
          ),
        ofClient,
        options
      )
  }
}

// --- Reads ---------------------------------------------------------------------------------------------------------------

type Run = <Name extends keyof Errors, A>(
  name: Name,
  effect: Effect.Effect<A, ErrorOf<Name>, Clients | Outbox>,
  options: CallOptions | undefined
) => Promise<A>

/** Runs what can fail with no more than the union of the operation says. */
const running =
  (session: Session): Run =>
  (_, effect, options) =>
    call(session, effect, options?.signal)

/** The same for what writes to the outbox. */
const writing =
  (session: Session): Run =>
  (_, effect, options) =>
    step(session, effect, options?.signal)

const reads = (session: Session): Pick<Calls, "list" | "view" | "get"> => {
  const run = running(session)
  const asking = <A, E>(ask: (clients: ClientsService) => Effect.Effect<A, E>) => Effect.flatMap(Clients, ask)
  return {
    list: (workspaceId, options) =>
      run(
        "list",
        asking((clients) => clients.list(workspaceIdOf(workspaceId), readingOf(options))),
        options
      ),
    view: (workspaceId, options) =>
      run(
        "view",
        asking((clients) => clients.view(workspaceIdOf(workspaceId), readingOf(options))),
        options
      ),
    get: (workspaceId, id, options) =>
      run(
        "get",
        asking((clients) => clients.get(workspaceIdOf(workspaceId), anyId(id), { freshness: options?.freshness })),
        options
      )
  }
}

// --- The outbox ----------------------------------------------------------------------------------------------------------

const ofOutbox = <A, E>(ask: (outbox: OutboxService) => Effect.Effect<A, E>): Effect.Effect<A, E, Outbox> =>
  Effect.flatMap(Outbox, ask)

const with_ = <Id, A, E>(
  checked: Either.Either<Id, BadRequest>,
  ask: (outbox: OutboxService, id: Id) => Effect.Effect<A, E>
): Effect.Effect<A, E | BadRequest, Outbox> => Effect.flatMap(checked, (id) => ofOutbox((outbox) => ask(outbox, id)))

const queue = (
  session: Session
): Pick<Calls, "readStatus" | "readEntries" | "quota" | "outcome" | "awaitOutcome" | "awaitDrained" | "flush"> => {
  const run = running(session)
  return {
    readStatus: (options) =>
      run(
        "readStatus",
        ofOutbox(({ status }) => status),
        options
      ),
    readEntries: (options) =>
      run(
        "readEntries",
        ofOutbox(({ entries }) => entries),
        options
      ),
    quota: (workspaceId, options) =>
      run(
        "quota",
        with_(checkedWorkspaceId(workspaceId), (outbox, id) => outbox.quota(id)),
        options
      ),
    outcome: (entryId, options) =>
      run(
        "outcome",
        with_(checkedEntryId(entryId), (outbox, id) => outbox.outcome(id)),
        options
      ),
    awaitOutcome: (entryId, options) =>
      run(
        "awaitOutcome",
        with_(checkedEntryId(entryId), (outbox, id) => outbox.awaitOutcome(id)),
        options
      ),
    awaitDrained: (options) =>
      run(
        "awaitDrained",
        ofOutbox(({ awaitDrained }) => awaitDrained),
        options
      ),
    flush: (options = {}) =>
      run(
        "flush",
        ofOutbox((outbox) => outbox.flush({ timeLimit: options.timeLimit })),
        options
      )
  }
}

/** Settles an undecided entry as a client, and tells afterwards whether it is, where the first was stopped. */
const adoption = (entryId: string, clientId: number) => {
  let wasUndecided = false
  const asking = <A, E>(ask: (outbox: OutboxService, id: EntryId, client: ClientId) => Effect.Effect<A, E>) =>
    Effect.flatMap(checkedClientId(clientId), (client) =>
      with_(checkedEntryId(entryId), (outbox, id) => ask(outbox, id, client))
    )
  const adopting: Effect.Effect<void, ErrorOf<"adopt">, Outbox> = asking((outbox, id, client) =>
    Effect.flatMap(outbox.outcome(id), (before) => {
      wasUndecided = before._tag === "Standing" && before.error._tag === "Undecided"
      return outbox.adopt(id, client)
    })
  )
  const isAdopted: Effect.Effect<boolean, ErrorOf<"adopt">, Outbox> = asking((outbox, id, client) =>
    Effect.gen(function* () {
      if (!wasUndecided) return false
      const outcome = yield* outbox.outcome(id)
      if (outcome._tag !== "Waiting") return outcome._tag === "Done" && outcome.clientId === client
      // what it asks for beyond what that client has is still to be sent
      return (yield* outbox.entries).some((entry) => entry.id === id && entry.clientId === client)
    })
  )
  return { adopting, isAdopted }
}

const repair = (
  session: Session
): Pick<
  Calls,
  "retry" | "discard" | "adopt" | "exportEntries" | "confirmExport" | "moved" | "importEntries" | "others" | "takeOver"
> => {
  const run = running(session)
  const write = writing(session)
  return {
    retry: (entryId, edit, options) =>
      write(
        "retry",
        with_(checkedEntryId(entryId), (outbox, id) => outbox.retry(id, edit)),
        options
      ),
    discard: (entry, options) =>
      write(
        "discard",
        with_(checkedEntry(entry), (outbox, id) => outbox.discard(id)),
        options
      ),
    adopt: (entryId, clientId, options) => {
      const { adopting, isAdopted } = adoption(entryId, clientId)
      return stepAfterAsking(session, adopting, isAdopted, options?.signal)
    },
    exportEntries: (options = {}) =>
      (options.take === true ? write : run)(
        "exportEntries",
        ofOutbox((outbox) => outbox.exportEntries({ take: options.take })),
        options
      ),
    confirmExport: (json, options) =>
      write(
        "confirmExport",
        ofOutbox((outbox) => outbox.confirmExport(json)),
        options
      ),
    moved: (options) =>
      run(
        "moved",
        ofOutbox(({ moved }) => moved),
        options
      ),
    importEntries: (json, options) =>
      write(
        "importEntries",
        ofOutbox((outbox) => outbox.importEntries(json)),
        options
      ),
    others: (options) =>
      run(
        "others",
        ofOutbox(({ others }) => others),
        options
      ),
    takeOver: (other, options) =>
      write(
        "takeOver",
        ofOutbox((outbox) => outbox.takeOver(other)),
        options
      )
  }
}

const control = (
  session: Session
): Pick<Calls, "pause" | "resume" | "replayNow" | "persist" | "signIn" | "signOut" | "purge"> => {
  const run = running(session)
  const write = writing(session)
  return {
    pause: (options) =>
      write(
        "pause",
        ofOutbox(({ pause }) => pause),
        options
      ),
    resume: (options) =>
      write(
        "resume",
        ofOutbox(({ resume }) => resume),
        options
      ),
    replayNow: (options) =>
      run(
        "replayNow",
        ofOutbox(({ replayNow }) => replayNow),
        options
      ),
    persist: (options) =>
      run(
        "persist",
        ofOutbox(({ persist }) => Effect.map(persist, Option.getOrUndefined)),
        options
      ),
    signIn: (credentials, options) =>
      run(
        "signIn",
        Effect.flatMap(checkedCredentials(credentials), (given) => ofOutbox((outbox) => outbox.signIn(given))),
        options
      ),
    signOut: (options) =>
      write(
        "signOut",
        ofOutbox(({ signOut }) => signOut),
        options
      ),
    purge: (options) =>
      write(
        "purge",
        ofOutbox(({ purge }) => purge),
        options
      )
  }
}

// --- Stores --------------------------------------------------------------------------------------------------------------

const shown = (session: Session): Pick<Calls, "clients" | "client" | "entries" | "status"> => {
  const clients = stores.make<ClientsSnapshot>(session, watch.loading.clients)
  const client = follow.make(session)
  const entries = stores.make<EntriesSnapshot>(session, watch.loading.entries)
  const status = stores.make<StatusSnapshot>(session, watch.loading.status)
  const keyOf = (...parts: ReadonlyArray<unknown>): string => JSON.stringify(parts.map((part) => part ?? ""))
  return {
    clients: (workspaceId, options = {}) =>
      clients.of(keyOf(workspaceId, options.status ?? "active", options.name, options.freshness), () =>
        watch.clients(workspaceId, options)
      ),
    client,
    entries: () => entries.of("", () => watch.entries),
    status: () => status.of("", () => watch.status)
  }
}

/** All of them but `close`. */
export const make = (session: Session): Calls => ({
  ...reads(session),
  ...changes(session),
  ...shown(session),
  ...queue(session),
  ...repair(session),
  ...control(session)
})
