/**
 * The service worker's part: what waits is sent when the network is back, also where no page of the app is open any more. It needs
 * Background Sync, which Chromium's browsers have; elsewhere nothing happens, and the next page sends.
 *
 * @example
 * // the script of the service worker
 * import { proxy } from "effect-toggl-clients/promise"
 * import { onSync } from "effect-toggl-clients/worker"
 *
 * onSync(() => ({ credentials: proxy() }))
 *
 * @since 0.1.0
 */
import type { SyncOptions } from "../worker/options.js"
import * as sync from "../worker/sync.js"

export type * from "../worker/options.js"

/**
 * Sends what waits when the browser wakes the service worker for it. Pages ask for that by themselves: after each change that they
 * store, and when they are hidden while something waits. Call it while the worker's script first runs.
 *
 * `options` is asked for the account whose changes wait, and gives what the page opens it with, or `undefined`: then nothing is done.
 * `account` and `baseUrl` may be left out. Where it throws or rejects, the browser tries again later.
 *
 * Sending takes 60 seconds at most, beside pages that are open too. While something is left that time or the network can cure, the
 * browser is told to try again, which it does a few times. What waits for the user (signing in, a pause, a refusal) is left to the
 * app, and so is a store of which nobody knows yet whose it is. No backoff is cut short, and without credentials nothing is paused.
 *
 * Gives what ends it. Throws `InvalidConfiguration` where it is called elsewhere than in a service worker, or not with a function.
 *
 * @example
 * import { proxy } from "effect-toggl-clients/promise"
 * import { onSync } from "effect-toggl-clients/worker"
 *
 * onSync((account) => (account === "anna" ? { credentials: proxy(), patience: "5 seconds" } : undefined))
 *
 * @since 0.1.0
 * @category operations
 */
export const onSync = (
  options: (account: string) => SyncOptions | undefined | Promise<SyncOptions | undefined>
): (() => void) => sync.onSync(options)
