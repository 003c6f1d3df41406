/**
 * The budgets of size: of a browser app with all that it imports, of our code in it, of `ClientsApi` alone, of
 * the proxy, of our code in the doors for apps without Effect and for service workers, and of what the one for React adds.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Budget from "./Budget.js"
import * as BundleSize from "./BundleSize.js"

const row = (work: string, bytes: number, limit: number, aim: number, of: string): Budget.Budget => ({
  work,
  measured: bytes / 1000,
  limit,
  aim,
  unit: "kB",
  detail: `${bytes} bytes of ${of}, minified and gzipped`
})

/**
 * What was measured. `grown` are the rows over their limit that are larger than where they stand.
 *
 * @since 0.1.0
 * @category models
 */
export interface Sizes {
  readonly app: BundleSize.Bundle
  readonly budgets: ReadonlyArray<Budget.Budget>
  readonly grown: ReadonlyArray<Budget.Budget>
}

// Where each stands while its limit is not reached, in kB: lowered with each step, so that none is lost.
const stands = { app: 157.6, own: 68.7, api: 13.8, proxy: 3, promise: 75.5, worker: 70.7, react: 0.7 }

/**
 * Bundles `bench/app.ts`, `ClientsApi` and the doors.
 *
 * @since 0.1.0
 * @category constructors
 */
export const measure: Effect.Effect<Sizes, BundleSize.BundleFailed> = Effect.gen(function* () {
  const app = yield* BundleSize.of(new URL("app.ts", import.meta.url))
  const api = yield* BundleSize.of(new URL("../src/ClientsApi.ts", import.meta.url))
  const proxy = yield* BundleSize.of(new URL("../src/doors/proxy.ts", import.meta.url))
  const promise = yield* BundleSize.of(new URL("../src/doors/promise.ts", import.meta.url))
  const worker = yield* BundleSize.of(new URL("../src/doors/worker.ts", import.meta.url))
  const react = yield* BundleSize.of(new URL("react.ts", import.meta.url))
  const whole = row("a browser app, with Effect", app.total, 138, 128, "`bench/app.ts` and all that it imports")
  const own = row("of it our own code", app.own, 46, 40, "it, Effect and idb-keyval aside")
  const alone = row("`ClientsApi` alone, our own code", api.own, 7.8, 7, "the module, Effect aside")
  const door = row("the proxy for a server, all of it", proxy.total, 3, 2.5, "`effect-toggl-clients/proxy`")
  // the limit is what was measured when it was made, and a tenth
  const plain = row(
    "the door without Effect, our own code",
    promise.own,
    80.5,
    70,
    "`effect-toggl-clients/promise`, Effect and idb-keyval aside"
  )
  const woken = row(
    "the service worker's door, our own code",
    worker.own,
    80.5,
    70,
    "`effect-toggl-clients/worker`, Effect and idb-keyval aside"
  )
  const hooks = row(
    "what the React door adds to it",
    react.own - promise.own,
    0.75,
    0.6,
    "`effect-toggl-clients/react` beside it, React aside"
  )
  const standing = [
    [whole, stands.app],
    [own, stands.own],
    [alone, stands.api],
    [door, stands.proxy],
    [plain, stands.promise],
    [hooks, stands.react],
    [woken, stands.worker]
  ] as const
  const grown = standing.filter(([budget, most]) => Budget.isExceeded(budget) && budget.measured > most)
  return { app, budgets: [whole, own, alone, door, plain, hooks, woken], grown: grown.map(([budget]) => budget) }
})
