/**
 * Spans and metrics for the console. In an app of yours `@effect/opentelemetry` stands in its place, and nothing else changes.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Tracer from "effect/Tracer"
import { Outbox } from "../../src/index.js"

const nameOf = (span: Tracer.AnySpan): string => (span._tag === "Span" ? span.name : span.spanId)

/**
 * A tracer that writes a line for each span as it ends: whose child it is, how long it took, and what it is linked to.
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConsole = (write: (line: string) => void): Layer.Layer<never> => {
  let ids = 0
  return Layer.setTracer(
    Tracer.make({
      context: (f) => f(),
      span: (name, parent, context, links, startTime, kind) => {
        const attributes = new Map<string, unknown>()
        const linked = [...links]
        let status: Tracer.SpanStatus = { _tag: "Started", startTime }
        return {
          _tag: "Span",
          name,
          parent,
          context,
          kind,
          attributes,
          links: linked,
          spanId: String(ids++),
          traceId: "console",
          sampled: true,
          get status() {
            return status
          },
          attribute: (key, value) => void attributes.set(key, value),
          event: () => undefined,
          addLinks: (more) => void linked.push(...more),
          end: (endTime, exit) => {
            status = { _tag: "Ended", startTime, endTime, exit }
            const of = Option.match(parent, { onNone: () => "", onSome: (span) => ` in ${nameOf(span)}` })
            const to = linked.length === 0 ? "" : `, linked to ${linked.map(({ span }) => nameOf(span)).join(", ")}`
            const failed = Exit.isFailure(exit) ? ", failed" : ""
            write(`span ${name}${of}: ${Number(endTime - startTime) / 1e6} ms${to}${failed}`)
          }
        }
      }
    })
  )
}

/**
 * Prints what the outbox of this account has measured so far.
 *
 * @since 0.1.0
 * @category effects
 */
export const report = (account: string): Effect.Effect<void> =>
  Effect.gen(function* () {
    const { value: depth } = yield* Metric.value(Metric.tagged(Outbox.depth, "account", account))
    const { count: replays } = yield* Metric.value(Metric.tagged(Outbox.replays, "account", account))
    const { count: refusals } = yield* Metric.value(Metric.tagged(Outbox.refusals, "account", account))
    yield* Console.log(`metrics of ${account}: ${depth} to send, ${replays} sent, ${refusals} refused`)
  })
