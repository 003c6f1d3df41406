// What runs the library's programs for an app without Effect, and what its callers hear of them.
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import type * as Fiber from "effect/Fiber"
import * as FiberId from "effect/FiberId"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Runtime from "effect/Runtime"
import type * as Layer from "effect/Layer"
import type { Clients } from "../app/service.js"
import { nameOf } from "../error/thrown.js"
import { Caller, type Heard } from "../outbox/caller.js"
import type { Outbox } from "../outbox/service.js"
import { Closed } from "./closed.js"

/** What the programs need. */
export type Services = Clients | Outbox

/** What runs them, from the first one on. */
export interface Engine {
  readonly fork: <A, E>(effect: Effect.Effect<A, E, Services>) => Fiber.RuntimeFiber<A, unknown>
  readonly end: () => Promise<unknown>
}

/** All that is under way. */
export interface Session {
  readonly engine: Engine
  isClosed: boolean
  /** What stops each call, and each store that is listened to. */
  readonly stops: Set<() => void>
  /** Callers that have not heard yet. */
  readonly calls: Set<Promise<unknown>>
}

export const make = (engine: Engine): Session => ({ engine, isClosed: false, stops: new Set(), calls: new Set() })

/** An engine of its own: nothing is built before the first program. */
export const engineOf = (layer: Layer.Layer<Services, unknown>): Engine => {
  let runtime: ManagedRuntime.ManagedRuntime<Services, unknown> | undefined
  return {
    fork: (effect) => (runtime ??= ManagedRuntime.make(layer)).runFork(effect),
    end: () => runtime?.dispose() ?? Promise.resolve()
  }
}

// --- What a caller hears -----------------------------------------------------------------------------------------------

/** A plain error, whatever it was. */
const plain = (thrown: unknown): Error =>
  new Error(
    `Something threw (${nameOf(thrown)}): this is a defect of effect-toggl-clients, or of what the app gave it.`,
    {
      cause: thrown
    }
  )

// Within a span Effect hands on another object in an error's place.
export const errorOf = (error: unknown): Error => {
  const original = Cause.originalError(error)
  return original instanceof Error ? original : plain(original)
}

const isStopped = (exit: Exit.Exit<unknown, unknown>): boolean =>
  Exit.isFailure(exit) && Option.isNone(Cause.failureOption(exit.cause)) && Cause.isInterrupted(exit.cause)

/** What its caller hears: the value, or what it rejects with. */
export const settled = <A>(exit: Exit.Exit<A, unknown>, signal: AbortSignal | undefined): A => {
  if (Exit.isSuccess(exit)) return exit.value
  const failure = Cause.failureOption(exit.cause)
  if (Option.isSome(failure)) throw errorOf(failure.value)
  if (!isStopped(exit)) throw plain(Cause.squash(exit.cause))
  signal?.throwIfAborted()
  throw new Closed()
}

// --- Calls -------------------------------------------------------------------------------------------------------------

type Ended<A> = (exit: Exit.Exit<A, unknown>) => void

const always = () => true

/** Runs it until it ends, or is stopped while that is heard; `ended` is told once. */
const run = <A>(
  { engine, stops }: Session,
  effect: Effect.Effect<A, unknown, Services>,
  signal: AbortSignal | undefined,
  ended: Ended<A>,
  isHeard: () => boolean = always
): void => {
  const fiber = engine.fork(effect)
  const stop = () => {
    if (isHeard()) fiber.unsafeInterruptAsFork(FiberId.none)
  }
  stops.add(stop)
  signal?.addEventListener("abort", stop)
  fiber.addObserver((exit) => {
    stops.delete(stop)
    signal?.removeEventListener("abort", stop)
    ended(exit)
  })
}

const stopped = Exit.interrupt(FiberId.none)

const promised = <A>(
  session: Session,
  signal: AbortSignal | undefined,
  begin: (ended: Ended<A>) => void
): Promise<A> => {
  const call = new Promise<Exit.Exit<A, unknown>>((resolve) => {
    if (session.isClosed || signal?.aborted === true) resolve(stopped)
    else begin(resolve)
  })
  session.calls.add(call)
  return call.then((exit) => {
    session.calls.delete(call)
    return settled(exit, signal)
  })
}

/** Runs what only reads, or waits. */
export const call = <A, E>(session: Session, effect: Effect.Effect<A, E, Services>, signal?: AbortSignal): Promise<A> =>
  promised(session, signal, (ended) => run(session, effect, signal, ended))

/**
 * Runs what writes to the outbox. Once that has begun nobody stops it, for then nobody could say whether it was done: it ends by
 * itself, as long as its program does.
 */
export const step = <A, E>(session: Session, effect: Effect.Effect<A, E, Services>, signal?: AbortSignal): Promise<A> =>
  promised(session, signal, (ended) => {
    let hasBegun = false
    const begins = Effect.sync(() => {
      hasBegun = true
    })
    run(session, Effect.zipRight(begins, effect), signal, ended, () => !hasBegun)
  })

/** Runs what asks Toggl before it writes, and can be stopped. Whether it was done all the same is `looked` for. */
export const stepAfterAsking = <E, F>(
  session: Session,
  effect: Effect.Effect<void, E, Services>,
  looked: Effect.Effect<boolean, F, Services>,
  signal?: AbortSignal
): Promise<void> =>
  promised(session, signal, (ended) =>
    run(session, effect, signal, (exit) => {
      if (!isStopped(exit)) return ended(exit)
      const looking = Effect.flatMap(looked, (isDone) => (isDone ? Effect.void : exit))
      session.engine.fork(looking).addObserver(ended)
    })
  )

/** Runs a change. Who goes once it is accepted hears what is true of it by then, for it is not undone: `answer` tells of that. */
export const change = <A, E>(
  session: Session,
  effect: Effect.Effect<A, E, Services>,
  answer: (heard: Heard) => Effect.Effect<A, E>,
  signal?: AbortSignal
): Promise<A> =>
  promised(session, signal, (ended) => {
    let goes: ((done: Ended<A>) => void) | undefined
    const program = Effect.flatMap(Effect.runtime(), (runtime) =>
      Effect.provideService(effect, Caller, (heard) => {
        goes = (done) => Runtime.runFork(runtime, answer(heard)).addObserver(done)
      })
    )
    run(session, program, signal, (exit) => {
      if (isStopped(exit) && goes !== undefined) goes(ended)
      else ended(exit)
    })
  })

/** Ends all that is under way, and gives when nothing of it is left. */
export const close = (session: Session): Promise<void> => {
  session.isClosed = true
  for (const stop of session.stops) stop()
  return Promise.allSettled(session.calls)
    .then(() => session.engine.end())
    .then(() => undefined)
}
