/**
 * What the page lets the benchmark call. It names no package, so that it is understood where none is installed.
 *
 * @since 0.1.0
 */

/**
 * The libraries, ours first.
 *
 * @since 0.1.0
 * @category constants
 */
export const names = ["ours", "bare", "offline-transactions", "orbit", "query-persister", "workbox"] as const

/**
 * One of the libraries.
 *
 * @since 0.1.0
 * @category models
 */
export type Name = (typeof names)[number]

/**
 * How often something is done: so many times, but no longer than so many milliseconds once it was done `atLeast` times.
 *
 * @since 0.1.0
 * @category models
 */
export interface Turns {
  readonly atLeast: number
  readonly atMost: number
  readonly millis: number
}

/**
 * Milliseconds of each turn, and of the longest task of each turn that was watched.
 *
 * @since 0.1.0
 * @category models
 */
export interface Taken {
  readonly turns: ReadonlyArray<number>
  readonly longest: ReadonlyArray<number>
}

/**
 * A replay: what it took, sent and wrote.
 *
 * @since 0.1.0
 * @category models
 */
export interface Replayed {
  readonly millis: number
  readonly changes: number
  readonly reads: number
  readonly writes: number
}

/**
 * The functions of the page.
 *
 * @since 0.1.0
 * @category page
 */
export type Api = {
  /** Lets the library's code be compiled before it is measured. */
  readonly warmUp: (name: Name, count: number) => Promise<void>
  readonly seed: (name: Name, pending: number) => Promise<void>
  /** Opens the library on what was seeded, and keeps it open. Answers how many changes it knows of. */
  readonly hold: (name: Name, pending: number) => Promise<number>
  readonly release: () => Promise<void>
  readonly open: (name: Name, pending: number, turns: Turns, watched: Turns) => Promise<Taken>
  /** Of what `hold` holds. */
  readonly accept: (turns: Turns, watched: Turns) => Promise<Taken>
  readonly replay: (name: Name, pending: number) => Promise<Replayed>
  /** What is sent for so many edits of so many clients that were made before the library was opened anew. */
  readonly edit: (name: Name, edits: number, clients: number) => Promise<Replayed>
  /** With which durability the library has written the change that it accepted last. */
  readonly durability: () => string
}
