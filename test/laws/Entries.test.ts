import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Ref from "effect/Ref"
import * as Stream from "effect/Stream"
import { Mutation, type Outbox } from "../../src/index.js"
import { create, full, offline, online, opened, withAcme } from "../Requests.js"
import { law, type Tab, workspaceId } from "../World.js"

// Law 12: whoever watches the entries knows what waits, for what, and what was refused; and law 14: what does not change is the
// same object.

type Entries = ReadonlyArray<Outbox.EntryView>

/** What the stream has shown so far. */
const watched = (tab: Tab) =>
  Effect.gen(function* () {
    const all = yield* Ref.make<ReadonlyArray<Entries>>([])
    yield* tab.outbox.watchEntries.pipe(
      Stream.runForEach((entries) => Ref.update(all, (before) => [...before, entries])),
      Effect.forkScoped
    )
    return Ref.get(all)
  })

const lines = (entries: Entries | undefined): ReadonlyArray<string> =>
  (entries ?? []).map(({ mutation, nameAfter, nameBefore, refused }) => {
    const line = mutation === undefined ? "?" : Mutation.describe(mutation, nameBefore)
    return `${line} -> ${nameAfter ?? "gone"}${refused === undefined ? "" : ` (${refused._tag})`}`
  })

describe("the entries", () => {
  law("tell the client's name as it was and as it would be, change by change", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* offline(world, tab)
      yield* tab.clients.update(workspaceId, acme, { name: "Acme Ltd" })
      yield* tab.clients.update(workspaceId, acme, { name: "Acme Inc", notes: "net 30" })
      yield* tab.clients.update(workspaceId, acme, { notes: "net 60" })
      const made = yield* create(tab, "Beta")
      yield* tab.clients.update(workspaceId, made.id, { name: "Gamma" })
      yield* tab.clients.archive(workspaceId, made.id)
      yield* tab.clients.delete(workspaceId, acme)
      const entries = yield* tab.outbox.entries
      assert.deepStrictEqual(lines(entries), [
        "rename Acme to Acme Ltd -> Acme Ltd",
        "rename Acme Ltd to Acme Inc and change its notes -> Acme Inc",
        "change the notes of Acme Inc -> Acme Inc",
        "create Beta -> Beta",
        "rename Beta to Gamma -> Gamma",
        "archive Gamma -> Gamma",
        "delete Acme Inc -> gone"
      ])
      assert.deepStrictEqual(
        entries.map(({ clientId }) => clientId),
        [acme, acme, acme, made.id, made.id, made.id, acme]
      )
    })
  )

  law("of a client that was refused keep its name for those behind it", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* offline(world, tab)
      yield* tab.clients.update(workspaceId, acme, { name: "Taken" })
      yield* tab.clients.update(workspaceId, acme, { notes: "net 90" })
      yield* tab.clients.archive(workspaceId, acme)
      yield* online(world, tab)
      yield* world.passes("1 minute")
      const [first, ...rest] = lines(yield* tab.outbox.entries)
      assert.strictEqual(first, "rename Acme to Taken -> Taken (InvalidName)")
      for (const line of rest) assert.include(line, "Acme -> Acme")
    })
  )

  law("are shown again whenever one changes, in any tab, and the others are the same objects", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* offline(world, tab, other)
      yield* create(tab, "A")
      yield* create(tab, "B")
      const shown = yield* watched(tab)
      yield* world.rests
      const before = (yield* shown).at(-1) ?? []
      assert.deepStrictEqual(lines(before), ["create A -> A", "create B -> B"])
      yield* create(other, "C")
      yield* world.rests
      const after = (yield* shown).at(-1) ?? []
      assert.deepStrictEqual(lines(after), ["create A -> A", "create B -> B", "create C -> C"])
      assert.isTrue(after[0] === before[0] && after[1] === before[1])
      assert.isTrue(Object.isFrozen(after) && after.every((entry) => Object.isFrozen(entry)))
      yield* online(world, tab, other)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual((yield* shown).at(-1), [])
    })
  )

  law("are the same list for all who watch and who ask, as long as nothing changes", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      yield* create(tab, "A")
      const one = yield* watched(tab)
      const two = yield* watched(tab)
      yield* world.passes("1 hour")
      const [first] = yield* one
      assert.deepStrictEqual([(yield* one).length, (yield* two).length], [1, 1])
      assert.isTrue((yield* two)[0] === first)
      assert.isTrue((yield* tab.outbox.entries) === first)
    })
  )

  law("tell nothing before the store was read, and everything once it can be", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      yield* offline(world, first)
      yield* create(first, "A")
      yield* first.kill
      const tab = yield* world.open({ online: false })
      yield* tab.setStorageFault((operation) => (operation === "load" ? full : undefined))
      const shown = yield* watched(tab)
      yield* world.passes("10 seconds")
      assert.deepStrictEqual(yield* shown, [])
      yield* tab.setStorageFault(undefined)
      yield* world.passes("2 minutes")
      assert.deepStrictEqual(lines((yield* shown).at(-1)), ["create A -> A"])
    })
  )

  law("go on to be shown while the store fails, each with that as its reason", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "A")
      const shown = yield* watched(tab)
      yield* world.rests
      yield* tab.setStorageFault(() => full)
      yield* tab.wakeUp
      yield* world.passes("5 minutes")
      const [entry] = (yield* shown).at(-1) ?? []
      assert.deepStrictEqual([entry?.nameAfter, entry?.reason?._tag], ["A", "StorageLost"])
    })
  )
})
