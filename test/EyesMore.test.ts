import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../src/index.js"
import { Fault } from "../src/testing/index.js"
import { isCreate, isList, isUpdate, standing } from "./Requests.js"
import { law, workspaceId } from "./World.js"

describe("quota and a clock set back", () => {
  law("reserve is kept", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ reserve: 5 })
      const quota = (n: number) =>
        Fault.respond({
          status: 200,
          headers: {
            "x-toggl-quota-remaining": String(n),
            "x-toggl-quota-resets-in": "1800",
            "x-toggl-request-id": "a"
          },
          body: "[]"
        })
      yield* world.toggl.inject(quota(20), { when: isList })
      yield* tab.clients.list(workspaceId)
      yield* world.putClock("1 day", "Back")
      yield* world.toggl.inject(quota(3), { when: isList })
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      assert.strictEqual((yield* tab.outbox.quota(workspaceId))?.remaining, 3)
    })
  )
})

describe("set aside create seen in the list and changed by its Toggl id", () => {
  law("is adopted all the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ setAsideAfter: 1 })
      yield* tab.clients.list(workspaceId)
      yield* world.toggl.inject(Fault.proxyError({ applied: true, status: 504 }), { when: isCreate })
      yield* tab.clients.create(workspaceId, { name: "Acme" })
      const [seen] = yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      if (seen === undefined) return assert.fail("seen")
      yield* tab.clients.archive(workspaceId, seen.id)
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
  law("is adopted all the same after an update", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ setAsideAfter: 1 })
      yield* tab.clients.list(workspaceId)
      yield* world.toggl.inject(Fault.proxyError({ applied: true, status: 504 }), { when: isCreate })
      yield* tab.clients.create(workspaceId, { name: "Acme" })
      const [seen] = yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      if (seen === undefined) return assert.fail("seen")
      yield* tab.clients.update(workspaceId, seen.id, { name: "Other" })
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* world.names, ["Other"])
    })
  )
})

describe("a client that is made, archived and deleted", () => {
  law("costs a request for each: archiving has an effect of its own", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.clients.list(workspaceId)
      yield* tab.outbox.pause
      const { id } = yield* tab.clients.create(workspaceId, { name: "Acme" })
      yield* tab.clients.archive(workspaceId, id)
      yield* tab.clients.delete(workspaceId, id)
      yield* tab.outbox.resume
      yield* world.passes("5 minutes")
      assert.strictEqual((yield* world.sent).length, 3)
    })
  )
})

describe("a merged update without an answer that is Undecided", () => {
  law("goes on in order after the user retries it", (world) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "" })
      const id = Client.ClientId.make(acme.id)
      const tab = yield* world.open()
      yield* tab.clients.list(workspaceId)
      yield* tab.outbox.pause
      yield* tab.clients.update(workspaceId, id, { notes: "one" })
      yield* tab.clients.update(workspaceId, id, { notes: "two" })
      yield* world.toggl.inject(Fault.refuse, { when: isUpdate })
      yield* tab.outbox.resume
      yield* world.rests
      yield* world.toggl.edit.updateClient(workspaceId, acme.id, { notes: "theirs" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided", "Waiting"])
      const [first] = yield* tab.outbox.entries
      if (first?.id === undefined) return assert.fail("it stands")
      yield* tab.outbox.retry(first.id)
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* standing(tab), [])
      const [client] = yield* world.toggl.clients(workspaceId)
      assert.strictEqual(client?.notes, "two")
    })
  )
})
