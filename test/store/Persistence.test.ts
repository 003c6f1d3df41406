import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { OutboxStore } from "../../src/index.js"

// What `navigator.storage` is asked, and what is made of any answer.

const asked: Array<string> = []

const answering = (answers: {
  readonly persist?: () => Promise<boolean>
  readonly persisted?: () => Promise<boolean>
}) =>
  Object.fromEntries(
    Object.entries(answers).map(([name, answer]) => [
      name,
      () => {
        asked.push(name)
        return answer()
      }
    ])
  )

const stubbed = (navigator: object | undefined, isPage: boolean) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      asked.splice(0)
      vi.stubGlobal("navigator", navigator)
      if (isPage) vi.stubGlobal("document", {})
    }),
    () => Effect.sync(() => vi.unstubAllGlobals())
  )

const answers = Effect.gen(function* () {
  const { persist, persisted } = yield* OutboxStore.makeIndexedDb({ name: "persistence" })
  return { persisted: yield* persisted ?? Effect.succeedNone, persist: yield* persist ?? Effect.succeedNone }
})

const yes = () => Promise.resolve(true)
const no = () => Promise.resolve(false)
const none = { persisted: Option.none(), persist: Option.none() }

describe("the store in IndexedDB, of the browser's promise to keep it", () => {
  it.scoped("asks nothing by itself", () =>
    Effect.gen(function* () {
      yield* stubbed({ storage: answering({ persist: yes, persisted: no }) }, true)
      yield* OutboxStore.makeIndexedDb({ name: "persistence" })
      assert.deepStrictEqual(asked, [])
    })
  )

  it.scoped("in a page asks for it, or only whether it was given", () =>
    Effect.gen(function* () {
      yield* stubbed({ storage: answering({ persist: yes, persisted: no }) }, true)
      assert.deepStrictEqual(yield* answers, { persisted: Option.some(false), persist: Option.some(true) })
      assert.deepStrictEqual(asked, ["persisted", "persist"])
    })
  )

  it.scoped("in a worker only asks whether it was given", () =>
    Effect.gen(function* () {
      yield* stubbed({ storage: answering({ persist: yes, persisted: no }) }, false)
      assert.deepStrictEqual(yield* answers, { persisted: Option.some(false), persist: Option.some(false) })
      assert.deepStrictEqual(asked, ["persisted", "persisted"])
    })
  )

  it.scoped("has none where nobody can be asked, or whoever is asked fails", () =>
    Effect.gen(function* () {
      const rejects = () => Promise.reject(new Error("as it was told to"))
      const throws = () => {
        throw new Error("as it was told to")
      }
      const given: ReadonlyArray<object | undefined> = [
        undefined,
        {},
        { storage: undefined },
        { storage: null },
        { storage: {} },
        { storage: answering({ persist: rejects, persisted: rejects }) },
        { storage: answering({ persist: throws, persisted: throws }) },
        Object.defineProperty({}, "storage", { get: throws })
      ]
      for (const navigator of given) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            yield* stubbed(navigator, true)
            assert.deepStrictEqual(yield* answers, none)
          })
        )
      }
    })
  )

  it.scoped("believes no answer that is neither yes nor no", () =>
    Effect.gen(function* () {
      yield* stubbed({ storage: { persist: () => Promise.resolve("prompt"), persisted: () => undefined } }, true)
      assert.deepStrictEqual(yield* answers, none)
    })
  )
})
