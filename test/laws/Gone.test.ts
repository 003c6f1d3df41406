import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { Fault } from "../../src/testing/index.js"
import { create, isCreate, offline, online, opened, queued } from "../Requests.js"
import { law, type Tab, type World, stillness, workspaceId } from "../World.js"

// Law 12: a receipt never speaks of an entry that is gone, and a database that was taken away is told as such.

/** Site data is cleared: the rows are gone, and whoever has the database open hears that it was closed. */
const wiped = (world: World) =>
  Effect.sync(() => {
    emptied(world)
    told(world)
  })

const emptied = ({ memory }: World) => {
  memory.rows = []
  memory.nextSeq = 1
}

const told = ({ memory }: World) => {
  for (const heard of memory.connections) heard()
}

const heardBy = <A, E>(fiber: Fiber.Fiber<A, E>) => Effect.map(Fiber.poll(fiber), Option.getOrUndefined)

/** The first change hangs on the wire, the second waits behind it, and their callers wait for both. */
const twoAsked = (world: World, tab: Tab) =>
  Effect.gen(function* () {
    yield* world.toggl.inject(Fault.hang({ applied: true }), { when: isCreate })
    const first = yield* Effect.fork(create(tab, "First"))
    yield* world.rests
    const second = yield* Effect.fork(create(tab, "Second"))
    yield* world.passes("1 second")
    return { first, second }
  })

describe("a change that is purged in another tab", () => {
  law("while its answer is on the wire is confirmed, if that comes", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* world.open()
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      const asking = yield* Effect.fork(create(tab, "Acme"))
      yield* world.passes("1 second")
      yield* other.outbox.purge
      yield* world.passes("5 seconds")
      const receipt = yield* Fiber.join(asking)
      if (receipt._tag !== "Confirmed") return assert.fail(receipt._tag)
      assert.strictEqual(receipt.value.name, "Acme")
    })
  )

  law("and refused is refused", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* world.open()
      const refused = Fault.respond({ status: 409, headers: { "x-toggl-request-id": "1" }, body: '"not now"' })
      yield* world.toggl.inject(Fault.delayed(refused, "5 seconds"), { when: isCreate })
      const asking = yield* Effect.fork(Effect.flip(create(tab, "Acme")))
      yield* world.passes("1 second")
      yield* other.outbox.purge
      yield* world.passes("5 seconds")
      assert.strictEqual((yield* Fiber.join(asking))._tag, "BadRequest")
    })
  )

  law("is discarded, and may have been applied only if it was on the wire", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* world.open()
      const { first, second } = yield* twoAsked(world, tab)
      yield* other.outbox.purge
      yield* world.passes("1 second")
      assert.deepInclude(yield* Effect.flip(Fiber.join(second)), { _tag: "Discarded", mayHaveBeenApplied: false })
      assert.isUndefined(yield* heardBy(first))
      yield* world.passes("10 seconds")
      assert.deepInclude(yield* Effect.flip(Fiber.join(first)), { _tag: "Discarded", mayHaveBeenApplied: true })
    })
  )

  law("is waited for where it may still land: nothing is sent before that", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* twoAsked(world, tab)
      yield* tab.outbox.purge
      yield* world.clearRequests
      yield* Effect.fork(create(tab, "Third"))
      yield* world.passes(stillness - 5_000)
      assert.deepStrictEqual(yield* world.sent, [])
      yield* world.passes("10 seconds")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Third"])
    })
  )

  law("leaves no word of lost storage, in either tab", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* world.open()
      yield* offline(world, tab, other)
      yield* create(tab, "Acme")
      yield* other.outbox.purge
      yield* world.rests
      for (const { outbox } of [tab, other]) {
        assert.deepInclude(yield* outbox.status, { queue: { _tag: "Idle" }, waiting: 0, lost: 0 })
      }
    })
  )
})

describe("a database that is cleared under the app", () => {
  law("is told as lost storage, with how many changes went, until the user resumes", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "Acme")
      yield* create(tab, "Beta")
      yield* wiped(world)
      yield* world.rests
      const status = yield* tab.outbox.status
      if (status.queue._tag !== "StorageLost") return assert.fail(status.queue._tag)
      assert.deepInclude(status.queue.error, { reason: "Wiped", detail: "2 changes" })
      assert.deepStrictEqual([status.lost, status.waiting], [2, 0])
      // What is asked for from now on is stored and sent as ever.
      const third = queued(yield* create(tab, "Third"))
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "Waiting")
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Third"])
      assert.strictEqual((yield* tab.outbox.outcome(third))._tag, "Done")
      assert.deepInclude(yield* tab.outbox.status, { lost: 2 })
      yield* tab.outbox.resume
      assert.deepInclude(yield* tab.outbox.status, { queue: { _tag: "Idle" }, lost: 0 })
    })
  )

  law("is told with all that went also where the next changes are made before anybody has looked", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      for (const name of ["A", "B", "C"]) yield* create(tab, name)
      const other = yield* world.open({ online: false })
      assert.deepInclude(yield* other.outbox.status, { waiting: 3 })
      const asking = yield* Effect.fork(Effect.all([create(tab, "D"), create(tab, "E")], { concurrency: 2 }))
      emptied(world)
      yield* Fiber.join(asking)
      told(world)
      yield* world.rests
      assert.deepInclude(yield* tab.outbox.status, { waiting: 2, lost: 3 })
      assert.deepInclude(yield* other.outbox.status, { waiting: 2, lost: 3 })
    })
  )

  law("takes what was known of Toggl's clients with it, however many steps are made in the next one", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      const here = Effect.either(tab.clients.list(workspaceId, { freshness: "Local" }))
      assert.isTrue(Either.isRight(yield* here))
      const { state } = yield* world.store.load
      yield* wiped(world)
      yield* world.rests
      const other = yield* world.open({ online: false })
      for (let made = 0; (yield* world.store.load).state.step < state.step; made++) {
        yield* made % 2 === 0 ? other.outbox.pause : other.outbox.resume
      }
      yield* world.rests
      assert.strictEqual((yield* world.store.load).state.step, state.step)
      assert.isTrue(Either.isLeft(yield* here))
    })
  )

  law("is told so also where something was sent from it before, and where nothing was", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "Sent")
      yield* wiped(world)
      yield* world.rests
      assert.deepInclude(yield* tab.outbox.status, { queue: { _tag: "Idle" }, lost: 0 })
      yield* offline(world, tab)
      yield* create(tab, "Waiting")
      yield* wiped(world)
      yield* world.rests
      assert.deepInclude(yield* tab.outbox.status, { lost: 1 })
    })
  )

  law("takes the changes with it whose callers wait: they are not saved", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const { first, second } = yield* twoAsked(world, tab)
      yield* wiped(world)
      yield* world.passes("1 second")
      const error = yield* Effect.flip(Fiber.join(second))
      if (error._tag !== "NotSaved") return assert.fail(error._tag)
      assert.deepStrictEqual([error.storage.reason, error.mayHaveBeenApplied], ["Wiped", false])
      yield* world.passes("10 seconds")
      assert.deepInclude(yield* Effect.flip(Fiber.join(first)), { _tag: "NotSaved", mayHaveBeenApplied: true })
    })
  )

  law("loses no answer that comes all the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      const asking = yield* Effect.fork(create(tab, "Acme"))
      yield* world.passes("1 second")
      yield* wiped(world)
      yield* world.passes("5 seconds")
      assert.deepInclude(
        Exit.getOrElse(yield* Fiber.await(asking), () => undefined),
        { _tag: "Confirmed" }
      )
    })
  )
})
