import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { StorageError } from "../ClientError.js"
import type { Entry } from "../log/entry.js"
import type { Wait } from "../log/state.js"
import type * as Outbox from "./service.js"
import { type Queue, type Status, suspectsProxy, type WaitingFor } from "../Status.js"
import { known } from "../instance/quota.js"
import { type Decision, decide, type Local, namedWait } from "../instance/decide.js"
import { dependentsOf } from "../log/dependencies.js"
import type { Mirror } from "../instance/mirror.js"
import { monotonic, unsafeMonotonic } from "../instance/clock.js"

export const each = (stream: Stream.Stream<void>, effect: Effect.Effect<void>): Effect.Effect<void> =>
  Stream.runForEach(stream, () => effect)

const queueOf = (mirror: Mirror, decision: Decision): Queue => {
  if (mirror.storageError !== undefined) return { _tag: "StorageLost", error: mirror.storageError }
  const { paused, run } = mirror.state
  const replaying = (done: number): Queue => ({
    _tag: "Replaying",
    done,
    total: done + Math.max(1, mirror.entries.size - mirror.parked.size - mirror.dependencies().held.size)
  })
  // A tab without credentials waits for them, and another one may have some.
  const isOthers = decision._tag === "Paused" && paused === undefined
  if (run !== undefined && (decision._tag === "Act" || isOthers)) return replaying(run.done)
  switch (decision._tag) {
    case "Paused":
      return { _tag: "Paused", reason: decision.reason }
    case "Wait":
    // a tab that waits for its turn keeps later that the wait has begun again
    case "Restart":
      return { _tag: "Waiting", for: decision.for }
    case "NewerVersion":
      return { _tag: "Waiting", for: { _tag: "NewerVersion" } }
    case "Act":
      return replaying(0)
    case "Idle":
      return { _tag: "Idle" }
  }
}

const statusOf = (mirror: Mirror, local: Local, decision: Decision, now: number): Status => {
  let refused = 0
  let setAside = 0
  let since: number | undefined
  for (const entry of mirror.entries.values()) {
    if (entry.state._tag === "Refused") refused++
    else since = since === undefined ? entry.acceptedAt : Math.min(since, entry.acceptedAt)
    if (entry.state._tag === "SetAside") setAside++
  }
  return {
    queue: queueOf(mirror, decision),
    waiting: mirror.entries.size - refused,
    since,
    held: mirror.dependencies().held.size,
    setAside,
    refused,
    unreadable: mirror.unreadable.length,
    proxySuspected: suspectsProxy(mirror.state.wait?.error),
    quota: known(mirror.state, local.heard, now),
    persisted: local.persisted
  }
}

const isSame = (a: Status, b: Status): boolean => JSON.stringify(a) === JSON.stringify(b)

export interface Observed {
  /** What the entry waits for; `undefined` while its first attempt may still come at any moment. */
  readonly reasonNow: (entry: Entry) => Effect.Effect<WaitingFor | undefined>
  /** The same, for those who do not wait any longer. */
  readonly reason: (entry: Entry) => Effect.Effect<WaitingFor>
  /** The time that the server named, if there is one that has not passed. */
  readonly namedWait: Effect.Effect<Wait | undefined>
  readonly service: Pick<Outbox.Service, "status" | "quota" | "changes" | "awaitDrained" | "entries">
}

export const make = (mirror: Mirror, local: Local, stillness: number): Observed => {
  const decision = Effect.map(Effect.clock, (clock) =>
    decide(mirror, local, clock.unsafeCurrentTimeMillis(), unsafeMonotonic(clock), stillness)
  )

  const ofDecision = (decision: Decision): WaitingFor | undefined => {
    switch (decision._tag) {
      case "Paused":
        return { _tag: decision.reason }
      case "NewerVersion":
        return { _tag: "NewerVersion" }
      case "Wait":
      case "Restart":
        return decision.for
      default:
        return undefined
    }
  }

  const reasonNow = (entry: Entry) =>
    Effect.map(decision, (decision): WaitingFor | undefined => {
      if (mirror.storageError !== undefined) return { _tag: "StorageLost", error: mirror.storageError }
      const heldBy = mirror.dependencies().held.get(entry.seq)
      if (heldBy !== undefined) return { _tag: "Held", by: mirror.entries.get(heldBy)?.id }
      if (entry.state._tag === "SetAside") {
        return {
          _tag: "SetAside",
          until: entry.state.seenAt + entry.state.length,
          ...(entry.lastError === undefined ? {} : { error: entry.lastError })
        }
      }
      return ofDecision(decision)
    })

  const behind = (entry: Entry): WaitingFor => {
    if (entry.state._tag === "Sending") return { _tag: "InProgress" }
    let count = 0
    for (const other of mirror.entries.values()) {
      if (other.seq >= entry.seq) break
      if (!mirror.parked.has(other.seq)) count++
    }
    return count === 0 ? { _tag: "InProgress" } : { _tag: "Behind", count }
  }

  const reason = (entry: Entry) => Effect.map(reasonNow(entry), (reason) => reason ?? behind(entry))

  const named = Effect.gen(function* () {
    return namedWait(mirror.state, local, yield* Clock.currentTimeMillis, yield* monotonic)?.wait
  })

  const status = Effect.zipWith(decision, Clock.currentTimeMillis, (decision, now) =>
    statusOf(mirror, local, decision, now)
  )

  const isDrained = (): boolean =>
    mirror.isFresh() && mirror.storageError === undefined && mirror.dependencies().next === undefined

  const log = () => ({ entries: mirror.entries.values(), unreadable: mirror.unreadable, ids: mirror.ids })

  const view = (entry: Entry) =>
    Effect.gen(function* () {
      const isRefused = entry.state._tag === "Refused"
      const dependents = mirror.parked.has(entry.seq) ? dependentsOf(log(), entry.seq) : []
      return {
        id: entry.id,
        seq: entry.seq,
        mutation: entry.mutation,
        acceptedAt: entry.acceptedAt,
        attempts: entry.attempts,
        state: isRefused ? ("Refused" as const) : ("Waiting" as const),
        reason: isRefused ? undefined : yield* reason(entry),
        refused: entry.state._tag === "Refused" ? entry.state.error : undefined,
        dependents: dependents.flatMap((seq) => mirror.entries.get(seq)?.id ?? []),
        row: undefined
      }
    })

  const synced: Effect.Effect<void, StorageError> = mirror.sync

  return {
    reasonNow,
    reason,
    namedWait: named,
    service: {
      status: Effect.zipRight(Effect.ignore(synced), status),
      quota: (workspaceId) =>
        Effect.gen(function* () {
          yield* Effect.ignore(synced)
          const quotas = known(mirror.state, local.heard, yield* Clock.currentTimeMillis)
          return quotas.find((quota) => quota.workspaceId === workspaceId)
        }),
      // Before the store was read, nothing true could be said.
      changes: Stream.unwrap(Effect.as(Effect.ignore(synced), mirror.changes)).pipe(
        Stream.mapEffect(() => status),
        Stream.changesWith(isSame)
      ),
      awaitDrained: mirror.changes.pipe(
        Stream.mapEffect(() => Effect.sync(isDrained)),
        Stream.takeUntil((drained) => drained),
        Stream.runDrain,
        Effect.withSpan("Outbox.awaitDrained")
      ),
      entries: Effect.gen(function* () {
        yield* synced
        const views: Array<Outbox.EntryView> = yield* Effect.forEach([...mirror.entries.values()], view)
        for (const { row, seq } of mirror.unreadable) {
          views.push({
            id: undefined,
            seq,
            mutation: undefined,
            acceptedAt: undefined,
            attempts: 0,
            state: "Unreadable",
            reason: undefined,
            refused: undefined,
            dependents: [],
            row
          })
        }
        return views.sort((a, b) => a.seq - b.seq)
      })
    }
  }
}
