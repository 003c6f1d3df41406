/**
 * The door without Effect over a tab of the world, and what its callers hear.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import { Clients, Outbox } from "../../src/index.js"
import { fromRuntime, isClosed, type TogglClients } from "../../src/doors/promise.js"
import type { Tab, World } from "../World.js"

/** The workspace, as apps without Effect name it. */
export { workspaceId } from "../World.js"

/** So many turns of the machine pass. */
export const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn++) await Promise.resolve()
}

/** So many tasks of the machine pass, as IndexedDB takes them. */
export const tasks = async (count: number): Promise<void> => {
  for (let task = 0; task < count; task++) await new Promise(setImmediate)
}

/**
 * The door over the services of a tab: both share one outbox, and the test's clock and chance. `building`: so many turns pass
 * at its first call before they are there.
 */
export const over = (tab: Tab, building = 0) =>
  Effect.gen(function* () {
    const clock = yield* Effect.clock
    const random = yield* Effect.random
    const services = Layer.mergeAll(
      Layer.succeed(Clients.Clients, tab.clients),
      Layer.succeed(Outbox.Outbox, tab.outbox)
    )
    const runtime = ManagedRuntime.make(
      Layer.mergeAll(
        services,
        Layer.setClock(clock),
        Layer.setRandom(random),
        // what a listener throws is told there
        Logger.remove(Logger.defaultLogger),
        Layer.effectDiscard(Effect.promise(() => turns(building)))
      )
    )
    yield* Effect.addFinalizer(() => runtime.disposeEffect)
    const toggl = fromRuntime(runtime)
    yield* Effect.addFinalizer(() => Effect.promise(() => toggl.close()))
    return { toggl, runtime }
  })

/** What became of a promise: what it gave, or what it rejected with. */
export type Heard<A> =
  { readonly _tag: "Resolved"; readonly value: A } | { readonly _tag: "Rejected"; readonly error: unknown }

/** It, once it is settled. */
export const heard = <A>(promise: Promise<A>): Promise<Heard<A>> =>
  promise.then(
    (value): Heard<A> => ({ _tag: "Resolved", value }),
    (error: unknown): Heard<A> => ({ _tag: "Rejected", error })
  )

/** What a call is told within that time. Fails where it hangs. */
export const within = <A>(world: World, duration: "0 millis" | "1 second" | "1 minute" | "1 hour", call: Promise<A>) =>
  Effect.gen(function* () {
    const told = heard(call)
    const ended = yield* world.within(
      duration,
      Effect.promise(() => told)
    )
    const exit = yield* Option.match(ended, {
      onNone: () => Effect.dieMessage("it hangs"),
      onSome: Effect.succeed
    })
    return yield* exit
  })

/** What it rejected with. */
export const rejected = <A>(told: Heard<A>): Error => {
  if (told._tag === "Rejected" && told.error instanceof Error) return told.error
  throw new Error(`no error: ${JSON.stringify(told)}`)
}

/** What it gave. */
export const resolved = <A>(told: Heard<A>): A => {
  if (told._tag === "Resolved") return told.value
  throw told.error
}

/** How somebody goes. */
export type Going = "Aborted" | "Closed"

export const goings: ReadonlyArray<Going> = ["Aborted", "Closed"]

/** What whoever aborts gives as the reason. */
export const enough = new Error("enough")

/** Somebody goes. */
export const goes = (toggl: TogglClients, controller: AbortController, going: Going): void => {
  if (going === "Aborted") controller.abort(enough)
  else void toggl.close()
}

/** Whether that is what is heard of it. */
export const isWord = (going: Going, error: unknown): boolean =>
  going === "Aborted" ? error === enough : isClosed(error)

/** What is thrown there, if anything is. */
export const thrownBy = (make: () => unknown): unknown => {
  try {
    make()
  } catch (error) {
    return error
  }
  return undefined
}
