// What the stores show.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Clients } from "../app/service.js"
import { BadRequest } from "../ClientError.js"
import { checkedAnyClient, checkedLocalFilter, checkedWorkspace } from "../error/input.js"
import { Outbox } from "../outbox/service.js"
import { durationOf } from "../settings.js"
import type * as View from "../View.js"
import { anyId, workspaceIdOf } from "./ids.js"
import type { ClientsOptions, StoreOptions } from "./options.js"
import type { Services } from "./session.js"
import type { ClientSnapshot, ClientsSnapshot, EntriesSnapshot, StatusSnapshot } from "./snapshots.js"

/** What is known of each before anything is, for servers too. */
export const loading = {
  clients: Object.freeze({ _tag: "Loading", clients: Object.freeze([]) }) satisfies ClientsSnapshot,
  client: Object.freeze({ _tag: "Loading", client: undefined }) satisfies ClientSnapshot,
  entries: Object.freeze({ _tag: "Loading", entries: Object.freeze([]) }) satisfies EntriesSnapshot,
  status: Object.freeze({ _tag: "Loading", status: undefined }) satisfies StatusSnapshot
} as const

const freshnessOf = ({ freshness = "5 minutes" }: StoreOptions) => (freshness === "Local" ? undefined : freshness)

const checkedFreshness = (options: StoreOptions): Either.Either<void, BadRequest> =>
  options.freshness === "Local" || Option.isSome(durationOf(freshnessOf(options)))
    ? Either.right(undefined)
    : Either.left(new BadRequest({ text: 'a store\'s freshness is "Local" or a duration such as "5 minutes"' }))

const isUnknown = (view: View.View): boolean => view.fetchedAt === undefined && view.clients.length === 0

/** Whether Toggl is still to say something: nobody was heard of yet, and somebody wants it. */
const isAwaited = (view: View.View, isWanted: boolean, wasAsked: boolean): boolean =>
  view.refresh._tag === "Running" || (view.refresh._tag === "Idle" && isWanted && !wasAsked)

const errorOf = ({ refresh }: View.View) => (refresh._tag === "Failed" ? refresh.error : undefined)

const watched = (workspaceId: number, options: ClientsOptions): Stream.Stream<View.View, never, Services> => {
  const { name, status } = options
  const freshness = freshnessOf(options)
  return Stream.unwrap(
    Effect.map(Clients, (clients) => clients.watch(workspaceIdOf(workspaceId), { status, name, freshness }))
  )
}

const clientsOf = (view: View.View, isWanted: boolean, wasAsked: boolean): ClientsSnapshot => {
  if (!isUnknown(view)) {
    const { clients, fetchedAt, leftOut, refresh } = view
    return Object.freeze({ _tag: "Ready", clients, fetchedAt, leftOut, refresh })
  }
  if (isAwaited(view, isWanted, wasAsked)) return loading.clients
  return Object.freeze({ _tag: "NotThere", clients: loading.clients.clients, error: errorOf(view) })
}

export const clients = (
  workspaceId: number,
  options: ClientsOptions
): Stream.Stream<ClientsSnapshot, never, Services> => {
  const isWanted = freshnessOf(options) !== undefined
  return Either.match(
    Either.all([
      checkedWorkspace("list", workspaceIdOf(workspaceId)),
      checkedLocalFilter("list", workspaceIdOf(workspaceId), options),
      checkedFreshness(options)
    ]),
    {
      onLeft: (error): Stream.Stream<ClientsSnapshot, never, Services> =>
        Stream.succeed(Object.freeze({ _tag: "NotThere", clients: loading.clients.clients, error })),
      onRight: () =>
        Stream.mapAccum(watched(workspaceId, options), false, (wasAsked, view) => [
          wasAsked || view.refresh._tag !== "Idle",
          clientsOf(view, isWanted, wasAsked)
        ])
    }
  )
}

interface Followed {
  /** By this the client is known, whichever id it has. */
  readonly key: string | undefined
  readonly wasAsked: boolean
  readonly last: ClientSnapshot
}

/** A local id that Toggl's has replaced stands in no list, and is known all the same. */
const keyOf = (workspaceId: number, id: number, view: View.View): Effect.Effect<string | undefined, never, Clients> => {
  const listed = view.clients.find((client) => client.id === id)
  if (listed !== undefined || id > 0) return Effect.succeed(listed?.key)
  return Effect.flatMap(Clients, (clients) =>
    Effect.match(clients.get(workspaceIdOf(workspaceId), anyId(id), { freshness: "Local" }), {
      onFailure: () => undefined,
      onSuccess: ({ key }) => key
    })
  )
}

const clientOf = ({ key, last, wasAsked }: Followed, view: View.View, isWanted: boolean): ClientSnapshot => {
  const { refresh } = view
  const client = view.clients.find((client) => client.key === key)
  if (client !== undefined) {
    const isSame = last._tag === "Ready" && last.client === client && last.refresh === refresh
    return isSame ? last : Object.freeze({ _tag: "Ready", client, refresh })
  }
  const isOpen = view.fetchedAt === undefined || key === undefined
  if (isOpen && isAwaited(view, isWanted && view.fetchedAt === undefined, wasAsked)) return loading.client
  const error = errorOf(view)
  const isSame = last._tag === "NotThere" && last.error === error
  return isSame ? last : Object.freeze({ _tag: "NotThere", client: undefined, error })
}

export const client = (
  workspaceId: number,
  id: number,
  options: StoreOptions
): Stream.Stream<ClientSnapshot, never, Services> => {
  const isWanted = freshnessOf(options) !== undefined
  const first: Followed = { key: undefined, wasAsked: false, last: loading.client }
  return Either.match(
    Either.all([checkedAnyClient("get", workspaceIdOf(workspaceId), anyId(id)), checkedFreshness(options)]),
    {
      onLeft: (error): Stream.Stream<ClientSnapshot, never, Services> =>
        Stream.succeed(Object.freeze({ _tag: "NotThere", client: undefined, error })),
      onRight: () =>
        Stream.mapAccumEffect(
          watched(workspaceId, { ...options, status: "both" }),
          first,
          Effect.fnUntraced(function* (followed: Followed, view: View.View) {
            const key = followed.key ?? (yield* keyOf(workspaceId, id, view))
            const last = clientOf({ ...followed, key }, view, isWanted)
            const wasAsked = followed.wasAsked || view.refresh._tag !== "Idle"
            const next: Followed = { key, wasAsked, last }
            return [next, last] as const
          })
        )
    }
  )
}

export const entries: Stream.Stream<EntriesSnapshot, never, Services> = /*#__PURE__*/ Stream.unwrap(
  /*#__PURE__*/ Effect.map(Outbox, ({ watchEntries }) =>
    Stream.map(watchEntries, (entries): EntriesSnapshot => Object.freeze({ _tag: "Ready", entries }))
  )
)

export const status: Stream.Stream<StatusSnapshot, never, Services> = /*#__PURE__*/ Stream.unwrap(
  /*#__PURE__*/ Effect.map(Outbox, ({ changes }) =>
    Stream.map(changes, (status): StatusSnapshot => Object.freeze({ _tag: "Ready", status }))
  )
)
