// The times that the queue waits for: how long they last, and what ends them.
import type { Now } from "../effect/clock.js"
import { isTogglsWait, type Wait } from "../log/state.js"
import { remaining } from "./clock.js"
import type { Instance } from "./instance.js"

/** What tells one wait from another. */
export const occasionOf = (wait: Wait): string => `${wait.seenAt} ${wait.length}`

/** Fixes until when the wait lasts by the monotonic clock, where it has just been heard. */
export const heardWait = (instance: Instance, wait: Wait, now: Now): void => {
  instance.deadlines.waits.heard(occasionOf(wait), now.monotonic, wait.length)
  leadAt(instance, wait, now)
}

// What is left of a wait may be kept anew: it is the same one until Toggl is asked.
const sameWait = ({ askedAt = 0, until = 0 }: Wait): string => `${until} ${askedAt}`

const leadAt = ({ deadlines }: Instance, wait: Wait, { monotonic, wall }: Now): number =>
  deadlines.leads.until(sameWait(wait), wall - monotonic, () => 0)

// So far the clocks may be apart without a sleep, in milliseconds.
const clocksAgree = 1000

/**
 * Whether the wait may be over, for the wall clock ran ahead of the monotonic one, as it does while the device sleeps, and
 * by that it has passed: the clock of who named it tells.
 */
export const mayBeOver = (instance: Instance, wait: Wait, now: Now): boolean => {
  if (wait.until === undefined) return false
  const ranAhead = now.wall - now.monotonic - leadAt(instance, wait, now)
  return ranAhead >= Math.max(clocksAgree, leftOf(instance, wait, now))
}

/** Toggl is asked now: not again before the next sleep, whatever it says. */
export const asksAbout = ({ deadlines }: Instance, wait: Wait, { monotonic, wall }: Now): void => {
  deadlines.leads.fix(sameWait(wait), wall - monotonic)
}

/** How many milliseconds are left of the wait: by the monotonic clock, where it was seen by that one. */
export const leftOf = ({ deadlines: { waits } }: Instance, wait: Wait, { monotonic, wall }: Now): number => {
  const occasion = occasionOf(wait)
  const left = () => remaining(wait, wall).millis
  return waits.has(occasion) ? waits.until(occasion, monotonic, left) - monotonic : left()
}

/** What is left of the queue's own wait, where it was seen by the monotonic clock. */
export const standing = (instance: Instance, now: Now): { readonly wait: Wait; readonly left: number } | undefined => {
  const { wait } = instance.log.state
  return wait !== undefined && instance.deadlines.waits.has(occasionOf(wait))
    ? { wait, left: leftOf(instance, wait, now) }
    : undefined
}

/** Whether this one, as far as it is known here, is kept though that other wait has just been heard. */
export const outlasts = (instance: Instance, wait: Wait | undefined, other: Wait, now: Now): boolean => {
  if (wait?.named !== true) return false
  const left = leftOf(instance, wait, now)
  // What the user may end would end the other with it.
  return isTogglsWait(wait) === isTogglsWait(other) ? left >= other.length : left > 0 && isTogglsWait(wait)
}

/** The time that the server named and that has not passed, if there is one: nothing at all is asked before it. */
export const namedWait = (
  instance: Instance,
  now: Now
): { readonly wait: Wait; readonly millis: number } | undefined => {
  let longest: { readonly wait: Wait; readonly millis: number } | undefined
  for (const wait of [instance.log.state.wait, instance.tab.unstored]) {
    if (wait?.named !== true) continue
    const millis = leftOf(instance, wait, now)
    if (millis > (longest?.millis ?? 0)) longest = { wait, millis }
  }
  return longest
}

/** Whether it was ended before its time. */
export const isEnded = ({ deadlines }: Instance, wait: Wait): boolean => deadlines.waits.isEnded(occasionOf(wait))

/**
 * Ends what a page has named, as far as it is known here: the user wants it, or the network is another one. What stands
 * in the store and is not known yet ends as soon as it is read.
 */
export const endPages = (instance: Instance): void => {
  const { deadlines, log, tab } = instance
  tab.endsPages = true
  for (const wait of [log.state.wait, tab.unstored]) {
    if (wait?.named === true && !isTogglsWait(wait)) deadlines.waits.end(occasionOf(wait))
  }
}
