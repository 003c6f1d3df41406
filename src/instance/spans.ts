// A run goes on long after its callers: its span is linked to theirs.
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { EntryId } from "../Entry.js"
import type { Instance } from "./instance.js"

type WithSpans = Pick<Instance, "tab">

// Of so many changes that wait it is remembered who made them.
const spansKept = 1000

/** The change was accepted in the caller's span. */
export const accepted = ({ tab: { spans } }: WithSpans, id: EntryId): Effect.Effect<void> =>
  Effect.map(Effect.option(Effect.currentParentSpan), (span) => {
    if (Option.isNone(span) || !span.value.sampled) return
    spans.set(id, span.value)
    for (const oldest of spans.keys()) {
      if (spans.size <= spansKept) break
      spans.delete(oldest)
    }
  })

/** The current span acts on these. */
export const acts = (
  { tab: { spans } }: WithSpans,
  entries: ReadonlyArray<{ readonly id: EntryId }>
): Effect.Effect<void> =>
  Effect.forEach(
    entries,
    ({ id }) => {
      const span = spans.get(id)
      if (span === undefined) return Effect.void
      spans.delete(id)
      return Effect.linkSpanCurrent(span, { entryId: id })
    },
    { discard: true }
  )
