// A newer version of the app waits until the user says so, in each tab: what they are typing is not taken away. Changes that wait stay.
import { Button, Text } from "@mantine/core"
import { useStatus } from "effect-toggl-clients/react"
import { useRef, useState } from "react"
import { useRegisterSW } from "virtual:pwa-register/react"
import { count } from "../parts/times.ts"
import classes from "./Update.module.css"

const hourly = 3_600_000

export const Update = () => {
  const waiting = useStatus().status?.waiting ?? 0
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
  if ((!isThere && !isDoneElsewhere) || isLater) return null
  const reload = () => {
    if (isDoneElsewhere) return location.reload()
    isWanted.current = true
    // the plugin tells only a page that had a worker when it was opened, which that of a first visit had not
    navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true })
    void updateServiceWorker(true)
  }
  return (
    <aside className={classes["update"]} aria-label="A new version">
      <Text size="sm">
        {isDoneElsewhere ? "This app was updated in another tab." : "A new version of this app is ready."}
        {waiting > 0 && ` ${count(waiting, "change")} ${waiting === 1 ? "waits, and stays" : "wait, and stay"} here.`}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => setLater(true)}>
        Later
      </Button>
      <Button size="compact-sm" onClick={reload}>
        Reload
      </Button>
    </aside>
  )
}
