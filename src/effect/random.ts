// Chance that no other session has, and that a test can repeat.
import * as Effect from "effect/Effect"

// what Effect has where nobody has set another
const live = /*#__PURE__*/ Effect.runSync(Effect.random)

// So many words are drawn at once: each call costs as much as all that is made of them.
const words = /*#__PURE__*/ new Uint32Array(256)
let used = words.length

const word = (): number => {
  if (used === words.length) {
    crypto.getRandomValues(words)
    used = 0
  }
  return words[used++] ?? 0
}

const secure = (): number => ((word() >>> 5) * 2 ** 26 + (word() >>> 6)) / 2 ** 53

/**
 * So many fractions of 53 random bits, from 0 up to but without 1. Effect's own source starts from 32 bits, so two of many
 * sessions would give the same ids; it counts only where the app, or a test, has set another.
 */
export const fractions = (count: number): Effect.Effect<ReadonlyArray<number>> =>
  Effect.randomWith((random) =>
    random === live
      ? Effect.sync(() => Array.from({ length: count }, secure))
      : Effect.replicateEffect(random.next, count)
  )

export const fraction: Effect.Effect<number> = /*#__PURE__*/ Effect.map(/*#__PURE__*/ fractions(1), ([one = 0]) => one)
