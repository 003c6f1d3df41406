import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client, Entry, Mutation, OutboxStore } from "../src/index.js"
import * as bulk from "../src/replay/bulk.js"
import * as mirror from "../src/instance/mirror.js"

// Law 3, found by the model-based suite: another tab's hint has the log read again between the decision to send an entry
// and the plan of its request.
describe("a bulk request that is planned after the log was read again", () => {
  it.scoped("stands once for each entry, each with its own client", () =>
    Effect.gen(function* () {
      const store = yield* OutboxStore.makeMemory.pipe(Effect.flatMap((memory) => OutboxStore.fromMemory(memory)))
      const workspaceId = Client.WorkspaceId.make(1)
      for (const id of [11, 12, 13]) {
        const mutation = Mutation.Archive.make({ workspaceId, clientId: Client.ClientId.make(id) })
        yield* store.accept({ id: Entry.EntryId.make(crypto.randomUUID()), mutation, acceptedAt: 0 })
      }
      const reflected = yield* mirror.make(store, () => undefined)
      yield* reflected.sync
      const head = [...reflected.entries.values()][0]
      assert.isDefined(head)
      yield* reflected.distrust
      yield* reflected.sync
      const many = bulk.plan(reflected, head)
      assert.deepStrictEqual(
        many?.entries.map((entry) => Mutation.clientId(entry.mutation)),
        [11, 12, 13]
      )
      assert.deepStrictEqual(many?.clientIds.map(Number), [11, 12, 13])
    })
  )
})
