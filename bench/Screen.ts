/**
 * The budgets of what a person feels, measured in a page of its own.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type { BrowserContext } from "playwright-core"
import * as Tab from "../test/browser/Tab.js"
import * as Budget from "./Budget.js"
import type { Api } from "./screenPage.js"
import { inChunks, middle, millis, progress } from "./Turns.js"

const screenTurns = 60
const watchedClients = 10_000
const waitingWhileWatched = 1000
const watcherCount = 100
const listedWhileWatched = 10_000
const entriesWaiting = 3000
const entriesRefused = 300
const pendingAtLongStart = 10_000

const measured = (value: number, detail: string) => ({ measured: value, unit: "ms", detail })

export const measure = (context: BrowserContext, url: string) =>
  Effect.gen(function* () {
    const tab = yield* Tab.open<Api>(context, url)
    const call = tab.callWithin("5 minutes")
    const several = <E>(what: string, count: number, measure: Effect.Effect<number, E>) =>
      Effect.gen(function* () {
        const taken: Array<number> = []
        for (let turn = 1; turn <= count; turn++) {
          taken.push(yield* measure)
          yield* progress(`${what}: ${turn} of ${count} turns`)
        }
        return Budget.median(taken)
      })
    yield* progress(`${watcherCount} watch ${watchedClients} clients`)
    yield* call("setUpWatching", watchedClients, waitingWhileWatched, watcherCount)
    const shown = yield* inChunks("show a change", 20, 20, (count) => call("show", count), screenTurns)
    const stillToShow = yield* several("stand still to show", 10, call("standStillToShow"))
    yield* call("tearDown")
    const replayed = yield* inChunks("replay while watched", 1, 1, (count) => call("replay", count, 100), 6)
    yield* call("setUpEntries", entriesWaiting, entriesRefused)
    const entries = yield* inChunks("entries", 5, 10, (count) => call("entries", count), screenTurns)
    const stillToList = yield* several("stand still to list", 7, call("standStillToList", listedWhileWatched))
    yield* call("setUpStarting", pendingAtLongStart)
    const stillToStart = yield* several("stand still to start", 7, call("standStillToStart"))
    yield* tab.close
    const budgets: ReadonlyArray<Budget.Budget> = [
      {
        work: `one change shown to a watcher of ${watchedClients} clients, ${waitingWhileWatched} pending`,
        limit: 20,
        aim: 10,
        ...measured(middle(shown, 0), "from the call until the view is there; accepting it is in that")
      },
      {
        work: `the same to ${watcherCount} watchers, beside 1`,
        limit: 2,
        aim: 1.2,
        measured: middle(shown, 1) / middle(shown, 0),
        unit: "×",
        detail: `${millis(middle(shown, 1))} beside ${millis(middle(shown, 0))}; the page stands still for ${millis(stillToShow)}`
      },
      {
        work: "an entry replayed while 1000 clients are watched",
        limit: 2,
        aim: 1.3,
        measured: middle(replayed, 0) / middle(replayed, 1),
        unit: "×",
        detail: `a run of 100 takes ${millis(middle(replayed, 0))} beside ${millis(middle(replayed, 1))} unwatched`
      },
      {
        work: `\`Outbox.entries\` with ${entriesWaiting} pending, ${entriesRefused} of them refused`,
        limit: 50,
        aim: 25,
        ...measured(middle(entries, 0), "the dependents of each are among it")
      },
      {
        work: `a fresh list of ${listedWhileWatched} clients stored and shown, longest task`,
        limit: 100,
        aim: 50,
        ...measured(stillToList, "the longest time in which nothing else could run")
      },
      {
        work: `start with ${pendingAtLongStart} pending, longest task`,
        limit: 100,
        aim: 50,
        ...measured(stillToStart, "the same")
      }
    ]
    return budgets
  })
