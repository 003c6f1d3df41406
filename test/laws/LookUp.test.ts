import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Client } from "../../src/index.js"
import { FakeToggl, Fault, type RequestLog } from "../../src/testing/index.js"
import {
  create,
  isArchive,
  isCreate,
  isGet,
  isUpdate,
  offline,
  online,
  opened,
  queued,
  says,
  standing,
  withAcme
} from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// Law 3, once: what an attempt without an answer has done is looked up. Nothing is adopted that may not be ours, and where
// doubt is left the user decides.

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

  law("adopts no client that someone else made: it is sent again, and Toggl says that the name is taken", (world) =>
    Effect.gen(function* () {
      const tab = yield* uncertain(world, world.toggl.edit.createClient(workspaceId, { name: "Acme" }))
      assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
      assert.strictEqual((yield* world.sent).length, 2)
      const [acme, ...others] = yield* world.toggl.clients(workspaceId)
      assert.deepStrictEqual([acme?.creatorId, others.length], [FakeToggl.colleague.id, 0])
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

  law("leaves to another create in doubt what that one asks for", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "Acme", "of the first")
      const second = queued(yield* create(tab, "Acme", "of the second"))
      const isOf = (notes: string) => (request: RequestLog.RecordedRequest) => isCreate(request) && says(request, notes)
      yield* world.toggl.inject(Fault.refuse, { when: isOf("of the first"), times: 6 })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isOf("of the second") })
      yield* online(world, tab)
      yield* world.passes("3 hours")
      assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
      assert.deepStrictEqual(
        (yield* world.toggl.clients(workspaceId)).map(({ notes }) => notes),
        ["of the second"]
      )
      assert.strictEqual((yield* tab.outbox.outcome(second))._tag, "Done")
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

  law("that finds it archived leaves it to the user: nobody can say whose that is", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      const [acme] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.archiveClient(workspaceId, acme?.id ?? 0)
      yield* world.passes("5 minutes")
      const [entry] = yield* tab.outbox.entries
      const found = entry?.refused?._tag === "Undecided" ? entry.refused.found : []
      assert.deepStrictEqual(
        found.map(({ archived, name }) => [name, archived]),
        [["Acme", true]]
      )
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

describe("a create in doubt, seen in the list and changed by its Toggl id", () => {
  const meanwhile: ReadonlyArray<
    readonly [what: string, change: (tab: Tab, id: Client.AnyClientId) => Effect.Effect<unknown, unknown>, name: string]
  > = [
    ["archived", (tab, id) => tab.clients.archive(workspaceId, id), "Acme"],
    ["renamed", (tab, id) => tab.clients.update(workspaceId, id, { name: "Other" }), "Other"]
  ]
  const uncertain = (world: World) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { setAsideAfter: 1 })
      yield* world.toggl.inject(Fault.proxyError({ applied: true, status: 504 }), { when: isCreate })
      yield* create(tab, "Acme")
      return tab
    })
  const setAside = (world: World) =>
    Effect.gen(function* () {
      const tab = yield* uncertain(world)
      yield* world.toggl.inject(Fault.proxyError(), { when: isGet })
      yield* Effect.forkScoped(create(tab, "Beta"))
      yield* world.passes("2 minutes")
      assert.strictEqual((yield* tab.outbox.status).setAside, 1)
      return tab
    })
  for (const [state, begin] of [
    ["nothing else has got through since", uncertain],
    ["it was set aside", setAside]
  ] as const) {
    for (const [what, change, name] of meanwhile) {
      law(`is adopted all the same (${what}, ${state})`, (world) =>
        Effect.gen(function* () {
          const tab = yield* begin(world)
          const seen = (yield* tab.clients.list(workspaceId, { freshness: "Toggl" })).find(
            ({ name }) => name === "Acme"
          )
          if (seen === undefined) return assert.fail("it is listed")
          yield* change(tab, seen.id)
          yield* world.passes("1 hour")
          assert.deepStrictEqual(yield* standing(tab), [])
          assert.deepStrictEqual(
            (yield* world.names).filter((name) => name !== "Beta"),
            [name]
          )
        })
      )
    }
  }
})
