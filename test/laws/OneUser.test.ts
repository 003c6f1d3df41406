import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ClientError, Clients, Credentials } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, full, isCreate, isMe, opened, waitsFor } from "../Requests.js"
import { ada, grace, law, type Tab, workspaceId, type World } from "../World.js"

// Law 8: one user's entries are one user's.

const queue = (tab: Tab) =>
  Effect.map(tab.outbox.status, ({ queue }) => (queue._tag === "Paused" ? queue.reason : queue._tag))

describe("whose credentials these are", () => {
  law("is asked before anything is sent or stored with them, once", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* create(tab, "Acme")
      yield* tab.clients.list(workspaceId, { freshness: "Toggl" })
      yield* create(tab, "Beta")
      const asked = (yield* world.toggl.requests).map((request) => request.path.replace(/.*\/api\/v9/, ""))
      assert.strictEqual(asked[0], "/me")
      assert.strictEqual(asked.filter((path) => path === "/me").length, 1)
      assert.strictEqual((yield* world.store.load).state.userId, FakeToggl.defaultUser.id)
    })
  )

  law("is asked again after a restart, and of other credentials", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.close
      const again = yield* world.open({ credentials: Credentials.password("ada@example.com", "correct horse") })
      yield* create(again, "Acme")
      assert.deepStrictEqual(yield* world.probes, ["GET /api/v9/me"])
      yield* again.credentials.set(ada)
      yield* create(again, "Beta")
      assert.deepStrictEqual(yield* world.probes, ["GET /api/v9/me", "GET /api/v9/me"])
    })
  )

  law("must be known first: where it cannot be asked nothing is sent", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open()
      yield* world.toggl.inject(Fault.proxyError(), { when: isMe, times: 2 })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "BackingOff")
      assert.deepStrictEqual(yield* world.requests, [])
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("must be known before a list is stored", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      yield* tab.credentials.set(grace)
      const error = yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      assert.strictEqual(error._tag, "Unauthorized")
      assert.deepStrictEqual(yield* world.requests, [])
      // What is on the device is still the account's, and is still shown.
      const list = yield* tab.clients.list(workspaceId, { freshness: "Local" })
      assert.deepStrictEqual(
        list.map((client) => client.name),
        ["Acme"]
      )
    })
  )
})

describe("credentials of another user", () => {
  law("pause their own tab, also after a restart, and send, show and delete nothing", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.credentials.set(grace)
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "WrongAccount")
      yield* tab.outbox.replayNow
      yield* world.passes("1 day")
      assert.strictEqual(yield* queue(tab), "WrongAccount")
      yield* tab.close
      const restarted = yield* world.open({ credentials: grace })
      yield* world.passes("1 day")
      assert.strictEqual(yield* queue(restarted), "WrongAccount")
      assert.deepStrictEqual(yield* world.requests, [])
      assert.strictEqual((yield* restarted.outbox.entries).length, 1)
    })
  )

  law("never stop a tab that has the account's", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* tab.credentials.set(grace)
      yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* create(tab, "Acme")
      yield* world.passes("1 minute")
      yield* create(other, "Beta")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
      assert.isUndefined((yield* world.store.load).state.paused)
      assert.deepStrictEqual([yield* queue(tab), yield* queue(other)], ["WrongAccount", "Idle"])
    })
  )

  law("are found out even if they come in the middle of a run", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const held = yield* tab.holdResult("mark")
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* held.isDone
      yield* tab.credentials.set(grace)
      yield* held.release
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(
        (yield* world.toggl.requests).filter((request) => !isMe(request)).map((request) => request.userId),
        []
      )
      assert.strictEqual(yield* queue(tab), "WrongAccount")
      yield* tab.credentials.set(ada)
      yield* world.passes("5 minutes")
      const creators = (yield* world.toggl.clients(workspaceId)).map((client) => client.creatorId)
      assert.deepStrictEqual(creators, [FakeToggl.defaultUser.id])
    })
  )

  law("that come between two entries of a run send nothing either", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.hold(Effect.ignore(tab.credentials.set(grace)), { work: "first" }), {
        when: isCreate
      })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* Effect.forkScoped(create(tab, "Beta"))
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.strictEqual(yield* queue(tab), "WrongAccount")
    })
  )

  law("of the same account's user resume it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.credentials.set(grace)
      yield* create(tab, "Acme")
      yield* tab.credentials.set(ada)
      yield* world.rests
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("are found out again where the user resumes all the same", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.credentials.set(grace)
      yield* create(tab, "Acme")
      yield* tab.outbox.resume
      yield* world.rests
      assert.strictEqual(yield* queue(tab), "WrongAccount")
      assert.deepStrictEqual(yield* world.names, [])
    })
  )
})

describe("a change that cannot be stored, under credentials of another user", () => {
  law("pauses nobody's queue: it is not in the log", (world) =>
    Effect.gen(function* () {
      const sound = yield* opened(world)
      const tab = yield* world.open({ credentials: grace })
      yield* tab.setStorageFault((operation) => (operation === "accept" ? full : undefined))
      const error = yield* Effect.flip(create(tab, "One"))
      yield* world.rests
      assert.strictEqual(error._tag, "NotSaved")
      assert.strictEqual(yield* queue(sound), "Idle")
      assert.deepStrictEqual(yield* world.names, [])
    })
  )

  law("is told the same each time, also where no pause could be stored", (world) =>
    Effect.gen(function* () {
      const first = yield* opened(world)
      yield* first.close
      const tab = yield* world.open({ credentials: grace })
      yield* world.rests
      yield* tab.setStorageFault((operation) =>
        operation === "accept" || operation === "changeState" ? full : undefined
      )
      for (const name of ["One", "Two"]) {
        const error = yield* Effect.flip(create(tab, name))
        const said = error._tag === "NotSaved" ? error.attempt : undefined
        assert.strictEqual(said?._tag === "Unauthorized" ? said.reason : said?._tag, "WrongAccount")
      }
      yield* tab.setStorageFault(undefined)
      yield* Effect.forkScoped(create(tab, "Three"))
      yield* world.passes("20 seconds")
      assert.strictEqual(yield* queue(tab), "WrongAccount")
    })
  )
})

describe("a pause because sign-in is needed", () => {
  const paused = (world: World) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.configure({ users: [{ ...FakeToggl.defaultUser, apiToken: "f".repeat(32) }] })
      yield* create(tab, "Acme")
      assert.strictEqual(yield* queue(tab), "SignInNeeded")
      return tab
    })

  law("ends with other credentials, in every tab", (world) =>
    Effect.gen(function* () {
      const tab = yield* paused(world)
      const other = yield* world.open()
      yield* tab.credentials.set(Credentials.token("f".repeat(32)))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual([yield* queue(tab), yield* queue(other)], ["Idle", "Idle"])
    })
  )

  law("ends when the user resumes, and comes again with the same credentials", (world) =>
    Effect.gen(function* () {
      const tab = yield* paused(world)
      yield* world.clearRequests
      yield* tab.outbox.resume
      yield* world.rests
      assert.deepStrictEqual(yield* world.probes, ["GET /api/v9/me"])
      assert.deepStrictEqual(yield* world.requests, [])
      assert.strictEqual(yield* queue(tab), "SignInNeeded")
    })
  )

  law("does not end because the app signs out", (world) =>
    Effect.gen(function* () {
      const tab = yield* paused(world)
      yield* tab.credentials.set(undefined)
      yield* world.passes("1 hour")
      assert.strictEqual(yield* queue(tab), "SignInNeeded")
      assert.deepStrictEqual(yield* world.names, [])
    })
  )

  law("never comes from credentials that are missing here", (world) =>
    Effect.gen(function* () {
      const worker = yield* world.open({ credentials: "none" })
      yield* create(worker, "Acme")
      yield* world.passes("1 hour")
      assert.isUndefined((yield* world.store.load).state.paused)
      assert.deepStrictEqual(yield* world.toggl.requests, [])
      yield* worker.credentials.set(ada)
      yield* world.rests
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("comes from a read too, so that no password is tried again and again", (world) =>
    Effect.gen(function* () {
      const wrong = Credentials.password("ada@example.com", "wrong")
      const tab = yield* world.open({ credentials: wrong })
      for (let i = 0; i < 10; i++) yield* Effect.ignore(tab.clients.list(workspaceId))
      assert.strictEqual((yield* world.toggl.requests).length, 1)
      assert.strictEqual(yield* queue(tab), "SignInNeeded")
      yield* tab.credentials.set(ada)
      yield* world.rests
      yield* tab.clients.list(workspaceId)
      assert.strictEqual(yield* queue(tab), "Idle")
    })
  )
})

describe("a pause by the user", () => {
  law("holds over tabs and restarts and outlasts other credentials, until the user resumes", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* tab.outbox.pause
      assert.strictEqual(waitsFor(yield* create(other, "Acme")), "ByUser")
      yield* tab.credentials.set(Credentials.password("ada@example.com", "correct horse"))
      yield* tab.wakeUp
      yield* tab.outbox.replayNow
      yield* tab.close
      yield* world.passes("1 day")
      assert.deepStrictEqual(yield* world.requests, [])
      const later = yield* world.open()
      yield* later.outbox.resume
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("that comes in the middle of a run stops it before the next entry", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* world.toggl.inject(Fault.hold(other.outbox.pause.pipe(Effect.ignore)), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* Effect.forkScoped(create(tab, "Beta"))
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.strictEqual(yield* queue(tab), "ByUser")
    })
  )

  law("that ends in the middle of a run stays ended", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* world.toggl.inject(
        Fault.hold(Effect.ignore(Effect.zipRight(other.outbox.pause, other.outbox.resume)), { work: "first" }),
        { when: isCreate }
      )
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* Effect.forkScoped(create(tab, "Beta"))
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )
})

describe("signing out", () => {
  law("voids every tab's bookkeeping: what was on the wire is looked up after the next sign-in", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds", { work: "first" }), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.rests
      yield* other.outbox.signOut
      yield* world.passes("1 minute")
      const [entry] = (yield* world.store.load).entries
      assert.strictEqual(entry?.state._tag, "Uncertain")
      assert.deepStrictEqual([yield* queue(tab), yield* queue(other)], ["SignInNeeded", "SignInNeeded"])
      yield* other.credentials.set(ada)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", "GET /clients"])
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
    })
  )

  law("lets the user edit what was on the wire", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("5 seconds", { work: "first" }), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.rests
      yield* tab.outbox.signOut
      const [entry] = yield* tab.outbox.entries
      if (entry?.id === undefined) return assert.fail("it is there")
      yield* tab.outbox.retry(entry.id, { name: "Acme Inc" })
      assert.strictEqual(yield* queue(tab), "SignInNeeded")
      yield* tab.credentials.set(ada)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme Inc"])
    })
  )

  law("keeps everything on the device", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      yield* create(tab, "Beta")
      yield* tab.outbox.signOut
      yield* tab.credentials.set(undefined)
      const list = yield* tab.clients.list(workspaceId)
      assert.deepStrictEqual(
        list.map((client) => client.name),
        ["Acme", "Beta"]
      )
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  law("of another tab is not undone by signing out here", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* tab.outbox.signOut
      yield* tab.credentials.set(undefined)
      yield* create(other, "Acme")
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.sent, [])
    })
  )
})

describe("two tabs", () => {
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

describe("purging", () => {
  law("removes everything at once, in every tab, and is the only thing that does", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* tab.outbox.pause
      yield* create(tab, "Beta")
      yield* tab.outbox.purge
      // Only that there is a store is left, and which.
      assert.deepStrictEqual(
        world.memory.rows.map((row) => row.key),
        ["state"]
      )
      for (const each of [tab, other]) {
        assert.deepStrictEqual(yield* each.outbox.entries, [])
        const error = yield* Effect.flip(each.clients.list(workspaceId, { freshness: "Local" }))
        assert.strictEqual(error._tag, "NoLocalCopy")
      }
    })
  )

  law("in the middle of a run books nothing into the new store", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.hold(Effect.ignore(tab.outbox.purge), { work: "first" }), { when: isCreate })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.passes("5 minutes")
      assert.deepStrictEqual((yield* world.store.load).entries, [])
      assert.strictEqual((yield* world.sent).length, 1)
    })
  )

  law("forgets whose store it was, and the next user's id is written and checked anew", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.purge
      yield* create(tab, "Acme")
      assert.strictEqual((yield* world.store.load).state.userId, FakeToggl.defaultUser.id)
      yield* tab.credentials.set(grace)
      assert.strictEqual(waitsFor(yield* create(tab, "Beta")), "WrongAccount")
    })
  )

  law("ends in a queue that works, and shows nothing of what was there", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "Acme")
      assert.strictEqual((yield* tab.clients.list(workspaceId)).length, 1)
      yield* tab.outbox.purge
      const error = yield* Effect.flip(tab.clients.list(workspaceId, { freshness: "Local" }))
      assert.strictEqual(error._tag, "NoLocalCopy")
      yield* create(tab, "Other")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Other"])
    })
  )
})

describe("an account's database", () => {
  it("is named by the account and the base URL, and never two by one name", () => {
    const names = [
      Clients.databaseName("anna", "https://a.example/api"),
      Clients.databaseName("anna", "https://b.example/api"),
      Clients.databaseName("bert", "https://a.example/api"),
      Clients.databaseName("anna https://b.example", "https://a.example/api"),
      Clients.databaseName("", "https://a.example/api anna")
    ]
    assert.strictEqual(new Set(names).size, names.length)
  })

  law("needs a name", (world) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(world.open({ account: "  " }))
      assert.deepStrictEqual([error._tag, error.setting], ["InvalidConfiguration", "account"])
    })
  )
})

law(
  "A marked change is not sent as another user, whose credentials the source gave just before it could not tell",
  (world) =>
    Effect.gen(function* () {
      const mood: { is: "own" | "other" | "cannotTell" } = { is: "own" }
      const tab = yield* opened(world, {
        source: (source) => ({
          ...source,
          get: Effect.suspend(() =>
            mood.is === "own"
              ? source.get
              : mood.is === "other"
                ? Effect.succeedSome(grace)
                : Effect.fail(new ClientError.CredentialsUnavailable({}))
          )
        })
      })
      const mark = yield* tab.holdResult("mark")
      yield* Effect.forkScoped(Effect.exit(create(tab, "Acme")))
      yield* Effect.forkScoped(
        Effect.gen(function* () {
          yield* mark.isDone
          mood.is = "other"
          yield* Effect.exit(tab.clients.list(workspaceId, { freshness: "Toggl" }))
          mood.is = "cannotTell"
          yield* mark.release
        })
      )
      yield* world.passes("2 seconds")
      assert.strictEqual(mood.is, "cannotTell")
      const clients = yield* world.toggl.clients(workspaceId)
      assert.deepStrictEqual(
        clients.filter(({ creatorId }) => creatorId !== FakeToggl.defaultUser.id),
        []
      )
    })
)
