import { afterAll, describe, expect, it } from "@effect/vitest"
import { run } from "./Run.js"
import * as Seeds from "./Seeds.js"
import type { History } from "./Step.js"
import { type Kind, kinds, kindsOfDoors } from "./Weather.js"

// So long may it take to make a failing history short; one that holds takes about a second.
const timeout = 900_000

// In 200 seeds each kind comes up 20 times or more: in each half of them three quarters of its share, for chance shares unevenly.
const leastOfEach = 20
const leastShare = 0.75

// A third of the seeds has a history about the doors: each kind comes up there, but for those that take several things at once.
const ofDoors = new Set<Kind>(kindsOfDoors)
const seldom = new Set<Kind>(["sign-in with nothing", "sign-in that ends a pause"])

/** The seeds stand in two files, so that two workers share them: each has as many of all themes, two of four in a row. */
export const playsSeeds = (half: 0 | 1): void => {
  const all = Array.from({ length: Seeds.usualSeeds }, (_, i) => i + 1)
  const seeds = all.filter((seed) => Math.floor((seed - 1) / 2) % 2 === half)
  const tally = Seeds.tally()
  const failure = (history: History) => {
    const result = run(history)
    tally.add(result)
    return Seeds.failure(history, {}, result)
  }
  afterAll(() => {
    console.log(tally.table())
  })
  describe(`random histories of ${Seeds.usualSteps} steps, and short ones, hold all laws`, () => {
    it.each(seeds)("seed %i", { timeout }, async (seed) => {
      await Seeds.aMoment()
      expect(failure(Seeds.history(seed))).toBeUndefined()
    })
    it.each(seeds)("the short ones of seed %i", { timeout }, async (seed) => {
      for (const short of Seeds.shortOnes(seed)) {
        await Seeds.aMoment()
        expect(failure(short)).toBeUndefined()
      }
    })
    it("and each kind of what goes wrong comes up often enough", () => {
      const share = Math.ceil((leastShare * leastOfEach * seeds.length) / Seeds.usualSeeds)
      expect(kinds.filter((kind) => !ofDoors.has(kind) && tally.of(kind) < share)).toEqual([])
      expect(kindsOfDoors.filter((kind) => !seldom.has(kind) && tally.of(kind) < 1)).toEqual([])
    })
  })
}
