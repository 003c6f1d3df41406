// What has just happened, with a way back where there is one. One at a time, above the line at the foot.
import { Button, CloseButton } from "@mantine/core"
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react"
import classes from "./Notices.module.css"

export interface Action {
  readonly label: string
  readonly run: () => void
  /** Tells when it is too late for it, and what is true then. */
  readonly over?: ((signal: AbortSignal) => Promise<string | undefined>) | undefined
}

export interface Notice {
  readonly text: string
  readonly isBad?: boolean
  /** A way back. While it is there the notice stays longer. */
  readonly action?: Action | undefined
}

type Say = (notice: Notice | undefined) => void

const Context = createContext<Say>(() => undefined)

export const useSay = (): Say => useContext(Context)

const longest = { plain: 6_000, bad: 12_000, action: 20_000 }

const Shown = ({ notice, onGone }: { readonly notice: Notice; readonly onGone: () => void }) => {
  const { isBad = false } = notice
  const [over, setOver] = useState<string>()
  const action = over === undefined ? notice.action : undefined
  const text = over ?? notice.text
  useEffect(() => {
    const left = new AbortController()
    notice.action?.over?.(left.signal).then(
      (told) => told !== undefined && setOver(told),
      () => undefined
    )
    return () => left.abort()
  }, [notice])
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
  const [{ notice, shown }, setShown] = useState<{ readonly notice?: Notice | undefined; readonly shown: number }>({
    shown: 0
  })
  const setNotice = useCallback(
    (next: Notice | undefined) => setShown(({ shown: before }) => ({ notice: next, shown: before + 1 })),
    []
  )
  const close = useCallback(() => setNotice(undefined), [setNotice])
  return (
    <Context.Provider value={setNotice}>
      {children}
      <div className={classes["place"]} role="status" aria-live="polite">
        {notice !== undefined && <Shown key={shown} notice={notice} onGone={close} />}
      </div>
    </Context.Provider>
  )
}
