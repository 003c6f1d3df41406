import * as Effect from "effect/Effect"
import * as Random from "effect/Random"

const hex = (n: number, digits: number) => n.toString(16).padStart(digits, "0")

/** A random (version 4) UUID from Effect's source of chance, so that a test can repeat it. */
export const make: Effect.Effect<string> = Effect.gen(function* () {
  const int = (max: number) => Random.nextIntBetween(0, max)
  const [a, b, c, d, e, f] = yield* Effect.all([
    int(0x100000000),
    int(0x10000),
    int(0x1000),
    int(0x4000),
    int(0x1000000),
    int(0x1000000)
  ])
  return `${hex(a, 8)}-${hex(b, 4)}-4${hex(c, 3)}-${hex(0x8000 + d, 4)}-${hex(e, 6)}${hex(f, 6)}`
})
