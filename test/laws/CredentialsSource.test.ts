import * as HttpClient from "@effect/platform/HttpClient"
import * as HttpClientRequest from "@effect/platform/HttpClientRequest"
import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ClientError, Credentials } from "../../src/index.js"
import { FakeToggl } from "../../src/testing/index.js"
import { asked, create, names, waitsFor } from "../Requests.js"
import { ada, grace, law, type Tab, workspaceId } from "../World.js"

// Laws 4 and 8: a source of credentials that cannot tell is neither signed out nor wrong.

const read = (tab: Tab) => Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" }))

describe("a source of credentials that cannot tell now", () => {
  const unavailable = new ClientError.CredentialsUnavailable({})
  const ways: Readonly<Record<string, Effect.Effect<never, ClientError.CredentialsUnavailable>>> = {
    "says so": Effect.fail(unavailable),
    throws: Effect.die(new TypeError("the key is s3cret")),
    "throws before it answers": Effect.suspend(() => {
      throw new TypeError("the key is s3cret")
    })
  }
  for (const [way, fails] of Object.entries(ways)) {
    /** Counts how often it was asked, and tells from when on it can. */
    const moody = () => {
      const mood = { canTell: false, asked: 0 }
      const source = (own: Credentials.CredentialsService): Credentials.CredentialsService => ({
        ...own,
        get: Effect.suspend(() => {
          mood.asked++
          return mood.canTell ? own.get : fails
        })
      })
      return { mood, source }
    }

    law(`and ${way} is neither signed out nor wrong: the queue waits, at no entry's cost`, (world) =>
      Effect.gen(function* () {
        const { mood, source } = moody()
        const tab = yield* world.open({ source })
        const receipt = yield* create(tab, "Acme")
        assert.strictEqual(waitsFor(receipt), "CredentialsUnavailable")
        const { queue } = yield* tab.outbox.status
        assert.strictEqual(queue._tag === "Waiting" ? queue.for._tag : queue._tag, "CredentialsUnavailable")
        yield* world.passes("1 hour")
        assert.isBelow(mood.asked, 60)
        assert.strictEqual(yield* asked(world), 0)
        assert.deepInclude((yield* tab.outbox.entries)[0], { attempts: 0, state: "Waiting" })
        mood.canTell = true
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )

    law(`and ${way} fails reads by its name, and what is known is shown`, (world) =>
      Effect.gen(function* () {
        const { mood, source } = moody()
        mood.canTell = true
        yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
        const tab = yield* world.open({ source })
        yield* tab.clients.list(workspaceId)
        mood.canTell = false
        yield* world.passes("1 hour")
        const error = yield* read(tab)
        assert.strictEqual(error._tag, "CredentialsUnavailable")
        assert.notInclude(JSON.stringify(error), "s3cret")
        assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "1 minute" })), ["Acme"])
      })
    )

    law(`and ${way} stops no other tab`, (world) =>
      Effect.gen(function* () {
        const { source } = moody()
        const tab = yield* world.open({ source })
        yield* create(tab, "Acme")
        yield* world.open()
        yield* world.passes("1 second")
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }
})

describe("a proxy's header that is another at each time", () => {
  law("lets changes be sent all the same", (world) =>
    Effect.gen(function* () {
      let nonce = 0
      const header = () => Credentials.proxy({ header: { name: "x-nonce", value: `n${nonce++}` } })
      const tab = yield* world.open({
        credentials: "none",
        transformClient: HttpClient.mapRequest(
          HttpClientRequest.basicAuth(FakeToggl.defaultUser.apiToken, "api_token")
        ),
        source: (source) => ({ ...source, get: Effect.sync(() => Option.some(header())) })
      })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "Confirmed")
      assert.strictEqual((yield* world.probes).length, 1)
    })
  )
})

describe("a source whose credentials are others at each time", () => {
  const either = [
    Credentials.token(FakeToggl.defaultUser.apiToken),
    Credentials.password(FakeToggl.defaultUser.email, FakeToggl.defaultUser.password)
  ]

  law("lets the user's changes be sent, each after Toggl was asked whose they are", (world) =>
    Effect.gen(function* () {
      let times = 0
      const tab = yield* world.open({
        source: (source) => ({ ...source, get: Effect.sync(() => Option.fromNullable(either[times++ % 2])) })
      })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "Confirmed")
      assert.strictEqual(waitsFor(yield* create(tab, "Beta")), "Confirmed")
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
      assert.isAtMost((yield* world.probes).length, 5)
    })
  )

  law("never sends one user's change as another user", (world) =>
    Effect.gen(function* () {
      let times = 0
      const users = [ada, grace]
      const tab = yield* world.open({
        source: (source) => ({ ...source, get: Effect.sync(() => Option.fromNullable(users[Math.min(1, times++)])) })
      })
      yield* create(tab, "Acme")
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* world.names, [])
      assert.deepInclude((yield* tab.outbox.status).queue, { _tag: "Paused", reason: "WrongAccount" })
    })
  )
})

describe("a source of credentials that takes longer than a request may leave after its mark", () => {
  law("does not keep a change from being sent: it has told a moment ago", (world) =>
    Effect.gen(function* () {
      const source = (own: Credentials.CredentialsService) => ({ ...own, get: Effect.delay(own.get, "6 seconds") })
      const tab = yield* world.open({ source })
      yield* Effect.forkScoped(create(tab, "Acme"))
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme"])
    })
  )
})

describe("a source that gives what no request can be signed with", () => {
  const bad = Credentials.proxy({ header: { name: "X-App", value: "s3cret\n" } })

  /** The app's own source: it gives that from when on it is told to. */
  const turning = () => {
    const mood = { isBad: false, asked: 0 }
    const source = (own: Credentials.CredentialsService): Credentials.CredentialsService => ({
      ...own,
      get: Effect.suspend(() => {
        mood.asked++
        return mood.isBad ? Effect.succeedSome(bad) : own.get
      })
    })
    return { mood, source }
  }

  law("pauses its tab until others are set, and sends and repeats nothing", (world) =>
    Effect.gen(function* () {
      const { mood, source } = turning()
      mood.isBad = true
      const tab = yield* world.open({ source })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "SignInNeeded")
      yield* world.passes("1 minute")
      const before = mood.asked
      yield* world.passes("1 day")
      assert.strictEqual(mood.asked, before)
      assert.strictEqual(yield* asked(world), 0)
      assert.deepStrictEqual((yield* tab.outbox.status).queue, { _tag: "Paused", reason: "SignInNeeded" })
      assert.strictEqual((yield* read(tab))._tag, "Unauthorized")
      mood.isBad = false
      yield* tab.credentials.set(ada)
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("later, where it gave a proxy's before, sends nothing more", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.configure({ signsAs: FakeToggl.defaultUser.id })
      const { mood, source } = turning()
      const tab = yield* world.open({ credentials: Credentials.proxy(), source })
      yield* create(tab, "Acme")
      mood.isBad = true
      const before = yield* asked(world)
      assert.strictEqual(waitsFor(yield* create(tab, "Beta")), "SignInNeeded")
      yield* world.passes("1 day")
      assert.strictEqual(yield* asked(world), before)
      mood.isBad = false
      yield* tab.outbox.replayNow
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )
})

law("A token may hold any character, also a line break", (world) =>
  Effect.gen(function* () {
    const tab = yield* world.open({ credentials: Credentials.token("a\nb \u20ac \u0000") })
    assert.deepInclude(yield* read(tab), { _tag: "Unauthorized", reason: "Refused" })
  })
)
