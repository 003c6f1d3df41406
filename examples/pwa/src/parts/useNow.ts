// The time, for sentences such as "in 12 s". It ticks only while somebody shows it.
import { useSyncExternalStore } from "react"

const second = 1000
const listeners = new Set<() => void>()
let now = Date.now()
let timer: ReturnType<typeof setInterval> | undefined

const tick = () => {
  now = Date.now()
  for (const listener of listeners) listener()
}

const subscribe = (listener: () => void) => {
  listeners.add(listener)
  now = Date.now()
  timer ??= setInterval(tick, second)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

const still = () => () => undefined

/** The time in milliseconds since the epoch, told anew each second while `isTicking`. */
export const useNow = (isTicking = true): number => {
  const shown = useSyncExternalStore(isTicking ? subscribe : still, () => now)
  return isTicking ? shown : Math.max(shown, now)
}
