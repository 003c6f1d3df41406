import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as BundleSize from "../../bench/BundleSize.js"

// What an app brings to its users: the limits stand in bench/Sizes.ts, and `npm run size` fails where one is exceeded.

const bundle = (path: string) => BundleSize.of(new URL(`../../bench/${path}`, import.meta.url))

const app = Effect.runSync(Effect.cached(bundle("app.ts")))

const filesOf = (found: BundleSize.Bundle) =>
  BundleSize.byFile(found).flatMap(([file, bytes]) => (bytes > 0 ? [file] : []))

// What nobody asks for in a browser, and what Effect brings only where it is used.
const tests = (file: string) => file === "src/store/memory.ts" || file.startsWith("src/testing/")
const unused = (file: string) =>
  /^effect\/dist\/esm\/internal\/(?:pubsub|mailbox|groupBy|encoding\/\w+)\.js$/.test(file)
const isBarrel = (file: string) => /(?:^|\/)(?:effect|@effect\/platform)\/dist\/esm\/index\.js$/.test(file)

describe("a browser app", () => {
  it.effect("holds no store in memory, no fake Toggl, and no part of Effect that we do without", () =>
    Effect.gen(function* () {
      const files = filesOf(yield* app)
      assert.include(files, "src/store/indexedDb.ts")
      assert.deepStrictEqual(
        files.filter((file) => tests(file) || unused(file)),
        []
      )
    })
  )

  it.effect("has no module of ours look into one of Effect's barrels", () =>
    Effect.gen(function* () {
      const { inputs } = yield* app
      assert.isTrue(inputs.some((file) => file.endsWith("effect/dist/esm/Effect.js")))
      assert.deepStrictEqual(inputs.filter(isBarrel), [])
    })
  )

  it.effect("has all of ours that is in it counted as ours, and nothing else", () =>
    Effect.gen(function* () {
      const found = yield* app
      const parts = BundleSize.byPart(found)
      const all = parts.reduce((sum, [, bytes]) => sum + bytes, 0)
      const ours = parts.reduce((sum, [part, bytes]) => (part.startsWith("src/") ? sum + bytes : sum), 0)
      // gzip shortens ours and Effect's about alike
      assert.approximately(found.own / found.total, ours / all, 0.06)
    })
  )
})

describe("the proxy", () => {
  it.effect("brings nothing but its own room and what it shares with the wire", () =>
    Effect.gen(function* () {
      const { inputs } = yield* bundle("../src/doors/proxy.ts")
      assert.include(inputs, "src/doors/proxy.ts")
      const own = /^src\/(?:doors\/proxy|proxy\/\w+|wire\/(?:loopback|proxyMarks))\.ts$/
      assert.deepStrictEqual(
        inputs.filter((file) => !own.test(file)),
        []
      )
    })
  )
})

describe("the door without Effect", () => {
  it.effect("knows nothing of React: that door alone does, and brings it from the app", () =>
    Effect.gen(function* () {
      const isReact = (file: string) => /node_modules\/react\//.test(file)
      assert.deepStrictEqual((yield* bundle("../src/doors/promise.ts")).inputs.filter(isReact), [])
      assert.isTrue((yield* bundle("../src/doors/react.ts")).inputs.some(isReact))
    })
  )
})

describe("what stays out of an app", () => {
  it.effect("is found where it is brought in: the store in memory", () =>
    Effect.gen(function* () {
      assert.isTrue(filesOf(yield* bundle("../src/index.ts")).some(tests))
    })
  )

  it.effect("is found where it is brought in: the fake Toggl", () =>
    Effect.gen(function* () {
      const files = filesOf(yield* bundle("../src/testing/index.ts"))
      assert.isTrue(files.some(tests))
    })
  )

  it("is found where it is brought in: a part of Effect, a barrel", () => {
    assert.isTrue(unused("effect/dist/esm/internal/pubsub.js"))
    assert.isTrue(isBarrel("node_modules/effect/dist/esm/index.js"))
    assert.isTrue(isBarrel("../node_modules/@effect/platform/dist/esm/index.js"))
    assert.isFalse(isBarrel("node_modules/effect/dist/esm/Effect.js"))
  })
})
