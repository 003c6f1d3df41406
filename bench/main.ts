/**
 * Measures the budgets of the design in a real Chromium, and prints them as a table. Fails where a limit is exceeded.
 *
 * @since 0.1.0
 */
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import { cpus } from "node:os"
import * as Browser from "../test/browser/Browser.js"
import * as PageServer from "../test/browser/PageServer.js"
import * as Tab from "../test/browser/Tab.js"
import * as Budget from "./Budget.js"
import type { Api } from "./page.js"
import * as Peers from "./Peers.js"
import * as Pwa from "./Pwa.js"
import * as Screen from "./Screen.js"
import * as Sizes from "./Sizes.js"
import { inChunks, progress, ratio, turnCount } from "./Turns.js"

const chunk = 50
const warmUpCount = 200
const pendingBefore = 10_000
const pendingAtStart = 5000
const edits = 200
const editedClients = 20
const listedItems = 2000

const inPage = Effect.gen(function* () {
  const { chromium, context } = yield* Browser.launch()
  const { url } = yield* PageServer.serve({
    pages: { "/": new URL("./page.ts", import.meta.url), "/screen": new URL("./screenPage.ts", import.meta.url) },
    bundle: { minify: true }
  })
  const tab = yield* Tab.open<Api>(context, url("/"))
  const { isolated } = yield* tab.call("surroundings")
  const call = tab.callWithin("5 minutes")
  yield* progress(`${chromium.version}${isolated ? ", cross-origin isolated" : ""}`)

  yield* call("setUpAccepting")
  const accept = yield* inChunks("accept one", warmUpCount, chunk, (count) => call("accept", count))
  const waiting = yield* call("setUpAcceptingBehind", pendingBefore)
  const behind = yield* inChunks(`accept one behind ${waiting}`, chunk, chunk, (count) => call("acceptBehind", count))
  const own = yield* call("setUpAcceptingBehindItsOwn", pendingBefore)
  const behindOwn = yield* inChunks(`accept one behind ${own} of its client`, chunk, chunk, (count) =>
    call("acceptBehindItsOwn", count)
  )
  const pending = yield* call("setUpStarting", pendingAtStart)
  const starting = yield* inChunks(`start with ${pending} pending`, 1, chunk / 5, (count) => call("start", count))
  const [few, many] = [yield* call("writesOfReplay", 50), yield* call("writesOfReplay", 100)]
  const sent = yield* call("requestsAfterEdits", edits, editedClients)

  const lists = yield* inChunks("read a list of junk", 10, 10, (count) => call("lists", count, listedItems))

  const budgets: ReadonlyArray<Budget.Budget> = [
    {
      work: "accept one update to `Queued`",
      limit: 1.8,
      aim: 1.5,
      ...ratio(accept, "a bare strict one-row transaction")
    },
    {
      work: "the same beside idb-keyval",
      limit: undefined,
      aim: undefined,
      ...ratio(accept, "`set` of the same row, as durable", 2)
    },
    {
      work: `the same with ${waiting} pending`,
      limit: 1.2,
      aim: 1.05,
      ...ratio(behind, "the same with few pending")
    },
    {
      work: `the same with ${own} pending of that one client`,
      limit: 1.2,
      aim: 1.05,
      ...ratio(behindOwn, "the same with few pending")
    },
    {
      work: `cold start with ${pending} pending`,
      limit: 2.5,
      aim: 1.6,
      ...ratio(starting, "opening the database and one bare `getAll` of the rows")
    },
    {
      work: `read a list of ${listedItems} items of which none is a client`,
      limit: 1,
      aim: undefined,
      ...ratio(lists, "one of as many clients")
    },
    {
      work: "replay one entry without faults",
      measured: (many - few) / 50,
      limit: 2,
      aim: undefined,
      unit: "writes",
      detail: `a run of 100 makes ${many} write transactions, one of 50 makes ${few}`
    },
    {
      work: `${edits} edits of ${editedClients} clients made offline`,
      // Whose the credentials are must be known before anything is sent. Asked more often, it counts.
      measured: sent.mutations + sent.lists + sent.identities - 1,
      limit: editedClients + 1,
      aim: undefined,
      unit: "requests",
      detail:
        `${sent.mutations} mutations and ${sent.lists} list. Whose the credentials are was asked ${sent.identities} time: ` +
        "the first is not counted, for law 8 wants it at each start, and no workspace's quota pays for it"
    }
  ]
  yield* tab.close
  const felt = yield* Screen.measure(context, url("/screen"))
  const app = yield* Pwa.measure(context)
  const peers = yield* Peers.measureInstalled(context, progress)
  return { version: chromium.version, budgets: [...budgets, ...felt, ...app], peers }
})

const main = Effect.gen(function* () {
  const { budgets: sizes } = yield* Sizes.measure
  const { budgets: measured, peers, version } = yield* inPage
  const budgets = [...measured, ...sizes]
  yield* Console.log(Budget.table(budgets))
  yield* Console.log(
    `\n\`npm run bench\`: ${version}, ${cpus()[0]?.model ?? "unknown CPU"}, Node ${process.version}; medians of ${turnCount} turns, each measured in each.`
  )
  if (peers.length > 0) {
    yield* Console.log(`\n${Peers.table(peers)}`)
    yield* Peers.draw(peers, `npm run bench: ${version}, medians; each library in a tab of its own`)
  }
  const exceeded = budgets.filter(Budget.isExceeded)
  if (exceeded.length > 0) {
    process.exitCode = 1
    yield* progress(`Limits are exceeded: ${exceeded.map(({ work }) => work).join("; ")}.`)
  }
})

Effect.runPromise(Effect.scoped(main)).catch((error: unknown) => {
  process.exitCode = 1
  process.stderr.write(`${String(error)}\n`)
})
