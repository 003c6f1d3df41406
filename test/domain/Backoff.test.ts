import { assert, describe, it } from "@effect/vitest"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as FastCheck from "effect/FastCheck"
import * as Random from "effect/Random"
import { backoff, type Backoff, stuckFor } from "../../src/instance/clock.js"
import { firstProbe, nextProbe } from "../../src/instance/decide.js"
import type { Settings } from "../../src/instance/settings.js"

const settings: Backoff = { base: "1 second", cap: "1 minute" }

const drawn = (wait: Effect.Effect<number>, seed: number) => Effect.runSync(Effect.withRandom(wait, Random.make(seed)))

describe("how long the queue waits where no change gets through", () => {
  it("is at first what it waits after any failure", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.nat(5), FastCheck.integer(), (failures, seed) => {
        // 32 seconds are below the cap.
        const length = drawn(stuckFor(settings, failures, 1), seed)
        assert.strictEqual(length, drawn(backoff(settings, failures), seed))
        assert.isBelow(length, 1000 * 2 ** failures)
      })
    )
  })

  it("is a whole cap for each change that was tried, once the cap is reached", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.integer({ min: 6, max: 10_000 }), FastCheck.integer(), (failures, seed) => {
        assert.strictEqual(drawn(stuckFor(settings, failures, 1), seed), 60_000)
        assert.strictEqual(drawn(stuckFor(settings, failures, 2), seed), 120_000)
      })
    )
  })

  it("is a cap from the beginning where the first wait is no shorter", () => {
    assert.strictEqual(drawn(stuckFor({ base: "1 minute", cap: "1 minute" }, 0, 1), 1), 60_000)
  })
})

describe("when what is set aside is tried again", () => {
  const of = (cap: Duration.DurationInput, stillness: number): Settings => ({
    account: "ada",
    patience: Duration.zero,
    stillness,
    backoff: { base: "1 second", cap },
    setAsideAfter: 5,
    merge: true,
    bulk: true,
    conflicts: "LastWriteWins",
    reserve: undefined,
    maxNameBytes: 255,
    fetch: undefined
  })

  const longest = Duration.toMillis("6 hours")

  it("is first when its last attempt can land no more, and not before the longest wait of the queue", () => {
    assert.strictEqual(firstProbe(of("1 minute", 35_000)), 60_000)
    assert.strictEqual(firstProbe(of("10 seconds", 35_000)), 35_000)
  })

  it("is each time twice as long as before, up to six hours", () => {
    const probes: Array<number> = []
    for (let last = 0; probes.length < 12;) probes.push((last = nextProbe(of("1 minute", 35_000), last)))
    const minutes = [1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360, 360]
    assert.deepStrictEqual(
      probes,
      minutes.map((n) => n * 60_000)
    )
  })

  it("is never sooner than at first, nor later than in six hours, whatever was kept", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.nat(longest * 4), FastCheck.integer({ min: 1, max: 100_000 }), (last, stillness) => {
        const next = nextProbe(of("1 minute", stillness), last)
        assert.isAtLeast(next, firstProbe(of("1 minute", stillness)))
        assert.isAtMost(next, longest)
      })
    )
  })
})
