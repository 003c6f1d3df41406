/**
 * A Toggl Track to test against: the operations on clients with their rules, limits and exact words, without a network
 * or over loopback; faults on demand; a record of every request; and hands to change its state as a colleague would.
 *
 * Everything is in memory and deterministic: ids are counted, and time is Effect's `Clock`, so `TestClock` drives
 * quotas, delays and late landings.
 *
 * @example
 * import { FakeToggl, Fault } from "effect-toggl-clients/testing"
 * import * as Effect from "effect/Effect"
 *
 * const program = Effect.gen(function* () {
 *   const fake = yield* FakeToggl.make({ nameComparison: { caseSensitive: false } })
 *   yield* fake.edit.createClient(FakeToggl.defaultWorkspace.id, { name: "Acme" })
 *   yield* fake.inject(Fault.refuse, { times: 2 })
 *   // ... run the app with Effect.provide(fake.layer), then look at fake.requests and fake.snapshot
 * })
 *
 * @since 0.1.0
 */
import * as HttpClient from "@effect/platform/HttpClient"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Exit from "effect/Exit"
import * as Fiber from "effect/Fiber"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import * as Fault from "./Fault.js"
import * as FaultQueue from "./FaultQueue.js"
import * as ReadCache from "./ReadCache.js"
import * as RequestLog from "./RequestLog.js"
import * as TogglAuth from "./TogglAuth.js"
import * as TogglEdit from "./TogglEdit.js"
import * as TogglLimits from "./TogglLimits.js"
import type { FakeTogglInput, FakeTogglOptions } from "./TogglOptions.js"
import { defaults, merge } from "./TogglOptions.js"
import * as TogglService from "./TogglService.js"
import * as TogglSnapshot from "./TogglSnapshot.js"
import type { StoredClient, Project, StoredState } from "./TogglState.js"
import * as TogglState from "./TogglState.js"
import * as TogglTransport from "./TogglTransport.js"
import type { Answer, WireRequest } from "./TogglWire.js"
import * as TogglWire from "./TogglWire.js"

export {
  /**
   * @since 0.1.0
   * @category defaults
   */
  bareProxy,
  /**
   * @since 0.1.0
   * @category defaults
   */
  colleague,
  /**
   * @since 0.1.0
   * @category defaults
   */
  defaults,
  /**
   * @since 0.1.0
   * @category defaults
   */
  defaultUser,
  /**
   * @since 0.1.0
   * @category defaults
   */
  defaultWorkspace,
  /**
   * @since 0.1.0
   * @category defaults
   */
  freePlan,
  /**
   * @since 0.1.0
   * @category models
   */
  type FakeTogglInput,
  /**
   * @since 0.1.0
   * @category models
   */
  type FakeTogglOptions,
  /**
   * @since 0.1.0
   * @category defaults
   */
  premiumPlan,
  /**
   * @since 0.1.0
   * @category defaults
   */
  selfHosted
} from "./TogglOptions.js"

/**
 * The hold on a fault that was injected.
 *
 * @since 0.1.0
 * @category models
 */
export interface Injected {
  /** Takes the fault back: it meets no more requests. */
  readonly takeBack: Effect.Effect<void>
}

/**
 * A running fake Toggl, with the hands that a test needs on it.
 *
 * @since 0.1.0
 * @category models
 */
export interface FakeTogglService {
  /**
   * The fake as a plain web handler, to serve over loopback. Its promise rejects with `Fault.ConnectionLost` where the
   * connection is to be closed without an answer. It runs on the clock that `make` ran on; aborting the request's
   * signal is the caller giving up.
   */
  readonly handler: (request: Request) => Promise<Response>
  /** The fake as an `HttpClient` without a network: any host will do. A lost connection is reason `Transport`. */
  readonly httpClient: HttpClient.HttpClient
  /** `httpClient` as a layer. */
  readonly layer: Layer.Layer<HttpClient.HttpClient>

  /** The switches as they are now. */
  readonly options: Effect.Effect<FakeTogglOptions>
  /** Changes switches from the next request on. */
  readonly configure: (input: FakeTogglInput) => Effect.Effect<void>

  /**
   * Lets a fault meet the next request, or the next `times` (or every one, with `"always"`) for which `when` holds.
   * Counted faults go in the order of injection and before persistent ones, of which the latest wins. CORS preflights
   * meet none.
   */
  readonly inject: (fault: Fault.Fault, options?: FaultQueue.InjectOptions) => Effect.Effect<Injected>
  /** Takes back all injected faults. */
  readonly clearFaults: Effect.Effect<void>
  /** Refuses every connection, preflights too, until told otherwise. Injected faults are kept for later. */
  readonly setDown: (down: boolean) => Effect.Effect<void>

  /** Every request since the start or the last `clearRequests`, in the order of arrival. */
  readonly requests: Effect.Effect<ReadonlyArray<RequestLog.RecordedRequest>>
  /** Forgets the records; the numbers go on. */
  readonly clearRequests: Effect.Effect<void>
  /** Waits for a record that matches: at its arrival, or at any change of it (served late, answered, given up). */
  readonly awaitRequest: (
    matches: (request: RequestLog.RecordedRequest) => boolean
  ) => Effect.Effect<RequestLog.RecordedRequest>

  /** The clients of a workspace, archived ones too, by id. */
  readonly clients: (workspaceId: number) => Effect.Effect<ReadonlyArray<StoredClient>>
  /** The projects of a workspace, archived ones too, by id. */
  readonly projects: (workspaceId: number) => Effect.Effect<ReadonlyArray<Project>>
  /** Changes as a colleague makes them: under the same rules, past the limits and the permissions. */
  readonly edit: TogglEdit.ColleagueEdits
  /** What a workspace holds, without ids and times: for comparing ends. */
  readonly snapshot: (workspaceId: number) => Effect.Effect<TogglSnapshot.Snapshot>
  /** Everything the service keeps, to be put back with `setState`, here or in another fake. */
  readonly state: Effect.Effect<StoredState>
  /** Puts a state in place. Limits and records stay. */
  readonly setState: (state: StoredState) => Effect.Effect<void>
  /** Forgets what was counted: quotas, the bucket, wrong passwords. */
  readonly resetLimits: Effect.Effect<void>
}

/**
 * The fake Toggl as a service, for programs under test that want both it and its `HttpClient`.
 *
 * @since 0.1.0
 * @category tags
 */
export class FakeToggl extends Context.Tag("effect-toggl-clients/testing/FakeToggl")<FakeToggl, FakeTogglService>() {}

/**
 * Starts a fake Toggl with the switches given; the others are as in `defaults`. Presets: `freePlan`,
 * `premiumPlan`, `selfHosted`, `bareProxy`.
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = (input: FakeTogglInput = {}): Effect.Effect<FakeTogglService> =>
  Effect.map(Effect.runtime(), (runtime) => {
    let options = merge(defaults, input)
    let world = TogglService.empty
    let sequence = 0
    let down = false
    const log = RequestLog.make()
    const faults = FaultQueue.make()
    const reads = ReadCache.make()

    const work = (request: WireRequest, isDone = true): Effect.Effect<Answer> =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        const served = TogglService.serve(world, options, request, now)
        if (isDone) world = served.world
        const { status } = served.answer
        log.update(request.sequence, { served: status, applied: isDone && status >= 200 && status < 300 })
        return served.answer
      })

    const arrive = (incoming: TogglTransport.Incoming, now: number) => {
      sequence += 1
      const request = { ...incoming, sequence }
      const credentials = TogglAuth.parse(request.headers["authorization"])
      const userId = TogglAuth.userOf(credentials, options)?.id
      return { request, record: RequestLog.arrived(request, now, credentials._tag, userId) }
    }

    const landAgain = (first: WireRequest, caller: Caller): Effect.Effect<Answer> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const { record, request } = arrive(first, now)
        log.add({ ...record, repeats: first.sequence, outcome: caller.outcome })
        caller.waitsFor = request.sequence
        return work(request)
      })

    const twice = Effect.fnUntraced(function* (request: WireRequest, fault: Fault.Fault, caller: Caller) {
      yield* work(request)
      log.update(request.sequence, { outcome: { _tag: "Lost" } })
      const landed = yield* Effect.forkDaemon(Effect.zipRight(fault.landing, landAgain(request, caller)))
      return fault.outcome._tag === "Lost" ? undefined : yield* Fiber.join(landed)
    })

    const workOf = (request: WireRequest, fault: Fault.Fault, caller: Caller): Effect.Effect<Answer | undefined> => {
      switch (fault.work) {
        case "done":
          return work(request)
        case "skipped":
          return Effect.succeed(undefined)
        case "rehearsed":
          return work(request, false)
        case "late":
          return Effect.as(Effect.forkDaemon(Effect.zipRight(fault.landing, work(request))), undefined)
        case "twice":
          return twice(request, fault, caller)
      }
    }

    const meet = Effect.fnUntraced(function* (request: WireRequest, fault: Fault.Fault, caller: Caller) {
      // a request never ends in the tick in which it was sent, as over a network
      yield* Effect.yieldNow()
      yield* fault.before
      const own = yield* workOf(request, fault, caller)
      yield* fault.after
      switch (fault.outcome._tag) {
        case "Own":
          return own ?? TogglWire.proxyPage(502)
        case "Lost":
          return yield* new Fault.ConnectionLost({ fault: fault.name })
        case "Silence":
          return yield* Effect.never
        case "Instead":
          return fault.outcome.answer(request, own)
      }
    })

    const preflight: Fault.Fault = {
      ...Fault.none,
      name: "preflight",
      work: "skipped",
      outcome: { _tag: "Instead", answer: (request) => TogglTransport.preflight(request, options) }
    }

    const faultFor = (request: WireRequest, record: RequestLog.RecordedRequest): Fault.Fault => {
      const cached = reads.find(request, options.cachedReads)
      if (cached !== undefined) {
        return {
          ...Fault.none,
          name: "cachedReads",
          work: "skipped",
          outcome: { _tag: "Instead", answer: () => cached }
        }
      }
      if (down) return { ...Fault.refuse, name: "down" }
      if (TogglTransport.isPreflight(request)) return preflight
      return faults.take(record)
    }

    const exchange = (incoming: TogglTransport.Incoming): Effect.Effect<Answer, Fault.ConnectionLost> =>
      Effect.flatMap(Clock.currentTimeMillis, (now) => {
        const { record, request } = arrive(incoming, now)
        const caller: Caller = { waitsFor: request.sequence, outcome: record.outcome }
        const fault = faultFor(request, record)
        log.add({ ...record, fault: fault === Fault.none ? undefined : fault.name })
        return meet(request, fault, caller).pipe(
          Effect.map((answer) => {
            reads.keep(request, answer, options.cachedReads)
            return TogglTransport.leaving(request, answer, options)
          }),
          Effect.onExit((exit) =>
            Effect.sync(() => {
              caller.outcome = outcomeOf(exit)
              log.update(caller.waitsFor, { outcome: caller.outcome })
            })
          )
        )
      })

    const httpClient = HttpClient.make((request, url) =>
      Effect.flatMap(TogglTransport.fromHttpClient(request, url), (incoming) =>
        Effect.mapBoth(exchange(incoming), {
          onFailure: (lost) => TogglTransport.toRequestError(request, lost),
          onSuccess: (answer) => TogglTransport.toHttpClient(request, answer)
        })
      )
    )

    const change: TogglEdit.ChangeState = (f) =>
      Effect.suspend(() =>
        Either.map(f(world.state), ({ state, value }) => {
          world = { ...world, state }
          return value
        })
      )

    return {
      handler: (request) =>
        Runtime.runPromiseExit(runtime)(Effect.flatMap(TogglTransport.fromWeb(request), exchange), {
          signal: request.signal
        }).then((exit) =>
          Exit.isSuccess(exit) ? TogglTransport.toWeb(exit.value) : Promise.reject(lossOf(exit.cause))
        ),
      httpClient,
      layer: Layer.succeed(HttpClient.HttpClient, httpClient),
      options: Effect.sync(() => options),
      configure: (changes) =>
        Effect.sync(() => {
          options = merge(options, changes)
          if (options.cachedReads === "never") reads.clear()
        }),
      inject: (fault, where) =>
        Effect.sync(() => {
          const remove = faults.add(fault, where)
          return { takeBack: Effect.sync(remove) }
        }),
      clearFaults: Effect.sync(faults.clear),
      setDown: (isDown) =>
        Effect.sync(() => {
          down = isDown
        }),
      requests: Effect.sync(log.all),
      clearRequests: Effect.sync(log.clear),
      awaitRequest: log.awaitMatch,
      clients: (workspaceId) => Effect.sync(() => TogglState.clientsOf(world.state, workspaceId)),
      projects: (workspaceId) => Effect.sync(() => TogglState.projectsOf(world.state, workspaceId)),
      edit: TogglEdit.make(change, () => options),
      snapshot: (workspaceId) => Effect.sync(() => TogglSnapshot.take(world.state, workspaceId)),
      state: Effect.sync(() => world.state),
      setState: (state) =>
        Effect.sync(() => {
          world = { ...world, state }
        }),
      resetLimits: Effect.sync(() => {
        world = { ...world, limits: TogglLimits.empty }
      })
    }
  })

/** Who sent a request: the number of the copy whose answer it waits for, and what it got so far. */
interface Caller {
  waitsFor: number
  outcome: RequestLog.RecordedRequest["outcome"]
}

const outcomeOf = (exit: Exit.Exit<Answer, Fault.ConnectionLost>): RequestLog.RecordedRequest["outcome"] => {
  if (Exit.isSuccess(exit)) return { _tag: "Answered", status: exit.value.status }
  return { _tag: Cause.isInterrupted(exit.cause) ? "Interrupted" : "Lost" }
}

const lossOf = (cause: Cause.Cause<Fault.ConnectionLost>): Error =>
  Cause.isInterruptedOnly(cause)
    ? new Fault.ConnectionLost({ fault: "interrupted" })
    : Option.getOrElse(Cause.failureOption(cause), () => new Error(Cause.pretty(cause)))

/**
 * A fake Toggl, and the `HttpClient` that reaches it.
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (input: FakeTogglInput = {}): Layer.Layer<FakeToggl | HttpClient.HttpClient> =>
  Layer.effectContext(
    Effect.map(make(input), (fake) =>
      Context.make(FakeToggl, fake).pipe(Context.add(HttpClient.HttpClient, fake.httpClient))
    )
  )
