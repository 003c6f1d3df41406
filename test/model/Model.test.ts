import { afterEach, describe, expect, it } from "@effect/vitest"
import * as regressions from "./regressions.js"
import { type Options, run } from "./Run.js"
import * as Seeds from "./Seeds.js"
import { shrink } from "./Shrink.js"
import { type History, print } from "./Step.js"

const without = (history: History, at: number): History => ({
  ...history,
  steps: history.steps.filter((_, i) => i !== at)
})

const timeout = 300_000

afterEach(Seeds.aMoment)

// The kept histories, if any, and one that is always there, so that this cannot pass by being empty.
const kept = [{ name: "a seed of the normal run", history: Seeds.history(1, 100) }, ...regressions.kept]

describe("what once broke a law does so no more", () => {
  it.each(kept)("$name", { timeout }, ({ history }) => {
    expect(Seeds.failure(history)).toBeUndefined()
  })
})

describe("the suite itself", () => {
  it("plays the same history the same way every time", () => {
    const history = Seeds.history(7, 400)
    const [first, second] = [run(history, { trace: true }), run(history, { trace: true })]
    expect(first.trace.length).toBeGreaterThan(500)
    expect(second.trace).toEqual(first.trace)
  })

  const sabotaged: ReadonlyArray<readonly [name: string, law: string, options: Options]> = [
    [
      "a store that drops the newest entry as a tab takes its turn",
      "law 1",
      {
        sabotage: {
          store: (memory, { name }) => {
            const numbered = memory.rows.filter(({ key }) => typeof key === "number")
            if (name !== "claim" || numbered.length < 2) return
            memory.rows = memory.rows.filter((row) => row !== numbered.at(-1))
          }
        }
      }
    ],
    [
      "a network that brings creates to Toggl twice",
      "law 3",
      { sabotage: { twice: ({ method }) => method === "POST" } }
    ],
    [
      "a store that forgets how its entries ended",
      "law 1",
      {
        sabotage: {
          store: (memory, { name }) => {
            if (name !== "settle") return
            memory.rows = memory.rows.filter(({ key }) => !Array.isArray(key) || key[0] !== "outcome")
          }
        }
      }
    ]
  ]
  it.each(sabotaged)("finds %s, by a history from which no step can be left out", { timeout }, (_, law, options) => {
    const seed = Array.from({ length: 20 }, (_, i) => i + 1).find(
      (seed) => run(Seeds.history(seed), options).broken?.law === law
    )
    const least = shrink(Seeds.history(seed ?? 0), law, options)
    expect(run(least, options).broken?.law, print(least)).toBe(law)
    for (let i = 0; i < least.steps.length; i++) {
      expect(run(without(least, i), options).broken?.law, `without step ${i} of ${print(least)}`).not.toBe(law)
    }
    expect(least.steps.length, print(least)).toBeLessThan(8)
    expect(run(least).broken).toBeUndefined()
  })

  it("prints a failing history as code, with what happened", { timeout }, () => {
    const options: Options = { sabotage: { twice: ({ method }) => method === "POST" } }
    const failing = Array.from({ length: 20 }, (_, i) => Seeds.history(i + 1, 60)).find(
      (history) => run(history, options).broken !== undefined
    )
    const told = failing === undefined ? undefined : Seeds.failure(failing, options)
    expect(told).toMatch(/^law 3: Toggl applied entry/)
    expect(told).toMatch(/\{ kind: "create", tab: \d+, n: \d+, uid: \d+ \}/)
    expect(told).toContain("POST")
  })
})
