import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { AnyClientId, Client, UpdateInput, WorkspaceId } from "../../src/Client.js"
import { isAnyClientId, isChange } from "../../src/error/input.js"
import { isTogglId, plainClient } from "../../src/plainClient.js"

const asJson = Schema.decodeUnknownSync(Schema.parseJson())

const decode = Schema.decodeUnknownEither(Client)

const integers = FastCheck.constantFrom<unknown>(1, 2230580, 0, -1, 1.5, 2 ** 53, "1", null, undefined)
const texts = FastCheck.constantFrom<unknown>("Acme", "", "2026-01-01T00:00:00+00:00", "no date", 7, null, undefined)

/** What stands in few items, in any form; and what stands in most. */
const items = FastCheck.record(
  {
    id: FastCheck.oneof({ weight: 4, arbitrary: FastCheck.constant<unknown>(7) }, integers),
    wid: FastCheck.oneof({ weight: 4, arbitrary: FastCheck.constant<unknown>(8) }, integers),
    name: FastCheck.oneof({ weight: 4, arbitrary: FastCheck.constant<unknown>("Acme") }, texts),
    archived: FastCheck.constantFrom<unknown>(true, false, null, undefined, "no"),
    notes: texts,
    at: texts,
    creator_id: integers,
    permissions: FastCheck.constantFrom<unknown>([], null, undefined, "", "admin", ["admin"], 7),
    total_count: integers,
    integration_ext_id: FastCheck.oneof({ weight: 4, arbitrary: FastCheck.constant<unknown>(null) }, texts),
    external_reference: FastCheck.oneof({ weight: 4, arbitrary: FastCheck.constant<unknown>(null) }, texts),
    unknown: texts
  },
  { requiredKeys: ["id", "wid", "name"] }
)

describe("a client that is read by hand", () => {
  it("is the one that the schema reads, or is left to the schema", () => {
    let byHand = 0
    FastCheck.assert(
      FastCheck.property(items, (given) => {
        const item = asJson(JSON.stringify(given))
        const client = plainClient(item)
        if (client === undefined) return
        byHand++
        assert.deepStrictEqual(Either.getOrUndefined(decode(item)), client)
      }),
      { numRuns: 5000 }
    )
    assert.isAbove(byHand, 50)
  })

  it("is what Toggl sends of most clients", () => {
    const item = { id: 1, wid: 2, archived: false, name: "Acme", at: "2026-01-01T00:00:00+00:00", creator_id: 3 }
    for (const sent of [item, { ...item, notes: "", total_count: 1, permissions: null, integration_ext_id: null }]) {
      assert.isDefined(plainClient(sent))
    }
    for (const other of [undefined, null, 7, [], "Acme"]) assert.isUndefined(plainClient(other))
  })
})

describe("what a change is checked for by hand", () => {
  it("is what the schemas say", () => {
    const isUpdate = Schema.is(UpdateInput)
    const [isWorkspace, isClient] = [Schema.is(WorkspaceId), Schema.is(AnyClientId)]
    const values = FastCheck.oneof(integers, texts, FastCheck.anything())
    const changes = FastCheck.oneof(values, FastCheck.record({ name: values, notes: values }, { requiredKeys: [] }))
    let changing = 0
    FastCheck.assert(
      FastCheck.property(values, changes, (id, change) => {
        assert.strictEqual(isTogglId(id), isWorkspace(id))
        assert.strictEqual(isAnyClientId(id), isClient(id))
        assert.strictEqual(isChange(change), isUpdate(change))
        if (isChange(change)) changing++
      }),
      { numRuns: 5000 }
    )
    assert.isAbove(changing, 50)
  })
})
