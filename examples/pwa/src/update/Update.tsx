// A newer version of the app waits until the user says so, in each tab: what they are typing is not taken away. Changes that wait stay.
import { Button, Text } from "@mantine/core"
import { createContext, type ReactNode, useContext, useRef, useState } from "react"
import { useRegisterSW } from "virtual:pwa-register/react"
import { count } from "../parts/times.ts"
import classes from "./Update.module.css"

const hourly = 3_600_000

interface Version {
  readonly isDoneElsewhere: boolean
  readonly later: () => void
  readonly reload: () => void
}

const Newer = createContext<Version | undefined>(undefined)

/** Registers the worker, once for the page's life, whoever is signed in. */
export const Versions = ({ children }: { readonly children: ReactNode }) => {
  const [isLater, setLater] = useState(false)
  const [isDoneElsewhere, setDoneElsewhere] = useState(false)
  const isWanted = useRef(false)
  const {
    needRefresh: [isThere],
    updateServiceWorker
  } = useRegisterSW({
    onRegisteredSW: (_url, registration) => {
      // an installed app may be open for days
      if (registration !== undefined) setInterval(() => void registration.update().catch(() => undefined), hourly)
    },
    onNeedReload: () => {
      if (isWanted.current) return
      // another tab said so
      setDoneElsewhere(true)
      setLater(false)
    }
  })
  const reload = () => {
    if (isDoneElsewhere) return location.reload()
    isWanted.current = true
    void navigator.serviceWorker.getRegistration().then((registration) => {
      // it took over already: in another tab, or here where its user then stayed for what they had typed
      if (!registration?.waiting) return location.reload()
      // the plugin tells only a page that had a worker when it was opened, which that of a first visit had not
      navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true })
      return updateServiceWorker(true)
    })
  }
  const isOffered = (isThere || isDoneElsewhere) && !isLater
  return (
    <Newer value={isOffered ? { isDoneElsewhere, later: () => setLater(true), reload } : undefined}>{children}</Newer>
  )
}

/** The offer, where there is one. `waiting` is how many changes are not sent. */
export const Update = ({ waiting }: { readonly waiting: number }) => {
  const newer = useContext(Newer)
  if (newer === undefined) return null
  const { isDoneElsewhere, later, reload } = newer
  return (
    <aside className={classes["update"]} aria-label="A new version">
      <Text size="sm">
        {isDoneElsewhere ? "This app was updated in another tab." : "A new version of this app is ready."}
        {waiting > 0 && ` ${count(waiting, "change")} ${waiting === 1 ? "waits, and stays" : "wait, and stay"} here.`}
      </Text>
      <Button size="compact-sm" variant="default" onClick={later}>
        Later
      </Button>
      <Button size="compact-sm" onClick={reload}>
        Reload
      </Button>
    </aside>
  )
}
