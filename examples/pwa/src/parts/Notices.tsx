// What has just happened, with a way back where there is one. One at a time, above the line at the foot.
import { Button, CloseButton } from "@mantine/core"
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react"
import classes from "./Notices.module.css"

export interface Notice {
  readonly text: string
  readonly isBad?: boolean
  /** A way back. While it is there the notice stays longer. */
  readonly action?: { readonly label: string; readonly run: () => void } | undefined
}

type Say = (notice: Notice | undefined) => void

const Context = createContext<Say>(() => undefined)

export const useSay = (): Say => useContext(Context)

const longest = { plain: 6_000, bad: 12_000, action: 20_000 }

const Shown = ({ notice, onGone }: { readonly notice: Notice; readonly onGone: () => void }) => {
  const { action, isBad = false, text } = notice
  const [isHeld, setHeld] = useState(false)
  useEffect(() => {
    if (isHeld) return
    const timer = setTimeout(onGone, action === undefined ? (isBad ? longest.bad : longest.plain) : longest.action)
    return () => clearTimeout(timer)
  }, [action, isBad, isHeld, onGone, notice])
  return (
    <div
      className={classes["notice"]}
      data-bad={isBad || undefined}
      onMouseEnter={() => setHeld(true)}
      onMouseLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <span className={classes["text"]}>{text}</span>
      {action !== undefined && (
        <Button
          size="compact-sm"
          variant="white"
          onClick={() => {
            onGone()
            action.run()
          }}
        >
          {action.label}
        </Button>
      )}
      <CloseButton
        size="sm"
        variant="transparent"
        className={classes["close"] ?? ""}
        aria-label="Close this message"
        onClick={onGone}
      />
    </div>
  )
}

export const Notices = ({ children }: { readonly children: ReactNode }) => {
  const [notice, setNotice] = useState<Notice>()
  const close = useCallback(() => setNotice(undefined), [])
  const say = useMemo<Say>(() => setNotice, [])
  return (
    <Context.Provider value={say}>
      {children}
      <div className={classes["place"]} role="status" aria-live="polite">
        {notice !== undefined && <Shown notice={notice} onGone={close} />}
      </div>
    </Context.Provider>
  )
}
