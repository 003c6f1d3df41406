// Whoever asks hears something true in time, whatever the store does.
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Runtime from "effect/Runtime"
import { StorageError } from "../ClientError.js"
import { unknownEnd } from "../store/failure.js"
import type { Instance } from "./instance.js"

type WithPatience = Pick<Instance, "settings" | "timer">

const margin = Duration.millis(500)

/** How long a caller is left without a word. */
export const longest = ({ settings }: Pick<Instance, "settings">): Duration.Duration =>
  Duration.sum(settings.patience, margin)

/** A store that cannot be read now is waited for no longer than an opening may take. */
const readingFor = Duration.seconds(5)

const silent = new StorageError({ reason: "Stalled", detail: "it does not answer" })

// Within a span Effect hands on another object in an error's place.
const isLike = (error: unknown, one: StorageError): boolean =>
  error instanceof StorageError && error.reason === one.reason && error.detail === one.detail

// What goes on in the store ends when it can: a tab that is stopped may hold the database for a minute. Whoever is
// interrupted waits for that, for then it is known how it ended.
const within = <A, E>(
  { timer }: WithPatience,
  effect: Effect.Effect<A, E>,
  duration: Duration.Duration,
  error: StorageError
): Effect.Effect<A, E | StorageError> =>
  Effect.flatMap(Effect.runtime(), (runtime) =>
    Effect.async((resume) => {
      const fiber = Runtime.runFork(runtime, effect)
      const giveUp = () => resume(Effect.zipRight(Fiber.interruptFork(fiber), Effect.fail(error)))
      const stop = timer.start(Duration.toMillis(duration), giveUp)
      fiber.addObserver((exit) => {
        stop()
        resume(exit)
      })
      return Effect.asVoid(Fiber.interrupt(fiber))
    })
  )

/** What only reads the store: one that does not answer is told as lost. */
export const readInTime = <A, E>(
  instance: WithPatience & Pick<Instance, "mirror">,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E | StorageError> =>
  within(instance, effect, Duration.min(longest(instance), readingFor), silent).pipe(
    Effect.tapError((error) => (isLike(error, silent) ? instance.mirror.lost(silent) : Effect.void))
  )

/** The same of another database, which says nothing of this one. */
export const readElsewhere = <A, E>(
  instance: WithPatience,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E | StorageError> => within(instance, effect, readingFor, silent)

// Whose the credentials are, and so many lists, for changes may cross them.
const requestsOfRead = 4

/** What asks Toggl too: each request may take its limit. */
export const fetchedInTime = <A, E>(
  instance: WithPatience & Pick<Instance, "api">,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E | StorageError> =>
  within(
    instance,
    effect,
    Duration.sum(longest(instance), Duration.times(instance.api.requestLimit, requestsOfRead)),
    silent
  )

/** The same for a caller whose patience is over but for the margin. */
export const readAtLast = <A, E>(
  instance: WithPatience,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E | StorageError> => within(instance, effect, margin, silent)

/** What writes to the store: it may be stored all the same. */
export const writtenWithin = <A, E>(
  instance: WithPatience,
  effect: Effect.Effect<A, E>,
  duration: Duration.Duration
): Effect.Effect<A, E | StorageError> => within(instance, effect, duration, unknownEnd)

/** The same by the way, where the caller waits for something else too. What is stored all the same is read again. */
export const writtenSoon = <A, E>(
  instance: WithPatience & Pick<Instance, "mirror">,
  effect: Effect.Effect<A, E>
): Effect.Effect<A, E | StorageError> =>
  Effect.tapError(writtenWithin(instance, effect, readingFor), (error) =>
    isLike(error, unknownEnd) ? instance.mirror.doubt : Effect.void
  )

/** The same for as long as a caller is left without a word; `more`: so much longer it may take otherwise. */
export const writtenInTime = <A, E>(
  instance: WithPatience,
  effect: Effect.Effect<A, E>,
  more: Duration.Duration = Duration.zero
): Effect.Effect<A, E | StorageError> => writtenWithin(instance, effect, Duration.sum(longest(instance), more))
