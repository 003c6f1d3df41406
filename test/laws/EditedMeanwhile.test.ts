import { assert, describe } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { create, isCreate, isGet, isList, opened, queued, standing } from "../Requests.js"
import { law, workspaceId } from "../World.js"
import * as Paused from "./Paused.js"

// Law 5: what the user changes while an entry is looked up counts, and not what stood there before.

describe("an edit of a create in doubt", () => {
  law("is not left out for a later change that the user has just discarded", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* world.open({ credentials: "none" })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      const receipt = yield* create(tab, "Acme", "net 30")
      const entryId = queued(receipt)
      yield* tab.outbox.retry(entryId, { notes: "net 60" })
      yield* Effect.forkScoped(tab.clients.update(workspaceId, receipt.id, { notes: "net 90" }))
      yield* world.rests
      const ids = (yield* tab.outbox.entries).map(({ id }) => id)
      const go = yield* Deferred.make<void>()
      yield* world.toggl.inject(Fault.hold(Deferred.await(go)), { when: isList })
      yield* Effect.forkScoped(
        Effect.gen(function* () {
          yield* world.toggl.awaitRequest(isList)
          const load = yield* tab.holdResult("load")
          yield* other.outbox.discard(ids[1] ?? entryId)
          yield* load.isDone
          yield* Deferred.succeed(go, undefined)
          yield* Effect.sleep("1 second")
          yield* load.release
        })
      )
      yield* world.passes("10 minutes")
      assert.isTrue(yield* Deferred.isDone(go))
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme", "net 60"]])
    })
  )
})

law("An edit of a create in doubt is done, also where a later change of the same field is refused then", (world) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
    yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
    const receipt = yield* create(tab, "Acme")
    yield* tab.outbox.retry(queued(receipt), { name: "Acme Inc" })
    yield* tab.clients.update(workspaceId, receipt.id, { name: "Zenith" })
    yield* world.passes("10 minutes")
    assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
    assert.deepStrictEqual((yield* world.names).toSorted(), ["Acme Inc", "Zenith"])
  })
)

describe("an edit of a set-aside update while its client is read (CheckFirst)", () => {
  law("is not refused for what it said before", (world) =>
    Effect.gen(function* () {
      const made = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "old" })
      const acme = Client.ClientId.make(made.id)
      const tab = yield* opened(world, { conflicts: "CheckFirst" })
      const isOne = (request: Parameters<typeof isGet>[0]) => isGet(request) && request.path.endsWith(`/${acme}`)
      const fault = yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isOne, times: "always" })
      const entry = queued(yield* tab.clients.update(workspaceId, acme, { notes: "mine" }))
      yield* Effect.forkScoped(create(tab, "Free"))
      yield* world.passes("2 hours")
      assert.deepStrictEqual(yield* standing(tab), ["SetAside"])
      yield* world.toggl.edit.updateClient(workspaceId, acme, { notes: "theirs" })
      yield* fault.takeBack
      const go = yield* Deferred.make<void>()
      yield* world.toggl.inject(Fault.hold(Deferred.await(go)), { when: isOne })
      yield* tab.outbox.replayNow
      yield* world.passes("1 second")
      yield* tab.outbox.retry(entry, { notes: "theirs" })
      yield* Deferred.succeed(go, undefined)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
    })
  )
})

law("Two that went together are both edited: the first edit is done where the second is refused", (world) =>
  Effect.gen(function* () {
    yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
    const { tab } = yield* Paused.paused(world, [])
    const acme = yield* Paused.create(tab, "Acme")
    const noted = yield* Paused.update(tab, acme.id, { notes: "new" })
    yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
    yield* tab.outbox.resume
    yield* world.passes("1 second")
    yield* tab.outbox.retry(acme.entry, { name: "Acme Inc" })
    yield* tab.outbox.retry(noted, { name: "Zenith" })
    yield* world.passes("10 minutes")
    assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
    assert.deepStrictEqual((yield* world.names).toSorted(), ["Acme Inc", "Zenith"])
  })
)

describe("an edit of what went as one request with another that is edited too", () => {
  law("is done where the other's edit is refused", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Zenith" })
      const { tab } = yield* Paused.paused(world, [])
      const acme = yield* Paused.create(tab, "Acme")
      const renamed = yield* Paused.update(tab, acme.id, { name: "Beta" })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* tab.outbox.resume
      yield* world.passes("1 second")
      yield* tab.outbox.retry(acme.entry, { name: "Acme Inc" })
      yield* tab.outbox.retry(renamed, { name: "Zenith" })
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
      assert.deepStrictEqual((yield* world.names).toSorted(), ["Acme Inc", "Zenith"])
    })
  )
})
