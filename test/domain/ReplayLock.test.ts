import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ReplayLock from "../../src/ReplayLock.js"

describe("the lock of a process", () => {
  it.scoped("is one for all who use its name, also where the library is loaded twice", () =>
    Effect.gen(function* () {
      vi.resetModules()
      const again = yield* Effect.promise(() => import("../../src/ReplayLock.js"))
      assert.notStrictEqual(again.ReplayLock, ReplayLock.ReplayLock)
      const held = yield* ReplayLock.makeInProcess("one").acquire({ steal: false })
      const other = yield* again.makeInProcess("other").acquire({ steal: true })
      assert.isFalse(held.isLost())
      const stolen = yield* again.makeInProcess("one").acquire({ steal: true })
      assert.isTrue(held.isLost())
      assert.isFalse(stolen.isLost())
      assert.isFalse(other.isLost())
    })
  )
})
