import { assert, describe } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Predicate from "effect/Predicate"
import { Client, OutboxStore } from "../../src/index.js"
import { Row, version } from "../../src/log/entry.js"
import { Fault } from "../../src/testing/index.js"
import {
  anotherDevice,
  create,
  full,
  isCreate,
  isUpdate,
  offline,
  online,
  opened,
  queued,
  setAside,
  standing,
  withAcme,
  withRefusal
} from "../Requests.js"
import { law, type Tab, type World, workspaceId } from "../World.js"
import * as Paused from "./Paused.js"

// Law 5, never silently gone, and law 3, once: what the user moves into a file is sent from where that is imported, and
// from nowhere else; until the app has the file in safety, nothing that becomes of the app loses it.

const take = (tab: Tab) => tab.outbox.exportEntries({ take: true })

/** The ids of a file's entries, in their order. */
const idsIn = (file: string): ReadonlyArray<unknown> => {
  const read: unknown = JSON.parse(file)
  if (!Predicate.isReadonlyRecord(read) || !Array.isArray(read["entries"])) return assert.fail("it is a file")
  return read["entries"].map((entry: unknown) => (Predicate.isReadonlyRecord(entry) ? entry["id"] : entry))
}

const idsOf = (tab: Tab) => Effect.map(tab.outbox.entries, (entries) => entries.map(({ id }) => id))

/** A tab on another device of the user. */
const elsewhere = (world: World) => Effect.flatMap(anotherDevice, (device) => opened(world, device))

/** Three changes wait, the second of the first one's client. */
const three = (world: World) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* offline(world, tab)
    const acme = yield* create(tab, "Acme", "net 30")
    const renamed = yield* tab.clients.update(workspaceId, acme.id, { name: "Acme Inc" })
    const beta = yield* create(tab, "Beta")
    return { tab, ids: [acme, renamed, beta].map(queued) }
  })

describe("taking entries into a file", () => {
  law("holds what is gone, under the same ids and in the same order, and another device sends it", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* three(world)
      const file = yield* take(tab)
      assert.deepStrictEqual(idsIn(file), ids)
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      yield* world.clearRequests
      assert.deepStrictEqual(yield* tab.clients.list(workspaceId, { freshness: "Local" }), [])
      yield* online(world, tab)
      yield* world.passes("1 day")
      assert.deepStrictEqual(yield* world.sent, [])
      const other = yield* elsewhere(world)
      assert.strictEqual(yield* other.outbox.importEntries(file), 3)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc", "Beta"])
      assert.strictEqual(yield* other.outbox.importEntries(file), 0)
    })
  )

  law("is heard by whoever waits, in any tab", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* world.toggl.inject(Fault.hang(), { when: isCreate })
      const caller = yield* Effect.fork(Effect.flip(create(tab, "Acme")))
      const behind = yield* Effect.fork(Effect.flip(create(other, "Beta")))
      yield* world.passes("1 second")
      const [id] = yield* idsOf(tab)
      if (id === undefined) return assert.fail("it is being sent")
      const waiting = yield* Effect.fork(tab.outbox.awaitOutcome(id))
      yield* world.rests
      yield* take(other)
      yield* world.rests
      assert.deepInclude(yield* Fiber.join(caller), { _tag: "Discarded", isMoved: true, mayHaveBeenApplied: true })
      assert.deepInclude(yield* Fiber.join(behind), { _tag: "Discarded", isMoved: true, mayHaveBeenApplied: false })
      assert.deepStrictEqual(yield* Fiber.join(waiting), { _tag: "Moved", mayHaveBeenApplied: true })
      assert.deepStrictEqual(yield* tab.outbox.outcome(id), { _tag: "Moved", mayHaveBeenApplied: true })
    })
  )

  law("takes the refused too, with what depends on them", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withRefusal(world)
      const file = yield* take(tab)
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      const other = yield* elsewhere(world)
      yield* other.outbox.importEntries(file)
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* standing(other), ["InvalidName", "Held", "Held"])
    })
  )

  law("takes nothing where the store cannot write it", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* three(world)
      yield* tab.setStorageFault((operation) => (operation === "take" ? full : undefined))
      const error = yield* Effect.flip(take(tab))
      assert.strictEqual(error.reason, "Full")
      assert.deepStrictEqual(yield* idsOf(tab), ids)
      assert.deepStrictEqual(yield* tab.outbox.moved, [])
    })
  )

  law("leaves the outbox as it is where there is nothing to take", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const before = structuredClone(world.memory.rows)
      assert.deepStrictEqual(idsIn(yield* take(tab)), [])
      assert.deepStrictEqual(world.memory.rows, before)
    })
  )

  law("names clients by Toggl's ids where they have some", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "Acme")
      const [localId = assert.fail("none")] = (yield* world.store.load).ids.keys()
      yield* offline(world, tab)
      yield* tab.clients.update(workspaceId, localId, { notes: "x" })
      const file = yield* take(tab)
      yield* world.toggl.setDown(false)
      const other = yield* elsewhere(world)
      yield* other.outbox.importEntries(file)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme", "x"]])
    })
  )
})

describe("what is in doubt when it is taken", () => {
  law("and is being sent makes one client: the other device looks it up", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.landLate("15 seconds"), { when: isCreate })
      yield* Effect.forkScoped(Effect.either(create(tab, "Acme")))
      yield* world.passes("1 second")
      const file = yield* take(tab)
      assert.deepStrictEqual(
        (yield* tab.outbox.moved).map(({ mayHaveBeenApplied }) => mayHaveBeenApplied),
        [true]
      )
      assert.isUndefined((yield* world.store.load).state.workspaces[String(workspaceId)]?.fetchedAt)
      const other = yield* elsewhere(world)
      yield* other.outbox.importEntries(file)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* standing(other), [])
    })
  )

  law("may still land, and nothing that is made here next lands before it", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.landLate("20 seconds"), { when: isUpdate })
      queued(yield* tab.clients.update(workspaceId, acme, { notes: "old" }))
      yield* take(tab)
      const receipt = yield* tab.clients.update(workspaceId, acme, { notes: "new" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme", "new"]])
      assert.strictEqual((yield* tab.outbox.outcome(queued(receipt)))._tag, "Done")
    })
  )

  /** Toggl has made the client, and its answer is still on the way. */
  const unanswered = (world: World) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const answers = yield* Deferred.make<void>()
      yield* world.toggl.inject(Fault.hold(Deferred.await(answers), { work: "first" }), { when: isCreate })
      const caller = yield* Effect.fork(Effect.either(create(tab, "Acme")))
      yield* world.passes("1 second")
      const [id = assert.fail("it is being sent")] = yield* idsOf(tab)
      return { answers, caller, id, tab }
    })

  const answeredLate = (world: World) =>
    Effect.gen(function* () {
      const { answers, caller, id, tab } = yield* unanswered(world)
      const [localId] = (yield* tab.clients.list(workspaceId, { freshness: "Local" })).map((client) => client.id)
      if (localId === undefined) return assert.fail("it is shown")
      const file = yield* take(tab)
      yield* Deferred.succeed(answers, undefined)
      yield* world.passes("1 second")
      assert.isTrue(Either.isLeft(yield* Fiber.join(caller)))
      return { file, id, localId, tab }
    })

  law("and answered after it was taken has ended so, and its local id is Toggl's client", (world) =>
    Effect.gen(function* () {
      const { file, id, localId, tab } = yield* answeredLate(world)
      assert.deepInclude(yield* tab.outbox.outcome(id), { _tag: "Done" })
      assert.deepStrictEqual(yield* tab.outbox.moved, [])
      yield* tab.clients.update(workspaceId, localId, { notes: "mine" })
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme", "mine"]])
      assert.strictEqual(yield* tab.outbox.importEntries(file), 0)
      const other = yield* elsewhere(world)
      yield* other.outbox.importEntries(file)
      yield* world.passes("5 minutes")
      assert.strictEqual((yield* world.names).length, 1)
    })
  )

  for (const [when, isConfirmed] of [
    ["while the newer one is not in safety", false],
    ["once the newer one is", true]
  ] as const) {
    law(`is in doubt still where an older file brings it back, which knows of no attempt, ${when}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* offline(world, tab)
        yield* create(tab, "Acme", "net 30")
        const older = yield* take(tab)
        yield* tab.outbox.importEntries(older)
        yield* world.toggl.inject(Fault.landLate("1 second"), { when: isCreate })
        yield* online(world, tab)
        yield* world.passes("2 seconds")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
        const file = yield* take(tab)
        if (isConfirmed) yield* tab.outbox.confirmExport(file)
        yield* world.clearRequests
        assert.strictEqual(yield* tab.outbox.importEntries(older), 1)
        yield* world.passes("2 minutes")
        assert.deepStrictEqual(yield* world.sent, [])
        assert.deepStrictEqual(yield* standing(tab), [])
      })
    )
  }

  law("and brought back before its answer has come ends by that", (world) =>
    Effect.gen(function* () {
      const { answers, id, tab } = yield* unanswered(world)
      assert.strictEqual(yield* tab.outbox.importEntries(yield* take(tab)), 1)
      yield* world.clearRequests
      yield* Deferred.succeed(answers, undefined)
      yield* world.passes("1 second")
      assert.deepInclude(yield* tab.outbox.outcome(id), { _tag: "Done" })
      assert.deepStrictEqual(yield* standing(tab), [])
      yield* world.passes("2 minutes")
      assert.deepStrictEqual(yield* world.sent, [])
    })
  )

  law("is still to be done where it was edited, though a look-up finds what was sent", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      const id = queued(yield* create(tab, "Acme", "net 30"))
      yield* tab.outbox.retry(id, { notes: "net 60" })
      const asked = yield* Deferred.make<void>()
      yield* world.toggl.inject(Fault.hold(Deferred.await(asked), { work: "first" }), {
        when: ({ method, path }) => method === "GET" && path.endsWith("/clients")
      })
      yield* world.passes("30 seconds")
      const file = yield* take(tab)
      yield* Deferred.succeed(asked, undefined)
      yield* world.passes("1 minute")
      assert.deepInclude(yield* tab.outbox.outcome(id), { _tag: "Moved" })
      const other = yield* world.open(yield* anotherDevice)
      assert.strictEqual(yield* other.outbox.importEntries(file), 1)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme", "net 60"]])
    })
  )

  law("and set aside is found there, and not made twice", (world) =>
    Effect.gen(function* () {
      const { fault, tab } = yield* setAside(world)
      const file = yield* take(tab)
      yield* fault.takeBack
      const other = yield* elsewhere(world)
      yield* other.outbox.importEntries(file)
      yield* world.passes("1 day")
      assert.deepStrictEqual([...(yield* world.names)].sort(), ["Free", "Poison"])
    })
  )
})

describe("an older file", () => {
  /** A create whose name is taken. */
  const withRefusedName = (world: World, tab: Tab) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* offline(world, tab)
      const entry = queued(yield* create(tab, "Taken"))
      yield* online(world, tab)
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
      return entry
    })

  /** It was exported so, and edited since. */
  const edited = (world: World) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const entry = yield* withRefusedName(world, tab)
      const older = yield* tab.outbox.exportEntries()
      yield* offline(world, tab)
      yield* world.passes("1 second")
      yield* tab.outbox.retry(entry, { name: "Free" })
      return { older, tab, newer: yield* take(tab) }
    })

  law("that brings a change back undoes no edit of it that is kept here", (world) =>
    Effect.gen(function* () {
      const { newer, older, tab } = yield* edited(world)
      assert.strictEqual(yield* tab.outbox.importEntries(older), 1)
      assert.strictEqual(yield* tab.outbox.importEntries(newer), 0)
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Taken", "Free"])
    })
  )

  law("confirms nothing that it does not hold as it is now", (world) =>
    Effect.gen(function* () {
      const { newer, older, tab } = yield* edited(world)
      assert.strictEqual(yield* tab.outbox.confirmExport(older), 0)
      assert.strictEqual((yield* tab.outbox.moved).length, 1)
      assert.strictEqual(yield* tab.outbox.confirmExport(newer), 1)
    })
  )

  law("of this device does not count against what another one has made of it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const refused = yield* withRefusedName(world, tab)
      const file = yield* take(tab)
      const other = yield* world.open({ ...(yield* anotherDevice), online: false })
      assert.strictEqual(yield* other.outbox.importEntries(file), 1)
      yield* other.outbox.retry(refused, { name: "Theirs" })
      assert.strictEqual(yield* tab.outbox.importEntries(yield* take(other)), 1)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Taken", "Theirs"])
    })
  )
})

describe("what was taken", () => {
  law("is taken in again by the device that it came from, once", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* three(world)
      const file = yield* take(tab)
      assert.strictEqual(yield* tab.outbox.importEntries(file), 3)
      assert.strictEqual(yield* tab.outbox.importEntries(file), 0)
      assert.deepStrictEqual(yield* idsOf(tab), ids)
      assert.deepStrictEqual(yield* tab.outbox.moved, [])
      assert.strictEqual((yield* tab.outbox.outcome(ids[0] ?? assert.fail()))._tag, "Waiting")
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc", "Beta"])
      assert.strictEqual(yield* tab.outbox.importEntries(file), 0)
    })
  )

  law("is any rows that could stand in a log, and comes back in their order", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      yield* world.store.importRows(FastCheck.sample(Arbitrary.make(Row), { numRuns: 60, seed: 11 }))
      const ids = yield* idsOf(tab)
      const file = yield* take(tab)
      assert.deepStrictEqual(idsIn(file), ids)
      assert.deepStrictEqual(idsIn(yield* take(tab)), ids)
      assert.strictEqual(yield* tab.outbox.importEntries(file), ids.length)
      assert.deepStrictEqual(yield* idsOf(tab), ids)
    })
  )

  law("goes to another device and back", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* three(world)
      const other = yield* world.open({ memory: yield* OutboxStore.makeMemory, online: false })
      yield* other.outbox.pause
      for (let turn = 0; turn < 3; turn++) {
        assert.strictEqual(yield* other.outbox.importEntries(yield* take(tab)), 3)
        assert.deepStrictEqual(yield* idsOf(tab), [])
        assert.strictEqual(yield* tab.outbox.importEntries(yield* take(other)), 3)
        assert.deepStrictEqual(yield* idsOf(other), [])
      }
      assert.deepStrictEqual(yield* idsOf(tab), ids)
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc", "Beta"])
    })
  )

  law("is lost by no crash before the file is saved: the next one gives it again", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* three(world)
      const held = yield* tab.holdResult("take")
      yield* Effect.forkScoped(take(tab))
      yield* held.isDone
      yield* tab.kill
      const next = yield* world.open({ online: false })
      assert.deepStrictEqual(yield* next.outbox.entries, [])
      assert.deepStrictEqual(
        (yield* next.outbox.moved).map(({ id }) => id),
        ids
      )
      const gamma = queued(yield* create(next, "Gamma"))
      const file = yield* take(next)
      assert.deepStrictEqual(idsIn(file), [...ids, gamma])
      yield* world.toggl.setDown(false)
      const other = yield* elsewhere(world)
      assert.strictEqual(yield* other.outbox.importEntries(file), 4)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc", "Beta", "Gamma"])
    })
  )

  law("is kept no longer once the app has said that the file is in safety", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* three(world)
      const file = yield* take(tab)
      const gamma = queued(yield* create(tab, "Gamma"))
      const second = yield* take(tab)
      assert.deepStrictEqual(idsIn(second), [...ids, gamma])
      assert.strictEqual(yield* tab.outbox.confirmExport(file), 3)
      assert.strictEqual(yield* tab.outbox.confirmExport(file), 0)
      assert.deepStrictEqual(idsIn(yield* take(tab)), [gamma])
      yield* tab.outbox.confirmExport(second)
      assert.deepStrictEqual(idsIn(yield* take(tab)), [])
      // The user may still change his mind.
      assert.strictEqual(yield* tab.outbox.importEntries(file), 3)
      assert.deepStrictEqual(yield* idsOf(tab), ids)
    })
  )

  law("is confirmed by a file of this outbox alone", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* three(world)
      const file = yield* take(tab)
      for (const text of ["", "{}", file.replace('"anna"', '"bert"')]) {
        assert.strictEqual((yield* Effect.flip(tab.outbox.confirmExport(text)))._tag, "InvalidImport")
      }
      assert.strictEqual((yield* tab.outbox.moved).length, 3)
    })
  )

  law("is named by Toggl's ids that have become known since", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const answers = yield* Deferred.make<void>()
      yield* world.toggl.inject(Fault.hold(Deferred.await(answers), { work: "first" }), { when: isCreate })
      yield* Effect.forkScoped(Effect.either(create(tab, "Acme")))
      yield* world.passes("1 second")
      const [client] = yield* tab.clients.list(workspaceId, { freshness: "Local" })
      yield* Effect.forkScoped(
        Effect.either(tab.clients.update(workspaceId, client?.id ?? assert.fail("none"), { notes: "x" }))
      )
      yield* world.passes("1 second")
      assert.strictEqual(idsIn(yield* take(tab)).length, 2)
      yield* Deferred.succeed(answers, undefined)
      yield* world.passes("1 second")
      const [made] = yield* world.toggl.clients(workspaceId)
      const [noted, ...more] = yield* tab.outbox.moved
      assert.deepStrictEqual(more, [])
      assert.strictEqual(noted?.mutation._tag, "Update")
      const file = yield* take(tab)
      assert.include(file, `"clientId":${made?.id ?? 0}`)
      const other = yield* elsewhere(world)
      yield* other.outbox.importEntries(file)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme", "x"]])
    })
  )
})

describe("what a take leaves where it is", () => {
  law("is a row that cannot be read, and what hangs together with it", (world) =>
    Effect.gen(function* () {
      const made = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      const acme = Client.ClientId.make(made.id)
      yield* offline(world, tab)
      const first = queued(yield* tab.clients.update(workspaceId, acme, { name: "Acme Inc" }))
      queued(yield* tab.clients.update(workspaceId, acme, { notes: "garbled" }))
      const held = queued(yield* tab.clients.update(workspaceId, acme, { notes: "held" }))
      const freed = queued(yield* create(tab, "Acme"))
      const free = queued(yield* create(tab, "Free"))
      yield* tab.kill
      const garbled = { some: "bytes", clientId: acme }
      yield* world.changeRow(2, () => garbled)
      const next = yield* world.open({ online: false })
      assert.deepStrictEqual(idsIn(yield* take(next)), [free])
      const left = yield* next.outbox.entries
      assert.deepStrictEqual(
        left.map(({ id }) => id),
        [first, undefined, held, freed]
      )
      assert.deepStrictEqual(left[1]?.row, garbled)
    })
  )

  law("is a newer version's row, all that stands behind it, and what hangs together with that", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const acme = yield* create(tab, "Acme")
      const free = queued(yield* create(tab, "Free"))
      yield* create(tab, "Newer")
      const noted = queued(yield* tab.clients.update(workspaceId, acme.id, { notes: "x" }))
      const behind = queued(yield* create(tab, "Behind"))
      yield* tab.kill
      yield* world.changeRow(3, () => ({ version: version + 1, what: "is not known here" }))
      const next = yield* world.open({ online: false })
      assert.deepStrictEqual(idsIn(yield* take(next)), [free])
      assert.deepStrictEqual(yield* idsOf(next), [queued(acme), undefined, noted, behind])
    })
  )
})
