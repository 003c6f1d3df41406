// Before the app goes, the user is asked about what they have typed, and its windows send what waits: three seconds for all of them, also
// for one that hangs.
import { channels } from "./channels.ts"
import type { Preventable, Question, Window } from "./electron.ts"

export const patience = 3000

/** A page that answers within so much took no time in which anything is typed. */
const atOnce = 100

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

/** A window on its way out. */
interface Close {
  /** Whether the user leaves what they have typed in it. */
  readonly isLeft: Promise<boolean>
  /** They do: it is hidden, and sends. */
  isAgreed: boolean
}

export const quitting = ({ after = timer, ask, exit, quit, windows }: QuitOptions): Quit => {
  let stage: "running" | "asking" | "flushing" | "going" = "running"
  let lastId = 0
  let isLeaving = false
  let cancelEnd = () => {}
  const rounds = new Map<number, Round>()
  const closes = new Map<Window, Close>()
  const unanswered = new Set<{ readonly window: Window; readonly gone: () => void }>()

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
      const cancel = after(patience, () => end("hangs"))
      const gone = () => end("gone")
      const waiting = { window, gone }
      unanswered.add(waiting)
      const end = (answer: "leaves" | "asks" | "gone" | "hangs") => {
        cancel()
        unanswered.delete(waiting)
        resolve(answer)
      }
      try {
        if (window.webContents.isCrashed()) return gone()
        window.webContents.executeJavaScript(wouldLeave).then((is) => end(is === false ? "asks" : "leaves"), gone)
      } catch {
        gone()
      }
    })

  const isLeft = (window: Window): boolean => {
    if (window.isMinimized()) window.restore()
    window.show()
    window.focus()
    return ask()
  }

  const isGoing = () => stage === "going"

  const isClosing = (window: Window): boolean => closes.get(window)?.isAgreed === true

  /**
   * Asks the user about each of them in which something is typed: those that hang, or `undefined` where the user stays. What took a
   * while is asked once more, for the others may have been typed in, or been opened, meanwhile.
   */
  const leave = async (all: () => ReadonlyArray<Window>): Promise<ReadonlySet<Window> | undefined> => {
    const hung = new Set<Window>()
    const agreed = new Set<Window>()
    for (let isFirst = true; ; isFirst = false) {
      const time = { isLong: false }
      const cancel = after(atOnce, () => {
        time.isLong = true
      })
      const asked = all().filter((window) => !hung.has(window) && !agreed.has(window))
      const answers = await Promise.all(asked.map(async (window) => ({ window, answer: await answerOf(window) })))
      cancel()
      let hasAsked = false
      for (const { answer, window } of answers) {
        if (answer === "hangs") hung.add(window)
        // nobody asks when the system ends the session
        if (answer !== "asks" || isGoing() || window.isDestroyed()) continue
        if (!isLeft(window)) return undefined
        agreed.add(window)
        hasAsked = true
      }
      if (!hasAsked && !(isFirst && time.isLong)) return hung
    }
  }

  const go = () => {
    stage = "going"
    isLeaving = true
    exit()
  }

  /** Whether the user leaves what they have typed in the windows that they have closed before. */
  const areLeft = async (): Promise<boolean> =>
    (await Promise.all([...closes.values()].map(({ isLeft }) => isLeft))).every((isLeft) => isLeft)

  const quitAll = async (): Promise<void> => {
    const hung = (await areLeft()) ? await leave(() => windows().filter((window) => !closes.has(window))) : undefined
    if (isGoing()) return
    if (hung === undefined) {
      stage = "running"
      return
    }
    stage = "flushing"
    const isDone = await flush(windows().filter((window) => !hung.has(window)))
    if (isGoing()) return
    if (!isDone || windows().some((window) => hung.has(window))) return go()
    stage = "going"
    isLeaving = true
    // a page that begins to hang now would keep the app
    after(patience, exit)
    quit()
  }

  const closeOne = async (window: Window): Promise<void> => {
    const asked = leave(() => (window.isDestroyed() ? [] : [window]))
    const close = { isLeft: asked.then((hung) => hung !== undefined), isAgreed: false }
    closes.set(window, close)
    const hung = await asked
    if (hung === undefined) return void closes.delete(window)
    close.isAgreed = true
    if (window.isDestroyed()) return
    window.hide()
    await flush(hung.has(window) ? [] : [window])
    if (!window.isDestroyed()) window.destroy()
  }

  return {
    beforeQuit: (event) => {
      if (stage === "going") return
      if (stage === "flushing") {
        event.preventDefault()
        return go()
      }
      if (windows().length === 0) {
        stage = "going"
        isLeaving = true
        return
      }
      event.preventDefault()
      // the user is asked already
      if (stage === "asking") return
      stage = "asking"
      void quitAll()
    },
    closing: (window, event) => {
      if (stage === "flushing" || stage === "going") return
      event.preventDefault()
      // it is on its way, or the quit asks about it
      if (closes.has(window) || stage === "asking") return
      void closeOne(window)
    },
    isClosing,
    mayLeave: (window) => stage === "flushing" || stage === "going" || isClosing(window) || ask(),
    gone: (window) => {
      for (const waiting of [...unanswered]) if (waiting.window === window) waiting.gone()
      for (const round of [...rounds.values()]) strike(round, window)
      if (window.isDestroyed()) closes.delete(window)
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
