// Before the app goes, its windows send what waits: three seconds for all of them, also for one that hangs.
import { channels } from "./channels.ts"
import type { Preventable, Window } from "./electron.ts"

export const patience = 3000

/** So long after the system has said that the session ends, it goes on: an app that still runs then has to ask its windows again. */
export const calledOff = 60_000

export interface QuitOptions {
  /** Those that are open. */
  readonly windows: () => ReadonlyArray<Window>
  /** Electron's `app.quit`, which asks each page once more. */
  readonly quit: () => void
  /** Electron's `app.exit`, which asks nobody. */
  readonly exit: () => void
  readonly after?: (millis: number, run: () => void) => () => void
}

export interface Quit {
  readonly beforeQuit: (event: Preventable) => void
  /** Of a window that the user closes. */
  readonly closing: (window: Window, event: Preventable) => void
  /** Whether the window only waits for its last changes to be sent, and is hidden. */
  readonly isClosing: (window: Window) => boolean
  /** Of a window that is closed, or whose page has crashed. */
  readonly gone: (window: Window) => void
  /** Its user stays for what they have typed: nothing ends. */
  readonly stays: (window: Window) => void
  /** Its user leaves what they have typed. Others may be asked too, and may think about it. */
  readonly leaves: (window: Window) => void
  /** Whether the system ends the session. */
  readonly isEnding: () => boolean
  readonly flushed: (sender: number, id: number) => void
  /** The system ends the session: it waits for nobody, and takes it ill to be asked to. */
  readonly sessionEnds: () => void
}

const timer = (millis: number, run: () => void) => {
  const id = setTimeout(run, millis)
  return () => clearTimeout(id)
}

interface Round {
  readonly left: Set<Window>
  readonly end: (isDone: boolean) => void
}

export const quitting = ({ after = timer, exit, quit, windows }: QuitOptions): Quit => {
  let stage: "running" | "asking" | "going" = "running"
  let lastId = 0
  let isLeaving = false
  let isEnding = false
  let cancelEnd = () => {}
  let cancelExit = () => {}
  const rounds = new Map<number, Round>()
  // what ends the wait for a page that was asked to close
  const closes = new Map<Window, () => void>()
  const asked = new Set<Window>()

  const strike = (round: Round, window: Window): void => {
    if (round.left.delete(window) && round.left.size === 0) round.end(true)
  }

  /** Whether all of them are done; `false` after three seconds. */
  const flush = (asked: ReadonlyArray<Window>): Promise<boolean> =>
    new Promise((resolve) => {
      const id = ++lastId
      const end = (isDone: boolean) => {
        cancel()
        rounds.delete(id)
        resolve(isDone)
      }
      const cancel = after(patience, () => end(false))
      const round: Round = { left: new Set(asked), end }
      rounds.set(id, round)
      for (const window of asked) {
        try {
          if (window.webContents.isCrashed()) strike(round, window)
          else window.webContents.send(channels.flush, id)
        } catch {
          strike(round, window)
        }
      }
    })

  const forget = (window: Window): void => {
    closes.get(window)?.()
    closes.delete(window)
    asked.delete(window)
  }

  const go = () => {
    stage = "going"
    isLeaving = true
    exit()
  }

  return {
    isEnding: () => isEnding,
    beforeQuit: (event) => {
      if (stage === "going") return
      if (stage === "asking") {
        event.preventDefault()
        return go()
      }
      const all = windows()
      if (all.length === 0) {
        stage = "going"
        isLeaving = true
        return
      }
      event.preventDefault()
      stage = "asking"
      void flush(all).then((isDone) => {
        if (stage === "going") return
        if (!isDone) return go()
        stage = "going"
        isLeaving = true
        // a page that begins to hang now would keep the app
        cancelExit = after(patience, exit)
        quit()
      })
    },
    closing: (window, event) => {
      if (stage !== "running" || asked.delete(window)) return
      // the others go on sending
      if (!closes.has(window) && windows().some((other) => other !== window && !closes.has(other))) return
      event.preventDefault()
      if (closes.has(window)) return
      closes.set(window, () => {})
      window.hide()
      void flush([window]).then((isDone) => {
        if (window.isDestroyed()) return
        if (!isDone) return window.destroy()
        // a page that begins to hang now would keep it
        closes.set(
          window,
          after(patience, () => window.destroy())
        )
        asked.add(window)
        window.close()
      })
    },
    isClosing: (window) => closes.has(window),
    stays: (window) => {
      forget(window)
      if (stage !== "going") return
      cancelExit()
      stage = "running"
      isLeaving = false
    },
    leaves: () => {
      if (stage !== "going" || isEnding) return
      cancelExit()
      cancelExit = after(patience, exit)
    },
    gone: (window) => {
      forget(window)
      for (const round of [...rounds.values()]) strike(round, window)
    },
    flushed: (sender, id) => {
      const round = rounds.get(id)
      const window = [...(round?.left ?? [])].find(({ webContents }) => webContents.id === sender)
      if (round !== undefined && window !== undefined) strike(round, window)
    },
    sessionEnds: () => {
      stage = "going"
      isEnding = true
      cancelEnd()
      // the user may have called it off, and nothing tells of that
      cancelEnd = after(calledOff, () => {
        isEnding = false
        if (!isLeaving) stage = "running"
      })
    }
  }
}
