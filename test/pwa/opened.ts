/**
 * Opens a copy of the app that somebody has installed and built, and signs in: `tsx test/pwa/opened.ts FOLDER`.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Browser from "../browser/Browser.js"
import * as Built from "./Built.js"
import * as States from "./States.js"

const main = Effect.gen(function* () {
  const folder = process.argv[2]
  if (folder === undefined) return yield* Effect.fail("Which folder? tsx test/pwa/opened.ts FOLDER")
  const { context } = yield* Browser.launch()
  const { url } = yield* Built.serve(folder)
  const problems: Array<string> = []
  const rows = yield* Effect.promise(async () => {
    const page = await context.newPage()
    page.on("pageerror", ({ message }) => problems.push(message))
    await page.goto(url("/"))
    await States.signIn(page)
    await States.make(page, "Aardvark")
    await States.line(page).filter({ hasText: "Everything is saved in Toggl" }).waitFor()
    return page.getByRole("row").count()
  })
  if (problems.length > 0) return yield* Effect.fail(problems.join("\n"))
  yield* Console.log(`the copy opens, signs in, and shows ${rows} rows; one is made, and saved in Toggl`)
})

Effect.runPromise(Effect.scoped(main)).catch((error: unknown) => {
  process.exitCode = 1
  process.stderr.write(`${String(error)}\n`)
})
