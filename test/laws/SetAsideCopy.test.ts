import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { create, isCreate, isList, opened, queued, says, setAside, standing } from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// Law 6: what is set aside does not freeze the copy, once none of its requests can land any more; and what becomes of it is
// judged by what was known before its first attempt.

const shown = (tab: Tab, freshness: "Toggl" | "Local") =>
  Effect.map(tab.clients.view(workspaceId, { freshness }), ({ clients }) => clients.map(({ name }) => name))

/** "Zenith" was applied and its answer lost, and no list could be read before it was set aside; "Free" got through. */
const lostAndSetAside = (world: World) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* world.toggl.inject(Fault.loseAnswer, { when: (request) => isCreate(request) && says(request, "Zenith") })
    const unlisted = yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isList, times: "always" })
    const entry = queued(yield* create(tab, "Zenith", "net 30"))
    yield* world.passes("1 minute")
    yield* create(tab, "Free")
    yield* world.passes("2 hours")
    assert.deepStrictEqual(yield* standing(tab), ["SetAside"])
    yield* unlisted.takeBack
    const made = (yield* world.toggl.clients(workspaceId)).find(({ name }) => name === "Zenith")
    return { tab, entry, id: Client.ClientId.make(made?.id ?? assert.fail("it was applied")) }
  })

describe("while a create is set aside", () => {
  law("what Toggl says is kept, and not asked for again", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* setAside(world)
      yield* world.toggl.edit.createClient(workspaceId, { name: "A colleague's" })
      assert.deepStrictEqual(yield* shown(tab, "Toggl"), ["A colleague's", "Free", "Poison"])
      yield* world.clearRequests
      assert.deepStrictEqual(yield* shown(tab, "Local"), ["A colleague's", "Free", "Poison"])
      yield* tab.clients.list(workspaceId)
      assert.deepStrictEqual(yield* world.requests, [])
      // A tab that is opened later has it too.
      const other = yield* world.open()
      assert.deepStrictEqual(yield* shown(other, "Local"), ["A colleague's", "Free", "Poison"])
    })
  )

  law("nothing is kept that was read while its attempt could still land", (world) =>
    Effect.gen(function* () {
      const { entry, fault, tab } = yield* setAside(world)
      yield* fault.takeBack
      yield* world.toggl.inject(Fault.delayed(Fault.loseAnswer, "10 seconds"), { when: isCreate })
      yield* tab.outbox.retry(entry)
      yield* world.passes("1 second")
      yield* Effect.fork(shown(tab, "Toggl"))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* shown(tab, "Local"), ["Free", "Poison"])
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.names, ["Free", "Poison"])
    })
  )

  law("a client that it has made is shown once, and taken for it by what was known before", (world) =>
    Effect.gen(function* () {
      const { entry, id, tab } = yield* lostAndSetAside(world)
      assert.deepStrictEqual(yield* shown(tab, "Toggl"), ["Free", "Zenith"])
      assert.deepStrictEqual(yield* shown(tab, "Local"), ["Free", "Zenith"])
      const other = yield* world.open()
      assert.deepStrictEqual(yield* shown(other, "Local"), ["Free", "Zenith"])
      yield* world.passes("12 hours")
      const outcome = yield* tab.outbox.outcome(entry)
      assert.deepStrictEqual(outcome._tag === "Done" ? outcome.clientId : outcome, id)
      assert.deepStrictEqual([...(yield* world.names)].sort(), ["Free", "Zenith"])
    })
  )

  law("a change of a client that may be its own waits for it, by Toggl's id too", (world) =>
    Effect.gen(function* () {
      const { id, tab } = yield* lostAndSetAside(world)
      yield* shown(tab, "Toggl")
      const receipt = yield* tab.clients.update(workspaceId, id, { notes: "net 60" })
      assert.deepInclude(receipt._tag === "Queued" ? receipt.reason : receipt, { _tag: "Held" })
      yield* world.passes("12 hours")
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      const named = (yield* world.toggl.clients(workspaceId)).find(({ name }) => name === "Zenith")
      assert.deepInclude({ ...named }, { name: "Zenith", notes: "net 60" })
    })
  )
})
