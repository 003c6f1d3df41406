// Ids that no other session gives.
import * as Effect from "effect/Effect"
import { LocalClientId } from "./Client.js"
import { fraction } from "./effect/random.js"

// Of 53 random bits: the highest. A test's source of chance may give 1 itself.
const bits = (fraction: number, count: number): number => Math.min(Math.floor(fraction * 2 ** count), 2 ** count - 1)

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0")

/** A random (version 4) UUID which a test that sets Effect's source of chance can repeat. */
export const uuid: Effect.Effect<string> = /*#__PURE__*/ Effect.gen(function* () {
  const first = hex(bits(yield* fraction, 48), 12)
  const second = bits(yield* fraction, 26)
  const third = hex(bits(yield* fraction, 48), 12)
  return `${first.slice(0, 8)}-${first.slice(8)}-4${hex(second >> 14, 3)}-${hex(0x8000 + (second & 0x3fff), 4)}-${third}`
})

/** A new client's id until Toggl has given it another: random in 52 bits. */
export const localId: Effect.Effect<LocalClientId> = /*#__PURE__*/ Effect.map(fraction, (fraction) =>
  LocalClientId.make(-Math.floor(1 + fraction * (2 ** 52 - 1)))
)
