// What the app shows: the copy, with what is pending laid on it.
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import type { AnyClientId, Client, WorkspaceId } from "../Client.js"
import { NoLocalCopy, NotFound, type TransportError } from "../ClientError.js"
import { mapEffect } from "../effect/stream.js"
import { isTransport } from "../error/transport.js"
import { fetchedInTime, readInTime } from "../instance/inTime.js"
import type { Instance, ReadError } from "../instance/instance.js"
import type { Log } from "../instance/log.js"
import type { Entry } from "../log/entry.js"
import { countIsWrong, hidden, noDoubt, staying } from "../log/listed.js"
import { workspaceOf } from "../log/state.js"
import type { Copy } from "../transactions/copy.js"
import type * as View from "../View.js"
import { fetchOne, localCopy, straight } from "./copy.js"
import { overlay } from "./overlay.js"
import { refresh } from "./refresh.js"
import type { Reads } from "./service.js"

const nothing: Copy = { store: "", step: 0, clients: [], fetchedAt: undefined }

const noCopy = (workspaceId: WorkspaceId, cause: TransportError | undefined): NoLocalCopy =>
  new NoLocalCopy({ workspaceId, operation: "list", ...(cause === undefined ? {} : { cause }) })

const notFound = (workspaceId: WorkspaceId, clientId: AnyClientId): NotFound =>
  new NotFound({ operation: "get", workspaceId, clientId })

const overlaid = (
  { entries, ids }: { readonly entries: Iterable<Entry>; readonly ids: Log["ids"] },
  workspaceId: WorkspaceId,
  clients: ReadonlyArray<Client>,
  known: ReadonlyArray<Client>,
  from: Omit<View.View, "clients">
): View.View => ({ clients: overlay(workspaceId, clients, { entries, ids, known }), ...from })

const pendingIn = ({ entries, ids }: Log) => ({ entries: entries.values(), ids })

const leftOutOf = ({ state }: Log, workspaceId: WorkspaceId): number => workspaceOf(state, workspaceId).leftOut ?? 0

const ofCopy = (
  { log }: Instance,
  workspaceId: WorkspaceId,
  { clients, fetchedAt }: Copy,
  source: View.View["source"]
): View.View =>
  overlaid(pendingIn(log), workspaceId, clients, clients, {
    source,
    fetchedAt,
    leftOut: leftOutOf(log, workspaceId)
  })

// A pending create makes something to show even where Toggl was never asked.
const isAnythingKnown = ({ log }: Instance, workspaceId: WorkspaceId, copy: Copy): boolean =>
  copy.fetchedAt !== undefined ||
  copy.clients.length > 0 ||
  Array.from(log.entries.values()).some(
    ({ mutation, state }) =>
      mutation._tag === "Create" && mutation.workspaceId === workspaceId && state._tag !== "Refused"
  )

const isYoung = (copy: Copy, freshness: Duration.DurationInput, now: number): boolean =>
  copy.fetchedAt !== undefined &&
  now >= copy.fetchedAt &&
  now - copy.fetchedAt <= Duration.toMillis(Duration.decode(freshness))

/** Without a store there is only Toggl. */
const withoutStore = (instance: Instance, workspaceId: WorkspaceId) =>
  Effect.gen(function* () {
    const listed = yield* straight(instance, workspaceId)
    const from = { source: "Toggl", fetchedAt: yield* Clock.currentTimeMillis, leftOut: hidden(listed, 0) } as const
    return overlaid(pendingIn(instance.log), workspaceId, listed.clients, [], from)
  })

/** What Toggl has: by the copy, where it was stored, for that is in step with the log as it is by now. */
const fromToggl = (instance: Instance, workspaceId: WorkspaceId, before: Copy) =>
  Effect.gen(function* () {
    const refreshed = yield* refresh(instance, workspaceId)
    if (refreshed._tag === "Unstored") {
      const { fetchedAt, list } = refreshed
      const { isCountWrong = false } = workspaceOf(instance.log.state, workspaceId)
      const stays = staying(before.clients, list, isCountWrong ? countIsWrong : noDoubt)
      const from = { source: "Toggl", fetchedAt, leftOut: stays.hidden } as const
      const clients = [...list.clients, ...stays.clients]
      return Effect.succeed(overlaid(refreshed, workspaceId, clients, before.clients, from))
    }
    const copy = yield* readInTime(instance, localCopy(instance, workspaceId))
    if (refreshed._tag === "Stored") return Effect.succeed(ofCopy(instance, workspaceId, copy, "Toggl"))
    const isKnown = isAnythingKnown(instance, workspaceId, copy)
    return isKnown ? Effect.succeed(ofCopy(instance, workspaceId, copy, "Local")) : noCopy(workspaceId, undefined)
  })

const read = Effect.fn("Clients.read")(function* (
  instance: Instance,
  workspaceId: WorkspaceId,
  freshness: View.Freshness
) {
  yield* Effect.annotateCurrentSpan({ workspaceId })
  const stored = yield* Effect.either(readInTime(instance, localCopy(instance, workspaceId)))
  const copy = Either.getOrElse(stored, () => nothing)
  const localView = ofCopy(instance, workspaceId, copy, "Local")
  const isKnown = isAnythingKnown(instance, workspaceId, copy)
  if (freshness === "Local") return yield* isKnown ? Effect.succeed(localView) : noCopy(workspaceId, undefined)
  if (freshness !== "Toggl" && isYoung(copy, freshness, yield* Clock.currentTimeMillis)) return localView
  if (Either.isLeft(stored)) return yield* withoutStore(instance, workspaceId)
  const fetched = yield* Effect.either(fetchedInTime(instance, fromToggl(instance, workspaceId, copy)))
  if (Either.isRight(fetched)) return yield* fetched.right
  const error: ReadError = fetched.left
  if (error._tag === "StorageError") return yield* withoutStore(instance, workspaceId)
  if (freshness === "Toggl") return yield* Effect.fail(error)
  if (isKnown) return localView
  return yield* isTransport(error) ? noCopy(workspaceId, error) : Effect.fail(error)
})

const find = ({ log }: Instance, view: View.View, id: AnyClientId): View.ClientView | undefined => {
  const resolved = log.resolve(id) ?? id
  return view.clients.find((client) => client.id === resolved)
}

const isDeleted = ({ log }: Instance, id: AnyClientId): boolean => {
  for (const { mutation, state } of log.entriesOf(id)) {
    if (mutation._tag === "Delete" && state._tag !== "Refused") return true
  }
  return false
}

const get = Effect.fn("Clients.get")(function* (
  instance: Instance,
  workspaceId: WorkspaceId,
  id: AnyClientId,
  freshness: View.Freshness
) {
  const view = yield* read(instance, workspaceId, freshness)
  const found = find(instance, view, id)
  if (found !== undefined) return found
  const clientId = instance.log.resolve(id)
  if (clientId === undefined || isDeleted(instance, id) || view.source === "Toggl" || freshness === "Local") {
    return yield* notFound(workspaceId, id)
  }
  // A colleague may have made it since the list was read.
  const fetched = yield* Effect.either(fetchOne(instance, workspaceId, clientId))
  if (Either.isLeft(fetched)) {
    const error: ReadError = fetched.left
    if (error._tag === "StorageError" || isTransport(error)) {
      return yield* noCopy(workspaceId, error._tag === "StorageError" ? undefined : error)
    }
    return yield* Effect.fail(error)
  }
  const from = { source: "Toggl", fetchedAt: undefined, leftOut: 0 } as const
  const shown = overlaid(pendingIn(instance.log), workspaceId, [fetched.right], [], from)
  return find(instance, shown, id) ?? (yield* notFound(workspaceId, id))
})

/** While the store does not answer, what is shown stays, and it is read again later and later. */
const readToShow = (
  instance: Instance,
  workspaceId: WorkspaceId,
  isShown: () => boolean,
  millis = 500
): Effect.Effect<Copy> =>
  Effect.catchAll(localCopy(instance, workspaceId), () =>
    isShown()
      ? Effect.zipRight(Effect.sleep(millis), readToShow(instance, workspaceId, isShown, Math.min(millis * 2, 60_000)))
      : Effect.succeed(nothing)
  )

const watch = (instance: Instance, workspaceId: WorkspaceId): Stream.Stream<View.View> =>
  Stream.suspend(() => {
    let isShown = false
    return instance.mirror.changes.pipe(
      mapEffect(() => readToShow(instance, workspaceId, () => isShown)),
      Stream.map((copy) => {
        isShown = isShown || copy !== nothing
        return ofCopy(instance, workspaceId, copy, "Local")
      }),
      Stream.changesWith((a, b) => JSON.stringify(a) === JSON.stringify(b))
    )
  })

const isKnownId = ({ log }: Instance, id: AnyClientId): boolean => {
  if (log.resolve(id) !== undefined) return true
  for (const { mutation } of log.entriesOf(id)) if (mutation._tag === "Create") return true
  return false
}

const knows = (instance: Instance, id: AnyClientId): Effect.Effect<"Known" | "Gone" | "Unknown"> =>
  Effect.gen(function* () {
    const { log, mirror } = instance
    if (isKnownId(instance, id)) return "Known"
    // Another tab may have given it, and word of that may still be on its way here.
    const synced = yield* Effect.either(readInTime(instance, mirror.reread))
    if (isKnownId(instance, id)) return "Known"
    if (log.isGone(id)) return "Gone"
    return Either.isLeft(synced) || log.unreadable.length > 0 ? "Known" : "Unknown"
  })

export const make = (instance: Instance): Reads => ({
  read: (workspaceId, freshness) => read(instance, workspaceId, freshness),
  get: (workspaceId, id, freshness) => get(instance, workspaceId, id, freshness),
  watch: (workspaceId) => watch(instance, workspaceId),
  knows: (id) => knows(instance, id)
})
