import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "../../src/index.js"
import { version } from "../../src/log/entry.js"
import { Fault } from "../../src/testing/index.js"
import { bothStuck, create, isChange, offline, opened, says } from "../Requests.js"
import { law, type Tab, workspaceId } from "../World.js"

// Law 5, never silently gone: no unreadable row takes anything away. It is kept with its bytes and passed over, and only the
// user discards it.

const shown = (tab: Tab) =>
  Effect.map(tab.outbox.entries, (entries) =>
    entries.map((entry) => [entry.seq, entry.refused?._tag ?? entry.reason?._tag ?? entry.state])
  )

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
      const newer = { version: version + 1, what: "is not known here" }
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
    ["the first version alone", { version: 1 }],
    ["a version alone", { version }],
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
        const exported = yield* next.outbox.exportEntries()
        assert.include(exported, '"B"')
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.names, ["B"])
      })
    )
  }

  const row: { self?: unknown } = {}
  row.self = row
  for (const [what, bytes] of [
    ["that refers to itself", row],
    ["that is no text", { toString: 1, big: 1n }]
  ] as const) {
    law(`${what} is exported as text`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* offline(world, tab)
        yield* create(tab, "A")
        yield* tab.kill
        yield* world.changeRow(1, () => bytes)
        const next = yield* world.open({ online: false })
        const exported: unknown = JSON.parse(yield* next.outbox.exportEntries())
        assert.property(exported, "unreadable")
      })
    )
  }
})

describe("the queue's state, where it cannot be read", () => {
  law("makes no change wait for one that kept failing before", (world) =>
    Effect.gen(function* () {
      const { maintenance, tab } = yield* bothStuck(world, { step: 5000, successes: 500 })
      yield* tab.kill
      for (const row of world.memory.rows) if (row.key === "state") row.row = "garbled"
      yield* maintenance.takeBack
      yield* world.toggl.inject(Fault.firewall(403), {
        when: (request) => isChange(request) && says(request, "Poison"),
        times: "always"
      })
      const next = yield* world.open()
      yield* world.passes("1 minute")
      assert.deepStrictEqual((yield* next.outbox.status).queue, { _tag: "Paused", reason: "ByUser" })
      yield* next.outbox.resume
      yield* create(next, "Free")
      yield* world.passes("1 day")
      assert.deepStrictEqual([...(yield* world.names)].sort(), ["Free", "Other"])
      assert.strictEqual((yield* next.outbox.status).setAside, 1)
    })
  )
})
