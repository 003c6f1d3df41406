/**
 * How the demo sets the outbox.
 *
 * @since 0.1.0
 */

/**
 * - `backoff`: the demo brings the connection back by itself, and wants no attempt on its way as it kills the app
 * - `offlineIncludesLoopback`: the fake Toggl is on this very device, and its connection is cut all the same
 *
 * @since 0.1.0
 * @category configuration
 */
export const outbox = { backoff: { base: "2 minutes" }, offlineIncludesLoopback: true } as const
