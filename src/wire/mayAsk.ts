// Whether anything may be asked now.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { RateLimited } from "../ClientError.js"
import type { Asked } from "../error/base.js"

/** For how many more milliseconds nothing at all may be asked, as the server has told anybody meanwhile. */
export class NamedTime extends Context.Tag("effect-toggl-clients/internal/NamedTime")<
  NamedTime,
  Effect.Effect<number | undefined>
>() {}

/** Fails where the server has named a time that has not passed. */
export const mayAsk = (asked: Asked): Effect.Effect<void, RateLimited> =>
  Effect.flatMap(
    Effect.serviceOption(NamedTime),
    Option.match({
      onNone: () => Effect.void,
      onSome: Effect.flatMap((millis) =>
        millis === undefined ? Effect.void : new RateLimited({ ...asked, retryAfter: Math.ceil(millis) })
      )
    })
  )
