/**
 * The program that the tests on every browser run: it launches one, lets a page store something, and ends as its argument
 * says: `close`, `crash` (the browser does, and then the program closes what is left) or `wait` (for a signal).
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Browser from "./Browser.js"
import * as PageServer from "./PageServer.js"
import type { Api } from "./pages/probe.js"
import * as Tab from "./Tab.js"

const ending = process.argv[2]

const program = Effect.gen(function* () {
  const { url } = yield* PageServer.serve({ pages: { "/": new URL("./pages/probe.ts", import.meta.url) } })
  const { context, pid } = yield* Browser.launch()
  const tab = yield* Tab.open<Api>(context, url("/"))
  yield* tab.call("put", "key", "stored in IndexedDB")
  yield* Console.log(yield* tab.call("get", "key"))
  if (ending === "wait") return yield* Effect.never
  if (ending === "crash") process.kill(pid, "SIGSEGV")
})

await Effect.runPromise(Effect.scoped(program))
