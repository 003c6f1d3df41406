import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Fault } from "../../src/testing/index.js"
import { create, isCreate, offline, opened } from "../Requests.js"
import { law, workspaceId } from "../World.js"

// Law 13, interruptible: interrupting a caller after acceptance removes nothing; before it, all or nothing. Closing the
// scope stops timers, listeners, locks and requests, and a later start goes on.

describe("closing the scope", () => {
  law("stops timers, listeners, locks and requests, and a later start goes on", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.hang(), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.rests
      yield* tab.close
      const [request] = yield* world.toggl.requests
      assert.deepStrictEqual(request?.outcome, { _tag: "Interrupted" })
      yield* tab.clearOperations
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* tab.operations, [])
      yield* world.passes("1 day")
      const later = yield* world.open()
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.strictEqual((yield* later.outbox.status).queue._tag, "Idle")
      assert.strictEqual(world.memory.connections.size, 1)
    })
  )

  law("in the middle of a run lets another tab go on with the rest", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* offline(world, tab, other)
      for (const name of ["A", "B", "C"]) yield* create(tab, name)
      yield* world.toggl.setDown(false)
      const held = yield* tab.holdResult("mark")
      yield* tab.wakeUp
      yield* held.isDone
      yield* Effect.forkScoped(tab.close)
      yield* held.release
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["A", "B", "C"])
      assert.strictEqual((yield* other.outbox.status).waiting, 0)
    })
  )
})

describe("a watch that cannot be interrupted", () => {
  law("ends when it has seen enough, and stops nobody who watches the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "Acme")
      const seen = yield* Effect.fork(Effect.uninterruptible(Stream.runHead(tab.clients.watch(workspaceId))))
      const other = yield* Effect.fork(Stream.runDrain(tab.clients.watch(workspaceId)))
      yield* world.passes("1 minute")
      assert.isTrue(Option.isSome(yield* Fiber.poll(seen)))
      assert.isTrue(Option.isNone(yield* Fiber.poll(other)))
      const closed = yield* Effect.fork(Effect.zipRight(Fiber.interrupt(other), tab.close))
      yield* world.passes("1 minute")
      assert.isTrue(Option.isSome(yield* Fiber.poll(closed)))
    })
  )
})

describe("interrupting a caller", () => {
  law("after acceptance removes nothing", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      const caller = yield* Effect.fork(create(tab, "Acme"))
      yield* world.rests
      yield* Fiber.interrupt(caller)
      yield* world.passes("10 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme"])
    })
  )

  law("while the change is being stored gives all", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const held = yield* tab.holdResult("accept")
      const caller = yield* Effect.fork(create(tab, "Acme"))
      yield* held.isDone
      yield* Fiber.interruptFork(caller)
      yield* held.release
      yield* world.rests
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("before acceptance gives nothing", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.freeze
      const caller = yield* Effect.fork(create(tab, "Acme"))
      yield* Fiber.interruptFork(caller)
      yield* tab.thaw
      yield* world.rests
      const { entries } = yield* world.store.load
      assert.isTrue(entries.length + (yield* world.names).length <= 1)
    })
  )

  law("while a refusal is on its way leaves it standing for the user", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delayed(Fault.refusal(422, "no"), "5 seconds"), { when: isCreate })
      const caller = yield* Effect.fork(create(tab, "Acme"))
      yield* world.rests
      yield* Fiber.interrupt(caller)
      yield* world.passes("10 seconds")
      assert.deepStrictEqual(
        (yield* tab.outbox.entries).map((entry) => entry.refused?._tag),
        ["BadRequest"]
      )
    })
  )
})
