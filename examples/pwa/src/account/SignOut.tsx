// Leaves the account. What waits stays on this device, and is sent when its user signs in again.
import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core"
import { useStatus, useToggl } from "effect-toggl-clients/react"
import { useState } from "react"
import { count } from "../parts/times.ts"
import { useAttempt } from "../parts/useAttempt.ts"
import { signOut } from "./session.ts"
import { enter, forget, type Known, leave, type Person } from "./who.ts"

interface Props {
  readonly isOpen: boolean
  readonly person: Person
  readonly known: ReadonlyArray<Known>
  readonly onClose: () => void
}

export const SignOut = ({ isOpen, known, onClose, person }: Props) => {
  const toggl = useToggl()
  const { status } = useStatus()
  const { isRunning, problem, run } = useAttempt()
  const [isRemoving, setRemoving] = useState(false)
  const [told, setTold] = useState<string>()
  const here = status === undefined ? 0 : status.waiting + status.refused + status.unreadable
  const others = known.filter(({ account }) => account !== person.account)

  const go = (next?: Person) =>
    void run(async () => {
      await toggl.signOut()
      const isSessionLeft = !(await signOut())
      if (isRemoving) await toggl.purge()
      await (isRemoving ? forget(person, isSessionLeft) : leave(person, here, isSessionLeft))
      if (next !== undefined) await enter(next)
    })

  const sendNow = () =>
    void run(async () => {
      const { refused, sent, waiting } = await toggl.flush({ timeLimit: "20 seconds" })
      setTold(`${count(sent, "change")} sent, ${refused} refused, ${waiting.length} still here.`)
    })

  return (
    <Modal opened={isOpen} onClose={onClose} title={`Sign out ${person.name}?`} centered size="md">
      <Stack gap="md">
        {here === 0 ? (
          <Text>Everything is saved in Toggl. The list stays on this device for the next time.</Text>
        ) : (
          <Text>
            {count(here, "change")} {here === 1 ? "is" : "are"} not in Toggl yet.{" "}
            {here === 1 ? "It stays" : "They stay"} on this device, and {here === 1 ? "is" : "are"} sent when{" "}
            {person.name} signs in here again.
          </Text>
        )}
        {told !== undefined && <Text size="sm">{told}</Text>}
        {problem !== undefined && <Alert color="red">{problem}</Alert>}
        <Checkbox
          checked={isRemoving}
          onChange={(event) => setRemoving(event.currentTarget.checked)}
          label="Remove the clients from this device too"
          description={
            here === 0 ? "For a device that is not yours." : `${count(here, "change")} would be lost for good.`
          }
          {...(here > 0 && isRemoving ? { error: "What is not sent cannot be brought back." } : {})}
        />
        <Group justify="flex-end" gap="xs">
          {here > 0 && (
            <Button variant="default" onClick={sendNow} loading={isRunning}>
              Send now
            </Button>
          )}
          <Button variant="default" onClick={onClose}>
            Stay
          </Button>
          {others.map((other) => (
            <Button key={other.account} variant="light" loading={isRunning} onClick={() => go(other)}>
              Switch to {other.name}
            </Button>
          ))}
          <Button color={isRemoving && here > 0 ? "red" : "plum"} loading={isRunning} onClick={() => go()}>
            Sign out
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
