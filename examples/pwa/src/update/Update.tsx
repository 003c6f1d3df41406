// A newer version of the app waits until the user says so: what they are typing is not taken away. Changes that wait stay.
import { Button, Text } from "@mantine/core"
import { useStatus } from "effect-toggl-clients/react"
import { useState } from "react"
import { useRegisterSW } from "virtual:pwa-register/react"
import { count } from "../parts/times.ts"
import classes from "./Update.module.css"

const hourly = 3_600_000

// The plugin reloads only a page that had a worker when it was opened. That of a first visit had none.
const reloadWith = (update: (reload: boolean) => Promise<void>): void => {
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true })
  void update(true)
}

export const Update = () => {
  const waiting = useStatus().status?.waiting ?? 0
  const [isLater, setLater] = useState(false)
  const {
    needRefresh: [isThere],
    updateServiceWorker
  } = useRegisterSW({
    onRegisteredSW: (_url, registration) => {
      // an installed app may be open for days
      if (registration !== undefined) setInterval(() => void registration.update().catch(() => undefined), hourly)
    }
  })
  if (!isThere || isLater) return null
  return (
    <aside className={classes["update"]} aria-label="A new version">
      <Text size="sm">
        A new version of this app is ready.
        {waiting > 0 && ` ${count(waiting, "change")} ${waiting === 1 ? "waits, and stays" : "wait, and stay"} here.`}
      </Text>
      <Button size="compact-sm" variant="default" onClick={() => setLater(true)}>
        Later
      </Button>
      <Button size="compact-sm" onClick={() => reloadWith(updateServiceWorker)}>
        Reload
      </Button>
    </aside>
  )
}
