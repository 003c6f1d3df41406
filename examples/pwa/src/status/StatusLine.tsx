import { Button, Progress, VisuallyHidden } from "@mantine/core"
import { useStatus, useToggl } from "effect-toggl-clients/react"
import type { ReactElement } from "react"
import {
  CheckIcon,
  ClockIcon,
  CloudOffIcon,
  KeyIcon,
  NextIcon,
  PauseIcon,
  SendIcon,
  WarnIcon
} from "../parts/icons.tsx"
import { useSay } from "../parts/Notices.tsx"
import { sentence } from "../parts/sentence.ts"
import { useMoved } from "../outbox/useMoved.ts"
import { useNow } from "../parts/useNow.ts"
import { hrefOf, useRoute } from "../route.ts"
import { isTicking, lineOf, type Line } from "./line.ts"
import classes from "./StatusLine.module.css"
import { useOnline } from "./useOnline.ts"

const icons: Readonly<Record<Line["kind"], ReactElement>> = {
  saved: <CheckIcon />,
  sending: <SendIcon />,
  waiting: <ClockIcon />,
  offline: <CloudOffIcon />,
  paused: <PauseIcon />,
  signIn: <KeyIcon />,
  attention: <WarnIcon />,
  lost: <WarnIcon />
}

export const StatusLine = ({ onSignIn }: { readonly onSignIn: () => void }) => {
  const { status } = useStatus()
  const toggl = useToggl()
  const say = useSay()
  const isOnline = useOnline()
  const moved = useMoved().length
  const now = useNow(status !== undefined && isTicking(status))
  const isHere = useRoute() === "outbox"
  if (status === undefined) return <footer className={classes["line"]}>Opening…</footer>
  const line = lineOf(status, now, isOnline, moved)
  const tell = (thrown: unknown) => say({ text: sentence(thrown), isBad: true })
  return (
    <footer className={classes["line"]} data-kind={line.kind}>
      <a className={classes["link"]} href={hrefOf(isHere ? "clients" : "outbox")}>
        <span className={classes["icon"]}>{icons[line.kind]}</span>
        <span className={classes["text"]}>{line.text}</span>
        {line.progress !== undefined && (
          <Progress
            className={classes["bar"] ?? ""}
            value={line.progress * 100}
            size="sm"
            aria-label="Sent"
            transitionDuration={150}
          />
        )}
        <span className={classes["more"]}>
          {isHere ? "Clients" : "Outbox"} <NextIcon />
        </span>
      </a>
      {line.kind === "signIn" && (
        <Button size="compact-sm" onClick={onSignIn}>
          Sign in
        </Button>
      )}
      {line.kind === "paused" && (
        <Button size="compact-sm" variant="default" onClick={() => void toggl.resume().catch(tell)}>
          Resume
        </Button>
      )}
      {/* said when it becomes another thing, not at each step of it */}
      <VisuallyHidden role="status">{kinds[line.kind]}</VisuallyHidden>
    </footer>
  )
}

const kinds: Readonly<Record<Line["kind"], string>> = {
  saved: "Everything is saved",
  sending: "Sending",
  waiting: "Changes wait",
  offline: "Offline",
  paused: "Sending is paused",
  signIn: "Sign in again",
  attention: "Changes need you",
  lost: "The storage of this device has failed"
}
