import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import { Client, type View } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { isChange, isList, names } from "../Requests.js"
import { law, type Options, type Tab, type World, workspaceId } from "../World.js"

// Law 6: a list from Toggl is stored only if no attempt was open between its request and its answer; the replay leaves
// room for refreshes between entries, so that they cannot starve.

const fromToggl = { freshness: "Toggl" } as const
const local = { freshness: "Local" } as const

const lists = (world: World) =>
  Effect.map(world.requests, (requests) => requests.filter((request) => request === "GET /clients").length)

const half = 20

/** Half a minute of work begins: one client after the other is deleted, and others are made. A colleague made Zeta. */
const longRun = (world: World) =>
  Effect.gen(function* () {
    const ids: Array<Client.ClientId> = []
    for (let index = 0; index < half; index++) {
      const made = yield* world.toggl.edit.createClient(workspaceId, { name: `Old ${index}` })
      ids.push(Client.ClientId.make(made.id))
    }
    const tab = yield* world.open()
    yield* tab.clients.list(workspaceId)
    const other = yield* world.open()
    yield* other.clients.list(workspaceId)
    yield* tab.outbox.pause
    for (const [index, id] of ids.entries()) {
      yield* tab.clients.delete(workspaceId, id)
      yield* tab.clients.create(workspaceId, { name: `New ${index}` })
    }
    // The worst order: what is told is from the moment of the request, and all that is sent is done at its end.
    yield* world.toggl.inject(Fault.delay("800 millis", { work: "first" }), { when: isList, times: "always" })
    yield* world.toggl.inject(Fault.delay("700 millis"), { when: isChange, times: "always" })
    yield* world.toggl.edit.createClient(workspaceId, { name: "Zeta" })
    yield* tab.outbox.resume
    yield* world.passes("3 seconds")
    yield* world.clearRequests
    return { tab, other }
  })

/** In the middle of the run: all that were made are there, and what was deleted is not. */
const isSound = (shown: ReadonlyArray<string>) => {
  assert.strictEqual(new Set(shown).size, shown.length, "nothing twice")
  assert.strictEqual(shown.filter((name) => name.startsWith("New")).length, half, "nothing lost")
  assert.deepStrictEqual(
    shown.filter((name) => name.startsWith("Old")),
    [],
    "nothing back from the dead"
  )
}

const waiting = (tab: Tab) => Effect.map(tab.outbox.status, (status) => status.waiting)

const inTheMiddle = (which: "tab" | "other", options: Options) => {
  const whose = which === "tab" ? "the tab that sends" : "another tab"
  const lock = options.lock === "Lease" ? ", without a lock" : ""
  law(
    `asked for by ${whose} in the middle of a long run is stored in that run${lock}`,
    (world) =>
      Effect.gen(function* () {
        const tabs = yield* longRun(world)
        const reader = yield* Effect.fork(tabs[which].clients.list(workspaceId, fromToggl))
        yield* world.passes("6 seconds")
        assert.isAbove(yield* waiting(tabs.tab), 10, "the run is still under way")
        const shown = names(yield* Effect.flatten(Effect.map(Fiber.poll(reader), Option.getOrThrow)))
        assert.include(shown, "Zeta")
        isSound(shown)
        for (const each of [tabs.tab, tabs.other]) {
          const kept = names(yield* each.clients.list(workspaceId, local))
          assert.include(kept, "Zeta")
          isSound(kept)
        }
        assert.isAtMost(yield* lists(world), 3)
        yield* world.passes("5 minutes")
        assert.strictEqual(yield* waiting(tabs.tab), 0, "the run goes on")
        assert.strictEqual((yield* world.names).length, half + 1)
      }),
    options
  )
}

describe("a refresh", () => {
  for (const lock of ["Exclusive", "Lease"] as const) {
    inTheMiddle("tab", { lock })
    inTheMiddle("other", { lock })
  }

  law("that Toggl refuses is not asked for again by later runs", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* longRun(world)
      const reader = yield* Effect.fork(tab.clients.list(workspaceId, fromToggl))
      yield* world.passes("500 millis")
      yield* world.toggl.clearFaults
      yield* world.toggl.inject(Fault.refusal(403, null), { when: isList, times: "always" })
      yield* world.passes("5 minutes")
      yield* Fiber.interrupt(reader)
      assert.strictEqual(yield* waiting(tab), 0)
      yield* world.clearRequests
      for (const name of ["One", "Two", "Three"]) {
        yield* tab.clients.create(workspaceId, { name })
        yield* world.passes("1 minute")
      }
      assert.include(yield* world.names, "Three")
      assert.strictEqual(yield* lists(world), 0)
    })
  )

  law("shows nothing that came back from the dead or is lost, whenever in a run it is asked for", (world) =>
    Effect.gen(function* () {
      const { other, tab } = yield* longRun(world)
      const readers: Array<Fiber.RuntimeFiber<ReadonlyArray<View.ClientView>, unknown>> = []
      for (let index = 0; index < 30; index++) {
        readers.push(yield* Effect.fork((index % 2 === 0 ? tab : other).clients.list(workspaceId, fromToggl)))
        yield* world.passes("370 millis")
        for (const each of [tab, other]) isSound(names(yield* each.clients.list(workspaceId, local)))
      }
      yield* world.passes("5 minutes")
      for (const reader of readers) isSound(names(yield* Fiber.join(reader)))
      assert.strictEqual(yield* waiting(tab), 0)
    })
  )

  law("that hangs stops a run once, for as long as a request may take", (world) =>
    Effect.gen(function* () {
      const { other, tab } = yield* longRun(world)
      yield* Effect.fork(other.clients.list(workspaceId, fromToggl))
      yield* world.passes("1 second")
      yield* world.toggl.inject(Fault.hold(Effect.never), { when: isList, times: "always" })
      // 36 entries and more at 0.7 seconds each, and the list that the replay reads for the others.
      yield* world.passes("55 seconds")
      assert.strictEqual(yield* waiting(tab), 0)
    })
  )

  law("that one slow attempt has crossed is made good once that has ended", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      const other = yield* world.open()
      yield* tab.clients.list(workspaceId)
      yield* world.toggl.inject(Fault.delay("2 seconds"), { when: isChange })
      yield* Effect.fork(tab.clients.create(workspaceId, { name: "Acme" }))
      yield* world.rests
      yield* world.toggl.edit.createClient(workspaceId, { name: "Zeta" })
      // It is shown at once, though it cannot be stored yet.
      assert.deepStrictEqual(names(yield* other.clients.list(workspaceId, fromToggl)), ["Acme", "Zeta"])
      assert.deepStrictEqual(names(yield* other.clients.list(workspaceId, local)), ["Acme"])
      yield* world.passes("3 seconds")
      assert.deepStrictEqual(names(yield* other.clients.list(workspaceId, local)), ["Acme", "Zeta"])
      yield* world.passes("1 hour")
      assert.strictEqual(yield* lists(world), 3)
    })
  )

  law("costs one request more at the most where some who ask are interrupted", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.clients.list(workspaceId)
      yield* world.clearRequests
      yield* world.toggl.inject(Fault.delay("1 second"), { when: isList, times: "always" })
      const read = Effect.fork(tab.clients.list(workspaceId, fromToggl))
      const first = yield* read
      yield* world.rests
      const others = [yield* read, yield* read, yield* read]
      yield* world.rests
      yield* Fiber.interrupt(first)
      yield* world.passes("5 seconds")
      for (const other of others) assert.deepStrictEqual(names(yield* Fiber.join(other)), [])
      assert.isAtMost(yield* lists(world), 2)
    })
  )

  law("is given up with the last who wants it, and no sooner", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* tab.clients.list(workspaceId)
      let isGivenUp = false
      const gaveUp = Effect.sync(() => {
        isGivenUp = true
      })
      yield* world.toggl.inject(Fault.hold(Effect.onInterrupt(Effect.never, () => gaveUp)), { when: isList })
      const readers = [
        yield* Effect.fork(tab.clients.list(workspaceId, fromToggl)),
        yield* Effect.fork(tab.clients.list(workspaceId, fromToggl))
      ]
      const givenUp: Array<boolean> = []
      for (const reader of readers) {
        yield* world.rests
        yield* Fiber.interrupt(reader)
        givenUp.push(isGivenUp)
      }
      assert.deepStrictEqual(givenUp, [false, true])
      assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, fromToggl)), [])
    })
  )
})
