import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as TestClock from "effect/TestClock"
import { FakeToggl } from "../../src/testing/index.js"
import {
  basic,
  colleague,
  defaultUser,
  defaultWorkspace,
  list,
  passwordOf,
  send,
  tokenOf,
  workspaceId
} from "./Wire.js"

const logged = (fake: FakeToggl.FakeTogglService, authorization: string | null) =>
  send(fake, "GET", "/me/logged", { authorization })

describe("signing in", () => {
  it.effect("by token and by password, as the user they belong to", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      for (const authorization of [tokenOf(colleague), passwordOf(colleague)]) {
        const me = yield* send(fake, "GET", "/me", { authorization })
        assert.deepInclude(me.json, {
          id: colleague.id,
          email: colleague.email,
          fullname: colleague.fullName,
          api_token: colleague.apiToken
        })
      }
      yield* send(fake, "POST", "", { body: { name: "Theirs" }, authorization: tokenOf(colleague) })
      assert.deepStrictEqual(
        (yield* fake.clients(workspaceId)).map((client) => client.creatorId),
        [colleague.id]
      )
    })
  )

  it.effect("each user has the default workspace that is theirs, or the first", () =>
    Effect.gen(function* () {
      const second = { ...defaultWorkspace, id: defaultWorkspace.id + 1 }
      const fake = yield* FakeToggl.make({
        users: [defaultUser, { ...colleague, defaultWorkspaceId: second.id }],
        workspaces: [defaultWorkspace, second]
      })
      const own = yield* send(fake, "GET", "/me", { authorization: tokenOf(colleague) })
      assert.deepInclude(own.json, { default_workspace_id: second.id })
      const first = yield* send(fake, "GET", "/me", { authorization: tokenOf(defaultUser) })
      assert.deepInclude(first.json, { default_workspace_id: defaultWorkspace.id })
    })
  )

  it.effect("a password may hold a colon and letters beyond ASCII", () =>
    Effect.gen(function* () {
      const user = { ...defaultUser, password: "a:b:ç" }
      const fake = yield* FakeToggl.make({ users: [user] })
      assert.strictEqual((yield* logged(fake, passwordOf(user))).status, 200)
    })
  )

  it.effect("a missing header is a 401 that says so", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const missing = yield* list(fake, "", { authorization: null })
      assert.deepStrictEqual([missing.status, missing.text], [401, ""])
      assert.strictEqual(missing.headers["x-authorization-missing"], "true")
      yield* fake.configure({ missingCredentials: 403 })
      assert.strictEqual((yield* list(fake, "", { authorization: null })).status, 403)
    })
  )

  it.effect("wrong credentials are a 403 with nothing in it, for /me/logged too", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make()
      const wrong = [
        basic("0".repeat(32), "api_token"),
        basic(defaultUser.email, "wrong"),
        basic("nobody@example.com", defaultUser.password),
        "Bearer abc",
        "Basic ***",
        basic("nocolon", "").replace("Og==", "")
      ]
      for (const authorization of wrong) {
        const refused = yield* list(fake, "", { authorization })
        assert.deepStrictEqual([refused.status, refused.text], [403, ""], authorization)
        assert.notProperty(refused.headers, "x-authorization-missing")
        assert.strictEqual((yield* logged(fake, authorization)).status, 403, authorization)
      }
      yield* fake.configure({ wrongCredentials: 401 })
      assert.strictEqual((yield* list(fake, "", { authorization: "Bearer abc" })).status, 401)
    })
  )

  it.effect("/me/logged tells bad credentials from a missing permission", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({
        workspaces: [{ ...defaultWorkspace, onlyAdminsSeeClients: true, admins: [colleague.id] }]
      })
      const refused = yield* list(fake)
      assert.deepStrictEqual([refused.status, refused.text], [403, ""])
      assert.strictEqual((yield* send(fake, "POST", "", { body: { name: "A" } })).status, 403)
      assert.strictEqual((yield* logged(fake, tokenOf(defaultUser))).status, 200)
      assert.strictEqual((yield* list(fake, "", { authorization: tokenOf(colleague) })).status, 200)
      yield* fake.configure({ workspaces: [{ ...defaultWorkspace, members: [colleague.id] }] })
      assert.strictEqual((yield* list(fake)).status, 403)
    })
  )

  it.effect("a proxy that signs by itself", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ signsAs: colleague.id })
      const me = yield* send(fake, "GET", "/me", { authorization: null })
      assert.deepInclude(me.json, { id: colleague.id })
      assert.strictEqual((yield* list(fake, "", { authorization: "Bearer abc" })).status, 403)
    })
  )

  it.effect("wrong passwords are counted and lock the email for a while, even for the right one", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ loginAttempts: 3 })
      const wrong = Effect.map(
        logged(fake, basic(defaultUser.email, "wrong")),
        (sent) => [sent.status, sent.headers["x-remaining-login-attempts"]] as const
      )
      const right = Effect.map(logged(fake, passwordOf(defaultUser)), (sent) => sent.status)
      assert.deepStrictEqual(yield* wrong, [403, "2"])
      assert.deepStrictEqual(yield* wrong, [403, "1"])
      assert.strictEqual(yield* right, 200, "a right one forgets the wrong ones")
      assert.deepStrictEqual(yield* wrong, [403, "2"])
      assert.deepStrictEqual(yield* wrong, [403, "1"])
      assert.deepStrictEqual(yield* wrong, [403, "0"])
      assert.strictEqual(yield* right, 403)
      assert.strictEqual((yield* logged(fake, tokenOf(defaultUser))).status, 200, "tokens are not locked")
      assert.strictEqual((yield* logged(fake, passwordOf(colleague))).status, 200, "nor are others")
      yield* TestClock.adjust("299 seconds")
      assert.deepStrictEqual(yield* wrong, [403, "0"])
      yield* TestClock.adjust("1 second")
      assert.strictEqual(yield* right, 200)
    })
  )

  it.effect("wrong tokens are not counted, and counting can be off", () =>
    Effect.gen(function* () {
      const fake = yield* FakeToggl.make({ loginAttempts: 1 })
      const token = yield* logged(fake, basic("0".repeat(32), "api_token"))
      assert.notProperty(token.headers, "x-remaining-login-attempts")
      yield* fake.configure({ loginAttempts: null })
      const password = yield* logged(fake, basic(defaultUser.email, "wrong"))
      assert.notProperty(password.headers, "x-remaining-login-attempts")
      assert.strictEqual((yield* logged(fake, passwordOf(defaultUser))).status, 200)
      yield* fake.configure({ loginAttempts: 1 })
      yield* logged(fake, basic(defaultUser.email, "wrong"))
      assert.strictEqual((yield* logged(fake, passwordOf(defaultUser))).status, 403)
      yield* fake.resetLimits
      assert.strictEqual((yield* logged(fake, passwordOf(defaultUser))).status, 200)
    })
  )
})
