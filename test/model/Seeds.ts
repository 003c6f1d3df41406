/**
 * Plays the histories of seeds, and tells of one that breaks a law what is left of it once every step that can be left
 * out is left out: as code that can be kept among the regressions.
 */
import * as Dice from "./Dice.js"
import { type Options, type Result, run } from "./Run.js"
import { shrink } from "./Shrink.js"
import * as Step from "./Step.js"
import { type Kind, kinds } from "./Weather.js"

/** How many seeds the normal test run plays, and how many steps the history of each has. */
export const usualSeeds = 200
export const usualSteps = 500

export const history = (seed: number, steps = usualSteps, theme: Step.Theme = "anything"): Step.History =>
  Step.random(Dice.make(seed), steps, theme)

// What goes wrong at a start is met by many short histories, and seldom by a long one.
const shortSteps = 60

// What stands among the first themes keeps its seeds, for rules are shown by them; there may be so many later ones.
const firstThemes = 6
const mostThemes = 20

/** The short history of a theme that is played beside the long one of a seed: that of a seed of its own. */
export const short = (seed: number, theme: Step.Theme): Step.History => {
  const at = Step.themes.indexOf(theme)
  const from = at < firstThemes ? 100_000 + seed * firstThemes : 500_000 + seed * mostThemes
  return history(from + at, shortSteps, theme)
}

/** Most of the themes take turns with others: that is enough of each, and a run is not to take for ever. */
export const shortThemes = (seed: number): ReadonlyArray<Step.Theme> => [
  ...themesOf(seed % 2 === 0),
  ...(seed % 3 === 0 ? (["doors"] as const) : [])
]

const themesOf = (isEven: boolean): ReadonlyArray<Step.Theme> =>
  isEven
    ? ["anything", "namesakes", "stuck", "odd answers", "odd storage", "odd times"]
    : ["anything", "namesakes", "second thoughts", "accounts", "odd times", "odd databases"]

/** The short histories that are played beside the long one of a seed. */
export const shortOnes = (seed: number): ReadonlyArray<Step.History> =>
  shortThemes(seed).map((theme) => short(seed, theme))

/** Why a history fails: the law that it breaks, and the least that breaks it. Nothing if all laws hold. */
export const failure = (history: Step.History, options: Options = {}, result?: Result): string | undefined => {
  const { broken } = result ?? run(history, options)
  if (broken === undefined) return undefined
  const least = shrink(history, broken.law, options)
  const again = run(least, { ...options, trace: true })
  return [
    (again.broken ?? broken).message,
    `A history of ${least.steps.length} steps breaks it, to be kept in test/model/regressions.ts:`,
    Step.print(least),
    "What happened:",
    ...again.trace
  ].join("\n")
}

/**
 * A history is played without a pause: in one a test runner hears that its worker is alive, and what histories have made is
 * let go of.
 */
export const aMoment = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve)
  })

/** How often each kind of what goes wrong came up. */
export interface Tally {
  readonly add: (result: Result) => void
  readonly of: (kind: Kind) => number
  readonly table: () => string
}

export const tally = (): Tally => {
  const counts = new Map<Kind, number>()
  const of = (kind: Kind) => counts.get(kind) ?? 0
  return {
    add: ({ met }) => {
      for (const [kind, count] of met) counts.set(kind, of(kind) + count)
    },
    of,
    table: () => kinds.map((kind) => `${String(of(kind)).padStart(8)}  ${kind}`).join("\n")
  }
}
