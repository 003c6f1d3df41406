// Who may go while a change is being accepted, and must know then whether it was.
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import type { Discarded, NotSaved, Refusal } from "../ClientError.js"
import type { Ending } from "../Entry.js"
import type { Receipt } from "../Receipt.js"

/** What there is to say of a change. */
export type Heard = Effect.Effect<Receipt<Ending>, Refusal | Discarded | NotSaved>

/**
 * Is told, as soon as a change is stored or has left and in the same turn, what is true of it for who waits no longer. Who goes
 * before that is told nothing, and nothing comes of the change.
 */
export type Hears = (atOnce: Heard) => void

/** The caller of a mutation, in its context. */
export class Caller extends Context.Tag("effect-toggl-clients/internal/Caller")<Caller, Hears>() {}

const nobody: Hears = () => undefined

/** How the caller hears; most wait, and need not. */
export const caller: Effect.Effect<Hears> = /*#__PURE__*/ Effect.map(
  /*#__PURE__*/ Effect.serviceOption(Caller),
  Option.getOrElse(() => nobody)
)
