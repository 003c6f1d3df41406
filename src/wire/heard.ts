// What a session remembers of the answers that it has heard.
import { dateOf, requestIdOf, type AnswerHeaders } from "./headers.js"

// A cache keeps an answer for longer than the session remembers its id, but seldom is so much heard in between.
const remembered = 1000

export interface Heard {
  /** Notes an answer when it comes. Gives whether its request id was heard before. */
  readonly came: (headers: AnswerHeaders) => boolean
  /** Notes an answer that is Toggl's: it was understood, or has Toggl's request id. */
  readonly isTogglsOwn: (headers: AnswerHeaders) => void
  /** Notes that a client, a list or a user was understood. */
  readonly toldMuch: (headers: AnswerHeaders) => void
  /**
   * Whether an answer that dates from before an earlier one may be a cache's. A second one to the same question, with an id
   * of its own, is none: it is the earlier date that was wrong.
   */
  readonly mayBeCached: (question: string, headers: AnswerHeaders) => boolean
  /** Whether Toggl has answered here without its request id. */
  readonly hidesIds: () => boolean
  /** The latest `Date` of all answers of Toggl's, in milliseconds since 1970. */
  readonly latestDate: () => number | undefined
}

export const makeHeard = (): Heard => {
  const ids = new Set<string>()
  const dated = new Map<string, string>()
  let hidesIds = false
  let latest: number | undefined
  return {
    came: (headers) => {
      const id = requestIdOf(headers)
      if (id === undefined) return false
      const isRepeated = ids.delete(id)
      ids.add(id)
      for (const oldest of ids.size > remembered ? ids : []) {
        ids.delete(oldest)
        break
      }
      return isRepeated
    },
    isTogglsOwn: (headers) => {
      const date = dateOf(headers)
      if (date !== undefined) latest = Math.max(latest ?? date, date)
    },
    mayBeCached: (question, headers) => {
      const id = requestIdOf(headers)
      const before = dated.get(question)
      if (id === undefined) return true
      dated.set(question, id)
      if (before === undefined || before === id) return true
      latest = dateOf(headers)
      return false
    },
    toldMuch: (headers) => {
      if (requestIdOf(headers) === undefined) hidesIds = true
    },
    hidesIds: () => hidesIds,
    latestDate: () => latest
  }
}
