import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import { MixedScheduler } from "effect/Scheduler"
import { Copies } from "../../src/instance/copies.js"
import { Log } from "../../src/instance/log.js"
import * as mirrors from "../../src/instance/mirror.js"
import { newState } from "../../src/log/state.js"
import * as memories from "../../src/store/memory.js"
import type { Snapshot } from "../../src/transactions/accept.js"

/** Lets the fiber stand still once, before the operation of this number, and interrupts it there. */
class StopsOnce extends MixedScheduler {
  private operations = 0
  private hasStopped = false
  readonly interrupt: () => void
  readonly at: number

  constructor(at: number, interrupt: () => void) {
    super(2048)
    this.at = at
    this.interrupt = interrupt
  }

  override shouldYield(): number | false {
    return ++this.operations === this.at ? 0 : false
  }

  override scheduleTask(task: () => void): void {
    setTimeout(() => {
      if (this.operations >= this.at && !this.hasStopped) {
        this.hasStopped = true
        this.interrupt()
      }
      task()
    }, 0)
  }

  get stopped(): boolean {
    return this.hasStopped
  }
}

const snapshot = (step: number): Snapshot => ({
  entries: [],
  unreadable: [],
  ids: new Map(),
  state: { ...newState("a store"), step }
})

const ofMemory = (memory: memories.Memory, isDeaf: boolean) =>
  Effect.gen(function* () {
    const log = new Log()
    const store = memories.make(memory)
    const heard = isDeaf ? { ...store, onHint: () => Effect.void } : store
    return yield* mirrors.make(heard, log, new Copies(log.touches), () => undefined)
  })

describe("a mirror that hears nothing of other tabs", () => {
  it.scopedLive("takes a step of its own for the next, and none of theirs", () =>
    Effect.gen(function* () {
      const memory = memories.makeMemory()
      const mirror = yield* ofMemory(memory, true)
      const others = yield* ofMemory(memory, false)
      const takesStep = ({ setState, transactions }: mirrors.Mirror, isStep: boolean) =>
        Effect.flatMap(
          transactions.changeState((state) => (isStep ? { ...state, failures: state.failures + 1 } : state)),
          setState
        )
      yield* takesStep(mirror, true)
      yield* mirror.sync
      yield* takesStep(mirror, true)
      yield* takesStep(mirror, false)
      assert.isTrue(mirror.isUpToDate())
      yield* takesStep(others, true)
      yield* takesStep(mirror, false)
      assert.isFalse(mirror.isUpToDate())
      yield* mirror.sync
      yield* takesStep(others, true)
      yield* takesStep(mirror, true)
      assert.isFalse(mirror.isUpToDate())
    })
  )
})

describe("reading the log", () => {
  it.scopedLive("may be interrupted at any operation, and never passes for done where nothing was taken over", () =>
    Effect.gen(function* () {
      let stops = 0
      for (let at = 1; at < 1000; at++) {
        let step = 0
        const load = Effect.sync(() => snapshot(step))
        const log = new Log()
        const store = { onHint: () => Effect.void, transact: () => Effect.never }
        const mirror = yield* mirrors.make(store, log, new Copies(log.touches), () => undefined)
        yield* mirror.loadWith(load, (read) => read)
        step = 7
        yield* mirror.doubt
        let interrupt = (): void => undefined
        const scheduler = new StopsOnce(at, () => interrupt())
        const fiber = Effect.runFork(
          mirror.loadWith(load, (read) => read),
          { scheduler }
        )
        interrupt = () => fiber.unsafeInterruptAsFork(FiberId.none)
        yield* Fiber.await(fiber)
        if (!scheduler.stopped) break
        stops++
        assert.isTrue(!log.isUpToDate || log.state.step === 7, `interrupted at operation ${at}`)
        assert.strictEqual(mirror.isUpToDate(), log.isUpToDate, `nothing reads any more, at operation ${at}`)
      }
      assert.isAbove(stops, 20)
    })
  )
})
