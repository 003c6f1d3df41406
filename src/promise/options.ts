// What an app sets and gives, as plain types.

/**
 * What a duration is counted in, as in `"5 minutes"`.
 *
 * @since 0.1.0
 * @category options
 */
export type Unit =
  | "millis"
  | "milli"
  | "second"
  | "seconds"
  | "minute"
  | "minutes"
  | "hour"
  | "hours"
  | "day"
  | "days"
  | "week"
  | "weeks"

/**
 * A duration: a number of milliseconds, or a text such as `"5 minutes"`.
 *
 * @since 0.1.0
 * @category options
 */
export type Duration = number | `${number} ${Unit}`

/**
 * How fresh a read must be: asked of Toggl now, only what is on this device, or not older than a duration.
 *
 * @since 0.1.0
 * @category options
 */
export type Freshness = "Toggl" | "Local" | Duration

/**
 * How requests are signed: what `token`, `password` or `proxy` makes. Printing it shows no secret.
 *
 * @since 0.1.0
 * @category credentials
 */
export interface Credentials {
  /** What kind they are; the rest is nobody's to read. */
  readonly _tag: "Password" | "Token" | "Proxy"
}

/**
 * A source of credentials that the app keeps itself.
 *
 * @since 0.1.0
 * @category credentials
 */
export interface CredentialsSource {
  /**
   * Is asked at each attempt. `undefined`: nobody is signed in. Where it cannot tell now, as offline, let it throw or reject: it is
   * asked again later, and what it throws is told to nobody.
   */
  readonly get: () => Credentials | undefined | Promise<Credentials | undefined>
  /** Calls the listener when others are set, until what it gives is called. */
  readonly subscribe?: ((listener: () => void) => () => void) | undefined
}

/**
 * What `proxy` takes.
 *
 * @since 0.1.0
 * @category credentials
 */
export interface ProxyCredentials {
  /** A header for each request, so that the proxy can tell the app's from those of another site. */
  readonly header?:
    | {
        /** What the header is called, such as `X-Requested-With`. */
        readonly name: string
        /** What it says: it is sent as it is, and printed nowhere. */
        readonly value: string
      }
    | undefined
  /** Where cookies are sent: to the page's own origin unless it is `include`. */
  readonly cookies?: "same-origin" | "include" | undefined
}

/**
 * What any operation takes last.
 *
 * @since 0.1.0
 * @category options
 */
export interface CallOptions {
  /**
   * Aborting it before a change is accepted rejects with its `reason`, and nothing is stored. After that it never means undone: the
   * call resolves with what is true then, as a rule `Queued`.
   *
   * `retry`, `discard`, `exportEntries` with `take`, `confirmExport`, `importEntries`, `takeOver`, `pause`, `resume`, `signOut` and
   * `purge` hear it only until they begin, which is at once where the outbox is open. From then on they end with what came of them. A
   * database that does not answer is given up after `patience` and half a second: they reject with `StorageError`, and may be done
   * all the same. (`takeOver` may wait for another tab before: a second, or without Web Locks `requestLimit` and `margin`.)
   *
   * `adopt` hears it while it asks Toggl, and resolves where it was done. All others only read or wait, and reject at once: what
   * `flush` has begun to send is sent all the same, and credentials that `signIn` has set stay set.
   */
  readonly signal?: AbortSignal | undefined
}

/**
 * Which clients: the active ones unless said otherwise.
 *
 * @since 0.1.0
 * @category options
 */
export interface Filter {
  /** Active clients, archived ones, or both. */
  readonly status?: "active" | "archived" | "both" | undefined
  /** A part of the name, in any case. */
  readonly name?: string | undefined
}

/**
 * What one client is read with.
 *
 * @since 0.1.0
 * @category options
 */
export interface GetOptions extends CallOptions {
  /** How fresh it must be: what `open` was given, or 5 minutes. */
  readonly freshness?: Freshness | undefined
}

/**
 * What clients are read with.
 *
 * @since 0.1.0
 * @category options
 */
export interface ReadOptions extends Filter, GetOptions {}

/**
 * How fresh a store is kept.
 *
 * @since 0.1.0
 * @category options
 */
export interface StoreOptions {
  /**
   * How old the copy may be while somebody listens: 5 minutes unless given. `Local` asks for nothing. It is no timer: Toggl is asked when
   * the first listener comes, when the network is back, when the page is shown again and when the user has signed in.
   */
  readonly freshness?: "Local" | Duration | undefined
}

/**
 * What a store of clients shows, and how fresh it is kept.
 *
 * @since 0.1.0
 * @category options
 */
export interface ClientsOptions extends Filter, StoreOptions {}

/**
 * What creating a client takes. A key that is `undefined` counts as left out, here and elsewhere.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface CreateInput {
  /** It is trimmed, must not be empty, and has 255 UTF-8 bytes at most. */
  readonly name: string
  /** Notes of any length. */
  readonly notes?: string | undefined
}

/**
 * A change of a client: what is left out stays as it is, and `notes: ""` clears the notes.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface UpdateInput {
  /** What the client is to be called from then on; left out, that stays as it is. */
  readonly name?: string | undefined
  /** What is to be written of it: empty for none; left out, that stays as it is. */
  readonly notes?: string | undefined
}

/**
 * Which archived projects come back with a restored client: none unless given.
 *
 * @since 0.1.0
 * @category inputs
 */
export interface RestoreInput {
  /** The ids of those that do. */
  readonly projects?: ReadonlyArray<number> | undefined
  /** Whether every project that was archived with the client comes back. */
  readonly restoreAllProjects?: boolean | undefined
}

/**
 * How a flush goes.
 *
 * @since 0.1.0
 * @category options
 */
export interface FlushOptions extends CallOptions {
  /** How long it may take: endless unless given. */
  readonly timeLimit?: Duration | undefined
}

/**
 * How entries are exported.
 *
 * @since 0.1.0
 * @category options
 */
export interface ExportOptions extends CallOptions {
  /** Whether they leave the outbox, to be sent from wherever the file is imported. */
  readonly take?: boolean | undefined
}

/**
 * An answer of Toggl's, whatever it means.
 *
 * @since 0.1.0
 * @category options
 */
export interface AnswerInfo {
  /** What was asked: an operation on clients, `me`, or `logged` (whether the credentials are good). */
  readonly operation: "list" | "create" | "get" | "update" | "delete" | "archive" | "restore" | "me" | "logged"
  /** The workspace whose clients the request was about. */
  readonly workspaceId?: number | undefined
  /** The answer's status. */
  readonly status: number
  /** What the answer says of the hourly quota, in its headers. */
  readonly quota?:
    | {
        /** How many requests are left in this hour (`X-Toggl-Quota-Remaining`). */
        readonly remaining?: number | undefined
        /** In how many milliseconds all are there again (`X-Toggl-Quota-Resets-In`). */
        readonly resetsIn?: number | undefined
      }
    | undefined
  /** The answer's own `Date`, in milliseconds since the epoch. */
  readonly date?: number | undefined
}

/**
 * What `whoAmI` takes.
 *
 * @since 0.1.0
 * @category options
 */
export interface AskOptions extends CallOptions {
  /** Where Toggl is: in a page, the path of your proxy. Toggl itself unless given. */
  readonly baseUrl?: string | URL | undefined
  /** The `fetch` to use: the browser's unless given. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** How long a request may take: 20 seconds unless given. */
  readonly requestLimit?: Duration | undefined
}

/**
 * What `open` takes.
 *
 * @since 0.1.0
 * @category options
 */
export interface OpenOptions {
  /** What the app calls this user: it names the database, and is needed before the first offline start. Never a token. */
  readonly account: string
  /** How requests are signed. Nobody is signed in unless given: `signIn` does it then. */
  readonly credentials?: Credentials | CredentialsSource | undefined
  /** Where Toggl is: in a page, the path of your proxy (`/api/toggl`). Toggl itself unless given. */
  readonly baseUrl?: string | URL | undefined
  /** The `fetch` to use: the browser's unless given. It may neither send again nor wait before it sends. */
  readonly fetch?: typeof globalThis.fetch | undefined
  /** How fresh a read must be unless it says otherwise: 5 minutes unless given. */
  readonly freshness?: Freshness | undefined
  /** How long a caller waits for the first attempt at its change: 10 seconds unless given. */
  readonly patience?: Duration | undefined
  /** How long a request may take: 20 seconds unless given. */
  readonly requestLimit?: Duration | undefined
  /** How much longer than that an unanswered attempt is left alone before it is looked up: 5 seconds unless given. */
  readonly margin?: Duration | undefined
  /** When it is tried again after failures: from `base` (1 second) doubling up to `cap` (5 minutes). */
  readonly backoff?:
    | {
        /** The first try after a failure comes within so long, and each further failure doubles that. */
        readonly base?: Duration | undefined
        /** No try comes later than so long after the last. */
        readonly cap?: Duration | undefined
      }
    | undefined
  /** After how many failures in a row an entry is set aside, where others get through: 5 unless given. */
  readonly setAsideAfter?: number | undefined
  /** Whether changes of one client go as one request: on unless given. */
  readonly merge?: boolean | undefined
  /** Whether deletes, and archives, that come next to each other go as one request: off unless given. */
  readonly bulk?: boolean | undefined
  /** What becomes of changes that others make of the same client: `LastWriteWins` unless given. */
  readonly conflicts?: "LastWriteWins" | "CheckFirst" | "Blind" | undefined
  /** How many requests of the hourly quota are left for the app's own reads. */
  readonly reserve?: number | undefined
  /** The most UTF-8 bytes of a name: 255 unless given. */
  readonly maxNameBytes?: number | undefined
  /** How long a step of the database may take before it is given up: 75 seconds unless given. */
  readonly storageLimit?: Duration | undefined
  /** Sends `traceparent` and `b3`, before which browsers ask other origins: off unless given. */
  readonly traceHeaders?: boolean | undefined
  /** Believes what the device says of being offline of a Toggl on this very device too: for tests and demos. */
  readonly offlineIncludesLoopback?: boolean | undefined
  /** Is told of each answer. What it throws changes nothing. */
  readonly onAnswer?: ((info: AnswerInfo) => void) | undefined
}

/**
 * What `fromRuntime` takes: a `ManagedRuntime` of Effect's, whose layer gives `Clients` and `Outbox`.
 *
 * @since 0.1.0
 * @category options
 */
export interface EffectRuntime {
  /** Runs a program of the library's. */
  readonly runFork: (effect: never) => unknown
  /** Ends it; nobody does that here. */
  readonly dispose: () => Promise<void>
}
