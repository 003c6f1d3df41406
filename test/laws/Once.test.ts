import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Client } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import {
  create,
  full,
  isArchive,
  isCreate,
  isDelete,
  isGet,
  isRestore,
  isUpdate,
  offline,
  opened,
  standing,
  withAcme
} from "../Requests.js"
import { law, stillness, type Tab, workspaceId } from "../World.js"

// Law 3, once: each accepted change takes effect at most once. An attempt without an answer is looked up before anything
// is sent again.

/** What a law about an uncertain change looks like, whichever change it is. */
const changes = [
  ["a create", isCreate, (tab: Tab) => Effect.asVoid(create(tab, "New")), "POST /clients New"],
  [
    "an update",
    isUpdate,
    (tab: Tab, acme: Client.ClientId) => Effect.asVoid(tab.clients.update(workspaceId, acme, { notes: "net 60" })),
    "PUT /clients/64890001 Acme"
  ],
  [
    "an archive",
    isArchive,
    (tab: Tab, acme: Client.ClientId) => Effect.asVoid(tab.clients.archive(workspaceId, acme)),
    "POST /clients/64890001/archive"
  ],
  [
    "a restore",
    isRestore,
    (tab: Tab, acme: Client.ClientId) => Effect.asVoid(tab.clients.restore(workspaceId, acme)),
    "POST /clients/64890001/restore"
  ],
  [
    "a delete",
    isDelete,
    (tab: Tab, acme: Client.ClientId) => Effect.asVoid(tab.clients.delete(workspaceId, acme)),
    "DELETE /clients/64890001"
  ]
] as const

describe("an attempt without an answer", () => {
  for (const [what, isThis, change, line] of changes) {
    const repeats = what === "a restore" || what === "a delete"

    law(`${what} that was applied takes effect once`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world)
        yield* world.toggl.inject(Fault.loseAnswer, { when: isThis })
        yield* change(tab, acme)
        const then = yield* world.toggl.snapshot(workspaceId)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.toggl.snapshot(workspaceId), then)
        assert.deepStrictEqual(yield* world.sent, repeats ? [line, line] : [line])
        assert.deepStrictEqual(yield* standing(tab), [])
      })
    )

    law(`${what} that never arrived is sent again`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world)
        yield* world.toggl.inject(Fault.refuse, { when: isThis })
        yield* change(tab, acme)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.sent, [line, line])
        assert.deepStrictEqual(yield* standing(tab), [])
      })
    )

    for (const caller of ["fails", "hearsNothing"] as const) {
      law(`${what} that lands late, while its caller ${caller}, is left alone until it can land no more`, (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* withAcme(world)
          yield* world.toggl.inject(Fault.landLate("24 seconds", { caller }), { when: isThis })
          yield* Effect.forkScoped(change(tab, acme))
          yield* world.rests
          yield* tab.wakeUp
          yield* tab.outbox.replayNow
          yield* world.passes("24 seconds")
          assert.strictEqual((yield* world.requests).at(-1), line, "nothing is asked while it may land")
          yield* world.passes("5 minutes")
          assert.strictEqual((yield* world.sent).length, repeats ? 2 : 1)
          assert.deepStrictEqual(yield* standing(tab), [])
          const { clients } = yield* world.toggl.snapshot(workspaceId)
          assert.strictEqual(clients.filter((client) => client.name === "New").length, what === "a create" ? 1 : 0)
        })
      )
    }

    law(`${what} of a tab that dies on the way is looked up by the next, no sooner`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world)
        yield* world.toggl.inject(Fault.landLate("24 seconds"), { when: isThis })
        yield* Effect.forkScoped(change(tab, acme))
        yield* world.rests
        yield* tab.kill
        const next = yield* world.open()
        yield* world.passes(stillness - 1_000)
        assert.strictEqual((yield* world.requests).at(-1), line)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(next), [])
        assert.strictEqual((yield* world.sent).length, repeats ? 2 : 1)
      })
    )

    law(`${what} whose tab dies between the answer and the book is found done`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world)
        yield* world.toggl.inject(Fault.hold(tab.freeze, { work: "first" }), { when: isThis })
        yield* Effect.forkScoped(change(tab, acme))
        yield* world.rests
        yield* tab.kill
        const next = yield* world.open()
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(next), [])
        assert.strictEqual((yield* world.sent).length, repeats ? 2 : 1)
      })
    )
  }

  law("is looked up as often as it takes, and nothing passes it meanwhile", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      yield* create(tab, "Beta")
      yield* world.toggl.inject(Fault.proxyError(), { times: 3, when: isGet })
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme", "POST /clients Beta"])
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )
})

describe("a delete without an answer", () => {
  law("that was applied answers 404 when it is sent again, which is done", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isDelete })
      yield* tab.clients.delete(workspaceId, acme)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* tab.clients.list(workspaceId, { freshness: "Local", status: "both" }), [])
    })
  )
})

describe("two tabs", () => {
  law("that wake together send each change once", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      const second = yield* opened(world)
      yield* offline(world, first, second)
      for (const name of ["A", "B", "C"]) yield* create(first, name)
      for (const name of ["D", "E", "F"]) yield* create(second, name)
      yield* world.toggl.setDown(false)
      yield* world.clearRequests
      yield* Effect.all([first.wakeUp, second.wakeUp, first.outbox.replayNow, second.outbox.replayNow])
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["A", "B", "C", "D", "E", "F"])
      assert.strictEqual((yield* world.sent).length, 6)
    })
  )

  for (const lock of ["Exclusive", "Lease"] as const) {
    law(
      `of which one stops while it sends (${lock}): the other takes over in bounded time, and the thawed one does no harm`,
      (world) =>
        Effect.gen(function* () {
          const first = yield* opened(world)
          const second = yield* opened(world)
          yield* world.toggl.inject(Fault.landLate("20 seconds"), { when: isCreate })
          const frozen = yield* first.holdResult("mark")
          yield* Effect.forkScoped(create(first, "A"))
          yield* world.rests
          yield* frozen.release
          yield* world.rests
          yield* first.freeze
          yield* Effect.forkScoped(create(second, "B"))
          yield* world.passes("3 minutes")
          assert.deepStrictEqual(yield* world.names, ["A", "B"])
          yield* first.thaw
          yield* world.passes("10 minutes")
          assert.deepStrictEqual(yield* world.names, ["A", "B"])
          assert.deepStrictEqual(yield* standing(first), [])
          assert.deepStrictEqual(yield* standing(second), [])
        }),
      { lock }
    )
  }
})

describe("a device that says it is offline", () => {
  // names that may be taken twice show it: else Toggl itself refuses the second one
  law(
    "still reaches a proxy on itself: a create that was applied there, its answer lost, is not sent again",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open({ baseUrl: "http://127.0.0.1:8080/api/v9", online: false })
        yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
        const receipt = yield* tab.clients.create(workspaceId, { name: "Acme" })
        assert.strictEqual(receipt._tag, "Queued")
        yield* world.passes("1 hour")
        const made = yield* world.toggl.clients(workspaceId)
        assert.deepStrictEqual(
          made.map(({ name }) => name),
          ["Acme"]
        )
        assert.strictEqual((yield* world.toggl.requests).filter(isCreate).length, 1)
        assert.deepStrictEqual(yield* tab.outbox.entries, [])
      }),
    { toggl: { uniqueNames: false } }
  )
})

describe("a clock that is set", () => {
  law("back does not make a look-up come too early", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.landLate("24 seconds"), { when: isCreate })
      yield* create(tab, "Acme")
      yield* world.putClock("1 day", "Forward")
      yield* tab.outbox.replayNow
      yield* tab.close
      yield* world.open()
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme"])
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

describe("an answer that cannot be booked", () => {
  law("costs a look-up and no second request", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const fails = tab.setStorageFault((operation) => (operation === "load" ? undefined : full))
      yield* world.toggl.inject(Fault.hold(fails, { work: "first" }), { when: isCreate })
      const caller = yield* Effect.fork(create(tab, "Acme"))
      yield* world.passes("10 minutes")
      assert.strictEqual((yield* Fiber.join(caller))._tag, "Queued")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      yield* tab.setStorageFault(undefined)
      yield* world.passes("10 minutes")
      yield* tab.outbox.awaitDrained
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", "GET /clients"])
    })
  )
})
