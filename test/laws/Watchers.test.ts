import { assert, describe } from "@effect/vitest"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { law, workspaceId } from "../World.js"

// Law 12: the status stream says what is true, to each who watches it, however slowly.

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
