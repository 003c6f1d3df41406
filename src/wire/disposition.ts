import type { InvalidStatus, Refusal, TransportError } from "../ClientError.js"

/**
 * What a failed attempt means to the replay of a change.
 *
 * - `Refused`: Toggl will not do it, however often it is asked
 * - `Wait`: not done; the queue waits, until the time that is named if one is
 * - `Pause`: not done; sign in first
 * - `Uncertain`: it may have been done: look it up before it is sent again
 * - `NeverLeft`: it surely was not sent
 */
export type Disposition = "Refused" | "Wait" | "Pause" | "Uncertain" | "NeverLeft"

/** Whether a `fetch` of the app's own says that the request never left, though the device is not offline. */
export const isUnsent = (error: Refusal | TransportError | InvalidStatus): boolean =>
  error._tag === "Unreachable" && error.reason === "Unsent"

/** What this failure means to the replay. */
export const disposition = (error: Refusal | TransportError | InvalidStatus): Disposition => {
  switch (error._tag) {
    case "QuotaExceeded":
    case "RateLimited":
      return "Wait"
    case "Unauthorized":
      return "Pause"
    case "ServerError":
    case "RedirectedElsewhere":
    case "UnexpectedAnswer":
      return "Uncertain"
    case "CredentialsUnavailable":
      return "NeverLeft"
    case "Unreachable":
      return error.reason === "Offline" || isUnsent(error) ? "NeverLeft" : "Uncertain"
    default:
      return "Refused"
  }
}
