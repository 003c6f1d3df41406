// What the outbox measures, by account.
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import type * as Scope from "effect/Scope"
import { labelled, labels as current } from "../effect/metrics.js"
import type { Instance } from "./instance.js"
import type { Log } from "./log.js"

const name = (what: string): string => `effect_toggl_clients_outbox_${what}`

/**
 * How many changes are still to be sent. As all metrics of an outbox it is labelled with its `account`:
 * `Metric.value(Metric.tagged(depth, "account", "anna"))`.
 *
 * @since 0.1.0
 * @category metrics
 */
export const depth = /*#__PURE__*/ Metric.gauge(/*#__PURE__*/ name("depth"), {
  description: "changes that are still to be sent"
})

/**
 * How long ago the oldest change that is still to be sent was accepted, in seconds, when the outbox last changed: 0 where
 * none is.
 *
 * @since 0.1.0
 * @category metrics
 */
export const oldestAge = /*#__PURE__*/ Metric.gauge(/*#__PURE__*/ name("oldest_age_seconds"), {
  description: "how long ago the oldest of them was accepted, when the outbox last changed"
})

/**
 * How many changes Toggl has taken since the app started.
 *
 * @since 0.1.0
 * @category metrics
 */
export const replays = /*#__PURE__*/ Metric.counter(/*#__PURE__*/ name("replays_total"), {
  description: "changes that Toggl has",
  incremental: true
})

/**
 * How many changes were refused since the app started.
 *
 * @since 0.1.0
 * @category metrics
 */
export const refusals = /*#__PURE__*/ Metric.counter(/*#__PURE__*/ name("refusals_total"), {
  description: "changes that were refused",
  incremental: true
})

type OfAccount = Pick<Instance, "settings">

const count = (counter: typeof replays, { settings }: OfAccount, by: number): Effect.Effect<void> =>
  Effect.map(current, (labels) => counter.unsafeUpdate(by, labelled(labels, "account", settings.account)))

export const replayed = (instance: OfAccount, by: number): Effect.Effect<void> => count(replays, instance, by)

export const refused = (instance: OfAccount): Effect.Effect<void> => count(refusals, instance, 1)

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
export const keep = ({ log, mirror, settings }: Instance): Effect.Effect<void, never, Scope.Scope> =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const labels = labelled(yield* current, "account", settings.account)
    const measure = () => {
      const since = oldestIn(log)
      const age = since === undefined ? 0 : clock.unsafeCurrentTimeMillis() - since
      depth.unsafeUpdate(waitingIn(log), labels)
      oldestAge.unsafeUpdate(Math.max(0, age) / 1000, labels)
    }
    measure()
    yield* mirror.onChange(measure)
  })
