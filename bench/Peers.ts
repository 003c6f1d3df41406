/**
 * Measures the library beside its peers: each in a tab of its own of one Chromium, by the same steps.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { existsSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import type { BrowserContext, CDPSession, Page } from "playwright-core"
import * as PageServer from "../test/browser/PageServer.js"
import * as Tab from "../test/browser/Tab.js"
import * as Budget from "./Budget.js"
import * as Plot from "./Plot.js"
import { type Api, type Name, names, type Replayed, type Taken, type Turns } from "./peers/Api.js"

/**
 * How a library is called.
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
const replayed = 500
const edits = 200
const editedClients = 20

const warmUpCount = 100
const rounds = 4
const longTurn = 2000
const acceptTurns: Turns = { atLeast: 3, atMost: 15, millis: 600 }
const watchedTurns: Turns = { atLeast: 1, atMost: 5, millis: 300 }
const openTurns: Turns = { atLeast: 1, atMost: 5, millis: 600 }
const oneTurn: Turns = { atLeast: 1, atMost: 1, millis: 0 }

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

// they are no dependency of the library, and its `npm ci` does not bring them
const areInstalled = (): boolean => existsSync(new URL("./peers/node_modules/", import.meta.url))

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

/** A library in its tab. */
interface Running {
  readonly name: Name
  readonly call: ReturnType<Tab.Tab<Api>["callWithin"]>
  readonly session: CDPSession
}

const run = Effect.fnUntraced(function* (context: BrowserContext, url: string, name: Name) {
  const tab = yield* Tab.open<Api>(context, url)
  const call = tab.callWithin("5 minutes")
  return { name, call, session: yield* sessionOf(tab.page) } satisfies Running
})

const hold = Effect.fnUntraced(function* ({ call, name }: Running, pending: number) {
  const known = yield* call("hold", name, pending)
  if (known !== pending) {
    return yield* new NotMeasured({ reason: `${labels[name]} knows of ${known} changes, not ${pending}` })
  }
})

/**
 * Some turns of each, and again: what else the machine does in one second or the next does not count for one of them alone. A
 * library of which a turn takes long has fewer.
 */
const inRounds = <E>(all: ReadonlyArray<Running>, once: (running: Running) => Effect.Effect<Taken, E>) =>
  Effect.gen(function* () {
    const taken = new Map<Name, ReadonlyArray<Taken>>()
    for (let round = 0; round < rounds; round++) {
      for (const running of all) {
        const before = taken.get(running.name) ?? []
        const tooLong = before.some(({ turns }) => Budget.median(turns) > longTurn)
        if (!tooLong) taken.set(running.name, [...before, yield* once(running)])
      }
    }
    return (name: Name, what: keyof Taken) => Budget.median((taken.get(name) ?? []).flatMap((round) => round[what]))
  })

/**
 * Measures every library.
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
  const all = yield* Effect.forEach(names, (name) => run(context, url("/"), name))

  const seeded = (pending: number) => Effect.forEach(all, ({ call, name }) => call("seed", name, pending))
  // what was compiled is thrown away while something else is measured, and with collected garbage
  const warmUp = Effect.forEach(all, ({ call, name }) => call("warmUp", name, warmUpCount))
  const accepting = Effect.zipRight(
    warmUp,
    inRounds(all, ({ call }) => call("accept", acceptTurns, watchedTurns))
  )

  const acceptAt = Effect.fnUntraced(function* (pending: number) {
    yield* seeded(pending)
    yield* Effect.forEach(all, (running) => hold(running, pending))
    const median = yield* accepting
    yield* Effect.forEach(all, ({ call }) => call("release"))
    yield* progress(`peers: accepted with ${pending} pending`)
    return median
  })
  const empty = yield* acceptAt(lengths[0])
  const some = yield* acceptAt(lengths[1])

  yield* seeded(pendingAtStart)
  yield* warmUp
  const opened = yield* inRounds(all, ({ call, name }) => call("open", name, pendingAtStart, openTurns, oneTurn))
  yield* progress(`peers: opened with ${pendingAtStart} pending`)

  yield* seeded(replayed)
  yield* warmUp
  const replays = yield* Effect.forEach(all, ({ call, name }) =>
    Effect.all({
      durability: call("durability"),
      replay: Effect.filterOrFail(
        call("replay", name, replayed),
        ({ changes }) => changes === replayed,
        ({ changes }) => new NotMeasured({ reason: `${labels[name]} has sent ${changes} changes, not ${replayed}` })
      ),
      edit: call("edit", name, edits, editedClients)
    })
  )
  yield* progress(`peers: replayed ${replayed}`)

  yield* seeded(lengths[2])
  const memory = yield* Effect.forEach(all, (running) =>
    Effect.gen(function* () {
      const before = yield* heldBytes(running.session)
      yield* hold(running, lengths[2])
      return (yield* heldBytes(running.session)) - before
    })
  )
  const full = yield* accepting
  yield* progress(`peers: accepted with ${lengths[2]} pending`)

  return all.flatMap(({ name }, index): ReadonlyArray<Measured> => {
    const [replay, held] = [replays[index], memory[index]]
    if (replay === undefined || held === undefined) return []
    return [
      {
        name,
        ...replay,
        accept: [empty, some, full].map((median) => median(name, "turns")),
        longestOfAccept: full(name, "longest"),
        open: opened(name, "turns"),
        longestOfOpen: opened(name, "longest"),
        memory: held
      }
    ]
  })
}, Effect.scoped)

/**
 * As `measure`, and nothing where the peers are not installed, which it says.
 *
 * @since 0.1.0
 * @category constructors
 */
export const measureInstalled = Effect.fnUntraced(function* (
  context: BrowserContext,
  progress: (text: string) => Effect.Effect<unknown>
) {
  if (areInstalled()) return yield* measure(context, progress)
  yield* progress("The peers are left out, since they are not installed: npm ci --prefix bench/peers")
  return []
})

const millis = (value: number) => `${value < 10 ? value.toFixed(1) : Math.round(value).toLocaleString("en")} ms`

// by less, two measurements of the same heap differ
const megabytes = (bytes: number) => (bytes < 500_000 ? "< 0.5 MB" : `${(bytes / 1_000_000).toFixed(1)} MB`)

/** Chromium takes the default for relaxed. */
const durabilityOf = ({ durability }: Measured) => (durability === "strict" ? "strict" : "relaxed")

/**
 * The table in Markdown: a row for each work, a column for each library.
 *
 * @since 0.1.0
 * @category formatting
 */
export const table = (all: ReadonlyArray<Measured>): string => {
  const rows: ReadonlyArray<readonly [work: string, cell: (measured: Measured) => string]> = [
    ...lengths.map(
      (length, index) =>
        [
          `accept one change, ${length.toLocaleString("en")} pending`,
          ({ accept }: Measured) => millis(accept[index] ?? Number.NaN)
        ] as const
    ),
    ["longest task of that, 10,000 pending", ({ longestOfAccept }) => millis(longestOfAccept)],
    ["how an accepted change is written", durabilityOf],
    [`open with ${pendingAtStart.toLocaleString("en")} pending`, ({ open }) => millis(open)],
    ["longest task of that opening", ({ longestOfOpen }) => millis(longestOfOpen)],
    [`replay ${replayed} changes`, ({ replay }) => millis(replay.millis)],
    ["write transactions for each", ({ replay }) => (replay.writes / replayed).toFixed(0)],
    ["memory of the page for 10,000 pending", ({ memory }) => megabytes(memory)],
    [
      `requests for ${edits} edits of ${editedClients} clients`,
      ({ edit }) => (edit.reads === 0 ? `${edit.changes}` : `${edit.changes}, and ${edit.reads} reads`)
    ]
  ]
  const lines = [
    ["beside peers", ...all.map(({ name }) => labels[name])],
    ["---", ...all.map(() => "---:")],
    ...rows.map(([work, cell]) => [work, ...all.map(cell)])
  ]
  return lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n")
}

const drawing = new URL("../docs/bench.svg", import.meta.url)

/**
 * Draws what accepting costs into `docs/bench.svg`.
 *
 * @since 0.1.0
 * @category formatting
 */
export const draw = (all: ReadonlyArray<Measured>, note: string) =>
  attempt(() =>
    writeFile(
      drawing,
      Plot.svg(
        lengths,
        all.map((measured) => ({
          label: labels[measured.name],
          millis: measured.accept,
          dashed: durabilityOf(measured) === "relaxed"
        })),
        {
          legend: "milliseconds until it is kept: full lines on the disk (strict), dashed with the system (relaxed)",
          note
        }
      )
    )
  )
