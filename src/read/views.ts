import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Stream from "effect/Stream"
import { type AnyClientId, type Client, type ClientId, type LocalClientId, type WorkspaceId } from "../Client.js"
import { NotFound } from "../ClientError.js"
import type { Entry } from "../log/entry.js"
import type { Copy } from "../OutboxStore.js"
import type * as View from "../View.js"
import { isTransport } from "../error/transport.js"
import type { Mirror } from "../instance/mirror.js"
import { noCopy, type ReadError, type Reading } from "./copy.js"
import { overlay } from "./overlay.js"
import type { Reads } from "./service.js"
import type { Refreshing } from "./refresh.js"

export interface Dependencies {
  readonly mirror: Mirror
  readonly reading: Reading
  readonly refreshing: Pick<Refreshing, "refresh">
}

interface Log {
  readonly entries: Iterable<Entry>
  readonly ids: ReadonlyMap<LocalClientId, ClientId>
}

const nothing: Copy = { step: 0, clients: [], fetchedAt: undefined }

export const make = ({ mirror, reading, refreshing }: Dependencies): Reads => {
  const overlaid = (
    workspaceId: WorkspaceId,
    clients: ReadonlyArray<Client>,
    source: View.View["source"],
    fetchedAt: number | undefined,
    known: ReadonlyArray<Client>,
    log: Log = { entries: mirror.entries.values(), ids: mirror.ids }
  ): View.View => ({ clients: overlay(workspaceId, clients, { ...log, known }), source, fetchedAt })

  const ofCopy = (workspaceId: WorkspaceId, copy: Copy, source: View.View["source"]): View.View =>
    overlaid(workspaceId, copy.clients, source, copy.fetchedAt, copy.clients)

  // A pending create makes something to show even where Toggl was never asked.
  const isAnythingKnown = (workspaceId: WorkspaceId, copy: Copy): boolean =>
    copy.fetchedAt !== undefined ||
    copy.clients.length > 0 ||
    Array.from(mirror.entries.values()).some(
      ({ mutation, state }) =>
        mutation._tag === "Create" && mutation.workspaceId === workspaceId && state._tag !== "Refused"
    )

  const isYoung = (copy: Copy, freshness: Duration.DurationInput, now: number): boolean =>
    copy.fetchedAt !== undefined &&
    now >= copy.fetchedAt &&
    now - copy.fetchedAt <= Duration.toMillis(Duration.decode(freshness))

  /** Without a store there is only Toggl. */
  const straight = (workspaceId: WorkspaceId) =>
    Effect.gen(function* () {
      const clients = yield* reading.straight(workspaceId)
      return overlaid(workspaceId, clients, "Toggl", yield* Clock.currentTimeMillis, [])
    })

  /** What Toggl has: by the copy, where it was stored, for that is in step with the log as it is by now. */
  const fromToggl = (workspaceId: WorkspaceId, before: Copy) =>
    Effect.gen(function* () {
      const refreshed = yield* refreshing.refresh(workspaceId)
      if (refreshed._tag === "Unstored") {
        const { clients, fetchedAt } = refreshed
        return Effect.succeed(overlaid(workspaceId, clients, "Toggl", fetchedAt, before.clients, refreshed))
      }
      const copy = yield* reading.local(workspaceId)
      if (refreshed._tag === "Stored") return Effect.succeed(ofCopy(workspaceId, copy, "Toggl"))
      const isKnown = isAnythingKnown(workspaceId, copy)
      return isKnown ? Effect.succeed(ofCopy(workspaceId, copy, "Local")) : noCopy(workspaceId, undefined)
    })

  const read = Effect.fn("Clients.read")(function* (workspaceId: WorkspaceId, freshness: View.Freshness) {
    yield* Effect.annotateCurrentSpan({ workspaceId })
    const stored = yield* Effect.either(reading.local(workspaceId))
    const copy = Either.getOrElse(stored, () => nothing)
    const localView = ofCopy(workspaceId, copy, "Local")
    const isKnown = isAnythingKnown(workspaceId, copy)
    if (freshness === "Local") return yield* isKnown ? Effect.succeed(localView) : noCopy(workspaceId, undefined)
    if (freshness !== "Toggl" && isYoung(copy, freshness, yield* Clock.currentTimeMillis)) return localView
    if (Either.isLeft(stored)) return yield* straight(workspaceId)
    const fetched = yield* Effect.either(fromToggl(workspaceId, copy))
    if (Either.isRight(fetched)) return yield* fetched.right
    const error: ReadError = fetched.left
    if (error._tag === "StorageError") return yield* straight(workspaceId)
    if (freshness === "Toggl") return yield* Effect.fail(error)
    if (isKnown) return localView
    return yield* isTransport(error) ? noCopy(workspaceId, error) : Effect.fail(error)
  })

  const find = (view: View.View, id: AnyClientId): View.ClientView | undefined => {
    const resolved = mirror.resolve(id) ?? id
    return view.clients.find((client) => client.id === resolved)
  }

  const entriesOf = function* (id: AnyClientId): Iterable<Entry> {
    for (const seq of mirror.clients.after(id, 0)) {
      const entry = mirror.entries.get(seq)
      if (entry !== undefined) yield entry
    }
  }

  const isDeleted = (id: AnyClientId): boolean => {
    for (const { mutation, state } of entriesOf(id)) {
      if (mutation._tag === "Delete" && state._tag !== "Refused") return true
    }
    return false
  }

  const isKnownId = (id: AnyClientId): boolean => {
    if (mirror.resolve(id) !== undefined) return true
    for (const { mutation } of entriesOf(id)) if (mutation._tag === "Create") return true
    return false
  }

  /** While the store does not answer, what is shown stays, and it is read again later and later. */
  const readToShow = (workspaceId: WorkspaceId, isShown: () => boolean, millis = 500): Effect.Effect<Copy> =>
    Effect.catchAll(reading.local(workspaceId), () =>
      isShown()
        ? Effect.zipRight(Effect.sleep(millis), readToShow(workspaceId, isShown, Math.min(millis * 2, 60_000)))
        : Effect.succeed(nothing)
    )

  const notFound = (workspaceId: WorkspaceId, clientId: AnyClientId) =>
    new NotFound({ operation: "get", workspaceId, clientId })

  return {
    read,
    get: Effect.fn("Clients.get")(function* (workspaceId: WorkspaceId, id: AnyClientId, freshness: View.Freshness) {
      const view = yield* read(workspaceId, freshness)
      const found = find(view, id)
      if (found !== undefined) return found
      const clientId = mirror.resolve(id)
      if (clientId === undefined || isDeleted(id) || view.source === "Toggl" || freshness === "Local") {
        return yield* notFound(workspaceId, id)
      }
      // A colleague may have made it since the list was read.
      const fetched = yield* Effect.either(reading.fetchOne(workspaceId, clientId))
      if (Either.isLeft(fetched)) {
        const error: ReadError = fetched.left
        if (error._tag === "StorageError" || isTransport(error)) {
          return yield* noCopy(workspaceId, error._tag === "StorageError" ? undefined : error)
        }
        return yield* Effect.fail(error)
      }
      const client = fetched.right
      return find(overlaid(workspaceId, [client], "Toggl", undefined, []), id) ?? (yield* notFound(workspaceId, id))
    }),
    watch: (workspaceId) =>
      Stream.suspend(() => {
        let isShown = false
        return mirror.changes.pipe(
          Stream.mapEffect(() => readToShow(workspaceId, () => isShown)),
          Stream.map((copy) => {
            isShown = isShown || copy !== nothing
            return ofCopy(workspaceId, copy, "Local")
          }),
          Stream.changesWith((a, b) => JSON.stringify(a) === JSON.stringify(b))
        )
      }),
    knows: (id) =>
      Effect.gen(function* () {
        if (isKnownId(id)) return true
        // Another tab may have given it, or this one has read nothing yet.
        const synced = yield* Effect.either(mirror.sync)
        return Either.isLeft(synced) || mirror.unreadable.length > 0 || isKnownId(id)
      })
  }
}
