/**
 * Finds for each rule a seed of the normal run that shows what breaks without it: `npx tsx test/model/findSeeds.ts`, and
 * behind it a part of the rules' names, if not all are wanted.
 */
import { rules } from "./rules.js"
import { usualSeeds } from "./Seeds.js"
import { judge } from "./WithoutRule.js"

const [wanted = ""] = process.argv.slice(2)

for (const rule of rules.filter(({ name }) => name.includes(wanted))) {
  const { long, short, shortCount } = await judge(rule)
  const started = Date.now()
  const found: Array<string> = []
  for (let seed = 1; seed <= usualSeeds && found.length === 0; seed++) {
    for (let place = 0; place < shortCount; place++) {
      const verdict = short(seed, place)
      if (verdict !== undefined) found.push(`[${seed}, ${place}] ${verdict.message.slice(0, 120)}`)
    }
    const verdict = long(seed)
    if (verdict !== undefined) found.push(`${seed} ${verdict.message.slice(0, 120)}`)
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(0)
  console.log([`${rule.name} (${seconds} s)`, ...(found.length === 0 ? ["NONE"] : found)].join("\n    "))
}
