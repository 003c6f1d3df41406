// Ids that no other session gives.
import * as Effect from "effect/Effect"
import { LocalClientId } from "./Client.js"
import { fraction, fractions } from "./effect/random.js"

// Of 53 random bits: the highest. A test's source of chance may give 1 itself.
const bits = (fraction: number, count: number): number => Math.min(Math.floor(fraction * 2 ** count), 2 ** count - 1)

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0")

/** A random (version 4) UUID which a test that sets Effect's source of chance can repeat. */
export const uuid: Effect.Effect<string> = /*#__PURE__*/ Effect.map(
  /*#__PURE__*/ fractions(3),
  ([first = 0, second = 0, third = 0]) => {
    const start = hex(bits(first, 48), 12)
    const middle = bits(second, 26)
    const variant = hex(0x8000 + (middle & 0x3fff), 4)
    return `${start.slice(0, 8)}-${start.slice(8)}-4${hex(middle >> 14, 3)}-${variant}-${hex(bits(third, 48), 12)}`
  }
)

/** A new client's id until Toggl has given it another: random in 52 bits. */
export const localId: Effect.Effect<LocalClientId> = /*#__PURE__*/ Effect.map(fraction, (fraction) =>
  LocalClientId.make(-Math.floor(1 + fraction * (2 ** 52 - 1)))
)
