// What the app and its server say to each other, beside what the library's proxy carries.

/**
 * A header that each `POST` and `DELETE` of `api/session` and `api/demo` carries, with any value: no other site's page can send it.
 */
export const changeHeader = "x-toggl-clients"

/** `GET`, `POST` and `DELETE` of `api/session`: who is signed in. 401 where nobody is. */
export interface Session {
  readonly user: {
    /** Toggl's id of them. */
    readonly id: number
    readonly name: string
    readonly email: string
  }
  /** The workspace that they see first, where Toggl names one. */
  readonly workspaceId: number | undefined
  /** In the desktop app, whether the session outlives it: not where the system keeps no secret safe. */
  readonly isKept?: boolean | undefined
}

/** What `POST` of `api/session` takes: the API token at the foot of the Toggl profile page. The server keeps it, no page does. */
export interface SignIn {
  readonly token: string
}

/** What any of them answers where it refuses: a sentence for the user. */
export interface Refusal {
  readonly message: string
}

/** What can go wrong in the demo's Toggl, each on or off. */
export interface Switches {
  /** No request gets through, and the browser says so. */
  readonly offline: boolean
  /** Each answer takes three seconds. */
  readonly slow: boolean
  /** The next change is done, and its answer lost. */
  readonly answerLost: boolean
  /** Toggl refuses for two minutes, for the hour's requests are used up. */
  readonly quotaUsedUp: boolean
  /** Toggl refuses the credentials. */
  readonly signInRefused: boolean
  /** A change whose notes hold the word "poison" always ends with an error of the server's. */
  readonly poisonedNote: boolean
}

/** A request that reached the demo's Toggl, or was meant to. */
export interface SeenRequest {
  /** Counts from 1. */
  readonly number: number
  /** In milliseconds since the epoch. */
  readonly at: number
  readonly method: string
  /** As Toggl sees it, with the query. */
  readonly path: string
  /** The first 10,000 characters. */
  readonly body: string | undefined
  /** What the caller got: a status, nothing yet, or that the connection broke. */
  readonly outcome: number | "waiting" | "lost"
  /** Whether Toggl has done it, which the caller may not know. */
  readonly applied: boolean
}

/** `GET` of `api/demo?after=n`: the switches as they are, and the requests whose number is above n, or that have changed since. */
export interface Demo {
  readonly switches: Switches
  readonly requests: ReadonlyArray<SeenRequest>
  /** Who can sign in, with the token that does it. */
  readonly users: ReadonlyArray<{ readonly name: string; readonly email: string; readonly token: string }>
}

/** What `POST` of `api/demo` takes: one of these at a time. */
export type DemoChange =
  | { readonly set: Partial<Switches> }
  /** A colleague makes a client of this name in the workspace. */
  | { readonly colleagueTakes: string; readonly workspaceId: number }
  /** The demo's Toggl begins anew. */
  | { readonly startAnew: true }
