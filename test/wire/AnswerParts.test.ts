import { afterEach, assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import { vi } from "vitest"
import * as ServerAnswer from "../../src/wire/answer.js"
import { sanitize } from "../../src/wire/text.js"
import { type AnswerHeaders, quotaOf } from "../../src/wire/headers.js"

const now = Date.parse("2026-03-01T12:00:00Z")
const html = "<!doctype html><html><body>502 Bad Gateway</body></html>"

const leftOf = <A, E>(result: Either.Either<A, E>): E => Either.getOrThrowWith(Either.flip(result), () => new Error())

afterEach(() => {
  vi.unstubAllEnvs()
})

describe("the time to wait", () => {
  const after = (headers: AnswerHeaders, status = 429) => {
    const error = leftOf(ServerAnswer.get({}, { status, text: html, headers, now }))
    return "retryAfter" in error ? error.retryAfter : undefined
  }

  it("is read as seconds and as each of HTTP's three dates, whatever the time zone", () => {
    vi.stubEnv("TZ", "Asia/Tokyo")
    assert.strictEqual(after({ "retry-after": "0" }), 0)
    assert.strictEqual(after({ "retry-after": " 120 " }), 120_000)
    const date = "Sun, 01 Mar 2026 12:00:00 GMT"
    for (const later of [
      "Sun, 01 Mar 2026 12:01:30 GMT",
      "Sunday, 01-Mar-26 12:01:30 GMT",
      "Sun Mar  1 12:01:30 2026"
    ]) {
      assert.strictEqual(after({ "retry-after": later, date }), 90_000, later)
    }
    assert.strictEqual(after({ "retry-after": "60" }, 503), 60_000)
  })

  it("is the longest where a proxy has joined several, seconds and dates", () => {
    const date = "Sun, 01 Mar 2026 12:00:00 GMT"
    const [soon, later] = ["Sun, 01 Mar 2026 12:01:00 GMT", "Sun, 01 Mar 2026 12:05:00 GMT"]
    for (const several of [`${soon}, ${later}`, `60, ${later}`, `${later}, 60`, `300, ${soon}`, `${later},${later}`]) {
      assert.strictEqual(after({ "retry-after": several, date }), 300_000, several)
    }
    assert.strictEqual(after({ "retry-after": later, date: `${date}, ${date}` }), 300_000)
    // Two clocks say nothing.
    assert.strictEqual(after({ "retry-after": later, date: `Sun, 01 Mar 2026 12:04:00 GMT, ${date}` }), 300_000)
  })

  it("takes a date against the answer's own, and against our clock only where there is none", () => {
    const later = "Sun, 01 Mar 2026 12:05:10 GMT"
    assert.strictEqual(after({ "retry-after": later, date: "Sun, 01 Mar 2026 12:05:00 GMT" }), 10_000)
    assert.strictEqual(after({ "retry-after": later }), 310_000)
    assert.strictEqual(after({ "retry-after": later, date: "yesterday" }), 310_000)
    assert.strictEqual(after({ "retry-after": "Sat, 28 Feb 2026 00:00:00 GMT" }), 0)
  })

  it("is an hour at most, and ten minutes where the answer has no request id", () => {
    const id = { "x-toggl-request-id": "0f0e" }
    for (const retryAfter of ["999999999", "5, 999999999", "Fri, 31 Dec 9999 23:59:59 GMT"]) {
      for (const status of [429, 503]) {
        assert.strictEqual(after({ "retry-after": retryAfter, ...id }, status), 3_600_000, retryAfter)
        assert.strictEqual(after({ "retry-after": retryAfter }, status), 600_000, retryAfter)
      }
    }
    const in1970 = { "retry-after": "Sun, 01 Mar 2026 12:00:10 GMT", date: "Thu, 01 Jan 1970 00:00:00 GMT" }
    assert.strictEqual(after({ ...in1970, ...id }), 3_600_000)
    assert.strictEqual(after(in1970), 600_000)
  })

  it("is missing where it is garbled", () => {
    for (const value of ["", "soon", "-5", "1e3", "Monday 5", "9".repeat(30), "Sun, 99 Xyz 2026 99:99:99 GMT"]) {
      assert.isUndefined(after({ "retry-after": value }), value)
    }
    assert.isUndefined(after({}))
  })
})

describe("the quota", () => {
  it("is what the headers state, in milliseconds", () => {
    const both = { "x-toggl-quota-remaining": "29", "x-toggl-quota-resets-in": "3600" }
    assert.deepStrictEqual(quotaOf(both), { remaining: 29, resetsIn: 3_600_000 })
    assert.deepStrictEqual(quotaOf({ "x-toggl-quota-remaining": "-1" }), { remaining: -1 })
    assert.isUndefined(quotaOf({ "x-toggl-quota-resets-in": "3600" }))
    assert.isUndefined(quotaOf({ ...both, "x-toggl-quota-remaining": "many" }))
  })
})

describe("a text of the server's", () => {
  it("is plain and short", () => {
    assert.strictEqual(sanitize("  a\u001b[31mb\r\nc\u2028d "), "a [31mb  c d")
    assert.strictEqual(sanitize(html), "")
    assert.strictEqual(sanitize("x".repeat(1000)).length, 300)
    assert.strictEqual(sanitize("x".repeat(299) + "😀"), "x".repeat(299))
  })

  it("loses a credential in each form in which it may come back", () => {
    const secret = 'p4ss"wörd/+ &?\t'
    const base64 = Buffer.from(secret).toString("base64")
    const forms = [
      secret,
      secret.toUpperCase(),
      `Basic ${base64}`,
      base64.replace(/=+$/, ""),
      Buffer.from(secret).toString("base64url"),
      encodeURIComponent(secret),
      encodeURIComponent(secret).toLowerCase(),
      encodeURIComponent(base64),
      new URLSearchParams({ secret }).toString(),
      JSON.stringify({ secret })
    ]
    for (const form of forms) {
      const shown = sanitize(`before ${form} after`, [secret])
      assert.notInclude(shown.toLowerCase(), "p4ss", form)
      assert.notInclude(shown, base64.slice(0, 12), form)
      assert.match(shown, /^before .*after$/)
    }
  })

  it("loses a credential that the cut would have left in parts, and ignores an empty one", () => {
    const shown = sanitize("x".repeat(290) + "0123456789abcdef", ["", "0123456789abcdef"])
    assert.strictEqual(shown, "x".repeat(290) + "•••")
  })

  it("never shows a credential, whatever it is and whatever stands around it", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.string({ unit: "binary", minLength: 1 }),
        FastCheck.array(FastCheck.string()),
        (secret, around) => {
          FastCheck.pre(!secret.includes("•") && secret.trim() !== "")
          assert.notInclude(sanitize(around.join(secret), [secret]), secret)
        }
      )
    )
  })
})
