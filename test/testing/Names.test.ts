import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { FakeToggl } from "../../src/testing/index.js"
import { list, namesIn, send, workspaceId } from "./Wire.js"

const taken = [400, "Name has already been taken"]
const ok = [200, undefined]

/** Status and text of creating a client of that name; no text where it was made. */
const create = (fake: FakeToggl.FakeTogglService, name: string) =>
  Effect.map(send(fake, "POST", "", { body: { name } }), ({ json, status }) => (status === 200 ? ok : [status, json]))

describe("names", () => {
  it.effect("one name is for one client of a workspace", () =>
    Effect.gen(function* () {
      const second = { ...FakeToggl.defaultWorkspace, id: 2 }
      const fake = yield* FakeToggl.make({ workspaces: [FakeToggl.defaultWorkspace, second] })
      assert.deepStrictEqual(yield* create(fake, "Acme"), ok)
      assert.deepStrictEqual(yield* create(fake, "Acme"), taken)
      yield* fake.edit.createClient(2, { name: "Acme" })
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Other" })
      const rename = (name: string) =>
        Effect.map(send(fake, "PUT", `${id}`, { body: { name } }), (sent) => [sent.status, sent.json])
      assert.deepStrictEqual(yield* rename("Acme"), taken)
      assert.strictEqual((yield* rename("Other"))[0], 200, "its own name is no obstacle")
      assert.strictEqual((yield* send(fake, "DELETE", `${id}`)).status, 200)
      assert.deepStrictEqual(yield* create(fake, "Other"), ok)
    })
  )

  it.effect("without the rule a blind retry makes a duplicate", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ uniqueNames: false })
      yield* create(fake, "Acme")
      assert.deepStrictEqual(yield* create(fake, "Acme"), ok)
      assert.deepStrictEqual(namesIn(yield* list(fake)), ["Acme", "Acme"])
    })
  )

  it.effect("case counts, or does not", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* create(fake, "Acme")
      assert.deepStrictEqual(yield* create(fake, "ACME"), ok)
      yield* fake.configure({ nameComparison: { caseSensitive: false } })
      assert.deepStrictEqual(yield* create(fake, "aCME"), taken)
    })
  )

  it.effect("the normal form counts, or does not", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* create(fake, "Caf\u00e9")
      assert.deepStrictEqual(yield* create(fake, "Cafe\u0301"), ok)
      yield* fake.configure({ nameComparison: { normalize: "NFC" } })
      assert.deepStrictEqual(yield* create(fake, "Cafe\u0301"), taken)
    })
  )

  it.effect("blanks around count, or do not", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* create(fake, "Acme")
      assert.deepStrictEqual(yield* create(fake, " Acme"), ok)
      assert.deepStrictEqual(yield* create(fake, " "), ok)
      yield* fake.configure({ nameComparison: { trim: true } })
      assert.deepStrictEqual(yield* create(fake, "Acme "), taken)
      assert.deepStrictEqual(yield* create(fake, "  "), [400, "Client name cannot be empty"])
    })
  )

  it.effect("a switch changed in part leaves its other parts", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ nameComparison: { caseSensitive: false } })
      yield* fake.configure({ nameComparison: { trim: true } })
      assert.deepStrictEqual((yield* fake.options).nameComparison, {
        caseSensitive: false,
        normalize: "none",
        trim: true
      })
    })
  )

  it.effect("names are kept as sent, or trimmed", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      yield* create(fake, " A ")
      yield* fake.configure({ storedNames: "trimmed" })
      yield* create(fake, " B ")
      assert.deepStrictEqual(namesIn(yield* list(fake)), [" A ", "B"])
      assert.deepStrictEqual(yield* create(fake, "  "), [400, "Client name cannot be empty"])
    })
  )

  it.effect("archived clients occupy their names", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      yield* fake.edit.archiveClient(workspaceId, id)
      assert.deepStrictEqual(yield* create(fake, "Acme"), taken)
    })
  )

  it.effect("archived clients do not occupy their names: then restoring one may be refused", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ archivedNamesCount: false })
      const { id } = yield* fake.edit.createClient(workspaceId, { name: "Acme" })
      yield* fake.edit.archiveClient(workspaceId, id)
      assert.deepStrictEqual(yield* create(fake, "Acme"), ok)
      const edited = yield* send(fake, "PUT", `${id}`, { body: { name: "Acme", notes: "x" } })
      assert.strictEqual(edited.status, 200, "the archived one is outside the rule")
      const restored = yield* send(fake, "POST", `${id}/restore`)
      assert.deepStrictEqual([restored.status, restored.json], taken)
      yield* send(fake, "PUT", `${id}`, { body: { name: "Acme too" } })
      assert.strictEqual((yield* send(fake, "POST", `${id}/restore`)).status, 200)
    })
  )

  it.effect("the limit is in bytes, and stands in the refusal", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      assert.deepStrictEqual(yield* create(fake, "é".repeat(127) + "a"), ok)
      assert.deepStrictEqual(yield* create(fake, "é".repeat(128)), [400, "Client name maximum length is 255"])
      yield* fake.configure({ maxClientNameBytes: 3 })
      assert.deepStrictEqual(yield* create(fake, "ab€"), [400, "Client name maximum length is 3"])
      assert.deepStrictEqual(yield* create(fake, "€"), ok)
    })
  )
})
