import { assert, describe } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import { Client, type ClientError, Entry, type Receipt } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, isCreate, isList, isUpdate, offline, online, opened, queued, withRefusal } from "../Requests.js"
import { law, type Tab, type World, workspaceId } from "../World.js"

// Law 5: nothing is ever silently gone. It waits, or it stands among the refused, where the user retries, edits,
// discards or exports it.

const why = (error: ClientError.ClientError): string => ("reason" in error ? error.reason : error._tag)

const shown = (tab: Tab) =>
  Effect.map(tab.outbox.entries, (entries) =>
    entries.map((entry) => [entry.seq, entry.refused?._tag ?? entry.reason?._tag ?? entry.state])
  )

describe("the entries", () => {
  law("are listed with their errors and with what depends on them", (world) =>
    Effect.gen(function* () {
      const { archived, noted, tab, taken } = yield* withRefusal(world)
      const entries = yield* tab.outbox.entries
      assert.deepStrictEqual(
        entries.map(({ dependents, id, reason, refused, state }) => [
          id,
          state,
          refused?._tag,
          reason?._tag,
          dependents.length
        ]),
        [
          [queued(taken), "Refused", "InvalidName", undefined, 2],
          [queued(noted), "Waiting", undefined, "Held", 0],
          [queued(archived), "Waiting", undefined, "Held", 0]
        ]
      )
      const [first, second] = entries
      assert.deepStrictEqual(second?.reason, { _tag: "Held", by: queued(taken) })
      assert.strictEqual(first?.mutation?._tag, "Create")
      assert.isAtLeast(first?.attempts ?? 0, 1)
    })
  )

  law("are the same in every tab and after a restart", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withRefusal(world)
      const other = yield* world.open()
      assert.deepStrictEqual(yield* shown(other), yield* shown(tab))
    })
  )
})

describe("retry", () => {
  law("sends it again in its old place, and what was held follows", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      const [theirs] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.updateClient(workspaceId, theirs?.id ?? 0, { name: "Theirs" })
      yield* tab.outbox.retry(queued(taken))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* shown(tab), [])
      const ours = (yield* world.toggl.clients(workspaceId)).find((client) => client.name === "Taken")
      assert.deepStrictEqual([ours?.notes, ours?.archived], ["held", true])
    })
  )

  law("with an edit sends the edited change", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      yield* tab.outbox.retry(queued(taken), { name: " Taken too ", notes: "edited" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* shown(tab), [])
      const ours = (yield* world.toggl.clients(workspaceId)).find((client) => client.name === "Taken too")
      assert.deepStrictEqual([ours?.notes, ours?.archived], ["held", true])
      // The local id goes on working.
      const found = yield* tab.clients.get(workspaceId, taken.id)
      assert.strictEqual(found.id, ours?.id)
    })
  )

  law("with an edit that only plain JavaScript lets through changes nothing", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      // the parameter of a method may be narrower than it says
      const plain: { retry(id: Entry.EntryId, edit: object): ReturnType<typeof tab.outbox.retry> } = tab.outbox
      const before = yield* shown(tab)
      for (const edit of [{ name: 7 }, { notes: 7 }, { name: "Other", notes: {} }]) {
        const error = yield* Effect.flip(plain.retry(queued(taken), edit))
        assert.strictEqual(error._tag, "BadRequest", JSON.stringify(edit))
        assert.include(error.message, "an edit takes a name")
      }
      assert.deepStrictEqual(yield* shown(tab), before)
      yield* plain.retry(queued(taken), { name: "Other", _tag: "Delete" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual((yield* world.sent)[0], "POST /clients Other")
    })
  )

  law("takes a name as long as the app lets it be", (world) =>
    Effect.gen(function* () {
      const long = "x".repeat(300)
      yield* world.toggl.configure({ maxClientNameBytes: 400 })
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      const tab = yield* world.open({ maxNameBytes: 300 })
      yield* offline(world, tab)
      const taken = yield* create(tab, "Taken")
      yield* tab.clients.update(workspaceId, taken.id, { notes: "held" })
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      const error = yield* Effect.flip(tab.outbox.retry(queued(taken), { name: `${long}x` }))
      assert.deepInclude({ ...error }, { _tag: "InvalidName", reason: "TooLong", limit: 300 })
      yield* tab.outbox.retry(queued(taken), { name: long })
      yield* world.passes("1 minute")
      assert.include((yield* world.sent).at(-2), long)
    })
  )

  law("with a name that cannot be used fails before anything changes", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      const error = yield* Effect.flip(tab.outbox.retry(queued(taken), { name: "  " }))
      assert.strictEqual(error._tag === "InvalidName" ? error.reason : error._tag, "Empty")
      assert.strictEqual((yield* tab.outbox.status).refused, 1)
    })
  )

  law("of what is not refused, not known, or done fails with what it is", (world) =>
    Effect.gen(function* () {
      const { free, noted, tab } = yield* withRefusal(world)
      const reason = (id: Entry.EntryId) => Effect.map(Effect.flip(tab.outbox.retry(id)), (error) => why(error))
      assert.deepStrictEqual(
        [
          yield* reason(queued(noted)),
          yield* reason(queued(free)),
          yield* reason(Entry.EntryId.make("00000000-0000-4000-8000-000000000000"))
        ],
        ["NotRefused", "Done", "Unknown"]
      )
    })
  )

  law("from another tab wakes the replay", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      const other = yield* world.open({ credentials: "none" })
      yield* other.outbox.retry(queued(taken), { name: "Other" })
      yield* world.passes("1 minute")
      assert.include(yield* world.names, "Other")
      assert.deepStrictEqual(yield* shown(tab), [])
    })
  )

  law("of what is set aside looks it up first: it may have been applied", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const hidden = yield* world.toggl.inject(Fault.respond({ status: 200, body: "[]" }), {
        times: "always",
        when: isList
      })
      // Each attempt fails, and the last of them was applied though the list never showed it.
      yield* world.toggl.inject(Fault.proxyError(), { times: 4, when: isCreate })
      yield* world.toggl.inject(Fault.proxyError({ applied: true }), { when: isCreate })
      const receipt = yield* create(tab, "Acme")
      yield* world.passes("4 minutes")
      assert.deepStrictEqual(yield* shown(tab), [[1, "SetAside"]])
      yield* hidden.takeBack
      yield* world.clearRequests
      yield* tab.outbox.retry(queued(receipt))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* shown(tab), [])
    })
  )

  law("with an edit of what is set aside, and may have been applied as it was, is declined", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.proxyError(), { times: "always", when: isCreate })
      const receipt = yield* create(tab, "Acme")
      yield* world.passes("15 minutes")
      assert.deepStrictEqual(yield* shown(tab), [[1, "SetAside"]])
      const error = yield* Effect.flip(tab.outbox.retry(queued(receipt), { name: "Other" }))
      assert.strictEqual(why(error), "BeingSent")
    })
  )
})

describe("discard", () => {
  law("takes with it what depends on it, and says what that was", (world) =>
    Effect.gen(function* () {
      const { archived, noted, tab, taken } = yield* withRefusal(world)
      const gone = yield* tab.outbox.discard(queued(taken))
      assert.deepStrictEqual(gone, [queued(taken), queued(noted), queued(archived)])
      assert.deepStrictEqual(yield* shown(tab), [])
      for (const id of [queued(taken), queued(noted), queued(archived)]) {
        assert.strictEqual((yield* tab.outbox.outcome(id))._tag, "Discarded")
      }
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.requests, [])
      const unknown = yield* Effect.flip(tab.clients.update(workspaceId, taken.id, { notes: "x" }))
      assert.strictEqual(unknown._tag, "NotFound")
    })
  )

  law("cancels an entry that is not yet being sent", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "A")
      const second = yield* create(tab, "B")
      yield* create(tab, "C")
      assert.deepStrictEqual(yield* tab.outbox.discard(queued(second)), [queued(second)])
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["A", "C"])
    })
  )

  law("does not touch what is being sent, or may have been", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.rests
      const [sending] = yield* tab.outbox.entries
      if (sending?.id === undefined) return assert.fail("it is being sent")
      const error = yield* Effect.flip(tab.outbox.discard(sending.id))
      assert.deepStrictEqual([error._tag, "reason" in error ? error.reason : ""], ["EntryNotFound", "BeingSent"])
      yield* world.passes("5 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("of an update, where a later one of the same client waits, leaves that one", (world) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      const id = Client.ClientId.make(acme.id)
      yield* offline(world, tab)
      const first = yield* tab.clients.update(workspaceId, id, { notes: "first" })
      const second = yield* tab.clients.update(workspaceId, id, { name: "Acme Inc" })
      const gone = yield* tab.outbox.discard(queued(first))
      // What names the same client depends on it, so that the user decides about both knowingly.
      assert.deepStrictEqual(gone, [queued(first), queued(second)])
    })
  )

  law("of what is gone fails with what became of it", (world) =>
    Effect.gen(function* () {
      const { free, tab } = yield* withRefusal(world)
      const done = yield* Effect.flip(tab.outbox.discard(queued(free)))
      const unknown = yield* Effect.flip(tab.outbox.discard({ seq: 999 }))
      assert.deepStrictEqual(
        [done, unknown].map((error) => why(error)),
        ["Done", "Unknown"]
      )
    })
  )
})

describe("a row that cannot be read", () => {
  const broken = { some: "bytes", clientId: 64890001, deep: { at: 1 } }

  law("is listed with its bytes, blocks no other, and holds what names its client", (world) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      const id = Client.ClientId.make(acme.id)
      yield* offline(world, tab)
      yield* tab.clients.update(workspaceId, id, { notes: "first" })
      yield* tab.clients.update(workspaceId, id, { notes: "second" })
      yield* create(tab, "Free")
      yield* tab.kill
      yield* world.changeRow(1, () => broken)
      yield* world.toggl.setDown(false)
      const next = yield* world.open()
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Free"])
      const [row, held] = yield* next.outbox.entries
      assert.deepStrictEqual([row?.state, row?.row, held?.reason?._tag], ["Unreadable", broken, "Held"])
      assert.strictEqual((yield* next.outbox.status).unreadable, 1)
      // Only the user takes it away, and then what it held goes on.
      assert.deepStrictEqual(yield* next.outbox.discard({ seq: 1 }), [])
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* shown(next), [])
      assert.strictEqual((yield* world.toggl.clients(workspaceId))[0]?.notes, "second")
    })
  )

  law("of a newer version is never overtaken, and never rewritten", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      for (const name of ["A", "B", "C"]) yield* create(tab, name)
      yield* tab.kill
      const newer = { version: 2, what: "is not known here" }
      yield* world.changeRow(2, () => newer)
      yield* world.toggl.setDown(false)
      const next = yield* world.open()
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.names, ["A"])
      assert.deepStrictEqual((yield* next.outbox.status).queue, { _tag: "Waiting", for: { _tag: "NewerVersion" } })
      assert.deepStrictEqual(world.memory.rows.find((row) => row.key === 2)?.row, newer)
    })
  )

  const rows: ReadonlyArray<readonly [what: string, row: unknown]> = [
    ["null", null],
    ["a number", 0],
    ["a text", ""],
    ["a list", []],
    ["nothing in it", {}],
    ["a version alone", { version: 1 }],
    ["a version as text", { version: "2" }],
    ["a map", new Map()],
    ["no date", new Date(Number.NaN)],
    ["a big integer", 10n]
  ]
  for (const [what, row] of rows) {
    law(`whatever it is (${what}), never stops the others or the export`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* offline(world, tab)
        for (const name of ["A", "B"]) yield* create(tab, name)
        yield* tab.kill
        yield* world.changeRow(1, () => row)
        yield* world.toggl.setDown(false)
        const next = yield* world.open({ online: false })
        const exported = yield* next.outbox.exportEntries
        assert.include(exported, '"B"')
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.names, ["B"])
      })
    )
  }

  law("that refers to itself is exported as text", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "A")
      yield* tab.kill
      const row: { self?: unknown } = {}
      row.self = row
      yield* world.changeRow(1, () => row)
      const next = yield* world.open({ online: false })
      const exported: unknown = JSON.parse(yield* next.outbox.exportEntries)
      assert.property(exported, "unreadable")
    })
  )
})

describe("export and import", () => {
  const three = (world: World, tab: Tab) =>
    Effect.gen(function* () {
      yield* offline(world, tab)
      const acme = yield* create(tab, "Acme", "net 30")
      yield* tab.clients.update(workspaceId, acme.id, { name: "Acme Inc" })
      yield* create(tab, "Beta")
      return yield* tab.outbox.exportEntries
    })

  law("carry everything to another device, in the same order, with the same ids", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const file = yield* three(world, tab)
      const ids = (yield* tab.outbox.entries).map((entry) => entry.id)
      yield* tab.outbox.purge
      assert.strictEqual(yield* tab.outbox.importEntries(file), 3)
      assert.deepStrictEqual(
        (yield* tab.outbox.entries).map((entry) => entry.id),
        ids
      )
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc", "Beta"])
    })
  )

  law("skip what is known already, done or not", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const file = yield* three(world, tab)
      assert.strictEqual(yield* tab.outbox.importEntries(file), 0)
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.strictEqual(yield* tab.outbox.importEntries(file), 0)
      assert.strictEqual(yield* tab.outbox.importEntries(file), 0)
      assert.deepStrictEqual(yield* world.names, ["Acme Inc", "Beta"])
    })
  )

  law("name a client by Toggl's id where it has one, so that another device knows it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const acme = yield* create(tab, "Acme")
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      yield* offline(world, tab)
      yield* tab.clients.update(workspaceId, acme.id, { notes: "x" })
      const file = yield* tab.outbox.exportEntries
      yield* tab.outbox.purge
      yield* tab.outbox.importEntries(file)
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.strictEqual((yield* world.toggl.clients(workspaceId))[0]?.notes, "x")
    })
  )

  law("keep what may have been applied uncertain", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      yield* offline(world, tab)
      const file = yield* tab.outbox.exportEntries
      yield* tab.outbox.purge
      yield* tab.outbox.importEntries(file)
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* shown(tab), [])
    })
  )

  law("decide nothing about a create whose client this device already knows", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.configure({ uniqueNames: false })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      const file = yield* tab.outbox.exportEntries
      yield* tab.outbox.purge
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* tab.outbox.importEntries(file)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      const [entry] = yield* tab.outbox.entries
      assert.strictEqual(entry?.refused?._tag, "Undecided")
    })
  )

  law("do not store a list while an imported attempt may still land", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.landLate("20 seconds"), { when: isCreate })
      yield* create(tab, "Acme")
      const file = yield* tab.outbox.exportEntries
      yield* tab.outbox.purge
      yield* tab.outbox.pause
      yield* tab.outbox.importEntries(file)
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      const { state } = yield* world.store.load
      assert.isUndefined(state.workspaces[String(workspaceId)]?.fetchedAt)
    })
  )

  law("refuse another account's file, and another server's", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const file = yield* three(world, tab)
      const other = yield* world.open({ account: "bert" })
      const error = yield* Effect.flip(other.outbox.importEntries(file))
      assert.strictEqual(why(error), "Account")
      const elsewhere = file.replace("https://api.track.toggl.com", "https://elsewhere.example")
      const second = yield* Effect.flip(tab.outbox.importEntries(elsewhere))
      assert.strictEqual(why(second), "Account")
    })
  )

  law("hold no credentials", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withRefusal(world)
      yield* world.toggl.inject(Fault.echo(), { when: isUpdate })
      const [acme] = yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      if (acme === undefined) return assert.fail("it is listed")
      yield* tab.clients.update(workspaceId, acme.id, { notes: "x" })
      assert.notInclude(yield* tab.outbox.exportEntries, FakeToggl.defaultUser.apiToken)
    })
  )

  for (const [what, text] of [
    ["no JSON", "{"],
    ["nothing", ""],
    ["another JSON", "[1,2,3]"],
    ["null", "null"],
    ["another format", '{"format":"something else","version":1}'],
    ["a newer version", '{"format":"effect-toggl-clients/outbox","version":99,"entries":[]}']
  ] as const) {
    law(`refuse ${what} as garbled`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const error = yield* Effect.flip(tab.outbox.importEntries(text))
        assert.strictEqual(why(error), "Garbled")
      })
    )
  }

  law("take any file at all to a typed answer, and leave the outbox able to work", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const file: unknown = JSON.parse(yield* three(world, tab))
      yield* tab.outbox.purge
      // Hostile files: one of ours with a value anywhere in it replaced by another, and nesting.
      const values: ReadonlyArray<unknown> = [
        null,
        -1,
        0,
        1e308,
        Number.MAX_SAFE_INTEGER,
        "",
        "x".repeat(100_000),
        [],
        {},
        true,
        "__proto__",
        { _tag: "Delete", workspaceId: 1, clientId: -1 },
        { _tag: "SetAside", attempt: { number: 1, startedAt: 0, fence: 1 }, seenAt: 1e300, length: 1e300 },
        { _tag: "Uncertain", attempt: { number: 1, startedAt: 0, fence: 1 } },
        { _tag: "Sending", attempt: { number: 1, startedAt: 0, fence: 9e15 } },
        { _tag: "Refused", error: { _tag: "NotFound" }, at: 0 }
      ]
      const places: Array<(value: unknown) => unknown> = []
      const visit = (node: unknown, rebuild: (value: unknown) => unknown) => {
        places.push(rebuild)
        if (typeof node !== "object" || node === null) return
        for (const [key, inner] of Object.entries(node)) {
          visit(inner, (value) =>
            rebuild(
              Array.isArray(node)
                ? node.map((each: unknown, at) => (String(at) === key ? value : each))
                : { ...node, [key]: value }
            )
          )
        }
      }
      visit(file, (value) => value)
      for (const place of places) {
        for (const value of values) {
          const imported = yield* Effect.either(tab.outbox.importEntries(JSON.stringify(place(value))))
          if (Either.isLeft(imported)) assert.include(["InvalidImport"], imported.left._tag)
        }
      }
      const deep = `${"[".repeat(50_000)}${"]".repeat(50_000)}`
      const error = yield* Effect.flip(tab.outbox.importEntries(deep))
      assert.strictEqual(error._tag, "InvalidImport")
      // Whatever came in, the outbox goes on and can be emptied.
      yield* online(world, tab)
      yield* world.passes("10 minutes")
      assert.isArray(yield* tab.outbox.entries)
      yield* tab.outbox.purge
      yield* create(tab, "After")
      yield* world.passes("10 minutes")
      assert.include(yield* world.names, "After")
    })
  )

  law("take any text to a typed answer", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const texts = FastCheck.sample(FastCheck.oneof(FastCheck.string(), FastCheck.json()), { numRuns: 300, seed: 7 })
      for (const text of texts) {
        const error = yield* Effect.flip(tab.outbox.importEntries(text))
        assert.strictEqual(error._tag, "InvalidImport")
      }
    })
  )

  law("bring back any rows that could stand in a log, in their order", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      const rows = FastCheck.sample(Arbitrary.make(Entry.Row), { numRuns: 60, seed: 11 })
      yield* world.store.importRows(rows)
      const ids = (yield* tab.outbox.entries).map((entry) => entry.id)
      const file = yield* tab.outbox.exportEntries
      yield* tab.outbox.purge
      yield* tab.outbox.pause
      assert.strictEqual(yield* tab.outbox.importEntries(file), ids.length)
      assert.deepStrictEqual(
        (yield* tab.outbox.entries).map((entry) => entry.id),
        ids
      )
    })
  )
})

describe("an outcome", () => {
  law("is known by the entry's id, also after a restart", (world) =>
    Effect.gen(function* () {
      const { free, noted, tab, taken } = yield* withRefusal(world)
      yield* tab.close
      const next = yield* world.open()
      const of = (receipt: Receipt.Receipt<unknown>) => next.outbox.outcome(queued(receipt))
      const done = yield* of(free)
      assert.deepStrictEqual(done._tag === "Done" ? done.client?.name : done._tag, "Free")
      const standing = yield* of(taken)
      assert.strictEqual(standing._tag === "Standing" ? standing.error._tag : standing._tag, "InvalidName")
      assert.deepStrictEqual(yield* of(noted), { _tag: "Waiting", reason: { _tag: "Held", by: queued(taken) } })
      const unknown = yield* next.outbox.outcome(Entry.EntryId.make("00000000-0000-4000-8000-000000000000"))
      assert.deepStrictEqual(unknown, { _tag: "Unknown" })
    })
  )

  law("of a refusal that its caller heard keeps the error and what was asked", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      yield* Effect.flip(create(tab, "Taken"))
      const outcomes = world.memory.rows.filter((row) => Array.isArray(row.key) && row.key[0] === "outcome")
      assert.strictEqual(outcomes.length, 1)
      assert.nestedPropertyVal(outcomes[0]?.row, "ending.error._tag", "InvalidName")
      assert.nestedPropertyVal(outcomes[0]?.row, "mutation.name", "Taken")
    })
  )

  law("can be waited for, whichever tab sends it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* offline(world, tab)
      yield* other.setOnline(false)
      const receipt = yield* create(tab, "Acme")
      const waiting = yield* Effect.fork(other.outbox.awaitOutcome(queued(receipt)))
      yield* world.passes("1 hour")
      assert.isTrue(Option.isNone(yield* Fiber.poll(waiting)))
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.strictEqual((yield* Fiber.join(waiting))._tag, "Done")
      const missing = yield* Effect.flip(
        tab.outbox.awaitOutcome(Entry.EntryId.make("00000000-0000-4000-8000-000000000000"))
      )
      assert.strictEqual(missing._tag, "EntryNotFound")
    })
  )

  law("of what stands refused is waited for until the user decides", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      const waiting = yield* Effect.fork(tab.outbox.awaitOutcome(queued(taken)))
      yield* world.passes("1 hour")
      assert.isTrue(Option.isNone(yield* Fiber.poll(waiting)))
      yield* tab.outbox.discard(queued(taken))
      yield* world.rests
      assert.deepStrictEqual(yield* Fiber.join(waiting), { _tag: "Discarded" })
    })
  )

  law("is kept for 30 days and for the last thousand, and forgotten then", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ patience: 0 })
      const first = yield* create(tab, "First")
      yield* world.passes("1 minute")
      yield* world.passes("29 days")
      yield* create(tab, "Second")
      yield* world.passes("1 minute")
      assert.strictEqual((yield* tab.outbox.outcome(queued(first)))._tag, "Done")
      yield* world.passes("2 days")
      yield* create(tab, "Third")
      yield* world.passes("1 minute")
      // It is old, but among the last thousand.
      assert.strictEqual((yield* tab.outbox.outcome(queued(first)))._tag, "Done")
      yield* tab.close
      const second = (yield* world.store.load).state
      assert.isUndefined(second.run)
      const file = world.memory.rows.find((row) => Array.isArray(row.key) && row.key[0] === "outcome")
      for (let i = 0; i < 1_000; i++) {
        const id = `11111111-1111-4111-8111-${String(i).padStart(12, "0")}`
        const at = world.memory.rows.length
        const row = { ...(Predicate.isRecord(file?.row) ? file.row : {}), id, endedAt: Date.UTC(2026, 5, 1) }
        world.memory.rows.splice(at, 0, { key: ["outcome", id], row })
      }
      world.memory.rows.sort((a, b) => (JSON.stringify(a.key) < JSON.stringify(b.key) ? -1 : 1))
      const next = yield* world.open()
      yield* world.passes("1 day")
      yield* create(next, "Fourth")
      yield* world.passes("1 minute")
      assert.strictEqual((yield* next.outbox.outcome(queued(first)))._tag, "Unknown")
    })
  )

  law(
    "is pruned at most once a day, and never while there is more to do",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        for (let hour = 0; hour < 48; hour++) {
          yield* create(tab, `Client ${hour}`)
          yield* world.passes("1 hour")
        }
        const pruned = (yield* tab.operations).filter((operation) => operation === "prune").length
        assert.isTrue(pruned >= 1 && pruned <= 2, `${pruned} times`)
      }),
    { random: Random.make("prune") }
  )
})
