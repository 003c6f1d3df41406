// Keeping what is watched fresh: asked for where somebody watches, the copy is older than they want, and something says that
// asking may work now. No timer asks.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import type * as Scope from "effect/Scope"
import type { WorkspaceId } from "../Client.js"
import type { StorageError } from "../ClientError.js"
import { type Now, now } from "../effect/clock.js"
import { fetchedInTime, readInTime } from "../instance/inTime.js"
import type { Instance } from "../instance/instance.js"
import { known } from "../instance/quota.js"
import { namedWait } from "../instance/waits.js"
import { logDefect } from "../instance/watched.js"
import { workspaceOf } from "../log/state.js"
import { databaseName } from "../store/name.js"
import type { Refresh } from "../View.js"
import { refresh } from "./refresh.js"

const idle: Refresh = Object.freeze({ _tag: "Idle" })
const running: Refresh = Object.freeze({ _tag: "Running" })

/** A workspace that somebody wants to be fresh. */
interface Kept {
  /** How old the copy may be for each who watches, in milliseconds. */
  readonly wanted: Set<{ readonly millis: number }>
  readonly listeners: Set<() => void>
  refresh: Refresh
  /** Whether it is looked at now, whether Toggl is asked, and whether it is to be looked at again after that. */
  stage: "Rest" | "Looking" | "Asking"
  again: boolean
}

/** Whether the copy is no older than that. One that is of the future is of before the clock was set back. */
export const isYoung = (fetchedAt: number | undefined, millis: number, now: number): boolean =>
  fetchedAt !== undefined && now >= fetchedAt && now - fetchedAt <= millis

/** Whether the copy is as fresh as whoever wants it freshest wants it. */
const isFresh = ({ log }: Instance, workspaceId: WorkspaceId, { wanted }: Kept, { wall }: Now): boolean => {
  const millis = Math.min(...Array.from(wanted, ({ millis }) => millis))
  return isYoung(workspaceOf(log.state, workspaceId).fetchedAt, millis, wall)
}

/** Whether the requests that are left are the user's own. */
const isReserved = (instance: Instance, workspaceId: WorkspaceId, { wall }: Now): boolean => {
  const { log, quotas, settings } = instance
  const left = known(log.state, quotas, wall).find((quota) => quota.workspaceId === workspaceId)?.remaining
  return left !== undefined && left <= (settings.reserve ?? 0)
}

const set = (kept: Kept, refresh: Refresh): void => {
  if (refresh === kept.refresh) return
  kept.refresh = refresh
  for (const listener of kept.listeners) listener()
}

/** One tab after the other: the next one finds what the first has read. */
const oneTab = (instance: Instance, workspaceId: WorkspaceId): Effect.Effect<void, never, Scope.Scope> => {
  const { api, lock, settings } = instance
  const name = `${databaseName(settings.account, api.baseUrl)} refresh ${workspaceId}`
  const turn = lock.of?.(name).acquire({ steal: false })
  // A tab that was stopped keeps its lock.
  return turn === undefined ? Effect.void : Effect.asVoid(Effect.timeoutOption(turn, settings.stillness))
}

/** What becomes of it, if Toggl is asked now. */
const refreshed = (instance: Instance, workspaceId: WorkspaceId, kept: Kept): Effect.Effect<Refresh> =>
  Effect.gen(function* () {
    yield* oneTab(instance, workspaceId)
    yield* Effect.ignore(readInTime(instance, instance.mirror.reread))
    const moment = yield* now
    if (isFresh(instance, workspaceId, kept, moment) || isReserved(instance, workspaceId, moment)) return idle
    kept.stage = "Asking"
    const asked = yield* Effect.either(fetchedInTime(instance, refresh(instance, workspaceId)))
    return Either.isRight(asked) ? idle : ({ _tag: "Failed", error: asked.left } as const)
  }).pipe(Effect.scoped)

/** Asks Toggl where the copy is older than is wanted, and Toggl may be asked. */
const lookOnce = (instance: Instance, workspaceId: WorkspaceId, kept: Kept): Effect.Effect<void> =>
  Effect.gen(function* () {
    const read: Either.Either<void, StorageError> = yield* Effect.either(readInTime(instance, instance.mirror.sync))
    if (Either.isLeft(read)) return set(kept, { _tag: "Failed", error: read.left })
    const moment = yield* now
    if (isFresh(instance, workspaceId, kept, moment)) return set(kept, idle)
    const named = namedWait(instance, moment)?.wait.error
    if (named !== undefined) return set(kept, { _tag: "Failed", error: named })
    if (isReserved(instance, workspaceId, moment)) return set(kept, idle)
    set(kept, running)
    set(kept, yield* refreshed(instance, workspaceId, kept))
  })

/** The same for all who want it meanwhile. What says that asking may work now, while Toggl is asked, counts afterwards. */
const look = (instance: Instance, workspaceId: WorkspaceId, kept: Kept): Effect.Effect<void> =>
  Effect.suspend(() => {
    if (kept.wanted.size === 0) return Effect.void
    if (kept.stage !== "Rest") {
      kept.again ||= kept.stage === "Asking"
      return Effect.void
    }
    kept.stage = "Looking"
    kept.again = false
    return lookOnce(instance, workspaceId, kept).pipe(
      Effect.catchAllDefect((defect) => logDefect("what keeps clients fresh", defect)),
      Effect.ensuring(
        Effect.sync(() => {
          kept.stage = "Rest"
          if (kept.refresh._tag === "Running") set(kept, idle)
        })
      ),
      Effect.zipRight(Effect.suspend(() => (kept.again ? look(instance, workspaceId, kept) : Effect.void)))
    )
  })

/** What keeps an instance's workspaces fresh. */
export interface Fresh {
  /** From now on, until the scope closes, the copy should be no older than that. */
  readonly want: (
    workspaceId: WorkspaceId,
    freshness: Duration.DurationInput
  ) => Effect.Effect<void, never, Scope.Scope>
  readonly of: (workspaceId: WorkspaceId) => Refresh
  /** Calls the listener whenever that is another, until the scope closes. */
  readonly onChange: (workspaceId: WorkspaceId, listener: () => void) => Effect.Effect<void, never, Scope.Scope>
  /** Asking may work again: the network is back, the page is shown again, the user has signed in. */
  readonly lookAgain: Effect.Effect<void>
}

export const make = (instance: Instance): Effect.Effect<Fresh, never, Scope.Scope> =>
  Effect.map(Effect.scope, (scope) => {
    const all = new Map<WorkspaceId, Kept>()
    const keptOf = (workspaceId: WorkspaceId): Kept => {
      const kept: Kept = all.get(workspaceId) ?? {
        wanted: new Set(),
        listeners: new Set(),
        refresh: idle,
        stage: "Rest",
        again: false
      }
      all.set(workspaceId, kept)
      return kept
    }
    // It is for all who watch, and whoever began it may be gone before it ends.
    const looking = (workspaceId: WorkspaceId, kept: Kept): Effect.Effect<void> =>
      Effect.asVoid(Effect.forkIn(Effect.interruptible(look(instance, workspaceId, kept)), scope))
    return {
      of: (workspaceId) => all.get(workspaceId)?.refresh ?? idle,
      onChange: (workspaceId, listener) =>
        Effect.asVoid(
          Effect.acquireRelease(
            Effect.sync(() => keptOf(workspaceId).listeners.add(listener)),
            (listeners) => Effect.sync(() => listeners.delete(listener))
          )
        ),
      want: (workspaceId, freshness) =>
        Effect.suspend(() => {
          const kept = keptOf(workspaceId)
          const want = { millis: Duration.toMillis(freshness) }
          return Effect.acquireRelease(
            Effect.sync(() => kept.wanted.add(want)),
            () => Effect.sync(() => kept.wanted.delete(want))
          ).pipe(Effect.zipRight(looking(workspaceId, kept)))
        }),
      lookAgain: Effect.suspend(() =>
        Effect.forEach([...all], ([workspaceId, kept]) => looking(workspaceId, kept), { discard: true })
      )
    }
  })
