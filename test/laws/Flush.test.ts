import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import type { Outbox } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { create, full, isCreate, limited, noRoom, offline, online, opened, queued, says } from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// A flush sends what was accepted before it as far as that works now, and tells the truth about the rest.

const told = ({ refused, sent, waiting }: Outbox.Flushed) => [sent, refused, waiting.map(({ reason }) => reason._tag)]

/** What a flush tells within that time; `undefined`: it has not ended. */
const flushed = (world: World, tab: Tab, options?: Outbox.FlushOptions) =>
  Effect.map(world.within("1 second", tab.outbox.flush(options)), (ended) =>
    Option.isSome(ended) && Exit.isSuccess(ended.value) ? told(ended.value.value) : undefined
  )

describe("a flush", () => {
  law("tells that nothing was to be done, and asks nothing", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      assert.deepStrictEqual(told(yield* tab.outbox.flush()), [0, 0, []])
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  law("sends at once what backs off, and ends when Toggl has it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "A")
      yield* create(tab, "B")
      // it has backed off so far that nothing would be tried for minutes
      yield* world.passes("1 hour")
      yield* world.toggl.setDown(false)
      assert.deepStrictEqual(yield* flushed(world, tab), [2, 0, []])
      assert.deepStrictEqual(yield* world.names, ["A", "B"])
    })
  )

  law("ends at the first failure, after one attempt, with what each change waits for", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isCreate, times: "always" })
      const first = queued(yield* create(tab, "A"))
      const second = queued(yield* create(tab, "B"))
      yield* world.passes("2 hours")
      yield* world.clearRequests
      const ended = yield* world.within("1 minute", tab.outbox.flush())
      const result = Option.isSome(ended) && Exit.isSuccess(ended.value) ? ended.value.value : undefined
      assert.deepStrictEqual(
        result?.waiting.map(({ entryId }) => entryId),
        [first, second]
      )
      assert.deepStrictEqual([result?.sent, result?.refused], [0, 0])
      for (const { reason } of result?.waiting ?? []) assert.include(["BackingOff", "LookingUp"], reason._tag)
      assert.isAtMost((yield* world.sent).length, 2)
    })
  )

  law("counts what is refused, and what was refused before not at all", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "Taken")
      yield* create(tab, "Free")
      yield* world.toggl.setDown(false)
      assert.deepStrictEqual(yield* flushed(world, tab), [1, 1, []])
      assert.deepStrictEqual(yield* flushed(world, tab), [0, 0, []])
    })
  )

  law("tells of what is held by one that was refused, and does not wait for it", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const made = yield* create(tab, "Taken")
      yield* tab.clients.archive(workspaceId, made.id)
      yield* world.toggl.setDown(false)
      assert.deepStrictEqual(yield* flushed(world, tab), [0, 1, ["Held"]])
    })
  )

  law("leaves a time that Toggl named alone", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("600"), { when: isCreate })
      yield* create(tab, "A")
      yield* world.clearRequests
      assert.deepStrictEqual(yield* flushed(world, tab), [0, 0, ["RateLimited"]])
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  law("leaves an attempt that may still land alone", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      queued(yield* create(tab, "A"))
      yield* world.clearRequests
      assert.deepStrictEqual(yield* flushed(world, tab), [0, 0, ["LookingUp"]])
      assert.deepStrictEqual(yield* world.requests, [])
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* flushed(world, tab), [0, 0, []])
    })
  )

  law("tells of a pause, and ends none", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      yield* create(tab, "A")
      assert.deepStrictEqual(yield* flushed(world, tab), [0, 0, ["ByUser"]])
      yield* tab.outbox.signOut
      yield* tab.outbox.resume
      yield* tab.credentials.set(undefined)
      assert.deepStrictEqual(yield* flushed(world, tab), [0, 0, ["SignInNeeded"]])
    })
  )

  law("waits for the attempt that another tab makes", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      const second = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(first, "A"))
      yield* world.passes("1 second")
      const flushing = yield* Effect.fork(second.outbox.flush())
      yield* world.passes("2 seconds")
      assert.isTrue(Option.isNone(yield* Fiber.poll(flushing)))
      yield* world.passes("5 seconds")
      assert.deepStrictEqual(told(yield* Fiber.join(flushing)), [1, 0, []])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients A"])
    })
  )

  law("covers what another tab has accepted, and sends it where that one has died", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      yield* offline(world, first)
      yield* create(first, "A")
      yield* first.kill
      const second = yield* world.open()
      yield* world.toggl.setDown(false)
      assert.deepStrictEqual(yield* flushed(world, second), [1, 0, []])
    })
  )

  law("shares its attempt with all who call it at once", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "A")
      yield* world.passes("2 hours")
      yield* world.toggl.setDown(false)
      yield* world.toggl.inject(Fault.refusal(503, null), { when: isCreate, times: "always" })
      yield* world.clearRequests
      const all = yield* Effect.forEach([1, 2, 3], () => Effect.fork(tab.outbox.flush()))
      yield* world.passes("1 second")
      const results = yield* Effect.forEach(all, Fiber.join)
      for (const result of results) assert.deepStrictEqual(told(result).slice(0, 2), [0, 0])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients A"])
    })
  )

  law("ends at its limit, with what is still under way", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("8 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "A"))
      yield* world.rests
      const flushing = yield* Effect.fork(tab.outbox.flush({ timeLimit: "3 seconds" }))
      yield* world.passes("3 seconds")
      assert.deepStrictEqual(told(yield* Fiber.join(flushing)), [0, 0, ["InProgress"]])
      yield* world.passes("10 seconds")
      assert.deepStrictEqual(yield* world.names, ["A"])
    })
  )

  law("changes nothing where it is interrupted", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "A"))
      yield* world.rests
      const flushing = yield* Effect.fork(tab.outbox.flush())
      yield* world.passes("1 second")
      yield* Fiber.interrupt(flushing)
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients A"])
      assert.deepStrictEqual(told(yield* tab.outbox.flush()), [0, 0, []])
    })
  )

  law("does not wait for what is accepted after it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "A")
      yield* world.passes("1 hour")
      yield* world.toggl.setDown(false)
      yield* world.toggl.inject(Fault.delay("1 minute"), { when: (request) => says(request, "Later"), times: "always" })
      yield* world.toggl.inject(Fault.delay("2 seconds"), { when: (request) => says(request, "A") })
      const flushing = yield* Effect.fork(tab.outbox.flush())
      yield* world.rests
      yield* Effect.forkScoped(create(tab, "Later"))
      yield* world.passes("3 seconds")
      assert.deepStrictEqual(told(yield* Fiber.join(flushing)), [1, 0, []])
    })
  )

  law("does not count what the user discards meanwhile", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "A"))
      yield* world.rests
      const second = yield* Effect.fork(create(tab, "B"))
      yield* world.rests
      const flushing = yield* Effect.fork(tab.outbox.flush())
      yield* world.passes("1 second")
      const entry = (yield* tab.outbox.entries)[1]
      yield* tab.outbox.discard({ seq: entry?.seq ?? 0 })
      yield* world.passes("10 seconds")
      assert.deepStrictEqual(told(yield* Fiber.join(flushing)), [1, 0, []])
      yield* Fiber.interrupt(second)
    })
  )

  law("tries again what could not be written before", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "A")
      yield* tab.setStorageFault(noRoom)
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      yield* tab.setStorageFault(undefined)
      assert.deepStrictEqual(yield* flushed(world, tab), [1, 0, []])
    })
  )

  law("fails where what waits cannot be read", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.setStorageFault((operation) => (operation === "load" ? full : undefined))
      const error = yield* Effect.flip(tab.outbox.flush())
      assert.strictEqual(error._tag, "StorageError")
    })
  )

  law("that is online again in the middle of a backoff is the same as waiting for it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      for (let index = 0; index < 20; index++) yield* create(tab, `Client ${index}`)
      yield* world.passes("1 hour")
      yield* online(world, tab)
      assert.deepStrictEqual((yield* tab.outbox.flush()).waiting, [])
      assert.lengthOf(yield* world.names, 20)
    })
  )
})
