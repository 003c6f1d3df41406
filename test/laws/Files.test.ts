import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Predicate from "effect/Predicate"
import type { ClientError } from "../../src/index.js"
import { version } from "../../src/log/entry.js"
import * as First from "../fixtures/first/outbox.mjs"
import * as Second from "../fixtures/second/outbox.mjs"
import { Fault } from "../../src/testing/index.js"
import { create, isCreate, offline, online, opened } from "../Requests.js"
import { law, workspaceId, type World } from "../World.js"

// Law 5, never silently gone: files that earlier versions of the app have written can be imported; of one that cannot be,
// the user is told in plain words what is wrong with it.

const versions = [
  ["first", First],
  ["second", Second]
] as const

describe("a file of an earlier version", () => {
  for (const [name, library] of versions) {
    law(`is imported, in its order (the ${name})`, (world) =>
      Effect.gen(function* () {
        const old = yield* world.openOld(library)
        yield* old.clients.list(workspaceId)
        yield* world.toggl.setDown(true)
        yield* old.setOnline(false)
        const clients = old.clients
        const acme = yield* clients.create(workspaceId, { name: "Acme" })
        yield* clients.update(workspaceId, acme.id, { name: "Acme Inc" })
        yield* clients.create(workspaceId, { name: "Beta" })
        const file = yield* old.outbox.exportEntries
        yield* old.outbox.purge
        yield* old.kill
        const tab = yield* world.open({ online: false })
        assert.strictEqual(yield* tab.outbox.importEntries(file), 3)
        yield* online(world, tab)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme Inc", "Beta"])
      })
    )

    law(`is imported with what may have been applied, which is looked up (the ${name})`, (world) =>
      Effect.gen(function* () {
        const old = yield* world.openOld(library)
        yield* old.clients.list(workspaceId)
        yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
        yield* old.clients.create(workspaceId, { name: "Acme" })
        const file = yield* old.outbox.exportEntries
        yield* old.outbox.purge
        yield* old.kill
        const tab = yield* world.open()
        assert.strictEqual(yield* tab.outbox.importEntries(file), 1)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }
})

type Json = Readonly<Record<string, unknown>>

const format = "effect-toggl-clients/outbox"

/** Two changes in a file, and what the app says of that file once `change` has had it. */
const said = (world: World, change: (file: Json, entries: ReadonlyArray<Json>) => unknown) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* offline(world, tab)
    yield* create(tab, "Acme")
    yield* create(tab, "Beta")
    const file: unknown = JSON.parse(yield* tab.outbox.exportEntries())
    yield* tab.outbox.purge
    if (!Predicate.isReadonlyRecord(file) || !Array.isArray(file["entries"])) return assert.fail("it is a file")
    const changed = change(file, file["entries"])
    const text = typeof changed === "string" ? changed : JSON.stringify(changed)
    const error = yield* Effect.flip(tab.outbox.importEntries(text))
    return error._tag === "InvalidImport" ? error : assert.fail(error._tag)
  })

const second =
  (change: Json) =>
  (file: Json, [first, other]: ReadonlyArray<Json>) => ({ ...file, entries: [first, { ...other, ...change }] })

const long = "x".repeat(5000)

describe("a file that cannot be imported says why", () => {
  const cases: ReadonlyArray<
    readonly [
      what: string,
      change: (file: Json, entries: ReadonlyArray<Json>) => unknown,
      reason: ClientError.InvalidImport["reason"],
      detail: string
    ]
  > = [
    ["no JSON", () => "{", "Garbled", "it is not JSON"],
    ["nothing", () => "", "Garbled", "it is not JSON"],
    ["a list", () => [1, 2, 3], "Garbled", "it holds no exported changes"],
    ["null", () => null, "Garbled", "it holds no exported changes"],
    ["a text", () => JSON.stringify(long), "Garbled", "it holds no exported changes"],
    ["another's file", (file) => ({ ...file, format: long }), "Garbled", "it holds no exported changes"],
    ["no entries", (file) => ({ ...file, entries: long }), "Garbled", "it has no list of changes"],
    ["no account", (file) => ({ ...file, account: 1 }), "Garbled", "it does not say whose changes these are"],
    ["no version", () => ({ format, entries: [] }), "Garbled", "it does not say which version wrote it"],
    ["version 0", (file) => ({ ...file, version: 0 }), "Garbled", "it does not say which version wrote it"],
    [
      "a newer version",
      (file) => ({ ...file, version: 99 }),
      "Newer",
      `version 99 wrote it, and ${version} is read here`
    ],
    ["a newer row", second({ version: 98 }), "Newer", `version 98 wrote change 2, and ${version} is read here`],
    [
      "a row that is none",
      (file, [first]) => ({ ...file, entries: [first, null] }),
      "Garbled",
      "change 2 is not a change"
    ],
    ["no id", second({ id: undefined }), "Garbled", "change 2 cannot be read: id is missing"],
    ["an odd id", second({ id: long }), "Garbled", "change 2 cannot be read: id is not what it should be"],
    ["an odd base", second({ base: long }), "Garbled", "change 2 cannot be read: base is not what it should be"],
    [
      "an odd mutation",
      second({ mutation: { _tag: long } }),
      "Garbled",
      "change 2 cannot be read: mutation._tag is not what it should be"
    ],
    [
      "a mutation without its client",
      second({ mutation: { _tag: "Delete", workspaceId: 1 } }),
      "Garbled",
      "change 2 cannot be read: mutation.clientId is missing"
    ]
  ]
  for (const [what, change, reason, detail] of cases) {
    law(what, (world) =>
      Effect.gen(function* () {
        const error = yield* said(world, change)
        assert.deepStrictEqual([error.reason, error.detail], [reason, detail])
      })
    )
  }

  law("in few words, however long the account in it is", (world) =>
    Effect.gen(function* () {
      const error = yield* said(world, (file) => ({ ...file, account: long, baseUrl: long }))
      assert.strictEqual(error.reason, "Account")
      assert.isBelow(error.message.length, 300)
    })
  )

  law("and of a newer one that the app is to be updated", (world) =>
    Effect.gen(function* () {
      const { message } = yield* said(world, (file) => ({ ...file, version: 99 }))
      assert.include(message, "newer version of this app")
    })
  )
})
