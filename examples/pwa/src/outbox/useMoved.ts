// The changes that were moved into a file, which nobody has said to have: they are neither sent from here nor in Toggl.
import type { MovedEntry } from "effect-toggl-clients/promise"
import { useStatus, useToggl } from "effect-toggl-clients/react"
import { useEffect, useState } from "react"

const none: ReadonlyArray<MovedEntry> = []
const listeners = new Set<() => void>()
const channel = new BroadcastChannel("toggl-clients-app moved")

const tell = (): void => {
  for (const listener of listeners) listener()
}

channel.onmessage = tell

/** Something was moved, confirmed or brought back here: the other tabs look too. */
export const lookAgain = (): void => {
  tell()
  channel.postMessage("changed")
}

export const useMoved = (): ReadonlyArray<MovedEntry> => {
  const toggl = useToggl()
  const isEmpty = (useStatus().status?.waiting ?? 0) === 0
  const [moved, setMoved] = useState(none)
  useEffect(() => {
    const look = () => void toggl.moved().then(setMoved, () => undefined)
    look()
    listeners.add(look)
    return () => void listeners.delete(look)
  }, [toggl, isEmpty])
  return moved
}
