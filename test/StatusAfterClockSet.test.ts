import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { Client, Entry, Mutation, OutboxStore } from "../src/index.js"
import { makeLocal } from "../src/instance/decide.js"
import * as mirror from "../src/instance/mirror.js"
import * as observing from "../src/outbox/status.js"

// Law 12, found by the model-based suite: a tab that waits for its turn while another one is told to come back later,
// and whose clock is set back before it hears of that.
describe("the status of a tab that waits for its turn, after the clock was set back", () => {
  it.scoped("says what the queue waits for", () =>
    Effect.gen(function* () {
      yield* TestClock.setTime(Date.UTC(2025, 0, 6, 9))
      const now = Date.UTC(2025, 0, 6, 9)
      const store = yield* OutboxStore.makeMemory.pipe(Effect.flatMap((memory) => OutboxStore.fromMemory(memory)))
      const workspaceId = Client.WorkspaceId.make(1)
      const localId = Client.LocalClientId.make(-1)
      const mutation = Mutation.Create.make({ workspaceId, localId, name: "Acme", notes: "" })
      yield* store.accept({ id: Entry.EntryId.make(crypto.randomUUID()), mutation, acceptedAt: now })
      yield* store.changeState((state) => ({
        ...state,
        wait: { reason: "RateLimited", seenAt: now + 3_600_000, length: 90_000, named: true, restarted: false }
      }))
      const reflected = yield* mirror.make(store, () => undefined)
      const observed = observing.make(reflected, makeLocal(), 25_000)
      yield* reflected.sync
      const { queue } = yield* observed.service.status
      assert.deepStrictEqual(queue, { _tag: "Waiting", for: { _tag: "RateLimited", until: now + 90_000 } })
      const entry = [...reflected.entries.values()][0]
      assert.isDefined(entry)
      assert.deepStrictEqual(yield* observed.reason(entry), { _tag: "RateLimited", until: now + 90_000 })
    })
  )
})
