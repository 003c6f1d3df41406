// What the stores show.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Clients } from "../app/service.js"
import { BadRequest } from "../ClientError.js"
import { checkedLocalFilter, checkedWorkspace } from "../error/input.js"
import { Outbox } from "../outbox/service.js"
import { durationOf } from "../settings.js"
import type * as View from "../View.js"
import { workspaceIdOf } from "./ids.js"
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

export const freshnessOf = ({ freshness = "5 minutes" }: StoreOptions) =>
  freshness === "Local" ? undefined : freshness

export const checkedFreshness = (options: StoreOptions): Either.Either<void, BadRequest> =>
  options.freshness === "Local" || Option.isSome(durationOf(freshnessOf(options)))
    ? Either.right(undefined)
    : Either.left(new BadRequest({ text: 'a store\'s freshness is "Local" or a duration such as "5 minutes"' }))

const isUnknown = (view: View.View): boolean => view.fetchedAt === undefined && view.clients.length === 0

/** Whether Toggl is still to say something: nobody was heard of yet, and somebody wants it. */
export const isAwaited = (view: View.View, isWanted: boolean, wasAsked: boolean): boolean =>
  view.refresh._tag === "Running" || (view.refresh._tag === "Idle" && isWanted && !wasAsked)

export const errorOf = ({ refresh }: View.View) => (refresh._tag === "Failed" ? refresh.error : undefined)

/** The views that are watched. */
export const watched = (workspaceId: number, options: ClientsOptions): Stream.Stream<View.View, never, Services> => {
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
