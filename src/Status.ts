/**
 * What is true of the queue now, in every tab.
 *
 * @since 0.1.0
 */
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import { type ClientError, StorageError, TransportError } from "./ClientError.js"
import { EntryId } from "./entryId.js"

/**
 * Why nothing is sent until something changes: `SignInNeeded` and `WrongAccount` end with other credentials or by the
 * user, `ByUser` by the user. Where it is this tab's own credentials that are missing, refused or another user's, other
 * tabs may send all the same.
 *
 * @since 0.1.0
 * @category models
 */
export const PauseReason = /*#__PURE__*/ Schema.Literal("SignInNeeded", "WrongAccount", "ByUser")

/**
 * @since 0.1.0
 * @category models
 */
export type PauseReason = typeof PauseReason.Type

const timed = [
  "Offline",
  "BackingOff",
  "RateLimited",
  "Quota",
  "CredentialsUnavailable",
  "LookingUp",
  "SetAside"
] as const

/**
 * It is tried again by itself at a certain time.
 *
 * @since 0.1.0
 * @category models
 */
export interface WaitingUntil {
  /** What it waits for; see {@link WaitingFor}. */
  readonly _tag: (typeof timed)[number]
  /** When it is tried next, in milliseconds since the epoch. */
  readonly until: number
  /** What the last attempt said, where there was one. */
  readonly error?: TransportError | StorageError | undefined
  /** The name of what was thrown where nothing should be: a defect of this library, or of what the app or the browser handed to it. */
  readonly cause?: string | undefined
}

/**
 * What a change, or the whole queue, waits for:
 *
 * - `Offline`, `BackingOff`: requests do not work; tried again by itself at `until`, or sooner when the device says that
 *   it is online
 * - `RateLimited`, `Quota`: Toggl named the time, and nothing is sent before it
 * - `CredentialsUnavailable`: the app's source of credentials cannot tell now; asked again at `until`
 * - `LookingUp`: an attempt got no answer; what became of it is looked up once it can no longer land
 * - `SignInNeeded`, `WrongAccount`, `ByUser`: paused until other credentials come, or the user resumes
 * - `Behind`: other changes stand before it
 * - `Held`: it depends on a change that was refused, is set aside, or cannot be read
 * - `SetAside`: it kept failing while others succeeded
 * - `NewerVersion`: a newer version of the app has written before it; only that version sends it
 * - `InProgress`: it is being sent, and the caller's patience ended first
 * - `StorageLost`: the database does not answer
 *
 * @since 0.1.0
 * @category models
 */
export type WaitingFor =
  | WaitingUntil
  | { readonly _tag: PauseReason }
  | {
      readonly _tag: "Behind"
      /** How many changes stand before it. */
      readonly count: number
    }
  | {
      readonly _tag: "Held"
      /** The entry that holds it; missing where that cannot be read. */
      readonly by: EntryId | undefined
    }
  | { readonly _tag: "NewerVersion" | "InProgress" }
  | {
      readonly _tag: "StorageLost"
      /** What the database failed with. */
      readonly error: StorageError
    }

/**
 * What something waits for, as it crosses to another process. Its encoded side is JSON.
 *
 * @since 0.1.0
 * @category schemas
 */
export const WaitingFor = /*#__PURE__*/ Schema.Union(
  /*#__PURE__*/ Schema.Struct({
    _tag: /*#__PURE__*/ Schema.Literal(...timed),
    until: Schema.Number,
    error: /*#__PURE__*/ Schema.optional(/*#__PURE__*/ Schema.Union(TransportError, StorageError)),
    cause: /*#__PURE__*/ Schema.optional(Schema.String)
  }),
  /*#__PURE__*/ Schema.Struct({ _tag: PauseReason }),
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("Behind"), count: Schema.Number }),
  /*#__PURE__*/ Schema.Struct({
    _tag: /*#__PURE__*/ Schema.Literal("Held"),
    by: /*#__PURE__*/ Schema.UndefinedOr(EntryId)
  }),
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("NewerVersion", "InProgress") }),
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("StorageLost"), error: StorageError })
)

/**
 * What the queue does:
 *
 * - `Idle`: nothing is left that could be sent
 * - `Replaying`: changes are being sent
 * - `Waiting`: for a time, or for another replayer
 * - `Paused`: until something changes
 * - `StorageLost`: the database cannot be read; or it was cleared under the app, with changes that had
 *   not been sent, and nothing has been to do since: until the user resumes, or the app is started anew
 *
 * @since 0.1.0
 * @category models
 */
export type Queue =
  | { readonly _tag: "Idle" }
  | {
      readonly _tag: "Replaying"
      /** How many changes of this run are sent. */
      readonly done: number
      /** How many changes this run has to send. */
      readonly total: number
    }
  | {
      readonly _tag: "Waiting"
      /** What it waits for: `Status.describe` makes a line of it. */
      readonly for: WaitingFor
    }
  | {
      readonly _tag: "Paused"
      /** Why nothing is sent until something changes. */
      readonly reason: PauseReason
    }
  | {
      readonly _tag: "StorageLost"
      /** What the database failed with; its `reason` is `Wiped` where it was cleared under the app. */
      readonly error: StorageError
    }

/**
 * What the queue does, as it crosses to another process.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Queue = /*#__PURE__*/ Schema.Union(
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("Idle") }),
  /*#__PURE__*/ Schema.Struct({
    _tag: /*#__PURE__*/ Schema.Literal("Replaying"),
    done: Schema.Number,
    total: Schema.Number
  }),
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("Waiting"), for: WaitingFor }),
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("Paused"), reason: PauseReason }),
  /*#__PURE__*/ Schema.Struct({ _tag: /*#__PURE__*/ Schema.Literal("StorageLost"), error: StorageError })
)

/**
 * The hourly quota as it was last stated for a workspace; Toggl counts it for the workspace's whole organization.
 *
 * @since 0.1.0
 * @category models
 */
export interface Quota {
  /** The workspace whose requests were counted. */
  readonly workspaceId: number
  /** How many requests are left in this hour (`X-Toggl-Quota-Remaining`). */
  readonly remaining: number
  /** When all are there again, in milliseconds since the epoch, where Toggl says so (`X-Toggl-Quota-Resets-In`). */
  readonly resetsAt: number | undefined
}

/**
 * The quota, as it crosses to another process.
 *
 * @since 0.1.0
 * @category schemas
 */
export const Quota = /*#__PURE__*/ Schema.Struct({
  workspaceId: Schema.Number,
  remaining: Schema.Number,
  resetsAt: /*#__PURE__*/ Schema.UndefinedOr(Schema.Number)
})

/**
 * The queue, and how many of its entries are where.
 *
 * @since 0.1.0
 * @category models
 */
export interface Status {
  /** What the queue does now, or what it waits for. */
  readonly queue: Queue
  /** How many changes are still to be sent, those that others pass among them. */
  readonly waiting: number
  /** When the oldest of these was accepted, in milliseconds since the epoch; missing where none waits. */
  readonly since: number | undefined
  /** How many of them wait for one that was refused, is set aside, or cannot be read. */
  readonly held: number
  /** How many of them kept failing while others succeeded, and are tried now and then. */
  readonly setAside: number
  /** How many Toggl has refused: they wait for the user, who retries, edits or discards them. */
  readonly refused: number
  /** How many rows cannot be read: they are kept, can be exported, and nothing else is done with them. */
  readonly unreadable: number
  /** How many changes went with a database that was cleared under the app, in this session. */
  readonly lost: number
  /** Whether the last answer was none of Toggl's, so that a proxy or a sign-in page of the network may stand in between. */
  readonly proxySuspected: boolean
  /** What Toggl last said of the hourly quota, by workspace, as far as it has not started anew since. */
  readonly quota: ReadonlyArray<Quota>
  /** Whether the browser has promised not to evict what is stored here; missing where it does not say, as outside browsers. */
  readonly persisted: boolean | undefined
}

/**
 * The status, as it crosses to another process.
 *
 * @example
 * import * as Schema from "effect/Schema"
 * import { Status } from "effect-toggl-clients"
 *
 * const send = Schema.encodeSync(Status.Status) // JSON, for a message to Electron's renderer or an Rpc
 *
 * @since 0.1.0
 * @category schemas
 */
export const Status = /*#__PURE__*/ Schema.Struct({
  queue: Queue,
  waiting: Schema.Number,
  since: /*#__PURE__*/ Schema.UndefinedOr(Schema.Number),
  held: Schema.Number,
  setAside: Schema.Number,
  refused: Schema.Number,
  unreadable: Schema.Number,
  lost: Schema.Number,
  proxySuspected: Schema.Boolean,
  quota: /*#__PURE__*/ Schema.Array(Quota),
  persisted: /*#__PURE__*/ Schema.UndefinedOr(Schema.Boolean)
})

/**
 * Whether the error says that something else than Toggl answered.
 *
 * @since 0.1.0
 * @category guards
 */
export const suspectsProxy = (error: ClientError | undefined): boolean =>
  error !== undefined && (error._tag === "UnexpectedAnswer" || error._tag === "RedirectedElsewhere")

// So long it is told in seconds, and then in minutes.
const longestInSeconds = 120

const inWords = (millis: number): string => {
  const seconds = Math.max(0, Math.ceil(millis / 1000))
  if (seconds <= longestInSeconds) return `${seconds} s`
  const minutes = Math.ceil(seconds / 60)
  return minutes <= longestInSeconds ? `${minutes} min` : `${Math.ceil(minutes / 60)} h`
}

const described = (reason: WaitingFor): string => {
  switch (reason._tag) {
    case "Offline":
      return "offline"
    case "CredentialsUnavailable":
      return "this app cannot tell now how to sign in"
    case "BackingOff":
      return reason.cause === undefined ? "Toggl cannot be reached" : `something threw ${reason.cause}`
    case "RateLimited":
      return "Toggl is asked too often"
    case "Quota":
      return "Toggl's hourly quota is used up"
    case "LookingUp":
      return "an answer got lost, Toggl is asked what it did"
    case "SetAside":
      return "set aside, for it keeps failing"
    case "SignInNeeded":
      return "sign-in needed"
    case "WrongAccount":
      return "these credentials are another account's"
    case "ByUser":
      return "paused by the user"
    case "Behind":
      return `${reason.count} ${reason.count === 1 ? "change stands" : "changes stand"} before it`
    case "Held":
      return "held, for it depends on a change that is not sent"
    case "NewerVersion":
      return "a newer version of this app has to send it: reload"
    case "InProgress":
      return "being sent"
    case "StorageLost":
      return reason.error.message
  }
}

const describeReason = (reason: WaitingFor, now: number): string =>
  described(reason) + ("until" in reason ? `, next try in ${inWords(reason.until - now)}` : "")

const countsOf = ({ refused, unreadable, waiting }: Status): string =>
  [
    `${waiting} to send`,
    ...(refused === 0 ? [] : [`${refused} refused`]),
    ...(unreadable === 0 ? [] : [`${unreadable} that cannot be read`])
  ].join(", ")

const describeStatus = (status: Status, now: number): string => {
  const { queue } = status
  switch (queue._tag) {
    case "Idle":
      return status.waiting + status.refused + status.unreadable === 0
        ? "everything is saved in Toggl"
        : countsOf(status)
    case "Replaying":
      return `sending ${queue.done} of ${queue.total}`
    case "Waiting":
      return `${countsOf(status)}: ${describeReason(queue.for, now)}`
    case "Paused":
      return `${countsOf(status)}: ${describeReason({ _tag: queue.reason }, now)}`
    case "StorageLost":
      return queue.error.message
  }
}

/**
 * One line for people, of the whole status or of what one change waits for: what it is, and in how long it is tried again.
 * `now` is in milliseconds since the epoch: {@link clock} gives it anew each second.
 *
 * @example
 * import * as Effect from "effect/Effect"
 * import * as Stream from "effect/Stream"
 * import { Outbox, Status } from "effect-toggl-clients"
 *
 * Status.describe({ _tag: "Behind", count: 2 }, 0) // "2 changes stand before it"
 *
 * // "3 to send: offline, next try in 12 s", and it counts down
 * const line = Stream.zipLatestWith(Outbox.changes, Status.clock, Status.describe)
 * const program = Stream.runForEach(line, (line) => Effect.log(line))
 *
 * @since 0.1.0
 * @category formatting
 */
export const describe = (what: Status | WaitingFor, now: number): string =>
  "_tag" in what ? describeReason(what, now) : describeStatus(what, now)

const second = 1000

/**
 * The time, in milliseconds since the epoch: at once, and at each full second. It ticks only while it is consumed.
 *
 * @since 0.1.0
 * @category formatting
 */
export const clock: Stream.Stream<number> = /*#__PURE__*/ Stream.concat(
  /*#__PURE__*/ Stream.fromEffect(Clock.currentTimeMillis),
  /*#__PURE__*/ Stream.repeatEffect(
    /*#__PURE__*/ Effect.flatMap(Clock.currentTimeMillis, (now) =>
      Effect.zipRight(Effect.sleep(second - (((now % second) + second) % second)), Clock.currentTimeMillis)
    )
  )
)
