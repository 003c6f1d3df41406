import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../src/index.js"
import { Fault } from "../src/testing/index.js"
import { isArchive } from "./Requests.js"
import { law, type Tab, workspaceId } from "./World.js"

const reasons = (tab: Tab) =>
  Effect.map(tab.outbox.entries, (entries) =>
    entries.map((entry) => [entry.mutation?._tag, entry.refused?._tag ?? entry.reason?._tag])
  )

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
