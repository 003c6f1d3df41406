import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Client } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, isCreate, isList, opened, says, silentFor, waitsFor } from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// Law 9, within the budget: one organization's quota holds the whole queue, and what is left of it is in sight.

const free: FakeToggl.FakeTogglInput = { quotaPerHour: 10, meQuotaPerHour: 30 }

const otherWorkspace = { ...FakeToggl.defaultWorkspace, id: FakeToggl.defaultWorkspace.id + 1 }

const hour = 3_600_000

/** The user pauses, and so many changes wait. */
const waiting = (tab: Tab, count: number) =>
  Effect.gen(function* () {
    yield* tab.outbox.pause
    for (let index = 0; index < count; index++) yield* tab.clients.create(workspaceId, { name: `Client ${index}` })
  })

const ownReads = (world: World) =>
  Effect.map(world.requests, (requests) => requests.filter((request) => request === "GET /clients").length)

const quotas = (tab: Tab) => Effect.map(tab.outbox.status, (status) => status.quota)

describe("what Toggl says of the quota", () => {
  law(
    "is remembered from each answer, reads and changes alike",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open()
        assert.isUndefined(yield* tab.outbox.quota(workspaceId))
        yield* tab.clients.list(workspaceId)
        const known = yield* tab.outbox.quota(workspaceId)
        assert.strictEqual(known?.remaining, 9)
        const creating = yield* Effect.fork(tab.clients.create(workspaceId, { name: "Acme" }))
        yield* world.passes("1 second")
        yield* Fiber.join(creating)
        assert.deepStrictEqual(yield* quotas(tab), [{ workspaceId, remaining: 8, resetsAt: known?.resetsAt }])
      }),
    { toggl: free }
  )

  law(
    "is known in other tabs and after a restart, and forgotten when the quota starts anew",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open()
        const other = yield* world.open()
        yield* tab.clients.list(workspaceId)
        yield* world.rests
        assert.strictEqual((yield* other.outbox.quota(workspaceId))?.remaining, 9)
        yield* tab.close
        yield* other.close
        const later = yield* world.open()
        const quota = yield* later.outbox.quota(workspaceId)
        assert.strictEqual(quota?.remaining, 9)
        yield* world.passes(hour)
        assert.isUndefined(yield* later.outbox.quota(workspaceId))
        assert.deepStrictEqual(yield* quotas(later), [])
      }),
    { toggl: free }
  )

  law(
    "can be watched",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open()
        const watching = yield* tab.outbox.changes.pipe(
          Stream.filterMap(({ quota: [quota] }) =>
            Option.map(Option.fromNullable(quota), ({ remaining }) => remaining)
          ),
          Stream.changes,
          Stream.take(3),
          Stream.runCollect,
          Effect.fork
        )
        yield* waiting(tab, 3)
        yield* tab.outbox.resume
        yield* world.passes("1 minute")
        assert.deepStrictEqual([...(yield* Fiber.join(watching))], [9, 8, 7])
      }),
    { toggl: free }
  )

  law("is missing where Toggl says nothing, or a proxy hides it", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.clients.list(workspaceId)
      assert.deepStrictEqual(yield* quotas(tab), [])
    })
  )

  law(
    "costs no transaction of its own in a replay",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open()
        yield* waiting(tab, 3)
        yield* tab.outbox.resume
        yield* world.passes(0)
        const operations = yield* tab.operations
        assert.strictEqual(operations.filter((operation) => operation === "settle").length, 3)
        const replay = operations.slice(operations.indexOf("mark"), operations.lastIndexOf("settle"))
        assert.notInclude(replay, "changeState")
      }),
    { toggl: free }
  )
})

describe("a reserve", () => {
  law(
    "leaves requests for the user's own, until the quota starts anew",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open({ reserve: 4 })
        yield* waiting(tab, 10)
        yield* tab.outbox.resume
        yield* world.passes("1 minute")
        assert.strictEqual((yield* world.sent).length, 6)
        const { queue } = yield* tab.outbox.status
        assert.strictEqual(queue._tag === "Waiting" ? queue.for._tag : queue._tag, "Quota")
        for (let read = 0; read < 4; read++) yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
        assert.strictEqual(yield* ownReads(world), 4)
        yield* world.passes("50 minutes")
        assert.strictEqual((yield* world.sent).length, 6)
        yield* world.passes("10 minutes")
        assert.strictEqual((yield* world.sent).length, 10)
        const refused = (yield* world.toggl.requests).filter((request) => request.served === 402)
        assert.deepStrictEqual(refused, [])
      }),
    { toggl: free }
  )

  law(
    "holds after a restart",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open({ reserve: 8 })
        yield* waiting(tab, 4)
        yield* tab.outbox.resume
        yield* world.passes("1 minute")
        yield* tab.close
        yield* world.open({ reserve: 8 })
        yield* world.passes("30 minutes")
        assert.strictEqual((yield* world.sent).length, 2)
        yield* world.passes("30 minutes")
        assert.strictEqual((yield* world.sent).length, 4)
      }),
    { toggl: free }
  )

  law(
    "counts the replay's own reads",
    (world) =>
      Effect.gen(function* () {
        const made = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
        const tab = yield* world.open({ reserve: 8 })
        yield* tab.clients.list(workspaceId)
        yield* tab.outbox.pause
        yield* tab.clients.update(workspaceId, Client.ClientId.make(made.id), { notes: "net 30" })
        yield* tab.outbox.resume
        yield* world.passes("1 minute")
        assert.deepStrictEqual(yield* world.sent, [])
        assert.strictEqual((yield* tab.outbox.quota(workspaceId))?.remaining, 8)
        yield* world.passes(hour)
        assert.strictEqual((yield* world.sent).length, 1)
      }),
    { toggl: free }
  )

  law(
    "of nothing spares the request that would be refused",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open({ reserve: 0 })
        yield* waiting(tab, 12)
        yield* tab.outbox.resume
        yield* world.passes("30 minutes")
        assert.strictEqual((yield* world.requests).length, 10)
        yield* world.passes("30 minutes")
        assert.strictEqual((yield* tab.outbox.status).waiting, 0)
      }),
    { toggl: free }
  )

  law(
    "of one workspace holds nothing of another back, though what is set aside there is due",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world, { reserve: 20 })
        yield* world.toggl.inject(Fault.proxyError({ status: 503 }), {
          when: (request) => isCreate(request) && says(request, "Poison"),
          times: "always"
        })
        yield* create(tab, "Poison")
        yield* create(tab, "Free")
        yield* world.passes("1 day")
        for (let read = 0; read < 25; read++) yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
        yield* world.clearRequests
        yield* tab.outbox.replayNow
        yield* world.passes("1 second")
        assert.deepStrictEqual(yield* world.sent, [])
        assert.deepNestedInclude(yield* tab.outbox.status, { setAside: 1, "queue.for._tag": "Quota" })
        yield* tab.clients.create(Client.WorkspaceId.make(otherWorkspace.id), { name: "Elsewhere" })
        const elsewhere = yield* world.toggl.clients(otherWorkspace.id)
        assert.deepStrictEqual(
          elsewhere.map(({ name }) => name),
          ["Elsewhere"]
        )
      }),
    { toggl: { quotaPerHour: 40, workspaces: [FakeToggl.defaultWorkspace, otherWorkspace] } }
  )

  law(
    "lasts an hour where Toggl does not say when the quota starts anew",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open({ reserve: 9 })
        yield* waiting(tab, 2)
        yield* tab.outbox.resume
        yield* world.passes("59 minutes")
        assert.strictEqual((yield* world.sent).length, 1)
        yield* world.passes("1 minute")
        assert.strictEqual((yield* world.sent).length, 2)
      }),
    { toggl: { ...free, hiddenHeaders: ["x-toggl-quota-resets-in"] } }
  )

  law("must be a number of requests", (world) =>
    Effect.gen(function* () {
      for (const reserve of [-1, 1.5, Number.NaN]) {
        const error = yield* Effect.flip(world.open({ reserve }))
        assert.deepInclude(error, { _tag: "InvalidConfiguration", setting: "reserve" })
      }
    })
  )
})

describe("the quota", () => {
  law("of one organization holds the whole queue, over tabs and restarts", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* world.toggl.configure({ quotaPerHour: 2, refusedCountAgainstQuota: true })
      for (const name of ["A", "B", "C"]) yield* create(tab, name)
      assert.strictEqual(waitsFor(yield* create(other, "D")), "Quota")
      yield* world.passes("30 minutes")
      yield* tab.close
      yield* other.kill
      yield* world.open()
      yield* silentFor(world, "1799 seconds")
      yield* world.passes("2 hours")
      assert.deepStrictEqual(yield* world.names, ["A", "B", "C", "D"])
      // The two that were let through, the one refused, and the two of the next hour: nothing was asked in vain.
      assert.strictEqual((yield* world.sent).length, 5)
    })
  )

  law("without headers is read from its sentence, and without that lasts ten minutes", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const said = (body: string) => Fault.respond({ status: 402, body })
      yield* world.toggl.inject(
        said("You have hit your hourly limit for API calls. Your quota will reset in 100 seconds."),
        { when: isCreate }
      )
      yield* create(tab, "Acme")
      yield* silentFor(world, "99 seconds")
      yield* world.toggl.inject(said("You have hit your hourly limit."), { when: isCreate })
      yield* create(tab, "Beta")
      yield* silentFor(world, "599 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )
})

describe("a clock set back", () => {
  law("hides nothing that Toggl says of the quota afterwards", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ reserve: 5 })
      const says = (remaining: number) =>
        Fault.respond({
          status: 200,
          headers: {
            "x-toggl-quota-remaining": String(remaining),
            "x-toggl-quota-resets-in": "1800",
            "x-toggl-request-id": "a"
          },
          body: "[]"
        })
      yield* world.toggl.inject(says(20), { when: isList })
      yield* tab.clients.list(workspaceId)
      yield* world.putClock("1 day", "Back")
      yield* world.toggl.inject(says(3), { when: isList })
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      assert.strictEqual((yield* tab.outbox.quota(workspaceId))?.remaining, 3)
    })
  )
})

describe("a 402", () => {
  const at = (remaining: string) => ({ "x-toggl-quota-remaining": remaining, "x-toggl-quota-resets-in": "3000" })

  law("that speaks of the plan is refused though nothing of the quota remains: it would wait for ever", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const body = "The feature is not available for your current plan"
      yield* world.toggl.inject(Fault.respond({ status: 402, headers: at("-1"), body }), {
        when: isCreate,
        times: "always"
      })
      assert.strictEqual((yield* Effect.flip(create(tab, "Acme")))._tag, "PlanRequired")
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "Idle")
    })
  )

  law("that only says that the quota is exceeded makes the queue wait", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.respond({ status: 402, body: "Quota exceeded. It resets in 61s." }), {
        when: isCreate
      })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "Quota")
      yield* silentFor(world, "60 seconds", "2 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})
