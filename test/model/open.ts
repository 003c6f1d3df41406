/**
 * What is still to be mended, said aloud: seeds of the normal run that break a law today, with the law, and kinds of what
 * goes wrong that come up less than 20 times in them. Each seed is played, and must break its law still, so that whoever
 * mends it has to take it off this list.
 */
import type { Kind } from "./Weather.js"

export const openSeeds: ReadonlyMap<number, string> = new Map([
  [3, "law 12"],
  [16, "law 4"],
  [19, "law 2"],
  [50, "law 2"],
  [91, "law 2"],
  [115, "law 2"],
  [154, "law 2"],
  [156, "law 2"],
  [160, "law 4"],
  [170, "law 2"],
  [173, "law 2"]
])

/** Short ones, by their seed and their place beside it. */
export const openShortOnes: ReadonlyMap<string, string> = new Map([
  ["38.1", "law 3"],
  ["141.1", "law 6"]
])

export const tooRare: ReadonlyArray<Kind> = [
  "adopt",
  "discard set aside",
  "edit set aside",
  "late answer to what was discarded"
]
