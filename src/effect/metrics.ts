// The labels with which the metrics of a fiber are counted.
import type * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import * as MetricLabel from "effect/MetricLabel"

export type Labels = ReadonlyArray<MetricLabel.MetricLabel>

export const labels: Effect.Effect<Labels> = /*#__PURE__*/ FiberRef.get(FiberRef.currentMetricLabels)

/** The same, and one more. */
export const labelled = (labels: Labels, key: string, value: string): Labels => [
  ...labels,
  MetricLabel.make(key, value)
]
