import { Alert, Button, Paper, Stack, Text, Title } from "@mantine/core"
import { useEffect, useState } from "react"
import { useOnline } from "../status/useOnline.ts"
import { DemoUsers } from "../curious/DemoUsers.tsx"
import { count } from "../parts/times.ts"
import { sentence } from "../parts/sentence.ts"
import { useLeftProblem } from "./left.ts"
import { current } from "./session.ts"
import classes from "./SignInPage.module.css"
import { Update } from "../update/Update.tsx"
import { TokenForm } from "./TokenForm.tsx"
import { enterIfNobody, type Known, look } from "./who.ts"

const waiting = ({ waiting: n }: Known) => (n === 0 ? "" : `: ${count(n, "change")} not sent yet`)

interface Props {
  readonly known: ReadonlyArray<Known>
  readonly isSessionLeft: boolean
}

export const SignInPage = ({ isSessionLeft, known }: Props) => {
  const leftProblem = useLeftProblem()
  const [ownProblem, setProblem] = useState<string>()
  const problem = isSessionLeft ? leftProblem : ownProblem
  const isOnline = useOnline()
  useEffect(() => {
    if (isSessionLeft) return
    let isOver = false
    // somebody may be signed in at the server already
    current().then(
      (person) => (isOver || person === undefined ? undefined : enterIfNobody(person)),
      (thrown: unknown) => (isOver ? undefined : setProblem(sentence(thrown)))
    )
    return () => {
      isOver = true
      setProblem(undefined)
    }
  }, [isSessionLeft, isOnline])
  return (
    <div className={classes["screen"]}>
      <main className={classes["page"]}>
        <Paper className={classes["card"] ?? ""} withBorder p="xl">
          <Stack gap="md">
            <div>
              <Title order={1} size="h2">
                Clients
              </Title>
              <Text c="dimmed">Your workspace's clients in Toggl Track, also offline.</Text>
            </div>
            {problem !== undefined && <Alert color="red">{problem}</Alert>}
            <TokenForm />
            <DemoUsers />
            {known.length > 0 && (
              <section aria-label="On this device">
                <Text size="sm" fw={600}>
                  On this device
                </Text>
                {known.map((person) => (
                  <div key={person.account} className={classes["known"]}>
                    <Text size="sm">
                      {person.name}
                      {waiting(person)}
                    </Text>
                    <Button size="compact-sm" variant="subtle" onClick={() => void look(person)}>
                      Open
                    </Button>
                  </div>
                ))}
                <Text size="xs" c="dimmed">
                  What you open works offline. To send changes, sign in as that user.
                </Text>
              </section>
            )}
          </Stack>
        </Paper>
      </main>
      <Update waiting={known.reduce((sum, one) => sum + one.waiting, 0)} />
    </div>
  )
}
