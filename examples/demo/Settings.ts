/**
 * How the demo sets the outbox.
 *
 * @since 0.1.0
 */

/**
 * - `backoff`: the demo brings the connection back by itself, and wants no attempt on its way as it kills the app
 *
 * @since 0.1.0
 * @category configuration
 */
export const outbox = { backoff: { base: "2 minutes" } } as const
