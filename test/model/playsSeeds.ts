import { describe, expect, it } from "@effect/vitest"
import * as Seeds from "./Seeds.js"

// So long may it take to make a failing history short; one that holds takes about a second.
const timeout = 900_000

/** Lets the test runner hear that its worker is alive: a history is played without a pause. */
export const aMoment = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/** The seeds stand in several files, so that several workers share them. */
export const playsSeeds = (first: number, count: number): void => {
  describe(`random histories of ${Seeds.usualSteps} steps hold all laws`, () => {
    it.each(Array.from({ length: count }, (_, i) => first + i))("seed %i", { timeout }, async (seed) => {
      await aMoment()
      expect(Seeds.failure(Seeds.history(seed))).toBeUndefined()
    })
  })
}
