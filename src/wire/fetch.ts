// A fetch that a change reaches once, and what is seen of it.
import * as Context from "effect/Context"
import * as Either from "effect/Either"
import { identity } from "effect/Function"
import * as Option from "effect/Option"
import { changeOf } from "../effect/http.js"
import { isCrossOrigin } from "./baseUrl.js"
import { isUnsent, Unsent } from "./unsent.js"

type Fetch = typeof globalThis.fetch

/** The `fetch` that a layer's own client calls, where a call has been given none. */
export class LayersFetch extends Context.Tag("effect-toggl-clients/internal/LayersFetch")<LayersFetch, Fetch>() {}

/**
 * What was seen of a call's `fetch`.
 *
 * - `thrown`: what it threw where it should have given a promise, if it did
 * - `isBarred`: whether the browser's own could not get at another origin
 * - `asked`, `unsent`: how many requests it was asked for, and of how many of them it says that they never left
 */
export interface SeenOfFetch {
  thrown: Option.Option<unknown>
  isBarred: boolean
  asked: number
  unsent: number
}

export const nothingSeen = (): SeenOfFetch => ({ thrown: Option.none(), isBarred: false, asked: 0, unsent: 0 })

/** Whether nothing at all has left: a client may send other requests on the way. */
export const hasNothingLeft = ({ asked, unsent }: SeenOfFetch): boolean => asked > 0 && asked === unsent

/** The browser's own, as it is when it is called. */
export const browsersFetch: Fetch = (input, init) => globalThis.fetch(input, init)

const standIns = /*#__PURE__*/ new WeakMap<Fetch, Fetch>()

/** It calls the other and nothing else, if it calls at all: whose the other is, it is. */
export const standingIn = (fetch: Fetch, standIn: Fetch): Fetch => {
  standIns.set(standIn, standIns.get(fetch) ?? fetch)
  return standIn
}

const isBrowsers = (fetch: Fetch): boolean => {
  const own = standIns.get(fetch) ?? fetch
  return own === browsersFetch || own === globalThis.fetch
}

const methodOf = (input: Parameters<Fetch>[0], init: RequestInit | undefined): string =>
  (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase()

const urlOf = (input: Parameters<Fetch>[0]): string => (input instanceof Request ? input.url : input.toString())

// A body can be read once: what has been read is no answer to whoever asks again.
const unread = (response: Response): Response => {
  if (response.bodyUsed) throw new TypeError("its answer has been read")
  return response
}

/** The `fetch` of one call: whoever sends a change again gets the first answer, as long as nobody has read it. */
export const onceToFetch = (fetch: Fetch, seen: SeenOfFetch): Fetch => {
  const sent = new Map<string, Promise<Response>>()
  const isOwn = isBrowsers(fetch)
  return (input, init) => {
    const change = changeOf(methodOf(input, init), urlOf(input))
    const earlier = change === undefined ? undefined : sent.get(change)
    if (earlier !== undefined) return earlier.then(unread)
    seen.asked++
    const answer = Either.match(
      Either.try({ try: () => Promise.resolve(fetch(input, init)), catch: (thrown) => thrown }),
      {
        onRight: identity,
        onLeft: (thrown) => {
          if (isUnsent(thrown)) return Promise.reject<Response>(new Unsent())
          seen.thrown = Option.some(thrown)
          return Promise.reject<Response>(new TypeError("fetch threw"))
        }
      }
    )
    // before platform hears of it, and keeps no more than that it failed
    answer.catch((reason: unknown) => {
      seen.isBarred = isOwn && isCrossOrigin(urlOf(input))
      if (isUnsent(reason)) seen.unsent++
    })
    if (change !== undefined) sent.set(change, answer)
    return answer
  }
}
