// Whether anything may be asked now.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { TransportError } from "../ClientError.js"

/** What the server has told anybody meanwhile, where that names a time before which nothing at all may be asked. */
export class NamedTime extends Context.Tag("effect-toggl-clients/internal/NamedTime")<
  NamedTime,
  Effect.Effect<TransportError | undefined>
>() {}

/** Fails where the server has named a time that has not passed, with what it was named for. */
export const mayAsk: Effect.Effect<void, TransportError> = Effect.flatMap(
  Effect.serviceOption(NamedTime),
  Option.match({
    onNone: () => Effect.void,
    onSome: Effect.flatMap((error) => (error === undefined ? Effect.void : Effect.fail(error)))
  })
)
