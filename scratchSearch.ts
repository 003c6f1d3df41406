import { rules } from "./test/model/rules.js"
import { shortThemes, usualSeeds } from "./test/model/Seeds.js"
import { judge } from "./test/model/WithoutRule.js"
const which = process.argv[2] ?? ""
for (const rule of rules.filter(({ name }) => name.includes(which))) {
  const { long, short } = await judge(rule)
  for (let seed = 1; seed <= usualSeeds; seed++) {
    for (const theme of shortThemes(seed)) { const v = short(seed, theme); if (v !== undefined) { console.log(rule.name, seed, theme, v.message); process.exit(0) } }
    if (seed % 2 === 0) { const v = long(seed); if (v !== undefined) { console.log(rule.name, seed, "long", v.message); process.exit(0) } }
  }
}
console.log("NONE", which)
process.exit(0)
