import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { again, sending } from "../store/LogContract.js"
import { creates, draft, going } from "../store/StoreUnderTest.js"
import { law } from "../World.js"

describe("a row of a newer version", () => {
  law("is not overtaken by an entry behind it that was set aside", (world) =>
    Effect.gen(function* () {
      const newer = yield* world.store.accept(draft(creates(1)))
      const aside = yield* world.store.accept(draft(creates(2)))
      const fence = yield* sending(world.store, aside, 0)
      yield* world.store.settle(fence, [aside.seq], again({ uncertain: true, setAside: 1000 }), going, 0)
      yield* world.changeRow(newer.seq, () => ({ version: 2, mutation: "in a new form" }))
      const tab = yield* world.open()
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.requests, [])
      assert.deepStrictEqual((yield* tab.outbox.status).queue, { _tag: "Waiting", for: { _tag: "NewerVersion" } })
    }).pipe(Effect.orDie)
  )
})
