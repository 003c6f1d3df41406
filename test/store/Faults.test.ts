import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import type { StorageError } from "../../src/ClientError.js"
import * as OutboxStore from "../../src/OutboxStore.js"
import * as Steps from "./Steps.js"
import { ended, reasonOf } from "./Ended.js"
import { handmade, HandDatabase, settles, withGlobal } from "./Handmade.js"
import { creates, draft, newDatabaseName } from "./StoreUnderTest.js"

const failing = (error: unknown) => ({
  open: () => {
    const request = { error, onerror: (): void => undefined, onsuccess: null }
    queueMicrotask(() => request.onerror())
    return request
  }
})

const throwing = (name: string) => ({
  open: () => {
    throw new DOMException("", name)
  }
})

/** Within the scope this stands for the browser's IndexedDB. */
const instead = <A, E, R>(factory: unknown, effect: Effect.Effect<A, E, R>) =>
  Effect.scoped(Effect.zipRight(withGlobal("indexedDB", factory), effect))

const store = Effect.suspend(() => Steps.makeIndexedDb({ name: newDatabaseName() }))

describe("a database that does not open", () => {
  const refusals: ReadonlyArray<readonly [what: string, factory: unknown, reason: StorageError["reason"]]> = [
    ["there is no IndexedDB", undefined, "Missing"],
    ["IndexedDB is null", null, "Missing"],
    ["opening throws a SecurityError", throwing("SecurityError"), "Denied"],
    ["opening is answered with a SecurityError", failing(new DOMException("", "SecurityError")), "Denied"],
    ["opening is answered with a NotAllowedError", failing(new DOMException("", "NotAllowedError")), "Denied"],
    ["private mode answers with an InvalidStateError", failing(new DOMException("", "InvalidStateError")), "Denied"],
    ["the disk is full", failing(new DOMException("", "QuotaExceededError")), "Full"],
    ["a newer version has made it", failing(new DOMException("", "VersionError")), "Newer"],
    ["the browser has lost its server", failing(new DOMException("", "UnknownError")), "Failed"],
    ["opening throws what is no error", { open: () => assert.fail() }, "Failed"],
    ["opening is answered with no error at all", failing(null), "Failed"],
    ["opening is answered with an error named constructor", failing({ name: "constructor" }), "Failed"]
  ]
  for (const [what, factory, reason] of refusals) {
    it.live(`says ${reason} where ${what}, and works as soon as it can`, () =>
      Effect.gen(function* () {
        const outbox = yield* store
        assert.strictEqual(yield* instead(factory, reasonOf(outbox.load)), reason)
        assert.strictEqual(yield* instead(factory, reasonOf(outbox.accept(draft(creates(1))))), reason)
        const entry = yield* outbox.accept(draft(creates(2)))
        assert.deepStrictEqual((yield* outbox.load).entries, [entry])
      }).pipe(Effect.scoped)
    )
  }

  it.live("says Denied where even to ask for IndexedDB throws", () =>
    Effect.gen(function* () {
      const outbox = yield* store
      yield* withGlobal("indexedDB", undefined)
      Object.defineProperty(globalThis, "indexedDB", {
        configurable: true,
        get: () => {
          throw new DOMException("", "SecurityError")
        }
      })
      assert.strictEqual(yield* reasonOf(outbox.load), "Denied")
    }).pipe(Effect.scoped)
  )

  it.effect("says Stalled in time where it never answers, and a late opening runs no step", () =>
    Effect.gen(function* () {
      const { factory, opened } = yield* handmade
      const outbox = yield* Steps.makeIndexedDb({ name: "stalled", timeLimit: "10 seconds" })
      const accepting = yield* Effect.fork(outbox.accept(draft(creates(1))))
      yield* settles
      // Whatever a step may take: a known fault of Safari is that it never opens any.
      yield* TestClock.adjust("4999 millis")
      yield* settles
      assert.strictEqual(yield* ended(accepting), "under way")
      yield* TestClock.adjust("1 millis")
      yield* settles
      assert.strictEqual(yield* ended(accepting), "Stalled")
      assert.isFalse(OutboxStore.mayBeStored(yield* Effect.flip(Fiber.join(accepting))))
      const late = yield* opened
      assert.deepStrictEqual(late.transactions, [])
      assert.strictEqual(factory.opens.length, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("asks again after an opening that never answered, and closes the late one", () =>
    Effect.gen(function* () {
      const { factory, opened } = yield* handmade
      const outbox = yield* Steps.makeIndexedDb({ name: "stalled", timeLimit: "10 seconds" })
      const first = yield* Effect.fork(outbox.load)
      yield* settles
      yield* TestClock.adjust("10 seconds")
      yield* settles
      assert.strictEqual(yield* ended(first), "Stalled")
      const second = yield* Effect.fork(outbox.accept(draft(creates(1))))
      const database = yield* opened
      assert.strictEqual(factory.opens.length, 2)
      const [transaction = assert.fail()] = database.transactions
      transaction.succeed({ add: 1 })
      transaction.complete()
      yield* settles
      assert.strictEqual(yield* ended(second), "done")
      const late = new HandDatabase()
      factory.opens[0]?.succeed(late)
      yield* settles
      assert.deepStrictEqual([late.isClosed, database.isClosed], [true, false])
    }).pipe(Effect.scoped)
  )
})

describe("a transaction", () => {
  /** A step that has asked for its first write, and the transaction that it runs in. */
  const accepting = Effect.gen(function* () {
    const { factory, opened } = yield* handmade
    const outbox = yield* Steps.makeIndexedDb({ name: "by hand", timeLimit: "10 seconds" })
    const fiber = yield* Effect.fork(outbox.accept(draft(creates(1))))
    const database = yield* opened
    const [transaction = assert.fail()] = database.transactions
    return { database, factory, fiber, opened, outbox, transaction }
  })

  it.effect("does not report a write before its transaction commits", () =>
    Effect.gen(function* () {
      const { fiber, transaction } = yield* accepting
      transaction.succeed({ add: 1 })
      yield* settles
      assert.strictEqual(yield* ended(fiber), "under way")
      transaction.complete()
      yield* settles
      assert.strictEqual(yield* ended(fiber), "done")
    }).pipe(Effect.scoped)
  )

  it.effect("asks for strict durability with every write", () =>
    Effect.gen(function* () {
      const { transaction } = yield* accepting
      assert.deepStrictEqual([transaction.mode, transaction.options], ["readwrite", { durability: "strict" }])
    }).pipe(Effect.scoped)
  )

  const failures: ReadonlyArray<readonly [what: string, name: string, reason: StorageError["reason"]]> = [
    ["no room is left", "QuotaExceededError", "Full"],
    ["the disk fails", "UnknownError", "Failed"],
    ["a key is not valid", "DataError", "Failed"]
  ]
  for (const [what, name, reason] of failures) {
    it.effect(`says ${reason} where ${what}: at the write, and only at the commit`, () =>
      Effect.gen(function* () {
        const atWrite = yield* Effect.scoped(
          Effect.gen(function* () {
            const { fiber, transaction } = yield* accepting
            transaction.fail(name)
            yield* settles
            return yield* ended(fiber)
          })
        )
        const atCommit = yield* Effect.scoped(
          Effect.gen(function* () {
            const { fiber, transaction } = yield* accepting
            transaction.succeed({ add: 1 })
            transaction.fail(name)
            yield* settles
            return yield* ended(fiber)
          })
        )
        assert.deepStrictEqual([atWrite, atCommit], [reason, reason])
      })
    )
  }

  it.effect("leaves doubt where what ends it does not say that nothing is stored", () =>
    Effect.gen(function* () {
      const ends: ReadonlyArray<readonly [name: string, reason: StorageError["reason"], mayBe: boolean]> = [
        ["UnknownError", "Failed", true],
        ["AbortError", "Closed", true],
        ["InvalidStateError", "Closed", true],
        ["TimeoutError", "Failed", true],
        ["TransactionInactiveError", "Failed", true],
        ["QuotaExceededError", "Full", false],
        ["ConstraintError", "Failed", false],
        ["DataError", "Failed", false]
      ]
      for (const [name, reason, mayBe] of ends) {
        for (const isAnswered of [false, true]) {
          yield* Effect.scoped(
            Effect.gen(function* () {
              const { factory, fiber, transaction } = yield* accepting
              if (isAnswered) transaction.succeed({ add: 1 })
              transaction.fail(name)
              yield* settles
              const error = yield* Effect.flip(Fiber.join(fiber))
              assert.deepStrictEqual([error.reason, OutboxStore.mayBeStored(error)], [reason, mayBe], name)
              // It would stand there twice.
              assert.strictEqual(factory.opens.length, 1, name)
            })
          )
        }
      }
    })
  )

  it.effect("that only reads leaves none", () =>
    Effect.gen(function* () {
      const { opened } = yield* handmade
      const outbox = yield* Steps.makeIndexedDb({ name: "by hand" })
      const reading = yield* Effect.fork(outbox.load)
      const { transactions } = yield* opened
      transactions[0]?.fail("UnknownError")
      yield* settles
      const error = yield* Effect.flip(Fiber.join(reading))
      assert.deepStrictEqual([error.reason, OutboxStore.mayBeStored(error)], ["Failed", false])
    }).pipe(Effect.scoped)
  )

  it.effect("ends with the database that is closed under it, though neither abort nor complete is heard of", () =>
    Effect.gen(function* () {
      const { database, factory, fiber, transaction } = yield* accepting
      transaction.succeed({ add: 1 })
      database.isClosed = true
      database.onclose?.()
      yield* settles
      const error = yield* Effect.flip(Fiber.join(fiber))
      assert.deepStrictEqual([error.reason, OutboxStore.mayBeStored(error)], ["Closed", true])
      assert.strictEqual(factory.opens.length, 1)
    }).pipe(Effect.scoped)
  )

  it.effect("that only reads is run again where the database is closed under it", () =>
    Effect.gen(function* () {
      const { factory, opened } = yield* handmade
      const outbox = yield* Steps.makeIndexedDb({ name: "by hand" })
      const reading = yield* Effect.fork(outbox.load)
      const database = yield* opened
      database.isClosed = true
      database.onclose?.()
      const { transactions } = yield* opened
      assert.strictEqual(factory.opens.length, 2)
      transactions[0]?.succeed({ getAll: [], getAllKeys: [] })
      transactions[0]?.complete()
      yield* settles
      assert.strictEqual(yield* ended(reading), "done")
    }).pipe(Effect.scoped)
  )

  it.effect("is aborted when its time is up, and says Stalled once nothing of it can be stored any more", () =>
    Effect.gen(function* () {
      const { fiber, transaction } = yield* accepting
      transaction.succeed({ add: 1 })
      yield* TestClock.adjust("10 seconds")
      yield* settles
      assert.strictEqual(transaction.aborts, 1)
      assert.strictEqual(yield* ended(fiber), "Stalled")
    }).pipe(Effect.scoped)
  )

  it.effect("tells the truth where it commits when its time is up: it is stored", () =>
    Effect.gen(function* () {
      const { fiber, transaction } = yield* accepting
      transaction.succeed({ add: 1 })
      transaction.isCommitting = true
      yield* TestClock.adjust("10 seconds")
      yield* settles
      assert.strictEqual(yield* ended(fiber), "under way")
      transaction.complete()
      yield* settles
      assert.strictEqual(yield* ended(fiber), "done")
    }).pipe(Effect.scoped)
  )

  it.effect("says Stalled in time where it never ends, though it commits or does not hear of being aborted", () =>
    Effect.gen(function* () {
      for (const stuck of ["isCommitting", "isDeaf"] as const) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { fiber, transaction } = yield* accepting
            transaction.succeed({ add: 1 })
            transaction[stuck] = true
            yield* TestClock.adjust("20 seconds")
            yield* settles
            assert.strictEqual(yield* ended(fiber), "Stalled", stuck)
            // Whether it is stored after all, nobody can say.
            assert.isTrue(OutboxStore.mayBeStored(yield* Effect.flip(Fiber.join(fiber))), stuck)
          })
        )
      }
    })
  )

  it.effect("is all or nothing where its caller is interrupted, and the caller never hangs", () =>
    Effect.gen(function* () {
      const cases = [
        ["at the write", {}],
        ["while it commits", { isCommitting: true }],
        ["deaf", { isDeaf: true }]
      ] as const
      for (const [what, how] of cases) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { fiber, transaction } = yield* accepting
            Object.assign(transaction, how)
            const interrupting = yield* Effect.fork(Fiber.interrupt(fiber))
            yield* settles
            if (what === "at the write") assert.strictEqual(transaction.aborts, 1)
            else assert.strictEqual(yield* ended(interrupting), "under way")
            yield* TestClock.adjust("10 seconds")
            yield* settles
            assert.strictEqual(yield* ended(interrupting), "done", what)
            assert.strictEqual(yield* ended(fiber), "interrupted", what)
          })
        )
      }
    })
  )

  it.effect("never begins where its caller is interrupted while the database opens", () =>
    Effect.gen(function* () {
      const { opened } = yield* handmade
      const outbox = yield* Steps.makeIndexedDb({ name: "by hand" })
      const fiber = yield* Effect.fork(outbox.accept(draft(creates(1))))
      yield* settles
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual((yield* opened).transactions, [])
    }).pipe(Effect.scoped)
  )

  it.effect("is aborted whole where the step itself throws, after writes of its own", () =>
    Effect.gen(function* () {
      const { opened } = yield* handmade
      const outbox = yield* Steps.makeIndexedDb({ name: "by hand" })
      const fiber = yield* Effect.fork(
        outbox.changeState(() => {
          throw new RangeError("in the caller's hands")
        })
      )
      const database = yield* opened
      const [transaction = assert.fail()] = database.transactions
      transaction.succeed()
      yield* settles
      assert.strictEqual(transaction.aborts, 1)
      assert.strictEqual(yield* ended(fiber), "Failed")
    }).pipe(Effect.scoped)
  )
})
