import { Button, Group, Modal, Stack, TextInput } from "@mantine/core"
import { useToggl } from "effect-toggl-clients/react"
import { useState } from "react"
import { useAttempt } from "../parts/useAttempt.ts"
import { chooseWorkspace, type Person } from "./who.ts"

interface Props {
  readonly isOpen: boolean
  readonly person: Person
  readonly onClose: () => void
}

export const ChooseWorkspace = ({ isOpen, onClose, person }: Props) => (
  <Modal opened={isOpen} onClose={onClose} title="Workspace" centered size="sm">
    <Form person={person} onClose={onClose} />
  </Modal>
)

const Form = ({ onClose, person }: Omit<Props, "isOpen">) => {
  const toggl = useToggl()
  const [text, setText] = useState(String(person.workspaceId ?? ""))
  const { isRunning, problem, run } = useAttempt()
  const choose = async () => {
    const id = Number(text.trim())
    if (!Number.isSafeInteger(id) || id <= 0)
      throw new Error("A workspace's id is a whole number, as in toggl.com/…/2230580.")
    // asked before it is kept: a wrong one is told here. What is on this device already needs no asking.
    await toggl.list(id, { freshness: "Local" }).catch(() => toggl.list(id, { freshness: "Toggl" }))
    await chooseWorkspace(person, id)
    onClose()
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void run(choose)
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Workspace id"
          description="It stands in the address of the workspace's settings in Toggl."
          inputMode="numeric"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={problem}
          data-autofocus
        />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isRunning}>
            Open
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
