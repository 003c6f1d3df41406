import { ActionIcon, Menu } from "@mantine/core"
import { useStatus } from "effect-toggl-clients/react"
import { useEffect, useRef, useState } from "react"
import { Help } from "./account/Help.tsx"
import { SignInAgain } from "./account/SignInAgain.tsx"
import { SignOut } from "./account/SignOut.tsx"
import type { Known, Person } from "./account/who.ts"
import { ChooseWorkspace } from "./account/ChooseWorkspace.tsx"
import { CuriousButton, CuriousPanel, useCurious } from "./curious/Panel.tsx"
import { ClientsPage } from "./list/ClientsPage.tsx"
import { OutboxPage } from "./outbox/OutboxPage.tsx"
import { PersonIcon } from "./parts/icons.tsx"
import { hrefOf, type Route, useRoute } from "./route.ts"
import classes from "./Shell.module.css"
import { StatusLine } from "./status/StatusLine.tsx"
import { useInstall } from "./update/useInstall.ts"
import { Update } from "./update/Update.tsx"

type Open = "signIn" | "signOut" | "workspace" | "help"

/** After a change of page the focus is on what came: the outbox's heading, or the list's row. */
const useFocus = (route: Route): void => {
  const before = useRef(route)
  useEffect(() => {
    if (before.current === route) return
    before.current = route
    const wanted = route === "outbox" ? "#page-title" : '[role=row][tabindex="0"]'
    document.querySelector<HTMLElement>(wanted)?.focus()
  }, [route])
}

export const Shell = ({ known, person }: { readonly person: Person; readonly known: ReadonlyArray<Known> }) => {
  const route = useRoute()
  useFocus(route)
  const waiting = useStatus().status?.waiting ?? 0
  const [open, setOpen] = useState<Open>()
  const install = useInstall()
  const curious = useCurious()
  const close = () => setOpen(undefined)
  return (
    <div className={classes["shell"]} data-curious={curious.isOpen || undefined}>
      <header className={classes["top"]}>
        <h1 className={classes["title"]}>
          <a href={hrefOf("clients")}>Clients</a>
        </h1>
        <span className={classes["where"]}>
          {person.workspaceId !== undefined && `Workspace ${person.workspaceId}`}
        </span>
        <CuriousButton curious={curious} />
        <Menu position="bottom-end" width={240}>
          <Menu.Target>
            <ActionIcon variant="subtle" color="gray" size="lg" aria-label={`Account of ${person.name}`}>
              <PersonIcon />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>
              {person.name}
              {person.email !== "" && <div>{person.email}</div>}
            </Menu.Label>
            <Menu.Item onClick={() => setOpen("workspace")}>Workspace…</Menu.Item>
            <Menu.Item component="a" href={hrefOf("outbox")}>
              Outbox
            </Menu.Item>
            {install !== undefined && <Menu.Item onClick={install}>Install as an app</Menu.Item>}
            <Menu.Item onClick={() => setOpen("help")}>Keys and help</Menu.Item>
            <Menu.Divider />
            <Menu.Item onClick={() => setOpen("signIn")}>Sign in again…</Menu.Item>
            <Menu.Item onClick={() => setOpen("signOut")}>Sign out or switch account…</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </header>
      <div className={classes["body"]}>
        {person.workspaceId === undefined ? (
          <main className={classes["missing"]}>
            <p>Toggl names no workspace of yours.</p>
            <button type="button" onClick={() => setOpen("workspace")}>
              Choose a workspace
            </button>
          </main>
        ) : route === "outbox" ? (
          <OutboxPage person={person} workspaceId={person.workspaceId} />
        ) : (
          <ClientsPage
            key={person.workspaceId}
            account={person.account}
            workspaceId={person.workspaceId}
            onChooseWorkspace={() => setOpen("workspace")}
          />
        )}
        <CuriousPanel curious={curious} workspaceId={person.workspaceId} />
      </div>
      <Update waiting={waiting} />
      <nav id="menus" aria-label="Menus" />
      <StatusLine onSignIn={() => setOpen("signIn")} />
      <SignInAgain isOpen={open === "signIn"} person={person} onClose={close} />
      <SignOut isOpen={open === "signOut"} person={person} known={known} onClose={close} />
      <ChooseWorkspace isOpen={open === "workspace"} person={person} onClose={close} />
      <Help isOpen={open === "help"} onClose={close} onOpen={() => setOpen("help")} />
    </div>
  )
}
