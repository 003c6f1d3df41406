// Effects that are begun from within other code.
import * as Effect from "effect/Effect"
import * as Runtime from "effect/Runtime"
import type * as Scope from "effect/Scope"

/** What begins an effect from a callback: it ends with the scope, and with the clock that counts here. */
export const forker: Effect.Effect<(effect: Effect.Effect<void>) => void, never, Scope.Scope> =
  /*#__PURE__*/ Effect.gen(function* () {
    const scope = yield* Effect.scope
    const fork = Runtime.runFork(yield* Effect.runtime())
    return (effect) => {
      fork(effect, { scope })
    }
  })
