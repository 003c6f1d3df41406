import * as Either from "effect/Either"
import * as Predicate from "effect/Predicate"

/** The name of what was thrown, such as `RangeError`, and nothing else of it: its text may hold a secret. */
export const nameOf = (thrown: unknown): string => {
  const name = Either.try(() => (Predicate.hasProperty(thrown, "name") ? thrown.name : typeof thrown))
  return Either.isRight(name) && Predicate.isString(name.right) && /^\w{1,60}$/.test(name.right) ? name.right : "Error"
}
