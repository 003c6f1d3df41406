import { describe, expect, it } from "@effect/vitest"
import { rules } from "./rules.js"
import { judge } from "./WithoutRule.js"

// A suite that stays green without a rule would not see it go.

describe("the model breaks a law without the rule that", () => {
  it.each(rules)("$name", { timeout: 300_000 }, async (rule) => {
    const { long, short } = await judge(rule)
    const verdict = typeof rule.seed === "number" ? long(rule.seed) : short(...rule.seed)
    expect(verdict?.law).toBe(rule.law)
  })
})
