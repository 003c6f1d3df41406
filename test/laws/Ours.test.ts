import { assert, describe } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import type * as Scope from "effect/Scope"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { anotherDevice, create, drained, isCreate, isList, opened, servers, standing } from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// Law 3, once: nothing is adopted that may not be ours. Toggl's own times tell, and no clock of the device does.

const mine = { name: "Acme", createdBy: FakeToggl.defaultUser.id }
const yearsAgo = new Date("2025-01-05T09:00:00Z")

const unavailable = Fault.proxyError({ status: 503 })

/** A client of this age that is called like ours, which this device has never seen; it fails to make one once. */
const besideOlder = (world: World, at: Date, name = "Acme") =>
  Effect.gen(function* () {
    const older = yield* world.toggl.edit.createClient(workspaceId, { ...mine, name, at })
    const tab = yield* world.open()
    yield* world.toggl.inject(unavailable, { when: isCreate })
    const { id } = yield* create(tab, "Acme")
    return { id, older, tab }
  })

describe("an older client of ours that is unknown here", () => {
  for (const [server, toggl] of servers) {
    for (const name of ["Acme", "ACME"]) {
      law(
        `"${name}" is never adopted, and a later delete by the local id does not delete it (${server})`,
        (world) =>
          Effect.gen(function* () {
            const { id, older, tab } = yield* besideOlder(world, yearsAgo, name)
            yield* world.passes("5 minutes")
            // Without any time of Toggl's nobody can say how old it is.
            const isTimeless = server === "a bare proxy" && name === "Acme"
            const refused = server === "a server of one's own" ? "BadRequest" : "InvalidName"
            assert.deepStrictEqual(yield* standing(tab), [isTimeless ? "Undecided" : refused])
            yield* Effect.forkScoped(tab.clients.delete(workspaceId, id))
            yield* drained(world, tab)
            const clients = yield* world.toggl.clients(workspaceId)
            assert.deepStrictEqual(
              clients.map((client) => client.id),
              [older.id]
            )
          }),
        { toggl: { ...toggl, nameComparison: { caseSensitive: false } } }
      )
    }
  }

  for (const [age, expected] of [
    ["11 minutes", "InvalidName"],
    ["9 minutes", "Undecided"],
    ["3 seconds", "Undecided"]
  ] as const) {
    law(`that is ${age} old: ${expected}`, (world) =>
      Effect.gen(function* () {
        yield* world.passes("1 hour")
        const now = Date.UTC(2026, 0, 5, 10)
        const { tab } = yield* besideOlder(world, new Date(now - Duration.toMillis(age)))
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(tab), [expected])
      })
    )
  }

  law("and that a colleague edits meanwhile is not adopted", (world) =>
    Effect.gen(function* () {
      const { older, tab } = yield* besideOlder(world, yearsAgo)
      yield* world.toggl.edit.updateClient(workspaceId, older.id, { notes: "theirs" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    })
  )
})

describe("a client of ours that the first list here does not show", () => {
  const other = { id: 1, wid: workspaceId, archived: false, name: "Other", total_count: 2 }
  for (const [how, fault] of [
    ["for its item cannot be read", Fault.drifted({ name: 17 })],
    ["for the list is shorter than it says", Fault.respond({ status: 200, body: JSON.stringify([other]) })]
  ] as const) {
    law(`is no new one once it is shown, ${how}`, (world) =>
      Effect.gen(function* () {
        const device = yield* opened(world, yield* anotherDevice)
        yield* create(device, "Acme")
        yield* world.passes("1 minute")
        yield* world.toggl.inject(fault, { times: 1000, when: isList })
        const tab = yield* world.open()
        assert.isAbove((yield* tab.clients.view(workspaceId)).leftOut, 0)
        yield* world.toggl.clearFaults
        const asking = yield* Effect.fork(Effect.flip(create(tab, "Acme")))
        yield* world.passes("1 minute")
        assert.include(["InvalidName", "Undecided"], (yield* Fiber.join(asking))._tag)
      })
    )
  }
})

describe("a create that was applied, its answer lost", () => {
  /** `isListed`: this device had the whole list before. */
  const lost = (world: World, isListed: boolean) =>
    Effect.gen(function* () {
      const tab = yield* isListed ? opened(world) : world.open()
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      return tab
    })

  const isAdopted = (world: World, tab: Tab) =>
    Effect.gen(function* () {
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme"])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })

  const isInDoubt = (world: World, tab: Tab) =>
    Effect.gen(function* () {
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme"])
    })

  for (const [server, toggl] of servers) {
    law(
      `is adopted where this device had the whole list (${server})`,
      (world) => Effect.flatMap(lost(world, true), (tab) => isAdopted(world, tab)),
      { toggl }
    )
  }

  law("is adopted after a sleep of eight hours", (world) =>
    Effect.gen(function* () {
      const tab = yield* lost(world, false)
      yield* tab.freeze
      yield* world.passes("8 hours")
      yield* tab.thaw
      yield* isAdopted(world, tab)
    })
  )

  law("is adopted after a reload", (world) =>
    Effect.gen(function* () {
      const tab = yield* lost(world, false)
      yield* tab.close
      yield* world.passes("1 hour")
      yield* isAdopted(world, yield* world.open())
    })
  )

  law("is adopted where it was made at .999 of a second", (world) =>
    Effect.gen(function* () {
      yield* world.passes("999 millis")
      yield* isAdopted(world, yield* lost(world, false))
    })
  )

  for (const direction of ["Forward", "Back"] as const) {
    law(`is adopted where the device's clock is a day off (${direction})`, (world) =>
      Effect.gen(function* () {
        yield* world.putClock("1 day", direction)
        yield* isAdopted(world, yield* lost(world, false))
      })
    )
  }

  law(
    "is adopted where a proxy's clock is five minutes slow",
    (world) => Effect.flatMap(lost(world, false), (tab) => isAdopted(world, tab)),
    {
      toggl: { dateHeader: { behind: "5 minutes" } }
    }
  )

  for (const [what, dateHeader] of [
    ["a proxy's clock is five minutes fast", { ahead: "5 minutes" }],
    ["no Date is shown", "hidden"]
  ] as const) {
    law(
      `is adopted where ${what} and this device had the whole list`,
      (world) => Effect.flatMap(lost(world, true), (tab) => isAdopted(world, tab)),
      { toggl: { dateHeader } }
    )

    law(
      `is in doubt where ${what} and this device had no list`,
      (world) => Effect.flatMap(lost(world, false), (tab) => isInDoubt(world, tab)),
      { toggl: { dateHeader } }
    )
  }

  law("is adopted when a later attempt hears that the name is taken: the first attempt's time counts", (world) =>
    Effect.gen(function* () {
      const tab = yield* lost(world, false)
      for (const at of ["2026-01-05T09:30:00Z", "2026-01-05T09:30:02Z"]) {
        const date = new Date(at).toUTCString()
        yield* world.toggl.inject(Fault.respond({ status: 200, body: "[]", headers: { date } }), { when: isList })
      }
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme", "POST /clients Acme"])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("is in doubt where a colleague has changed its notes", (world) =>
    Effect.gen(function* () {
      const tab = yield* lost(world, true)
      const [acme] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.updateClient(workspaceId, acme?.id ?? 0, { notes: "theirs" })
      yield* isInDoubt(world, tab)
    })
  )

  for (const [server, toggl] of [servers[0], servers[2]]) {
    law(
      `and that was renamed before the look-up is in doubt, never doubled (${server})`,
      (world) =>
        Effect.gen(function* () {
          const tab = yield* lost(world, true)
          const [acme] = yield* world.toggl.clients(workspaceId)
          yield* world.toggl.edit.updateClient(workspaceId, acme?.id ?? 0, { name: "Other" })
          yield* isInDoubt(world, tab)
          assert.deepStrictEqual(yield* world.names, ["Other"])
        }),
      { toggl }
    )
  }

  for (const [what, fault] of [
    ["408", Fault.respond({ status: 408, applied: true })],
    ["502", Fault.proxyError({ status: 502, applied: true })],
    ["504", Fault.proxyError({ status: 504, applied: true })],
    ["524", Fault.proxyError({ status: 524, applied: true })],
    ["200 with a page", Fault.proxyError({ status: 200, applied: true })],
    ["200 that is no client", Fault.respond({ status: 200, body: '{"message":"ok"}', applied: true })]
  ] as const) {
    law(`and that was renamed is in doubt too where a gateway, or something else, answered for it (${what})`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* tab.clients.list(workspaceId)
        yield* world.toggl.inject(fault, { when: isCreate })
        yield* tab.clients.create(workspaceId, mine)
        const [acme] = yield* world.toggl.clients(workspaceId)
        yield* world.toggl.edit.updateClient(workspaceId, acme?.id ?? 0, { name: "Other" })
        yield* isInDoubt(world, tab)
        assert.deepStrictEqual(yield* world.names, ["Other"])
      })
    )
  }
})

describe("other new clients of ours", () => {
  for (const [count, fault, expected] of [
    [3, Fault.refuse, ["Undecided"]],
    [4, Fault.refuse, []],
    [1, unavailable, []]
  ] as const) {
    law(`${count}, after ${fault.name}: ${expected[0] ?? "none of them is taken for it, and it is sent"}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(fault, { when: isCreate })
        yield* create(tab, "Acme")
        for (let number = 1; number <= count; number++) {
          yield* world.toggl.edit.createClient(workspaceId, { ...mine, name: `Other ${number}` })
        }
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(tab), [...expected])
      })
    )
  }
})

law(
  "A client that this app has just made explains a taken name, also where a cache's list without it was stored",
  (world) =>
    Effect.gen(function* () {
      yield* world.toggl.configure({ cachedReads: "always" })
      const tab = yield* opened(world)
      yield* tab.clients.create(workspaceId, { name: "Acme", notes: "first" })
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      const error = yield* Effect.flip(create(tab, "Acme"))
      assert.strictEqual(error._tag, "InvalidName")
      assert.deepStrictEqual(yield* standing(tab), [])
    })
)

describe("a look-up that a cache answers", () => {
  /** A create was applied, its answer lost; a worker's cache answers for an hour, and then no more. */
  const cached = <E>(
    world: World,
    cachedReads: "always" | "ignoringQuery",
    then: (tab: Tab) => Effect.Effect<Tab, E, Scope.Scope> = Effect.succeed
  ) =>
    Effect.gen(function* () {
      yield* world.toggl.configure({ cachedReads })
      const first = yield* opened(world)
      yield* world.passes("1 hour")
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(first, "Acme")
      const tab = yield* then(first)
      yield* world.passes("1 hour")
      const sent = yield* world.sent
      yield* world.toggl.configure({ cachedReads: "never" })
      yield* tab.outbox.replayNow
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      return { sent, standing: yield* standing(tab) }
    })

  for (const [server, toggl] of servers) {
    law(
      `is asked for past it (${server})`,
      (world) =>
        Effect.gen(function* () {
          assert.deepStrictEqual(yield* cached(world, "always"), { sent: ["POST /clients Acme"], standing: [] })
        }),
      { toggl }
    )
  }

  law("proves nothing where the answer was heard before: no second request is sent", (world) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* cached(world, "ignoringQuery"), { sent: ["POST /clients Acme"], standing: [] })
    })
  )

  for (const [what, toggl] of [
    ["Toggl shows both its request id and its Date", {}],
    ["its Date is hidden", { dateHeader: "hidden" }],
    ["its request id is hidden", { hiddenHeaders: ["x-toggl-request-id"] }]
  ] as const) {
    law(
      `proves nothing after a reload either, for it is asked for twice (${what})`,
      (world) =>
        Effect.gen(function* () {
          const found = yield* cached(world, "ignoringQuery", (tab) => Effect.zipRight(tab.close, world.open()))
          assert.deepStrictEqual(found, { sent: ["POST /clients Acme"], standing: [] })
        }),
      { toggl }
    )
  }

  // Without a time nobody can say that what is called otherwise is younger.
  for (const [what, toggl] of [
    ["Toggl shows both its request id and its Date", {}],
    ["its request id is hidden", { hiddenHeaders: ["x-toggl-request-id"] }]
  ] as const) {
    law(
      `asked for twice, doubles nothing that was renamed meanwhile (${what})`,
      (world) =>
        Effect.gen(function* () {
          yield* world.toggl.configure({ cachedReads: "ignoringQuery" })
          const first = yield* opened(world)
          yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
          yield* create(first, "Acme", "net 30")
          yield* first.close
          const [acme] = yield* world.toggl.clients(workspaceId)
          yield* world.toggl.edit.updateClient(workspaceId, acme?.id ?? 0, { name: "Other" })
          const tab = yield* world.open()
          yield* world.passes("1 hour")
          assert.deepStrictEqual(yield* world.names, ["Other"])
          yield* world.toggl.configure({ cachedReads: "never" })
          yield* tab.outbox.replayNow
          yield* world.passes("10 minutes")
          assert.deepStrictEqual(yield* world.names, ["Other"])
          assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
        }),
      { toggl }
    )
  }

  for (const [server, toggl] of servers.slice(1)) {
    law(
      `leaves doubt at most where neither ids nor dates are shown (${server})`,
      (world) =>
        Effect.gen(function* () {
          const found = "dateHeader" in toggl && toggl.dateHeader === "hidden" ? ["Undecided"] : []
          assert.deepStrictEqual((yield* cached(world, "ignoringQuery")).standing, found)
        }),
      { toggl }
    )
  }
})
