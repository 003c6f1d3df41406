/**
 * Says which law a history breaks: bundled with a library from which something was taken out.
 */
import { run } from "./Run.js"
import * as Seeds from "./Seeds.js"
import type { History, Theme } from "./Step.js"

export interface Verdict {
  readonly law: string
  readonly message: string
}

export const kept = (history: History): Verdict | undefined => {
  const { broken } = run(history)
  return broken === undefined ? undefined : { law: broken.law, message: broken.message }
}

export const long = (seed: number): Verdict | undefined => kept(Seeds.history(seed))

export const short = (seed: number, theme: Theme): Verdict | undefined => kept(Seeds.short(seed, theme))
