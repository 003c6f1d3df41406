import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { create, offline, withRefusal } from "../Requests.js"
import { law, type Tab, workspaceId } from "../World.js"

// Law 14, flat: the cost of accepting an entry does not grow with the queue, a refused one in it or not. Starting with
// thousands pending costs one read of the log.

const creates = (tab: Tab, prefix: string, count: number) =>
  Effect.forEach(
    Array.from({ length: count }, (_, index) => `${prefix} ${index}`),
    (name) => create(tab, name)
  )

describe("accepting a change", () => {
  law("costs one step of the store and no read, however many wait behind a refused one", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      yield* tab.outbox.pause
      for (const round of [1, 2]) {
        yield* creates(tab, `Round ${round}:`, 100)
        yield* world.rests
        yield* tab.clearOperations
        yield* create(tab, `After round ${round}`)
        // It depends on the refused one, and that is known at once.
        yield* tab.clients.update(workspaceId, taken.id, { notes: `held in round ${round}` })
        const { held, waiting } = yield* tab.outbox.status
        assert.deepStrictEqual([waiting, held], [2 + 102 * round, 2 + round])
        assert.deepStrictEqual(yield* tab.operations, ["accept", "accept"])
      }
    })
  )
})

describe("starting", () => {
  law("costs the same steps of the store, and one read of the log, however many wait", (world) =>
    Effect.gen(function* () {
      const first = yield* world.open()
      yield* offline(world, first)
      yield* first.outbox.pause
      const starts: Array<ReadonlyArray<string>> = []
      let tab = first
      for (const count of [1, 200]) {
        yield* creates(tab, `Round of ${count}:`, count)
        yield* tab.close
        tab = yield* world.open({ online: false })
        yield* world.rests
        starts.push([...(yield* tab.operations)])
      }
      assert.strictEqual((yield* tab.outbox.status).waiting, 201)
      const [few, many] = starts
      assert.deepStrictEqual(many, few)
      assert.strictEqual(many?.filter((operation) => operation === "load").length, 1)
    })
  )
})
