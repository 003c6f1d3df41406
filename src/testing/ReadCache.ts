// The cache in front of reads, as an app's service worker keeps one: whose first answer to a URL is its last.
import type { FakeTogglOptions } from "./TogglOptions.js"
import type { Incoming } from "./TogglTransport.js"
import type { Answer } from "./TogglWire.js"

type Mode = FakeTogglOptions["cachedReads"]

export interface ReadCache {
  readonly find: (request: Incoming, mode: Mode) => Answer | undefined
  /** Keeps a whole 200 to a `GET`, unless there is one already. */
  readonly keep: (request: Incoming, answer: Answer, mode: Mode) => void
  readonly clear: () => void
}

interface Kept {
  readonly path: string
  readonly query: string
  readonly answer: Answer
}

export const make = (): ReadCache => {
  let kept: ReadonlyArray<Kept> = []
  const find: ReadCache["find"] = ({ method, path, query }, mode) => {
    if (mode === "never" || method !== "GET") return undefined
    const sameQuery = (other: string) => mode === "ignoringQuery" || other === query.toString()
    return kept.find((each) => each.path === path && sameQuery(each.query))?.answer
  }
  return {
    find,
    keep: (request, answer, mode) => {
      const { method, path, query } = request
      if (mode === "never" || method !== "GET" || answer.status !== 200 || typeof answer.body === "function") return
      if (find(request, mode) === undefined) kept = [...kept, { path, query: query.toString(), answer }]
    },
    clear: () => {
      kept = []
    }
  }
}
