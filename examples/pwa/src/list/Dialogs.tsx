import { Button, Checkbox, Group, Modal, Radio, Stack, Text, TextInput } from "@mantine/core"
import type { ClientView } from "effect-toggl-clients/promise"
import { useState } from "react"
import { type Actions, type Dialog, type Projects, projectsOf } from "./useActions.ts"

interface Props {
  readonly client: ClientView
  readonly actions: Actions
  readonly onClose: () => void
}

const Delete = ({ actions, client, onClose }: Props) => (
  <Stack gap="md">
    <Text>Its projects stay, without a client. Once Toggl has done it, it cannot be undone.</Text>
    <Group justify="flex-end" gap="xs">
      <Button variant="default" onClick={onClose}>
        Keep it
      </Button>
      <Button
        color="red"
        data-autofocus
        onClick={() => {
          onClose()
          actions.remove(client)
        }}
      >
        Delete
      </Button>
    </Group>
  </Stack>
)

const numbers = (text: string): ReadonlyArray<number> | undefined => {
  const parts = text.split(/[\s,;]+/).filter((part) => part !== "")
  const ids = parts.map(Number)
  return ids.length > 0 && ids.every((id) => Number.isSafeInteger(id) && id > 0) ? ids : undefined
}

const Restore = ({ actions, client, onClose }: Props) => {
  const known = projectsOf(client)
  const [choice, setChoice] = useState<string>("none")
  const [chosen, setChosen] = useState<ReadonlyArray<number>>(known)
  const [text, setText] = useState("")
  const ids = known.length > 0 ? (chosen.length > 0 ? chosen : undefined) : numbers(text)
  const [isMissing, setMissing] = useState(false)
  const restore = () => {
    const projects: Projects | undefined = choice === "none" ? "none" : choice === "all" ? "all" : ids
    if (projects === undefined) return setMissing(true)
    onClose()
    actions.restore(client, projects)
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        restore()
      }}
    >
      <Stack gap="md">
        <Radio.Group value={choice} onChange={setChoice} label="Which of its projects come back?">
          <Stack gap="xs" mt="xs">
            <Radio value="none" label="None" data-autofocus />
            <Radio value="all" label="All that were archived" />
            <Radio value="some" label="Only some" />
          </Stack>
        </Radio.Group>
        {choice === "some" && known.length > 0 && (
          <Checkbox.Group
            aria-label="Projects"
            value={chosen.map(String)}
            onChange={(values) => setChosen(values.map(Number))}
            error={isMissing && ids === undefined ? "Choose at least one." : undefined}
          >
            <Stack gap="xs">
              {known.map((id) => (
                <Checkbox key={id} value={String(id)} label={`Project ${id}`} />
              ))}
            </Stack>
          </Checkbox.Group>
        )}
        {choice === "some" && known.length === 0 && (
          <TextInput
            label="Project ids"
            description="They stand in the address of a project's page in Toggl."
            placeholder="101, 102"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={
              isMissing && ids === undefined ? "Write ids of projects: whole numbers, with commas between." : undefined
            }
          />
        )}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit">Restore</Button>
        </Group>
      </Stack>
    </form>
  )
}

export const Dialogs = ({
  actions,
  dialog,
  onClose
}: {
  readonly actions: Actions
  readonly dialog: Dialog | undefined
  readonly onClose: () => void
}) => (
  <Modal
    opened={dialog !== undefined}
    onClose={onClose}
    title={dialog && `${dialog.kind === "delete" ? "Delete" : "Restore"} ${dialog.client.name}?`}
    centered
    size="sm"
  >
    {dialog?.kind === "delete" && <Delete client={dialog.client} actions={actions} onClose={onClose} />}
    {dialog?.kind === "restore" && <Restore client={dialog.client} actions={actions} onClose={onClose} />}
  </Modal>
)
