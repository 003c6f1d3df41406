/**
 * Who a request comes from, as pure functions over its `Authorization` header.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Either from "effect/Either"
import * as Encoding from "effect/Encoding"
import * as TogglLimits from "./TogglLimits.js"
import type { FakeTogglOptions, User } from "./TogglOptions.js"

/**
 * The credentials in an `Authorization` header: none, Toggl's two kinds, or something that Toggl does not know.
 *
 * @since 0.1.0
 * @category models
 */
export type Credentials =
  | { readonly _tag: "None" }
  | { readonly _tag: "Token"; readonly token: string }
  | { readonly _tag: "Password"; readonly email: string; readonly password: string }
  | { readonly _tag: "Unknown" }

/**
 * Reads an `Authorization` header.
 *
 * @since 0.1.0
 * @category constructors
 */
export const parse = (header: string | undefined): Credentials => {
  if (header === undefined) return { _tag: "None" }
  const encoded = /^basic +(.+)$/i.exec(header.trim())?.[1]
  if (encoded === undefined) return { _tag: "Unknown" }
  const decoded = Encoding.decodeBase64String(encoded)
  if (Either.isLeft(decoded)) return { _tag: "Unknown" }
  const colon = decoded.right.indexOf(":")
  if (colon < 0) return { _tag: "Unknown" }
  const name = decoded.right.slice(0, colon)
  const password = decoded.right.slice(colon + 1)
  return password === "api_token" ? { _tag: "Token", token: name } : { _tag: "Password", email: name, password }
}

/**
 * The user whom the credentials belong to, locks aside.
 *
 * @since 0.1.0
 * @category getters
 */
export const userOf = (credentials: Credentials, options: FakeTogglOptions): User | undefined => {
  switch (credentials._tag) {
    case "None":
      return options.users.find((user) => user.id === options.signsAs)
    case "Token":
      return options.users.find((user) => user.apiToken === credentials.token)
    case "Password":
      return options.users.find((user) => user.email === credentials.email && user.password === credentials.password)
    case "Unknown":
      return undefined
  }
}

/**
 * Signed in; or how it is refused: as missing, or as wrong, with the attempts that remain where they are counted.
 *
 * @since 0.1.0
 * @category models
 */
export type Outcome =
  | { readonly _tag: "SignedIn"; readonly user: User }
  | { readonly _tag: "Missing" }
  | { readonly _tag: "Wrong"; readonly remainingAttempts: number | null }

/**
 * Signs a request in and counts its attempt. Only passwords are counted; a locked email is refused with the right one
 * too.
 *
 * @since 0.1.0
 * @category transitions
 */
export const signIn = (
  limits: TogglLimits.Limits,
  credentials: Credentials,
  options: FakeTogglOptions,
  now: number
): { readonly limits: TogglLimits.Limits; readonly outcome: Outcome } => {
  const user = userOf(credentials, options)
  const counted = credentials._tag === "Password" && options.loginAttempts !== null
  if (user !== undefined && !(counted && TogglLimits.isLocked(limits, credentials.email, now))) {
    return {
      limits: counted ? TogglLimits.loggedIn(limits, credentials.email) : limits,
      outcome: { _tag: "SignedIn", user }
    }
  }
  if (credentials._tag === "None") return { limits, outcome: { _tag: "Missing" } }
  if (credentials._tag !== "Password" || options.loginAttempts === null) {
    return { limits, outcome: { _tag: "Wrong", remainingAttempts: null } }
  }
  const lock = Duration.toMillis(options.loginLock)
  const failed = TogglLimits.failedLogin(limits, credentials.email, options.loginAttempts, lock, now)
  return { limits: failed.limits, outcome: { _tag: "Wrong", remainingAttempts: failed.remaining } }
}
