import { assert, describe } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { ClientError, type Status } from "../../src/index.js"
import { version } from "../../src/log/entry.js"
import { Fault } from "../../src/testing/index.js"
import { create, heard, isCreate, isList, isMe, limited, offline, opened, queued, setAside } from "../Requests.js"
import { law, type Tab, type TabOptions, workspaceId, type World } from "../World.js"

// Laws 4 and 12: a wait ends when what is done next may be something else, and who watches hears of it as who asks does.

/** The status as those who watch have heard it last. */
const watching = (tab: Tab) => Effect.map(heard(tab), (all) => Effect.map(all, (statuses) => statuses.at(-1)))

const untilOf = ({ queue }: Status.Status): number =>
  queue._tag === "Waiting" && queue.for._tag === "BackingOff" ? queue.for.until : 0

/** The queue backs off for three minutes or more. */
const backingOff = (world: World, options?: TabOptions) =>
  Effect.gen(function* () {
    const tab = yield* opened(world, options)
    const fault = yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isCreate, times: "always" })
    yield* create(tab, "Acme")
    const statuses = yield* heard(tab)
    const last = Effect.map(statuses, (all) => all.at(-1))
    while (untilOf(yield* tab.outbox.status) - (yield* Clock.currentTimeMillis) < 180_000) {
      yield* world.passes("1 second")
    }
    yield* fault.takeBack
    return { tab, last, statuses }
  })

describe("what is set aside is tried when its time comes", () => {
  law("before a row of a newer version", (world) =>
    Effect.gen(function* () {
      const { fault, tab } = yield* setAside(world)
      yield* offline(world, tab)
      yield* create(tab, "Later")
      const last = (yield* tab.outbox.entries).at(-1)?.seq ?? 0
      yield* tab.kill
      yield* world.changeRow(last, () => ({ version: version + 1, what: "is not known here" }))
      yield* world.toggl.setDown(false)
      yield* fault.takeBack
      const next = yield* world.open()
      const watched = yield* watching(next)
      yield* world.passes("3 days")
      assert.deepStrictEqual(yield* world.names, ["Free", "Poison"])
      assert.deepStrictEqual((yield* watched)?.queue, (yield* next.outbox.status).queue)
    })
  )

  law("where the credentials were once refused", (world) =>
    Effect.gen(function* () {
      const { fault, tab } = yield* setAside(world)
      yield* tab.kill
      yield* fault.takeBack
      const next = yield* world.open()
      yield* world.toggl.inject(Fault.refusal(403, null), { when: isMe })
      yield* next.outbox.discard(queued(yield* create(next, "Given up")))
      const watched = yield* watching(next)
      yield* world.passes("3 days")
      assert.deepStrictEqual(yield* world.names, ["Free", "Poison"])
      assert.deepStrictEqual((yield* watched)?.queue, (yield* next.outbox.status).queue)
    })
  )
})

describe("who watches hears", () => {
  law("that a time which Toggl named has ended while a look-up is on the wire", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      const watched = yield* watching(tab)
      yield* world.toggl.inject(Fault.hang(), { when: isList })
      yield* world.toggl.inject(limited("5"), { when: isList })
      yield* world.clearRequests
      yield* Effect.forkScoped(
        Effect.zipRight(
          world.toggl.awaitRequest(isList),
          Effect.exit(tab.clients.list(workspaceId, { freshness: "Toggl" }))
        )
      )
      while ((yield* world.requests).length < 2) yield* world.passes("100 millis")
      assert.deepNestedInclude(yield* watched, { "queue.for._tag": "RateLimited" })
      yield* world.passes("6 seconds")
      assert.deepStrictEqual((yield* watched)?.queue, (yield* tab.outbox.status).queue)
    })
  )

  law("that the source of credentials is asked again", (world) =>
    Effect.gen(function* () {
      let cannotTell = false
      const { last, tab } = yield* backingOff(world, {
        source: (source) => ({
          ...source,
          get: Effect.suspend(() => (cannotTell ? Effect.fail(new ClientError.CredentialsUnavailable({})) : source.get))
        })
      })
      cannotTell = true
      yield* Effect.exit(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.passes("10 seconds")
      assert.deepStrictEqual((yield* last)?.queue, (yield* tab.outbox.status).queue)
    })
  )

  law("that refused credentials are tried again", (world) =>
    Effect.gen(function* () {
      const { last, tab } = yield* backingOff(world)
      yield* world.toggl.inject(Fault.refusal(401, null), { when: isList })
      yield* Effect.exit(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* world.passes("61 seconds")
      assert.deepStrictEqual((yield* last)?.queue, (yield* tab.outbox.status).queue)
    })
  )

  law(
    "that a short time which Toggl named to a read has taken a long backoff's place: what waits is sent then",
    (world) =>
      Effect.gen(function* () {
        const { last, tab } = yield* backingOff(world)
        yield* world.toggl.inject(limited("5"), { when: isList })
        yield* Effect.exit(tab.clients.list(workspaceId, { freshness: "Toggl" }))
        yield* world.passes("10 seconds")
        assert.deepStrictEqual((yield* last)?.queue, (yield* tab.outbox.status).queue)
        yield* world.passes("50 seconds")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
  )

  law(
    "that a quota starts anew",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const watched = yield* watching(tab)
        yield* create(tab, "Acme")
        assert.lengthOf((yield* tab.outbox.status).quota, 1)
        yield* world.passes("2 hours")
        assert.lengthOf((yield* tab.outbox.status).quota, 0)
        assert.deepStrictEqual(yield* watched, yield* tab.outbox.status)
      }),
    { toggl: { quotaPerHour: 30 } }
  )

  law(
    "of a quota that a refused read has told",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const watched = yield* watching(tab)
        yield* world.rests
        const headers = {
          "x-toggl-quota-remaining": "3",
          "x-toggl-quota-resets-in": "1800",
          "x-toggl-request-id": "a"
        }
        yield* world.toggl.inject(Fault.respond({ status: 500, headers, body: '"no"' }), { when: isList })
        yield* Effect.exit(tab.clients.list(workspaceId, { freshness: "Toggl" }))
        yield* world.rests
        assert.strictEqual((yield* watched)?.quota[0]?.remaining, 3)
        assert.deepStrictEqual(yield* watched, yield* tab.outbox.status)
      }),
    { toggl: { quotaPerHour: 30 } }
  )

  law("no status twice, though the time that is left is counted by a finer clock", (world) =>
    Effect.gen(function* () {
      const { statuses, tab } = yield* backingOff(world)
      yield* world.rests
      const before = (yield* statuses).length
      for (let read = 0; read < 5; read++) {
        yield* world.passes(777)
        yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
        yield* world.rests
      }
      assert.lengthOf(yield* statuses, before)
    })
  )
})

describe("a tab without credentials", () => {
  law("does not say that the queue replays once the tab that did has died", (world) =>
    Effect.gen(function* () {
      const signedOut = yield* world.open({ credentials: "none" })
      yield* create(signedOut, "Acme")
      yield* world.toggl.inject(Fault.hang(), { when: isCreate })
      const tab = yield* world.open()
      const watched = yield* watching(signedOut)
      yield* world.passes("5 seconds")
      assert.deepNestedInclude(yield* watched, { "queue._tag": "Replaying" })
      yield* tab.kill
      yield* world.passes("1 minute")
      const paused = { _tag: "Paused", reason: "SignInNeeded" } as const
      assert.deepStrictEqual((yield* signedOut.outbox.status).queue, paused)
      assert.deepStrictEqual((yield* watched)?.queue, paused)
    })
  )
})
