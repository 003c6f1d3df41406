// Settings that an app reads from its configuration, and what to say where that cannot be.
import * as Config from "effect/Config"
import type * as ConfigError from "effect/ConfigError"
import * as ConfigProvider from "effect/ConfigProvider"
import * as Effect from "effect/Effect"

/** A setting: as it is, or where to read it. */
export type Configured<A> = A | Config.Config<Exclude<A, undefined>>

/** Each of the settings: as it is, or where to read it. */
export type AllConfigured<Options> = { readonly [Setting in keyof Options]: Configured<Options[Setting]> }

const isConfig = <A>(given: Configured<A>): given is Config.Config<Exclude<A, undefined>> => Config.isConfig(given)

/** The setting. */
export const read = <A>(given: Configured<A>): Effect.Effect<A, ConfigError.ConfigError> =>
  isConfig(given) ? given : Effect.succeed(given)

/** The same where nothing of it may be set. */
export const readOptional = <A>(config: Config.Config<A>): Effect.Effect<A | undefined, ConfigError.ConfigError> =>
  Config.withDefault(config, undefined)

const nameIn = (error: ConfigError.ConfigError): string => {
  switch (error._op) {
    case "And":
    case "Or":
      return nameIn(error.left)
    default:
      return error.path.join("_")
  }
}

/** The setting's name, as its environment variable has it: what is missing where nothing is set. */
export const nameOf = (config: Config.Config<unknown>): Effect.Effect<string> =>
  Effect.match(Effect.withConfigProvider(config, ConfigProvider.fromMap(new Map())), {
    onFailure: nameIn,
    onSuccess: () => ""
  })

// What is said of a value that cannot be used may hold the value, and that may be a secret: only what Effect itself expects is told.
const withoutValue = (message: string): string => {
  const expected = /^Expected an? [a-z -]+?(?= but received|$)/iu.exec(message)
  return expected === null ? "" : ` (${expected[0]})`
}

const named = ({ path }: { readonly path: ReadonlyArray<string> }, problem: string): string =>
  path.length === 0 ? problem : `${path.join("_")}: ${problem}`

/** One line that says which settings are missing or wrong, and holds none of their values. */
export const messageOf = (error: ConfigError.ConfigError): string => {
  switch (error._op) {
    case "And":
      return `${messageOf(error.left)}; ${messageOf(error.right)}`
    case "Or":
      return `${messageOf(error.left)}; or ${messageOf(error.right)}`
    case "MissingData":
      return named(error, /^Expected .* to exist/.test(error.message) ? "it is not set" : error.message)
    case "InvalidData":
      return named(error, `it cannot be used${withoutValue(error.message)}`)
    case "SourceUnavailable":
    case "Unsupported":
      return named(error, "the configuration cannot be read")
  }
}
