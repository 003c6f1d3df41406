import { assert, describe, it } from "@effect/vitest"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import * as TestContext from "effect/TestContext"
import { makeTimer, type Timer } from "../../src/effect/timer.js"

type Step =
  | { readonly _tag: "Start"; readonly millis: number }
  | { readonly _tag: "Stop"; readonly which: number }
  | { readonly _tag: "Pass"; readonly millis: number }

const steps = FastCheck.array(
  FastCheck.oneof<Array<FastCheck.Arbitrary<Step>>>(
    FastCheck.record({ _tag: FastCheck.constant("Start" as const), millis: FastCheck.integer({ min: -1, max: 20 }) }),
    FastCheck.record({ _tag: FastCheck.constant("Stop" as const), which: FastCheck.nat(9) }),
    FastCheck.record({ _tag: FastCheck.constant("Pass" as const), millis: FastCheck.nat(10) })
  ),
  { maxLength: 40 }
)

/** Something that is timed, and how often it was given up by now. */
class Timed {
  readonly until: number
  readonly stop: () => void
  isStopped = false
  givenUp = 0

  constructor(timer: Timer, now: number, millis: number) {
    this.until = now + millis
    this.stop = timer.start(millis, () => this.givenUp++)
  }
}

const holds = (history: ReadonlyArray<Step>) =>
  Effect.gen(function* () {
    const timer = yield* makeTimer
    const all: Array<Timed> = []
    let now = 0
    for (const step of history) {
      if (step._tag === "Start") all.push(new Timed(timer, now, step.millis))
      if (step._tag === "Stop") {
        const one = all[step.which]
        one?.stop()
        if (one !== undefined) one.isStopped ||= one.givenUp === 0
      }
      now += step._tag === "Pass" ? step.millis : 0
      yield* TestClock.adjust(step._tag === "Pass" ? step.millis : 0)
      for (const one of all) assert.strictEqual(one.givenUp, one.isStopped || one.until > now ? 0 : 1)
    }
  })

describe("a timer", () => {
  it("gives each up when its time is over, and once, unless it was stopped before", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(steps, (history) =>
        Effect.runPromise(holds(history).pipe(Effect.scoped, Effect.provide(TestContext.TestContext)))
      ),
      { numRuns: 100 }
    ))

  it.effect("sleeps once for all that take as long", () =>
    Effect.gen(function* () {
      const timer = yield* makeTimer
      for (let n = 0; n < 100; n++) {
        timer.start(10_000, () => undefined)()
        yield* TestClock.adjust(1)
      }
      assert.lengthOf(yield* TestClock.sleeps(), 1)
    }).pipe(Effect.scoped)
  )

  it.effect("ends with its scope where nothing is timed, and otherwise with the last that is", () =>
    Effect.gen(function* () {
      const clock = yield* Effect.clock
      let interrupted = 0
      const counted = Effect.onInterrupt(Effect.sleep(1000), () => Effect.sync(() => interrupted++))
      const counting: Clock.Clock = {
        [Clock.ClockTypeId]: Clock.ClockTypeId,
        currentTimeMillis: clock.currentTimeMillis,
        currentTimeNanos: clock.currentTimeNanos,
        unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis(),
        unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
        sleep: () => Effect.withClock(counted, clock)
      }
      for (const stops of ["before", "after", "never"] as const) {
        interrupted = 0
        let givenUp = 0
        const scope = yield* Scope.make()
        const timer = yield* Effect.withClock(Scope.extend(makeTimer, scope), counting)
        const stop = timer.start(1000, () => givenUp++)
        if (stops === "before") stop()
        yield* Scope.close(scope, Exit.void)
        yield* TestClock.adjust(0)
        assert.strictEqual(interrupted, stops === "before" ? 1 : 0)
        if (stops === "after") stop()
        yield* TestClock.adjust(0)
        assert.strictEqual(interrupted, stops === "never" ? 0 : 1)
        yield* TestClock.adjust(1000)
        assert.strictEqual(givenUp, stops === "never" ? 1 : 0)
        // Whoever begins something all the same is not forgotten.
        timer.start(1000, () => givenUp++)
        timer.start(2000, () => givenUp++)
        yield* TestClock.adjust(2000)
        assert.strictEqual(givenUp, stops === "never" ? 3 : 2)
      }
    })
  )
})
