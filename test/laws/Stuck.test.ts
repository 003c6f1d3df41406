import { assert, describe } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import { Client, type ClientError, Status } from "../../src/index.js"
import { Fault, type RequestLog } from "../../src/testing/index.js"
import {
  create,
  full,
  isChange,
  isCreate,
  isList,
  isUpdate,
  limited,
  offline,
  online,
  opened,
  queued,
  says,
  setAside,
  standing
} from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"
import * as Paused from "./Paused.js"

// Law 4: only another change that gets through shows that it is one entry that does not. Until then the queue waits in
// order, and asks little.

const isNamed = (name: string) => (request: RequestLog.RecordedRequest) => isChange(request) && says(request, name)

const creates = (tab: Tab, names: ReadonlyArray<string>) =>
  Effect.forEach(names, (name) => Effect.map(create(tab, name), queued))

const named = (count: number, name = "Client") => Array.from({ length: count }, (_, i) => `${name} ${i + 1}`)

/** "First" has failed for three hours, and so would every other change. */
const stuck = (world: World) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isChange, times: "always" })
    yield* create(tab, "First")
    yield* world.passes("3 hours")
    return tab
  })

describe("while reads are answered and every change is refused", () => {
  law("a day costs 600 requests at most, and then all land in order", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const names = named(1000)
      yield* creates(tab, names)
      const maintenance = yield* world.toggl.inject(Fault.proxyError({ status: 503 }), {
        when: isChange,
        times: "always"
      })
      yield* online(world, tab)
      yield* world.passes("1 day")
      assert.isAtMost((yield* world.requests).length, 600)
      const { setAside, waiting } = yield* tab.outbox.status
      assert.deepStrictEqual([waiting, setAside], [1000, 0])
      yield* maintenance.takeBack
      yield* world.passes("10 minutes")
      yield* tab.outbox.awaitDrained
      const inOrder = yield* world.toggl.clients(workspaceId)
      assert.deepStrictEqual(
        inOrder.map(({ name }) => name),
        names
      )
    })
  )

  law("what a new entry shows is heard at once, and nothing is set aside", (world) =>
    Effect.gen(function* () {
      const tab = yield* stuck(world)
      yield* world.clearRequests
      const second = yield* create(tab, "Second")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Second"])
      assert.strictEqual(second._tag === "Queued" ? second.reason._tag : "", "BackingOff")
      yield* create(tab, "Third")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Second"])
      assert.strictEqual((yield* tab.outbox.status).setAside, 0)
    })
  )

  for (const [how, fault] of [
    ["where nothing reaches Toggl", Fault.refuse],
    ["where even a log-in is refused", Fault.proxyError({ status: 503 })]
  ] as const) {
    law(`a new tab that cannot try another entry asks no faster than the backoff: ${how}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* stuck(world)
        yield* tab.kill
        yield* world.toggl.inject(fault, { times: "always" })
        yield* world.clearRequests
        yield* create(yield* world.open(), "Second")
        yield* world.passes("10 minutes")
        assert.isAtMost((yield* world.requests).length, 10)
      })
    )
  }

  law("reading again and again sends nothing", (world) =>
    Effect.gen(function* () {
      const tab = yield* stuck(world)
      yield* world.clearRequests
      for (let i = 0; i < 20; i++) {
        yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
        yield* world.passes("1 second")
      }
      assert.isAtMost((yield* world.sent).length, 1)
    })
  )
})

describe("one entry that never gets through, alone in the queue,", () => {
  law("is passed at once by a change that is made later", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.firewall(403), { when: isNamed("Poison"), times: "always" })
      yield* create(tab, "Poison")
      yield* world.passes("1 day")
      assert.strictEqual((yield* tab.outbox.status).setAside, 0)
      const later = yield* create(tab, "Later")
      assert.strictEqual(later._tag, "Confirmed")
      yield* world.passes("1 second")
      const { setAside, waiting } = yield* tab.outbox.status
      assert.deepStrictEqual([waiting, setAside], [1, 1])
    })
  )
})

describe("several entries that never get through", () => {
  law("among twenty, with 30 requests an hour: the others land", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.configure({ quotaPerHour: 30 })
      yield* offline(world, tab)
      const names = named(20).map((name, i) => (i % 7 === 2 ? `Poison ${i}` : name))
      yield* creates(tab, names)
      yield* world.toggl.inject(Fault.firewall(406), { when: isNamed("Poison"), times: "always" })
      yield* online(world, tab)
      yield* world.passes("3 hours")
      assert.deepStrictEqual(
        yield* world.names,
        names.filter((name) => !name.startsWith("Poison"))
      )
      assert.strictEqual((yield* tab.outbox.status).setAside, 3)
    })
  )

  law("at the head of the queue: the others land", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const names = [...named(4, "Poison"), ...named(6)]
      yield* creates(tab, names)
      yield* world.toggl.inject(Fault.firewall(406), { when: isNamed("Poison"), times: "always" })
      yield* online(world, tab)
      yield* world.passes("2 hours")
      assert.deepStrictEqual(yield* world.names, named(6))
      assert.strictEqual((yield* tab.outbox.status).setAside, 4)
    })
  )
})

describe("one that the user retries, before one that has long failed", () => {
  law("does not stop the others", (world) =>
    Effect.gen(function* () {
      const { entry, tab } = yield* setAside(world)
      yield* create(tab, "Poison 2")
      yield* world.passes("2 hours")
      yield* offline(world, tab)
      yield* tab.outbox.retry(entry)
      yield* create(tab, "Later")
      yield* online(world, tab)
      yield* world.passes("2 hours")
      assert.deepStrictEqual(yield* world.names, ["Free", "Later"])
      assert.strictEqual((yield* tab.outbox.status).setAside, 2)
    })
  )
})

describe("what is set aside", () => {
  const poisoned = (world: World, count: number) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const ids = yield* creates(tab, [...named(count, "Poison"), "Free"])
      const fault = yield* world.toggl.inject(Fault.proxyError(), { when: isNamed("Poison"), times: "always" })
      yield* online(world, tab)
      yield* world.passes("2 hours")
      assert.strictEqual((yield* tab.outbox.status).setAside, count)
      return { tab, fault, ids }
    })

  law("shares one probe, ever more rarely, up to six hours", (world) =>
    Effect.gen(function* () {
      yield* poisoned(world, 3)
      yield* world.passes("1 day")
      yield* world.clearRequests
      yield* world.passes("12 hours")
      const tries = (yield* world.sent).length
      assert.isTrue(tries >= 2 && tries <= 3, `${tries} tries in 12 hours`)
    })
  )

  law("is tried at once when the device comes online, and when the user wants it", (world) =>
    Effect.gen(function* () {
      const { fault, tab } = yield* poisoned(world, 1)
      yield* world.passes("1 day")
      yield* world.clearRequests
      yield* tab.outbox.replayNow
      yield* world.passes("1 second")
      assert.strictEqual((yield* world.sent).length, 1)
      // An attempt that may still land is never looked up.
      yield* world.passes("30 seconds")
      yield* tab.wakeUp
      yield* world.passes("1 second")
      assert.strictEqual((yield* world.sent).length, 2)
      yield* fault.takeBack
      yield* world.passes("30 seconds")
      yield* tab.wakeUp
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
    })
  )

  law("is tried when its time comes, while a later one waits to be looked up: every status says so", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* setAside(world)
      const { queue } = yield* tab.outbox.status
      const until = queue._tag === "Waiting" && queue.for._tag === "SetAside" ? queue.for.until : Number.NaN
      const moment = yield* Clock.currentTimeMillis
      yield* world.passes(until - moment - 5000)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isNamed("Lost") })
      yield* world.clearRequests
      yield* create(tab, "Lost")
      yield* world.passes("4 seconds")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Lost"])
      assert.deepNestedInclude(yield* tab.outbox.status, { "queue.for._tag": "LookingUp" })
      yield* world.passes("2 seconds")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Lost", "POST /clients Poison"])
      assert.deepNestedInclude(yield* tab.outbox.status, { "queue.for._tag": "LookingUp" })
    })
  )

  law("follows at once, all of it, when one gets through", (world) =>
    Effect.gen(function* () {
      const { fault, tab } = yield* poisoned(world, 4)
      yield* fault.takeBack
      yield* tab.outbox.replayNow
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
    })
  )

  law("is not tried while others wait and few requests of the quota are left", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* poisoned(world, 1)
      yield* world.toggl.configure({ quotaPerHour: 12 })
      yield* offline(world, tab)
      yield* creates(tab, named(14))
      yield* world.clearRequests
      yield* online(world, tab)
      yield* world.passes("58 minutes")
      const sent = yield* world.sent
      assert.isAtMost(sent.filter((line) => line.includes("Poison")).length, 1)
      assert.isAtLeast(sent.filter((line) => line.includes("Client")).length, 9)
    })
  )

  law("tells its reason, the server's own words and the ids that support asks for", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const answer = Fault.respond({
        status: 500,
        headers: { "x-toggl-request-id": "7f".repeat(16), "cf-ray": "8a1b2c3d4e5f-VIE" },
        body: '"The notes are too strange"'
      })
      yield* world.toggl.inject(answer, { when: isNamed("Poison"), times: "always" })
      yield* create(tab, "Poison")
      yield* create(tab, "Free")
      yield* world.passes("10 minutes")
      const [entry] = yield* tab.outbox.entries
      const reason = entry?.reason
      if (reason?._tag !== "SetAside" || reason.error?._tag !== "ServerError") return assert.fail("it is set aside")
      assert.strictEqual(reason.error.text, "The notes are too strange")
      assert.strictEqual(reason.error.requestId, "7f".repeat(16))
      assert.strictEqual(reason.error.ray, "8a1b2c3d4e5f-VIE")
      assert.match(Status.describe(reason, 0), /set aside/)
      for (const part of ["The notes are too strange", "7f7f", "8a1b2c3d4e5f-VIE"]) {
        assert.include(reason.error.message, part)
      }
    })
  )
})

describe("an answer that cannot be stored", () => {
  /** The answer to the first change cannot be stored; what is written to say so can. */
  const unbooked = (world: World, isLost: (operation: string) => boolean) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      const id = Client.ClientId.make(acme.id)
      yield* offline(world, tab)
      const first = queued(yield* tab.clients.update(workspaceId, id, { notes: "first" }))
      yield* create(tab, "Behind")
      yield* world.clearRequests
      let isFirst = true
      yield* tab.setStorageFault((operation): ClientError.StorageError | undefined => {
        if (!isLost(operation)) return undefined
        // Each time the whole answer fails, and then less of it is written.
        isFirst = !isFirst
        return isFirst ? undefined : full
      })
      yield* online(world, tab)
      return { tab, first }
    })

  law("stops nothing behind it, and is looked up when there is room", (world) =>
    Effect.gen(function* () {
      const { first, tab } = yield* unbooked(world, (operation) => operation === "settle")
      yield* world.passes("2 minutes")
      assert.isAtMost((yield* world.requests).length, 12)
      yield* tab.setStorageFault(undefined)
      yield* world.passes("20 minutes")
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      assert.strictEqual((yield* tab.outbox.outcome(first))._tag, "Done")
      const changes = (yield* world.toggl.requests).filter((request) => isUpdate(request) || isCreate(request))
      assert.strictEqual(changes.length, 2)
    })
  )
})

describe("a scout that is a bulk request", () => {
  law("takes nothing along that depends on the head", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* Paused.paused(world, ["Acme", "Zenith"], { bulk: true })
      const [acme = Paused.one(ids), zenith = Paused.one(ids)] = ids
      yield* Paused.update(tab, acme, { notes: "new" })
      yield* tab.clients.archive(workspaceId, zenith)
      yield* tab.clients.archive(workspaceId, acme)
      yield* world.toggl.inject(Fault.firewall(406), { when: isUpdate, times: "always" })
      yield* tab.outbox.resume
      yield* world.passes("2 hours")
      const archived = (yield* world.toggl.clients(workspaceId)).map(({ archived, name }) => [name, archived])
      assert.deepStrictEqual(archived, [
        ["Acme", false],
        ["Zenith", true]
      ])
    })
  )

  law("a delete is not sent before the rename of the same client", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* Paused.paused(world, ["Acme", "Zenith"], { bulk: true })
      const [acme = Paused.one(ids), zenith = Paused.one(ids)] = ids
      yield* Paused.update(tab, acme, { notes: "new" })
      yield* tab.clients.delete(workspaceId, zenith)
      yield* tab.clients.delete(workspaceId, acme)
      yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isUpdate, times: 8 })
      yield* tab.outbox.resume
      yield* world.passes("6 hours")
      assert.include((yield* world.sent).at(-1), "DELETE")
    })
  )
})

const asSetAside = (row: unknown): unknown =>
  Predicate.isRecord(row) ? { ...row, state: { _tag: "SetAside", seenAt: 0 } } : row

describe("a set-aside change", () => {
  law("that the user retries while it is looked up is tried again soon", (world) =>
    Effect.gen(function* () {
      const { entry, fault, tab } = yield* setAside(world)
      yield* fault.takeBack
      yield* world.toggl.inject(Fault.delayed(Fault.proxyError({ status: 503 }), "10 seconds"), { when: isList })
      yield* tab.outbox.replayNow
      yield* world.passes("1 second")
      yield* tab.outbox.retry(entry)
      yield* world.passes("30 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
    })
  )

  law("that the user retries while it is looked up is not set aside by the one attempt that follows", (world) =>
    Effect.gen(function* () {
      const { entry, tab } = yield* setAside(world)
      yield* world.toggl.inject(Fault.delay("10 seconds"), { when: isList })
      yield* world.clearRequests
      yield* tab.outbox.replayNow
      yield* world.passes("1 second")
      yield* tab.outbox.retry(entry)
      yield* world.passes("30 seconds")
      assert.lengthOf(yield* world.sent, 1)
      assert.strictEqual((yield* tab.outbox.status).setAside, 0)
    })
  )

  law("behind a refused one says that it is held, for nothing tries it by itself", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* Paused.paused(world, [], { merge: false })
      const refused = yield* Paused.create(tab, "Poison")
      const first = yield* Paused.update(tab, refused.id, { notes: "first" })
      const second = yield* Paused.update(tab, refused.id, { notes: "second" })
      yield* world.toggl.inject(Fault.refusal(400, "No"), { when: isCreate, times: "always" })
      yield* tab.outbox.resume
      yield* world.passes("1 minute")
      yield* tab.kill
      for (const seq of [2, 3]) yield* world.changeRow(seq, asSetAside)
      const next = yield* opened(world)
      const reasons = (yield* next.outbox.entries).map(({ reason }) => reason)
      assert.deepStrictEqual(reasons, [
        undefined,
        { _tag: "Held", by: refused.entry },
        { _tag: "Held", by: refused.entry }
      ])
      yield* next.outbox.discard(refused.entry)
      for (const entry of [first, second]) assert.strictEqual((yield* next.outbox.outcome(entry))._tag, "Discarded")
    })
  )

  law("stays set aside where its probe is told to wait", (world) =>
    Effect.gen(function* () {
      const { fault, tab } = yield* setAside(world)
      yield* fault.takeBack
      yield* world.toggl.inject(limited("3600"), { when: isChange })
      yield* tab.outbox.replayNow
      yield* world.passes("1 minute")
      assert.strictEqual((yield* tab.outbox.status).setAside, 1)
    })
  )
})
