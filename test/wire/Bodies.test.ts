import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as TestClock from "effect/TestClock"
import { answering, failureOf, make, tagAndReason, unknownId, workspaceId } from "./ApiUnderTest.js"

// Law 11: an answer is read within bounds.

const megabyte = 1_000_000

const marked = { headers: { "x-toggl-request-id": "abc123" } }

/** A body of so many megabytes at most, and how much of it was taken. */
const pouring = (megabytes: number, status = 200) => {
  const taken = { megabytes: 0, isCancelled: false }
  const response = () =>
    new Response(
      new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if (taken.megabytes >= megabytes) return controller.close()
          taken.megabytes += 1
          controller.enqueue(new Uint8Array(megabyte).fill(32))
        },
        cancel: () => {
          taken.isCancelled = true
        }
      }),
      { status, ...marked }
    )
  return { taken, response }
}

describe("a body", () => {
  it.effect("that never ends is given up after 16 MB", () =>
    Effect.gen(function* () {
      for (const status of [200, 400, 404]) {
        const { response, taken } = pouring(Infinity, status)
        const api = yield* make(answering(response))
        const error = yield* failureOf(api.get(workspaceId, unknownId))
        assert.strictEqual(tagAndReason(error), "UnexpectedAnswer TooLarge")
        assert.isAtMost(taken.megabytes, 20)
        assert.isTrue(taken.isCancelled)
      }
    })
  )

  it.effect("that never ends says by its status what the status alone says", () =>
    Effect.gen(function* () {
      const api = yield* make(answering(pouring(Infinity, 503).response))
      assert.strictEqual((yield* failureOf(api.get(workspaceId, unknownId)))._tag, "ServerError")
    })
  )

  it.effect("of 16 MB is read", () =>
    Effect.gen(function* () {
      const api = yield* make(answering(pouring(16).response))
      assert.deepEqual(yield* api.list(workspaceId), [])
    })
  )

  it.effect("may come in any pieces, and begin with a byte order mark", () =>
    Effect.gen(function* () {
      const bytes = new TextEncoder().encode(`\uFEFF[{"id":99,"wid":${workspaceId},"name":"Caf\u00e9 😀"}]`)
      const api = yield* make(
        answering(
          () =>
            new Response(
              new ReadableStream<Uint8Array>({
                start: (controller) => {
                  for (const byte of bytes) controller.enqueue(new Uint8Array([byte]))
                  controller.close()
                }
              })
            )
        )
      )
      const [client] = yield* api.list(workspaceId)
      assert.strictEqual(client?.name, "Caf\u00e9 😀")
    })
  )

  it.effect("that cannot be cancelled holds nobody up", () =>
    Effect.gen(function* () {
      const stuck = () =>
        new Response(
          new ReadableStream<Uint8Array>({
            pull: () => new Promise<void>(() => undefined),
            cancel: () => new Promise<void>(() => undefined)
          })
        )
      const api = yield* make(answering(stuck), { requestLimit: "5 seconds" })
      const call = yield* Effect.fork(failureOf(api.list(workspaceId)))
      yield* TestClock.adjust("5 seconds")
      assert.strictEqual(tagAndReason(yield* Fiber.join(call)), "Unreachable TimedOut")
    })
  )

  it.effect("that is nested deeply is told as that, whatever the status means otherwise", () =>
    Effect.gen(function* () {
      for (const status of [200, 400, 404]) {
        const text = '{"error_message":'.repeat(15_000) + '""' + "}".repeat(15_000)
        const api = yield* make(answering(() => new Response(text, { status, ...marked })))
        for (const call of [
          api.list(workspaceId),
          api.create(workspaceId, { name: "Acme" }),
          api.delete(workspaceId, unknownId),
          api.archive(workspaceId, unknownId)
        ]) {
          assert.strictEqual(tagAndReason(yield* failureOf(call)), "UnexpectedAnswer TooDeep")
        }
      }
    })
  )
})

describe("an empty body", () => {
  const named = { id: 99, wid: workspaceId, name: "Acme" }

  it.effect("ends a delete or an archive only once the service was seen to hide its request id", () =>
    Effect.gen(function* () {
      let body = ""
      const api = yield* make(answering(() => new Response(body)))
      const ends = Effect.gen(function* () {
        body = ""
        return [
          (yield* Effect.either(api.delete(workspaceId, unknownId)))._tag,
          (yield* Effect.either(api.archive(workspaceId, unknownId)))._tag
        ]
      })
      assert.deepEqual(yield* ends, ["Left", "Left"])
      // a portal's answers teach nothing
      for (const other of ["<html></html>", '{"offline":true}', "OK", "", "null"]) {
        body = other
        yield* Effect.either(api.list(workspaceId))
        yield* Effect.either(api.get(workspaceId, unknownId))
        yield* Effect.either(api.delete(workspaceId, unknownId))
        yield* Effect.either(api.me)
      }
      assert.deepEqual(yield* ends, ["Left", "Left"])
      body = JSON.stringify(named)
      yield* api.get(workspaceId, unknownId)
      assert.deepEqual(yield* ends, ["Right", "Right"])
      body = '{"offline":true}'
      assert.strictEqual(tagAndReason(yield* failureOf(api.delete(workspaceId, unknownId))), "UnexpectedAnswer Shape")
    })
  )

  it.effect("is not learned from an answer with the request id", () =>
    Effect.gen(function* () {
      let response = () => Response.json([named], marked)
      const api = yield* make(answering(() => response()))
      yield* api.list(workspaceId)
      response = () => new Response("")
      assert.strictEqual(tagAndReason(yield* failureOf(api.delete(workspaceId, unknownId))), "UnexpectedAnswer Shape")
    })
  )
})
