import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { labels as current } from "../effect/metrics.js"
import type { Log } from "./log.js"
import type { Mirror } from "./mirror.js"

const name = (what: string): string => `effect_toggl_clients_outbox_${what}`

const depth = Metric.gauge(name("depth"), { description: "changes that are still to be sent" })

const oldestAge = Metric.gauge(name("oldest_age_seconds"), {
  description: "how long ago the oldest of them was accepted, when the outbox last changed"
})

const replays = Metric.counter(name("replays_total"), { description: "changes that Toggl has", incremental: true })

const refusals = Metric.counter(name("refusals_total"), { description: "changes that were refused", incremental: true })

export const replayed = (count: number): Effect.Effect<void> => Metric.incrementBy(replays, count)

export const refused: Effect.Effect<void> = Metric.increment(refusals)

const waitingIn = ({ entries, parked }: Log): number => {
  let waiting = entries.size
  for (const seq of parked) if (entries.get(seq)?.state._tag === "Refused") waiting--
  return waiting
}

const oldestIn = ({ entries }: Log): number | undefined => {
  for (const { acceptedAt, state } of entries.values()) if (state._tag !== "Refused") return acceptedAt
  return undefined
}

/** Keeps the gauges in step with what this instance knows. */
export const keep = ({ log, onChange }: Mirror): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const labels = yield* current
    const measure = () => {
      const since = oldestIn(log)
      const age = since === undefined ? 0 : clock.unsafeCurrentTimeMillis() - since
      depth.unsafeUpdate(waitingIn(log), labels)
      oldestAge.unsafeUpdate(Math.max(0, age) / 1000, labels)
    }
    measure()
    yield* onChange(measure)
  })
