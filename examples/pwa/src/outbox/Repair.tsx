// The way out of what Toggl has refused, or what keeps failing: another name, other notes, once more, or which client it is.
import { Button, Text, Textarea, TextInput } from "@mantine/core"
import type { ClientView, EntryView } from "effect-toggl-clients/promise"
import { useClients, useToggl } from "effect-toggl-clients/react"
import { useState } from "react"
import { useSay } from "../parts/Notices.tsx"
import { Problem } from "../parts/Problem.tsx"
import { useAttempt } from "../parts/useAttempt.ts"
import classes from "./Entry.module.css"
import { titleOf } from "./words.ts"

interface Props {
  readonly entry: EntryView
  readonly byId: ReadonlyMap<string, EntryView>
  readonly workspaceId: number
  readonly onDiscard: () => void
}

const suggested = (name: string): string => {
  const numbered = /^(.*) \((\d+)\)$/.exec(name)
  return numbered === null ? `${name} (2)` : `${numbered[1] ?? name} (${Number(numbered[2]) + 1})`
}

const nameIn = ({ mutation }: EntryView): string | undefined =>
  mutation?._tag === "Create" ? mutation.name : mutation?._tag === "Update" ? mutation.change.name : undefined

const notesIn = ({ mutation }: EntryView): string | undefined =>
  mutation?._tag === "Create" ? mutation.notes : mutation?._tag === "Update" ? mutation.change.notes : undefined

// What is being typed, by entry: a try in between, or a look at another page, takes none of it away.
const typed = new Map<string, { readonly name: string; readonly notes: string }>()

/** What was typed for changes that are settled is of no use to anybody. */
export const keepTyped = (entries: ReadonlyMap<string, EntryView>): void => {
  for (const id of typed.keys()) if (!entries.has(id)) typed.delete(id)
}

// The browser asks before it takes that away.
addEventListener("beforeunload", (event) => {
  if (typed.size > 0) event.preventDefault()
})

export const Repair = ({ byId, entry, onDiscard, workspaceId }: Props) => {
  const toggl = useToggl()
  const say = useSay()
  const { isRunning, problem, run } = useAttempt()
  const { id, refused } = entry
  const isTaken = refused?._tag === "InvalidName"
  const before = id === undefined ? undefined : typed.get(id)
  const [isEditing, setEditing] = useState(isTaken || before !== undefined)
  const [isChoosing, setChoosing] = useState(false)
  const nameNow = nameIn(entry)
  const notesNow = notesIn(entry)
  const asItWas = {
    name: isTaken && refused.reason === "Taken" ? suggested(refused.name) : (nameNow ?? ""),
    notes: notesNow ?? ""
  }
  const [{ name, notes }, setText] = useState(before ?? asItWas)
  const change = (text: { readonly name: string; readonly notes: string }) => {
    setText(text)
    if (id === undefined) return
    // as it was is nothing typed
    if (text.name === asItWas.name && text.notes === asItWas.notes) typed.delete(id)
    else typed.set(id, text)
  }
  const canEdit = nameNow !== undefined || notesNow !== undefined

  const again = (edit?: { readonly name?: string; readonly notes?: string }) => {
    if (id !== undefined) {
      void run(async () => {
        await toggl.retry(id, edit)
        typed.delete(id)
        say({ text: `${titleOf(entry, byId)}: it is tried again.` })
      })
    }
  }

  const save = () =>
    again({
      ...(nameNow === undefined || name === nameNow ? {} : { name }),
      ...(notesNow === undefined || notes === notesNow ? {} : { notes })
    })

  if (id === undefined) {
    return (
      <Button size="compact-sm" variant="default" onClick={onDiscard}>
        Discard…
      </Button>
    )
  }
  return (
    <form
      className={classes["repair"]}
      aria-label={`Repair: ${titleOf(entry, byId)}`}
      onSubmit={(event) => {
        event.preventDefault()
        if (isEditing) save()
        else again()
      }}
    >
      {isEditing && nameNow !== undefined && (
        <TextInput
          label={isTaken ? "Another name" : "Name"}
          size="xs"
          value={name}
          onChange={(event) => change({ name: event.currentTarget.value, notes })}
        />
      )}
      {isEditing && notesNow !== undefined && !isTaken && (
        <Textarea
          label="Notes"
          size="xs"
          autosize
          maxRows={6}
          value={notes}
          onChange={(event) => change({ name, notes: event.currentTarget.value })}
        />
      )}
      {isChoosing && (
        <Choose
          entryId={id}
          name={nameNow ?? ""}
          asked={refused?._tag === "Undecided" ? refused.found : []}
          workspaceId={entry.mutation?.workspaceId ?? workspaceId}
        />
      )}
      <Problem>{problem}</Problem>
      <div className={classes["buttons"]}>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={onDiscard}>
          Discard…
        </Button>
        {refused?._tag === "Undecided" && !isChoosing && (
          <Button size="compact-sm" variant="default" onClick={() => setChoosing(true)}>
            It is in Toggl…
          </Button>
        )}
        {canEdit && !isEditing && (
          <Button size="compact-sm" variant="default" onClick={() => setEditing(true)}>
            Change it…
          </Button>
        )}
        <Button size="compact-sm" type="submit" loading={isRunning}>
          {isEditing ? (isTaken ? "Use this name" : "Save and try again") : "Try again"}
        </Button>
      </div>
    </form>
  )
}

const near = (clients: ReadonlyArray<ClientView>, name: string): ReadonlyArray<ClientView> => {
  const start = name.trim().slice(0, 4).toLowerCase()
  const likely = clients.filter((client) => client.id > 0 && client.name.toLowerCase().startsWith(start))
  return likely.slice(0, 8)
}

/** Which client of Toggl's an undecided change has made. */
const Choose = ({
  asked,
  entryId,
  name,
  workspaceId
}: {
  readonly entryId: string
  readonly name: string
  /** What Toggl has named when it was asked: the list on this device may not have it yet. */
  readonly asked: ReadonlyArray<{ readonly id: number; readonly name: string }>
  readonly workspaceId: number
}) => {
  const toggl = useToggl()
  const { clients } = useClients(workspaceId, { status: "both" })
  const { isRunning, problem, run } = useAttempt()
  const others = near(clients, name).filter(({ id }) => asked.every((client) => client.id !== id))
  const found = [...asked, ...others]
  return (
    <div role="group" aria-label="Which client is it?">
      <Text size="sm">
        {found.length === 0 ? "The list on this device has none that begins like it." : "Which client is it?"}
      </Text>
      <div className={classes["choices"]}>
        {found.map((client) => (
          <Button
            key={client.id}
            size="compact-sm"
            variant="default"
            loading={isRunning}
            onClick={() => void run(() => toggl.adopt(entryId, client.id))}
          >
            {client.name}
          </Button>
        ))}
      </div>
      <Problem>{problem}</Problem>
    </div>
  )
}
