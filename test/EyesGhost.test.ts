import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../src/index.js"
import { law, workspaceId } from "./World.js"

describe("a tab that hears late of its own accepting", () => {
  law("does not show as pending what another tab has sent meanwhile", (world) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "" })
      const id = Client.ClientId.make(acme.id)
      const first = yield* world.open()
      const second = yield* world.open()
      yield* first.clients.list(workspaceId)
      yield* second.clients.list(workspaceId)
      const held = yield* first.holdResult("accept")
      yield* Effect.forkScoped(first.clients.update(workspaceId, id, { notes: "mine" }))
      yield* world.passes("1 minute")
      assert.strictEqual((yield* world.sent).length, 1)
      yield* second.clients.update(workspaceId, id, { notes: "later" })
      yield* second.outbox.pause
      yield* world.passes("1 minute")
      yield* held.release
      yield* world.passes("1 minute")
      assert.strictEqual((yield* first.outbox.status).waiting, 0)
      const [client] = yield* first.clients.list(workspaceId, { freshness: "Local" })
      assert.deepStrictEqual([client?.notes, client?.pending], ["later", false])
    })
  )
})

describe("a margin of nothing", () => {
  law("still sends, or is refused", (world) =>
    Effect.gen(function* () {
      const tab = yield* Effect.option(world.open({ margin: 0 }))
      if (tab._tag === "None") return
      yield* tab.value.clients.create(workspaceId, { name: "Acme" })
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})
