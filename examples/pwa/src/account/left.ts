// Who signed out without a network is not to be signed in by the session that is left: the server is told until it has heard.
import { useSyncExternalStore } from "react"
import { sentence } from "../parts/sentence.ts"
import { desktop } from "./desktop.ts"
import { endLeft } from "./session.ts"
import { isSessionLeft, subscribe } from "./who.ts"

const again = 5_000

const notTold =
  "You are signed out here. This app's server could not be told yet; it is told as soon as it can be reached."

const untried = desktop === undefined ? notTold : undefined

let problem = untried
let isUnderWay = false
let timer: ReturnType<typeof setTimeout> | undefined
const listeners = new Set<() => void>()

const attempt = async () => {
  if (isUnderWay || timer !== undefined || !isSessionLeft()) return
  isUnderWay = true
  problem = await endLeft().then((isEnded) => (isEnded ? untried : notTold), sentence)
  isUnderWay = false
  for (const listener of listeners) listener()
  if (isSessionLeft()) timer = setTimeout(attemptNow, again)
}

const attemptNow = () => {
  clearTimeout(timer)
  timer = undefined
  void attempt()
}

// whoever is shown
subscribe(() => void attempt())
addEventListener("online", attemptNow)

const listen = (listener: () => void) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Why the session that is left has not ended, where there is one. */
export const useLeftProblem = (): string | undefined => useSyncExternalStore(listen, () => problem)
