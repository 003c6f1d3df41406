// Before the app goes, the user is asked about what they have typed, and its windows send what waits: three seconds for all of them, also
// for one that hangs.
import { channels } from "./channels.ts"
import type { Preventable, Question, Window } from "./electron.ts"

export const patience = 3000

/** So long after the system has said that the session ends, it goes on: an app that still runs then has to ask its windows again. */
export const calledOff = 60_000

/** Of a page that a browser would ask about. Electron shows nothing by itself. */
export const question: Question = {
  type: "question",
  message: "What you have typed here is not saved.",
  detail: "If you leave, it is gone.",
  buttons: ["Stay", "Leave"],
  defaultId: 0,
  cancelId: 0
}

// As the browser asks a page that is left: `false` where it wants its user to be asked. It is not left yet, and may stay.
const wouldLeave = `dispatchEvent(new Event("beforeunload", { cancelable: true }))`

export interface QuitOptions {
  /** Those that are open. */
  readonly windows: () => ReadonlyArray<Window>
  /** Electron's `app.quit`, which asks each page once more. */
  readonly quit: () => void
  /** Electron's `app.exit`, which asks nobody. */
  readonly exit: () => void
  /** Whether the user leaves what they have typed. */
  readonly ask: () => boolean
  readonly after?: (millis: number, run: () => void) => () => void
}

export interface Quit {
  readonly beforeQuit: (event: Preventable) => void
  /** Of a window that the user closes. */
  readonly closing: (window: Window, event: Preventable) => void
  /** Whether the window only waits for its last changes to be sent, and is hidden. */
  readonly isClosing: (window: Window) => boolean
  /** Of a page that asks to stay: whether it may go. */
  readonly mayLeave: (window: Window) => boolean
  /** Of a window that is closed, or whose page has crashed. */
  readonly gone: (window: Window) => void
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

export const quitting = ({ after = timer, ask, exit, quit, windows }: QuitOptions): Quit => {
  let stage: "running" | "asking" | "hurried" | "flushing" | "going" = "running"
  let lastId = 0
  let isLeaving = false
  let cancelEnd = () => {}
  const rounds = new Map<number, Round>()
  const closes = new Set<Window>()
  const left = new Set<Window>()

  const strike = (round: Round, window: Window): void => {
    if (round.left.delete(window) && round.left.size === 0) round.end(true)
  }

  /** Whether all of them are done; `false` after three seconds. */
  const flush = (asked: ReadonlyArray<Window>): Promise<boolean> =>
    new Promise((resolve) => {
      if (asked.length === 0) return resolve(true)
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

  const answerOf = (window: Window): Promise<"leaves" | "asks" | "gone" | "hangs"> =>
    new Promise((resolve) => {
      if (left.has(window)) return resolve("leaves")
      const cancel = after(patience, () => resolve("hangs"))
      const end = (answer: "leaves" | "asks" | "gone") => {
        cancel()
        resolve(answer)
      }
      try {
        if (window.webContents.isCrashed()) return end("gone")
        window.webContents.executeJavaScript(wouldLeave).then(
          (is) => end(is === false ? "asks" : "leaves"),
          () => end("gone")
        )
      } catch {
        end("gone")
      }
    })

  const isLeft = (window: Window): boolean => {
    window.show()
    window.focus()
    return ask()
  }

  const isGoing = () => stage === "going"

  /** Sends what waits, once the user leaves what they have typed: whether all is done, and `undefined` where they stay. */
  const leave = async (asked: ReadonlyArray<Window>, agreed: () => void): Promise<boolean | undefined> => {
    const answers = await Promise.all(asked.map(async (window) => ({ window, answer: await answerOf(window) })))
    for (const { answer, window } of answers) {
      // nobody asks when the system ends the session
      if (answer === "asks" && !isGoing() && !window.isDestroyed() && !isLeft(window)) return undefined
    }
    agreed()
    const isDone = await flush(
      answers.flatMap(({ answer, window }) =>
        answer === "gone" || answer === "hangs" || window.isDestroyed() ? [] : [window]
      )
    )
    return isDone && answers.every(({ answer }) => answer !== "hangs")
  }

  const go = () => {
    stage = "going"
    isLeaving = true
    exit()
  }

  const quitAll = async (asked: ReadonlyArray<Window>): Promise<void> => {
    const isDone = await leave(asked, () => {
      if (stage === "hurried") go()
      else if (stage === "asking") stage = "flushing"
    })
    if (isGoing()) return
    if (isDone === undefined) {
      stage = "running"
      return
    }
    if (!isDone) return go()
    stage = "going"
    isLeaving = true
    // a page that begins to hang now would keep the app
    after(patience, exit)
    quit()
  }

  const closeLast = async (window: Window): Promise<void> => {
    const isDone = await leave([window], () => {
      left.add(window)
      window.hide()
    })
    if (isDone === undefined) closes.delete(window)
    else if (!window.isDestroyed()) window.destroy()
  }

  return {
    beforeQuit: (event) => {
      if (stage === "going") return
      if (stage === "flushing") {
        event.preventDefault()
        return go()
      }
      const asked = windows()
      if (asked.length === 0) {
        stage = "going"
        isLeaving = true
        return
      }
      event.preventDefault()
      // asked a second time it goes at once, but not without the question
      if (stage !== "running") {
        stage = "hurried"
        return
      }
      stage = "asking"
      void quitAll(asked)
    },
    closing: (window, event) => {
      if (stage !== "running") return
      // the others go on sending
      if (!closes.has(window) && windows().some((other) => other !== window && !closes.has(other))) return
      event.preventDefault()
      if (closes.has(window)) return
      closes.add(window)
      void closeLast(window)
    },
    isClosing: (window) => closes.has(window),
    mayLeave: (window) => stage === "flushing" || stage === "going" || left.has(window) || ask(),
    gone: (window) => {
      closes.delete(window)
      left.delete(window)
      for (const round of [...rounds.values()]) strike(round, window)
    },
    flushed: (sender, id) => {
      const round = rounds.get(id)
      const window = [...(round?.left ?? [])].find(({ webContents }) => webContents.id === sender)
      if (round !== undefined && window !== undefined) strike(round, window)
    },
    sessionEnds: () => {
      stage = "going"
      cancelEnd()
      // the user may have called it off, and nothing tells of that
      cancelEnd = after(calledOff, () => {
        if (!isLeaving) stage = "running"
      })
    }
  }
}
