// How a `fetch` of the app's own says that a request never left.
import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"

// The same in every realm, and in every copy of this module.
const brand: unique symbol = Symbol.for("effect-toggl-clients/Unsent")

/**
 * What a `fetch` of the app's own rejects with where the request surely never left this device: nothing is looked up for it
 * then before it is sent again. Say it only of what not a byte was sent of: a change that had left all the same would be made
 * twice.
 *
 * @example
 * import { ClientsApi } from "effect-toggl-clients"
 *
 * const fetchWhile = (isConnected: () => boolean): typeof fetch => (input, init) =>
 *   isConnected() ? fetch(input, init) : Promise.reject(new ClientsApi.Unsent("the tunnel is down"))
 *
 * @since 0.1.0
 * @category errors
 */
export class Unsent extends Error {
  /** Tells it from other errors in a log. */
  override readonly name = "Unsent"
  /** By this it is known. */
  readonly [brand] = true
}

/** Whether this says so, whichever copy of the class it is of. What throws when it is looked at does not. */
export const isUnsent = (thrown: unknown): boolean =>
  Either.getOrElse(
    Either.try(() => Predicate.hasProperty(thrown, brand) && thrown[brand] === true),
    () => false
  )
