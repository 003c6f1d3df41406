/**
 * Says which law a history breaks: bundled with a library from which something was taken out.
 */
import { run } from "./Run.js"
import * as Seeds from "./Seeds.js"

export interface Verdict {
  readonly law: string
  readonly message: string
}

const verdict = (history: Parameters<typeof run>[0] | undefined): Verdict | undefined => {
  const broken = history === undefined ? undefined : run(history).broken
  return broken === undefined ? undefined : { law: broken.law, message: broken.message }
}

export const long = (seed: number): Verdict | undefined => verdict(Seeds.history(seed))

export const short = (seed: number, place: number): Verdict | undefined => verdict(Seeds.shortOnes(seed)[place])

export const { shortCount } = Seeds
