// What a run has read of Toggl, which the next one goes on with where a time that Toggl named has cut this one short.
import * as Duration from "effect/Duration"
import { type Now, passed } from "../effect/clock.js"
import type { Instance, Seen } from "../instance/instance.js"

// Where Toggl lets one request through at a time, a run that reads all anew each time never comes to send.
const goodFor = Duration.toMillis("5 minutes")

/** What the run that begins now stands on. */
export const begin = ({ log, tab }: Instance, now: Now): Seen => {
  const { seen } = tab
  const goesOn = log.state.wait?.named === true && seen !== undefined && passed(seen.since, now) < goodFor
  const begun: Seen = goesOn ? seen : { since: now, listed: new Set(), unstored: new Set(), clients: new Map() }
  tab.seen = begun
  return begun
}
