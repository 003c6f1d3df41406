import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { colleague, create, last, list, namesIn, send, tokenOf, workspaceId } from "./Wire.js"

describe("a cache in front of reads", () => {
  it.effect(
    "answers with the first answer that the URL got: old body, Date and request id, and no quota is spent",
    () =>
      Effect.gen(function* () {
        const fake = yield* FakeToggl.make({ cachedReads: "always", quotaPerHour: 30 })
        const first = yield* list(fake)
        yield* TestClock.adjust("1 minute")
        assert.strictEqual((yield* create(fake, "A")).headers["x-toggl-quota-remaining"], "28")
        assert.deepStrictEqual(yield* list(fake), first)
        assert.deepStrictEqual(yield* list(fake, "", { authorization: tokenOf(colleague) }), first)
        const record = (yield* fake.requests).at(-1)
        assert.deepInclude(record, { fault: "cachedReads", served: undefined, applied: false })
        assert.strictEqual((yield* create(fake, "B")).headers["x-toggl-quota-remaining"], "27")
      })
  )

  it.effect("knows a URL by its query, or not", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ cachedReads: "always" })
      yield* create(fake, "A")
      yield* list(fake)
      yield* create(fake, "B")
      assert.deepStrictEqual(namesIn(yield* list(fake, "?status=both")), ["A", "B"])
      assert.deepStrictEqual(namesIn(yield* list(fake)), ["A"])
      yield* create(fake, "C")
      yield* fake.configure({ cachedReads: "ignoringQuery" })
      for (const query of ["?status=both", "?name=c", ""]) {
        assert.deepStrictEqual(namesIn(yield* list(fake, query)), ["A"])
      }
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "D" })
      assert.deepInclude((yield* send(fake, "GET", `${id}`)).json, { name: "D" }, "another path is another URL")
    })
  )

  it.effect("can be switched on and off: what was read while it was off is not in it, off forgets what was", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const read = Effect.map(list(fake), namesIn)
      assert.deepStrictEqual(yield* read, [])
      yield* fake.configure({ cachedReads: "always" })
      yield* create(fake, "A")
      assert.deepStrictEqual(yield* read, ["A"])
      yield* create(fake, "B")
      assert.deepStrictEqual(yield* read, ["A"])
      yield* fake.configure({ cachedReads: "never" })
      assert.deepStrictEqual(yield* read, ["A", "B"])
      yield* fake.configure({ cachedReads: "always" })
      assert.deepStrictEqual(yield* read, ["A", "B"])
    })
  )

  it.effect("keeps whole answers of 200 only, whoever gave them, and of reads only", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ cachedReads: "always" })
      yield* fake.inject(Fault.proxyError({ status: 503 }))
      yield* fake.inject(Fault.cutAnswer)
      assert.strictEqual((yield* list(fake)).status, 503)
      assert.strictEqual((yield* Effect.flip(list(fake))).reason, "Decode")
      assert.strictEqual((yield* create(fake, "A")).status, 200)
      assert.strictEqual((yield* create(fake, "A")).status, 400)
      assert.strictEqual((yield* send(fake, "GET", "7")).status, 404)
      yield* fake.inject(Fault.captivePortal)
      const portal = yield* list(fake)
      assert.include(portal.text, "Accept our terms")
      assert.deepStrictEqual(yield* list(fake), portal)
    })
  )

  it.effect("answers without a connection, and uses no fault up", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ cachedReads: "always" })
      yield* list(fake)
      yield* fake.inject(Fault.proxyError())
      assert.strictEqual((yield* list(fake)).status, 200)
      assert.strictEqual((yield* create(fake, "A")).status, 502)
      yield* fake.setDown(true)
      assert.strictEqual((yield* list(fake)).status, 200)
      assert.deepStrictEqual(yield* last(fake), ["cachedReads", false, "Answered"])
      assert.strictEqual((yield* Effect.flip(create(fake, "A"))).reason, "Transport")
    })
  )
})
