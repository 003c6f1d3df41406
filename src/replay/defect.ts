// What threw while an entry was acted on: the loop goes on with it once, and then without it.
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type StorageError, Unreachable } from "../ClientError.js"
import { nameOf } from "../error/thrown.js"
import { logDefect } from "../instance/watched.js"
import type { Entry } from "../log/entry.js"
import { asked } from "../log/request.js"
import { probeAfter, type Run, unchanged } from "./book.js"

/** Sets an entry aside that throws whatever is tried with it. `false`: it is gone, or the turn is lost. */
const setAside = (run: Run, { seq }: Entry, defect: unknown): Effect.Effect<boolean, StorageError> =>
  Effect.gen(function* () {
    const { log, mirror, transactions } = run.instance
    yield* mirror.sync
    const entry = log.entries.get(seq)
    if (entry === undefined) return false
    const settled = yield* transactions.settle(
      run.fence,
      [seq],
      {
        _tag: "Again",
        uncertain: true,
        counts: true,
        error: new Unreachable({ ...asked(entry.mutation), reason: "Threw", detail: nameOf(defect) }),
        isSetAside: true
      },
      { ...unchanged(run, "Ended"), probe: probeAfter(run, entry) },
      yield* Clock.currentTimeMillis
    )
    if (settled === undefined) return yield* Effect.as(mirror.doubt, false)
    yield* mirror.stepped(settled)
    return true
  })

/** Acts on the entry. The second time in a row that this throws, the entry is set aside; else the loop hears of it. */
export const acted = (
  run: Run,
  entry: Entry,
  act: Effect.Effect<boolean, StorageError>
): Effect.Effect<boolean, StorageError> => {
  const { tab } = run.instance
  return act.pipe(
    Effect.tap(() => Effect.sync(() => (tab.threwAt = undefined))),
    Effect.catchAllDefect((defect) =>
      Effect.gen(function* () {
        const isSecond = tab.threwAt === entry.id
        tab.threwAt = entry.id
        if (!isSecond || !(yield* setAside(run, entry, defect))) return yield* Effect.die(defect)
        yield* logDefect("what an entry is set aside for", defect)
        tab.threwAt = undefined
        return false
      })
    )
  )
}
