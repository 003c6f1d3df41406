// Two pages, told apart by the address: so "back" works, also in an installed app.
import { useSyncExternalStore } from "react"

export type Route = "clients" | "outbox"

const read = (): Route => (location.hash === "#/outbox" ? "outbox" : "clients")

const subscribe = (listener: () => void) => {
  addEventListener("hashchange", listener)
  return () => removeEventListener("hashchange", listener)
}

export const useRoute = (): Route => useSyncExternalStore(subscribe, read)

export const hrefOf = (route: Route): string => (route === "outbox" ? "#/outbox" : "#/")

export const goTo = (route: Route): void => {
  location.hash = hrefOf(route)
}
