import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../src/index.js"
import { Fault } from "../src/testing/index.js"
import { create, isCreate, isList, isUpdate, limited, opened } from "./Requests.js"
import { law, workspaceId } from "./World.js"

describe("a time that the server named, and a clock that is set", () => {
  law("back while it waits: a later such time is kept all the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("60"), { when: isCreate, times: 20 })
      yield* create(tab, "Acme")
      yield* world.passes("30 seconds")
      yield* world.putClock("1 hour", "Back")
      yield* world.clearRequests
      yield* world.passes("31 seconds")
      assert.strictEqual((yield* world.sent).length, 1)
      yield* world.passes("58 seconds")
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )

  law("back while it waits: a later such time that a read hears is kept all the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("60"), { when: isList })
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.passes("30 seconds")
      yield* world.putClock("1 hour", "Back")
      yield* world.passes("31 seconds")
      yield* world.toggl.inject(limited("60"), { when: isList })
      yield* world.clearRequests
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* create(tab, "Acme")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
    })
  )

  law("forward while a request is on its way: the time that a read heard meanwhile is kept", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("10 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.rests
      yield* world.toggl.inject(limited("3600"), { when: isList })
      yield* Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.putClock("2 hours", "Forward")
      yield* world.passes("11 seconds")
      yield* world.clearRequests
      yield* Effect.forkScoped(create(tab, "Beta"))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.requests, [])
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )
})

describe("what was set aside, and a clock that is set", () => {
  for (const direction of ["Forward", "Back"] as const) {
    law(`${direction}: a new tab looks it up no sooner than it can land no more`, (world) =>
      Effect.gen(function* () {
        const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "old" })
        const tab = yield* world.open({ setAsideAfter: 1 })
        yield* tab.clients.list(workspaceId)
        const late: Fault.Fault = {
          ...Fault.landLate("20 seconds"),
          outcome: Fault.proxyError({ status: 504 }).outcome
        }
        yield* world.toggl.inject(late, { when: isUpdate })
        yield* tab.clients.update(workspaceId, Client.ClientId.make(acme.id), { notes: "first" })
        yield* tab.clients.update(workspaceId, Client.ClientId.make(acme.id), { notes: "second" })
        yield* tab.kill
        yield* world.putClock("1 hour", direction)
        yield* world.open({ setAsideAfter: 1 })
        yield* world.passes("2 hours")
        const [client] = yield* world.toggl.clients(workspaceId)
        assert.strictEqual(client?.notes, "second")
      })
    )
  }
})
