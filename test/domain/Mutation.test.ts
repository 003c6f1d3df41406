import { assert, describe, it } from "@effect/vitest"
import * as Either from "effect/Either"
import * as FastCheck from "effect/FastCheck"
import * as Schema from "effect/Schema"
import * as Client from "../../src/Client.js"
import * as Mutation from "../../src/Mutation.js"

const workspaceId = Client.WorkspaceId.make(1)
const clientId = Client.ClientId.make(7)
const localId = Client.LocalClientId.make(-7)

const names = FastCheck.constantFrom("a", "b", "c")
const notes = FastCheck.constantFrom("", "x", "y")
const change: FastCheck.Arbitrary<Mutation.Change> = FastCheck.record({ name: names, notes }, { requiredKeys: [] })
const ids = FastCheck.constantFrom(...([1, 2, 3] as const)).map((id) => Client.ClientId.make(id))

const mutations: FastCheck.Arbitrary<Exclude<Mutation.Mutation, Mutation.Create>> = FastCheck.oneof(
  FastCheck.record({ _tag: FastCheck.constant("Update" as const), clientId: ids, change }),
  FastCheck.record({ _tag: FastCheck.constant("Delete" as const), clientId: ids }),
  FastCheck.record({ _tag: FastCheck.constant("Archive" as const), clientId: ids }),
  FastCheck.record({
    _tag: FastCheck.constant("Restore" as const),
    clientId: ids,
    input: FastCheck.constant({ restoreAllProjects: true })
  })
).map((mutation) => ({ ...mutation, workspaceId }))

const creates: FastCheck.Arbitrary<Mutation.Create> = FastCheck.record({ name: names, notes }).map((input) => ({
  _tag: "Create",
  workspaceId,
  localId,
  ...input
}))

const clients = FastCheck.record({ name: names, notes, archived: FastCheck.boolean(), kept: FastCheck.anything() })

describe("apply", () => {
  it("changes what the mutation asks for and nothing else, and leaves its input alone", () => {
    FastCheck.assert(
      FastCheck.property(clients, mutations, (client, mutation) => {
        const before = { ...client }
        const after = Mutation.apply(client, mutation)
        assert.deepStrictEqual(client, before)
        switch (mutation._tag) {
          case "Delete":
            return assert.isUndefined(after)
          case "Update":
            return assert.deepStrictEqual(after, {
              ...before,
              name: mutation.change.name ?? before.name,
              notes: mutation.change.notes ?? before.notes
            })
          default:
            return assert.deepStrictEqual(after, { ...before, archived: mutation._tag === "Archive" })
        }
      })
    )
  })

  it("makes no client where there is none", () => {
    const nobody: Mutation.Editable | undefined = undefined
    FastCheck.assert(FastCheck.property(mutations, (mutation) => assert.isUndefined(Mutation.apply(nobody, mutation))))
  })

  it("clears the notes where they are empty, which is not the same as leaving them out", () => {
    const client = { name: "a", notes: "x", archived: false }
    const update = (change: Mutation.Change) =>
      Mutation.apply(client, { _tag: "Update", workspaceId, clientId, change })
    assert.deepStrictEqual(update({ notes: "" }), { ...client, notes: "" })
    assert.deepStrictEqual(update({}), client)
  })

  it("gives the same client however often it is repeated", () => {
    FastCheck.assert(
      FastCheck.property(clients, mutations, (client, mutation) => {
        const once = Mutation.apply(client, mutation)
        assert.deepStrictEqual(Mutation.apply(once, mutation), once)
      })
    )
  })
})

describe("join", () => {
  const named = { workspaceId, clientId }
  const acme: Mutation.Create = { _tag: "Create", workspaceId, localId, name: "Acme", notes: "net 30" }
  const renamed: Mutation.Update = { _tag: "Update", ...named, change: { name: "Zenith" } }
  const noted: Mutation.Update = { _tag: "Update", ...named, change: { notes: "" } }

  it("makes one create or update of a create or update and an update", () => {
    assert.deepStrictEqual(Mutation.join(acme, renamed), { ...acme, name: "Zenith" })
    assert.deepStrictEqual(Mutation.join(acme, noted), { ...acme, notes: "" })
    assert.deepStrictEqual(Mutation.join(renamed, noted), { ...renamed, change: { name: "Zenith", notes: "" } })
    assert.deepStrictEqual(Mutation.join(renamed, { ...renamed, change: { name: "Nadir" } })?._tag, "Update")
  })

  it("leaves what has an effect of its own", () => {
    const others: ReadonlyArray<Mutation.Mutation> = [
      { _tag: "Archive", ...named },
      { _tag: "Restore", ...named, input: {} },
      { _tag: "Delete", ...named }
    ]
    for (const other of others) {
      assert.isUndefined(Mutation.join(other, renamed))
      assert.isUndefined(Mutation.join(renamed, other))
      assert.isUndefined(Mutation.join(acme, other))
    }
  })

  it("does as one what both do one after the other", () => {
    FastCheck.assert(
      FastCheck.property(clients, mutations, mutations, (client, first, second) => {
        const later = { ...second, clientId: first.clientId }
        const joined = Mutation.join(first, later)
        const areUpdates = first._tag === "Update" && later._tag === "Update"
        assert.strictEqual(joined !== undefined, areUpdates)
        if (joined === undefined || joined._tag === "Create") return
        assert.deepStrictEqual(Mutation.apply(client, joined), Mutation.apply(Mutation.apply(client, first), later))
      })
    )
  })

  it("keeps workspaces apart", () => {
    const first: Mutation.Update = { _tag: "Update", workspaceId, clientId, change: { name: "a" } }
    assert.isUndefined(Mutation.join(first, { ...first, workspaceId: Client.WorkspaceId.make(2) }))
  })
})

interface Named {
  readonly name: string
  readonly archived: boolean
}

/** The names that are in use, where archived clients hold theirs or do not. */
const inUse = (state: ReadonlyMap<number, Named>, archivedCount: boolean) =>
  new Map(Array.from(state, ([id, { archived, name }]) => [id, archived && !archivedCount ? undefined : name] as const))

describe("takes and frees", () => {
  const states = FastCheck.uniqueArray(FastCheck.record({ id: ids, name: names, archived: FastCheck.boolean() }), {
    selector: ({ id }) => id
  }).map((clients) => new Map<number, Named>(clients.map(({ id, ...client }) => [id, client])))

  it("name every name that comes into use or out of it, whichever way archived names are read", () => {
    FastCheck.assert(
      FastCheck.property(states, mutations, FastCheck.boolean(), (state, mutation, archivedCount) => {
        const before = state.get(mutation.clientId)
        const changed = Mutation.apply(before === undefined ? undefined : { ...before, notes: "" }, mutation)
        const after = new Map(state)
        if (changed === undefined) after.delete(mutation.clientId)
        else after.set(mutation.clientId, changed)
        const [held, holds] = [state, after].map((each) => inUse(each, archivedCount).get(mutation.clientId))
        if (held !== holds && holds !== undefined) assert.strictEqual(Mutation.takes(mutation, before?.name), holds)
        if (held !== holds && held !== undefined) assert.strictEqual(Mutation.frees(mutation, before?.name), held)
      })
    )
  })

  it("name nothing where only the notes change, or the name stays", () => {
    FastCheck.assert(
      FastCheck.property(clients, notes, FastCheck.boolean(), (client, notes, withName) => {
        const change = withName ? { name: client.name, notes } : { notes }
        const update: Mutation.Update = { _tag: "Update", workspaceId, clientId, change }
        assert.deepStrictEqual(
          [Mutation.takes(update, client.name), Mutation.frees(update, client.name)],
          [undefined, undefined]
        )
      })
    )
  })

  it("take a created client's name, and free none", () => {
    FastCheck.assert(
      FastCheck.property(creates, (create) => {
        assert.deepStrictEqual(
          [Mutation.takes(create, undefined), Mutation.frees(create, undefined)],
          [create.name, undefined]
        )
      })
    )
  })

  it("free nothing that is not known", () => {
    FastCheck.assert(
      FastCheck.property(mutations, (mutation) => assert.isUndefined(Mutation.frees(mutation, undefined)))
    )
  })
})

describe("a mutation", () => {
  const decode = Schema.decodeUnknownEither(Mutation.Mutation)
  const encode = Schema.encodeSync(Mutation.Mutation)

  it("comes back from its written form as it was", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.oneof(mutations, creates), (mutation) => {
        assert.deepStrictEqual(Either.getOrThrow(decode(JSON.parse(JSON.stringify(encode(mutation))))), mutation)
      })
    )
  })

  it("names its client and its operation", () => {
    FastCheck.assert(
      FastCheck.property(FastCheck.oneof(mutations, creates), (mutation) => {
        assert.strictEqual(Mutation.operation(mutation), mutation._tag.toLowerCase())
        const id = mutation._tag === "Create" ? mutation.localId : mutation.clientId
        assert.strictEqual(Mutation.clientId(mutation), id)
      })
    )
  })

  it("is no mutation where any of it is of another kind", () => {
    const spoiled: ReadonlyArray<unknown> = [
      null,
      "Create",
      [],
      { _tag: "Create", workspaceId: 1, localId: 7, name: "a", notes: "" },
      { _tag: "Create", workspaceId: 1, localId: -7, name: "a" },
      { _tag: "Create", workspaceId: 0, localId: -7, name: "a", notes: "" },
      { _tag: "Update", workspaceId: 1, clientId: 0, change: {} },
      { _tag: "Update", workspaceId: 1, clientId: 7, change: { name: undefined } },
      { _tag: "Update", workspaceId: 1, clientId: 7, change: { notes: 7 } },
      { _tag: "Delete", workspaceId: 1, clientId: 1.5 },
      { _tag: "Restore", workspaceId: 1, clientId: 7 },
      { _tag: "Restore", workspaceId: 1, clientId: 7, input: { projects: [0] } },
      { _tag: "Rename", workspaceId: 1, clientId: 7 }
    ]
    for (const value of spoiled) assert.isTrue(Either.isLeft(decode(value)), JSON.stringify(value))
  })
})

describe("a line for people", () => {
  const named = { workspaceId, clientId }
  const update = (change: Mutation.Change) => Mutation.Update.make({ ...named, change })

  it("says what is done, with the client's name", () => {
    for (const [mutation, before, line] of [
      [Mutation.Create.make({ workspaceId, localId, name: "Acme", notes: "" }), undefined, "create Acme"],
      [update({ name: "Acme Ltd" }), "Acme", "rename Acme to Acme Ltd"],
      [update({ name: "Acme Ltd", notes: "x" }), "Acme", "rename Acme to Acme Ltd and change its notes"],
      [update({ notes: "x" }), "Acme", "change the notes of Acme"],
      [update({ name: "Acme", notes: "x" }), "Acme", "change the notes of Acme"],
      [Mutation.Delete.make(named), "Acme", "delete Acme"],
      [Mutation.Archive.make(named), "Acme", "archive Acme"],
      [Mutation.Restore.make({ ...named, input: {} }), "Acme", "restore Acme"]
    ] as const) {
      assert.strictEqual(Mutation.describe(mutation, before), line)
    }
  })

  it("names a client whose name is not known by Toggl's id, and by no local one", () => {
    assert.strictEqual(Mutation.describe(Mutation.Delete.make(named)), "delete client 7")
    assert.strictEqual(Mutation.describe(update({ name: "Acme" })), "rename client 7 to Acme")
    assert.strictEqual(Mutation.describe(Mutation.Archive.make({ workspaceId, clientId: localId })), "archive a client")
  })
})
