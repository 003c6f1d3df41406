import { assert, describe } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import type { ClientError } from "../../src/index.js"
import { Row } from "../../src/log/entry.js"
import { Fault, type RequestLog } from "../../src/testing/index.js"
import {
  asked,
  bothStuck,
  create,
  isChange,
  isCreate,
  isUpdate,
  lostAndChanged,
  offline,
  online,
  opened,
  queued,
  says,
  standing
} from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"
import * as Paused from "./Paused.js"

// Law 5, never silently gone: the user exports what waits, and imports it elsewhere.

const why = (error: ClientError.ClientError): string => ("reason" in error ? error.reason : error._tag)

const shown = (tab: Tab) =>
  Effect.map(tab.outbox.entries, (entries) =>
    entries.map((entry) => [entry.seq, entry.refused?._tag ?? entry.reason?._tag ?? entry.state])
  )

describe("export and import", () => {
  const three = (world: World, tab: Tab) =>
    Effect.gen(function* () {
      yield* offline(world, tab)
      const acme = yield* create(tab, "Acme", "net 30")
      yield* tab.clients.update(workspaceId, acme.id, { name: "Acme Inc" })
      yield* create(tab, "Beta")
      return yield* tab.outbox.exportEntries()
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
      const file = yield* tab.outbox.exportEntries()
      yield* tab.outbox.purge
      yield* tab.outbox.importEntries(file)
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.strictEqual((yield* world.toggl.clients(workspaceId))[0]?.notes, "x")
    })
  )

  law("name it so too where an edit of it waits for the look-up of what was sent", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "Acme")
      const [localId = assert.fail("none")] = (yield* world.store.load).ids.keys()
      yield* world.toggl.inject(Fault.loseAnswer, { when: isUpdate })
      const entry = queued(yield* tab.clients.update(workspaceId, localId, { notes: "net 60" }))
      yield* tab.outbox.retry(entry, { notes: "net 90" })
      const [acme] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.updateClient(workspaceId, acme?.id ?? 0, { notes: "theirs" })
      const file = yield* tab.outbox.exportEntries()
      yield* tab.outbox.purge
      yield* tab.outbox.importEntries(file)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* Paused.clientsOf(world), [["Acme", "theirs"]])
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    })
  )

  law("keep what may have been applied uncertain", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      yield* offline(world, tab)
      const file = yield* tab.outbox.exportEntries()
      yield* tab.outbox.purge
      yield* tab.outbox.importEntries(file)
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* shown(tab), [])
    })
  )

  for (const dateHeader of ["own", "hidden"] as const) {
    const isTimed = dateHeader === "own"
    const what = isTimed ? "take for its own" : "decide nothing about"
    law(`${what} what a create has made and this device already knows (Toggl's time: ${dateHeader})`, (world) =>
      Effect.gen(function* () {
        yield* world.toggl.configure({ uniqueNames: false, dateHeader })
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
        yield* create(tab, "Acme")
        const file = yield* tab.outbox.exportEntries()
        yield* tab.outbox.purge
        yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
        yield* tab.outbox.importEntries(file)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
        assert.deepStrictEqual(yield* standing(tab), isTimed ? [] : ["Undecided"])
      })
    )
  }

  for (const state of ["uncertain", "undecided"]) {
    law(`make no client a second time that is known here under another name (${state})`, (world) =>
      Effect.gen(function* () {
        const { entry, tab } = yield* lostAndChanged(world, { name: "Acme Inc" })
        if (state === "undecided") yield* world.passes("5 minutes")
        const file = yield* tab.outbox.exportEntries()
        yield* tab.outbox.purge
        yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
        yield* tab.outbox.importEntries(file)
        if (state === "undecided") yield* tab.outbox.retry(entry)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme Inc"])
        assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      })
    )
  }

  law("take no older client for their own that the other device knew, and this one does not", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "Acme", "net 30")
      yield* world.passes("5 minutes")
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* world.toggl.inject(Fault.refuse, { when: isCreate })
      yield* create(tab, "Acme", "net 30")
      const file = yield* tab.outbox.exportEntries()
      yield* tab.outbox.purge
      yield* tab.outbox.importEntries(file)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    })
  )

  law("do not store a list while an imported attempt may still land", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.landLate("20 seconds"), { when: isCreate })
      yield* create(tab, "Acme")
      const file = yield* tab.outbox.exportEntries()
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

  for (const [what, text] of [
    ["no JSON", "{"],
    ["nothing", ""],
    ["another JSON", "[1,2,3]"],
    ["null", "null"],
    ["another format", '{"format":"something else","version":1}']
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
      const rows = FastCheck.sample(Arbitrary.make(Row), { numRuns: 60, seed: 11 })
      yield* world.store.importRows(rows)
      const ids = (yield* tab.outbox.entries).map((entry) => entry.id)
      const file = yield* tab.outbox.exportEntries()
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

describe("imported changes that had failed where they come from", () => {
  const when = (request: RequestLog.RecordedRequest) => isChange(request) && says(request, "Poison")

  law("do not keep the others waiting for one of them", (world) =>
    Effect.gen(function* () {
      const { maintenance, tab } = yield* bothStuck(world, { step: 5000 })
      const file = yield* tab.outbox.exportEntries()
      yield* tab.outbox.purge
      yield* maintenance.takeBack
      yield* world.toggl.inject(Fault.firewall(403), { when, times: "always" })
      yield* tab.outbox.importEntries(file)
      yield* create(tab, "Free")
      yield* world.passes("1 day")
      assert.deepStrictEqual([...(yield* world.names)].sort(), ["Free", "Other"])
    })
  )

  for (const count of ["failures", "attempts"]) {
    law(`cost few requests, and stop nothing, with as many ${count} as there can be`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* offline(world, tab)
        yield* create(tab, "Poison")
        const file = yield* tab.outbox.exportEntries()
        yield* tab.outbox.purge
        const most = `"${count}":${Number.MAX_SAFE_INTEGER}`
        yield* tab.outbox.importEntries(file.replace(new RegExp(`"${count}":\\d+`), most))
        const firewall = yield* world.toggl.inject(Fault.firewall(403), { when, times: "always" })
        yield* create(tab, "Free")
        yield* online(world, tab)
        yield* world.passes("10 minutes")
        const first = yield* asked(world)
        yield* world.passes("10 minutes")
        assert.isAtMost((yield* asked(world)) - first, 20)
        assert.deepStrictEqual(yield* world.names, ["Free"])
        yield* firewall.takeBack
        yield* world.passes("6 hours")
        assert.deepStrictEqual(yield* world.names, ["Free", "Poison"])
      })
    )
  }
})
