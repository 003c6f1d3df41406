// What was accepted so far is sent as far as that works now, and whoever asked hears what came of it.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import type { StorageError } from "../ClientError.js"
import { type Now, now } from "../effect/clock.js"
import { mapEffect } from "../effect/stream.js"
import { decide, standsStillAt } from "../instance/decide.js"
import { readInTime } from "../instance/inTime.js"
import type { Instance } from "../instance/instance.js"
import type { Entry } from "../log/entry.js"
import { durationOf } from "../settings.js"
import { outcomeOf } from "./outcome.js"
import { wakeAnew } from "./repair.js"
import type * as Outbox from "./service.js"
import { tick, waiting } from "./status.js"

type Covered = ReadonlyMap<Entry["id"], Entry>

const isRefused = ({ state }: Entry): boolean => state._tag === "Refused"

const left = ({ log }: Instance, covered: Covered): ReadonlyArray<Entry> =>
  Array.from(log.entries.values()).filter((entry) => covered.has(entry.id) && !isRefused(entry))

/** Whether somebody sends at the moment: this tab, or another one that still comes farther. */
const isSending = (instance: Instance, now: Now): boolean =>
  instance.tab.isForced || (instance.log.state.run !== undefined && standsStillAt(instance, now) > now.monotonic)

/** Whether nothing more comes of it now: all are through, or what is left waits. */
const isOver = (instance: Instance, covered: Covered, now: Now): boolean => {
  const { log, mirror } = instance
  const rest = left(instance, covered)
  if (rest.length === 0 || mirror.storageError !== undefined) return true
  const decision = decide(instance, now)
  switch (decision._tag) {
    case "Act": {
      // What is left may wait for one that is refused, while others go on.
      const { held } = log.dependencies()
      return !covered.has(decision.entry.id) && rest.every(({ seq }) => log.parked.has(seq) || held.has(seq))
    }
    case "Restart":
      return false
    case "Paused":
      // Credentials that end the pause are about to be tried.
      return decision.millis !== 0 && !isSending(instance, now)
    default:
      return !isSending(instance, now)
  }
}

/** What the rest waits for. */
const waitingOf = (instance: Instance, covered: Covered, now: Now): Outbox.Flushed["waiting"] =>
  Array.from(waiting(instance, now)).flatMap(([{ id }, reason]) => (covered.has(id) ? [{ entryId: id, reason }] : []))

const told = (instance: Instance, covered: Covered): Effect.Effect<Outbox.Flushed, StorageError> =>
  Effect.gen(function* () {
    const { log, mirror } = instance
    yield* readInTime(instance, mirror.sync)
    // All as they stand at one moment: what ends while outcomes are read has still waited.
    const waiting = waitingOf(instance, covered, yield* now)
    const standing = new Map(Array.from(covered.keys(), (id) => [id, log.byId(id)]))
    let sent = 0
    let refused = 0
    for (const [id, entry] of standing) {
      const ending = entry === undefined ? yield* readInTime(instance, outcomeOf(instance, id)) : undefined
      if (ending?.ending._tag === "Done") sent++
      if (ending?.ending._tag === "Refused" || (entry !== undefined && isRefused(entry))) refused++
    }
    return { sent, refused, waiting }
  })

export const make = (instance: Instance): Pick<Outbox.OutboxService, "flush"> => {
  const { log, mirror } = instance
  let pushes = 0
  /** Begins to send, for all who ask meanwhile. */
  const push = Effect.suspend(() =>
    // What could not be written before is tried again too.
    pushes++ === 0 ? Effect.zipRight(mirror.unwritable(undefined), wakeAnew(instance, "User")) : Effect.void
  )
  const pushed = Effect.sync(() => {
    pushes--
  })
  const over = (covered: Covered): Effect.Effect<void> =>
    Stream.merge(mirror.changes, Stream.repeatEffect(tick(instance))).pipe(
      mapEffect(() => now),
      Stream.takeUntil((now) => isOver(instance, covered, now)),
      Stream.runDrain
    )
  const within = (timeLimit: Outbox.FlushOptions["timeLimit"], effect: Effect.Effect<void>): Effect.Effect<void> =>
    timeLimit === undefined
      ? effect
      : Effect.asVoid(
          Effect.timeoutOption(
            effect,
            Option.getOrElse(durationOf(timeLimit), () => Duration.zero)
          )
        )
  return {
    flush: ({ timeLimit } = {}) =>
      Effect.gen(function* () {
        yield* readInTime(instance, mirror.reread)
        const covered: Covered = new Map(
          Array.from(log.entries.values()).flatMap((entry) => (isRefused(entry) ? [] : [[entry.id, entry] as const]))
        )
        if (covered.size > 0) {
          yield* Effect.acquireUseRelease(
            push,
            () => within(timeLimit, over(covered)),
            () => pushed
          )
        }
        return yield* told(instance, covered)
      }).pipe(Effect.withSpan("Outbox.flush"))
  }
}
