import { Button, Text } from "@mantine/core"
import type { EntryView } from "effect-toggl-clients/promise"
import { useToggl } from "effect-toggl-clients/react"
import { useRef, useState } from "react"
import { useSay } from "../parts/Notices.tsx"
import { count } from "../parts/times.ts"
import { Problem } from "../parts/Problem.tsx"
import { useAttempt } from "../parts/useAttempt.ts"
import classes from "./Entry.module.css"
import { Repair } from "./Repair.tsx"
import { goingWith, madeAt, mayBeApplied, needsUser, reasonOf, titleOf } from "./words.ts"

interface Props {
  readonly entry: EntryView
  readonly byId: ReadonlyMap<string, EntryView>
  readonly now: number
  readonly workspaceId: number
}

export const Entry = ({ byId, entry, now, workspaceId }: Props) => {
  const [isDiscarding, setDiscarding] = useState(false)
  const isMine = needsUser(entry)
  const isSending = entry.reason?._tag === "InProgress"
  const made = madeAt(entry, now)
  const elsewhere =
    entry.mutation === undefined || entry.mutation.workspaceId === workspaceId ? undefined : entry.mutation.workspaceId
  const item = useRef<HTMLLIElement>(null)
  const keep = () => {
    setDiscarding(false)
    // what asked is gone: the focus goes back to what it was asked of
    requestAnimationFrame(() => item.current?.querySelector("button")?.focus())
  }
  return (
    <li ref={item} className={classes["entry"]} data-mine={isMine || undefined} data-sending={isSending || undefined}>
      <div className={classes["words"]}>
        <Text fw={500} className={classes["title"] ?? ""}>
          {titleOf(entry, byId)}
        </Text>
        <Text size="sm" className={isMine ? (classes["why"] ?? "") : (classes["reason"] ?? "")}>
          {entry.refused?.message ?? reasonOf(entry, byId, now) ?? "Its row stays as it is until you discard it."}
        </Text>
        {isMine && entry.reason !== undefined && "error" in entry.reason && entry.reason.error !== undefined && (
          <Text size="sm" c="dimmed">
            The last try: {entry.reason.error.message}
          </Text>
        )}
        <Text size="xs" c="dimmed">
          {[
            elsewhere === undefined ? undefined : `workspace ${elsewhere}`,
            made,
            entry.attempts > 0 ? `tried ${count(entry.attempts, "time")}` : undefined
          ]
            .filter((part) => part !== undefined)
            .join(", ")}
          {entry.dependents.length > 0 &&
            `. ${count(entry.dependents.length, "change")} ${entry.dependents.length === 1 ? "waits" : "wait"} for it`}
        </Text>
      </div>
      {isDiscarding ? (
        <Discard entry={entry} byId={byId} onClose={keep} />
      ) : isMine ? (
        <Repair entry={entry} byId={byId} workspaceId={workspaceId} onDiscard={() => setDiscarding(true)} />
      ) : (
        <Button
          size="compact-sm"
          variant="subtle"
          color="gray"
          disabled={isSending}
          aria-label={`Discard: ${titleOf(entry, byId)}`}
          onClick={() => setDiscarding(true)}
        >
          Discard
        </Button>
      )}
    </li>
  )
}

const Discard = ({ byId, entry, onClose }: Pick<Props, "entry" | "byId"> & { readonly onClose: () => void }) => {
  const toggl = useToggl()
  const say = useSay()
  const { isRunning, problem, run } = useAttempt()
  const dependents = goingWith(entry, [...byId.values()])
  const isDoubtful = [entry, ...dependents].some(mayBeApplied)
  const discard = () =>
    void run(async () => {
      const gone = await toggl.discard(entry.id ?? { seq: entry.seq })
      document.getElementById("page-title")?.focus()
      const mayBe = gone.some(({ mayHaveBeenApplied }) => mayHaveBeenApplied)
      say({
        text: `${count(Math.max(1, gone.length), "change")} discarded.${mayBe ? " Toggl may have it all the same: the list shows it once Toggl is asked." : ""}`
      })
    })
  return (
    <div className={classes["discard"]} role="group" aria-label="Discard?">
      <Text size="sm">{dependents.length === 0 ? "Discard this change?" : "These go with it:"}</Text>
      {dependents.length > 0 && (
        <ul className={classes["with"]}>
          {dependents.slice(0, 8).map((dependent) => (
            <li key={dependent.seq}>{titleOf(dependent, byId)}</li>
          ))}
          {dependents.length > 8 && <li>{count(dependents.length - 8, "other change")}</li>}
        </ul>
      )}
      {isDoubtful && (
        <Text size="sm">Toggl may have done it already, for an answer got lost. Discarding does not undo that.</Text>
      )}
      <Problem>{problem}</Problem>
      <div className={classes["buttons"]}>
        <Button size="compact-sm" variant="default" onClick={onClose}>
          Keep
        </Button>
        <Button size="compact-sm" color="red" loading={isRunning} onClick={discard} autoFocus>
          {dependents.length === 0 ? "Discard" : `Discard ${dependents.length + 1} changes`}
        </Button>
      </div>
    </div>
  )
}
