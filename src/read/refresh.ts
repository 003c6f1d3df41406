// Lists that attempts have crossed, and how they come to be stored all the same.
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { WorkspaceId } from "../Client.js"
import type { Keeper } from "../account/ask.js"
import type { StorageError } from "../ClientError.js"
import { isTransport } from "../error/transport.js"
import { type Now, now } from "../effect/clock.js"
import { mapEffect } from "../effect/stream.js"
import { isOpenIn, landedIn, wokenByRead } from "../instance/decide.js"
import { type Instance, type Listed, type ReadError, type Refreshed, wake } from "../instance/instance.js"
import { writtenSoon } from "../instance/inTime.js"
import { isSameTurn, type QueueState, turnOf, type Workspace, workspaceOf } from "../log/state.js"
import * as copy from "./copy.js"

// A list that attempts have crossed is read again so often.
const tries = 3

// The replay reads a list that was crossed again as soon as the attempt on the wire has ended, which seldom takes long.
const roomComesWithin = "5 seconds"

const isWorkspaceId = Schema.is(WorkspaceId)

/**
 * The workspaces whose list an attempt was open beside, so that it could not be stored, and none is open now; each with
 * the step at which that was.
 */
export const crossed = (
  instance: Instance,
  now: Now
): ReadonlyArray<readonly [workspaceId: WorkspaceId, step: number]> =>
  Object.entries(instance.log.state.workspaces).flatMap(([key, { crossed }]) => {
    const id = Number(key)
    return crossed === undefined || !isWorkspaceId(id) || isOpenIn(instance, id, now) ? [] : [[id, crossed] as const]
  })

/** Nothing is on the wire, and nobody is about to send anything. */
const hasRoom = (state: QueueState, workspaceId: WorkspaceId, landed: ReadonlySet<number>): boolean =>
  state.run === undefined && workspaceOf(state, workspaceId).open.every((seq) => landed.has(seq))

const isCrossed = (state: QueueState, workspaceId: WorkspaceId): boolean =>
  workspaceOf(state, workspaceId).crossed !== undefined

const withWorkspace = (state: QueueState, workspaceId: WorkspaceId, workspace: Workspace): QueueState => ({
  ...state,
  workspaces: { ...state.workspaces, [String(workspaceId)]: workspace }
})

/** Nobody goes on asking for what Toggl refuses to tell. */
const forget = ({ mirror, transactions }: Instance, workspaceId: WorkspaceId): Effect.Effect<void> =>
  transactions
    .changeState((state) => {
      const { crossed, ...workspace } = workspaceOf(state, workspaceId)
      return crossed === undefined ? state : withWorkspace(state, workspaceId, workspace)
    })
    .pipe(Effect.flatMap(mirror.setState), Effect.ignore)

/**
 * Lists that are under way, which more than one may want. What changes may be built on is asked past caches: while some wait,
 * the app's own reading too, so that the replay can share it.
 */
const underWay = ({ log, reads: { bases, lists } }: Instance, workspaceId: WorkspaceId, keeper?: Keeper) =>
  keeper === "Replay" || log.dependencies().next !== undefined || bases.isRunning(workspaceId)
    ? { flights: bases, reading: { pastCaches: {} } }
    : { flights: lists, reading: {} }

const list = (instance: Instance, workspaceId: WorkspaceId, keeper?: Keeper): Effect.Effect<Listed, ReadError> => {
  const { flights, reading } = underWay(instance, workspaceId, keeper)
  const asked = Effect.tapError(copy.list(instance, workspaceId, reading, keeper), (error) =>
    error._tag === "StorageError" || isTransport(error) ? Effect.void : forget(instance, workspaceId)
  )
  return flights.of(workspaceId, asked)
}

/** Asks whoever replays, in whichever tab, for a list between two attempts, unless there is room for one now. */
const note = (instance: Instance, workspaceId: WorkspaceId): Effect.Effect<void, StorageError> =>
  Effect.gen(function* () {
    const { mirror, transactions } = instance
    const landed = landedIn(instance, workspaceId, yield* now)
    const noting = transactions.changeState((state) => {
      const isNoted = isCrossed(state, workspaceId) && state.run === undefined
      if (isNoted || hasRoom(state, workspaceId, landed)) return state
      return withWorkspace(state, workspaceId, { ...workspaceOf(state, workspaceId), crossed: state.step + 1 })
    })
    yield* mirror.setState(yield* writtenSoon(instance, noting))
    yield* mirror.sync
  })

/** Waits until the list has been read for all, or there is room to read it. */
const madeGood = (instance: Instance, workspaceId: WorkspaceId): Effect.Effect<void> =>
  instance.mirror.changes.pipe(
    mapEffect(() => now),
    Stream.filter((now) => {
      const { state } = instance.log
      return !isCrossed(state, workspaceId) || hasRoom(state, workspaceId, landedIn(instance, workspaceId, now))
    }),
    Stream.runHead,
    Effect.timeoutOption(roomComesWithin)
  )

const stored: Refreshed = { _tag: "Stored" }

const refreshed = (instance: Instance, workspaceId: WorkspaceId, left = tries): Effect.Effect<Refreshed, ReadError> =>
  Effect.gen(function* () {
    const { log } = instance
    const { fetchedAt, from, isStored, list: listed } = yield* list(instance, workspaceId)
    if (isStored) return stored
    yield* note(instance, workspaceId)
    if (isSameTurn(turnOf(log.state, workspaceId), from)) {
      return { _tag: "Unstored", list: listed, fetchedAt, entries: [...log.entries.values()], ids: new Map(log.ids) }
    }
    if (left === 1) return { _tag: "Crossed" }
    if (isCrossed(log.state, workspaceId)) {
      yield* madeGood(instance, workspaceId)
      if (!isCrossed(log.state, workspaceId)) return stored
    }
    return yield* refreshed(instance, workspaceId, left - 1)
  })

/** Asks Toggl for the whole list, once for all who ask meanwhile. */
export const refresh = (instance: Instance, workspaceId: WorkspaceId): Effect.Effect<Refreshed, ReadError> =>
  instance.reads.refreshes
    .of(
      workspaceId,
      Effect.suspend(() => refreshed(instance, workspaceId))
    )
    .pipe(
      Effect.tap(() => copy.askMissing(instance, workspaceId)),
      Effect.tap(() => copy.remember(instance)),
      Effect.tap(() => wake(instance, wokenByRead(instance)))
    )

/** The same for the replay, between two attempts. */
export const refreshBases = (
  instance: Instance,
  workspaceId: WorkspaceId,
  keeper?: Keeper,
  left = tries
): Effect.Effect<Listed, ReadError> =>
  Effect.gen(function* () {
    const wasRunning = underWay(instance, workspaceId, keeper).flights.isRunning(workspaceId)
    const listed = yield* list(instance, workspaceId, keeper)
    if (listed.isStored || left === 1) return listed
    // A list that was asked for while an attempt was open is of no use here; one that the user has crossed neither.
    const isOpen = isOpenIn(instance, workspaceId, yield* now)
    return isOpen && !wasRunning ? listed : yield* refreshBases(instance, workspaceId, keeper, left - 1)
  })
