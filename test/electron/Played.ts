/** Electron, played in Node: what `examples/electron/electron.ts` asks for, with the hands that a test needs on it. */
import * as Fs from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { runInNewContext } from "node:vm"
import type {
  Electron,
  NetSession,
  Preventable,
  Question,
  SafeStorage,
  Sender,
  WebContents,
  Window,
  WindowOptions
} from "../../examples/electron/electron.ts"

/** Any event that Electron gives here. */
export interface Happening extends Preventable {
  readonly url: string
  readonly isMainFrame: boolean
  readonly isPrevented: () => boolean
}

export const happening = (url = "", isMainFrame = true): Happening => {
  let isPrevented = false
  return {
    url,
    isMainFrame,
    isPrevented: () => isPrevented,
    preventDefault: () => {
      isPrevented = true
    }
  }
}

/** Who listens, by event. */
export class Listeners {
  private readonly all = new Map<string, Array<(event: Happening) => void>>()

  readonly on = (name: string, listener: (event: Happening) => void): void => {
    this.all.set(name, [...(this.all.get(name) ?? []), listener])
  }

  /** Gives whether a listener has prevented it. */
  emit(name: string, event: Happening = happening()): boolean {
    for (const listener of this.all.get(name) ?? []) listener(event)
    return event.isPrevented()
  }
}

/** A folder of a test's own, removed by `remove`. */
export const temporary = () => {
  const folder = Fs.mkdtempSync(join(tmpdir(), "electron-test-"))
  return {
    folder,
    /** Writes a file, with the folders that it needs. */
    write: (path: string, text: string) => {
      Fs.mkdirSync(join(folder, path, ".."), { recursive: true })
      Fs.writeFileSync(join(folder, path), text)
    },
    remove: () => Fs.rmSync(folder, { recursive: true, force: true })
  }
}

let lastContents = 0

export class PlayedContents implements WebContents {
  readonly id = ++lastContents
  readonly sent: Array<readonly [channel: string, ...args: ReadonlyArray<unknown>]> = []
  readonly listeners = new Listeners()
  readonly on = this.listeners.on
  opens: (details: { readonly url: string }) => { action: "deny" } = () => ({ action: "deny" })
  crashed = false
  send(channel: string, ...args: ReadonlyArray<unknown>) {
    this.sent.push([channel, ...args])
  }
  /** What its user has typed: the page asks before it is left. */
  draft = ""
  /** Whether it never runs what it is given. */
  hangs = false
  /** Until then it is busy. */
  busy: Promise<void> | undefined
  async executeJavaScript(code: string): Promise<unknown> {
    if (this.hangs) return new Promise(() => {})
    await this.busy
    // the page's own listener, on what `code` dispatches
    return runInNewContext(code, {
      Event,
      dispatchEvent: ({ cancelable, type }: Event) => !(cancelable && type === "beforeunload" && this.draft !== "")
    })
  }
  isCrashed() {
    return this.crashed
  }
  setWindowOpenHandler(handler: PlayedContents["opens"]) {
    this.opens = handler
  }
}

export class PlayedWindow implements Window {
  readonly listeners = new Listeners()
  readonly on = this.listeners.on
  readonly loaded: Array<string> = []
  readonly calls: Array<string> = []
  minimized = false
  destroyed = false
  readonly options: WindowOptions
  readonly webContents: PlayedContents
  constructor(options: WindowOptions, webContents = new PlayedContents()) {
    this.options = options
    this.webContents = webContents
  }
  async loadURL(url: string) {
    this.loaded.push(url)
  }
  show() {
    this.calls.push("show")
  }
  hide() {
    this.calls.push("hide")
  }
  focus() {
    this.calls.push("focus")
  }
  restore() {
    this.calls.push("restore")
  }
  isMinimized() {
    return this.minimized
  }
  isDestroyed() {
    return this.destroyed
  }
  destroy() {
    if (this.destroyed) return
    this.destroyed = true
    this.listeners.emit("closed")
  }
  /** The user closes it. A page that asks stays, unless main lets it go: Electron shows nothing. */
  close() {
    if (this.listeners.emit("close")) return
    if (this.webContents.draft !== "" && !this.webContents.listeners.emit("will-prevent-unload")) return
    this.destroy()
  }
}

/** The system's safe place for keys. What it encrypts can be read by nothing else. */
export const keychain = (state: Partial<{ available: boolean; backend: string; broken: boolean }> = {}) => {
  const safe = { available: true, backend: "gnome_libsecret", broken: false, ...state }
  const storage: SafeStorage = {
    isEncryptionAvailable: () => safe.available,
    getSelectedStorageBackend: () => safe.backend,
    encryptString: (text) => {
      if (safe.broken) throw new Error("the keyring is locked")
      return Buffer.from([...Buffer.from(text)].map((byte) => byte ^ 0x5a))
    },
    decryptString: (bytes) => {
      if (safe.broken) throw new Error("the keyring is locked")
      return Buffer.from([...bytes].map((byte) => byte ^ 0x5a)).toString()
    }
  }
  return { safe, storage }
}

export interface PlayOptions {
  /** Where `dist/app` and `appData` are. */
  readonly folder: string
  readonly platform?: string
  readonly safeStorage?: SafeStorage
  readonly isSecond?: boolean
  readonly net?: (name: string) => NetSession
  readonly openWindow?: (options: WindowOptions) => PlayedWindow
}

const nowhere: NetSession = {
  fetch: () => Promise.reject(new Error("net::ERR_INTERNET_DISCONNECTED")),
  closeAllConnections: () => Promise.resolve()
}

export const play = (options: PlayOptions) => {
  const { folder, isSecond = false, net = () => nowhere, platform = "linux" } = options
  const app = new Listeners()
  const power = new Listeners()
  const windows: Array<PlayedWindow> = []
  const handled = new Map<string, (event: Sender, ...args: Array<unknown>) => unknown>()
  const heard = new Map<string, (event: Sender, ...args: Array<unknown>) => void>()
  const log: Array<string> = []
  const outside: Array<string> = []
  let answer: ((request: Request) => Promise<Response>) | undefined
  const questions: Array<Question> = []
  const user: { button: string } = { button: "Stay" }
  let ended: "quit" | "exit" | undefined

  const left = () => windows.filter((window) => !window.destroyed)
  const quit = () => {
    if (ended !== undefined || app.emit("before-quit")) return
    for (const window of left()) window.close()
    if (left().length === 0) ended = "quit"
  }
  const exit = () => {
    ended = "exit"
    for (const window of left()) window.destroy()
  }

  const electron: Electron = {
    app: {
      on: app.on,
      getPath: (name) => join(folder, name),
      setPath: (name, path) => {
        Fs.mkdirSync(path, { recursive: true })
        log.push(`${name} is ${path.slice(folder.length)}`)
      },
      getAppPath: () => folder,
      requestSingleInstanceLock: () => !isSecond,
      whenReady: async () => {
        log.push("ready")
      },
      commandLine: { appendSwitch: (name) => void log.push(`--${name}`) },
      quit,
      exit
    },
    dialog: {
      showMessageBoxSync: (question) => {
        questions.push(question)
        return question.buttons.indexOf(user.button)
      }
    },
    ipcMain: {
      handle: (channel, listener) => void handled.set(channel, listener),
      on: (channel, listener) => heard.set(channel, listener)
    },
    powerMonitor: { on: power.on },
    protocol: {
      registerSchemesAsPrivileged: (schemes) => void log.push(JSON.stringify(schemes)),
      handle: (scheme, handler) => {
        log.push(`handles ${scheme}`)
        answer = handler
      }
    },
    safeStorage: options.safeStorage ?? keychain().storage,
    session: { fromPartition: net },
    shell: {
      openExternal: async (url) => {
        outside.push(url)
      }
    },
    openWindow: (given) => {
      const window = options.openWindow?.(given) ?? new PlayedWindow(given)
      windows.push(window)
      window.on("closed", () => {
        if (left().length === 0 && ended === undefined) app.emit("window-all-closed")
      })
      return window
    },
    platform
  }

  return {
    electron,
    app,
    power,
    log,
    outside,
    /** What the user was asked, and the button that they press. */
    questions,
    user,
    windows,
    quit,
    ended: () => ended,
    /** A request of the scheme, as `protocol.handle` gets it. */
    request: async (request: Request): Promise<Response> => {
      if (answer === undefined) throw new Error("no one handles the scheme")
      return answer(request)
    },
    /** What `ipcRenderer.invoke` does. */
    invoke: async (event: Sender, channel: string, ...args: ReadonlyArray<unknown>): Promise<unknown> => {
      const handler = handled.get(channel)
      if (handler === undefined) throw new Error(`no one handles ${channel}`)
      return handler(event, ...args)
    },
    /** What `ipcRenderer.send` does. */
    send: (event: Sender, channel: string, ...args: ReadonlyArray<unknown>): void =>
      heard.get(channel)?.(event, ...args),
    channels: () => [...handled.keys(), ...heard.keys()]
  }
}

export type Play = ReturnType<typeof play>

/** A message of a page at the address; of a frame in one, with `isFrame`. */
export const from = (url: string, id = 1, isFrame = false): Sender => ({
  senderFrame: { url, parent: isFrame ? {} : null },
  sender: { id }
})

/** A clock that a test moves. */
export const clock = () => {
  let now = 0
  const timers = new Set<{ readonly at: number; readonly run: () => void }>()
  return {
    after: (millis: number, run: () => void) => {
      const timer = { at: now + millis, run }
      timers.add(timer)
      return () => void timers.delete(timer)
    },
    pass: (millis: number) => {
      now += millis
      for (const timer of [...timers]) {
        if (timer.at <= now && timers.delete(timer)) timer.run()
      }
    },
    waiting: () => timers.size
  }
}

/** Lets all that needs no time happen. */
export const settle = async () => {
  for (let turn = 0; turn < 20; turn++) await new Promise<void>((resolve) => setImmediate(resolve))
}
