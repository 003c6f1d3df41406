import { describe, expect, it } from "@effect/vitest"
import * as regressions from "./regressions.js"
import { rules } from "./rules.js"
import { shortThemes, usualSeeds } from "./Seeds.js"
import { judge } from "./WithoutRule.js"

// Each history is played in the normal run, by its seed or because it is kept, and breaks nothing there while the library has all its rules.

const timeout = 300_000

describe("a library without one of its rules is found out by the normal run", () => {
  it.each(rules)("$name", { timeout }, async (rule) => {
    const { kept, long, short } = await judge(rule)
    if (typeof rule.shown === "string") {
      const named = regressions.kept.filter(({ name }) => name === rule.shown)
      expect(named.map(({ history }) => kept(history)?.law)).toEqual([rule.law])
      return
    }
    const [seed, history] = rule.shown
    expect(seed).toBeLessThanOrEqual(usualSeeds)
    expect(["long", ...shortThemes(seed)]).toContain(history)
    expect((history === "long" ? long(seed) : short(seed, history))?.law).toBe(rule.law)
  })
})
