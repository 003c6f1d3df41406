import { assert, describe } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { create, heard, opened } from "../Requests.js"
import { law } from "../World.js"

// Law 5 and law 12: what the browser may take away is asked against when the app says so, and shown in the status.

describe("that the browser keeps the store", () => {
  /** A browser that has promised nothing, and promises what it is asked for; with how often it was asked. */
  const asked = (answers: { readonly persist: boolean | undefined }) => {
    const times = { persist: 0, persisted: 0 }
    let promised = false
    return {
      times,
      promise: (given: boolean) => {
        promised = given
      },
      storage: {
        persisted: Effect.sync(() => {
          times.persisted += 1
          return Option.some(promised)
        }),
        persist: Effect.sync(() => {
          times.persist += 1
          promised = answers.persist ?? promised
          return Option.fromNullable(answers.persist)
        })
      }
    }
  }

  for (const persisted of [true, false, undefined]) {
    law(`is told as it says (${String(persisted)})`, (world) =>
      Effect.gen(function* () {
        const tab = yield* world.open({ storage: { persisted: Effect.succeed(Option.fromNullable(persisted)) } })
        yield* world.rests
        assert.strictEqual((yield* tab.outbox.status).persisted, persisted)
      })
    )
  }

  law("is asked for only when the app says so, and then told", (world) =>
    Effect.gen(function* () {
      const { storage, times } = asked({ persist: true })
      const tab = yield* opened(world, { storage })
      yield* create(tab, "Acme")
      yield* tab.wakeUp
      yield* world.rests
      assert.strictEqual(times.persist, 0)
      const statuses = yield* heard(tab)
      yield* world.rests
      assert.deepStrictEqual(yield* tab.outbox.persist, Option.some(true))
      yield* world.rests
      assert.strictEqual(times.persist, 1)
      assert.strictEqual((yield* tab.outbox.status).persisted, true)
      const told = (yield* statuses).map(({ persisted }) => persisted)
      assert.deepStrictEqual(told, [false, true])
    })
  )

  law("is not promised where the user says no", (world) =>
    Effect.gen(function* () {
      const { storage } = asked({ persist: false })
      const tab = yield* opened(world, { storage })
      assert.deepStrictEqual(yield* tab.outbox.persist, Option.some(false))
      assert.strictEqual((yield* tab.outbox.status).persisted, false)
    })
  )

  for (const storage of [undefined, asked({ persist: undefined }).storage]) {
    law(
      `is promised by nobody where the browser says nothing (${storage === undefined ? "at all" : "when asked"})`,
      (world) =>
        Effect.gen(function* () {
          const tab = yield* opened(world, storage === undefined ? {} : { storage })
          yield* world.rests
          assert.deepStrictEqual(yield* tab.outbox.persist, Option.none())
          assert.strictEqual((yield* tab.outbox.status).persisted, storage === undefined ? undefined : false)
        })
    )
  }

  law("is told as it is now when the page is looked at again: another tab may have asked", (world) =>
    Effect.gen(function* () {
      const { promise, storage, times } = asked({ persist: true })
      const tab = yield* opened(world, { storage })
      yield* world.rests
      promise(true)
      yield* tab.wakeUp
      yield* world.rests
      assert.strictEqual((yield* tab.outbox.status).persisted, true)
      assert.strictEqual(times.persist, 0)
    })
  )

  law("is told by the answer to what the app asked, whatever an older question hears after it", (world) =>
    Effect.gen(function* () {
      const late = yield* Deferred.make<void>()
      const persisted = Effect.as(Deferred.await(late), Option.some(false))
      const tab = yield* opened(world, { storage: { persisted, persist: Effect.succeedSome(true) } })
      yield* tab.outbox.persist
      yield* Deferred.succeed(late, undefined)
      yield* world.rests
      assert.strictEqual((yield* tab.outbox.status).persisted, true)
    })
  )
})
