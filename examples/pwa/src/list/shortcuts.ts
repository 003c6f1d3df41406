// Keys that work everywhere on the page. They can be turned off, for a voice or a stray hand may type one.
import { useEffect, useSyncExternalStore } from "react"
import { keepIn, keptIn } from "../parts/kept.ts"

const key = "toggl-clients-keys"
const listeners = new Set<() => void>()

const storage = () => localStorage

export const areOn = (): boolean => keptIn(storage, key) !== "off"

export const setShortcuts = (on: boolean): void => {
  keepIn(storage, key, on ? "on" : "off")
  for (const listener of listeners) listener()
}

export const useShortcutsOn = (): boolean =>
  useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, areOn)

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest("input, textarea, select, [role=dialog], [role=menu]") !== null)

export const useShortcuts = (shortcuts: Readonly<Record<string, () => void>>): void => {
  const isOn = useShortcutsOn()
  useEffect(() => {
    if (!isOn) return
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.defaultPrevented || isTyping(event.target)) return
      const run = shortcuts[event.key]
      if (run === undefined) return
      event.preventDefault()
      run()
    }
    addEventListener("keydown", onKeyDown)
    return () => removeEventListener("keydown", onKeyDown)
  }, [shortcuts, isOn])
}
