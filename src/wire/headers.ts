// What the answer's headers say about time and quota. A header that is garbled, or that a proxy hides, is missing.
import * as Predicate from "effect/Predicate"

/** An answer's headers, by lower-case name. */
export type AnswerHeaders = Readonly<Record<string, string | undefined>>

/** The hourly quota as an answer states it. */
export interface StatedQuota {
  /**
   * How many requests are left in this hour (`X-Toggl-Quota-Remaining`); below 0 where refused ones are counted too.
   */
  readonly remaining: number
  /**
   * In how many milliseconds the quota starts anew (`X-Toggl-Quota-Resets-In`, there in seconds), where that is said.
   */
  readonly resetsIn?: number
}

export const whole = (header: string | undefined): number | undefined =>
  header !== undefined && /^\s*-?\d{1,9}\s*$/.test(header) ? Number(header) : undefined

/** The values of a header that may have come more than once: `fetch` joins them. */
const several = (header: string | undefined): ReadonlyArray<number> =>
  (header ?? "").split(",").map(whole).filter(Predicate.isNotUndefined)

// The longest of those that are given.
const seconds = (header: string | undefined): number | undefined => {
  const values = several(header).filter((value) => value >= 0)
  return values.length === 0 ? undefined : Math.max(...values) * 1000
}

/** In how many milliseconds the quota starts anew, as the header says. */
export const quotaResetsIn = (headers: AnswerHeaders): number | undefined => seconds(headers["x-toggl-quota-resets-in"])

/**
 * The quota in an answer's headers (`X-Toggl-Quota-Remaining`, and `X-Toggl-Quota-Resets-In`, in seconds), where it is
 * stated and readable.
 */
export const quotaOf = (headers: AnswerHeaders): StatedQuota | undefined => {
  const given = several(headers["x-toggl-quota-remaining"])
  const remaining = given.length === 0 ? undefined : Math.min(...given)
  const resetsIn = quotaResetsIn(headers)
  return remaining === undefined ? undefined : resetsIn === undefined ? { remaining } : { remaining, resetsIn }
}

// `Date.parse` makes a date of almost anything, and takes the oldest of HTTP's three forms for local time
const httpDate = (header: string | undefined): number | undefined => {
  if (header === undefined || !/^\s*(?:mon|tue|wed|thu|fri|sat|sun).*\d\d:\d\d:\d\d/i.test(header)) return undefined
  const time = Date.parse(/gmt/i.test(header) ? header : `${header} GMT`)
  return Number.isFinite(time) ? time : undefined
}

const dates = /(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?[^,]*/gi

/** The dates of a header that may have come more than once. Each has a comma of its own, or none. */
const severalDates = (header = ""): ReadonlyArray<number> =>
  (header.match(dates) ?? []).map(httpDate).filter(Predicate.isNotUndefined)

/** Toggl's own id of the request, by which an answer is known to be Toggl's. */
export const requestIdOf = (headers: AnswerHeaders): string | undefined => headers["x-toggl-request-id"]

/** Whether a cache says that the answer has lain there for a while. */
export const hasAged = (headers: AnswerHeaders): boolean => {
  const ages = several(headers["age"])
  return ages.some((age) => age > 0)
}

/** So many milliseconds a `Date` may be off: it is in whole seconds, and two clocks of one service may differ. */
export const dateSlack = 2000

/** The answer's own `Date`, in milliseconds since 1970; none where it tells two times. */
export const dateOf = (headers: AnswerHeaders): number | undefined => {
  const [date, ...others] = severalDates(headers["date"])
  return date === undefined || others.some((other) => Math.abs(other - date) > dateSlack) ? undefined : date
}

/**
 * Retry-After in milliseconds, the longest where there are several. A date is read against the answer's own `Date`, else
 * against our clock (`now`).
 */
export const retryAfter = (headers: AnswerHeaders, now: number): number | undefined => {
  const after = headers["retry-after"]
  const from = dateOf(headers) ?? now
  const times = severalDates(after).map((date) => Math.max(0, date - from))
  const length = seconds(after?.replace(dates, ""))
  return times.length === 0 && length === undefined ? undefined : Math.max(length ?? 0, ...times)
}
