// What the app shows: the copy, with what is pending laid on it.
import * as Clock from "effect/Clock"
import * as Data from "effect/Data"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as RcMap from "effect/RcMap"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import type { AnyClientId, Client, Filter, WorkspaceId } from "../Client.js"
import { NoLocalCopy, NotFound, type TransportError } from "../ClientError.js"
import { mapEffect, toldNowAndBy } from "../effect/stream.js"
import { isTransport } from "../error/transport.js"
import { fetchedInTime, readInTime } from "../instance/inTime.js"
import type { HeldCopy } from "../instance/copies.js"
import type { Instance, ReadError } from "../instance/instance.js"
import type { Log } from "../instance/log.js"
import { watched } from "../instance/watched.js"
import type { Entry } from "../log/entry.js"
import { countIsWrong, hidden, noDoubt, staying } from "../log/listed.js"
import { workspaceOf } from "../log/state.js"
import type * as View from "../View.js"
import { fetchOne, localCopy, straight } from "./copy.js"
import { overlay } from "./overlay.js"
import { type Fresh, isYoung, make as keepFresh } from "./fresh.js"
import { refresh } from "./refresh.js"
import type { Reads } from "./service.js"
import { SharedView } from "./shared.js"
import { type From, matching, viewOf, withRefresh } from "./shown.js"

const nothing: HeldCopy = { clients: new Map(), fetchedAt: undefined }

/** What is watched: a part of a workspace. */
interface Watching {
  readonly workspaceId: WorkspaceId
  readonly status: NonNullable<Filter["status"]>
  readonly name: string | undefined
}

/** An instance, and the views of its workspaces. */
interface Shown {
  readonly instance: Instance
  readonly of: (workspaceId: WorkspaceId) => SharedView
}

const noCopy = (workspaceId: WorkspaceId, cause: TransportError | undefined): NoLocalCopy =>
  new NoLocalCopy({ workspaceId, operation: "list", ...(cause === undefined ? {} : { cause }) })

const notFound = (workspaceId: WorkspaceId, clientId: AnyClientId): NotFound =>
  new NotFound({ operation: "get", workspaceId, clientId })

const overlaid = (
  { entries, ids }: { readonly entries: Iterable<Entry>; readonly ids: Log["ids"] },
  workspaceId: WorkspaceId,
  clients: ReadonlyArray<Client>,
  known: ReadonlyArray<Client>,
  from: From
): View.View => viewOf(overlay(workspaceId, clients, { entries, ids, known }).values(), from)

const pendingIn = ({ entries, ids }: Log) => ({ entries: entries.values(), ids })

/** The copy, as far as it could be read. */
const ofCopy = (
  { instance: { log, reads }, of }: Shown,
  workspaceId: WorkspaceId,
  copy: HeldCopy,
  source: View.View["source"]
): View.View => {
  const held = copy === nothing ? undefined : reads.copies.at(workspaceId, log.state)
  if (held !== undefined) return { ...of(workspaceId).upTo(held), source }
  // It could not be read, or the log has gone on since: that is no view for all.
  const { leftOut = 0 } = workspaceOf(log.state, workspaceId)
  const clients = [...copy.clients.values()]
  return overlaid(pendingIn(log), workspaceId, clients, clients, { source, fetchedAt: copy.fetchedAt, leftOut })
}

// A pending create makes something to show even where Toggl was never asked.
const isAnythingKnown = ({ log }: Instance, workspaceId: WorkspaceId, copy: HeldCopy): boolean =>
  copy.fetchedAt !== undefined ||
  copy.clients.size > 0 ||
  Array.from(log.entries.values()).some(
    ({ mutation, state }) =>
      mutation._tag === "Create" && mutation.workspaceId === workspaceId && state._tag !== "Refused"
  )

/** Without a store there is only Toggl. */
const withoutStore = (instance: Instance, workspaceId: WorkspaceId) =>
  Effect.gen(function* () {
    const listed = yield* straight(instance, workspaceId)
    const from = { source: "Toggl", fetchedAt: yield* Clock.currentTimeMillis, leftOut: hidden(listed, 0) } as const
    return overlaid(pendingIn(instance.log), workspaceId, listed.clients, [], from)
  })

/** What Toggl has: by the copy, where it was stored, for that is in step with the log as it is by now. */
const fromToggl = (shown: Shown, workspaceId: WorkspaceId, copy: HeldCopy) =>
  Effect.gen(function* () {
    const { instance } = shown
    const before = [...copy.clients.values()]
    const refreshed = yield* refresh(instance, workspaceId)
    if (refreshed._tag === "Unstored") {
      const { fetchedAt, list } = refreshed
      const { isCountWrong = false } = workspaceOf(instance.log.state, workspaceId)
      const stays = staying(before, list, isCountWrong ? countIsWrong : noDoubt)
      const from = { source: "Toggl", fetchedAt, leftOut: stays.hidden } as const
      const clients = [...list.clients, ...stays.clients]
      return Effect.succeed(overlaid(refreshed, workspaceId, clients, before, from))
    }
    const now = yield* readInTime(instance, localCopy(instance, workspaceId))
    if (refreshed._tag === "Stored") return Effect.succeed(ofCopy(shown, workspaceId, now, "Toggl"))
    const isKnown = isAnythingKnown(instance, workspaceId, now)
    return isKnown ? Effect.succeed(ofCopy(shown, workspaceId, now, "Local")) : noCopy(workspaceId, undefined)
  })

const read = Effect.fn("Clients.read")(function* (shown: Shown, workspaceId: WorkspaceId, freshness: View.Freshness) {
  const { instance } = shown
  yield* Effect.annotateCurrentSpan({ workspaceId })
  const stored = yield* Effect.either(readInTime(instance, localCopy(instance, workspaceId)))
  const copy = Either.getOrElse(stored, () => nothing)
  const localView = ofCopy(shown, workspaceId, copy, "Local")
  const isKnown = isAnythingKnown(instance, workspaceId, copy)
  if (freshness === "Local") return yield* isKnown ? Effect.succeed(localView) : noCopy(workspaceId, undefined)
  const now = yield* Clock.currentTimeMillis
  if (freshness !== "Toggl" && isYoung(copy.fetchedAt, Duration.toMillis(freshness), now)) return localView
  if (Either.isLeft(stored)) return yield* withoutStore(instance, workspaceId)
  const fetched = yield* Effect.either(fetchedInTime(instance, fromToggl(shown, workspaceId, copy)))
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
  shown: Shown,
  workspaceId: WorkspaceId,
  id: AnyClientId,
  freshness: View.Freshness
) {
  const { instance } = shown
  const view = yield* read(shown, workspaceId, freshness)
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
  const alone = overlaid(pendingIn(instance.log), workspaceId, [fetched.right], [], from)
  return find(instance, alone, id) ?? (yield* notFound(workspaceId, id))
})

// No more often is it read for what changes while it cannot be.
const shortestRest = 500

/** Reads it later and later, or as soon as a change tells that the store can be read again. */
const readAgain = (instance: Instance, workspaceId: WorkspaceId): Effect.Effect<HeldCopy, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { mirror } = instance
    let isBack = yield* Deferred.make<void>()
    yield* mirror.onChange(() => {
      if (mirror.isReadable()) Deferred.unsafeDone(isBack, Effect.void)
    })
    for (let millis = shortestRest; ; millis = Math.min(millis * 2, 60_000)) {
      yield* Effect.sleep(shortestRest)
      yield* Effect.raceFirst(Deferred.await(isBack), Effect.sleep(millis - shortestRest))
      isBack = yield* Deferred.make<void>()
      const copy = yield* Effect.either(localCopy(instance, workspaceId))
      if (Either.isRight(copy)) return copy.right
    }
  })

/** While the store does not answer, what is shown stays. */
const readToShow = (instance: Instance, workspaceId: WorkspaceId, isShown: () => boolean): Effect.Effect<HeldCopy> =>
  Effect.catchAll(localCopy(instance, workspaceId), () =>
    isShown() ? Effect.scoped(readAgain(instance, workspaceId)) : Effect.succeed(nothing)
  )

/** Brings the workspace's view up to each change, for as long as anybody watches. It has been brought up once. */
const kept = ({ instance, of }: Shown, workspaceId: WorkspaceId): Effect.Effect<SharedView, never, Scope.Scope> =>
  Effect.gen(function* () {
    const view = of(workspaceId)
    const isBroughtUp = yield* Deferred.make<void>()
    const before = view.brought
    const keeping = instance.mirror.changes.pipe(
      mapEffect(() => readToShow(instance, workspaceId, () => view.brought !== before)),
      Stream.runForEach((copy) => {
        view.upTo(copy, copy !== nothing)
        return Deferred.succeed(isBroughtUp, undefined)
      })
    )
    // Whoever watches first may not be interruptible: this is for all of them, and ends with the last.
    yield* watched("what brings views up to date", keeping).pipe(Effect.interruptible, Effect.forkScoped)
    yield* Deferred.await(isBroughtUp)
    return view
  })

/** Who joins the others sees what is so now, and not what they were last shown. */
const joined = ({ instance, of }: Shown, workspaceId: WorkspaceId): Effect.Effect<void> =>
  Effect.ignore(Effect.map(localCopy(instance, workspaceId), (copy) => of(workspaceId).upTo(copy)))

/** What a filter leaves of a workspace's view, with what becomes of keeping it fresh, and what tells when that is another. */
const selected = (view: SharedView, workspaceId: WorkspaceId, filter: Filter, fresh: Fresh) =>
  Effect.gen(function* () {
    const listeners = new Set<() => void>()
    const tell = () => {
      for (const listener of listeners) listener()
    }
    const selection = view.select(filter, tell)
    yield* Effect.addFinalizer(() => Effect.sync(() => view.letGo(selection)))
    yield* fresh.onChange(workspaceId, tell)
    let last = { of: selection.view, shown: selection.view }
    return toldNowAndBy(listeners).pipe(
      Stream.map(() => {
        const refresh = fresh.of(workspaceId)
        const isSame = last.of === selection.view && last.shown.refresh === refresh
        if (!isSame) last = { of: selection.view, shown: withRefresh(selection.view, refresh) }
        return last.shown
      }),
      Stream.changesWith((a, b) => a === b)
    )
  })

/** Views that are worked out once for all who watch the same, and kept while anybody does. */
const watches = (shown: Shown, fresh: Fresh) =>
  Effect.gen(function* () {
    const views = yield* RcMap.make({ lookup: (workspaceId: WorkspaceId) => kept(shown, workspaceId) })
    const selections = yield* RcMap.make({
      lookup: ({ name, status, workspaceId }: Watching) =>
        Effect.flatMap(RcMap.get(views, workspaceId), (view) => selected(view, workspaceId, { name, status }, fresh))
    })
    const watch: Reads["watch"] = (workspaceId, { name, status = "active" }, freshness) =>
      Stream.unwrapScoped(
        RcMap.get(selections, Data.struct({ workspaceId, status, name: name?.toLowerCase() }) satisfies Watching).pipe(
          Effect.zipLeft(joined(shown, workspaceId)),
          Effect.zipLeft(freshness === undefined ? Effect.void : fresh.want(workspaceId, freshness))
        )
      )
    return watch
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

/** What is read for the app, and what may be asked for again, for who watches. */
export interface Views {
  readonly reads: Reads
  readonly lookAgain: Effect.Effect<void>
}

export const make = (instance: Instance): Effect.Effect<Views, never, Scope.Scope> =>
  Effect.gen(function* () {
    const views = new Map<WorkspaceId, SharedView>()
    const of = (workspaceId: WorkspaceId): SharedView => {
      const known = views.get(workspaceId) ?? new SharedView(instance.log, workspaceId)
      views.set(workspaceId, known)
      return known
    }
    const shown: Shown = { instance, of }
    const fresh = yield* keepFresh(instance)
    const reads: Reads = {
      read: (workspaceId, freshness, filter) =>
        Effect.map(read(shown, workspaceId, freshness), (view) => matching(view, filter)),
      get: (workspaceId, id, freshness) => get(shown, workspaceId, id, freshness),
      watch: yield* watches(shown, fresh),
      knows: (id) => knows(instance, id)
    }
    return { reads, lookAgain: fresh.lookAgain }
  })
