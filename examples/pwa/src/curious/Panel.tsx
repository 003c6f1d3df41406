// For the curious: what can go wrong between this page and Toggl, and each request that leaves.
import { ActionIcon, Button, CloseButton, Switch, Text, TextInput, Title } from "@mantine/core"
import { useState } from "react"
import type { DemoChange, SeenRequest, Switches } from "../../server/contract.ts"
import { FlaskIcon } from "../parts/icons.tsx"
import { keepIn, keptIn } from "../parts/kept.ts"
import { useSay } from "../parts/Notices.tsx"
import { sentence } from "../parts/sentence.ts"
import { useAttempt } from "../parts/useAttempt.ts"
import { change, useDemo } from "./demo.ts"
import classes from "./Panel.module.css"

export interface Curious {
  readonly isOpen: boolean
  readonly toggle: () => void
}

const key = "toggl-clients-curious"

const storage = () => sessionStorage

const wasOpen = (): boolean => keptIn(storage, key) === "open"

const keep = (isOpen: boolean): void => keepIn(storage, key, isOpen ? "open" : "closed")

export const useCurious = (): Curious => {
  const [isOpen, setOpen] = useState(wasOpen)
  return {
    isOpen,
    toggle: () =>
      setOpen((before) => {
        keep(!before)
        return !before
      })
  }
}

export const CuriousButton = ({ curious: { isOpen, toggle } }: { readonly curious: Curious }) => {
  const demo = useDemo(false)
  if (demo === undefined) return null
  const isFaulty = Object.values(demo.switches).some((on) => on)
  return (
    <ActionIcon
      variant={isOpen ? "light" : "subtle"}
      color={isFaulty ? "orange" : "gray"}
      size="lg"
      aria-label={isFaulty ? "For the curious: something is switched to fail" : "For the curious"}
      aria-pressed={isOpen}
      onClick={toggle}
    >
      <FlaskIcon />
    </ActionIcon>
  )
}

const switches: ReadonlyArray<readonly [keyof Switches, string, string]> = [
  ["offline", "Offline", "nothing gets through, and the browser says so"],
  ["slow", "Slow", "each answer takes three seconds"],
  ["answerLost", "Lose the next answer", "the change is done, and nobody hears it"],
  ["quotaUsedUp", "Quota used up", "Toggl refuses for two minutes"],
  ["signInRefused", "Refuse the sign-in", "as when a token was revoked"],
  ["poisonedNote", "Poison", "notes with the word “poison” never get through"]
]

interface Props {
  readonly curious: Curious
  readonly workspaceId: number | undefined
}

export const CuriousPanel = ({ curious, workspaceId }: Props) => {
  const demo = useDemo(curious.isOpen)
  const [name, setName] = useState("")
  const { isRunning, problem, run } = useAttempt()
  const say = useSay()
  const set = (wanted: DemoChange) =>
    change(wanted).catch((thrown: unknown) => say({ text: sentence(thrown), isBad: true }))
  if (!curious.isOpen || demo === undefined) return null
  return (
    <aside className={classes["panel"]} aria-label="For the curious">
      <div className={classes["head"]}>
        <Title order={2} size="h5">
          For the curious
        </Title>
        <CloseButton size="sm" aria-label="Close the panel" onClick={curious.toggle} />
      </div>
      <div className={classes["switches"]}>
        {switches.map(([which, label, description]) => (
          <Switch
            key={which}
            size="sm"
            label={label}
            description={description}
            checked={demo.switches[which]}
            onChange={(event) => void set({ set: { [which]: event.currentTarget.checked } })}
          />
        ))}
      </div>
      {workspaceId !== undefined && (
        <form
          className={classes["colleague"]}
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim() === "") return
            void run(async () => {
              await change({ colleagueTakes: name.trim(), workspaceId })
              setName("")
            })
          }}
        >
          <TextInput
            size="xs"
            label="A colleague takes the name"
            placeholder="Acme"
            value={name}
            error={problem}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <Button size="xs" variant="default" type="submit" loading={isRunning}>
            Take it
          </Button>
        </form>
      )}
      <div className={classes["head"]}>
        <Title order={3} size="h6">
          What reaches Toggl
        </Title>
        <Button size="compact-xs" variant="subtle" color="gray" onClick={() => void set({ startAnew: true })}>
          Start anew
        </Button>
      </div>
      <ol className={classes["requests"]} aria-label="Requests, the latest first" tabIndex={0}>
        {demo.requests.length === 0 && (
          <li>
            <Text size="xs" c="dimmed">
              Nothing yet. Change something.
            </Text>
          </li>
        )}
        {[...demo.requests].reverse().map((request) => (
          <Request key={request.number} request={request} />
        ))}
      </ol>
    </aside>
  )
}

const outcomes = { waiting: "…", lost: "lost" }

const Request = ({ request: { applied, body, method, outcome, path } }: { readonly request: SeenRequest }) => {
  const isBad = outcome === "lost" || (typeof outcome === "number" && outcome >= 400)
  return (
    <li className={classes["request"]} data-bad={isBad || undefined}>
      <code>
        <b>{method}</b> {path.replace(/^\/api\/v9/, "")}
        {body !== undefined && body !== "" && <span className={classes["body"]}>{body.slice(0, 120)}</span>}
      </code>
      <span className={classes["outcome"]}>
        {typeof outcome === "number" ? outcome : outcomes[outcome]}
        {outcome === "lost" && applied && ", done"}
      </span>
    </li>
  )
}
