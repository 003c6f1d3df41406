// A client in one line. It is drawn anew only where something of its own has changed.
import { Menu } from "@mantine/core"
import type { ClientView } from "effect-toggl-clients/promise"
import { type ComponentProps, memo, useRef, useState } from "react"
import { MoreIcon } from "../parts/icons.tsx"
import { hrefOf } from "../route.ts"
import type { Actions } from "./useActions.ts"
import classes from "./Row.module.css"
import type { Mark } from "./useMarks.ts"

interface Props {
  readonly client: ClientView
  readonly mark: Mark | undefined
  readonly index: number
  readonly isActive: boolean
  readonly isNarrow: boolean
  readonly actions: Actions
  readonly onFocus: (key: string) => void
  readonly onEdit: (key: string) => void
}

const marks: Readonly<Record<Mark | "pending", string>> = {
  pending: "Not in Toggl yet",
  refused: "Toggl refused a change of it",
  setAside: "A change of it keeps failing",
  held: "A change of it waits for another one"
}

const Sign = ({ kind }: { readonly kind: Mark | "pending" | undefined }) =>
  kind === undefined ? (
    <span className={classes["sign"]} />
  ) : (
    <span className={classes["sign"]} data-kind={kind} title={marks[kind]} role="img" aria-label={marks[kind]} />
  )

const More = ({ client, ...rest }: { readonly client: ClientView } & ComponentProps<"button">) => (
  <button
    type="button"
    className={classes["more"]}
    tabIndex={-1}
    aria-haspopup="menu"
    aria-label={`Actions for ${client.name}`}
    {...rest}
  >
    <MoreIcon />
  </button>
)

interface MenuProps extends Pick<Props, "client" | "actions" | "onEdit"> {
  readonly onClose: () => void
}

// Only the open one is made: a menu for each row would make scrolling slow.
const RowMenu = ({ actions, client, onClose, onEdit }: MenuProps) => (
  <Menu opened onClose={onClose} position="bottom-end" width={200}>
    <Menu.Target>
      <More client={client} />
    </Menu.Target>
    <Menu.Dropdown>
      <Menu.Item onClick={() => onEdit(client.key)}>Rename, notes</Menu.Item>
      <Menu.Item onClick={() => actions.archiveOrRestore(client)}>{client.archived ? "Restore…" : "Archive"}</Menu.Item>
      <Menu.Item c="var(--app-bad)" onClick={() => actions.askDelete(client)}>
        Delete…
      </Menu.Item>
    </Menu.Dropdown>
  </Menu>
)

export const Row = memo(({ actions, client, index, isActive, isNarrow, mark, onEdit, onFocus }: Props) => {
  const [isMenuOpen, setMenuOpen] = useState(false)
  const row = useRef<HTMLDivElement>(null)
  const closeMenu = () => {
    setMenuOpen(false)
    // its button is made anew
    requestAnimationFrame(() => document.activeElement === document.body && row.current?.focus())
  }
  const kind = mark ?? (client.pending ? "pending" : undefined)
  return (
    <div
      ref={row}
      role="row"
      aria-rowindex={index + 1}
      className={classes["row"]}
      data-active={isActive || undefined}
      data-archived={client.archived || undefined}
      data-key={client.key}
      tabIndex={isActive ? 0 : -1}
      onFocus={(event) => event.target === event.currentTarget && onFocus(client.key)}
      onClick={(event) => {
        if (event.target instanceof Element && event.target.closest("button, a") === null) onEdit(client.key)
      }}
    >
      <span role="gridcell" className={classes["mark"]}>
        <Sign kind={kind} />
      </span>
      <span role="gridcell" className={classes["name"]} title={client.name}>
        <bdi>{client.name}</bdi>
      </span>
      <span role="gridcell" className={classes["notes"]}>
        {isNarrow ? client.notes.slice(0, 80) : client.notes.slice(0, 200)}
      </span>
      <span role="gridcell" className={classes["end"]}>
        {client.archived && <span className={classes["tag"]}>Archived</span>}
        {mark !== undefined && (
          <a className={classes["fix"]} href={hrefOf("outbox")} tabIndex={-1}>
            {mark === "refused" ? "Repair" : "Look"}
          </a>
        )}
        {isMenuOpen ? (
          <RowMenu client={client} actions={actions} onEdit={onEdit} onClose={closeMenu} />
        ) : (
          <More client={client} onClick={() => setMenuOpen(true)} />
        )}
      </span>
    </div>
  )
})
