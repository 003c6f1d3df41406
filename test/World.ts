/**
 * One device with several tabs against one fake Toggl, all in memory and on the test's clock: for tests that read like
 * the laws.
 *
 * @since 0.1.0
 */
import { it } from "@effect/vitest"
import * as HttpClient from "@effect/platform/HttpClient"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as PubSub from "effect/PubSub"
import * as Random from "effect/Random"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as TestClock from "effect/TestClock"
import type * as TestServices from "effect/TestServices"
import {
  Client,
  type ClientError,
  Clients,
  Connectivity,
  Credentials,
  Outbox,
  OutboxStore,
  ReplayLock
} from "../src/index.js"
import { FakeToggl, type RequestLog } from "../src/testing/index.js"
import * as transactions from "../src/transactions/make.js"

/**
 * The workspace that the fake Toggl has.
 *
 * @since 0.1.0
 * @category models
 */
export const workspaceId = Client.WorkspaceId.make(FakeToggl.defaultWorkspace.id)

/**
 * The credentials of the account's user.
 *
 * @since 0.1.0
 * @category models
 */
export const ada = Credentials.token(FakeToggl.defaultUser.apiToken)

/**
 * The credentials of another user.
 *
 * @since 0.1.0
 * @category models
 */
export const grace = Credentials.token(FakeToggl.colleague.apiToken)

/**
 * So long after an attempt that got no answer it is looked up: the request limit and the margin, in milliseconds.
 *
 * @since 0.1.0
 * @category models
 */
export const stillness = 25_000

/**
 * The name of an operation of the store.
 *
 * @since 0.1.0
 * @category models
 */
export type StoreOperation = keyof transactions.Transactions

/**
 * A tab, or any other instance, of the app.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tab {
  readonly clients: Clients.Service
  readonly outbox: Outbox.Service
  readonly credentials: Credentials.Settable
  /** What the device says from now on; `undefined`: nothing. It wakes nobody. */
  readonly setOnline: (isOnline: boolean | undefined) => Effect.Effect<void>
  /** The event that requests may work again. */
  readonly wakeUp: Effect.Effect<void>
  /** The names of the store's operations since the start, or the last `clearOperations`. */
  readonly operations: Effect.Effect<ReadonlyArray<StoreOperation>>
  readonly clearOperations: Effect.Effect<void>
  /** Decides which operations fail before they begin; `undefined`: none. */
  readonly setStorageFault: (
    fault: ((operation: StoreOperation) => ClientError.StorageError | undefined) | undefined
  ) => Effect.Effect<void>
  /** The next operation of this name is done, but nobody hears of it before it is released. */
  readonly holdResult: (
    operation: StoreOperation
  ) => Effect.Effect<{ readonly isDone: Effect.Effect<void>; readonly release: Effect.Effect<void> }>
  /** Closes it in good order. */
  readonly close: Effect.Effect<void>
  /** It dies: nothing of it happens any more, and its locks are free. */
  readonly kill: Effect.Effect<void>
  /** It stops before its next step or request, and keeps its locks. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
}

/**
 * What a tab is opened with. The credentials are Ada's unless given; `"none"`: it is signed out.
 *
 * @since 0.1.0
 * @category models
 */
export interface TabOptions extends Partial<Omit<Clients.StackOptions, "credentials" | "fetch">> {
  readonly credentials?: Credentials.Credentials | "none"
  readonly online?: boolean
  /** What the browser answers when it is asked to keep the store; it is not asked unless given. */
  readonly persisted?: boolean
}

/**
 * The device, Toggl, and time.
 *
 * @since 0.1.0
 * @category models
 */
export interface World {
  readonly toggl: FakeToggl.Service
  readonly memory: OutboxStore.Memory
  /** A connection to the store that belongs to no tab. */
  readonly store: transactions.Transactions
  readonly open: (options?: TabOptions) => Effect.Effect<Tab, ClientError.InvalidConfiguration, Scope.Scope>
  /** Time passes, and all that it brings is done. */
  readonly passes: (duration: Duration.DurationInput) => Effect.Effect<void>
  /** All that can happen now has happened. */
  readonly rests: Effect.Effect<void>
  /** The wall clock of the device is put forward (or back, if negative); no time passes. */
  readonly putClock: (by: Duration.DurationInput, direction: "Forward" | "Back") => Effect.Effect<void>
  /** Runs a call of the app for so long; none if it has not ended then (it goes on). */
  readonly within: <A, E, R>(
    duration: Duration.DurationInput,
    call: Effect.Effect<A, E, R>
  ) => Effect.Effect<Option.Option<Exit.Exit<A, E>>, never, R>
  /** Every request since the start or the last `clearRequests`, but those to `/me...`: `METHOD /path name`. */
  readonly requests: Effect.Effect<ReadonlyArray<string>>
  /** Those of them that ask for a change. */
  readonly sent: Effect.Effect<ReadonlyArray<string>>
  /** Those to `/me...`. */
  readonly probes: Effect.Effect<ReadonlyArray<string>>
  readonly clearRequests: Effect.Effect<void>
  /** How many timers wait for time to pass. */
  readonly timers: Effect.Effect<number>
  /** The names of all clients in Toggl, by id. */
  readonly names: Effect.Effect<ReadonlyArray<string>>
  /** Changes the row of the log under this number by hand. */
  readonly changeRow: (seq: number, change: (row: unknown) => unknown) => Effect.Effect<void>
}

/**
 * `lock`: whether tabs have a lock (`Exclusive`) or must keep the peace by the store's books. `random`: the source of
 * chance, where a test needs a certain one.
 *
 * @since 0.1.0
 * @category models
 */
export interface Options {
  readonly toggl?: FakeToggl.Input
  readonly lock?: "Exclusive" | "Lease"
  readonly random?: Random.Random
}

const base = `/api/v9/workspaces/${workspaceId}`
const epoch = Date.UTC(2026, 0, 5, 9)

const line = ({ body, method, path }: RequestLog.RecordedRequest): string => {
  const name = Predicate.hasProperty(body, "name") && typeof body.name === "string" ? ` ${body.name}` : ""
  return `${method} ${path.startsWith(base) ? path.slice(base.length) : path}${name}`
}

const isProbe = (request: RequestLog.RecordedRequest): boolean => request.path.startsWith("/api/v9/me")

/** The device's clock: it may be set, and then tells another time than Toggl's; how fast time passes it cannot change. */
const settable = (clock: Clock.Clock) => {
  let offset = 0
  const device: Clock.Clock = {
    [Clock.ClockTypeId]: Clock.ClockTypeId,
    sleep: (duration) => clock.sleep(duration),
    unsafeCurrentTimeMillis: () => clock.unsafeCurrentTimeMillis() + offset,
    currentTimeMillis: Effect.map(clock.currentTimeMillis, (millis) => millis + offset),
    unsafeCurrentTimeNanos: () => clock.unsafeCurrentTimeNanos(),
    currentTimeNanos: clock.currentTimeNanos
  }
  return {
    device,
    put: (by: number) => {
      offset += by
    }
  }
}

type Around = <A, E>(
  operation: StoreOperation,
  effect: Effect.Effect<A, E>
) => Effect.Effect<A, E | ClientError.StorageError>

const isOperation = (steps: transactions.Transactions, name: string): name is StoreOperation => name in steps

const around = (store: OutboxStore.Service, run: Around): OutboxStore.Service => {
  const steps = transactions.make(store)
  return {
    ...store,
    transact: (name, mode, step) =>
      isOperation(steps, name)
        ? run(name, store.transact(name, mode, step))
        : Effect.dieMessage(`no step is called ${name}`)
  }
}

interface Shared {
  readonly toggl: FakeToggl.Service
  readonly memory: OutboxStore.Memory
  readonly lock: ReplayLock.Service
  readonly clock: Clock.Clock
}

const open = ({ clock, lock, memory, toggl }: Shared, options: TabOptions) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const { credentials: initial = ada, online: initiallyOnline, persisted, ...settings } = options
    const credentials = yield* Credentials.make(initial === "none" ? undefined : initial)
    const wakeUps = yield* PubSub.unbounded<void>()
    const running = yield* Effect.makeLatch(true)
    const held = new Map<
      StoreOperation,
      { readonly isDone: Deferred.Deferred<void>; readonly released: Deferred.Deferred<void> }
    >()
    const locks = new Set<Scope.CloseableScope>()
    let online = initiallyOnline
    let isDead = false
    let operations: Array<StoreOperation> = []
    let fault: ((operation: StoreOperation) => ClientError.StorageError | undefined) | undefined

    const alive = Effect.zipRight(
      running.await,
      Effect.suspend(() => (isDead ? Effect.interruptible(Effect.never) : Effect.void))
    )

    const run: Around = (operation, effect) =>
      Effect.gen(function* () {
        yield* alive
        operations.push(operation)
        const error = fault?.(operation)
        if (error !== undefined) return yield* Effect.fail(error)
        const hold = held.get(operation)
        held.delete(operation)
        const result = yield* Effect.exit(effect)
        if (hold !== undefined) {
          yield* Deferred.succeed(hold.isDone, undefined)
          yield* Deferred.await(hold.released)
        }
        yield* alive
        return yield* result
      })

    const tabLock: ReplayLock.Service = {
      kind: lock.kind,
      acquire: (how) =>
        Effect.gen(function* () {
          const own = yield* Effect.acquireRelease(Scope.make(), (own, exit) => Scope.close(own, exit))
          locks.add(own)
          return yield* Scope.extend(lock.acquire(how), own)
        })
    }

    const http = toggl.httpClient.pipe(
      HttpClient.transformResponse(Effect.withClock(clock)),
      HttpClient.tapRequest(() => alive)
    )

    const store = yield* OutboxStore.fromMemory(memory)
    const layer = Clients.stack({ account: "anna", ...settings }).pipe(
      Layer.provide([
        Layer.succeed(HttpClient.HttpClient, http),
        Layer.succeed(Credentials.CurrentCredentials, credentials),
        Layer.succeed(Connectivity.Connectivity, {
          isOnline: Effect.sync(() => Option.fromNullable(online)),
          wakeUps: Stream.fromPubSub(wakeUps)
        }),
        Layer.succeed(OutboxStore.OutboxStore, {
          ...around(store, run),
          ...(persisted === undefined ? {} : { persist: Effect.succeedSome(persisted) })
        }),
        Layer.succeed(ReplayLock.ReplayLock, tabLock)
      ])
    )
    const context = yield* Layer.buildWithScope(layer, scope)
    const close = Scope.close(scope, Exit.void)
    yield* Effect.addFinalizer(() => Effect.zipRight(running.open, close))
    return {
      clients: Context.get(context, Clients.Clients),
      outbox: Context.get(context, Outbox.Outbox),
      credentials,
      setOnline: (isOnline) =>
        Effect.sync(() => {
          online = isOnline
        }),
      wakeUp: Effect.asVoid(PubSub.publish(wakeUps, undefined)),
      operations: Effect.sync(() => operations),
      clearOperations: Effect.sync(() => {
        operations = []
      }),
      setStorageFault: (next) =>
        Effect.sync(() => {
          fault = next
        }),
      holdResult: (operation) =>
        Effect.gen(function* () {
          const isDone = yield* Deferred.make<void>()
          const released = yield* Deferred.make<void>()
          held.set(operation, { isDone, released })
          return {
            isDone: Deferred.await(isDone),
            release: Effect.asVoid(Deferred.succeed(released, undefined))
          }
        }),
      close,
      kill: Effect.gen(function* () {
        isDead = true
        yield* running.open
        for (const own of locks) yield* Scope.close(own, Exit.void)
        yield* Effect.forkDaemon(close)
      }),
      freeze: Effect.asVoid(running.close),
      thaw: Effect.asVoid(running.open)
    } satisfies Tab
  })

/**
 * A device with no tab open yet, on the clock of the fiber.
 *
 * @since 0.1.0
 * @category constructors
 */
const make = (clock: TestClock.TestClock, put: (by: number) => void, options: Options): Effect.Effect<World> =>
  Effect.gen(function* () {
    const toggl = yield* FakeToggl.make(options.toggl)
    const memory = yield* OutboxStore.makeMemory
    const lock = options.lock === "Lease" ? ReplayLock.lease : yield* ReplayLock.makePrivate
    const passes = (duration: Duration.DurationInput) => clock.adjust(duration)
    const lines = (wanted: (request: RequestLog.RecordedRequest) => boolean) =>
      Effect.map(toggl.requests, (requests) => requests.filter(wanted).map(line))
    return {
      toggl,
      memory,
      store: transactions.make(yield* OutboxStore.fromMemory(memory)),
      open: (tab = {}) => open({ toggl, memory, lock, clock }, tab),
      passes,
      rests: passes(0),
      putClock: (by, direction) =>
        Effect.sync(() => {
          put((direction === "Back" ? -1 : 1) * Duration.toMillis(by))
        }),
      within: (duration, call) =>
        Effect.gen(function* () {
          const fiber = yield* Effect.fork(call)
          yield* passes(duration)
          return yield* Fiber.poll(fiber)
        }),
      requests: lines((request) => !isProbe(request)),
      sent: lines((request) => !isProbe(request) && request.method !== "GET"),
      probes: lines(isProbe),
      clearRequests: toggl.clearRequests,
      timers: Effect.map(clock.sleeps, Chunk.size),
      names: Effect.map(toggl.clients(workspaceId), (clients) => clients.map((client) => client.name)),
      changeRow: (seq, change) =>
        Effect.sync(() => {
          for (const row of memory.rows) if (row.key === seq) row.row = change(row.row)
        })
    }
  })

/**
 * What happens in a new world. Time passes only as it says, and chance is the same for the same name.
 *
 * @since 0.1.0
 * @category tests
 */
export const inWorld = <A, E, R>(
  name: string,
  happens: (world: World) => Effect.Effect<A, E, R>,
  options: Options = {}
): Effect.Effect<A, E, R | TestServices.TestServices> =>
  Effect.gen(function* () {
    const clock = yield* TestClock.testClock()
    yield* clock.setTime(epoch)
    const { device, put } = settable(clock)
    return yield* Effect.flatMap(make(clock, put, options), happens).pipe(
      Effect.withRandom(options.random ?? Random.make(name)),
      Effect.withClock(device)
    )
  })

/**
 * A test of a law: what happens in a new world. Time passes only as the test says, and chance is the same each time.
 *
 * @since 0.1.0
 * @category tests
 */
export const law = <E>(
  name: string,
  happens: (world: World) => Effect.Effect<void, E, Scope.Scope | TestServices.TestServices>,
  options: Options = {}
): void => it.scoped(name, () => inWorld(name, happens, options))
