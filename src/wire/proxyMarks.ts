// What passes between the library and its proxy beside Toggl's own: header names, and what the proxy's own answers mean.
// Both sides import this file, and it imports nothing.

/**
 * The header that every request to the proxy has: the id of the Toggl user whose the store is, or {@link unknownUser} while
 * it is nobody's yet. No other site's page can send it without a preflight, which the proxy refuses. An answer has it
 * where the request was signed: then it is the user whose token signed it.
 */
export const userHeader = "x-effect-toggl-user"

/** Said in {@link userHeader} while the store is nobody's yet: whoever is signed in may ask. */
export const unknownUser = "unknown"

/** The header of an answer that is the proxy's own, with one {@link Mark}. None of Toggl's answers has it. */
export const markHeader = "x-effect-toggl-proxy"

/**
 * What the proxy's own answer means. Its body is `{"error_message": "..."}`, a sentence for the developer.
 *
 * Toggl was not asked, so there is nothing to look up:
 *
 * - `SignInNeeded` (401): nobody is signed in to the app. Wait for a sign-in
 * - `WrongAccount` (403): the app's session is another user's than the request says. Wait for that user
 * - `CredentialsUnavailable` (503): the app cannot tell now who is signed in. Ask again later
 * - `InvalidConfiguration` (400, 413, 500): the request is none that the proxy lets through, or the app has set something
 *   wrong. The same request will be answered just so until a developer mends it: tell it, and pause nothing
 * - `Unsent` (502, 503): Toggl could not be reached, or the caller was gone before it was. Send it again later
 *
 * Toggl may have done it, so look it up before it is sent again:
 *
 * - `Unreached` (502): no answer came, or none that can be passed on
 * - `TimedOut` (504): none came within the proxy's time limit
 */
export type Mark =
  | "SignInNeeded"
  | "WrongAccount"
  | "CredentialsUnavailable"
  | "InvalidConfiguration"
  | "Unsent"
  | "Unreached"
  | "TimedOut"
