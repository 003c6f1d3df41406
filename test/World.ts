/**
 * One device with several tabs against one fake Toggl, all in memory and on the test's clock: for tests that read like
 * the laws.
 *
 * @since 0.1.0
 */
import { it } from "@effect/vitest"
import * as Chunk from "effect/Chunk"
import * as Clock from "effect/Clock"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import type * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import type * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as TestClock from "effect/TestClock"
import type * as TestServices from "effect/TestServices"
import { Client, type ClientError, Credentials, OutboxStore, ReplayLock } from "../src/index.js"
import { FakeToggl, type RequestLog } from "../src/testing/index.js"
import * as transactions from "../src/transactions/make.js"
import type { Failure, Library } from "./fixtures/Library.js"
import * as Tab from "./Tab.js"

export type { OldTab, OldTabOptions, StoreOperation, Tab, TabOptions } from "./Tab.js"

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
 * The device, Toggl, and time.
 *
 * @since 0.1.0
 * @category models
 */
export interface World {
  readonly toggl: FakeToggl.FakeTogglService
  readonly memory: OutboxStore.Memory
  /** A connection to the store that belongs to no tab. */
  readonly store: transactions.Transactions
  readonly open: (options?: Tab.TabOptions) => Effect.Effect<Tab.Tab, ClientError.InvalidConfiguration, Scope.Scope>
  /** A tab that was loaded before the app came to its newest version: it runs the one that was kept. */
  readonly openOld: (library: Library, options?: Tab.OldTabOptions) => Effect.Effect<Tab.OldTab, Failure, Scope.Scope>
  /** Time passes, and all that it brings is done. */
  readonly passes: (duration: Duration.DurationInput) => Effect.Effect<void>
  /** All that can happen now has happened. */
  readonly rests: Effect.Effect<void>
  /** The wall clock of the device is put forward (or back, if negative); no time passes. */
  readonly putClock: (by: Duration.DurationInput, direction: "Forward" | "Back") => Effect.Effect<void>
  /** The device sleeps so long: its monotonic clock stands still, and time passes for all others. */
  readonly sleeps: (duration: Duration.DurationInput) => Effect.Effect<void>
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
  readonly toggl?: FakeToggl.FakeTogglInput
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
    const device = { toggl, memory, lock, clock }
    const passes = (duration: Duration.DurationInput) => clock.adjust(duration)
    let slept = 0
    const lines = (wanted: (request: RequestLog.RecordedRequest) => boolean) =>
      Effect.map(toggl.requests, (requests) => requests.filter(wanted).map(line))
    return {
      toggl,
      memory,
      store: transactions.make(yield* OutboxStore.fromMemory(memory)),
      open: (options = {}) => Tab.open(device, { credentials: ada, ...options }),
      openOld: (library, options = {}) => Tab.openOld(library, device, { credentials: ada, ...options }),
      passes,
      rests: passes(0),
      putClock: (by, direction) =>
        Effect.sync(() => {
          put((direction === "Back" ? -1 : 1) * Duration.toMillis(by))
        }),
      sleeps: (duration) =>
        Effect.suspend(() => {
          const millis = Duration.toMillis(duration)
          put(millis)
          slept += millis
          return toggl.configure({ clockSkew: slept })
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
): void => it.scoped(name, () => inWorld(name, happens, options), { concurrent: true })
