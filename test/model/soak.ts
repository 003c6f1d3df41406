/**
 * Plays histories for as long as wanted: `npm run test:soak`. By environment: `SEED` is the first seed, `SEEDS` how many,
 * `STEPS` how long each history is, and `TRACE=1` prints all that happens, of one seed.
 */
import { run } from "./Run.js"
import * as Seeds from "./Seeds.js"

const number = (name: string, otherwise: number): number => {
  const given = process.env[name]
  if (given === undefined || given === "") return otherwise
  const value = Number(given)
  if (!Number.isSafeInteger(value) || value < 0) throw new Error(`${name} is no whole number: ${given}`)
  return value
}

const first = number("SEED", 1_000)
const count = number("SEEDS", 1_000)
const steps = number("STEPS", 1_000)
const trace = process.env["TRACE"] === "1"

const failed: Array<number> = []
const tally = Seeds.tally()
let events = 0
let accepted = 0
const started = Date.now()
for (let seed = first; seed < first + count; seed++) {
  const history = Seeds.history(seed, steps)
  const result = run(history, { trace })
  tally.add(result)
  events += result.events
  accepted += result.accepted
  if (trace) console.log(result.trace.join("\n"))
  const failure = Seeds.failure(history, {}, result)
  if (failure !== undefined) {
    failed.push(seed)
    console.log(`seed ${seed} of ${steps} steps breaks ${failure}\n`)
  }
  const played = seed - first + 1
  if (played % 20 === 0 || played === count) {
    const seconds = ((Date.now() - started) / 1000).toFixed(0)
    console.log(`${played} of ${count} seeds, ${events} events, ${accepted} changes, ${seconds} s`)
  }
}
console.log(tally.table())
console.log(failed.length === 0 ? "all laws hold" : `laws are broken by seeds ${failed.join(", ")}`)
process.exit(failed.length === 0 ? 0 : 1)
