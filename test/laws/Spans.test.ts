import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Tracer from "effect/Tracer"
import { opened } from "../Requests.js"
import { law, workspaceId } from "../World.js"

// A run is nobody's child, for it outlives its callers: its span is linked to theirs, so that who looks at one finds the other.

/** A tracer that keeps what each span is linked to, by the names of both. */
const linking = () => {
  const links: Array<readonly [string, string]> = []
  const tracer = Tracer.make({
    span: (name, parent, context, given, startTime, kind) => {
      const attributes = new Map<string, unknown>()
      const status: Tracer.SpanStatus = { _tag: "Started", startTime }
      const add = (added: ReadonlyArray<Tracer.SpanLink>) => {
        for (const { span } of added) links.push([name, span._tag === "Span" ? span.name : span.spanId])
      }
      add(given)
      return {
        _tag: "Span",
        name,
        parent,
        context,
        links: given,
        kind,
        spanId: name,
        traceId: "one",
        sampled: true,
        status,
        attributes,
        end: () => undefined,
        attribute: (key, value) => void attributes.set(key, value),
        event: () => undefined,
        addLinks: add
      }
    },
    context: (f) => f()
  })
  return { links, tracer }
}

describe("the span of a run", () => {
  law("is linked to those of the callers whose changes it sends, each once", (world) =>
    Effect.gen(function* () {
      const { links, tracer } = linking()
      const tab = yield* Effect.withTracer(opened(world), tracer)
      yield* world.toggl.setDown(true)
      yield* Effect.gen(function* () {
        const acme = yield* tab.clients.create(workspaceId, { name: "Acme" })
        yield* tab.clients.update(workspaceId, acme.id, { notes: "net 30" })
      }).pipe(Effect.withTracer(tracer), Effect.withSpan("the app"))
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      const linked = links.filter(([from]) => from === "Outbox.run").map(([, to]) => to)
      assert.deepStrictEqual(linked.sort(), ["Clients.create", "Clients.update"])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("is linked to nothing where nobody traces", (world) =>
    Effect.gen(function* () {
      const { links, tracer } = linking()
      const tab = yield* Effect.withTracer(opened(world), tracer)
      yield* Effect.withTracerEnabled(tab.clients.create(workspaceId, { name: "Acme" }), false)
      assert.deepStrictEqual(
        links.filter(([from]) => from === "Outbox.run"),
        []
      )
    })
  )
})
