/**
 * Measures the budgets of size, and names the largest parts: `npm run size`. Fails where a limit is exceeded; with
 * `--stands` only where one is that is also larger than where it stands.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Budget from "./Budget.js"
import * as BundleSize from "./BundleSize.js"
import * as Sizes from "./Sizes.js"

const shown = 12

const largest = (what: string, parts: ReadonlyArray<readonly [string, number]>) =>
  [
    `| ${what} | bytes, minified |`,
    "| --- | ---: |",
    ...parts.slice(0, shown).map(([part, bytes]) => `| ${part} | ${bytes} |`)
  ].join("\n")

const main = Effect.gen(function* () {
  const { app, budgets, grown } = yield* Sizes.measure
  yield* Console.log(Budget.table(budgets))
  yield* Console.log(`\nThe largest parts of the app:\n\n${largest("part", BundleSize.byPart(app))}`)
  const ours = BundleSize.byFile(app).filter(([file]) => file.startsWith("src/"))
  yield* Console.log(`\nOur largest files in it:\n\n${largest("file", ours)}`)
  const refused = process.argv.includes("--stands") ? grown : budgets.filter(Budget.isExceeded)
  if (refused.length > 0) {
    process.exitCode = 1
    yield* Console.error(`\nToo large: ${refused.map(({ work }) => work).join("; ")}.`)
  }
})

Effect.runPromise(main).catch((error: unknown) => {
  process.exitCode = 1
  process.stderr.write(`${String(error)}\n`)
})
