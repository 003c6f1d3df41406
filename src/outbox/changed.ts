// What follows where the user has changed the log.
import * as Effect from "effect/Effect"
import type { StorageError } from "../ClientError.js"
import { type Instance, wake } from "../instance/instance.js"

/** A step may have been made whose caller is gone before this instance has seen it. */
export const noticed =
  (instance: Instance) =>
  <A, E, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, E, R> =>
    Effect.onError(effect, () => Effect.zipRight(instance.mirror.doubt, wake(instance, "Entry")))

/** The log was changed: it is read again, and may be sent. */
export const goOn = (instance: Instance): Effect.Effect<void, StorageError> =>
  Effect.suspend(() => {
    instance.background.ask()
    return Effect.zipRight(instance.mirror.reread, wake(instance, "Entry"))
  })
