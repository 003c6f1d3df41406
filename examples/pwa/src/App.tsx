import { TogglProvider } from "effect-toggl-clients/react"
import type { TogglClients } from "effect-toggl-clients/promise"
import { useEffect, useState } from "react"
import { desktop } from "./account/desktop.ts"
import { SignInPage } from "./account/SignInPage.tsx"
import { openFor } from "./account/toggl.ts"
import { type Known, type Person, useWho } from "./account/who.ts"
import { demoIsKnown } from "./curious/demo.ts"
import { Message } from "./parts/Message.tsx"
import { Shell } from "./Shell.tsx"
import { Versions } from "./update/Update.tsx"

export const App = () => {
  const content = <Content />
  return desktop === undefined ? <Versions>{content}</Versions> : content
}

const Content = () => {
  const who = useWho()
  if (who._tag === "Loading") return <Message text="Opening…" />
  if (who._tag === "Nobody") return <SignInPage known={who.known} isSessionLeft={who.isSessionLeft} />
  return <Opened key={who.person.account} person={who.person} known={who.known} />
}

const Opened = ({ known, person }: { readonly person: Person; readonly known: ReadonlyArray<Known> }) => {
  const { account } = person
  const [toggl, setToggl] = useState<TogglClients>()
  // Opened twice it is the same, counted: each has its close.
  useEffect(() => {
    let close = (): unknown => undefined
    let isLeft = false
    void demoIsKnown().then(() => {
      if (isLeft) return
      const opened = openFor(account)
      setToggl(opened)
      const stay = desktop?.onQuit(() => opened.flush({ timeLimit: "2500 millis" }))
      close = () => {
        stay?.()
        void opened.close()
      }
    })
    return () => {
      isLeft = true
      close()
    }
  }, [account])
  if (toggl === undefined) return <Message text="Opening…" />
  return (
    <TogglProvider toggl={toggl}>
      <Shell person={person} known={known} />
    </TogglProvider>
  )
}
