// The changes as a file: a copy to keep, or moved to another device. Nothing leaves before the user has the file.
import { Button, FileButton, Group, Text, Title } from "@mantine/core"
import { useStatus, useToggl } from "effect-toggl-clients/react"
import { useState } from "react"
import type { Person } from "../account/who.ts"
import { useSay } from "../parts/Notices.tsx"
import { count } from "../parts/times.ts"
import { Problem } from "../parts/Problem.tsx"
import { useAttempt } from "../parts/useAttempt.ts"
import classes from "./OutboxPage.module.css"
import { lookAgain, useMoved } from "./useMoved.ts"

const day = () => new Date().toISOString().slice(0, 10)

const save = (json: string, person: Person) => {
  const address = URL.createObjectURL(new Blob([json], { type: "application/json" }))
  const link = document.createElement("a")
  link.href = address
  link.download = `toggl-changes-${person.account}-${day()}.json`
  link.click()
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

interface Props {
  readonly hasEntries: boolean
  readonly person: Person
}

export const Transfer = ({ hasEntries, person }: Props) => {
  const toggl = useToggl()
  const say = useSay()
  const { problem, run } = useAttempt()
  const moved = useMoved()
  const waiting = useStatus().status?.waiting ?? 0
  const [file, setFile] = useState<string>()

  const copy = () => void run(async () => save(await toggl.exportEntries(), person))

  // Those that were taken before, and never confirmed, come along again.
  const take = () =>
    void run(async () => {
      const json = await toggl.exportEntries({ take: true })
      setFile(json)
      save(json, person)
      lookAgain()
    })

  const confirm = () =>
    void run(async () => {
      if (file === undefined) return
      const n = await toggl.confirmExport(file)
      setFile(undefined)
      say({ text: `${count(n, "change")} left this device with the file.` })
      lookAgain()
    })

  const bringBack = () =>
    void run(async () => {
      // with what was done since, so that all of it comes back in its order
      const n = await toggl.importEntries(await toggl.exportEntries({ take: true }))
      setFile(undefined)
      say({ text: `${count(n, "change")} ${n === 1 ? "is" : "are"} back in the outbox.` })
      lookAgain()
    })

  const open = (chosen: File | null) => {
    if (chosen === null) return
    void run(async () => {
      const n = await toggl.importEntries(await chosen.text())
      say({
        text: n === 0 ? "All changes in this file are known here already." : `${count(n, "change")} came with the file.`
      })
      lookAgain()
    })
  }

  return (
    <section aria-labelledby="file">
      <Title order={3} size="h5" id="file" className={classes["title"] ?? ""}>
        As a file
      </Title>
      {moved.length > 0 && (
        <div className={classes["warning"]}>
          <Text size="sm">
            {count(moved.length, "change")} {moved.length === 1 ? "was" : "were"} moved into a file, and{" "}
            {moved.length === 1 ? "is" : "are"} not sent from here. Have you got the file? Keep them here only if no
            other device has opened it: both would send them.
          </Text>
          <Group gap="xs" mt="xs">
            {file !== undefined && (
              <Button size="compact-sm" onClick={confirm}>
                I have it
              </Button>
            )}
            <Button size="compact-sm" variant="default" onClick={take}>
              {waiting > 0 ? "Save it again, with what waits now" : "Save it again"}
            </Button>
            <Button size="compact-sm" variant="default" onClick={bringBack}>
              Keep them here after all
            </Button>
          </Group>
        </div>
      )}
      <Group gap="xs" mt="xs">
        <Button size="compact-md" variant="default" disabled={!hasEntries} onClick={copy}>
          Save a copy
        </Button>
        <Button size="compact-md" variant="default" disabled={!hasEntries} onClick={take}>
          Move to another device
        </Button>
        <FileButton accept="application/json,.json" onChange={open}>
          {(props) => (
            <Button {...props} size="compact-md" variant="default">
              Open a file…
            </Button>
          )}
        </FileButton>
      </Group>
      <Problem mt="xs">{problem}</Problem>
      <Text size="xs" c="dimmed" mt="xs">
        A copy is for safety: opened on another device, both would send it. Moved changes are sent by the device that
        opens the file.
      </Text>
    </section>
  )
}
