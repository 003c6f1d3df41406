import { assert, describe, it } from "@effect/vitest"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import {
  Client,
  ClientError,
  Clients,
  Connectivity,
  Credentials,
  Outbox,
  OutboxStore,
  ReplayLock
} from "../../src/index.js"
import { unknownEnd } from "../../src/store/failure.js"
import { FakeToggl, Fault } from "../../src/testing/index.js"
import * as transactions from "../../src/transactions/make.js"
import { create, full, isCreate, noRoom, offline, opened } from "../Requests.js"
import { toggl } from "../store/StoreUnderTest.js"
import { law, type Tab, workspaceId } from "../World.js"

// Law 1, durable: a change is committed before its first request leaves and before its caller hears that it is queued; or
// the caller is told that it is not saved.

const denied = new ClientError.StorageError({ reason: "Denied", detail: "SecurityError" })

/** An app over a store whose commits can be made to fail, beside a sound connection to the same rows. */
const rig = (
  options: {
    readonly isOnline?: boolean
    readonly change?: (store: OutboxStore.OutboxStoreService) => OutboxStore.OutboxStoreService
    readonly memory?: OutboxStore.Memory
  } = {}
) =>
  Effect.gen(function* () {
    const toggl = yield* FakeToggl.make()
    const memory = options.memory ?? (yield* OutboxStore.makeMemory)
    const sound = transactions.make(yield* OutboxStore.fromMemory(memory))
    let fault: ClientError.StorageError | undefined
    let reach: "writes" | "all" = "all"
    const store = yield* OutboxStore.fromMemory(memory, (mode) =>
      reach === "all" || mode === "readwrite" ? fault : undefined
    )
    const layer = Clients.layerPorts({ account: "anna" }).pipe(
      Layer.provide([
        toggl.layer,
        Credentials.layer(Credentials.token(FakeToggl.defaultUser.apiToken)),
        Layer.succeed(OutboxStore.OutboxStore, options.change?.(store) ?? store),
        Layer.succeed(Connectivity.Connectivity, {
          isOnline: Effect.succeed(Option.fromNullable(options.isOnline)),
          wakeUps: Stream.empty
        }),
        Layer.effect(ReplayLock.ReplayLock, ReplayLock.makePrivate)
      ])
    )
    const context = yield* Layer.build(layer)
    const fails = (error: ClientError.StorageError | undefined, how: typeof reach = "all") =>
      Effect.sync(() => {
        fault = error
        reach = how
      })
    const names = Effect.map(toggl.clients(workspaceId), (clients) => clients.map((client) => client.name))
    const posted = Effect.map(toggl.requests, (requests) => requests.filter(isCreate).length)
    return {
      toggl,
      sound,
      fails,
      names,
      posted,
      clients: Context.get(context, Clients.Clients),
      outbox: Context.get(context, Outbox.Outbox)
    }
  })

const notSaved = <A>(effect: Effect.Effect<A, Clients.MutationError>) =>
  Effect.flatMap(Effect.flip(effect), (error) =>
    error._tag === "NotSaved" ? Effect.succeed(error) : Effect.dieMessage(error._tag)
  )

const said = (error: ClientError.NotSaved) => [error.storage.reason, error.attempt?._tag, error.mayHaveBeenApplied]

/** Time passes for the app while it answers. */
const passing = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const fiber = yield* Effect.fork(effect)
    yield* TestClock.adjust("10 minutes")
    return yield* Fiber.join(fiber)
  })

describe("a change that cannot be stored", () => {
  it.scoped("is tried online where the log is known to be empty, and its answer does not claim that it was saved", () =>
    Effect.gen(function* () {
      const { clients, fails, names, sound } = yield* rig()
      yield* fails(full, "writes")
      const receipt = yield* clients.create(workspaceId, { name: "Acme" })
      if (receipt._tag !== "Confirmed") return assert.fail(receipt._tag)
      assert.isUndefined(receipt.entryId)
      assert.strictEqual(receipt.id, receipt.value.id)
      assert.deepStrictEqual(yield* names, ["Acme"])
      assert.deepStrictEqual((yield* sound.load).entries, [])
      // The id that it gave goes on working.
      const renamed = yield* clients.update(workspaceId, receipt.id, { name: "Acme Inc" })
      assert.strictEqual(renamed._tag, "Confirmed")
      assert.deepStrictEqual(yield* names, ["Acme Inc"])
    })
  )

  it.scoped("is tried online where the log cannot be read at all", () =>
    Effect.gen(function* () {
      const { clients, fails, names } = yield* rig()
      yield* fails(denied)
      const receipt = yield* clients.create(workspaceId, { name: "Acme" })
      assert.deepInclude(receipt, { _tag: "Confirmed", entryId: undefined })
      assert.deepStrictEqual(yield* names, ["Acme"])
    })
  )

  for (const reach of ["writes", "all"] as const) {
    it.scoped(`fails untried where an entry is known to stand before it (${reach} fail)`, () =>
      Effect.gen(function* () {
        const { clients, fails, names, posted, toggl } = yield* rig()
        yield* toggl.setDown(true)
        const waiting = yield* passing(clients.create(workspaceId, { name: "First" }))
        assert.strictEqual(waiting._tag, "Queued")
        yield* fails(full, reach)
        yield* toggl.setDown(false)
        const before = yield* posted
        const error = yield* notSaved(clients.create(workspaceId, { name: "Second" }))
        assert.deepStrictEqual(said(error), ["Full", undefined, false])
        assert.strictEqual(yield* posted, before)
        assert.deepStrictEqual(yield* names, [])
        yield* fails(undefined)
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual(yield* names, ["First"])
      })
    )
  }

  it.scoped("fails untried while the queue is paused", () =>
    Effect.gen(function* () {
      const { clients, fails, outbox, posted } = yield* rig()
      yield* outbox.pause
      yield* fails(full, "writes")
      const error = yield* notSaved(clients.create(workspaceId, { name: "Acme" }))
      assert.deepStrictEqual(said(error), ["Full", undefined, false])
      assert.strictEqual(yield* posted, 0)
    })
  )

  const attempts: ReadonlyArray<readonly [what: string, fault: Fault.Fault, isOnline: boolean, mayBe: boolean]> = [
    ["the answer is lost", Fault.loseAnswer, true, true],
    ["the connection fails", Fault.refuse, true, true],
    ["the device is offline", Fault.refuse, false, false]
  ]

  for (const [what, fault, isOnline, mayBe] of attempts) {
    it.scoped(`says what came of the attempt where ${what}, and whether it may have been applied`, () =>
      Effect.gen(function* () {
        const { clients, fails, sound, toggl } = yield* rig({ isOnline })
        yield* fails(full, "writes")
        yield* toggl.inject(fault, { when: isCreate })
        const error = yield* notSaved(passing(clients.create(workspaceId, { name: "Acme" })))
        assert.deepStrictEqual(said(error), ["Full", "Unreachable", mayBe])
        assert.deepStrictEqual((yield* sound.load).entries, [])
      })
    )
  }

  it.scoped("fails with Toggl's refusal where Toggl refuses it", () =>
    Effect.gen(function* () {
      const { clients, fails } = yield* rig()
      yield* clients.create(workspaceId, { name: "Acme" })
      yield* fails(full, "writes")
      const error = yield* Effect.flip(clients.create(workspaceId, { name: "Acme" }))
      assert.deepInclude(error, { _tag: "InvalidName", reason: "Taken" })
    })
  )

  it.scoped("goes out one after the other in the order in which they were asked for", () =>
    Effect.gen(function* () {
      const { clients, fails, names } = yield* rig()
      yield* fails(denied)
      const wanted = ["e", "d", "c", "b", "a"]
      yield* Effect.forEach(wanted, (name) => clients.create(workspaceId, { name }), { concurrency: "unbounded" })
      assert.deepStrictEqual(yield* names, wanted)
    })
  )
})

describe("a list whose storing ends in doubt", () => {
  it.scoped("is shown where it is stored all the same, also to who watches", () =>
    Effect.gen(function* () {
      const change = (store: OutboxStore.OutboxStoreService): OutboxStore.OutboxStoreService => ({
        ...store,
        transact: (name, mode, step) => {
          const transacted = store.transact(name, mode, step)
          return name === "storeList" ? Effect.zipRight(transacted, Effect.fail(unknownEnd)) : transacted
        }
      })
      const { clients, toggl } = yield* rig({ change })
      yield* toggl.edit.createClient(workspaceId, { name: "Acme" })
      const shown: Array<ReadonlyArray<string>> = []
      yield* Stream.runForEach(clients.watch(workspaceId), (view) =>
        Effect.sync(() => void shown.push(view.clients.map(({ name }) => name)))
      ).pipe(Effect.forkScoped)
      yield* TestClock.adjust("1 minute")
      yield* passing(clients.list(workspaceId, { freshness: "Toggl" }))
      assert.deepStrictEqual(shown.at(-1), ["Acme"])
      const here = yield* clients.list(workspaceId, { freshness: "Local" })
      assert.deepStrictEqual(
        here.map(({ name }) => name),
        ["Acme"]
      )
    })
  )
})

describe("a change whose storing ends in doubt", () => {
  /** The step that stores it ends so, though it is stored, or not; and other steps may fail. */
  const doubting = (isStored: boolean, ending: ClientError.StorageError, fails: ReadonlyArray<string> = []) => {
    const now = { isDoubtful: true }
    const change = (store: OutboxStore.OutboxStoreService): OutboxStore.OutboxStoreService => ({
      ...store,
      transact: (name, mode, step) =>
        Effect.suspend(() => {
          const transacted = store.transact(name, mode, step)
          if (!now.isDoubtful) return transacted
          if (fails.includes(name)) return Effect.fail(denied)
          if (name !== "accept") return transacted
          return isStored ? Effect.zipRight(transacted, Effect.fail(ending)) : Effect.fail(ending)
        })
    })
    return Effect.map(rig({ change }), (rig) => ({ ...rig, now }))
  }

  const endings: ReadonlyArray<ClientError.StorageError> = [
    unknownEnd,
    new ClientError.StorageError({ reason: "Failed", detail: "UnknownError", mayBeStored: true }),
    new ClientError.StorageError({ reason: "Closed", detail: "AbortError", mayBeStored: true })
  ]

  for (const ending of endings) {
    it.scoped(`is in the log where the log says so (${ending.reason}): it is sent once, from there`, () =>
      Effect.gen(function* () {
        const { clients, names, outbox, posted } = yield* doubting(true, ending)
        const receipt = yield* passing(clients.create(workspaceId, { name: "Acme" }))
        if (receipt._tag !== "Confirmed") return assert.fail(receipt._tag)
        const entryId = receipt.entryId ?? assert.fail("it was stored")
        assert.strictEqual((yield* outbox.outcome(entryId))._tag, "Done")
        assert.deepStrictEqual([yield* names, yield* posted], [["Acme"], 1])
      })
    )

    it.scoped(`is not stored where the log does not have it (${ending.reason}), and is tried as such`, () =>
      Effect.gen(function* () {
        const { clients, names, posted, sound } = yield* doubting(false, ending)
        const receipt = yield* Effect.either(passing(clients.create(workspaceId, { name: "Acme" })))
        // What stalls may hold yesterday's changes.
        if (ending.reason === "Stalled") {
          const error = Either.isLeft(receipt) && receipt.left._tag === "NotSaved" ? receipt.left : assert.fail()
          assert.deepStrictEqual([error.mayBeStored, error.mayHaveBeenApplied], [undefined, false])
          assert.strictEqual(yield* posted, 0)
        } else {
          assert.deepInclude(Either.getOrThrow(receipt), { _tag: "Confirmed", entryId: undefined })
          assert.deepStrictEqual([yield* names, yield* posted], [["Acme"], 1])
        }
        assert.deepStrictEqual((yield* sound.load).entries, [])
      })
    )

    it.scoped(`is not tried where the log cannot be asked (${ending.reason}): it would be sent twice`, () =>
      Effect.gen(function* () {
        const { clients, names, now, outbox, posted } = yield* doubting(true, ending, ["find", "load"])
        const error = yield* notSaved(clients.create(workspaceId, { name: "Acme" }))
        assert.deepStrictEqual(said(error), [ending.reason, undefined, false])
        assert.isTrue(error.mayBeStored)
        const entryId = error.entryId ?? assert.fail("it can be asked about")
        assert.strictEqual(yield* posted, 0)
        now.isDoubtful = false
        yield* TestClock.adjust("10 minutes")
        assert.deepStrictEqual([yield* names, yield* posted], [["Acme"], 1])
        assert.strictEqual((yield* outbox.outcome(entryId))._tag, "Done")
      })
    )
  }

  it.scoped("has ended already where another tab has sent it meanwhile", () =>
    Effect.gen(function* () {
      const memory = yield* OutboxStore.makeMemory
      const other = transactions.make(yield* OutboxStore.fromMemory(memory))
      const sends = Effect.gen(function* () {
        const { fence, snapshot } = (yield* other.claim()) ?? assert.fail()
        const [{ mutation, seq } = assert.fail()] = snapshot.entries
        yield* other.mark(fence, [seq], mutation, 0)
        const verdict = { _tag: "Done", client: toggl(7, "Acme"), isAnswer: true } as const
        yield* other.settle(fence, [seq], verdict, { failures: 0, run: "Ended" }, 0)
      })
      const change = (store: OutboxStore.OutboxStoreService): OutboxStore.OutboxStoreService => ({
        ...store,
        transact: (name, mode, step) => {
          const transacted = store.transact(name, mode, step)
          return name === "accept" ? Effect.flatMap(transacted, () => Effect.zipRight(sends, unknownEnd)) : transacted
        }
      })
      const { clients, posted } = yield* rig({ change, memory })
      const receipt = yield* clients.create(workspaceId, { name: "Acme" })
      if (receipt._tag !== "Confirmed") return assert.fail(receipt._tag)
      assert.isDefined(receipt.entryId)
      assert.strictEqual(receipt.value.id, 7)
      assert.strictEqual(yield* posted, 0)
    })
  )
})

describe("NotSaved", () => {
  const failing = (tab: Tab, ...operations: ReadonlyArray<string>) =>
    tab.setStorageFault((operation) => (operations.includes(operation) ? full : undefined))

  law("is no word of a change that Toggl took: it was tried at once, and its id is Toggl's", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.setStorageFault(noRoom)
      const receipt = yield* create(tab, "Acme")
      if (receipt._tag !== "Confirmed") return assert.fail("it is confirmed")
      assert.deepStrictEqual([receipt.entryId, receipt.id], [undefined, Client.ClientId.make(64890001)])
    })
  )

  law("says what the attempt said, and whether Toggl may have done it", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.setStorageFault(noRoom)
      yield* world.toggl.inject(Fault.loseAnswer, { when: isCreate })
      const error = yield* Effect.flip(create(tab, "Acme"))
      if (error._tag !== "NotSaved") return assert.fail("it is not saved")
      assert.deepStrictEqual(
        [error.storage.reason, error.attempt?._tag, error.mayHaveBeenApplied],
        ["Full", "Unreachable", true]
      )
      yield* offline(world, tab)
      const second = yield* Effect.flip(create(tab, "Beta"))
      assert.deepStrictEqual(second._tag === "NotSaved" ? [second.attempt?._tag, second.mayHaveBeenApplied] : [], [
        "Unreachable",
        false
      ])
    })
  )

  law("comes untried where it would overtake", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* offline(world, tab)
      yield* create(tab, "First")
      yield* failing(tab, "accept")
      yield* world.toggl.setDown(false)
      yield* tab.setOnline(true)
      yield* world.clearRequests
      const error = yield* Effect.flip(create(tab, "Second"))
      assert.deepStrictEqual(error._tag === "NotSaved" ? [error.attempt, error.mayHaveBeenApplied] : [], [
        undefined,
        false
      ])
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  law("comes untried where the queue is paused", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.outbox.pause
      yield* failing(tab, "accept")
      assert.strictEqual((yield* Effect.flip(create(tab, "Acme")))._tag, "NotSaved")
      assert.deepStrictEqual(yield* world.requests, [])
    })
  )

  law("is no way around a refusal", (world) =>
    Effect.gen(function* () {
      yield* world.toggl.edit.createClient(workspaceId, { name: "Acme" })
      const tab = yield* opened(world)
      yield* tab.setStorageFault(noRoom)
      assert.strictEqual((yield* Effect.flip(create(tab, "Acme")))._tag, "InvalidName")
    })
  )

  law("is no reason to send two at once", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.setStorageFault(noRoom)
      yield* world.toggl.inject(Fault.delay("2 seconds"), { when: isCreate, times: 3 })
      const callers = yield* Effect.forEach(["A", "B", "C"], (name) => Effect.fork(create(tab, name)))
      yield* world.rests
      assert.strictEqual((yield* world.sent).length, 1)
      yield* world.passes("6 seconds")
      yield* Effect.forEach(callers, (caller) => Fiber.join(caller))
      assert.deepStrictEqual(yield* world.names, ["A", "B", "C"])
    })
  )

  law("ends when there is room again", (world) =>
    Effect.gen(function* () {
      const tab = yield* opened(world)
      yield* tab.setStorageFault(noRoom)
      yield* create(tab, "A")
      yield* tab.setStorageFault(undefined)
      const receipt = yield* create(tab, "B")
      assert.isDefined(receipt.entryId)
      assert.strictEqual((yield* tab.outbox.status).queue._tag, "Idle")
    })
  )
})
