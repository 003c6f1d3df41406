import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { isBadRequest, isClientError, isErrorOf, type TogglClients } from "../../src/doors/promise.js"
import { Fault } from "../../src/testing/index.js"
import { isCreate, offline, online, opened } from "../Requests.js"
import { law } from "../World.js"
import { over, rejected, resolved, within, workspaceId } from "./Plain.js"

// The same operations, as promises of plain values.

describe("the door without Effect", () => {
  law("makes, changes, archives, restores, reads and deletes a client", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      const made = resolved(
        yield* within(world, "1 second", toggl.create(workspaceId, { name: " Acme ", notes: undefined }))
      )
      assert.strictEqual(made._tag, "Confirmed")
      assert.isAbove(made.id, 0)
      const { id } = made
      resolved(yield* within(world, "1 second", toggl.update(workspaceId, id, { notes: "net 30" })))
      const archived = resolved(yield* within(world, "1 second", toggl.archive(workspaceId, id)))
      assert.deepStrictEqual(archived._tag === "Confirmed" ? archived.value : archived, [])
      resolved(yield* within(world, "1 second", toggl.restore(workspaceId, id)))
      const client = resolved(yield* within(world, "1 second", toggl.get(workspaceId, id, { freshness: "Toggl" })))
      assert.deepInclude({ ...client }, { id, name: "Acme", notes: "net 30", archived: false, pending: false })
      const list = resolved(yield* within(world, "1 second", toggl.list(workspaceId)))
      assert.deepStrictEqual(list, [client])
      const gone = resolved(yield* within(world, "1 second", toggl.delete(workspaceId, id)))
      assert.deepInclude(gone, { _tag: "Confirmed", value: undefined })
      assert.deepStrictEqual(yield* world.names, [])
    })
  )

  law("queues what is done offline under an id that goes on working", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const { toggl } = yield* over(tab)
      yield* offline(world, tab)
      const made = resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
      if (made._tag !== "Queued") return assert.fail("not queued")
      assert.isBelow(made.id, 0)
      assert.strictEqual(made.reason._tag, "Offline")
      assert.strictEqual(made.client?.name, "Acme")
      resolved(yield* within(world, "1 second", toggl.update(workspaceId, made.id, { name: "Acme Ltd" })))
      const entries = resolved(yield* within(world, "1 second", toggl.readEntries()))
      assert.deepStrictEqual(
        entries.map(({ mutation }) => mutation?._tag),
        ["Create", "Update"]
      )
      yield* online(world, tab)
      resolved(yield* within(world, "1 minute", toggl.awaitDrained()))
      const ending = resolved(yield* within(world, "1 second", toggl.awaitOutcome(made.entryId)))
      const client = resolved(yield* within(world, "1 second", toggl.get(workspaceId, made.id)))
      assert.deepStrictEqual([ending._tag, client.name, client.id > 0], ["Done", "Acme Ltd", true])
    })
  )

  law("shares its outbox with the part of the app that has Effect", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const { toggl } = yield* over(tab)
      yield* offline(world, tab)
      resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
      assert.strictEqual((yield* tab.outbox.entries).length, 1)
      assert.strictEqual(resolved(yield* within(world, "1 second", toggl.readStatus())).waiting, 1)
    })
  )
})

const wrongIds: ReadonlyArray<readonly [string, (toggl: TogglClients, id: number) => Promise<unknown>]> = [
  ["list", (toggl, id) => toggl.list(id)],
  ["view", (toggl, id) => toggl.view(id)],
  ["get", (toggl, id) => toggl.get(workspaceId, id)],
  ["create", (toggl, id) => toggl.create(id, { name: "A" })],
  ["update", (toggl, id) => toggl.update(workspaceId, id, { name: "A" })],
  ["delete", (toggl, id) => toggl.delete(workspaceId, id)],
  ["archive", (toggl, id) => toggl.archive(workspaceId, id)],
  ["restore", (toggl, id) => toggl.restore(workspaceId, id)],
  ["the projects of restore", (toggl, id) => toggl.restore(workspaceId, 1, { projects: [id] })],
  ["quota", (toggl, id) => toggl.quota(id)],
  ["adopt", (toggl, id) => toggl.adopt("5f1c7c0e-8f0b-4c55-9d0e-0d2f3c1b7a10", id)]
]

describe("a wrong id", () => {
  for (const [what, ask] of wrongIds) {
    law(`rejects with BadRequest: ${what}`, (world) =>
      Effect.gen(function* () {
        const { toggl } = yield* over(yield* opened(world))
        // a restore of a client that is not there would be told before its projects are looked at
        yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
        for (const id of [0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
          const error = rejected(yield* within(world, "1 second", ask(toggl, id)))
          assert.isTrue(isBadRequest(error), `${id}: ${error.message}`)
        }
        assert.deepStrictEqual(yield* world.sent, [])
      })
    )
  }
})

describe("what it rejects with", () => {
  law("is a real error, of the operation's own union", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      yield* world.toggl.edit.createClient(workspaceId, { name: "Taken" })
      const error = rejected(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Taken" })))
      assert.instanceOf(error, Error)
      // what was refused, as everywhere in the library
      assert.strictEqual(error.name, "Taken")
      assert.match(error.message, /already called "Taken"/)
      assert.match(error.stack ?? "", /Another client/)
      assert.isTrue(isErrorOf("create", error))
      assert.isFalse(isErrorOf("list", error))
      if (isErrorOf("create", error)) assert.strictEqual(error._tag, "InvalidName")
      assert.isFalse(isClientError(Object.assign(new Error(), { _tag: "InvalidName" })))
    })
  )

  law("is a plain error where there is a defect, and holds it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      const broken = Effect.die(new TypeError("boom"))
      const { toggl } = yield* over({ ...tab, outbox: { ...tab.outbox, status: broken } })
      const error = rejected(yield* within(world, "1 second", toggl.readStatus()))
      assert.deepStrictEqual([error.name, Object.getPrototypeOf(error)], ["Error", Error.prototype])
      assert.instanceOf(error.cause, TypeError)
      assert.notMatch(`${error.message} ${String(error)}`, /Fiber|boom/)
    })
  )

  law("is typed where no answer came, and the change is kept all the same", (world) =>
    Effect.gen(function* () {
      const { toggl } = yield* over(yield* opened(world))
      yield* world.toggl.inject(Fault.proxyError({ status: 503 }), { when: isCreate })
      const receipt = resolved(yield* within(world, "1 second", toggl.create(workspaceId, { name: "Acme" })))
      assert.strictEqual(receipt._tag === "Queued" ? receipt.reason._tag : "Confirmed", "BackingOff")
      yield* world.toggl.setDown(true)
      const error = rejected(yield* within(world, "1 second", toggl.list(workspaceId, { freshness: "Toggl" })))
      assert.isTrue(isErrorOf("list", error))
    })
  )
})
