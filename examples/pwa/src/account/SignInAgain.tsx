import { Modal, Text } from "@mantine/core"
import { useToggl } from "effect-toggl-clients/react"
import { useSay } from "../parts/Notices.tsx"
import { DemoUsers } from "../curious/DemoUsers.tsx"
import { TokenForm } from "./TokenForm.tsx"
import type { Person } from "./who.ts"

interface Props {
  readonly isOpen: boolean
  readonly person: Person
  readonly onClose: () => void
}

export const SignInAgain = ({ isOpen, onClose, person }: Props) => {
  const toggl = useToggl()
  const say = useSay()
  const signedIn = async (other: Person) => {
    if (other.account !== person.account) {
      // the other's clients are another database: what waits here stays
      onClose()
      return say({ text: `You are signed in as ${other.name}. ${person.name}'s changes stay on this device.` })
    }
    await toggl.signIn()
    onClose()
    say({ text: `You are signed in as ${person.name}.` })
  }
  return (
    <Modal opened={isOpen} onClose={onClose} title={`Sign in as ${person.name}`} centered size="sm">
      <TokenForm onSignedIn={signedIn}>
        <Text size="xs" c="dimmed">
          What waits on this device is {person.name}&apos;s, and is sent for no one else.
        </Text>
      </TokenForm>
      <DemoUsers onSignedIn={signedIn} />
    </Modal>
  )
}
