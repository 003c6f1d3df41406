import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { Fault, type RequestLog } from "../../src/testing/index.js"
import { create, offline, online, opened, queued, says } from "../Requests.js"
import { law, type TabOptions, workspaceId, type World } from "../World.js"

// Laws 4, 5 and 10: several changes that one request stands for, and that never get through, block no others, and each can
// be taken out.

const ways: ReadonlyArray<readonly [name: string, fault: Fault.Fault]> = [
  ["a firewall's page", Fault.firewall(403)],
  ["a page with 200", Fault.captivePortal],
  ["a redirect", Fault.redirect("https://elsewhere.example/")],
  ["a connection that is reset", Fault.refuse],
  ["no answer until the limit", Fault.hang()],
  ["a server that fails", Fault.proxyError()]
]

const setAsideAfter = 5

/** Two clients that changes get stuck with, and others behind them. */
const history = (world: World, options: TabOptions = {}) =>
  Effect.gen(function* () {
    const { edit } = world.toggl
    const one = Client.ClientId.make((yield* edit.createClient(workspaceId, { name: "One" })).id)
    const two = Client.ClientId.make((yield* edit.createClient(workspaceId, { name: "Two" })).id)
    const tab = yield* opened(world, options)
    yield* offline(world, tab)
    return { tab, one, two }
  })

const touches =
  (...ids: ReadonlyArray<number>) =>
  ({ body, method, path }: RequestLog.RecordedRequest) =>
    method !== "GET" &&
    (ids.some((id) => path.includes(`/clients/${id}`)) || (Array.isArray(body) && ids.some((id) => body.includes(id))))

const settled = (world: World) =>
  Effect.gen(function* () {
    yield* world.toggl.setDown(false)
    yield* world.passes("30 minutes")
  })

for (const [name, fault] of ways) {
  describe(`changes that go together and meet ${name} for ever`, () => {
    law("as one update: the rest is sent, and they can be taken out", (world) =>
      Effect.gen(function* () {
        const { one, tab } = yield* history(world)
        const first = queued(yield* tab.clients.update(workspaceId, one, { notes: "poison" }))
        const second = queued(yield* tab.clients.update(workspaceId, one, { notes: "poison too" }))
        yield* create(tab, "Behind")
        yield* world.clearRequests
        yield* world.toggl.inject(fault, { when: touches(one), times: "always" })
        yield* online(world, tab)
        yield* settled(world)
        assert.include(yield* world.names, "Behind")
        const { held, setAside, waiting } = yield* tab.outbox.status
        assert.deepStrictEqual([waiting, setAside + held], [2, 2])
        const gone = yield* tab.outbox.discard(first)
        assert.sameDeepMembers(
          [...gone],
          [
            { id: first, mayHaveBeenApplied: true },
            { id: second, mayHaveBeenApplied: true }
          ]
        )
        assert.deepStrictEqual(yield* tab.outbox.entries, [])
      })
    )

    law("as a create with its changes: the rest is sent, and it costs no more than one alone", (world) =>
      Effect.gen(function* () {
        const { tab } = yield* history(world)
        const acme = yield* create(tab, "Acme")
        yield* tab.clients.update(workspaceId, acme.id, { notes: "poison" })
        yield* create(tab, "Behind")
        yield* world.clearRequests
        const isAcme = (request: RequestLog.RecordedRequest) => request.method === "POST" && says(request, "Acme")
        const injected = yield* world.toggl.inject(fault, { when: isAcme, times: "always" })
        yield* online(world, tab)
        for (let left = 360; left > 0 && (yield* tab.outbox.status).setAside === 0; left--)
          yield* world.passes("5 seconds")
        assert.isAtMost((yield* world.sent).filter((line) => line.endsWith(" Acme")).length, setAsideAfter + 1)
        yield* injected.takeBack
        yield* world.passes("13 hours")
        assert.deepStrictEqual(yield* tab.outbox.entries, [])
        const made = (yield* world.toggl.clients(workspaceId)).filter((client) => client.name === "Acme")
        assert.deepStrictEqual(
          made.map(({ notes }) => notes),
          ["poison"]
        )
      })
    )

    law("as one bulk request, and by themselves: the rest is sent, and they land when they can", (world) =>
      Effect.gen(function* () {
        const { one, tab, two } = yield* history(world, { bulk: true })
        yield* tab.clients.delete(workspaceId, one)
        yield* tab.clients.delete(workspaceId, two)
        yield* create(tab, "Behind")
        yield* world.clearRequests
        const injected = yield* world.toggl.inject(fault, { when: touches(one, two), times: "always" })
        yield* online(world, tab)
        yield* world.passes("2 hours")
        assert.include(yield* world.names, "Behind")
        assert.strictEqual((yield* tab.outbox.status).setAside, 2)
        yield* injected.takeBack
        yield* world.passes("13 hours")
        assert.deepStrictEqual(yield* tab.outbox.entries, [])
        assert.deepStrictEqual(yield* world.names, ["Behind"])
      })
    )
  })
}
