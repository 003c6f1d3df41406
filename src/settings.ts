// Settings that make no sense are told before anything is done: the types forbid most, and plain JavaScript none.
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
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

// --- Headers -----------------------------------------------------------------------------------------------------------

const isToken = (name: unknown): boolean => typeof name === "string" && /^[\w!#$%&'*+.^`|~-]+$/.test(name)

// What says how the request itself is sent: neither browsers nor Node take it from an app.
const ofTransport = /^(?:connection|content-length|expect|keep-alive|trailer|transfer-encoding|upgrade)$/i

// Latin-1 without control characters: what is beyond it browsers refuse, and these Node does.
const isHeaderText = (value: unknown): boolean => typeof value === "string" && /^[\t\x20-\x7e\x80-\xff]*$/.test(value)

/** What is redacted; nothing where that was wiped. */
export const revealed = (value: unknown): unknown =>
  Redacted.isRedacted(value) ? Option.getOrUndefined(Option.liftThrowable(Redacted.value)(value)) : undefined

/**
 * A header of the app's own that any `fetch` and any Node takes. What is wrong is told without the value, which may be a
 * secret.
 */
export const header = (setting: string, name: unknown, value: unknown): Checked<void> =>
  Either.gen(function* () {
    const isName = isToken(name) && !ofTransport.test(String(name))
    yield* checked(`${setting}.name`, name, isName, "a header's name that an app may send, such as X-Requested-With")
    const hint = "text that a header can hold: no line breaks or other control characters, and nothing beyond Latin-1"
    yield* checked(`${setting}.value`, value, isHeaderText(Redacted.isRedacted(value) ? revealed(value) : value), hint)
  })
