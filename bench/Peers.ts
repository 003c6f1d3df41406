/**
 * Measures the library beside its peers: each in a tab of its own of one Chromium, by the same steps.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import type { BrowserContext, CDPSession, Page } from "playwright-core"
import * as PageServer from "../test/browser/PageServer.js"
import * as Tab from "../test/browser/Tab.js"
import * as Budget from "./Budget.js"
import { type Api, type Name, names, type Replayed } from "./peers/Api.js"

/**
 * How a library is called where there is room, and in a column or at a line.
 *
 * @since 0.1.0
 * @category constants
 */
export const labels: Readonly<Record<Name, string>> = {
  ours: "this library",
  bare: "bare IndexedDB",
  "offline-transactions": "TanStack offline-transactions",
  orbit: "Orbit",
  "query-persister": "TanStack Query persister",
  workbox: "Workbox background sync"
}

/**
 * The lengths of the queue at which a change is accepted.
 *
 * @since 0.1.0
 * @category constants
 */
export const lengths = [0, 1000, 10_000] as const

const pendingAtStart = 5000
const pendingInMemory = 10_000
const replayed = 500
const edits = 200
const editedClients = 20

/**
 * What was measured of a library: medians in milliseconds, and bytes.
 *
 * @since 0.1.0
 * @category models
 */
export interface Measured {
  readonly name: Name
  readonly durability: string
  /** Of each of the lengths. */
  readonly accept: ReadonlyArray<number>
  readonly longestOfAccept: number
  readonly open: number
  readonly longestOfOpen: number
  readonly replay: Replayed
  readonly edit: Replayed
  readonly memory: number
}

/**
 * A library did not keep what it was given, or the browser did not tell its memory.
 *
 * @since 0.1.0
 * @category errors
 */
export class NotMeasured extends Data.TaggedError("NotMeasured")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/**
 * Whether the peers are installed: they are no dependency of the library, and `npm ci` does not bring them.
 *
 * @since 0.1.0
 * @category getters
 */
export const areInstalled = (): boolean => existsSync(new URL("./peers/node_modules/", import.meta.url))

const attempt = <A>(operation: () => Promise<A>) =>
  Effect.tryPromise({ try: operation, catch: (cause) => new NotMeasured({ reason: String(cause) }) })

/** What the page's own heap holds once its garbage is collected: what IndexedDB keeps is in another process. */
const heldBytes = Effect.fnUntraced(function* (session: CDPSession) {
  // what waits to be finalized by one collection goes with the next
  for (let collected = 0; collected < 3; collected++) {
    yield* attempt(() => session.send("HeapProfiler.collectGarbage"))
  }
  const usage = yield* attempt(() => session.send("Runtime.getHeapUsage"))
  return usage.usedSize + usage.embedderHeapUsedSize + usage.backingStorageSize
})

const sessionOf = (page: Page) => attempt(() => page.context().newCDPSession(page))

const often = { atLeast: 5, atMost: 60, millis: 2500 } as const
const watched = { atLeast: 3, atMost: 9, millis: 1500 } as const

const measureOne = Effect.fnUntraced(function* (context: BrowserContext, url: string, name: Name) {
  const tab = yield* Tab.open<Api>(context, url)
  const call = tab.callWithin("5 minutes")
  yield* call("warmUp", name, 20)

  const held = Effect.fnUntraced(function* (pending: number) {
    yield* call("seed", name, pending)
    const known = yield* call("hold", name, pending)
    if (known !== pending) {
      return yield* new NotMeasured({ reason: `${labels[name]} knows of ${known} changes, not ${pending}` })
    }
  })
  const acceptAt = Effect.fnUntraced(function* (pending: number) {
    yield* held(pending)
    const taken = yield* call("accept", often, watched)
    yield* call("release")
    return taken
  })
  const empty = yield* acceptAt(lengths[0])
  const some = yield* acceptAt(lengths[1])
  const durability = yield* call("durability")

  yield* call("seed", name, pendingAtStart)
  const open = yield* call(
    "open",
    name,
    pendingAtStart,
    { ...often, atLeast: 1, atMost: 20 },
    { ...watched, atLeast: 1 }
  )
  yield* call("seed", name, replayed)
  const replay = yield* call("replay", name, replayed)
  const edit = yield* call("edit", name, edits, editedClients)

  const session = yield* sessionOf(tab.page)
  yield* call("seed", name, pendingInMemory)
  const before = yield* heldBytes(session)
  yield* call("hold", name, pendingInMemory)
  const memory = (yield* heldBytes(session)) - before
  const full = yield* call("accept", often, watched)
  return {
    name,
    durability,
    accept: [empty, some, full].map(({ turns }) => Budget.median(turns)),
    longestOfAccept: Budget.median(full.longest),
    open: Budget.median(open.turns),
    longestOfOpen: Budget.median(open.longest),
    replay,
    edit,
    memory
  } satisfies Measured
}, Effect.scoped)

/**
 * Measures every library, one after the other.
 *
 * Fails with `NotMeasured` where one does not do what it is measured at, and as the tabs and their server do.
 *
 * @since 0.1.0
 * @category constructors
 */
export const measure = Effect.fnUntraced(function* (
  context: BrowserContext,
  progress: (text: string) => Effect.Effect<unknown>
) {
  const { url } = yield* PageServer.serve({
    pages: { "/": new URL("./peers/page.ts", import.meta.url) },
    bundle: { minify: true, define: { "process.env.NODE_ENV": `"production"` } }
  })
  return yield* Effect.forEach(names, (name) =>
    Effect.timed(measureOne(context, url("/"), name)).pipe(
      Effect.tap(([took]) => progress(`${labels[name]}: measured in ${Math.round(Duration.toSeconds(took))} s`)),
      Effect.map(([, measured]): Measured => measured)
    )
  )
}, Effect.scoped)
