// Chromium's browsers let a page offer to be installed. Others have a menu of their own for it.
import { useEffect, useState } from "react"

interface InstallEvent extends Event {
  readonly prompt: () => Promise<unknown>
}

const isInstallEvent = (event: Event): event is InstallEvent => "prompt" in event && typeof event.prompt === "function"

export const useInstall = (): (() => void) | undefined => {
  const [offered, setOffered] = useState<InstallEvent>()
  useEffect(() => {
    const onOffer = (event: Event) => {
      event.preventDefault()
      if (isInstallEvent(event)) setOffered(event)
    }
    const onInstalled = () => setOffered(undefined)
    addEventListener("beforeinstallprompt", onOffer)
    addEventListener("appinstalled", onInstalled)
    return () => {
      removeEventListener("beforeinstallprompt", onOffer)
      removeEventListener("appinstalled", onInstalled)
    }
  }, [])
  return offered === undefined ? undefined : () => void offered.prompt().finally(() => setOffered(undefined))
}
