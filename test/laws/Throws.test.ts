import { assert, describe } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Stream from "effect/Stream"
import { type Credentials, ReplayLock } from "../../src/index.js"
import { create, isCreate, opened } from "../Requests.js"
import { ada, law, type StoreOperation, type Tab, workspaceId } from "../World.js"
import { withGlobal } from "../store/Handmade.js"

// Law 4: no exception ends the replay: it is told, logged, and tried again no faster than the backoff.

/** A step of the store throws, so often. */
const throwsAt = (tab: Tab, at: StoreOperation, times = Number.POSITIVE_INFINITY) => {
  const thrown = { times: 0 }
  const fault = (operation: StoreOperation) => {
    if (operation !== at || thrown.times >= times) return undefined
    thrown.times++
    throw new TypeError("the key is s3cret")
  }
  return Effect.as(tab.setStorageFault(fault), thrown)
}

/** Whatever is logged as an error meanwhile. */
const logged = <A, E, R>(effect: (lines: ReadonlyArray<string>) => Effect.Effect<A, E, R>) =>
  Effect.suspend(() => {
    const lines: Array<string> = []
    const logger = Logger.make(({ cause, logLevel, message }) => {
      if (LogLevel.greaterThanEqual(logLevel, LogLevel.Error))
        lines.push(`${String(message)}${Cause.isEmpty(cause) ? "" : Cause.pretty(cause)}`)
    })
    return Effect.provide(effect(lines), Logger.replace(Logger.defaultLogger, logger))
  })

describe("what throws in the replay", () => {
  law("is logged by its name, shown as what is waited for, and tried again", (world) =>
    logged((lines) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const thrown = yield* throwsAt(tab, "claim", 3)
        yield* Effect.forkScoped(create(tab, "Acme"))
        yield* world.rests
        const { queue } = yield* tab.outbox.status
        const reason = queue._tag === "Waiting" ? queue.for : undefined
        assert.deepStrictEqual(reason?._tag === "BackingOff" ? reason.cause : reason?._tag, "TypeError")
        yield* world.passes("1 minute")
        assert.strictEqual(thrown.times, 3)
        assert.deepStrictEqual(yield* world.names, ["Acme"])
        assert.strictEqual((yield* tab.outbox.status).queue._tag, "Idle")
        assert.deepStrictEqual(
          lines,
          Array.from({ length: 3 }, () => "the replay threw: TypeError")
        )
      })
    )
  )

  law("is tried no faster than the backoff, whatever wakes the replay", (world) =>
    logged(() =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const thrown = yield* throwsAt(tab, "claim")
        for (let minute = 0; minute < 60; minute++) {
          yield* Effect.forkScoped(create(tab, `Client ${minute}`))
          yield* tab.wakeUp
          yield* tab.outbox.replayNow
          yield* world.passes("1 minute")
        }
        assert.isBelow(thrown.times, 60)
        assert.isAbove(thrown.times, 10)
      })
    )
  )

  law("keeps nobody from closing it", (world) =>
    logged(() =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const thrown = yield* throwsAt(tab, "claim")
        yield* Effect.forkScoped(create(tab, "Acme"))
        yield* world.passes("2 seconds")
        yield* tab.close
        const { times } = thrown
        yield* world.passes("1 day")
        assert.isAbove(times, 0)
        assert.strictEqual(thrown.times, times)
      })
    )
  )

  law("twice in a row at the same entry sets it aside, and the others go on", (world) =>
    logged((lines) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* throwsAt(tab, "settle", 2)
        yield* Effect.forkScoped(create(tab, "Acme"))
        yield* Effect.forkScoped(create(tab, "Beta"))
        yield* world.passes("2 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
        const posts = (yield* world.toggl.requests).filter(isCreate)
        assert.strictEqual(posts.length, 2)
        assert.deepStrictEqual(lines.at(-1), "what an entry is set aside for threw: TypeError")
        assert.strictEqual((yield* tab.outbox.status).setAside, 1)
        const [aside] = yield* tab.outbox.entries
        const reason = aside?.reason?._tag === "SetAside" ? aside.reason.error : undefined
        assert.strictEqual(reason?._tag === "Unreachable" ? reason.detail : reason?._tag, "TypeError")
      })
    )
  )
})

describe("what throws beside the replay", () => {
  law("where the device tells of the network, the next word is heard", (world) =>
    logged(() =>
      Effect.gen(function* () {
        const words = { thrown: false, wakes: 0 }
        const wakeUps = Stream.suspend(() => {
          if (words.thrown) return Stream.sync(() => void (words.wakes += 1))
          words.thrown = true
          return Stream.die(new TypeError("no such event"))
        })
        yield* world.open({ wakeUps })
        yield* world.passes("1 second")
        assert.deepStrictEqual(words, { thrown: true, wakes: 1 })
      })
    )
  )

  law("where the app tells of other credentials, the next are heard", (world) =>
    logged(() =>
      Effect.gen(function* () {
        const broken = { thrown: false }
        const source = (own: Credentials.CredentialsService): Credentials.CredentialsService => ({
          ...own,
          changes: Stream.suspend(() => {
            if (broken.thrown) return own.changes
            broken.thrown = true
            return Stream.die(new TypeError("no such event"))
          })
        })
        const tab = yield* world.open({ source, credentials: "none" })
        yield* create(tab, "Acme")
        yield* world.passes("1 second")
        yield* tab.credentials.set(ada)
        yield* world.rests
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  )

  law("where other tabs' steps are read, the next one is read", (world) =>
    logged(() =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const other = yield* opened(world)
        yield* world.rests
        const thrown = yield* throwsAt(other, "load", 1)
        yield* create(tab, "Acme")
        yield* world.passes("5 seconds")
        assert.strictEqual(thrown.times, 1)
        yield* tab.outbox.pause
        yield* create(tab, "Beta")
        yield* world.passes("5 seconds")
        assert.strictEqual((yield* other.outbox.status).waiting, 1)
        yield* tab.outbox.resume
        yield* tab.kill
        yield* world.passes("1 minute")
        assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
      })
    )
  )
})

describe("Web Locks that are only named, or that throw", () => {
  const refuses = () => Promise.reject(new DOMException("", "SecurityError"))
  const throws = () => {
    throw new DOMException("", "SecurityError")
  }
  const kinds = {
    "are undefined": { locks: undefined },
    "are null": { locks: null },
    "have no request": { locks: {} },
    "throw when they are asked for": Object.defineProperty({ locks: undefined }, "locks", { get: throws }),
    "throw when a lock is requested": { locks: { request: throws } },
    "refuse every lock": { locks: { request: refuses } }
  }
  for (const [what, navigator] of Object.entries(kinds)) {
    law(`and ${what} leave it to the books whose turn it is`, (world) =>
      Effect.gen(function* () {
        yield* withGlobal("navigator", navigator)
        const lock = ReplayLock.makeWebLocks("name")
        const [dead, living] = [yield* opened(world, { lock }), yield* opened(world, { lock })]
        const held = yield* dead.holdResult("mark")
        yield* Effect.forkScoped(create(dead, "Acme"))
        yield* held.isDone
        yield* Effect.forkScoped(create(living, "Beta"))
        yield* world.passes("20 seconds")
        // The first one's run stands in the books, and nobody sends beside it.
        assert.deepStrictEqual(yield* world.sent, [])
        yield* dead.kill
        yield* world.passes("2 minutes")
        assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme", "POST /clients Beta"])
        assert.strictEqual((yield* living.outbox.status).queue._tag, "Idle")
        assert.strictEqual((yield* living.clients.list(workspaceId)).length, 2)
      })
    )
  }
})
