import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Client, type Entry, OutboxStore } from "../../src/index.js"
import { Forbidden } from "../../src/ClientError.js"
import { dependencies } from "../../src/log/dependencies.js"
import { isParked, make, type Mirror } from "../../src/instance/mirror.js"
import { entryId } from "../store/StoreUnderTest.js"

// Law 14: the cost of accepting an entry does not grow with the queue, a refused one in it or not.

const workspaceId = Client.WorkspaceId.make(1)

const entryOf = (seq: number): Entry.Entry => ({
  version: 1,
  seq,
  id: entryId(seq),
  mutation: {
    _tag: "Update",
    workspaceId,
    clientId: Client.ClientId.make(1 + (seq % 7)),
    change: { notes: String(seq) }
  },
  acceptedAt: 0,
  state: { _tag: "Pending" },
  attempts: 0,
  serverErrors: 0
})

/** Counts how often the log is walked through from now on. */
const walks = ({ entries }: Mirror) => {
  let count = 0
  const values = entries.values.bind(entries)
  Object.defineProperty(entries, "values", {
    value: () => {
      count++
      return values()
    }
  })
  return () => count
}

describe("a mirror of a queue with a refused entry", () => {
  it.scoped("does not walk through the log again for what is accepted, and does for what is refused", () =>
    Effect.gen(function* () {
      const store = yield* OutboxStore.fromMemory(yield* OutboxStore.makeMemory)
      const mirror = yield* make(store, () => undefined)
      yield* mirror.sync
      for (let seq = 1; seq <= 100; seq++) yield* mirror.accepted(entryOf(seq), mirror.reads)
      const refuse = (seq: number) =>
        mirror.put([{ ...entryOf(seq), state: { _tag: "Refused", error: new Forbidden({}), at: 0 } }], mirror.state)
      yield* refuse(3)
      // Those of one client in seven.
      const heldUpTo = (last: number) =>
        Array.from({ length: last }, (_, at) => at + 1).filter((seq) => seq > 3 && seq % 7 === 3)
      assert.deepStrictEqual([...mirror.dependencies().held.keys()], heldUpTo(100))
      const count = walks(mirror)
      for (let seq = 101; seq <= 170; seq++) {
        yield* mirror.accepted(entryOf(seq), mirror.reads)
        assert.deepStrictEqual([...mirror.dependencies().held.keys()], heldUpTo(seq))
      }
      assert.strictEqual(count(), 0)
      yield* refuse(4)
      const { held } = dependencies({ ...mirror, entries: mirror.entries.values() }, isParked)
      assert.deepStrictEqual([...mirror.dependencies().held], [...held])
      assert.strictEqual(count(), 2)
    })
  )
})

// Law 12: the status says what is true, also where another tab's step fell between this tab's own and its news.

describe("a mirror that hears of its own accepting while it reads the log", () => {
  it.scoped("does not keep what another tab has ended before the log was read", () =>
    Effect.gen(function* () {
      const store = yield* OutboxStore.fromMemory(yield* OutboxStore.makeMemory)
      const reading = yield* Deferred.make<void>()
      const load = Effect.tap(store.load, () => Deferred.await(reading))
      const mirror = yield* make({ ...store, load }, () => undefined)
      const synced = yield* Effect.fork(mirror.sync)
      yield* Effect.yieldNow()
      yield* mirror.accepted(entryOf(1), mirror.reads)
      yield* Deferred.succeed(reading, undefined)
      yield* Fiber.join(synced)
      assert.strictEqual(mirror.entries.size, 0)
    })
  )
})
