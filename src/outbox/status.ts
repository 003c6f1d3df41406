// What is true of the queue and its entries, for those who look.
import * as Clock from "effect/Clock"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import { StorageError } from "../ClientError.js"
import { longestTimer, type Now, now, unsafeNow } from "../effect/clock.js"
import { mapEffect } from "../effect/stream.js"
import { type Decision, decide, probedAt, standsStillAt } from "../instance/decide.js"
import { readInTime } from "../instance/inTime.js"
import type { Instance } from "../instance/instance.js"
import { known, soonest } from "../instance/quota.js"
import type { Entry } from "../log/entry.js"
import { type Queue, type Status, suspectsProxy, type WaitingFor } from "../Status.js"
import type * as Outbox from "./service.js"

// --- The queue ---------------------------------------------------------------------------------------------------------

const isSending = ({ entries }: Instance["log"]): boolean => {
  for (const { state } of entries.values()) if (state._tag === "Sending") return true
  return false
}

/** So many changes went with the database. */
export const wiped = (count: number): StorageError =>
  new StorageError({ reason: "Wiped", detail: `${count} ${count === 1 ? "change" : "changes"}` })

const queueOf = (instance: Instance, decision: Decision, now: Now): Queue => {
  const { log, mirror, tab } = instance
  if (mirror.storageError !== undefined) return { _tag: "StorageLost", error: mirror.storageError }
  const { paused, run } = log.state
  if (paused !== undefined) return { _tag: "Paused", reason: paused }
  const replaying = (done: number): Queue => ({
    _tag: "Replaying",
    done,
    total: done + Math.max(1, log.entries.size - log.parked.size - log.dependencies().held.size)
  })
  // A tab without credentials waits for them, and another one may have some: unless that has died.
  const hasNone =
    decision._tag === "Paused" || (decision._tag === "Wait" && decision.for._tag === "CredentialsUnavailable")
  const isOthers = hasNone && standsStillAt(instance, now) > now.monotonic
  // What is tried in place of one that never gets through goes while the queue waits, and so does what the user forces.
  const isTrying = decision._tag === "Wait" && (isSending(log) || tab.isForced)
  if (run !== undefined && (decision._tag === "Act" || isOthers || isTrying)) return replaying(run.done)
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
      return log.lost.size === 0 ? { _tag: "Idle" } : { _tag: "StorageLost", error: wiped(log.lost.size) }
  }
}

const statusOf = (instance: Instance, decision: Decision, now: Now): Status => {
  const { log, quotas, tab } = instance
  let refused = 0
  let setAside = 0
  let since: number | undefined
  for (const entry of log.entries.values()) {
    if (entry.state._tag === "Refused") refused++
    else since = since === undefined ? entry.acceptedAt : Math.min(since, entry.acceptedAt)
    if (entry.state._tag === "SetAside") setAside++
  }
  return {
    queue: queueOf(instance, decision, now),
    waiting: log.entries.size - refused,
    since,
    held: log.dependencies().held.size,
    setAside,
    refused,
    unreadable: log.unreadable.length,
    lost: log.lost.size,
    proxySuspected: suspectsProxy(log.state.wait?.error),
    quota: known(log.state, quotas, now.wall),
    persisted: tab.persisted
  }
}

const statusNow = (instance: Instance): Effect.Effect<Status> =>
  Effect.map(now, (now) => statusOf(instance, decide(instance, now), now))

/** Notes when each step of a run is first seen: who looks later must know whether its replayer still comes farther. */
export const noteSteps = (instance: Instance): Effect.Effect<void, never, Scope.Scope> =>
  Effect.flatMap(Effect.clock, (clock) =>
    instance.mirror.onChange(() => {
      if (instance.log.state.run !== undefined) standsStillAt(instance, unsafeNow(clock))
    })
  )

/** In how many milliseconds the status may be another one though nothing happens. */
const lastsFor = (instance: Instance): Effect.Effect<number> =>
  Effect.map(now, (now) => {
    const { log, quotas } = instance
    const decision = decide(instance, now)
    const { millis = Infinity } = "millis" in decision ? decision : {}
    const run = log.state.run === undefined ? Infinity : standsStillAt(instance, now) - now.monotonic
    const times = [millis, run, soonest(log.state, quotas, now.wall)]
    return Math.min(...times.map((time) => (time > 0 ? time : Infinity)))
  })

/** Completes when time alone may have changed the status, or something else has. */
export const tick = (instance: Instance): Effect.Effect<void> =>
  Effect.scoped(
    Effect.gen(function* () {
      const changed = yield* Deferred.make<void>()
      yield* instance.mirror.onChange(() => Deferred.unsafeDone(changed, Effect.void))
      const millis = yield* lastsFor(instance)
      const passed = millis === Infinity ? Effect.never : Effect.sleep(Math.ceil(Math.min(millis, longestTimer)))
      yield* Effect.raceFirst(Deferred.await(changed), passed)
    })
  )

const isSame = (a: Status, b: Status): boolean => JSON.stringify(a) === JSON.stringify(b)

const isDrained = ({ log, mirror }: Instance): boolean =>
  mirror.isUpToDate() && mirror.storageError === undefined && log.dependencies().next === undefined

// --- One entry ---------------------------------------------------------------------------------------------------------

const reasonOf = (decision: Decision): WaitingFor | undefined => {
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

/** What a set-aside entry depends on that is not tried by itself: one that is refused, or cannot be read. */
const neverBefore = (log: Instance["log"], seq: number): number | undefined => {
  const { behind } = log.dependencies()
  let by = behind.get(seq)
  while (by !== undefined && log.entries.get(by)?.state._tag === "SetAside") by = behind.get(by)
  return by
}

/** What the entry waits for at that moment, if the queue is to do this next. */
const reasonAt = (instance: Instance, entry: Entry, now: Now, decision: () => Decision): WaitingFor | undefined => {
  const { log, mirror } = instance
  if (mirror.storageError !== undefined) return { _tag: "StorageLost", error: mirror.storageError }
  const heldBy = log.dependencies().held.get(entry.seq) ?? neverBefore(log, entry.seq)
  if (heldBy !== undefined) return { _tag: "Held", by: log.entries.get(heldBy)?.id }
  if (entry.state._tag === "SetAside") {
    return {
      _tag: "SetAside",
      until: Math.round(probedAt(instance, entry, now)),
      ...(entry.lastError === undefined ? {} : { error: entry.lastError })
    }
  }
  return log.state.paused === undefined ? reasonOf(decision()) : { _tag: log.state.paused }
}

/** What the entry waits for; `undefined` while its first attempt may still come at any moment. */
export const reasonNow = (instance: Instance, entry: Entry): Effect.Effect<WaitingFor | undefined> =>
  Effect.map(now, (now) => reasonAt(instance, entry, now, () => decide(instance, now)))

/** The same, where nothing but the changes `before` it are waited for. */
const behind = ({ state }: Entry, before: number): WaitingFor =>
  state._tag === "Sending" || before === 0 ? { _tag: "InProgress" } : { _tag: "Behind", count: before }

const waitingBefore = ({ log }: Instance, entry: Entry): number => {
  let count = 0
  for (const seq of log.entries.keys()) {
    if (seq >= entry.seq) break
    if (!log.parked.has(seq)) count++
  }
  return count
}

/** The same, for those who do not wait any longer. */
export const reason = (instance: Instance, entry: Entry): Effect.Effect<WaitingFor> =>
  Effect.map(reasonNow(instance, entry), (reason) => reason ?? behind(entry, waitingBefore(instance, entry)))

/** Every entry that is still to be sent, with what it waits for, for the cost of one walk. */
export const waiting = function* (instance: Instance, now: Now): Iterable<readonly [entry: Entry, reason: WaitingFor]> {
  const { log } = instance
  const decision = decide(instance, now)
  let before = 0
  for (const entry of log.entries.values()) {
    if (entry.state._tag !== "Refused") {
      yield [entry, reasonAt(instance, entry, now, () => decision) ?? behind(entry, before)]
    }
    if (!log.parked.has(entry.seq)) before++
  }
}

// --- The service -------------------------------------------------------------------------------------------------------

export const make = (
  instance: Instance
): Pick<Outbox.OutboxService, "status" | "quota" | "changes" | "awaitDrained"> => {
  const { log, mirror, quotas } = instance
  const status = statusNow(instance)
  const synced = Effect.ignore(readInTime(instance, mirror.sync))
  return {
    status: Effect.zipRight(synced, status),
    quota: (workspaceId) =>
      Effect.map(Effect.zipRight(synced, Clock.currentTimeMillis), (now) =>
        known(log.state, quotas, now).find((quota) => quota.workspaceId === workspaceId)
      ),
    // Before the store was read, nothing true could be said.
    changes: Stream.unwrap(Effect.as(synced, Stream.merge(mirror.changes, Stream.repeatEffect(tick(instance))))).pipe(
      mapEffect(() => status),
      Stream.changesWith(isSame)
    ),
    awaitDrained: mirror.changes.pipe(
      Stream.takeUntil(() => isDrained(instance)),
      Stream.runDrain,
      Effect.withSpan("Outbox.awaitDrained")
    )
  }
}
