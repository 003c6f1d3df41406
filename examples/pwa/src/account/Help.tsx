import { Kbd, Modal, Stack, Switch, Text } from "@mantine/core"
import { useMemo } from "react"
import { setShortcuts, useShortcuts, useShortcutsOn } from "../list/shortcuts.ts"
import { goTo } from "../route.ts"
import classes from "./Help.module.css"

const keys: ReadonlyArray<readonly [string, string]> = [
  ["/", "search"],
  ["n", "a new client"],
  ["↑ ↓", "move through the list"],
  ["Enter", "rename, notes"],
  ["a", "archive or restore"],
  ["Delete", "delete"],
  ["o", "the outbox"],
  ["?", "this help"]
]

interface Props {
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onOpen: () => void
}

export const Help = ({ isOpen, onClose, onOpen }: Props) => {
  const isOn = useShortcutsOn()
  useShortcuts(useMemo(() => ({ "?": onOpen, o: () => goTo("outbox") }), [onOpen]))
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keys and help" centered size="sm">
      <Stack gap="md">
        <dl className={classes["keys"]}>
          {keys.map(([key, does]) => (
            <div key={key}>
              <dt>
                <Kbd size="sm">{key}</Kbd>
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <Switch
          label="Single keys do something"
          checked={isOn}
          onChange={(event) => setShortcuts(event.currentTarget.checked)}
        />
        <Text size="sm" c="dimmed">
          What you change is kept on this device first, and sent to Toggl in order. The line at the foot says where it
          is.
        </Text>
      </Stack>
    </Modal>
  )
}
