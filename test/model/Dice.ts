/**
 * Chance that can be repeated: the same seed gives the same throws.
 */
export interface Dice {
  /** A whole number from 0 up to, but without, `below`. */
  readonly int: (below: number) => number
  readonly chance: (probability: number) => boolean
  readonly pick: <A>(first: A, ...others: ReadonlyArray<A>) => A
  /** One of the items; none where there are none. */
  readonly oneOf: <A>(items: ReadonlyArray<A>) => A | undefined
  /** One of the items, each as often as its weight says. */
  readonly weighted: <A>(items: ReadonlyArray<readonly [weight: number, item: A]>) => A | undefined
}

export const make = (seed: number): Dice => {
  let state = seed >>> 0
  // mulberry32, which is small and good enough to choose with
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x100000000
  }
  const int = (below: number) => Math.floor(next() * below)
  return {
    int,
    chance: (probability) => next() < probability,
    pick: (first, ...others) => {
      const at = int(others.length + 1)
      return at === 0 ? first : (others[at - 1] ?? first)
    },
    oneOf: (items) => items[int(items.length)],
    weighted: (items) => {
      let left = next() * items.reduce((sum, [weight]) => sum + weight, 0)
      for (const [weight, item] of items) {
        left -= weight
        if (left < 0) return item
      }
      return undefined
    }
  }
}
