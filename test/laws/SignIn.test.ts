import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { ClientError, ClientsApi, Credentials } from "../../src/index.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import { create, isMe, limited, opened, queued, waitsFor } from "../Requests.js"
import { ada, grace, law, type Tab, workspaceId, type World } from "../World.js"

// Signing in tries credentials once and tells whose they are; a refusal belongs to the tab that holds them (law 8).

const userId = FakeToggl.defaultUser.id
const renewed = Credentials.token("f".repeat(32))
const wrong = Credentials.token("0".repeat(32))

/** The account's user has a new token, and the old one is good for nothing. */
const revoke = (world: World) =>
  world.toggl.configure({ users: [{ ...FakeToggl.defaultUser, apiToken: "f".repeat(32) }, FakeToggl.colleague] })

const probes = (world: World) => Effect.map(world.probes, (probes) => probes.length)

/** What comes of it at once. */
const signedIn = (world: World, tab: Tab, credentials?: Credentials.Credentials) =>
  Effect.gen(function* () {
    const ended = yield* world.within("1 second", tab.outbox.signIn(credentials))
    if (Option.isNone(ended)) return assert.fail("it has not ended")
    const result = yield* Effect.either(Exit.isExit(ended.value) ? ended.value : Effect.never)
    return Either.isRight(result) ? result.right : result.left
  })

const queue = (tab: Tab) =>
  Effect.map(tab.outbox.status, ({ queue }) => (queue._tag === "Paused" ? queue.reason : queue._tag))

describe("signing in", () => {
  law("sets the credentials, tries them once, and tells whose they are", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: "none" })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "SignInNeeded")
      yield* world.clearRequests
      assert.deepStrictEqual(yield* signedIn(world, tab, ada), { checked: true, userId })
      yield* world.passes("1 minute")
      assert.deepStrictEqual([yield* probes(world), yield* world.names], [1, ["Acme"]])
    })
  )

  law("without credentials asks their source again, and ends the pause of a sign-out", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.signOut
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "SignInNeeded")
      yield* world.clearRequests
      assert.deepStrictEqual(yield* signedIn(world, tab), { checked: true, userId })
      yield* world.passes("1 minute")
      assert.deepStrictEqual([yield* probes(world), yield* world.names], [1, ["Acme"]])
    })
  )

  law("with what Toggl refuses fails, tries it no second time, and sends nothing with it", (world) =>
    Effect.gen(function* () {
      for (const bad of [wrong, Credentials.password("ada@example.com", "wrong")]) {
        const tab = yield* world.open({ credentials: "none" })
        yield* create(tab, "Acme")
        yield* world.clearRequests
        const error = yield* signedIn(world, tab, bad)
        assert.isTrue(ClientError.isUnauthorized(error) && error.reason === "Refused")
        yield* world.passes("50 seconds")
        const asked = (yield* world.probes).filter((request) => request === "GET /api/v9/me")
        assert.deepStrictEqual([asked.length, yield* world.sent], [1, []], JSON.stringify([bad, yield* world.probes]))
        assert.strictEqual(yield* queue(tab), "SignInNeeded")
        yield* tab.close
      }
    })
  )

  law("with another user's fails as that, and tells whose they are", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* create(tab, "Acme")
      const error = yield* signedIn(world, tab, grace)
      assert.isTrue(ClientError.isWrongAccount(error) && error.userId === FakeToggl.colleague.id)
      assert.strictEqual(waitsFor(yield* create(tab, "Beta")), "WrongAccount")
      assert.deepStrictEqual(yield* signedIn(world, tab, ada), { checked: true, userId })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )

  law("without any says that they are missing", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: "none" })
      const error = yield* signedIn(world, tab)
      assert.isTrue(ClientError.isUnauthorized(error) && error.reason === "Missing")
    })
  )

  law("while offline says that it could not be checked, and the next request does", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: "none", online: false })
      yield* world.toggl.setDown(true)
      yield* create(tab, "Acme")
      const result = yield* signedIn(world, tab, ada)
      assert.isTrue("checked" in result && !result.checked && result.reason._tag === "Offline")
      yield* world.toggl.setDown(false)
      yield* tab.setOnline(true)
      yield* tab.wakeUp
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("before a time that Toggl named asks nothing, and says until when", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(limited("600"))
      yield* create(tab, "Acme")
      yield* world.clearRequests
      const result = yield* signedIn(world, tab, ada)
      assert.isTrue("checked" in result && !result.checked && result.reason._tag === "RateLimited")
      assert.deepStrictEqual([yield* probes(world), yield* world.requests], [0, []])
    })
  )

  law("that Toggl answers with a time keeps it", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: "none" })
      yield* world.toggl.inject(limited("600"), { when: isMe })
      const result = yield* signedIn(world, tab, ada)
      assert.isTrue("checked" in result && !result.checked && result.reason._tag === "RateLimited")
      yield* world.clearRequests
      queued(yield* create(tab, "Acme"))
      assert.deepStrictEqual([yield* probes(world), yield* world.requests], [0, []])
    })
  )

  law("with what no request can be signed with fails, and the earlier ones stay", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const bad = Credentials.proxy({ header: { name: "X-App", value: "a\nb" } })
      const error = yield* signedIn(world, tab, bad)
      assert.isTrue(ClientError.isInvalidConfiguration(error))
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "Confirmed")
    })
  )

  law("fails where the source cannot be set, and asks it where none are given", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ source: ({ changes, get }) => ({ changes, get }) })
      const error = yield* signedIn(world, tab, ada)
      assert.isTrue(ClientError.isInvalidConfiguration(error) && error.setting === "credentials")
      assert.deepStrictEqual(yield* signedIn(world, tab), { checked: true, userId })
    })
  )

  law("says so where the source cannot tell now", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({
        source: (source) => ({ ...source, get: Effect.fail(new ClientError.CredentialsUnavailable({})) })
      })
      const result = yield* signedIn(world, tab)
      assert.isTrue("checked" in result && !result.checked && result.reason._tag === "CredentialsUnavailable")
    })
  )

  law("works where the store cannot be written", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: "none" })
      yield* tab.setStorageFault(() => new ClientError.StorageError({ reason: "Failed", detail: "UnknownError" }))
      assert.deepStrictEqual(yield* signedIn(world, tab, ada), { checked: true, userId })
    })
  )
})

describe("a sign-in with what Toggl refuses", () => {
  const wrongPassword = Credentials.password("ada@example.com", "wrong")
  const tries = (world: World) =>
    Effect.map(world.probes, (probes) => probes.filter((probe) => probe === "GET /api/v9/me").length)

  law("tries it once, where a read was waiting for a slow source", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({
        credentials: "none",
        source: (source) => ({ ...source, get: Effect.zipRight(Effect.sleep("1 second"), source.get) })
      })
      yield* Effect.forkScoped(Effect.ignore(tab.clients.list(workspaceId)))
      yield* world.rests
      yield* Effect.forkScoped(Effect.ignore(tab.outbox.signIn(wrongPassword)))
      yield* world.passes("40 seconds")
      assert.strictEqual(yield* tries(world), 1)
    })
  )

  law("tries it once, where its source tells of it late", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({
        credentials: "none",
        source: (source) => ({ ...source, changes: Stream.debounce(source.changes, "1 second") })
      })
      yield* create(tab, "Acme")
      yield* Effect.forkScoped(Effect.ignore(tab.outbox.signIn(wrongPassword)))
      yield* world.passes("40 seconds")
      assert.strictEqual(yield* tries(world), 1)
    })
  )

  law("rests, where several requests were refused at once", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { credentials: Credentials.password("ada@example.com", "correct horse") })
      yield* world.toggl.configure({ users: [{ ...FakeToggl.defaultUser, password: "another" }] })
      const read = Effect.ignore(tab.clients.list(workspaceId, { freshness: "Toggl" }))
      yield* Effect.forkScoped(Effect.all([read, read, Effect.ignore(create(tab, "Acme"))], { concurrency: 3 }))
      yield* world.passes("10 seconds")
      yield* tab.clearOperations
      yield* world.passes("1 hour")
      assert.isBelow((yield* tab.operations).length, 20)
    })
  )
})

describe("a sign-in that is given up while its source sets", () => {
  law("is tried all the same, once the source has told of it", (world) =>
    Effect.gen(function* () {
      const slowly = (source: Credentials.CredentialsService): Credentials.CredentialsService =>
        "set" in source && typeof source.set === "function"
          ? Object.assign({}, source, {
              set: (given: Credentials.Credentials | undefined) =>
                Effect.zipRight(
                  Effect.suspend(() => set(given)),
                  Effect.sleep("10 seconds")
                )
            })
          : source
      const tab = yield* world.open({ credentials: "none", source: slowly })
      const set = tab.credentials.set
      yield* create(tab, "Acme")
      yield* Effect.forkScoped(Effect.ignore(Effect.timeout(tab.outbox.signIn(ada), "5 seconds")))
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

describe("a tab that still holds refused credentials", () => {
  law("never pauses the queue for one that signs in with others", (world) =>
    Effect.gen(function* () {
      const old = yield* opened(world)
      const other = yield* opened(world)
      yield* revoke(world)
      assert.strictEqual(waitsFor(yield* create(old, "Acme")), "SignInNeeded")
      assert.deepStrictEqual(yield* signedIn(world, other, renewed), { checked: true, userId })
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      const again = yield* signedIn(world, old)
      assert.isTrue(ClientError.isUnauthorized(again))
      assert.strictEqual(waitsFor(yield* create(other, "Beta")), "Confirmed")
      yield* create(old, "Carol")
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta", "Carol"])
      assert.strictEqual(yield* queue(other), "Idle")
      // and it goes on with the rest, once it has them too
      assert.deepStrictEqual(yield* signedIn(world, old, renewed), { checked: true, userId })
      assert.strictEqual(waitsFor(yield* create(old, "Dora")), "Confirmed")
    })
  )

  law("signs in while the other one's attempt is on the wire, and nothing is doubled", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* world.toggl.inject(Fault.delay("3 seconds"), { when: ({ method }) => method === "POST" })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.passes("1 second")
      assert.deepStrictEqual(yield* signedIn(world, other, ada), { checked: true, userId })
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme"])
    })
  )
})

describe("whoAmI, before any outbox is open", () => {
  it.effect("tells the user's id and the workspace that they see first", () =>
    Effect.gen(function* () {
      const toggl = yield* FakeToggl.make()
      const me = yield* Effect.provide(ClientsApi.whoAmI(ada), toggl.layer)
      assert.deepStrictEqual(me, { userId, defaultWorkspaceId: workspaceId })
      const refused = yield* Effect.flip(Effect.provide(ClientsApi.whoAmI(wrong), toggl.layer))
      assert.isTrue(ClientError.isUnauthorized(refused))
      const badUrl = yield* Effect.flip(
        Effect.provide(ClientsApi.whoAmI(ada, { baseUrl: "ftp://example.com" }), toggl.layer)
      )
      assert.isTrue(ClientError.isInvalidConfiguration(badUrl))
    })
  )

  it.effect("tells none where Toggl names none, or what is no id", () =>
    Effect.gen(function* () {
      for (const given of ["null", "-1", '"a"', "{}"]) {
        const toggl = yield* FakeToggl.make()
        yield* toggl.inject(Fault.respond({ status: 200, body: `{"id":${userId},"default_workspace_id":${given}}` }), {
          when: isMe
        })
        const me = yield* Effect.provide(ClientsApi.whoAmI(ada), toggl.layer)
        assert.deepStrictEqual(me, { userId, defaultWorkspaceId: undefined })
      }
    })
  )
})
