import * as Schema from "effect/Schema"
import { optional } from "../effect/schema.js"
import { answered, asked, ids, tagged, quoted, type TypeId, wait } from "./base.js"

const unauthorized = (reason: Unauthorized["reason"]): string => {
  switch (reason) {
    case "Missing":
      return "Toggl was given no credentials: sign in."
    case "Refused":
      return "Toggl does not accept these credentials: sign in again, or make a new API token."
    case "SignedOut":
      return "This account was signed out on this device: sign in again."
    case "WrongAccount":
      return "These credentials are another user's than this account's: sign in as the account's user."
  }
}

/**
 * Toggl may not be asked with the credentials that there are, as `reason` says.
 *
 * @since 0.1.0
 * @category transport
 */
export class Unauthorized
  extends /*#__PURE__*/ tagged<Unauthorized>()("Unauthorized", () => ({
    ...answered,
    reason: Schema.Literal("Missing", "Refused", "SignedOut", "WrongAccount"),
    remainingAttempts: optional(Schema.Int)
  }))
{
  declare readonly [TypeId]: TypeId
  /**
   * Why not:
   *
   * - `Missing`: there are none
   * - `Refused`: Toggl does not accept them (401, or 403 where `GET /me/logged` is refused too)
   * - `SignedOut`: the account was signed out (`Outbox.signOut`) and nobody has signed in since: Toggl was not asked
   * - `WrongAccount`: Toggl accepts them, and they are another user's than the account's
   */
  declare readonly reason: "Missing" | "Refused" | "SignedOut" | "WrongAccount"
  /**
   * How many further log-ins Toggl allows before it locks them for five minutes (`X-Remaining-Login-Attempts`), where
   * it says so.
   */
  declare readonly remainingAttempts?: number
  override get message() {
    return unauthorized(this.reason)
  }
}

/**
 * The app's source of credentials cannot tell now whether there are any, as where it is offline itself: nothing was sent.
 *
 * @since 0.1.0
 * @category transport
 */
export class CredentialsUnavailable
  extends /*#__PURE__*/ tagged<CredentialsUnavailable>()("CredentialsUnavailable", () => asked)
{
  declare readonly [TypeId]: TypeId
  override get message() {
    return "This app cannot tell now how to sign in to Toggl: try again later."
  }
}

// What names a time.
const named = { retryAfter: optional(Schema.Finite), date: optional(Schema.Finite) }

/**
 * The hourly quota of the organization is used up (402).
 *
 * @since 0.1.0
 * @category transport
 */
export class QuotaExceeded
  extends /*#__PURE__*/ tagged<QuotaExceeded>()("QuotaExceeded", () => ({
    ...answered,
    ...named
  }))
{
  declare readonly [TypeId]: TypeId
  /**
   * How long to wait, in milliseconds from the answer (`X-Toggl-Quota-Resets-In`, its text, or `Retry-After`); missing
   * where no time is named. What is said is believed for an hour at most, and for ten minutes where `requestId` is
   * missing.
   */
  declare readonly retryAfter?: number
  /** The answer's own `Date`, in milliseconds since the epoch, where it has one. */
  declare readonly date?: number
  override get message() {
    return `Toggl's hourly quota is used up: try again ${wait(this.retryAfter)}.`
  }
}

/**
 * Too many requests at once (429).
 *
 * @since 0.1.0
 * @category transport
 */
export class RateLimited
  extends /*#__PURE__*/ tagged<RateLimited>()("RateLimited", () => ({
    ...answered,
    ...named
  }))
{
  declare readonly [TypeId]: TypeId
  /**
   * How long to wait, in milliseconds from the answer (`Retry-After`); missing where no time is named.
   * What is said is believed for an hour at most, and for ten minutes where `requestId` is missing.
   */
  declare readonly retryAfter?: number
  /** The answer's own `Date`, in milliseconds since the epoch, where it has one. */
  declare readonly date?: number
  override get message() {
    return `Toggl is asked too often: try again ${wait(this.retryAfter)}.`
  }
}

/**
 * Toggl, or a proxy before it, failed (408, 425, 5xx). The request may have been applied.
 *
 * @since 0.1.0
 * @category transport
 */
export class ServerError
  extends /*#__PURE__*/ tagged<ServerError>()("ServerError", () => ({
    ...answered,
    status: Schema.Int,
    ...named
  }))
{
  declare readonly [TypeId]: TypeId
  /** The HTTP status of the answer: 408, 425, or 500 and above. */
  declare readonly status: number
  /**
   * How long to wait, in milliseconds from the answer (`Retry-After`); missing where the server names no
   * time. What is said is believed for an hour at most, and for ten minutes where `requestId` is missing.
   */
  declare readonly retryAfter?: number
  /** The answer's own `Date`, in milliseconds since the epoch, where it has one. */
  declare readonly date?: number
  override get message() {
    return `Toggl failed with status ${this.status}; try again ${wait(this.retryAfter)}.${quoted(this)}`
  }
}

/**
 * No answer came, for the `reason` given. Unless that is `Offline` or `Unsent`, the request may have been applied.
 *
 * @since 0.1.0
 * @category transport
 */
export class Unreachable
  extends /*#__PURE__*/ tagged<Unreachable>()("Unreachable", () => ({
    ...asked,
    reason: Schema.Literal("Offline", "TimedOut", "SuspectedCors", "Failed", "Threw", "Unsent"),
    detail: optional(Schema.String)
  }))
{
  declare readonly [TypeId]: TypeId
  /**
   * Why none came:
   *
   * - `Offline`: the device said that it is offline
   * - `TimedOut`: the request limit passed
   * - `SuspectedCors`: the device says that it is online, and yet the browser's own `fetch` could not reach another
   *   origin. It is said only of a `fetch` that is known to be the browser's: that of `Clients.layerBrowser`, or a
   *   `Fetch` in the context of the call that is `globalThis.fetch`
   * - `Threw`: what the app gave to send requests with threw instead of failing
   * - `Unsent`: a `fetch` of the app's own says that the request never left
   * - `Failed`: otherwise
   */
  declare readonly reason: "Offline" | "TimedOut" | "SuspectedCors" | "Failed" | "Threw" | "Unsent"
  /** The name of the error that was thrown, never its text; only where `reason` is `Threw`. */
  declare readonly detail?: string
  override get message() {
    switch (this.reason) {
      case "Offline":
        return "This device is offline."
      case "TimedOut":
        return "Toggl did not answer in time."
      case "SuspectedCors":
        return "Toggl cannot be reached though this device is online: Toggl lets web pages in only from origins on its allow-list, so a web app needs a proxy of its own origin (baseUrl)."
      case "Failed":
        return "Toggl cannot be reached."
      case "Unsent":
        return "The request never left this device."
      case "Threw":
        return `What this app gave to send requests with threw${this.detail === undefined ? "" : ` (${this.detail})`}: whether Toggl was reached is not known.`
    }
  }
}

/**
 * The answer was a redirect, as a captive portal or a moved proxy sends it: nothing was followed.
 *
 * @since 0.1.0
 * @category transport
 */
export class RedirectedElsewhere
  extends /*#__PURE__*/ tagged<RedirectedElsewhere>()("RedirectedElsewhere", () => ({
    ...answered,
    status: Schema.Int
  }))
{
  declare readonly [TypeId]: TypeId
  /** The HTTP status of the redirect; 0 where the browser hides it. */
  declare readonly status: number
  override get message() {
    return `The request was redirected elsewhere: sign in to this network, or check baseUrl.${ids(this)}`
  }
}

const unexpected = (reason: UnexpectedAnswer["reason"], status: number): string => {
  switch (reason) {
    case "OtherClient":
      return "This answer is about another client or workspace than was asked for: it is not believed."
    case "Cached":
      return "This answer may be an old one, kept by a service worker or a cache: it is not believed."
    case "TooLarge":
      return `This is not an answer of Toggl's (status ${status}): it is larger than any of Toggl's.`
    case "TooDeep":
      return `This is not an answer of Toggl's (status ${status}): it is nested deeper than any of Toggl's.`
    default:
      return `This is not an answer of Toggl's (status ${status}, ${reason}): a proxy or a sign-in page of this network may have given it.`
  }
}

/**
 * The answer is not one that Toggl gives to this, as `reason` says. A captive portal, a proxy or a cache is suspected.
 *
 * @since 0.1.0
 * @category transport
 */
export class UnexpectedAnswer
  extends /*#__PURE__*/ tagged<UnexpectedAnswer>()("UnexpectedAnswer", () => ({
    ...answered,
    status: Schema.Int,
    reason: Schema.Literal("Html", "NotJson", "Shape", "Status", "OtherClient", "TooLarge", "TooDeep", "Cached")
  }))
{
  declare readonly [TypeId]: TypeId
  /** The HTTP status that the answer came with. */
  declare readonly status: number
  /**
   * What gives it away:
   *
   * - `Html`: a web page
   * - `NotJson`: garbled JSON, or a body that broke off
   * - `Shape`: another shape than was asked for
   * - `Status`: a status without meaning here, or a refusal without the marks of Toggl's
   * - `OtherClient`: another client or workspace than was asked for
   * - `TooLarge`, `TooDeep`: a body over 16 MB, or JSON nested deeper than 100
   * - `Cached`: it was asked for past caches, and may be a cache's
   */
  declare readonly reason: "Html" | "NotJson" | "Shape" | "Status" | "OtherClient" | "TooLarge" | "TooDeep" | "Cached"
  override get message() {
    const said = this.reason === "Status" && this.text !== undefined ? ` It says: "${this.text}".` : ""
    return unexpected(this.reason, this.status) + said + ids(this)
  }
}

/**
 * No attempt has an error of these where it was not refused: why an answer is missing.
 *
 * @since 0.1.0
 * @category models
 */
export const TransportError = /*#__PURE__*/ Schema.Union(
  Unauthorized,
  CredentialsUnavailable,
  QuotaExceeded,
  RateLimited,
  ServerError,
  Unreachable,
  RedirectedElsewhere,
  UnexpectedAnswer
)

/**
 * @since 0.1.0
 * @category models
 */
export type TransportError = typeof TransportError.Type

/**
 * Whether no usable answer came, rather than a refusal.
 *
 * @since 0.1.0
 * @category guards
 */
export const isTransport = (error: { readonly _tag: string }): error is TransportError => {
  switch (error._tag) {
    case "Unauthorized":
    case "CredentialsUnavailable":
    case "QuotaExceeded":
    case "RateLimited":
    case "ServerError":
    case "Unreachable":
    case "RedirectedElsewhere":
    case "UnexpectedAnswer":
      return true
    default:
      return false
  }
}
