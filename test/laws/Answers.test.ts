import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { FakeToggl, Fault, type RequestLog } from "../../src/testing/index.js"
import {
  asked,
  create,
  isArchive,
  isCreate,
  isDelete,
  offline,
  opened,
  standing,
  waitsFor,
  withAcme
} from "../Requests.js"
import { law, stillness, workspaceId } from "../World.js"

// Law 11, typed: what an answer means to the replay, one law for each row of the table.

type Request = RequestLog.RecordedRequest

// After a start a list that lacks it may be a cache's, until one more has told.
const notFound = ["GET /clients", "GET /clients"]

const isLogged = (request: Request) => request.path.endsWith("/me/logged")

describe("2xx", () => {
  law("that decodes: done", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "Confirmed")
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme"])
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
    })
  )

  for (const [what, fault] of [
    ["cut off", Fault.cutAnswer],
    ["garbled", Fault.respond({ status: 200, body: '{"id":', applied: true })],
    ["of another shape", Fault.respond({ status: 200, body: '{"ok":true}', applied: true })]
  ] as const) {
    law(`that is ${what}: looked up and found, never sent again`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(fault, { when: isCreate })
        const receipt = yield* create(tab, "Acme")
        assert.strictEqual(waitsFor(receipt), "BackingOff")
        assert.isTrue((yield* tab.outbox.status).proxySuspected)
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", "GET /clients"])
        assert.deepStrictEqual(yield* world.names, ["Acme"])
        assert.isFalse((yield* tab.outbox.status).proxySuspected)
      })
    )
  }

  law("of a captive portal: looked up, not found, sent again", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.captivePortal, { times: 3 })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "BackingOff")
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme", "POST /clients Acme"])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

describe("a redirect", () => {
  law("is not followed: looked up, not found, sent again", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.redirect("https://portal.example/", { opaque: true }), { when: isCreate })
      yield* create(tab, "Acme")
      assert.isTrue((yield* tab.outbox.status).proxySuspected)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", ...notFound, "POST /clients Acme"])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

describe("400, 403, 404 or 410 that is not Toggl's", () => {
  for (const status of [400, 403, 404, 410]) {
    for (const [what, fault] of [
      ["an HTML body", Fault.proxyError({ status })],
      ["an unknown text and no request id", Fault.respond({ status, body: "blocked by policy" })]
    ] as const) {
      law(`${status} with ${what}: again later, and a proxy is suspected`, (world) =>
        Effect.gen(function* () {
          const tab = yield* opened(world)
          yield* world.toggl.inject(fault, { when: isCreate })
          assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "BackingOff")
          assert.isTrue((yield* tab.outbox.status).proxySuspected)
          yield* world.passes("5 minutes")
          assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", ...notFound, "POST /clients Acme"])
          assert.deepStrictEqual(yield* world.names, ["Acme"])
        })
      )
    }
  }
})

describe("400 about the name", () => {
  for (const [text, reason] of [
    ["Client name cannot be empty", "Empty"],
    ["Client name maximum length is 100", "TooLong"],
    ["Name has already been taken", "Taken"]
  ] as const) {
    law(`"${text}": refused as ${reason}`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.refusal(400, text), { when: isCreate })
        const error = yield* Effect.flip(create(tab, "Acme"))
        assert.strictEqual(error._tag, "InvalidName")
        if (error._tag === "InvalidName") assert.strictEqual(error.reason, reason)
        yield* world.passes("5 minutes")
        const lookedUp = reason === "Taken" ? ["GET /clients"] : []
        assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", ...lookedUp])
      })
    )
  }

  law("taken, after a create without an answer: looked up first, and it is ours", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.landLate(stillness + 3_000), { when: isCreate })
      // The look-up finds nothing; before the second request is served, the first one lands.
      yield* world.toggl.inject(Fault.delay("3 seconds"), { when: isCreate })
      const receipt = yield* create(tab, "Acme")
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.requests, [
        "POST /clients Acme",
        ...notFound,
        "POST /clients Acme",
        "GET /clients"
      ])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
      const list = yield* tab.clients.list(workspaceId, { freshness: "Local" })
      assert.deepStrictEqual(
        list.map(({ key, name, pending }) => [key, name, pending]),
        [[String(receipt.id), "Acme", false]]
      )
    })
  )

  law("taken, after a create without an answer, by a colleague: refused", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.refuse, { when: isCreate })
      yield* world.toggl.inject(Fault.delay("3 seconds"), { when: isCreate })
      yield* create(tab, "Acme")
      yield* world.passes(stillness + 1_000)
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("taken, when the user retries what was refused: refused again, for it was never in doubt", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      const receipt = yield* create(tab, "Acme")
      if (receipt._tag !== "Queued") return assert.fail("it is queued")
      // Its creator is ours and it has the same notes, but it is an hour older than the attempt.
      const mine = { name: "Acme", createdBy: FakeToggl.defaultUser.id, at: new Date("2026-01-05T08:00:00Z") }
      yield* world.toggl.edit.createClient(workspaceId, mine)
      yield* world.toggl.setDown(false)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
      yield* tab.outbox.retry(receipt.entryId)
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* standing(tab), ["InvalidName"])
    })
  )
})

describe("other 400, 409, 422", () => {
  for (const status of [400, 409, 413, 414, 422]) {
    law(`${status}: refused as BadRequest with the server's text`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.refusal(status, "notes are too strange"), { when: isCreate })
        const error = yield* Effect.flip(create(tab, "Acme"))
        assert.strictEqual(error._tag, "BadRequest")
        if (error._tag === "BadRequest") assert.strictEqual(error.text, "notes are too strange")
        assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme"])
      })
    )
  }
})

describe("401, and 403 where the credentials are refused too", () => {
  for (const wrongCredentials of [401, 403] as const) {
    law(`${wrongCredentials}: every tab and start with these credentials pauses, and asks again seldom`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        const other = yield* world.open()
        yield* world.toggl.configure({
          wrongCredentials,
          users: [{ ...FakeToggl.defaultUser, apiToken: "f".repeat(32) }]
        })
        assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "SignInNeeded")
        const paused = { _tag: "Paused", reason: "SignInNeeded" } as const
        assert.deepStrictEqual((yield* tab.outbox.status).queue, paused)
        assert.deepStrictEqual((yield* other.outbox.status).queue, paused)
        const before = yield* asked(world)
        yield* tab.wakeUp
        yield* other.outbox.replayNow
        yield* Effect.forkScoped(create(other, "Beta"))
        yield* world.passes("59 seconds")
        assert.strictEqual(yield* asked(world), before)
        yield* world.passes("1 hour")
        const restarted = yield* world.open()
        yield* world.passes("23 hours")
        assert.deepStrictEqual((yield* restarted.outbox.status).queue, paused)
        // At most each ten minutes, and nothing but whose the credentials are.
        assert.isBelow((yield* asked(world)) - before, 150)
        assert.deepStrictEqual(yield* world.sent, ["POST /clients Acme"])
        const entries = yield* restarted.outbox.entries
        assert.deepStrictEqual(
          entries.map((entry) => [entry.state, entry.reason?._tag]),
          [
            ["Waiting", "SignInNeeded"],
            ["Waiting", "SignInNeeded"]
          ]
        )
      })
    )
  }
})

describe("403", () => {
  law("where the credentials are good: refused as Forbidden", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.refusal(403, null), { when: isCreate })
      const error = yield* Effect.flip(create(tab, "Acme"))
      assert.strictEqual(error._tag, "Forbidden")
    })
  )

  law("where the probe itself fails: again later, and nobody is refused or signed out", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.refusal(403, null), { when: isCreate })
      yield* world.toggl.inject(Fault.proxyError(), { when: isLogged })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "BackingOff")
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
    })
  )
})

describe("402", () => {
  law("without the marks of the quota: refused as PlanRequired", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.configure({ workspaces: [{ ...FakeToggl.defaultWorkspace, premium: false }] })
      const { acme, tab } = yield* withAcme(world)
      const error = yield* Effect.flip(tab.clients.archive(workspaceId, acme))
      assert.strictEqual(error._tag, "PlanRequired")
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "Idle")
    })
  )

  law("of the quota: the queue waits until the named time", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.configure({ quotaPerHour: 1 })
      yield* create(tab, "First")
      yield* world.passes("10 minutes")
      const second = yield* create(tab, "Second")
      assert.strictEqual(waitsFor(second), "Quota")
      if (second._tag === "Queued" && second.reason._tag === "Quota") {
        assert.strictEqual(second.reason.error?._tag, "QuotaExceeded")
      }
      yield* world.passes("49 minutes")
      assert.deepStrictEqual(yield* world.names, ["First"])
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["First", "Second"])
      assert.strictEqual((yield* world.sent).length, 3)
    })
  )
})

describe("404", () => {
  law("on delete, in a known text: done", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.edit.deleteClient(workspaceId, acme)
      assert.strictEqual(waitsFor(yield* tab.clients.delete(workspaceId, acme)), "Confirmed")
      assert.deepStrictEqual(yield* tab.outbox.entries, [])
    })
  )

  law("on delete, in another text: refused as NotFound", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.refusal(404, "no such workspace"), { when: isDelete })
      const error = yield* Effect.flip(tab.clients.delete(workspaceId, acme))
      assert.strictEqual(error._tag, "NotFound")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("on anything else: refused as NotFound", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.edit.deleteClient(workspaceId, acme)
      const { archive, restore, update } = tab.clients
      assert.strictEqual((yield* Effect.flip(update(workspaceId, acme, { notes: "x" })))._tag, "NotFound")
      assert.strictEqual((yield* Effect.flip(archive(workspaceId, acme)))._tag, "NotFound")
      assert.strictEqual((yield* Effect.flip(restore(workspaceId, acme)))._tag, "NotFound")
    })
  )
})

describe("410", () => {
  law("of Toggl's: refused as Gone", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject(Fault.refusal(410, "This endpoint is gone"), { when: isArchive })
      const error = yield* Effect.flip(tab.clients.archive(workspaceId, acme))
      assert.strictEqual(error._tag, "Gone")
    })
  )
})

describe("408, 425, 5xx, network failure, timeout", () => {
  for (const status of [408, 425, 500, 502, 503, 504, 599]) {
    law(`${status}: again later, and looked up first`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world)
        yield* world.toggl.inject(Fault.proxyError({ status, applied: true }), { when: isCreate })
        assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "BackingOff")
        yield* world.passes("5 minutes")
        assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", "GET /clients"])
        assert.deepStrictEqual(yield* world.names, ["Acme"])
      })
    )
  }

  law("a network failure: again later, and looked up first", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.refuse, { when: isCreate })
      yield* create(tab, "Acme")
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", ...notFound, "POST /clients Acme"])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("a timeout: again later, and looked up first", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* world.toggl.inject(Fault.hang({ applied: true }), { when: isCreate })
      const ended = yield* world.within("10 seconds", create(tab, "Acme"))
      assert.isTrue(Option.isSome(ended))
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme", "GET /clients"])
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )

  law("a network failure while the device was offline: it never left, and is sent without a look-up", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "Offline")
      yield* world.toggl.setDown(false)
      yield* tab.setOnline(true)
      yield* world.clearRequests
      yield* tab.wakeUp
      yield* world.rests
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme"])
    })
  )

  law("any number of failures costs one look-up, which is the probe", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { setAsideAfter: 100 })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      yield* create(tab, "Acme")
      yield* world.toggl.setDown(true)
      yield* create(tab, "Beta")
      yield* world.passes("1 hour")
      yield* world.toggl.setDown(false)
      yield* world.clearRequests
      yield* world.passes("5 minutes")
      assert.deepStrictEqual(yield* world.requests, ["GET /clients", "POST /clients Beta"])
      assert.deepStrictEqual(yield* world.names, ["Acme", "Beta"])
    })
  )
})
