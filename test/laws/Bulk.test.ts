import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client, Credentials } from "../../src/index.js"
import { type FakeToggl, Fault, type RequestLog } from "../../src/testing/index.js"
import { drained, isMe, outcomes, queued } from "../Requests.js"
import { law, stillness, type Tab, type TabOptions, type World, workspaceId } from "../World.js"

// Law 10: merging changes nothing but the count. Several deletes, or archives, go as one request, with the same outcome
// for each.

const isBulk = (request: RequestLog.RecordedRequest) => /clients\/(delete|archive)$/.test(request.path)

const paused = (world: World, count: number, options: TabOptions = { bulk: true }) =>
  Effect.gen(function* () {
    const ids: Array<Client.ClientId> = []
    for (let index = 0; index < count; index++) {
      const made = yield* world.toggl.edit.createClient(workspaceId, { name: `Client ${index}` })
      yield* world.toggl.edit.addProject(workspaceId, { name: `Project ${index}`, clientId: made.id })
      ids.push(Client.ClientId.make(made.id))
    }
    const tab = yield* world.open(options)
    yield* tab.clients.list(workspaceId)
    yield* tab.outbox.pause
    yield* world.clearRequests
    return { tab, ids }
  })

const deletes = (tab: Tab, ids: ReadonlyArray<Client.AnyClientId>) =>
  Effect.forEach(ids, (id) => Effect.map(tab.clients.delete(workspaceId, id), queued))

const archives = (tab: Tab, ids: ReadonlyArray<Client.AnyClientId>) =>
  Effect.forEach(ids, (id) => Effect.map(tab.clients.archive(workspaceId, id), queued))

const archived = (world: World) =>
  Effect.map(world.toggl.clients(workspaceId), (clients) => clients.map((client) => client.archived))

describe("deletes and archives that come next one after the other", () => {
  law("go as one request each, with an outcome of its own for each change", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, 5)
      const entries = [...(yield* archives(tab, ids.slice(0, 2))), ...(yield* deletes(tab, ids.slice(2)))]
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, ["POST /clients/archive", "POST /clients/delete"])
      for (const [index, outcome] of (yield* Effect.forEach(entries, tab.outbox.outcome)).entries()) {
        assert.strictEqual(outcome._tag === "Done" ? outcome.clientId : undefined, ids[index])
        assert.notProperty(outcome, "projects")
      }
      assert.deepStrictEqual(yield* archived(world), [true, true])
      assert.deepStrictEqual(
        (yield* world.toggl.projects(workspaceId)).map((project) => project.active),
        [false, false, true, true, true]
      )
      const view = yield* tab.clients.list(workspaceId, { status: "both", freshness: "Local" })
      assert.deepStrictEqual(
        view.map(({ archived, name, pending }) => ({ archived, name, pending })),
        [
          { archived: true, name: "Client 0", pending: false },
          { archived: true, name: "Client 1", pending: false }
        ]
      )
    })
  )

  law("go one by one unless the app asks for more", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, 2, {})
      yield* deletes(tab, ids)
      yield* drained(world, tab)
      assert.strictEqual((yield* world.toggl.requests).filter(isBulk).length, 0)
      assert.strictEqual((yield* world.sent).length, 2)
    })
  )

  law("overtake nothing", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, 4)
      yield* deletes(tab, ids.slice(0, 2))
      yield* tab.clients.create(workspaceId, { name: "Client 2" })
      yield* deletes(tab, ids.slice(2))
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, [
        "POST /clients/delete",
        "POST /clients Client 2",
        "POST /clients/delete"
      ])
      assert.strictEqual((yield* tab.outbox.status).refused, 1)
    })
  )

  law("are what they name, one for each client", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, 2)
      const entries = yield* archives(tab, [...ids, ...ids.slice(0, 1)])
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* world.sent, ["POST /clients/archive", "POST /clients/64890001/archive"])
      assert.deepStrictEqual(yield* outcomes(tab, entries), ["Done", "Done", "Done"])
    })
  )
})

describe("a bulk request that is planned after the log was read again", () => {
  law("stands once for each entry, each with its own client", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, 3)
      const other = yield* world.open({ credentials: "none" })
      const entries = yield* archives(tab, ids)
      // Another tab is heard of while the first entry has been chosen, and it is asked whose the credentials are.
      yield* tab.credentials.set(Credentials.password("ada@example.com", "correct horse"))
      yield* world.toggl.inject(Fault.delay("1 second"), { when: isMe })
      yield* tab.outbox.resume
      yield* world.rests
      yield* tab.clearOperations
      yield* Effect.fork(other.clients.create(workspaceId, { name: "Beta" }))
      yield* world.rests
      assert.include(yield* tab.operations, "load")
      yield* world.passes("20 minutes")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients/archive", "POST /clients Beta"])
      const ended = yield* Effect.forEach(entries, tab.outbox.outcome)
      assert.deepStrictEqual(
        ended.map((outcome) => (outcome._tag === "Done" ? outcome.clientId : outcome._tag)),
        ids
      )
    })
  )
})

describe("clients that Toggl does not know", () => {
  for (const bulkUnknownIds of ["ignored", "refused"] as const) {
    law(
      `are deleted, and refused to be archived, as one by one (unknown ids are ${bulkUnknownIds})`,
      (world) =>
        Effect.gen(function* () {
          const { ids, tab } = yield* paused(world, 6)
          const entries = [...(yield* archives(tab, ids.slice(0, 3))), ...(yield* deletes(tab, ids.slice(3)))]
          yield* world.toggl.edit.deleteClient(workspaceId, Number(ids[1]))
          yield* world.toggl.edit.deleteClient(workspaceId, Number(ids[4]))
          yield* drained(world, tab)
          assert.deepStrictEqual(yield* outcomes(tab, entries), ["Done", "Standing", "Done", "Done", "Done", "Done"])
          assert.deepStrictEqual(yield* archived(world), [true, true])
        }),
      { toggl: { bulkUnknownIds } }
    )
  }
})

describe("a service that does not know such requests", () => {
  const services: ReadonlyArray<FakeToggl.FakeTogglInput> = [
    { bulkEndpoints: false, unknownRoute: 404 },
    { bulkEndpoints: false, unknownRoute: 405 },
    { bulkEndpoints: false, unknownRoute: 404, hiddenHeaders: ["x-toggl-request-id"] },
    { bulkEndpoints: false, unknownRoute: 405, hiddenHeaders: ["x-toggl-request-id"] }
  ]
  for (const toggl of services) {
    const { hiddenHeaders = [], unknownRoute } = toggl
    law(
      `is asked once: ${unknownRoute}${hiddenHeaders.length === 0 ? "" : ", behind a proxy"}`,
      (world) =>
        Effect.gen(function* () {
          const { ids, tab } = yield* paused(world, 6)
          const first = yield* archives(tab, ids.slice(0, 2))
          const second = yield* deletes(tab, ids.slice(2))
          yield* drained(world, tab)
          assert.deepStrictEqual(
            yield* outcomes(tab, [...first, ...second]),
            Array.from({ length: 6 }, () => "Done")
          )
          assert.strictEqual((yield* world.toggl.requests).filter(isBulk).length, 1)
          assert.strictEqual((yield* world.sent).length, 7)
          assert.deepStrictEqual(yield* archived(world), [true, true])
        }),
      { toggl }
    )
  }

  law("is no reason to refuse: where the plan has no archive, each is refused by itself", (world) =>
    Effect.gen(function* () {
      const { workspaces } = yield* world.toggl.options
      yield* world.toggl.configure({ workspaces: workspaces.map((workspace) => ({ ...workspace, premium: false })) })
      const { ids, tab } = yield* paused(world, 2)
      const entries = yield* archives(tab, ids)
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* outcomes(tab, entries), ["Standing", "Standing"])
    })
  )
})

describe("a bulk request without an answer", () => {
  for (const fault of [Fault.loseAnswer, Fault.refuse, Fault.captivePortal]) {
    law(`takes effect once for each (${fault.name})`, (world) =>
      Effect.gen(function* () {
        const { ids, tab } = yield* paused(world, 4)
        const entries = [...(yield* archives(tab, ids.slice(0, 2))), ...(yield* deletes(tab, ids.slice(2)))]
        yield* world.toggl.inject(fault, { when: isBulk })
        yield* world.toggl.inject(fault, { when: (request) => request.path.endsWith("/clients/delete") })
        yield* drained(world, tab)
        assert.deepStrictEqual(yield* outcomes(tab, entries), ["Done", "Done", "Done", "Done"])
        assert.deepStrictEqual(yield* archived(world), [true, true])
      })
    )
  }

  law("is looked up by the successor of a replayer that died, each in no more time than one", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* paused(world, 4)
      const entries = yield* archives(tab, ids)
      yield* world.toggl.inject(Fault.hang({ applied: true }), { when: isBulk })
      yield* tab.outbox.resume
      yield* world.passes("1 second")
      yield* tab.kill
      const next = yield* world.open({ bulk: true })
      yield* world.passes(stillness + 5000)
      assert.deepStrictEqual(yield* outcomes(next, entries), ["Done", "Done", "Done", "Done"])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients/archive"])
    })
  )
})
