import { assert, describe } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { Client } from "../../src/index.js"
import { Fault } from "../../src/testing/index.js"
import { create, full, isCreate, offline, opened, queued } from "../Requests.js"
import { law, type Tab, workspaceId, type World } from "../World.js"

// Law 11: every caller hears something true at its patience and half a second, whatever the store does.

const patience = "10 seconds"
const longest = "10500 millis"

const id = Client.ClientId.make(64890001)
const unknown = Client.LocalClientId.make(-1)

/** Each call in its own world: the store has just stopped to answer, with a change waiting. */
const calls: ReadonlyArray<
  readonly [what: string, call: (tab: Tab, entry: ReturnType<typeof queued>) => Effect.Effect<unknown, unknown>]
> = [
  ["create", (tab) => create(tab, "Beta")],
  ["update", (tab) => tab.clients.update(workspaceId, id, { name: "Beta" })],
  ["update by an id that is not known here", (tab) => tab.clients.update(workspaceId, unknown, { name: "Beta" })],
  ["delete", (tab) => tab.clients.delete(workspaceId, id)],
  ["delete by an id that is not known here", (tab) => tab.clients.delete(workspaceId, unknown)],
  ["list", (tab) => tab.clients.list(workspaceId)],
  ["list what is on this device", (tab) => tab.clients.list(workspaceId, { freshness: "Local" })],
  ["get", (tab) => tab.clients.get(workspaceId, id)],
  ["status", (tab) => tab.outbox.status],
  ["entries", (tab) => tab.outbox.entries],
  ["outcome", (tab, entry) => tab.outbox.outcome(entry)],
  ["retry", (tab, entry) => tab.outbox.retry(entry)],
  ["discard", (tab, entry) => tab.outbox.discard(entry)],
  ["export", (tab) => tab.outbox.exportEntries()],
  ["export and take", (tab) => tab.outbox.exportEntries({ take: true })],
  ["moved", (tab) => tab.outbox.moved],
  ["pause", (tab) => tab.outbox.pause],
  ["resume", (tab) => tab.outbox.resume],
  ["sign out", (tab) => tab.outbox.signOut],
  ["purge", (tab) => tab.outbox.purge],
  ["others", (tab) => tab.outbox.others],
  ["take over", (tab) => tab.outbox.takeOver({ account: "before", baseUrl: "https://api.track.toggl.com" })]
]

describe("where the store hangs", () => {
  for (const [what, call] of calls) {
    law(`"${what}" is answered in time`, (world) =>
      Effect.gen(function* () {
        const tab = yield* opened(world, { patience, others: new Map() })
        yield* offline(world, tab)
        const entry = queued(yield* create(tab, "Acme"))
        const other = yield* world.open({ patience })
        // Another tab's step: all that is known here has to be read again.
        yield* other.outbox.pause
        yield* other.outbox.resume
        yield* world.rests
        yield* tab.silence
        yield* other.outbox.pause
        const heard = yield* world.within(longest, call(tab, entry))
        assert.isTrue(Option.isSome(heard))
      })
    )
  }

  law("a change that is not heard of in time may be stored all the same, and says so", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { patience })
      const held = yield* tab.holdResult("accept")
      const asking = yield* Effect.fork(Effect.flip(create(tab, "Acme")))
      yield* world.passes(longest)
      const error = yield* Fiber.join(asking)
      if (error._tag !== "NotSaved") return assert.fail(error._tag)
      assert.deepStrictEqual([error.mayBeStored, error.mayHaveBeenApplied], [true, false])
      assert.strictEqual(error.storage.reason, "Stalled")
      yield* held.release
      yield* world.passes("1 minute")
      assert.deepStrictEqual(yield* world.names, ["Acme"])
      assert.strictEqual((yield* tab.outbox.outcome(error.entryId ?? assert.fail()))._tag, "Done")
    })
  )

  for (const step of ["storeList", "changeState", "copy"] as const) {
    law(`a list that Toggl has given is told in time where "${step}" does not end`, (world) =>
      Effect.gen(function* () {
        yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
        const tab = yield* world.open({ patience })
        const held = yield* tab.holdResult(step)
        const heard = yield* world.within(longest, tab.clients.list(workspaceId, { freshness: "Toggl" }))
        const clients = yield* Option.getOrThrow(heard)
        const names = (clients: ReadonlyArray<{ readonly name: string }>) => clients.map(({ name }) => name)
        assert.deepStrictEqual(names(clients), ["Acme"])
        yield* held.release
        yield* world.rests
        // Where the copy could not be read, none was stored.
        if (step === "copy") return
        const here = yield* tab.clients.list(workspaceId, { freshness: "Local" })
        assert.deepStrictEqual(names(here), ["Acme"])
      })
    )
  }

  law("a read that it does not answer is told in the status too", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { patience })
      const told: Array<string> = []
      yield* Stream.runForEach(tab.outbox.changes, ({ queue }) => Effect.sync(() => void told.push(queue._tag))).pipe(
        Effect.forkScoped
      )
      const other = yield* world.open({ patience })
      yield* world.rests
      yield* tab.silence
      yield* other.outbox.pause
      yield* world.within(longest, Effect.either(tab.clients.list(workspaceId, { freshness: "Local" })))
      yield* world.rests
      assert.deepStrictEqual(told, ["Idle", "StorageLost"])
    })
  )

  law("patience begins with the call, and not when the change is stored", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { patience })
      yield* world.toggl.inject(Fault.hang(), { when: isCreate })
      const held = yield* tab.holdResult("accept")
      const asking = yield* Effect.fork(create(tab, "Acme"))
      yield* world.passes("6 seconds")
      yield* held.release
      yield* world.passes("4 seconds")
      const receipt = yield* Fiber.poll(asking)
      assert.deepInclude(Option.getOrThrow(receipt), { _tag: "Success" })
      assert.deepInclude(yield* Fiber.join(asking), { _tag: "Queued" })
    })
  )

  law("who waits for what has gone from the log hears so in time, though nothing tells how it ended", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { patience })
      yield* world.toggl.inject(Fault.hang(), { when: isCreate })
      const asking = yield* Effect.fork(Effect.either(create(tab, "Acme")))
      yield* world.passes("1 second")
      const held = yield* tab.holdResult("outcome")
      const other = yield* world.open({ patience })
      yield* other.outbox.exportEntries({ take: true })
      yield* held.isDone
      yield* tab.silence
      yield* world.passes("9500 millis")
      const heard = Option.getOrThrow(yield* Fiber.poll(asking))
      assert.deepNestedInclude(yield* Effect.flatten(heard), { _tag: "Queued", "reason._tag": "StorageLost" })
    })
  )

  law("who is interrupted meanwhile goes when it is known whether the change is stored", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { patience })
      const held = yield* tab.holdResult("accept")
      const asking = yield* Effect.fork(create(tab, "Acme"))
      yield* held.isDone
      const interrupting = yield* Effect.fork(Fiber.interrupt(asking))
      yield* world.passes("1 minute")
      assert.isTrue(Option.isNone(yield* Fiber.poll(interrupting)))
      yield* held.release
      yield* world.passes("1 minute")
      assert.isTrue(Exit.isInterrupted(yield* Fiber.join(interrupting)))
      assert.deepStrictEqual(yield* world.names, ["Acme"])
    })
  )
})

describe("what could not be stored and is tried at once", () => {
  const unstorable = (world: World) =>
    Effect.gen(function* () {
      const tab = yield* opened(world, { patience })
      yield* tab.setStorageFault((operation) => (operation === "accept" ? full : undefined))
      return tab
    })

  law("is told of in time too, and whether Toggl may have applied it", (world) =>
    Effect.gen(function* () {
      const tab = yield* unstorable(world)
      yield* world.toggl.inject(Fault.hang(), { when: isCreate })
      const heard = yield* world.within(longest, Effect.flip(create(tab, "Acme")))
      const error = yield* Option.getOrThrow(heard)
      if (error._tag !== "NotSaved") return assert.fail(error._tag)
      assert.deepStrictEqual(
        [error.storage.reason, error.attempt?._tag, error.mayHaveBeenApplied],
        ["Full", "Unreachable", true]
      )
      assert.isUndefined(error.mayBeStored)
    })
  )

  law("has not been sent where what had to be asked first is not answered", (world) =>
    Effect.gen(function* () {
      const tab = yield* unstorable(world)
      yield* world.toggl.inject(Fault.hang(), { when: ({ method }) => method === "GET" })
      const asking = Effect.flip(tab.clients.update(workspaceId, id, { name: "Acme" }))
      const error = yield* Option.getOrThrow(yield* world.within(longest, asking))
      assert.deepInclude(error, { _tag: "NotSaved", mayHaveBeenApplied: false })
    })
  )
})
