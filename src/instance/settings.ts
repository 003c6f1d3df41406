import type * as Duration from "effect/Duration"
import type { Backoff } from "./clock.js"

/**
 * What becomes of changes that others make of a client while one waits here. An update replaces the name and the notes
 * at once, so the field that it leaves alone is sent as it is known.
 *
 * - `LastWriteWins`: the other's change of a field stays unless this one changes that field too: one list of each
 *   workspace is read in a run before its first update that leaves a field alone, and what is changed between that list
 *   and the update is overwritten. Where Toggl refuses the list, what is known here has to do.
 * - `CheckFirst`: the client is read just before each update, one request more, and the update is refused as `Conflict`
 *   where someone else has changed a field that it changes. `Outbox.retry` of it goes on from what Toggl had.
 * - `Blind`: nothing is read to build an update on unless nothing is known, and whatever others changed since is
 *   overwritten.
 *
 * @since 0.1.0
 * @category models
 */
export type Conflicts = "LastWriteWins" | "CheckFirst" | "Blind"

/** What an outbox was made with, checked. */
export interface Settings {
  readonly account: string
  readonly patience: Duration.Duration
  /** The request limit and a margin, in milliseconds: after so long no request lands any more. */
  readonly stillness: number
  readonly backoff: Backoff
  readonly setAsideAfter: number
  readonly merge: boolean
  readonly bulk: boolean
  readonly conflicts: Conflicts
  /** So many requests of each quota are left for the user's own; `undefined`: none. */
  readonly reserve: number | undefined
  readonly maxNameBytes: number
  readonly fetch: typeof globalThis.fetch | undefined
}
