/**
 * Where the demo plays: it starts the app, cuts its connection, and kills it.
 *
 * @since 0.1.0
 */
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import type * as Scope from "effect/Scope"
import type { Answer, App, Failure } from "./App.js"

/**
 * No browser runs here.
 *
 * @since 0.1.0
 * @category errors
 */
export class NoBrowser extends Data.TaggedError("NoBrowser")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/**
 * The stage itself failed: a page threw, a process would not end.
 *
 * @since 0.1.0
 * @category errors
 */
export class StageFailed extends Data.TaggedError("StageFailed")<{ readonly reason: string }> {
  override get message(): string {
    return this.reason
  }
}

/**
 * The app answered with a typed error of the library.
 *
 * @since 0.1.0
 * @category errors
 */
export class AppFailed extends Data.TaggedError("AppFailed")<{ readonly failure: Failure }> {
  override get message(): string {
    return this.failure.sentence
  }
}

/**
 * The app while it runs.
 *
 * @since 0.1.0
 * @category models
 */
export interface Running {
  /** How it was started, in a few words. */
  readonly how: string
  readonly app: App
  readonly setOffline: (offline: boolean) => Effect.Effect<void, StageFailed>
  /** Ends it without warning; gives what was ended, in a few words. */
  readonly kill: Effect.Effect<string, StageFailed>
}

/**
 * A place for the app, with storage that outlives it.
 *
 * @since 0.1.0
 * @category models
 */
export interface Stage {
  /** What the app runs in, in a few words. */
  readonly what: string
  /** The fake Toggl's base URL, as the app is to use it. */
  readonly baseUrl: string
  /** The title of the step that kills the app. */
  readonly killing: string
  /** Starts the app on the storage that is there, with a connection or without. */
  readonly start: (options: {
    readonly offline: boolean
  }) => Effect.Effect<Running, NoBrowser | StageFailed, Scope.Scope>
}

/**
 * How a stage tells that its app has no Effect.
 *
 * @since 0.1.0
 * @category models
 */
export const plainly = ", the app without Effect"

/**
 * What the app answers, its typed errors as failures.
 *
 * @since 0.1.0
 * @category combinators
 */
export const ask = <A>(call: () => Promise<Answer<A>>): Effect.Effect<A, AppFailed | StageFailed> =>
  Effect.tryPromise({
    try: call,
    catch: (cause) => new StageFailed({ reason: cause instanceof Error ? cause.message : String(cause) })
  }).pipe(
    Effect.flatMap((answer) =>
      answer._tag === "Ok" ? Effect.succeed(answer.value) : Effect.fail(new AppFailed({ failure: answer.failure }))
    )
  )
