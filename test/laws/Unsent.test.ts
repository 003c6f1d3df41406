import * as FetchHttpClient from "@effect/platform/FetchHttpClient"
import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ClientsApi } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import {
  create,
  isUpdate,
  offline,
  online,
  opened,
  queued,
  setAside,
  standing,
  waitsFor,
  withAcme
} from "../Requests.js"
import { law, workspaceId, type World } from "../World.js"

// Law 3: of what surely never left nothing is looked up. Law 9: it is no attempt.

/** A tab whose own `fetch` is asked for changes, and rejects those that say this with `reason` as long as it is cut. */
const withFetch = (world: World, reason: unknown, says = "") =>
  Effect.gen(function* () {
    const platforms = yield* HttpClient.HttpClient.pipe(Effect.provide(FetchHttpClient.layer))
    const wire = { isCut: true, asked: 0 }
    const fetch: typeof globalThis.fetch = () => {
      wire.asked++
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
      return Promise.reject(reason)
    }
    const isHeld = (request: Parameters<Parameters<typeof HttpClient.transform>[1]>[1]) =>
      wire.isCut && request.method !== "GET" && JSON.stringify(request.body.toJSON()).includes(says)
    const tab = yield* opened(world, {
      fetch,
      transformClient: (client) =>
        HttpClient.transform(client, (sending, request) => (isHeld(request) ? platforms.execute(request) : sending))
    })
    return { tab, wire }
  })

/** As another copy of this library, or another realm, would have it. */
const foreign = () =>
  Object.assign(new TypeError("the tunnel is down"), { [Symbol.for("effect-toggl-clients/Unsent")]: true })

const attempts = (tab: Parameters<typeof standing>[0]) =>
  Effect.map(tab.outbox.entries, (entries) => entries.map(({ attempts }) => attempts))

describe("a fetch of the app's own that says that a request never left", () => {
  for (const [what, reason] of [
    ["by the class", new ClientsApi.Unsent("the tunnel is down")],
    ["by another copy's", foreign()]
  ] as const) {
    law(`is believed: nothing is looked up, and it is no attempt (${what})`, (world) =>
      Effect.gen(function* () {
        const { tab, wire } = yield* withFetch(world, reason)
        const receipt = yield* create(tab, "Acme")
        assert.strictEqual(waitsFor(receipt), "BackingOff")
        if (receipt._tag === "Queued" && receipt.reason._tag === "BackingOff") {
          const { error } = receipt.reason
          assert.strictEqual(error?._tag === "Unreachable" ? error.reason : error?._tag, "Unsent")
        }
        yield* world.passes("1 minute")
        assert.isAbove(wire.asked, 1)
        assert.deepStrictEqual(yield* attempts(tab), [0])
        wire.isCut = false
        yield* world.passes("2 minutes")
        assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme"])
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }

  law("does not stop the others: what it never lets go is set aside, and not looked up", (world) =>
    Effect.gen(function* () {
      const { tab, wire } = yield* withFetch(world, new ClientsApi.Unsent("too large"), "Poison")
      yield* create(tab, "Poison")
      yield* create(tab, "Free")
      yield* world.passes("1 day")
      assert.deepStrictEqual(yield* world.names, ["Free"])
      assert.deepStrictEqual(yield* standing(tab), ["SetAside"])
      assert.deepStrictEqual(yield* attempts(tab), [0])
      wire.isCut = false
      yield* tab.outbox.replayNow
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Free", "POST /clients Poison"])
    })
  )

  law("is not believed by another word: a rejection like any other is looked up", (world) =>
    Effect.gen(function* () {
      const { tab, wire } = yield* withFetch(world, new TypeError("Unsent"))
      yield* create(tab, "Acme")
      wire.isCut = false
      yield* world.passes("2 minutes")
      assert.strictEqual((yield* world.requests)[0], "GET /clients")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

describe("the attempts that are shown", () => {
  law("do not grow while the device says that it is offline", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const entry = queued(yield* create(tab, "Acme"))
      for (let i = 0; i < 5; i++) {
        yield* world.passes("5 minutes")
        yield* tab.outbox.replayNow
      }
      yield* world.rests
      assert.deepStrictEqual(yield* attempts(tab), [0])
      yield* tab.close
      const again = yield* world.open()
      yield* offline(world, again)
      yield* again.outbox.replayNow
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* attempts(again), [0])
      yield* online(world, again)
      yield* world.passes("1 minute")
      assert.strictEqual((yield* again.outbox.outcome(entry))._tag, "Done")
    })
  )

  law("count what may have left", (world) =>
    Effect.gen(function* () {
      const { fault, tab } = yield* setAside(world)
      yield* fault.takeBack
      assert.isAbove((yield* attempts(tab))[0] ?? 0, 4)
    })
  )

  law("count an update that failed once, and not that the device was offline then", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.refuse, { when: isUpdate })
      yield* tab.clients.update(workspaceId, acme, { notes: "net 60" })
      yield* offline(world, tab)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* attempts(tab), [1])
      yield* online(world, tab)
      yield* world.passes("10 minutes")
      assert.lengthOf(
        (yield* world.requests).filter((request) => request.startsWith("PUT")),
        2
      )
    })
  )
})
