// A fetch that a change reaches once.
import * as Either from "effect/Either"
import * as Option from "effect/Option"
import { changeOf } from "../effect/http.js"

/** What `fetch` threw where it should have given a promise, if it did. */
export interface Thrown {
  thrown: Option.Option<unknown>
}

const methodOf = (input: Parameters<typeof globalThis.fetch>[0], init: RequestInit | undefined): string =>
  (init?.method ?? (input instanceof Request ? input.method : "GET")).toUpperCase()

const urlOf = (input: Parameters<typeof globalThis.fetch>[0]): string =>
  input instanceof Request ? input.url : input.toString()

// A body can be read once: what has been read is no answer to whoever asks again.
const unread = (response: Response): Response => {
  if (response.bodyUsed) throw new TypeError("its answer has been read")
  return response
}

/** The `fetch` of one call: whoever sends a change again gets the first answer, as long as nobody has read it. */
export const onceToFetch = (fetch: typeof globalThis.fetch, threw: Thrown): typeof globalThis.fetch => {
  const sent = new Map<string, Promise<Response>>()
  return (input, init) => {
    const change = changeOf(methodOf(input, init), urlOf(input))
    const earlier = change === undefined ? undefined : sent.get(change)
    if (earlier !== undefined) return earlier.then(unread)
    const answer = new Promise<Response>((resolve, reject) => {
      Either.match(Either.try({ try: () => fetch(input, init), catch: (thrown) => thrown }), {
        onRight: resolve,
        onLeft: (thrown) => {
          threw.thrown = Option.some(thrown)
          reject(new TypeError("fetch threw"))
        }
      })
    })
    if (change !== undefined) sent.set(change, answer)
    return answer
  }
}
