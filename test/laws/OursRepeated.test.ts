import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { Fault } from "../../src/testing/index.js"
import {
  create,
  drained,
  isArchive,
  isCreate,
  isDelete,
  isList,
  isRestore,
  isUpdate,
  names,
  opened,
  queued,
  readElsewhere,
  says,
  servers,
  standing,
  waitsFor,
  withAcme
} from "../Requests.js"
import { law, workspaceId } from "../World.js"
import * as Paused from "./Paused.js"

// Law 3, once: one `fetch` is not one request. A browser repeats one by itself where its kept-alive connection breaks, and
// the second copy's answer may be a refusal that the first one has caused.

const repeats = [
  ["at once", Fault.repeat()],
  ["ten seconds later", Fault.repeat({ after: "10 seconds" })],
  ["when nobody waits any more", Fault.repeat({ after: "22 seconds" })],
  ["a minute after the connection was lost", Fault.repeat({ after: "1 minute", caller: "fails" })]
] as const

for (const [server, toggl] of servers) {
  describe(`a request that lands twice (${server})`, () => {
    for (const [when, fault] of repeats) {
      law(
        `a create, ${when}: it is done, and nobody is told to choose another name`,
        (world) =>
          Effect.gen(function* () {
            const tab = yield* opened(world)
            yield* world.toggl.inject(fault, { when: isCreate })
            yield* Effect.forkScoped(create(tab, "Acme"))
            yield* world.passes("5 minutes")
            assert.deepStrictEqual(yield* standing(tab), [])
            assert.deepStrictEqual(yield* world.names, ["Acme"])
            assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "Local" })), ["Acme"])
            assert.strictEqual((yield* world.sent).length, 2)
          }),
        { toggl }
      )

      law(
        `a create with what depends on it, ${when}: all of it is done, in order`,
        (world) =>
          Effect.gen(function* () {
            const { tab } = yield* Paused.paused(world, [], { merge: false })
            const acme = yield* Paused.create(tab, "Acme")
            yield* Paused.update(tab, acme.id, { notes: "net 60" })
            yield* tab.clients.archive(workspaceId, acme.id)
            yield* world.toggl.inject(fault, { when: isCreate })
            yield* drained(world, tab)
            assert.deepStrictEqual(yield* standing(tab), [])
            const clients = yield* world.toggl.clients(workspaceId)
            assert.deepStrictEqual(
              clients.map(({ archived, name, notes }) => [name, notes, archived]),
              [["Acme", "net 60", true]]
            )
          }),
        { toggl }
      )
    }

    law(
      "a rename: it is done",
      (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* withAcme(world)
          yield* world.toggl.inject(Fault.repeat(), { when: isUpdate })
          assert.strictEqual(waitsFor(yield* tab.clients.update(workspaceId, acme, { name: "Acme Inc" })), "Confirmed")
          assert.deepStrictEqual(yield* world.names, ["Acme Inc"])
        }),
      { toggl }
    )

    law(
      "a rename whose second copy is refused for the first: it is looked up, and done",
      (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* withAcme(world)
          yield* world.toggl.inject(Fault.refusal(400, "Name has already been taken", { applied: true }), {
            when: isUpdate
          })
          assert.strictEqual(waitsFor(yield* tab.clients.update(workspaceId, acme, { name: "Acme Inc" })), "Confirmed")
          assert.deepStrictEqual((yield* world.requests).slice(-2), [
            "PUT /clients/64890001 Acme Inc",
            "GET /clients/64890001"
          ])
          assert.deepStrictEqual(yield* standing(tab), [])
        }),
      { toggl }
    )

    law(
      "an archive: it is done, and no project is named though one was archived",
      (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* withAcme(world)
          yield* world.toggl.edit.addProject(workspaceId, { name: "Site", clientId: acme })
          yield* world.toggl.inject(Fault.repeat(), { when: isArchive })
          const receipt = yield* tab.clients.archive(workspaceId, acme)
          if (receipt._tag !== "Confirmed") return assert.fail("it is done")
          assert.deepStrictEqual(receipt.value, [])
          const [site] = yield* world.toggl.projects(workspaceId)
          assert.strictEqual(site?.active, false)
        }),
      { toggl }
    )

    law(
      "a delete: the second copy finds nothing, which is done",
      (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* withAcme(world)
          yield* world.toggl.inject(Fault.repeat(), { when: isDelete })
          assert.strictEqual(waitsFor(yield* tab.clients.delete(workspaceId, acme)), "Confirmed")
          assert.deepStrictEqual(yield* world.names, [])
        }),
      { toggl }
    )

    law(
      "a restore: it is done",
      (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* withAcme(world)
          yield* world.toggl.edit.archiveClient(workspaceId, acme)
          yield* world.toggl.inject(Fault.repeat(), { when: isRestore })
          assert.strictEqual(waitsFor(yield* tab.clients.restore(workspaceId, acme)), "Confirmed")
          const [client] = yield* world.toggl.clients(workspaceId)
          assert.strictEqual(client?.archived, false)
        }),
      { toggl }
    )
  })
}

describe("a name that a colleague has taken", () => {
  for (const [server, toggl] of servers) {
    law(
      `is refused as such, after one list (${server})`,
      (world) =>
        Effect.gen(function* () {
          const tab = yield* opened(world)
          yield* world.passes("2 seconds")
          yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
          const error = yield* Effect.flip(create(tab, "Acme"))
          assert.strictEqual(error._tag, server === "a server of one's own" ? "BadRequest" : "InvalidName")
          assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", "GET /clients"])
          assert.deepStrictEqual(yield* standing(tab), [])
        }),
      { toggl }
    )

    law(
      `is refused as such also just after a list was read (${server})`,
      (world) =>
        Effect.gen(function* () {
          const tab = yield* opened(world)
          yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
          yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
          const refused = yield* Effect.fork(Effect.flip(create(tab, "Acme")))
          yield* world.passes("3 seconds")
          const error = yield* Fiber.join(refused)
          assert.strictEqual(error._tag, server === "a server of one's own" ? "BadRequest" : "InvalidName")
          assert.deepStrictEqual(yield* standing(tab), [])
        }),
      { toggl }
    )
  }
})

describe("a create that lands twice, of a name that the same run has freed", () => {
  law("by a delete: it is done, and nobody is told to choose another name", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* Paused.paused(world, ["Zenith", "Acme"])
      const [zenith = Paused.one(ids), acme = Paused.one(ids)] = ids
      yield* Paused.update(tab, zenith, { notes: "new" })
      yield* tab.clients.delete(workspaceId, acme)
      const made = yield* Paused.create(tab, "Acme", "new")
      yield* world.toggl.inject(Fault.repeat(), { when: isCreate })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.strictEqual((yield* tab.outbox.outcome(made.entry))._tag, "Done")
    })
  )

  law("by a rename: the same", (world) =>
    Effect.gen(function* () {
      const { ids, tab } = yield* Paused.paused(world, ["Acme"])
      yield* Paused.update(tab, Paused.one(ids), { name: "Acme Old" })
      const made = yield* Paused.create(tab, "Acme", "new")
      yield* world.toggl.inject(Fault.repeat(), { when: isCreate })
      yield* drained(world, tab)
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.strictEqual((yield* tab.outbox.outcome(made.entry))._tag, "Done")
    })
  )
})

law("Where the first of two like creates is in doubt, what it made is not taken for the second's", (world) =>
  Effect.gen(function* () {
    const { tab } = yield* Paused.paused(world, [], { setAsideAfter: 1 })
    const first = yield* Paused.create(tab, "Acme")
    const second = yield* Paused.create(tab, "Acme")
    yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
    yield* drained(world, tab)
    // The first failed, so the second was tried, and told that the name is taken.
    assert.deepStrictEqual((yield* world.requests).slice(0, 3), [
      "POST /clients Acme",
      "POST /clients Acme",
      "GET /clients"
    ])
    assert.strictEqual((yield* tab.outbox.outcome(first.entry))._tag, "Done")
    assert.strictEqual((yield* tab.outbox.outcome(second.entry))._tag, "Standing")
    assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    assert.deepStrictEqual(yield* world.names, ["Acme"])
  })
)

law("Of two like creates in doubt, the second does not take what may be the first's, looked up before it", (world) =>
  Effect.gen(function* () {
    const { tab } = yield* Paused.paused(world, [], { setAsideAfter: 1 })
    const first = yield* Paused.create(tab, "Acme")
    const second = yield* Paused.create(tab, "Acme")
    yield* Paused.create(tab, "Zenith")
    const away = yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isList, times: "always" })
    yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
    yield* world.toggl.inject(Fault.refuse, { when: isCreate })
    yield* tab.outbox.resume
    // Both are set aside. The first one's look-up fails once more, and the next is about the second.
    yield* world.passes("6 minutes")
    yield* away.takeBack
    yield* world.passes("1 day")
    assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    assert.strictEqual((yield* tab.outbox.outcome(first.entry))._tag, "Done")
    assert.strictEqual((yield* tab.outbox.outcome(second.entry))._tag, "Standing")
    assert.deepStrictEqual(yield* world.names, ["Acme", "Zenith"])
  })
)

law("Of two like creates the first is undecided: the second does not take what the first has made", (world) =>
  Effect.gen(function* () {
    const tab = yield* opened(world)
    yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
    const first = queued(yield* create(tab, "Acme"))
    yield* world.toggl.inject(Fault.refusal(404, "Not found"), { when: isList })
    yield* world.passes("1 minute")
    assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    yield* Effect.forkScoped(Effect.exit(create(tab, "Acme")))
    yield* world.passes("1 minute")
    yield* tab.outbox.retry(first)
    yield* world.passes("5 minutes")
    assert.strictEqual((yield* tab.outbox.outcome(first))._tag, "Done")
    assert.deepStrictEqual(yield* world.names, ["Acme"])
  })
)

describe("a create that lands twice", () => {
  law(
    "is not told that its name is taken on the word of a worker's cache that another tab has filled",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* readElsewhere(world)
        yield* world.toggl.inject(Fault.repeat(), { when: isCreate })
        yield* Effect.forkScoped(create(tab, "Acme"))
        yield* world.passes("30 seconds")
        yield* world.toggl.configure({ cachedReads: "never" })
        yield* world.passes("10 minutes")
        assert.deepStrictEqual(yield* standing(tab), [])
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      }),
    { toggl: { hiddenHeaders: ["date"] } }
  )

  law("and is looked up later is not told so on the word of a list that has shown it since", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const unread = yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isList, times: "always" })
      yield* world.toggl.inject(Fault.loseAnswer, { when: (request) => isCreate(request) && says(request, "Zenith") })
      yield* world.toggl.inject(Fault.repeat(), { when: (request) => isCreate(request) && says(request, "Acme") })
      yield* create(tab, "Zenith")
      yield* create(tab, "Acme")
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.names, ["Zenith", "Acme"])
      yield* unread.takeBack
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* world.names, ["Zenith", "Acme"])
    })
  )
})
