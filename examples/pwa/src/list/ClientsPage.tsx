import { ActionIcon, Button, Kbd, Loader, SegmentedControl, Text, TextInput } from "@mantine/core"
import { useMediaQuery } from "@mantine/hooks"
import type { ClientView } from "effect-toggl-clients/promise"
import { useClients, useToggl } from "effect-toggl-clients/react"
import { useCallback, useDeferredValue, useEffect, useMemo, useRef, useState } from "react"
import { PlusIcon, SearchIcon } from "../parts/icons.tsx"
import { useSay } from "../parts/Notices.tsx"
import { sentence } from "../parts/sentence.ts"
import { count } from "../parts/times.ts"
import { goTo } from "../route.ts"
import classes from "./ClientsPage.module.css"
import { Dialogs } from "./Dialogs.tsx"
import { labels, matching, type Shown } from "./filter.ts"
import {
  blank,
  close as closeForm,
  type Draft,
  drawnAs,
  type Form,
  formsOf,
  isElsewhere,
  isTouched,
  open as openForm,
  shownOf,
  textOf,
  toFront,
  useForms
} from "./drafts.ts"
import { RowEditor } from "./RowEditor.tsx"
import { Rows, type RowsHandle } from "./Rows.tsx"
import { useShortcuts } from "./shortcuts.ts"
import { useActions } from "./useActions.ts"
import { useMarks } from "./useMarks.ts"

interface Props {
  readonly account: string
  readonly workspaceId: number
  readonly onChooseWorkspace: () => void
}

const shownAs = Object.entries(labels).map(([value, label]) => ({ value, label }))

const isShown = (value: string): value is Shown => value in labels

export const ClientsPage = ({ account, onChooseWorkspace, workspaceId }: Props) => {
  const toggl = useToggl()
  const say = useSay()
  const snapshot = useClients(workspaceId, { status: "both" })
  const marks = useMarks()
  const { actions, close, dialog } = useActions(workspaceId)
  const [shown, setShown] = useState<Shown>("active")
  const [search, setSearch] = useState("")
  const place = `${account} ${workspaceId}`
  const forms = useForms(place)
  const making = shownOf(forms, "new")
  const editing = shownOf(forms, "row")
  const searchField = useRef<HTMLInputElement>(null)
  const rows = useRef<RowsHandle>(null)
  const isNarrow = useMediaQuery("(max-width: 600px)", false)

  const { clients } = snapshot
  const deferredSearch = useDeferredValue(search)
  const kept = editing?.key
  const found = useMemo(() => matching(clients, shown, deferredSearch, kept), [clients, shown, deferredSearch, kept])

  const startMaking = useCallback(
    (start: Draft = blank) => {
      const shownNow = shownOf(formsOf(place), "new")
      if (shownNow !== undefined) {
        if (isTouched(shownNow))
          return document.querySelector<HTMLElement>("form[aria-label='New client'] input")?.focus()
        closeForm(place, shownNow)
      }
      openForm(place, { start })
    },
    [place]
  )

  // A client that was just made is shown, wherever its name puts it.
  const made = useRef<string>(undefined)
  useEffect(() => {
    const client =
      made.current === undefined ? undefined : found.find(({ name, pending }) => pending && name === made.current)
    if (client === undefined) return
    made.current = undefined
    rows.current?.reveal(client.key)
  }, [found])

  const shortcuts = useMemo(
    () => ({
      "/": () => searchField.current?.focus(),
      n: () => startMaking({ name: search, notes: "" })
    }),
    [search, startMaking]
  )
  useShortcuts(shortcuts)

  const isOpen = useRef(false)
  useEffect(() => {
    isOpen.current = true
    return () => {
      isOpen.current = false
    }
  }, [])

  // What Toggl refuses at once comes back as it was typed: at once, or behind what is being typed now.
  const comeBack = (
    what: string,
    start: Draft,
    thrown: unknown,
    row?: { readonly key: string; readonly base: Draft }
  ) => {
    const problem = sentence(thrown)
    const shownNow = shownOf(formsOf(place), row === undefined ? "new" : "row")
    // nothing takes the focus from who types
    const isTyping = formsOf(place).some(isTouched)
    const isBehind = isTyping || (row !== undefined && shownNow !== undefined)
    const isQuiet = isBehind || isElsewhere(shownNow)
    if (shownNow !== undefined && !isBehind) closeForm(place, shownNow)
    const form = openForm(place, { ...row, start, problem, isBehind, isQuiet })
    if (!isQuiet && isOpen.current) return
    const run = () => {
      toFront(place, form)
      goTo("clients")
    }
    say({ text: `${what}: ${problem}`, isBad: true, action: { label: "Edit", run } })
  }

  const create = (form: Form, draft: Draft) => {
    closeForm(place, form)
    made.current = draft.name
    // the next one, unless one waits already
    if (shownOf(formsOf(place), "new") === undefined) openForm(place, { start: blank })
    toggl
      .create(workspaceId, { name: draft.name, ...(draft.notes === "" ? {} : { notes: draft.notes }) })
      .catch((thrown: unknown) => comeBack(draft.name, draft, thrown))
  }

  const save = ({ id, key, name }: ClientView, draft: Draft, base: Draft) => {
    const change = {
      ...(draft.name === base.name ? {} : { name: draft.name }),
      ...(draft.notes === base.notes ? {} : { notes: draft.notes })
    }
    if (Object.keys(change).length === 0) return
    toggl.update(workspaceId, id, change).catch((thrown: unknown) => comeBack(name, draft, thrown, { key, base }))
  }

  const stopEditing = () => {
    if (editing !== undefined) closeForm(place, editing)
  }

  // Who goes on to another row leaves the first as it was typed.
  const edit = (key: string) => {
    const before = clients.find((client) => client.key === editing?.key)
    if (editing !== undefined && before !== undefined) {
      const draft = textOf(editing)
      // a name that was emptied is left as it was
      save(before, { ...draft, name: draft.name.trim() || editing.base.name }, editing.base)
      stopEditing()
    }
    const client = clients.find((one) => one.key === key)
    if (client !== undefined) openForm(place, { key, start: { name: client.name, notes: client.notes } })
  }

  // Somebody else has deleted it meanwhile.
  const gone = snapshot._tag === "Ready" && !clients.some(({ key }) => key === editing?.key) ? editing : undefined
  useEffect(() => {
    if (gone === undefined) return
    const { name, notes } = textOf(gone)
    const text = isTouched(gone) ? ` What you typed: ${name}${notes === "" ? "" : `, ${notes}`}` : ""
    closeForm(place, gone)
    say({ text: `The client that you were changing is gone.${text}`, isBad: true })
  }, [gone, place, say])

  // Where the last row in sight has gone, its focus goes to what has hidden it.
  const isEmpty = found.length === 0
  useEffect(() => {
    if (isEmpty && document.activeElement === document.body && search !== "") searchField.current?.focus()
  }, [isEmpty, search])

  const stopMaking = (form: Form) => {
    closeForm(place, form)
    // the one behind it has the focus by itself
    if (shownOf(formsOf(place), "new") === undefined) requestAnimationFrame(() => rows.current?.focusFirst())
  }

  return (
    <main className={classes["page"]}>
      <div className={classes["bar"]}>
        <TextInput
          ref={searchField}
          className={classes["search"] ?? ""}
          type="search"
          aria-label="Search"
          placeholder="Search"
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          leftSection={<SearchIcon />}
          rightSection={!isNarrow && search === "" ? <Kbd size="xs">/</Kbd> : null}
          onKeyDown={(event) => {
            // the key is the input method's
            if (event.nativeEvent.isComposing) return
            if (event.key === "ArrowDown" || event.key === "Enter") {
              event.preventDefault()
              rows.current?.focusFirst()
            }
            if (event.key === "Escape") {
              setSearch("")
              event.currentTarget.blur()
              rows.current?.focusFirst()
            }
          }}
        />
        <SegmentedControl
          aria-label="Which clients"
          size="xs"
          value={shown}
          onChange={(value) => isShown(value) && setShown(value)}
          data={shownAs}
        />
        {isNarrow ? (
          <ActionIcon size="lg" variant="filled" aria-label="New client" onClick={() => startMaking()}>
            <PlusIcon />
          </ActionIcon>
        ) : (
          <Button size="compact-md" leftSection={<PlusIcon />} onClick={() => startMaking()}>
            New client
          </Button>
        )}
      </div>
      {making !== undefined && (
        <RowEditor
          key={drawnAs(making)}
          label="New client"
          form={making}
          onSave={(draft) => create(making, draft)}
          onCancel={() => stopMaking(making)}
        />
      )}
      <Told snapshot={snapshot} onChooseWorkspace={onChooseWorkspace} />
      {found.length > 0 ? (
        <Rows
          clients={found}
          marks={marks}
          isNarrow={isNarrow}
          editing={editing}
          actions={actions}
          handle={rows}
          onEdit={edit}
          onCancel={stopEditing}
          onSave={(client, draft, base) => {
            stopEditing()
            save(client, draft, base)
          }}
        />
      ) : (
        <Nothing
          isKnown={snapshot._tag === "Ready"}
          isEmpty={clients.length === 0}
          shown={shown}
          search={search}
          isMaking={making !== undefined}
          onMake={() => startMaking({ name: search, notes: "" })}
          onShowAll={() => {
            setSearch("")
            setShown("both")
          }}
        />
      )}
      <p className={classes["count"]} aria-live="polite">
        {found.length === clients.length || clients.length === 0
          ? ""
          : `${found.length.toLocaleString()} of ${count(clients.length, "client")}`}
      </p>
      <Dialogs dialog={dialog} actions={actions} onClose={close} />
    </main>
  )
}

type Snapshot = ReturnType<typeof useClients>

/** What keeps the list from being fresh, or there at all. */
const Told = ({
  onChooseWorkspace,
  snapshot
}: {
  readonly snapshot: Snapshot
  readonly onChooseWorkspace: () => void
}) => {
  if (snapshot._tag === "Loading") return <Progressing text="Opening what is on this device…" />
  if (snapshot._tag === "NotThere") {
    const { error } = snapshot
    return (
      <div className={classes["told"]} role="alert">
        <Text>{error === undefined ? "Nothing of this workspace is on this device yet." : sentence(error)}</Text>
        {(error?._tag === "Forbidden" || error?._tag === "NotFound" || error?._tag === "BadRequest") && (
          <Button size="compact-sm" variant="default" onClick={onChooseWorkspace}>
            Choose another workspace
          </Button>
        )}
      </div>
    )
  }
  const { clients, fetchedAt, leftOut, refresh } = snapshot
  if (fetchedAt === undefined && refresh._tag === "Running") return <Progressing text="Asking Toggl for the clients…" />
  if (leftOut > 0) {
    return (
      <div className={classes["told"]}>
        <Text size="sm">{`${count(leftOut, "client")} of Toggl's answer could not be read, and ${leftOut === 1 ? "is" : "are"} not shown.`}</Text>
      </div>
    )
  }
  if (refresh._tag === "Failed" && clients.length === 0 && fetchedAt === undefined) {
    return (
      <div className={classes["told"]} role="alert">
        <Text size="sm">{sentence(refresh.error)}</Text>
      </div>
    )
  }
  return null
}

const Progressing = ({ text }: { readonly text: string }) => (
  <div className={classes["told"]} role="status">
    <Loader size="xs" />
    <Text size="sm">{text}</Text>
  </div>
)

interface NothingProps {
  readonly isKnown: boolean
  readonly isEmpty: boolean
  readonly isMaking: boolean
  readonly shown: Shown
  readonly search: string
  readonly onMake: () => void
  readonly onShowAll: () => void
}

const Nothing = ({ isEmpty, isKnown, isMaking, onMake, onShowAll, search, shown }: NothingProps) => {
  if (!isKnown || isMaking) return <div className={classes["nothing"]} />
  return (
    <div className={classes["nothing"]}>
      {isEmpty ? (
        <>
          <Text fw={600}>No clients yet</Text>
          <Text c="dimmed">A client is whom you work for. Projects in Toggl belong to one.</Text>
          <Button onClick={onMake}>Make the first one</Button>
        </>
      ) : (
        <>
          <Text fw={600}>
            {search === "" ? `No ${labels[shown].toLowerCase()} clients` : `Nothing matches “${search}”`}
          </Text>
          <div className={classes["ways"]}>
            {search !== "" && (
              <Button size="compact-md" onClick={onMake}>
                Make “{search.slice(0, 40)}”
              </Button>
            )}
            <Button size="compact-md" variant="default" onClick={onShowAll}>
              Show all
            </Button>
          </div>
        </>
      )}
    </div>
  )
}
