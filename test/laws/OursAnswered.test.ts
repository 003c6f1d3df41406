import * as HttpClient from "@effect/platform/HttpClient"
import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { ClientError, Client } from "../../src/index.js"
import { Fault, type RequestLog } from "../../src/testing/index.js"
import {
  create,
  drained,
  isArchive,
  isCreate,
  isDelete,
  isGet,
  isUpdate,
  names,
  opened,
  says,
  servers,
  standing,
  waitsFor,
  withAcme
} from "../Requests.js"
import { law, workspaceId } from "../World.js"

// Law 3, once: what an answer says is believed only where it is Toggl's, and about what was asked for.

type Request = RequestLog.RecordedRequest

describe("an answer about another client", () => {
  for (const [server, toggl] of servers) {
    law(
      `to an update confirms nothing: it is looked up, and sent again (${server})`,
      (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* withAcme(world)
          yield* world.toggl.inject(Fault.otherClient({ id: acme + 1 }), { when: isUpdate })
          assert.strictEqual(waitsFor(yield* tab.clients.update(workspaceId, acme, { notes: "net 60" })), "BackingOff")
          yield* world.passes("5 minutes")
          const [client] = yield* world.toggl.clients(workspaceId)
          assert.strictEqual(client?.notes, "net 60")
          assert.strictEqual((yield* world.sent).length, 2)
          assert.deepStrictEqual(names(yield* tab.clients.list(workspaceId, { freshness: "Local" })), ["Acme"])
        }),
      { toggl }
    )

    for (const applied of [true, false]) {
      law(
        `to a create does not let a delete by the local id hit that one (${server}, ${applied ? "done" : "not done"})`,
        (world) =>
          Effect.gen(function* () {
            const { acme, tab } = yield* withAcme(world)
            yield* world.toggl.inject(Fault.otherClient({ id: acme }, { applied }), { when: isCreate })
            const receipt = yield* create(tab, "Zenith")
            assert.strictEqual(waitsFor(receipt), "BackingOff")
            yield* Effect.forkScoped(tab.clients.delete(workspaceId, receipt.id))
            yield* world.passes("10 minutes")
            assert.deepStrictEqual(yield* standing(tab), [])
            assert.deepStrictEqual(yield* world.names, ["Acme"])
          }),
        { toggl }
      )
    }
  }
})

describe("a create that is always answered with an existing client", () => {
  law("is set aside where others get through, and nothing of that client is touched", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      const isZenith = (request: Request) => isCreate(request) && says(request, "Zenith")
      yield* world.toggl.inject(Fault.otherClient({ id: acme }), { when: isZenith, times: "always" })
      yield* create(tab, "Zenith")
      yield* Effect.forkScoped(create(tab, "Nadir"))
      yield* world.passes("1 hour")
      assert.deepStrictEqual(yield* standing(tab), ["SetAside"])
      assert.deepStrictEqual(yield* world.names, ["Acme", "Nadir"])
      assert.isAtMost((yield* world.sent).length, 12)
    })
  )
})

describe("a 2xx that is not Toggl's", () => {
  for (const [server, toggl] of servers) {
    for (const [what, fault] of [
      ["a worker's fallback", Fault.workerFallback],
      ["an empty body", Fault.emptyOk]
    ] as const) {
      // Where the service is seen to hide its id, an empty body is its own answer.
      const isBelieved = server !== "Toggl" && fault === Fault.emptyOk
      const again = isBelieved ? 1 : 2

      law(
        `${isBelieved ? "cannot be told from its own on" : "does not end"} a delete (${what}, ${server})`,
        (world) =>
          Effect.gen(function* () {
            const { acme, tab } = yield* withAcme(world)
            yield* world.toggl.inject(fault, { when: isDelete })
            yield* tab.clients.delete(workspaceId, acme)
            yield* world.passes("5 minutes")
            assert.strictEqual((yield* world.sent).length, again)
            assert.deepStrictEqual(yield* world.names, isBelieved ? ["Acme"] : [])
            assert.deepStrictEqual(yield* standing(tab), [])
          }),
        { toggl }
      )

      law(
        `${isBelieved ? "cannot be told from its own on" : "does not end"} an archive (${what}, ${server})`,
        (world) =>
          Effect.gen(function* () {
            const { acme, tab } = yield* withAcme(world)
            yield* world.toggl.inject(fault, { when: isArchive })
            yield* tab.clients.archive(workspaceId, acme)
            yield* world.passes("5 minutes")
            const [client] = yield* world.toggl.clients(workspaceId)
            assert.strictEqual(client?.archived, !isBelieved)
            assert.strictEqual((yield* world.sent).length, again)
          }),
        { toggl }
      )
    }
  }

  law("to each attempt at a delete: it is looked up, and a delete that was done ends there", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* world.toggl.inject({ ...Fault.workerFallback, work: "done" }, { when: isDelete, times: "always" })
      yield* tab.clients.delete(workspaceId, acme)
      yield* world.passes("10 minutes")
      assert.deepStrictEqual(yield* standing(tab), [])
      assert.deepStrictEqual(yield* world.sent, ["DELETE /clients/64890001", "DELETE /clients/64890001"])
    })
  )
})

describe("a client that cannot be read by itself", () => {
  const isOne = ({ method, path }: RequestLog.RecordedRequest) => method === "GET" && /\/clients\/\d+$/.test(path)

  for (const [what, isMeant] of [
    ["a delete", isDelete],
    ["an archive", isArchive]
  ] as const) {
    for (const work of ["done", "skipped"] as const) {
      law(`is looked up by the list: ${what} that was ${work}, and never answered by Toggl`, (world) =>
        Effect.gen(function* () {
          const { acme, tab } = yield* withAcme(world)
          yield* world.toggl.inject(Fault.notAClient, { when: isOne, times: "always" })
          const times = work === "done" ? "always" : 3
          yield* world.toggl.inject({ ...Fault.workerFallback, work }, { when: isMeant, times })
          const change = isMeant === isDelete ? tab.clients.delete : tab.clients.archive
          yield* change(workspaceId, acme)
          yield* world.passes("20 minutes")
          assert.deepStrictEqual(yield* standing(tab), [])
          const [client] = yield* world.toggl.clients(workspaceId)
          assert.strictEqual(client?.archived, isMeant === isDelete ? undefined : true)
        })
      )
    }
  }
})

describe("an HttpClient that tries again by itself", () => {
  law("sends a change once within one attempt, and a read as often as it likes", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, {
        transformClient: HttpClient.retryTransient({ times: 3 })
      })
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate, times: 2 })
      yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isGet, times: 2 })
      assert.strictEqual(waitsFor(yield* create(tab, "Acme")), "BackingOff")
      yield* world.passes("20 seconds")
      assert.deepStrictEqual(yield* world.requests, ["POST /clients Acme"])
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.requests, [
        "POST /clients Acme",
        ...Array.from({ length: 3 }, () => "GET /clients")
      ])
      assert.deepStrictEqual(yield* standing(tab), [])
    })
  )
})

describe("a store that hangs", () => {
  law("lets no change past yesterday's: NotSaved, nothing is sent, and reads go on", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* tab.setOnline(false)
      yield* world.toggl.setDown(true)
      yield* tab.clients.update(workspaceId, acme, { notes: "yesterday" })
      yield* tab.close
      yield* world.toggl.setDown(false)
      yield* world.clearRequests
      const today = yield* world.open()
      const hangs = new ClientError.StorageError({ reason: "Stalled", detail: "no answer" })
      yield* today.setStorageFault(() => hangs)
      const error = yield* Effect.flip(today.clients.update(workspaceId, acme, { notes: "today" }))
      assert.strictEqual(error._tag, "NotSaved")
      assert.deepStrictEqual(yield* world.sent, [])
      assert.deepStrictEqual(names(yield* today.clients.list(workspaceId, { freshness: "Toggl" })), ["Acme"])
      yield* today.setStorageFault(undefined)
      yield* world.passes("10 minutes")
      const [client] = yield* world.toggl.clients(workspaceId)
      assert.strictEqual(client?.notes, "yesterday")
    })
  )
})

describe("half an emoji", () => {
  const half = "Acme \u{1F680}".slice(0, -1)

  law("in a name is refused as InvalidName, in notes as BadRequest, before anything is stored", (world) =>
    Effect.gen(function* () {
      const { acme, tab } = yield* withAcme(world)
      yield* tab.clearOperations
      const { create, update } = tab.clients
      const errors = yield* Effect.all([
        Effect.flip(create(workspaceId, { name: half })),
        Effect.flip(update(workspaceId, acme, { name: half })),
        Effect.flip(create(workspaceId, { name: "Zenith", notes: half })),
        Effect.flip(update(workspaceId, acme, { notes: half }))
      ])
      assert.deepStrictEqual(
        errors.map((error) => [error._tag, error._tag === "InvalidName" ? error.reason : ""]),
        [
          ["InvalidName", "IllFormed"],
          ["InvalidName", "IllFormed"],
          ["BadRequest", ""],
          ["BadRequest", ""]
        ]
      )
      assert.deepStrictEqual(yield* tab.operations, [])
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )
})

describe("notes that Toggl keeps in another form", () => {
  const notes = "  net 30\r\nby wire \r\n"

  for (const storedNotes of ["trimmed", "lf", "trimmedLf"] as const) {
    for (const conflicts of ["LastWriteWins", "CheckFirst"] as const) {
      law(
        `are the same notes: nothing is Undecided or a Conflict, and each client is shown once (${storedNotes}, ${conflicts})`,
        (world) =>
          Effect.gen(function* () {
            const tab = yield* opened(world, { conflicts, merge: false })
            yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
            const receipt = yield* tab.clients.create(workspaceId, { name: "Acme", notes })
            yield* Effect.forkScoped(tab.clients.update(workspaceId, receipt.id, { name: "Acme Inc" }))
            yield* world.passes("5 minutes")
            assert.deepStrictEqual(yield* standing(tab), [])
            yield* world.toggl.inject(Fault.loseAnswer, { when: isUpdate })
            const [acme] = yield* world.toggl.clients(workspaceId)
            const id = Client.ClientId.make(acme?.id ?? 0)
            yield* Effect.forkScoped(tab.clients.update(workspaceId, id, { notes: `${notes}!\r\n` }))
            yield* Effect.forkScoped(tab.clients.update(workspaceId, id, { notes: `${notes}!!\r\n` }))
            yield* drained(world, tab)
            assert.deepStrictEqual(yield* standing(tab), [])
            assert.deepStrictEqual(yield* world.names, ["Acme Inc"])
            const shown = yield* tab.clients.list(workspaceId, { freshness: "Local", status: "both" })
            const [kept] = yield* world.toggl.clients(workspaceId)
            assert.deepStrictEqual(
              shown.map((client) => [client.name, client.notes]),
              [["Acme Inc", kept?.notes ?? ""]]
            )
            assert.include(kept?.notes, "!!")
          }),
        { toggl: { storedNotes } }
      )
    }
  }
})
