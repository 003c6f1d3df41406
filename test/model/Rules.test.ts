import { describe, expect, it } from "@effect/vitest"
import { regressions, seeds } from "./regressions.js"
import { rules } from "./rules.js"
import { shortThemes, usualSeeds } from "./Seeds.js"
import { judge } from "./WithoutRule.js"

// Each history is one of the normal run, where it breaks nothing while the library has all its rules.

const timeout = 300_000

describe("a library without one of its rules is found out by the normal run", () => {
  it.each(rules)("$name", { timeout }, async (rule) => {
    const { kept, long: ofSeed, short } = await judge(rule)
    if (typeof rule.shown === "string") {
      const histories = regressions.filter(({ name }) => name === rule.shown).map(({ history }) => kept(history))
      const long = seeds.filter(({ name }) => name === rule.shown).map(({ seed, steps }) => ofSeed(seed, steps))
      expect([...histories, ...long].map((verdict) => verdict?.law)).toEqual([rule.law])
      return
    }
    const [seed, history] = rule.shown
    expect(seed).toBeLessThanOrEqual(usualSeeds)
    expect(["long", ...shortThemes(seed)]).toContain(history)
    expect((history === "long" ? ofSeed(seed) : short(seed, history))?.law).toBe(rule.law)
  })
})
