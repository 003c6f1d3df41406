import { assert, describe } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { create, offline, opened } from "../Requests.js"
import { law, workspaceId } from "../World.js"

// Law 12, honest: the status stream says what is true, to each who watches it or waits for it, however slowly.

describe("several who watch", () => {
  law("hear each of the last change, also those who were busy when it came", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.outbox.pause
      const last: Array<number> = []
      const watch = (index: number, takes: Duration.DurationInput) =>
        tab.outbox.changes.pipe(
          Stream.runForEach((status) => {
            last[index] = status.waiting
            return Effect.sleep(takes)
          }),
          Effect.forkScoped
        )
      yield* watch(0, 0)
      yield* watch(1, "100 millis")
      yield* watch(2, "200 millis")
      yield* world.rests
      for (let count = 1; count <= 20; count++) {
        yield* tab.clients.create(workspaceId, { name: `Client ${count}` })
        yield* world.passes("30 millis")
        yield* tab.clients.create(workspaceId, { name: `Also ${count}` })
        yield* world.passes("1 second")
        assert.deepStrictEqual(last, [2 * count, 2 * count, 2 * count])
      }
    })
  )
})

describe("what a stream holds", () => {
  law("is given back when it ends", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const first = yield* Stream.runCollect(Stream.take(tab.outbox.changes, 1))
      assert.strictEqual(Chunk.size(first), 1)
      yield* tab.clearOperations
      yield* world.passes("1 day")
      assert.deepStrictEqual(yield* tab.operations, [])
    })
  )
})

describe("awaitDrained", () => {
  law("completes at once where there is nothing to send", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      assert.isTrue(Option.isSome(yield* world.within(0, tab.outbox.awaitDrained)))
    })
  )

  law("waits until Toggl has all that can be sent, whichever tab accepts or sends it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* offline(world, tab, other)
      yield* create(tab, "A")
      const drained = yield* Effect.fork(other.outbox.awaitDrained)
      yield* world.passes("1 hour")
      assert.isTrue(Option.isNone(yield* Fiber.poll(drained)))
      yield* create(other, "B")
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      yield* Fiber.join(drained)
      assert.deepStrictEqual(yield* world.names, ["A", "B"])
    })
  )

  law("does not wait for what is refused, or depends on it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* offline(world, tab)
      const taken = yield* create(tab, "Taken")
      yield* tab.clients.update(workspaceId, taken.id, { notes: "held" })
      yield* world.toggl.setDown(false)
      yield* world.passes("10 minutes")
      assert.isTrue(Option.isSome(yield* world.within(0, tab.outbox.awaitDrained)))
      assert.strictEqual((yield* tab.outbox.status).waiting, 1)
    })
  )

  law("right after a start waits for what an earlier one left", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "A")
      yield* tab.kill
      yield* world.toggl.setDown(false)
      const next = yield* world.open()
      const drained = yield* Effect.fork(next.outbox.awaitDrained)
      yield* world.passes("10 minutes")
      yield* Fiber.join(drained)
      assert.deepStrictEqual(yield* world.names, ["A"])
    })
  )
})
