// How requests are signed, as an app without Effect gives it.
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import * as Predicate from "effect/Predicate"
import * as Stream from "effect/Stream"
import { CredentialsUnavailable, type InvalidConfiguration } from "../ClientError.js"
import * as Lib from "../Credentials.js"
import { told } from "../effect/stream.js"
import { invalid } from "../settings.js"
import type { Credentials, CredentialsSource, ProxyCredentials } from "./options.js"

export const token = (text: string): Credentials => Lib.token(text)

export const password = (email: string, text: string): Credentials => Lib.password(email, text)

export const proxy = ({ cookies = "same-origin", header }: ProxyCredentials = {}): Credentials =>
  Lib.proxy({ cookies, header })

// Made here, or by hand: what is wrong with it, `validate` says.
const isCredentials = (given: unknown): given is Lib.Credentials =>
  Predicate.isRecord(given) && (given._tag === "Token" || given._tag === "Password" || given._tag === "Proxy")

const made = "what token, password or proxy makes"

/** The credentials as the library has them, if requests can be signed with them. */
export const checkedCredentials = (
  given: unknown
): Either.Either<Lib.Credentials | undefined, InvalidConfiguration> => {
  if (given === undefined) return Either.right(undefined)
  return isCredentials(given) ? Lib.validate(given) : Either.left(invalid("credentials", made))
}

const isSource = (given: unknown): given is CredentialsSource =>
  Predicate.hasProperty(given, "get") && typeof given.get === "function"

const unavailable = () => new CredentialsUnavailable({})

const sourceOf = ({ get, subscribe }: CredentialsSource): Lib.CredentialsService => ({
  get: Effect.flatMap(Effect.tryPromise({ try: () => Promise.resolve(get()), catch: unavailable }), (given) =>
    // what cannot be used is as good as none, and the library says so
    given === undefined || isCredentials(given) ? Effect.succeed(Option.fromNullable(given)) : Effect.succeedNone
  ),
  changes: subscribe === undefined ? Stream.empty : told(subscribe)
})

/** Where the library asks for them: by a source of the app's own, or one that `signIn` sets. */
export const source = (
  given: Credentials | CredentialsSource | undefined
): Effect.Effect<Lib.CredentialsService, InvalidConfiguration> =>
  isSource(given)
    ? Effect.succeed(sourceOf(given))
    : Effect.flatMap(checkedCredentials(given), (given) => Lib.make(given))

/** Whether they can be used, before anything is opened. */
export const checkedSource = (
  given: Credentials | CredentialsSource | undefined
): Either.Either<unknown, InvalidConfiguration> => (isSource(given) ? Either.right(given) : checkedCredentials(given))
