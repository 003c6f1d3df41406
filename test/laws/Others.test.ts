import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Clients, type Entry, OutboxStore, ReplayLock } from "../../src/index.js"
import { version } from "../../src/log/entry.js"
import { Fault } from "../../src/testing/index.js"
import * as transactions from "../../src/transactions/make.js"
import { create, full, isCreate, online, opened, outcomes, queued, standing, withRefusal } from "../Requests.js"
import { grace, law, type StoreOperation, type Tab, type TabOptions, type World, workspaceId } from "../World.js"
import * as Paused from "./Paused.js"

// Law 5, never silently gone: changes in a database that no one opens any more are found, and taken over: each once, in
// their order, wherever that is cut short.

const baseUrl = "https://api.track.toggl.com"
let accounts = 0

/** The account as it was spelt before, its database, and what opens that and the one at hand. */
const respelt = Effect.gen(function* () {
  const account = `Anna ${++accounts} / é`
  const name = Clients.databaseName(account, baseUrl)
  const memory = yield* OutboxStore.makeMemory
  const locks = ReplayLock.makeInProcess(`${name} now`)
  const before: TabOptions = { account, memory, lock: ReplayLock.makeInProcess(name) }
  const after: TabOptions = { lock: locks, others: new Map([[name, memory]]) }
  return { account, after, before, memory, other: { account, baseUrl }, rows: yield* stepsOn(memory) }
})

const stepsOn = (memory: OutboxStore.Memory) => Effect.map(OutboxStore.fromMemory(memory), transactions.make)

/** Three changes wait in a database that nobody opens any more. */
const left = (world: World, lock?: ReplayLock.ReplayLockService) =>
  Effect.gen(function* () {
    const apart = yield* respelt
    const old = yield* world.open({
      ...apart.before,
      online: false,
      credentials: "none",
      ...(lock === undefined ? {} : { lock })
    })
    const acme = yield* create(old, "Acme", "net 30")
    const renamed = yield* old.clients.update(workspaceId, acme.id, { name: "Acme Inc" })
    const beta = yield* create(old, "Beta")
    yield* old.kill
    return { ...apart, ids: [acme, renamed, beta].map(queued) }
  })

const idsOf = (tab: Tab) => Effect.map(tab.outbox.entries, (entries) => entries.map(({ id }) => id))

const reasonOf = (error: { readonly _tag: string; readonly reason: string }) => [error._tag, error.reason]

const allIsDone = (world: World, tab: Tab, ids: ReadonlyArray<Entry.EntryId>) =>
  Effect.gen(function* () {
    yield* world.passes("5 minutes")
    assert.deepStrictEqual(yield* Paused.clientsOf(world), [
      ["Acme Inc", "net 30"],
      ["Beta", ""]
    ])
    assert.deepStrictEqual([...new Set(yield* outcomes(tab, ids))], ["Done"])
    assert.deepStrictEqual(yield* tab.outbox.others, [])
  })

describe("another database", () => {
  law("is found with what waits in it, and taken over in its order, behind what waits here", (world) =>
    Effect.gen(function* () {
      const { account, after, ids, other } = yield* left(world)
      yield* world.toggl.setDown(true)
      const tab = yield* world.open({ ...after, online: false })
      yield* world.passes("1 hour")
      const here = queued(yield* create(tab, "Here"))
      const since = Date.UTC(2026, 0, 5, 9)
      assert.deepStrictEqual(yield* tab.outbox.others, [
        { account, baseUrl, waiting: 3, refused: 0, unreadable: 0, since, userId: undefined, error: undefined }
      ])
      assert.strictEqual(yield* tab.outbox.takeOver(other), 3)
      assert.deepStrictEqual(yield* idsOf(tab), [here, ...ids])
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Here", "Acme Inc", "Beta"])
      assert.deepStrictEqual(yield* tab.outbox.others, [])
      assert.strictEqual(yield* tab.outbox.takeOver(other), 0)
    })
  )

  law("is told with what is refused in it, and whose it is", (world) =>
    Effect.gen(function* () {
      const { after, before, memory } = yield* respelt
      const old = yield* opened(world, before)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* world.toggl.setDown(true)
      yield* old.setOnline(false)
      yield* create(old, "Taken")
      yield* create(old, "Garbled")
      yield* world.toggl.setDown(false)
      yield* old.setOnline(true)
      yield* old.outbox.pause
      yield* old.kill
      for (const row of memory.rows) if (row.key === 2) row.row = "garbled"
      const tab = yield* world.open(after)
      const [found] = yield* tab.outbox.others
      assert.deepInclude(found, { waiting: 1, refused: 0, unreadable: 1 })
      assert.isNumber(found?.userId)
    })
  )

  law("is not told where it is empty, or none of ours", (world) =>
    Effect.gen(function* () {
      const { after, before, memory } = yield* respelt
      const old = yield* opened(world, before)
      yield* create(old, "Acme")
      yield* old.kill
      const others = new Map([...(after.others ?? []), ["keyval-store", memory], ["effect-toggl-clients x", memory]])
      const tab = yield* world.open({ ...after, others })
      assert.deepStrictEqual(yield* tab.outbox.others, [])
    })
  )

  law("that a newer version has written is told with that, and hides no other", (world) =>
    Effect.gen(function* () {
      const { after, ids, other } = yield* left(world)
      const newer = yield* OutboxStore.makeMemory
      newer.rows.push({ key: "state", row: { version: version + 1 } })
      const name = Clients.databaseName("newer", baseUrl)
      const others = new Map([[name, newer], ...(after.others ?? [])])
      const tab = yield* world.open({ ...after, others })
      const found = yield* tab.outbox.others
      assert.deepStrictEqual(
        found.map(({ error, waiting }) => [error?.reason, waiting]),
        [
          ["Newer", 0],
          [undefined, 3]
        ]
      )
      const error = yield* Effect.flip(tab.outbox.takeOver({ account: "newer", baseUrl }))
      assert.deepStrictEqual(reasonOf(error), ["StorageError", "Newer"])
      assert.strictEqual(yield* tab.outbox.takeOver(other), ids.length)
    })
  )

  law("that is not there is not taken over, and where the browser tells of none, none is found", (world) =>
    Effect.gen(function* () {
      for (const options of [{}, { others: new Map<string, OutboxStore.Memory>() }]) {
        const tab = yield* world.open(options)
        assert.deepStrictEqual(yield* tab.outbox.others, [])
        const error = yield* Effect.flip(tab.outbox.takeOver({ account: "nobody", baseUrl }))
        assert.deepStrictEqual(reasonOf(error), ["NotTakenOver", "Missing"])
      }
    })
  )
})

describe("what is taken over", () => {
  law("is looked up where it may have been applied, and names clients by Toggl's ids where they have some", (world) =>
    Effect.gen(function* () {
      const { after, before, other } = yield* respelt
      const old = yield* opened(world, before)
      yield* create(old, "Acme", "net 30")
      const [acme] = (yield* (yield* stepsOn(before.memory ?? world.memory)).load).ids.keys()
      if (acme === undefined) return assert.fail("it was made")
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(old, "Lost")
      yield* old.clients.update(workspaceId, acme, { notes: "net 60" })
      yield* old.kill
      const tab = yield* opened(world, after)
      assert.strictEqual(yield* tab.outbox.takeOver(other), 2)
      // The app may know the client by its local id still.
      yield* tab.clients.update(workspaceId, acme, { name: "Acme Inc" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [
        ["Acme Inc", "net 60"],
        ["Lost", ""]
      ])
      assert.deepStrictEqual(yield* standing(tab), [])
    })
  )

  law("is known to be made where a file holds it as it was before its answer came", (world) =>
    Effect.gen(function* () {
      const { after, before, other } = yield* respelt
      const old = yield* opened(world, before)
      yield* world.toggl.inject(Fault.delay("10 seconds"), { when: isCreate })
      yield* Effect.forkScoped(Effect.either(create(old, "Acme")))
      yield* world.passes("1 second")
      const file = yield* old.outbox.exportEntries({ take: true })
      yield* world.passes("1 minute")
      yield* old.outbox.pause
      yield* create(old, "Beta")
      yield* old.kill
      const tab = yield* opened(world, { ...after, account: other.account })
      assert.strictEqual(yield* tab.outbox.takeOver(other), 1)
      assert.strictEqual(yield* tab.outbox.importEntries(file), 0)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
      assert.deepStrictEqual(yield* standing(tab), [])
    })
  )

  for (const [what, isTried] of [
    ["as it was while it was sent", true],
    ["as it was before it was tried", false]
  ] as const) {
    law(`is known to be made where a file has brought it here before, ${what}`, (world) =>
      Effect.gen(function* () {
        const { after, before, other } = yield* respelt
        const old = yield* opened(world, before)
        yield* old.outbox.pause
        yield* create(old, "Acme")
        const untried = yield* old.outbox.exportEntries()
        yield* world.toggl.inject(Fault.delay("10 seconds"), { when: isCreate })
        yield* old.outbox.resume
        yield* world.passes("1 second")
        const file = isTried ? yield* old.outbox.exportEntries({ take: true }) : untried
        yield* world.passes("1 minute")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
        yield* old.kill
        const tab = yield* opened(world, { ...after, account: other.account })
        yield* tab.outbox.pause
        assert.strictEqual(yield* tab.outbox.importEntries(file), 1)
        yield* world.clearRequests
        yield* tab.outbox.takeOver(other)
        yield* tab.outbox.resume
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
        assert.deepStrictEqual([yield* standing(tab), yield* world.sent], [[], []])
      })
    )
  }

  law("is taken over once where it is asked for twice at once, and the second finds nothing more", (world) =>
    Effect.gen(function* () {
      const { after, before, other } = yield* respelt
      const old = yield* opened(world, { ...before, lock: ReplayLock.lease })
      yield* world.toggl.inject(Fault.hang(), { when: isCreate })
      yield* Effect.forkScoped(Effect.either(create(old, "Acme")))
      yield* world.passes("1 second")
      yield* old.kill
      const tab = yield* opened(world, { ...after, lock: ReplayLock.lease })
      const both = yield* Effect.fork(
        Effect.all([tab.outbox.takeOver(other), tab.outbox.takeOver(other)], { concurrency: 2 })
      )
      yield* world.passes("2 minutes")
      assert.deepStrictEqual(yield* Fiber.join(both), [1, 0])
    })
  )

  law("stands refused here too, with what depends on it", (world) =>
    Effect.gen(function* () {
      const { tab: old } = yield* withRefusal(world)
      yield* old.kill
      const name = Clients.databaseName("anna", baseUrl)
      const tab = yield* opened(world, {
        account: "Anna",
        memory: yield* OutboxStore.makeMemory,
        lock: ReplayLock.makeInProcess(`${name} refused`),
        others: new Map([[name, world.memory]])
      })
      assert.deepInclude((yield* tab.outbox.others)[0], { waiting: 2, refused: 1 })
      yield* tab.outbox.takeOver({ account: "anna", baseUrl })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* standing(tab), ["InvalidName", "Held", "Held"])
    })
  )

  const points: ReadonlyArray<StoreOperation> = ["handOver", "receive", "release"]
  for (const point of points) {
    law(`is there once, and all of it, where the tab died after ${point}`, (world) =>
      Effect.gen(function* () {
        const { after, ids, other } = yield* left(world)
        const dying = yield* world.open({ ...after, online: false })
        const held = yield* dying.holdResult(point)
        yield* Effect.forkScoped(dying.outbox.takeOver(other))
        yield* held.isDone
        yield* dying.kill
        yield* held.release
        const tab = yield* world.open(after)
        yield* world.passes("5 minutes")
        for (const found of yield* tab.outbox.others) yield* tab.outbox.takeOver(found)
        yield* allIsDone(world, tab, ids)
        assert.deepStrictEqual(
          (yield* world.sent).map((line) => line.split(" ").at(-1)),
          ["Inc", "Beta"]
        )
      })
    )

    law(`is sent by nobody else meanwhile, though its own app comes back where the tab died after ${point}`, (world) =>
      Effect.gen(function* () {
        const { after, before, ids, other } = yield* left(world)
        const dying = yield* world.open({ ...after, online: false })
        const held = yield* dying.holdResult(point)
        yield* Effect.forkScoped(dying.outbox.takeOver(other))
        yield* held.isDone
        yield* dying.kill
        yield* held.release
        const old = yield* opened(world, before)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* old.outbox.entries, [])
        assert.deepStrictEqual([...new Set(yield* outcomes(old, ids))], ["Moved"])
        assert.deepStrictEqual(yield* world.sent, [])
        const tab = yield* world.open(after)
        for (const found of yield* tab.outbox.others) yield* tab.outbox.takeOver(found)
        yield* allIsDone(world, tab, ids)
      })
    )

    law(`is all still there where ${point} cannot be stored, and can be taken over later`, (world) =>
      Effect.gen(function* () {
        const { after, ids, other, rows } = yield* left(world)
        const tab = yield* world.open({ ...after, online: false })
        yield* tab.setStorageFault((operation) => (operation === point ? full : undefined))
        const taken = yield* Effect.either(tab.outbox.takeOver(other))
        assert.strictEqual(taken._tag, point === "release" ? "Right" : "Left")
        const there = (yield* rows.load).entries.map(({ id }) => id)
        assert.deepStrictEqual(there, point === "release" ? [] : ids)
        yield* tab.setStorageFault(undefined)
        yield* tab.outbox.takeOver(other)
        assert.deepStrictEqual(yield* idsOf(tab), ids)
        yield* online(world, tab)
        yield* allIsDone(world, tab, ids)
      })
    )
  }
})

// Law 8: another user's changes are neither sent nor moved.

describe("another user's database", () => {
  law("is not taken over", (world) =>
    Effect.gen(function* () {
      const { after, before, other, rows } = yield* respelt
      const old = yield* opened(world, { ...before, credentials: grace })
      yield* old.setOnline(false)
      yield* world.toggl.setDown(true)
      const id = queued(yield* create(old, "Grace's"))
      yield* old.kill
      yield* world.toggl.setDown(false)
      const tab = yield* opened(world, after)
      const before_ = yield* rows.load
      const error = yield* Effect.flip(tab.outbox.takeOver(other))
      assert.deepStrictEqual(reasonOf(error), ["NotTakenOver", "OtherUser"])
      assert.deepStrictEqual(yield* rows.load, before_)
      assert.deepStrictEqual(
        (yield* rows.load).entries.map((entry) => entry.id),
        [id]
      )
    })
  )

  law("makes this one that user's, where nobody has been seen here", (world) =>
    Effect.gen(function* () {
      const { after, before, other } = yield* respelt
      const old = yield* opened(world, { ...before, credentials: grace })
      yield* old.setOnline(false)
      yield* world.toggl.setDown(true)
      yield* create(old, "Grace's")
      yield* old.kill
      const tab = yield* world.open({ ...after, online: false, credentials: "none" })
      assert.strictEqual(yield* tab.outbox.takeOver(other), 1)
      yield* tab.kill
      yield* world.toggl.setDown(false)
      const ours = yield* world.open(after)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, [])
      assert.deepStrictEqual((yield* ours.outbox.status).queue, { _tag: "Paused", reason: "WrongAccount" })
    })
  )

  law("is none of this user's either after a crash in the middle", (world) =>
    Effect.gen(function* () {
      const { after, before, other } = yield* respelt
      const old = yield* opened(world, { ...before, credentials: grace })
      yield* old.setOnline(false)
      yield* world.toggl.setDown(true)
      yield* create(old, "Grace's")
      yield* old.kill
      const memory = yield* OutboxStore.makeMemory
      const dying = yield* world.open({ ...after, memory, online: false, credentials: "none" })
      const held = yield* dying.holdResult("handOver")
      yield* Effect.forkScoped(dying.outbox.takeOver(other))
      yield* held.isDone
      yield* dying.kill
      yield* held.release
      yield* world.toggl.setDown(false)
      const tab = yield* opened(world, after)
      const error = yield* Effect.flip(tab.outbox.takeOver(other))
      assert.deepStrictEqual(reasonOf(error), ["NotTakenOver", "OtherUser"])
    })
  )
})

describe("a database that another tab has open", () => {
  law("is not robbed while that sends from it, and is taken over once it rests", (world) =>
    Effect.gen(function* () {
      const { after, before, other } = yield* respelt
      const old = yield* opened(world, before)
      yield* world.toggl.inject(Fault.delay("10 seconds"), { when: isCreate })
      const caller = yield* Effect.fork(Effect.either(create(old, "Acme")))
      yield* world.passes("1 second")
      const tab = yield* world.open(after)
      const refused = yield* Effect.fork(Effect.flip(tab.outbox.takeOver(other)))
      yield* world.passes("2 seconds")
      assert.deepStrictEqual(reasonOf(yield* Fiber.join(refused)), ["NotTakenOver", "InUse"])
      yield* world.passes("30 seconds")
      yield* Fiber.join(caller)
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      yield* old.outbox.pause
      const waiting = queued(yield* create(old, "Beta"))
      const [moved] = yield* Effect.all([Effect.fork(old.outbox.awaitOutcome(waiting)), world.rests])
      assert.strictEqual(yield* tab.outbox.takeOver(other), 1)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Fiber.join(moved), { _tag: "Moved", mayHaveBeenApplied: false })
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )

  law("and whose replayer died is taken over, though it had a run under way", (world) =>
    Effect.gen(function* () {
      const { after, before, other } = yield* respelt
      const old = yield* opened(world, before)
      yield* world.toggl.inject(Fault.hang(), { when: isCreate })
      yield* Effect.forkScoped(Effect.either(create(old, "Acme")))
      yield* world.passes("1 second")
      yield* old.kill
      const tab = yield* world.open(after)
      assert.strictEqual(yield* tab.outbox.takeOver(other), 1)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  for (const isAlive of [true, false]) {
    law(`is watched for as long as an attempt takes where there are no locks (alive: ${isAlive})`, (world) =>
      Effect.gen(function* () {
        const { after, before, other } = yield* respelt
        const old = yield* opened(world, { ...before, lock: ReplayLock.lease })
        yield* world.toggl.inject(Fault.delay("10 seconds"), { when: isCreate, times: "always" })
        for (const name of ["A", "B", "C", "D"]) yield* Effect.forkScoped(Effect.either(create(old, name)))
        yield* world.passes("1 second")
        if (!isAlive) yield* old.kill
        const tab = yield* world.open({ ...after, lock: ReplayLock.lease })
        const taking = yield* Effect.fork(Effect.either(tab.outbox.takeOver(other)))
        yield* world.passes("26 seconds")
        const taken = yield* Fiber.join(taking)
        assert.strictEqual(taken._tag, isAlive ? "Left" : "Right")
        if (taken._tag === "Left") assert.deepStrictEqual(reasonOf(taken.left), ["NotTakenOver", "InUse"])
        yield* world.passes("10 minutes")
        assert.deepStrictEqual([...(yield* world.names)].sort(), ["A", "B", "C", "D"])
      })
    )
  }
})
