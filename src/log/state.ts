// The queue's state at rest, shared by all tabs.
import * as Schema from "effect/Schema"
import { TransportError } from "../ClientError.js"
import { EntryId } from "../Entry.js"
import { optional } from "../effect/schema.js"
import { believed, isTogglsOwn } from "../error/base.js"
import { PauseReason } from "../Status.js"
import { version } from "./entry.js"

/**
 * What the whole queue waits for. The time is kept as what was seen (`seenAt`, in milliseconds since the epoch) and for
 * how long (`length`, in milliseconds), so that a clock set back can only start the length again. `named` tells a time
 * that the server named: where Toggl itself did, nothing but its passing ends it. `until` is when that has
 * passed by the clock of who named it (milliseconds since 1970), `askedAt` when Toggl was last asked whether it has. `stuck`: it follows an entry that never gets through, while
 * nothing else has: others may be tried in its place meanwhile.
 */
export const Wait = Schema.Struct({
  reason: Schema.Literal("Offline", "BackingOff", "RateLimited", "Quota", "LookingUp"),
  seenAt: Schema.Finite,
  length: Schema.Finite,
  named: Schema.Boolean,
  restarted: Schema.Boolean,
  until: optional(Schema.Finite),
  askedAt: optional(Schema.Finite),
  stuck: optional(Schema.Boolean),
  error: optional(TransportError)
})

export interface Wait extends Schema.Schema.Type<typeof Wait> {}

/** Whether Toggl itself has named it: the user, and another network, end what a page in its place has named. */
export const isTogglsWait = ({ error, named }: Wait): boolean => named && error !== undefined && isTogglsOwn(error)

// Earlier versions have believed any time.
const believable = (wait: Wait): Wait =>
  wait.named ? { ...wait, length: believed(wait.error ?? {}, wait.length) } : wait

/**
 * What is known of a workspace as a whole: `turn` counts the steps of its attempts, `open` holds the numbers of the
 * entries that may be applied at any moment, `fetchedAt` is when Toggl last gave the whole list (milliseconds since the
 * epoch), `highestId` the highest id in it. A list is stored only if `turn` stood still and nothing was open while it was
 * read; `crossed` is the step at which one was last given up for that, if none has been stored since. `probe` is when one
 * of the entries that are set aside was last tried, and how long until the next one is. `leftOut` is how many clients the
 * last list did not show, by its own account; `isCountWrong` tells that its count has been wrong so often that it is ignored.
 */
export const Workspace = Schema.Struct({
  turn: Schema.Int,
  open: Schema.Array(Schema.Int),
  fetchedAt: optional(Schema.Finite),
  highestId: optional(Schema.Int),
  crossed: optional(Schema.Int),
  probe: optional(Schema.Struct({ seenAt: Schema.Finite, length: Schema.Finite })),
  leftOut: optional(Schema.Int),
  isCountWrong: optional(Schema.Boolean)
})

export interface Workspace extends Schema.Schema.Type<typeof Workspace> {}

/**
 * The hourly quota as an answer stated it at `seenAt` (milliseconds since the epoch): the requests that remain, and in
 * how many milliseconds it starts anew.
 */
export const KeptQuota = Schema.Struct({
  remaining: Schema.Finite,
  resetsIn: optional(Schema.Finite),
  seenAt: Schema.Finite
})

export interface KeptQuota extends Schema.Schema.Type<typeof KeptQuota> {}

/**
 * What the user gave up at `seenAt` (milliseconds since the epoch), though its attempt of this number may still land:
 * nothing is sent before that can be no more.
 */
export const GivenUp = Schema.Struct({ id: EntryId, attempts: Schema.Int, seenAt: Schema.Finite })

export interface GivenUp extends Schema.Schema.Type<typeof GivenUp> {}

/**
 * The queue's state, shared by all tabs. `store` is the database's own random id: one that was deleted and made anew
 * has another, so that no fence of the old one holds. `fence` is the number of the replayer whose turn it is, `step`
 * counts its steps, `successes` the mutations that Toggl has taken, `run` is its progress, `quota` holds what was last
 * heard of each workspace's quota, `prunedAt` is when old outcomes were last forgotten (milliseconds since the epoch).
 * `pausedByUser`: while sign-in is needed the user's own pause stands behind that, and outlasts it.
 * `signIn`: when Toggl last refused the credentials that an app started with, and how long no such are tried;
 * nothing of the credentials is kept. `purged`: the ids of the stores that were here before, and that the user has
 * purged; one that is not among them was taken away.
 */
export const QueueState = Schema.Struct({
  version: Schema.Literal(version),
  store: Schema.String,
  fence: Schema.Int,
  step: Schema.Int,
  successes: Schema.Int,
  failures: Schema.Int,
  run: optional(Schema.Struct({ fence: Schema.Int, done: Schema.Int, total: Schema.Int })),
  wait: optional(Wait),
  paused: optional(PauseReason),
  pausedByUser: optional(Schema.Boolean),
  userId: optional(Schema.Int),
  signIn: optional(Schema.Struct({ seenAt: Schema.Finite, length: Schema.Finite })),
  prunedAt: optional(Schema.Finite),
  givenUp: optional(Schema.Array(GivenUp)),
  purged: optional(Schema.Array(Schema.String)),
  quota: optional(Schema.Record({ key: Schema.String, value: KeptQuota })),
  workspaces: Schema.Record({
    key: Schema.String,
    value: Workspace
  })
})

export interface QueueState extends Schema.Schema.Type<typeof QueueState> {}

/** The state as it is believed now, whatever has stored it. */
export const believedState = (state: QueueState): QueueState =>
  state.wait === undefined ? state : { ...state, wait: believable(state.wait) }

/** Stands among the purged for all of them, where an earlier version of the library may have purged one. */
export const anyStore = "?"

/** The state of a store in which nothing has happened yet. */
export const newState = (store: string): QueueState => ({
  version,
  store,
  fence: 0,
  step: 0,
  successes: 0,
  failures: 0,
  workspaces: {}
})

export const noWorkspace: Workspace = { turn: 0, open: [] }

export const workspaceOf = ({ workspaces }: QueueState, id: number): Workspace => workspaces[String(id)] ?? noWorkspace

/** Whether Toggl has given a list that shows all the clients that there are. */
export const isListedWhole = ({ fetchedAt, leftOut }: Workspace): boolean =>
  fetchedAt !== undefined && leftOut === undefined

/** How far the replay has come in a workspace: what was read from Toggl is good only if this is still the same. */
export interface Turn {
  readonly store: string
  readonly turn: number
}

export const turnOf = (state: QueueState, workspaceId: number): Turn => ({
  store: state.store,
  turn: workspaceOf(state, workspaceId).turn
})

export const isSameTurn = (a: Turn, b: Turn): boolean => a.store === b.store && a.turn === b.turn

/** The state without these keys. */
export const without = <K extends keyof QueueState>(
  state: QueueState,
  ...keys: ReadonlyArray<K>
): Omit<QueueState, K> => {
  const rest = { ...state }
  for (const key of keys) Reflect.deleteProperty(rest, key)
  return rest
}

/** What was given up has been heard of: there is nothing of it to wait for any more. */
export const landed = (state: QueueState, heard: ReadonlySet<EntryId>): QueueState => {
  if (state.givenUp === undefined) return state
  const givenUp = state.givenUp.filter(({ id }) => !heard.has(id))
  return { ...without(state, "givenUp"), ...(givenUp.length === 0 ? {} : { givenUp }) }
}

/** Nobody's turn any more: what is on the wire can no longer be booked. */
export const raised = (state: QueueState, paused?: PauseReason): QueueState => ({
  ...without(state, "run"),
  fence: state.fence + 1,
  ...(paused === undefined ? {} : { paused }),
  ...(paused !== undefined && paused !== "ByUser" && state.paused === "ByUser" ? { pausedByUser: true } : {})
})

/** The user pauses it: at once, or behind the sign-in that is needed first. */
export const pausedByUser = (state: QueueState): QueueState => {
  if (state.paused === undefined) return { ...state, paused: "ByUser" }
  return state.paused === "ByUser" || state.pausedByUser === true ? state : { ...state, pausedByUser: true }
}

/** Somebody has signed in: only a pause that the user made is left. */
export const signedIn = (state: QueueState): QueueState => {
  if (state.paused === undefined || state.paused === "ByUser") return state
  const { pausedByUser } = state
  const rest = without(state, "paused", "pausedByUser")
  return pausedByUser === true ? { ...rest, paused: "ByUser" } : rest
}
