// A page asks the browser to wake the service worker when the network is there, whether or not the page is.
import * as Layer from "effect/Layer"
import { told } from "../effect/stream.js"
import { Background } from "../instance/background.js"

interface Sync {
  readonly register: (tag: string) => Promise<unknown>
}

const isSync = (value: unknown): value is Sync =>
  typeof value === "object" && value !== null && "register" in value && typeof value.register === "function"

// Only some browsers have it. What is missing here, and what refuses, is no error: the page sends all the same.
const register = (tag: string): Promise<unknown> =>
  Promise.resolve()
    .then(() => navigator.serviceWorker.getRegistration())
    .then((registration) =>
      registration !== undefined && "sync" in registration && isSync(registration.sync)
        ? registration.sync.register(tag)
        : undefined
    )

/** Asks once at a time: what comes meanwhile is asked for once more at the end. */
const asking = (tag: string): (() => void) => {
  let isAsking = false
  let isWanted = false
  const ask = (): void => {
    isWanted = isAsking
    if (isAsking) return
    isAsking = true
    const asked = (): void => {
      isAsking = false
      if (isWanted) ask()
    }
    register(tag).then(asked, asked)
  }
  return ask
}

const hidden = told((tell) => {
  const heard = () => {
    if (document.visibilityState === "hidden") tell()
  }
  document.addEventListener("visibilitychange", heard)
  return () => document.removeEventListener("visibilitychange", heard)
})

/** Background Sync under that tag, in a page that may have a service worker; elsewhere nobody is asked. */
export const layer = (tag: string): Layer.Layer<never> =>
  Layer.suspend(() =>
    "document" in globalThis && "navigator" in globalThis && "serviceWorker" in navigator
      ? Layer.succeed(Background, { isWoken: false, ask: asking(tag), leaving: hidden })
      : Layer.empty
  )
