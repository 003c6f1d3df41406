import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Layer from "effect/Layer"
import "fake-indexeddb/auto"
import { inspect } from "node:util"
import {
  fromRuntime,
  isClosed,
  isInvalidConfiguration,
  isUnauthorized,
  open,
  type OpenOptions,
  password,
  proxy,
  token,
  whoAmI
} from "../../src/doors/promise.js"
import { FakeToggl } from "../../src/testing/index.js"
import { thrownBy } from "./Plain.js"

// Opening and closing: in Node on a database in memory, and on the time of the machine.

const workspaceId = FakeToggl.defaultWorkspace.id
const ada = () => token(FakeToggl.defaultUser.apiToken)

let accounts = 0

/** A fake Toggl behind a `fetch`, and an account that no other test has. */
const stage = Effect.map(FakeToggl.make(), (fake) => {
  let asked = 0
  const fetch: typeof globalThis.fetch = (input, init) => {
    asked++
    return fake.handler(new Request(input, init))
  }
  accounts++
  const options = { account: `anna ${accounts}`, credentials: ada(), fetch } satisfies OpenOptions
  return { fake, options, asked: () => asked }
})

/** The same as a page of this origin would do it. */
const inPage = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.acquireUseRelease(
    Effect.sync(() =>
      Object.defineProperty(globalThis, "location", { value: { href: "https://app.example/" }, configurable: true })
    ),
    () => effect,
    () => Effect.sync(() => Reflect.deleteProperty(globalThis, "location"))
  )

const failure = (promise: Promise<unknown>) =>
  Effect.promise(() =>
    promise.then(
      () => undefined,
      (error: unknown) => error
    )
  )

describe("open", () => {
  // what the types forbid comes from plain JavaScript
  const wrong: ReadonlyArray<readonly [setting: string, options: Record<string, unknown>]> = [
    ["account", { account: " " }],
    ["account", { account: undefined }],
    ["baseUrl", { baseUrl: "http://example.com" }],
    ["baseUrl", { baseUrl: "" }],
    ["baseUrl", { baseUrl: "/api?secret=1" }],
    ["patience", { patience: "5 minuts" }],
    ["patience", { patience: -1 }],
    ["requestLimit", { requestLimit: Number.NaN }],
    ["margin", { margin: 10 }],
    ["backoff.cap", { backoff: { cap: "soon" } }],
    ["setAsideAfter", { setAsideAfter: 0 }],
    ["reserve", { reserve: -1 }],
    ["conflicts", { conflicts: "Mine" }],
    ["freshness", { freshness: "fresh" }],
    ["maxNameBytes", { maxNameBytes: 1.5 }],
    ["storageLimit", { storageLimit: Number.POSITIVE_INFINITY }],
    ["credentials", { credentials: "1971800d4d82861d8f2c1651fea4d212" }],
    ["credentials", { credentials: { token: "x" } }],
    ["credentials.token", { credentials: { _tag: "Token", token: "x" } }],
    ["credentials.header.name", { credentials: proxy({ header: { name: "a b", value: "x" } }) }]
  ]
  for (const [setting, given] of wrong) {
    it(`says at once what to set where that is wrong: ${JSON.stringify(given)}`, () => {
      const options: OpenOptions = Object.assign({ account: "anna" }, given)
      const error = thrownBy(() => open(options))
      if (!isInvalidConfiguration(error)) return assert.fail(String(error))
      assert.instanceOf(error, Error)
      assert.strictEqual(error.setting, setting)
      assert.match(error.message, /: set it to /)
      assert.notMatch(error.message, /1971800d|secret/)
    })
  }

  it.live("starts nothing, and begins with the first call", () =>
    Effect.gen(function* () {
      const { asked, options } = yield* stage
      const before = yield* Effect.promise(() => indexedDB.databases())
      const toggl = open(options)
      const { getServerSnapshot, getSnapshot } = toggl.clients(workspaceId)
      assert.strictEqual(getSnapshot(), getServerSnapshot())
      yield* Effect.promise(() => new Promise(setImmediate))
      assert.deepStrictEqual(yield* Effect.promise(() => indexedDB.databases()), before)
      assert.strictEqual(asked(), 0)
      const receipt = yield* Effect.promise(() => toggl.create(workspaceId, { name: "Acme" }))
      assert.strictEqual(receipt._tag, "Confirmed")
      assert.isAbove(asked(), 0)
      yield* Effect.promise(() => toggl.close())
    })
  )

  it.live("takes a page's path on a server too, where a call says what is missing", () =>
    Effect.gen(function* () {
      const { options } = yield* stage
      const toggl = open({ ...options, baseUrl: "/api/toggl" })
      const error = yield* failure(toggl.list(workspaceId))
      assert.isTrue(isInvalidConfiguration(error), String(error))
      yield* Effect.promise(() => toggl.close())
    })
  )

  it.live("gives the same one again in a page, which the last close closes", () =>
    Effect.gen(function* () {
      const { options } = yield* stage
      const first = open(options)
      // as a module does that was loaded anew
      const again = () => open({ ...options, credentials: ada(), patience: undefined })
      assert.strictEqual(again(), first)
      const error = thrownBy(() => open({ ...options, merge: false }))
      assert.isTrue(isInvalidConfiguration(error), String(error))
      assert.isTrue(isInvalidConfiguration(thrownBy(() => open({ ...options, credentials: token("another") }))))
      yield* Effect.promise(() => first.close())
      assert.strictEqual((yield* Effect.promise(() => first.create(workspaceId, { name: "Acme" })))._tag, "Confirmed")
      const closing = first.close()
      const next = open({ ...options, merge: false })
      assert.notStrictEqual(next, first)
      assert.strictEqual((yield* Effect.promise(() => next.list(workspaceId))).length, 1)
      yield* Effect.promise(() => Promise.all([closing, next.close()]))
    }).pipe(inPage)
  )

  it.live("gives each its own on a server, whose process serves many", () =>
    Effect.gen(function* () {
      const { options } = yield* stage
      assert.notStrictEqual(open(options), open(options))
    })
  )
})

describe("close", () => {
  it.live("may come twice, lets nothing begin after it, and open works at once", () =>
    Effect.gen(function* () {
      const { options } = yield* stage
      const toggl = open(options)
      yield* Effect.promise(() => toggl.create(workspaceId, { name: "Acme" }))
      const closing = toggl.close()
      assert.strictEqual(toggl.close(), closing)
      const next = open(options)
      assert.isTrue(isClosed(yield* failure(toggl.create(workspaceId, { name: "Late" }))))
      const clients = yield* Effect.promise(() => next.list(workspaceId, { freshness: "Local" }))
      assert.deepStrictEqual(
        clients.map(({ name }) => name),
        ["Acme"]
      )
      yield* Effect.promise(() => Promise.all([closing, next.close()]))
    })
  )

  it.live("of one that was never used closes nothing", () =>
    Effect.gen(function* () {
      const { asked, options } = yield* stage
      yield* Effect.promise(() => open(options).close())
      assert.strictEqual(asked(), 0)
    })
  )
})

describe("credentials", () => {
  it("show no secret however they are printed", () => {
    const all = [token("s3cret"), password("ada@example.com", "s3cret")]
    for (const each of all) {
      assert.notMatch(`${JSON.stringify(each)} ${inspect(each, { depth: 9 })} ${JSON.stringify([each])}`, /s3cret/)
      assert.match(JSON.stringify(each), /<redacted>/)
    }
  })

  it.live("may come from a source of the app's own, and be set by signing in", () =>
    Effect.gen(function* () {
      const { options } = yield* stage
      let given: ReturnType<typeof ada> | undefined = undefined
      const sourced = open({ ...options, credentials: { get: () => Promise.resolve(given) } })
      assert.isTrue(isUnauthorized(yield* failure(sourced.list(workspaceId, { freshness: "Toggl" }))))
      given = ada()
      assert.deepStrictEqual(yield* Effect.promise(() => sourced.signIn()), {
        checked: true,
        userId: FakeToggl.defaultUser.id
      })
      yield* Effect.promise(() => sourced.close())
      const { options: others } = yield* stage
      const signedOut = open({ ...others, credentials: undefined })
      assert.isTrue((yield* Effect.promise(() => signedOut.signIn(ada()))).checked)
      yield* Effect.promise(() => signedOut.close())
    })
  )

  it.live("are asked whose they are before anything is open", () =>
    Effect.gen(function* () {
      const { fetch } = (yield* stage).options
      const me = yield* Effect.promise(() => whoAmI(ada(), { fetch }))
      assert.deepStrictEqual(me, { userId: FakeToggl.defaultUser.id, defaultWorkspaceId: workspaceId })
      assert.isTrue(isUnauthorized(yield* failure(whoAmI(token("wrong"), { fetch }))))
      const reason = new Error("enough")
      assert.strictEqual(yield* failure(whoAmI(ada(), { fetch, signal: AbortSignal.abort(reason) })), reason)
    })
  )
})

describe("fromRuntime", () => {
  it.live("says what it needs where it gets another", () =>
    Effect.gen(function* () {
      const error = thrownBy(() => fromRuntime({ runFork: () => undefined, dispose: () => Promise.resolve() }))
      assert.isTrue(isInvalidConfiguration(error), String(error))
      const empty = ManagedRuntime.make(Layer.empty)
      assert.isTrue(isInvalidConfiguration(yield* failure(fromRuntime(empty).list(workspaceId))))
      yield* empty.disposeEffect
    })
  )
})
