/**
 * The page's side of the harness: what a page lets the test call. Runs in the browser.
 *
 * @since 0.1.0
 */

/**
 * Functions that a page offers: arguments as JSON has them, answers as Playwright carries them (JSON, and also
 * `undefined`, `NaN`, bigints, dates, maps, sets and errors).
 *
 * @since 0.1.0
 * @category models
 */
export type Exposed = Readonly<Record<string, (...args: Array<never>) => unknown>>

/**
 * Lets the test call these functions with `tab.call(name, ...args)`. Give their type to `Tab.open`:
 *
 * ```ts
 * const api = { add: async (a: number, b: number) => a + b }
 * export type Api = typeof api
 * expose(api)
 * ```
 *
 * @since 0.1.0
 * @category constructors
 */
export const expose = (functions: Exposed): void => {
  Reflect.set(globalThis, "exposed", functions)
}
