/**
 * The budgets of size: of a browser app with all that it imports, of our code in it, and of `ClientsApi` alone.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import type * as Budget from "./Budget.js"
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
 * Bundles `bench/app.ts` and `ClientsApi`: the rows of size, and the app itself.
 *
 * @since 0.1.0
 * @category constructors
 */
export const measure: Effect.Effect<
  { readonly app: BundleSize.Bundle; readonly budgets: ReadonlyArray<Budget.Budget> },
  BundleSize.BundleFailed
> = Effect.gen(function* () {
  const app = yield* BundleSize.of(new URL("app.ts", import.meta.url))
  const api = yield* BundleSize.of(new URL("../src/ClientsApi.ts", import.meta.url))
  const budgets = [
    row("a browser app, with Effect", app.total, 138, 128, "`bench/app.ts` and all that it imports"),
    row("of it our own code", app.own, 46, 40, "it, Effect and idb-keyval aside"),
    row("`ClientsApi` alone, our own code", api.own, 7.8, 7, "the module, Effect aside")
  ]
  return { app, budgets }
})
