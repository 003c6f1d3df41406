import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Credentials } from "../../src/index.js"
import { create, full, opened, waitsFor } from "../Requests.js"
import { ada, grace, law, type Tab, workspaceId } from "../World.js"

// Law 12: a read that may not ask Toggl says why, and not that no credentials were given where they were.

const refusal = (tab: Tab) =>
  Effect.map(Effect.flip(tab.clients.list(workspaceId, { freshness: "Toggl" })), (error) =>
    error._tag === "Unauthorized" ? { reason: error.reason, message: error.message } : assert.fail(error._tag)
  )

describe("a read", () => {
  law("after a sign-out says that the account is signed out, in every tab, until it is signed in again", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const other = yield* opened(world)
      yield* tab.outbox.signOut
      for (const each of [tab, other]) {
        const { message, reason } = yield* refusal(each)
        assert.strictEqual(reason, "SignedOut")
        assert.include(message, "signed out")
        assert.notInclude(message, "no credentials")
      }
      yield* tab.credentials.set(undefined)
      assert.strictEqual((yield* refusal(tab)).reason, "SignedOut")
      assert.deepStrictEqual(yield* world.requests, [])
      yield* tab.credentials.set(ada)
      assert.deepStrictEqual(yield* tab.clients.list(workspaceId, { freshness: "Toggl" }), [])
    })
  )

  law("without any credentials says that none were given", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: "none" })
      assert.strictEqual((yield* refusal(tab)).reason, "Missing")
    })
  )

  law("with credentials that Toggl refuses says that, however often", (world) =>
    Effect.gen(function* () {
      const tab = yield* world.open({ credentials: Credentials.token("0".repeat(32)) })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "SignInNeeded")
      assert.strictEqual((yield* refusal(tab)).reason, "Refused")
      assert.strictEqual((yield* refusal(tab)).reason, "Refused")
    })
  )

  law("with another user's says that they are another's, for Toggl does accept them", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.credentials.set(grace)
      const { message, reason } = yield* refusal(tab)
      assert.strictEqual(reason, "WrongAccount")
      assert.notInclude(message, "does not accept")
      yield* tab.setStorageFault((operation) => (operation === "accept" ? full : undefined))
      const error = yield* Effect.flip(create(tab, "Acme"))
      const attempt = error._tag === "NotSaved" ? error.attempt : undefined
      assert.strictEqual(attempt?._tag === "Unauthorized" ? attempt.reason : attempt?._tag, "WrongAccount")
    })
  )
})
