import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Fault } from "../../src/testing/index.js"
import { create, full, isCreate, isGet, isList, lostAndChanged, opened, queued, standing } from "../Requests.js"
import { law, workspaceId, type World } from "../World.js"

// Law 3: what a look-up calls unknown is judged by what was known at the first attempt, whatever was listed or answered
// since.

describe("an undecided create whose workspace is listed before the user retries it", () => {
  law("renamed meanwhile: it is not made a second time", (world) =>
    Effect.gen(function* () {
      const { entry, tab } = yield* lostAndChanged(world, { name: "Acme Inc" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      // The app shows the list anew, as it does at each start.
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* tab.outbox.retry(entry)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc"])
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    })
  )

  law("its notes changed meanwhile: it is not told that the name is another's", (world) =>
    Effect.gen(function* () {
      const { entry, tab } = yield* lostAndChanged(world, { notes: "theirs" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* tab.outbox.retry(entry)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      assert.strictEqual((yield* world.toggl.requests).filter(isCreate).length, 1)
    })
  )
})

describe("a create whose answer could not be stored", () => {
  law("and that a colleague renames before it is looked up: it is not made a second time", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      let settles = 0
      yield* tab.setStorageFault((operation) => (operation === "settle" && settles++ === 0 ? full : undefined))
      yield* Effect.forkScoped(create(tab, "Acme", "net 30"))
      yield* world.passes("1 second")
      const [made] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.updateClient(workspaceId, made?.id ?? 0, { name: "Acme Inc" })
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc"])
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    })
  )
})

const notFound = (world: World) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
    const entry = queued(yield* create(tab, "Acme", "net 30"))
    yield* world.toggl.inject(Fault.refusal(404, "Not found"), { when: isList })
    yield* world.passes("5 minutes")
    return { tab, entry, was: yield* standing(tab) }
  })

describe("a create whose look-up is answered with 404", () => {
  law("may have been applied, and says so when it is discarded", (world) =>
    Effect.gen(function* () {
      const { entry, tab, was } = yield* notFound(world)
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* tab.outbox.discard(entry), [{ id: entry, mayHaveBeenApplied: true }], was.join())
    })
  )

  law("and that a colleague renames: it is not made a second time when the user retries it", (world) =>
    Effect.gen(function* () {
      const { entry, tab, was } = yield* notFound(world)
      const [made] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.updateClient(workspaceId, made?.id ?? 0, { name: "Acme Inc" })
      yield* tab.outbox.retry(entry)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc"], was.join())
    })
  )
})

describe("one answer whose Date is a year ahead", () => {
  law("keeps no later change in doubt for ever", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(
        Fault.respond({
          status: 200,
          headers: {
            date: "Tue, 05 Jan 2027 09:00:00 GMT",
            "content-type": "application/json",
            "x-toggl-request-id": "ab".repeat(16)
          },
          body: "[]"
        }),
        { when: isGet }
      )
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      queued(yield* create(tab, "Acme"))
      yield* create(tab, "Behind")
      yield* world.passes("1 day")
      yield* tab.close
      const next = yield* opened(world)
      yield* world.passes("2 days")
      assert.deepStrictEqual(
        yield* standing(next),
        [],
        JSON.stringify((yield* next.outbox.entries).map(({ reason }) => reason))
      )
    })
  )
})
