/**
 * Makes a failing history shorter, until no single step can be left out.
 */
import { type Options, run } from "./Run.js"
import type { History, Step } from "./Step.js"

/** Whether the history breaks the same law. */
const breaks = (history: History, law: string, options: Options): number | undefined => {
  const { broken, played } = run(history, options)
  return broken?.law === law ? played : undefined
}

export const shrink = (history: History, law: string, options: Options = {}): History => {
  const at = breaks(history, law, options)
  // what stands behind the step that broke it does not matter
  let steps: ReadonlyArray<Step> = at === undefined ? history.steps : history.steps.slice(0, at + 1)
  const without = (from: number, count: number): ReadonlyArray<Step> => [
    ...steps.slice(0, from),
    ...steps.slice(from + count)
  ]
  for (let count = Math.ceil(steps.length / 2); count >= 1; count = count === 1 ? 0 : Math.ceil(count / 2)) {
    let shorter = true
    while (shorter) {
      shorter = false
      for (let from = steps.length - count; from > -count; from -= count) {
        const fewer = without(Math.max(0, from), from < 0 ? count + from : count)
        const played = breaks({ ...history, steps: fewer }, law, options)
        if (played === undefined) continue
        steps = fewer.slice(0, played + 1)
        from = Math.min(from, steps.length)
        shorter = count === 1
      }
    }
  }
  return { ...history, steps }
}
