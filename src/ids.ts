import * as Effect from "effect/Effect"
import * as chance from "./chance.js"

// Of 53 random bits: the highest. A test's source of chance may give 1 itself.
const bits = (fraction: number, count: number): number => Math.min(Math.floor(fraction * 2 ** count), 2 ** count - 1)

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0")

/** A random (version 4) UUID which a test that sets Effect's source of chance can repeat. */
export const make: Effect.Effect<string> = Effect.gen(function* () {
  const first = hex(bits(yield* chance.next, 48), 12)
  const second = bits(yield* chance.next, 26)
  const third = hex(bits(yield* chance.next, 48), 12)
  return `${first.slice(0, 8)}-${first.slice(8)}-4${hex(second >> 14, 3)}-${hex(0x8000 + (second & 0x3fff), 4)}-${third}`
})
