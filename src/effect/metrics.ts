// The labels with which the metrics of a fiber are counted.
import type * as Effect from "effect/Effect"
import * as FiberRef from "effect/FiberRef"
import type * as MetricLabel from "effect/MetricLabel"

export const labels: Effect.Effect<ReadonlyArray<MetricLabel.MetricLabel>> = /*#__PURE__*/ FiberRef.get(
  FiberRef.currentMetricLabels
)
