import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import { expectTypeOf } from "vitest"
import * as Client from "../../src/Client.js"

const decode = Schema.decodeUnknownSync(Client.Client)
const encode = Schema.encodeSync(Client.Client)

const recorded = {
  id: 64890399,
  wid: 2230580,
  archived: false,
  name: "AGL",
  at: "2024-03-17T10:55:38+00:00",
  creator_id: 2166261
}

const full = {
  ...recorded,
  notes: "net 30",
  permissions: ["edit", "delete"],
  integration_ext_id: "10001",
  integration_ext_type: "account",
  integration_provider: "salesforce",
  external_reference: "A-7",
  total_count: 12
}

describe("a client", () => {
  it("is read as Toggl sends it, empty keys left out", () => {
    assert.deepEqual(decode(recorded), {
      id: Client.ClientId.make(64890399),
      workspaceId: Client.WorkspaceId.make(2230580),
      archived: false,
      name: "AGL",
      notes: "",
      permissions: [],
      at: Date.UTC(2024, 2, 17, 10, 55, 38),
      creatorId: 2166261
    })
  })

  it("is read with every key", () => {
    assert.deepInclude(decode(full), {
      notes: "net 30",
      permissions: ["edit", "delete"],
      integrationExtId: "10001",
      integrationExtType: "account",
      integrationProvider: "salesforce",
      externalReference: "A-7",
      totalCount: 12
    })
  })

  it("is the same whether empty keys are null or left out", () => {
    const nulls = {
      notes: null,
      permissions: null,
      integration_ext_id: null,
      integration_ext_type: null,
      integration_provider: null,
      external_reference: null,
      total_count: null
    }
    assert.deepEqual(decode({ ...recorded, ...nulls }), decode(recorded))
    const { archived: _, at: __, creator_id: ___, ...bare } = recorded
    assert.deepEqual(decode({ ...bare, archived: null, at: null, creator_id: null }), decode(bare))
  })

  it("drops keys that it does not know, __proto__ among them", () => {
    const text = JSON.stringify({ ...recorded, colour: "red" }).replace("{", '{"__proto__":{"archived":true},')
    assert.deepEqual(decode(JSON.parse(text)), decode(recorded))
  })

  it("has a list of permissions in whichever form they come", () => {
    assert.deepEqual(decode({ ...recorded, permissions: "edit" }).permissions, ["edit"])
    assert.deepEqual(decode({ ...recorded, permissions: "" }).permissions, [])
  })

  it("has a time in each way to write UTC", () => {
    for (const at of ["2024-03-17T10:55:38Z", "2024-03-17T11:55:38+01:00"]) {
      assert.deepEqual(decode({ ...recorded, at }).at, decode(recorded).at)
    }
  })

  it("has the name that Toggl has, whatever the rules say of names that we send", () => {
    for (const name of ["", "  ", "x".repeat(1000)]) assert.strictEqual(decode({ ...recorded, name }).name, name)
  })

  it("comes back from its wire form", () => {
    for (const wire of [recorded, full]) {
      const client = decode(wire)
      assert.deepEqual(decode(JSON.parse(JSON.stringify(encode(client)))), client)
      assert.deepInclude(encode(client), { wid: 2230580, creator_id: 2166261 })
    }
  })

  it("is none without id, workspace or name, or where one of these, its notes or archived is something else", () => {
    const { id: _, ...noId } = recorded
    const { wid: __, ...noWorkspace } = recorded
    const { name: ___, ...noName } = recorded
    const broken = [
      noId,
      noWorkspace,
      noName,
      { ...recorded, id: 0 },
      { ...recorded, id: -1 },
      { ...recorded, id: 1.5 },
      { ...recorded, id: "64890399" },
      { ...recorded, archived: "no" },
      { ...recorded, name: 1 },
      { ...recorded, notes: 1 },
      null,
      []
    ]
    const isClient = (value: unknown) => Either.isRight(Schema.decodeUnknownEither(Client.Client)(value))
    assert.deepEqual(broken.filter(isClient), [])
  })

  it("is one whatever else it holds, and what cannot be read counts as absent", () => {
    const decode = Schema.decodeUnknownSync(Client.Client)
    const { at: _, creator_id: __, ...bare } = recorded
    assert.deepEqual(decode({ ...recorded, at: "soon", creator_id: "7" }), decode(bare))
  })
})

describe("ids", () => {
  it("of Toggl's are positive and ours are negative, and the types keep them apart", () => {
    const toggl = Client.ClientId.make(1)
    const local = Client.LocalClientId.make(-1)
    assert.isFalse(Client.isLocalClientId(toggl))
    assert.isTrue(Client.isLocalClientId(local))
    assert.isFalse(Schema.is(Client.ClientId)(-1))
    assert.isFalse(Schema.is(Client.LocalClientId)(1))
    assert.isFalse(Schema.is(Client.AnyClientId)(0))
    expectTypeOf<Client.LocalClientId>().not.toExtend<Client.ClientId>()
    expectTypeOf<Client.ClientId>().not.toExtend<Client.LocalClientId>()
    expectTypeOf<Client.ClientId | Client.LocalClientId>().toExtend<Client.AnyClientId>()
    expectTypeOf<number>().not.toExtend<Client.ClientId>()
    expectTypeOf<Client.ProjectId>().not.toExtend<Client.ClientId>()
    expectTypeOf<Client.WorkspaceId>().not.toExtend<Client.ClientId>()
  })

  it("that are no integers are refused", () => {
    for (const schema of [Client.WorkspaceId, Client.ClientId, Client.ProjectId]) {
      const is = Schema.is(schema)
      assert.deepEqual([1.5, NaN, Infinity, "1", null, 2 ** 53].filter(is), [])
    }
  })
})

describe("a name that is sent", () => {
  const bytes = (name: string) => new TextEncoder().encode(name).length

  it("is trimmed, and must not be empty", () => {
    assert.deepEqual(Client.checkName("  Acme\t"), Either.right("Acme"))
    for (const name of ["", " ", "\n\t "]) {
      assert.deepEqual(Client.checkName(name), Either.left({ reason: "Empty" }))
    }
  })

  it("is measured in UTF-8 bytes, after trimming", () => {
    assert.deepEqual(Client.checkName(` ${"é".repeat(127)}a `), Either.right("é".repeat(127) + "a"))
    assert.deepEqual(Client.checkName("é".repeat(128)), Either.left({ reason: "TooLong", bytes: 256, limit: 255 }))
    assert.deepEqual(Client.checkName("😀", 3), Either.left({ reason: "TooLong", bytes: 4, limit: 3 }))
  })

  it("must not hold half an emoji", () => {
    for (const half of ["Acme 😀".slice(0, 6), "\uDE00 Acme", "\uDE00\uD83D"]) {
      assert.deepEqual(Client.checkName(half), Either.left({ reason: "IllFormed" }))
      assert.isFalse(Client.isWellFormed(half))
    }
    assert.deepEqual(Client.checkName("Acme 😀👩🏽‍💻"), Either.right("Acme 😀👩🏽‍💻"))
  })

  it("is right exactly if it is not empty, whole and fits", () => {
    FastCheck.assert(
      FastCheck.property(
        FastCheck.string({ unit: "binary" }),
        FastCheck.integer({ min: 1, max: 40 }),
        (name, limit) => {
          const trimmed = name.trim()
          const fits = trimmed !== "" && Client.isWellFormed(trimmed) && bytes(trimmed) <= limit
          assert.strictEqual(Either.isRight(Client.checkName(name, limit)), fits)
        }
      )
    )
  })
})

describe("two names", () => {
  const same = (a: string, b: string) => Client.foldName(a) === Client.foldName(b)

  it("are held to be the same in spite of case, normal form and outer spaces", () => {
    for (const [a, b] of [
      ["Acme", " aCME "],
      ["Cafe\u0301", "CAFÉ"],
      ["ﬁne", "FINE"],
      ["straße", "STRASSE"],
      ["ὈΔΥΣΣΕΎΣ", "ὀδυσσεύς"],
      ["Acme\u00a0Ltd", "acme ltd"]
    ] as const) {
      assert.isTrue(same(a, b), `${a} ${b}`)
    }
    assert.isFalse(same("Acme", "Acme 2"))
  })

  it("are the same in every way to write a letter", () => {
    const apart: Array<string> = []
    for (let code = 0; code < 0x10000; code++) {
      const letter = String.fromCharCode(code)
      const ways = [letter.toUpperCase(), letter.toLowerCase(), letter.normalize("NFD"), Client.foldName(letter)]
      if (!ways.every((way) => same(way, letter))) apart.push(letter)
    }
    assert.deepEqual(apart, [])
  })
})

describe("what Toggl may have kept in another way", () => {
  it("is the same name, but for outer spaces and the normal form", () => {
    for (const [a, b] of [
      ["Acme", " Acme\t"],
      ["Cafe\u0301", "Caf\u00e9"]
    ] as const) {
      assert.isTrue(Client.sameName(a, b))
    }
    for (const [a, b] of [
      ["Acme", "ACME"],
      ["\ufb01ne", "fine"],
      ["Ac me", "Ac  me"]
    ] as const) {
      assert.isFalse(Client.sameName(a, b))
    }
  })

  it("is the same notes, but for outer white space and CRLF", () => {
    for (const [a, b] of [
      ["net 30\r\nby mail\r\n", "net 30\nby mail"],
      [" \n", ""],
      ["a", "a"]
    ] as const) {
      assert.isTrue(Client.sameNotes(a, b))
      assert.isTrue(Client.sameNotes(b, a))
    }
    for (const [a, b] of [
      ["a\n\nb", "a\nb"],
      ["a", "A"],
      ["Cafe\u0301", "Caf\u00e9"]
    ] as const) {
      assert.isFalse(Client.sameNotes(a, b))
    }
  })
})

describe("a filter", () => {
  const acme = { name: "Acme Ltd", archived: false }
  const old = { name: "Old Acme", archived: true }
  const through = (filter?: Client.Filter) => [acme, old].filter((client) => Client.matches(client, filter))

  it("lets the active ones through unless it says otherwise", () => {
    assert.deepEqual(through(), [acme])
    assert.deepEqual(through({ status: "archived" }), [old])
    assert.deepEqual(through({ status: "both" }), [acme, old])
  })

  it("looks for a part of the name in any case", () => {
    assert.deepEqual(through({ status: "both", name: "LTD" }), [acme])
    assert.deepEqual(through({ status: "both", name: "" }), [acme, old])
    assert.deepEqual(through({ name: "old" }), [])
  })
})
