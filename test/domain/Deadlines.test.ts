import { assert, describe, it } from "@effect/vitest"
import * as FastCheck from "effect/FastCheck"
import { Deadlines } from "../../src/instance/clock.js"
import { entryId } from "../store/StoreUnderTest.js"

const minute = () => 60_000

describe("a deadline", () => {
  it("is fixed when it is first seen, and another occasion has its own", () => {
    const { waits } = new Deadlines()
    assert.isFalse(waits.has("seen at 1"))
    assert.strictEqual(waits.until("seen at 1", 1000, minute), 61_000)
    assert.strictEqual(waits.until("seen at 1", 50_000, minute), 61_000)
    assert.strictEqual(waits.until("seen at 2", 50_000, minute), 110_000)
    assert.isTrue(waits.has("seen at 1"))
  })

  it("stays while it is asked for, however many others are heard of", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.array(FastCheck.nat(20)), (others) => {
        const { waits } = new Deadlines()
        for (const other of others) {
          assert.strictEqual(waits.until("the queue's", 0, minute), 60_000)
          waits.until(`other ${other}`, 0, minute)
        }
      })
    )
  })

  it("goes with its entry", () => {
    const deadlines = new Deadlines()
    for (let n = 1; n <= 3; n++) {
      deadlines.ofEntry(entryId(n)).until("attempt 1", 0, minute)
      deadlines.ofEntry(entryId(n)).until("aside 1", 0, minute)
    }
    deadlines.forget(entryId(1))
    assert.strictEqual(deadlines.size, 4)
    deadlines.keepOnly((id) => id === entryId(3))
    assert.strictEqual(deadlines.size, 2)
    assert.isTrue(deadlines.ofEntry(entryId(3)).has("attempt 1"))
  })

  it("is one of few, after any time: a day of waits, quotas and attempts leaves no trail", () => {
    const deadlines = new Deadlines()
    for (let n = 0; n < 10_000; n++) {
      deadlines.waits.until(`seen at ${n}`, n, minute)
      deadlines.ofQuota(1).until(`${n} left`, n, minute)
      deadlines.ofEntry(entryId(7)).until(`attempt ${n}`, n, minute)
      deadlines.ofEntry(entryId(n)).until("attempt 1", n, minute)
      if (n !== 7) deadlines.forget(entryId(n))
    }
    assert.isAtMost(deadlines.size, 3 * 8)
  })
})
