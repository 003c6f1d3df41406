import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Stream from "effect/Stream"
import * as TestContext from "effect/TestContext"
import { type Receipt, type View } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { isChange, isList } from "../Requests.js"
import { inWorld, type Tab, type World, workspaceId } from "../World.js"
import {
  noFlicker,
  nothingLostOrBack,
  nothingTwice,
  onlyItsOwnEffect,
  type Seen,
  type Subject,
  type Write
} from "./Views.js"

// Law 6 as properties: reads, refreshes, changes, acknowledgements, lost answers and refusals in every order. Every view
// of two tabs is kept, of watchers and of reads, and at the end, when it is known what was refused, each is judged.

const seeds = ["Seed 0", "Seed 1"]
const tabs = 2

const tab = FastCheck.nat({ max: tabs - 1 })
const target = FastCheck.nat({ max: 4 })

const change = FastCheck.oneof(
  { weight: 3, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Create" as const), tab }) },
  {
    weight: 4,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constantFrom("Rename" as const, "Note" as const, "Both" as const),
      tab,
      target
    })
  },
  {
    weight: 3,
    arbitrary: FastCheck.record({
      _tag: FastCheck.constantFrom("Delete" as const, "Archive" as const, "Restore" as const),
      tab,
      target
    })
  }
)

const fate = FastCheck.record({
  _tag: FastCheck.constant("Fate" as const),
  fate: FastCheck.constantFrom("refused" as const, "lost" as const, "never sent" as const, "500" as const)
})

const read = FastCheck.record({
  _tag: FastCheck.constantFrom("Refresh" as const, "Refresh" as const, "Local" as const, "Fresh" as const),
  tab
})

const passes = FastCheck.record({
  _tag: FastCheck.constant("Pass" as const),
  millis: FastCheck.constantFrom(100, 250, 400, 900, 30_000)
})

const network = FastCheck.record({ _tag: FastCheck.constant("Network" as const), isOnline: FastCheck.boolean() })

const happening = FastCheck.oneof(
  { weight: 6, arbitrary: change },
  { weight: 3, arbitrary: fate },
  { weight: 5, arbitrary: read },
  { weight: 6, arbitrary: passes },
  { weight: 1, arbitrary: network },
  { weight: 1, arbitrary: FastCheck.record({ _tag: FastCheck.constant("Colleague" as const) }) }
)

const scenario = FastCheck.record({
  history: FastCheck.array(happening, { minLength: 3, maxLength: 24 }),
  // Whether a list tells what is there when it is asked for, or when it is answered; a change is done so too.
  lists: FastCheck.constantFrom("first" as const, "last" as const),
  changes: FastCheck.constantFrom("first" as const, "last" as const),
  listTakes: FastCheck.constantFrom(0, 200, 700),
  changeTakes: FastCheck.constantFrom(0, 300, 600),
  merge: FastCheck.boolean(),
  lock: FastCheck.constantFrom("Exclusive" as const, "Lease" as const)
})

type Scenario = typeof scenario extends FastCheck.Arbitrary<infer A> ? A : never

/** What once showed a fault, of the library or of this test. */
const examples: Array<[Scenario]> = [
  [
    {
      history: [
        { _tag: "Create", tab: 0 },
        { _tag: "Refresh", tab: 0 },
        { _tag: "Pass", millis: 100 }
      ],
      lists: "first",
      changes: "first",
      listTakes: 0,
      changeTakes: 600,
      merge: false,
      lock: "Exclusive"
    }
  ],
  [
    {
      history: [
        { _tag: "Create", tab: 0 },
        { _tag: "Create", tab: 0 },
        { _tag: "Delete", tab: 0, target: 3 },
        { _tag: "Pass", millis: 100 }
      ],
      lists: "first",
      changes: "first",
      listTakes: 0,
      changeTakes: 600,
      merge: true,
      lock: "Exclusive"
    }
  ]
]

/** Plays the history, and keeps what each tab showed. */
const lived = (world: World, scenario: Scenario) =>
  Effect.gen(function* () {
    const { toggl } = world
    const subjects: Array<Subject> = []
    for (const name of seeds) {
      const made = yield* toggl.edit.createClient(workspaceId, { name })
      subjects.push({ key: String(made.id), name, isSeed: true })
    }
    const opened: Array<Tab> = []
    for (let index = 0; index < tabs; index++) {
      const each = yield* world.open({ merge: scenario.merge })
      yield* each.clients.list(workspaceId)
      opened.push(each)
    }
    const of = (index: number): Tab => opened[index] ?? assert.fail("no such tab")
    yield* toggl.inject(Fault.delay(scenario.listTakes, { work: scenario.lists }), { when: isList, times: "always" })
    yield* toggl.inject(Fault.delay(scenario.changeTakes, { work: scenario.changes }), {
      when: isChange,
      times: "always"
    })
    const writes: Array<Write> = []
    const calls: Array<{
      readonly write: Write
      readonly tab: Tab
      readonly call: Fiber.RuntimeFiber<Receipt.Receipt<unknown>, { readonly _tag: string }>
    }> = []
    const seen: Array<Seen> = []
    let certain = 0
    for (const [index, each] of opened.entries()) {
      yield* each.clients.watch(workspaceId, { status: "both" }).pipe(
        Stream.runForEach((view) =>
          Effect.sync(() => {
            seen.push({ tab: index, how: "watch", certain, issued: writes.length, clients: view.clients })
          })
        ),
        Effect.forkScoped
      )
    }
    yield* world.rests

    const reads = (index: number, freshness: View.Freshness) => {
      const before = certain
      return of(index)
        .clients.list(workspaceId, { status: "both", freshness })
        .pipe(
          Effect.map((clients) => {
            seen.push({ tab: index, how: "read", certain: before, issued: writes.length, clients })
          }),
          Effect.ignore,
          Effect.forkScoped
        )
    }

    const writing = (
      index: number,
      subject: Subject,
      sets: Write["sets"],
      call: Effect.Effect<Receipt.Receipt<unknown>, { readonly _tag: string }>
    ) =>
      Effect.gen(function* () {
        const write: Write = { subject, sets, fate: "Unclear" }
        writes.push(write)
        calls.push({ write, tab: of(index), call: yield* Effect.forkScoped(call) })
        yield* world.rests
        certain = writes.length
        if (subject.key !== undefined) return
        const shown = yield* of(index).clients.list(workspaceId, { status: "both", freshness: "Local" })
        subject.key = shown.find((client) => client.name === subject.name)?.key
      })

    const idOf = (index: number, subject: Subject) =>
      Effect.map(
        of(index).clients.list(workspaceId, { status: "both", freshness: "Local" }),
        (shown) => shown.find((client) => client.key === subject.key)?.id
      )

    const faults = {
      refused: Fault.refusal(422, "no"),
      lost: Fault.loseAnswer,
      "never sent": Fault.refuse,
      "500": Fault.refusal(500, null)
    }

    let colleagues = 0
    for (const happens of scenario.history) {
      const token = String(writes.length)
      switch (happens._tag) {
        case "Create": {
          const subject: Subject = { key: undefined, name: `Name ${token}`, isSeed: false }
          subjects.push(subject)
          const { clients } = of(happens.tab)
          yield* writing(
            happens.tab,
            subject,
            { exists: "yes", name: subject.name, notes: token, archived: "no" },
            clients.create(workspaceId, { name: subject.name, notes: token })
          )
          break
        }
        case "Rename":
        case "Note":
        case "Both":
        case "Delete":
        case "Archive":
        case "Restore": {
          const subject = subjects[happens.target % subjects.length]
          const id = subject === undefined ? undefined : yield* idOf(happens.tab, subject)
          if (subject === undefined || id === undefined) break
          const { clients } = of(happens.tab)
          const name = happens._tag === "Note" ? {} : { name: `Name ${token}` }
          const notes = happens._tag === "Rename" ? {} : { notes: token }
          const [sets, call] =
            happens._tag === "Delete"
              ? [{ exists: "no" }, clients.delete(workspaceId, id)]
              : happens._tag === "Archive"
                ? [{ archived: "yes" }, clients.archive(workspaceId, id)]
                : happens._tag === "Restore"
                  ? [{ archived: "no" }, clients.restore(workspaceId, id)]
                  : [{ ...name, ...notes }, clients.update(workspaceId, id, { ...name, ...notes })]
          yield* writing(happens.tab, subject, sets, call)
          break
        }
        case "Fate":
          yield* toggl.inject(faults[happens.fate], { when: isChange })
          break
        case "Refresh":
        case "Local":
        case "Fresh":
          yield* reads(
            happens.tab,
            happens._tag === "Refresh" ? "Toggl" : happens._tag === "Local" ? "Local" : "1 second"
          )
          break
        case "Pass":
          yield* world.passes(happens.millis)
          break
        case "Network":
          yield* toggl.setDown(!happens.isOnline)
          for (const each of opened) {
            yield* each.setOnline(happens.isOnline)
            if (happens.isOnline) yield* each.wakeUp
          }
          break
        case "Colleague":
          yield* toggl.edit.createClient(workspaceId, { name: `Colleague's ${colleagues++}` })
          break
      }
    }
    // All faults end, and what can be sent is sent.
    yield* toggl.clearFaults
    yield* toggl.setDown(false)
    for (const each of opened) {
      yield* each.setOnline(true)
      yield* each.wakeUp
    }
    yield* world.passes("30 minutes")
    for (const { call, tab, write } of calls) {
      const receipt = yield* Fiber.await(call)
      if (Exit.isFailure(receipt)) {
        const { _tag } = yield* Effect.flip(receipt)
        assert.include(["BadRequest", "Undecided", "Discarded"], _tag)
        write.fate = _tag === "BadRequest" ? "Refused" : _tag === "Undecided" ? "Unclear" : "Done"
        continue
      }
      const { entryId } = receipt.value
      const outcome = entryId === undefined ? undefined : yield* tab.outbox.outcome(entryId)
      // What waits is held by a refusal, and what was discarded made a client that another change has deleted.
      if (outcome?._tag === "Done" || outcome?._tag === "Discarded") write.fate = "Done"
      if (outcome?._tag === "Waiting") write.fate = "Held"
      if (outcome?._tag === "Standing") write.fate = outcome.error._tag === "Undecided" ? "Unclear" : "Refused"
      assert.include(["Done", "Standing", "Waiting", "Discarded"], outcome?._tag)
    }
    for (let index = 0; index < tabs; index++) yield* reads(index, "Local")
    yield* world.passes("1 second")
    for (let index = 0; index < tabs; index++) yield* reads(index, "Toggl")
    yield* world.passes("1 minute")
    return { seen, writes, subjects, clients: yield* toggl.clients(workspaceId), tabs }
  })

describe("reads, refreshes, changes, acknowledgements and refusals in every order", () => {
  it.effect(
    "show nothing twice, lose nothing, bring nothing back, do not flicker, and a refusal takes back only its own effect",
    () => {
      const of = (scenario: Scenario) =>
        inWorld("read your writes", (world) => lived(world, scenario), { lock: scenario.lock })
      return Effect.promise(() =>
        FastCheck.assert(
          FastCheck.asyncProperty(scenario, async (scenario) => {
            const all = await Effect.runPromise(
              of(scenario).pipe(Effect.scoped, Effect.provide(TestContext.TestContext))
            )
            nothingTwice(all)
            nothingLostOrBack(all)
            noFlicker(all)
            onlyItsOwnEffect(all)
          }),
          { numRuns: Number(process.env["RUNS"] ?? 50), seed: Number(process.env["SEED"] ?? 20260105), examples }
        )
      )
    },
    { timeout: 600_000 }
  )
})
