import * as Context from "effect/Context"
import * as DefaultServices from "effect/DefaultServices"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

const live = Context.get(DefaultServices.liveServices, Random.Random)

const secure = (): number => {
  const [high = 0, low = 0] = crypto.getRandomValues(new Uint32Array(2))
  return ((high >>> 5) * 2 ** 26 + (low >>> 6)) / 2 ** 53
}

/**
 * A fraction of 53 random bits, from 0 up to but without 1. Effect's own source starts from 32 bits, so two of many
 * sessions would give the same ids; it counts only where the app, or a test, has set another.
 */
export const next: Effect.Effect<number> = Effect.flatMap(Effect.random, (random) =>
  random === live ? Effect.sync(secure) : random.next
)
