// Leaves the account. What waits stays on this device, and is sent when its user signs in again.
import { Alert, Button, Checkbox, Group, Modal, Stack, Text } from "@mantine/core"
import { useStatus, useToggl } from "effect-toggl-clients/react"
import { useEffect, useState } from "react"
import { count } from "../parts/times.ts"
import { useSay } from "../parts/Notices.tsx"
import { sentence } from "../parts/sentence.ts"
import { useAttempt } from "../parts/useAttempt.ts"
import { signOut } from "./session.ts"
import { forget, type Known, leave, look, type Person } from "./who.ts"

interface Props {
  readonly isOpen: boolean
  readonly person: Person
  readonly known: ReadonlyArray<Known>
  readonly onClose: () => void
}

export const SignOut = ({ isOpen, known, onClose, person }: Props) => (
  <Modal opened={isOpen} onClose={onClose} title={`Sign out ${person.name}?`} centered size="md">
    <Form known={known} onClose={onClose} person={person} />
  </Modal>
)

/** How many changes Toggl does not have, with those that were moved into a file and not confirmed; `undefined` until it is known. */
const useUnsaved = (): number | undefined => {
  const toggl = useToggl()
  const { status } = useStatus()
  const [moved, setMoved] = useState<number>()
  useEffect(() => {
    let isOver = false
    toggl.moved().then(
      (entries) => (isOver ? undefined : setMoved(entries.length)),
      // a storage that cannot be read has none to lose; the status tells of it
      () => (isOver ? undefined : setMoved(0))
    )
    return () => {
      isOver = true
    }
  }, [toggl, status])
  return status === undefined || moved === undefined
    ? undefined
    : status.waiting + status.refused + status.unreadable + moved
}

const Form = ({ known, onClose, person }: Omit<Props, "isOpen">) => {
  const toggl = useToggl()
  const say = useSay()
  const { isRunning, problem, run } = useAttempt()
  const [isRemoving, setRemoving] = useState(false)
  const [told, setTold] = useState<string>()
  const unsaved = useUnsaved()
  const here = unsaved ?? 0
  const others = known.filter(({ account }) => account !== person.account)

  const go = (next?: Person) =>
    void run(async () => {
      // a storage that is refused, or never answers, keeps nobody signed in
      await toggl.signOut().catch((thrown: unknown) => {
        if (isRemoving) throw thrown
        say({ text: sentence(thrown), isBad: true })
      })
      const isSessionLeft = await signOut(person).then(
        (isOver) => !isOver,
        (thrown: unknown) => {
          say({ text: sentence(thrown), isBad: true })
          return true
        }
      )
      if (isRemoving) await toggl.purge()
      await (isRemoving ? forget(person, isSessionLeft) : leave(person, unsaved, isSessionLeft))
      if (next !== undefined) await look(next)
    })

  const sendNow = () =>
    void run(async () => {
      const { refused, sent, waiting } = await toggl.flush({ timeLimit: "20 seconds" })
      setTold(`${count(sent, "change")} sent, ${refused} refused, ${waiting.length} still here.`)
    })

  return (
    <Stack gap="md">
      {unsaved === undefined ? (
        <Text>Looking what waits…</Text>
      ) : here === 0 ? (
        <Text>Everything is saved in Toggl. The list stays on this device for the next time.</Text>
      ) : (
        <Text>
          {count(here, "change")} {here === 1 ? "is" : "are"} not in Toggl yet. {here === 1 ? "It stays" : "They stay"}{" "}
          on this device, and {here === 1 ? "is" : "are"} sent when {person.name} signs in here again.
        </Text>
      )}
      {told !== undefined && <Text size="sm">{told}</Text>}
      {problem !== undefined && <Alert color="red">{problem}</Alert>}
      <Checkbox
        checked={isRemoving}
        onChange={(event) => setRemoving(event.currentTarget.checked)}
        disabled={unsaved === undefined}
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
          <Button
            key={other.account}
            variant="light"
            loading={isRunning}
            disabled={unsaved === undefined}
            onClick={() => go(other)}
          >
            Switch to {other.name}
          </Button>
        ))}
        <Button
          color={isRemoving && here > 0 ? "red" : "plum"}
          loading={isRunning}
          disabled={unsaved === undefined}
          onClick={() => go()}
        >
          Sign out
        </Button>
      </Group>
    </Stack>
  )
}
