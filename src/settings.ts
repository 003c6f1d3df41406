// Settings that make no sense are told before anything is done: the types forbid most, and plain JavaScript none.
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { InvalidConfiguration } from "./ClientError.js"

type Checked<A> = Either.Either<A, InvalidConfiguration>

export const invalid = (setting: string, hint: string): InvalidConfiguration =>
  new InvalidConfiguration({ setting, problem: `set it to ${hint}` })

export const checked = <A>(setting: string, value: A, isSound: boolean, hint: string): Checked<A> =>
  isSound ? Either.right(value) : Either.left(invalid(setting, hint))

export const bytes = "a number of bytes, such as 255"

/** A whole number from `least` on. */
export const count = (setting: string, value: number, hint: string, least = 1): Checked<number> =>
  checked(setting, value, Number.isSafeInteger(value) && value >= least, hint)

const isInput = (given: unknown): given is Duration.DurationInput => {
  switch (typeof given) {
    case "string":
      return !given.startsWith("-")
    case "number":
      return given >= 0
    case "bigint":
      return given >= 0n
    default:
      return Array.isArray(given) || Duration.isDuration(given)
  }
}

/** The duration, also an endless one. What is NaN or below nought would be decoded as 0. */
export const durationOf = (given: unknown): Option.Option<Duration.Duration> =>
  isInput(given) ? Duration.decodeUnknown(given) : Option.none()

/** A duration that ends, of `least` milliseconds or more. */
export const duration = (
  setting: string,
  given: Duration.DurationInput,
  hint: string,
  least = 1
): Checked<Duration.Duration> => {
  const value = Option.getOrElse(durationOf(given), () => Duration.infinity)
  return checked(setting, value, Duration.isFinite(value) && Duration.toMillis(value) >= least, hint)
}
