// The rows that are in sight, of as many as there are. The one with the focus stays, wherever the list is scrolled to.
import { defaultRangeExtractor, useVirtualizer, type Range } from "@tanstack/react-virtual"
import type { ClientView } from "effect-toggl-clients/promise"
import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState
} from "react"
import { Row } from "./Row.tsx"
import { type Draft, drawnAs, type Form } from "./drafts.ts"
import { RowEditor } from "./RowEditor.tsx"
import classes from "./Rows.module.css"
import { areOn } from "./shortcuts.ts"
import type { Actions } from "./useActions.ts"
import type { Mark } from "./useMarks.ts"

export interface RowsHandle {
  readonly focusFirst: () => void
  readonly focus: (key: string) => void
  /** Scrolls to it, and leaves the focus where it is. */
  readonly reveal: (key: string) => void
}

interface Props {
  readonly clients: ReadonlyArray<ClientView>
  readonly marks: ReadonlyMap<number, Mark>
  readonly isNarrow: boolean
  readonly editing: Form | undefined
  readonly actions: Actions
  readonly handle: RefObject<RowsHandle | null>
  readonly onEdit: (key: string) => void
  readonly onCancel: () => void
  readonly onSave: (client: ClientView, draft: Draft, base: Draft) => void
}

const heights = { wide: 40, narrow: 56, editor: 184 }

export const Rows = ({ actions, clients, editing, handle, isNarrow, marks, onCancel, onEdit, onSave }: Props) => {
  const scroller = useRef<HTMLDivElement>(null)
  const [activeKey, setActiveKey] = useState<string>()
  // where the focus is to go, and where it was when that was wished
  const wanted = useRef<{ readonly key: string; readonly from: Element | null }>(undefined)

  const places = useMemo(() => new Map(clients.map(({ key }, index) => [key, index])), [clients])
  const found = activeKey === undefined ? undefined : places.get(activeKey)
  // where the active one is gone, the one that took its place has the turn
  const lastIndex = useRef(0)
  if (found !== undefined) lastIndex.current = found
  const activeIndex = found ?? Math.min(lastIndex.current, Math.max(0, clients.length - 1))
  const editingIndex = editing?.key === undefined ? undefined : places.get(editing.key)
  const height = isNarrow ? heights.narrow : heights.wide

  const virtualizer = useVirtualizer({
    count: clients.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (index === editingIndex ? heights.editor : height),
    getItemKey: useCallback((index: number) => clients[index]?.key ?? index, [clients]),
    overscan: 10,
    rangeExtractor: useCallback(
      (range: Range) => {
        const kept = [activeIndex, editingIndex].filter((index) => index !== undefined && index < range.count)
        return [...new Set([...defaultRangeExtractor(range), ...kept])]
          .filter((index) => index !== undefined)
          .sort((a, b) => a - b)
      },
      [activeIndex, editingIndex]
    )
  })

  useEffect(() => virtualizer.measure(), [virtualizer, height, editing?.key])

  // The focus goes to its row as soon as that is drawn, unless it has gone elsewhere meanwhile.
  useLayoutEffect(() => {
    if (wanted.current === undefined) return
    const { from, key } = wanted.current
    const at = document.activeElement
    if (at !== document.body && at !== from && scroller.current?.contains(at) !== true) {
      wanted.current = undefined
      return
    }
    const row = rowOf(scroller.current, key)
    if (row === undefined) return
    wanted.current = undefined
    row.focus({ preventScroll: true })
  })

  // A row that went while it had the focus leaves it to the next.
  const hadFocus = useRef(false)
  useLayoutEffect(() => {
    const isLost = hadFocus.current && document.activeElement === document.body
    const next = clients[activeIndex]
    if (isLost && next !== undefined && editing === undefined) {
      wanted.current = { key: next.key, from: document.body }
      setActiveKey(next.key)
    }
  }, [clients, activeIndex, editing])

  const focusAt = useCallback(
    (index: number) => {
      const client = clients[Math.max(0, Math.min(clients.length - 1, index))]
      if (client === undefined) return
      virtualizer.scrollToIndex(places.get(client.key) ?? 0)
      setActiveKey(client.key)
      const row = rowOf(scroller.current, client.key)
      if (row === undefined) wanted.current = { key: client.key, from: document.activeElement }
      else row.focus({ preventScroll: true })
    },
    [clients, places, virtualizer]
  )

  useImperativeHandle(
    handle,
    () => ({
      focusFirst: () => focusAt(0),
      focus: (key) => focusAt(places.get(key) ?? 0),
      reveal: (key) => {
        const index = places.get(key)
        if (index !== undefined) virtualizer.scrollToIndex(index)
      }
    }),
    [focusAt, places, virtualizer]
  )

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const { target } = event
    if (!(target instanceof HTMLElement) || target.getAttribute("role") !== "row") return
    const client = clients[activeIndex]
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? height) / height) - 1)
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: activeIndex + 1,
      ArrowUp: activeIndex - 1,
      PageDown: activeIndex + page,
      PageUp: activeIndex - page,
      Home: 0,
      End: clients.length - 1
    }
    const to = moves[event.key]
    if (to !== undefined) {
      event.preventDefault()
      return focusAt(to)
    }
    // a key that is held is one wish
    if (client === undefined || event.repeat || event.metaKey || event.ctrlKey || event.altKey) return
    if (event.key === "Enter" || event.key === "F2") {
      event.preventDefault()
      onEdit(client.key)
    } else if (event.key === "Delete" || event.key === "Backspace") {
      event.preventDefault()
      actions.askDelete(client)
    } else if (event.key === "a" && areOn()) {
      event.preventDefault()
      actions.archiveOrRestore(client)
    }
  }

  // back from the form to its row
  const back = (key: string) => {
    wanted.current = { key, from: document.activeElement }
    setActiveKey(key)
  }

  return (
    <div
      ref={scroller}
      className={classes["scroller"]}
      onFocus={() => (hadFocus.current = true)}
      onBlur={(event) => {
        // a row that is taken away blurs to nowhere: then the focus is still the list's
        if (event.relatedTarget !== null && !event.currentTarget.contains(event.relatedTarget)) hadFocus.current = false
      }}
    >
      <div
        role="grid"
        aria-label="Clients"
        aria-rowcount={clients.length}
        className={classes["grid"]}
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
      >
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const client = clients[index]
          if (client === undefined) return null
          const style = { transform: `translateY(${start}px)` }
          return (
            <div
              key={client.key}
              role="presentation"
              className={classes["place"]}
              style={style}
              data-index={index}
              ref={index === editingIndex ? virtualizer.measureElement : undefined}
            >
              {editing?.key === client.key ? (
                <div role="row" aria-rowindex={index + 1}>
                  <div role="gridcell">
                    <RowEditor
                      key={drawnAs(editing)}
                      label={`Change ${client.name}`}
                      form={editing}
                      onSave={(draft) => {
                        back(client.key)
                        onSave(client, draft, editing.base)
                      }}
                      onCancel={() => {
                        back(client.key)
                        onCancel()
                      }}
                    />
                  </div>
                </div>
              ) : (
                <Row
                  client={client}
                  index={index}
                  mark={marks.get(client.id)}
                  isActive={index === activeIndex}
                  isNarrow={isNarrow}
                  actions={actions}
                  onFocus={setActiveKey}
                  onEdit={onEdit}
                />
              )}
            </div>
          )
        })}
      </div>
    </div>
  )
}

const rowOf = (scroller: HTMLElement | null, key: string): HTMLElement | undefined => {
  const row = scroller?.querySelector(`[data-key="${CSS.escape(key)}"]`)
  return row instanceof HTMLElement ? row : undefined
}
