import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Stream from "effect/Stream"
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

/** Keeps the gauges in step with what this tab knows. */
export const keep = (mirror: Mirror): Effect.Effect<void> =>
  Stream.runForEach(mirror.changes, () =>
    Effect.gen(function* () {
      let waiting = mirror.entries.size
      for (const seq of mirror.parked) if (mirror.entries.get(seq)?.state._tag === "Refused") waiting--
      let since: number | undefined
      for (const entry of mirror.entries.values()) {
        if (entry.state._tag === "Refused") continue
        since = entry.acceptedAt
        break
      }
      const now = yield* Clock.currentTimeMillis
      yield* Metric.set(depth, waiting)
      yield* Metric.set(oldestAge, since === undefined ? 0 : Math.max(0, now - since) / 1000)
    })
  )
