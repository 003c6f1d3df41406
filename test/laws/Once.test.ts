import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Client } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import {
  create,
  isArchive,
  isCreate,
  isDelete,
  isGet,
  isRestore,
  isUpdate,
  opened,
  standing,
  withAcme
} from "../Requests.js"
import { grace, law, stillness, type Tab, type World, workspaceId } from "../World.js"

// Law 3: each accepted change takes effect at most once. An attempt without an answer is looked up before anything is
// sent again, and where doubt is left the user decides.

/** What a law about an uncertain change looks like, whichever change it is. */
const changes = [
  ["a create", isCreate, (tab: Tab) => Effect.asVoid(create(tab, "New")), "POST /clients New"],
  [
    "an update",
    isUpdate,
    (tab: Tab, acme: Client.ClientId) => Effect.asVoid(tab.clients.update(workspaceId, acme, { notes: "net 60" })),
    "PUT /clients/64890001 Acme"
  ],
  [
    "an archive",
    isArchive,
    (tab: Tab, acme: Client.ClientId) => Effect.asVoid(tab.clients.archive(workspaceId, acme)),
    "POST /clients/64890001/archive"
  ],
  [
    "a restore",
    isRestore,
    (tab: Tab, acme: Client.ClientId) => Effect.asVoid(tab.clients.restore(workspaceId, acme)),
    "POST /clients/64890001/restore"
  ],
  [
    "a delete",
    isDelete,
    (tab: Tab, acme: Client.ClientId) => Effect.asVoid(tab.clients.delete(workspaceId, acme)),
    "DELETE /clients/64890001"
  ]
] as const

describe("an attempt without an answer", () => {
  for (const [what, isThis, change, line] of changes) {
    const repeats = what === "a restore" || what === "a delete"

    law(`${what} that was applied takes effect once`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world)
        yield* world.toggl.inject(Fault.loseAnswer, { when: isThis })
        yield* change(tab, acme)
        const then = yield* world.toggl.snapshot(workspaceId)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.toggl.snapshot(workspaceId), then)
        assert.deepStrictEqual(yield* world.sent, repeats ? [line, line] : [line])
        assert.deepStrictEqual(yield* standing(tab), [])
      })
    )

    law(`${what} that never arrived is sent again`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world)
        yield* world.toggl.inject(Fault.refuse, { when: isThis })
        yield* change(tab, acme)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.sent, [line, line])
        assert.deepStrictEqual(yield* standing(tab), [])
      })
    )

    for (const caller of ["fails", "hearsNothing"] as const) {
      law(`${what} that lands late, while its caller ${caller}, is left alone until it can land no more`, (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* withAcme(world)
          yield* world.toggl.inject(Fault.landLate("24 seconds", { caller }), { when: isThis })
          yield* Effect.forkScoped(change(tab, acme))
          yield* world.rests
          yield* tab.wakeUp
          yield* tab.outbox.replayNow
          yield* world.passes("24 seconds")
          assert.strictEqual((yield* world.requests).at(-1), line, "nothing is asked while it may land")
          yield* world.passes("5 minutes")
          assert.strictEqual((yield* world.sent).length, repeats ? 2 : 1)
          assert.deepStrictEqual(yield* standing(tab), [])
          const { clients } = yield* world.toggl.snapshot(workspaceId)
          assert.strictEqual(clients.filter((client) => client.name === "New").length, what === "a create" ? 1 : 0)
        })
      )
    }

    law(`${what} of a tab that dies on the way is looked up by the next, no sooner`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world)
        yield* world.toggl.inject(Fault.landLate("24 seconds"), { when: isThis })
        yield* Effect.forkScoped(change(tab, acme))
        yield* world.rests
        yield* tab.kill
        const next = yield* world.open()
        yield* world.passes(stillness - 1_000)
        assert.strictEqual((yield* world.requests).at(-1), line)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(next), [])
        assert.strictEqual((yield* world.sent).length, repeats ? 2 : 1)
      })
    )

    law(`${what} whose tab dies between the answer and the book is found done`, (world) =>
      Effect.gen(function* () {
        const { acme, tab } = yield* withAcme(world)
        yield* world.toggl.inject(Fault.hold(tab.freeze, { work: "first" }), { when: isThis })
        yield* Effect.forkScoped(change(tab, acme))
        yield* world.rests
        yield* tab.kill
        const next = yield* world.open()
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* standing(next), [])
        assert.strictEqual((yield* world.sent).length, repeats ? 2 : 1)
      })
    )
  }

  law("is looked up as often as it takes, and nothing passes it meanwhile", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      yield* create(tab, "Beta")
      yield* world.toggl.inject(Fault.proxyError(), { times: 3, when: isGet })
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme", "POST /clients Beta"])
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )
})

describe("the look-up of a create", () => {
  /** A create without an answer that was not applied; `meanwhile` happens before it is looked up. */
  const uncertain = (world: World, meanwhile: Effect.Effect<unknown, unknown>, notes = "") =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.refuse, { when: isCreate })
      yield* create(tab, "Acme", notes)
      yield* Effect.ignore(meanwhile)
      yield* world.passes("5 minutes")
      return tab
    })

  law("adopts no client that someone else made", (world) =>
    Effect.gen(function* () {
      const tab = yield* uncertain(world, world.toggl.edit.createClient(workspaceId, { name: "Acme" }))
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      assert.strictEqual((yield* world.sent).length, 1)
      const [entry] = yield* tab.outbox.entries
      const found = entry?.refused?._tag === "Undecided" ? entry.refused.found : []
      assert.deepStrictEqual(
        found.map((client) => client.creatorId),
        [FakeToggl.colleague.id]
      )
    })
  )

  law("adopts no client with other notes", (world) =>
    Effect.gen(function* () {
      const mine = { name: "Acme", notes: "other", createdBy: FakeToggl.defaultUser.id }
      const tab = yield* uncertain(world, world.toggl.edit.createClient(workspaceId, mine), "net 30")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    })
  )

  law("adopts none of two", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.configure({ uniqueNames: false })
      const mine = { name: "Acme", createdBy: FakeToggl.defaultUser.id }
      const one = world.toggl.edit.createClient(workspaceId, mine)
      const tab = yield* uncertain(world, Effect.zipRight(one, one))
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )

  law("adopts no client that was known before the attempt", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.configure({ uniqueNames: false })
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme", createdBy: FakeToggl.defaultUser.id })
      const tab = yield* uncertain(world, Effect.void)
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* world.names, ["Acme", "Acme"])
    })
  )

  law("adopts where creators are not told", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.configure({ creatorIds: false })
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )

  law("finds it archived too", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      const [acme] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.archiveClient(workspaceId, acme?.id ?? 0)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )

  law("does not decide by a list with an item that cannot be read", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      yield* world.toggl.inject(Fault.respond({ status: 200, body: '[{"id":"?","name":"Acme"}]' }), {
        when: isGet
      })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )

  law("that Toggl forbids leaves it to the user", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      yield* world.toggl.configure({
        workspaces: [{ ...FakeToggl.defaultWorkspace, onlyAdminsSeeClients: true, admins: [] }]
      })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
    })
  )
})

describe("the look-up of an update", () => {
  const uncertain = (world: World, meanwhile: (acme: number) => Effect.Effect<unknown, unknown>) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.refuse, { when: isUpdate })
      yield* tab.clients.update(workspaceId, acme, { notes: "net 60" })
      yield* Effect.ignore(meanwhile(acme))
      yield* world.passes("5 minutes")
      return tab
    })

  law("finds the target: done, whoever made it so", (world) =>
    Effect.gen(function* () {
      const tab = yield* uncertain(world, (acme) =>
        world.toggl.edit.updateClient(workspaceId, acme, { notes: "net 60" })
      )
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )

  law("finds neither base nor target: the user decides", (world) =>
    Effect.gen(function* () {
      const tab = yield* uncertain(world, (acme) =>
        world.toggl.edit.updateClient(workspaceId, acme, { notes: "net 90" })
      )
      assert.deepStrictEqual(yield* standing(tab), ["Undecided"])
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )

  law("finds it deleted: refused as NotFound", (world) =>
    Effect.gen(function* () {
      const tab = yield* uncertain(world, (acme) => world.toggl.edit.deleteClient(workspaceId, acme))
      assert.deepStrictEqual(yield* standing(tab), ["NotFound"])
    })
  )

  law("what the user retries after that is sent", (world) =>
    Effect.gen(function* () {
      const tab = yield* uncertain(world, (acme) =>
        world.toggl.edit.updateClient(workspaceId, acme, { notes: "net 90" })
      )
      const [entry] = yield* tab.outbox.entries
      if (entry?.id === undefined) return assert.fail("it stands")
      yield* tab.outbox.retry(entry.id)
      yield* world.passes("1 minute")
      const [acme] = yield* world.toggl.clients(workspaceId)
      assert.strictEqual(acme?.notes, "net 60")
    })
  )
})

describe("the look-up of an archive", () => {
  law("finds it archived: done, and which projects went with it is not known", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.edit.addProject(workspaceId, { name: "Site", clientId: acme })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isArchive })
      const receipt = yield* tab.clients.archive(workspaceId, acme)
      yield* world.passes("5 minutes")
      if (receipt._tag !== "Queued") return assert.fail("it is queued")
      const outcome = yield* tab.outbox.outcome(receipt.entryId)
      assert.deepStrictEqual([outcome._tag, "projects" in outcome], ["Done", false])
      const [local] = yield* tab.clients.list(workspaceId, { status: "archived", freshness: "Local" })
      assert.deepStrictEqual([local?.id, local?.archived, local?.pending], [acme, true, false])
    })
  )
})

describe("a delete without an answer", () => {
  law("that was applied answers 404 when it is sent again, which is done", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isDelete })
      yield* tab.clients.delete(workspaceId, acme)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* tab.clients.list(workspaceId, { freshness: "Local", status: "both" }), [])
    })
  )
})

describe("two tabs", () => {
  law("that wake together send each change once", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      const second = yield* opened(world)
      yield* world.toggl.setDown(true)
      yield* first.setOnline(false)
      yield* second.setOnline(false)
      for (const name of ["A", "B", "C"]) yield* create(first, name)
      for (const name of ["D", "E", "F"]) yield* create(second, name)
      yield* world.toggl.setDown(false)
      yield* world.clearRequests
      yield* Effect.all([first.wakeUp, second.wakeUp, first.outbox.replayNow, second.outbox.replayNow])
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["A", "B", "C", "D", "E", "F"])
      assert.strictEqual((yield* world.sent).length, 6)
    })
  )

  for (const lock of ["Exclusive", "Lease"] as const) {
    law(
      `of which one stops while it sends (${lock}): the other takes over in bounded time, and the thawed one does no harm`,
      (world) =>
        Effect.gen(function* () {
          const first = yield* opened(world)
          const second = yield* opened(world)
          yield* world.toggl.inject(Fault.landLate("20 seconds"), { when: isCreate })
          const frozen = yield* first.holdResult("mark")
          yield* Effect.forkScoped(create(first, "A"))
          yield* world.rests
          yield* frozen.release
          yield* world.rests
          yield* first.freeze
          yield* Effect.forkScoped(create(second, "B"))
          yield* world.passes("3 minutes")
          assert.deepStrictEqual(yield* world.names, ["A", "B"])
          yield* first.thaw
          yield* world.passes("10 minutes")
          assert.deepStrictEqual(yield* world.names, ["A", "B"])
          assert.deepStrictEqual(yield* standing(first), [])
          assert.deepStrictEqual(yield* standing(second), [])
        }),
      { lock }
    )
  }

  law("of two users never share a store by accident: the other's credentials send nothing", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      yield* world.toggl.setDown(true)
      yield* create(first, "A")
      yield* world.toggl.setDown(false)
      yield* first.kill
      const other = yield* world.open({ credentials: grace })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual((yield* other.outbox.status).queue, { _tag: "Paused", reason: "WrongAccount" })
      assert.deepStrictEqual(yield* world.names, [])
    })
  )
})
