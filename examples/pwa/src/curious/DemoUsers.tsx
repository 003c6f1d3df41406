import { Button, Group, Text } from "@mantine/core"
import { signIn } from "../account/session.ts"
import type { Person } from "../account/who.ts"
import { Problem } from "../parts/Problem.tsx"
import { useAttempt } from "../parts/useAttempt.ts"
import classes from "./Panel.module.css"
import { useDemo } from "./demo.ts"

/** On the demo's Toggl there are users to try it as. */
export const DemoUsers = ({ onSignedIn }: { readonly onSignedIn?: (person: Person) => Promise<void> }) => {
  const demo = useDemo(false)
  const { isRunning, problem, run } = useAttempt()
  if (demo === undefined) return null
  return (
    <section aria-label="The demo's users" className={classes["users"]}>
      <Text size="sm">This is a demo, on a Toggl of its own. Sign in as</Text>
      <Group gap="xs" mt="xs">
        {demo.users.map(({ name, token }) => (
          <Button
            key={name}
            size="compact-md"
            variant="light"
            loading={isRunning}
            onClick={() =>
              void run(async () => {
                const person = await signIn(token)
                await onSignedIn?.(person)
              })
            }
          >
            {name}
          </Button>
        ))}
      </Group>
      <Problem mt="xs">{problem}</Problem>
    </section>
  )
}
