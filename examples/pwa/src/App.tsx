import { TogglProvider } from "effect-toggl-clients/react"
import type { TogglClients } from "effect-toggl-clients/promise"
import { useEffect, useState } from "react"
import { desktop } from "./account/desktop.ts"
import { SignInPage } from "./account/SignInPage.tsx"
import { openFor } from "./account/toggl.ts"
import { type Known, type Person, useWho } from "./account/who.ts"
import { Shell } from "./Shell.tsx"

export const App = () => {
  const who = useWho()
  if (who._tag === "Loading") return null
  if (who._tag === "Nobody") return <SignInPage known={who.known} isSessionLeft={who.isSessionLeft} />
  return <Opened key={who.person.account} person={who.person} known={who.known} />
}

const Opened = ({ known, person }: { readonly person: Person; readonly known: ReadonlyArray<Known> }) => {
  const { account } = person
  const [toggl, setToggl] = useState<TogglClients>()
  // Opened twice it is the same, counted: each has its close.
  useEffect(() => {
    const opened = openFor(account)
    setToggl(opened)
    const stay = desktop?.onQuit(() => opened.flush({ timeLimit: "2500 millis" }))
    return () => {
      stay?.()
      void opened.close()
    }
  }, [account])
  if (toggl === undefined) return null
  return (
    <TogglProvider toggl={toggl}>
      <Shell person={person} known={known} />
    </TogglProvider>
  )
}
