import { assert, describe, it, vi } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Random from "effect/Random"
import * as Schema from "effect/Schema"
import { uuid as make } from "../../src/ids.js"

const isUuid = Schema.is(Schema.UUID)
const seeded = (seed: number) => Effect.runSync(Effect.withRandom(Effect.all([make, make]), Random.make(seed)))

describe("a UUID", () => {
  it("is of version 4, another each time, and the same again from the same chance", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.integer(), (seed) => {
        const [first, second] = seeded(seed)
        assert.isTrue(isUuid(first))
        assert.match(first, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
        assert.notStrictEqual(first, second)
        assert.deepStrictEqual(seeded(seed), [first, second])
      })
    )
  })

  it("comes from a secure source, unless the app has set another", () => {
    const secure = vi.spyOn(crypto, "getRandomValues")
    // many words are drawn at once
    for (let made = 0; made < 100; made++) assert.isTrue(isUuid(Effect.runSync(make)))
    assert.isAbove(secure.mock.calls.length, 0)
    secure.mockClear()
    for (let seed = 0; seed < 100; seed++) seeded(seed)
    assert.strictEqual(secure.mock.calls.length, 0)
    secure.mockRestore()
  })

  it("is one also where chance is fixed at its ends", () => {
    for (const end of [0, 1]) assert.isTrue(isUuid(Effect.runSync(Effect.withRandom(make, Random.fixed([end])))))
  })

  it("leaves no digit without chance but those that say its version", () => {
    const seen = Array.from({ length: 36 }, () => new Set<string>())
    for (let seed = 0; seed < 200; seed++) [...seeded(seed)[0]].forEach((digit, at) => seen[at]?.add(digit))
    const fixed = [8, 13, 14, 18, 23]
    seen.forEach((digits, at) => {
      if (fixed.includes(at)) assert.strictEqual(digits.size, 1)
      else assert.isAtLeast(digits.size, at === 19 ? 4 : 12, `digit ${at}`)
    })
  })
})
