/**
 * How the demo sets the outbox.
 *
 * @since 0.1.0
 */

/**
 * - `backoff`: the demo brings the connection back by itself, and wants no attempt on its way as it kills the app
 * - `merge`: off, so that each change is seen on its way: otherwise the create and the rename would go as one request
 *
 * @since 0.1.0
 * @category configuration
 */
export const outbox = { backoff: { base: "20 seconds" }, merge: false } as const
