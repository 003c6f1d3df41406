/**
 * What was measured in turns, and how it is told.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Budget from "./Budget.js"
import type { Turns } from "./rig.js"

/** How often each work is measured, unless it takes long. */
export const turnCount = 300

export const progress = (text: string) => Effect.sync(() => process.stderr.write(`${text}\n`))

export const inChunks = <E>(
  what: string,
  warmUp: number,
  size: number,
  measure: (count: number) => Effect.Effect<Turns, E>,
  wanted = turnCount
) =>
  Effect.gen(function* () {
    // code that has just been loaded is still interpreted, which says nothing of either side
    for (let warmed = 0; warmed < warmUp; warmed += size) yield* measure(size)
    const taken: Array<Turns[number]> = []
    while (taken.length < wanted) {
      taken.push(...(yield* measure(Math.min(size, wanted - taken.length))))
      yield* progress(`${what}: ${taken.length} of ${wanted} turns`)
    }
    return taken
  })

export const millis = (value: number) => `${value.toFixed(2)} ms`

/** The median of one of the works that take turns. */
export const middle = (turns: Turns, at: number) => Budget.median(turns.map((turn) => turn[at] ?? Number.NaN))

export const ratio = (turns: Turns, besides: string, at = 1) => {
  const [ours, beside] = [middle(turns, 0), middle(turns, at)]
  return { measured: ours / beside, unit: "×", detail: `${millis(ours)} beside ${millis(beside)} for ${besides}` }
}
