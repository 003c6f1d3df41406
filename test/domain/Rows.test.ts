import { assert, describe, it } from "@effect/vitest"
import * as Arbitrary from "effect/Arbitrary"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { Client, Entry, Mutation } from "../../src/index.js"
import * as log from "../../src/log/entry.js"
import { readClient, writeClient, writeNew, writeRow } from "../../src/transactions/rows.js"

const encode = Schema.encodeSync(Client.Client)
const bySchema = (row: unknown) => Either.getOrUndefined(Schema.decodeUnknownEither(Client.Client)(row))

const junk = FastCheck.constantFrom<unknown>(
  undefined,
  null,
  0,
  -1,
  1.5,
  "",
  "no date",
  true,
  {},
  [],
  ["admin"],
  Infinity
)

describe("a client at rest", () => {
  it("is written and read as its schema does it", () => {
    FastCheck.assert(
      FastCheck.property(Arbitrary.make(Client.Client), (client) => {
        const row = encode(client)
        assert.deepStrictEqual(writeClient(client), row)
        assert.deepStrictEqual(readClient(row), bySchema(row))
      })
    )
  })

  it("is read as its schema reads it, whatever any of its keys holds", () => {
    const keys = [
      "id",
      "wid",
      "name",
      "archived",
      "notes",
      "at",
      "creator_id",
      "permissions",
      "external_reference",
      "x"
    ]
    FastCheck.assert(
      FastCheck.property(Arbitrary.make(Client.Client), FastCheck.constantFrom(...keys), junk, (client, key, value) => {
        const row = { ...encode(client), [key]: value }
        assert.deepStrictEqual(readClient(row), bySchema(row))
      }),
      { numRuns: 500 }
    )
  })

  it("is no client where the row is none", () => {
    FastCheck.assert(
      FastCheck.property(junk, (row) => {
        assert.isUndefined(readClient(row))
      })
    )
  })
})

describe("a new entry at rest", () => {
  const accepted = FastCheck.record({
    id: Arbitrary.make(Entry.EntryId),
    mutation: Arbitrary.make(Mutation.Mutation),
    acceptedAt: FastCheck.nat(),
    base: FastCheck.option(Arbitrary.make(Client.Client), { nil: undefined })
  })

  it("is written as any other entry is", () => {
    FastCheck.assert(
      FastCheck.property(accepted, ({ base, ...draft }) => {
        const entry: log.Entry = {
          version: log.version,
          ...draft,
          ...(base === undefined ? {} : { base }),
          state: { _tag: "Pending" },
          attempts: 0,
          failures: 0,
          seq: 1
        }
        assert.deepStrictEqual(writeNew(entry, base === undefined ? undefined : writeClient(base)), writeRow(entry))
      })
    )
  })
})
