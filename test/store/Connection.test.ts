import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import type { StorageError } from "../../src/ClientError.js"
import * as Steps from "./Steps.js"
import { ended, reasonOf } from "./Ended.js"
import { handmade, HandDatabase, settles } from "./Handmade.js"
import { creates, draft, entryId, newDatabaseName, raw } from "./StoreUnderTest.js"

describe("a connection that is lost", () => {
  const opening = Effect.gen(function* () {
    const { factory, opened } = yield* handmade
    const outbox = yield* Steps.makeIndexedDb({ name: "by hand", timeLimit: "10 seconds" })
    const first = yield* Effect.fork(outbox.accept(draft(creates(1))))
    const database = yield* opened
    const [transaction = assert.fail()] = database.transactions
    transaction.succeed({ add: 1 })
    transaction.complete()
    yield* Fiber.join(first)
    const accept = Effect.fork(outbox.accept(draft(creates(2))))
    const completes = (database: HandDatabase, fiber: Fiber.Fiber<unknown, StorageError>) =>
      Effect.gen(function* () {
        yield* settles
        const transaction = database.transactions.at(-1)
        transaction?.succeed({ add: 2, getAll: [], getAllKeys: [] })
        transaction?.complete()
        yield* settles
        return yield* ended(fiber)
      })
    return { accept, completes, database, factory, opened, outbox }
  })

  it.effect("opens again where the browser has closed it, whether it said so or not", () =>
    Effect.gen(function* () {
      for (const said of [true, false]) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { accept, completes, database, factory, opened } = yield* opening
            database.isClosed = true
            if (said) database.onclose?.()
            const fiber = yield* accept
            assert.strictEqual(yield* completes(yield* opened, fiber), "done")
            assert.strictEqual(factory.opens.length, 2)
          })
        )
      }
    })
  )

  it.effect("runs no step again that may be stored: the log is asked over a new connection", () =>
    Effect.gen(function* () {
      const { accept, completes, database, factory, opened, outbox } = yield* opening
      const fiber = yield* accept
      yield* settles
      database.isClosed = true
      database.transactions.at(-1)?.fail("AbortError")
      yield* settles
      assert.deepInclude(yield* Effect.flip(Fiber.join(fiber)), { reason: "Closed", mayBeStored: true })
      assert.strictEqual(factory.opens.length, 1)
      const asking = yield* Effect.fork(outbox.find(entryId(2)))
      assert.strictEqual(yield* completes(yield* opened, asking), "done")
      assert.strictEqual(factory.opens.length, 2)
    }).pipe(Effect.scoped)
  )

  it.effect("says so to who listens, for the database may be gone", () =>
    Effect.gen(function* () {
      for (const event of ["onclose", "onversionchange"] as const) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { database, outbox } = yield* opening
            let heard = 0
            yield* outbox.onHint(() => heard++)
            database[event]?.()
            assert.strictEqual(heard, 1)
            // What is given up already is nobody's.
            database[event]?.()
            assert.strictEqual(heard, 1)
          })
        )
      }
    })
  )

  it.effect("says Closed where the new connection is closed too, and opens again for the next step", () =>
    Effect.gen(function* () {
      const { accept, completes, database, factory, opened } = yield* opening
      database.isClosed = true
      const fiber = yield* accept
      yield* settles
      const closed = new HandDatabase()
      closed.isClosed = true
      factory.opens.at(-1)?.succeed(closed)
      yield* settles
      assert.strictEqual(yield* ended(fiber), "Closed")
      const next = yield* accept
      assert.strictEqual(yield* completes(yield* opened, next), "done")
    }).pipe(Effect.scoped)
  )

  it.effect("stands in nobody's way where another tab upgrades or deletes the database", () =>
    Effect.gen(function* () {
      const { accept, completes, database, opened } = yield* opening
      database.onversionchange?.()
      assert.isTrue(database.isClosed)
      const fiber = yield* accept
      assert.strictEqual(yield* completes(yield* opened, fiber), "done")
    }).pipe(Effect.scoped)
  )

  it.effect("gives up a connection on which a step has failed or stalled, for the next one may work", () =>
    Effect.gen(function* () {
      for (const fails of ["UnknownError", "Stalled"]) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { accept, completes, database, opened } = yield* opening
            const fiber = yield* accept
            yield* settles
            if (fails === "Stalled") yield* TestClock.adjust("10 seconds")
            else database.transactions.at(-1)?.fail(fails)
            yield* settles
            assert.notStrictEqual(yield* ended(fiber), "under way")
            const next = yield* accept
            assert.strictEqual(yield* completes(yield* opened, next), "done", fails)
            assert.isTrue(database.isClosed, fails)
          })
        )
      }
    })
  )

  it.effect("opens nothing once its scope has closed", () =>
    Effect.gen(function* () {
      const { factory } = yield* handmade
      const scope = yield* Scope.make()
      const outbox = yield* Scope.extend(Steps.makeIndexedDb({ name: "by hand" }), scope)
      const opening = yield* Effect.fork(outbox.load)
      yield* settles
      yield* Scope.close(scope, Exit.void)
      const late = new HandDatabase()
      factory.opens[0]?.succeed(late)
      yield* settles
      assert.strictEqual(yield* ended(opening), "Closed")
      assert.isTrue(late.isClosed)
      assert.strictEqual(yield* reasonOf(outbox.load), "Closed")
      assert.strictEqual(factory.opens.length, 1)
    }).pipe(Effect.scoped)
  )
})

describe("another tab", () => {
  const deleted = (name: string) =>
    Effect.promise(
      () =>
        new Promise<void>((resolve, reject) => {
          const request = indexedDB.deleteDatabase(name)
          request.onsuccess = () => resolve()
          request.onblocked = () => reject(new Error("blocked"))
        })
    )

  it.live("deletes the database: the next step finds a new store, in which no old fence holds", () =>
    Effect.gen(function* () {
      const name = newDatabaseName()
      const outbox = yield* Steps.makeIndexedDb({ name })
      yield* outbox.accept(draft(creates(1)))
      const old = yield* outbox.claim()
      yield* deleted(name)
      assert.deepStrictEqual((yield* outbox.load).entries, [])
      const entry = yield* outbox.accept(draft(creates(2)))
      const fresh = yield* outbox.claim()
      assert.strictEqual(fresh?.fence.number, old?.fence.number)
      assert.notStrictEqual(fresh?.fence.store, old?.fence.store)
      const fence = old?.fence ?? assert.fail()
      assert.isUndefined(yield* outbox.book(fence, { failures: 9, run: "Ended" }, 3000))
      const marked = yield* outbox.mark(fence, [entry.seq], entry.mutation, 3000)
      assert.strictEqual(marked._tag, "Superseded")
      assert.deepStrictEqual((yield* outbox.load).state, fresh?.snapshot.state)
    }).pipe(Effect.scoped)
  )

  it.live("upgrades the database: every step says Newer, and what was accepted stays", () =>
    Effect.gen(function* () {
      const name = newDatabaseName()
      const outbox = yield* Steps.makeIndexedDb({ name })
      const entry = yield* outbox.accept(draft(creates(1)))
      yield* Effect.promise(
        () =>
          new Promise<void>((resolve, reject) => {
            const request = indexedDB.open(name, 2)
            request.onblocked = () => reject(new Error("blocked"))
            request.onsuccess = () => {
              request.result.close()
              resolve()
            }
          })
      )
      assert.strictEqual(yield* reasonOf(outbox.load), "Newer")
      assert.strictEqual(yield* reasonOf(outbox.accept(draft(creates(2)))), "Newer")
      const keys = yield* raw(name, "readonly", (rows) => {
        const request = rows.getAllKeys(IDBKeyRange.lowerBound(0))
        return () => request.result.filter((key) => typeof key === "number")
      })
      assert.deepStrictEqual(keys, [entry.seq])
    }).pipe(Effect.scoped)
  )
})
