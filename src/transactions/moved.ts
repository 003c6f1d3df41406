// What was moved out of the log, and is kept beside it until its mover has it in safety: nothing sends it.
import * as Either from "effect/Either"
import type { EntryId } from "../Entry.js"
import type { Entry, Outcome } from "../log/entry.js"
import type { QueueState } from "../log/state.js"
import { movedKey, put, range, remove, type Step, under } from "../store/step.js"
import { outcome } from "./outcomes.js"
import { getState, readRow, writeRow } from "./rows.js"

/** Keeps it under the number that it had in the log. */
export const keep = function* (entry: Entry): Step<void> {
  yield* put(movedKey(entry.seq), writeRow(entry))
}

/** What is kept, in its order. What cannot be read may be a newer version's, and stays. */
export const kept = function* (): Step<ReadonlyArray<Entry>> {
  const entries: Array<Entry> = []
  for (const [key, row] of yield* range(...under("moved"))) {
    const read = readRow(Array.isArray(key) ? Number(key[1]) : 0, row)
    if (Either.isRight(read)) entries.push(read.right)
  }
  return entries
}

/** Out of which store a file was written, and when (milliseconds since the epoch). */
export interface Exported {
  readonly store: string
  readonly exportedAt: number
}

/** Whether a file holds it as it was before it was moved: the user may have changed it in between. */
export const isOlder = (
  exported: Exported | undefined,
  { store }: Pick<QueueState, "store">,
  moved: Outcome | undefined
): boolean => moved !== undefined && store !== "" && exported?.store === store && exported.exportedAt < moved.endedAt

/** Keeps these no longer: they are in safety elsewhere, in the log again, or done. Gives how many there were. */
export const release = function* (ids: ReadonlySet<EntryId>): Step<number> {
  const released = (yield* kept()).filter(({ id }) => ids.has(id))
  for (const { seq } of released) yield* remove(movedKey(seq))
  return released.length
}

/** The same for what a file holds that is in safety, but for what the file holds as it was before it was moved. */
export const confirm = function* (ids: ReadonlySet<EntryId>, exported: Exported | undefined): Step<number> {
  const state = yield* getState("")
  const safe = new Set<EntryId>()
  for (const id of ids) if (!isOlder(exported, state, yield* outcome(id))) safe.add(id)
  return yield* release(safe)
}
