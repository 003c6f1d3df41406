import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as TestContext from "effect/TestContext"
import { Credentials } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { isChange, limited, opened } from "../Requests.js"
import { ada, inWorld, type Tab, workspaceId, type World } from "../World.js"

// What a flush tells is true, whatever has happened: each change that it covers is sent, refused, or among those that wait. And
// it doubles nothing, overtakes nothing, and asks nothing before a time that was named; sign-ins in between change none of that.

const tab = FastCheck.constantFrom(0, 1)
const wrong = Credentials.token("0".repeat(32))

const step = FastCheck.oneof(
  { weight: 6, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Create" as const), tab }) },
  { weight: 5, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Flush" as const), tab }) },
  { weight: 2, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Flush2" as const), tab }) },
  { weight: 2, arbitrary: FastCheck.constant({ _tag: "Down" } as const) },
  { weight: 2, arbitrary: FastCheck.constant({ _tag: "Up" } as const) },
  {
    weight: 4,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("Fault" as const),
      fault: FastCheck.constantFrom(
        "503" as const,
        "429" as const,
        "lost" as const,
        "refused" as const,
        "slow" as const
      )
    })
  },
  {
    weight: 4,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constant("Passes" as const),
      seconds: FastCheck.constantFrom(1, 20, 60, 600)
    })
  },
  { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Wakes" as const), tab }) },
  { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Pause" as const), tab }) },
  { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Resume" as const), tab }) },
  {
    weight: 2,
    arbitrary: FastCheck.record({ _tag: FastCheck.constant("SignIn" as const), tab, isRight: FastCheck.boolean() })
  }
)

type Step = typeof step extends FastCheck.Arbitrary<infer A> ? A : never

const faults = {
  "503": Fault.proxyError({ status: 503 }),
  "429": limited("90"),
  lost: Fault.loseAnswer,
  refused: Fault.refusal(400, "Client name cannot be empty"),
  slow: Fault.delay("4 seconds")
} as const

const waitingIds = (tab: Tab) =>
  Effect.map(tab.outbox.entries, (entries) =>
    entries.flatMap(({ id, state }) => (id === undefined || state !== "Waiting" ? [] : [id]))
  )

/** Flushes once, or twice at once, and holds what is told against the outcomes. */
const flushes = (world: World, tab: Tab, times: number) =>
  Effect.gen(function* () {
    const covered = yield* waitingIds(tab)
    const all = yield* Effect.forEach(Array.from({ length: times }), () => Effect.fork(tab.outbox.flush()))
    yield* world.passes("2 minutes")
    for (const fiber of all) {
      const ended = yield* Fiber.poll(fiber)
      if (Option.isNone(ended)) return assert.fail("it has not ended in two minutes")
      if (Exit.isFailure(ended.value)) return assert.fail("it fails only where the store does")
      const { refused, sent, waiting } = ended.value.value
      assert.strictEqual(sent + refused + waiting.length, covered.length)
      const ids = waiting.map(({ entryId }) => entryId)
      assert.deepStrictEqual(
        ids,
        covered.filter((id) => ids.includes(id))
      )
      // time has passed since: what was through is through
      const through = covered.filter((id) => !ids.includes(id))
      const outcomes = yield* Effect.forEach(through, (id) => tab.outbox.outcome(id))
      assert.lengthOf(
        outcomes.filter(({ _tag }) => _tag === "Done"),
        sent
      )
      assert.lengthOf(
        outcomes.filter(({ _tag }) => _tag === "Refused" || _tag === "Standing"),
        refused
      )
    }
  })

const played = (steps: ReadonlyArray<Step>) =>
  inWorld("flushes", (world) =>
    Effect.gen(function* () {
      const tabs = [yield* opened(world), yield* opened(world)] as const
      const of = (at: number) => tabs[at === 0 ? 0 : 1]
      let made = 0
      for (const step of steps) {
        switch (step._tag) {
          case "Create": {
            const creating = of(step.tab).clients.create(workspaceId, { name: `Client ${made++}` })
            yield* Effect.forkDaemon(Effect.ignore(creating))
            yield* world.rests
            break
          }
          case "Flush":
            yield* flushes(world, of(step.tab), 1)
            break
          case "Flush2":
            yield* flushes(world, of(step.tab), 2)
            break
          case "Down":
          case "Up":
            yield* world.toggl.setDown(step._tag === "Down")
            break
          case "Fault":
            yield* world.toggl.inject(faults[step.fault], { when: isChange })
            break
          case "Passes":
            yield* world.passes(`${step.seconds} seconds`)
            break
          case "Wakes":
            yield* of(step.tab).wakeUp
            break
          case "Pause":
            yield* of(step.tab).outbox.pause
            break
          case "Resume":
            yield* of(step.tab).outbox.resume
            break
          case "SignIn": {
            const signing = of(step.tab).outbox.signIn(step.isRight ? ada : wrong)
            yield* Effect.forkDaemon(Effect.ignore(signing))
            yield* world.passes("1 second")
          }
        }
      }
      yield* world.toggl.setDown(false)
      yield* world.toggl.clearFaults
      for (const tab of tabs) {
        yield* tab.outbox.resume
        yield* Effect.forkDaemon(Effect.ignore(tab.outbox.signIn(ada)))
      }
      yield* world.passes("1 day")
      const refused = (yield* tabs[0].outbox.entries).filter(({ state }) => state === "Refused").length
      const names = yield* world.names
      assert.deepStrictEqual([...names].sort(), [...new Set(names)].sort(), "nothing is doubled")
      const status = yield* tabs[0].outbox.status
      assert.strictEqual(status.waiting, 0, "all that can be sent is sent")
      return { names, refused, made }
    })
  ).pipe(Effect.scoped, Effect.provide(TestContext.TestContext), Effect.runPromise)

describe("flushes in random histories", () => {
  it("tell the truth, and break nothing", () =>
    FastCheck.assert(
      FastCheck.asyncProperty(FastCheck.array(step, { minLength: 3, maxLength: 14 }), async (steps) => {
        await played(steps)
      }),
      { numRuns: 60, seed: 20261127 }
    ))
})
