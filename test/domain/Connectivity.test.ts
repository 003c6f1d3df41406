import { afterEach, assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"
import { Connectivity, layerBrowser } from "../../src/Connectivity.js"

afterEach(() => void vi.unstubAllGlobals())

class Target extends EventTarget {
  readonly heard = new Set<string>()
  override addEventListener(type: string, ...rest: [listener: EventListener]) {
    this.heard.add(type)
    super.addEventListener(type, ...rest)
  }
  override removeEventListener(type: string, ...rest: [listener: EventListener]) {
    this.heard.delete(type)
    super.removeEventListener(type, ...rest)
  }
}

class Page extends Target {
  visibilityState = "visible"
}

// Until everything that can go on has.
const atRest = Effect.promise(() => new Promise((resolve) => setTimeout(resolve)))

const opened = Effect.gen(function* () {
  const tab = new Target()
  const page = new Page()
  vi.stubGlobal("document", page)
  vi.stubGlobal("addEventListener", tab.addEventListener.bind(tab))
  vi.stubGlobal("removeEventListener", tab.removeEventListener.bind(tab))
  const wakeUps = yield* Queue.unbounded<void>()
  const { wakeUps: stream } = yield* Effect.provide(Connectivity, layerBrowser)
  yield* Effect.forkScoped(Stream.runForEach(stream, () => Queue.offer(wakeUps, undefined)))
  yield* atRest
  return {
    tab,
    page,
    wakes: Effect.zipRight(
      atRest,
      Effect.map(Queue.takeAll(wakeUps), (all) => all.length)
    )
  }
})

describe("a page wakes the replay", () => {
  it.scopedLive("when it comes online, comes back, or goes on", () =>
    Effect.gen(function* () {
      const { page, tab, wakes } = yield* opened
      for (const [target, type] of [
        [tab, "online"],
        [tab, "pageshow"],
        [page, "resume"],
        [page, "visibilitychange"]
      ] as const) {
        target.dispatchEvent(new Event(type))
        assert.strictEqual(yield* wakes, 1, type)
      }
    })
  )

  it.scopedLive("when it becomes visible, and not when it is hidden", () =>
    Effect.gen(function* () {
      const { page, wakes } = yield* opened
      page.visibilityState = "hidden"
      page.dispatchEvent(new Event("visibilitychange"))
      assert.strictEqual(yield* wakes, 0)
      page.visibilityState = "visible"
      page.dispatchEvent(new Event("visibilitychange"))
      assert.strictEqual(yield* wakes, 1)
    })
  )

  it.scopedLive("also where it was hidden and became visible at once", () =>
    Effect.gen(function* () {
      const { page, wakes } = yield* opened
      for (const state of ["hidden", "visible"]) {
        page.visibilityState = state
        page.dispatchEvent(new Event("visibilitychange"))
      }
      assert.isAtLeast(yield* wakes, 1)
    })
  )

  it.live("and is left alone when the scope closes", () =>
    Effect.gen(function* () {
      const { page, tab } = yield* Effect.scoped(
        Effect.tap(opened, ({ page, tab }) => {
          assert.deepStrictEqual([...tab.heard, ...page.heard].sort(), [
            "online",
            "pageshow",
            "resume",
            "visibilitychange"
          ])
        })
      )
      assert.deepStrictEqual([...tab.heard, ...page.heard], [])
    })
  )
})
