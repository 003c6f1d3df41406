// What a session remembers of the answers that it has heard.
import { type Now, passed } from "../effect/clock.js"
import { dateOf, dateSlack, requestIdOf, type AnswerHeaders } from "./headers.js"

// A cache keeps an answer for longer than the session remembers its id, but seldom is so much heard in between.
const remembered = 1000

export interface Heard {
  /** Notes an answer when it comes. Gives whether its request id was heard before. */
  readonly came: (headers: AnswerHeaders) => boolean
  /** Notes an answer that is Toggl's and came at this time: it was understood, or has Toggl's request id. */
  readonly isTogglsOwn: (headers: AnswerHeaders, now: Now) => void
  /** Notes that a client, a list or a user was understood. */
  readonly toldMuch: (headers: AnswerHeaders) => void
  /**
   * Whether an answer that dates from before an earlier one may be a cache's. A second one to the same question, with an id
   * of its own, or where ids are hidden a later date, is none if its date has gone on just as time has: it is the earlier
   * date that was wrong.
   */
  readonly mayBeCached: (question: string, headers: AnswerHeaders, now: Now) => boolean
  /**
   * Notes the answer to a question. Gives whether it is the last one again, by its id or, where that is hidden, its date: where
   * neither is shown, nothing tells.
   */
  readonly isSameAgain: (question: string, headers: AnswerHeaders) => boolean
  /** Notes an answer that no cache can have given: it is a change's, or another one than to the same question just before. */
  readonly wasFresh: (headers: AnswerHeaders) => void
  /** Whether a cache's answer may pass for Toggl's, which asking for it again would tell. */
  readonly mayBeDeceived: () => boolean
  /** The answer to this question was believed: what seemed to be a cache's before tells nothing of the next. */
  readonly believed: (question: string) => void
  /** Whether Toggl has answered here without its request id. */
  readonly hidesIds: () => boolean
  /** The latest `Date` of all answers of Toggl's, in milliseconds since 1970. */
  readonly latestDate: () => number | undefined
  /** The `Date` that Toggl gives an answer now, or a later one, as far as earlier ones tell: in milliseconds since 1970. */
  readonly dateNow: (now: Now) => number | undefined
}

const forgetOldest = (kept: Set<string> | Map<string, unknown>): void => {
  for (const oldest of kept.size > remembered ? kept.keys() : []) {
    kept.delete(oldest)
    break
  }
}

export const makeHeard = (): Heard => {
  const ids = new Set<string>()
  const dated = new Map<string, { readonly answer: string | number; readonly date: number; readonly came: Now }>()
  const last = new Map<string, string | number | undefined>()
  let hidesIds = false
  // By Toggl's time a cache's answer is told from then on.
  let knowsTime = false
  let latest: number | undefined
  // What tells the most of Toggl's clock: an answer is on its way for a while.
  let clock: { readonly date: number; readonly came: Now } | undefined
  const dateNow = (now: Now) => (clock === undefined ? undefined : clock.date + passed(clock.came, now))
  return {
    came: (headers) => {
      const id = requestIdOf(headers)
      if (id === undefined) return false
      const isRepeated = ids.delete(id)
      ids.add(id)
      forgetOldest(ids)
      return isRepeated
    },
    isTogglsOwn: (headers, came) => {
      const date = dateOf(headers)
      if (date === undefined) return
      latest = Math.max(latest ?? date, date)
      if (date >= (dateNow(came) ?? -Infinity)) clock = { date, came }
    },
    mayBeCached: (question, headers, came) => {
      const date = dateOf(headers)
      if (date === undefined) return true
      const answer = requestIdOf(headers) ?? date
      const before = dated.get(question)
      dated.set(question, { answer, date, came })
      forgetOldest(dated)
      if (before === undefined || answer === before.answer) return true
      // It is as much younger as it came later: another clock's, and not what a cache has taken in between, or before.
      if (Math.abs(date - before.date - passed(before.came, came)) > dateSlack) return true
      latest = date
      clock = { date, came }
      return false
    },
    isSameAgain: (question, headers) => {
      const answer = requestIdOf(headers) ?? dateOf(headers)
      const isSame = answer !== undefined && answer === last.get(question)
      last.delete(question)
      last.set(question, answer)
      forgetOldest(last)
      return isSame
    },
    wasFresh: (headers) => {
      if (dateOf(headers) !== undefined) knowsTime = true
    },
    mayBeDeceived: () => !knowsTime && !(hidesIds && latest === undefined),
    believed: (question) => void dated.delete(question),
    toldMuch: (headers) => {
      if (requestIdOf(headers) === undefined) hidesIds = true
    },
    hidesIds: () => hidesIds,
    latestDate: () => latest,
    dateNow
  }
}
