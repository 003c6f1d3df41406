/**
 * One tab of the app on a device that is all in memory: of the version at hand, or of one that was kept. It can be
 * closed, killed and frozen, and what its store does can be seen, held back and made to fail.
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import type * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Deferred from "effect/Deferred"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as PubSub from "effect/PubSub"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import {
  type ClientError,
  Clients,
  type ClientsApi,
  Connectivity,
  Credentials,
  Outbox,
  OutboxStore,
  ReplayLock
} from "../src/index.js"
import type { FakeToggl } from "../src/testing/index.js"
import * as transactions from "../src/transactions/make.js"
import type * as Kept from "./fixtures/Library.js"

/**
 * The name of an operation of the store.
 *
 * @since 0.1.0
 * @category models
 */
export type StoreOperation = keyof transactions.Transactions

/**
 * What happens to a tab from outside, and what is seen of it there. `Operation` names what its store does; such an
 * operation may fail with an `Error`.
 *
 * @since 0.1.0
 * @category models
 */
export interface Controls<Operation, Error> {
  /** What the device says from now on; `undefined`: nothing. It wakes nobody. */
  readonly setOnline: (isOnline: boolean | undefined) => Effect.Effect<void>
  /** The event that requests may work again. */
  readonly wakeUp: Effect.Effect<void>
  /** The names of the store's operations since the start, or the last `clearOperations`. */
  readonly operations: Effect.Effect<ReadonlyArray<Operation>>
  readonly clearOperations: Effect.Effect<void>
  /** Decides which operations fail before they begin; `undefined`: none. */
  readonly setStorageFault: (fault: ((operation: Operation) => Error | undefined) | undefined) => Effect.Effect<void>
  /** The next operation of this name is done, but nobody hears of it before it is released. */
  readonly holdResult: (
    operation: Operation
  ) => Effect.Effect<{ readonly isDone: Effect.Effect<void>; readonly release: Effect.Effect<void> }>
  /** Its store does what it is asked for, but says nothing of it any more, not even to who gives up. */
  readonly silence: Effect.Effect<void>
  /** Closes it in good order. */
  readonly close: Effect.Effect<void>
  /** It dies: nothing of it happens any more, and its locks are free. */
  readonly kill: Effect.Effect<void>
  /** It stops before its next step or request, and keeps its locks. */
  readonly freeze: Effect.Effect<void>
  readonly thaw: Effect.Effect<void>
}

/**
 * A tab, or any other instance, of the app.
 *
 * @since 0.1.0
 * @category models
 */
export interface Tab extends Controls<StoreOperation, ClientError.StorageError> {
  readonly clients: Clients.ClientsService
  readonly outbox: Outbox.OutboxService
  readonly credentials: Credentials.Settable
}

/**
 * A tab of a version that was kept.
 *
 * @since 0.1.0
 * @category models
 */
export interface OldTab extends Controls<string, Kept.Failure> {
  readonly clients: Kept.Clients
  readonly outbox: Kept.Outbox
  readonly credentials: Kept.Credentials
}

/** What the device says to a tab as it is opened. */
interface Opening {
  readonly online?: boolean
}

/**
 * What a tab is opened with. The credentials are Ada's unless given; `"none"`: it is signed out.
 *
 * @since 0.1.0
 * @category models
 */
export interface TabOptions extends Partial<Omit<Clients.StackOptions, "credentials">>, Opening {
  readonly credentials?: Credentials.Credentials | "none"
  /** What the browser says of keeping the store; nothing unless given. */
  readonly storage?: Pick<OutboxStore.OutboxStoreService, "persist" | "persisted">
  /** What becomes of the client that sends requests: it goes with the settings to `ClientsApi`. */
  readonly transformClient?: ClientsApi.ClientsApiOptions["transformClient"]
  /** What the app's own source makes of the credentials. */
  readonly source?: (source: Credentials.CredentialsService) => Credentials.CredentialsService
  readonly wakeUps?: Stream.Stream<void>
  /** A lock of its own, in place of the one that all tabs share. */
  readonly lock?: ReplayLock.ReplayLockService
  /** No word of other tabs' steps comes here, as while a browser keeps a page aside. */
  readonly isDeaf?: boolean
  /** The other databases of the browser, by their names; it is not asked for any unless given. */
  readonly others?: ReadonlyMap<string, OutboxStore.Memory>
  /** Rows of its own, in place of those that all tabs share. */
  readonly memory?: OutboxStore.Memory
}

/**
 * What a tab of a version that was kept is opened with; see {@link TabOptions}.
 *
 * @since 0.1.0
 * @category models
 */
export interface OldTabOptions extends Partial<Kept.StackOptions>, Opening {
  readonly credentials?: Kept.Token | "none"
}

/**
 * What all tabs share.
 *
 * @since 0.1.0
 * @category models
 */
export interface Device {
  readonly toggl: FakeToggl.FakeTogglService
  readonly memory: OutboxStore.Memory
  readonly lock: ReplayLock.ReplayLockService
  readonly clock: Clock.Clock
}

const account = "anna"

const given = <A>(credentials: A | "none" | undefined): A | undefined =>
  credentials === "none" ? undefined : credentials

/** The ports through which a tab can be got at, whatever its version, and what gets at it. */
const ports = <Operation, Error>({ clock, lock, toggl }: Device, { online: initiallyOnline }: Opening) =>
  Effect.gen(function* () {
    const scope = yield* Scope.make()
    const wakeUps = yield* PubSub.unbounded<void>()
    const running = yield* Effect.makeLatch(true)
    const answering = yield* Effect.makeLatch(true)
    const held = new Map<
      Operation,
      { readonly isDone: Deferred.Deferred<void>; readonly released: Deferred.Deferred<void> }
    >()
    const locks = new Set<Scope.CloseableScope>()
    let online = initiallyOnline
    let isDead = false
    let operations: Array<Operation> = []
    let fault: ((operation: Operation) => Error | undefined) | undefined

    const alive = Effect.zipRight(
      running.await,
      Effect.suspend(() => (isDead ? Effect.interruptible(Effect.never) : Effect.void))
    )

    const run = <A, E>(operation: Operation, effect: Effect.Effect<A, E>): Effect.Effect<A, E | Error> =>
      Effect.gen(function* () {
        yield* alive
        operations.push(operation)
        const error = fault?.(operation)
        if (error !== undefined) return yield* Effect.fail(error)
        const hold = held.get(operation)
        held.delete(operation)
        const result = yield* Effect.exit(effect)
        yield* Effect.uninterruptible(answering.await)
        if (hold !== undefined) {
          yield* Deferred.succeed(hold.isDone, undefined)
          yield* Deferred.await(hold.released)
        }
        yield* alive
        return yield* result
      })

    const lockOf = ({ acquire, kind, of }: ReplayLock.ReplayLockService): ReplayLock.ReplayLockService => ({
      kind,
      acquire: (how) =>
        Effect.gen(function* () {
          const own = yield* Effect.acquireRelease(Scope.make(), (own, exit) => Scope.close(own, exit))
          locks.add(own)
          return yield* Scope.extend(acquire(how), own)
        }),
      ...(of === undefined ? {} : { of: (name) => lockOf(of(name)) })
    })

    const http = toggl.httpClient.pipe(
      HttpClient.transformResponse(Effect.withClock(clock)),
      HttpClient.tapRequest(() => alive)
    )

    const connectivity: Connectivity.ConnectivityService = {
      isOnline: Effect.sync(() => Option.fromNullable(online)),
      wakeUps: Stream.fromPubSub(wakeUps)
    }

    const close = Scope.close(scope, Exit.void)

    const controls: Controls<Operation, Error> = {
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
      silence: Effect.asVoid(answering.close),
      close: Effect.zipRight(answering.open, close),
      kill: Effect.gen(function* () {
        isDead = true
        yield* running.open
        yield* answering.open
        for (const own of locks) yield* Scope.close(own, Exit.void)
        yield* Effect.forkDaemon(close)
      }),
      freeze: Effect.asVoid(running.close),
      thaw: Effect.asVoid(running.open)
    }

    /** Builds the tab, which lives until it is closed, or the test is over. */
    const build = <A, E, R>(layer: Layer.Layer<A, E, R>) =>
      Effect.tap(Layer.buildWithScope(layer, scope), () =>
        Effect.addFinalizer(() => Effect.all([running.open, answering.open, close]))
      )

    return { run, http, connectivity, lock: lockOf(lock), controls, build }
  })

const isOperation = (steps: transactions.Transactions, name: string): name is StoreOperation => name in steps

/**
 * Opens a tab of the version at hand. It is signed out unless credentials are given.
 *
 * @since 0.1.0
 * @category constructors
 */
export const open = (
  device: Device,
  {
    credentials: initial,
    isDeaf = false,
    lock: own,
    memory = device.memory,
    online,
    others,
    source,
    storage,
    wakeUps,
    ...settings
  }: TabOptions
): Effect.Effect<Tab, ClientError.InvalidConfiguration, Scope.Scope> =>
  Effect.gen(function* () {
    const { build, connectivity, controls, http, lock, run } = yield* ports<StoreOperation, ClientError.StorageError>(
      { ...device, lock: own ?? device.lock },
      online === undefined ? {} : { online }
    )
    const credentials = yield* Credentials.make(given(initial))
    const store = yield* OutboxStore.fromMemory(memory)
    const steps = transactions.make(store)
    const running = (store: OutboxStore.OutboxStoreService): OutboxStore.OutboxStoreService => ({
      ...store,
      transact: (name, mode, step) =>
        isOperation(steps, name)
          ? run(name, store.transact(name, mode, step))
          : Effect.dieMessage(`no step is called ${name}`)
    })
    const openOther = (memory: OutboxStore.Memory | undefined) =>
      memory === undefined
        ? Effect.succeedNone
        : Effect.map(OutboxStore.fromMemory(memory), (store) => Option.some(running(store)))
    const layer = Clients.layerPorts({ account, ...settings }).pipe(
      Layer.provide([
        Layer.succeed(HttpClient.HttpClient, http),
        Layer.succeed(Credentials.CurrentCredentials, source === undefined ? credentials : source(credentials)),
        Layer.succeed(Connectivity.Connectivity, wakeUps === undefined ? connectivity : { ...connectivity, wakeUps }),
        Layer.succeed(OutboxStore.OutboxStore, {
          ...running(store),
          ...(isDeaf ? { onHint: () => Effect.void } : {}),
          ...(others === undefined
            ? {}
            : {
                others: {
                  names: Effect.sync(() => [...others.keys()]),
                  open: (name) => openOther(others.get(name))
                }
              }),
          ...storage
        }),
        Layer.succeed(ReplayLock.ReplayLock, lock)
      ])
    )
    const context = yield* build(layer)
    return {
      clients: Context.get(context, Clients.Clients),
      outbox: Context.get(context, Outbox.Outbox),
      credentials,
      ...controls
    }
  })

/**
 * Opens a tab of a version that was kept: its own store and credentials, over the same rows, lock, Toggl and clock. It
 * is signed out unless credentials are given.
 *
 * @since 0.1.0
 * @category constructors
 */
export const openOld = (
  library: Kept.Library,
  device: Device,
  { credentials: initial, online, ...settings }: OldTabOptions
): Effect.Effect<OldTab, Kept.Failure, Scope.Scope> =>
  Effect.gen(function* () {
    const { build, connectivity, controls, http, lock, run } = yield* ports<string, Kept.Failure>(
      device,
      online === undefined ? {} : { online }
    )
    const credentials = yield* library.Credentials.make(given(initial))
    const store = yield* library.OutboxStore.fromMemory(device.memory)
    const layer = library.Clients.stack({ account, ...settings }).pipe(
      Layer.provide([
        Layer.succeed(HttpClient.HttpClient, http),
        Layer.succeed(library.Credentials.CurrentCredentials, credentials),
        Layer.succeed(library.Connectivity.Connectivity, connectivity),
        Layer.succeed(library.OutboxStore.OutboxStore, {
          ...store,
          transact: (name, mode, step) => run(name, store.transact(name, mode, step))
        }),
        Layer.succeed(library.ReplayLock.ReplayLock, lock)
      ])
    )
    const context = yield* build(layer)
    return {
      clients: Context.get(context, library.Clients.Clients),
      outbox: Context.get(context, library.Outbox.Outbox),
      credentials,
      ...controls
    }
  })
