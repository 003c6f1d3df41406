import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Random from "effect/Random"
import * as Stream from "effect/Stream"
import { Client, ClientError, Entry, Mutation } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { create, full, isUpdate, offline, opened, withAcme } from "../Requests.js"
import { law, stillness, workspaceId, type World } from "../World.js"

// Law 4, live: when faults stop, everything that can be sent is sent, without a reload, a focus or a click. One bad entry
// blocks only what depends on it, and nothing polls while there is nothing to do.

/** An entry that another tab accepted right before it crashed: nothing of that tab has heard of it. */
const acceptAndCrash = (world: World, name: string) =>
  world.store.accept({
    id: Entry.EntryId.make("7d3c0f2e-8f5a-4c3b-9a41-0c8f5c8f5c8f"),
    mutation: Mutation.Create.make({
      workspaceId,
      localId: Client.LocalClientId.make(-7),
      name,
      notes: ""
    }),
    acceptedAt: 0
  })

describe("with nothing to do", () => {
  law("there are no timers and no reads, however long it takes", (world) =>
    Effect.gen(function* () {
      const tabs = [yield* opened(world), yield* opened(world)]
      const [first] = tabs
      if (first === undefined) return assert.fail("there is a tab")
      yield* create(first, "Acme")
      // The test's clock forgets what nobody waits for any more when its time comes: the longest is that of a read.
      yield* world.passes("2 minutes")
      for (const tab of tabs) yield* tab.clearOperations
      yield* world.clearRequests
      assert.strictEqual(yield* world.timers, 0)
      yield* world.passes("30 days")
      for (const tab of tabs) assert.deepStrictEqual(yield* tab.operations, [])
      assert.deepStrictEqual(yield* world.toggl.requests, [])
    })
  )

  law("because it is paused or everything is refused, there are none either", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "Acme")
      yield* tab.outbox.pause
      yield* world.toggl.setDown(false)
      yield* world.passes("1 hour")
      yield* tab.clearOperations
      yield* world.clearRequests
      yield* world.passes("30 days")
      assert.deepStrictEqual(yield* tab.operations, [])
      assert.deepStrictEqual(yield* world.toggl.requests, [])
    })
  )
})

describe("what wakes the replay", () => {
  law("a new entry", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.passes("1 day")
      yield* create(tab, "Acme")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("a tab that opens", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.setDown(true)
      yield* create(tab, "Acme")
      yield* tab.kill
      yield* world.toggl.setDown(false)
      yield* world.open()
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("the message of another tab, which may have crashed right after its commit", (world) =>
    Effect.gen(function* () {
      yield* opened(world)
      yield* acceptAndCrash(world, "Acme")
      yield* world.rests
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("the message of another tab, which came while the log was being read", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const held = yield* tab.holdResult("load")
      yield* acceptAndCrash(world, "Acme")
      yield* held.isDone
      yield* world.store.accept({
        id: Entry.EntryId.make("7d3c0f2e-8f5a-4c3b-9a41-0c8f5c8f5c90"),
        mutation: Mutation.Create.make({
          workspaceId,
          localId: Client.LocalClientId.make(-8),
          name: "Beta",
          notes: ""
        }),
        acceptedAt: 0
      })
      yield* held.release
      yield* world.rests
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )

  law("a new entry that is accepted while a run begins is not overlooked", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const held = yield* tab.holdResult("claim")
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* held.isDone
      const second = yield* Effect.forkScoped(create(tab, "Beta"))
      yield* world.rests
      yield* held.release
      yield* world.rests
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
      assert.strictEqual((yield* Fiber.join(second))._tag, "Confirmed")
    })
  )

  law(
    "the device that comes online, and the page that becomes visible",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* offline(world, tab)
        yield* create(tab, "Acme")
        yield* world.passes("1 hour")
        yield* world.toggl.setDown(false)
        yield* tab.setOnline(true)
        yield* tab.wakeUp
        yield* world.rests
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      }),
    { random: Random.fixed([0.999]) }
  )

  law("a timer whose time has come, though the device says that it is offline", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "Acme")
      yield* world.toggl.setDown(false)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law(
    "a request of the app that succeeds",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* offline(world, tab)
        yield* create(tab, "Acme")
        yield* world.passes("1 hour")
        yield* world.toggl.setDown(false)
        yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
        yield* world.rests
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      }),
    { random: Random.fixed([0.999]) }
  )

  law(
    "the user",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* offline(world, tab)
        yield* create(tab, "Acme")
        yield* world.passes("1 hour")
        yield* world.toggl.setDown(false)
        yield* tab.outbox.replayNow
        yield* world.rests
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      }),
    { random: Random.fixed([0.999]) }
  )
})

describe("a turn", () => {
  law("is given up by a tab without credentials, and pauses nothing", (world) =>
    Effect.gen(function* () {
      const worker = yield* world.open({ credentials: "none" })
      const receipt = yield* create(worker, "Acme")
      assert.strictEqual(receipt._tag === "Queued" ? receipt.reason._tag : receipt._tag, "SignInNeeded")
      const { state } = yield* world.store.load
      assert.isUndefined(state.paused)
      yield* opened(world)
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      yield* create(worker, "Beta")
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )

  law("is given up where the credentials vanish in the middle of a run, and pauses nothing", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const held = yield* tab.holdResult("mark")
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* held.isDone
      yield* tab.credentials.set(undefined)
      yield* held.release
      yield* world.rests
      assert.isUndefined((yield* world.store.load).state.paused)
      yield* opened(world)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("of a tab that stands still is taken by another within the request limit and a margin", (world) =>
    Effect.gen(function* () {
      const frozen = yield* opened(world)
      const tab = yield* opened(world)
      const held = yield* frozen.holdResult("claim")
      yield* Effect.forkScoped(create(frozen, "Acme"))
      yield* held.isDone
      yield* frozen.freeze
      yield* world.passes(2 * stillness + 1_000)
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "Idle")
    })
  )
})

describe("a storage that fails now and then", () => {
  law("is tried again, ever more rarely, and the status says so", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "Acme")
      yield* tab.setStorageFault((operation) => (operation === "load" ? undefined : full))
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      const status = Option.getOrThrow(yield* Stream.runHead(tab.outbox.changes))
      assert.strictEqual(status.queue._tag, "StorageLost")
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "StorageLost")
      yield* tab.clearOperations
      yield* world.passes("1 hour")
      assert.isAtMost((yield* tab.operations).filter((operation) => operation === "claim").length, 200)
      yield* tab.setStorageFault(undefined)
      yield* world.passes("5 minutes")
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "Idle")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  for (const operation of ["load", "claim", "mark", "settle", "changeState"] as const) {
    law(`for once at "${operation}" loses nothing and sends nothing twice`, (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open()
        let left = 1
        yield* tab.setStorageFault((met) =>
          met === operation && left-- > 0
            ? new ClientError.StorageError({ reason: "Failed", detail: "AbortError" })
            : undefined
        )
        yield* Effect.forkScoped(create(tab, "Acme"))
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
        assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme"])
        assert.deepStrictEqual(yield* tab.outbox.entries, [])
      })
    )
  }
})

describe("the same entry failing again and again", () => {
  const failing = (world: World) => world.toggl.inject(Fault.proxyError(), { times: "always", when: isUpdate })

  law("while other requests work: set aside with what depends on it, and the others pass", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      const fault = yield* failing(world)
      yield* tab.clients.update(workspaceId, acme, { name: "Bad" })
      yield* tab.clients.archive(workspaceId, acme)
      // It takes the name that the failing one would free.
      yield* create(tab, "Acme")
      yield* create(tab, "Free")
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Free"])
      const status = yield* tab.outbox.status
      assert.deepStrictEqual([status.waiting, status.setAside, status.held, status.refused], [3, 1, 2, 0])
      const entries = yield* tab.outbox.entries
      assert.deepStrictEqual(
        entries.map((entry) => entry.reason?._tag),
        ["SetAside", "Held", "Held"]
      )
      assert.deepStrictEqual(
        entries.map((entry) => entry.dependents.length),
        [2, 0, 0]
      )
      // It is tried again by itself, and when it works at last, what was held follows.
      yield* fault.takeBack
      yield* world.passes("12 minutes")
      assert.deepStrictEqual((yield* tab.outbox.entries).length, 0)
      assert.deepStrictEqual(
        (yield* world.toggl.snapshot(workspaceId)).clients.map((client) => client.name),
        ["Acme", "Bad", "Free"]
      )
    })
  )

  law("while there is nothing else to send, it is tried at the cap, not more often", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* failing(world)
      yield* tab.clients.update(workspaceId, acme, { notes: "x" })
      yield* world.passes("15 minutes")
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "Waiting")
      yield* world.clearRequests
      yield* world.passes("1 hour")
      const tries = (yield* world.sent).length
      assert.isTrue(tries >= 11 && tries <= 12, `${tries} tries in an hour`)
    })
  )

  law("while nothing works, the whole queue waits in order", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.proxyError(), { times: "always" })
      yield* tab.clients.update(workspaceId, acme, { notes: "x" })
      yield* create(tab, "Free")
      yield* world.passes("30 minutes")
      const { setAside, waiting } = yield* tab.outbox.status
      assert.deepStrictEqual([waiting, setAside], [2, 0])
      yield* world.toggl.clearFaults
      yield* world.passes("10 minutes")
      assert.deepStrictEqual((yield* world.sent).slice(-2), [`PUT /clients/${acme} Acme`, "POST /clients Free"])
    })
  )

  law("never means that it is lost: its attempts have no limit", (world) =>
    Effect.gen(function* () {
      const { acme } = yield* withAcme(world)
      const tab = yield* world.open({ backoff: { cap: "12 hours" } })
      const fault = yield* failing(world)
      const receipt = yield* tab.clients.update(workspaceId, acme, { notes: "x" })
      yield* world.passes("30 days")
      yield* fault.takeBack
      yield* world.passes("12 hours")
      if (receipt._tag !== "Queued") return assert.fail("it is queued")
      assert.strictEqual((yield* tab.outbox.outcome(receipt.entryId))._tag, "Done")
    })
  )
})
