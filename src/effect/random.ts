// Chance that no other session has, and that a test can repeat.
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

// what Effect has where nobody has set another
const live = /*#__PURE__*/ Effect.runSync(Effect.random)

const secure = (): number => {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53
}

/**
 * A fraction of 53 random bits, from 0 up to but without 1. Effect's own source starts from 32 bits, so two of many
 * sessions would give the same ids; it counts only where the app, or a test, has set another.
 */
export const fraction: Effect.Effect<number> = /*#__PURE__*/ Effect.flatMap(Effect.random, (random) =>
  random === live ? Effect.sync(secure) : Random.next
)
