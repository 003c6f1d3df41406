// Sending while the user is not there: in browsers the service worker does it, where one is.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"

export interface BackgroundService {
  /** Whether this is what was woken for it: nobody has signed in by that. */
  readonly isWoken: boolean
  /** Asks that it be done once the app has gone, and waits for nothing. */
  readonly ask: () => void
  /** Emits when the app may be about to go. */
  readonly leaving: Stream.Stream<void>
}

/** Where there is such a thing, the layer of a platform gives it. */
export class Background extends Context.Tag("effect-toggl-clients/internal/Background")<
  Background,
  BackgroundService
>() {}

/** Asks nobody. */
export const nobody: BackgroundService = { isWoken: false, ask: () => undefined, leaving: Stream.empty }

/** Who is asked. */
export const background: Effect.Effect<BackgroundService> = /*#__PURE__*/ Effect.map(
  /*#__PURE__*/ Effect.serviceOption(Background),
  Option.getOrElse(() => nobody)
)
