/**
 * The switches of the fake Toggl: who may sign in, what the workspaces are, and an answer to every question that
 * Toggl's documentation leaves open. Each may be changed while the fake runs.
 *
 * @since 0.1.0
 */
import type * as Duration from "effect/Duration"

/**
 * Someone who can sign in, with an email and a password or with an API token.
 *
 * @since 0.1.0
 * @category models
 */
export interface User {
  /** What Toggl knows them by: a positive integer. */
  readonly id: number
  /** The address to log in with. */
  readonly email: string
  /** What goes with the email; it may hold any character. */
  readonly password: string
  /** What signs requests in place of email and password. */
  readonly apiToken: string
  /** What people call them (`fullname`). */
  readonly fullName: string
  /** The workspace that `GET /me` names as theirs (`default_workspace_id`): the first of all unless given. */
  readonly defaultWorkspaceId?: number | undefined
}

/**
 * A workspace. Clients live in one, quotas are counted by its organization.
 *
 * @since 0.1.0
 * @category models
 */
export interface Workspace {
  /** What paths name it by (`workspace_id`, `wid`): a positive integer. */
  readonly id: number
  /** The organization whose hourly quota its requests count against. */
  readonly organizationId: number
  /** Whether the plan lets clients be archived. */
  readonly premium: boolean
  /** Whether everyone who is no admin gets a 403 on every client operation. */
  readonly onlyAdminsSeeClients: boolean
  /** Ids of the users who are admins. */
  readonly admins: ReadonlyArray<number>
  /** Ids of the users who may enter; others get a 403. Left out: every user. */
  readonly members?: ReadonlyArray<number> | undefined
}

/**
 * When two names count as the same.
 *
 * @since 0.1.0
 * @category models
 */
export interface NameComparison {
  /** Whether upper and lower case tell two names apart. */
  readonly caseSensitive: boolean
  /** Whether names are compared in Unicode's normal form C, or as they are. */
  readonly normalize: "NFC" | "none"
  /** Whether white space around a name makes no difference. */
  readonly trim: boolean
}

/**
 * The leaky bucket in front of the service, one for each user.
 *
 * @since 0.1.0
 * @category models
 */
export interface RateLimit {
  /** How many requests it holds: one more gets a 429. */
  readonly capacity: number
  /** How many requests leak out of it in a second. */
  readonly perSecond: number
  /**
   * How a 429 names the time (`Retry-After`): in seconds, as an HTTP date, not at all, or in a form nobody can read.
   */
  readonly retryAfter: "seconds" | "date" | "absent" | "garbled"
}

/**
 * Every switch of the fake. The defaults are in {@link defaults}.
 *
 * @since 0.1.0
 * @category models
 */
export interface FakeTogglOptions {
  /** Who can sign in. */
  readonly users: ReadonlyArray<User>
  /** The workspaces; any other answers 403. */
  readonly workspaces: ReadonlyArray<Workspace>
  /** What every path starts with. A same-origin proxy may have another. */
  readonly basePath: string

  /** Whether a name may be used once only in a workspace (`Name has already been taken`). */
  readonly uniqueNames: boolean
  /** When two names count as the same. */
  readonly nameComparison: NameComparison
  /** Whether archived clients occupy their names. If not, restoring one may be refused as taken. */
  readonly archivedNamesCount: boolean
  /** Whether a name is kept as it was sent, or trimmed first. */
  readonly storedNames: "asSent" | "trimmed"
  /**
   * How notes are kept: as they were sent, without the white space around them (`trimmed`), with LF for every CRLF and
   * CR (`lf`), or both (`trimmedLf`).
   */
  readonly storedNotes: "asSent" | "trimmed" | "lf" | "trimmedLf"
  /** The longest name, in UTF-8 bytes; it stands in the refusal's text. */
  readonly maxClientNameBytes: number
  /** How a taken name is refused: 400 in Toggl's words, or 400 `Bad Request`. */
  readonly takenName: "taken" | "badRequest"
  /** What every operation answers for an unknown client: Toggl's own 404s, or 404 `{"message":"Not Found"}`. */
  readonly unknownClient: "toggl" | "message"

  /** How archiving is refused in a workspace that is not premium: 402 with a sentence, or 403 with an empty body. */
  readonly archiveOnFreePlan: 402 | 403
  /** What counts when a restore gives `projects` and sets `restore_all_projects`: the ids, all, or a 400. */
  readonly restoreProjectsPrecedence: "projects" | "all" | "refused"
  /** What a `PUT` without `notes` does to them. */
  readonly omittedNotes: "kept" | "cleared"
  /** Whether the service knows `POST .../clients/data`, `/archive` and `/delete`. */
  readonly bulkEndpoints: boolean
  /** What a bulk request with an unknown id gets: the others are done, or a 404 and nothing is done. */
  readonly bulkUnknownIds: "ignored" | "refused"
  /** The status for a route that the service does not know where the path, but not the method, might exist. */
  readonly unknownRoute: 404 | 405

  /** How an empty list is written. */
  readonly emptyList: "[]" | "null" | ""
  /** Whether an empty key of a client is left out or null. */
  readonly emptyKeys: "absent" | "null"
  /** How a client's `permissions` are written. */
  readonly permissions: "string" | "array" | "absent"
  /** Whether clients carry `creator_id`. */
  readonly creatorIds: boolean
  /** Whether clients carry the newer keys: `external_reference` where set and, in lists, `total_count`. */
  readonly newerKeys: boolean
  /** How `at`, in whole seconds, names UTC. */
  readonly atSuffix: "+00:00" | "Z"
  /** What a list is sorted by: by id, the last changed first, or by name. */
  readonly listOrder: "id" | "newestFirst" | "name"
  /** What a delete answers. */
  readonly deleteBody: string
  /** The shape of the body of a 400 or 404: a JSON string, bare text, an object with `error_message`, ... */
  readonly failureBody: "jsonString" | "plain" | "object" | "objectDefaultMessage" | "array"
  /** Names of answer headers that never reach the caller, as behind a proxy or across origins. */
  readonly hiddenHeaders: ReadonlyArray<string>

  /** The status for wrong credentials; the body is empty. */
  readonly wrongCredentials: 401 | 403
  /** The status for a request without `Authorization`; the body is empty, `X-Authorization-Missing` is `true`. */
  readonly missingCredentials: 401 | 403
  /** The id of the user as whom a request without `Authorization` counts, as if a same-origin proxy signed it. */
  readonly signsAs: number | null
  /** After how many wrong passwords in a row an email is locked (`X-Remaining-Login-Attempts`); null: never. */
  readonly loginAttempts: number | null
  /** How long an email stays locked. */
  readonly loginLock: Duration.DurationInput

  /** Requests for each user, organization and hour; null: no quota and no quota headers. */
  readonly quotaPerHour: number | null
  /** Requests to `/me...` for each user and hour; null: no quota and no quota headers. */
  readonly meQuotaPerHour: number | null
  /** Whether a request refused for the quota counts too, so that what remains falls below nought. */
  readonly refusedCountAgainstQuota: boolean
  /** The leaky bucket; null: none. */
  readonly rateLimit: RateLimit | null
  /** How many milliseconds the server's clock is ahead of the caller's (`Date`, `at`, `Retry-After` as a date). */
  readonly clockSkew: number
  /**
   * Whose `Date` the service's answers carry: its own, none at all, or that of a proxy whose clock is ahead of the
   * service's or behind it. `at` is always the service's time. Answers that a fault makes up carry what the fault says.
   */
  readonly dateHeader:
    | "own"
    | "hidden"
    | {
        /** How far the proxy's clock is before the service's. */
        readonly ahead: Duration.DurationInput
      }
    | {
        /** How far the proxy's clock is after the service's. */
        readonly behind: Duration.DurationInput
      }

  /**
   * A cache in front of reads, as an app's service worker keeps one. While it is on, a `GET` whose URL got a 200 before
   * is answered with the first of these, its old `Date` and request id included: the service is not asked, no quota is
   * spent, no fault is met, `setDown` changes nothing, and the record's `fault` is `cachedReads`. Which user asks makes
   * no difference; with `ignoringQuery` the query makes none either. `never` forgets what was kept.
   */
  readonly cachedReads: "never" | "always" | "ignoringQuery"

  /** The browser origins that CORS lets through; `"*"` lets all. */
  readonly allowedOrigins: ReadonlyArray<string>
  /** The answer headers that CORS shows to a page of another origin. */
  readonly exposedHeaders: ReadonlyArray<string>
}

/**
 * What `make`, `layer` and `configure` take: any of the switches; `nameComparison` in parts.
 *
 * @since 0.1.0
 * @category models
 */
export interface FakeTogglInput extends Given<Omit<FakeTogglOptions, "nameComparison">> {
  /** When two names count as the same: what is left out stays as it is. */
  readonly nameComparison?: Given<NameComparison> | undefined
}

// What is left out, or undefined, is left as it is.
type Given<A> = { readonly [Key in keyof A]?: A[Key] | undefined }

/**
 * The user as whom an app signs in.
 *
 * @since 0.1.0
 * @category defaults
 */
export const defaultUser: User = {
  id: 2166261,
  email: "ada@example.com",
  password: "correct horse",
  apiToken: "0123456789abcdef0123456789abcdef",
  fullName: "Ada"
}

/**
 * The other user: what is edited by hand counts as theirs unless said otherwise.
 *
 * @since 0.1.0
 * @category defaults
 */
export const colleague: User = {
  id: 2166262,
  email: "grace@example.com",
  password: "battery staple",
  apiToken: "fedcba9876543210fedcba9876543210",
  fullName: "Grace"
}

/**
 * The one workspace that exists unless said otherwise: premium, and both users are admins.
 *
 * @since 0.1.0
 * @category defaults
 */
export const defaultWorkspace: Workspace = {
  id: 2230580,
  organizationId: 7001,
  premium: true,
  onlyAdminsSeeClients: false,
  admins: [defaultUser.id, colleague.id]
}

/**
 * What holds for every switch that is not given: the friendliest reading, and no limits.
 *
 * @since 0.1.0
 * @category defaults
 */
export const defaults: FakeTogglOptions = {
  users: [defaultUser, colleague],
  workspaces: [defaultWorkspace],
  basePath: "/api/v9",
  uniqueNames: true,
  nameComparison: { caseSensitive: true, normalize: "none", trim: false },
  archivedNamesCount: true,
  storedNames: "asSent",
  storedNotes: "asSent",
  maxClientNameBytes: 255,
  takenName: "taken",
  unknownClient: "toggl",
  archiveOnFreePlan: 402,
  restoreProjectsPrecedence: "projects",
  omittedNotes: "kept",
  bulkEndpoints: true,
  bulkUnknownIds: "ignored",
  unknownRoute: 405,
  emptyList: "[]",
  emptyKeys: "absent",
  permissions: "absent",
  creatorIds: true,
  newerKeys: false,
  atSuffix: "+00:00",
  listOrder: "id",
  deleteBody: "",
  failureBody: "jsonString",
  hiddenHeaders: [],
  wrongCredentials: 403,
  missingCredentials: 401,
  signsAs: null,
  loginAttempts: 5,
  loginLock: "5 minutes",
  quotaPerHour: null,
  meQuotaPerHour: null,
  refusedCountAgainstQuota: false,
  rateLimit: null,
  clockSkew: 0,
  dateHeader: "own",
  cachedReads: "never",
  allowedOrigins: [],
  exposedHeaders: []
}

/**
 * Toggl's free plan: 30 requests an hour for each organization, 30 for `/me...`, and no archiving.
 *
 * @since 0.1.0
 * @category defaults
 */
export const freePlan: FakeTogglInput = {
  quotaPerHour: 30,
  meQuotaPerHour: 30,
  workspaces: [{ ...defaultWorkspace, premium: false }]
}

/**
 * Toggl's premium plan: 600 requests an hour for each organization, 30 for `/me...`, with archiving.
 *
 * @since 0.1.0
 * @category defaults
 */
export const premiumPlan: FakeTogglInput = { quotaPerHour: 600, meQuotaPerHour: 30, workspaces: [defaultWorkspace] }

/**
 * A compatible server that someone hosts themselves, such as OpenToggl: a taken name is a mere 400 `Bad Request`, an
 * unknown client 404 `{"message":"Not Found"}`, also within a bulk request, and no answer has a request id.
 *
 * @since 0.1.0
 * @category defaults
 */
export const selfHosted: FakeTogglInput = {
  takenName: "badRequest",
  unknownClient: "message",
  bulkUnknownIds: "refused",
  hiddenHeaders: ["x-toggl-request-id"]
}

/**
 * Toggl behind a proxy written by hand, which passes on nothing but status and body: no request id, no quota, no `Date`,
 * no `Retry-After`, no `Content-Type`.
 *
 * @since 0.1.0
 * @category defaults
 */
export const bareProxy: FakeTogglInput = {
  dateHeader: "hidden",
  hiddenHeaders: [
    "x-toggl-request-id",
    "x-toggl-quota-remaining",
    "x-toggl-quota-resets-in",
    "x-authorization-missing",
    "x-remaining-login-attempts",
    "retry-after",
    "cache-control",
    "content-type",
    "server",
    "cf-ray"
  ]
}

const changed = <A extends object>(self: A, input: Given<A>): A => {
  const made = { ...self }
  for (const key in self) {
    const value = input[key]
    if (value !== undefined) made[key] = value
  }
  return made
}

/**
 * The switches, changed by what is given.
 *
 * @since 0.1.0
 * @category combinators
 */
export const merge = (options: FakeTogglOptions, input: FakeTogglInput): FakeTogglOptions => {
  const { nameComparison = {}, ...others } = input
  return { ...changed(options, others), nameComparison: changed(options.nameComparison, nameComparison) }
}
