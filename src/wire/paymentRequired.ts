// What a 402 is about: the hourly quota, which ends by itself, or the plan, which does not.
import * as Predicate from "effect/Predicate"
import { type AnswerHeaders, quotaOf, quotaResetsIn, retryAfter } from "./headers.js"

// A sentence says it at its beginning, or not at all.
const longest = 2000

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 }

const unit = String.raw`(?:(ms|milliseconds?)|(s|secs?|seconds?)|(m|mins?|minutes?)|(h|hrs?|hours?))(?![a-z])`

const part = String.raw`(?:\d{1,9}(?:\.\d{1,3})?\s*|an?\s+)${unit}`

const duration = `(${part}(?:,?\\s*(?:and\\s+)?${part}){0,3})`

const reset = String.raw`\b(?:reset|renew|refresh|again|retry|wait)`

const namedAfter = new RegExp(String.raw`${reset}(?:[^.!?\d]{0,40}[^.!?\da-z])?${duration}`, "i")

const namedBefore = new RegExp(String.raw`\b${duration}[^.!?\d]{1,40}${reset}`, "i")

const parts = new RegExp(String.raw`(?:(\d+(?:\.\d+)?)\s*|an?\s+)${unit}`, "gi")

const millisOf = (named: string): number => {
  let millis = 0
  for (const [, count = "1", ms, s, m] of named.matchAll(parts)) {
    const each = ms !== undefined ? units.ms : s !== undefined ? units.s : m !== undefined ? units.m : units.h
    millis += Number(count) * each
  }
  return millis
}

/** In how many milliseconds the quota starts anew, where the text plainly names a time for that. */
const namedIn = (text: string): number | undefined => {
  const plain = text.replace(/(\d),(?=\d{3}(?!\d))/g, "$1")
  const named = (namedAfter.exec(plain) ?? namedBefore.exec(plain))?.[1]
  return named === undefined ? undefined : millisOf(named)
}

const ofRequests = [
  String.raw`\bhourly\b[^.!?]{0,40}\b(?:limit|quota)`,
  String.raw`\b(?:requests?|calls?)\b[^.!?]{0,20}\b(?:per|an|each|every|\/) ?hour`,
  String.raw`\b(?:rate|request|api|call)s?[ -](?:rate |request |call )?(?:limit|quota)`,
  String.raw`\btoo many (?:requests|calls)`,
  String.raw`\bquota\b[^.!?]{0,40}\breset`,
  String.raw`\bexceeded (?:your|the) (?:hourly )?quota`,
  // of clients or seats there may be a quota too, and that one does not end
  String.raw`(?:^|[.!?:]\s*)(?:(?:the|your|you|have|has|been|is)\s+)*quota\s+(?:(?:is|was|has|been|have)\s+)*(?:exceeded|exhausted|reached|used)`
]

/** Words that are said of the quota of requests and of nothing else. */
const isSurelyQuota = (text: string): boolean => new RegExp(ofRequests.join("|"), "i").test(text)

const mayBeQuota = (text: string): boolean => /\bquota\b/i.test(text)

const isPlan = (text: string): boolean =>
  /\b(?:plans?|upgrad\w*|premium|subscri\w*|paid|unpaid|trial|starter|enterprise|billing|invoices?|features?)\b/i.test(
    text
  )

/**
 * Whether a 402 is about the quota of requests. Words count more than numbers: a plan that is refused while nothing remains
 * would be refused again after each wait.
 */
export const isQuota = (headers: AnswerHeaders, said: string): boolean => {
  const text = said.slice(0, longest)
  if (isSurelyQuota(text)) return true
  if (isPlan(text)) return false
  return mayBeQuota(text) || (quotaOf(headers)?.remaining ?? 1) <= 0
}

/** How long a used-up quota lasts, in milliseconds: the longest that the answer names. */
export const quotaLasts = (headers: AnswerHeaders, said: string, now: number): number | undefined => {
  const named = [quotaResetsIn(headers), namedIn(said.slice(0, longest)), retryAfter(headers, now)].filter(
    Predicate.isNotUndefined
  )
  return named.length === 0 ? undefined : Math.max(...named)
}
