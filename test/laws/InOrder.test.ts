import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { version } from "../../src/log/entry.js"
import { Fault } from "../../src/testing/index.js"
import { create, isArchive, offline, opened } from "../Requests.js"
import { law, type Tab, workspaceId } from "../World.js"
import { again, sending } from "../store/LogContract.js"
import { creates, draft, going } from "../store/StoreUnderTest.js"

// Law 2, in order: Toggl sees the changes in the order in which they were accepted, over all tabs. Only what is refused,
// held or set aside lets others pass.

const reasons = (tab: Tab) =>
  Effect.map(tab.outbox.entries, (entries) =>
    entries.map((entry) => [entry.mutation?._tag, entry.refused?._tag ?? entry.reason?._tag])
  )

describe("order", () => {
  law("is that of acceptance, over all tabs", (world) =>
    Effect.gen(function* () {
      const tabs = [yield* opened(world), yield* opened(world), yield* opened(world)]
      yield* offline(world, ...tabs)
      const names: Array<string> = []
      for (let i = 0; i < 12; i++) {
        const tab = tabs[(i * 7) % 3]
        if (tab === undefined) return assert.fail("there is a tab")
        names.push(`Client ${i}`)
        yield* create(tab, `Client ${i}`)
        // The order is the log's, whatever the clock says.
        yield* world.putClock("1 minute", "Back")
      }
      yield* world.toggl.setDown(false)
      yield* world.clearRequests
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(
        yield* world.sent,
        names.map((name) => `POST /clients ${name}`)
      )
    })
  )

  law("only what is refused, held or set aside lets others pass", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* offline(world, tab)
      const refused = yield* create(tab, "Taken")
      yield* tab.clients.update(workspaceId, refused.id, { notes: "held" })
      yield* create(tab, "Free")
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.names, ["Taken", "Free"])
      const { held, refused: standing } = yield* tab.outbox.status
      assert.deepStrictEqual([held, standing], [1, 1])
    })
  )
})

describe("what takes the name that a refused change would have freed is held with it", () => {
  for (const merge of [true, false]) {
    law(`after an earlier rename has been done (merge: ${merge})`, (world) =>
      Effect.gen(function* () {
        const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
        const tab = yield* world.open({ merge })
        yield* tab.clients.list(workspaceId)
        yield* tab.outbox.pause
        const id = Client.ClientId.make(acme.id)
        yield* tab.clients.update(workspaceId, id, { name: "Beta" })
        yield* tab.clients.update(workspaceId, id, { name: "Gamma" })
        yield* tab.clients.create(workspaceId, { name: "Beta" })
        yield* world.toggl.edit.createClient(workspaceId, { name: "Gamma" })
        yield* tab.outbox.resume
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* reasons(tab), [
          ["Update", "InvalidName"],
          ["Create", "Held"]
        ])
      })
    )
  }

  law("where the client was made on this device", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.clients.list(workspaceId)
      yield* tab.outbox.pause
      const acme = yield* tab.clients.create(workspaceId, { name: "Acme" })
      yield* tab.clients.archive(workspaceId, acme.id)
      yield* tab.clients.create(workspaceId, { name: "Acme" })
      yield* world.toggl.inject(Fault.refusal(402, "upgrade"), { when: isArchive })
      yield* tab.outbox.resume
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* reasons(tab), [
        ["Archive", "PlanRequired"],
        ["Create", "Held"]
      ])
    })
  )
})

describe("a row of a newer version", () => {
  law("is not overtaken by an entry behind it that was set aside", (world) =>
    Effect.gen(function* () {
      const newer = yield* world.store.accept(draft(creates(1)))
      const aside = yield* world.store.accept(draft(creates(2)))
      const fence = yield* sending(world.store, aside, 0)
      yield* world.store.settle(fence, [aside.seq], again({ uncertain: true, isSetAside: true }), going, 0)
      yield* world.changeRow(newer.seq, () => ({ version: version + 1, mutation: "in a new form" }))
      const tab = yield* world.open()
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.requests, [])
      assert.deepStrictEqual((yield* tab.outbox.status).queue, { _tag: "Waiting", for: { _tag: "NewerVersion" } })
    }).pipe(Effect.orDie)
  )
})
