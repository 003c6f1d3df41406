import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import { applied, clientsOf, entryOf, inMemory, outcomesOf } from "../fixtures/Devices.js"
import { namesOf, read } from "../fixtures/Fixture.js"
import * as First from "../fixtures/first/outbox.mjs"
import * as Second from "../fixtures/second/outbox.mjs"
import { isStanding, type Promised, promised } from "../fixtures/Promised.js"
import { Fault } from "../../src/testing/index.js"
import { isCreate, isUpdate, names, online } from "../Requests.js"
import { law, type OldTab, type Tab, type World, workspaceId } from "../World.js"

// Law 15, with an old tab beside the new: a tab that was loaded before the app was deployed anew goes on running the
// version that it has. Nothing is lost, nothing doubled, all in order; and each tab says what is true. The old one cannot
// read what the new one has written in its own way, and then it says so.

const versions = [
  ["first", First],
  ["second", Second]
] as const

type AnyTab = Pick<Tab | OldTab, "setOnline" | "wakeUp">

/** The name of a client is asked for, by either kind of tab. */
const create = (tab: Tab | OldTab, name: string) => {
  const clients: OldTab["clients"] = tab.clients
  return clients.create(workspaceId, { name })
}

const creates = (made: ReadonlyArray<string>) => made.map((name) => `POST /clients ${name}`)

/** Nothing reaches Toggl, and the device knows it. */
const offline = (world: World, ...tabs: ReadonlyArray<AnyTab>) =>
  Effect.zipRight(
    world.toggl.setDown(true),
    Effect.forEach(tabs, (tab) => tab.setOnline(false), { discard: true })
  )

/** It is drained and says so, or it says that a newer version has the queue now. */
const isHonest = (old: OldTab) =>
  Effect.map(old.outbox.status, ({ queue, waiting }) => {
    if (queue._tag === "StorageLost") assert.strictEqual(queue.error?.reason, "Newer")
    else assert.deepStrictEqual([queue._tag, waiting], ["Idle", 0])
  })

/** Toggl has exactly these, made once each and in this order; both tabs say so; and nobody asks for anything more. */
const allIsDone = (world: World, tab: Tab, old: OldTab | undefined, made: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    assert.deepStrictEqual(yield* applied(world), creates(made))
    assert.deepStrictEqual(yield* world.names, [...made])
    assert.deepStrictEqual(yield* tab.outbox.entries, [])
    assert.deepInclude(yield* tab.outbox.status, { queue: { _tag: "Idle" }, waiting: 0 })
    if (old !== undefined) yield* isHonest(old)
    yield* world.clearRequests
    yield* world.passes("1 hour")
    assert.deepStrictEqual(yield* world.requests, [])
  })

for (const [version, library] of versions) {
  const orders = [
    [
      "the old one first",
      (world: World) =>
        Effect.gen(function* () {
          const old = yield* world.openOld(library)
          yield* old.clients.list(workspaceId)
          return { old, tab: yield* world.open() }
        })
    ],
    [
      "the new one first",
      (world: World) =>
        Effect.gen(function* () {
          const tab = yield* world.open()
          yield* tab.clients.list(workspaceId)
          return { old: yield* world.openOld(library), tab }
        })
    ]
  ] as const

  for (const [order, opened] of orders) {
    describe(`a tab of version "${version}" and a new one, ${order}`, () => {
      for (const lock of ["Exclusive", "Lease"] as const) {
        law(
          `send what both accepted offline once, in the order of acceptance (${lock})`,
          (world) =>
            Effect.gen(function* () {
              const { old, tab } = yield* opened(world)
              yield* offline(world, old, tab)
              const six = ["A", "B", "C", "D", "E", "F"]
              for (const [index, name] of six.entries()) yield* create(index % 2 === 0 ? old : tab, name)
              yield* world.clearRequests
              yield* world.toggl.setDown(false)
              for (const each of [old, tab]) yield* Effect.zipRight(each.setOnline(true), each.wakeUp)
              yield* world.passes("10 minutes")
              yield* allIsDone(world, tab, old, six)
            }),
          { lock }
        )
      }

      law("take what the old one accepts while the new one replays, and no caller hears a failure", (world) =>
        Effect.gen(function* () {
          const { old, tab } = yield* opened(world)
          yield* tab.outbox.pause
          yield* Effect.forEach(["A", "B"], (name) => create(tab, name))
          yield* world.toggl.inject(Fault.delay("2 seconds"), { times: 4, when: isCreate })
          yield* tab.outbox.resume
          yield* world.rests
          const callers = yield* Effect.forEach(["C", "D"], (name) =>
            Effect.zipLeft(Effect.fork(create(old, name)), world.rests)
          )
          yield* world.passes("10 minutes")
          for (const caller of callers) assert.isDefined((yield* Fiber.join(caller)).entryId)
          yield* allIsDone(world, tab, old, ["A", "B", "C", "D"])
        })
      )

      law("take what the new one accepts while the old one has the turn", (world) =>
        Effect.gen(function* () {
          const { old, tab } = yield* opened(world)
          yield* world.toggl.inject(Fault.delay("2 seconds"), { times: 4, when: isCreate })
          const callers = [yield* Effect.fork(create(old, "A"))]
          yield* world.rests
          callers.push(yield* Effect.fork(create(tab, "B")))
          yield* world.rests
          callers.push(yield* Effect.fork(create(old, "C")))
          yield* world.passes("10 minutes")
          for (const caller of callers) assert.isDefined((yield* Fiber.join(caller)).entryId)
          yield* allIsDone(world, tab, old, ["A", "B", "C"])
        })
      )

      law("read what Toggl has, and the old one shows its copy only while that is whole", (world) =>
        Effect.gen(function* () {
          const { old, tab } = yield* opened(world)
          yield* Effect.forEach(["A", "B"], (name) => create(tab, name))
          yield* world.passes("1 minute")
          for (const freshness of ["Toggl", "1 hour"] as const) {
            const read = yield* old.clients.list(workspaceId, { freshness })
            assert.sameMembers(names(read), ["A", "B"])
          }
          const copy = yield* Effect.either(old.clients.list(workspaceId, { freshness: "Local" }))
          if (Either.isRight(copy)) assert.sameMembers(names(copy.right), ["A", "B"])
          else assert.strictEqual(copy.left._tag, "NoLocalCopy")
        })
      )

      law("tell of a refusal once: to the caller, or among the refused", (world) =>
        Effect.gen(function* () {
          const { old, tab } = yield* opened(world)
          yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
          yield* create(tab, "A")
          const caller = yield* Effect.fork(Effect.either(create(old, "Taken")))
          yield* world.passes("10 minutes")
          const heard = yield* Fiber.join(caller)
          const refused = (yield* tab.outbox.entries).flatMap((entry) => entry.refused?._tag ?? [])
          if (Either.isLeft(heard)) assert.deepStrictEqual([heard.left._tag, refused], ["InvalidName", []])
          else assert.deepStrictEqual([heard.right._tag, refused], ["Queued", ["InvalidName"]])
          assert.deepStrictEqual(yield* world.names, ["Taken", "A"])
        })
      )

      for (const [what, act] of [
        ["pauses", (old: OldTab) => old.outbox.pause],
        ["signs out", (old: OldTab) => old.outbox.signOut],
        ["purges", (old: OldTab) => old.outbox.purge]
      ] as const) {
        law(`agree on what was done: the user ${what} in the old one for both, or is told that it cannot be`, (world) =>
          Effect.gen(function* () {
            const { old, tab } = yield* opened(world)
            yield* create(tab, "A")
            yield* offline(world, old, tab)
            yield* create(tab, "B")
            const did = yield* Effect.either(act(old))
            yield* online(world, tab)
            yield* world.passes("10 minutes")
            const { queue, waiting } = yield* tab.outbox.status
            if (Either.isLeft(did)) assert.deepInclude(did.left, { _tag: "StorageError", reason: "Newer" })
            const isStopped = Either.isRight(did)
            assert.deepStrictEqual(yield* world.names, isStopped ? ["A"] : ["A", "B"])
            const expected = isStopped && what !== "purges" ? ["Paused", 1] : ["Idle", 0]
            assert.deepStrictEqual([queue._tag, waiting], expected)
          })
        )
      }
    })
  }

  // How a request fares that is on the wire as the other tab opens.
  const fates = [
    ["is answered late", Fault.delay("10 seconds")],
    ["lands and is never answered", Fault.hang({ applied: true })],
    ["never lands", Fault.hang()],
    ["loses its answer", Fault.delayed(Fault.loseAnswer, "2 seconds")],
    ["lands late", Fault.landLate("20 seconds", { caller: "hearsNothing" })],
    ["meets a proxy that fails", Fault.delayed(Fault.proxyError(), "2 seconds")]
  ] as const

  describe(`a tab of version "${version}" with a request on the wire as a new one opens`, () => {
    for (const [what, fault] of fates) {
      for (const lock of ["Exclusive", "Lease"] as const) {
        law(
          `that ${what} (${lock})`,
          (world) =>
            Effect.gen(function* () {
              const old = yield* world.openOld(library)
              yield* old.clients.list(workspaceId)
              yield* old.outbox.pause
              yield* Effect.forEach(["A", "B", "C"], (name) => create(old, name))
              yield* world.toggl.inject(fault, { when: isCreate })
              yield* old.outbox.resume
              yield* world.passes("1 second")
              const tab = yield* world.open()
              yield* Effect.fork(create(tab, "D"))
              yield* world.passes("20 minutes")
              yield* allIsDone(world, tab, old, ["A", "B", "C", "D"])
            }),
          { lock }
        )

        law(
          `that ${what}, and the other way round (${lock})`,
          (world) =>
            Effect.gen(function* () {
              const tab = yield* world.open()
              yield* tab.clients.list(workspaceId)
              yield* tab.outbox.pause
              yield* Effect.forEach(["A", "B", "C"], (name) => create(tab, name))
              yield* world.toggl.inject(fault, { when: isCreate })
              yield* tab.outbox.resume
              yield* world.passes("1 second")
              const old = yield* world.openOld(library)
              yield* Effect.fork(create(old, "D"))
              yield* world.passes("20 minutes")
              yield* allIsDone(world, tab, old, ["A", "B", "C", "D"])
            }),
          { lock }
        )
      }
    }
  })

  describe(`a tab of version "${version}" that leaves in the middle of a run`, () => {
    /** Where it stands then: what it has asked of the store, and hears nothing of; or its request is on the wire. */
    const points = ["claim", "mark", "wire", "settle"] as const
    const ends = [
      ["is closed", (old: OldTab) => Effect.asVoid(Effect.fork(old.close))],
      ["is killed", (old: OldTab) => old.kill],
      ["is frozen, and thaws long after", (old: OldTab) => old.freeze]
    ] as const

    for (const point of points) {
      for (const [what, leaves] of ends) {
        for (const lock of ["Exclusive", "Lease"] as const) {
          law(
            `and ${what} (at "${point}", ${lock}): the new one goes on, and nothing that comes late does harm`,
            (world) =>
              Effect.gen(function* () {
                const old = yield* world.openOld(library)
                yield* old.clients.list(workspaceId)
                yield* old.outbox.pause
                yield* Effect.forEach(["A", "B"], (name) => create(old, name))
                const held = point === "wire" ? undefined : yield* old.holdResult(point)
                if (point === "wire") yield* world.toggl.inject(Fault.landLate("20 seconds"), { when: isCreate })
                yield* old.outbox.resume
                yield* world.passes("1 second")
                if (held !== undefined) yield* held.isDone
                yield* leaves(old)
                const tab = yield* world.open()
                yield* Effect.fork(create(tab, "C"))
                yield* world.passes("20 minutes")
                assert.deepStrictEqual(yield* world.names, ["A", "B", "C"])
                if (held !== undefined) yield* held.release
                yield* old.thaw
                yield* world.passes("20 minutes")
                yield* allIsDone(world, tab, what.startsWith("is frozen") ? old : undefined, ["A", "B", "C"])
              }),
            { lock }
          )
        }
      }
    }

    law("and hears its answer only when the new one has looked it up: what it books late is void", (world) =>
      Effect.gen(function* () {
        yield* world.toggl.edit.createClient(workspaceId, { name: "Bolt", notes: "net 30" })
        const old = yield* world.openOld(library)
        const [view] = yield* old.clients.list(workspaceId)
        if (view === undefined) return assert.fail("Bolt is listed")
        yield* world.toggl.inject(Fault.hold(old.freeze, { work: "first" }), { when: isUpdate })
        yield* Effect.fork(old.clients.update(workspaceId, view.id, { notes: "old" }))
        yield* world.rests
        const tab = yield* world.open()
        yield* Effect.fork(tab.clients.update(workspaceId, view.id, { notes: "new" }))
        yield* world.passes("5 minutes")
        yield* old.thaw
        yield* world.passes("20 minutes")
        assert.deepStrictEqual(yield* applied(world), ["PUT /clients/64890001 Bolt", "PUT /clients/64890001 Bolt"])
        const known = yield* tab.clients.list(workspaceId, { freshness: "Local" })
        assert.deepStrictEqual(
          [known, yield* world.toggl.clients(workspaceId)].map((clients) => clients.map(({ notes }) => notes)),
          [["new"], ["new"]]
        )
        yield* isHonest(old)
      })
    )
  })

  describe(`a tab of version "${version}" that outlives the new one`, () => {
    for (const end of ["close", "kill"] as const) {
      law(`keeps what it accepts, and the next new one finds all sent or sends it (${end})`, (world) =>
        Effect.gen(function* () {
          const old = yield* world.openOld(library)
          const tab = yield* world.open()
          yield* create(tab, "A")
          yield* tab[end]
          const callers = yield* Effect.forEach(["B", "C"], (name) => Effect.fork(create(old, name)))
          yield* world.passes("1 hour")
          for (const caller of callers) assert.isDefined((yield* Fiber.join(caller)).entryId)
          const next = yield* world.open()
          yield* world.passes("10 minutes")
          yield* allIsDone(world, next, old, ["A", "B", "C"])
        })
      )
    }

    law("sees what was refused repaired in the new one", (world) =>
      Effect.gen(function* () {
        const old = yield* world.openOld(library)
        yield* old.clients.list(workspaceId)
        yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
        yield* old.outbox.pause
        const taken = yield* create(old, "Taken")
        yield* old.clients.archive(workspaceId, taken.id)
        yield* old.outbox.resume
        yield* world.passes("1 minute")
        const tab = yield* world.open()
        assert.deepInclude(yield* tab.outbox.status, { refused: 1, held: 1 })
        if (taken.entryId === undefined) return assert.fail("it has an id")
        yield* tab.outbox.retry(taken.entryId, { name: "Ours" })
        yield* world.passes("10 minutes")
        assert.deepStrictEqual(yield* applied(world), ["POST /clients Ours", "POST /clients/64890002/archive"])
        assert.deepStrictEqual(yield* tab.outbox.entries, [])
        yield* isHonest(old)
      })
    )
  })

  describe(`a tab of version "${version}" that holds what that version left`, () => {
    const keeps = (name: string, promise: Promised, index: number) => {
      const fixture = read(version, name)
      const kept = (world: World, tab: Tab) =>
        Effect.gen(function* () {
          if (promise.isResumed === true) yield* tab.outbox.resume
          yield* world.passes("2 hours")
          assert.deepStrictEqual(yield* applied(world), promise.sends)
          assert.deepStrictEqual(yield* clientsOf(world, fixture), promise.ends)
          assert.deepStrictEqual(yield* outcomesOf(tab, fixture), promise.outcomes)
        })

      // the shorter two take turns from fixture to fixture
      const soon = index % 2 === 0 ? (["at once", 0] as const) : (["a second later", "1 second"] as const)
      for (const [when, length] of [soon, ["half a minute later", "30 seconds"]] as const) {
        law(`and a new one that opens ${when}: ${name}`, (world) =>
          Effect.gen(function* () {
            yield* inMemory(world, fixture)
            const old = yield* world.openOld(library)
            yield* world.passes(length)
            const tab = yield* world.open()
            yield* kept(world, tab)
            if (!Object.values(promise.outcomes).some(isStanding)) yield* isHonest(old)
          })
        )
      }

      law(`and came after the new one: ${name}`, (world) =>
        Effect.gen(function* () {
          yield* inMemory(world, fixture)
          const tab = yield* world.open()
          yield* world.rests
          const old = yield* world.openOld(library)
          yield* kept(world, tab)
          for (const id of Object.keys(fixture.entries)) {
            // What it can still read it tells as the new one does.
            const told = yield* Effect.either(old.outbox.outcome(entryOf(fixture, id)))
            if (Either.isRight(told)) assert.strictEqual(told.right._tag, promise.outcomes[id]?.split(" ")[0])
            else assert.deepInclude(told.left, { _tag: "StorageError", reason: "Newer" })
          }
        })
      )
    }

    const kept = Object.entries(promised).filter(([name]) => namesOf(version).includes(name))
    for (const [index, [name, promise]] of kept.entries()) keeps(name, promise, index)
  })
}
