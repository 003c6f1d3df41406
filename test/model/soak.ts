/**
 * Plays the histories of seeds for as long as wanted, the long one of each and its short ones: `npm run test:soak`. By
 * environment: `SEED` is the first seed, `SEEDS` how many, `STEPS` how long the long ones are (0: the short ones alone).
 * `SHRINK=0` tells what breaks a law and makes it no shorter; `TRACE=1` prints all that happens, of one seed.
 */
import { type Result, run } from "./Run.js"
import * as Seeds from "./Seeds.js"
import type { History } from "./Step.js"

const number = (name: string, otherwise: number): number => {
  const given = process.env[name]
  if (given === undefined || given === "") return otherwise
  const value = Number(given)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is no whole number: ${given}`)
  return value
}

const first = number("SEED", 1_000)
const count = number("SEEDS", 1_000)
const steps = number("STEPS", Seeds.usualSteps)
const trace = process.env["TRACE"] === "1"
const shrinks = process.env["SHRINK"] !== "0"

const failed: Array<string> = []
const tally = Seeds.tally()
let histories = 0
let events = 0
let accepted = 0
const started = Date.now()

const failureOf = (history: History, result: Result): string | undefined =>
  shrinks ? Seeds.failure(history, {}, result) : result.broken?.message

const play = (name: string, history: History): void => {
  const result = run(history, { trace })
  tally.add(result)
  histories++
  events += result.events
  accepted += result.accepted
  if (trace) console.log(result.trace.join("\n"))
  const failure = failureOf(history, result)
  if (failure === undefined) return
  failed.push(name)
  console.log(`${name} breaks ${failure}\n`)
}

for (let seed = first; seed < first + count; seed++) {
  await Seeds.aMoment()
  if (steps > 0) play(`seed ${seed} of ${steps} steps`, Seeds.history(seed, steps))
  for (const theme of Seeds.shortThemes(seed)) play(`the short seed ${seed} of "${theme}"`, Seeds.short(seed, theme))
  const played = seed - first + 1
  if (played % 20 === 0 || played === count) {
    const seconds = ((Date.now() - started) / 1000).toFixed(0)
    console.log(
      `${played} of ${count} seeds, ${histories} histories, ${events} events, ${accepted} changes, ${seconds} s`
    )
  }
}
console.log(tally.table())
console.log(failed.length === 0 ? "all laws hold" : `laws are broken by\n${failed.join("\n")}`)
process.exit(failed.length === 0 ? 0 : 1)
