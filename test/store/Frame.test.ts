import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import * as Steps from "./Steps.js"
import { ended, reasonOf } from "./Ended.js"
import { HandDatabase, HandFactory, settles, withGlobal } from "./Handmade.js"
import { creates, draft } from "./StoreUnderTest.js"

// The document's IndexedDB has lost its server, as in WebKit: every opening fails, but that by a fresh frame.

/** A document whose frames each have an IndexedDB of their own. */
class HandDocument {
  readonly frames: Array<HandFrame> = []
  readonly documentElement = {
    append: (frame: HandFrame) => {
      frame.isThere = true
    }
  }
  createElement(): HandFrame {
    const frame = new HandFrame()
    this.frames.push(frame)
    return frame
  }
}

class HandFrame {
  hidden = false
  isThere = false
  private readonly removals: Array<() => void> = []
  readonly contentWindow = {
    indexedDB: new HandFactory(),
    addEventListener: (_type: string, listener: () => void) => this.removals.push(listener)
  }
  remove(): void {
    this.isThere = false
  }
  /** The app writes its document anew. */
  takenAway(): void {
    this.isThere = false
    for (const removal of this.removals) removal()
  }
}

const failed = (name: string) =>
  new DOMException("Connection to Indexed Database server lost. Refresh the page to try again", name)

/** The factory fails each opening so. */
const failing = (name: string) => {
  return {
    open: () => {
      const request = { error: failed(name), onerror: (): void => undefined }
      queueMicrotask(() => request.onerror())
      return request
    }
  }
}

const there = ({ frames }: HandDocument) => frames.map(({ isThere }) => isThere)

const lostServer = Effect.gen(function* () {
  const page = new HandDocument()
  yield* withGlobal("document", page)
  yield* withGlobal("indexedDB", failing("UnknownError"))
  const outbox = yield* Steps.makeIndexedDb({ name: "by hand" })
  /** The latest frame's database opens. */
  const opened = Effect.gen(function* () {
    yield* settles
    const database = new HandDatabase()
    page.frames.at(-1)?.contentWindow.indexedDB.opens.at(-1)?.succeed(database)
    yield* settles
    return database
  })
  const accept = (n: number) => Effect.fork(outbox.accept(draft(creates(n))))
  const completes = ({ transactions }: HandDatabase) =>
    Effect.gen(function* () {
      transactions.at(-1)?.succeed({ add: 1 })
      transactions.at(-1)?.complete()
      yield* settles
    })
  /** A first step has gone by the first frame, and what it went by is `lost`; the next one goes by another. */
  const goesOnAfter = (lost: (database: HandDatabase) => void) =>
    Effect.gen(function* () {
      yield* accept(1)
      const first = yield* opened
      yield* completes(first)
      first.isClosed = true
      lost(first)
      const accepting = yield* accept(2)
      yield* completes(yield* opened)
      assert.strictEqual(yield* ended(accepting), "done")
      assert.deepStrictEqual(there(page), [false, true])
    })
  return { page, opened, outbox, accept, completes, goesOnAfter }
})

describe("a document that has lost the server of its databases", () => {
  it.effect("goes on by a frame that nobody sees, and takes it away when all is over", () =>
    Effect.gen(function* () {
      const page = yield* Effect.scoped(
        Effect.gen(function* () {
          const { accept, completes, opened, page } = yield* lostServer
          const accepting = yield* accept(1)
          yield* completes(yield* opened)
          assert.strictEqual(yield* ended(accepting), "done")
          assert.deepStrictEqual(there(page), [true])
          assert.isTrue(page.frames[0]?.hidden)
          return page
        })
      )
      assert.deepStrictEqual(there(page), [false])
    })
  )

  it.effect("puts it back where the app has replaced the page", () =>
    Effect.gen(function* () {
      const { goesOnAfter, page } = yield* lostServer
      yield* goesOnAfter(() => page.frames[0]?.takenAway())
    }).pipe(Effect.scoped)
  )

  it.effect("hears nothing of a step that a frame took with it: whether it is stored is asked for", () =>
    Effect.gen(function* () {
      const { accept, opened, page } = yield* lostServer
      const accepting = yield* accept(1)
      yield* opened
      page.frames[0]?.takenAway()
      yield* settles
      assert.deepInclude(yield* Effect.flip(Fiber.join(accepting)), { reason: "Closed", mayBeStored: true })
    }).pipe(Effect.scoped)
  )

  it.effect("takes a fresh one where that has lost its server too", () =>
    Effect.gen(function* () {
      const { goesOnAfter } = yield* lostServer
      yield* goesOnAfter((first) => first.onclose?.())
    }).pipe(Effect.scoped)
  )

  it.effect("makes none for an opening that was given up and fails late: the one that is there serves another", () =>
    Effect.gen(function* () {
      const late: Array<{ onerror: () => void }> = []
      const page = yield* Effect.scoped(
        Effect.gen(function* () {
          const { accept, completes, opened, outbox, page } = yield* lostServer
          yield* withGlobal("indexedDB", {
            open: () => {
              const request = { error: failed("UnknownError"), onerror: (): void => undefined }
              late.push(request)
              return request
            }
          })
          const first = yield* Effect.fork(Effect.flip(outbox.load))
          yield* settles
          yield* TestClock.adjust("5 seconds")
          assert.deepInclude(yield* Fiber.join(first), { reason: "Stalled" })
          const accepting = yield* accept(1)
          yield* settles
          late[1]?.onerror()
          yield* completes(yield* opened)
          assert.strictEqual(yield* ended(accepting), "done")
          late[0]?.onerror()
          yield* settles
          assert.deepStrictEqual(there(page), [true])
          return page
        })
      )
      assert.deepStrictEqual(there(page), [false])
    })
  )

  it.effect("makes none for any other failure", () =>
    Effect.gen(function* () {
      for (const name of ["SecurityError", "QuotaExceededError", "VersionError", "InvalidStateError"]) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const { outbox, page } = yield* lostServer
            yield* withGlobal("indexedDB", failing(name))
            assert.notStrictEqual(yield* reasonOf(outbox.load), "Lost")
            assert.deepStrictEqual(page.frames, [])
          })
        )
      }
    })
  )
})

describe("a worker that has lost it", () => {
  it.effect("says that only a reload helps", () =>
    Effect.gen(function* () {
      yield* withGlobal("WorkerGlobalScope", () => undefined)
      yield* withGlobal("indexedDB", failing("UnknownError"))
      const outbox = yield* Steps.makeIndexedDb({ name: "by hand" })
      const error = yield* Effect.flip(outbox.load)
      assert.strictEqual(error.reason, "Lost")
      assert.include(error.message, "reload")
    }).pipe(Effect.scoped)
  )
})
