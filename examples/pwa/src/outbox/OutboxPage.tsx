// The outbox as a page: each change in words, what it waits for, and the way out where there must be one.
import { Button, Text, Title } from "@mantine/core"
import type { EntryView } from "effect-toggl-clients/promise"
import { useEntries, useStatus, useToggl } from "effect-toggl-clients/react"
import { useEffect, useMemo, useState } from "react"
import type { Person } from "../account/who.ts"
import { useSay } from "../parts/Notices.tsx"
import { sentence } from "../parts/sentence.ts"
import { count } from "../parts/times.ts"
import { useNow } from "../parts/useNow.ts"
import { isTicking, lineOf } from "../status/line.ts"
import { useOnline } from "../status/useOnline.ts"
import { Device } from "./Device.tsx"
import { Entry } from "./Entry.tsx"
import classes from "./OutboxPage.module.css"
import { useMoved } from "./useMoved.ts"
import { keepTyped } from "./Repair.tsx"
import { Transfer } from "./Transfer.tsx"
import { needsUser } from "./words.ts"

// So many rows are drawn at once; the others on demand.
const page = 200

interface Props {
  readonly person: Person
  readonly workspaceId: number
}

export const OutboxPage = ({ person, workspaceId }: Props) => {
  const { _tag, entries } = useEntries()
  const { status } = useStatus()
  const isOnline = useOnline()
  const moved = useMoved().length
  const now = useNow(status !== undefined && (isTicking(status) || entries.length > 0))
  const [shown, setShown] = useState(page)
  const byId = useMemo(
    () => new Map(entries.flatMap((entry) => (entry.id === undefined ? [] : [[entry.id, entry]]))),
    [entries]
  )
  useEffect(() => {
    if (_tag === "Ready") keepTyped(byId)
  }, [_tag, byId])
  const mine = entries.filter(needsUser)
  const others = entries.filter((entry) => !needsUser(entry))
  const item = (entry: EntryView) => (
    <Entry key={entry.id ?? `row ${entry.seq}`} entry={entry} byId={byId} now={now} workspaceId={workspaceId} />
  )
  return (
    <main className={classes["page"]}>
      <div className={classes["head"]}>
        <Title order={2} size="h3" id="page-title" tabIndex={-1}>
          Outbox
        </Title>
        <Text c="dimmed" className={classes["sentence"] ?? ""}>
          {status === undefined ? "Opening…" : lineOf(status, now, isOnline, moved).text}
        </Text>
        <Queue
          isPaused={status?.queue._tag === "Paused" && status.queue.reason === "ByUser"}
          isEmpty={others.length === 0}
        />
      </div>
      {status?.proxySuspected === true && (
        <Text className={classes["warning"] ?? ""} size="sm">
          Something else than Toggl answers: a network&apos;s sign-in page, or a firewall. Look at your network.
        </Text>
      )}
      {status !== undefined && status.lost > 0 && (
        <Text className={classes["warning"] ?? ""} size="sm">
          {count(status.lost, "change")} went with this browser&apos;s storage, which was cleared while the app was
          open.
        </Text>
      )}
      {mine.length > 0 && (
        <section aria-labelledby="mine">
          <Title order={3} size="h5" id="mine" className={classes["title"] ?? ""}>
            {mine.length === 1 ? "Needs you" : `${mine.length} need you`}
          </Title>
          <ul className={classes["entries"]}>{mine.map(item)}</ul>
        </section>
      )}
      <section aria-labelledby="waiting">
        <Title order={3} size="h5" id="waiting" className={classes["title"] ?? ""}>
          {others.length === 0
            ? "Nothing waits"
            : `${count(others.length, "change")}, in the order in which Toggl gets them`}
        </Title>
        {others.length === 0 && (
          <Text c="dimmed" size="sm" className={classes["empty"] ?? ""}>
            What you change is here until Toggl has it. Then it goes.
          </Text>
        )}
        <ul className={classes["entries"]}>{others.slice(0, shown).map(item)}</ul>
        {others.length > shown && (
          <Button variant="subtle" onClick={() => setShown(others.length)}>
            Show the other {(others.length - shown).toLocaleString()}
          </Button>
        )}
      </section>
      <Transfer hasEntries={entries.length > 0} person={person} />
      <Device status={status} workspaceId={workspaceId} person={person} now={now} />
    </main>
  )
}

const Queue = ({ isEmpty, isPaused }: { readonly isEmpty: boolean; readonly isPaused: boolean }) => {
  const toggl = useToggl()
  const say = useSay()
  const fail = (thrown: unknown) => say({ text: sentence(thrown), isBad: true })
  return (
    <div className={classes["queue"]}>
      {!isEmpty && !isPaused && (
        <Button size="compact-md" variant="default" onClick={() => void toggl.replayNow().catch(fail)}>
          Try now
        </Button>
      )}
      <Button
        size="compact-md"
        variant="default"
        onClick={() => void (isPaused ? toggl.resume() : toggl.pause()).catch(fail)}
      >
        {isPaused ? "Resume" : "Pause"}
      </Button>
    </div>
  )
}
