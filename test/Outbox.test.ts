import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import * as TestClock from "effect/TestClock"
import { Client, Clients, Credentials, Outbox } from "../src/index.js"
import { FakeToggl } from "../src/testing/index.js"

const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)

const app = Clients.layerMemory({ account: "anna" }).pipe(
  Layer.provide(Credentials.layer(Credentials.token(Redacted.make(FakeToggl.defaultUser.apiToken)))),
  Layer.provideMerge(FakeToggl.layer())
)

describe("Clients online", () => {
  it.effect("confirms a create with Toggl's answer", () =>
    Effect.gen(function* () {
      const receipt = yield* Clients.create(workspaceId, { name: " Acme " })
      assert.strictEqual(receipt._tag, "Confirmed")
      if (receipt._tag === "Confirmed") assert.strictEqual(receipt.value.name, "Acme")
      const list = yield* Clients.list(workspaceId)
      assert.deepStrictEqual(
        list.map((client) => [client.id, client.name, client.pending]),
        [[receipt.id, "Acme", false]]
      )
    }).pipe(Effect.provide(app))
  )

  it.effect("queues while Toggl is down, and replays in order", () =>
    Effect.gen(function* () {
      const toggl = yield* FakeToggl.FakeToggl
      yield* Clients.create(workspaceId, { name: "First" })
      yield* toggl.setDown(true)
      const acme = yield* Clients.create(workspaceId, { name: "Acme" })
      assert.strictEqual(acme._tag, "Queued")
      const renamed = yield* Clients.update(workspaceId, acme.id, { name: "Acme Inc", notes: "net 30" })
      assert.strictEqual(renamed._tag, "Queued")
      const list = yield* Clients.list(workspaceId)
      assert.deepStrictEqual(
        list.map((client) => [client.name, client.notes, client.pending]),
        [
          ["Acme Inc", "net 30", true],
          ["First", "", false]
        ]
      )
      yield* toggl.setDown(false)
      const drained = yield* Effect.fork(Outbox.awaitDrained)
      yield* TestClock.adjust("10 minutes")
      yield* Fiber.join(drained)
      const clients = yield* toggl.clients(workspaceId)
      assert.deepStrictEqual(
        clients.map((client) => client.name),
        ["First", "Acme Inc"]
      )
    }).pipe(Effect.provide(app))
  )
})
