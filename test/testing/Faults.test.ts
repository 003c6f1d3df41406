import { assert, describe, it } from "@effect/vitest"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestClock from "effect/TestClock"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, last, list, names, namesIn, send, workspaceId } from "./Wire.js"

const reasonOf = (error: unknown) =>
  typeof error === "object" && error !== null && "reason" in error ? error.reason : "none"

/** How a call failed, as the caller sees it. */
const failureOf = <A, E, R>(call: Effect.Effect<A, E, R>) =>
  Effect.map(Effect.either(call), (result) => (Either.isLeft(result) ? reasonOf(result.left) : "none"))

/** The status of a call, or how it failed. */
const endOf = <E, R>(call: Effect.Effect<{ readonly status: number }, E, R>) =>
  Effect.match(call, { onFailure: reasonOf, onSuccess: ({ status }) => status })

const ended = <A, E>(fiber: Fiber.RuntimeFiber<A, E>) => Effect.map(Fiber.poll(fiber), Option.isSome)

describe("faults of the connection", () => {
  it.effect("refuse: nothing is done, the caller sees a failed connection, and the next request passes", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.refuse)
      assert.strictEqual(yield* failureOf(create(fake, "A")), "Transport")
      assert.deepStrictEqual(yield* last(fake), ["refuse", false, "Lost"])
      assert.deepStrictEqual(yield* names(fake), [])
      assert.strictEqual((yield* create(fake, "A")).status, 200)
      assert.deepStrictEqual(yield* last(fake), [undefined, true, "Answered"])
    })
  )

  it.effect("loseAnswer: the work is done all the same", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.loseAnswer)
      assert.strictEqual(yield* failureOf(create(fake, "A")), "Transport")
      assert.deepStrictEqual(yield* last(fake), ["loseAnswer", true, "Lost"])
      assert.deepStrictEqual(yield* names(fake), ["A"])
      assert.strictEqual((yield* create(fake, "A")).json, "Name has already been taken")
    })
  )

  it.effect("landLate: the caller hears of a failure at once, and the work is done later", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.landLate("10 seconds"))
      assert.strictEqual(yield* failureOf(create(fake, "A")), "Transport")
      yield* TestClock.adjust("9999 millis")
      assert.deepStrictEqual(yield* names(fake), [])
      assert.deepStrictEqual(yield* last(fake), ["landLate", false, "Lost"])
      yield* TestClock.adjust("1 millis")
      assert.deepStrictEqual(yield* names(fake), ["A"])
      assert.deepStrictEqual(yield* last(fake), ["landLate", true, "Lost"])
      assert.strictEqual((yield* fake.clients(workspaceId))[0]?.at, 10)
    })
  )

  it.effect("landLate: the caller hears nothing, gives up, and the work is done later", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.landLate("10 seconds", { caller: "hearsNothing" }))
      const call = yield* Effect.fork(Effect.timeoutOption(create(fake, "A"), "5 seconds"))
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* Fiber.join(call), Option.none())
      assert.deepStrictEqual(yield* last(fake), ["landLate", false, "Interrupted"])
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* names(fake), ["A"])
    })
  )

  it.effect("a request that lands late meets the rules of that later time", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.landLate("10 seconds"))
      yield* failureOf(create(fake, "A"))
      yield* create(fake, "A")
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* names(fake), ["A"])
      const [late] = yield* fake.requests
      assert.deepStrictEqual([late?.served, late?.applied], [400, false])
    })
  )

  const landings = (fake: FakeToggl.FakeTogglService) =>
    Effect.map(fake.requests, (requests) =>
      requests.map(({ applied, fault, outcome, receivedAt, repeats, served }) => ({
        landing: [receivedAt, fault, repeats],
        service: [served, applied],
        caller: outcome._tag === "Answered" ? outcome.status : outcome._tag
      }))
    )

  it.effect("repeat: one request lands twice, and the caller hears of the second landing only", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ quotaPerHour: 30 })
      yield* fake.inject(Fault.repeat())
      const heard = yield* create(fake, "A")
      assert.deepStrictEqual([heard.status, heard.json], [400, "Name has already been taken"])
      assert.strictEqual(heard.headers["x-toggl-request-id"], "2".padStart(32, "0"))
      assert.strictEqual(heard.headers["x-toggl-quota-remaining"], "28", "both copies count")
      assert.deepStrictEqual(yield* names(fake), ["A"])
      assert.deepStrictEqual(yield* landings(fake), [
        { landing: [0, "repeat", undefined], service: [200, true], caller: "Lost" },
        { landing: [0, undefined, 1], service: [400, false], caller: 400 }
      ])
      const [first, second] = yield* fake.requests
      assert.deepStrictEqual([first?.body, second?.body], [{ name: "A" }, { name: "A" }])
    })
  )

  it.effect("repeat, after a while: the caller waits, and others come in between", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "A" })
      yield* fake.inject(Fault.repeat({ after: "10 seconds" }))
      const call = yield* Effect.fork(send(fake, "PUT", `${id}`, { body: { name: "B" } }))
      yield* TestClock.adjust("9 seconds")
      assert.isFalse(yield* ended(call))
      assert.deepStrictEqual(yield* names(fake), ["B"])
      yield* send(fake, "PUT", `${id}`, { body: { name: "C" } })
      yield* TestClock.adjust("1 second")
      assert.deepInclude((yield* Fiber.join(call)).json, { name: "B", at: "1970-01-01T00:00:10+00:00" })
      assert.deepStrictEqual(yield* names(fake), ["B"], "the second copy undoes what came in between")
      assert.deepStrictEqual(yield* landings(fake), [
        { landing: [0, "repeat", undefined], service: [200, true], caller: "Lost" },
        { landing: [9000, undefined, undefined], service: [200, true], caller: 200 },
        { landing: [10_000, undefined, 1], service: [200, true], caller: 200 }
      ])
    })
  )

  it.effect("repeat: the second copy lands though the caller has given up", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ uniqueNames: false })
      yield* fake.inject(Fault.repeat({ after: "10 seconds" }))
      const call = yield* Effect.fork(create(fake, "A"))
      yield* TestClock.adjust("5 seconds")
      yield* Fiber.interrupt(call)
      yield* TestClock.adjust("5 seconds")
      assert.deepStrictEqual(yield* names(fake), ["A", "A"])
      assert.deepStrictEqual(yield* landings(fake), [
        { landing: [0, "repeat", undefined], service: [200, true], caller: "Interrupted" },
        { landing: [10_000, undefined, 1], service: [200, true], caller: "Interrupted" }
      ])
    })
  )

  it.effect("repeat, the caller fails: it sees a lost connection at once, and the second copy lands all the same", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      for (const after of [undefined, "10 seconds"] as const) {
        yield* fake.clearRequests
        const { id } = yield* fake.edit.createClient(workspaceId, { name: after ?? "now" })
        yield* fake.inject(Fault.repeat({ caller: "fails", ...(after === undefined ? {} : { after }) }))
        assert.strictEqual(yield* failureOf(send(fake, "DELETE", `${id}`)), "Transport")
        yield* TestClock.adjust(after ?? "0 seconds")
        const records = yield* landings(fake)
        assert.deepStrictEqual(
          records.map(({ caller, service }) => [...service, caller]),
          [
            [200, true, "Lost"],
            [404, false, "Lost"]
          ]
        )
        assert.strictEqual(records[1]?.landing[0], after === undefined ? 0 : 10_000)
      }
    })
  )

  it.effect("hang: no answer ever comes, with or without the work", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      for (const applied of [false, true]) {
        yield* fake.inject(Fault.hang({ applied }))
        const call = yield* Effect.fork(create(fake, `${applied}`))
        yield* fake.awaitRequest((request) => request.fault === "hang" && request.applied === applied)
        yield* TestClock.adjust("10 days")
        assert.isFalse(yield* ended(call))
        yield* Fiber.interrupt(call)
        assert.deepStrictEqual(yield* last(fake), ["hang", applied, "Interrupted"])
      }
      assert.deepStrictEqual(yield* names(fake), ["true"])
    })
  )

  it.effect("setDown: every connection is refused until told otherwise, and counted faults are kept", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.loseAnswer)
      yield* fake.setDown(true)
      assert.strictEqual(yield* failureOf(create(fake, "A")), "Transport")
      assert.strictEqual(yield* failureOf(create(fake, "A")), "Transport")
      assert.deepStrictEqual(yield* last(fake), ["down", false, "Lost"])
      yield* fake.setDown(false)
      assert.strictEqual(yield* failureOf(create(fake, "A")), "Transport")
      assert.deepStrictEqual(yield* last(fake), ["loseAnswer", true, "Lost"])
      assert.deepStrictEqual(namesIn(yield* list(fake)), ["A"])
    })
  )

  it.effect("cutAnswer: the answer breaks off after the work is done", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.cutAnswer)
      assert.strictEqual(yield* failureOf(create(fake, "A")), "Decode")
      assert.deepStrictEqual(yield* names(fake), ["A"])
    })
  )

  it.effect("stallAnswer: the answer begins and never ends", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.stallAnswer)
      const call = yield* Effect.fork(Effect.timeoutOption(create(fake, "A"), "5 seconds"))
      yield* fake.awaitRequest((request) => request.outcome._tag === "Answered")
      yield* TestClock.adjust("4 seconds")
      assert.isFalse(yield* ended(call))
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Fiber.join(call), Option.none())
      assert.deepStrictEqual(yield* names(fake), ["A"])
    })
  )
})

describe("faults of time", () => {
  it.effect("delay: the work is done at the end, and giving up before cancels it", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.delay("2 seconds"), { times: 2 })
      const call = yield* Effect.fork(create(fake, "A"))
      yield* TestClock.adjust("1999 millis")
      assert.deepStrictEqual(yield* names(fake), [])
      yield* TestClock.adjust("1 millis")
      assert.strictEqual((yield* Fiber.join(call)).status, 200)
      const given = yield* Effect.fork(create(fake, "B"))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(given)
      yield* TestClock.adjust("1 day")
      assert.deepStrictEqual(yield* names(fake), ["A"])
      assert.deepStrictEqual(yield* last(fake), ["delay", false, "Interrupted"])
    })
  )

  it.effect("delay, work first: giving up leaves it done", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.delay("2 seconds", { work: "first" }))
      const call = yield* Effect.fork(create(fake, "A"))
      yield* TestClock.adjust("1 second")
      yield* Fiber.interrupt(call)
      assert.deepStrictEqual(yield* names(fake), ["A"])
    })
  )

  it.effect("hold: the answer waits for whatever one likes", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const gate = yield* Deferred.make<void>()
      yield* fake.inject(Fault.hold(Deferred.await(gate)))
      const call = yield* Effect.fork(create(fake, "A"))
      yield* fake.awaitRequest((request) => request.method === "POST")
      assert.isFalse(yield* ended(call))
      assert.strictEqual((yield* create(fake, "B")).status, 200, "others pass")
      yield* Deferred.succeed(gate, undefined)
      yield* Fiber.join(call)
      assert.deepStrictEqual(yield* names(fake), ["B", "A"])
    })
  )

  it.effect("delayed: any other fault, later", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.delayed(Fault.loseAnswer, "30 seconds"))
      const call = yield* Effect.fork(failureOf(create(fake, "A")))
      yield* TestClock.adjust("29 seconds")
      assert.isFalse(yield* ended(call))
      assert.deepStrictEqual(yield* names(fake), ["A"])
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* Fiber.join(call), "Transport")
    })
  )
})

describe("which requests a fault meets", () => {
  it.effect("the next so many, in the order of injection", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.proxyError(), { times: 2 })
      yield* fake.inject(Fault.proxyError({ status: 503 }))
      const statuses = yield* Effect.all([list(fake), list(fake), list(fake), list(fake)])
      assert.deepStrictEqual(
        statuses.map((sent) => sent.status),
        [502, 502, 503, 200]
      )
    })
  )

  it.effect("those that match, and the others do not use it up", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.proxyError(), { when: (request) => request.method === "POST" })
      assert.strictEqual((yield* list(fake)).status, 200)
      assert.strictEqual((yield* create(fake, "A")).status, 502)
      assert.strictEqual((yield* create(fake, "A")).status, 200)
      const matches = (request: { readonly body: unknown }) => JSON.stringify(request.body) === '{"name":"B"}'
      yield* fake.inject(Fault.proxyError(), { when: matches, times: "always" })
      assert.strictEqual((yield* create(fake, "B")).status, 502)
      assert.strictEqual((yield* create(fake, "C")).status, 200)
      assert.strictEqual((yield* create(fake, "B")).status, 502)
    })
  )

  it.effect("those from the n-th on, for ever: what others meet meanwhile changes nothing", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "A" })
      const isUpdate = (request: { readonly method: string; readonly path: string }) =>
        request.method === "PUT" && request.path.endsWith(`/${id}`)
      yield* fake.inject(Fault.proxyError({ status: 503 }), { when: isUpdate, skip: 2, times: Infinity })
      yield* fake.inject(Fault.refuse, { when: isUpdate })
      const update = endOf(send(fake, "PUT", `${id}`, { body: { name: "A" } }))
      assert.strictEqual(yield* update, "Transport", "a skipped one may meet another")
      assert.strictEqual(yield* update, 200)
      assert.strictEqual((yield* list(fake)).status, 200)
      assert.deepStrictEqual(yield* Effect.all([update, update, update]), [503, 503, 503])
      yield* fake.inject(Fault.proxyError({ status: 504 }), { when: isUpdate })
      assert.deepStrictEqual(yield* Effect.all([update, update]), [504, 503], "a counted one goes first")
    })
  )

  it.effect("so many from the n-th on", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.proxyError(), { skip: 1, times: 2 })
      const statuses = yield* Effect.all([list(fake), list(fake), list(fake), list(fake)])
      assert.deepStrictEqual(
        statuses.map((sent) => sent.status),
        [200, 502, 502, 200]
      )
    })
  )

  it.effect("every one until taken back; counted ones go first, and of the persistent ones the latest", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const status = Effect.map(list(fake), (sent) => sent.status)
      yield* fake.inject(Fault.proxyError({ status: 502 }), { times: "always" })
      const { takeBack } = yield* fake.inject(Fault.proxyError({ status: 503 }), { times: "always" })
      yield* fake.inject(Fault.proxyError({ status: 504 }))
      assert.strictEqual(yield* status, 504)
      assert.strictEqual(yield* status, 503)
      assert.strictEqual(yield* status, 503)
      yield* takeBack
      assert.strictEqual(yield* status, 502)
      yield* fake.clearFaults
      assert.strictEqual(yield* status, 200)
    })
  )
})

describe("interruption", () => {
  it.effect("a call interrupted before it is met does nothing and is recorded as given up", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* fake.inject(Fault.hold(Effect.never))
      const call = yield* Effect.fork(create(fake, "A"))
      yield* fake.awaitRequest(() => true)
      const exit = yield* Fiber.interrupt(call)
      assert.isTrue(Exit.isInterrupted(exit))
      assert.deepStrictEqual(yield* last(fake), ["hold", false, "Interrupted"])
      assert.deepStrictEqual(yield* names(fake), [])
    })
  )
})
