/**
 * How requests are signed. Credentials are asked for at each attempt and are kept nowhere: no store, no error, no log
 * line, no span and no URL holds one, and printing one shows `<redacted>`.
 *
 * @since 0.1.0
 */
import * as Config from "effect/Config"
import * as ConfigError from "effect/ConfigError"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Either from "effect/Either"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import * as Ref from "effect/Ref"
import type * as Stream from "effect/Stream"
import type { InvalidConfiguration } from "./ClientError.js"
import { type CredentialsUnavailable } from "./ClientError.js"
import { nameOf } from "./config.js"
import { toldBy } from "./effect/stream.js"
import { checked, header, invalid, revealed } from "./settings.js"

/**
 * A Toggl user's email and password. Toggl locks log-ins for five minutes after a few wrong ones: prefer a token.
 *
 * @since 0.1.0
 * @category models
 */
export interface Password {
  readonly _tag: "Password"
  /** The address that the user logs in with. */
  readonly email: string
  /** The secret that goes with it. Printing it shows `<redacted>`. */
  readonly password: Redacted.Redacted
}

/**
 * The API token at the foot of the Toggl profile page.
 *
 * @since 0.1.0
 * @category models
 */
export interface Token {
  readonly _tag: "Token"
  /** The secret from the user's profile page. Printing it shows `<redacted>`. */
  readonly token: Redacted.Redacted
}

/**
 * No credentials of ours: a proxy signs the requests, and knows its user by a cookie.
 *
 * @since 0.1.0
 * @category models
 */
export interface Proxy {
  readonly _tag: "Proxy"
  /**
   * Is added to each request, so that the proxy can tell the app's requests from those that another site makes the
   * browser send.
   */
  readonly header?:
    | {
        /** What the header is called, such as `X-Requested-With`. */
        readonly name: string
        /** What it says. Give it redacted where it is a secret (a CSRF token). */
        readonly value: string | Redacted.Redacted
      }
    | undefined
  /**
   * Where the browser sends its cookies: to the page's own origin, or with `include` to a proxy on another origin too.
   */
  readonly cookies: "same-origin" | "include"
}

/**
 * How requests are signed: by email and password, by API token, or by a proxy.
 *
 * @since 0.1.0
 * @category models
 */
export type Credentials = Password | Token | Proxy

const redacted = (secret: string | Redacted.Redacted): Redacted.Redacted =>
  typeof secret === "string" ? Redacted.make(secret) : secret

/**
 * Signs with email and password.
 *
 * @since 0.1.0
 * @category constructors
 */
export const password = (email: string, password: string | Redacted.Redacted): Password => ({
  _tag: "Password",
  email,
  password: redacted(password)
})

/**
 * Signs with an API token.
 *
 * @example
 * import { Credentials } from "effect-toggl-clients"
 *
 * JSON.stringify(Credentials.token("1971800d4d82861d8f2c1651fea4d212")) // {"_tag":"Token","token":"<redacted>"}
 *
 * @since 0.1.0
 * @category constructors
 */
export const token = (token: string | Redacted.Redacted): Token => ({ _tag: "Token", token: redacted(token) })

/**
 * Signs nothing, for a proxy that does. Cookies go to the page's own origin unless `cookies` is `include`.
 *
 * @example
 * import { Credentials } from "effect-toggl-clients"
 *
 * const credentials = Credentials.proxy({ header: { name: "X-Requested-With", value: "my-app" } })
 *
 * @since 0.1.0
 * @category constructors
 */
export const proxy = ({
  cookies,
  header
}: { readonly [Key in keyof Omit<Proxy, "_tag">]?: Proxy[Key] | undefined } = {}): Proxy => ({
  _tag: "Proxy",
  cookies: cookies ?? "same-origin",
  ...(header === undefined ? {} : { header })
})

/**
 * The credentials, if requests can be signed with them. Otherwise it fails with `InvalidConfiguration`, which says what is
 * wrong and holds no secret: the header of a proxy has a name or a value that cannot be sent (a line break, a character
 * beyond Latin-1), or plain JavaScript has given something else than these constructors make. A token, an email and a
 * password may hold any character.
 *
 * @since 0.1.0
 * @category validation
 */
export const validate = <C extends Credentials>(credentials: C): Either.Either<C, InvalidConfiguration> =>
  Either.map(
    // What throws when it is read is told where it is to be used, by its name alone.
    Either.getOrElse(
      Either.try(() => problemOf(credentials)),
      () => Either.right(undefined)
    ),
    () => credentials
  )

const isSecret = (value: unknown): boolean => typeof revealed(value) === "string"

const problemOf = (credentials: Credentials): Either.Either<unknown, InvalidConfiguration> => {
  switch (credentials._tag) {
    case "Token":
      return checked("credentials.token", undefined, isSecret(credentials.token), made)
    case "Password": {
      const isSound = typeof credentials.email === "string" && isSecret(credentials.password)
      return checked("credentials.password", undefined, isSound, made)
    }
    case "Proxy": {
      const { cookies, header: given } = credentials
      const isSound = ["same-origin", "include"].includes(cookies)
      return Either.flatMap(checked("credentials.cookies", cookies, isSound, "same-origin or include"), () =>
        given === undefined ? Either.right(undefined) : header("credentials.header", given.name, given.value)
      )
    }
    default:
      return Either.left(invalid("credentials", made))
  }
}

const made = "what Credentials.token, Credentials.password or Credentials.proxy makes"

/**
 * Where credentials come from.
 *
 * @since 0.1.0
 * @category services
 */
export interface CredentialsService {
  /**
   * Is asked at each attempt. `None` means that there are none here: the user signed out, or this is a worker that woke
   * without them. A source that cannot tell now, as one that asks a server for its tokens and is offline, fails with
   * `CredentialsUnavailable`: that is neither signed out nor wrong, and it is asked again later. What it throws counts
   * the same, and is logged by its name alone. What it gives and no request can be signed with ({@link validate}) is as
   * good as none: it is logged, nothing is sent, and the app is asked to sign in.
   */
  readonly get: Effect.Effect<Option.Option<Credentials>, CredentialsUnavailable>
  /** Emits after the app has set others. It does not say which: ask `get`. */
  readonly changes: Stream.Stream<void>
}

/**
 * A source that the app can set.
 *
 * @since 0.1.0
 * @category services
 */
export interface Settable extends CredentialsService {
  /** The credentials that were set last; none where nobody is signed in. It always can tell. */
  readonly get: Effect.Effect<Option.Option<Credentials>>
  /**
   * Sets others: on signing in, on signing out (`undefined`), and with a new token. Fails with `InvalidConfiguration`
   * where no request can be signed with them ({@link validate}), and keeps the earlier ones.
   */
  readonly set: (credentials: Credentials | undefined) => Effect.Effect<void, InvalidConfiguration>
}

/**
 * The source of credentials that every request asks.
 *
 * @since 0.1.0
 * @category services
 */
export class CurrentCredentials extends Context.Tag("effect-toggl-clients/CurrentCredentials")<
  CurrentCredentials,
  CredentialsService
>() {}

/**
 * A source that can be set, signed out until credentials are given. Provide it with
 * `Layer.succeed(CurrentCredentials, source)` and keep it for `set`. Fails with `InvalidConfiguration` where no request can be
 * signed with the given ones ({@link validate}).
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import { Credentials } from "effect-toggl-clients"
 *
 * const program = Effect.gen(function* () {
 *   const source = yield* Credentials.make()
 *   yield* source.set(Credentials.token("1971800d4d82861d8f2c1651fea4d212"))
 *   return yield* source.get
 * })
 *
 * @since 0.1.0
 * @category constructors
 */
export const make = /*#__PURE__*/ Effect.fnUntraced(function* (
  initial?: Credentials
): Effect.fn.Return<Settable, InvalidConfiguration> {
  const given = Option.fromNullable(initial)
  if (Option.isSome(given)) yield* validate(given.value)
  const current = yield* Ref.make(given)
  const listeners = new Set<() => void>()
  return {
    get: Ref.get(current),
    changes: toldBy(listeners),
    set: (credentials) =>
      Effect.gen(function* () {
        if (credentials !== undefined) yield* validate(credentials)
        yield* Ref.set(current, Option.fromNullable(credentials))
        for (const listener of listeners) listener()
      })
  }
})

/**
 * Credentials that never change. Fails with `InvalidConfiguration` where no request can be signed with them
 * ({@link validate}).
 *
 * @since 0.1.0
 * @category layers
 */
export const layer = (credentials: Credentials): Layer.Layer<CurrentCredentials, InvalidConfiguration> =>
  Layer.effect(CurrentCredentials, make(credentials))

/**
 * Where {@link layerConfig} reads credentials.
 *
 * @since 0.1.0
 * @category configuration
 */
export interface CredentialsConfig {
  /** The API token at the foot of the Toggl profile page. `Config.redacted("TOGGL_API_TOKEN")` unless given. */
  readonly token?: Config.Config<string | Redacted.Redacted> | undefined
  /** The email to log in with where there is no token. `Config.string("TOGGL_EMAIL")` unless given. */
  readonly email?: Config.Config<string> | undefined
  /** The password of that email. `Config.redacted("TOGGL_PASSWORD")` unless given. */
  readonly password?: Config.Config<string | Redacted.Redacted> | undefined
}

const textOf = (value: string | Redacted.Redacted): string =>
  typeof value === "string" ? value : Redacted.value(value)

interface Setting<out A> {
  readonly value: A | undefined
  /** What to say where it is missing. */
  readonly missing: ConfigError.ConfigError
}

/** A setting that may be missing: an empty one is. */
const setting = <A extends string | Redacted.Redacted>(
  config: Config.Config<A>,
  what: string
): Effect.Effect<Setting<A>, ConfigError.ConfigError> =>
  Effect.gen(function* () {
    const given = yield* Config.option(config)
    const value = Option.getOrUndefined(Option.filter(given, (value) => textOf(value).trim() !== ""))
    return { value, missing: ConfigError.MissingData([yield* nameOf(config)], `set it to ${what}`) }
  })

/**
 * Credentials from the configuration: the API token where there is one (`TOGGL_API_TOKEN`), otherwise email and password
 * (`TOGGL_EMAIL`, `TOGGL_PASSWORD`). Each may be read from elsewhere. An empty setting is a missing one.
 *
 * Fails with a `ConfigError` where a setting is missing or cannot be read ({@link ClientError.messageOf} makes a sentence of it), and
 * with `InvalidConfiguration` where no request can be signed with what is set.
 *
 * @example
 * import * as Config from "effect/Config"
 * import { Credentials } from "effect-toggl-clients"
 *
 * const credentials = Credentials.layerConfig({ token: Config.redacted("MY_TOGGL_TOKEN") })
 *
 * @since 0.1.0
 * @category layers
 */
export const layerConfig = (
  options: CredentialsConfig = {}
): Layer.Layer<CurrentCredentials, ConfigError.ConfigError | InvalidConfiguration> =>
  Layer.effect(
    CurrentCredentials,
    Effect.gen(function* () {
      const apiToken = yield* setting(
        options.token ?? Config.redacted("TOGGL_API_TOKEN"),
        "the API token of your Toggl profile page"
      )
      if (apiToken.value !== undefined) return yield* make(token(textOf(apiToken.value).trim()))
      const email = yield* setting(options.email ?? Config.string("TOGGL_EMAIL"), "the email to log in with")
      const secret = yield* setting(options.password ?? Config.redacted("TOGGL_PASSWORD"), "the password of that email")
      if (email.value !== undefined && secret.value !== undefined) {
        return yield* make(password(email.value.trim(), textOf(secret.value)))
      }
      if (email.value !== undefined) return yield* Effect.fail(secret.missing)
      if (secret.value !== undefined) return yield* Effect.fail(email.missing)
      return yield* Effect.fail(ConfigError.Or(apiToken.missing, ConfigError.And(email.missing, secret.missing)))
    })
  )
