/**
 * A tab of the app: the whole stack over the ports of the device, in a process of its own, with what its user sees of it.
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as LogLevel from "effect/LogLevel"
import * as Option from "effect/Option"
import * as Queue from "effect/Queue"
import * as Scope from "effect/Scope"
import * as Stream from "effect/Stream"
import * as Supervisor from "effect/Supervisor"
import { CredentialsUnavailable } from "../../src/ClientError.js"
import type * as ClientsApi from "../../src/ClientsApi.js"
import * as Clients from "../../src/Clients.js"
import * as Connectivity from "../../src/Connectivity.js"
import * as Credentials from "../../src/Credentials.js"
import * as Outbox from "../../src/Outbox.js"
import * as OutboxStore from "../../src/OutboxStore.js"
import * as ReplayLock from "../../src/ReplayLock.js"
import type { Status } from "../../src/Status.js"
import type { View } from "../../src/View.js"
import type { WorkspaceId } from "../../src/Client.js"
import { Background, nobody } from "../../src/instance/background.js"
import type * as Machine from "./Machine.js"
import type * as StorePort from "./StorePort.js"
import { requestLimit } from "./Weather.js"
import { AppsOwn } from "./Wire.js"

export type Services = Clients.Clients | Outbox.Outbox | ClientsApi.ClientsApi

export interface Caller {
  readonly label: string
  /** When it began, in the machine's milliseconds. */
  readonly since: number
  readonly fiber: Fiber.RuntimeFiber<unknown, unknown>
}

export interface Tab {
  readonly process: Machine.Process
  readonly connection: StorePort.Connection
  readonly lock: ReplayLock.ReplayLockService
  /** Whether it has started and is not closing. */
  readonly isOpen: () => boolean
  /** Runs an effect as the app does; `heard` is told how it ended. */
  readonly call: <A, E>(
    label: string,
    effect: Effect.Effect<A, E, Services>,
    heard: (exit: Exit.Exit<A, E>) => void
  ) => void
  readonly callers: () => ReadonlyArray<Caller>
  readonly wake: () => void
  readonly setCredentials: (credentials: Option.Option<Credentials.Credentials>) => void
  readonly credentials: () => Option.Option<Credentials.Credentials>
  /** When the app last set others by itself, in the machine's milliseconds. */
  readonly credentialsSetAt: () => number
  /** The newest status that the tab's user sees, and the newest view. */
  readonly status: () => Status | undefined
  readonly view: () => View | undefined
  /** Closes the scope: what was begun ends in order. */
  readonly close: () => void
  readonly isClosing: () => boolean
}

/** How the app has set the outbox up. */
export type Settings = Pick<Outbox.OutboxOptions, "merge" | "conflicts" | "bulk" | "reserve" | "setAsideAfter">

export interface Options {
  readonly settings: Settings
  /** Whether it shows the clients all the time, and how old they may be then. */
  readonly watches: boolean
  readonly freshness: Duration.DurationInput | undefined
  /** Whether it is the service worker, woken by the browser. */
  readonly isWoken: boolean
  readonly machine: Machine.Machine
  readonly process: Machine.Process
  readonly connection: StorePort.Connection
  readonly lock: ReplayLock.ReplayLockService
  readonly client: HttpClient.HttpClient
  readonly fetch: typeof globalThis.fetch
  readonly isOnline: () => Option.Option<boolean>
  readonly credentials: Option.Option<Credentials.Credentials>
  /** Whether the app needs a moment to find its credentials. */
  readonly slowCredentials: boolean
  /** Whether signing in can set them. */
  readonly areSettable: boolean
  /** Whether the app cannot find them at this moment, and how it says so. */
  readonly cannotTell: () => "Fails" | "Throws" | undefined
  /** Whether what listens to answers throws now. */
  readonly listenerThrows: () => boolean
  readonly workspaceId: WorkspaceId
  /** Is told of each view that the tab shows, and of a program that dies. */
  readonly shown: (view: View) => void
  readonly died: (cause: string) => void
  readonly closed: () => void
  /** Is told when it has started. */
  readonly started: () => void
  /** Is told of what says that asking Toggl may work now. */
  readonly mayWorkNow: () => void
}

/** Is told of every fiber of the tab that dies of a defect. */
class Defects extends Supervisor.AbstractSupervisor<void> {
  readonly value = Effect.void
  readonly died: (cause: string) => void
  constructor(died: (cause: string) => void) {
    super()
    this.died = died
  }
  override onEnd<A, E>(exit: Exit.Exit<A, E>): void {
    if (Exit.isFailure(exit) && Cause.isDie(exit.cause)) this.died(Cause.pretty(exit.cause))
  }
}

export const open = (options: Options): Tab => {
  const { connection, lock, machine, process, workspaceId } = options
  const wakeUps = Effect.runSync(Queue.unbounded<void>())
  const source = Effect.runSync(Credentials.make())
  let current = options.credentials
  let setAt = Number.NEGATIVE_INFINITY
  if (Option.isSome(current)) Effect.runSync(source.set(current.value))
  let services: Context.Context<Services> | undefined
  let status: Status | undefined
  let view: View | undefined
  let closing = false
  let callers: ReadonlyArray<Caller> = []

  const told = Effect.suspend(() => {
    switch (options.cannotTell()) {
      case "Fails":
        return Effect.fail(new CredentialsUnavailable({}))
      case "Throws":
        return Effect.die(new TypeError("no key"))
      case undefined:
        return source.get
    }
  })
  const aMoment = (label: string) =>
    Effect.async<void>((resume) => {
      process.post("credentials", label, () => resume(Effect.void))
    })
  const asked: Credentials.CredentialsService = {
    changes: source.changes,
    get: options.slowCredentials ? Effect.zipRight(aMoment("finds its credentials"), told) : told
  }
  const set = (next: Credentials.Credentials | undefined) =>
    source.set(next).pipe(
      Effect.zipRight(
        Effect.sync(() => {
          current = Option.fromNullable(next)
        })
      ),
      Effect.uninterruptible,
      Effect.zipRight(options.slowCredentials ? aMoment("has kept its credentials") : Effect.void)
    )
  const credentials = options.areSettable ? { ...asked, set } : asked
  const onAnswer = () => {
    if (options.listenerThrows()) throw new TypeError("the listener threw")
    return Effect.void
  }
  const unwoken = Clients.layerPorts({
    account: "ada",
    fetch: options.fetch,
    requestLimit,
    onAnswer,
    ...options.settings
  }).pipe(
    Layer.provide([
      Layer.succeed(OutboxStore.OutboxStore, connection.store),
      Layer.succeed(ReplayLock.ReplayLock, lock),
      Layer.succeed(Connectivity.Connectivity, {
        isOnline: Effect.sync(options.isOnline),
        wakeUps: Stream.fromQueue(wakeUps)
      }),
      Layer.succeed(Credentials.CurrentCredentials, credentials),
      Layer.succeed(HttpClient.HttpClient, options.client)
    ])
  )
  const layer = options.isWoken
    ? Layer.provide(unwoken, Layer.succeed(Background, { ...nobody, isWoken: true }))
    : unwoken
  const defects = new Defects(options.died)
  const inTab = <A, E>(effect: Effect.Effect<A, E>) =>
    effect.pipe(
      Effect.withClock(process.clock),
      Effect.withRandom(process.random),
      Effect.withTracerEnabled(false),
      Logger.withMinimumLogLevel(LogLevel.None),
      Effect.supervised(defects)
    )
  const run = <A, E>(effect: Effect.Effect<A, E>) => Effect.runFork(inTab(effect), { scheduler: process.scheduler })

  const scope = Effect.runSync(Scope.make())
  process.enter(() => {
    run(
      Effect.gen(function* () {
        const built = yield* Layer.buildWithScope(layer, scope)
        yield* Stream.runForEach(Outbox.changes, (now) =>
          Effect.sync(() => {
            status = now
          })
        ).pipe(Effect.provide(built), Effect.forkIn(scope))
        services = built
        options.started()
        if (!options.watches) return
        const { freshness } = options
        const watching = { status: "both" as const, ...(freshness === undefined ? {} : { freshness }) }
        yield* Stream.runForEach(Clients.watch(workspaceId, watching), (now) =>
          Effect.sync(() => {
            view = now
            options.shown(now)
          })
        ).pipe(Effect.provide(built), Effect.forkIn(scope))
      })
    )
  })

  return {
    process,
    connection,
    lock,
    isOpen: () => services !== undefined && !closing && process.isAlive(),
    call: (label, effect, heard) => {
      const provided = services
      if (provided === undefined || closing) return
      process.enter(() => {
        const fiber = run(Effect.provide(effect, Context.add(provided, AppsOwn, true)))
        const caller: Caller = { label, since: machine.now(), fiber }
        callers = [...callers, caller]
        fiber.addObserver((exit) => {
          callers = callers.filter((other) => other !== caller)
          heard(exit)
        })
      })
    },
    callers: () => callers,
    wake: () => {
      options.mayWorkNow()
      process.post("network", "wakes", () => Queue.unsafeOffer(wakeUps, undefined))
    },
    setCredentials: (next) => {
      options.mayWorkNow()
      process.post("app", "has other credentials", () => {
        current = next
        setAt = machine.now()
        Effect.runSync(source.set(Option.getOrUndefined(next)))
      })
    },
    credentials: () => current,
    credentialsSetAt: () => setAt,
    status: () => status,
    view: () => view,
    isClosing: () => closing,
    close: () => {
      if (closing) return
      closing = true
      process.enter(() => {
        for (const { fiber } of callers) fiber.unsafeInterruptAsFork(FiberId.none)
        run(Scope.close(scope, Exit.void)).addObserver(() => {
          machine.note(() => `    ${process.name} is closed`)
          options.closed()
        })
      })
    }
  }
}
