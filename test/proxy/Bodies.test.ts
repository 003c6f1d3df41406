import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { before, clients, request, saying, session, told, upstream, user, verdict } from "./Asking.js"

// Bodies both ways: read to a limit as they come, and passed on whole or not at all.

const client = `${clients}/64890001`

/** A stream of so many bytes in pieces, and how many pieces were asked of it. */
const pieces = (count: number, size: number) => {
  const state = { given: 0, cancelled: false }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (state.given === count) return controller.close()
        state.given++
        controller.enqueue(new Uint8Array(size).fill(0x20))
      },
      cancel: () => {
        state.cancelled = true
      }
    },
    { highWaterMark: 0 }
  )
  return { state, stream }
}

const bytes = (...values: ReadonlyArray<number>) => new Uint8Array(values)

/** A JSON text of exactly so many bytes. */
const jsonOf = (size: number) => JSON.stringify({ notes: "n".repeat(size - '{"notes":""}'.length) })

describe("a request's body", () => {
  for (const [what, body] of [
    ["an object", '{"name":"Ä"}'],
    ["an array", "[1,2]"],
    ["one with white space", ' \n{"a":1}\t'],
    ["numbers as they are written", '{"a":12345678901234567890,"a":1.0}'],
    [
      "500 ids, more than the library ever sends at once",
      JSON.stringify(Array.from({ length: 500 }, (_, i) => 1e15 + i))
    ],
    ["64 kB of it", jsonOf(64_000)]
  ] as const) {
    it(`is passed on as it is: ${what}`, async () => {
      const toggl = saying("[]")
      assert.deepStrictEqual(await verdict(before(toggl)(request("POST", clients, { body }))), [200, null])
      assert.deepStrictEqual(
        toggl.sent.map((sent) => sent.body),
        [body]
      )
    })
  }

  it("is passed on whole where it comes in pieces, also in the middle of a letter", async () => {
    const toggl = saying("[]")
    const whole = new TextEncoder().encode('{"name":"Äöü"}')
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const byte of whole) controller.enqueue(bytes(byte))
        controller.close()
      }
    })
    assert.deepStrictEqual(await verdict(before(toggl)(request("PUT", client, { body }))), [200, null])
    assert.strictEqual(toggl.sent[0]?.body, '{"name":"Äöü"}')
  })

  it("may be missing, and then Toggl gets none and no type of one", async () => {
    const toggl = saying("[]")
    assert.deepStrictEqual(await verdict(before(toggl)(request("POST", `${client}/archive`))), [200, null])
    assert.deepStrictEqual(await verdict(before(toggl)(request("POST", `${client}/restore`, { body: "" }))), [
      200,
      null
    ])
    assert.deepStrictEqual(await verdict(before(toggl)(request("DELETE", client, { body: "" }))), [200, null])
    for (const { body, headers } of toggl.sent) {
      assert.strictEqual(body, "")
      assert.notProperty(headers, "content-type")
    }
  })

  for (const [what, body] of [
    ["text", "name=Acme"],
    ["half an object", '{"name":'],
    ["a JSON text", '"Acme"'],
    ["a JSON number", "7"],
    ["null", "null"],
    ["white space alone", "  "],
    ["two objects", "{}{}"],
    ["no UTF-8", bytes(0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d)],
    ["a letter that is cut", bytes(0x5b, 0x22, 0xc3)],
    ["UTF-16", bytes(0xff, 0xfe, 0x5b, 0, 0x5d, 0)]
  ] as const) {
    it(`is refused before anything is sent: ${what}`, async () => {
      const toggl = saying("[]")
      assert.deepStrictEqual(await verdict(before(toggl)(request("POST", clients, { body }))), [
        400,
        "InvalidConfiguration"
      ])
      assert.isEmpty(toggl.sent)
    })
  }

  it("that is too large is refused before anything is sent, whatever its length is said to be", async () => {
    const toggl = saying("[]")
    const long = request("POST", clients, { body: jsonOf(64_001), headers: { "content-length": "2" } })
    assert.deepStrictEqual(await verdict(before(toggl)(long)), [413, "InvalidConfiguration"])
    assert.isEmpty(toggl.sent)
  })

  it("that has no end is left where it is too large, and not cancelled: its connection is to carry the answer", async () => {
    const toggl = saying("[]")
    const { state, stream } = pieces(Infinity, 1000)
    assert.deepStrictEqual(await verdict(before(toggl)(request("POST", clients, { body: stream }))), [
      413,
      "InvalidConfiguration"
    ])
    assert.deepStrictEqual(state, { given: 65, cancelled: false })
    assert.isEmpty(toggl.sent)
  })

  it("of a DELETE is refused", async () => {
    const toggl = saying("[]")
    assert.deepStrictEqual(await verdict(before(toggl)(request("DELETE", client, { body: "{}" }))), [
      413,
      "InvalidConfiguration"
    ])
    assert.isEmpty(toggl.sent)
  })

  it("that breaks off was not sent on", async () => {
    const toggl = saying("[]")
    const body = new ReadableStream({
      start: (controller) => controller.enqueue(new TextEncoder().encode("{")),
      pull: (controller) => controller.error(new Error("gone"))
    })
    assert.deepStrictEqual(await verdict(before(toggl)(request("POST", clients, { body }))), [503, "Unsent"])
    assert.isEmpty(toggl.sent)
  })

  it("that somebody has read before is not taken for none", async () => {
    const toggl = saying("[]")
    const read = request("POST", `${client}/restore`, { body: '{"projects":[1]}' })
    await read.text()
    assert.deepStrictEqual(await verdict(before(toggl)(read)), [413, "InvalidConfiguration"])
    assert.isEmpty(toggl.sent)
  })

  it("that the app reads for its credentials is not taken for none, either", async () => {
    const toggl = saying("[]")
    const credentials = async (asked: Request) => {
      await asked.text()
      return session
    }
    const asked = request("POST", clients, { body: "{}" })
    assert.deepStrictEqual(await verdict(before(toggl, { credentials })(asked)), [413, "InvalidConfiguration"])
    assert.isEmpty(toggl.sent)
  })

  it("is passed on unchanged or refused, whatever its bytes are", async () => {
    await FastCheck.assert(
      FastCheck.asyncProperty(
        FastCheck.oneof(
          FastCheck.json(),
          FastCheck.string({ unit: "binary" }),
          FastCheck.uint8Array({ maxLength: 40 })
        ),
        async (body) => {
          const toggl = saying("[]")
          const given = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body)
          const [status] = await verdict(before(toggl)(request("POST", clients, { body: given })))
          const [sent] = toggl.sent
          if (sent === undefined) return assert.strictEqual(status, 400)
          assert.deepStrictEqual(new TextEncoder().encode(sent.body), given)
          if (sent.body !== "")
            assert.typeOf(JSON.parse(sent.body), Array.isArray(JSON.parse(sent.body)) ? "array" : "object")
        }
      )
    )
  })
})

describe("an answer's body", () => {
  for (const [what, body] of [
    ["JSON", '[{"id":1,"name":"Ä"}]'],
    ["a sentence", "You have hit your hourly limit for API calls."],
    ["a page", "<html><body>nginx</body></html>"],
    ["nothing", ""],
    ["null", "null"]
  ] as const) {
    it(`is passed on as it is: ${what}`, async () => {
      const answer = await told(before(saying(body, { status: 402 }))(request("GET", clients)))
      assert.deepStrictEqual([answer.status, answer.text, answer.mark], [402, body, null])
    })
  }

  for (const status of [204, 205]) {
    it(`may be none: ${status}`, async () => {
      const answer = await told(before(saying(null, { status }))(request("DELETE", client)))
      assert.deepStrictEqual([answer.status, answer.text, answer.mark], [status, "", null])
    })
  }

  it("of 16 MB is passed on", async () => {
    const { stream } = pieces(16, 1_000_000)
    const answer = await told(before(saying(stream))(request("GET", clients)))
    assert.deepStrictEqual([answer.status, answer.mark, answer.text.length], [200, null, 16_000_000])
  })

  it("that has no end is given up where it is too large, and Toggl may have done it", async () => {
    const { state, stream } = pieces(Infinity, 1_000_000)
    const headers = { "content-length": "2" }
    const answer = await told(before(saying(stream, { headers }))(request("POST", clients, { body: "{}" })))
    assert.deepStrictEqual([answer.status, answer.mark, answer.user], [502, "Unreached", String(user.id)])
    assert.deepStrictEqual(state, { given: 17, cancelled: true })
  })

  it("that breaks off is no answer, whatever its status", async () => {
    const breaking = upstream(() => {
      const body = new ReadableStream({
        start: (controller) => controller.enqueue(new TextEncoder().encode("[{")),
        pull: (controller) => controller.error(new TypeError("terminated"))
      })
      return new Response(body)
    })
    const answer = await told(before(breaking)(request("POST", clients, { body: "{}" })))
    assert.deepStrictEqual([answer.status, answer.mark, answer.user], [502, "Unreached", String(user.id)])
  })
})
