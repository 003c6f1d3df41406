import { assert, describe } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Metric from "effect/Metric"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Client, ClientError, Outbox, type Status } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { anotherDevice, create, heard, isCreate, isList, limited, offline, opened } from "../Requests.js"
import { law, workspaceId } from "../World.js"

// Law 12, honest: the status says what is true, in every tab.

const line = ({ queue }: Status.Status): string => {
  switch (queue._tag) {
    case "Replaying":
      return `Replaying ${queue.done} of ${queue.total}`
    case "Waiting":
      return `Waiting ${queue.for._tag}`
    case "Paused":
      return `Paused ${queue.reason}`
    default:
      return queue._tag
  }
}

const denied = new ClientError.StorageError({ reason: "Denied", detail: "SecurityError" })

const withoutError = (waits: Status.WaitingFor | undefined) =>
  waits !== undefined && "until" in waits ? { _tag: waits._tag, until: waits.until } : waits

describe("the status", () => {
  law("of an empty outbox is idle, with nothing anywhere", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const status = yield* tab.outbox.status
      const { held, proxySuspected, queue, refused, setAside, since, unreadable, waiting } = status
      assert.deepStrictEqual(queue, { _tag: "Idle" })
      assert.deepStrictEqual([waiting, held, setAside, refused, unreadable, proxySuspected], [0, 0, 0, 0, 0, false])
      assert.isUndefined(since)
    })
  )

  law("tells how many wait, since when, for what and until when", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.proxyError({ status: 429, headers: { "retry-after": "600" } }), {
        when: isCreate
      })
      const before = (yield* world.toggl.requests).length
      assert.strictEqual(before, 0)
      yield* create(tab, "A")
      const [request] = yield* world.toggl.requests
      yield* world.passes("1 minute")
      yield* create(tab, "B")
      const { queue, since, waiting } = yield* tab.outbox.status
      assert.deepStrictEqual([waiting, since], [2, request?.receivedAt])
      if (queue._tag !== "Waiting" || queue.for._tag !== "RateLimited") return assert.fail("it waits")
      assert.strictEqual(queue.for.until, (request?.receivedAt ?? 0) + 600_000)
    })
  )

  law("is the same in every tab, whoever makes it", (world) =>
    Effect.gen(function* () {
      const tabs = [yield* opened(world), yield* opened(world), yield* world.open({ credentials: "none" })]
      const [first] = tabs
      if (first === undefined) return assert.fail("there is a tab")
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* offline(world, ...tabs)
      yield* create(first, "Taken")
      yield* create(first, "Free")
      const streams = yield* Effect.forEach(tabs, heard)
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      for (const statuses of streams) {
        const last = (yield* statuses).at(-1)
        assert.deepStrictEqual([last?.waiting, last?.refused, last?.queue._tag], [0, 1, "Idle"])
      }
      assert.include(yield* world.names, "Free")
    })
  )

  law("is true from its first word on, also right after a start", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      for (const name of ["A", "B", "C"]) yield* create(tab, name)
      yield* tab.outbox.pause
      yield* tab.close
      const next = yield* world.open()
      const first = Option.getOrThrow(yield* Stream.runHead(next.outbox.changes))
      assert.deepStrictEqual([line(first), first.waiting], ["Paused ByUser", 3])
    })
  )

  law("tells how far a replay has come, in every tab", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* offline(world, tab, other)
      for (const name of ["A", "B", "C"]) yield* create(tab, name)
      yield* world.toggl.setDown(false)
      yield* world.toggl.inject(Fault.delay("1 second"), { when: isCreate, times: "always" })
      const streams = [yield* heard(tab), yield* heard(other)]
      yield* tab.wakeUp
      yield* world.passes("1 minute")
      for (const statuses of streams) {
        const lines = (yield* statuses).map(line)
        const replay = lines.slice(lines.indexOf("Replaying 0 of 3"))
        assert.deepStrictEqual(
          [...new Set(replay)],
          ["Replaying 0 of 3", "Replaying 1 of 3", "Replaying 2 of 3", "Idle"]
        )
      }
    })
  )

  law("does not count what is refused or held as part of a replay", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* offline(world, tab)
      const taken = yield* create(tab, "Taken")
      yield* tab.clients.update(workspaceId, taken.id, { notes: "held" })
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      yield* world.toggl.inject(Fault.delay("1 second"), { when: isCreate })
      const statuses = yield* heard(tab)
      yield* Effect.forkScoped(create(tab, "Free"))
      yield* world.passes("10 seconds")
      const lines = (yield* statuses).map(line)
      assert.include(lines, "Replaying 0 of 1")
      assert.isFalse(lines.some((each) => /of [2-9]/.test(each)))
    })
  )

  law(
    "says that it replays while what is set aside is looked up because the user wants it, and that it waits afterwards",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
        yield* world.toggl.inject(Fault.delayed(Fault.proxyError({ status: 503 }), "5 seconds"), {
          when: isList,
          times: "always"
        })
        yield* create(tab, "Acme")
        yield* create(tab, "Zenith")
        yield* world.passes("1 hour")
        const shown = yield* heard(tab)
        yield* world.passes("1 second")
        const last = Effect.map(shown, (all) => all.at(-1)?.queue._tag)
        const both = Effect.all([last, Effect.map(tab.outbox.status, ({ queue }) => queue._tag)])
        assert.deepInclude(yield* tab.outbox.status, { waiting: 1, setAside: 1 })
        assert.deepStrictEqual(yield* both, ["Waiting", "Waiting"])
        yield* world.clearRequests
        yield* tab.outbox.replayNow
        yield* world.passes("2 seconds")
        assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
        assert.deepStrictEqual(yield* both, ["Replaying", "Replaying"])
        yield* world.passes("4 seconds")
        assert.deepStrictEqual(yield* both, ["Waiting", "Waiting"])
      })
  )

  law("says nothing twice", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const statuses = yield* heard(tab)
      yield* create(tab, "Acme")
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* world.passes("1 hour")
      const all = (yield* statuses).map((status) => JSON.stringify(status))
      assert.isTrue(all.every((status, index) => status !== all[index - 1]))
    })
  )

  law("says that the storage is lost, and that it is back", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const lost = new ClientError.StorageError({ reason: "Closed", detail: "InvalidStateError" })
      yield* tab.setStorageFault(() => lost)
      yield* Effect.ignore(create(tab, "Acme"))
      assert.deepStrictEqual((yield* tab.outbox.status).queue, { _tag: "StorageLost", error: lost })
      yield* tab.setStorageFault(undefined)
      yield* world.passes("5 minutes")
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "Idle")
    })
  )
})

describe("a store that is lost and comes back", () => {
  law("is seen in the status, and seen to be back without anyone's doing", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const statuses = yield* heard(tab)
      yield* world.rests
      yield* tab.setStorageFault(() => denied)
      yield* create(tab, "Acme")
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "StorageLost")
      yield* world.passes("10 minutes")
      yield* tab.setStorageFault(undefined)
      yield* world.passes("10 minutes")
      const lines = (yield* statuses).map(line)
      assert.deepStrictEqual(
        lines.filter((each, index) => each !== lines[index - 1]),
        ["Idle", "StorageLost", "Idle"]
      )
      const receipt = yield* create(tab, "Stored")
      if (receipt.entryId === undefined) return assert.fail("it is stored")
      assert.strictEqual((yield* tab.outbox.outcome(receipt.entryId))._tag, "Done")
    })
  )
})

describe("a tab that hears late of its own accepting", () => {
  law("does not show as pending what another tab has sent meanwhile", (world) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", notes: "" })
      const id = Client.ClientId.make(acme.id)
      const first = yield* world.open()
      const second = yield* world.open()
      yield* first.clients.list(workspaceId)
      yield* second.clients.list(workspaceId)
      const held = yield* first.holdResult("accept")
      yield* Effect.forkScoped(first.clients.update(workspaceId, id, { notes: "mine" }))
      yield* world.passes("1 minute")
      assert.strictEqual((yield* world.sent).length, 1)
      yield* second.clients.update(workspaceId, id, { notes: "later" })
      yield* second.outbox.pause
      yield* world.passes("1 minute")
      yield* held.release
      yield* world.passes("1 minute")
      assert.strictEqual((yield* first.outbox.status).waiting, 0)
      const [client] = yield* first.clients.list(workspaceId, { freshness: "Local" })
      assert.deepStrictEqual([client?.notes, client?.pending], ["later", false])
    })
  )

  law("does not keep as waiting what another tab has discarded while it read the log", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      const second = yield* opened(world)
      yield* second.outbox.pause
      yield* world.rests
      const held = yield* first.holdResult("accept")
      yield* Effect.forkScoped(create(first, "Acme"))
      yield* held.isDone
      const [entry] = yield* second.outbox.entries
      if (entry?.id === undefined) return assert.fail("it waits")
      const reading = yield* first.holdResult("load")
      yield* second.outbox.discard(entry.id)
      yield* reading.isDone
      yield* held.release
      yield* world.rests
      yield* reading.release
      yield* world.rests
      assert.strictEqual((yield* first.outbox.status).waiting, 0)
      assert.deepStrictEqual(yield* first.outbox.entries, [])
    })
  )
})

describe("a tab that waits for its turn, after the clock was set back", () => {
  law("says what the queue waits for", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      const second = yield* opened(world)
      yield* second.freeze
      yield* world.toggl.inject(limited("90"), { when: isCreate })
      yield* create(first, "Acme")
      yield* first.close
      yield* world.putClock("1 hour", "Back")
      // It begins the wait again, and has not heard yet that this is stored.
      const held = yield* second.holdResult("changeState")
      yield* second.thaw
      yield* held.isDone
      const until = (yield* Clock.currentTimeMillis) + 90_000
      const { queue } = yield* second.outbox.status
      assert.deepStrictEqual(queue._tag === "Waiting" ? withoutError(queue.for) : queue, { _tag: "RateLimited", until })
      const [entry] = yield* second.outbox.entries
      assert.deepStrictEqual(withoutError(entry?.reason), { _tag: "RateLimited", until })
      yield* held.release
    })
  )
})

describe("the metrics", () => {
  const account = "metrics of one"
  const read = Effect.gen(function* () {
    const { value: depth } = yield* Metric.value(Metric.tagged(Outbox.depth, "account", account))
    const { value: age } = yield* Metric.value(Metric.tagged(Outbox.oldestAge, "account", account))
    const { count: replays } = yield* Metric.value(Metric.tagged(Outbox.replays, "account", account))
    const { count: refusals } = yield* Metric.value(Metric.tagged(Outbox.refusals, "account", account))
    return { depth, age, replays, refusals }
  })

  law("tell the depth, the age of the oldest, replays and refusals", (world) =>
    Effect.gen(function* () {
      const before = yield* read
      const tab = yield* opened(world, { account })
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* offline(world, tab)
      yield* create(tab, "Taken")
      yield* world.passes("1 minute")
      yield* create(tab, "Free")
      yield* world.rests
      const waiting = yield* read
      assert.strictEqual(waiting.depth, 2)
      assert.isAtLeast(waiting.age, 60)
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      const after = yield* read
      assert.deepStrictEqual(
        [after.depth, after.age, after.replays - before.replays, after.refusals - before.refusals],
        [0, 0, 1, 1]
      )
    })
  )
})

describe("the metrics of two accounts in one app", () => {
  law("are told apart by their account", (world) =>
    Effect.gen(function* () {
      const accounts = ["metrics of ada", "metrics of grace"] as const
      const others = yield* anotherDevice
      const [ada, grace] = yield* Effect.all([
        opened(world, { account: accounts[0] }),
        opened(world, { account: accounts[1], ...others })
      ])
      yield* offline(world, ada, grace)
      yield* create(ada, "One")
      yield* create(grace, "Two")
      yield* create(grace, "Three")
      yield* world.rests
      const depths = Effect.forEach(accounts, (account) =>
        Effect.map(Metric.value(Metric.tagged(Outbox.depth, "account", account)), ({ value }) => value)
      )
      assert.deepStrictEqual(yield* depths, [1, 2])
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* depths, [0, 0])
      const replays = yield* Effect.forEach(accounts, (account) =>
        Effect.map(Metric.value(Metric.tagged(Outbox.replays, "account", account)), ({ count }) => count)
      )
      assert.deepStrictEqual(replays, [1, 2])
    })
  )
})

describe("a wake-up while a failed attempt is booked", () => {
  for (const [what, isKnown, step] of [
    ["a change", true, "settle"],
    ["whose credentials these are", false, "book"]
  ] as const) {
    for (const lock of ["Exclusive", "Lease"] as const) {
      law(
        `leaves no tab saying that the queue waits while the next one is on the wire (${what}, ${lock})`,
        (world) =>
          Effect.gen(function* () {
            const first = yield* opened(world)
            const second = yield* world.open()
            const [tab, other] = isKnown ? [first, second] : [second, first]
            yield* offline(world, tab, other)
            const held = yield* tab.holdResult(step)
            yield* Effect.forkScoped(create(tab, "Acme"))
            yield* world.rests
            yield* held.isDone
            yield* world.toggl.setDown(false)
            yield* tab.setOnline(true)
            yield* tab.wakeUp
            yield* world.rests
            const said: Array<string> = []
            const look = Effect.forEach([tab, other], ({ outbox }) =>
              Effect.map(outbox.status, (status) => said.push(line(status)))
            )
            yield* world.toggl.inject(Fault.hold(Effect.asVoid(look)), { when: isCreate })
            yield* held.release
            yield* world.passes("1 second")
            assert.deepStrictEqual(said, ["Replaying 0 of 1", "Replaying 0 of 1"])
            assert.deepStrictEqual(yield* world.names, ["Acme"])
          }),
        { lock }
      )
    }
  }
})
