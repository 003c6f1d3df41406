/**
 * The page in which a library is measured: each library in a tab of its own, so that none pays for another's memory.
 *
 * @since 0.1.0
 */
import { expose } from "../../test/browser/PageBridge.js"
import type { Api, Name, Replayed, Taken, Turns } from "./Api.js"
import { bare } from "./bare.js"
import { offlineTransactions } from "./offlineTransactions.js"
import { orbit } from "./orbit.js"
import { ours } from "./ours.js"
import { type Change, changes, clientCount, type Peer, type Queue, type Server } from "./Peer.js"
import { queryPersister } from "./queryPersister.js"
import { workbox } from "./workbox.js"

const peers: Readonly<Record<Name, Peer>> = {
  ours,
  bare,
  "offline-transactions": offlineTransactions,
  orbit,
  "query-persister": queryPersister,
  workbox
}

// --- What is counted --------------------------------------------------------------------------------------------------

let sent = { changes: 0, reads: 0 }

const server: Server = {
  change: async () => {
    sent.changes += 1
  },
  read: () => {
    sent.reads += 1
  }
}

let writes = 0
let lastDurability = "none"
let durability = "none"

// eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with its own `this`
const transaction = IDBDatabase.prototype.transaction
IDBDatabase.prototype.transaction = function (...args) {
  const begun = Reflect.apply(transaction, this, args)
  if (begun.mode === "readwrite") {
    writes += 1
    lastDurability = begun.durability
  }
  return begun
}

// --- How it is measured -----------------------------------------------------------------------------------------------

const rest = () => new Promise((resolve) => setTimeout(resolve, 0))

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const from = performance.now()
  await work()
  return performance.now() - from
}

/**
 * The longest time in which a message to itself did not come through: no task was longer. The observer of long tasks
 * does not see what is shorter than 50 ms.
 */
const longestTask = async (work: () => Promise<unknown>): Promise<number> => {
  const { port1, port2 } = new MessageChannel()
  let longest = 0
  let last = performance.now()
  port1.onmessage = () => {
    const now = performance.now()
    longest = Math.max(longest, now - last)
    last = now
    port2.postMessage(undefined)
  }
  port2.postMessage(undefined)
  await work()
  await rest()
  port1.close()
  return longest
}

const repeat = async ({ atLeast, atMost, millis }: Turns, turn: () => Promise<number>): Promise<Array<number>> => {
  const taken: Array<number> = []
  const until = performance.now() + millis
  while (taken.length < atMost && (taken.length < atLeast || performance.now() < until)) {
    taken.push(await turn())
    await rest()
  }
  return taken
}

let edits = 0
const nextChange = (clients = clientCount): Change => {
  edits += 1
  return { client: (edits % clients) + 1, notes: `gross ${edits}` }
}

const opened = async <A>(name: Name, queue: string, use: (queue: Queue) => Promise<A>): Promise<A> => {
  const library = await peers[name].open(queue, server)
  const answer = await use(library)
  await library.rest()
  await library.close()
  return answer
}

const replayOf = (name: Name, queue: string): Promise<Replayed> =>
  opened(name, queue, async (library) => {
    sent = { changes: 0, reads: 0 }
    writes = 0
    const millis = await timed(library.replay)
    return { millis, writes, ...sent }
  })

let warmed = 0
let held: Queue | undefined

const holding = (): Queue => {
  if (held === undefined) throw new Error("nothing is held")
  return held
}

expose({
  warmUp: async (name, count) => {
    warmed += 1
    const queue = `warm ${warmed}`
    await peers[name].seed(queue, changes(count))
    for (let times = 0; times < 5; times++) await opened(name, queue, () => Promise.resolve())
    await opened(name, queue, async (library) => {
      for (let accepted = 0; accepted < count; accepted++) {
        await library.accept(nextChange())
        await library.rest()
      }
    })
  },
  seed: (name, pending) => peers[name].seed(`of ${pending}`, changes(pending)),
  hold: async (name, pending) => {
    held = await peers[name].open(`of ${pending}`, server)
    return held.pending()
  },
  release: async () => {
    await holding().close()
    held = undefined
  },
  open: async (name, pending, turns, watched): Promise<Taken> => {
    const once = (measure: typeof timed) => async () => {
      let library: Queue | undefined
      const taken = await measure(async () => {
        library = await peers[name].open(`of ${pending}`, server)
      })
      await library?.close()
      return taken
    }
    return { turns: await repeat(turns, once(timed)), longest: await repeat(watched, once(longestTask)) }
  },
  accept: async (turns, watched): Promise<Taken> => {
    const library = holding()
    const once = (measure: typeof timed) => async () => {
      const taken = await measure(() => library.accept(nextChange()))
      durability = lastDurability
      await library.rest()
      return taken
    }
    return { turns: await repeat(turns, once(timed)), longest: await repeat(watched, once(longestTask)) }
  },
  replay: (name, pending) => replayOf(name, `of ${pending}`),
  edit: async (name, count, clients) => {
    const queue = `edits of ${clients}`
    await peers[name].seed(queue, [])
    await opened(name, queue, async (library) => {
      for (let made = 0; made < count; made++) {
        await library.accept(nextChange(clients))
        await library.rest()
      }
    })
    return replayOf(name, queue)
  },
  durability: () => durability
} satisfies Api)
