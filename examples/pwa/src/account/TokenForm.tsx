// Asks for the API token. It is sent to the app's own server, or kept by this page alone: it is never stored here.
import { Button, PasswordInput, Stack, Text } from "@mantine/core"
import { type ReactNode, useState } from "react"
import { useSay } from "../parts/Notices.tsx"
import { useAttempt } from "../parts/useAttempt.ts"
import { useOnline } from "../status/useOnline.ts"
import { isDirect } from "./address.ts"
import { desktop } from "./desktop.ts"
import { isForgottenAtEnd, signIn } from "./session.ts"
import type { Person } from "./who.ts"

interface Props {
  readonly children?: ReactNode
  /** Signing in has let them in already: what is to be done besides. */
  readonly onSignedIn?: (person: Person) => Promise<void>
}

export const TokenForm = ({ children, onSignedIn }: Props) => {
  const [text, setText] = useState("")
  const { isRunning, problem, run } = useAttempt()
  const isOnline = useOnline()
  const say = useSay()
  const isEmpty = text.trim() === ""
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (!isEmpty) {
          void run(async () => {
            const person = await signIn(text.trim())
            await onSignedIn?.(person)
            if (isForgottenAtEnd()) say({ text: "Your system keeps no secret safe: sign in again at the next start." })
          })
        }
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          label="API token"
          description="At the foot of your Toggl profile page"
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={problem}
          autoComplete="off"
          data-autofocus
          required
          withAsterisk={false}
        />
        {children}
        <Button type="submit" loading={isRunning} disabled={isEmpty}>
          Sign in
        </Button>
        <Text size="xs" c="dimmed">
          {isOnline
            ? isDirect
              ? "Only this page has the token, until it is closed."
              : desktop === undefined
                ? "This app's server keeps the token. No page does."
                : "The token is kept outside of the page, by your system where that keeps secrets safe."
            : "You are offline: signing in needs the network."}
        </Text>
      </Stack>
    </form>
  )
}
