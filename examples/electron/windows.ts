// The app's windows: only its own pages, and links in the system's browser.
import type { Preventable, Window, WindowOptions } from "./electron.ts"
import { isOurs, origin } from "./origin.ts"

export interface WindowsOptions {
  readonly openWindow: (options: WindowOptions) => Window
  readonly openExternal: (url: string) => Promise<void>
  readonly preload: string
  readonly closing: (window: Window, event: Preventable) => void
  readonly isClosing: (window: Window) => boolean
  readonly mayLeave: (window: Window) => boolean
  readonly gone: (window: Window) => void
  readonly sessionEnds: () => void
}

export interface Windows {
  readonly all: () => ReadonlyArray<Window>
  /** Opens one more; at the app's first page unless given another of its own. */
  readonly open: (url?: string) => void
  /** Brings the first one before the user, or opens one. */
  readonly focus: () => void
}

export const windows = (options: WindowsOptions): Windows => {
  const { closing, gone, isClosing, mayLeave, openExternal, openWindow, preload, sessionEnds } = options
  const open = new Set<Window>()

  // A link may be anything that this system has a program for: only the web's are let out.
  const outside = (url: string): void => {
    if (url.startsWith("https://")) openExternal(url).catch(() => undefined)
  }

  const add = (url: string): void => {
    const window = openWindow({
      width: 1100,
      height: 800,
      webPreferences: { preload, sandbox: true, contextIsolation: true, nodeIntegration: false }
    })
    const { webContents } = window
    open.add(window)
    webContents.setWindowOpenHandler((details) => {
      if (isOurs(details.url)) add(details.url)
      else outside(details.url)
      return { action: "deny" }
    })
    webContents.on("will-frame-navigate", (event) => {
      if (isOurs(event.url)) return
      event.preventDefault()
      if (event.isMainFrame) outside(event.url)
    })
    webContents.on("will-attach-webview", (event) => event.preventDefault())
    // without this a page that asks before it goes just stays, and nobody is told
    webContents.on("will-prevent-unload", (event) => {
      if (mayLeave(window)) event.preventDefault()
    })
    webContents.on("render-process-gone", () => gone(window))
    window.on("close", (event) => closing(window, event))
    window.on("closed", () => {
      open.delete(window)
      gone(window)
    })
    window.on("session-end", sessionEnds)
    // Electron shows by itself that a page does not load
    window.loadURL(url).catch(() => undefined)
  }

  return {
    all: () => [...open].filter((window) => !window.isDestroyed()),
    open: (url = `${origin}/`) => add(url),
    focus: () => {
      const first = [...open].find((window) => !window.isDestroyed() && !isClosing(window))
      if (first === undefined) return add(`${origin}/`)
      if (first.isMinimized()) first.restore()
      first.show()
      first.focus()
    }
  }
}
