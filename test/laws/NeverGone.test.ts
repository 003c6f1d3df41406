import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import { Client, type ClientError, Entry } from "../../src/index.js"
import { FakeToggl, Fault, type RequestLog } from "../../src/testing/index.js"
import { create, isCreate, isList, offline, online, opened, queued, says, withRefusal } from "../Requests.js"
import { law, type Tab, workspaceId } from "../World.js"

// Law 5, never silently gone: a change waits, or it stands among the refused with its reason, where the user retries, edits
// or discards it, and is told what depends on it.

const isNamed = (name: string) => (request: RequestLog.RecordedRequest) => isCreate(request) && says(request, name)

const why = (error: ClientError.ClientError): string => ("reason" in error ? error.reason : error._tag)

const shown = (tab: Tab) =>
  Effect.map(tab.outbox.entries, (entries) =>
    entries.map((entry) => [entry.seq, entry.refused?._tag ?? entry.reason?._tag ?? entry.state])
  )

describe("the entries", () => {
  law("are listed with their errors and with what depends on them", (world) =>
    Effect.gen(function* () {
      const { archived, noted, tab, taken } = yield* withRefusal(world)
      const entries = yield* tab.outbox.entries
      assert.deepStrictEqual(
        entries.map(({ dependents, id, reason, refused, state }) => [
          id,
          state,
          refused?._tag,
          reason?._tag,
          dependents.length
        ]),
        [
          [queued(taken), "Refused", "InvalidName", undefined, 2],
          [queued(noted), "Waiting", undefined, "Held", 0],
          [queued(archived), "Waiting", undefined, "Held", 0]
        ]
      )
      const [first, second] = entries
      assert.deepStrictEqual(second?.reason, { _tag: "Held", by: queued(taken) })
      assert.strictEqual(first?.mutation?._tag, "Create")
      assert.isAtLeast(first?.attempts ?? 0, 1)
    })
  )

  law("are the same in every tab and after a restart", (world) =>
    Effect.gen(function* () {
      const { tab } = yield* withRefusal(world)
      const other = yield* world.open()
      assert.deepStrictEqual(yield* shown(other), yield* shown(tab))
    })
  )
})

describe("retry", () => {
  law("sends it again in its old place, and what was held follows", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      const [theirs] = yield* world.toggl.clients(workspaceId)
      yield* world.toggl.edit.updateClient(workspaceId, theirs?.id ?? 0, { name: "Theirs" })
      yield* tab.outbox.retry(queued(taken))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* shown(tab), [])
      const ours = (yield* world.toggl.clients(workspaceId)).find((client) => client.name === "Taken")
      assert.deepStrictEqual([ours?.notes, ours?.archived], ["held", true])
    })
  )

  law("with an edit sends the edited change", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      yield* tab.outbox.retry(queued(taken), { name: " Taken too ", notes: "edited" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* shown(tab), [])
      const ours = (yield* world.toggl.clients(workspaceId)).find((client) => client.name === "Taken too")
      assert.deepStrictEqual([ours?.notes, ours?.archived], ["held", true])
      // The local id goes on working.
      const found = yield* tab.clients.get(workspaceId, taken.id)
      assert.strictEqual(found.id, ours?.id)
    })
  )

  law("with an edit that only plain JavaScript lets through changes nothing", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      // the parameter of a method may be narrower than it says
      const plain: { retry(id: Entry.EntryId, edit: object): ReturnType<typeof tab.outbox.retry> } = tab.outbox
      const before = yield* shown(tab)
      for (const edit of [{ name: 7 }, { notes: 7 }, { name: "Other", notes: {} }]) {
        const error = yield* Effect.flip(plain.retry(queued(taken), edit))
        assert.strictEqual(error._tag, "BadRequest", JSON.stringify(edit))
        assert.include(error.message, "an edit takes a name")
      }
      assert.deepStrictEqual(yield* shown(tab), before)
      yield* plain.retry(queued(taken), { name: "Other", _tag: "Delete" })
      yield* world.passes("1 minute")
      assert.deepStrictEqual((yield* world.sent)[0], "POST /clients Other")
    })
  )

  law("takes a name as long as the app lets it be", (world) =>
    Effect.gen(function* () {
      const long = "x".repeat(300)
      yield* world.toggl.configure({ maxClientNameBytes: 400 })
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      const tab = yield* world.open({ maxNameBytes: 300 })
      yield* offline(world, tab)
      const taken = yield* create(tab, "Taken")
      yield* tab.clients.update(workspaceId, taken.id, { notes: "held" })
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      const error = yield* Effect.flip(tab.outbox.retry(queued(taken), { name: `${long}x` }))
      assert.deepInclude({ ...error }, { _tag: "InvalidName", reason: "TooLong", limit: 300 })
      yield* tab.outbox.retry(queued(taken), { name: long })
      yield* world.passes("1 minute")
      assert.include((yield* world.sent).at(-2), long)
    })
  )

  law("with a name or notes that cannot be used fails before anything changes", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      const error = yield* Effect.flip(tab.outbox.retry(queued(taken), { name: "  " }))
      assert.strictEqual(error._tag === "InvalidName" ? error.reason : error._tag, "Empty")
      const half = "Acme 😀".slice(0, 6)
      const name = yield* Effect.flip(tab.outbox.retry(queued(taken), { name: half }))
      assert.strictEqual(name._tag === "InvalidName" ? name.reason : name._tag, "IllFormed")
      assert.strictEqual((yield* Effect.flip(tab.outbox.retry(queued(taken), { notes: half })))._tag, "BadRequest")
      assert.strictEqual((yield* tab.outbox.status).refused, 1)
    })
  )

  law("of what is not refused, not known, or done fails with what it is", (world) =>
    Effect.gen(function* () {
      const { free, noted, tab } = yield* withRefusal(world)
      const reason = (id: Entry.EntryId) => Effect.map(Effect.flip(tab.outbox.retry(id)), (error) => why(error))
      assert.deepStrictEqual(
        [
          yield* reason(queued(noted)),
          yield* reason(queued(free)),
          yield* reason(Entry.EntryId.make("00000000-0000-4000-8000-000000000000"))
        ],
        ["NotRefused", "Done", "Unknown"]
      )
    })
  )

  law("from another tab wakes the replay", (world) =>
    Effect.gen(function* () {
      const { tab, taken } = yield* withRefusal(world)
      const other = yield* world.open({ credentials: "none" })
      yield* other.outbox.retry(queued(taken), { name: "Other" })
      yield* world.passes("1 minute")
      assert.include(yield* world.names, "Other")
      assert.deepStrictEqual(yield* shown(tab), [])
    })
  )

  law("of what is set aside looks it up first: it may have been applied", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const hidden = yield* world.toggl.inject(Fault.respond({ status: 200, body: "[]" }), {
        times: "always",
        when: isList
      })
      // Each attempt fails, and the last of them was applied though the list never showed it.
      yield* world.toggl.inject(Fault.proxyError(), { times: 5, when: isNamed("Acme") })
      yield* world.toggl.inject(Fault.proxyError({ applied: true }), { when: isNamed("Acme") })
      const receipt = yield* create(tab, "Acme")
      yield* create(tab, "Free")
      yield* world.passes("4 minutes")
      assert.deepStrictEqual(yield* shown(tab), [[1, "SetAside"]])
      yield* hidden.takeBack
      yield* world.clearRequests
      yield* tab.outbox.retry(queued(receipt))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients"])
      assert.deepStrictEqual(yield* world.names, ["Free", "Acme"])
      assert.deepStrictEqual(yield* shown(tab), [])
    })
  )

  for (const applied of [true, false]) {
    law(`with an edit of what is set aside sends of it what Toggl lacks (applied: ${applied})`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const fault = yield* world.toggl.inject(Fault.firewall(403), { times: "always", when: isNamed("Acme") })
        const receipt = yield* create(tab, "Acme", "net 30")
        yield* create(tab, "Free")
        yield* world.passes("10 minutes")
        assert.deepStrictEqual(yield* shown(tab), [[1, "SetAside"]])
        const mine = { name: "Acme", notes: "net 30", createdBy: FakeToggl.defaultUser.id }
        if (applied) yield* world.toggl.edit.createClient(workspaceId, mine)
        yield* tab.outbox.retry(queued(receipt), { name: "Other" })
        yield* fault.takeBack
        yield* world.passes("10 minutes")
        assert.deepStrictEqual(yield* shown(tab), [])
        assert.sameMembers([...(yield* world.names)], ["Free", "Other"])
        const last = (yield* world.sent).at(-1)
        assert.match(last ?? "", applied ? /^PUT .* Other$/ : /^POST .* Other$/)
        // The local id is that client's, whichever request made it what it is.
        assert.strictEqual((yield* tab.clients.get(workspaceId, receipt.id)).name, "Other")
      })
    )
  }
})

/** What a discard gives back of entries that were never sent. */
const unsent = (...receipts: ReadonlyArray<Parameters<typeof queued>[0]>) =>
  receipts.map((receipt) => ({ id: queued(receipt), mayHaveBeenApplied: false }))

describe("discard", () => {
  law("takes with it what depends on it, and says what that was", (world) =>
    Effect.gen(function* () {
      const { archived, noted, tab, taken } = yield* withRefusal(world)
      const gone = yield* tab.outbox.discard(queued(taken))
      assert.deepStrictEqual(gone, unsent(taken, noted, archived))
      assert.deepStrictEqual(yield* shown(tab), [])
      for (const id of [queued(taken), queued(noted), queued(archived)]) {
        assert.strictEqual((yield* tab.outbox.outcome(id))._tag, "Discarded")
      }
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.requests, [])
      const unknown = yield* Effect.flip(tab.clients.update(workspaceId, taken.id, { notes: "x" }))
      assert.strictEqual(unknown._tag, "NotFound")
    })
  )

  law("cancels an entry that is not yet being sent", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "A")
      const second = yield* create(tab, "B")
      yield* create(tab, "C")
      assert.deepStrictEqual(yield* tab.outbox.discard(queued(second)), unsent(second))
      yield* online(world, tab)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["A", "C"])
    })
  )

  law("of what is being sent says that it may have been applied, and a late answer is how it ended", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds"), { when: isCreate })
      const caller = yield* Effect.forkScoped(Effect.flip(create(tab, "Acme")))
      yield* world.rests
      const [sending] = yield* tab.outbox.entries
      if (sending?.id === undefined || sending.mutation?._tag !== "Create") return assert.fail("it is being sent")
      assert.deepStrictEqual(yield* tab.outbox.discard(sending.id), [{ id: sending.id, mayHaveBeenApplied: true }])
      const error = yield* Fiber.join(caller)
      assert.deepInclude(error, { _tag: "Discarded", mayHaveBeenApplied: true })
      yield* world.passes("5 seconds")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      const outcome = yield* tab.outbox.outcome(sending.id)
      assert.strictEqual(outcome._tag, "Done")
      const shown = yield* tab.clients.get(workspaceId, sending.mutation.localId)
      assert.strictEqual(shown.name, "Acme")
    })
  )

  law(
    "of what got no answer says that it may have been applied, and what is shown is Toggl's after the next list",
    (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
        const lost = queued(yield* create(tab, "Acme"))
        assert.deepStrictEqual(yield* tab.outbox.discard(lost), [{ id: lost, mayHaveBeenApplied: true }])
        assert.deepStrictEqual(yield* tab.outbox.outcome(lost), { _tag: "Discarded", mayHaveBeenApplied: true })
        const before = yield* tab.clients.view(workspaceId, { freshness: "Local" }).pipe(Effect.either)
        assert.isTrue(Either.isLeft(before) || before.right.fetchedAt === undefined)
        assert.deepStrictEqual(
          (yield* tab.clients.list(workspaceId)).map(({ name }) => name),
          ["Acme"]
        )
        yield* world.passes("1 hour")
        assert.strictEqual((yield* world.sent).length, 1)
      })
  )

  law("of an update, where a later one of the same client waits, leaves that one", (world) =>
    Effect.gen(function* () {
      const acme = yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      const id = Client.ClientId.make(acme.id)
      yield* offline(world, tab)
      const first = yield* tab.clients.update(workspaceId, id, { notes: "first" })
      const second = yield* tab.clients.update(workspaceId, id, { name: "Acme Inc" })
      const gone = yield* tab.outbox.discard(queued(first))
      // What names the same client depends on it, so that the user decides about both knowingly.
      assert.deepStrictEqual(gone, unsent(first, second))
    })
  )

  law("of what is gone fails with what became of it", (world) =>
    Effect.gen(function* () {
      const { free, tab } = yield* withRefusal(world)
      const done = yield* Effect.flip(tab.outbox.discard(queued(free)))
      const unknown = yield* Effect.flip(tab.outbox.discard({ seq: 999 }))
      assert.deepStrictEqual(
        [done, unknown].map((error) => why(error)),
        ["Done", "Unknown"]
      )
    })
  )
})
