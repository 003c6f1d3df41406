/**
 * Finds for each rule a short history of the normal run that breaks a law without it: `npx tsx test/model/findSeeds.ts`,
 * and behind it a part of the rules' names, if not all are wanted. What it finds is kept in `rules.ts`.
 */
import { rules } from "./rules.js"
import { shortThemes, usualSeeds } from "./Seeds.js"
import { judge } from "./WithoutRule.js"

const [wanted = ""] = process.argv.slice(2)

for (const rule of rules.filter(({ name }) => name.includes(wanted))) {
  const started = Date.now()
  const { short } = await judge(rule)
  let found: string | undefined
  for (let seed = 1; seed <= usualSeeds && found === undefined; seed++) {
    for (const theme of shortThemes(seed)) {
      const verdict = short(seed, theme)
      if (verdict !== undefined) found ??= `[${seed}, "${theme}"] ${verdict.message}`
    }
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(0)
  console.log(`${rule.name} (${seconds} s)\n    ${(found ?? "NONE").slice(0, 200)}`)
}

// What was judged may hold on to timers of its own.
process.exit(0)
