import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { type Client, type ClientId, type LocalClientId, WorkspaceId } from "../Client.js"
import type { StorageError } from "../ClientError.js"
import type { Entry } from "../log/entry.js"
import { isSameTurn, type QueueState, turnOf, workspaceOf } from "../log/state.js"
import type * as OutboxStore from "../OutboxStore.js"
import { isTransport } from "../error/transport.js"
import type { Mirror } from "../instance/mirror.js"
import type { Listed, ReadError, Reading } from "./copy.js"
import * as sharing from "./singleFlight.js"

export interface Dependencies {
  readonly store: OutboxStore.Service
  readonly mirror: Mirror
  readonly reading: Reading
  /** A request has just worked: others may work too. */
  readonly worked: Effect.Effect<void>
}

/** What a refresh leads to. */
export type Refreshed =
  /** The local copy has it, and all that was done since. */
  | { readonly _tag: "Stored" }
  /** An attempt was open all the time: the list, and the log that is to be laid over it. */
  | {
      readonly _tag: "Unstored"
      readonly clients: ReadonlyArray<Client>
      readonly fetchedAt: number
      readonly entries: ReadonlyArray<Entry>
      readonly ids: ReadonlyMap<LocalClientId, ClientId>
    }
  /** Attempts ended while each list was read: what was known before is more right than any of them. */
  | { readonly _tag: "Crossed" }

export interface Refreshing {
  /** Asks Toggl for the whole list, once for all who ask meanwhile. */
  readonly refresh: (workspaceId: WorkspaceId) => Effect.Effect<Refreshed, ReadError>
  /** The same for the replay, between two attempts. */
  readonly refreshBases: (workspaceId: WorkspaceId) => Effect.Effect<Listed, ReadError>
}

// A list that attempts have crossed is read again so often.
const tries = 3

// The replay reads a list that was crossed again as soon as the attempt on the wire has ended, which seldom takes long.
const roomComesWithin = "5 seconds"

const isWorkspaceId = Schema.is(WorkspaceId)

/** The workspaces whose list an attempt has crossed and none can cross now, each with the step at which that was. */
export const crossed = ({ workspaces }: QueueState): ReadonlyArray<readonly [workspaceId: WorkspaceId, step: number]> =>
  Object.entries(workspaces).flatMap(([key, { crossed, open }]) => {
    const id = Number(key)
    return crossed === undefined || open.length > 0 || !isWorkspaceId(id) ? [] : [[id, crossed] as const]
  })

/** Nothing is on the wire, and nobody is about to send anything. */
const hasRoom = (state: QueueState, workspaceId: WorkspaceId): boolean =>
  state.run === undefined && workspaceOf(state, workspaceId).open.length === 0

const stored: Refreshed = { _tag: "Stored" }

export const make = (deps: Dependencies): Effect.Effect<Refreshing, never, Scope.Scope> =>
  Effect.gen(function* () {
    const { mirror, reading, store } = deps
    const scope = yield* Effect.scope
    const lists = sharing.make<WorkspaceId, Listed, ReadError>(scope)
    const refreshes = sharing.make<WorkspaceId, Refreshed, ReadError>(scope)

    /** Nobody goes on asking for what Toggl refuses to tell. */
    const forget = (workspaceId: WorkspaceId): Effect.Effect<void> =>
      store
        .changeState((state) => {
          const { crossed, ...workspace } = workspaceOf(state, workspaceId)
          if (crossed === undefined) return state
          return { ...state, workspaces: { ...state.workspaces, [String(workspaceId)]: workspace } }
        })
        .pipe(Effect.flatMap(mirror.setState), Effect.ignore)

    const list = (workspaceId: WorkspaceId) =>
      lists.of(
        workspaceId,
        Effect.tapError(reading.list(workspaceId), (error) =>
          error._tag === "StorageError" || isTransport(error) ? Effect.void : forget(workspaceId)
        )
      )

    /** Asks whoever replays, in whichever tab, for a list between two attempts, unless there is room for one now. */
    const note = (workspaceId: WorkspaceId): Effect.Effect<void, StorageError> =>
      store
        .changeState((state) => {
          const workspace = workspaceOf(state, workspaceId)
          const isNoted = workspace.crossed !== undefined && state.run === undefined
          if (isNoted || hasRoom(state, workspaceId)) return state
          const noted = { ...workspace, crossed: state.step + 1 }
          return { ...state, workspaces: { ...state.workspaces, [String(workspaceId)]: noted } }
        })
        .pipe(Effect.flatMap(mirror.setState), Effect.zipRight(mirror.sync))

    const isMadeGood = (workspaceId: WorkspaceId): boolean =>
      workspaceOf(mirror.state, workspaceId).crossed === undefined

    const madeGood = (workspaceId: WorkspaceId): Effect.Effect<void> =>
      mirror.changes.pipe(
        Stream.filter(() => isMadeGood(workspaceId) || hasRoom(mirror.state, workspaceId)),
        Stream.runHead,
        Effect.timeoutOption(roomComesWithin)
      )

    const refreshed = (workspaceId: WorkspaceId, left = tries): Effect.Effect<Refreshed, ReadError> =>
      Effect.gen(function* () {
        const { clients, fetchedAt, from, isStored } = yield* list(workspaceId)
        if (isStored) return stored
        yield* note(workspaceId)
        if (isSameTurn(turnOf(mirror.state, workspaceId), from)) {
          return {
            _tag: "Unstored",
            clients,
            fetchedAt,
            entries: [...mirror.entries.values()],
            ids: new Map(mirror.ids)
          }
        }
        if (left === 1) return { _tag: "Crossed" }
        if (!isMadeGood(workspaceId)) {
          yield* madeGood(workspaceId)
          if (isMadeGood(workspaceId)) return stored
        }
        return yield* refreshed(workspaceId, left - 1)
      })

    const refreshBases = (workspaceId: WorkspaceId, left = tries): Effect.Effect<Listed, ReadError> =>
      Effect.gen(function* () {
        const wasRunning = lists.isRunning(workspaceId)
        const listed = yield* list(workspaceId)
        if (listed.isStored || left === 1) return listed
        // A list that was asked for while an attempt was open is of no use here; one that the user has crossed neither.
        const isOpen = workspaceOf(mirror.state, workspaceId).open.length > 0
        return isOpen && !wasRunning ? listed : yield* refreshBases(workspaceId, left - 1)
      })

    return {
      refresh: (workspaceId) =>
        refreshes
          .of(
            workspaceId,
            Effect.suspend(() => refreshed(workspaceId))
          )
          .pipe(Effect.tap(reading.remember), Effect.tap(deps.worked)),
      refreshBases
    }
  })
