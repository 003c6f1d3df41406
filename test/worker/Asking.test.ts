import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as backgroundSync from "../../src/app/backgroundSync.js"
import { Background } from "../../src/instance/background.js"

// How a page asks its browser to wake the service worker. That it does: `browser/BackgroundSync`.

const turn = () => new Promise<void>((resolve) => setTimeout(resolve))

/** Node as a page with this service worker container; what it asks for is given to `use`. */
const inPage = (serviceWorker: unknown, use: (ask: () => void) => Promise<void>) =>
  Effect.acquireUseRelease(
    Effect.sync(() => {
      const before = Object.getOwnPropertyDescriptor(globalThis, "navigator")
      Object.defineProperty(globalThis, "document", { value: new EventTarget(), configurable: true })
      Object.defineProperty(globalThis, "navigator", { value: { serviceWorker }, configurable: true, writable: true })
      return before
    }),
    () =>
      Effect.serviceOption(Background).pipe(
        Effect.provide(backgroundSync.layer("tag")),
        Effect.flatMap((background) =>
          Effect.promise(() => use(Option.getOrThrow(Option.map(background, ({ ask }) => ask))))
        )
      ),
    (before) =>
      Effect.sync(() => {
        Reflect.deleteProperty(globalThis, "document")
        Reflect.deleteProperty(globalThis, "navigator")
        if (before !== undefined) Object.defineProperty(globalThis, "navigator", before)
      })
  )

describe("a page", () => {
  it.live("asks once at a time, and once more for all that came meanwhile", () => {
    const tags: Array<string> = []
    let done: () => void = () => undefined
    const register = (tag: string) => {
      tags.push(tag)
      return new Promise<void>((resolve) => {
        done = resolve
      })
    }
    return inPage({ getRegistration: () => Promise.resolve({ sync: { register } }) }, async (ask) => {
      for (let times = 0; times < 5; times++) ask()
      await turn()
      assert.deepStrictEqual(tags, ["tag"])
      ask()
      done()
      await turn()
      assert.deepStrictEqual(tags, ["tag", "tag"])
      done()
      await turn()
      assert.lengthOf(tags, 2)
      ask()
      await turn()
      assert.lengthOf(tags, 3)
    })
  })

  const refusing: Record<string, unknown> = {
    "no worker is registered": { getRegistration: () => Promise.resolve(undefined) },
    "the browser has no Background Sync": { getRegistration: () => Promise.resolve({}) },
    "the user has forbidden it": {
      getRegistration: () => Promise.resolve({ sync: { register: () => Promise.reject(new Error("no")) } })
    },
    "the page may not ask": { getRegistration: () => Promise.reject(new Error("no")) },
    "it throws": {
      getRegistration: () => {
        throw new Error("no")
      }
    }
  }
  for (const [why, serviceWorker] of Object.entries(refusing)) {
    it.live(`goes on where ${why}`, () => {
      const unhandled: Array<unknown> = []
      const hear = (error: unknown) => unhandled.push(error)
      process.on("unhandledRejection", hear)
      return inPage(serviceWorker, async (ask) => {
        ask()
        await turn()
        ask()
        await turn()
        process.off("unhandledRejection", hear)
        assert.deepStrictEqual(unhandled, [])
      })
    })
  }

  it.live("asks nobody where there are no service workers, and so does a server", () =>
    Effect.gen(function* () {
      const asked = Effect.serviceOption(Background).pipe(Effect.provide(backgroundSync.layer("tag")))
      assert.isTrue(Option.isNone(yield* asked))
    })
  )
})
